"""Iterate ahead of the consumer in a second thread, with bounded memory and a clean shutdown."""

from __future__ import annotations

import queue
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")

_POLL_S = 0.1
"""How often a full queue checks whether the consumer has stopped."""


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


class ReadAhead(Generic[T]):
    """Iterates a source in a second thread, some items ahead of the consumer.

    `next` re-raises what the source raises. Closing the object, leaving its ``with`` block or
    dropping it ends the thread, even before the source is exhausted.

    Parameters
    ----------
    source
        Iterated in the second thread only.
    size
        Maximum number of items held.
    cancel
        Called on close, to make a busy source return soon.
    """

    def __init__(
        self, source: Iterable[T], size: int, cancel: Callable[[], None] = lambda: None
    ) -> None:
        self._items: queue.Queue[T | _End] = queue.Queue(maxsize=size)
        self._stopped = threading.Event()
        self._cancel = cancel
        self._ended = False
        # The thread refers to the queue, not to this object, so dropping this object ends it.
        self._thread = threading.Thread(
            target=_work, args=(source, self._items, self._stopped), daemon=True, name="decode"
        )
        self._finalizer = weakref.finalize(self, _stop, self._stopped, cancel)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self._ended:
            raise StopIteration
        item = self._items.get()
        if isinstance(item, _End):
            self._ended = True
            self._thread.join()
            if item.error is not None:
                raise item.error
            raise StopIteration
        return item

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the thread and wait for it; may be called twice."""
        self._ended = True
        self._finalizer()
        self._thread.join()


def _stop(stopped: threading.Event, cancel: Callable[[], None]) -> None:
    stopped.set()
    cancel()


def _work(source: Iterable[T], items: queue.Queue[T | _End], stopped: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for item in source:
            if not _put(items, item, stopped):
                break
    except BaseException as raised:  # re-raised by `next`
        error = raised
    finally:
        if hasattr(source, "close"):
            source.close()
        _put(items, _End(error), stopped)


def _put(items: queue.Queue[T | _End], item: T | _End, stopped: threading.Event) -> bool:
    while not stopped.is_set():
        try:
            items.put(item, timeout=_POLL_S)
        except queue.Full:
            continue
        return True
    return False
