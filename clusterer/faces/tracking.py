"""Link the detections of a shot into tracks: one face, followed through time.

In two steps: `Tracker` links from sample to sample by motion, as the frames come in. `stitch`
then uses embeddings: it cuts a piece in which the face changes, and joins pieces of one face that
turned away, was hidden or could not be followed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from clusterer.core.config import TrackingConfig
from clusterer.core.distance import mean
from clusterer.core.geometry import distance_in_heights, iou, size_ratio
from clusterer.core.types import Detections, SmallFrame
from clusterer.media.flow import by_camera, camera_motion, follow, similarity

Boxes = npt.NDArray[np.floating]
Place = tuple[int, int]
"""Frame and pts."""
MAX_SIZE_RATIO = 1.8
"""Largest change in size of a face between two samples."""
STAYED_IOU, STAYED_SIMILARITY = 0.6, 0.8
"""Overlap, and correlation of the small pictures, from which a face has stayed in its place."""
_FEW_CHOICES = 1000
"""Ways to match that are all tried: SciPy's solver takes half a second to load, in each process."""
STITCH_REACH = 1.5
"""Face heights that a face may move while unseen, plus as much per second of gap."""


@dataclass(slots=True)
class _Open:
    """A track that may continue.

    Attributes
    ----------
    box : last detection
    velocity : px per second, of each side of the box, beyond the motion of the camera
    moved : where the camera alone has carried the box since
    followed : where flow has; None if it was lost since the last detection
    is_missed : it was not found in the latest sample
    """

    id: int
    box: Boxes
    time_s: float
    velocity: Boxes = field(default_factory=lambda: np.zeros(4))
    moved: Boxes = field(init=False)
    followed: Boxes | None = field(init=False)
    is_missed: bool = False

    def __post_init__(self) -> None:
        self.moved = self.followed = self.box

    @property
    def place(self) -> Boxes:
        """Where flow has followed it or, if it was lost, the camera has carried it."""
        return self.moved if self.followed is None else self.followed

    def predicted(self, time_s: float) -> tuple[Boxes, Boxes]:
        """Where it may be: where flow says; if that lost it, where it stopped or moved on to.

        Motion is extrapolated for at most half a second.
        """
        if self.followed is not None:
            return self.followed, self.followed
        return self.moved, self.moved + self.velocity * min(time_s - self.time_s, 0.5)

    def found(self, box: Boxes, time_s: float) -> None:
        """Continue with a detection."""
        self.velocity = (box - self.moved) / max(time_s - self.time_s, 1e-6)
        self.box, self.time_s = box, time_s
        self.moved = self.followed = box
        self.is_missed = False


