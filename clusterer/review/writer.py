"""Saves the newest result in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Thread

from clusterer.core.errors import ClustererError
from clusterer.core.types import ClusteringResult


@dataclass(frozen=True, slots=True)
class Written:
    """What has been saved so far.

    Attributes
    ----------
    count : number of corrections that the tables include
    newest : whether nothing newer is waiting
    error : why the last attempt failed; empty = it succeeded
    """

    count: int
    newest: bool
    error: str


class Writer:
    """Writes results one at a time in its own thread; superseded results are skipped.

    Parameters
    ----------
    save
        Writes one result.
    count
        Number of corrections that the saved tables include.
    """

    def __init__(self, save: Callable[[ClusteringResult], None], count: int) -> None:
        self._save = save
        self._count = count
        self._error = ""
        self._waiting: ClusteringResult | None = None
        self._failed: ClusteringResult | None = None
        self._busy = False
        self._closed = False
        self._changed = Condition()
        self._thread = Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, result: ClusteringResult) -> None:
        """Queue a result in place of any that waits; returns at once."""
        with self._changed:
            self._waiting, self._failed = result, None
            self._changed.notify_all()

    @property
    def written(self) -> Written:
        """What has been saved so far."""
        with self._changed:
            newest = self._idle() and self._failed is None
            return Written(self._count, newest, self._error)

    def flush(self) -> Written:
        """Wait until the newest result is written; retry once if it failed."""
        with self._changed:
            self._changed.wait_for(self._idle)
            if self._failed is not None:
                self._waiting, self._failed = self._failed, None
                self._changed.notify_all()
                self._changed.wait_for(self._idle)
        return self.written

    def close(self) -> Written:
        """Flush, and end the thread."""
        written = self.flush()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        return written

    def _idle(self) -> bool:
        return self._waiting is None and not self._busy

    def _work(self) -> None:
        while (result := self._next()) is not None:
            error = self._attempt(result)
            with self._changed:
                self._busy, self._error = False, error
                if not error:
                    self._count = len(result.edits)
                elif self._waiting is None:
                    self._failed = result
                self._changed.notify_all()

    def _next(self) -> ClusteringResult | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None or self._closed)
            result, self._waiting = self._waiting, None
            self._busy = result is not None
            return result

    def _attempt(self, result: ClusteringResult) -> str:
        """Write a result; return the cause of an error on one line, without its remedy."""
        try:
            self._save(result)
        except ClustererError as error:
            return error.cause
        except Exception as error:  # noqa: BLE001, RUF100 (the thread must survive any error)
            return " ".join(f"{type(error).__name__}: {error}".split())
        return ""
