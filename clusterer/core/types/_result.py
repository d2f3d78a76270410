"""What is known: the analysis of a video, and the people found in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from clusterer.core.config import AUTO, Config
from clusterer.core.errors import ConfigError
from clusterer.core.types._arrays import FloatArray, IntArray, freeze, nothing
from clusterer.core.types._calibration import Calibration
from clusterer.core.types._edits import Advice, Edit, Grouping
from clusterer.core.types._faces import ChipQuality, Detections, Reason, Track, TrackFeatures
from clusterer.core.types._media import Shot, VideoInfo

if TYPE_CHECKING:
    from clusterer.core.tables import Tables

MOST_NAMES = 20
"""Names that an error lists."""


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What the first phase learns from the video; the second phase needs nothing else.

    Attributes
    ----------
    video : the container's facts
    shots : in time order
    detections : n rows, in time order
    quality : n rows, parallel to `detections`
    tracks : t tracks, of which the id is the position; a detection belongs to at most one
    chip_rows : array of shape (c,), int64, the detection of each embedded chip, grouped by track
    chip_embeddings : array of shape (c, d), float32, as the encoder gives them
    chip_colours : array of shape (c, k), float32, histogram of the torso below each chip, of length
        1; k = 0 when clothing was not looked at
    chip_clothing : array of shape (c, e), float32, embedding of that torso, of length 1; zeros
        where too little of it is seen
    chip_torso_share : array of shape (c,), float32, visible part of that torso, 0 to 1
    chip_torso_sharpness : array of shape (c,), float32, variance of its Laplacian, grey levels²
    crop_rows : array of shape (p,), int64, detections of which a picture is kept
    sampled_frames : array of shape (s,), int64, every frame that was looked at
    sampled_pts : array of shape (s,), int64
    models : name → sha256 of the weights that were used
    warnings : what the user should know, such as a truncated file
    track_of_row : array of shape (n,), int64, the track of each detection, -1 = none; derived
    chip_of_row : array of shape (n,), int64, the chip of each detection, a position in `chip_rows`,
        -1 = not embedded; derived

    Raises
    ------
    ValueError
        Arrays do not fit each other, or a row is of no detection or listed twice.

    Examples
    --------
    >>> [(track.id, len(track)) for track in analysis.tracks]
    [(0, 3), (1, 2), (2, 3), (3, 1)]
    >>> analysis.track_of_row.tolist()
    [0, 1, 0, 1, 0, 2, 2, 3, 2]
    >>> analysis.chips_of(2).tolist()
    [2]
    """

    video: VideoInfo
    shots: tuple[Shot, ...]
    detections: Detections
    quality: ChipQuality
    tracks: tuple[Track, ...]
    chip_rows: IntArray
    chip_embeddings: FloatArray
    crop_rows: IntArray
    sampled_frames: IntArray
    sampled_pts: IntArray
    models: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    chip_colours: FloatArray = field(default_factory=nothing)
    chip_clothing: FloatArray = field(default_factory=nothing)
    chip_torso_share: FloatArray = field(default_factory=nothing)
    chip_torso_sharpness: FloatArray = field(default_factory=nothing)
    track_of_row: IntArray = field(init=False, repr=False, compare=False)
    chip_of_row: IntArray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        freeze(self, "chip_rows", np.int64, -1)
        freeze(self, "chip_embeddings", np.float32, len(self.chip_rows), -1)
        if not len(self.chip_torso_share):
            for name in ("chip_colours", "chip_clothing"):
                object.__setattr__(self, name, np.zeros((len(self.chip_rows), 0)))
            for name in ("chip_torso_share", "chip_torso_sharpness"):
                object.__setattr__(self, name, np.zeros(len(self.chip_rows)))
        freeze(self, "chip_colours", np.float32, len(self.chip_rows), -1)
        freeze(self, "chip_clothing", np.float32, len(self.chip_rows), -1)
        freeze(self, "chip_torso_share", np.float32, len(self.chip_rows))
        freeze(self, "chip_torso_sharpness", np.float32, len(self.chip_rows))
        freeze(self, "crop_rows", np.int64, -1)
        freeze(self, "sampled_frames", np.int64, -1)
        freeze(self, "sampled_pts", np.int64, len(self.sampled_frames))
        if len(self.quality) != len(self.detections):
            raise ValueError("Analysis.quality: not parallel to detections")
        lengths = [len(track) for track in self.tracks]
        rows = [np.zeros(0, np.int64), *(track.detection_rows for track in self.tracks)]
        self._invert("tracks", np.concatenate(rows), np.repeat(np.arange(len(lengths)), lengths))
        self._invert("chip_rows", self.chip_rows, np.arange(len(self.chip_rows)))
        self._check_rows("crop_rows", self.crop_rows)

    def _invert(self, source: str, rows: IntArray, owners: IntArray) -> None:
        """Keep the owner of each detection, where there is one."""
        self._check_rows(source, rows)
        if len(np.unique(rows)) < len(rows):
            raise ValueError(f"Analysis.{source}: a detection is listed twice")
        name = {"tracks": "track_of_row", "chip_rows": "chip_of_row"}[source]
        owner_of = np.full(len(self.detections), -1, dtype=np.int64)
        owner_of[rows] = owners
        object.__setattr__(self, name, owner_of)
        freeze(self, name, np.int64, len(owner_of))

    def _check_rows(self, source: str, rows: IntArray) -> None:
        if ((rows < 0) | (rows >= len(self.detections))).any():
            raise ValueError(f"Analysis.{source}: a row of no detection")

    @property
    def spans_pts(self) -> IntArray:
        """First and last sight of each track, shape (t, 2), int64, pts."""
        ends = [track.detection_rows[[0, -1]] for track in self.tracks]
        spans: IntArray = self.detections.pts[np.array(ends, dtype=np.int64).reshape(-1, 2)]
        return spans

    def chips_of(self, track: int) -> IntArray:
        """Positions of a track's chips in `chip_rows` and its parallels, in time order.

        Parameters
        ----------
        track
            Its position in `tracks`.

        Returns
        -------
        array of shape (k,), int64
        """
        chips: IntArray = self.chip_of_row[self.tracks[track].detection_rows]
        return chips[chips >= 0]


