"""``cluster-video name``: name a person, or people by photographs or a list of the cast."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.types import PATH, Rate
from clusterer.core.errors import ConfigError
from clusterer.core.text import folded, visible

if TYPE_CHECKING:
    from clusterer.gallery import Gallery, ListedName, NameSuggestion, Scale
    from clusterer.project.project import Project
    from clusterer.project.types import Person


@click.command(cls=Command, no_args_is_help=True)
@options.result
@click.argument("person", required=False)
@click.argument("called", metavar="[NAME]", required=False)
@options.gallery()
@click.option(
    "--from",
    "source",
    type=PATH,
    metavar="FILE",
    help="Name people by a cut list (.edl), a project of Final Cut Pro (.fcpxml), or a table of "
    "the cast (.csv).",
)
@click.option(
    "--start-timecode",
    metavar="TIMECODE",
    help="Timecode of the film's first frame in FILE. Default: that of the film.",
)
@click.option(
    "--rate", type=Rate(), help="Frame rate of FILE's timecodes. Default: that of the film."
)
@click.option(
    "--dates",
    type=PATH,
    metavar="CSV",
    help="Dates of the films of a project: a table with the columns film and date.",
)
@options.quiet
def name(
    *,
    result: Path,
    person: str | None,
    called: str | None,
    gallery: Path | None,
    source: Path | None,
    start_timecode: str | None,
    rate: Fraction | None,
    dates: Path | None,
    quiet: bool,
) -> int:
    """Name PERSON of RESULT, or name people by photographs or by a list of the cast.

    RESULT is a folder that cluster-video wrote, of one video or a project. PERSON is an id, such as
    person-3, or the name until now; an empty NAME gives back the automatic one.

    With --gallery or --from, existing names are kept, and people whom photographs or times do not
    clearly identify stay unnamed.

    The names are corrections: a review shows them and can undo them.
    """
    from clusterer.project.names import is_project

    ways = [person is not None, gallery is not None, source is not None or dates is not None]
    if sum(ways) != 1 or (person is not None) != (called is not None):
        raise ConfigError(
            "Give either a person and a name, a gallery, or a list",
            f"Write cluster-video name {visible(result)} person-3 Anna, or ... --gallery DIR, or "
            "... --from FILE",
        )
    of_project = is_project(result)
    if person is not None and called is not None:
        now = (_in_project if of_project else _in_result)(result, person, called)
        if not quiet:
            click.echo(visible(f"{person} is {now}"))
    elif gallery is not None:
        (_project_by_gallery if of_project else _by_gallery)(result, gallery, quiet)
    elif of_project:
        if start_timecode or rate:
            raise ConfigError("--start-timecode and --rate are of one film", "Name its result")
        _project_by_list(result, source, dates, quiet)
    else:
        if source is None or dates is not None:
            raise ConfigError("--dates is of a project", "Name a folder NAME.cast")
        _by_list(result, source, start_timecode, rate, quiet)
    return 0


def _in_result(result: Path, person: str, called: str) -> str:
    from clusterer.outputs.name import name_person

    return name_person(result, person, called)


def _in_project(path: Path, person: str, called: str) -> str:
    from clusterer.cli.project import catch_up, up_to_date
    from clusterer.people.names import check_given
    from clusterer.project.project import Project

    check_given(called)
    project = up_to_date(Project(path))
    if not project.people:
        raise ConfigError(
            f"{path} has no people yet",
            f"A run is at work, or none was complete: cluster-video {path}",
        )
    who = project.person(person)
    _check_free(project, who, called)
    (anchor, *_) = project.anchors(who)
    project.name(who, called, author=author())
    catch_up(project)
    now = project.whose(anchor)
    return now.name if now else called


def _check_free(project: Project, who: Person, called: str) -> None:
    """Raise ConfigError if somebody else has a name."""
    for other in project.people:
        if other.id != who.id and called and folded(other.name) == folded(called):
            raise ConfigError(
                f"{other.id} is called {other.name} already",
                f"If they are one person, join them: cluster-video review {project.path}",
            )


def _by_gallery(result: Path, gallery: Path, quiet: bool) -> None:
    from clusterer.cli.consent import ensure_weights
    from clusterer.gallery import name_people, read_gallery
    from clusterer.store.folder import load

    config = load(result).config
    ensure_weights(config.analysis, quiet)
    loaded_gallery = read_gallery(gallery, config)
    naming = name_people(result, loaded_gallery)
    if not quiet:
        for line in suggestion_lines(naming.suggestions, loaded_gallery):
            click.echo(line)


def _project_by_gallery(path: Path, gallery: Path, quiet: bool) -> None:
    """Name the people of each film; what one film says counts in all."""
    from clusterer.cli.consent import ensure_weights
    from clusterer.cli.project import catch_up, up_to_date
    from clusterer.core.text import counted
    from clusterer.gallery import name_people, read_gallery
    from clusterer.project.project import Project
    from clusterer.project.types import FilmState

    project = up_to_date(Project(path))
    ensure_weights(project.config.analysis, quiet)
    loaded = read_gallery(gallery, project.config)
    before = {who.id: who.name for who in project.people}
    done = [film for film in project.films if film.state is FilmState.DONE]
    for film in done:
        name_people(project.path / film.folder, loaded)
    project.refresh(*done)
    catch_up(project)
    if quiet:
        return
    now = project.snapshot()
    named = [who for who in now.people if now.given.get(who.number, ("",))[0]]
    for who in named:
        if before.get(who.id) != who.name:
            films = counted(len(who.films), "film")
            click.echo(visible(f"{who.id} is {who.name}, in {films}"))
    rest = len(now.people) - len(named)
    click.echo(f"{counted(rest, 'person', 'people')} of {visible(path.name)} without a name")
    for note in loaded.notes:
        click.echo(f"Note: {visible(note)}")


def _by_list(
    result: Path, source: Path, start_timecode: str | None, rate: Fraction | None, quiet: bool
) -> None:
    from clusterer.cli.consent import ensure_weights
    from clusterer.gallery import name_by_list, read_cast_list
    from clusterer.store.folder import load

    loaded = load(result)
    cast = read_cast_list(source, Path(loaded.analysis.video.path).name)
    if any(entry.photographs for entry in cast.entries):
        ensure_weights(loaded.config.analysis, quiet)
    naming = name_by_list(result, cast, start_timecode=start_timecode, rate=rate)
    if not quiet:
        for line in _list_lines(naming.names, naming.notes):
            click.echo(line)


def _project_by_list(path: Path, source: Path | None, dates: Path | None, quiet: bool) -> None:
    from clusterer.cli.consent import ensure_weights
    from clusterer.cli.project import catch_up, up_to_date
    from clusterer.core.text import counted
    from clusterer.gallery import name_project_by_list, read_cast_list, read_dates
    from clusterer.project.project import Project

    project = up_to_date(Project(path))
    made = None if dates is None else read_dates(dates)
    lines: list[str] = []
    if source is None:
        project.set_dates(made)
        lines += [f"{who.name} is in {film.name}: too early" for who, film in project.too_early]
    else:
        if any(entry.photographs for entry in read_cast_list(source).entries):
            ensure_weights(project.config.analysis, quiet)
        naming = name_project_by_list(project, source, made)
        for film, found in naming.films.items():
            lines += [f"{film}: {line}" for line in _list_lines(found.names, found.notes)]
        lines += [f"Note: {note}" for note in naming.notes]
    catch_up(project)
    if quiet:
        return
    for line in lines:
        click.echo(visible(line))
    rest = sum(not project.snapshot().given.get(who.number, ("",))[0] for who in project.people)
    click.echo(f"{counted(rest, 'person', 'people')} of {visible(path.name)} without a name")


def _list_lines(names: Iterable[ListedName], notes: Iterable[str]) -> list[str]:
    """What became of each name of a list, and notes."""
    lines = [
        f"{each.was} is {each.name}: {each.why}" if each.person else f"{each.name}: {each.why}"
        for each in names
    ]
    return [visible(line) for line in (*lines, *(f"Note: {note}" for note in notes))]


def author() -> str:
    """Name of this user, for the log of a project; empty if the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # KeyError, ImportError: until Python 3.13
        return ""


def suggestion_lines(suggestions: Iterable[NameSuggestion], gallery: Gallery) -> list[str]:
    """Lines to print: people named, people not named, and photographs that were skipped.

    Parameters
    ----------
    suggestions
        One for each person who had no name.
    gallery
        Gallery that they come from.
    """
    lines = [_line(each, gallery.scale) for each in suggestions] or [
        "All people have a name already"
    ]
    return [visible(line) for line in (*lines, *(f"Note: {note}" for note in gallery.notes))]


def _line(suggestion: NameSuggestion, scale: Scale) -> str:
    if not suggestion.candidates:
        return f"{suggestion.person} stays unnamed: no face is clear enough, or all names are taken"
    pairs = [f"{name} {scale.text(distance)}" for name, distance in suggestion.candidates]
    if not suggestion.name:
        return f"{suggestion.person} stays unnamed; nearest: {', '.join(pairs)}"
    after = f", next {pairs[1]}" if pairs[1:] else ""
    distance = scale.text(suggestion.candidates[0][1])
    return f"{suggestion.person} is {suggestion.name}: {distance}{after}"
