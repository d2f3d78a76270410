"""``cluster-video list``, ``people`` and ``remove``: what a project holds."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterer.cli import options
from clusterer.cli.columns import echo_columns
from clusterer.cli.group import Command
from clusterer.core.text import printable, visible
from clusterer.core.timecode import spoken

if TYPE_CHECKING:
    from clusterer.core.config import Config
    from clusterer.project.project import Project
    from clusterer.project.types import Person, ProjectFilm

BAR = 10
"""Longest bar, in characters."""
EIGHTHS = " ▏▎▍▌▋▊▉█"
STATES = {"quarantined": "left alone"}
"""Words for states that are not their values."""
MOST_BARS = 24
"""Most films with a column of their own; of more, their number is shown."""


@click.command("list", cls=Command, no_args_is_help=True)
@options.project
@options.as_json("the films")
def films(project: Path, as_json: bool) -> int:
    """List the films of PROJECT, with their state, people and length.

    PROJECT is a folder NAME.cast that cluster-video made. Below are the scope, the settings that
    are not the defaults, and why films failed. "left alone" is a film that failed in two runs.
    """
    from clusterer.project.project import Project

    opened = Project(project)
    counts = Counter(film for who in opened.people for film in who.films)
    if as_json:
        click.echo(_json([_film(opened, film, counts[film.id]) for film in opened.films]))
        return 0
    rows = [
        [
            film.name,
            STATES.get(film.state.value, film.state.value),
            str(counts[film.id]),
            spoken(film.duration_s) if film.duration_s else "",
        ]
        for film in opened.films
    ]
    echo_columns([("film", "state", "people", "length"), *rows], right={2, 3})
    changed = differences(opened.config)
    click.echo(f"Scope: {opened.scope}; settings: {', '.join(changed) or 'the defaults'}")
    for film in opened.films:
        if film.error:
            click.echo(visible(reason_of(film)))
    return 0


def reason_of(film: ProjectFilm) -> str:
    """Why a film failed, with its name rather than its path."""
    error = film.error.replace(film.source, film.name)
    return error if film.name in error else f"{film.name}: {error}"


def differences(config: Config, before: Config | None = None) -> list[str]:
    """Settings that differ from earlier ones, or from the defaults: ``start s 3 (was none)``."""
    from clusterer.core.config import Config, settings
    from clusterer.people.decide import resolved

    then = dict(_flat(settings(before or resolved(Config()))))
    now = dict(_flat(settings(config)))
    count = Counter(path[-1] for path in now)
    was = " (was {})" if before else ""
    return [
        f"{' '.join(path[-1 if count[path[-1]] == 1 else -2 :]).replace('_', ' ')} "
        f"{_said(value)}{was.format(_said(then.get(path)))}"
        for path, value in now.items()
        if value != then.get(path)
    ]


def _flat(
    content: Mapping[str, Any], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, (*above, name))
        else:
            yield (*above, name), value


def _said(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)


@click.command(cls=Command, no_args_is_help=True)
@options.project
@options.as_json("the people")
@click.option("--csv", "as_csv", is_flag=True, help="Print the people as CSV.")
@click.option("--all", "hidden", is_flag=True, help="List hidden people, too.")
def people(project: Path, as_json: bool, as_csv: bool, hidden: bool) -> int:
    """List the people of PROJECT by screen time, with a bar for each film.

    PROJECT is a folder NAME.cast that cluster-video made. A bar is full for whoever is on screen
    longest in that film; with more than 24 films there are none. "confirmed" counts the films in
    which a reviewer or a gallery said who it is.
    """
    from clusterer.core.errors import ConfigError
    from clusterer.outputs.export.csv import to_csv
    from clusterer.project.project import Project

    if as_json and as_csv:
        raise ConfigError("--json and --csv exclude each other", "Give one of them")
    opened = up_to_date(Project(project))
    now = opened.snapshot()
    shown = [who for who in now.people if hidden or not who.hidden]
    if as_json:
        names = {film.id: film.name for film in now.films}
        given = {number for number, (name, _) in now.given.items() if name}
        click.echo(_json([_person(who, who.number in given, names) for who in shown]))
    elif as_csv:
        ids = {who.id for who in shown}
        table = opened.tables.people
        rows = tuple(row for row in table.rows if row[0] in ids)
        click.echo(to_csv(type(table)(table.name, table.columns, rows)), nl=False)
    else:
        _echo_people(opened, shown)
    return 0


@click.command(cls=Command, no_args_is_help=True)
@options.project
@click.argument("wanted", metavar="FILM...", nargs=-1, required=True)
@click.option(
    "--delete-results", is_flag=True, help="Also delete the films' result folders in PROJECT."
)
@options.quiet
def remove(project: Path, wanted: tuple[str, ...], delete_results: bool, quiet: bool) -> int:
    """Take films out of PROJECT; the videos themselves are never touched.

    FILM is the name of a film, as cluster-video list shows it, or its path. Results stay unless you
    ask to delete them. What was decided about the film's people is remembered for when it comes
    back.
    """
    from clusterer.project.project import Project

    opened = Project(project)
    going = [_film_of(opened, name) for name in wanted]
    opened.remove(*dict.fromkeys(going), result=delete_results)
    if not quiet:
        for film in dict.fromkeys(going):
            click.echo(f"Removed {visible(film.name)}")
    catch_up(opened)
    return 0


def _film_of(project: Project, name: str) -> ProjectFilm:
    """A film by its name, or by its path as somebody types it from here."""
    from clusterer.core.errors import ConfigError

    try:
        return project.film(name)
    except ConfigError as error:
        ways = (os.path.abspath, os.path.realpath)
        same = {way(name) for way in ways}
        found = [film for film in project.films if same & {way(film.source) for way in ways}]
        if len(found) != 1:
            raise error from None
        return found[0]


def up_to_date(project: Project) -> Project:
    """Take over what was corrected in the films themselves; a note says what could not be."""
    for note in project.take_over():
        click.echo(f"Note: {visible(note)}", err=True)
    return project


def catch_up(project: Project) -> None:
    """Bring the films' tables up to date; a note says which could not be."""
    for note in project.catch_up():
        click.echo(f"Note: {visible(note)}; this is done next time", err=True)


