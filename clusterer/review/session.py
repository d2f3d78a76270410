"""The corrections of a result folder, and the result that follows from them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from clusterer.core.config import Config
from clusterer.core.errors import ClustererError, EditsError, ResultError
from clusterer.core.types import OF_TRACKS, Action, ClusteringResult, Edit
from clusterer.edits import EditLog, revise
from clusterer.edits.applied import applied_at, with_applied
from clusterer.outputs.save import save as save_result
from clusterer.people.amend import amend, as_grouped
from clusterer.people.decide import decide
from clusterer.people.names import own_edits
from clusterer.people.numbering import changes, keep_numbers, with_numbers
from clusterer.review.writer import Writer, Written
from clusterer.store.commit import Version, read_commit, version, versions
from clusterer.store.folder import ResultFolder
from clusterer.store.names import EDITS
from clusterer.store.result_json import AGAIN
from clusterer.store.run_lock import WAIT

if TYPE_CHECKING:
    from clusterer.pipeline.added import MissedFace


class ConflictError(ClustererError):
    """A change is based on corrections other than those of the session."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Corrections and the result that follows from them.

    Attributes
    ----------
    log : as in ``edits.json``
    result : the result under these corrections
    """

    log: EditLog
    result: ClusteringResult


@dataclass(frozen=True, slots=True)
class Changed:
    """The outcome of a change.

    Attributes
    ----------
    count : number of corrections now
    reload : whether the grouping or the tracks have changed, so that the page must be reloaded
    people : after grouping again, what has become of people, see `clusterer.people.numbering`
    """

    count: int
    reload: bool
    people: Mapping[str, int] | None = field(default=None, compare=False)


class Session:
    """Accepts corrections; each is saved in ``edits.json`` before its method returns.

    Changes are made one at a time. `state` is replaced as a whole, so reading it never blocks, and
    `writer` saves the tables in the background.

    Parameters
    ----------
    folder
        A result folder. If its tables do not match its ``edits.json``, they are rewritten.
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
        save: Callable[[ClusteringResult, Path], None] = save_result,
    ) -> None:
        self.folder = ResultFolder(folder)
        if read_commit(folder) is not None:  # of a writer that was killed
            with suppress(ResultError), self.folder.locked(remedy=WAIT):
                pass
        self._written, self._seen = versions(folder), self._stamp()  # before they are read
        loaded = self.folder.load()
        if loaded.analysis.is_bare:
            raise ResultError(f"{folder} holds only tables, and there is nothing to look at", AGAIN)
        log = self.folder.edits
        self._config = _own_config(loaded)
        self._base = _base(loaded)
        self._numbers = {_under(loaded): loaded.grouped.numbers}
        self._lock = Lock()
        self._closed = False
        self._save = save
        log = replace(log, video=Path(loaded.analysis.video.path).name)
        self._state = State(log, self._catch_up(loaded, log.edits))
        self.writer = Writer(self._write, len(loaded.edits))
        if self._state.result is not loaded:
            self.writer.submit(self._state.result)

    @property
    def state(self) -> State:
        """The current corrections and result."""
        return self._state

    @property
    def count(self) -> int:
        """Number of corrections."""
        return len(self._state.log.edits)

    @property
    def grouping(self) -> str:
        """Hexadecimal digits that tell the grouping, without corrections, from another one."""
        grouped = as_grouped(self._state.result).grouped
        numbers = repr(sorted(grouped.numbers.items()))
        return hashlib.sha256(grouped.labels.tobytes() + numbers.encode()).hexdigest()[:16]

    @property
    def is_current(self) -> bool:
        """Whether ``edits.json`` is as this session left it."""
        return self._stamp() == self._seen

    def append(self, edit: Edit, count: int) -> Changed:
        """Add a correction; undone corrections are dropped.

        Parameters
        ----------
        edit
            Any but `Action.REGROUP`; use `regroup` for that.
        count
            Number of corrections that the caller has.

        Raises
        ------
        ConflictError
            `count` differs, the review has ended, or another program changed ``edits.json``.
        EditsError
            The correction is not one that can be added.
        ResultError
            ``edits.json`` cannot be written. Nothing has changed.
        """
        if edit.action is Action.REGROUP:
            raise EditsError("Grouping again is not a correction", "Use the button Group again")
        with self._lock:
            self._check(count)
            edits = (*self._state.log.edits, _stamped(edit))
            if edit.action in OF_TRACKS and (
                why := revise(self._state.result.analysis, edits).notes[-1]
            ):
                raise EditsError(f"The correction does not apply: {why}", "Reload the page")
            return self._take(
                replace(self._state.log, edits=edits, undone=()), amend(self._state.result, edits)
            )

    def add_face(self, missed: MissedFace, count: int) -> Changed:
        """Add a face that the analysis missed.

        Parameters
        ----------
        missed
            Found in the analysis of `state`.
        count
            Number of corrections that the caller has; raises as `append` does.
        """
        from clusterer.pipeline.missed import store  # noqa: PLC0415 (loads the networks' libraries)

        with self._lock:
            self._check(count)
            self.writer.flush()  # it holds the same lock while it writes
            with self.folder.locked(remedy=WAIT):
                if versions(self.folder.path) != self._written:
                    raise ConflictError(
                        f"Another run has written {self.folder.path} anew", "Start the review again"
                    )
                store(self.folder, missed)
                self._written = versions(self.folder.path)
                self.folder.use(missed.analysis)
            edits = (*self._state.log.edits, _stamped(missed.edit))
            result = amend(missed.added_to(self._state.result), edits)
            return self._take(replace(self._state.log, edits=edits, undone=()), result)

    def undo(self, count: int) -> Changed:
        """Undo the last correction that no project wrote down; raises as `append` does."""
        with self._lock:
            self._check(count)
            log = self._state.log
            own = own_edits(log.edits)
            if not own:
                raise ConflictError("There is nothing to undo")
            at = len(log.edits) - 1
            while log.edits[at] is not own[-1]:
                at -= 1
            edits = (*log.edits[:at], *log.edits[at + 1 :])
            after = replace(log, edits=edits, undone=(*log.undone, own[-1]))
            if at < self._state.result.grouped_under:
                return self._group(after, grouped_under(after.edits, self._base))
            return self._take(after, amend(self._state.result, after.edits))

    def redo(self, count: int) -> Changed:
        """Redo the correction that was undone last; raises as `append` does."""
        with self._lock:
            self._check(count)
            log = self._state.log
            if not log.undone:
                raise ConflictError("There is nothing to redo")
            after = replace(log, edits=(*log.edits, log.undone[-1]), undone=log.undone[:-1])
            if log.undone[-1].action is Action.REGROUP:
                return self._group(after, len(after.edits))
            return self._take(after, amend(self._state.result, after.edits))

    def regroup(self, count: int, threshold: float | None = None) -> Changed:
        """Group again under all corrections; raises as `append` and `decide` do.

        Parameters
        ----------
        count
            Number of corrections that the caller has.
        threshold
            To group with from now on, 0 to 2; None = the one before. Undoing goes back to it; in a
            later session, from the first one applied to the encoder's default.
        """
        with self._lock:
            self._check(count)
            edits = (*self._state.log.edits, _stamped(Edit(Action.REGROUP, threshold=threshold)))
            return self._group(replace(self._state.log, edits=edits, undone=()), len(edits))

    def close(self) -> Written:
        """Finish the current change, accept no more, and save the newest result."""
        with self._lock:
            self._closed = True
        return self.writer.close()

    def _check(self, count: int) -> None:
        if self._closed:
            raise ConflictError("The review has ended", "Start it again")
        if count != self.count:
            raise ConflictError(
                f"The page has {count} corrections, but the review has {self.count}", "Reload it"
            )
        self._check_unchanged()

    def _check_unchanged(self) -> None:
        if self._stamp() != self._seen:
            raise ConflictError(
                f"Another program has changed {self.folder.edits_file}",
                "Stop this review and start it again",
            )

    def _group(self, log: EditLog, under: int) -> Changed:
        analysis = self._state.result.analysis
        config = with_applied(self._config, log.edits[:under])
        before = self._state.result
        result = decide(analysis, config, log.edits, grouped_under=under)
        if log.edits[:under] in self._numbers:  # as it was before
            result = with_numbers(result, self._numbers[log.edits[:under]])
        else:
            result = keep_numbers(before, result)
        changed = replace(self._take(log, result), reload=True, people=changes(before, result))
        self._numbers[_under(result)] = result.grouped.numbers
        return changed

    def _take(self, log: EditLog, result: ClusteringResult) -> Changed:
        """Replace the state, once the corrections are saved."""
        with self.folder.editing():
            self._check_unchanged()
            try:
                self.folder.write_edits(log)
            except EditsError as error:
                raise ResultError(error.cause, error.remedy) from None
            self._seen = self._stamp()
        before = self._state.result.analysis
        self._state = State(log, result)
        self.writer.submit(result)
        return Changed(len(log.edits), reload=not result.analysis.has_tracks_of(before))

    def _catch_up(self, loaded: ClusteringResult, edits: tuple[Edit, ...]) -> ClusteringResult:
        """The result under `edits`: the one loaded if it matches, regrouped if necessary."""
        if edits == loaded.edits:
            return loaded
        done = loaded.grouped_under
        regrouped = any(edit.action is Action.REGROUP for edit in edits[done:])
        if edits[:done] == loaded.edits[:done] and not regrouped:
            return amend(loaded, edits)
        under = grouped_under(edits, self._base)
        config = with_applied(self._config, edits[:under])
        found = decide(loaded.analysis, config, edits, grouped_under=under)
        return keep_numbers(loaded, found)

    def _write(self, result: ClusteringResult) -> None:
        """Write the tables, unless a run is at work or has written its own; in the writer only."""
        with self.folder.locked(remedy=WAIT):
            if versions(self.folder.path) != self._written:
                raise ResultError(
                    f"Another run has written {self.folder.path} anew", "Start the review again"
                )
            self._save(result, self.folder.path)
            self._written = versions(self.folder.path)

    def _stamp(self) -> Version | None:
        return version(self.folder.path, EDITS)


