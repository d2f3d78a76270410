"""``cluster-video find``: the people of a film or project who are like a photograph."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterer.cli import options
from clusterer.cli.columns import echo_columns
from clusterer.cli.group import Command
from clusterer.cli.types import PATH
from clusterer.core.text import printable

if TYPE_CHECKING:
    from clusterer.gallery.find import FaceHits
    from clusterer.project.search import Hit, Sighting

HEAD = ("probability", "in words", "person")
OF_PROJECT = ("film", "at", "films")
OF_FILM = ("at", "tracks")
COLUMNS = (
    "face", "rank", "person", "name", "probability", "chance", "evidence", "film",
    "person_in_film", "sighting_evidence", "detection", "time_s", "timecode",
)  # fmt: skip
"""Of the CSV output; one row for each sighting."""
LEAST = 0.001
"""Smaller probabilities are printed as less than this."""


@click.command(cls=Command, no_args_is_help=True)
@click.argument("photograph", metavar="PHOTO", type=PATH)
@click.argument("where", metavar="RESULT", type=PATH)
@click.option(
    "--best",
    "--top",
    "best",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    metavar="N",
    help="Number of people, the most likely first; near misses fill the list.",
)
@click.option(
    "--every-face", is_flag=True, help="Look for every face on PHOTO, not only for the largest."
)
@click.option(
    "--unknown",
    is_flag=True,
    help="Of a project, search the unknown tracks of each film, too, which takes longer.",
)
@options.as_json("the people, with each film or track that they are in,")
@click.option("--csv", "as_csv", is_flag=True, help="Print the same as CSV, a row for each place.")
@options.quiet
def find(
    *,
    photograph: Path,
    where: Path,
    best: int,
    every_face: bool,
    unknown: bool,
    as_json: bool,
    as_csv: bool,
    quiet: bool,
) -> int:
    """Find the people of RESULT who are like the face on PHOTO.

    RESULT is a folder that cluster-video wrote, of one video or a project. Lists people by how
    likely they are the one on the photograph, with the timecode where they look most like it; of
    one video, unknown tracks, too, and of a project with --unknown. Who is "probably not" the one
    is a near miss. Without any evidence it is as likely somebody of the film or project as nobody.

    Nothing is written, and the photograph leaves the machine nowhere.
    """
    from clusterer.cli.consent import ensure_weights
    from clusterer.cli.film import ended
    from clusterer.cli.mistakes import check_result, is_result
    from clusterer.cli.project import up_to_date
    from clusterer.core.errors import ConfigError
    from clusterer.gallery.find import find as found_on
    from clusterer.gallery.find import opened
    from clusterer.project.names import is_project
    from clusterer.project.project import Project

    if as_json and as_csv:
        raise ConfigError("--json and --csv exclude each other", "Give one of them")
    if is_project(photograph) or is_result(photograph):
        kind = "project" if is_project(photograph) else "result"
        raise ConfigError(
            f"{photograph} is a {kind}, not a photograph",
            f"The photograph comes first: cluster-video find {where} {photograph}",
        )
    check_result(where)
    searched = opened(where)
    if isinstance(searched, Project):
        up_to_date(searched)
    ensure_weights(searched.config.analysis, quiet)
    found = found_on(photograph, searched, every_face=every_face, most=best, unknown=unknown)
    if as_json:
        click.echo(printable(json.dumps(list(map(_facts, found)), indent=2, ensure_ascii=False)))
    elif as_csv:
        click.echo(_csv(found), nl=False)
    else:
        _echo_all(found, is_film=not isinstance(searched, Project))
    if not quiet:
        for note in _notes(found, every_face):
            click.echo(f"Note: {note}", err=True)
    return ended([*found[0].left_out.values()])


def _notes(found: Sequence[FaceHits], every_face: bool) -> Iterator[str]:
    if found[0].others and not every_face:
        n = found[0].others
        faces = "1 smaller face" if n == 1 else f"{n} smaller faces"
        yield f"the photograph shows {faces}, too; see --every-face"
    for number, face in enumerate(found, start=1):
        if not face.readable:
            which = f"face {number}" if len(found) > 1 else "the face"
            yield f"{which} is too small or blurred to be compared well"


def _echo_all(found: Sequence[FaceHits], *, is_film: bool) -> None:
    for number, face in enumerate(found, start=1):
        if len(found) > 1:
            place = ", ".join(f"{side:.0f}" for side in face.box)
            click.echo(f"{'' if number == 1 else chr(10)}Face {number} ({place} px)")
        if face.hits:
            head = (*HEAD, *(OF_FILM if is_film else OF_PROJECT))
            row = _row_of_film if is_film else _row_of_project
            echo_columns([head, *map(row, face.hits)], right={0})
        whole = "film" if is_film else "project"
        click.echo(f"{percent(face.hits.nobody).rjust(len(HEAD[0]))}  nobody of the {whole}")


def _row(hit: Hit) -> tuple[str, ...]:
    return percent(hit.probability), hit.chance.value, hit.name


def _row_of_film(hit: Hit) -> tuple[str, ...]:
    return *_row(hit), hit.sightings[0].timecode, str(len(hit.sightings))


def _row_of_project(hit: Hit) -> tuple[str, ...]:
    best = hit.sightings[0]
    films = len({each.film for each in hit.sightings})
    return *_row(hit), best.name, best.timecode or "?", str(films)


def _csv(found: Sequence[FaceHits]) -> str:
    from clusterer.core.tables import Table
    from clusterer.outputs.export.csv import to_csv

    rows = []
    for number, face in enumerate(_facts(each) for each in found):
        for rank, hit in enumerate(face["people"], start=1):
            of_hit = (hit[name] for name in ("person", "name", "probability", "chance", "evidence"))
            own = (number + 1, rank, *of_hit)
            rows += [(*own, *place.values()) for place in hit["places"]]
    return to_csv(Table("find", COLUMNS, tuple(rows)))


def percent(probability: float) -> str:
    """A probability as a percentage, without claiming certainty."""
    if probability < LEAST:
        return f"< {LEAST:.1%}"
    return f"> {1.0 - LEAST:.1%}" if probability > 1.0 - LEAST else f"{probability:.1%}"


def _facts(face: FaceHits) -> dict[str, Any]:
    return {
        "face": dict(zip(("left", "top", "right", "bottom"), face.box, strict=True)),
        "quality": round(face.quality, 3),
        "readable": face.readable,
        "nobody": round(face.hits.nobody, 6),
        "people": [
            {
                "person": hit.person,
                "name": hit.name,
                "probability": round(hit.probability, 6),
                "chance": hit.chance.value,
                "evidence": round(hit.evidence, 3),
                "places": [_place(each) for each in hit.sightings],
            }
            for hit in face.hits
        ],
    }


def _place(seen: Sighting) -> dict[str, Any]:
    return {
        "film": seen.name,
        "person": seen.person,
        "evidence": round(seen.evidence, 3),
        "detection": seen.detection,
        "time_s": None if math.isnan(seen.time_s) else round(seen.time_s, 4),
        "timecode": seen.timecode,
    }
