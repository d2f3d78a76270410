"""Link the detections of a shot into tracks: one face, followed through time.

In two steps: `Tracker` links from sample to sample by position alone, as the frames come in.
`stitch` then uses embeddings: it cuts a piece in which the face changes, and joins pieces of one
face that turned away, was hidden or moved too fast for its boxes to overlap.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from clusterer.core.config import TrackingConfig
from clusterer.core.geometry import distance_in_heights, iou, size_ratio
from clusterer.core.types import Detections

Boxes = npt.NDArray[np.floating]
MAX_SIZE_RATIO = 1.8
"""Largest change in size of a face between two samples."""
REACH = 1.0
"""Face heights that the centre of a face may move from one sample to the next."""
STITCH_REACH = 1.5
"""Face heights that a face may move while unseen, plus as much per second of gap."""


@dataclass(slots=True)
class _Open:
    """A track that may continue."""

    id: int
    box: Boxes
    time_s: float
    velocity: Boxes  # px per second, of each box side

    def expected(self, time_s: float) -> Boxes:
        """Predicted box; motion is extrapolated for at most half a second."""
        return self.box + self.velocity * min(time_s - self.time_s, 0.5)


class Tracker:
    """Follows faces through one shot, one sampled frame at a time.

    Parameters
    ----------
    config
        Overlap and gap.
    """

    def __init__(self, config: TrackingConfig) -> None:
        self._config = config
        self._open: list[_Open] = []
        self._count = 0

    def update(self, detections: Detections, time_s: float) -> npt.NDArray[np.int64]:
        """Assign every face of the next frame to a track.

        Parameters
        ----------
        detections : n faces of one frame
        time_s
            Time of that frame, seconds; must increase from call to call.

        Returns
        -------
        array of shape (n,), int64: track of each face, numbered from 0 within the shot. New
        tracks are numbered in the order of the rows.
        """
        self._open = [t for t in self._open if time_s - t.time_s <= self._config.max_gap_s + 1e-6]
        boxes = detections.boxes.astype(np.float64)
        assigned = np.full(len(boxes), -1, dtype=np.int64)
        for position, row in self._matches(boxes, time_s):
            assigned[row] = self._open[position].id
            self._advance(self._open[position], boxes[row], time_s)
        for row in np.flatnonzero(assigned < 0).tolist():
            assigned[row] = self._count
            self._open.append(_Open(self._count, boxes[row], time_s, np.zeros(4)))
            self._count += 1
        return assigned

    def is_open(self, track: int) -> bool:
        """Whether a track may continue."""
        return any(t.id == track for t in self._open)

    def _matches(self, boxes: Boxes, time_s: float) -> list[tuple[int, int]]:
        """One-to-one matches of open tracks and boxes: by overlap, the rest by distance."""
        if not self._open or not len(boxes):
            return []
        expected = np.array([t.expected(time_s) for t in self._open])
        last = np.array([t.box for t in self._open])
        fits = size_ratio(last, boxes) <= MAX_SIZE_RATIO
        overlap = np.maximum(iou(expected, boxes), iou(last, boxes))
        pairs = _match(overlap, fits & (overlap >= self._config.min_iou))
        latest_s = max(t.time_s for t in self._open)
        in_last_frame = np.array([t.time_s == latest_s for t in self._open])
        nearness = REACH - distance_in_heights(last, boxes)
        reachable = fits & in_last_frame[:, None] & (nearness > 0.0)
        reachable[[r for r, _ in pairs], :] = False
        reachable[:, [c for _, c in pairs]] = False
        return pairs + _match(nearness, reachable)

    @staticmethod
    def _advance(track: _Open, box: Boxes, time_s: float) -> None:
        step_s = max(time_s - track.time_s, 1e-6)
        track.velocity = (box - track.box) / step_s
        track.box, track.time_s = box, time_s


def _match(gain: Boxes, allowed: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Pairs of rows and columns with the largest summed gain (Hungarian method)."""
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
        """Weighted mean embedding, shape (d,)."""
        mean: npt.NDArray[np.floating] = np.average(self.embeddings, axis=0, weights=self.weights)
        return mean


def stitch(pieces: list[Piece], threshold: float, config: TrackingConfig) -> list[Piece]:
    """Cut pieces in which the face changes, then join pieces that are one face.

    Parameters
    ----------
    pieces
        Of one shot.
    threshold
        The encoder's default L2 threshold, multiplied by the factors of `config`.

    Returns
    -------
    list of pieces, by start, then left edge
    """
    parts = [part for piece in pieces for part in _split(piece, config.split_factor * threshold)]
    parts.sort(key=_order)
    next_of = _successors(parts, config.stitch_factor * threshold, config.max_gap_s)
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
