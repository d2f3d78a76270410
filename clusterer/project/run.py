"""Run over many films: each is analysed and grouped, several at once, and then linked."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from clusterer.core.address import place_of
from clusterer.core.config import AUTO
from clusterer.core.errors import (
    ClustererError,
    ClusterError,
    PartError,
    PlugInError,
    ProjectError,
    RefusedError,
    ResultError,
    VideoError,
    WorkerError,
)
from clusterer.core.hook import Hook
from clusterer.core.text import one_line
from clusterer.core.types import ClusteringResult, Edit
from clusterer.media import probe
from clusterer.models.devices import check
from clusterer.people.decide import resolved
from clusterer.pipeline.process import process_beside
from clusterer.pipeline.shared import SharedWorkers, Stopped
from clusterer.project.crowd import FilmPeople
from clusterer.project.describe import describe
from clusterer.project.films import digest, own
from clusterer.project.project import Project
from clusterer.project.register import MOST_ATTEMPTS, READERS, Register, Work, film_key
from clusterer.project.run_outcome import FilmOutcome, RunHook, RunOutcome, RunStatus
from clusterer.project.types import FilmState, ProjectFilm
from clusterer.store.scratch import Scratch

LINK_EACH = 50
"""Up to so many films, people are linked after each film; then after so many more, and at the end:
linking takes longer the more there are. 50 films of 100 people take a third of a second of the
processor (``python -m benchmarks speed archive --films 50``), so the first 50 some 10 s in all."""
_OF_THE_FILM = (VideoError, WorkerError, PlugInError)
"""Errors that will come again with the same film; others are due to disk, models or settings."""
_ROOM_BYTES = 32 << 20
"""With less on the disk, an error on writing ends the run: each film would be analysed for nothing.
A result has a megabyte or more."""


def process_all(  # noqa: PLR0913 (as `process`)
    videos: Iterable[Path | str],
    project: Project,
    hook: Hook | None = None,
    *,
    executor: Executor | None = None,
    device: str = AUTO,
    retry: bool = False,
    name: Callable[[Path], ClusteringResult] | None = None,
    scratch: Scratch | None = None,
) -> RunOutcome:
    """Analyse and group films into a project, and find out who is the same in them.

    Films that are done are passed over: those of the same content, settings and models, whose
    result is intact. A moved or renamed film is recognised by its content. A film that fails is
    noted, and passed over; after two runs it is not tried again. Whatever ends a run, the next one
    goes on where it stopped, and leads to the same project as if nothing had happened.

    Parameters
    ----------
    videos
        Files; see `clusterer.find_films` for those in folders. Or addresses, as of
        `process`.
    project
        Its settings count.
    hook
        Receives progress and notes, in the thread that calls this; may be a `RunHook`.
    executor
        As of `process`; several films are looked at side by side. None = this process does all.
        On other machines, as of a `Cluster`, it only looks at films; what it finds is grouped and
        stored here.
    device
        As of `process`.
    retry
        Also try films that failed in two runs.
    name
        Names people in the result folder of a film, where the film was grouped, and returns its
        result; can be pickled.
    scratch
        As of `process`.

    Returns
    -------
    RunOutcome

    Raises
    ------
    ConfigError, ModelError, DependencyError
        As of `process`, before anything is done.
    ClusterError
        The executor's other machines cannot be reached, or it was shut down; what is finished is
        kept.
    ProjectError
        Another run is at work in the project, it cannot be written, or the disk is full.

    Examples
    --------
    >>> project = clusterer.Project.create("season.cast")  # doctest: +SKIP
    >>> films = clusterer.find_films(["season"]).videos  # doctest: +SKIP
    >>> clusterer.process_all(films, project).is_complete  # doctest: +SKIP
    True
    """
    started_s = time.monotonic()
    check(device)
    with project.running():
        hook = hook or Hook()
        register = Register(project, hook, resolved(project.config), retry, name is not None)
        register.enter([place_of(video) for video in videos])
        _Run(register, device, name, scratch).look(executor)
    outcomes = tuple(outcome for outcome in register.outcomes if outcome is not None)
    return RunOutcome(outcomes, time.monotonic() - started_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """What a worker says of a film that it grouped."""

    people: FilmPeople
    duration_s: float
    edits: tuple[Edit, ...]


def _made(result: ClusteringResult) -> _Made:
    alone = own(result)
    return _Made(describe(alone), result.analysis.video.duration_s, alone.edits)


def _named(name: Callable[[Path], ClusteringResult], folder: Path) -> _Made:
    return _made(name(folder))


@dataclass(slots=True, eq=False)
class _Run:
    """The work of one run; all but `_work_off` and what it calls happens in one thread.

    Attributes
    ----------
    register
    device, name, scratch
        As of `process_all`.
    waiting : place → what came of a film that cannot be stored before those ahead of it
    stored, finished, reported : number of films
    is_ending : whether the disk is full
    """

    register: Register
    device: str
    name: Callable[[Path], ClusteringResult] | None
    scratch: Scratch | None
    waiting: dict[int, _Made | Exception] = field(default_factory=dict)
    stored: int = 0
    finished: int = 0
    reported: int = 0
    is_ending: bool = False

    @property
    def project(self) -> Project:
        """Of the register."""
        return self.register.project

    @property
    def hook(self) -> Hook:
        """Of the register."""
        return self.register.hook

    @property
    def works(self) -> list[Work]:
        """Of the register."""
        return self.register.works

    def look(self, executor: Executor | None) -> None:
        """Do all that has to be done, and link."""
        self._report_known()
        self._link_if_due()
        if self.works:
            self._measure()
            self._share_out(executor)
        if self.project.films:
            self.project.link()
            for note in self.project.catch_up():
                self.hook.note(note)

    def _report_known(self) -> None:
        """Report films for which nothing has to be done."""
        for outcome in self.register.outcomes:
            if outcome is not None:
                self._count(outcome)

    def _measure(self) -> None:
        """Find out how long films are; one that cannot be opened fails when its turn comes."""
        with ThreadPoolExecutor(READERS, thread_name_prefix="probe") as pool:
            lengths = pool.map(_length_s, [work.video for work in self.works])
            for work, length_s in zip(self.works, lengths, strict=True):
                work.length_s = length_s

    def _share_out(self, executor: Executor | None) -> None:
        """Have all films looked at, by threads that share the executor."""
        from clusterer.pipeline.device import choose  # noqa: PLC0415 (loads model libraries)
        from clusterer.pipeline.look import one_thread_each  # noqa: PLC0415 (likewise)

        self.device = choose(self.device, self.register.config.analysis, self.hook.note)
        shared, todo = SharedWorkers(executor), SimpleQueue[Work]()
        for work in self.works:
            todo.put(work)
        threads = [
            threading.Thread(target=self._work_off, args=(shared, todo), daemon=True)
            for _ in range(min(shared.count + 1, len(self.works)))
        ]
        self._divide(shared)

        def is_done() -> bool:
            while shared.troubles:
                self.hook.note(shared.troubles.pop())
            return not any(thread.is_alive() for thread in threads)

        with one_thread_each():
            for thread in threads:
                thread.start()
            try:
                shared.serve(is_done)
            except BaseException:
                shared.end(is_done)
                raise
        if self.stored < len(self.works):
            raise RuntimeError(f"{len(self.works) - self.stored} films were left out")

    def _divide(self, shared: SharedWorkers) -> None:
        """Set for how many workers the next film is divided."""
        left = max(1, len(self.works) - self.finished)
        shared.share = -(-shared.count // left)

    def _work_off(self, shared: SharedWorkers, todo: SimpleQueue[Work]) -> None:
        """The thread of one film after the other."""
        while True:
            try:
                work = todo.get_nowait()
            except Empty:
                return
            try:
                result: _Made | Exception = self._one(shared, work)
            except Stopped:
                return
            except Exception as error:  # whatever it is, other films go on
                result = error
            except BaseException as error:
                result = WorkerError(
                    f"What was at work on {work.film.name} ended the program"
                    f" ({type(error).__name__})",
                    "A plug-in must not do that",
                )
            shared.tell(partial(self._finish, shared, work, result))

    def _one(self, shared: SharedWorkers, work: Work) -> _Made:
        folder = self.project.path / work.film.folder
        executor = shared.film(work.place)
        made: _Made | None = None
        if not work.only_names:
            made = process_beside(
                work.video,
                self.register.config,
                folder,
                _FilmHook(self, shared, work),
                executor=executor,
                device=self.device,
                then=_made,
                scratch=self.scratch,
                withdrawn=self.register.withdrawn.get(work.film.fingerprint, ()),
            )
        if self.name is not None:
            made = executor.do(_named, self.name, folder)
        assert made is not None
        return made

    def _finish(self, shared: SharedWorkers, work: Work, result: _Made | Exception) -> None:
        """A film is done; those that can be are stored, in the order of the films.

        In that order, each followed by the linking, so that the project comes to be in the same
        steps whichever film is done first, and wherever a run is interrupted.
        """
        if isinstance(result, ClusterError):  # others would fail alike
            raise result
        self.finished += 1
        if isinstance(result, ResultError) and not self.is_ending and self._is_full():
            self.is_ending = True
            raise result
        self.waiting[work.place] = result
        self._divide(shared)
        self.progress(work, work.length_s, work.faces)
        while self.stored < len(self.works) and self.works[self.stored].place in self.waiting:
            each = self.works[self.stored]
            self._store(each, self.waiting[each.place])
            self.stored += 1
            del self.waiting[each.place]

    def _is_full(self) -> bool:
        return shutil.disk_usage(self.project.path).free < _ROOM_BYTES

    def _store(self, work: Work, result: _Made | Exception) -> None:
        film = next((each for each in self.project.films if each.id == work.film.id), None)
        if film is None:
            gone = f"{work.film.name} was taken out of the project during the run"
            error = ProjectError(gone, "Run it again if that was a mistake")
            self._report(work, FilmOutcome(work.video, RunStatus.FAILED, None, error))
            return
        if isinstance(result, _Made):
            try:
                outcome = self._stored(work, film, result)
            except ProjectError as error:  # of this film, unless storing that fails, too
                result = error
        if isinstance(result, Exception):
            film = self.project.put_film(replace(film, **_failure(film, result)))
            outcome = FilmOutcome(work.video, RunStatus.FAILED, film, result)
        self._report(work, outcome)
        if outcome.status is RunStatus.DONE:
            self._link_if_due()

    def _stored(self, work: Work, film: ProjectFilm, made: _Made) -> FilmOutcome:
        key = film_key(film.fingerprint, self.register.config, self.register.models, made.edits)
        if work.only_names and key == film.key:
            return FilmOutcome(work.video, RunStatus.UNCHANGED, film)
        film = replace(
            film,
            duration_s=made.duration_s,
            state=FilmState.DONE,
            error="",
            attempts=0,
            key=key,
        )
        film = self.project.put_film(film, made.people, own=digest(made.edits))
        self.register.damaged.discard(film.id)
        return FilmOutcome(work.video, RunStatus.DONE, film)

    def _report(self, work: Work, outcome: FilmOutcome) -> None:
        self.register.outcomes[work.place] = outcome
        self._count(outcome)

    def _link_if_due(self) -> None:
        done = sum(film.state is FilmState.DONE for film in self.project.films)
        if (
            self.register.damaged
        ):  # the link at the end says of which film, if none of this run mends it
            return
        if done and (done <= LINK_EACH or not done % LINK_EACH):
            self.project.link(is_last=False)

    def _count(self, outcome: FilmOutcome) -> None:
        self.reported += 1
        if isinstance(self.hook, RunHook):
            self.hook.film(outcome, self.reported, len(self.register.outcomes))

    def progress(self, work: Work, done_s: float, faces: int) -> None:
        """Add what is done of a film to what is done of all."""
        work.done_s, work.faces = min(done_s, work.length_s), faces
        self.hook.progress(
            sum(each.done_s for each in self.works),
            sum(each.length_s for each in self.works),
            sum(each.faces for each in self.works),
        )


class _FilmHook(Hook):
    """Passes on what a film's thread reports, to the thread of the run."""

    def __init__(self, run: _Run, shared: SharedWorkers, work: Work) -> None:
        self._run, self._shared, self._work = run, shared, work

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        if not self._work.length_s:  # of a film that had to be fetched
            self._work.length_s = total_s
        share = done_s / total_s if total_s else 0.0
        length_s = self._work.length_s
        self._shared.tell(partial(self._run.progress, self._work, share * length_s, faces))

    def note(self, text: str) -> None:
        line = f"{self._work.film.name}: {text}"
        self._shared.tell(partial(self._run.hook.note, line))


def _failure(film: ProjectFilm, error: Exception) -> dict[str, Any]:
    """State of a film that failed; a part that failed on several workers is not tried again."""
    if isinstance(error, PartError):
        state, attempts = FilmState.QUARANTINED, max(MOST_ATTEMPTS, film.attempts + 1)
    else:
        state, attempts = FilmState.FAILED, film.attempts + counts_against(error)
    return {"state": state, "error": one_line(error), "attempts": attempts}


def counts_against(error: Exception | None) -> bool:
    """Whether a film would fail with the same error again, and not for want of disk or models."""
    of_the_film = isinstance(error, _OF_THE_FILM) and not isinstance(error, RefusedError)
    return of_the_film or not isinstance(error, ClustererError)


def _length_s(video: Path | str) -> float:
    if isinstance(video, str):
        return 0.0  # known when it has been fetched
    try:
        return probe(video).duration_s
    except ClustererError:
        return 0.0
