"""Outputs of a training of clothing: networks, the history, and the model card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.files import write_all
from clusterer.core.folders import make_folder
from clusterer.training.card import Facts, write_card
from clusterer.training.clothing import ClothingTrainer
from clusterer.training.network import export_clothing
from clusterer.training.quantise import closeness, quantise
from clusterer.training.record import made_with, to_csv

MODEL = "clothing.onnx"
SMALL_MODEL = "clothing.int8.onnx"
HISTORY = "history.csv"
CARD = "MODEL_CARD.md"
VIEWS = 512
"""Views for calibrating the 8-bit network, and as many others for comparing it."""


@dataclass(frozen=True, slots=True)
class Released:
    """Files written.

    Attributes
    ----------
    files : path → size in bytes
    closeness : of the 8-bit network, see `clusterer.training.quantise.closeness`; None = not made
    """

    files: dict[Path, int]
    closeness: float | None


def release(
    trainer: ClothingTrainer,
    folder: Path,
    command: str,
    licences: Mapping[str, str],
    int8: bool = True,
) -> Released:
    """Write the networks of a finished training, its history, and its model card.

    Parameters
    ----------
    trainer
        Its training is finished.
    folder
        Created if needed. Files of an earlier training are replaced, all or none.
    command
        That repeats the training, for the card.
    licences
        Part of the pictures → its licence, for the card.
    int8
        Write the 8-bit network too.

    Raises
    ------
    ModelError
        The outputs of the exported and the trained network differ.
    ResultError
        The files cannot be written.
    """
    models = {MODEL: export_clothing(trainer.network, trainer.settings.size_px)}
    close = None
    if int8:
        models[SMALL_MODEL] = quantise(models[MODEL], trainer.torsos(VIEWS))
        held_out = trainer.torsos(VIEWS, held_out=True)
        close = closeness(models[MODEL], models[SMALL_MODEL], held_out)
    facts = Facts(command, licences, made_with(trainer.device.type), models, close)
    card = write_card(trainer.settings, trainer.garments, trainer.history, facts)
    contents: dict[str, bytes | str] = {**models, HISTORY: to_csv(trainer.history), CARD: card}
    make_folder(folder)
    write_all({folder / name: content for name, content in contents.items()})
    return Released({folder / name: (folder / name).stat().st_size for name in contents}, close)
