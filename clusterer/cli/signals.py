"""What Ctrl-C does: end at once, or let a command put its work away first."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

from clusterer.cli.exit_codes import INTERRUPTED

_SAID = b"Interrupted.\n"


def leave_at_once(said: bool = False) -> None:
    """Ctrl-C ends the process, in one line: nothing is begun yet, or all is done.

    A ``KeyboardInterrupt`` would not do: where a library written in C is being imported, or the
    interpreter shuts down, it turns into other exceptions or into a traceback.

    Parameters
    ----------
    said
        The line was said before.
    """

    def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
        try:
            if not said:
                os.write(2, (b"\n" if os.isatty(2) else b"") + _SAID)  # behind the ^C there
        finally:
            os._exit(INTERRUPTED)

    _on_interrupt(leave)


def raise_after(note: Callable[[], None]) -> None:
    """Ctrl-C raises ``KeyboardInterrupt`` in the command, which is noted first.

    Parameters
    ----------
    note
        Called before; whatever else is raised then comes of Ctrl-C, too.
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        note()
        raise KeyboardInterrupt

    _on_interrupt(interrupt)


def once_more() -> None:
    """Interrupt again in a moment: the exception was lost where Python ignores exceptions."""
    timer = threading.Timer(0.02, signal.raise_signal, [signal.SIGINT])
    timer.daemon = True
    with suppress(RuntimeError):  # too late for threads: the process ends anyway
        timer.start()


def _on_interrupt(handler: Callable[[int, FrameType | None], Any]) -> None:
    """Unless who started us ignores Ctrl-C, as nohup and shells in the background do."""
    if signal.getsignal(signal.SIGINT) in {signal.SIG_IGN, None}:
        return
    signal.signal(signal.SIGINT, handler)
