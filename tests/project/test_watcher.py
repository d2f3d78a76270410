"""Films that arrive in a folder: when they are complete, and what becomes of them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from clusterer.core.errors import ModelError, ProjectError, ResultError, VideoError
from clusterer.project import watcher as module
from clusterer.project.project import Project
from clusterer.project.run_outcome import FilmOutcome, RunHook, RunOutcome, RunStatus
from clusterer.project.types import FilmState, ProjectFilm
from clusterer.project.watcher import Watcher, watch
from clusterer.store import run_lock as locks
from tests.project.season import CONFIG
from tests.video_files import picture, write_video

FILM = ProjectFilm(1, "e1.mp4", "/films/e1.mp4", "f" * 64, "results/e1.people")


class Heard(RunHook):
    def __init__(self) -> None:
        self.notes: list[str] = []
        self.films: list[tuple[str, str]] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def film(self, outcome: FilmOutcome, _done: int, _total: int) -> None:
        self.films.append((outcome.name, outcome.status.value))


class Clock:
    """That of the machine and that of files, both moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    def time(self) -> float:
        return self.now_s


class Runs:
    """Stands for `process_all`: every film is done, but those with an error."""

    def __init__(self) -> None:
        self.given: list[list[str]] = []
        self.errors: dict[str, Exception] = {}
        self.fails: Exception | None = None

    def __call__(self, films: Sequence[Path], hook: RunHook) -> RunOutcome:
        self.given.append([film.name for film in films])
        if self.fails is not None:
            raise self.fails
        outcomes = tuple(self._outcome(film) for film in films)
        for done, each in enumerate(outcomes, start=1):
            hook.film(each, done, len(outcomes))
        return RunOutcome(outcomes, 1.0)

    def _outcome(self, film: Path) -> FilmOutcome:
        error = self.errors.get(film.name)
        if error is None:
            return FilmOutcome(film, RunStatus.DONE, FILM)
        return FilmOutcome(film, RunStatus.FAILED, FILM, error)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def runs() -> Runs:
    return Runs()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def watcher(tmp_path: Path, clock: Clock, runs: Runs, heard: Heard) -> Watcher:
    assert clock
    project = Project.create(tmp_path / "season.cast", config=CONFIG)
    (tmp_path / "in").mkdir()
    return Watcher(tmp_path / "in", project, heard, 60.0, run=runs)


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return write_video(path, (picture(i) for i in range(3))).read_bytes()


def put(path: Path, content: bytes, at_s: float = 500.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at_s, at_s))
    return path


def test_a_film_joins_when_it_has_not_changed_for_so_long(
    watcher: Watcher, clock: Clock, runs: Runs, heard: Heard, content: bytes
) -> None:
    film = put(watcher.folder / "e1.mp4", content[:100])
    assert watcher.look() == ()
    clock.now_s += 59
    assert watcher.look() == ()
    put(film, content, at_s=501.0)  # the copy goes on
    clock.now_s += 59
    assert watcher.look() == ()
    clock.now_s += 59
    assert watcher.look() == ()
    assert runs.given == []
    clock.now_s += 1
    assert [each.status for each in watcher.look()] == [RunStatus.DONE]
    clock.now_s += 600
    assert watcher.look() == ()
    assert (runs.given, heard.films) == ([["e1.mp4"]], [("e1.mp4", "done")])


def test_the_time_of_a_file_alone_is_a_change_too(
    watcher: Watcher, clock: Clock, runs: Runs, content: bytes
) -> None:
    film = put(watcher.folder / "e1.mp4", content)
    watcher.look()
    os.utime(film, (502.0, 502.0))
    clock.now_s += 60
    assert watcher.look() == ()
    clock.now_s += 60
    watcher.look()
    os.utime(film, (503.0, 503.0))
    clock.now_s += 1
    assert watcher.look() == ()
    clock.now_s += 60
    watcher.look()
    assert runs.given == [["e1.mp4"], ["e1.mp4"]]


def test_partial_hidden_and_other_files_are_passed_over_until_they_are_renamed(
    watcher: Watcher, clock: Clock, runs: Runs, content: bytes
) -> None:
    for name in ("a.mp4.part", "b.mp4.tmp", ".c.mp4", "notes.txt", "x.cast/d.mp4"):
        put(watcher.folder / name, content)
    for _ in range(3):
        assert watcher.look() == ()
        clock.now_s += 61
    (watcher.folder / "a.mp4.part").rename(watcher.folder / "a.mp4")
    watcher.look()
    clock.now_s += 61
    watcher.look()
    assert runs.given == [["a.mp4"]]


@pytest.mark.parametrize("subfolders", [True, False])
def test_folders_below(
    watcher: Watcher, clock: Clock, runs: Runs, content: bytes, subfolders: bool
) -> None:
    watcher.subfolders = subfolders
    put(watcher.folder / "e1.mp4", content)
    put(watcher.folder / "s1" / "e2.mp4", content + b"2")
    watcher.look()
    clock.now_s += 60
    watcher.look()
    assert runs.given == [["e1.mp4", "e2.mp4"] if subfolders else ["e1.mp4"]]


