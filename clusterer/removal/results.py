"""Remove biometric data from one result folder."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.errors import (
    CacheError,
    ClustererError,
    system_libraries,
)
from clusterer.core.files import is_plain_file, is_there, writing
from clusterer.core.text import counted, folded
from clusterer.core.types import Analysis, ClusteringResult, Identity
from clusterer.edits import EditLog
from clusterer.outputs.bare import (
    forget_film,
    remove_pictures,
    tables_of,
    text_endings,
    with_pictures,
)
from clusterer.outputs.save import save
from clusterer.people.remove import (
    Removal,
    edits_without,
    nameless,
    without_biometrics,
    without_names,
    without_people,
)
from clusterer.project.films import with_edits
from clusterer.removal.types import Choice, PurgedFolder, PurgedKind
from clusterer.store import edits_json, withdrawn
from clusterer.store.analysis_cache import BARE_KEY, AnalysisCache, load_analysis, put_bare
from clusterer.store.analysis_npz import read_meta
from clusterer.store.commit import read_commit
from clusterer.store.edits_json import kept_logs
from clusterer.store.folder import ResultFolder
from clusterer.store.load import read_people
from clusterer.store.names import (
    ANALYSIS,
    CHIPS,
    EDITS,
    MARKER,
    PARTIAL,
    PROXY,
    PROXY_PARTS,
    RESULT,
    TABLES,
    WITHDRAWN,
    face_picture,
    frame_picture,
    picture_number,
    torso_picture,
)
from clusterer.store.run_lock import WAIT


def age_of(path: Path) -> float:
    """When a result was last changed by a run or a review, seconds since 1970; 0 = not known."""
    places = [path / name for name in (ANALYSIS, RESULT, EDITS)]
    with suppress(OSError):
        places += list((path / PARTIAL).iterdir())
    return max((each.stat().st_mtime for each in places if is_plain_file(each)), default=0.0)


@dataclass(frozen=True, slots=True)
class ResultPurge:
    """What is to be removed from a result folder.

    Attributes
    ----------
    path : of the folder
    choice
    tracks : of the people who go, where a project says so; None = the choice's names say it
    names : that these people have in the project
    """

    path: Path
    choice: Choice
    tracks: tuple[int, ...] | None = None
    names: tuple[str, ...] = ()

    @property
    def of_some(self) -> bool:
        """Whether some people go, and all others stay."""
        return bool(self.choice.people)

    def plan(self) -> PurgedFolder | None:
        """What goes; None = nothing.

        Raises
        ------
        ConfigError
            Several people have a name.
        ResultError
            The result is to be rewritten, and cannot be read.
        """
        folder = ResultFolder(self.path)
        if read_commit(self.path) is not None:  # of a purge that was killed, for one
            with folder.locked(remedy=WAIT):
                pass
        if self.of_some:
            return self._plan_of_some(folder)
        if not self._keeps_tables(folder):
            deleted = [*_existing(folder, folder.names - {WITHDRAWN}), *_logs(folder)]
            if not deleted and folder.names != {WITHDRAWN}:  # a killed purge has left the marker
                deleted = _existing(folder, [MARKER])
            return self._listed(folder, _people(self.path), deleted, ()) if deleted else None
        deleted = self._pictures(folder)
        rewritten = [] if self._is_bare(folder) else [*TABLES, ANALYSIS]
        if not self.choice.keep_names and (self._has_names(folder) or rewritten):
            rewritten = [*TABLES, ANALYSIS, EDITS]
        if not (deleted or rewritten):
            return None
        return self._listed(folder, _people(self.path), deleted, _existing(folder, rewritten))

    def carry_out(self) -> tuple[str, ...]:
        """Remove it; an interrupted call can be repeated.

        Returns
        -------
        What the user should know, one line each

        Raises
        ------
        ResultError
            Another program is at work in the folder, or a file cannot be read, written or deleted.
        """
        folder = ResultFolder(self.path)
        with folder.locked(remedy=WAIT):
            # Names of exports contain those of people: a killed purge has deleted the files only.
            folder.remove(name for name in folder.names if not is_there(self.path / name))
            if self.of_some:
                return self._remove_some(folder)
            if self._keeps_tables(folder):
                self._keep_tables(folder)
                return ()
            forget_film(folder)
            _delete(_logs(folder), self.path)
            folder.remove_all(keep={WITHDRAWN})
        return ()

    def _keeps_tables(self, folder: ResultFolder) -> bool:
        return self.choice.keep_tables and is_plain_file(folder.place(RESULT))

    def _is_bare(self, folder: ResultFolder) -> bool:
        with suppress(CacheError):
            return read_meta(folder.place(ANALYSIS)).get("key") == BARE_KEY
        return False

    def _has_names(self, folder: ResultFolder) -> bool:
        logs = (*folder.edits.edits, *folder.edits.undone, *folder.saved_edits)
        return nameless(logs) != logs

    def _pictures(self, folder: ResultFolder) -> list[str]:
        """Files that go where tables stay: all that are not known to be free of pictures."""
        if self.choice.keep_names:
            return with_pictures(folder, text_endings())
        return [*with_pictures(folder, ()), *kept_logs(folder.path)]

    def _keep_tables(self, folder: ResultFolder) -> None:
        """Rewrite the result without pictures and vectors, and delete the rest."""
        forget_film(folder)
        beside = [name for name in self._pictures(folder) if not name.startswith(_COMMITTED)]
        _delete([name for name in beside if name not in folder.names], self.path)
        folder.remove(name for name in beside if name in folder.names)
        with folder.editing(), system_libraries():
            log = folder.edits
            result = with_edits(folder.load(), log.edits)
            if not self.choice.keep_names:
                result = without_names(result)
                log = EditLog(result.edits, nameless(log.undone), log.video)
            result = without_biometrics(result)
            put_bare(folder, result.analysis)
            save(result, folder, _edits_file(folder, log))
            folder.normalise_marker()
        remove_pictures(folder)

    def _plan_of_some(self, folder: ResultFolder) -> PurgedFolder | None:
        if not is_plain_file(folder.place(RESULT)):
            return None
        result = _current(folder)
        gone, names = self._who(result)
        if not gone:
            return None
        pictures = set(_pictures_of(folder, result.analysis, gone))
        deleted = [*_existing(folder, pictures), *self._of_everybody(folder)]
        rewritten = _existing(folder, [*TABLES, ANALYSIS, EDITS])
        return self._listed(folder, names, deleted, rewritten)

    def _of_everybody(self, folder: ResultFolder) -> list[str]:
        """Files that show all people, and that can be made again."""
        kept = {*tables_of(folder), PROXY}
        below = (f"{CHIPS}/", f"{PROXY_PARTS}/")
        return [
            name for name in _existing(folder, folder.names - kept) if not name.startswith(below)
        ]

    def _who(self, result: ClusteringResult) -> tuple[frozenset[int], tuple[str, ...]]:
        """Tracks and names of the people who go."""
        if self.tracks is not None:
            return frozenset(self.tracks), self.names
        found = {}
        for wanted in self.choice.people:
            if who := _find(result, wanted):
                found[who.id] = who
        tracks = frozenset(track for who in found.values() for track in who.track_ids)
        return tracks, tuple(who.name for who in found.values())

    def _remove_some(self, folder: ResultFolder) -> tuple[str, ...]:
        with folder.editing(), system_libraries():
            log = folder.edits
            result = with_edits(folder.load(), log.edits)
            gone, names = self._who(result)
            if not gone:
                return ()
            notes = _withdraw(folder, result.analysis, gone)
            others = [n for n in self._of_everybody(folder) if not n.startswith(f"{PARTIAL}/")]
            folder.remove(others)
            _clean_logs(folder, {*names, *self.names})
            removal = without_people(result, gone, self.names)
            shots = _shots(result.analysis, gone)
            undone = edits_without(log.undone, result, gone, self.names)
            _put(folder, removal, shots)
            left = EditLog(removal.result.edits, undone, log.video)
            save(removal.result, folder, _edits_file(folder, left, always=True))
            folder.normalise_marker()
        return (*notes, *_unknown(folder, removal.result))

    def _listed(
        self,
        folder: ResultFolder,
        people: tuple[str, ...],
        deleted: Iterable[str],
        rewritten: Iterable[str],
    ) -> PurgedFolder:
        going, changed = sorted(set(deleted)), sorted(set(rewritten))
        size = sum((folder.path / name).stat().st_size for name in (*going, *changed))
        return PurgedFolder(
            self.path, PurgedKind.RESULT, people, tuple(going), tuple(changed), size
        )


_COMMITTED = (f"{CHIPS}/", f"{PARTIAL}/")
"""Deleted at once with the old analysis."""


def _find(result: ClusteringResult, wanted: str) -> Identity | None:
    """Somebody by name or id, also an unknown; None = nobody here."""
    everyone = (*result.people, *result.unknowns)
    if not any(wanted == who.id or folded(wanted) == folded(who.name) for who in everyone):
        return None
    return result.person(wanted)


def _current(folder: ResultFolder) -> ClusteringResult:
    with system_libraries():
        return with_edits(folder.load(), folder.edits.edits)


def _people(path: Path) -> tuple[str, ...]:
    """Names of the people of a result, as far as it can be read."""
    try:
        return tuple(who.name for who in read_people(path))
    except ClustererError:
        return ()


def _existing(folder: ResultFolder, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if is_plain_file(folder.path / name))


def _names(analysis: Analysis, row: int) -> tuple[str, str, str]:
    """Names of the pictures of a face, of the torso below it, and of its whole frame."""
    detections = analysis.detections
    number = picture_number(int(analysis.track_of_row[row]), detections.boxes[row].tolist())
    frame = int(detections.frame_index[row])
    return face_picture(number, frame), torso_picture(number, frame), frame_picture(number, frame)


def _shots(analysis: Analysis, tracks: Iterable[int]) -> frozenset[int]:
    """Shots in which some tracks are: whole frames of others may show them, too."""
    return frozenset(analysis.tracks[track].shot_index for track in tracks)


def _pictures_of(folder: ResultFolder, now: Analysis, gone: Collection[int]) -> Iterator[str]:
    """Pictures that show people who go; `now` has the tracks after the corrections."""
    stored, shots = load_analysis(folder.path)[0], _shots(now, gone)
    for row in stored.crop_rows.tolist():
        face, torso, frame = (f"{CHIPS}/{name}" for name in _names(stored, row))
        track = int(now.track_of_row[row])
        if track < 0 or track in gone:  # whose face is in no track, nobody knows
            yield from (face, torso, frame)
        elif now.tracks[track].shot_index in shots:
            yield frame


def _pictures_left(
    old: ResultFolder, removal: Removal, shots: Collection[int]
) -> Iterator[Mapping[str, bytes]]:
    """Pictures of the faces that stay, by their new names; no whole frame of some shots."""
    new = removal.result.analysis
    for row in new.crop_rows.tolist():
        was = int(removal.rows[row])
        face, torso, frame = _names(new, row)
        found = {face: old.picture(was), torso: old.torso(was)}
        if new.tracks[int(new.track_of_row[row])].shot_index not in shots:
            found[frame] = old.frame(was)
        yield {name: content for name, content in found.items() if content is not None}


def _put(folder: ResultFolder, removal: Removal, shots: Collection[int]) -> None:
    """Store the analysis that is left, for the result that is saved next; its key stays."""
    analysis, key = load_analysis(folder.path)
    old = ResultFolder(folder.path, analysis)
    cache = AnalysisCache(folder, key)
    cache.discard()
    cache.finish(removal.result.analysis, _pictures_left(old, removal, shots))


def _withdraw(folder: ResultFolder, analysis: Analysis, gone: Collection[int]) -> tuple[str, ...]:
    """Have later analyses of the film leave these tracks out; returns notes."""
    if not folder.fingerprint:
        return (
            f"{folder.path} is of an earlier version and does not say which film it is of: a later"
            " analysis will find the people again",
        )
    withdrawn.withdraw(folder.path, folder.fingerprint, withdrawn.tracks_of(analysis, sorted(gone)))
    return ()


def _unknown(folder: ResultFolder, result: ClusteringResult) -> tuple[str, ...]:
    """Says that faces stay of which nobody knows whose they are."""
    faces = counted(len(result.unknowns), "unknown face")
    note = f"{folder.path} keeps {faces}: look whether a removed person is among them"
    return (note,) if result.unknowns else ()


def _edits_file(folder: ResultFolder, log: EditLog, *, always: bool = False) -> dict[str, str]:
    """The file of corrections; none if there is none and it would be empty."""
    if not (always or is_plain_file(folder.edits_file)):
        return {}
    folder.register([EDITS], overwrite=True)  # it was read, so it is ours, whoever listed it
    return {EDITS: edits_json.as_text(log)}


def _logs(folder: ResultFolder) -> list[str]:
    """All files of corrections, whoever listed them."""
    own = [EDITS] if edits_json.is_log(folder.edits_file) else []
    return [*own, *kept_logs(folder.path)]


def _clean_logs(folder: ResultFolder, names: Collection[str]) -> None:
    """Remove names from the corrections of other films."""
    unwanted = set(map(folded, names))
    for name in kept_logs(folder.path):
        log = edits_json.read(folder.path / name)
        edits, undone = (
            tuple(edit for edit in kept if folded(edit.name) not in unwanted)
            for kept in (log.edits, log.undone)
        )
        if (edits, undone) != (log.edits, log.undone):
            edits_json.write(folder.path / name, EditLog(edits, undone, log.video))


def _delete(names: Iterable[str], path: Path) -> None:
    with writing(path):
        for name in names:
            (path / name).unlink(missing_ok=True)
