"""Work in the background: its priority, and how long it will take."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress

_NICE = 15


class Pace:
    """How far something is, and when it will be done by the speed so far.

    Attributes
    ----------
    done : share, 0 to 1
    """

    def __init__(self) -> None:
        self.done = 0.0
        self._begun: tuple[float, float] | None = None

    def note(self, done: float) -> None:
        """Note the share that is done."""
        if self._begun is None:
            self._begun = time.monotonic(), done
        self.done = done

    @property
    def left_s(self) -> float | None:
        """Seconds until it is done; None while that is not known."""
        begun, done = self._begun, self.done
        if begun is None or done <= begun[1]:
            return None
        spent_s = time.monotonic() - begun[0]
        return round(spent_s * (1 - done) / (done - begun[1]), 1)


def lower_priority() -> None:
    """Let everything else on the machine come first; where threads have a priority of their own."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def one_line_of(error: Exception) -> str:
    """An error that nobody foresaw, on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())
