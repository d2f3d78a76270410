"""Where each hidden face is in every frame, and where one may be missed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from clusterer.core.certainty import Word
from clusterer.core.geometry import distance_in_heights, iou
from clusterer.core.types import ClusteringResult, Reason
from clusterer.outputs.anonymise.watch import Boxes, Stretch, Tracklet, since_start_s

HOLD_S = 0.5
"""How long a face is hidden before it is first found, and after it is last found, in its shot."""
_GROWTH = 0.5
"""Sizes per second by which what hides a face grows while the face is not found."""
_MOST_GROWTH = 0.4
_SAME_FACE_IOU = 0.4
"""Overlap of a face that is found with one of the analysis in the same frame."""
_SAME_PLACE_IOU = 0.3
"""Overlap of a face of no track with one that is hidden from which it may be the same."""
_REPEATED_IOU = 0.7
"""Overlap of two boxes of one frame that are hidden as one."""
_SAME_TIME_S = 0.005
"""Two times of one frame differ by less: containers round them."""
_NEAR_S, _NEAR_HEIGHTS = 1.0, 1.0
"""Within which a face that ends and one that begins may be one."""
_WEAK_SCORE = 0.5
_LONG_GAP_S = 0.4
_LOOK_S = 2.0
"""Length of a span before a face is first found, or after the last time, that is to be checked."""
_BRIEF_S = 0.25
"""What lasts less is not worth looking at."""
_EDGE = 0.02
"""Part of the picture's width and height within which a face is at its edge."""


class Doubt(StrEnum):
    """Why somebody should look at a span."""

    BEGINS = "first found in mid-shot"
    ENDS = "last found in mid-shot"
    GAP = "not found for a while"
    WEAK = "found with a low score"
    UNSURE = "left as it is, but not sure who it is"
    STRANGER = "left as it is, in no result"
    TWO = "two people in one place"
    REMAINS = "still found"


@dataclass(frozen=True, slots=True)
class Check:
    """A span in which a face may be missed.

    Attributes
    ----------
    start_s, end_s : seconds since the first frame of the film, half-open
    doubt
    person : name; empty = not known
    box : where, at its start: left, top, right, bottom, px as stored, after rotation

    Examples
    --------
    >>> late = clusterer.Check(2.0, 4.0, clusterer.Doubt.ENDS, "Anna", (10, 10, 50, 60))
    >>> late.doubt.value
    'last found in mid-shot'
    """

    start_s: float
    end_s: float
    doubt: Doubt
    person: str
    box: tuple[float, float, float, float]


@dataclass(slots=True)
class Path:
    """A face from its first to its last look, in one shot.

    Attributes
    ----------
    person : name; empty = not known
    is_hidden
    shot_s : start and end of its shot, seconds since the first frame
    times_s : of its looks, increasing
    boxes : array of shape (k, 4), px as stored, after rotation
    scores : array of shape (k,)
    """

    person: str
    is_hidden: bool
    shot_s: tuple[float, float]
    times_s: list[float]
    boxes: Boxes
    scores: Boxes

    @property
    def span_s(self) -> tuple[float, float]:
        """When it is hidden."""
        start_s, end_s = self.shot_s
        return max(start_s, self.times_s[0] - HOLD_S), min(end_s, self.times_s[-1] + HOLD_S)

    def at(self, time_s: float) -> tuple[Boxes, float]:
        """Box at a time within `span_s`, between looks on a line, and how much to enlarge it."""
        after = bisect_left(self.times_s, time_s)
        near = slice(max(0, after - 1), after + 1)
        times_s = self.times_s[near]
        away_s = min(abs(time_s - each) for each in times_s)
        box = np.array([np.interp(time_s, times_s, side) for side in self.boxes[near].T])
        return box, 1 + min(_MOST_GROWTH, away_s * _GROWTH)


@dataclass(frozen=True, slots=True)
class Spot:
    """A face to hide in one frame.

    Attributes
    ----------
    path : number of the path; -1 = found while rendering
    box : array of shape (4,)
    grown : how much to enlarge it, beyond the margin
    """

    path: int
    box: Boxes
    grown: float


