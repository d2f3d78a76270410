"""Match labelled faces with tracks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from clusterer.core.geometry import iou
from clusterer.core.types import Analysis, IntArray
from clusterer.evaluation.truth import Truth

MISSED = -1
"""Stands for the track of a labelled face that was not found."""

MIN_IOU = 0.3
MAX_GAP_S = 1.05

Boxes = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Matching:
    """Labelled faces of one clip, and the tracks that found them.

    Attributes
    ----------
    truth : the labelled faces
    rows : array of shape (k,), int64, rows of `truth` whose person is known
    track : array of shape (k,), int64, the track that found the face, or `MISSED`
    shot : array of shape (k,), int64, the shot of the analysis in which the face lies
    stray_frame : array of shape (e,), int64, labelled frames of found boxes that match no labelled
        face and lie in no ignore box
    stray_track : array of shape (e,), int64, the tracks of those boxes
    """

    truth: Truth
    rows: IntArray
    track: IntArray
    shot: IntArray
    stray_frame: IntArray
    stray_track: IntArray

    @property
    def people(self) -> tuple[str, ...]:
        """Person of each of `rows`."""
        return tuple(self.truth.people[row] for row in self.rows.tolist())

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kind of each of `rows`."""
        return tuple(self.truth.kinds[row] for row in self.rows.tolist())

    def track_people(self, n_tracks: int) -> tuple[str, ...]:
        """Person that most matched faces of each track show.

        Returns
        -------
        `n_tracks` names: ``""`` for a track without matched faces; ties in alphabetical order
        """
        seen: list[Counter[str]] = [Counter() for _ in range(n_tracks)]
        for person, track in zip(self.people, self.track.tolist(), strict=True):
            if track != MISSED:
                seen[track][person] += 1
        return tuple(
            min(people, key=lambda who: (-people[who], who), default="") for people in seen
        )


@dataclass(frozen=True, eq=False)
class _Found:
    """Boxes found at one frame, by ascending track."""

    tracks: list[int]
    boxes: Boxes


def match(
    truth: Truth, analysis: Analysis, min_iou: float = MIN_IOU, max_gap_s: float = MAX_GAP_S
) -> Matching:
    """Match tracks with labelled faces.

    At each labelled frame, a track has the box detected there, or one interpolated linearly between
    the detections before and after if they are at most `max_gap_s` apart. Labelled and found boxes
    are matched one to one, greatest overlap first; ties go to the earlier row of the truth file,
    then to the lower track. Faces that nobody can identify are matched, but count neither way.

    Parameters
    ----------
    truth
        Labelled faces of the clip.
    analysis
        Of the same clip; tracks are numbered by their position in ``analysis.tracks``.
    min_iou
        Least intersection over union of a match, above 0 to 1.
    max_gap_s
        Longest gap of a track that is interpolated, in seconds.

    Returns
    -------
    Matching
    """
    found = _found(np.unique(truth.frames), analysis, max_gap_s)
    starts = [shot.start_frame for shot in analysis.shots]
    return _matching(truth, truth.known, found, min_iou, starts)


def match_boxes(truth: Truth, boxes: Mapping[int, Boxes], min_iou: float = MIN_IOU) -> Matching:
    """Match the boxes of a detector without tracks, by the rule of `match`.

    Parameters
    ----------
    truth
        Labelled faces of the clip.
    boxes
        Labelled frame → array of shape (n, 4), px, for every frame that was searched, including
        those without a detection. Faces at other frames are ignored.
    min_iou
        Least intersection over union of a match, above 0 to 1.

    Returns
    -------
    Matching
        Each box counts as a separate track, numbered frame by frame, and all lie in one shot.
    """
    found: dict[int, _Found] = {}
    count = 0
    for frame, one in sorted(boxes.items()):
        found[frame] = _Found(list(range(count, count + len(one))), np.asarray(one, np.float64))
        count += len(one)
    known = truth.known
    looked_at = np.isin(truth.frame[known], np.array(list(boxes), np.int64))
    return _matching(truth, known[looked_at], found, min_iou, [0])