class Tracker:
    """Follows faces through one shot, one sampled frame at a time.

    Between two samples, optical flow follows each face through all frames. A face that flow
    followed continues only where flow says; one that it lost, where its own motion and the
    camera's predict it, unless a track that was found more recently takes the face. Otherwise the
    track ends: two tracks of one person are joined later, but one track of two people is wrong for
    good.

    Parameters
    ----------
    config
        Overlap and gap.

    Attributes
    ----------
    first, last : track → frame and pts at which it becomes visible, and is last visible; beyond its
        detections as far as flow follows it, but not to a sample in which it was not found
    """

    def __init__(self, config: TrackingConfig) -> None:
        self.first: dict[int, Place] = {}
        self.last: dict[int, Place] = {}
        self._config = config
        self._open: list[_Open] = []
        self._count = 0

    def update(
        self, detections: Detections, time_s: float, motion: Sequence[SmallFrame]
    ) -> npt.NDArray[np.int64]:
        """Assign every face of the next frame to a track.

        Parameters
        ----------
        detections : n faces of one frame
        time_s
            Time of that frame, seconds; must increase from call to call.
        motion
            Small pictures from the frame of the previous call to this one, both included; fewer
            than two if there are none, and then nothing is followed.

        Returns
        -------
        array of shape (n,), int64: track of each face, numbered from 0 within the shot. New
        tracks are numbered in the order of the rows.
        """
        self._open = [t for t in self._open if time_s - t.time_s <= self._config.max_gap_s + 1e-6]
        boxes = detections.boxes.astype(np.float64)
        assigned = np.full(len(boxes), -1, dtype=np.int64)
        stayed = _stayed(self._open, boxes, motion)
        left = [i for i in range(len(self._open)) if i not in stayed]
        free = [row for row in range(len(boxes)) if row not in stayed.values()]
        reached = _follow([self._open[i] for i in left], motion)
        matches = self._matches([self._open[i] for i in left], boxes[free], time_s)
        pairs = [*stayed.items(), *((left[i], free[j]) for i, j in matches)]
        for position, row in pairs:
            assigned[row] = self._open[position].id
            self._open[position].found(boxes[row], time_s)
        for position, place in zip(left, reached, strict=True):
            self._miss(self._open[position], time_s, place)
        self._begin(detections, np.flatnonzero(assigned < 0), time_s, motion)
        assigned[assigned < 0] = np.arange(self._count - (assigned < 0).sum(), self._count)
        for row, track in enumerate(assigned.tolist()):
            self.last[track] = _place(detections, row)
        return assigned

    def _miss(self, track: _Open, time_s: float, reached: Place | None) -> None:
        """Note where a track was last visible, unless it was found in this sample."""
        if track.time_s < time_s and not track.is_missed:
            track.is_missed = True
            if reached is not None:
                self.last[track.id] = reached

    def _begin(
        self,
        detections: Detections,
        rows: npt.NDArray[np.int64],
        time_s: float,
        motion: Sequence[SmallFrame],
    ) -> None:
        """Begin a track with each of these detections, at the frame back to which flow goes."""
        boxes = detections.boxes[rows].astype(np.float64)
        back = _reach(motion[::-1], boxes)
        for row, box, place in zip(rows.tolist(), boxes, back, strict=True):
            self.first[self._count] = place or _place(detections, row)
            self._open.append(_Open(self._count, box, time_s))
            self._count += 1

    def is_open(self, track: int) -> bool:
        """Whether a track may continue."""
        return any(t.id == track for t in self._open)

    def _matches(self, tracks: list[_Open], boxes: Boxes, time_s: float) -> list[tuple[int, int]]:
        """One-to-one matches by overlap; tracks that were found more recently choose first."""
        if not tracks or not len(boxes):
            return []
        fits = size_ratio(np.array([t.box for t in tracks]), boxes) <= MAX_SIZE_RATIO
        predicted = zip(*(t.predicted(time_s) for t in tracks), strict=True)
        overlap = np.maximum(*(iou(np.array(places), boxes) for places in predicted))
        allowed = fits & (overlap >= self._config.min_iou)
        found_s = [t.time_s for t in tracks]
        matches: list[tuple[int, int]] = []
        for latest in sorted(set(found_s), reverse=True):
            rows = [i for i, time_s in enumerate(found_s) if time_s == latest]
            matched = [(rows[i], j) for i, j in _match(overlap[rows], allowed[rows])]
            allowed[:, [j for _, j in matched]] = False
            matches += matched
        return matches


def _stayed(tracks: list[_Open], boxes: Boxes, motion: Sequence[SmallFrame]) -> dict[int, int]:
    """Track → the box that plainly continues it: in its place, with its picture, no other near.

    Such faces, most in most films, need no flow.
    """
    if len(motion) < 2 or not tracks or not len(boxes):
        return {}
    last = np.array([t.place for t in tracks])
    followed = np.array([t.followed is not None for t in tracks])
    overlap = iou(last, boxes)
    touching = overlap > 0.0
    alone = (touching.sum(axis=0) == 1)[None] & (touching.sum(axis=1) == 1)[:, None]
    i, j = np.nonzero(alone & (overlap >= STAYED_IOU) & followed[:, None])
    before, now = motion[0], motion[-1]
    alike = similarity(before.picture, last[i] * before.scale, now.picture, boxes[j] * now.scale)
    kept = alike >= STAYED_SIMILARITY
    return dict(zip(i[kept].tolist(), j[kept].tolist(), strict=True))


