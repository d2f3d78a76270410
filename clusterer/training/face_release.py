"""Outputs of a training of faces: the network, its two cards, the curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.files import write_all
from clusterer.core.folders import make_folder
from clusterer.evaluation.drawing import MaxNLocator
from clusterer.evaluation.plots import BLUE, GREEN, ORANGE, PINK, figure, svg
from clusterer.evaluation.verification import Accepted, accepted, roc, val_at_far
from clusterer.faces.encoding.card import Card, to_toml
from clusterer.training.face_card import FaceFacts, write_face_card
from clusterer.training.faces import FaceEpoch, FaceTrainer
from clusterer.training.recogniser import export_face
from clusterer.training.record import LIBRARIES, made_with, to_csv
from clusterer.training.settings import Cut
from clusterer.training.verification import distances

MODEL = "best.onnx"
NETWORK_CARD = "best.toml"
CARD = "MODEL_CARD.md"
HISTORY = "history.csv"
CURVES = "curves.svg"
FAR = 1e-3
"""False accept rate at the threshold. For comparison, dlib's 0.36 accepts no other of 23 people,
and 54 % or more of a person's faces."""
LEAST_THRESHOLD = 1e-3
"""For an encoder that cannot separate people: larger thresholds exceed `FAR`."""

LINES = {
    "auc": ("AUC", BLUE),
    "accuracy": ("accuracy", ORANGE),
    "val_at_far_01": ("VAL at FAR 0.01", GREEN),
}
"""Metric → its legend and colour in the curves."""


@dataclass(frozen=True, slots=True)
class ReleasedFaces:
    """Files written, and the threshold.

    Attributes
    ----------
    files : path → size in bytes
    threshold : in cosine distance
    at_threshold : held-out pairs that it accepts
    """

    files: dict[Path, int]
    threshold: float
    at_threshold: Accepted


def release_faces(
    trainer: FaceTrainer, folder: Path, command: str, cut: Cut, licence: str = ""
) -> ReleasedFaces:
    """Write the best network of a finished training, its cards, and its curves.

    Parameters
    ----------
    trainer
        Its training is finished.
    folder
        Created if needed. Files of an earlier training are replaced, all or none.
    command
        That repeats the training, for the card.
    cut
        How the pictures were cut out.
    licence
        Of the pictures, for the cards.

    Raises
    ------
    ModelError
        The outputs of the exported and the trained network differ.
    ResultError
        The files cannot be written.
    """
    chosen, network = trainer.settings, trainer.best_network()
    apart = distances(trainer.embed(network), trainer.pairs)
    threshold = choose_threshold(val_at_far(roc(apart, trainer.pairs.same), FAR).threshold)
    at_threshold = accepted(apart, trainer.pairs.same, threshold)
    card = Card(
        size_px=chosen.size_px,
        alignment=cut.alignment,
        padding=cut.padding,
        dimension=chosen.dimension,
        threshold=threshold,
        licence=licence,
        name=f"{chosen.backbone} {chosen.loss}",
        layout="NHWC",
        dtype="uint8",  # the exported network normalises pixels itself
        metric="cosine",
    )
    models = {MODEL: export_face(network, chosen.size_px)}
    versions = made_with(trainer.device.type, ("torchvision", *LIBRARIES))
    facts = FaceFacts(command, versions, card, at_threshold, models)
    contents: dict[str, bytes | str] = {
        **models,
        NETWORK_CARD: to_toml(card),
        CARD: write_face_card(trainer, facts),
        HISTORY: to_csv(trainer.history),
        CURVES: draw_curves(trainer.history),
    }
    make_folder(folder)
    write_all({folder / name: content for name, content in contents.items()})
    sizes = {folder / name: (folder / name).stat().st_size for name in contents}
    return ReleasedFaces(sizes, threshold, at_threshold)


def choose_threshold(allowed: float) -> float:
    """The threshold for the card, rounded down to six digits and at least `LEAST_THRESHOLD`.

    Parameters
    ----------
    allowed
        The largest distance that keeps to `FAR`; minus infinity = there is none.
    """
    if not math.isfinite(allowed):
        return LEAST_THRESHOLD
    return max(math.floor(allowed * 1e6) / 1e6, LEAST_THRESHOLD)


def draw_curves(history: Sequence[FaceEpoch]) -> str:
    """Draw the metrics on held-out people, and the loss, over the epochs.

    Parameters
    ----------
    history
        At least one epoch.

    Returns
    -------
    str
        An ``<svg>`` element, also valid as a separate file.
    """
    made, axes = figure(6.4, 3.4)
    numbers = [each.number for each in history]
    marker = "o" if len(history) == 1 else ""
    for name, (label, colour) in LINES.items():
        values = [getattr(each, name) for each in history]
        axes.plot(numbers, values, color=colour, label=label, marker=marker)
    axes.set_xlabel("epoch")
    axes.set_ylabel("held-out people")
    axes.set_ylim(0.0, 1.0)
    beside = axes.twinx()
    losses = [each.loss for each in history]
    beside.plot(numbers, losses, color=PINK, label="loss", linestyle="--", marker=marker)
    beside.set_ylabel("loss")
    beside.spines[["top"]].set_visible(False)
    handles = [*axes.get_lines(), *beside.get_lines()]
    axes.legend(handles=handles, loc="upper left", ncols=2, fontsize="small")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return svg(made) + "\n"
