"""``cluster-video export``: appearances for editing programs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.mistakes import is_result
from clusterer.cli.options import flag
from clusterer.cli.types import NUMBER, Place, Registered
from clusterer.core.errors import ConfigError
from clusterer.core.folders import is_folder
from clusterer.core.text import visible
from clusterer.outputs import export as formats

if TYPE_CHECKING:
    from clusterer.outputs.export.choose import Choice
    from clusterer.store.folder import ResultFolder


if TYPE_CHECKING:
    from clusterer.outputs.export.choose import Choice

_LIKE_AN_ENDING = re.compile(r"\.[a-z][a-z0-9]{1,7}")
_RATE = re.compile(r"\d{1,9}(\.\d{0,9}|/[1-9]\d{0,8})?")


class Rate(click.ParamType[Fraction]):
    """Frames per second: ``25``, ``23.976``, ``30000/1001``."""

    name = "rate"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        """Parse, or fail with one line."""
        if not _RATE.fullmatch(str(value)):
            self.fail(f"{value!r} is not a rate; write 25, 23.976 or 30000/1001", param, ctx)
        return Fraction(str(value))


@dataclass(frozen=True, slots=True)
class ExportFlags:
    """Selection and layout of the export."""

    people: tuple[str, ...] = flag(
        "--people",
        multiple=True,
        metavar="NAME,...",
        help="Only these people, by name or id. Default: all who are not hidden.",
    )
    min_duration: float = flag(
        "--min-duration",
        type=NUMBER,
        default=0.0,
        metavar="SECONDS",
        help="Leave out shorter appearances.",
    )
    gap: float = flag(
        "--gap",
        type=NUMBER,
        default=0.0,
        metavar="SECONDS",
        help="Join appearances of a person that are no farther apart than this.",
    )
    handles: int = flag(
        "--handles",
        type=int,
        default=0,
        metavar="FRAMES",
        help="Frames to add before and after each appearance.",
    )
    include_unknown: bool = flag(
        "--include-unknown",
        is_flag=True,
        help="Include unidentified faces, each as a separate entry.",
    )
    start_timecode: str | None = flag(
        "--start-timecode",
        metavar="TIMECODE",
        help="Timecode of the first frame: HH:MM:SS:FF, or HH:MM:SS;FF for drop-frame. Default: "
        "that of the video.",
    )
    rate: Fraction | None = flag(
        "--rate",
        type=Rate(),
        help="Frame rate to count in. Default: that of the video; if it is variable, the nearest "
        "that editing programs support.",
    )
    reel: str = flag(
        "--reel",
        default="",
        metavar="NAME",
        help="Reel name in cut lists (edl); OpenShot needs AX. Default: from the video's name.",
    )

    def choice(self) -> Choice:
        """Convert the flags to the library's settings."""
        from clusterer.outputs.export.choose import Choice

        return Choice(
            people=self.people,
            min_duration_s=self.min_duration,
            gap_s=self.gap,
            handles=self.handles,
            include_unknown=self.include_unknown,
            start_timecode=self.start_timecode,
            rate=self.rate,
            reel=self.reel,
        )


def _placed(
    files: dict[str, bytes], place: tuple[Path, bool] | None, result: ResultFolder
) -> dict[Path, bytes]:
    """Path of each file: in a folder, or exactly `output` for a single file."""
    output, folder = place or (result.exports, True)
    ending = output.suffix.casefold()
    if folder or is_folder(output) or not _LIKE_AN_ENDING.fullmatch(ending):
        return {output / name: content for name, content in files.items()}
    if len(files) != 1:
        raise ConfigError(
            f"{output} is the name of one file, but there are {len(files)}: {', '.join(files)}",
            f"Name a folder with -o DIR{os.sep}",
        )
    if os.path.lexists(output) and is_result(output.parent):
        raise ConfigError(f"{output} is part of a result", "Name another file")
    ((name, content),) = files.items()
    expected = Path(name).suffix
    if ending == expected:
        return {output: content}
    if ending not in {entry.ending for entry in formats.FORMATS.built_in.values()}:
        raise ConfigError(
            f"{output} does not end in {expected}",
            f"Did you mean {output.with_suffix(expected)}, or the folder {output}{os.sep}?",
        )
    raise ConfigError(
        f"{output} ends in {output.suffix}, but the format is {expected}",
        f"Name it {output.with_suffix(expected)}, or name a folder with -o DIR",
    )


def _uses() -> str:
    """One line for each format: its name and use."""
    entries = formats.FORMATS.entries()
    uses = {name: entries[name].summary or f"of {entries[name].plug_in}" for name in entries}
    broken = dict.fromkeys(formats.names(), "cannot be loaded: see cluster-video models")
    lines = [f"  {name:<14}{use}" for name, use in (broken | uses).items()]
    return "\n".join(["\b", "Formats:", *lines])


class _Listing(Command):
    """A command whose help ends with the formats."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the formats; this imports plug-ins, so it is done late."""
        self.epilog = _uses()
        super().format_epilog(ctx, formatter)


@click.command(cls=_Listing, no_args_is_help=True)
@options.result
@click.option(
    "--format",
    "wanted",
    multiple=True,
    required=True,
    type=Registered(formats.FORMATS),
    help="Format to write; may be repeated.",
)
@options.takes("choices", ExportFlags)
@click.option(
    "-o",
    "--output",
    type=Place(),
    help="Folder to write into, readable as usual; or the file, such as cast.vtt, if there is only "
    "one. Default: the folder exports in RESULT, which only you can read.",
)
@options.quiet
def export(
    *,
    result: Path,
    wanted: tuple[str, ...],
    choices: ExportFlags,
    output: tuple[Path, bool] | None,
    quiet: bool,
) -> int:
    """Write the appearances of RESULT for editing programs, frame-exact.

    RESULT is a folder that cluster-video wrote. The corrections of a review are applied.
    """
    from clusterer.outputs.export.choose import choose
    from clusterer.store.folder import ResultFolder
    from clusterer.store.output import write_output

    folder = ResultFolder(result)
    timeline = choose(folder.load(), choices.choice())
    files: dict[str, bytes] = {}
    for name in dict.fromkeys(wanted):
        files |= formats.create(name).files(timeline)
    placed = _placed(files, output, folder)
    target = next(iter(placed)).parent
    write_output(target, {path.name: content for path, content in placed.items()})
    if not quiet:
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
