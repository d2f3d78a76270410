"""Runs over many films: what is done, passed over and noted, and that nothing is done twice."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import clusterer
from clusterer.core.errors import (
    ClustererError,
    ClusterError,
    ProjectError,
    ResultError,
    VideoError,
)
from clusterer.core.types import Action, ClusteringResult, Edit
from clusterer.pipeline import analyse as analyse_module
from clusterer.pipeline import watch
from clusterer.pipeline.shared import FilmWorkers
from clusterer.pipeline.workers import WorkerProcesses
from clusterer.project import run as run_module
from clusterer.project.project import Project
from clusterer.project.register import names_of
from clusterer.project.run import process_all
from clusterer.project.run_outcome import FilmOutcome, RunHook, RunOutcome, RunStatus
from clusterer.project.types import FilmState, ProjectFilm
from clusterer.store.folder import ResultFolder
from tests.digests import digests
from tests.project.tiny_films import LINK, QUICK, dump, season, tiny_film


class Notes(RunHook):
    """Records all that a run reports."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.films: list[tuple[str, RunStatus, int, int]] = []
        self.seen: list[tuple[float, float, int]] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        self.seen.append((done_s, total_s, faces))

    def film(self, outcome: FilmOutcome, done: int, total: int) -> None:
        self.films.append((outcome.video.name, outcome.status, done, total))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three films, and the project of them; for copies."""
    home = tmp_path_factory.mktemp("season")
    videos = season(home / "films")
    run_over(home, videos)
    return home


@pytest.fixture
def place(home: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    copy = Path(shutil.copytree(home, tmp_path / "copy"))
    run_over(copy, films(copy))  # the films lie there now
    return copy


def run_over(place: Path, videos: list[Path], hook: Notes | None = None, **how: Any) -> RunOutcome:
    return process_all(videos, opened(place), hook, **how)


def opened(place: Path) -> Project:
    return Project.create(place / "s.cast", config=QUICK, link=LINK)


def films(place: Path) -> list[Path]:
    return sorted((place / "films").iterdir())


def statuses(outcome: RunOutcome) -> list[RunStatus]:
    return [each.status for each in outcome.films]


@contextmanager
def no_looking() -> Iterator[None]:
    """Fail if a film is analysed."""

    def look(*_args: object, **_more: object) -> None:
        raise AssertionError("the film was analysed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analyse_module, "_look", look)
        yield


@pytest.mark.parametrize("kind", ["threads", "one process", "three processes"])
def test_the_same_whoever_does_it(home: Path, tmp_path: Path, kind: str) -> None:
    """As by this process alone; also the results as of single runs."""
    executors: dict[str, Any] = {
        "threads": lambda: ThreadPoolExecutor(2),
        "one process": lambda: WorkerProcesses(1),
        "three processes": lambda: WorkerProcesses(3),
    }
    with executors[kind]() as executor:
        run_over(tmp_path, films(home), executor=executor)
    assert dump(opened(tmp_path)) == dump(opened(home))


def test_results_are_those_of_single_runs(home: Path, tmp_path: Path) -> None:
    config = opened(home).config
    for video in films(home):
        single = clusterer.process(video, config, tmp_path / f"{video.stem}.people")
        assert digests(single.folder) == digests(home / "s.cast" / "results" / single.folder.name)


def test_people_are_found_in_all_films(home: Path) -> None:
    project = opened(home)
    assert [film.name for film in project.films] == ["e0.mp4", "e1.mp4", "e2.mp4"]
    assert all(film.state is FilmState.DONE and film.duration_s == 2.0 for film in project.films)
    assert [who.films for who in project.people] == [(1, 2, 3), (1, 2, 3)]


def test_what_is_done_is_passed_over(place: Path) -> None:
    before, hook = dump(opened(place)), Notes()
    with no_looking():
        outcome = run_over(place, films(place), hook)
    assert statuses(outcome) == [RunStatus.UNCHANGED] * 3
    assert [(name, done, total) for name, _, done, total in hook.films] == [
        ("e0.mp4", 1, 3), ("e1.mp4", 2, 3), ("e2.mp4", 3, 3),
    ]  # fmt: skip
    assert outcome.is_complete
    assert dump(opened(place)) == before


def test_progress_adds_up(tmp_path: Path) -> None:
    hook = Notes()
    run_over(tmp_path, season(tmp_path / "films", range(2)), hook)
    done = [done_s for done_s, _, _ in hook.seen]
    assert done == sorted(done)
    assert {total_s for _, total_s, _ in hook.seen} == {4.0}
    assert done[-1] == 4.0
    assert hook.seen[-1][2] > 0
    assert hook.notes == []


def test_a_moved_film_is_recognised(place: Path) -> None:
    (place / "films" / "e1.mp4").rename(place / "films" / "last.mp4")
    hook = Notes()
    with no_looking():
        outcome = run_over(place, films(place), hook)
    assert statuses(outcome) == [RunStatus.UNCHANGED] * 3
    assert [film.name for film in opened(place).films] == ["e0.mp4", "e2.mp4", "last.mp4"]
    assert hook.notes == [f"e1.mp4 lies at {place / 'films' / 'last.mp4'} now"]


def test_the_same_content_is_one_film(place: Path) -> None:
    shutil.copy(place / "films" / "e0.mp4", place / "films" / "e5.mp4")
    hook = Notes()
    with no_looking():
        outcome = run_over(place, films(place), hook)
    assert statuses(outcome) == [*[RunStatus.UNCHANGED] * 3, RunStatus.REPEATED]
    assert len(opened(place).films) == 3
    e0, _, _, e5 = films(place)
    assert hook.notes == [f"{e5} is the same film as {e0}"]


def test_other_settings_group_without_looking(place: Path) -> None:
    project = opened(place)
    project.configure(project.config.with_clustering(threshold=0.2))
    with no_looking():
        assert statuses(run_over(place, films(place))) == [RunStatus.DONE] * 3
        assert statuses(run_over(place, films(place))) == [RunStatus.UNCHANGED] * 3
    result = project.result_folder("e0.mp4").load()
    assert result.config.clustering.threshold == 0.2


def test_a_damaged_result_is_made_again(place: Path) -> None:
    before = dump(opened(place))
    results = place / "s.cast" / "results"
    next((results / "e0.people" / "chips").glob("*[0-9].jpg")).unlink()
    (results / "e1.people" / "people.csv").write_bytes(b"")
    assert statuses(run_over(place, films(place))) == [
        RunStatus.DONE,
        RunStatus.DONE,
        RunStatus.UNCHANGED,
    ]
    assert dump(opened(place)) == before


def test_a_correction_in_a_film_counts_in_all(place: Path) -> None:
    project = opened(place)
    folder = project.result_folder("e0.mp4")
    who = project.film_people("e0.mp4").anchors[0][0]
    folder.write_edits(folder.edits.adding(Edit(Action.NAME, who=(who,), name="Ada")))
    with no_looking():
        assert statuses(run_over(place, films(place))) == [
            RunStatus.DONE,
            *[RunStatus.UNCHANGED] * 2,
        ]
    assert "Ada" in {who.name for who in project.people}


def test_people_are_named_where_films_are_done_already(place: Path) -> None:
    asked: list[str] = []

    def name(folder: Path) -> ClusteringResult:
        asked.append(folder.name)
        return ResultFolder(folder).load()

    with no_looking():
        assert statuses(run_over(place, films(place), name=name)) == [RunStatus.UNCHANGED] * 3
    assert sorted(asked) == ["e0.people", "e1.people", "e2.people"]


class TestBroken:
    """Films that fail."""

    def test_others_are_done(self, tmp_path: Path) -> None:
        videos = season(tmp_path / "films", range(2))
        videos.insert(1, tmp_path / "films" / "broken.mp4")
        videos[1].write_bytes(videos[0].read_bytes()[:3000])
        hook = Notes()
        outcome = run_over(tmp_path, videos, hook)
        assert statuses(outcome) == [RunStatus.DONE, RunStatus.FAILED, RunStatus.DONE]
        assert not outcome.is_complete
        assert isinstance(outcome.films[1].error, VideoError)
        film = opened(tmp_path).film("broken.mp4")
        assert (film.state, film.attempts, film.key) == (FilmState.FAILED, 1, "")
        assert "cannot be opened as a video" in film.error

    def test_after_two_runs_it_is_not_tried_again(self, place: Path) -> None:
        broken = place / "films" / "broken.mp4"
        broken.write_bytes((place / "films" / "e0.mp4").read_bytes()[:3000])
        assert statuses(run_over(place, [broken])) == [RunStatus.FAILED]
        assert statuses(run_over(place, [broken])) == [RunStatus.FAILED]
        with no_looking():
            outcome = run_over(place, [broken])
        assert statuses(outcome) == [RunStatus.QUARANTINED]
        assert outcome.films[0].film is not None
        assert "cannot be opened" in outcome.films[0].film.error
        assert opened(place).film("broken.mp4").state is FilmState.QUARANTINED
        assert statuses(run_over(place, [broken], retry=True)) == [RunStatus.FAILED]

    def test_a_mended_copy_takes_its_place(self, place: Path) -> None:
        broken = place / "films" / "broken.mp4"
        broken.write_bytes((place / "films" / "e0.mp4").read_bytes()[:3000])
        for _ in range(2):
            run_over(place, [broken])
        tiny_film(broken, 7)
        assert statuses(run_over(place, [broken])) == [RunStatus.DONE]
        assert [film.name for film in opened(place).films] == [
            "broken.mp4", "e0.mp4", "e1.mp4", "e2.mp4",
        ]  # fmt: skip

    def test_a_missing_file(self, place: Path) -> None:
        outcome = run_over(place, [place / "films" / "no.mp4", *films(place)])
        assert statuses(outcome) == [RunStatus.FAILED, *[RunStatus.UNCHANGED] * 3]
        assert len(opened(place).films) == 3

    @pytest.mark.parametrize(
        ("error", "attempts"),
        [(ResultError("the disk is full"), 0), (VideoError("bad"), 1), (ValueError("oh"), 1)],
    )
    def test_only_what_is_due_to_the_film_counts(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, attempts: int
    ) -> None:
        def fail(*_args: object, **_more: object) -> None:
            raise error

        monkeypatch.setattr(run_module, "process_beside", fail)
        outcome = run_over(tmp_path, season(tmp_path / "films", [0]))
        assert outcome.films[0].error is error
        film = opened(tmp_path).film("e0.mp4")
        assert (film.state, film.attempts) == (FilmState.FAILED, attempts)

    @pytest.mark.parametrize("count", [1, 2])
    def test_one_that_does_not_fit_the_project(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
    ) -> None:
        """As when its faces were encoded by another network; others are done."""
        put = Project.put_film

        def fail(project: Project, film: ProjectFilm, *people: Any, **more: Any) -> ProjectFilm:
            if (people or more) and film.id <= count:
                raise ProjectError(f"{film.name} was encoded by another network")
            return put(project, film, *people, **more)

        monkeypatch.setattr(Project, "put_film", fail)
        outcome = run_over(tmp_path, season(tmp_path / "films", range(3)))
        assert statuses(outcome) == [*[RunStatus.FAILED] * count, *[RunStatus.DONE] * (3 - count)]
        film = opened(tmp_path).film("e0.mp4")
        assert (film.state, film.attempts) == (FilmState.FAILED, 0)
        assert film.error == "e0.mp4 was encoded by another network"

    def test_a_project_that_cannot_be_written_ends_the_run(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put = Project.put_film

        def fail(project: Project, film: ProjectFilm, *people: Any, **more: Any) -> ProjectFilm:
            if film.id:
                raise ProjectError("it cannot be written")
            return put(project, film, *people, **more)

        monkeypatch.setattr(Project, "put_film", fail)
        with pytest.raises(ProjectError, match="cannot be written"):
            run_over(tmp_path, season(tmp_path / "films", range(2)))

    def test_a_full_disk_ends_the_run(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tried: list[str] = []

        def fail(video: Path, *_args: object, **_more: object) -> None:
            tried.append(video.name)
            raise ResultError("Cannot write x (no space left on device)")

        monkeypatch.setattr(run_module, "process_beside", fail)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 20))
        with pytest.raises(ProjectError, match="no space left"):
            run_over(tmp_path, season(tmp_path / "films", range(3)))
        assert {film.state for film in opened(tmp_path).films} <= {
            FilmState.WAITING, FilmState.FAILED,
        }  # fmt: skip
        assert {film.attempts for film in opened(tmp_path).films} == {0}
        assert tried

    def test_other_content_in_the_same_place(self, place: Path) -> None:
        tiny_film(place / "films" / "e1.mp4", 9)
        hook = Notes()
        assert statuses(run_over(place, films(place), hook)) == [
            RunStatus.UNCHANGED, RunStatus.DONE, RunStatus.UNCHANGED,
        ]  # fmt: skip
        assert len(opened(place).films) == 4
        assert hook.notes == [
            f"{place / 'films' / 'e1.mp4'} is another film than before; the project keeps both"
        ]


class Stops(Notes):
    """Ctrl-C is pressed after some reports."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        super().progress(done_s, total_s, faces)
        if len(self.seen) == self._after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("executor", [None, "threads"])
