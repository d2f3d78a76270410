"""``cluster-video review RESULT``: correct who is who, on a page of this machine."""

from __future__ import annotations

import shlex
import sys
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from clusterer.cli.group import Command
from clusterer.cli.types import PATH, RESULT
from clusterer.core.text import visible

if TYPE_CHECKING:
    from clusterer.review import Footage


@click.command(cls=Command)
@click.argument("result", metavar="RESULT", type=RESULT)
@click.option(
    "--video",
    type=PATH,
    metavar="FILE",
    help="The video, to play scenes. Default: where it was analysed on this machine, or one of its "
    "name beside RESULT, above that, or in the current folder.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of this machine that the page uses. Default: one that is free.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.help_option("-h", "--help", help="Show this and exit.")
def review(result: Path, video: Path | None, port: int, no_browser: bool) -> None:
    """Correct and name the people of RESULT, a folder that cluster-video wrote.

    A page opens in the browser. Every correction is kept in RESULT/edits.json at once, and tables
    and report follow. The page can be seen from this machine only; Ctrl-C ends it.
    """
    from clusterer.review import (  # noqa: PLC0415 (a web server, for this command only)
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
            click.echo("Ctrl-C here ends the review; every correction is kept at once.")
            if not no_browser:  # in a thread: a browser of the terminal would wait for the page
                try:
                    page = stack.enter_context(doorway(address, result))
                except OSError as error:
                    cause = (error.strerror or str(error)).lower()
                    click.echo(f"Note: open this address yourself ({cause})", err=True)
                    return
                Thread(target=webbrowser.open, args=[page.as_uri()], daemon=True).start()

        serve(Site(session, footage, earlier_names(result)), on_ready, port)
    count = session.count
    click.echo(
        f"{count} correction{'' if count == 1 else 's'} in {visible(session.folder.edits_file)}"
    )


def _ask(footage: Footage) -> None:
    """Ask before a film is shown that lies elsewhere; where nobody can answer, say how to."""
    found = footage.elsewhere()
    if found is None:
        return
    shown = visible(found)  # a name could steer the terminal
    if sys.stdin.isatty() and sys.stderr.isatty():
        if click.confirm(f"The video beside the result is a link to {shown}. Show it?", err=True):
            footage.allow(found)
        return
    click.echo(
        f"Note: the video beside the result is a link to {shown}, which is not shown unasked."
        f" Name it with --video {shlex.quote(shown)}",
        err=True,
    )
