"""Workers on other machines: the same bytes, whoever dies; what differs is refused."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, DetectionConfig, VideoConfig
from clusterer.core.errors import ClusterError, DependencyError, VideoError, WorkerError
from clusterer.pipeline import elsewhere
from clusterer.project import cluster as module
from clusterer.project.cluster import Cluster
from tests.conftest import DEMO
from tests.digests import digests

distributed = pytest.importorskip("distributed", reason="the extra [cluster] is not installed")

CONFIG = AnalysisConfig(
    video=VideoConfig(end_s=26.0, sample_rate_hz=1.0), detection=DetectionConfig(width_px=256)
)


def local_cluster(n_workers: int = 2) -> Any:
    return distributed.LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    )


@pytest.fixture(scope="module")
def workers(user_cache: Path) -> Iterator[Any]:
    """Two worker processes of this machine."""
    with local_cluster() as local:
        yield local


@pytest.fixture(scope="module")
def mortal(user_cache: Path) -> Iterator[Any]:
    """The same, for tests that kill them; each is started anew, but perhaps not twice."""
    with local_cluster() as local:
        yield local


@pytest.fixture
def executor(workers: Any) -> Iterator[Cluster]:
    with Cluster(workers.scheduler_address, CONFIG, wait_s=30) as connected:
        yield connected


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of the analysis in one pass, here."""
    folder = tmp_path_factory.mktemp("whole") / "x.people"
    clusterer.analyse(DEMO, CONFIG, folder)
    return digests(folder)


def test_workers_elsewhere_give_the_same(
    whole: dict[str, str], executor: Cluster, tmp_path: Path
) -> None:
    clusterer.analyse(DEMO, CONFIG, tmp_path / "x.people", executor=executor)
    assert digests(tmp_path / "x.people") == whole


class Kills(Cluster):
    """Kills a worker while it works on the first part."""

    def __init__(self, address: str) -> None:
        super().__init__(address, CONFIG, wait_s=30)
        self.jobs = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.jobs += 1
        future = super().submit(fn, *args, **kwargs)
        if self.jobs == 2:
            busy: dict[str, Any] = {}
            until = time.monotonic() + 60
            while not any(busy.values()) and time.monotonic() < until:
                busy = self._client.processing()
            worker = next(address for address, keys in busy.items() if keys)
            os.kill(self._client.run(os.getpid, workers=[worker])[worker], signal.SIGKILL)
        return future


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_worker_that_dies_costs_its_part(
    whole: dict[str, str], mortal: Any, tmp_path: Path
) -> None:
    with Kills(mortal.scheduler_address) as executor:
        clusterer.analyse(DEMO, CONFIG, tmp_path / "x.people", executor=executor)
    assert executor.jobs >= 3
    assert digests(tmp_path / "x.people") == whole


def die() -> None:
    os._exit(1)


@pytest.mark.skipif(sys.platform == "win32", reason="dask restarts workers slowly there")
def test_a_part_that_kills_every_worker(mortal: Any) -> None:
    with distributed.Client(mortal.scheduler_address, set_as_default=False) as client:
        client.run_on_scheduler(allow_one_death)
    with Cluster(mortal.scheduler_address, CONFIG, wait_s=30) as executor:
        error = executor.submit(die).exception(timeout=60)
    assert isinstance(error, WorkerError)
    assert error.cause == "A part was lost 2 times because its worker died"


def allow_one_death(dask_scheduler: Any) -> None:
    dask_scheduler.allowed_failures = 1


def fail_first(marker: Path) -> str:
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return "done"
    raise OSError("the line is dead")


def test_what_fails_is_tried_once_more(executor: Cluster, tmp_path: Path) -> None:
    assert executor.submit(fail_first, tmp_path / "marker").result(timeout=60) == "done"
    error = executor.submit(divmod, 1, 0).exception(timeout=60)
    assert isinstance(error, WorkerError)
    assert error.cause.startswith("A part failed 2 times on workers (ZeroDivisionError: ")


def raise_ours(marker: Path) -> None:
    with marker.open("a") as file:
        file.write("x")
    raise VideoError("a.mp4 is gone", "Bring it back")


def test_errors_of_the_film_are_passed_on(executor: Cluster, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"^a\.mp4 is gone\. Bring it back$"):
        executor.submit(raise_ours, tmp_path / "calls").result(timeout=60)
    assert (tmp_path / "calls").read_text() == "x", "once: another time gives the same"


def test_calls_that_are_given_up(executor: Cluster) -> None:
    calls = [executor.submit(time.sleep, 0.2) for _ in range(20)]
    assert all(call.cancel() for call in calls[4:])
    assert [call.result(timeout=60) for call in calls[:4]] == [None] * 4


def pretend(version: str, at: str, dask_worker: Any) -> None:
    """On one worker: have another version."""
    if dask_worker.address == at:
        elsewhere.__version__ = version
        elsewhere.stated.cache_clear()


