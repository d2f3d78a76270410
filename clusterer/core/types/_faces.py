"""Detections, their quality, tracks, and the features of each track."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from clusterer.core.types._arrays import FloatArray, IntArray, freeze, index, nothing
from clusterer.core.types._media import Frame

UNKNOWN = -1
"""The label of a track that belongs to no person."""


class Reason(StrEnum):
    """Why a track was left unknown."""

    NONE = ""
    SINGLE_FACE = "single face"
    TOO_SMALL = "too small"
    TOO_BLURRED = "too blurred"
    TURNED_AWAY = "turned away"
    AMBIGUOUS = "ambiguous"
    NO_MATCH = "no match"
    BY_HAND = "by hand"
    NOT_A_FACE = "not a face"


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Faces that were found, one per row; detectors, tracking and encoders exchange these.

    Attributes
    ----------
    frame_index : array of shape (n,), int64, decoded frame
    pts : array of shape (n,), int64
    boxes : array of shape (n, 4), float32, left, top, right, bottom in px of the source frame: of
        `Frame.image` between detector and encoder, as stored in an `Analysis` (see `VideoInfo`)
    scores : array of shape (n,), float32, 0 to 1
    landmarks : array of shape (n, 5, 2), float32, px: left eye, right eye, nose, left and right
        corner of the mouth as seen in the picture; NaN if the detector gives none

    Examples
    --------
    >>> analysis.detections[[0, 1]].boxes[:, 0].round(1).tolist()
    [100.0, 300.0]
    >>> len(clusterer.Detections.empty())
    0
    """

    frame_index: IntArray
    pts: IntArray
    boxes: FloatArray
    scores: FloatArray
    landmarks: FloatArray

    def __post_init__(self) -> None:
        freeze(self, "frame_index", np.int64, -1)
        n = len(self.frame_index)
        freeze(self, "pts", np.int64, n)
        freeze(self, "boxes", np.float32, n, 4)
        freeze(self, "scores", np.float32, n)
        freeze(self, "landmarks", np.float32, n, 5, 2)
        if n and not np.isfinite(self.boxes).all():
            raise ValueError("Detections.boxes: not finite")
        if n and (self.boxes[:, 2:] < self.boxes[:, :2]).any():
            raise ValueError("Detections.boxes: right < left or bottom < top")
        if n and not ((self.scores >= 0) & (self.scores <= 1)).all():
            raise ValueError("Detections.scores: outside 0 to 1")

    def __len__(self) -> int:
        return len(self.frame_index)

    def __getitem__(self, rows: npt.ArrayLike | slice) -> Detections:
        """Return the given rows, by index array, mask or slice."""
        pick = index(rows)
        return Detections(**{f.name: getattr(self, f.name)[pick] for f in fields(self)})

    @property
    def heights_px(self) -> FloatArray:
        """Height of each box, shape (n,), px."""
        heights: FloatArray = self.boxes[:, 3] - self.boxes[:, 1]
        return heights

    def scaled(self, x: float, y: float) -> Detections:
        """The same faces in a picture scaled by these factors."""
        if x == y == 1:
            return self
        factors = np.array([x, y], dtype=np.float64)
        return replace(
            self,
            boxes=(self.boxes * np.tile(factors, 2)).astype(np.float32),
            landmarks=(self.landmarks * factors).astype(np.float32),
        )

    @classmethod
    def empty(cls) -> Self:
        """No faces."""
        nothing: Any = np.zeros(0)
        return cls(nothing, nothing, nothing, nothing, nothing)

    @classmethod
    def of_frame(
        cls,
        frame: Frame,
        boxes: npt.ArrayLike,
        scores: npt.ArrayLike,
        landmarks: npt.ArrayLike | None = None,
    ) -> Self:
        """Faces of one frame; without `landmarks` these are NaN."""
        n = len(np.asarray(scores))
        if landmarks is None:
            landmarks = np.full((n, 5, 2), np.nan)
        return cls(
            frame_index=np.full(n, frame.index),
            pts=np.full(n, frame.pts),
            boxes=np.asarray(boxes),
            scores=np.asarray(scores),
            landmarks=np.asarray(landmarks),
        )

    @classmethod
    def concatenate(cls, parts: Iterable[Detections]) -> Self:
        """All rows of all parts, in order."""
        kept = [part for part in parts if len(part)]
        if not kept:
            return cls.empty()
        return cls(*(np.concatenate([getattr(p, f.name) for p in kept]) for f in fields(cls)))


