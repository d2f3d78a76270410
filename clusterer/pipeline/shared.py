"""Workers that several films share: their jobs wait in one queue, the earliest film's first.

Each film has a thread that plans, waits and stores; whatever takes time is a job. One thread passes
jobs on to an executor, and starts its processes. So no other needs locks, and Ctrl-C reaches it.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from clusterer.core.cores import usable_cores, usable_memory_bytes
from clusterer.core.errors import ClusterError, WorkerError
from clusterer.pipeline.workers import DIED, NoWorkersError, WorkerProcesses

P = ParamSpec("P")
T = TypeVar("T")

_POLL_S = 0.25
"""Windows lets Ctrl-C interrupt only a wait that ends by itself."""
_ENDING_S = 30.0
"""So long a film's thread may take to end: one that writes a result to a slow disk takes seconds.
One that hangs, as on a network folder that is gone, is left behind; it ends with the program."""
_CANCELLED = (
    "The executor was shut down, or lost its machines, before the work was done",
    "Run it again; it goes on where this run stopped",
)
"""Cause and remedy."""


class Stopped(BaseException):
    """Raised in the thread of a film when all work ends."""


class FilmWorkers(Executor):
    """The executor of one film: its jobs are done by workers that films share.

    Attributes
    ----------
    threads : that each job may keep busy
    is_here : whether jobs are done on this machine, by threads or processes of ours
    memory_bytes : that all workers together may take; None = as they like
    """

    def __init__(self, shared: SharedWorkers, film: int) -> None:
        self._shared, self._film, self._most = shared, film, shared.count
        self.threads, self.memory_bytes = shared.threads, shared.memory_bytes
        self.is_here = shared.is_here

    @property
    def _max_workers(self) -> int:
        """Workers for which this film is divided: those that other films leave."""
        return self._shared.share

    def at_most(self, count: int) -> None:
        """Have no more processes at work while a job of this film is, from the next job on."""
        self._most = max(1, count)

    @property
    def is_elsewhere(self) -> bool:
        """Whether workers may be on other machines, without the folders of this one."""
        return not self.is_here

    def check(self) -> None:
        """Raise `Stopped` when all work ends."""
        self._shared.check()

    def do(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what needs the folders of this machine: in a worker that has them, or else here."""
        if self.is_here:
            return self.submit(fn, *args, **kwargs).result()
        self.check()
        return fn(*args, **kwargs)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As of `concurrent.futures.Executor`; called in the film's thread."""
        job = _Job(self._film, partial(fn, *args, **kwargs), self._most)
        self._shared.ask(job)
        return job.future

    @contextmanager
    def turn(self) -> Iterator[Callable[[], None]]:
        """Do something in this thread in the place of a job, when it is its turn.

        Yields
        ------
        To be called now and then: raises `Stopped` when all work ends.
        """
        job = _Turn(self._film, abs, self._most)
        self._shared.ask(job)
        job.future.result()
        try:
            yield self._shared.check
        finally:
            job.ended.set_result(None)


_numbers = count()


@dataclass(slots=True, eq=False)
class _Job:
    """A call that waits or runs.

    Attributes
    ----------
    film : of a lower number goes first
    call, future
    most : see `FilmWorkers.at_most`
    is_suspect : a worker died while this job and others ran
    was_alone : no other ran since it began
    """

    film: int
    call: Callable[..., Any]
    most: int
    future: Future[Any] = field(default_factory=Future)
    is_suspect: bool = False
    was_alone: bool = True
    number: int = field(default_factory=lambda: next(_numbers))

    def __lt__(self, other: _Job) -> bool:
        return (self.film, self.number) < (other.film, other.number)


@dataclass(slots=True, eq=False)
class _Turn(_Job):
    """What a film's thread does itself; `future` is done when it may begin, `ended` when it has."""

    ended: Future[None] = field(default_factory=Future)


