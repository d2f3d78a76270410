"""Watch a folder: films that arrive there join a project once they are complete."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from clusterer.core.errors import ClusterError, ProjectError, ResultError, VideoError
from clusterer.core.folders import is_folder
from clusterer.media import probe
from clusterer.project.find import Why, find_films, state
from clusterer.project.place import as_project_error
from clusterer.project.project import Project
from clusterer.project.register import source_of
from clusterer.project.run import counts_against, process_all
from clusterer.project.run_outcome import FilmOutcome, RunHook, RunOutcome, RunStatus
from clusterer.project.types import FilmState
from clusterer.store.run_lock import watch_lock

EVERY_S = 30.0
"""Between two looks. A look at 10,000 files takes a second of a local disk."""
UNCHANGED_S = 60.0
"""How long size and time of a file must stay before it is taken for complete. Programs that copy or
record write at least once a second; a network that stands still for a minute breaks their
connection."""
_LATER = (ProjectError, ResultError, ClusterError)
"""Errors that may be gone at the next look, such as a full disk, or another run in the project."""
Run = Callable[[Sequence[Path], RunHook], RunOutcome]
"""Adds films to the project, and reports to a hook what comes of them."""


@dataclass(slots=True)
class _File:
    """A file of the folder.

    Attributes
    ----------
    stamp : size, and when it was written to, as of the last look
    since_s : since when that is so, on the watcher's clock
    done : stamp with which nothing is left to do; None = none
    said : the last trouble with it that was reported
    """

    stamp: tuple[int, int]
    since_s: float
    done: tuple[int, int] | None = None
    said: str = ""


@dataclass(slots=True, eq=False)
class Watcher:
    """Adds the films of a folder to a project, each once it is complete.

    A film is complete when its size and its time have not changed for `unchanged_s` on this
    machine's clock, and it opens as a video. `find_films` says what is passed over: hidden files,
    and names of partial copies. A film that fails is reported, and tried again when it changes;
    what may be gone later, such as a full disk, at the next look.

    Attributes
    ----------
    folder
    project
    hook : receives progress and notes, and what comes of each film
    unchanged_s : seconds, 0 or more
    subfolders : whether films are looked for in folders below, too
    run : adds films to the project; None = `process_all`

    Examples
    --------
    >>> project = clusterer.Project.create("season.cast")
    >>> clusterer.Watcher("incoming", project).look()  # nothing has arrived
    ()
    """

    folder: Path
    project: Project
    hook: RunHook = field(default_factory=RunHook)
    unchanged_s: float = UNCHANGED_S
    subfolders: bool = True
    run: Run | None = None
    _files: dict[Path, _File] = field(default_factory=dict)
    _noted: set[object] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.folder = Path(self.folder)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other watchers of the project out, on this machine.

        Raises
        ------
        ProjectError
            Another one watches for it.
        """
        with as_project_error(), watch_lock(self.project.path):
            yield

    def look(self, *, by_age: bool = False) -> tuple[FilmOutcome, ...]:
        """Look once, and add what is complete.

        Parameters
        ----------
        by_age
            Trust the time at which a file was written to, for a single look.

        Returns
        -------
        What came of the films that were complete

        Raises
        ------
        ConfigError, ModelError, DependencyError
            As of `process_all`.
        """
        ready = [path for path in self._found() if self._is_complete(path, by_age=by_age)]
        known = self._known() if ready else set()
        opened = [None if source_of(path) in known else self._opened(path) for path in ready]
        broken = tuple(each for each in opened if each is not None)
        films = [path for path, each in zip(ready, opened, strict=True) if each is None]
        return (*broken, *(self._added(films) if films else ()))

    def _found(self) -> list[Path]:
        """The films that are there, with `_files` up to date."""
        if not is_folder(self.folder):
            self._note(self.folder, f"{self.folder} is not there; it is looked for again")
            return []
        self._noted.discard(self.folder)
        found = find_films([self.folder], lambda _s: None, subfolders=self.subfolders)
        for each in found.left_out:
            if each.why in {Why.CLOSED, Why.BROKEN}:
                self._note(each, f"{each.path} is left out: {each.why}")
        now_s = time.monotonic()
        videos = [video for video in found.videos if isinstance(video, Path)]
        for path in videos:
            stamp = state(path)
            file = self._files.setdefault(path, _File(stamp, now_s))
            if file.stamp != stamp:
                file.stamp, file.since_s = stamp, now_s
        return videos

    def _is_complete(self, path: Path, *, by_age: bool) -> bool:
        file = self._files[path]
        if file.done == file.stamp:
            return False
        _, written_ns = file.stamp
        age_s = time.time() - written_ns / 1e9 if by_age else time.monotonic() - file.since_s
        return age_s >= self.unchanged_s

    def _known(self) -> set[str]:
        """Where the films lie that the project has a result of: they have been opened before."""
        return {film.source for film in self.project.films if film.state is FilmState.DONE}

    def _opened(self, path: Path) -> FilmOutcome | None:
        """Why a film cannot be opened; None = it can."""
        try:
            probe(path)
        except VideoError as error:
            outcome = FilmOutcome(path, RunStatus.FAILED, None, error)
            self._files[path].done = self._files[path].stamp
            self.hook.film(outcome, 1, 1)
            return outcome
        return None

    def _added(self, films: Sequence[Path]) -> tuple[FilmOutcome, ...]:
        """Add films to the project."""
        before = {path: self._files[path].stamp for path in films}
        hook = _Once(self.hook, self._files)
        run = self.run or self._run
        try:
            outcomes = run(films, hook).films
        except _LATER as error:
            self._note("run", f"{error}. It is tried again at the next look")
            return ()
        self._noted.discard("run")
        for outcome in outcomes:
            if isinstance(outcome.video, Path) and _is_finished(outcome):
                self._files[outcome.video].done = before[outcome.video]
        return outcomes

    def _run(self, films: Sequence[Path], hook: RunHook) -> RunOutcome:
        return process_all(films, self.project, hook)

    def _note(self, what: object, text: str) -> None:
        """Note something once, until it is forgotten."""
        if what not in self._noted:
            self._noted.add(what)
            self.hook.note(text)


