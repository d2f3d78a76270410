"""Handle Ctrl-C: exit at once, or let a command save its work first."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

from clusterer.cli.exit_codes import INTERRUPTED

_LINE = b"Interrupted.\n"
_GRACE_S = 2.0
"""While what the first Ctrl-C ends is put in order, others mean the same; later ones, at once."""
_PUT_OFF_S = 1.0
"""For so long at most, it is repeated where it would leave a lock held."""
_AGAIN_S = 0.02
_LOCKING = {"__enter__", "__exit__", "acquire", "release", "_acquire_restore", "_release_save"}
_SHARED = {
    "threading", "queue", "concurrent.futures._base", "concurrent.futures.process",
    "concurrent.futures.thread", "multiprocessing.queues", "multiprocessing.synchronize",
}  # fmt: skip
"""Functions and modules in which a lock is held that no ``with`` block lets go yet."""


@dataclass(slots=True)
class _Interrupt:
    """What has become of Ctrl-C, by the monotonic clock; None = not yet.

    Attributes
    ----------
    first_s : when it was pressed first
    raised_s : when it was raised
    """

    first_s: float | None = None
    raised_s: float | None = None


_now = _Interrupt()


def leave_at_once(silently: bool = False) -> None:
    """Make Ctrl-C exit with one line, before the work begins or after it is done.

    A ``KeyboardInterrupt`` does not work there: during the import of a C library, or while the
    interpreter shuts down, it turns into other exceptions or a traceback.

    Parameters
    ----------
    silently
        Exit without the line, because it has been printed already.
    """
    _on_interrupt(lambda _signal, _frame: _leave(silently=silently))
    if hasattr(signal, "setitimer"):
        left_s, _ = signal.setitimer(signal.ITIMER_REAL, 0.0)
        if left_s > 0.0 and _now.raised_s is None:
            _leave(silently=silently)  # one was to be repeated


def _leave(*, silently: bool = False) -> NoReturn:
    try:
        if not silently:
            os.write(2, (b"\n" if os.isatty(2) else b"") + _LINE)  # after the ^C
    finally:
        os._exit(INTERRUPTED)


@contextmanager
def stopping() -> Iterator[None]:
    """Make Ctrl-C and SIGTERM raise ``KeyboardInterrupt``, as `raise_after` does, once.

    For a command that such a signal ends as it should. A second SIGTERM ends the process.
    """
    interrupt = _raising(lambda: None)

    def stop(number: int, frame: FrameType | None) -> None:
        try:
            interrupt(number, frame)
        except KeyboardInterrupt:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            raise

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    _on_interrupt(stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def raise_after(note: Callable[[], None]) -> None:
    """Make Ctrl-C raise ``KeyboardInterrupt`` in the command, once, after calling `note`.

    It is not raised where Python enters or leaves a lock that threads share: the lock would stay
    held, and a thread that is waited for would wait for the lock. Another Ctrl-C leaves at once,
    unless it comes right after the first.

    Parameters
    ----------
    note
        Records the interrupt: any exception that follows is due to Ctrl-C.
    """
    _on_interrupt(_raising(note))


def _raising(note: Callable[[], None]) -> Callable[[int, FrameType | None], None]:
    """The handler of `raise_after`."""
    _now.first_s = _now.raised_s = None

    def interrupt(number: int, frame: FrameType | None) -> None:
        note()
        now_s = time.monotonic()
        if _now.raised_s is not None:
            if now_s - _now.raised_s > _GRACE_S:
                _leave()
            return
        if _now.first_s is None:
            _now.first_s = now_s
        if now_s - _now.first_s < _PUT_OFF_S and _is_locking(frame) and _alarm(number):
            return
        _now.raised_s = now_s
        raise KeyboardInterrupt

    return interrupt


def once_more() -> None:
    """Interrupt again shortly: Python ignored the exception where it was raised."""
    _now.raised_s = None
    if _alarm(signal.SIGINT):
        return
    timer = threading.Timer(_AGAIN_S, signal.raise_signal, [signal.SIGINT])
    timer.daemon = True
    with suppress(RuntimeError):  # too late for threads: the process is ending
        timer.start()


def _is_locking(frame: FrameType | None) -> bool:
    """Whether code enters or leaves a lock that threads share."""
    return (
        frame is not None
        and frame.f_code.co_name in _LOCKING
        and frame.f_globals.get("__name__") in _SHARED
    )


def _alarm(number: int) -> bool:
    """Have a signal repeated shortly, without a thread; whether the system can (Windows cannot)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not (
        threading.main_thread()
    ):
        return False
    signal.signal(signal.SIGALRM, lambda _signal, _frame: signal.raise_signal(number))
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
    return True


def _on_interrupt(handler: Callable[[int, FrameType | None], Any]) -> None:
    """Set a handler, unless the parent ignores Ctrl-C, as nohup and background jobs do."""
    if signal.getsignal(signal.SIGINT) in {signal.SIG_IGN, None}:
        return
    signal.signal(signal.SIGINT, handler)