class SharedWorkers:
    """Passes the jobs of several films on to one executor; see the module.

    All methods but `ask`, `tell` and `check` are for the thread that calls `serve`.

    Parameters
    ----------
    executor
        Does the jobs. None = the thread that calls `serve`.

    Attributes
    ----------
    is_here : see `FilmWorkers`
    share : workers for which a film that begins now is divided
    troubles : why jobs are not done by worker processes
    """

    def __init__(self, executor: Executor | None) -> None:
        self._executor = executor or _Here()
        self.count = getattr(self._executor, "_max_workers", None) or usable_cores()
        self.threads = max(1, usable_cores() // self.count)
        self.is_here = executor is None or isinstance(executor, WorkerProcesses)
        limited = isinstance(executor, WorkerProcesses) and executor.is_automatic
        self.memory_bytes = usable_memory_bytes() if limited else None
        self.share = 1
        self.troubles: list[str] = []
        self._events: SimpleQueue[Callable[[], object]] = SimpleQueue()
        self._open: dict[int, _Job] = {}
        self._waiting: list[_Job] = []
        self._running: dict[Future[Any], _Job] = {}
        self._stopped = False

    def film(self, number: int) -> FilmWorkers:
        """The executor of a film; jobs of lower numbers go first."""
        return FilmWorkers(self, number)

    def ask(self, job: _Job) -> None:
        """Have a job done when it is its turn; from any thread.

        Until it is done it is open. Ctrl-C can lose it anywhere on its way to the executor, and
        then its film's thread would wait for ever: `stop` ends whatever is open.
        """
        self._open[job.number] = job
        job.future.add_done_callback(lambda _: self._open.pop(job.number, None))
        self.tell(partial(self.take, job))
        if self._stopped:
            _end(job)

    def tell(self, event: Callable[[], object]) -> None:
        """Have something called by the thread that serves; from any thread."""
        self._events.put(event)

    def check(self) -> None:
        """Raise `Stopped` when all work ends; from any thread."""
        if self._stopped:
            raise Stopped

    def serve(self, is_done: Callable[[], bool]) -> None:
        """Do what threads ask for until all is done, and then what is left of it."""
        while not is_done():
            with suppress(Empty):
                self._events.get(timeout=_POLL_S)()
            self._pass_on()
        while not self._events.empty():
            self._events.get()()

    def take(self, job: _Job) -> None:
        """Let a job wait."""
        if self._stopped:
            _end(job)
        else:
            heapq.heappush(self._waiting, job)

    def stop(self) -> None:
        """End all jobs at once; later ones end as they come, with `Stopped` in their threads."""
        self._stopped = True
        if isinstance(self._executor, WorkerProcesses):
            self._executor.end()
        for done, job in list(self._running.items()):
            if not isinstance(job, _Turn) and (done.cancel() or done.done()):
                self._finish(done)
        for job in list(self._open.values()):
            _end(job)
        self._waiting.clear()
        self._running.clear()

    def end(self, is_done: Callable[[], bool]) -> None:
        """Stop, and do what is left until all threads have ended; what fails then is passed over.

        Parameters
        ----------
        is_done
            Whether they have. After half a minute they are not waited for any longer.
        """
        self.stop()
        until_s = time.monotonic() + _ENDING_S
        while time.monotonic() < until_s:
            with suppress(Exception):
                if is_done():
                    break
            with suppress(Exception):
                self._events.get(timeout=_POLL_S)()
        while not self._events.empty():
            with suppress(Exception):
                self._events.get()()

    def _pass_on(self) -> None:
        while self._waiting and self._has_room(self._waiting[0]):
            job = heapq.heappop(self._waiting)
            if job.future.running() or job.future.set_running_or_notify_cancel():
                self._start(job)

    def _has_room(self, job: _Job) -> bool:
        running = self._running.values()
        limits = [self.count, job.most, *(each.most for each in running)]
        if len(running) >= min(limits):
            return False
        jobs = self._jobs
        alone = job.is_suspect or any(each.is_suspect for each in jobs)
        return isinstance(job, _Turn) or not (alone and jobs)

    @property
    def _jobs(self) -> list[_Job]:
        """Those that the executor is at work on."""
        return [each for each in self._running.values() if not isinstance(each, _Turn)]

    def _start(self, job: _Job) -> None:
        if isinstance(job, _Turn):
            self._note(job.ended, job)
            job.future.set_result(None)
            return
        others = self._jobs
        job.was_alone = not others
        for other in others:
            other.was_alone = False
        try:
            done = self._executor.submit(job.call)
        except NoWorkersError as error:
            self.troubles.append(
                f"no worker processes can be started ({error}); one does all the work"
            )
            self._executor, self.count = _Here(), 1
            done = self._executor.submit(job.call)
        except BaseException:
            _end(job)
            raise
        self._note(done, job)

    def _note(self, done: Future[Any], job: _Job) -> None:
        self._running[done] = job
        if not self.is_here:  # workers may have joined
            self.count = getattr(self._executor, "_max_workers", None) or self.count
        done.add_done_callback(lambda future: self.tell(partial(self._finish, future)))

    def _finish(self, done: Future[Any]) -> None:
        job = self._running.pop(done, None)
        if job is None or isinstance(job, _Turn):
            return
        error = ClusterError(*_CANCELLED) if done.cancelled() else done.exception()
        if self._stopped and (done.cancelled() or isinstance(error, BrokenExecutor)):
            error = Stopped()
        elif isinstance(error, BrokenExecutor):
            if job.was_alone or not isinstance(self._executor, WorkerProcesses):
                error = WorkerError(*DIED)
            else:  # which of them it was shows when each runs alone
                job.is_suspect = True
                self.take(job)
                return
        if error is None:
            job.future.set_result(done.result())
        else:
            job.future.set_exception(error)


def _end(job: _Job) -> None:
    with suppress(InvalidStateError):  # it is done
        job.future.set_exception(Stopped())


class _Here(Executor):
    """Does each job at once, in the thread that submits it; Ctrl-C goes through."""

    _max_workers = 1

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            future.set_exception(error)
        return future
