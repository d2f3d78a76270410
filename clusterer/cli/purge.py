"""``cluster-video purge``: remove biometric data."""

from __future__ import annotations

import json
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.types import PATH
from clusterer.core.errors import ConfigError
from clusterer.core.text import counted, megabytes, printable, visible

if TYPE_CHECKING:
    from clusterer.removal.types import Purged, PurgedFolder

MOST_NAMES = 20
"""People that are listed of a folder."""
MOST_DAYS = 36_500
_AGE = re.compile(r"(\d{1,9})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}

SECTIONS = {
    "What": ("people", "older_than", "keep_tables", "without_names"),
    "How": ("dry_run", "yes"),
    "Output": ("quiet", "as_json"),
}


class Age(click.ParamType[timedelta]):
    """``90d``, ``12w`` or ``36h``."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Make a `timedelta`, or fail with one line."""
        if isinstance(value, timedelta):
            return value
        match = _AGE.fullmatch(str(value).strip().casefold())
        if match is None:
            self.fail(f"{value!r} is not an age such as 90d, 12w or 36h", param, ctx)
        try:
            age = timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError:
            age = timedelta(days=MOST_DAYS + 1)
        if age.days > MOST_DAYS:
            self.fail(f"{value!r} is more than a hundred years", param, ctx)
        return age


@click.command(cls=Command, no_args_is_help=True, sections=SECTIONS)
@click.argument("path", metavar="PATH", type=PATH)
@click.option(
    "--people",
    multiple=True,
    metavar="NAME",
    help="Remove only this person, by name or id; may be given several times. Everybody else stays "
    "as is, and later runs on the same films leave the person out.",
)
@click.option(
    "--older-than",
    type=Age(),
    metavar="AGE",
    help="Only results that were not changed for so long: 90d, 12w or 36h.",
)
@click.option(
    "--keep-tables",
    is_flag=True,
    help="Keep tables, corrections and a report without pictures.",
)
@click.option("--without-names", is_flag=True, help="With --keep-tables: remove names from them.")
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@options.quiet
@options.as_json("what was removed")
def purge(
    *,
    path: Path,
    people: tuple[str, ...],
    older_than: timedelta | None,
    keep_tables: bool,
    without_names: bool,
    dry_run: bool,
    yes: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Remove the biometric data in PATH: pictures and vectors of faces, and tables made of them.

    PATH is a folder that cluster-video wrote, a project, or a folder in which these are looked for,
    also galleries. What goes is listed first. Films, and files that cluster-video did not write,
    stay. Copies elsewhere, such as backups and exports, are yours to delete.
    """
    from clusterer.removal.purge import purge as remove

    chosen: dict[str, Any] = {
        "people": people,
        "older_than": older_than,
        "keep_tables": keep_tables,
        "keep_names": not without_names,
    }
    planned = remove(path, **chosen, dry_run=True)
    if dry_run or not planned.folders:
        _say(planned, quiet=quiet, as_json=as_json)
        return
    if not yes:
        _ask(planned)
    elif not (quiet or as_json):
        click.echo("\n".join(_lines(planned)))
    done = remove(path, **chosen)
    for note in () if quiet else done.notes:
        click.echo(f"Note: {visible(note)}", err=True)
    if as_json:
        click.echo(_json(done))
    elif not quiet:
        click.echo(f"Removed from {counted(len(done.folders), 'folder')}")


def _ask(planned: Purged) -> None:
    """Ask on a terminal; without one, nothing is removed."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigError("nothing was removed, as there is no terminal to ask on", "Add --yes")
    click.echo("\n".join(_lines(planned)), err=True)
    if not click.confirm("Remove this for good?", err=True):
        click.echo("Nothing was removed", err=True)
        raise click.exceptions.Exit(1)


def _say(planned: Purged, *, quiet: bool, as_json: bool) -> None:
    """Print what would go."""
    if as_json:
        click.echo(_json(planned))
    elif not quiet:
        click.echo("\n".join(_lines(planned) if planned.folders else ["Nothing to remove"]))


def _lines(planned: Purged) -> list[str]:
    lines = [line for each in planned.folders for line in _of_folder(each)]
    return [*lines, f"In all {_size(planned.files, planned.size_bytes)}"]


def _of_folder(each: PurgedFolder) -> list[str]:
    names = [*each.people[:MOST_NAMES]]
    more = len(each.people) - len(names)
    people = ", ".join(names) + (f" and {more} more" if more else "")
    lines = [f"{each.kind.value.capitalize()} {each.path}"]
    lines += [f"  people:  {people}"] if people else []
    lines += [f"  deletes: {_summary(each.deleted)}"] if each.deleted else []
    lines += [f"  rewrites: {_summary(each.rewritten)}"] if each.rewritten else []
    lines.append(f"  {_size(len(each.deleted) + len(each.rewritten), each.size_bytes)}")
    return list(map(visible, lines))


def _summary(names: tuple[str, ...]) -> str:
    """Files by name, those in subfolders counted."""
    folders: dict[str, int] = {}
    for name in names:
        folder = name.rpartition("/")[0]
        folders[folder] = folders.get(folder, 0) + 1
    own = [name for name in names if "/" not in name]
    counts = [f"{counted(count, 'file')} in {name}/" for name, count in folders.items() if name]
    return ", ".join([*own, *counts])


def _size(files: int, size_bytes: int) -> str:
    return f"{counted(files, 'file')}, {megabytes(size_bytes)}"


def _json(purged: Purged) -> str:
    content = {
        "done": purged.is_done,
        "files": purged.files,
        "bytes": purged.size_bytes,
        "notes": list(purged.notes),
        "folders": [
            {
                "folder": str(each.path),
                "kind": each.kind.value,
                "people": list(each.people),
                "deleted": list(each.deleted),
                "rewritten": list(each.rewritten),
                "bytes": each.size_bytes,
            }
            for each in purged.folders
        ],
    }
    return printable(json.dumps(content, indent=2, ensure_ascii=False))
