"""``cluster-video name``: name people by the photographs of a gallery."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.core.text import visible

if TYPE_CHECKING:
    from clusterer.gallery import Gallery, NameSuggestion, Scale


@click.command(cls=Command, no_args_is_help=True)
@options.result
@options.gallery(required=True)
@options.quiet
def name(result: Path, gallery: Path, quiet: bool) -> int:
    """Name the people of RESULT by the photographs of a gallery.

    RESULT is a folder that cluster-video wrote. Existing names are kept, and people that the
    gallery does not clearly identify stay unnamed. The names are corrections: a review shows them
    and can undo them.
    """
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
    return 0


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