def _follow(tracks: list[_Open], motion: Sequence[SmallFrame]) -> list[Place | None]:
    """Move the boxes of tracks with the picture; returns where each was last followed."""
    places: list[Place | None] = [None for _ in tracks]
    if not tracks or len(motion) < 2:
        for track in tracks:
            track.followed = None
        return places
    pictures, scale = [frame.picture for frame in motion], motion[0].scale
    boxes = np.array([t.place for t in tracks]) * scale
    camera = camera_motion(pictures, boxes)
    camera[:, 2] /= scale
    followed = [i for i, track in enumerate(tracks) if track.followed is not None]
    result = follow(pictures, boxes[followed])
    for i, box, count in zip(followed, result.boxes / scale, result.count.tolist(), strict=True):
        tracks[i].followed = box if count == len(motion) else None
        places[i] = _reached(motion, count)
    for track in tracks:
        track.moved = by_camera(track.moved[None], camera)[0]
    return places


def _reach(motion: Sequence[SmallFrame], boxes: Boxes) -> list[Place | None]:
    """Where each box of the first frame was last followed to."""
    if len(motion) <= 2 or not len(boxes):
        return [None for _ in boxes]
    result = follow([frame.picture for frame in motion], boxes * motion[0].scale)
    return [_reached(motion, count) for count in result.count.tolist()]


def _reached(motion: Sequence[SmallFrame], count: int) -> Place:
    """The last of `count` frames, but not the last of all: the face was not found there."""
    frame = motion[min(count, len(motion) - 1) - 1]
    return frame.index, frame.pts


def _place(detections: Detections, row: int) -> Place:
    return int(detections.frame_index[row]), int(detections.pts[row])


