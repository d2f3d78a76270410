"""Workers that several films share: order, room, dead workers, and the end."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

import pytest

from clusterer.core.cores import usable_cores
from clusterer.core.errors import ClusterError, WorkerError
from clusterer.pipeline import shared as shared_module
from clusterer.pipeline.shared import FilmWorkers, SharedWorkers, Stopped
from clusterer.pipeline.workers import NoWorkersError, WorkerProcesses


class Noting(Executor):
    """Keeps jobs until they are let go."""

    def __init__(self, workers: int) -> None:
        self._max_workers = workers
        self.jobs: list[tuple[Any, Future[Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *_args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.jobs.append((fn.args[0] if isinstance(fn, partial) and fn.args else fn, future))
        return future

    @property
    def names(self) -> list[Any]:
        return [name for name, _ in self.jobs]


def serve_all(shared: SharedWorkers, *threads: threading.Thread) -> None:
    for thread in threads:
        thread.start()
    shared.serve(lambda: not any(thread.is_alive() for thread in threads))


def in_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """A thread, and what it returns or raises."""
    came: list[object] = []

    def run() -> None:
        try:
            came.append(work())
        except BaseException as error:
            came.append(error)

    return threading.Thread(target=run), came


def turn(shared: SharedWorkers) -> None:
    """Serve all that is there."""
    while not shared._events.empty():
        shared._events.get()()
    shared._pass_on()


def test_jobs_of_the_first_film_go_first() -> None:
    executor = Noting(2)
    shared = SharedWorkers(executor)
    first, second = shared.film(1), shared.film(2)
    for film, name in (
        (second, "b1"),
        (second, "b2"),
        (first, "a1"),
        (second, "b3"),
        (first, "a2"),
    ):
        film.submit(abs, name)
    turn(shared)
    assert executor.names == ["a1", "a2"]
    for _ in range(3):
        executor.jobs[-1][1].set_result(0)
        turn(shared)
    assert executor.names == ["a1", "a2", "b1", "b2", "b3"]


def test_no_more_at_once_than_the_largest_picture_has_memory_for() -> None:
    executor = Noting(4)
    shared = SharedWorkers(executor)
    small, large = shared.film(1), shared.film(2)
    large.at_most(2)
    for name in ("a1", "a2", "a3"):
        small.submit(abs, name)
    large.submit(abs, "b1")
    turn(shared)
    assert executor.names == ["a1", "a2", "a3"]
    executor.jobs[0][1].set_result(0)
    turn(shared)
    assert executor.names == ["a1", "a2", "a3"], "with it there would be three"
    executor.jobs[1][1].set_result(0)
    turn(shared)
    assert executor.names == ["a1", "a2", "a3", "b1"]
    small.submit(abs, "a4")
    turn(shared)
    assert executor.names[-1] == "b1", "nor a third beside it"


def test_cores_are_shared_by_all_workers() -> None:
    assert SharedWorkers(Noting(usable_cores())).threads == 1
    assert SharedWorkers(Noting(1)).threads == usable_cores()
    assert SharedWorkers(Noting(1000)).threads == 1


def test_results_and_errors_reach_the_film() -> None:
    with ThreadPoolExecutor(2) as executor:
        shared = SharedWorkers(executor)
        film = shared.film(1)
        fine, came = in_thread(lambda: film.submit(pow, 2, 5).result())
        wrong, failed = in_thread(lambda: film.submit(int, "x").result())
        serve_all(shared, fine, wrong)
    assert came == [32]
    assert isinstance(failed[0], ValueError)


def test_without_an_executor_the_serving_thread_does_it() -> None:
    shared = SharedWorkers(None)
    thread, came = in_thread(lambda: shared.film(1).submit(threading.get_ident).result())
    serve_all(shared, thread)
    assert came == [threading.get_ident()]


def test_a_job_that_kills_its_worker_fails_alone() -> None:
    """The other film was at work in the same pool, and is done all the same."""
    with WorkerProcesses(2) as executor:
        shared = SharedWorkers(executor)
        bad, died = in_thread(lambda: shared.film(1).submit(_die_late).result())
        good, came = in_thread(
            lambda: [shared.film(2).submit(_slowly, i).result() for i in range(4)]
        )
        serve_all(shared, bad, good)
    assert isinstance(died[0], WorkerError)
    assert came == [[0, 1, 2, 3]]


def test_a_worker_that_is_killed_once_costs_nothing() -> None:
    with WorkerProcesses(2) as executor:
        shared = SharedWorkers(executor)
        works = [in_thread(partial(_done_by, shared.film(i))) for i in range(4)]
        killer = threading.Timer(0.5, lambda: shared.tell(partial(_kill_one, executor)))
        serve_all(shared, killer, *(thread for thread, _ in works))
    assert [came for _, came in works] == [["done"]] * 4


def _done_by(film: FilmWorkers) -> str:
    return film.submit(_long, "done").result()


def _kill_one(executor: WorkerProcesses) -> None:
    assert executor._pool is not None
    next(iter(executor._pool._processes.values())).kill()


def _die_late() -> None:
    time.sleep(0.3)
    os._exit(1)


def _slowly(value: int) -> int:
    time.sleep(0.2)
    return value


def _long(value: str) -> str:
    time.sleep(1.0)
    return value


def test_stopping_wakes_all_threads() -> None:
    started = time.monotonic()
    with WorkerProcesses(1) as executor:
        shared = SharedWorkers(executor)
        works = [in_thread(shared.film(i).submit(time.sleep, 600).result) for i in range(3)]
        for thread, _ in works:
            thread.start()
        with pytest.raises(KeyboardInterrupt):
            shared.serve(lambda: _interrupt(shared))
        shared.stop()
        late, refused = in_thread(lambda: shared.film(9).submit(abs, 1).result())
        late.start()
        shared.serve(
            lambda: not any(thread.is_alive() for thread in (late, *(t for t, _ in works)))
        )
    assert all(isinstance(came[0], Stopped) for _, came in works)
    assert isinstance(refused[0], Stopped)
    assert time.monotonic() - started < 60


def _interrupt(shared: SharedWorkers) -> bool:
    if shared._running:
        raise KeyboardInterrupt
    return False


@contextmanager
def interrupted_at(line: int) -> Iterator[None]:
    """Press Ctrl-C at so many lines of the module, as run by this thread."""
    left, before = line, sys.gettrace()

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal left
        if frame.f_code.co_filename != shared_module.__file__:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("kind", ["here", "threads"])
def test_ctrl_c_anywhere_leaves_no_thread_waiting(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Whatever was on its way when it came: its thread ends."""
    monkeypatch.setattr(shared_module, "_POLL_S", 0.002)
    line, ended = 0, False
    while not ended:
        line += 1
        executor = None if kind == "here" else ThreadPoolExecutor(1)
        shared = SharedWorkers(executor)
        threads = [in_thread(partial(_three_jobs, shared.film(i)))[0] for i in range(2)]
        is_done = partial(_none_lives, threads)
        for thread in threads:
            thread.start()
        try:
            with interrupted_at(line):
                shared.serve(is_done)
            ended = True
        except KeyboardInterrupt:
            shared.end(is_done)
        assert is_done(), f"after line {line}"
        if executor:
            executor.shutdown()
    assert line > 60, "it was interrupted that often"