class _Once(RunHook):
    """Passes on what comes of films, but not the same trouble with a film again."""

    def __init__(self, hook: RunHook, files: dict[Path, _File]) -> None:
        self._hook, self._files = hook, files

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        self._hook.progress(done_s, total_s, faces)

    def note(self, text: str) -> None:
        self._hook.note(text)

    def film(self, outcome: FilmOutcome, done: int, total: int) -> None:
        file = self._files.get(Path(outcome.video))
        said = str(outcome.error or "")
        if file is None or not said or file.said != said:
            self._hook.film(outcome, done, total)
        if file is not None:
            file.said = said


def _is_finished(outcome: FilmOutcome) -> bool:
    """Whether nothing is left to do for a film until its file changes."""
    if outcome.status is not RunStatus.FAILED:
        return True
    return outcome.film is not None and counts_against(outcome.error)


def watch(  # noqa: PLR0913 (as of `Watcher`)
    folder: Path | str,
    project: Project,
    hook: RunHook | None = None,
    *,
    every_s: float = EVERY_S,
    unchanged_s: float = UNCHANGED_S,
    subfolders: bool = True,
    once: bool = False,
    stop: Event | None = None,
    run: Run | None = None,
) -> None:
    """Watch a folder until it is stopped: films that arrive there join a project.

    It looks at the folder from time to time, which works on network drives, too. Whatever ends it,
    the next one goes on where it stopped.

    Parameters
    ----------
    folder
        Need not be there all the time.
    project
    hook, unchanged_s, subfolders, run
        As of `Watcher`.
    every_s
        Seconds between two looks.
    once
        Look once: a film is complete if it was written to `unchanged_s` ago.
    stop
        When set, watching ends before the next look.

    Raises
    ------
    ConfigError, ModelError, DependencyError
        As of `process_all`.
    ProjectError
        Another watcher is at work for the project.

    Examples
    --------
    >>> project = clusterer.Project.create("season.cast")
    >>> clusterer.watch("incoming", project, once=True)
    """
    watcher = Watcher(Path(folder), project, hook or RunHook(), unchanged_s, subfolders, run)
    ending = stop or Event()
    with watcher.alone():
        while not ending.is_set():
            watcher.look(by_age=once)
            if once or ending.wait(every_s):
                return
