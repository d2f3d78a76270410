"""``cluster-video anonymise``: a film in which people cannot be recognised."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.cli import film, options
from clusterer.cli.group import Command
from clusterer.cli.types import NUMBER, Name
from clusterer.core.errors import ConfigError
from clusterer.core.text import visible

_STYLES = Name(["blur", "pixelate", "box"])


@click.command(cls=Command, no_args_is_help=True)
@options.result
@click.option(
    "--people",
    multiple=True,
    metavar="NAME,...",
    help="Hide only these people, by name or id.",
)
@click.option(
    "--all-but",
    multiple=True,
    metavar="NAME,...",
    help="Hide every face but those of these people.",
)
@click.option("--all", "everybody", is_flag=True, help="Hide every face.")
@click.option(
    "--style",
    type=_STYLES,
    default="blur",
    show_default=True,
    help="How: an ellipse with a soft edge, a few large squares, or a black rectangle.",
)
@click.option(
    "--margin",
    type=NUMBER,
    default=0.25,
    show_default=True,
    metavar="SHARE",
    help="How much larger than the face, on each side, in widths and heights of the face, 0 to 2.",
)
@film.video
@film.output("The film to write (.mp4, .m4v, .mov, .mkv or .webm)", "an anonymised film")
@options.quiet
def anonymise(
    *,
    result: Path,
    people: tuple[str, ...],
    all_but: tuple[str, ...],
    everybody: bool,
    style: str,
    margin: float,
    video: Path | None,
    output: tuple[Path, bool] | None,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Write the film of RESULT with faces made unrecognisable.

    RESULT is a folder that cluster-video wrote. The corrections of a review are applied. Every
    frame of the film is written, at its time, with its sound; the film itself is only read. A
    table beside it, FILE.check.csv, lists where a face may be missed: look at these before you
    publish.
    """
    from clusterer.cli.progress import bar
    from clusterer.outputs.anonymise.choice import AnonymiseChoice, hidden_tracks
    from clusterer.outputs.anonymise.write import ENDINGS, name_for
    from clusterer.outputs.anonymise.write import anonymise as write
    from clusterer.project.names import is_project
    from clusterer.project.place import RESULTS

    if (given := bool(people) + bool(all_but) + everybody) != 1:
        cause = "The choice of people is not clear" if given else "Nobody is chosen"
        raise ConfigError(cause, "Give one of --people, --all-but and --all")
    choice = AnonymiseChoice(people, all_but, everybody, style, margin)
    if is_project(result):
        raise ConfigError(
            f"{result} is a project, and an anonymised film is of one film",
            f"Give the result of a film, a folder in {result / RESULTS}",
        )
    folder, loaded, find = film.opened(result, video)
    hidden_tracks(loaded, choice)  # says at once if there is nobody of that name
    path = find()
    file = film.file_for(output, folder.exports, name_for(loaded.analysis.video), ENDINGS)
    with bar("Anonymise", "share", quiet=quiet) as show:
        done = write(loaded, path, file, choice, film.share(show), overwrite=overwrite)
    assert done is not None
    if not quiet:
        click.echo(done.summary[:1].upper() + done.summary[1:])
        if done.left_out:
            click.echo(f"Left out: {', '.join(done.left_out)}")
        click.echo(visible(file))
        click.echo(visible(done.report))