def _match(gain: Boxes, allowed: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Pairs of rows and columns with the largest summed gain (Hungarian method)."""
    is_contested = max(allowed.sum(axis=0).max(), allowed.sum(axis=1).max()) > 1
    if is_contested or gain[allowed].min(initial=1.0) <= 0:
        return _assign(gain, allowed)
    rows, columns = np.nonzero(allowed)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _assign(gain: Boxes, allowed: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """As `_match`, where several rows want one column or the reverse: rare, and mostly two."""
    choices = math.prod(1 + int(count) for count in allowed.sum(axis=1))
    if choices <= _FEW_CHOICES:
        return _try_all(gain, [np.flatnonzero(row).tolist() for row in allowed], frozenset())[1]
    return _solve(gain, allowed)


def _try_all(
    gain: Boxes, columns: list[list[int]], taken: frozenset[int]
) -> tuple[float, list[tuple[int, int]]]:
    """Largest sum, and its pairs: columns for the last rows, one list each; of equals the first."""
    if not columns:
        return 0.0, []
    row = len(gain) - len(columns)
    best: tuple[float, list[tuple[int, int]]] = (-1.0, [])
    for column in [c for c in columns[0] if c not in taken]:
        total, pairs = _try_all(gain, columns[1:], taken | {column})
        if total + gain[row, column] > best[0]:
            best = float(total + gain[row, column]), [(row, column), *pairs]
    without = _try_all(gain, columns[1:], taken)
    return without if without[0] > best[0] else best


def _solve(gain: Boxes, allowed: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """As `_assign`, for any number."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to load)

    rows, columns = linear_sum_assignment(np.where(allowed, gain, 0.0), maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(r, c) for r, c in pairs if allowed[r, c]]


@dataclass(slots=True)
class Piece:
    """Part of a track, with the embeddings of its best chips.

    Attributes
    ----------
    rows : detections, in time order
    times_s : their times, seconds
    boxes : array of shape (k, 4), px
    chip_rows : the encoded detections, in time order
    embeddings : array of shape (c, d)
    weights : array of shape (c,), quality of each chip, > 0
    """

    rows: list[int]
    times_s: list[float]
    boxes: Boxes
    chip_rows: list[int] = field(default_factory=list)
    embeddings: npt.NDArray[np.floating] = field(default_factory=lambda: np.zeros((0, 0)))
    weights: npt.NDArray[np.floating] = field(default_factory=lambda: np.zeros(0))

    def mean(self) -> npt.NDArray[np.floating]:
        """Weighted mean embedding, shape (d,); see `clusterer.core.distance.mean`."""
        return mean(self.embeddings, self.weights)


def stitch(pieces: list[Piece], unit: float, config: TrackingConfig) -> list[Piece]:
    """Cut pieces in which the face changes, then join pieces that are one face.

    Parameters
    ----------
    pieces
        Of one shot.
    unit
        L2 distance that the factors of `config` multiply.

    Returns
    -------
    list of pieces, by start, then left edge
    """
    parts = [part for piece in pieces for part in _split(piece, config.split_factor * unit)]
    parts.sort(key=_order)
    next_of = _successors(parts, config.stitch_factor * unit, config.max_gap_s)
    stitched = []
    for start in sorted(set(range(len(parts))) - set(next_of.values())):
        chain = [start]
        while chain[-1] in next_of:
            chain.append(next_of[chain[-1]])
        stitched.append(_join([parts[i] for i in chain]))
    return stitched


def _order(piece: Piece) -> tuple[float, float]:
    return piece.times_s[0], float(piece.boxes[0, 0])


def _split(piece: Piece, limit: float) -> list[Piece]:
    """Cut where earlier and later chips differ most, while they differ by more than `limit`."""
    gaps = [_change(piece, k) for k in range(1, len(piece.chip_rows))]
    if not gaps or max(gaps) <= limit:
        return [piece]
    k = int(np.argmax(gaps)) + 1
    at = piece.rows.index(piece.chip_rows[k])
    earlier = _part(piece, slice(0, at), slice(0, k))
    later = _part(piece, slice(at, None), slice(k, None))
    return [*_split(earlier, limit), *_split(later, limit)]


def _change(piece: Piece, k: int) -> float:
    """Distance between the faces before and from chip `k`; good chips weigh more."""
    earlier, later = (
        np.average(piece.embeddings[chips], axis=0, weights=piece.weights[chips])
        for chips in (slice(0, k), slice(k, None))
    )
    return float(np.linalg.norm(earlier - later))


def _part(piece: Piece, rows: slice, chips: slice) -> Piece:
    return Piece(
        piece.rows[rows],
        piece.times_s[rows],
        piece.boxes[rows],
        piece.chip_rows[chips],
        piece.embeddings[chips],
        piece.weights[chips],
    )


def _successors(parts: list[Piece], limit: float, max_gap_s: float) -> dict[int, int]:
    """Piece → the piece that continues it; nearest embeddings first, ties to earlier pieces."""
    starts_s = [part.times_s[0] for part in parts]
    means = [part.mean() if part.chip_rows else None for part in parts]
    candidates = []
    for i, part in enumerate(parts):
        end_s = part.times_s[-1]
        soon = range(
            bisect_right(starts_s, end_s), bisect_right(starts_s, end_s + max_gap_s + 1e-6)
        )
        for j in soon:
            mean_i, mean_j = means[i], means[j]
            if mean_i is None or mean_j is None or not _adjacent(part, parts[j]):
                continue
            candidates.append((float(np.linalg.norm(mean_i - mean_j)), i, j))
    next_of: dict[int, int] = {}
    continued: set[int] = set()
    for distance, i, j in sorted(candidates):
        if distance < limit and i not in next_of and j not in continued:
            next_of[i] = j
            continued.add(j)
    return next_of


def _adjacent(a: Piece, b: Piece) -> bool:
    """Whether `b` begins near where `a` ended, at a similar size."""
    gap_s = b.times_s[0] - a.times_s[-1]
    end, start = a.boxes[-1:], b.boxes[:1]
    fits = float(size_ratio(end, start)[0, 0]) <= MAX_SIZE_RATIO
    return fits and float(distance_in_heights(end, start)[0, 0]) <= STITCH_REACH * (1.0 + gap_s)


def _join(chain: list[Piece]) -> Piece:
    if len(chain) == 1:
        return chain[0]
    return Piece(
        [row for piece in chain for row in piece.rows],
        [time_s for piece in chain for time_s in piece.times_s],
        np.concatenate([piece.boxes for piece in chain]),
        [row for piece in chain for row in piece.chip_rows],
        np.concatenate([piece.embeddings for piece in chain]),
        np.concatenate([piece.weights for piece in chain]),
    )
