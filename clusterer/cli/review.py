"""``cluster-video review RESULT``: correct and name people, on a page in the browser.

RESULT is a result folder or a project.
"""

from __future__ import annotations

import shlex
import sys
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from clusterer.cli import options
from clusterer.cli.group import Command
from clusterer.cli.name import author
from clusterer.cli.types import PATH
from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.files import reason
from clusterer.core.text import visible

if TYPE_CHECKING:
    from clusterer.review.outside import Outside
    from clusterer.review.server import Offer
    from clusterer.store.footage import Footage


@click.command(cls=Command)
@options.result
@click.option(
    "--video",
    type=PATH,
    metavar="FILE",
    help="The video to play. Default: the file that was analysed, or one of that name beside "
    "RESULT, in the folder above, or in the current folder.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=0,
    help="Port of the page on this machine. Default: a free one.",
)
@click.option(
    "--bind",
    metavar="IP",
    default="127.0.0.1",
    show_default=True,
    help="Address of this machine to listen at; 0.0.0.0 for all, as in a container. Then browsers "
    "of other machines can reach the page by --address.",
)
@click.option(
    "--address",
    metavar="URL",
    help="Address by which browsers reach the page through a reverse proxy with TLS, such as "
    "https://review.example.org. Whoever has the printed link can review. No browser is opened.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def review(  # noqa: PLR0917 (click passes each by name)
    result: Path,
    video: Path | None,
    port: int,
    bind: str,
    address: str | None,
    no_browser: bool,
) -> None:
    """Correct and name the people of RESULT, a folder that cluster-video wrote.

    RESULT may also be a project, a folder NAME.cast: its page shows the people of all films, asks
    who is the same, and leads to the page of each film.

    A page opens in the browser. Every correction is saved at once, that of a result to
    RESULT/edits.json; tables and report are updated. Only this machine can open the page, unless
    --bind and --address say otherwise. Ctrl-C ends the review.
    """
    from clusterer.project.names import is_project
    from clusterer.review.outside import Outside

    outside = Outside(bind, address or "")
    no_browser = no_browser or address is not None

    if is_project(result):
        if video is not None:
            raise ConfigError(
                "--video names the film of one result, and this is a project",
                "Leave it out; films are found where they were analysed",
            )
        _review_project(result, port, outside, no_browser)
        return
    from clusterer.review import Session, Site, earlier_names
    from clusterer.store.footage import Footage

    session = Session(result)
    footage = Footage(result, session.state.result.analysis, video)
    _ask(footage)
    site = Site(session, footage, earlier_names(result))
    _serve(site, result, port, outside, no_browser)
    _say(session.count, session.folder.edits_file)


def _review_project(path: Path, port: int, outside: Outside, no_browser: bool) -> None:
    from clusterer.project.project import Project
    from clusterer.review.cast import CastSession, CastSite

    project = Project(path)
    _serve(CastSite(CastSession(project, author())), path, port, outside, no_browser)
    _say(len(project.edits), path)


def _serve(site: Offer, folder: Path, port: int, outside: Outside, no_browser: bool) -> None:
    """Serve a page until Ctrl-C, and open it in the browser."""
    from clusterer.review import doorway, serve

    with ExitStack() as stack:

        def on_ready(address: str) -> None:
            click.echo(address)
            click.echo("Ctrl-C here ends the review; every correction is saved at once.")
            if not no_browser:  # in a thread: a terminal browser would block
                try:
                    page = stack.enter_context(doorway(address, folder))
                except OSError as error:
                    click.echo(f"Note: open this address yourself ({reason(error)})", err=True)
                    return
                Thread(target=webbrowser.open, args=[page.as_uri()], daemon=True).start()

        serve(site, on_ready, port, site.subject, outside)


def _say(count: int, place: Path) -> None:
    click.echo(f"{count} correction{'' if count == 1 else 's'} in {visible(place)}")


def _warn(footage: Footage) -> None:
    """Say now if the page will not find the film; it looks again whenever it needs it."""
    try:
        footage.find()
    except VideoError as error:
        click.echo(f"Note: the page cannot play the film: {error}", err=True)


def _ask(footage: Footage) -> None:
    """Ask before showing a video from elsewhere; without a terminal, print how to allow it."""
    target = footage.elsewhere()
    if target is None:
        _warn(footage)
        return
    link = visible(target)  # a name could control the terminal
    if sys.stdin.isatty() and sys.stderr.isatty():
        if click.confirm(f"The video beside the result is a link to {link}. Show it?", err=True):
            footage.allow(target)
        return
    click.echo(
        f"Note: the video beside the result is a link to {link}, which is not shown without your"
        f" consent. To show it: --video {shlex.quote(link)}",
        err=True,
    )
