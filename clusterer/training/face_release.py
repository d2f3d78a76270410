"""What a training of faces leaves behind: network, its two cards, the curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.files import make_folder, write_all
from clusterer.evaluation.verification import Accepted, accepted, roc, val_at_far
from clusterer.faces.encoding.card import Card, to_toml
from clusterer.training.cut import Cut
from clusterer.training.face_card import FaceFacts, write_face_card
from clusterer.training.face_curves import draw_curves
from clusterer.training.faces import FaceTrainer
from clusterer.training.recogniser import export_face
from clusterer.training.record import LIBRARIES, made_with, to_csv
from clusterer.training.verification import distances

MODEL = "best.onnx"
NETWORK_CARD = "best.toml"
CARD = "MODEL_CARD.md"
HISTORY = "history.csv"
CURVES = "curves.svg"
FAR = 1e-3
"""That the threshold allows: of dlib's 0.36 it is known that it accepts nobody else among 23 people
and 54 % or more of the person's own faces."""
LEAST_THRESHOLD = 1e-3
"""Of an encoder that tells nobody apart: no other threshold keeps to `FAR`."""


@dataclass(frozen=True, slots=True)
class ReleasedFaces:
    """What was written.

    Attributes
    ----------
    files : path → size in bytes
    threshold : in cosine distance
    at_threshold : what it accepts of the held-out pairs
    """

    files: dict[Path, int]
    threshold: float
    at_threshold: Accepted


def release_faces(
    trainer: FaceTrainer, folder: Path, command: str, cut: Cut, licence: str = ""
) -> ReleasedFaces:
    """Write the best network of a finished training, its cards, and its curve.

    Parameters
    ----------
    trainer
        Has run.
    folder
        Where to; made if need be. Files of an earlier training are replaced, all or none.
    command
        That trains again, for the card.
    cut
        How the pictures were cut out.
    licence
        Of the pictures, for the cards.

    Raises
    ------
    ModelError
        The exported network says something else than the trained one.
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
    """A threshold for the card: to six digits, and never nothing.

    Parameters
    ----------
    allowed
        The largest distance at which no more than `FAR` is accepted; minus infinity = none is.
    """
    if not math.isfinite(allowed):
        return LEAST_THRESHOLD
    return max(math.floor(allowed * 1e6) / 1e6, LEAST_THRESHOLD)
