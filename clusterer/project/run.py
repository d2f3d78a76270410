"""Run over many films: each is analysed and grouped, several at once, and then linked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePath
from queue import Empty, SimpleQueue
from typing import Any

from clusterer.core.address import address_of, name_of, place_of, shown
from clusterer.core.config import AUTO, Config, settings
from clusterer.core.errors import (
    ClustererError,
    ClusterError,
    ConfigError,
    PartError,
    PlugInError,
    ProjectError,
    RefusedError,
    ResultError,
    VideoError,
    WorkerError,
)
from clusterer.core.files import is_plain_file
from clusterer.core.hook import Hook
from clusterer.core.text import one_line
from clusterer.core.types import ClusteringResult, Edit
from clusterer.edits import to_dict
from clusterer.media import probe
from clusterer.models.devices import check
from clusterer.people.decide import resolved
from clusterer.people.names import own_edits
from clusterer.pipeline.elsewhere import film_at, model_hashes
from clusterer.pipeline.process import process_beside
from clusterer.pipeline.shared import SharedWorkers, Stopped
from clusterer.project.crowd import FilmPeople
from clusterer.project.describe import describe
from clusterer.project.films import digest, own
from clusterer.project.project import Project
from clusterer.project.types import FilmState, ProjectFilm
from clusterer.store.analysis_cache import analysis_key
from clusterer.store.commit import read_commit
from clusterer.store.folder import ResultFolder
from clusterer.store.names import EDITS, EXPORTS
from clusterer.store.result_json import RESULT_SCHEMA
from clusterer.store.scratch import Scratch

DESCRIPTION = 1
"""Of the content of `FilmPeople`; raised when `describe` gives others for the same result."""
MOST_ATTEMPTS = 2
"""A film that failed in so many runs is not tried again unasked."""
LINK_EACH = 50
"""Up to so many films, people are linked after each film; then after so many more, and at the end:
linking takes longer the more there are. 50 films of 100 people take a third of a second of the
processor (``python -m benchmarks speed archive --films 50``), so the first 50 some 10 s in all."""
_OF_THE_FILM = (VideoError, WorkerError, PlugInError)
"""Errors that will come again with the same film; others are due to disk, models or settings."""
_ROOM_BYTES = 32 << 20
"""With less on the disk, an error on writing ends the run: each film would be analysed for nothing.
A result has a megabyte or more."""
_READERS = 4
"""Films whose beginnings are read at once, to recognise and measure them: what takes time is
waiting for the disk or the network. Chosen, not measured: more would not help a disk that turns."""


class RunStatus(StrEnum):
    """What came of a film in a run."""

    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class FilmOutcome:
    """What came of a film.

    Attributes
    ----------
    video : as it was given; an address is text
    status : what came of it
    film : of the project; None if the file cannot be read, or it was taken out meanwhile
    error : why it failed, now or in an earlier run; None = it did not
    """

    video: Path | str
    status: RunStatus
    film: ProjectFilm | None = None
    error: Exception | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.video.name if isinstance(self.video, Path) else name_of(self.video)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What came of a run.

    Attributes
    ----------
    films : in the order in which they were given
    duration_s : time taken, seconds
    """

    films: tuple[FilmOutcome, ...]
    duration_s: float

    def count(self, status: RunStatus) -> int:
        """Number of films of that status."""
        return sum(each.status is status for each in self.films)

    @property
    def is_complete(self) -> bool:
        """Whether every film has a result."""
        return not (self.count(RunStatus.FAILED) or self.count(RunStatus.QUARANTINED))