@pytest.mark.parametrize("after", [1, 2, 4])
def test_an_interrupted_run_is_resumed(
    home: Path, tmp_path: Path, after: int, executor: str | None
) -> None:
    with nullcontext() if executor is None else ThreadPoolExecutor(2) as threads:
        used: Executor | None = threads
        with pytest.raises(KeyboardInterrupt):
            run_over(tmp_path, films(home), Stops(after), executor=used)
        run_over(tmp_path, films(home), executor=used)
    assert dump(opened(tmp_path)) == dump(opened(home))


@pytest.mark.parametrize("longest_s", [0.5, 100.0])
def test_a_long_film_that_cannot_be_divided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longest_s: float
) -> None:
    """Its own thread looks at it, and stores shots as they come."""
    monkeypatch.setattr(watch, "LONGEST_JOB_S", longest_s)
    monkeypatch.setattr(watch, "STORED_S", 0.5)
    film = tiny_film(tmp_path / "films" / "a.avi", who="ABAB")
    with pytest.raises(KeyboardInterrupt):
        run_over(tmp_path, [film], Stops(5 if longest_s < 1.0 else 1))
    parts = list((tmp_path / "s.cast" / "results" / "a.people" / ".partial").glob("*.npz"))
    assert bool(parts) == (longest_s < 1.0)
    hook = Notes()
    run_over(tmp_path, [film], hook)
    assert [note.startswith("a.avi: resuming after shot") for note in hook.notes] == [True] * (
        longest_s < 1.0
    )
    single = clusterer.process(film, opened(tmp_path).config, tmp_path / "a.people")
    assert digests(single.folder) == digests(tmp_path / "s.cast" / "results" / "a.people")