@pytest.fixture
def other(workers: Any) -> Iterator[str]:
    """Address of a worker with another version."""
    with distributed.Client(workers.scheduler_address, set_as_default=False) as client:
        worker = sorted(client.nthreads())[0]
        client.run(pretend, "0.0.1", worker)
        yield worker
        client.run(pretend, elsewhere.__version__, worker)


def test_another_version_is_refused_in_one_line(workers: Any, other: str) -> None:
    notes: list[str] = []
    with Cluster(workers.scheduler_address, CONFIG, note=notes.append) as executor:
        assert notes == [
            f"a worker is not used: {other} has cluster-video 0.0.1, not {clusterer.__version__}"
        ]
        pids = {executor.submit(os.getpid).result(timeout=60) for _ in range(6)}
        assert len(pids) == 1
        assert len(notes) == 1


def test_a_worker_that_changes_later_refuses_its_parts(
    whole: dict[str, str], workers: Any, executor: Cluster, tmp_path: Path
) -> None:
    notes: list[str] = []
    threads: set[int] = set()

    def keep(text: str) -> None:
        notes.append(text)
        threads.add(threading.get_ident())

    executor._note = keep
    with distributed.Client(executor.address, set_as_default=False) as client:
        worker = sorted(client.nthreads())[0]
        executor._check_new(client.nthreads())
        client.run(pretend, "0.0.1", worker)
        try:
            clusterer.analyse(DEMO, CONFIG, tmp_path / "x.people", executor=executor)
        finally:
            client.run(pretend, elsewhere.__version__, worker)
    assert digests(tmp_path / "x.people") == whole
    assert threads == {threading.get_ident()}, "neither Dask's nor one of ours"
    (note,) = notes
    assert note.startswith("a worker is not used: ")
    assert note.endswith(f" has cluster-video 0.0.1, not {clusterer.__version__}")


def test_no_worker_fits(workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "__version__", "9.9")
    elsewhere.stated.cache_clear()
    try:
        with pytest.raises(
            ClusterError, match=r"No worker of tcp.* has cluster-video .*, not 9\.9\."
        ):
            Cluster(workers.scheduler_address, CONFIG, wait_s=0.1)
    finally:
        elsewhere.stated.cache_clear()


def test_a_film_that_workers_do_not_find(executor: Cluster, tmp_path: Path) -> None:
    """As on a disk that is not shared: here the copy vanishes once it has been divided."""
    video = tmp_path / "a.mp4"
    video.write_bytes(DEMO.read_bytes())
    real = executor.submit

    def remove(fn: Any, /, *args: Any, **how: Any) -> Future[Any]:
        video.unlink(missing_ok=True)
        return real(fn, *args, **how)

    executor.submit = remove
    with pytest.raises(WorkerError, match=r"does not find .*a\.mp4\. Mount the folder"):
        clusterer.analyse(video, CONFIG, tmp_path / "x.people", executor=executor)


def test_nobody_at_that_address() -> None:
    with pytest.raises(ClusterError, match=r"^No scheduler answers at tcp://127\.0\.0\.1:9 "):
        Cluster("tcp://127.0.0.1:9", CONFIG, wait_s=0.3)
    with pytest.raises(ClusterError, match=r"^host:8786 is not the address of a scheduler\. Give"):
        Cluster("host:8786", CONFIG)


def test_a_scheduler_without_workers() -> None:
    with (
        local_cluster(0) as empty,
        pytest.raises(ClusterError, match=r"has no workers\. Start one: dask worker tcp://"),
    ):
        Cluster(empty.scheduler_address, CONFIG, wait_s=0.1)


def limit_the_wait(dask_scheduler: Any) -> None:
    dask_scheduler.no_workers_timeout = 0.2


def test_all_workers_leave(user_cache: Path) -> None:
    """With a limit that is set for the scheduler; else the run waits for others."""
    with local_cluster(1) as local, Cluster(local.scheduler_address, CONFIG) as executor:
        executor._client.run_on_scheduler(limit_the_wait)
        local.scale(0)
        with pytest.raises(ClusterError, match=r"has no workers\. Start one"):
            executor.submit(time.sleep, 60).result(timeout=60)


def test_a_scheduler_that_goes(user_cache: Path) -> None:
    with local_cluster(1) as local, Cluster(local.scheduler_address, CONFIG) as executor:
        call = executor.submit(time.sleep, 600)
        local.close(timeout=10)
        with pytest.raises(ClusterError, match=r"The scheduler at tcp://.* does not answer"):
            call.result(timeout=90)


def test_dask_logs_nothing(executor: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    """What matters is raised; the command line would take an error in the log for a crash."""
    for name in ("distributed", "distributed.client", "distributed.utils"):
        logging.getLogger(name).error("lost")
    assert caplog.records == []
    assert executor._client is not None


def test_a_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DependencyError, match=r'Install it: pip install "\.\[cluster\]"'):
        module._connect("tcp://127.0.0.1:8786", 1)
