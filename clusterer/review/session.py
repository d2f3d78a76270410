"""The corrections of one result folder, and the result that follows from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from clusterer.core.errors import ClustererError, EditsError, ResultError
from clusterer.core.types import Action, ClusteringResult, Edit
from clusterer.edits import EditLog
from clusterer.outputs import save as result_folder
from clusterer.people.amend import amend
from clusterer.people.decide import decide
from clusterer.review.writer import Writer, Written
from clusterer.store.folder import ResultFolder
from clusterer.store.names import ANALYSIS, RESULT
from clusterer.store.run_lock import WAIT, run_lock

Stamp = tuple[int, int, int]


class ConflictError(ClustererError):
    """A change starts from corrections that are not those of the session."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What holds at one moment.

    Attributes
    ----------
    log : as in ``edits.json``
    result : what follows from it
    """

    log: EditLog
    result: ClusteringResult


@dataclass(frozen=True, slots=True)
class Changed:
    """Answer to a change.

    Attributes
    ----------
    count : number of corrections now
    reload : whether the grouping is another one, so that the page must be loaded anew
    """

    count: int
    reload: bool


class Session:
    """Takes corrections; each is in ``edits.json`` before its method returns.

    Changes go one after the other. `state` is put in place whole, so reading it waits for nobody,
    and `writer` brings the tables to the disk in the background.

    Parameters
    ----------
    folder
        A result folder. Where its ``edits.json`` says more, or other, than its tables, these are
        written anew.
    save
        Writes a result into a folder.

    Raises
    ------
    ResultError
        See `ResultFolder.load`.
    EditsError
        ``edits.json`` is damaged.
    """

    def __init__(
        self,
        folder: Path,
        save: Callable[[ClusteringResult, Path], None] = result_folder.save,
    ) -> None:
        self.folder = ResultFolder(folder)
        loaded = self.folder.load()
        log = self.folder.edits
        self._config = loaded.config
        self._base = _base(loaded)
        self._lock = Lock()
        self._closed = False
        self._seen = self._stamp()
        self._save = save
        self._written = self._tables()
        log = replace(log, video=Path(loaded.analysis.video.path).name)
        self._state = State(log, self._catch_up(loaded, log.edits))
        self.writer = Writer(self._write, len(loaded.edits))
        if self._state.result is not loaded:
            self.writer.submit(self._state.result)

    @property
    def state(self) -> State:
        """What holds now."""
        return self._state

    @property
    def count(self) -> int:
        """Number of corrections."""
        return len(self._state.log.edits)

    def append(self, edit: Edit, count: int) -> Changed:
        """Add a correction; what was undone is forgotten.

        Parameters
        ----------
        edit
            Any but `Action.REGROUP`, for which there is `regroup`.
        count
            Number of corrections that the caller knows.

        Raises
        ------
        ConflictError
            There are more or fewer, the review has ended, or another program changed
            ``edits.json``.
        EditsError
            The correction is none to be added.
        ResultError
            ``edits.json`` cannot be written. Nothing is changed.
        """
        if edit.action is Action.REGROUP:
            raise EditsError("Grouping again is no correction", "Ask for it on its own")
        with self._lock:
            self._check(count)
            edits = (*self._state.log.edits, _stamped(edit))
            return self._take(
                replace(self._state.log, edits=edits, undone=()), amend(self._state.result, edits)
            )

    def undo(self, count: int) -> Changed:
        """Take the last correction back; errors as of `append`."""
        with self._lock:
            self._check(count)
            log = self._state.log
            if not log.edits:
                raise ConflictError("There is nothing to undo")
            after = replace(log, edits=log.edits[:-1], undone=(*log.undone, log.edits[-1]))
            if len(after.edits) < self._state.result.grouped_under:
                return self._group(after, grouped_under(after.edits, self._base))
            return self._take(after, amend(self._state.result, after.edits))

    def redo(self, count: int) -> Changed:
        """Make the correction again that was undone last; errors as of `append`."""
        with self._lock:
            self._check(count)
            log = self._state.log
            if not log.undone:
                raise ConflictError("There is nothing to do again")
            after = replace(log, edits=(*log.edits, log.undone[-1]), undone=log.undone[:-1])
            if log.undone[-1].action is Action.REGROUP:
                return self._group(after, len(after.edits))
            return self._take(after, amend(self._state.result, after.edits))

    def regroup(self, count: int) -> Changed:
        """Group again under all corrections; errors as of `append`, and of `decide`."""
        with self._lock:
            self._check(count)
            edits = (*self._state.log.edits, _stamped(Edit(Action.REGROUP)))
            return self._group(replace(self._state.log, edits=edits, undone=()), len(edits))

    def close(self) -> Written:
        """Let the change in hand end, take no more, and write the newest result."""
        with self._lock:
            self._closed = True
        return self.writer.close()

    def _check(self, count: int) -> None:
        if self._closed:
            raise ConflictError("The review has ended", "Start it again")
        if count != self.count:
            raise ConflictError(
                f"The page knows {count} corrections, there are {self.count}", "Load it again"
            )
        if self._stamp() != self._seen:
            raise ConflictError(
                f"Another program has changed {self.folder.edits_file}",
                "Stop this review and start it again",
            )

    def _group(self, log: EditLog, under: int) -> Changed:
        analysis = self._state.result.analysis
        result = decide(analysis, self._config, log.edits, grouped_under=under)
        return replace(self._take(log, result), reload=True)

    def _take(self, log: EditLog, result: ClusteringResult) -> Changed:
        """Put a new state in place, once it is on the disk."""
        try:
            self.folder.write_edits(log)
        except EditsError as error:
            raise ResultError(error.cause, error.remedy) from None
        self._seen = self._stamp()
        self._state = State(log, result)
        self.writer.submit(result)
        return Changed(len(log.edits), reload=False)

    def _catch_up(self, loaded: ClusteringResult, edits: tuple[Edit, ...]) -> ClusteringResult:
        """The result under `edits`: what was loaded, if it is that, and grouped anew if need be."""
        if edits == loaded.edits:
            return loaded
        done = loaded.grouped_under
        regrouped = any(edit.action is Action.REGROUP for edit in edits[done:])
        if edits[:done] == loaded.edits[:done] and not regrouped:
            return amend(loaded, edits)
        under = grouped_under(edits, self._base)
        return decide(loaded.analysis, self._config, edits, grouped_under=under)

    def _write(self, result: ClusteringResult) -> None:
        """Write the tables, unless a run is at work or has written its own; in the writer only."""
        with run_lock(self.folder.path, remedy=WAIT):
            if self._tables() != self._written:
                raise ResultError(
                    f"Another run has written {self.folder.path} anew", "Start the review again"
                )
            self._save(result, self.folder.path)
            self._written = self._tables()

    def _tables(self) -> tuple[Stamp | None, ...]:
        return tuple(_stamp(self.folder.path / name) for name in (ANALYSIS, RESULT))

    def _stamp(self) -> Stamp | None:
        return _stamp(self.folder.edits_file)


def _stamp(path: Path) -> Stamp | None:
    """What tells one version of a file from another."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def grouped_under(edits: Sequence[Edit], base: int) -> int:
    """Number of first corrections that the grouping is made under.

    Parameters
    ----------
    edits
    base
        Number without any `Action.REGROUP` among them; no more than there are.
    """
    for i in reversed(range(len(edits))):
        if edits[i].action is Action.REGROUP:
            return i + 1
    return min(base, len(edits))


def _base(loaded: ClusteringResult) -> int:
    """Number of corrections that a grouping was made under which nobody asked for in a review.

    What it was before a review grouped again is not stored: as a rule, none.
    """
    under = loaded.grouped_under
    asked = 0 < under <= len(loaded.edits) and loaded.edits[under - 1].action is Action.REGROUP
    return 0 if asked else under


def _stamped(edit: Edit) -> Edit:
    return edit if edit.at else replace(edit, at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