def test_no_two_runs_at_once(place: Path) -> None:
    with opened(place).running(), pytest.raises(ClustererError, match="Another"):
        run_over(place, films(place))


def test_a_film_that_was_removed_meanwhile(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened(place)

    def remove(*args: Any, **more: Any) -> Any:
        project.remove("new.mp4")
        return process(*args, **more)

    process = run_module.process_beside
    monkeypatch.setattr(run_module, "process_beside", remove)
    hook = Notes()
    outcome = run_over(place, [tiny_film(place / "films" / "new.mp4", 11)], hook)
    assert len(project.films) == 3
    assert hook.films == [("new.mp4", RunStatus.FAILED, 1, 1)]
    assert str(outcome.films[0].error).startswith("new.mp4 was taken out of the project during")


class Gone(Executor):
    """Cancels all jobs, as one whose machines are gone."""

    _max_workers = 2

    def submit(self, *_args: Any, **_how: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        return future


def test_a_run_that_did_nothing_does_not_succeed(place: Path) -> None:
    new = tiny_film(place / "films" / "new.mp4", 11)
    with pytest.raises(ClusterError, match="shut down"):
        run_over(place, [*films(place), new], executor=Gone())
    film = opened(place).film("new.mp4")
    assert film.state is not FilmState.DONE
    assert (film.key, film.attempts) == ("", 0), "it counts against no film"


@pytest.mark.parametrize("error", [SystemExit(0), SystemExit("no"), GeneratorExit()])
@pytest.mark.parametrize("executor", [None, "threads"])
def test_what_ends_the_program_is_a_failure_of_its_film(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    executor: str | None,
) -> None:
    """As a plug-in that exits, in a job or in the thread of the film."""
    videos = season(tmp_path / "films", range(2))

    def fail(video: Path, *args: Any, executor: FilmWorkers, **more: Any) -> Any:
        if video != videos[0]:
            return process(video, *args, executor=executor, **more)
        if isinstance(error, SystemExit):
            executor.submit(sys.exit, error.code).result()
        raise error

    process = run_module.process_beside
    monkeypatch.setattr(run_module, "process_beside", fail)
    with nullcontext() if executor is None else ThreadPoolExecutor(2) as threads:
        used: Executor | None = threads
        outcome = run_over(tmp_path, videos, executor=used)
    assert statuses(outcome) == [RunStatus.FAILED, RunStatus.DONE]
    assert not outcome.is_complete
    assert str(outcome.films[0].error).startswith("What was at work on e0.mp4 ended the program")


def test_threads_that_end_early_are_noticed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module._Run, "_work_off", lambda *_: None)
    with pytest.raises(RuntimeError, match="1 films were left out"):
        run_over(place, [tiny_film(place / "films" / "new.mp4", 11)])


class TestDamagedVectors:
    """What a project keeps of its films' people; the results are whole."""

    @pytest.mark.parametrize("how", [Path.unlink, lambda path: path.write_bytes(b"\x93NUMPY")])
    @pytest.mark.parametrize("count", [1, 3])
    def test_they_are_made_again(
        self, place: Path, how: Callable[[Path], object], count: int
    ) -> None:
        before, hook = dump(opened(place)), Notes()
        for path in sorted((place / "s.cast" / "vectors").iterdir())[:count]:
            how(path)
        with no_looking():
            outcome = run_over(place, films(place), hook)
        assert outcome.is_complete
        assert dump(opened(place)) == before
        assert len(hook.notes) == count
        assert hook.notes[0].startswith("e0.mp4 is described again: ")

    def test_also_those_of_films_elsewhere(self, place: Path) -> None:
        before = dump(opened(place))
        for path in (place / "s.cast" / "vectors").iterdir():
            path.unlink()
        with no_looking():
            run_over(place, films(place)[:1])
        assert dump(opened(place)) == before

    def test_with_their_results(self, place: Path) -> None:
        before = dump(opened(place))
        for path in (place / "s.cast" / "vectors").iterdir():
            path.unlink()
        for folder in (place / "s.cast" / "results").iterdir():
            shutil.rmtree(folder)
        assert statuses(run_over(place, films(place))) == [RunStatus.DONE] * 3
        assert dump(opened(place)) == before


@pytest.mark.parametrize(
    ("paths", "taken", "expected"),
    [
        (["/a/e1.mp4", "/a/e2.mp4"], [], ["e1.mp4", "e2.mp4"]),
        (["/s1/e1.mp4", "/s2/e1.mp4", "/s2/e2.mp4"], [], ["s1/e1.mp4", "s2/e1.mp4", "e2.mp4"]),
        (["/x/s1/e1.mp4", "/y/s1/E1.mp4"], [], ["x/s1/e1.mp4", "y/s1/E1.mp4"]),
        (["/s2/e1.mp4"], ["e1.mp4"], ["s2/e1.mp4"]),
        (["/e1.mp4"], ["e1.mp4", "//e1.mp4"], ["//e1.mp4"]),
        ([], ["e1.mp4"], []),
    ],
)
def test_names_by_hand(paths: list[str], taken: list[str], expected: list[str]) -> None:
    assert names_of([Path(path) for path in paths], taken) == expected