@dataclass(frozen=True, slots=True)
class Appearance:
    """One stretch of one shot in which a person is seen; half-open in frames and pts.

    Attributes
    ----------
    shot_index : the shot it lies in
    start_frame, end_frame : decoded frame indices
    start_pts, end_pts : the same in pts
    track_ids : the tracks that make it up

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


@dataclass(frozen=True, slots=True)
class Identity:
    """A person, or an unknown track on its own.

    Attributes
    ----------
    id : stable within a result: ``person-1`` …, ``unknown-1`` …
    name : for display, ``Person 1`` until a user names it
    label : the clusterer's label; `UNKNOWN` for an unknown
    track_ids : in time order
    appearances : in time order
    cover_row : detection whose crop stands for the person
    crop_rows : detections whose crops are kept, in time order
    screen_time_s : summed length of the appearances, seconds
    confidence : 0 to 1
    reason : why it is unknown; `Reason.NONE` for a person
    hidden : the reviewer does not want to see this person

    Examples
    --------
    >>> anna = result.people[0]
    >>> anna.id, anna.name, anna.screen_time_s, len(anna.appearances)
    ('person-1', 'Person 1', 2.84, 2)
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


class Move(StrEnum):
    """What clothing did to a track."""

    JOINED = "joined by clothing"
    SPLIT = "split by clothing"


@dataclass(frozen=True, slots=True)
class ClothingDecision:
    """A track that the second stage gave to another person than the faces did, and why.

    Attributes
    ----------
    track_id
    move
        `Move.JOINED`: it came to the person that it is with. `Move.SPLIT`: it was taken from a
        person whom it does not fit.
    face, clothing
        Evidence that it belongs to that person's other tracks, as logarithm of odds: above 0 speaks
        for it.
    runner_up
        Face and clothing together for the next best person; None if nobody else is possible.

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
    """Faces of one person, in time order.

    Attributes
    ----------
    row : array of shape (k,), int64, rows of the analysis' `detections`
    track : array of shape (k,), int64
    frame : array of shape (k,), int64, decoded frame
    time_s : array of shape (k,), float64, since the first frame, seconds
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


