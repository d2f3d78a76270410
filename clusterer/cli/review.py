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
from clusterer.core.errors import ConfigError
from clusterer.core.files import reason
from clusterer.core.text import visible

if TYPE_CHECKING:
    from clusterer.review import Footage
    from clusterer.review.server import Offer


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
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def review(result: Path, video: Path | None, port: int, no_browser: bool) -> None:
    """Correct and name the people of RESULT, a folder that cluster-video wrote.

    RESULT may also be a project, a folder NAME.cast: its page shows the people of all films, asks
    who is the same, and leads to the page of each film.

    A page opens in the browser. Every correction is saved at once, that of a result to
    RESULT/edits.json; tables and report are updated. Only this machine can open the page. Ctrl-C
    ends the review.
    """
    from clusterer.project.names import is_project

    if is_project(result):
        if video is not None:
            raise ConfigError(
                "--video names the film of one result, and this is a project",
                "Leave it out; films are found where they were analysed",
            )
        _review_project(result, port, no_browser)
        return
    from clusterer.review import Footage, Session, Site, earlier_names

    session = Session(result)
    footage = Footage(result, session.state.result.analysis, video)
    _ask(footage)
    _serve(Site(session, footage, earlier_names(result)), result, port, no_browser)
    _say(session.count, session.folder.edits_file)


def _review_project(path: Path, port: int, no_browser: bool) -> None:
    from clusterer.project.project import Project
    from clusterer.review.cast import CastSession, CastSite

    project = Project(path)
    _serve(CastSite(CastSession(project, author())), path, port, no_browser)
    _say(len(project.edits), path)


def _serve(site: Offer, folder: Path, port: int, no_browser: bool) -> None:
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

        serve(site, on_ready, port)


def _say(count: int, place: Path) -> None:
    click.echo(f"{count} correction{'' if count == 1 else 's'} in {visible(place)}")


def _ask(footage: Footage) -> None:
    """Ask before showing a video from elsewhere; without a terminal, print how to allow it."""
    target = footage.elsewhere()
    if target is None:
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
