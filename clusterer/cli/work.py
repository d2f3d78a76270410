"""What the process is at, for whoever has to say so when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from clusterer.cli import signals
from clusterer.core.errors import ClustererError

PROGRAM = "cluster-video"
FORESEEN = (ClustererError, click.ClickException, click.Abort, click.exceptions.Exit)


class Unforeseen(Exception):  # noqa: N818 (it is not the error, but holds it)
    """Carries an exception that nobody foresaw past click, which takes some for its own.

    Parameters
    ----------
    error
        The exception.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(type(error)))
        self.error = error


@dataclass(slots=True)
class Work:
    """What the process is at.

    Attributes
    ----------
    args
        What was typed behind the program's name.
    own_process
        The process is the command's own: its signals are ours.
    command
        The command as it is typed.
    subject
        What it is about: a video, a folder. May be empty.
    debug
        Show tracebacks.
    interrupted
        Ctrl-C was pressed.
    crashed
        Something failed that did not end the command.
    """

    args: Sequence[str] = ()
    own_process: bool = False
    command: str = PROGRAM
    subject: str = ""
    debug: bool = False
    interrupted: bool = False
    crashed: bool = False

    @contextmanager
    def doing(self, context: click.Context) -> Iterator[None]:
        """Know what a command is about while it runs, and let Ctrl-C interrupt it."""
        self.command, self.subject = context.command_path, _subject(context)
        if self.own_process:
            signals.raise_after(self._note_interrupt)
        try:
            yield
        finally:
            if self.own_process:
                signals.leave_at_once()

    def _note_interrupt(self) -> None:
        self.interrupted = True


@contextmanager
def unforeseen() -> Iterator[None]:
    """Wrap what nobody foresaw."""
    try:
        yield
    except (*FORESEEN, Unforeseen):
        raise
    except (Exception, KeyboardInterrupt) as error:
        raise Unforeseen(error) from error


def _subject(context: click.Context) -> str:
    """The command's first argument."""
    for parameter in context.command.params:
        if isinstance(parameter, click.Argument):
            value = context.params.get(parameter.name or "")
            first = value[0] if isinstance(value, tuple) and value else value
            return Path(first).name or str(first) if isinstance(first, (str, Path)) else ""
    return ""
