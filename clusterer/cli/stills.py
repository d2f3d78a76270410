"""``cluster-video stills`` and ``sheet``: pictures of people, and a contact sheet as PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli import film, options
from clusterer.cli.group import Command
from clusterer.cli.types import PATH, Name
from clusterer.core.text import counted, visible

if TYPE_CHECKING:
    from clusterer.core.types import ClusteringResult
    from clusterer.outputs.stills.choose import Form, Metadata, StillsChoice
    from clusterer.project.each import Here

_best = click.option(
    "--best",
    type=click.IntRange(1, 100),
    default=12,
    show_default=True,
    metavar="N",
    help="Pictures of each person; fewer if there are not so many that differ and are of use.",
)
_crop = click.option(
    "--crop", is_flag=True, help="Head and shoulders only. Default: the whole frame."
)


@click.command(cls=Command, no_args_is_help=True)
@options.result
@film.choice
@_best
@_crop
@click.option(
    "--format",
    "form",
    type=Name(["jpeg", "png"]),
    default="jpeg",
    show_default=True,
    help="Of the pictures.",
)
@click.option(
    "--xmp",
    "metadata",
    type=Name(["embed", "sidecar", "none"]),
    default="embed",
    show_default=True,
    help="Where names and faces go as XMP: into the picture, into a file beside it, or nowhere.",
)
@film.video
@options.output(
    "Folder to write into, readable as usual. Default: the folder exports in RESULT, which only "
    "you can read."
)
@options.quiet
def stills(
    *,
    result: Path,
    people: tuple[str, ...],
    together: bool,
    begin: float | str | None,
    end: float | str | None,
    best: int,
    crop: bool,
    form: Form,
    metadata: Metadata,
    video: Path | None,
    output: Path | None,
    quiet: bool,
) -> int:
    """Write the best pictures of the people of RESULT, at the size of the film.

    RESULT is a folder that cluster-video wrote. The corrections of a review are applied. Sharp,
    large, frontal faces with open eyes come first, of different shots. The files are named after
    person and timecode; those that an earlier call wrote for the same people are replaced. RESULT
    may also be a project: then so many are taken of each film; a film that is missing is left out,
    and the exit code is 1.
    """
    from clusterer.cli.progress import bar
    from clusterer.outputs.stills.choose import StillsChoice
    from clusterer.outputs.stills.write import stills as write

    choice = StillsChoice(people, begin, end, together, best, crop, form, metadata)
    films, errors = film.each(result, video, choice.exported, _chooser(choice))
    for one in films:
        with bar(visible(one.title or "Stills"), "share", quiet=quiet) as show:
            folder = output or one.exports
            made = write(one.load(), one.path, folder, one.made.choice, film.share(show))
        if not quiet:
            for path in made:
                click.echo(visible(path))
    return film.ended(errors)


@click.command(cls=Command, no_args_is_help=True)
@options.result
@film.choice
@_best
@_crop
@click.option(
    "--paper",
    type=Name(["a4", "letter"]),
    default="a4",
    show_default=True,
    help="Size of the pages, upright.",
)
@click.option(
    "--font",
    "fonts",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Font (.ttf, .otf, .ttc) for characters that the built-in one lacks, such as Chinese ones;"
    " may be repeated. Default: those of the system.",
)
@film.video
@film.output("The PDF", "a contact sheet")
@options.quiet
def sheet(
    *,
    result: Path,
    people: tuple[str, ...],
    together: bool,
    begin: float | str | None,
    end: float | str | None,
    best: int,
    crop: bool,
    paper: str,
    fonts: tuple[Path, ...],
    video: Path | None,
    output: tuple[Path, bool] | None,
    overwrite: bool,
    quiet: bool,
) -> int:
    """Write a contact sheet of RESULT as a PDF: a page per person, with totals and stills.

    RESULT is a folder that cluster-video wrote. The corrections of a review are applied. The
    pictures are those of `cluster-video stills`. An earlier sheet of that name is replaced. RESULT
    may also be a project: then there is a sheet of each film; a film that is missing is left out,
    and the exit code is 1. Needs the extra: pip install ".[pdf]"
    """
    from clusterer.cli.progress import bar
    from clusterer.outputs.stills.choose import StillsChoice
    from clusterer.outputs.stills.pages import check_library
    from clusterer.outputs.stills.sheet import (
        ENDING,
        SheetLayout,
        check_place,
        make_sheet,
        write_sheet,
    )

    choice, layout = (
        StillsChoice(people, begin, end, together, best, crop),
        SheetLayout(paper, fonts),
    )
    check_library()
    films, errors = film.each(result, video, choice.exported, _chooser(choice))
    files = film.files_for(output, films, lambda made: f"{made.stem}{ENDING}", "sheets")
    for one, file in zip(films, files, strict=True):
        check_place(file, one.path, overwrite=overwrite)
        with bar(visible(one.title or "Sheet"), "share", quiet=quiet) as show:
            made = make_sheet(one.load(), one.path, one.made.choice, layout, film.share(show))
        assert made is not None
        write_sheet(made, file)
        if not quiet:
            if made.lacking:
                lacking = f"no font has the characters {visible(made.lacking)}"
                click.echo(f"Warning: {lacking}. Name one with --font", err=True)
            counts = counted(made.people, "person", "people"), counted(made.pages, "page")
            click.echo(", ".join(counts))
            click.echo(visible(file))
    return film.ended(errors)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The choice in one film, and what a file of all of the people is called before its ending."""

    choice: StillsChoice
    stem: str


def _chooser(choice: StillsChoice) -> Callable[[ClusteringResult, Here | None], _Chosen]:
    """Say at once if there is nothing to show."""
    from clusterer.outputs.export.choose import choose_some

    def chosen(result: ClusteringResult, here: Here | None) -> _Chosen:
        if here is None:
            return _Chosen(choice, choose_some(result, choice.exported).stem)
        own = replace(choice, people=here.people, stem=here.stem)
        choose_some(result, own.exported)
        return _Chosen(own, here.file(""))

    return chosen
