"""``cluster-video train clothing``: train the clothing encoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from clusterer.cli.types import PATH, Name
from clusterer.core.folders import make_folder
from clusterer.training.settings import LOSS_NAMES, ClothingTraining

if TYPE_CHECKING:
    from clusterer.training.clothing import Epoch
    from clusterer.training.release import Released

DEFAULTS = ClothingTraining()


class Licence(click.ParamType[tuple[str, str]]):
    """``PART=TEXT``."""

    name = "part=text"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Parse, or fail with one line."""
        part, equals, text = str(value).partition("=")
        if not (part and equals and text):
            self.fail(f"{value!r} is not PART=TEXT.", param, ctx)
        return part, text


@dataclass(frozen=True, slots=True)
class ClothingFlags:
    """How the clothing encoder is trained."""

    parts: str = flag(
        "--parts",
        default="",
        metavar="NAMES",
        help="First folders of the pictures to use, separated by commas. Default: all.",
    )
    licences: tuple[tuple[str, str], ...] = flag(
        "--licence",
        multiple=True,
        type=Licence(),
        help="Licence of the pictures of a part, for the model card; repeat for each part.",
    )
    loss: str = setting(
        DEFAULTS, "loss", "--loss", type=Name(LOSS_NAMES), about="Loss on the embeddings."
    )
    epochs: int = setting(
        DEFAULTS,
        "epochs",
        "--epochs",
        about="Number of epochs, each with two views of every garment.",
    )
    batch_size: int = setting(
        DEFAULTS, "batch_size", "--batch-size", about="Garments in a batch, each with two views."
    )
    width: int = setting(
        DEFAULTS, "width", "--width", about="Channels of the network's first stage."
    )
    size: int = setting(
        DEFAULTS, "size_px", "--size", about="Side of the torsos in pixels, a multiple of 32."
    )
    seed: int = seed_flag(DEFAULTS, "Seed of all random numbers.")
    threads: int | None = threads_flag()
    int8: bool = flag(
        "--int8/--no-int8", default=True, show_default=True, help="Write an 8-bit network too."
    )

    def settings(self) -> ClothingTraining:
        """Make the settings of the training; ConfigError if one is out of its range."""
        return ClothingTraining(
            parts=tuple(part.strip() for part in self.parts.split(",") if part.strip()),
            loss=self.loss,
            epochs=self.epochs,
            batch_size=self.batch_size,
            width=self.width,
            size_px=self.size,
            seed=self.seed,
        )

    def command(self, data: Path, output: Path) -> str:
        """Command line that repeats the training, for the model card."""
        named = ("loss", "epochs", "batch_size", "width", "size", "seed", "threads")
        parts = ",".join(self.settings().parts) or None
        return same_again(
            "clothing",
            data,
            output,
            {"parts": parts, **{name: getattr(self, name) for name in named}},
        )


@click.command(cls=Command)
@click.option(
    "--data",
    type=PATH,
    required=True,
    metavar="DIR",
    help="Folder with labels.csv (columns file, mask, type) and the pictures, in folders or TAR "
    "files named after the first folder of each file; pictures in backgrounds/ are backgrounds.",
)
@options.takes("flags", ClothingFlags)
@options.output(
    "Folder for the networks, the model card and the checkpoint. Default: runs/clothing.",
    Path("runs/clothing"),
)
@options.quiet
def clothing(*, data: Path, flags: ClothingFlags, output: Path, quiet: bool) -> int:
    """Train the clothing encoder.

    Writes clothing.onnx, clothing.int8.onnx, MODEL_CARD.md, history.csv (loss and accuracy on
    held-out garments for each epoch) and checkpoint.pt. After an interruption, the same command
    resumes after the last finished epoch. Uses a GPU if torch finds one.

    On Linux, training on the CPU may be much faster with
    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 in front of the command.
    """
    settings = flags.settings()
    require_extra(EXTRA)
    from clusterer.training.checkpoint import CHECKPOINT
    from clusterer.training.clothing import ClothingTrainer
    from clusterer.training.garments import read_garments
    from clusterer.training.loop import choose_device
    from clusterer.training.release import (
        CARD,
        HISTORY,
        MODEL,
        SMALL_MODEL,
        release,
    )

    refuse_others(output, CHECKPOINT, (MODEL, SMALL_MODEL, CARD, HISTORY))
    terminal = Terminal(quiet)
    try:
        with terminal.status("Reading pictures"):
            garments = read_garments(data, settings.parts, settings.picture_px)
            trainer = ClothingTrainer(garments, settings, output, choose_device(flags.threads))
        make_folder(output)
        with training(terminal, settings.epochs, _figures) as watch:
            history = trainer.run(watch)
        with terminal.status("Writing networks"):
            command = flags.command(data, output)
            released = release(trainer, output, command, dict(flags.licences), flags.int8)
    except KeyboardInterrupt:
        return interrupted()
    if not quiet:
        click.echo(_summary(history[-1], released))
    return 0


def _figures(epoch: Epoch) -> str:
    return f"loss {epoch.loss:.3f}, held-out AUC {epoch.auc:.3f}, recall {epoch.recall:.3f}"


def _summary(last: Epoch, released: Released) -> str:
    lines = [f"{last.number} epochs: {_figures(last)}"]
    if released.closeness is not None:
        lines.append(f"8 bits: mean cosine {released.closeness:.4f} to the full network")
    lines += [f"{path}  ({size:,} bytes)" for path, size in released.files.items()]
    return "\n".join(lines)
