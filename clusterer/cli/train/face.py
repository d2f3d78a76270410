"""``cluster-video train face``: train a face encoder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from clusterer.cli.group import Command
from clusterer.cli.train.shared import (
    EXTRA,
    interrupted,
    refuse_others,
    require_extra,
    same_again,
    training,
)
from clusterer.cli.types import NUMBER, PATH, Name, Output
from clusterer.core.files import make_folder
from clusterer.training.settings import ALIGNMENTS, BACKBONES, FACE_LOSS_NAMES, Cut, FaceTraining

if TYPE_CHECKING:
    from clusterer.training.face_release import ReleasedFaces
    from clusterer.training.faces import FaceEpoch, FaceTrainer

DEFAULTS = FaceTraining()
NEEDED = (*EXTRA, "torchvision")
COMMAND = (
    "loss", "backbone", "size", "stem", "dimension", "epochs", "patience", "batch_size", "seed",
    "held_out", "crop", "alignment", "padding", "threads",
)  # fmt: skip
"""Options that the model card repeats."""


@click.command(cls=Command)
@click.option(
    "--data",
    type=PATH,
    required=True,
    metavar="DIR",
    help="Folder, or TAR file, of PERSON/PICTURE.jpg or .png, as in Labeled Faces in the "
    "Wild; pictures are used as they are, already cut out.",
)
@click.option(
    "--loss",
    type=Name(FACE_LOSS_NAMES),
    default=DEFAULTS.loss,
    show_default=True,
    help="Loss on the embeddings; triplet uses semi-hard mining.",
)
@click.option(
    "--backbone",
    type=Name(BACKBONES),
    default=DEFAULTS.backbone,
    show_default=True,
    help="Network before the embedding, with random weights.",
)
@click.option(
    "--size",
    type=int,
    default=DEFAULTS.size_px,
    show_default=True,
    help="Side of the chips in pixels, 16 to 1024.",
)
@click.option(
    "--stem",
    type=Name(["large", "small"]),
    default=DEFAULTS.stem,
    show_default=True,
    help="First layers: small keeps more of small chips, at four times the cost.",
)
@click.option(
    "--dimension",
    type=int,
    default=DEFAULTS.dimension,
    show_default=True,
    help="Length of an embedding.",
)
@click.option(
    "--epochs",
    type=int,
    default=DEFAULTS.epochs,
    show_default=True,
    help="Greatest number of epochs, each over as many pictures as there are.",
)
@click.option(
    "--patience",
    type=int,
    default=DEFAULTS.patience,
    show_default=True,
    help="Stop when the AUC of held-out people has not improved for this many epochs.",
)
@click.option(
    "--batch-size",
    type=int,
    default=DEFAULTS.batch_size,
    show_default=True,
    help="Pictures in a batch; for triplets, four of each person.",
)
@click.option(
    "--held-out",
    type=NUMBER,
    default=DEFAULTS.held_out,
    show_default=True,
    help="Share of the people to hold out for evaluating the network.",
)
@click.option(
    "--crop",
    type=NUMBER,
    default=DEFAULTS.crop,
    show_default=True,
    help="Side of the central square of each picture to use, as a share; 0.6 suits LFW's 250 px.",
)
@click.option(
    "--alignment",
    type=Name(ALIGNMENTS),
    default=ALIGNMENTS[0],
    show_default=True,
    help="How the pictures were cut out, for best.toml; chips will be cut the same way.",
)
@click.option(
    "--padding",
    type=NUMBER,
    help="Margin on each side of the face's box as a share of it, for dlib and box, likewise. "
    "Default: 0.25 and 0.2.",
)
@click.option(
    "--licence", default="", metavar="TEXT", help="Licence of the pictures, for the cards."
)
@click.option(
    "--seed",
    type=int,
    default=DEFAULTS.seed,
    show_default=True,
    help="Seed of all random numbers, including the choice of held-out people.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Number of CPU threads. Default: torch's.",
)
@click.option(
    "-o",
    "--output",
    type=Output(),
    default=Path("runs"),
    show_default=True,
    help="Folder for the network, its cards, the curve and the checkpoint.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.help_option("-h", "--help", help="Show this and exit.")
def face(*, data: Path, output: Path, licence: str, quiet: bool, **flags: Any) -> int:
    """Train a face encoder.

    Writes best.onnx and best.toml, for --encoder onnx:runs/best.onnx, MODEL_CARD.md, history.csv
    and curves.svg (loss and accuracy on held-out people for each epoch) and checkpoint.pt. After an
    interruption, the same command resumes after the last finished epoch. Uses a GPU if torch finds
    one.

    On Linux, training on the CPU may be faster with
    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 in front of the command.
    """
    settings, cut = _settings(flags), Cut(flags["alignment"], flags["padding"])
    require_extra(NEEDED)
    from clusterer.training.checkpoint import CHECKPOINT
    from clusterer.training.face_release import (
        CARD,
        CURVES,
        HISTORY,
        MODEL,
        NETWORK_CARD,
        release_faces,
    )
    from clusterer.training.faces import FaceTrainer
    from clusterer.training.identities import read_identities, reported
    from clusterer.training.loop import choose_device

    refuse_others(output, CHECKPOINT, (MODEL, NETWORK_CARD, CARD, HISTORY, CURVES))
    console = Console(stderr=True, quiet=quiet, highlight=False)
    try:
        with console.status("Reading pictures"):
            faces = read_identities(data, settings.picture_px, settings.crop)
            trainer = FaceTrainer(faces, settings, output, choose_device(flags["threads"]))
        for line in () if quiet else reported(faces):
            click.echo(line, err=True)
        make_folder(output)
        with training(console, settings.epochs, _figures) as watch:
            trainer.run(watch)
        with console.status("Writing the network"):
            command = _command(data, output, licence, flags)
            released = release_faces(trainer, output, command, cut, licence)
    except KeyboardInterrupt:
        return interrupted()
    if not quiet:
        click.echo(_summary(trainer, released, output))
    return 0


def _settings(flags: Mapping[str, Any]) -> FaceTraining:
    renamed = {"size_px": flags["size"]}
    same = ("loss", "backbone", "stem", "dimension", "epochs", "patience", "batch_size", "held_out",
            "crop", "seed")  # fmt: skip
    return FaceTraining(**renamed, **{name: flags[name] for name in same})


def _figures(epoch: FaceEpoch) -> str:
    return (
        f"loss {epoch.loss:.3f}, held-out AUC {epoch.auc:.3f}, accuracy {epoch.accuracy:.3f}, "
        f"VAL {epoch.val_at_far_01:.3f}"
    )


def _summary(trainer: FaceTrainer, released: ReleasedFaces, output: Path) -> str:
    best, at = trainer.best, released.at_threshold
    lines = [
        f"{len(trainer.history)} epochs, the best is {best.number}: {_figures(best)} at FAR 0.01",
        f"Threshold {released.threshold:g}: accepts {at.true_accepts} of {at.same} pairs of one "
        f"person, {at.false_accepts} of {at.different} of two",
        *(f"{path}  ({size:,} bytes)" for path, size in released.files.items()),
        f"Use it: cluster-video VIDEO --encoder onnx:{output / 'best.onnx'}",
    ]
    return "\n".join(lines)


def _command(data: Path, output: Path, licence: str, flags: Mapping[str, Any]) -> str:
    repeated = {name: flags[name] for name in COMMAND} | {"licence": licence or None}
    return same_again("face", data, output, repeated)