class RunHook(Hook):
    """Progress of a run over many films; `Hook.progress` counts the seconds of all of them.

    Examples
    --------
    >>> class Names(clusterer.RunHook):
    ...     def film(self, outcome: clusterer.FilmOutcome, done: int, total: int) -> None:
    ...         print(f"{done} of {total}: {outcome.name} {outcome.status}")
    >>> e01 = clusterer.FilmOutcome(pathlib.Path("e01.mp4"), clusterer.RunStatus.DONE)
    >>> Names().film(e01, 1, 12)  # `process_all` calls it
    1 of 12: e01.mp4 done
    """

    def film(self, outcome: FilmOutcome, done: int, total: int) -> None:
        """Called when it is known what came of a film.

        Parameters
        ----------
        outcome
        done, total
            Films so far, this one included, and all.
        """


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
    """
    started_s = time.monotonic()
    check(device)
    with project.running():
        run = _Run(
            project,
            hook or Hook(),
            resolved(project.config),
            device,
            name,
            retry=retry,
            scratch=scratch,
        )
        run.register([place_of(video) for video in videos])
        run.look(executor)
    outcomes = tuple(outcome for outcome in run.outcomes if outcome is not None)
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


def film_key(
    fingerprint: str, config: Config, models: dict[str, str], edits: Sequence[Edit]
) -> str:
    """The key of all that a film's result and description depend on.

    Parameters
    ----------
    fingerprint
        Of the film.
    config, models
        Settings, and name of each weights file → sha256.
    edits
        Corrections that were made in the film itself.

    Returns
    -------
    sha256, hexadecimal
    """
    facts = {
        "analysis": analysis_key(fingerprint, config.analysis, models),
        "grouping": settings(config.clustering),
        "schemas": [RESULT_SCHEMA, DESCRIPTION],
        "edits": [to_dict(edit) for edit in edits],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def is_intact(folder: ResultFolder, fingerprint: str) -> bool:
    """Whether a folder holds the whole result of a film: all files, and none that waits."""
    try:
        if not folder.has_marker or folder.fingerprint != fingerprint or read_commit(folder.path):
            return False
        names = [name for name in folder.names if name != EDITS and not name.startswith(EXPORTS)]
        return bool(names) and all(_holds_something(folder.path / name) for name in names)
    except (ClustererError, OSError):
        return False


def _holds_something(path: Path) -> bool:
    return is_plain_file(path) and path.stat().st_size > 0


def names_of(videos: Sequence[Path | str], taken: Iterable[str] = ()) -> list[str]:
    """Name films for display, by as many of their folders as tell them apart.

    Parameters
    ----------
    videos
        All different.
    taken
        Names of other films.

    Returns
    -------
    One name for each video, its parts separated by ``/``
    """
    parts = [PurePath(os.path.abspath(video)).parts for video in videos]  # noqa: PTH100 (keeps links)
    level = [1] * len(parts)
    others = Counter(name.casefold() for name in taken)
    while True:
        names = ["/".join(map(one_line, each[-n:])) for each, n in zip(parts, level, strict=True)]
        seen = others + Counter(name.casefold() for name in names)
        shared = [
            i
            for i, name in enumerate(names)
            if seen[name.casefold()] > 1 and level[i] < len(parts[i])
        ]
        if not shared:
            return names
        for i in shared:
            level[i] += 1


@dataclass(slots=True, eq=False)
class _Work:
    """A film that has to be looked at.

    Attributes
    ----------
    place : among the films of the run
    video, film
    length_s, done_s, faces : for the progress
    only_names : the result is there, and only people are to be named
    """

    place: int
    video: Path | str
    film: ProjectFilm
    length_s: float = 0.0
    done_s: float = 0.0
    faces: int = 0
    only_names: bool = False


@dataclass(slots=True, eq=False)
class _Run:
    """One run; all but `_work_off` and what it calls happens in one thread."""

    project: Project
    hook: Hook
    config: Config
    device: str
    name: Callable[[Path], ClusteringResult] | None
    retry: bool = field(kw_only=True)
    scratch: Scratch | None = field(kw_only=True)
    models: dict[str, str] = field(init=False)
    outcomes: list[FilmOutcome | None] = field(default_factory=list)
    works: list[_Work] = field(default_factory=list)
    waiting: dict[int, _Made | Exception] = field(default_factory=dict)
    stored: int = 0
    finished: int = 0
    reported: int = 0
    is_ending: bool = False
    damaged: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.models = model_hashes(self.config.analysis)

    # --- which films there are --------------------------------------------------------------------

    def register(self, videos: Sequence[Path | str]) -> None:
        """Enter all films into the project, and find out what has to be done."""
        for video in videos:
            address = address_of(video)
            if address is not None and shown(address) != address:
                raise ConfigError(
                    f"{shown(address)} has a password or a key, which the project would store",
                    "Leave it out: keys of SSH and the configuration of fsspec can hold it",
                )
        prints = self._fingerprints(videos)
        first: dict[str, Path | str] = {}
        for video, found in zip(videos, prints, strict=True):
            if isinstance(found, str):
                first.setdefault(found, video)
        self._describe_damaged()
        known = {film.fingerprint: film for film in self.project.films}
        films = self._entered(first, known)
        for video, found in zip(videos, prints, strict=True):
            if isinstance(found, Exception):
                self.outcomes.append(FilmOutcome(video, RunStatus.FAILED, None, found))
            elif first[found] != video:
                self.hook.note(f"{video} is the same film as {first[found]}")
                self.outcomes.append(FilmOutcome(video, RunStatus.REPEATED, films[found]))
            else:
                self._plan(video, films[found])

    def _describe_damaged(self) -> None:
        """Describe films again whose vectors are damaged, from their results.

        Where the result is damaged, too, this run makes it again, if the film is part of it.
        """
        for film in self.project.films:
            if not film.key:
                continue
            try:
                self.project.film_people(film)
            except ProjectError as error:
                self.hook.note(f"{film.name} is described again: {error.cause}")
                try:
                    self.project.put_film(film, self.project.describe(film))
                except ClustererError:
                    self.damaged.add(film.id)

    def _fingerprints(self, videos: Sequence[Path | str]) -> list[str | Exception]:
        with ThreadPoolExecutor(_READERS, thread_name_prefix="read") as pool:
            return list(pool.map(_fingerprint, videos))

    def _entered(
        self, first: dict[str, Path | str], known: dict[str, ProjectFilm]
    ) -> dict[str, ProjectFilm]:
        """The films of the project, with the new ones and where each lies now."""
        self._forget_changed(first, known)
        others = [film.name for film in known.values() if film.fingerprint not in first]
        names = names_of(list(first.values()), others)
        films = {}
        for (fingerprint, video), name in zip(first.items(), names, strict=True):
            source = _source(video)
            film = known.get(fingerprint)
            if film is None:
                film = self.project.put_film(ProjectFilm(0, name, source, fingerprint, ""))
            elif film.source != source:
                if address_of(film.source) or not os.path.lexists(film.source):
                    self.hook.note(f"{film.name} lies at {source} now")
                film = self.project.put_film(replace(film, name=name, source=source))
            films[fingerprint] = film
        return films

    def _forget_changed(self, first: dict[str, Path | str], known: dict[str, ProjectFilm]) -> None:
        """Drop films without a result in whose place another lies now, as when a copy is mended."""
        sources = {_source(video) for video in first.values()}
        for film in list(known.values()):
            if film.fingerprint in first or film.source not in sources:
                continue
            if film.key:
                self.hook.note(f"{film.source} is another film than before; the project keeps both")
            else:
                self.project.remove(film)
                del known[film.fingerprint]

    def _plan(self, video: Path | str, film: ProjectFilm) -> None:
        """Find out what has to be done for a film."""
        place = len(self.outcomes)
        if film.attempts >= MOST_ATTEMPTS and not self.retry:
            if film.state is not FilmState.QUARANTINED:
                film = self.project.put_film(replace(film, state=FilmState.QUARANTINED))
            error = ClustererError(film.error)
            self.outcomes.append(FilmOutcome(video, RunStatus.QUARANTINED, film, error))
            return
        done = self._is_done(film)
        if done and self.name is None:
            self.outcomes.append(FilmOutcome(video, RunStatus.UNCHANGED, film))
        else:
            self.outcomes.append(None)
            self.works.append(_Work(place, video, film, only_names=done))

    def _is_done(self, film: ProjectFilm) -> bool:
        if film.state is not FilmState.DONE or not film.key or film.id in self.damaged:
            return False
        folder = self.project.result_folder(film)
        if not is_intact(folder, film.fingerprint):
            return False
        try:
            edits = own_edits(folder.edits.edits)
        except ClustererError:
            return False
        return film_key(film.fingerprint, self.config, self.models, edits) == film.key

    # --- the work ---------------------------------------------------------------------------------

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
        for outcome in self.outcomes:
            if outcome is not None:
                self._count(outcome)

    def _measure(self) -> None:
        """Find out how long films are; one that cannot be opened fails when its turn comes."""
        with ThreadPoolExecutor(_READERS, thread_name_prefix="probe") as pool:
            lengths = pool.map(_length_s, [work.video for work in self.works])
            for work, length_s in zip(self.works, lengths, strict=True):
                work.length_s = length_s

    def _share_out(self, executor: Executor | None) -> None:
        """Have all films looked at, by threads that share the executor."""
        from clusterer.pipeline.device import choose  # noqa: PLC0415 (loads model libraries)
        from clusterer.pipeline.look import one_thread_each  # noqa: PLC0415 (likewise)

        self.device = choose(self.device, self.config.analysis, self.hook.note)
        shared, todo = SharedWorkers(executor), SimpleQueue[_Work]()
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

    def _work_off(self, shared: SharedWorkers, todo: SimpleQueue[_Work]) -> None:
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

    def _one(self, shared: SharedWorkers, work: _Work) -> _Made:
        folder = self.project.path / work.film.folder
        executor = shared.film(work.place)
        made: _Made | None = None
        if not work.only_names:
            made = process_beside(
                work.video,
                self.config,
                folder,
                _FilmHook(self, shared, work),
                executor=executor,
                device=self.device,
                then=_made,
                scratch=self.scratch,
            )
        if self.name is not None:
            made = executor.do(_named, self.name, folder)
        assert made is not None
        return made

    def _finish(self, shared: SharedWorkers, work: _Work, result: _Made | Exception) -> None:
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

    def _store(self, work: _Work, result: _Made | Exception) -> None:
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

    def _stored(self, work: _Work, film: ProjectFilm, made: _Made) -> FilmOutcome:
        key = film_key(film.fingerprint, self.config, self.models, made.edits)
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
        self.damaged.discard(film.id)
        return FilmOutcome(work.video, RunStatus.DONE, film)

    def _report(self, work: _Work, outcome: FilmOutcome) -> None:
        self.outcomes[work.place] = outcome
        self._count(outcome)

    def _link_if_due(self) -> None:
        done = sum(film.state is FilmState.DONE for film in self.project.films)
        if self.damaged:  # the link at the end says of which film, if none of this run mends it
            return
        if done and (done <= LINK_EACH or not done % LINK_EACH):
            self.project.link(is_last=False)

    # --- what can be seen of it -------------------------------------------------------------------

    def _count(self, outcome: FilmOutcome) -> None:
        self.reported += 1
        if isinstance(self.hook, RunHook):
            self.hook.film(outcome, self.reported, len(self.outcomes))

    def progress(self, work: _Work, done_s: float, faces: int) -> None:
        """Add what is done of a film to what is done of all."""
        work.done_s, work.faces = min(done_s, work.length_s), faces
        self.hook.progress(
            sum(each.done_s for each in self.works),
            sum(each.length_s for each in self.works),
            sum(each.faces for each in self.works),
        )


class _FilmHook(Hook):
    """Passes on what a film's thread reports, to the thread of the run."""

    def __init__(self, run: _Run, shared: SharedWorkers, work: _Work) -> None:
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
        of_the_film = isinstance(error, _OF_THE_FILM) and not isinstance(error, RefusedError)
        counts = of_the_film or not isinstance(error, ClustererError)
        state, attempts = FilmState.FAILED, film.attempts + counts
    return {"state": state, "error": one_line(error), "attempts": attempts}


def _source(video: Path | str) -> str:
    """Where a film lies: its address, or the whole path."""
    return address_of(video) or os.path.abspath(video)  # noqa: PTH100 (removes .., keeps links)


def _fingerprint(video: Path | str) -> str | Exception:
    try:
        return film_at(video).fingerprint
    except ClustererError as error:
        return error


def _length_s(video: Path | str) -> float:
    if isinstance(video, str):
        return 0.0  # known when it has been fetched
    try:
        return probe(video).duration_s
    except ClustererError:
        return 0.0