def _film(project: Project, film: ProjectFilm, count: int) -> dict[str, Any]:
    return {
        "film": film.name,
        "id": film.id,
        "source": film.source,
        "folder": str(project.path / film.folder),
        "state": film.state.value,
        "error": film.error,
        "attempts": film.attempts,
        "duration_s": round(film.duration_s, 3),
        "people": count,
    }


def _person(who: Person, named: bool, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "person": who.id,
        "name": who.name,
        "named": named,
        "hidden": who.hidden,
        "background": who.background,
        "screen_time_s": round(who.screen_time_s, 3),
        "films": [
            {
                "film": names[member.film],
                "person": member.person,
                "screen_time_s": round(member.screen_time_s, 3),
                "confirmed": member.confirmed,
            }
            for member in who.members
        ],
    }


def _echo_people(project: Project, shown: list[Person]) -> None:
    films = [film for film in project.films if film.state.value == "done"]
    films = films if len(films) <= MOST_BARS else []
    most: dict[int, float] = {}
    for who in project.people:
        for film, time_s in _times(who).items():
            most[film] = max(most.get(film, 0.0), time_s)
    rows = [
        [
            who.id,
            who.name + _class_of(who),
            spoken(who.screen_time_s),
            f"{_confirmed(who)} of {len(who.films)}",
            *(bar(_times(who).get(film.id, 0.0), most.get(film.id, 0.0)) for film in films),
        ]
        for who in shown
    ]
    head = ["person", "name", "on screen", "confirmed", *(film.name for film in films)]
    echo_columns([head, *rows], right={2})


def _class_of(who: Person) -> str:
    return " (hidden)" if who.hidden else " (background)" if who.background else ""


def _times(who: Person) -> dict[int, float]:
    times: dict[int, float] = {}
    for member in who.members:
        times[member.film] = times.get(member.film, 0.0) + member.screen_time_s
    return times


def _confirmed(who: Person) -> int:
    return len({member.film for member in who.members if member.confirmed})


def bar(value: float, most: float) -> str:
    """A bar of up to `BAR` characters, in eighths; at least one of these if there is anything."""
    if value <= 0.0 or most <= 0.0:
        return ""
    eighths = max(1, round(8 * BAR * min(value / most, 1.0)))
    return EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def _json(content: Any) -> str:
    return printable(json.dumps(content, indent=2, ensure_ascii=False))
