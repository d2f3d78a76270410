"""``cluster-video reel``: the parts of a film in which some people are seen, as one MP4."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import film, options
from clusterer.cli.group import Command
from clusterer.cli.types import NUMBER
from clusterer.core.text import counted, visible

if TYPE_CHECKING:
    from clusterer.core.types import ClusteringResult
    from clusterer.outputs.reel import CutList
    from clusterer.project.each import Here


@click.command(cls=Command, no_args_is_help=True)
@options.result
@film.choice
@click.option(
    "--handles",
    type=NUMBER,
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Add this much before and after each appearance. A shorter gap between two cuts is "
    "kept in.",
)
@click.option(
    "--longest",
    type=NUMBER,
    metavar="SECONDS",
    help="Length of the reel, at most. Default: any.",
)
@click.option(
    "--height",
    type=int,
    metavar="PX",
    help="Height of the picture, at most. Default: that of the film.",
)
@film.video
@film.output("The MP4", "a reel")
@options.quiet
def reel(
    *,
    result: Path,
    people: tuple[str, ...],
    together: bool,
    begin: float | str | None,
    end: float | str | None,
    handles: float,
    longest: float | None,
    height: int | None,
    video: Path | None,
    output: tuple[Path, bool] | None,
    overwrite: bool,
    quiet: bool,
) -> int:
    """Render where people of RESULT are seen, one part of the film behind the other.

    RESULT is a folder that cluster-video wrote. The corrections of a review are applied. The reel
    is an MP4 (H.264, AAC) with every frame of its parts and their sound; an earlier reel of that
    name is replaced. RESULT may also be a project: then there is a reel of each film in which
    somebody is seen; a film that is missing is left out, and the exit code is 1.
    """
    from clusterer.cli.progress import bar
    from clusterer.outputs.reel import ENDING, ReelChoice, check_place, cut_list, write_reel

    choice = ReelChoice(people, begin, end, together, handles, longest, height)

    def cuts_of(result: ClusteringResult, here: Here | None) -> CutList:
        if here is None:
            return cut_list(result, choice)
        cuts = cut_list(result, replace(choice, people=here.people))
        return replace(cuts, name=here.file(ENDING))

    films, errors = film.each(result, video, choice.exported, cuts_of)
    files = film.files_for(output, films, lambda cuts: cuts.name, "reels")
    for one, file in zip(films, files, strict=True):
        check_place(file, one.path, overwrite=overwrite)
        with bar(visible(one.title or "Reel"), "share", quiet=quiet) as show:
            write_reel(one.made, one.path, file, height, film.share(show))
        if not quiet:
            click.echo(f"{counted(len(one.made.cuts), 'cut')}, {one.made.length_s:.1f} s")
            click.echo(visible(file))
    return film.ended(errors)
