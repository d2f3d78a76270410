"""Faces of people who were withdrawn from films, so that later analyses leave them out.

Nothing of a face is kept, neither an embedding nor a digest of one. What is kept is the film, by
its fingerprint, and where and when in it the person was seen: a box for each frame in which a face
had been found. An analysis of the same film drops what the detector finds there, before it is
tracked or encoded. So the person can be left out of this film, and is not recognised in another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clusterer.core.errors import ResultError
from clusterer.core.files import read_file, reading, write_all
from clusterer.core.geometry import iou
from clusterer.core.parse import parse_json
from clusterer.core.types import Analysis, Detections, VideoInfo
from clusterer.store.names import WITHDRAWN
from clusterer.store.owned import OwnedFolder

SCHEMA = 1
MOST_BYTES = 256 << 20
"""Largest file that is read: 5 million faces."""
REACH_S = 0.5
"""A person is left out so long before the first and after the last face of a track, within the
shot: a definition, by which an analysis at another sample rate finds none at the ends."""
MIN_OVERLAP = 0.3
"""Intersection over union from which on a face is the one that was withdrawn: a definition. Boxes
of one face by different detectors overlap by more, faces beside each other by less."""
_REMEDY = "Take back a copy of the file"


@dataclass(frozen=True, slots=True)
class WithdrawnTrack:
    """A person's face in one shot.

    Attributes
    ----------
    stream : of the video, None = the only one
    start_pts, end_pts : between which the face is left out
    pts : when the face was found, ascending
    boxes : left, top, right, bottom at each, whole px of the source frame
    """

    stream: int | None
    start_pts: int
    end_pts: int
    pts: tuple[int, ...]
    boxes: tuple[tuple[int, int, int, int], ...]


Films = Mapping[str, tuple[WithdrawnTrack, ...]]
"""Fingerprint of a film → what is left out of it."""


def tracks_of(analysis: Analysis, tracks: Iterable[int]) -> tuple[WithdrawnTrack, ...]:
    """What is to be left out of a film so that these tracks are.

    Parameters
    ----------
    analysis
        Of the film.
    tracks
        Positions in `Analysis.tracks`.
    """
    shots = {shot.index: shot for shot in analysis.shots}
    reach_pts = round(REACH_S / float(analysis.video.time_base))
    found = []
    for seen in analysis.spans(*tracks):
        shot, (track,) = shots[seen.shot_index], seen.track_ids
        rows = analysis.tracks[track].detection_rows
        boxes = np.rint(analysis.detections.boxes[rows]).astype(np.int64)
        found.append(
            WithdrawnTrack(
                analysis.video.stream,
                max(shot.start_pts, seen.start_pts - reach_pts),
                min(shot.end_pts, seen.end_pts + reach_pts),
                tuple(analysis.detections.pts[rows].tolist()),
                tuple((a, b, c, d) for a, b, c, d in boxes.tolist()),
            )
        )
    return tuple(found)


class Mask:
    """Drops the faces of withdrawn people from what a detector found.

    Parameters
    ----------
    tracks
        Of the film.
    video
        The film.
    """

    def __init__(self, tracks: Iterable[WithdrawnTrack], video: VideoInfo) -> None:
        self._tracks = [track for track in tracks if track.stream == video.stream]
        self._starts = np.array([track.start_pts for track in self._tracks], np.int64)
        self._ends = np.array([track.end_pts for track in self._tracks], np.int64)
        self._scale = np.tile(np.array(video.to_square, np.float64), 2)

    def left(self, detections: Detections) -> Detections:
        """The faces that stay.

        Parameters
        ----------
        detections
            Of one frame; boxes in px of `Frame.image`, whose pixels are square.
        """
        if not len(detections) or not self._tracks:
            return detections
        pts = int(detections.pts[0])
        near = np.flatnonzero((self._starts <= pts) & (pts < self._ends)).tolist()
        if not near:
            return detections
        boxes = np.array([self._box(self._tracks[i], pts) for i in near]) * self._scale
        overlap = iou(detections.boxes.astype(np.float64), boxes).max(axis=1)
        return detections[np.flatnonzero(overlap < MIN_OVERLAP)]

    @staticmethod
    def _box(track: WithdrawnTrack, pts: int) -> list[float]:
        """Where the face is at a time, between those at which it was found."""
        sides = np.array(track.boxes, np.float64).T
        return [float(np.interp(pts, track.pts, side)) for side in sides]


def read(folder: Path) -> Films:
    """What is left out of films, as a folder of a result or project says; nothing if it is silent.

    Raises
    ------
    ResultError
        The file is damaged or cannot be read: a run would bring withdrawn people back.
    """
    path = folder / WITHDRAWN
    try:
        with reading(path, ResultError, _REMEDY):
            content = parse_json(read_file(path, MOST_BYTES))
    except ValueError as error:
        raise ResultError(f"{path} is damaged ({error})", _REMEDY) from None
    except ResultError:
        if not path.is_symlink() and not path.exists():
            return {}
        raise
    try:
        if content["schema"] != SCHEMA:
            raise ResultError(f"{path} was written by another version", "Update cluster-video")
        return {str(film): tuple(map(_track, tracks)) for film, tracks in content["films"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ResultError(f"{path} is damaged ({error})", _REMEDY) from None


def withdraw(folder: Path, film: str, tracks: Sequence[WithdrawnTrack]) -> None:
    """Leave faces out of later analyses of a film; the caller holds the lock of the folder.

    Parameters
    ----------
    folder
        Of a result, whose file it becomes, or of a project.
    film
        Fingerprint.
    tracks
        Added to those before.

    Raises
    ------
    ResultError
        The file before is damaged, or it cannot be written.
    """
    known = dict(read(folder))
    known[film] = tuple(dict.fromkeys((*known.get(film, ()), *tracks)))
    content = {
        "schema": SCHEMA,
        "films": {
            name: [
                {
                    "stream": one.stream,
                    "start_pts": one.start_pts,
                    "end_pts": one.end_pts,
                    "pts": list(one.pts),
                    "boxes": list(map(list, one.boxes)),
                }
                for one in known[name]
            ]
            for name in sorted(known)
        },
    }
    text = json.dumps(content, separators=(",", ":")) + "\n"
    own = OwnedFolder(folder)
    if own.is_result:
        own.write({WITHDRAWN: text})
    else:
        write_all({folder / WITHDRAWN: text}, private=True)


def _track(content: Any) -> WithdrawnTrack:
    pts = tuple(map(int, content["pts"]))
    boxes = tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in content["boxes"])
    if not pts or len(pts) != len(boxes) or list(pts) != sorted(pts):
        raise ValueError("a face without a time")
    stream = content["stream"]
    return WithdrawnTrack(
        None if stream is None else int(stream),
        int(content["start_pts"]),
        int(content["end_pts"]),
        pts,
        boxes,
    )
