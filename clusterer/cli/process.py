"""One run of the command line: its exit code, and one line for any failure."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from contextlib import suppress

import click

from clusterer.cli import memory, signals, streams
from clusterer.cli.commands import cluster_video
from clusterer.cli.crash import crashed, foreseen
from clusterer.cli.exit_codes import CRASHED, INTERRUPTED, UNREAD
from clusterer.cli.work import PROGRAM, Unforeseen, Work
from clusterer.core.errors import ClustererError, ConfigError, PlugInError
from clusterer.core.files import reason
from clusterer.core.text import visible

_ASKS = {"-h", "--help", "--version", "help"}
"""Words with which a command computes nothing."""

_RESUMABLE = {f"{PROGRAM} run", f"{PROGRAM} add"}
"""Commands that go on where they were interrupted."""


def exit_code(args: list[str] | None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    args
        See `clusterer.cli.main`.
    """
    work = Work(tuple(sys.argv[1:] if args is None else args), own_process=args is None)
    if work.own_process:
        _prepare(work)
        if memory.is_hopeless() and not _ASKS & {*work.args}:
            _print(memory.advice())
            return 1
    code = _attempt(args, work)
    if work.own_process:
        streams.mute()
    return code or (CRASHED if work.crashed else 0)


def _attempt(args: list[str] | None, work: Work) -> int:
    try:
        code = cluster_video.main(args=args, prog_name=PROGRAM, standalone_mode=False, obj=work)
    except SystemExit:  # rich does this on a closed pipe
        trouble = streams.trouble()
        if trouble is None:
            raise
        return _unwritten(trouble)
    except BaseException as raised:
        error = raised.error if isinstance(raised, Unforeseen) else raised
        if work.interrupted or isinstance(error, (KeyboardInterrupt, click.Abort)):
            return _interrupted(work)
        return _failed(error, work)
    return code if isinstance(code, int) else 0


def _failed(error: BaseException, work: Work) -> int:
    """Print the error; return the exit code."""
    if memory.is_exhausted(error):
        _print(_with_traceback(memory.advice(), error, work))
        return 1
    if isinstance(error, ClustererError) and not isinstance(error, PlugInError):
        _print(foreseen(error))
        return 2 if isinstance(error, ConfigError) else 1
    if isinstance(error, click.ClickException):
        with suppress(OSError):
            error.show()
        return error.exit_code
    if isinstance(error, OSError) and error is streams.trouble():
        return _unwritten(error)
    _print(crashed(error, work))
    return CRASHED


def _with_traceback(line: str, error: BaseException, work: Work) -> str:
    """With --debug, the traceback before the line."""
    return "".join([*traceback.format_exception(error), line]) if work.debug else line


def _unwritten(trouble: OSError) -> int:
    """Report that standard output cannot be written, unless it was closed; return the exit code."""
    if streams.is_unread(trouble):
        return UNREAD
    _print(f"Error: Cannot write to standard output ({reason(trouble)})")
    return 1


def _interrupted(work: Work) -> int:
    again = " Run the same command to resume it."
    before = "\n" if sys.stderr.isatty() else ""  # after the ^C there
    _print(f"{before}Interrupted.{again if work.command in _RESUMABLE else ''}")
    if work.own_process:
        signals.leave_at_once(silently=True)
    return INTERRUPTED


def _print(text: str) -> None:
    with suppress(OSError):
        click.echo(text, err=True)


def _prepare(work: Work) -> None:
    """Set up streams, warnings and hooks of this process."""
    streams.prepare()
    memory.spare()
    if not (sys.warnoptions or "--debug" in work.args):
        warnings.simplefilter("ignore")  # they are for developers, not for users
        logging.getLogger().addHandler(_Logged(work))

    def in_thread(failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is not None and not isinstance(failure.exc_value, SystemExit):
            work.crashed = True
            out = memory.is_exhausted(failure.exc_value)
            _print(memory.advice() if out else crashed(failure.exc_value, work))

    def ignored(failure: object) -> None:
        """Handle exceptions that Python ignores, as in a destructor; Ctrl-C must not be lost."""
        if isinstance(getattr(failure, "exc_value", None), KeyboardInterrupt):
            signals.once_more()
        elif work.debug:
            sys.__unraisablehook__(failure)  # type: ignore[arg-type] # its type is private

    threading.excepthook = in_thread
    sys.unraisablehook = ignored


class _Logged(logging.Handler):
    """Reports exceptions that libraries log, and our own lines; drops the rest of the log."""

    def __init__(self, work: Work) -> None:
        super().__init__(logging.ERROR)
        self._work = work

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            _print(crashed(error, self._work))
        elif record.name.startswith("clusterer."):
            _print(f"Note: {visible(record.getMessage())}")