def test_a_broken_film_is_said_once_and_tried_again_when_it_changes(
    watcher: Watcher, clock: Clock, runs: Runs, heard: Heard, content: bytes
) -> None:
    film = put(watcher.folder / "e1.mp4", content[:200])
    put(watcher.folder / "e2.mp4", content)
    for _ in range(4):
        watcher.look()
        clock.now_s += 60
    assert heard.films == [("e1.mp4", "failed"), ("e2.mp4", "done")]
    put(film, content + b"1", at_s=600.0)
    for _ in range(2):
        watcher.look()
        clock.now_s += 60
    assert runs.given == [["e2.mp4"], ["e1.mp4"]]


def test_a_film_that_fails_later_is_not_tried_again_but_want_of_disk_is(
    watcher: Watcher, clock: Clock, runs: Runs, heard: Heard, content: bytes
) -> None:
    put(watcher.folder / "bad.mp4", content)
    put(watcher.folder / "full.mp4", content + b"1")
    runs.errors = {"bad.mp4": VideoError("no", "mend it"), "full.mp4": ResultError("full", "free")}
    for _ in range(3):
        watcher.look()
        clock.now_s += 60
    assert runs.given == [["bad.mp4", "full.mp4"], ["full.mp4"]]
    assert heard.films == [("bad.mp4", "failed"), ("full.mp4", "failed")]  # each once
    runs.errors = {}
    watcher.look()
    clock.now_s += 60
    assert watcher.look() == ()
    assert heard.films[2:] == [("full.mp4", "done")]


def test_a_run_that_cannot_be_is_said_once_and_tried_again(
    watcher: Watcher, clock: Clock, runs: Runs, heard: Heard, content: bytes
) -> None:
    put(watcher.folder / "e1.mp4", content)
    runs.fails = ProjectError("Another run is at work", "Wait")
    for _ in range(3):
        watcher.look()
        clock.now_s += 60
    assert heard.notes == ["Another run is at work. Wait. It is tried again at the next look"]
    runs.fails = None
    watcher.look()
    assert len(runs.given) == 3
    runs.fails = ModelError("weights are missing", "download them")
    put(watcher.folder / "e2.mp4", content + b"2")
    watcher.look()
    clock.now_s += 60
    with pytest.raises(ModelError):
        watcher.look()


def test_a_folder_that_goes_away_is_waited_for(
    watcher: Watcher, clock: Clock, runs: Runs, heard: Heard, content: bytes
) -> None:
    put(watcher.folder / "e1.mp4", content)
    for _ in range(2):
        watcher.look()
        clock.now_s += 60
    away = watcher.folder.rename(watcher.folder.with_name("away"))
    for _ in range(2):
        assert watcher.look() == ()
    assert heard.notes == [f"{watcher.folder} is not there; it is looked for again"]
    away.rename(watcher.folder)
    clock.now_s += 60
    assert watcher.look() == ()  # nothing in it is new
    assert runs.given == [["e1.mp4"]]


def test_a_single_look_goes_by_the_time_of_the_file(
    watcher: Watcher, clock: Clock, runs: Runs, content: bytes
) -> None:
    put(watcher.folder / "old.mp4", content, at_s=clock.now_s - 60)
    put(watcher.folder / "new.mp4", content + b"1", at_s=clock.now_s - 59)
    watcher.look(by_age=True)
    assert runs.given == [["old.mp4"]]


def test_films_of_the_project_are_not_opened_again_at_each_start(
    watcher: Watcher, runs: Runs, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, new = (put(watcher.folder / name, content) for name in ("e1.mp4", "e2.mp4"))
    opened: list[Path] = []
    monkeypatch.setattr(module, "probe", opened.append)
    watcher.project.put_film(replace(FILM, id=0, source=str(done), state=FilmState.DONE))
    watcher.look(by_age=True)
    assert opened == [new]
    assert runs.given == [["e1.mp4", "e2.mp4"]]  # whether it is the same film, the run finds out


def test_one_watcher_for_a_project(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAIT_S", 0.2)
    with (
        watcher.alone(),
        pytest.raises(ProjectError, match=r"(?s)adds what arrives to .*season\.cast"),
        Watcher(watcher.folder, watcher.project).alone(),
    ):
        pass
    with watcher.alone(), watcher.project.running():  # a run is kept out by its own lock
        pass


def test_watching_ends_when_it_is_asked_to(tmp_path: Path, runs: Runs, content: bytes) -> None:
    project = Project.create(tmp_path / "season.cast", config=CONFIG)
    put(tmp_path / "in" / "e1.mp4", content)
    stop = Event()
    options = {"every_s": 0.02, "unchanged_s": 0.0, "stop": stop, "run": runs}
    thread = Thread(target=watch, args=(tmp_path / "in", project), kwargs=options)
    thread.start()
    until_s = time.monotonic() + 60
    while not runs.given and time.monotonic() < until_s:
        time.sleep(0.01)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert runs.given == [["e1.mp4"]]
    watch(tmp_path / "in", project, unchanged_s=0.0, once=True, run=runs)
    assert len(runs.given) == 2