def grouped_under(edits: Sequence[Edit], base: int) -> int:
    """Count the leading corrections that the grouping takes into account.

    Parameters
    ----------
    edits
    base
        The count if there is no `Action.REGROUP` among them; at most their number.
    """
    for i in reversed(range(len(edits))):
        if edits[i].action is Action.REGROUP:
            return i + 1
    return min(base, len(edits))


def _under(result: ClusteringResult) -> tuple[Edit, ...]:
    """The corrections that a result was grouped under."""
    return result.edits[: result.grouped_under]


def _own_config(loaded: ClusteringResult) -> Config:
    """Settings without the threshold that a review applied; then the encoder's default counts."""
    at = applied_at(loaded.edits[: loaded.grouped_under])
    if at is None or loaded.threshold != loaded.edits[at].threshold:
        return loaded.config
    return loaded.config.with_clustering(threshold=None)


def _base(loaded: ClusteringResult) -> int:
    """Number of corrections behind the grouping of the last run, not of a review.

    If a review has grouped again since, the number is not stored; it is usually 0.
    """
    under = loaded.grouped_under
    asked = 0 < under <= len(loaded.edits) and loaded.edits[under - 1].action is Action.REGROUP
    return 0 if asked else under


def _stamped(edit: Edit) -> Edit:
    return edit if edit.at else replace(edit, at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