class Map:
    """All paths of a film, by time."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = sorted(paths, key=lambda path: path.span_s)
        self._open: list[int] = []
        self._next = 0

    def spots(self, time_s: float) -> tuple[list[Spot], Boxes]:
        """Faces to hide at a time, and boxes of those that stay; times must not decrease."""
        while self._next < len(self.paths) and self.paths[self._next].span_s[0] <= time_s + 1e-6:
            self._open.append(self._next)
            self._next += 1
        self._open = [i for i in self._open if time_s < self.paths[i].span_s[1] - 1e-6]
        hidden: list[Spot] = []
        kept: list[Boxes] = []
        for number in self._open:
            path = self.paths[number]
            box, grown = path.at(time_s)
            if path.is_hidden:
                _add(hidden, Spot(number, box, grown))
            else:
                kept.append(box)
        return hidden, np.array(kept).reshape(-1, 4)


def _add(spots: list[Spot], new: Spot) -> None:
    """Add a spot, or join it with one that is nearly the same."""
    for i, old in enumerate(spots):
        if iou(old.box[None], new.box[None])[0, 0] >= _REPEATED_IOU:
            both = np.concatenate(
                [np.minimum(old.box[:2], new.box[:2]), np.maximum(old.box[2:], new.box[2:])]
            )
            spots[i] = Spot(old.path, both, min(old.grown, new.grown))
            return
    spots.append(new)


@dataclass(slots=True)
class _Known:
    """A track of the analysis.

    Attributes
    ----------
    looks : box and score by time; at first those of the analysis, in order
    sampled_s : times of those
    """

    person: str
    is_hidden: bool
    shot: int
    looks: dict[float, tuple[Boxes, float]]
    sampled_s: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.sampled_s = list(self.looks)

    def sampled(self, time_s: float) -> Boxes | None:
        """Box of the analysis in the frame of this time; None if there is none."""
        at = bisect_left(self.sampled_s, time_s - _SAME_TIME_S)
        if at == len(self.sampled_s) or self.sampled_s[at] >= time_s + _SAME_TIME_S:
            return None
        return self.looks[self.sampled_s[at]][0]


def plan(
    result: ClusteringResult,
    tracklets: Sequence[Tracklet],
    film: Sequence[Stretch],
    hidden: frozenset[int],
    *,
    spares_strangers: bool,
) -> tuple[Map, list[Check]]:
    """Join what the analysis knows with what was found since.

    Parameters
    ----------
    result
    tracklets, film
        From `watch` and `stretches`.
    hidden
        From `hidden_tracks`.
    spares_strangers
        Whether a face of no track stays as it is, unless it is next to a hidden one.

    Returns
    -------
    where faces are, and spans in which one may be missed, in time order
    """
    known = _known(result, film, hidden)
    checks: list[Check] = []
    strangers: list[Tracklet] = []
    # All labels first: they are of the analysis, not of what is added to its tracks.
    for tracklet, labels in [(each, _labels(each, known)) for each in tracklets]:
        if not labels:
            strangers.append(tracklet)
            continue
        checks += _give_looks(tracklet, labels, known)
    paths = [_path(one, film) for one in known.values() if one.looks]
    chosen = [path for path in paths if path.is_hidden]
    for tracklet in strangers:
        path = Path(
            "", True, film[tracklet.shot][:2], tracklet.times_s, np.array(tracklet.boxes),
            np.array(tracklet.scores),
        )  # fmt: skip
        if spares_strangers:
            path.is_hidden = any(
                _follows(path, other) or _coincides(path, other) for other in chosen
            )
        paths.append(path)
    checks += [check for path in paths for check in _doubts(path, result)]
    checks += _unsure(result, hidden, known)
    return Map(paths), sorted(checks, key=lambda each: (each.start_s, each.end_s, each.doubt))


def _known(
    result: ClusteringResult, film: Sequence[Stretch], hidden: frozenset[int]
) -> dict[int, _Known]:
    analysis = result.analysis
    starts = [each.start_s for each in film]
    known: dict[int, _Known] = {}
    for who in (*result.people, *result.unknowns):
        for track in who.track_ids:
            looks: dict[float, tuple[Boxes, float]] = {}
            for row in analysis.tracks[track].detection_rows.tolist():
                time_s = since_start_s(analysis.video, int(analysis.detections.pts[row]))
                box = analysis.detections.boxes[row].astype(np.float64)
                looks[time_s] = box, float(analysis.detections.scores[row])
            shot = max(0, bisect_left(starts, min(looks) + 1e-6) - 1)
            known[track] = _Known(who.name, track in hidden, shot, looks)
    return known


def _labels(tracklet: Tracklet, known: dict[int, _Known]) -> dict[int, int]:
    """Look of a tracklet → the track of the analysis that has the same face in the same frame."""
    found: dict[int, int] = {}
    tracks = {track: one for track, one in known.items() if one.shot == tracklet.shot}
    for i, (time_s, box) in enumerate(zip(tracklet.times_s, tracklet.boxes, strict=True)):
        best = _SAME_FACE_IOU
        for track, one in tracks.items():
            seen = one.sampled(time_s)
            if seen is not None and (overlap := iou(seen[None], box[None])[0, 0]) >= best:
                best, found[i] = overlap, track
    return found


def _give_looks(
    tracklet: Tracklet, labels: dict[int, int], known: dict[int, _Known]
) -> Iterator[Check]:
    """Add a tracklet's looks to the nearest of its tracks; to a hidden one, if it lies between."""
    marks = sorted(labels)
    for i, (time_s, box) in enumerate(zip(tracklet.times_s, tracklet.boxes, strict=True)):
        after = bisect_left(marks, i)
        around = [known[labels[mark]] for mark in marks[max(0, after - 1) : after + 1]]
        if i in labels:
            around = [known[labels[i]]]
        around.sort(key=lambda one: one.is_hidden, reverse=True)
        around[0].looks[time_s] = box, tracklet.scores[i]
    for one, other in pairwise(marks):
        first, second = known[labels[one]], known[labels[other]]
        if first.is_hidden != second.is_hidden:
            person = first.person if first.is_hidden else second.person
            start_s, end_s = tracklet.times_s[one], tracklet.times_s[other]
            yield Check(start_s, end_s, Doubt.TWO, person, _sides(tracklet.boxes[one]))


