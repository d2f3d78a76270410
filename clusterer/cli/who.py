"""``cluster-video who``: the people of a project who are like a photograph."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterer.cli import options
from clusterer.cli.columns import echo_columns
from clusterer.cli.group import Command
from clusterer.cli.types import PATH
from clusterer.core.text import printable

if TYPE_CHECKING:
    from clusterer.gallery.who import FaceHits
    from clusterer.project.search import Hit, Sighting

HEAD = ("probability", "person", "film", "at", "films")
LEAST = 0.001
"""Smaller probabilities are printed as less than this."""


@click.command(cls=Command, no_args_is_help=True)
@click.argument("photograph", metavar="PHOTO", type=PATH)
@options.project
@click.option(
    "--top",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    metavar="N",
    help="Number of people, the most likely first.",
)
@click.option(
    "--every-face", is_flag=True, help="Look for every face on PHOTO, not only for the largest."
)
@options.as_json("the people, with each film that they are in,")
@options.quiet
def who(
    *, photograph: Path, project: Path, top: int, every_face: bool, as_json: bool, quiet: bool
) -> int:
    """Find the people of PROJECT who are like the face on PHOTO.

    PROJECT is a folder NAME.cast that cluster-video made. Lists people by how likely they are the
    one on the photograph, with the film and the timecode where they look most like it. Without any
    evidence it is as likely somebody of the project as nobody.
    """
    from clusterer.cli.consent import ensure_weights
    from clusterer.cli.project import up_to_date
    from clusterer.core.errors import ConfigError
    from clusterer.gallery.who import who as find
    from clusterer.project.names import is_project
    from clusterer.project.project import Project

    if is_project(photograph):
        raise ConfigError(
            f"{photograph} is a project, not a photograph",
            f"The photograph comes first: cluster-video who {project} {photograph}",
        )
    opened = up_to_date(Project(project))
    ensure_weights(opened.config.analysis, quiet)
    found = find(photograph, opened, every_face=every_face, most=top)
    if as_json:
        click.echo(printable(json.dumps(list(map(_facts, found)), indent=2, ensure_ascii=False)))
        return 0
    for number, face in enumerate(found, start=1):
        if len(found) > 1:
            place = ", ".join(f"{side:.0f}" for side in face.box)
            click.echo(f"{'' if number == 1 else chr(10)}Face {number} ({place} px)")
        _echo(face)
    if found[0].others and not every_face and not quiet:
        n = found[0].others
        faces = "1 smaller face" if n == 1 else f"{n} smaller faces"
        click.echo(f"Note: the photograph shows {faces}, too; see --every-face", err=True)
    return 0


def _echo(face: FaceHits) -> None:
    if face.hits:
        echo_columns([HEAD, *map(_row, face.hits)], right={0})
    click.echo(f"{percent(face.hits.nobody).rjust(len(HEAD[0]))}  nobody of the project")


def _row(hit: Hit) -> tuple[str, ...]:
    best = hit.sightings[0]
    films = len({each.film for each in hit.sightings})
    return percent(hit.probability), hit.name, best.name, _time(best), str(films)


def _time(best: Sighting) -> str:
    return best.timecode or "?"


def percent(probability: float) -> str:
    """A probability as a percentage, without claiming certainty."""
    if probability < LEAST:
        return f"< {LEAST:.1%}"
    return f"> {1.0 - LEAST:.1%}" if probability > 1.0 - LEAST else f"{probability:.1%}"


def _facts(face: FaceHits) -> dict[str, Any]:
    return {
        "face": dict(zip(("left", "top", "right", "bottom"), face.box, strict=True)),
        "quality": round(face.quality, 3),
        "nobody": round(face.hits.nobody, 6),
        "people": [
            {
                "person": hit.person,
                "name": hit.name,
                "probability": round(hit.probability, 6),
                "evidence": round(hit.evidence, 3),
                "films": [
                    {
                        "film": each.name,
                        "person": each.person,
                        "evidence": round(each.evidence, 3),
                        "detection": each.detection,
                        "time_s": None if math.isnan(each.time_s) else round(each.time_s, 4),
                        "timecode": each.timecode,
                    }
                    for each in hit.sightings
                ],
            }
            for hit in face.hits
        ],
    }
