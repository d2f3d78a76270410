"""Corrections of tracks: cut one, join some, add one of faces that no track has.

The detections stay; which of them are a track changes from correction to correction. A part is a
set of detections that no correction separates, so that a track is one part or several at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from clusterer.core.types import OF_TRACKS, Action, Analysis, Edit, Extent, IntArray, Track
from clusterer.edits.keys import FacesByKey, face_key
from clusterer.edits.replay import Replayed, replay

FOUND_ALREADY = "the face is in a track already"
_NOT_FOUND = "face not found"


def of_tracks(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Those corrections that change tracks."""
    return tuple(edit for edit in edits if edit.action in OF_TRACKS)


def revise(analysis: Analysis, edits: Iterable[Edit]) -> Revision:
    """Apply corrections of tracks.

    Parameters
    ----------
    analysis
        Before or after other corrections of tracks, which do not count.
    edits
        All corrections, in order.
    """
    return _of(analysis.as_found)(of_tracks(edits))


@dataclass(frozen=True, slots=True, eq=False)
class Revision:
    """Tracks after corrections of tracks, and what these were before.

    Attributes
    ----------
    analysis : with the tracks after all corrections; as it was found if there are none
    parts : array of shape (p,), int64, the first detection of each part
    track_of_part : array of shape (p,), int64, its track in `analysis`
    steps : what keys refer to before each correction of tracks, and after the last
    notes : one per correction of tracks: why it does not apply; empty = it applies
    """

    analysis: Analysis
    parts: IntArray
    track_of_part: IntArray
    steps: tuple[Step, ...]
    notes: tuple[str, ...]

    @property
    def names(self) -> Step:
        """What keys refer to before the first correction."""
        return self.steps[0]

    def of_parts(self, values: IntArray, before: Analysis, otherwise: int) -> IntArray:
        """The values of tracks before, shape (t,), for each part, shape (p,).

        Parameters
        ----------
        values : array of shape (t,), int64
        before
            The analysis of these tracks, with no more corrections than this.
        otherwise
            For parts that were in no track.
        """
        track = before.track_of_row[self.parts]
        return np.where(track < 0, otherwise, np.append(values, otherwise)[track])

    def of_tracks(self, values: IntArray) -> IntArray:
        """The value of the first part of each track; arrays of shape (p,) and (t,), int64."""
        _, first = np.unique(self.track_of_part, return_index=True)
        return values[first]

    def replayed(
        self, labels: IntArray, numbers: Mapping[int, int], edits: Sequence[Edit]
    ) -> Replayed:
        """Apply all corrections to the labels of parts.

        Parameters
        ----------
        labels : array of shape (p,), int64
        numbers
            Label → number of the person.
        edits
            Those that this was made with.

        Returns
        -------
        Replayed, of the tracks of `analysis`
        """
        after = replay(labels, numbers, edits, self.names)
        by_hand = np.zeros(len(self.analysis.tracks), dtype=bool)
        by_hand[self.track_of_part[after.by_hand]] = True
        not_a_face = self.of_tracks(after.not_a_face.astype(np.int64)).astype(bool)
        own = iter(self.notes)
        notes = tuple(
            next(own) if edit.action in OF_TRACKS else note
            for edit, note in zip(edits, after.notes, strict=True)
        )
        return Replayed(self.of_tracks(after.labels), not_a_face, by_hand, after.people, notes)


