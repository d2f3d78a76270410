"""``cluster-video train face``: train a face encoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.options import flag, setting
from clusterer.cli.progress import Terminal
from clusterer.cli.train.shared import (
    EXTRA,
    interrupted,
    refuse_others,
    require_extra,
    same_again,
    seed_flag,
    threads_flag,
    training,
)
from clusterer.cli.types import NUMBER, PATH, Name
from clusterer.core.folders import make_folder
from clusterer.training.settings import (
    ALIGNMENTS,
    BACKBONES,
    FACE_LOSS_NAMES,
    STEMS,
    Cut,
    FaceTraining,
)

if TYPE_CHECKING:
    from clusterer.training.face_release import ReleasedFaces
    from clusterer.training.faces import FaceEpoch, FaceTrainer

DEFAULTS, CUT = FaceTraining(), Cut()
NEEDED = (*EXTRA, "torchvision")


@dataclass(frozen=True, slots=True)
class FaceFlags:
    """How a face encoder is trained."""

    loss: str = setting(
        DEFAULTS,
        "loss",
        "--loss",
        type=Name(FACE_LOSS_NAMES),
        about="Loss on the embeddings; triplet uses semi-hard mining.",
    )
    backbone: str = setting(
        DEFAULTS,
        "backbone",
        "--backbone",
        type=Name(BACKBONES),
        about="Network before the embedding, with random weights.",
    )
    size: int = setting(DEFAULTS, "size_px", "--size", about="Side of the chips in pixels.")
    stem: str = setting(
        DEFAULTS,
        "stem",
        "--stem",
        type=Name(STEMS),
        about="First layers: small keeps more of small chips, at four times the cost.",
    )
    dimension: int = setting(DEFAULTS, "dimension", "--dimension", about="Length of an embedding.")
    epochs: int = setting(
        DEFAULTS,
        "epochs",
        "--epochs",
        about="Greatest number of epochs, each over as many pictures as there are.",
    )
    patience: int = setting(
        DEFAULTS,
        "patience",
        "--patience",
        about="Stop when the AUC of held-out people has not improved for this many epochs.",
    )
    batch_size: int = setting(
        DEFAULTS,
        "batch_size",
        "--batch-size",
        about="Pictures in a batch; for triplets, four of each person.",
    )
    held_out: float = setting(
        DEFAULTS,
        "held_out",
        "--held-out",
        about="Share of the people to hold out for evaluating the network.",
    )
    crop: float = setting(
        DEFAULTS,
        "crop",
        "--crop",
        about="Central square of each picture to use, as a share of its side (0.6 suits LFW's "
        "250 px).",
    )
    alignment: str = setting(
        CUT,
        "alignment",
        "--alignment",
        type=Name(ALIGNMENTS),
        about="How the pictures were cut out, for best.toml; chips will be cut the same way.",
    )
    padding: float | None = flag(
        "--padding",
        type=NUMBER,
        help="Margin on each side of the face's box as a share of it, for dlib and box, likewise. "
        "Default: 0.25 and 0.2.",
    )
    licence: str = flag(
        "--licence", default="", metavar="TEXT", help="Licence of the pictures, for the cards."
    )
    seed: int = seed_flag(
        DEFAULTS, "Seed of all random numbers, including the choice of held-out people."
    )
    threads: int | None = threads_flag()

    def settings(self) -> FaceTraining:
        """Make the settings of the training; ConfigError if one is out of its range."""
        return FaceTraining(
            loss=self.loss,
            backbone=self.backbone,
            epochs=self.epochs,
            patience=self.patience,
            batch_size=self.batch_size,
            size_px=self.size,
            dimension=self.dimension,
            stem=self.stem,
            held_out=self.held_out,
            crop=self.crop,
            seed=self.seed,
        )

    def command(self, data: Path, output: Path) -> str:
        """Command line that repeats the training, for the model card."""
        named = (
            "loss", "backbone", "size", "stem", "dimension", "epochs", "patience", "batch_size",
            "seed", "held_out", "crop", "alignment", "padding", "threads",
        )  # fmt: skip
        given = {name: getattr(self, name) for name in named}
        return same_again("face", data, output, given | {"licence": self.licence or None})


@click.command(cls=Command)
@click.option(
    "--data",
    type=PATH,
    required=True,
    metavar="DIR",
    help="Folder, or TAR file, of PERSON/PICTURE.jpg or .png, as in Labeled Faces in the "
    "Wild; pictures are used as they are, already cut out.",
)
@options.takes("flags", FaceFlags)
@options.output(
    "Folder for the network, its cards, the curve and the checkpoint. Default: runs.", Path("runs")
)
@options.quiet
def face(*, data: Path, flags: FaceFlags, output: Path, quiet: bool) -> int:
    """Train a face encoder.

    Writes best.onnx and best.toml, for --encoder onnx:runs/best.onnx, MODEL_CARD.md, history.csv
    and curves.svg (loss and accuracy on held-out people for each epoch) and checkpoint.pt. After an
    interruption, the same command resumes after the last finished epoch. Uses a GPU if torch finds
    one.

    On Linux, training on the CPU may be faster with
    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 in front of the command.
    """
    settings, cut = flags.settings(), Cut(flags.alignment, flags.padding)
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
    terminal = Terminal(quiet)
    try:
        with terminal.status("Reading pictures"):
            faces = read_identities(data, settings.picture_px, settings.crop)
            trainer = FaceTrainer(faces, settings, output, choose_device(flags.threads))
        for line in () if quiet else reported(faces):
            click.echo(line, err=True)
        make_folder(output)
        with training(terminal, settings.epochs, _figures) as watch:
            trainer.run(watch)
        with terminal.status("Writing the network"):
            command = flags.command(data, output)
            released = release_faces(trainer, output, command, cut, flags.licence)
    except KeyboardInterrupt:
        return interrupted()
    if not quiet:
        click.echo(_summary(trainer, released, output))
    return 0


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
