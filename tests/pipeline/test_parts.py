"""The pipeline in parts: the same bytes as in one pass, whoever looks, interrupted or not."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, Config, DetectionConfig, VideoConfig
from clusterer.core.errors import ClustererError, ModelError, PlugInError, VideoError, WorkerError
from clusterer.core.hook import Hook
from clusterer.core.types import Mark
from clusterer.media.parts import Entry
from clusterer.pipeline import plan as plan_module
from clusterer.pipeline import watch as watch_module
from clusterer.pipeline.look import DamageError, Job, Looked
from clusterer.pipeline.workers import WorkerProcesses
from tests.conftest import DEMO
from tests.digests import digests

PART = Config(
    AnalysisConfig(
        video=VideoConfig(end_s=26.0, sample_rate_hz=1.0), detection=DetectionConfig(width_px=256)
    )
)
"""Three or four parts of the sample film, quickly."""


class Notes(Hook):
    """Records notes and progress."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.seen: list[tuple[float, float, int]] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        self.seen.append((done_s, total_s, faces))


class Now(Executor):
    """Does each job at once, or when it is asked for the last; notes them."""

    def __init__(self, *, backwards: bool = False, most: int = 1000) -> None:
        self._max_workers = 4
        self.jobs: list[Job] = []
        self._waiting: list[tuple[Future[Any], Callable[[], Any]]] = []
        self._backwards, self._most = backwards, most

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        if len(self.jobs) == self._most:
            raise RuntimeError("no more")
        future: Future[Any] = Future()
        job = pickle.loads(pickle.dumps(args[0]))
        self.jobs.append(job)
        self._waiting.append((future, lambda: pickle.loads(pickle.dumps(fn(job)))))
        if not self._backwards:
            self.run()
        elif len(self._waiting) == 1:
            threading.Timer(0.2, self.run).start()
        return future

    def run(self) -> None:
        while self._waiting:
            future, work = self._waiting.pop()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of the analysis in one pass."""
    folder = tmp_path_factory.mktemp("whole") / "x.people"
    clusterer.analyse(DEMO, PART.analysis, folder)
    return digests(folder)


def analysed(folder: Path, executor: Executor | None, hook: Hook | None = None) -> dict[str, str]:
    clusterer.analyse(DEMO, PART.analysis, folder, hook, executor=executor)
    return digests(folder)


@pytest.mark.parametrize("backwards", [False, True])
def test_parts_in_any_order_give_the_same(
    whole: dict[str, str], tmp_path: Path, backwards: bool
) -> None:
    executor, notes = Now(backwards=backwards), Notes()
    assert analysed(tmp_path / "x.people", executor, notes) == whole
    assert len(executor.jobs) >= 3
    assert notes.notes == []
    done = [done_s for done_s, _, _ in notes.seen]
    assert done == sorted(done)


def test_threads_give_the_same(whole: dict[str, str], tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert analysed(tmp_path / "x.people", executor) == whole


def test_processes_give_the_same(whole: dict[str, str], tmp_path: Path) -> None:
    """Also for the next video with the same processes."""
    with WorkerProcesses(2) as executor:
        assert analysed(tmp_path / "x.people", executor) == whole
        assert analysed(tmp_path / "y.people", executor) == whole


class Stops(Notes):
    """Ctrl-C is pressed after some parts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        super().progress(done_s, total_s, faces)
        if len(self.seen) == self._after:
            raise KeyboardInterrupt


@pytest.mark.parametrize(("done", "workers"), [(1, 1), (2, 7)])
def test_another_number_of_workers_goes_on(
    whole: dict[str, str], tmp_path: Path, done: int, workers: int
) -> None:
    folder = tmp_path / "x.people"
    executor = Now()
    with pytest.raises(KeyboardInterrupt):
        analysed(folder, executor, Stops(done))
    second, notes = Now(), Notes()
    second._max_workers = workers
    assert analysed(folder, second, notes) == whole
    assert "where an earlier run stopped" in notes.notes[0]
    assert len(second.jobs) < len(executor.jobs)


