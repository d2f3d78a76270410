"""Follow one face through its shot, both ways, from a box that somebody drew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from clusterer.core.config import TrackingConfig
from clusterer.core.geometry import iou, size_ratio
from clusterer.core.types import Analysis, Detections, Frame, Shot, SmallFrame, VideoInfo
from clusterer.faces.detection import Detector
from clusterer.faces.tracking import MAX_SIZE_RATIO
from clusterer.media.decode import Decoded, Reader, Start
from clusterer.media.flow import follow
from clusterer.media.picture import Converter
from clusterer.pipeline.taken import TAKEN_IOU, Box

REACH_S = 60.0
"""A face is followed at most so far to each side of its box, so that memory is bounded."""
BLIND_S = 5.0
"""Flow alone follows a face that no detector sees at most so far."""
DRAWN_IOU = 0.35
"""Overlap from which a drawn box and a detection are one face: people draw more of the head, or
less, than a detector does."""
FLOW_SCORE = 0.05
"""Score of a face that only flow found: below any of a detector."""
SMALL_PX = 320
"""Width of pictures that are not used here; `Converter` asks for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A frame on the way: its small picture, and the faces in it if it is one that was analysed.

    Attributes
    ----------
    small
    faces : seen by a detector that need not be sure, without those of tracks; None = not looked for
    taken : array of shape (k, 4), px, faces of tracks
    """

    small: SmallFrame
    faces: Detections | None = None
    taken: Box = field(default_factory=lambda: np.zeros((0, 4)))


def frames_of(video: VideoInfo, shot: Shot, from_pts: int, until_pts: int) -> Iterator[Decoded]:
    """The frames of a shot within some time, both ends included, numbered as in the analysis."""
    for frame in Reader(video, Start(shot.start_pts, shot.start_frame)):
        if frame.index >= shot.end_frame or frame.pts > until_pts:
            return
        if frame.pts >= from_pts:
            yield frame


def glimpses(
    video: VideoInfo, analysis: Analysis, shot: Shot, at_pts: int, detector: Detector
) -> list[Glimpse]:
    """Look at the frames of a shot around a time.

    Parameters
    ----------
    video
        Its path is the file.
    analysis
        Of the film.
    shot
        Contains the time.
    at_pts
        Time of the drawn box.
    detector
        With a low limit.
    """
    reach_pts = round(REACH_S / video.time_base)
    sampled = set(analysis.sampled_frames.tolist())
    converter = Converter(*video.square_px, SMALL_PX)
    known = analysis.detections[analysis.rows_of_tracks].scaled(*video.to_square)
    found = []
    for frame in frames_of(video, shot, at_pts - reach_pts, at_pts + reach_pts):
        small = converter.grey(frame.index, frame.pts, frame.raw)
        if frame.index not in sampled:
            found.append(Glimpse(small))
            continue
        (faces,) = detector.detect([Frame(frame.index, frame.pts, converter.rgb(frame.raw))])
        taken = known.boxes[known.frame_index == frame.index].astype(np.float64)
        free = ~(iou(faces.boxes.astype(np.float64), taken) >= TAKEN_IOU).any(axis=1)
        found.append(Glimpse(small, faces[free], taken))
    return found


def through_shot(  # noqa: PLR0913, PLR0917 (as described below)
    seen: Sequence[Glimpse],
    start: int,
    box: Box,
    video: VideoInfo,
    config: TrackingConfig,
    sure_score: float,
) -> Detections:
    """Follow a face from a frame to both ends of the shot.

    It ends with the last face of which the detector is sure; if there is none, with the last that
    it sees at all; if there is none, where flow loses it.

    Parameters
    ----------
    seen
        From `glimpses`, in time order.
    start
        Position of the frame with the box.
    box : array of shape (4,), px of the picture as shown
    video, config
        Time base; overlap and gap.
    sure_score
        From which the detector is sure.

    Returns
    -------
    Detections of frames that were analysed, in time order; of the drawn one if there is no other
    """
    drawn = seen[start]
    here = _best(drawn, box, DRAWN_IOU)
    here = _look(drawn, box) if here is None else here
    begin = here.boxes[0].astype(np.float64)
    after = _walk(seen[start:], begin, video, config)
    before = _walk(seen[start::-1], begin, video, config)
    own = [] if drawn.faces is None else [here]
    best = max(float(face.scores[0]) for face in [here, *after, *before])
    least = next((limit for limit in (sure_score, 2 * FLOW_SCORE) if best >= limit), 0.0)
    for way in (after, before):
        while way and way[-1].scores[0] < least:
            way.pop()
    return Detections.concatenate([*before[::-1], *own, *after] or [here])


def _walk(
    way: Sequence[Glimpse], box: Box, video: VideoInfo, config: TrackingConfig
) -> list[Detections]:
    """Faces on one way, one a frame that was analysed, from the nearest; without the first."""
    found: list[Detections] = []
    seen_s = found_s = video.seconds(way[0].small.pts)
    stretch = [way[0]]
    for glimpse in way[1:]:
        stretch.append(glimpse)
        if glimpse.faces is None:
            continue
        now_s = video.seconds(glimpse.small.pts)
        place = _followed(stretch, box)
        at = box if place is None else place
        if (iou(at[None], glimpse.taken) >= TAKEN_IOU).any():
            break  # from here on it is a track already
        face = _best(glimpse, at, config.min_iou)
        if face is not None:
            found.append(face)
            seen_s, place = now_s, face.boxes[0].astype(np.float64)
        elif place is not None and abs(now_s - seen_s) <= BLIND_S and _is_inside(place, video):
            found.append(_look(glimpse, place))
        else:
            place = None
        if place is not None:
            box, found_s = place, now_s
        elif abs(now_s - found_s) > config.max_gap_s:
            break
        stretch = [glimpse]
    return found


def _followed(stretch: Sequence[Glimpse], box: Box) -> Box | None:
    """Where flow follows a box to through frames; None if it loses it."""
    small = [glimpse.small for glimpse in stretch]
    result = follow([each.picture for each in small], box[None] * small[0].scale)
    lost = int(result.count[0]) < len(small)
    return None if lost else np.asarray(result.boxes[0] / small[0].scale, np.float64)


def _best(glimpse: Glimpse, box: Box, least: float) -> Detections | None:
    """The face that overlaps a box most, if enough; the surer of equals."""
    faces = glimpse.faces
    if faces is None or not len(faces):
        return None
    boxes = faces.boxes.astype(np.float64)
    overlap = iou(box[None], boxes)[0]
    overlap[size_ratio(box[None], boxes)[0] > MAX_SIZE_RATIO] = 0.0
    best = int(np.lexsort((-faces.scores, -overlap))[0])
    return faces[best : best + 1] if overlap[best] >= least else None


def _look(glimpse: Glimpse, box: Box) -> Detections:
    """A face that no detector saw."""
    frame = Frame(glimpse.small.index, glimpse.small.pts, np.zeros((1, 1, 3), np.uint8))
    return Detections.of_frame(frame, box[None], [FLOW_SCORE])


def _is_inside(box: Box, video: VideoInfo) -> bool:
    """Whether the middle of a box is in the picture."""
    width_px, height_px = video.square_px
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return bool(0 <= x < width_px and 0 <= y < height_px)
