"""Find the faces of a film in more frames than an analysis did, and follow them."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from clusterer.core.config import DetectionConfig, TrackingConfig
from clusterer.core.cores import usable_cores
from clusterer.core.hook import GoOn
from clusterer.core.types import Analysis, Detections, Frame, VideoInfo
from clusterer.faces.detection.base import Detector, create
from clusterer.faces.tracking import Tracker
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from clusterer.media.read_ahead import ReadAhead

Boxes: TypeAlias = npt.NDArray[np.float64]

LOOKS_HZ = 8.0
"""Looks per second, at least: between them a face moves little, and what is drawn is looked at
again."""
DETECTOR = "centerface"
"""Whatever found the faces of the analysis: this one finds the most, and is always there."""
BATCH = 8
"""Frames in which faces are found side by side."""
FAINT_SCORE = 0.25
"""From which what may be a face is told of: half of what makes it one."""
_LARGE_PX = 4_000_000
_LINK = TrackingConfig(min_iou=0.3, max_gap_s=0.5)
"""Half a second: faces that were not found for longer may be others."""


@dataclass(slots=True)
class Tracklet:
    """A face followed from look to look through one shot.

    Attributes
    ----------
    shot : number of its stretch
    times_s : of its looks, since the first frame of the film, increasing
    boxes : left, top, right, bottom, px as stored, after rotation
    scores : 0 to 1
    """

    shot: int
    times_s: list[float] = field(default_factory=list)
    boxes: list[Boxes] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)


class FaceFinder:
    """The detector, on pictures of one film; boxes are those of an `Analysis`.

    Parameters
    ----------
    info
        From `probe`.
    config
        How the faces of the analysis were found, kept if by the same detector.

    Attributes
    ----------
    batch : frames that are best given at once
    min_score : from which the analysis takes a face for one
    """

    def __init__(self, info: VideoInfo, config: DetectionConfig) -> None:
        chosen = config if config.detector == DETECTOR else DetectionConfig(detector=DETECTOR)
        self.min_score = chosen.min_score
        all_faces = replace(chosen, min_score=min(FAINT_SCORE, self.min_score))
        self._detector: Detector = create(all_faces, usable_cores())
        self._from_square = tuple(1 / factor for factor in info.to_square)
        self.batch = BATCH if math.prod(info.square_px) < _LARGE_PX else BATCH // 2

    def find(self, frames: Sequence[Frame]) -> list[Detections]:
        """The faces of each frame, from `FAINT_SCORE` on."""
        x, y = self._from_square
        return [found.scaled(x, y) for found in self._detector.detect(frames)]


def share_done(info: VideoInfo, pts: int) -> float:
    """Part of the film that lies before a frame, 0 to 1."""
    return min(1.0, since_start_s(info, pts) / max(info.duration_s, 1e-3))


def since_start_s(info: VideoInfo, pts: int) -> float:
    """Seconds since the first frame of the film."""
    return float((pts - info.start_pts) * info.time_base)


class Stretch(NamedTuple):
    """A shot, or a part of the film that was not analysed.

    Attributes
    ----------
    start_s, end_s : seconds since the first frame, half-open
    is_watched
    """

    start_s: float
    end_s: float
    is_watched: bool


def stretches(analysis: Analysis, tracks: Collection[int] | None) -> list[Stretch]:
    """The whole film in stretches; watched are those with one of these tracks, or if None all."""
    video = analysis.video
    shots = {analysis.tracks[track].shot_index for track in tracks or ()}
    found: list[Stretch] = []
    at_s = 0.0
    for shot in analysis.shots:
        start_s, end_s = (since_start_s(video, pts) for pts in (shot.start_pts, shot.end_pts))
        if start_s > at_s:
            found.append(Stretch(at_s, start_s, tracks is None))
        found.append(Stretch(start_s, end_s, tracks is None or shot.index in shots))
        at_s = end_s
    return [*found, Stretch(at_s, math.inf, tracks is None)]


def watch(
    info: VideoInfo,
    analysis: Analysis,
    finder: FaceFinder,
    film: Sequence[Stretch],
    go_on: GoOn,
) -> list[Tracklet] | None:
    """Follow the faces of a film where it is watched.

    Parameters
    ----------
    info
        Of the film that is read, from `probe`.
    analysis
        Its sampled frames are looked at, too.
    finder
    film
        From `stretches`.
    go_on
        Asked before each batch; once it returns False, this ends.

    Returns
    -------
    in time order; None if `go_on` ended it

    Raises
    ------
    VideoError
        The film cannot be read.
    """
    if not any(each.is_watched for each in film):
        return []
    reader = Reader(info)
    found: dict[tuple[int, int], Tracklet] = {}
    tracker, current = Tracker(_LINK), -1
    with ReadAhead(_frames(reader, info, analysis, film), finder.batch, reader.cancel) as ahead:
        while batch := list(islice(ahead, finder.batch)):
            if not go_on(share_done(info, batch[0].pts)):
                return None
            for frame, seen in zip(batch, finder.find(batch), strict=True):
                faces = seen[np.flatnonzero(seen.scores >= finder.min_score)]
                time_s = since_start_s(info, frame.pts)
                number = stretch_at(film, time_s)
                if number != current:
                    tracker, current = Tracker(_LINK), number
                for row, track in enumerate(tracker.update(faces, time_s, ()).tolist()):
                    one = found.setdefault((number, track), Tracklet(number))
                    one.times_s.append(time_s)
                    one.boxes.append(faces.boxes[row].astype(np.float64))
                    one.scores.append(float(faces.scores[row]))
    return list(found.values())


def _frames(
    reader: Reader, info: VideoInfo, analysis: Analysis, film: Sequence[Stretch]
) -> Iterator[Frame]:
    """The frames that are looked at."""
    converter = Converter(*info.square_px, 160)
    looks = _Looks(info, analysis)
    last = max(i for i, each in enumerate(film) if each.is_watched)
    for decoded in reader:
        time_s = since_start_s(info, decoded.pts)
        number = stretch_at(film, time_s)
        if number > last:
            return
        if film[number].is_watched and looks.has(time_s):
            yield Frame(decoded.index, decoded.pts, converter.rgb(decoded.raw))


def stretch_at(film: Sequence[Stretch], time_s: float) -> int:
    """Number of the stretch at a time since the first frame."""
    return bisect_right(film, time_s + 1e-6, key=lambda each: each.start_s) - 1


class _Looks:
    """Which frames are looked at: those of the analysis, and others so often."""

    def __init__(self, info: VideoInfo, analysis: Analysis) -> None:
        self._half_s = float(1 / info.frame_rate) / 2
        video = analysis.video
        self._sampled = sorted(since_start_s(video, pts) for pts in analysis.sampled_pts.tolist())
        self._last_s = -math.inf

    def has(self, time_s: float) -> bool:
        """Whether to look at the frame of this time; times must increase."""
        at = bisect_left(self._sampled, time_s - self._half_s)
        is_sampled = at < len(self._sampled) and self._sampled[at] < time_s + self._half_s
        if is_sampled or time_s - self._last_s >= 1 / LOOKS_HZ - self._half_s:
            self._last_s = time_s
            return True
        return False