@dataclass(frozen=True, slots=True, eq=False)
class ClusteringResult:
    """The whole answer: who appears when. Iterating over it gives the people.

    Attributes
    ----------
    analysis : what the first phase found
    features : what the clustering knew of each track
    cannot_link : array of shape (m, 2), int64, pairs of tracks that are different people
    labels : array of shape (t,), int64, `UNKNOWN` = nobody's
    people : by screen time, longest first
    unknowns : by start
    config : every setting; `clusterer.decide` gives this result again with it. A threshold that was
        not given is the default that was used; one that the episode set is ``"auto"``
    clothing : what clothing decided, by track
    edits : the reviewer's corrections, in order; `labels`, `people` and `unknowns` include them
    grouped_under : number of the first edits that the grouping was made under
    edit_notes : one line for each edit that does not apply, or only in part
    advice : what a reviewer might be asked
    grouping : what the machine decided, before the edits; None = `labels` are just that
    calibration : how the threshold fits, numbers to four digits; None = not looked at

    Examples
    --------
    >>> [person.name for person in result]
    ['Person 1', 'Person 2']
    >>> result.labels.tolist()
    [0, 1, 0, -1]
    >>> result.threshold
    0.36
    """

    analysis: Analysis
    features: TrackFeatures
    cannot_link: IntArray
    labels: IntArray
    people: tuple[Identity, ...]
    unknowns: tuple[Identity, ...]
    config: Config
    clothing: tuple[ClothingDecision, ...] = ()
    edits: tuple[Edit, ...] = ()
    grouped_under: int = 0
    edit_notes: tuple[str, ...] = ()
    advice: Advice = field(default_factory=Advice)
    grouping: Grouping | None = None
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        freeze(self, "cannot_link", np.int64, -1, 2)
        freeze(self, "labels", np.int64, len(self.analysis.tracks))

    def __iter__(self) -> Iterator[Identity]:
        """People, longest on screen first; not the unknowns."""
        return iter(self.people)

    def person(self, who: str) -> Identity:
        """The person, or the unknown, of a name or an id.

        Parameters
        ----------
        who
            A name, such as ``"Anna"``, or an id, such as ``"person-1"`` or ``"unknown-3"``.

        Raises
        ------
        ConfigError
            Nobody is called that, or several are.

        Examples
        --------
        >>> result.person("unknown-1").track_ids
        (3,)
        >>> result.person("Anna")
        Traceback (most recent call last):
            ...
        clusterer.core.errors.ConfigError: Nobody is called 'Anna'. There are: Person 1, Person 2
        """
        everyone = (*self.people, *self.unknowns)
        found = [one for one in everyone if one.id == who]
        found = found or [one for one in everyone if one.name == who]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(one.id for one in found)
            raise ConfigError(f"Several are called {who!r}", f"Give an id: {ids}")
        names = ", ".join(one.name for one in self.people[:MOST_NAMES]) or "nobody"
        raise ConfigError(f"Nobody is called {who!r}", f"There are: {names}")

    def faces_of(self, who: str | Identity) -> Faces:
        """Every face of a person, or of an unknown, in time order.

        Parameters
        ----------
        who
            The person, or what `person` finds it by.

        Raises
        ------
        ConfigError
            As of `person`.
        """
        identity = self.person(who) if isinstance(who, str) else who
        analysis = self.analysis
        rows = np.flatnonzero(np.isin(analysis.track_of_row, identity.track_ids))
        seen = analysis.detections[rows]
        return Faces(
            row=rows,
            track=analysis.track_of_row[rows],
            frame=seen.frame_index,
            time_s=np.array([analysis.video.seconds(pts) for pts in seen.pts.tolist()]),
            boxes=seen.boxes,
            scores=seen.scores,
            quality=analysis.quality.value[rows],
        )

    @property
    def tables(self) -> Tables:
        """People, appearances and faces as tables, each of which `to_pandas` makes a data frame."""
        from clusterer.core.tables import Tables  # noqa: PLC0415 - tables are made of these types

        return Tables(self)

    @property
    def threshold(self) -> float | None:
        """Largest distance at which two embeddings are one person; None if nothing was grouped."""
        chosen = self.config.clustering.threshold
        if chosen == AUTO:
            return self.calibration.threshold if self.calibration else None
        return chosen

    @property
    def grouped(self) -> Grouping:
        """What the machine decided; without `grouping`, read off the people and unknowns."""
        if self.grouping is not None:
            return self.grouping
        reasons = [Reason.NONE] * len(self.labels)
        confidence = np.zeros(len(self.labels))
        for who in (*self.people, *self.unknowns):
            for track in who.track_ids:
                reasons[track], confidence[track] = who.reason, who.confidence
        return Grouping(self.labels, tuple(reasons), confidence)
