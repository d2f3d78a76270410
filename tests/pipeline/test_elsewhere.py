"""Parts on other machines: the film by address, and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, DetectionConfig, VideoConfig
from clusterer.core.errors import NoFilmError, RefusedError, VideoError
from clusterer.pipeline import elsewhere
from clusterer.pipeline.elsewhere import Needs, Statement, at_hand, check_here, resolved, stated
from clusterer.store.film import film_of
from tests.conftest import DEMO
from tests.digests import digests

PART = AnalysisConfig(
    video=VideoConfig(end_s=26.0, sample_rate_hz=1.0), detection=DetectionConfig(width_px=256)
)
HERE = Statement("1.0", "1.20", "CPUExecutionProvider", (("a.onnx", "aa"), ("b.onnx", "bb")))


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The file system of memory://, and an own scratch folder."""
    fsspec = pytest.importorskip("fsspec", reason="the extra [cluster] is not installed")
    monkeypatch.setenv("CLUSTER_VIDEO_SCRATCH", str(tmp_path / "scratch"))
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("whole") / "x.people"
    clusterer.analyse(DEMO, PART, folder)
    return digests(folder)


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (HERE, ""),
        (replace(HERE, version="0.9"), "has cluster-video 0.9, not 1.0"),
        (replace(HERE, runtime="1.21"), "has ONNX Runtime 1.21, not 1.20"),
        (replace(HERE, provider="X"), "has the provider X, not CPUExecutionProvider"),
        (replace(HERE, models=(("a.onnx", "aa"), ("b.onnx", "cc"))), "has another b.onnx"),
        (replace(HERE, models=(("a.onnx", "aa"),)), "has another b.onnx"),
    ],
)
def test_what_differs(other: Statement, difference: str) -> None:
    assert HERE.difference(other) == difference


def test_refusals_name_machine_and_cause() -> None:
    config = resolved(PART)
    needs = Needs("x", statement=stated(config, "cpu"))
    check_here(needs, config, "cpu")
    assert needs.statement is not None
    wrong = replace(needs, statement=replace(needs.statement, version="0.0.1"))
    with pytest.raises(RefusedError, match=r"\(process \d+\) has cluster-video .*, not 0\.0\.1\. "):
        check_here(wrong, config, "cpu")


def test_a_missing_model_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> None:
        raise clusterer.ClustererError("x.onnx is missing", "Download it")

    monkeypatch.setattr(elsewhere, "model_hashes", missing)
    elsewhere.stated.cache_clear()
    with pytest.raises(RefusedError, match=r"\): x\.onnx is missing\. Download it"):
        check_here(Needs("x", statement=HERE), resolved(PART), "cpu")


class Far(Executor):
    """Workers of another machine, where the film's path is not found."""

    _max_workers = 4

    def __init__(self) -> None:
        self.jobs = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        self.jobs += 1
        (job,) = args
        future: Future[Any] = Future()
        try:
            moved = replace(job.video, path=f"/nowhere/{Path(job.video.path).name}")
            future.set_result(fn(replace(job, video=moved)))
        except Exception as error:
            future.set_exception(error)
        return future


def test_workers_fetch_the_film_by_its_address(
    whole: dict[str, str], files: Any, tmp_path: Path
) -> None:
    files.pipe("/films/demo.mp4", DEMO.read_bytes())
    far = Far()
    clusterer.analyse("memory://films/demo.mp4", PART, tmp_path / "x.people", executor=far)
    assert far.jobs >= 3
    assert digests(tmp_path / "x.people") == whole


def test_without_an_address_they_refuse(tmp_path: Path) -> None:
    with pytest.raises(NoFilmError, match=r"does not find .*demo\.mp4\. Mount the folder"):
        clusterer.analyse(DEMO, PART, tmp_path / "x.people", executor=Far())


def test_another_film_under_the_same_path(files: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"another")
    needs = Needs(film_of(DEMO).fingerprint, "memory://a.mp4")
    with (
        pytest.raises(NoFilmError, match="has another film as"),
        at_hand(str(path), replace(needs, source="")),
    ):
        pass
    files.pipe("/a.mp4", b"changed")
    with (
        pytest.raises(VideoError, match=r"memory://a\.mp4 changed meanwhile"),
        at_hand(str(path), needs),
    ):
        pass
    files.pipe("/a.mp4", DEMO.read_bytes())
    with at_hand(str(path), needs) as found:
        assert Path(found).read_bytes() == DEMO.read_bytes()
    path.write_bytes(DEMO.read_bytes())
    with at_hand(str(path), needs) as found:
        assert found == str(path)


def loky_executor() -> Executor:
    loky = pytest.importorskip("loky", reason="the extra [test-cluster] is not installed")
    executor: Executor = loky.ProcessPoolExecutor(2)
    return executor


@pytest.mark.parametrize(
    "make",
    [
        lambda: ThreadPoolExecutor(2),
        lambda: ProcessPoolExecutor(2, get_context("spawn")),
        loky_executor,
    ],
    ids=["threads", "processes", "loky"],
)
def test_any_executor_gives_the_same(
    whole: dict[str, str], tmp_path: Path, make: Callable[[], Executor]
) -> None:
    with make() as executor:
        clusterer.analyse(DEMO, PART, tmp_path / "x.people", executor=executor)
    assert digests(tmp_path / "x.people") == whole