def _three_jobs(film: FilmWorkers) -> None:
    film.submit(abs, 1).result()
    with film.turn():
        pass
    film.submit(abs, 2).result()


def _none_lives(threads: list[threading.Thread]) -> bool:
    return not any(thread.is_alive() for thread in threads)


def test_what_fails_at_the_end_keeps_no_thread_waiting() -> None:
    shared = SharedWorkers(None)

    def work() -> None:
        shared.tell(partial(int, "x"))
        shared.film(1).submit(abs, 1).result()

    thread, came = in_thread(work)
    thread.start()
    shared.end(lambda: not thread.is_alive())
    assert isinstance(came[0], Stopped)
    assert shared._events.empty()


def test_a_thread_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_module, "_ENDING_S", 0.1)
    shared, may_end = SharedWorkers(None), threading.Event()
    thread, _ = in_thread(may_end.wait)
    thread.start()
    shared.end(lambda: not thread.is_alive())
    assert thread.is_alive()
    may_end.set()
    thread.join()


def test_a_job_that_others_cancel_fails() -> None:
    """As when the executor is shut down, or its machines are gone; nobody stopped the run."""
    executor = Noting(1)
    shared = SharedWorkers(executor)
    lost = shared.film(1).submit(abs, 1)
    turn(shared)
    executor.jobs[0][1].cancel()
    turn(shared)
    assert isinstance(lost.exception(), ClusterError)


