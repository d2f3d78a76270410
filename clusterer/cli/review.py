"""``cluster-video review RESULT``: correct and name people, on a page in the browser."""

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
from clusterer.cli.types import PATH
from clusterer.core.files import reason
from clusterer.core.text import visible

if TYPE_CHECKING:
    from clusterer.review import Footage


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

    A page opens in the browser. Every correction is saved to RESULT/edits.json at once; tables and
    report are updated. Only this machine can open the page. Ctrl-C ends the review.
    """
    from clusterer.review import (
        Footage,
        Session,
        Site,
        doorway,
        earlier_names,
        serve,
    )

    session = Session(result)
    footage = Footage(result, session.state.result.analysis, video)
    _ask(footage)
    with ExitStack() as stack:

        def on_ready(address: str) -> None:
            click.echo(address)
            click.echo("Ctrl-C here ends the review; every correction is saved at once.")
            if not no_browser:  # in a thread: a terminal browser would block
                try:
                    page = stack.enter_context(doorway(address, result))
                except OSError as error:
                    click.echo(f"Note: open this address yourself ({reason(error)})", err=True)
                    return
                Thread(target=webbrowser.open, args=[page.as_uri()], daemon=True).start()

        serve(Site(session, footage, earlier_names(result)), on_ready, port)
    count = session.count
    click.echo(
        f"{count} correction{'' if count == 1 else 's'} in {visible(session.folder.edits_file)}"
    )


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
