"""The people of a result: when they appear, and their faces."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from clusterer.core.types._arrays import FloatArray, IntArray, freeze
from clusterer.core.types._faces import Reason

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True)
class Appearance:
    """A stretch of one shot in which a person is on screen; half-open in frames and pts.

    `ClusteringResult.spans_s` gives the appearances of a person in seconds.

    Attributes
    ----------
    shot_index : position in `Analysis.shots`
    start_frame, end_frame : indices of decoded frames
    start_pts, end_pts : the same in pts
    track_ids : the tracks that it consists of

    Examples
    --------
    >>> seen = result.person("Person 1").appearances[0]
    >>> seen.start_frame, seen.end_frame, seen.track_ids
    (0, 21, (0,))
    """

    shot_index: int
    start_frame: int
    end_frame: int
    start_pts: int
    end_pts: int
    track_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """A person, or one unknown track.

    Attributes
    ----------
    id : stable within a result: ``person-1`` …, ``unknown-1`` …
    name : for display, ``Person 1`` until a user names it
    label : label of the tracks; -1 for an unknown
    track_ids : in time order
    appearances : in time order
    cover_row : detection whose picture represents the person
    crop_rows : detections whose pictures are kept, in time order
    screen_time_s : summed length of the appearances, seconds
    confidence : 0 to 1
    reason : why it is unknown; `Reason.NONE` for a person
    hidden : whether a reviewer hid the person; exports and the table of appearances leave it out
    background : whether the person never stands in the foreground, see
        `clusterer.people.background`, or a reviewer said so

    Examples
    --------
    >>> first = result.people[0]
    >>> first.id, first.name, first.screen_time_s, len(first.appearances)
    ('person-1', 'Person 1', 2.84, 2)
    >>> first
    <Identity 'person-1': 'Person 1', 2.84 s on screen>
    >>> result.unknowns[0].reason.value
    'single face'
    """

    id: str
    name: str
    label: int
    track_ids: tuple[int, ...]
    appearances: tuple[Appearance, ...]
    cover_row: int
    crop_rows: tuple[int, ...]
    screen_time_s: float
    confidence: float
    reason: Reason = Reason.NONE
    hidden: bool = False
    background: bool = False

    def __repr__(self) -> str:
        return f"<Identity {self.id!r}: {self.name!r}, {self.screen_time_s:.2f} s on screen>"


class Move(StrEnum):
    """How clothing changed the person of a track."""

    JOINED = "joined by clothing"
    SPLIT = "split by clothing"


@dataclass(frozen=True, slots=True)
class ClothingDecision:
    """A track that clothing assigned to another person than the faces did, and why.

    Attributes
    ----------
    track_id
    move
        `Move.JOINED`: it was added to its person. `Move.SPLIT`: it was taken from a person whom
        it does not fit.
    face, clothing
        Evidence that the track and the other tracks of that person are one person: logarithm of
        the odds, above 0 for, below 0 against.
    runner_up
        Evidence of face and clothing together for the next best person; None if there is none.

    Examples
    --------
    >>> [decision.move.value for decision in result.clothing]
    []
    """

    track_id: int
    move: Move
    face: float
    clothing: float
    runner_up: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The faces of one person, in time order.

    Attributes
    ----------
    row : array of shape (k,), int64, positions in `Analysis.detections`
    track : array of shape (k,), int64, positions in `Analysis.tracks`
    frame : array of shape (k,), int64, decoded frame
    time_s : array of shape (k,), float64, seconds as a player counts
    boxes : array of shape (k, 4), float32, left, top, right, bottom in px of the source frame
    scores : array of shape (k,), float32, 0 to 1
    quality : array of shape (k,), float32, 0 to 1

    Examples
    --------
    >>> faces = result.faces_of("Person 2")
    >>> faces.frame.tolist(), faces.time_s.tolist()
    ([0, 10], [0.0, 0.4])
    >>> faces.boxes[0].tolist()
    [300.0, 50.0, 340.0, 98.0]
    >>> faces.to_pandas()["left"].tolist()
    [300.0, 301.0]
    """

    row: IntArray
    track: IntArray
    frame: IntArray
    time_s: npt.NDArray[np.float64]
    boxes: FloatArray
    scores: FloatArray
    quality: FloatArray

    def __post_init__(self) -> None:
        freeze(self, "row", np.int64, -1)
        k = len(self.row)
        for name in ("track", "frame"):
            freeze(self, name, np.int64, k)
        freeze(self, "time_s", np.float64, k)
        freeze(self, "boxes", np.float32, k, 4)
        for name in ("scores", "quality"):
            freeze(self, name, np.float32, k)

    def __len__(self) -> int:
        return len(self.row)

    def to_pandas(self) -> DataFrame:
        """The faces as a pandas data frame, not rounded.

        Returns
        -------
        k rows; columns ``row``, ``track`` and ``frame`` (int64), ``time_s`` (float64), ``left``,
        ``top``, ``right``, ``bottom``, ``score`` and ``quality`` (float32)
        """
        import pandas as pd  # noqa: PLC0415 - slow to import

        sides = dict(zip(("left", "top", "right", "bottom"), self.boxes.T, strict=True))
        return pd.DataFrame(
            {
                "row": self.row,
                "track": self.track,
                "frame": self.frame,
                "time_s": self.time_s,
                **sides,
                "score": self.scores,
                "quality": self.quality,
            }
        )
