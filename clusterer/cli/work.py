"""The current work of the process, for error messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from clusterer.cli import signals
from clusterer.core.errors import ClustererError

PROGRAM = "cluster-video"
EXPECTED = (ClustererError, click.ClickException, click.Abort, click.exceptions.Exit)


class Unforeseen(Exception):  # noqa: N818 (it holds the error)
    """Carries an unexpected exception past click, which handles some itself.

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
    """The current work of the process.

    Attributes
    ----------
    args
        The arguments of the program.
    own_process
        Whether the process belongs to the command, which then handles its signals.
    command
        The command as it is typed.
    subject
        The video or folder that it works on. May be empty.
    debug
        Whether to show tracebacks.
    interrupted
        Whether Ctrl-C was pressed.
    crashed
        Whether an error occurred without ending the command, as in a thread.
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
        """Record the input of a command while it runs, and let Ctrl-C interrupt it."""
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
    """Wrap unexpected exceptions."""
    try:
        yield
    except (*EXPECTED, Unforeseen):
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
