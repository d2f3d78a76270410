"""Worker processes of this machine: started late, ended early, and replaced when they die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clusterer.core.config import AnalysisConfig
from clusterer.core.cores import usable_cores
from clusterer.core.types import VideoInfo
from clusterer.media import Part
from clusterer.pipeline import watch, workers
from clusterer.pipeline.look import Job
from clusterer.pipeline.workers import NoWorkersError, WorkerProcesses, finished


def test_as_many_as_cores() -> None:
    assert WorkerProcesses()._max_workers == min(usable_cores(), 61)
    assert WorkerProcesses(1000)._max_workers == 61, "as many as Windows can wait for"


def test_nothing_starts_before_it_is_needed() -> None:
    before = set(multiprocessing.active_children())
    with WorkerProcesses(2):
        assert set(multiprocessing.active_children()) == before


def test_processes_live_from_job_to_job() -> None:
    with WorkerProcesses(1) as executor:
        assert executor.submit(os.getpid).result() == executor.submit(os.getpid).result()
        executor.shutdown()
        assert executor.submit(os.getpid).result() != os.getpid()


def test_dead_processes_are_replaced() -> None:
    """Another video of the same command does not fail because memory ran out in one."""
    with WorkerProcesses(1) as executor:
        with pytest.raises(BrokenProcessPool):
            executor.submit(os._exit, 1).result()
        assert executor.submit(os.getpid).result() != os.getpid()


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_all_import_from_where_this_process_does(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Not from the current folder, where anything may lie; with spawn, each call starts one."""
    if method == "fork":
        pytest.skip("never used: copies of this process lack its threads")
    monkeypatch.setattr(workers, "_context", lambda: multiprocessing.get_context(method))
    before = dict(os.environ)
    with WorkerProcesses(2) as executor:
        jobs = [executor.submit(time.sleep, 0.5) for _ in range(2)]
        safe = [executor.submit(os.getenv, "PYTHONSAFEPATH") for _ in range(4)]
        assert [job.result() for job in jobs] == [None, None]
        assert {job.result() for job in safe} == {"1"} or method == "forkserver"
    assert dict(os.environ) == before


def test_fewer_processes_from_now_on() -> None:
    with WorkerProcesses(3) as executor:
        first = executor.submit(os.getpid).result()
        executor.at_most(3)
        assert executor.submit(os.getpid).result() == first
        executor.at_most(1)
        assert executor._max_workers == 1
        assert executor.submit(os.getpid).result() != first
        executor.at_most(9)
        assert executor._max_workers == 3, "a next video may be smaller"


