"""Runs over many films whose files, or whose workers, are on other machines."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.errors import (
    ClusterError,
    ConfigError,
    PartError,
    RefusedError,
    VideoError,
    WorkerError,
)
from clusterer.pipeline.look import look
from clusterer.project.cluster import Cluster
from clusterer.project.find import find_films
from clusterer.project.project import Project
from clusterer.project.run import process_all
from clusterer.project.run_outcome import RunHook, RunOutcome, RunStatus
from clusterer.project.types import FilmState
from clusterer.store.scratch import Scratch
from tests.project.tiny_films import LINK, QUICK, dump, season


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three films."""
    return season(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="module")
def expected(videos: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What this process makes of them."""
    project = opened(tmp_path_factory.mktemp("expected"))
    process_all(videos, project)
    return dump(project)


@pytest.fixture
def addresses(videos: list[Path]) -> Iterator[list[str]]:
    """The films as addresses."""
    fsspec = pytest.importorskip("fsspec", reason="the extra [cluster] is not installed")
    system = fsspec.filesystem("memory")
    for video in videos:
        system.pipe(f"/films/{video.name}", video.read_bytes())
    yield [f"memory://films/{video.name}" for video in videos]
    system.store.clear()


def opened(place: Path) -> Project:
    return Project.create(place / "s.cast", config=QUICK, link=LINK)


def run_over(place: Path, films: list[Any], **how: Any) -> RunOutcome:
    return process_all(films, opened(place), **how)


def statuses(outcome: RunOutcome) -> list[RunStatus]:
    return [each.status for each in outcome.films]


def test_films_by_address(addresses: list[str], expected: dict[str, Any], tmp_path: Path) -> None:
    """Each is fetched once, through a folder that has room for one of them."""
    room = Scratch(tmp_path / "scratch", 200_000)
    assert statuses(run_over(tmp_path, addresses, scratch=room)) == [RunStatus.DONE] * 3
    project = opened(tmp_path)
    assert dump(project) == expected
    assert [film.source for film in project.films] == addresses
    kept = list(room.folder.rglob("*.mp4"))
    assert sum(path.stat().st_size for path in kept) <= room.most_bytes
    again = run_over(tmp_path, addresses, scratch=Scratch(tmp_path / "unused", 1))
    assert statuses(again) == [RunStatus.UNCHANGED] * 3
    assert not (tmp_path / "unused").exists(), "what is done is not fetched again"


def test_several_at_once_through_a_small_folder(
    addresses: list[str], expected: dict[str, Any], videos: list[Path], tmp_path: Path
) -> None:
    room = Scratch(tmp_path / "scratch", max(video.stat().st_size for video in videos))
    with ThreadPoolExecutor(2) as executor:
        run_over(tmp_path, addresses, scratch=room, executor=executor)
    assert dump(opened(tmp_path)) == expected


def test_a_film_that_is_not_there_is_passed_over(addresses: list[str], tmp_path: Path) -> None:
    outcome = run_over(
        tmp_path, ["memory://films/none.mp4", addresses[0]], scratch=Scratch(tmp_path / "s", 10**9)
    )
    assert statuses(outcome) == [RunStatus.FAILED, RunStatus.DONE]
    assert isinstance(outcome.films[0].error, VideoError)


def test_slashes_of_an_address_are_kept(
    addresses: list[str], videos: list[Path], tmp_path: Path
) -> None:
    """A store of objects may have both ``a//b`` and ``a/b``."""
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").pipe("/films/a//b.mp4", videos[1].read_bytes())
    fsspec.filesystem("memory").pipe("/films/a/b.mp4", b"another")
    places = find_films(["memory://films/a//b.mp4"]).videos
    outcome = run_over(tmp_path, list(places), scratch=Scratch(tmp_path / "s", 10**9))
    assert statuses(outcome) == [RunStatus.DONE]
    assert (outcome.films[0].video, outcome.films[0].name) == ("memory://films/a//b.mp4", "b.mp4")
    assert opened(tmp_path).film("b.mp4").source == "memory://films/a//b.mp4"


@pytest.mark.parametrize(
    "address",
    [
        "sftp://me:SECRET@host/a.mp4",
        "sftp://me:SEC/RET@host/a.mp4",
        "https://host/a.mp4?X-Amz-Signature=SECRET",
        "abfs://films@account.net/a.mp4?sig=SECRET",
    ],
)
def test_no_passwords_and_keys_in_a_project(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match=r"\*\*\*.* has a password or a key, which the") as error:
        run_over(tmp_path, [address])
    assert "SEC" not in str(error.value)
    assert opened(tmp_path).films == ()


class Fails(Executor):
    """Workers elsewhere with whom the first film fails."""

    is_elsewhere = True
    _max_workers = 1

    def __init__(self, error: Exception) -> None:
        self._error = error

    def submit(self, fn: Any, /, *args: Any, **how: Any) -> Future[Any]:
        future: Future[Any] = Future()
        (job,) = fn.args
        if Path(job.video.path).name == "e0.mp4":
            future.set_exception(self._error)
        else:
            future.set_result(fn(*args, **how))
        return future


@pytest.mark.parametrize(
    ("error", "state", "attempts"),
    [
        (PartError("A part failed 2 times", ""), FilmState.QUARANTINED, 2),
        (WorkerError("A worker died", ""), FilmState.FAILED, 1),
        (RefusedError("w1 does not find it", ""), FilmState.FAILED, 0),
    ],
)
def test_a_film_whose_parts_fail(
    videos: list[Path], tmp_path: Path, error: Exception, state: FilmState, attempts: int
) -> None:
    outcome = run_over(tmp_path, videos, executor=Fails(error))
    assert statuses(outcome) == [RunStatus.FAILED, RunStatus.DONE, RunStatus.DONE]
    film = opened(tmp_path).film("e0.mp4")
    assert (film.state, film.attempts) == (state, attempts)
    assert film.error == str(error)


def test_a_lost_cluster_ends_the_run(
    videos: list[Path], expected: dict[str, Any], tmp_path: Path
) -> None:
    """It is no film's fault, and the next run goes on."""
    with pytest.raises(ClusterError, match="gone"):
        run_over(tmp_path, videos, executor=Fails(ClusterError("gone", "")))
    assert {film.attempts for film in opened(tmp_path).films} == {0}
    run_over(tmp_path, videos)
    assert dump(opened(tmp_path)) == expected


class Kills(RunHook):
    """Kills a worker when the first film is done."""

    def __init__(self, executor: Cluster) -> None:
        self._executor = executor

    def film(self, outcome: object, done: int, total: int) -> None:  # noqa: ARG002 (as the hook calls it)
        if done == 1:
            client = self._executor._client
            worker = min(client.nthreads())
            os.kill(client.run(os.getpid, workers=[worker])[worker], signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_project_on_a_cluster(
    videos: list[Path], expected: dict[str, Any], tmp_path: Path, user_cache: Path
) -> None:
    distributed = pytest.importorskip("distributed", reason="[cluster] is not installed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
        ) as local,
        Cluster(local.scheduler_address, wait_s=30) as executor,
    ):
        outcome = run_over(tmp_path, videos, executor=executor, hook=Kills(executor))
    assert statuses(outcome) == [RunStatus.DONE] * 3
    assert dump(opened(tmp_path)) == expected


def test_only_looking_is_done_elsewhere(videos: list[Path], tmp_path: Path) -> None:
    class Notes(ThreadPoolExecutor):
        is_elsewhere = True
        calls: list[Any] = []  # noqa: RUF012 (of this test)

        def submit(self, fn: Any, /, *args: Any, **how: Any) -> Future[Any]:
            self.calls.append(fn.func)
            return super().submit(fn, *args, **how)

    with Notes(1) as executor:
        run_over(tmp_path, videos[:1], executor=executor)
    assert executor.calls
    assert set(executor.calls) == {look}