def _matching(
    truth: Truth,
    known: IntArray,
    found: Mapping[int, _Found],
    min_iou: float,
    starts: Sequence[int],
) -> Matching:
    """Match frame by frame; `known` are the rows that count, `starts` the first frames of shots."""
    rows_at: dict[int, list[int]] = defaultdict(list)
    for row, frame in enumerate(truth.frame.tolist()):
        rows_at[frame].append(row)
    ignored_at: dict[int, list[int]] = defaultdict(list)
    for row, frame in enumerate(truth.ignore_frame.tolist()):
        ignored_at[frame].append(row)
    track_of: dict[int, int] = {}
    strays: list[tuple[int, int]] = []
    for frame, here in sorted(found.items()):
        pairs = _greedy(iou(truth.boxes[rows_at[frame]].astype(float), here.boxes), min_iou)
        track_of |= {rows_at[frame][t]: here.tracks[f] for t, f in pairs}
        rest = set(range(len(here.tracks))) - {f for _, f in pairs}
        areas = truth.ignore_boxes[ignored_at[frame]]
        strays += [(frame, here.tracks[i]) for i in sorted(rest) if not _in(here.boxes[i], areas)]
    return Matching(
        truth=truth,
        rows=known,
        track=np.array([track_of.get(row, MISSED) for row in known.tolist()], np.int64),
        shot=np.maximum(np.searchsorted(starts, truth.frame[known], side="right") - 1, 0),
        stray_frame=np.array([frame for frame, _ in strays], np.int64),
        stray_track=np.array([track for _, track in strays], np.int64),
    )


def _found(labelled: IntArray, analysis: Analysis, max_gap_s: float) -> dict[int, _Found]:
    """Frame → boxes of all tracks there."""
    at: dict[int, list[tuple[int, Boxes]]] = defaultdict(list)
    for track in range(len(analysis.tracks)):
        for frame, box in _boxes(track, labelled, analysis, max_gap_s):
            at[frame].append((track, box))
    return {
        frame: _Found([track for track, _ in found], np.array([box for _, box in found]))
        for frame, found in at.items()
    }


def _boxes(
    track: int, labelled: IntArray, analysis: Analysis, max_gap_s: float
) -> Iterator[tuple[int, Boxes]]:
    """Labelled frames at which a track is visible, and its box there."""
    rows = analysis.tracks[track].detection_rows
    frames = analysis.detections.frame_index[rows]
    pts = analysis.detections.pts[rows].tolist()
    boxes: Boxes = analysis.detections.boxes[rows].astype(np.float64)
    for i in np.flatnonzero(np.isin(frames, labelled)).tolist():
        yield int(frames[i]), boxes[i]
    for a, b in pairwise(range(len(rows))):
        if float((pts[b] - pts[a]) * analysis.video.time_base) > max_gap_s:
            continue
        low, high = int(frames[a]), int(frames[b])
        first, end = np.searchsorted(labelled, [low + 1, high]).tolist()
        for frame in labelled[first:end].tolist():
            share = (frame - low) / (high - low)
            yield frame, (1 - share) * boxes[a] + share * boxes[b]


def _greedy(overlap: npt.NDArray[np.floating], least: float) -> list[tuple[int, int]]:
    """Match rows and columns one to one, greatest first; ties to the first row and column."""
    overlap = overlap.copy()
    pairs: list[tuple[int, int]] = []
    while overlap.size and overlap.max() >= least:
        t, f = (int(i) for i in np.unravel_index(int(overlap.argmax()), overlap.shape))
        pairs.append((t, f))
        overlap[t, :] = overlap[:, f] = -1.0
    return pairs


def _in(box: Boxes, areas: npt.NDArray[np.floating]) -> bool:
    """Whether the centre of a box lies in one of the areas."""
    x, y = (box[:2] + box[2:]) / 2
    inside = (areas[:, 0] <= x) & (x <= areas[:, 2]) & (areas[:, 1] <= y) & (y <= areas[:, 3])
    return bool(inside.any())