class Extent(NamedTuple):
    """First and last frame in which a face is visible, both included.

    Attributes
    ----------
    first_frame, last_frame : decoded frame indices
    first_pts, last_pts : the same in pts
    end_pts : pts of the frame after the last; None = not known, as in results of schema 5
    """

    first_frame: int
    last_frame: int
    first_pts: int
    last_pts: int
    end_pts: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One face followed through one shot.

    Attributes
    ----------
    id : 0-based, in order of shot, first frame, then left edge
    shot_index : the shot it lies in
    detection_rows : array of shape (k,), int64, rows of the video's `Detections`, in time order
    extent : where the face is visible, as flow followed it beyond its first and last detection;
        None = only from the first detection to the last

    Examples
    --------
    >>> track = analysis.tracks[1]
    >>> analysis.detections[track.detection_rows].frame_index.tolist()
    [0, 10]
    """

    id: int
    shot_index: int
    detection_rows: IntArray
    extent: Extent | None = None

    def __post_init__(self) -> None:
        freeze(self, "detection_rows", np.int64, -1)
        if not len(self.detection_rows):
            raise ValueError(f"track {self.id} is empty")

    def __len__(self) -> int:
        return len(self.detection_rows)


@dataclass(frozen=True, slots=True, eq=False)
class ChipQuality:
    """Quality of each detection, one per row; every part 0 to 1.

    Attributes
    ----------
    size : array of shape (n,), float32, grows with the face's height
    sharpness : array of shape (n,), float32
    score : array of shape (n,), float32, the detector's score
    pose : array of shape (n,), float32, 1 = frontal, 0 = profile

    Examples
    --------
    >>> analysis.quality[:1].value.tolist()
    [0.375]
    """

    size: FloatArray
    sharpness: FloatArray
    score: FloatArray
    pose: FloatArray

    def __post_init__(self) -> None:
        n = len(np.asarray(self.size))
        for part in fields(self):
            freeze(self, part.name, np.float32, n)
            values = getattr(self, part.name)
            if n and not ((values >= 0) & (values <= 1)).all():
                raise ValueError(f"ChipQuality.{part.name}: outside 0 to 1")

    def __len__(self) -> int:
        return len(self.size)

    def __getitem__(self, rows: npt.ArrayLike | slice) -> ChipQuality:
        """Return the given rows, by index array, mask or slice."""
        pick = index(rows)
        return ChipQuality(**{f.name: getattr(self, f.name)[pick] for f in fields(self)})

    @property
    def value(self) -> FloatArray:
        """Quality of each chip, shape (n,), 0 to 1: the product of the parts."""
        product: FloatArray = self.size * self.sharpness * self.score * self.pose
        return product

    @classmethod
    def concatenate(cls, parts: Iterable[ChipQuality]) -> Self:
        """All rows of all parts, in order."""
        kept = list(parts)
        empty = [np.zeros(0, np.float32)]
        return cls(
            *(np.concatenate([getattr(p, f.name) for p in kept] or empty) for f in fields(cls))
        )


@dataclass(frozen=True, slots=True, eq=False)
class TrackFeatures:
    """Input of the grouping: one row per track, in time order.

    Attributes
    ----------
    track_ids : array of shape (t,), int64
    start_pts : array of shape (t,), int64, of the first detection
    face : array of shape (t, d), float32, quality-weighted mean of the track's best chips, as the
        encoder gives it (dlib's is not unit-norm); zeros where `has_face` is false
    quality : array of shape (t,), float32, 0 to 1, of the best chip
    readable_chips : array of shape (t,), int64, chips whose quality reaches the limit
    has_face : array of shape (t,), bool
    clothing : array of shape (t, k), float32, description of the clothing, of length 1: the dot
        product of two is their similarity; zeros where too little of the torso is visible
    torso_share : array of shape (t,), float32, best visible part of the torso, 0 to 1
    reasons : t reasons why a track cannot be read, `Reason.NONE` if it can
    face_sums : array of shape (t, d), float32, sum of the track's embeddings, weighted by how much
        each tells of the person; d = 0 if the encoder's statistics are not known. See
        `clusterer.people.features.pool`.
    face_precision : array of shape (t,), float32, 0 or more, how much that sum tells: the ratio of
        the person's share to that of chance
    coloured : whether the film shows colours, see `clusterer.clothing.palette.has_colours`

    Examples
    --------
    >>> result.features.face.shape
    (4, 8)
    >>> [reason.value for reason in result.features.reasons]
    ['', '', '', 'single face']
    """

    track_ids: IntArray
    start_pts: IntArray
    face: FloatArray
    quality: FloatArray
    readable_chips: IntArray
    has_face: npt.NDArray[np.bool_]
    reasons: tuple[Reason, ...]
    clothing: FloatArray = field(default_factory=nothing)
    torso_share: FloatArray = field(default_factory=nothing)
    face_sums: FloatArray = field(default_factory=nothing)
    face_precision: FloatArray = field(default_factory=nothing)
    coloured: bool = True

    def __post_init__(self) -> None:
        freeze(self, "track_ids", np.int64, -1)
        n = len(self.track_ids)
        freeze(self, "start_pts", np.int64, n)
        freeze(self, "face", np.float32, n, -1)
        freeze(self, "quality", np.float32, n)
        freeze(self, "readable_chips", np.int64, n)
        freeze(self, "has_face", np.bool_, n)
        if not len(self.torso_share):
            object.__setattr__(self, "clothing", np.zeros((n, 0)))
            object.__setattr__(self, "torso_share", np.zeros(n))
        freeze(self, "clothing", np.float32, n, -1)
        freeze(self, "torso_share", np.float32, n)
        if not len(self.face_precision):
            object.__setattr__(self, "face_sums", np.zeros((n, 0)))
            object.__setattr__(self, "face_precision", np.zeros(n))
        freeze(self, "face_sums", np.float32, n, -1)
        freeze(self, "face_precision", np.float32, n)
        if len(self.reasons) != n:
            raise ValueError("TrackFeatures.reasons: one per track")
        if not np.isfinite(self.face).all():
            raise ValueError("TrackFeatures.face: not finite")

    def __len__(self) -> int:
        return len(self.track_ids)
