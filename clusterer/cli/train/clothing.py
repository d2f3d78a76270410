"""``cluster-video train clothing``: train the clothing encoder."""

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
from clusterer.cli.types import PATH, Name, Output
from clusterer.core.files import make_folder
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


@click.command(cls=Command)
@click.option(
    "--data",
    type=PATH,
    required=True,
    metavar="DIR",
    help="Folder with labels.csv (columns file, mask, type) and the pictures, in folders or TAR "
    "files named after the first folder of each file; pictures in backgrounds/ are backgrounds.",
)
@click.option(
    "--parts",
    default="",
    metavar="NAMES",
    help="First folders of the pictures to use, separated by commas. Default: all.",
)
@click.option(
    "--licence",
    "licences",
    multiple=True,
    type=Licence(),
    help="Licence of the pictures of a part, for the model card; repeat for each part.",
)
@click.option(
    "--loss",
    type=Name(LOSS_NAMES),
    default=DEFAULTS.loss,
    show_default=True,
    help="Loss on the embeddings.",
)
@click.option(
    "--epochs",
    type=int,
    default=DEFAULTS.epochs,
    show_default=True,
    help="Number of epochs; each shows two views of every garment.",
)
@click.option(
    "--batch-size",
    type=int,
    default=DEFAULTS.batch_size,
    show_default=True,
    help="Garments in a batch, each with two views.",
)
@click.option(
    "--width",
    type=int,
    default=DEFAULTS.width,
    show_default=True,
    help="Channels of the network's first stage.",
)
@click.option(
    "--size",
    type=int,
    default=DEFAULTS.size_px,
    show_default=True,
    help="Side of the torsos in pixels, a multiple of 32.",
)
@click.option(
    "--seed",
    type=int,
    default=DEFAULTS.seed,
    show_default=True,
    help="Seed of all random numbers.",
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Number of CPU threads. Default: torch's.",
)
@click.option(
    "--int8/--no-int8", default=True, show_default=True, help="Write an 8-bit network too."
)
@click.option(
    "-o",
    "--output",
    type=Output(),
    default=Path("runs/clothing"),
    show_default=True,
    help="Folder for the networks, the model card and the checkpoint.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.help_option("-h", "--help", help="Show this and exit.")
def clothing(*, data: Path, output: Path, int8: bool, quiet: bool, **flags: Any) -> int:
    """Train the clothing encoder.

    Writes clothing.onnx, clothing.int8.onnx, MODEL_CARD.md, history.csv (loss and accuracy on
    held-out garments for each epoch) and checkpoint.pt. After an interruption, the same command
    resumes after the last finished epoch. Uses a GPU if torch finds one.

    On Linux, training on the CPU may be much faster with
    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 in front of the command.
    """
    settings = _settings(flags)
    require_extra(EXTRA)
    from clusterer.training.checkpoint import CHECKPOINT  # noqa: PLC0415 (loads torch)
    from clusterer.training.clothing import ClothingTrainer  # noqa: PLC0415 (loads torch)
    from clusterer.training.garments import read_garments  # noqa: PLC0415 (likewise)
    from clusterer.training.loop import choose_device  # noqa: PLC0415 (likewise)
    from clusterer.training.release import (  # noqa: PLC0415 (likewise)
        CARD,
        HISTORY,
        MODEL,
        SMALL_MODEL,
        release,
    )

    refuse_others(output, CHECKPOINT, (MODEL, SMALL_MODEL, CARD, HISTORY))
    console = Console(stderr=True, quiet=quiet, highlight=False)
    try:
        with console.status("Reading pictures"):
            garments = read_garments(data, settings.parts, settings.picture_px)
            trainer = ClothingTrainer(garments, settings, output, choose_device(flags["threads"]))
        make_folder(output)
        with training(console, settings.epochs, _figures) as watch:
            history = trainer.run(watch)
        with console.status("Writing networks"):
            command = _command(data, output, settings, flags)
            released = release(trainer, output, command, dict(flags["licences"]), int8)
    except KeyboardInterrupt:
        return interrupted()
    if not quiet:
        click.echo(_summary(history[-1], released))
    return 0


def _settings(flags: Mapping[str, Any]) -> ClothingTraining:
    return ClothingTraining(
        parts=tuple(part.strip() for part in flags["parts"].split(",") if part.strip()),
        loss=flags["loss"],
        epochs=flags["epochs"],
        batch_size=flags["batch_size"],
        width=flags["width"],
        size_px=flags["size"],
        seed=flags["seed"],
    )


def _figures(epoch: Epoch) -> str:
    return f"loss {epoch.loss:.3f}, held-out AUC {epoch.auc:.3f}, recall {epoch.recall:.3f}"


def _summary(last: Epoch, released: Released) -> str:
    lines = [f"{last.number} epochs: {_figures(last)}"]
    if released.closeness is not None:
        lines.append(f"8 bits: mean cosine {released.closeness:.4f} to the full network")
    lines += [f"{path}  ({size:,} bytes)" for path, size in released.files.items()]
    return "\n".join(lines)


def _command(data: Path, output: Path, settings: ClothingTraining, flags: Mapping[str, Any]) -> str:
    parts: dict[str, Any] = {"parts": ",".join(settings.parts) or None}
    named = ("loss", "epochs", "batch_size", "width", "size", "seed", "threads")
    return same_again("clothing", data, output, parts | {name: flags[name] for name in named})