def _path(one: _Known, film: Sequence[Stretch]) -> Path:
    times_s = sorted(one.looks)
    boxes = np.array([one.looks[time_s][0] for time_s in times_s])
    scores = np.array([one.looks[time_s][1] for time_s in times_s])
    return Path(one.person, one.is_hidden, film[one.shot][:2], times_s, boxes, scores)


def _follows(path: Path, other: Path) -> bool:
    """Whether a face may be the one of another path, before or after it."""
    if path.shot_s != other.shot_s:
        return False
    later = path.times_s[0] - other.times_s[-1], path.boxes[0], other.boxes[-1]
    earlier = other.times_s[0] - path.times_s[-1], path.boxes[-1], other.boxes[0]
    return any(
        0 <= gap_s <= _NEAR_S and distance_in_heights(a[None], b[None])[0, 0] <= _NEAR_HEIGHTS
        for gap_s, a, b in (later, earlier)
    )


def _coincides(path: Path, other: Path) -> bool:
    """Whether a face is in the place of another path, between its looks or just beside them."""
    start_s, end_s = other.span_s
    return any(
        start_s <= time_s <= end_s
        and iou(box[None], other.at(time_s)[0][None])[0, 0] >= _SAME_PLACE_IOU
        for time_s, box in zip(path.times_s, path.boxes, strict=True)
    )


def _doubts(path: Path, result: ClusteringResult) -> Iterator[Check]:
    """Spans of one path that are worth a look."""
    if not path.is_hidden:
        length_s = path.times_s[-1] - path.times_s[0]
        if not path.person and length_s >= _BRIEF_S and path.scores.max() >= _WEAK_SCORE:
            span = path.times_s[0], path.times_s[-1]
            yield Check(*span, Doubt.STRANGER, "", _sides(path.boxes[0]))
        return
    video = result.analysis.video
    start_s, end_s = path.shot_s[0], min(path.shot_s[1], video.duration_s)
    held_from, held_to = path.span_s
    if path.person and not _is_at_edge(path.boxes[0], video.width_px, video.height_px):
        yield from _lasting(max(start_s, held_from - _LOOK_S), held_from, Doubt.BEGINS, path, 0)
    if path.person and not _is_at_edge(path.boxes[-1], video.width_px, video.height_px):
        yield from _lasting(held_to, min(end_s, held_to + _LOOK_S), Doubt.ENDS, path, -1)
    for i, (before_s, after_s) in enumerate(pairwise(path.times_s)):
        if after_s - before_s > _LONG_GAP_S:
            yield Check(before_s, after_s, Doubt.GAP, path.person, _sides(path.boxes[i]))
    for first, last in _runs(path.scores < _WEAK_SCORE):
        yield from _lasting(path.times_s[first], path.times_s[last], Doubt.WEAK, path, first)


def _lasting(start_s: float, end_s: float, doubt: Doubt, path: Path, look: int) -> Iterator[Check]:
    if end_s - start_s >= _BRIEF_S:
        yield Check(start_s, end_s, doubt, path.person, _sides(path.boxes[look]))


def _unsure(
    result: ClusteringResult, hidden: frozenset[int], known: dict[int, _Known]
) -> Iterator[Check]:
    """Tracks that stay as they are, although they may be of somebody who is hidden."""
    unknown = {
        track
        for who in result.unknowns
        if who.reason is not Reason.NOT_A_FACE
        for track in who.track_ids
    }
    for track, one in known.items():
        doubtful = bool(result.sure) and result.sure[track].word is Word.DOUBTFUL
        if track not in hidden and (track in unknown or doubtful):
            times_s = sorted(one.looks)
            box = _sides(one.looks[times_s[0]][0])
            yield Check(times_s[0], times_s[-1], Doubt.UNSURE, one.person, box)


def _is_at_edge(box: Boxes, width_px: int, height_px: int) -> bool:
    left, top, right, bottom = box / [width_px, height_px, width_px, height_px]
    return bool(min(left, top) <= _EDGE or max(right, bottom) >= 1 - _EDGE)


def _runs(mask: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and last index of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    yield from ((int(first), int(end) - 1) for first, end in edges.reshape(-1, 2))


def _sides(box: Boxes) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(float(side), 1) for side in box)
    return left, top, right, bottom