def test_a_job_that_exits_ends_nothing_else() -> None:
    shared = SharedWorkers(None)
    bad, ended = in_thread(lambda: shared.film(1).submit(sys.exit, 0).result())
    good, came = in_thread(lambda: shared.film(2).submit(abs, -1).result())
    serve_all(shared, bad, good)
    assert isinstance(ended[0], SystemExit)
    assert came == [1]


def test_a_finished_job_is_kept_when_all_is_stopped() -> None:
    executor = Noting(2)
    shared = SharedWorkers(executor)
    done, lost = shared.film(1).submit(abs, 1), shared.film(1).submit(abs, 2)
    turn(shared)
    executor.jobs[0][1].set_result(1)
    executor.jobs[1][1].set_running_or_notify_cancel()
    shared.stop()
    turn(shared)
    assert done.result() == 1
    assert isinstance(lost.exception(), Stopped)


def test_a_cancelled_job_is_not_started() -> None:
    executor = Noting(1)
    shared = SharedWorkers(executor)
    shared.film(1).submit(abs, "a")
    shared.film(1).submit(abs, "b").cancel()
    shared.film(1).submit(abs, "c")
    turn(shared)
    executor.jobs[0][1].set_result(0)
    turn(shared)
    assert executor.names == ["a", "c"]


def test_a_film_may_work_itself_in_the_place_of_a_job() -> None:
    executor = Noting(1)
    shared = SharedWorkers(executor)
    may_end = threading.Event()

    def work() -> str:
        with shared.film(1).turn():
            may_end.wait()
            return "done"

    thread, came = in_thread(work)
    thread.start()
    while not shared._running:
        turn(shared)
    shared.film(2).submit(abs, "b")
    turn(shared)
    assert executor.names == []
    may_end.set()
    thread.join()
    turn(shared)
    assert (came, executor.names) == (["done"], ["b"])


def test_its_work_ends_with_all_other() -> None:
    shared = SharedWorkers(Noting(2))

    def work() -> None:
        with shared.film(1).turn() as check:
            while True:
                check()

    thread, came = in_thread(work)
    thread.start()
    while not shared._running:
        turn(shared)
    shared.stop()
    shared.serve(lambda: not thread.is_alive())
    assert isinstance(came[0], Stopped)


def test_a_machine_that_cannot_start_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Future[Any]:
        raise NoWorkersError("no shared memory")

    with WorkerProcesses(2) as executor:
        monkeypatch.setattr(executor, "submit", fail)
        shared = SharedWorkers(executor)
        thread, came = in_thread(lambda: shared.film(1).submit(abs, -3).result())
        serve_all(shared, thread)
    assert came == [3]
    assert shared.troubles == [
        "no worker processes can be started (no shared memory); one does all the work"
    ]


def test_memory_limits_only_a_number_of_workers_that_nobody_gave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_module, "usable_memory_bytes", lambda: 1 << 30)
    assert SharedWorkers(WorkerProcesses()).film(1).memory_bytes == 1 << 30
    assert SharedWorkers(WorkerProcesses(3)).film(1).memory_bytes is None
    assert SharedWorkers(None).film(1).memory_bytes is None