class Fails(Now):
    """One of its jobs fails."""

    def __init__(self, at: int, error: BaseException) -> None:
        super().__init__()
        self._at, self._error = at, error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if len(self.jobs) == self._at:
            self.jobs.append(args[0])
            future: Future[Any] = Future()
            future.set_exception(self._error)
            return future
        return super().submit(fn, *args, **kwargs)


@pytest.mark.parametrize("at", [0, 2])
def test_what_others_finished_is_not_lost(whole: dict[str, str], tmp_path: Path, at: int) -> None:
    folder, first, second = tmp_path / "x.people", Fails(at, ModelError("a", "b")), Now()
    with pytest.raises(ModelError, match=r"^a\. b$"):
        analysed(folder, first)
    assert len(list((folder / ".partial").glob("*.npz"))) == len(first.jobs) - 1
    assert analysed(folder, second) == whole
    assert second.jobs == []  # one is left, and this process does it


def test_an_executor_that_takes_no_more(whole: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "x.people"
    with pytest.raises(RuntimeError, match="no more"):
        analysed(folder, Now(most=2))
    assert analysed(folder, Now()) == whole


def test_a_broken_executor(whole: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "x.people"
    with pytest.raises(WorkerError, match="A worker process ended") as raised:
        analysed(folder, Fails(1, BrokenProcessPool("x")))
    assert "goes on where this run stopped" in raised.value.remedy
    assert analysed(folder, Now()) == whole


@pytest.mark.parametrize(
    "error",
    [
        VideoError("a.mp4 is gone", "Bring it back"),
        ModelError("x.onnx changed while it was read", "Run the same command again"),
        PlugInError("the plug-in fails", ""),
    ],
)
def test_errors_arrive_as_they_are(error: ClustererError) -> None:
    found = pickle.loads(pickle.dumps(error))
    assert type(found) is type(error)
    assert (found.cause, found.remedy, str(found)) == (error.cause, error.remedy, str(error))


def test_an_error_of_a_worker_process(tmp_path: Path) -> None:
    """The video vanishes while workers start."""
    video = tmp_path / "a.mp4"
    video.write_bytes(DEMO.read_bytes())

    class Removes(WorkerProcesses):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            video.unlink(missing_ok=True)
            return super().submit(fn, *args, **kwargs)

    with pytest.raises(VideoError, match="does not exist") as raised, Removes(2) as executor:
        clusterer.analyse(video, PART.analysis, tmp_path / "x.people", executor=executor)
    assert raised.value.cause.endswith("does not exist")


def _other_places(info: Any, context: int) -> list[Entry]:
    """Frames that are key frames, and counted wrong."""
    return [replace(e, pts=e.key_pts) for e in REAL_ENTRIES(info, context)]


def _no_places(info: Any, context: int) -> list[Entry]:
    """Key frames that are none."""
    return [Entry(e.pts, e.pts + 512) for e in REAL_ENTRIES(info, context)]


REAL_ENTRIES, REAL_LOOK = plan_module.entries, watch_module.look


def _changed(job: Job, **how: Any) -> Looked:
    found = REAL_LOOK(job)
    return replace(found, part=replace(found.part, **how))


def _lying(job: Job) -> Looked:
    """What it saw first in each shot is not what others saw there."""
    found = REAL_LOOK(job)
    if job.part.entry is None:
        return found
    shots = [replace(s, begins=_other(s.begins)) for s in found.part.shots]
    return replace(found, part=replace(found.part, shots=tuple(shots)))


def _wrong_next(job: Job) -> Looked:
    found = REAL_LOOK(job)
    return replace(
        found, part=replace(found.part, next=found.part.next and _other(found.part.next))
    )


def _other(mark: Mark) -> Mark:
    return Mark(mark.pts, mark.digest ^ 1)


def _nothing(job: Job) -> Looked:
    return _changed(job, shots=()) if job.part.entry else REAL_LOOK(job)


def _damaged(job: Job) -> Looked:
    if job.part.entry is not None and job.part.stop_pts is not None:
        raise DamageError
    return REAL_LOOK(job)


@pytest.mark.parametrize("entries", [_other_places, _no_places])
def test_wrong_entries_change_nothing(
    whole: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: Any
) -> None:
    monkeypatch.setattr(plan_module, "entries", entries)
    assert analysed(tmp_path / "x.people", Now()) == whole


@pytest.mark.parametrize("look", [_lying, _wrong_next, _nothing, _damaged])
def test_parts_that_do_not_fit_are_repaired(
    whole: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: Any
) -> None:
    monkeypatch.setattr(watch_module, "look", look)
    notes = Notes()
    assert analysed(tmp_path / "x.people", Now(), notes) == whole
    assert bool(notes.notes) == (look in (_damaged, _wrong_next)), notes.notes


def test_a_machine_without_shared_memory(
    whole: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("clusterer.pipeline.workers.ProcessPoolExecutor", fail)
    notes = Notes()
    with WorkerProcesses(2) as executor:
        assert analysed(tmp_path / "x.people", executor, notes) == whole
    assert len(notes.notes) == 1
    assert notes.notes[0].startswith("no worker processes can be started (")


def test_one_worker_is_this_process(whole: dict[str, str], tmp_path: Path) -> None:
    executor = Now()
    executor._max_workers = 1
    assert analysed(tmp_path / "x.people", executor) == whole
    assert executor.jobs == []


class Kills(WorkerProcesses):
    """One of the processes is killed as soon as the first part is finished."""

    def __init__(self) -> None:
        super().__init__(2)
        self.jobs = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        self.jobs += 1
        if self.jobs == 1:
            future.add_done_callback(self._kill)
        return future

    def _kill(self, _: object) -> None:
        assert self._pool is not None
        os.kill(next(iter(self._pool._processes)), signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_process(whole: dict[str, str], tmp_path: Path) -> None:
    """As by Linux when memory runs out: nothing finished is lost, and the next run goes on."""
    folder, executor = tmp_path / "x.people", Kills()
    with pytest.raises(WorkerError, match=r"^A worker process ended"), executor:
        analysed(folder, executor)
    assert len(list((folder / ".partial").glob("*.npz"))) >= 1
    second = Now()
    assert analysed(folder, second) == whole
    assert len(second.jobs) < executor.jobs


def _started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "clusterer", str(DEMO), "-o", str(folder), "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _processes(session: int) -> set[int]:
    """Processes of a session that have not ended."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of = path.read_text().rpartition(")")[2].split()[:4]
            if int(of) == session and state != "Z":
                found.add(int(path.parent.name))
    return found


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not until():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
@pytest.mark.parametrize("to_all", [True, False])
@pytest.mark.parametrize("processes", [2, 5])
def test_ctrl_c_ends_all_processes(tmp_path: Path, processes: int, to_all: bool) -> None:
    """Also while they start: resource tracker, server of processes, two workers."""
    run = _started(tmp_path / "x.people")
    _wait(lambda: len(_processes(run.pid)) >= processes)
    (os.killpg if to_all else os.kill)(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert "leaked" not in err
    assert err.splitlines()[-1].startswith("Interrupted")
    _wait(lambda: not _processes(run.pid))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    run = _started(tmp_path / "x.people")
    _wait(lambda: len(_processes(run.pid)) >= 5)
    run.kill()
    _, err = run.communicate(timeout=60)
    assert err == ""
    _wait(lambda: not _processes(run.pid))


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample film with noise at a third and at two thirds of what is analysed."""
    path = tmp_path_factory.mktemp("damaged") / "a.mp4"
    content = bytearray(DEMO.read_bytes())
    for share in (0.17, 0.34):
        at = round(len(content) * share)
        content[at : at + 400] = bytes(n * 37 % 256 for n in range(400))
    path.write_bytes(content)
    return path


def test_a_damaged_video_gives_the_same(damaged: Path, tmp_path: Path) -> None:
    """Its pictures depend on what was decoded before: one pass sees all of it."""
    whole = tmp_path / "whole.people"
    analysis = clusterer.analyse(damaged, PART.analysis, whole)
    assert "the file is damaged at" in analysis.warnings[0]
    notes, stops = Notes(), Stops(30)
    folder = tmp_path / "x.people"
    with pytest.raises(KeyboardInterrupt):
        clusterer.analyse(damaged, PART.analysis, folder, stops, executor=Now())
    clusterer.analyse(damaged, PART.analysis, folder, notes, executor=Now())
    assert digests(folder) == digests(whole)
    assert notes.notes == ["the file is damaged: it is analysed from its beginning, in one pass"]
