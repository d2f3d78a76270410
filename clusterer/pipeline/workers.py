"""Worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import ModuleType, TracebackType
from typing import Any, ParamSpec, TypeVar

from clusterer.core.cores import usable_cores

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 61
"""Processes that Windows can wait for; elsewhere as many are enough."""
DIED = (
    "A worker process ended before its work was done, perhaps for lack of memory",
    "Run it again; it goes on where this run stopped. Fewer workers need less memory",
)
"""Cause and remedy."""
_LOOK_S = 0.5
_END_S = 10.0
"""For a pool whose processes have ended: Ctrl-C waits for it."""
_SERVED = "clusterer.pipeline.look"
"""Loaded once, for all workers, where processes can share it."""


class NoWorkersError(Exception):
    """Worker processes cannot be started, as where there is no shared memory."""


class WorkerProcesses(Executor):
    """A pool of processes that starts when it is first needed, and ends at once on an error.

    Use in a ``with`` block. Processes do not import the main module, so functions and classes that
    it defines cannot be submitted.

    Parameters
    ----------
    count
        Number of processes, 1 or more; None = one for each core that this process may use.

    Attributes
    ----------
    is_automatic : their number was not given
    """

    def __init__(self, count: int | None = None) -> None:
        self._max_workers = self._wanted = min(count or usable_cores(), _MOST)
        self.is_automatic = count is None
        self._pool: ProcessPoolExecutor | None = None
        self._others: set[Any] = set()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As of `concurrent.futures.Executor`; starts processes anew if some have died.

        Raises
        ------
        NoWorkersError
            This machine cannot start any.
        """
        try:
            with _same_imports():  # any call may start a process
                if self._pool is not None:
                    try:
                        with _no_interrupt():
                            return self._pool.submit(fn, *args, **kwargs)
                    except BrokenExecutor:
                        self.shutdown()
                return self._first(fn, *args, **kwargs)
        except (ImportError, NotImplementedError, OSError) as error:
            raise NoWorkersError(str(error)) from None

    def _first(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self._others = set(multiprocessing.active_children())
        context = _context()
        with _no_interrupt():
            self._pool = ProcessPoolExecutor(self._max_workers, context, _begin)
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As of `concurrent.futures.Executor`."""
        thread = self._let_go(cancel_futures=cancel_futures)
        if wait and thread is not None:
            thread.join()

    def _let_go(self, *, cancel_futures: bool = False) -> threading.Thread | None:
        """Shut the pool down; its thread, which ends when the processes have."""
        pool: Any = self._pool
        if pool is None:
            return None
        with _no_interrupt():
            thread: threading.Thread | None = pool._executor_manager_thread
            pool.shutdown(wait=False, cancel_futures=cancel_futures)
            self._pool = None
        return thread

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.end()
        self.shutdown(cancel_futures=True)

    def end(self) -> None:
        """End all processes at once, whatever they do; `submit` starts new ones.

        Ctrl-C counts afterwards, unless it is why they end.
        """
        with _no_interrupt(counts=not isinstance(sys.exception(), KeyboardInterrupt)):
            self._end()

    def _end(self) -> None:
        if self._pool is not None:
            ended = set(multiprocessing.active_children()) - self._others
            for process in ended:
                process.terminate()
            for process in ended:
                process.join()
            # One may have ended while it was sending a result: the pool would wait for the rest.
            results: Any = self._pool._result_queue
            with suppress(AttributeError, OSError):
                results._writer.close()
            thread = self._let_go()  # Python 3.11 fails if jobs are cancelled besides
            if thread is not None:
                thread.join(_END_S)

    def at_most(self, count: int) -> None:
        """From now on have no more processes than that, nor than were asked for."""
        count = min(count, self._wanted)
        if count != self._max_workers:
            self.end()
            self._max_workers = count


def finished(futures: Iterable[Future[T]]) -> Iterator[tuple[Future[T], T]]:
    """Futures as they finish, and their results, as `concurrent.futures.as_completed` has them.

    Ctrl-C meanwhile leaves no lock held by which the executor's thread, and whoever waits for it,
    would wait forever.
    """
    waiting = list(futures)
    done: SimpleQueue[Future[T]] = SimpleQueue()
    with _no_interrupt():
        for future in waiting:
            future.add_done_callback(done.put)
    for _ in waiting:
        future = _next(done)
        with _no_interrupt():
            result = future.result()
        yield future, result


def _next(queue: SimpleQueue[T]) -> T:
    while True:
        with suppress(Empty):  # on Windows, Ctrl-C does not end a wait
            return queue.get(timeout=_LOOK_S)


@contextmanager
def _same_imports() -> Iterator[None]:
    """Have processes that start now import from where this one does, but not its main module.

    Python would look into the current folder first, where anything may lie, and run a script again
    in each process. And it would report what a killed program left in memory, after clearing it
    away.
    """
    ours = {
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONWARNINGS": "ignore:resource_tracker",
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _context() -> multiprocessing.context.BaseContext:
    """How processes start: never as copies of this one, whose threads they would not have."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver, resource_tracker  # noqa: PLC0415 (not on Windows)

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_SERVED])
    resource_tracker.ensure_running()  # else it would be started below, and allow Ctrl-C again
    with _no_interrupt():
        forkserver.ensure_running()
    return context


@contextmanager
def _no_interrupt(*, counts: bool = True) -> Iterator[None]:
    """Have processes that start now ignore Ctrl-C from their first line on, and start to the end.

    Ctrl-C meanwhile `counts` afterwards: another thread may receive it, and Python handles it here.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[Any] = []
    handler = signal.signal(signal.SIGINT, lambda *what: received.append(what))
    can_block = hasattr(signal, "pthread_sigmask")  # not on Windows
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if can_block else None
    try:
        yield
    finally:
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
        if received and counts and callable(handler):
            handler(*received[0])


def _begin() -> None:
    """Prepare a worker: it leaves Ctrl-C to its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
