"""``cluster-video export``: appearances for editing programs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.mistakes import is_result
from clusterer.cli.options import flag
from clusterer.cli.types import NUMBER, PATH, Place, Rate, Registered, TimeOrTimecode
from clusterer.core.errors import ConfigError
from clusterer.core.folders import is_folder
from clusterer.core.named import MOST_NAMES
from clusterer.core.text import counted, visible
from clusterer.outputs import export as formats

if TYPE_CHECKING:
    from clusterer.outputs.export.choose import Choice
    from clusterer.store.exported import Batch

_LIKE_AN_ENDING = re.compile(r"\.[a-z][a-z0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class ExportFlags:
    """Selection and layout of the export."""

    people: tuple[str, ...] = flag(
        "--people",
        multiple=True,
        metavar="NAME,...",
        help="Only these people, by name or id. Default: all who are not hidden.",
    )
    begin: float | str | None = flag(
        "--from",
        type=TimeOrTimecode(),
        metavar="TIME",
        help="Leave out what is before: seconds, MM:SS, HH:MM:SS, or a timecode HH:MM:SS:FF.",
    )
    end: float | str | None = flag(
        "--to",
        type=TimeOrTimecode(),
        metavar="TIME",
        help="Leave out what is at this time or later.",
    )
    together: bool = flag(
        "--together",
        is_flag=True,
        help="Only where all of --people are on screen at once.",
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

    base_url: str = flag(
        "--base-url",
        default="",
        metavar="URL",
        help="Web address of the folder in which film and export will lie (iiif). Default: "
        "one that cannot exist.",
    )

    roles: Path | None = flag(
        "--roles",
        type=PATH,
        metavar="FILE",
        help="Table of the cast with the columns name and role (kodi).",
    )

    def choice(self) -> Choice:
        """Convert the flags to the library's settings.

        Raises
        ------
        ConfigError
            As of `Choice`.
        CastListError
            The list of roles cannot be read.
        """
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
            begin=self.begin,
            end=self.end,
            together=self.together,
            base_url=self.base_url,
            roles={} if self.roles is None else _roles(self.roles),
        )


def _roles(path: Path) -> dict[str, str]:
    """Name → role, of a cast list."""
    from clusterer.gallery.cast_list.read import read_cast_list

    return {entry.name: entry.role for entry in read_cast_list(path).entries if entry.role}


def _placed(files: dict[str, bytes], place: tuple[Path, bool]) -> dict[Path, bytes]:
    """Path of each file: in a folder, or exactly `output` for a single file."""
    output, folder = place
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

    RESULT is a folder that cluster-video wrote. The corrections of a review are applied. It may
    also be a project: then there is a timeline for each film, and one table of all appearances; a
    film whose result cannot be read is left out, and the exit code is 1.
    """
    from clusterer.project.names import is_project

    export_from = _of_project if is_project(result) else _of_result
    made = export_from(result, wanted, choices.choice())
    placed = _placed(made.files, output or (made.default, True))
    removed = _write(placed, made.batches)
    if not quiet:
        for line in (*made.lines, *(made.summary(placed) or placed), *removed):
            click.echo(visible(line))
    for line in made.errors:
        click.echo(f"Error: {visible(line)}", err=True)
    return 1 if made.errors else 0


@dataclass(frozen=True, slots=True)
class _Made:
    """Files of an export, the default folder, and what to print.

    Attributes
    ----------
    batches
    default
    lines : before the files
    of_film : film of a project → names of its files; files are counted then
    errors : one line for each film that is left out
    """

    batches: Sequence[Batch]
    default: Path
    lines: list[str]
    of_film: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, bytes]:
        """Name → content."""
        return {name: content for batch in self.batches for name, content in batch.files.items()}

    def summary(self, placed: Mapping[Path, bytes]) -> list[str]:
        """Number of files of each film, the other files, and the folder; empty for one film."""
        if not self.of_film:
            return []
        counted_ones = {name for names in self.of_film.values() for name in names}
        others = [path for path in placed if path.name not in counted_ones]
        lines = [f"  {film}: {counted(len(names), 'file')}" for film, names in self.of_film.items()]
        folder = next(iter(placed)).parent
        total = counted(len(counted_ones), "file")
        return [*lines, f"{total} in {folder}{os.sep}", *map(str, others)]


def _of_result(path: Path, wanted: tuple[str, ...], choice: Choice) -> _Made:
    from clusterer.outputs.export.batch import batches
    from clusterer.store.folder import ResultFolder

    folder = ResultFolder(path)
    timeline, made = batches(folder.load(), wanted, choice)
    lines = [
        f"{counted(len(timeline.parts), 'person', 'people')}, "
        f"{counted(len(timeline.marks()), 'appearance')} at "
        f"{float(timeline.rate):.6g} frames per second from {timeline.timecode(0)}"
    ]
    notes = [f"Note: {each}" for each in timeline.warnings]
    return _Made(made, folder.exports, [*lines, *notes])


def _of_project(path: Path, wanted: tuple[str, ...], choice: Choice) -> _Made:
    from clusterer.cli.project import up_to_date
    from clusterer.project.export import export_project
    from clusterer.project.project import Project
    from clusterer.store.names import EXPORTS

    made = export_project(up_to_date(Project(path)), wanted, choice)
    people = {part.id for timeline in made.timelines.values() for part in timeline.parts}
    lines = [
        f"{counted(len(people), 'person', 'people')}, {counted(len(made.table), 'appearance')} in "
        f"{counted(len(made.timelines), 'film')}",
        *(
            f"Note: {film}: {warning}"
            for film, timeline in made.timelines.items()
            for warning in timeline.warnings
        ),
    ]
    return _Made(made.batches, path / EXPORTS, lines, made.of_film, tuple(made.failed.values()))


def _write(placed: dict[Path, bytes], batches: Sequence[Batch]) -> list[str]:
    """Write files; returns a line on what was removed of earlier ones, or could not be."""
    from clusterer.store.exported import write_exports
    from clusterer.store.output import write_output

    target = next(iter(placed)).parent
    if {path.name for path in placed} != {name for batch in batches for name in batch.files}:
        write_output(target, {path.name: content for path, content in placed.items()})
        return []  # under a name that the user gave, others may be there to stay
    removed = write_exports(target, batches)
    lines = []
    if removed.names:
        lines.append(
            f"Removed {counted(len(removed.names), 'file')} of an earlier export: "
            f"{_listed(removed.names)}"
        )
    if removed.why:
        lines.append(f"Note: An earlier export left {_listed(removed.left)}: {removed.why}")
    return lines


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{more}"