def test_an_error_ends_them_at_once() -> None:
    started = time.monotonic()
    before = set(multiprocessing.active_children())

    def work() -> None:
        with WorkerProcesses(2) as executor:
            executor.submit(os.getpid).result()
            executor.submit(time.sleep, 600)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert time.monotonic() - started < 60
    assert set(multiprocessing.active_children()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal masks")
def test_they_leave_ctrl_c_to_their_parent() -> None:
    with WorkerProcesses(1) as executor:
        pid = executor.submit(os.getpid).result()
        os.kill(pid, signal.SIGINT)
        assert executor.submit(os.getpid).result() == pid


@pytest.mark.parametrize("error", [OSError(38, "no"), ImportError("no"), NotImplementedError("no")])
def test_a_machine_that_cannot_start_any(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> Future[Any]:
        raise error

    monkeypatch.setattr(workers, "ProcessPoolExecutor", fail)
    with WorkerProcesses(2) as executor, pytest.raises(NoWorkersError, match="no"):
        executor.submit(os.getpid)


def test_the_environment_is_as_before() -> None:
    before = dict(os.environ)
    with WorkerProcesses(1) as executor:
        assert executor.submit(os.getpid).result() != os.getpid()
        assert dict(os.environ) == before


def test_a_later_process_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the user may have no more of them: Python starts some with later jobs."""

    def refuse(*_: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    with WorkerProcesses(1) as executor:
        executor.submit(os.getpid).result()
        assert executor._pool is not None
        monkeypatch.setattr(executor._pool, "submit", refuse)
        with pytest.raises(NoWorkersError, match="temporarily unavailable"):
            executor.submit(os.getpid)


def test_ctrl_c_while_processes_start_counts_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    handler, started = signal.getsignal(signal.SIGINT), []

    def start(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        started.append(True)

    monkeypatch.setattr(workers, "_context", lambda: None)
    monkeypatch.setattr(
        workers, "ProcessPoolExecutor", lambda *_: SimpleNamespace(submit=start, shutdown=start)
    )
    with pytest.raises(KeyboardInterrupt):
        WorkerProcesses(1).submit(os.getpid)
    assert started == [True]
    assert signal.getsignal(signal.SIGINT) is handler


class Lock:
    """Ctrl-C comes when it is taken, so that an exception there would leave it held."""

    def __init__(self) -> None:
        self.inner = threading.RLock()

    def acquire(self, *args: Any) -> bool:
        taken = self.inner.acquire(*args)
        signal.raise_signal(signal.SIGINT)
        return taken

    def release(self) -> None:
        self.inner.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def test_ctrl_c_leaves_no_lock_of_a_future_held() -> None:
    """Whoever sets a result, such as the thread that the pool's end waits for, needs it."""
    lock = Lock()
    future: Future[int] = Future()
    object.__setattr__(future, "_condition", threading.Condition(cast("Any", lock)))
    with pytest.raises(KeyboardInterrupt):
        next(finished([future]))
    free: list[bool] = []
    thread = threading.Thread(target=lambda: free.append(lock.inner.acquire(blocking=False)))
    thread.start()
    thread.join()
    assert free == [True]


def test_ctrl_c_again_while_processes_end_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    handled: list[object] = []
    before = signal.signal(signal.SIGINT, lambda *what: handled.append(what))
    executor = WorkerProcesses(1)
    monkeypatch.setattr(executor, "_end", lambda: signal.raise_signal(signal.SIGINT))
    try:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            executor.end()
        assert not handled
        executor.end()
        assert len(handled) == 1
    finally:
        signal.signal(signal.SIGINT, before)


def test_results_as_they_are_finished() -> None:
    first, second = Future[int](), Future[int]()
    found = finished([first, second])
    threading.Timer(0.1, second.set_result, [2]).start()
    assert next(found) == (second, 2)
    first.set_exception(ValueError("wrong"))
    with pytest.raises(ValueError, match="wrong"):
        next(found)
    assert not list(finished([]))


def test_an_error_while_a_result_is_sent() -> None:
    """A process that ends in the middle of it does not keep the program waiting."""
    started = time.monotonic()

    def work() -> None:
        with WorkerProcesses(2) as executor:
            executor.submit(os.getpid).result()
            executor.submit(bytes, 1 << 28)  # takes a while to send
            time.sleep(0.3)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("count", "left_bytes", "device", "expected"),
    [
        (None, 1 << 40, "cpu", 16),
        (None, None, "cpu", 16),
        (None, 900 << 20, "cpu", 3),
        (None, 100 << 20, "cpu", 1),
        (9, 100 << 20, "cpu", 9),
        (9, None, "cuda", 4),
        (None, None, "openvino", 16),
    ],
)
def test_no_more_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
    count: int | None,
    left_bytes: int | None,
    device: str,
    expected: int,
) -> None:
    """What the user asks for is not lowered, but on a graphics card."""
    monkeypatch.setattr(workers, "usable_cores", lambda: 16)
    monkeypatch.setattr(watch, "usable_memory_bytes", lambda: left_bytes)
    video = VideoInfo("a.mp4", 640, 360, Fraction(25), Fraction(1, 25), 0, 60.0)
    executor = WorkerProcesses(count)
    watch._limit(executor, Job(video, AnalysisConfig(), {}, Part(), device=device))
    assert executor._max_workers == expected
