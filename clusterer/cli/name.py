"""``cluster-video name``: people get the names that a gallery knows them by."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from clusterer.cli.consent import ensure_weights
from clusterer.cli.group import Command
from clusterer.cli.types import PATH, RESULT
from clusterer.core.text import visible
from clusterer.gallery import Gallery, Scale
from clusterer.gallery.name_people import NameSuggestion, name_people
from clusterer.gallery.read import read_gallery
from clusterer.store.folder import load


@click.command(cls=Command, no_args_is_help=True)
@click.argument("result", metavar="RESULT", type=RESULT)
@click.option(
    "--gallery",
    required=True,
    type=PATH,
    metavar="DIR",
    help="Holds a folder for each person, named after them, with photographs in it.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.help_option("-h", "--help", help="Show this and exit.")
def name(result: Path, gallery: Path, quiet: bool) -> int:
    """Name the people of RESULT by the photographs of a gallery.

    RESULT is a folder that cluster-video wrote. Names that were given stay, and who is not sure
    stays unnamed. The names are corrections: a review shows and undoes them.
    """
    config = load(result).config
    ensure_weights(config.analysis, quiet)
    known = read_gallery(gallery, config)
    naming = name_people(result, known)
    if not quiet:
        for line in suggestion_lines(naming.suggestions, known):
            click.echo(line)
    return 0


def suggestion_lines(suggestions: Iterable[NameSuggestion], gallery: Gallery) -> list[str]:
    """What to print: names, those without one, what is wrong with the gallery.

    Parameters
    ----------
    suggestions
        What the gallery said of each person.
    gallery
        That said it.
    """
    lines = [_line(each, gallery.scale) for each in suggestions] or ["Nobody is without a name"]
    return [visible(line) for line in (*lines, *(f"Note: {note}" for note in gallery.notes))]


def _line(suggestion: NameSuggestion, scale: Scale) -> str:
    if not suggestion.candidates:
        return f"{suggestion.person} stays unnamed: no face is clear enough, or every name is taken"
    pairs = [f"{name} {scale.text(distance)}" for name, distance in suggestion.candidates]
    if not suggestion.name:
        return f"{suggestion.person} stays unnamed; nearest: {', '.join(pairs)}"
    after = f", next {pairs[1]}" if pairs[1:] else ""
    distance = scale.text(suggestion.candidates[0][1])
    return f"{suggestion.person} is {suggestion.name}: {distance}{after}"
