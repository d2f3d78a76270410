"""The analysis of a video: what the first phase finds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from clusterer.core.types._arrays import FloatArray, IntArray, freeze, nothing
from clusterer.core.types._faces import ChipQuality, Detections, Extent, Track
from clusterer.core.types._media import Shot, VideoInfo
from clusterer.core.types._people import Appearance

BARE = "Pictures and vectors of faces were removed; to review it, analyse the video again"
"""The warning of an analysis without them."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Analysis:
    """What the first phase finds in a video; the second phase needs nothing else.

    Attributes
    ----------
    video : properties of the file
    shots : in time order
    detections : n rows, in time order; last those that a reviewer found, which are in no track
        until a correction makes one of them
    quality : n rows, parallel to `detections`
    tracks : t tracks, of which the id is the position; a detection belongs to at most one
    chip_rows : array of shape (c,), int64, the detection of each embedded chip, grouped by track
    chip_embeddings : array of shape (c, d), float32, as the encoder gives them
    chip_colours : array of shape (c, k), float32, histogram of the torso below each chip, of length
        1; k = 0 if clothing was not analysed
    chip_clothing : array of shape (c, e), float32, embedding of that torso, of length 1; zeros
        where too little of it is visible
    chip_torso_share : array of shape (c,), float32, visible part of that torso, 0 to 1
    chip_torso_sharpness : array of shape (c,), float32, variance of the torso's Laplacian, grey
        levels²
    crop_rows : array of shape (p,), int64, detections whose picture is kept
    sampled_frames : array of shape (s,), int64, every frame that was analysed
    sampled_pts : array of shape (s,), int64
    models : name → SHA-256 of the weights that were used
    warnings : what the user should know, such as a truncated file
    found : the analysis before a reviewer's corrections of tracks, with the same detections; None =
        there are none
    track_of_row : array of shape (n,), int64, the track of each detection, -1 = none; derived
    chip_of_row : array of shape (n,), int64, the chip of each detection, a position in `chip_rows`,
        -1 = not embedded; derived

    Raises
    ------
    ValueError
        Lengths of arrays differ, a row does not exist, or a detection is listed twice.

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
    found: Analysis | None = None
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
        self._check_extents()

    def _invert(self, source: str, rows: IntArray, owners: IntArray) -> None:
        """Set the track or chip of each detection; -1 = none."""
        self._check_rows(source, rows)
        if len(set(rows.tolist())) < len(rows):
            raise ValueError(f"Analysis.{source}: a detection is listed twice")
        name = {"tracks": "track_of_row", "chip_rows": "chip_of_row"}[source]
        owner_of = np.full(len(self.detections), -1, dtype=np.int64)
        owner_of[rows] = owners
        object.__setattr__(self, name, owner_of)
        freeze(self, name, np.int64, len(owner_of))

    def _check_rows(self, source: str, rows: IntArray) -> None:
        if ((rows < 0) | (rows >= len(self.detections))).any():
            raise ValueError(f"Analysis.{source}: a row of no detection")

    def _check_extents(self) -> None:
        for track in self.tracks:
            first, last = self.detections.frame_index[track.detection_rows[[0, -1]]].tolist()
            if (
                track.extent
                and not track.extent.first_frame <= first <= last <= track.extent.last_frame
            ):
                raise ValueError(
                    f"Analysis.tracks: the extent of track {track.id} lacks a detection"
                )

    def __repr__(self) -> str:
        return (
            f"<Analysis of {self.video.path!r}: {len(self.shots)} shots, {len(self.tracks)} tracks,"
            f" {len(self.detections)} faces>"
        )

    @property
    def as_found(self) -> Analysis:
        """The analysis before a reviewer's corrections of tracks."""
        return self if self.found is None else self.found

    @property
    def rows_of_tracks(self) -> IntArray:
        """Detections of tracks in time order, shape (k,), int64."""
        rows = np.flatnonzero(self.track_of_row >= 0)
        return rows[np.argsort(self.detections.frame_index[rows], kind="stable")]

    def has_tracks_of(self, other: Analysis) -> bool:
        """Whether another analysis of the same detections has the same tracks."""
        return self is other or (
            self.as_found is other.as_found
            and bool(np.array_equal(self.track_of_row, other.track_of_row))
            and [track.extent for track in self.tracks] == [track.extent for track in other.tracks]
        )

    def spans(self, *tracks: int) -> tuple[Appearance, ...]:
        """When tracks are on screen: from the first frame of each until the frame after its last.

        Parameters
        ----------
        tracks
            Positions in `Analysis.tracks`.

        Returns
        -------
        one appearance per track, in the order given

        Examples
        --------
        >>> (span,) = analysis.spans(1)
        >>> span.start_frame, span.end_frame, analysis.video.seconds(span.end_pts)
        (0, 11, 0.44)
        """
        shot_of = {shot.index: shot for shot in self.shots}
        frame_pts = max(1, round(1 / (self.video.frame_rate * self.video.time_base)))
        chosen = [self.tracks[track] for track in tracks]
        return tuple(self._span(track, shot_of[track.shot_index], frame_pts) for track in chosen)

    def _span(self, track: Track, shot: Shot, frame_pts: int) -> Appearance:
        extent = self._extent(track)
        end_frame, end_pts = extent.last_frame + 1, extent.end_pts
        if end_pts is None:
            end_pts = extent.last_pts + frame_pts
        return Appearance(
            shot_index=shot.index,
            start_frame=extent.first_frame,
            end_frame=end_frame,
            start_pts=extent.first_pts,
            end_pts=shot.end_pts if end_frame >= shot.end_frame else min(end_pts, shot.end_pts),
            track_ids=(track.id,),
        )

    def _extent(self, track: Track) -> Extent:
        """First and last frame: as flow followed the face, or else of its detections."""
        if track.extent:
            return track.extent
        ends = track.detection_rows[[0, -1]]
        frames, pts = self.detections.frame_index[ends].tolist(), self.detections.pts[ends].tolist()
        return Extent(*frames, *pts)

    @property
    def is_bare(self) -> bool:
        """Whether pictures and embeddings were removed, so that only tables can be made of it.

        See `clusterer.purge`.
        """
        return BARE in self.warnings

    @property
    def spans_pts(self) -> IntArray:
        """First and last detection of each track, shape (t, 2), int64, pts."""
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
