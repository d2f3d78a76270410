"""``cluster-video export``: appearances as editing programs import them."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from clusterer.cli.group import Command
from clusterer.cli.mistakes import is_result
from clusterer.cli.paths import Place
from clusterer.cli.types import NUMBER, RESULT, Name
from clusterer.core.errors import ConfigError
from clusterer.core.printable import visible
from clusterer.core.regular import is_folder
from clusterer.outputs import export as formats
from clusterer.outputs.export.choose import Choice, choose
from clusterer.store.hand_over import hand_over
from clusterer.store.load import load
from clusterer.store.names import EXPORTS

_RATE = re.compile(r"\d{1,9}(\.\d{0,9}|/[1-9]\d{0,8})?")


class Rate(click.ParamType[Fraction]):
    """Frames per second: ``25``, ``23.976``, ``30000/1001``."""

    name = "rate"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        """Parse, or fail with one line."""
        if not _RATE.fullmatch(str(value)):
            self.fail(f"{value!r} is no rate; write 25, 23.976 or 30000/1001", param, ctx)
        return Fraction(str(value))


ENDINGS = {
    ".csv", ".edl", ".fcpxml", ".json", ".otio", ".parquet", ".srt", ".txt", ".vtt",
    ".xlsx", ".xml",
}  # fmt: skip
"""Of the files that formats write: a name that ends so is that of a file."""


def _placed(
    files: dict[str, bytes], place: tuple[Path, bool] | None, result: Path
) -> dict[Path, bytes]:
    """Where each file goes: into a folder, or where the one file was said to go."""
    output, folder = place or (result / EXPORTS, True)
    if folder or is_folder(output) or output.suffix.casefold() not in ENDINGS:
        return {output / name: content for name, content in files.items()}
    if len(files) != 1:
        raise ConfigError(
            f"{output} is the name of one file, but there are {len(files)}: {', '.join(files)}",
            "Name a folder with -o DIR",
        )
    if os.path.lexists(output) and is_result(output.parent):
        raise ConfigError(f"{output} is part of a result", "Name another file")
    ((name, content),) = files.items()
    ending = Path(name).suffix
    if output.suffix.casefold() != ending:
        raise ConfigError(
            f"{output} ends in {output.suffix}, but what is written is {ending}",
            f"Name it {output.with_suffix(ending)}, or name a folder with -o DIR",
        )
    return {output: content}


def _uses() -> str:
    """What each format is for, one line each."""
    lines = [f"  {name:<14}{formats.FORMATS[name].use}" for name in formats.names()]
    return "\n".join(["\b", "Formats:", *lines])


@click.command(cls=Command, no_args_is_help=True, epilog=_uses())
@click.argument("result", metavar="RESULT", type=RESULT)
@click.option(
    "--format",
    "wanted",
    multiple=True,
    required=True,
    type=Name(formats.names()),
    help="What to write; may be given several times.",
)
@click.option(
    "--people",
    multiple=True,
    metavar="NAME,...",
    help="Only these, by name or id. Default: everybody who is not hidden.",
)
@click.option(
    "--min-duration",
    type=NUMBER,
    default=0.0,
    metavar="SECONDS",
    help="Leave out shorter appearances.",
)
@click.option(
    "--gap",
    type=NUMBER,
    default=0.0,
    metavar="SECONDS",
    help="Make one of appearances of a person that lie no farther apart.",
)
@click.option(
    "--handles", type=int, default=0, metavar="FRAMES", help="Frames to add before and after each."
)
@click.option(
    "--include-unknown", is_flag=True, help="Faces that belong to nobody too, each by itself."
)
@click.option(
    "--start-timecode",
    metavar="TIMECODE",
    help="Of the first frame: HH:MM:SS:FF, or HH:MM:SS;FF for drop-frame. Default: as the video "
    "states it.",
)
@click.option(
    "--rate",
    type=Rate(),
    help="Count frames at this rate. Default: the video's own; if that is variable, the nearest "
    "that editing programs know.",
)
@click.option(
    "-o",
    "--output",
    type=Place(),
    help="Folder to write into, or the file, as cast.vtt, if it is only one; with the usual rights "
    "of files. Default: the folder exports in RESULT, for your eyes only.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.help_option("-h", "--help", help="Show this and exit.")
def export(result: Path, wanted: tuple[str, ...], **flags: Any) -> int:
    """Write the appearances of RESULT for editing programs, frame-exact.

    RESULT is a folder that cluster-video wrote. Corrections of a review are in it.
    """
    choice = Choice(
        people=flags["people"],
        min_duration_s=flags["min_duration"],
        gap_s=flags["gap"],
        handles=flags["handles"],
        include_unknown=flags["include_unknown"],
        start_timecode=flags["start_timecode"],
        rate=flags["rate"],
    )
    timeline = choose(load(result), choice)
    files: dict[str, bytes] = {}
    for name in dict.fromkeys(wanted):
        files |= formats.create(name).files(timeline)
    placed = _placed(files, flags["output"], result)
    hand_over(next(iter(placed)).parent, {path.name: content for path, content in placed.items()})
    if not flags["quiet"]:
        marks = len(timeline.marks())
        click.echo(
            f"{len(timeline.parts)} people, {marks} appearances at {float(timeline.rate):.6g} "
            f"frames per second from {timeline.timecode(0)}"
        )
        for warning in timeline.warnings:
            click.echo(f"Note: {visible(warning)}")
        for path in placed:
            click.echo(visible(path))
    return 0
