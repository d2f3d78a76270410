"""Handle Ctrl-C: exit at once, or let a command save its work first."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

from clusterer.cli.exit_codes import INTERRUPTED

_LINE = b"Interrupted.\n"


def leave_at_once(silently: bool = False) -> None:
    """Make Ctrl-C exit with one line, before the work begins or after it is done.

    A ``KeyboardInterrupt`` does not work there: during the import of a C library, or while the
    interpreter shuts down, it turns into other exceptions or a traceback.

    Parameters
    ----------
    silently
        Exit without the line, because it has been printed already.
    """

    def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
        try:
            if not silently:
                os.write(2, (b"\n" if os.isatty(2) else b"") + _LINE)  # after the ^C
        finally:
            os._exit(INTERRUPTED)

    _on_interrupt(leave)


def raise_after(note: Callable[[], None]) -> None:
    """Make Ctrl-C raise ``KeyboardInterrupt`` in the command, after calling `note`.

    Parameters
    ----------
    note
        Records the interrupt: any exception that follows is due to Ctrl-C.
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        note()
        raise KeyboardInterrupt

    _on_interrupt(interrupt)


def once_more() -> None:
    """Interrupt again shortly: Python ignored the exception where it was raised."""
    timer = threading.Timer(0.02, signal.raise_signal, [signal.SIGINT])
    timer.daemon = True
    with suppress(RuntimeError):  # too late for threads: the process is ending
        timer.start()


def _on_interrupt(handler: Callable[[int, FrameType | None], Any]) -> None:
    """Set a handler, unless the parent ignores Ctrl-C, as nohup and background jobs do."""
    if signal.getsignal(signal.SIGINT) in {signal.SIG_IGN, None}:
        return
    signal.signal(signal.SIGINT, handler)