class Step:
    """What keys refer to between two corrections of tracks: see `clusterer.edits.replay.Names`.

    Parameters
    ----------
    faces
        Faces of all tracks.
    pictured
        Those with a stored picture.
    owner : array of shape (n,), int64, of each detection, -1 = none
    """

    def __init__(self, faces: FacesByKey, pictured: FacesByKey, owner: IntArray) -> None:
        self._faces, self._pictured, self._owner = faces, pictured, owner
        self._next: Step = self

    def row(self, key: str) -> int | None:
        """The detection that a key refers to."""
        return self._faces.row(key)

    def track(self, key: str) -> int | None:
        """The first part of the track that a key refers to."""
        return self._first(self._faces.row(key))

    def pictured(self, key: str) -> int | None:
        """The same, if the face has a stored picture."""
        return self._first(self._pictured.row(key))

    def whole(self, track: int) -> tuple[int, ...]:
        """All parts of the track that a part belongs to."""
        return self._whole.get(self._of_part[track], (track,))

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The parts of each track."""
        return tuple(self._whole.values())

    def after(self, edit: Edit) -> Step:
        """The next step after a correction of tracks."""
        return self._next if edit.action in OF_TRACKS else self

    def lead_to(self, following: Step, parts: IntArray, part_of_row: IntArray) -> None:
        """Set what comes next, and the parts, once all corrections are known."""
        self._next, self._part_of_row = following, part_of_row
        self._of_part: list[int] = self._owner[parts].tolist()
        whole: dict[int, list[int]] = {}
        for part, owner in enumerate(self._of_part):
            if owner >= 0:
                whole.setdefault(owner, []).append(part)
        self._whole = {owner: tuple(found) for owner, found in whole.items()}

    def _first(self, row: int | None) -> int | None:
        return None if row is None else self.whole(int(self._part_of_row[row]))[0]


@lru_cache(maxsize=1)  # a review works on one analysis, under a few corrections
def _of(found: Analysis) -> Callable[[tuple[Edit, ...]], Revision]:
    return lru_cache(maxsize=8)(partial(_revise, found))


def _revise(found: Analysis, edits: tuple[Edit, ...]) -> Revision:
    work = _Work(found)
    steps, notes = [work.step()], []
    for edit in edits:
        notes.append(work.apply(edit, steps[-1]))
        steps.append(work.step())
    owners = np.stack([step._owner for step in steps])
    analysis = found if all(notes) else work.revised()
    tracks = analysis.track_of_row
    rows = np.flatnonzero(tracks >= 0)
    rows = rows[np.lexsort((rows, found.detections.frame_index[rows], tracks[rows]))]
    first, same = _groups(owners[:, rows])
    parts = rows[first]
    part_of_row = np.full(len(tracks), -1, dtype=np.int64)
    part_of_row[rows] = same
    for step, following in zip(steps, [*steps[1:], steps[-1]], strict=True):
        step.lead_to(following, parts, part_of_row)
    return Revision(analysis, parts, tracks[parts], tuple(steps), tuple(notes))


def _groups(columns: IntArray) -> tuple[IntArray, IntArray]:
    """Where each group of equal columns begins, in that order, and the group of each column."""
    group = np.zeros(columns.shape[1], dtype=np.int64)
    for each in columns:
        group = np.unique(group * (int(each.max(initial=0)) + 2) + each + 1, return_inverse=True)[1]
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order], place[group]


class _Work:
    """Tracks while corrections are applied, by number; a new track has the largest."""

    def __init__(self, found: Analysis) -> None:
        self._found = found
        self._owner = found.track_of_row.copy()
        self._shot = {track.id: track.shot_index for track in found.tracks}
        self._extent = {track.id: track.extent for track in found.tracks}
        self._next = len(found.tracks)
        self._faces: tuple[FacesByKey, FacesByKey] | None = None
        rate, base = found.video.frame_rate, found.video.time_base
        self._frame_pts = max(1, round(1 / (rate * base)))

    def step(self) -> Step:
        if self._faces is None:
            found = self._found
            pictured = np.unique(found.crop_rows)
            self._faces = (
                FacesByKey(found, np.flatnonzero(self._owner >= 0)),
                FacesByKey(found, pictured[self._owner[pictured] >= 0]),
            )
        return Step(*self._faces, self._owner.copy())

    def apply(self, edit: Edit, step: Step) -> str:
        """Apply one correction; return why it does not apply."""
        rows = [row for row in map(step.row, edit.tracks) if row is not None]
        if edit.action is Action.ADD:
            if self._add(edit):
                return ""
            return FOUND_ALREADY if rows else _NOT_FOUND
        if not rows:
            return _NOT_FOUND
        return self._cut(rows[0]) if edit.action is Action.CUT else self._join(rows)

    def revised(self) -> Analysis:
        """The analysis with the tracks as they are now, in order."""
        found = self._found.detections
        order = sorted(
            (self._shot[owner], self._place(first)[0], float(found.boxes[first, 0]), owner)
            for owner in np.unique(self._owner[self._owner >= 0]).tolist()
            for first in [int(self._rows(owner)[0])]
        )
        tracks = tuple(
            Track(i, shot, self._rows(owner), self._extent[owner])
            for i, (shot, _, _, owner) in enumerate(order)
        )
        return replace(self._found, tracks=tracks, found=self._found)

    def _cut(self, row: int) -> str:
        track, place = int(self._owner[row]), self._place(row)
        rows = self._rows(track)
        later = rows[self._found.detections.frame_index[rows] >= place[0]]
        if len(later) == len(rows):
            return "the track begins there"
        whole, last = self._whole(track), self._place(int(rows[-len(later) - 1]))
        before = max(last[1], place[1] - self._frame_pts)
        new = self._new(later, self._shot[track])
        self._extent[track] = whole._replace(
            last_frame=place[0] - 1, last_pts=before, end_pts=place[1]
        )
        self._extent[new] = whole._replace(first_frame=place[0], first_pts=place[1])
        self._tidy(track, new)
        return ""

    def _join(self, rows: list[int]) -> str:
        tracks = list(dict.fromkeys(int(self._owner[row]) for row in rows))
        if len(tracks) < 2:
            return "there is one track only"
        if len({self._shot[track] for track in tracks}) > 1:
            return "the tracks are in different shots"
        frames = [self._found.detections.frame_index[self._rows(track)] for track in tracks]
        if len(np.unique(np.concatenate(frames))) < sum(map(len, frames)):
            return "the tracks are seen in one frame"
        ends = [self._whole(track) for track in tracks]
        first, last = min(ends), max(ends, key=lambda end: end.last_frame)
        stays = tracks[0]
        self._extent[stays] = first._replace(
            last_frame=last.last_frame, last_pts=last.last_pts, end_pts=last.end_pts
        )
        self._owner[np.isin(self._owner, tracks)] = stays
        self._tidy(stays)
        return ""

    def _add(self, edit: Edit) -> bool:
        """Make a track of faces that are in none; return whether there are any."""
        found, keys = self._found.detections, set(edit.tracks)
        rows = [
            row
            for row in np.flatnonzero(self._owner < 0).tolist()
            if face_key(int(found.frame_index[row]), found.boxes[row].tolist()) in keys
        ]
        shots = [self._shot_of(row) for row in rows]
        mine = np.array([r for r, s in zip(rows, shots, strict=True) if s == shots[0]], np.int64)
        _, first = np.unique(found.frame_index[mine], return_index=True)
        if len(mine):
            self._extent[self._new(mine[first], shots[0])] = None
            self._faces = None
        return bool(len(mine))

    def _new(self, rows: IntArray, shot: int) -> int:
        new, self._next = self._next, self._next + 1
        self._owner[rows], self._shot[new] = new, shot
        return new

    def _rows(self, track: int) -> IntArray:
        rows = np.flatnonzero(self._owner == track)
        return rows[np.argsort(self._found.detections.frame_index[rows], kind="stable")]

    def _place(self, row: int) -> tuple[int, int]:
        """Frame and pts."""
        found = self._found.detections
        return int(found.frame_index[row]), int(found.pts[row])

    def _shot_of(self, row: int) -> int:
        frame = self._place(row)[0]
        return next(s.index for s in self._found.shots if s.start_frame <= frame < s.end_frame)

    def _ends(self, track: int) -> Extent:
        """From the first detection to the last."""
        rows = self._rows(track)
        (first, first_pts), (last, last_pts) = self._place(rows[0]), self._place(rows[-1])
        return Extent(first, last, first_pts, last_pts)

    def _whole(self, track: int) -> Extent:
        return self._extent[track] or self._ends(track)

    def _tidy(self, *tracks: int) -> None:
        """An extent that is that of the detections is None, as it was before."""
        for track in tracks:
            if self._extent[track] == self._ends(track):
                self._extent[track] = None
