"""Join finished parts of a video, in whatever order they came, to one sequence of shots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clusterer.core.types import Analysis, ChipQuality, Detections, Losses, Mark, Shot, VideoInfo
from clusterer.store.analysis_npz import Arrays, group_tracks, read_faces
from clusterer.store.finished import FinishedPart, FinishedShot, Kind, Picture
from clusterer.store.names import face_picture, frame_picture, torso_picture

_NAMES = {Kind.FACE: face_picture, Kind.TORSO: torso_picture, Kind.FRAME: frame_picture}
_SIDE_BY_SIDE = (
    "chip_embeddings",
    "chip_colours",
    "chip_clothing",
    "chip_torso_share",
    "chip_torso_sharpness",
    "sampled_frames",
    "sampled_pts",
    "extent_of_track",
)
"""Arrays that are joined shot after shot, unchanged but for the numbers of frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """Shots of a part that belong to the chain.

    Attributes
    ----------
    name : of the part
    part
    first : number of its first shot that belongs to it
    frames : to be added to its numbers of frames
    """

    name: str
    part: FinishedPart
    first: int
    frames: int

    @property
    def shots(self) -> Sequence[FinishedShot]:
        """The shots, with frames as the part numbers them."""
        return self.part.shots[self.first :]


@dataclass(frozen=True, slots=True)
class Chain:
    """Shots that follow each other from the beginning of the video on.

    Each part states where the shot after its last begins. The chain goes on with the part that has
    a shot there; where that one began before, its earlier shots are not certain, and left out.

    Attributes
    ----------
    links : in order
    is_complete : they reach the end of the video
    """

    links: tuple[Link, ...]
    is_complete: bool

    @property
    def last(self) -> Shot | None:
        """The last shot, as numbered in the video; None if there is none yet."""
        if not self.links:
            return None
        link = self.links[-1]
        count = sum(len(each.shots) for each in self.links)
        return _shot(count - 1, _moved(link.shots[-1].arrays, link.frames))

    @property
    def end_pts(self) -> int | None:
        """Where the last shot ends; None if there is none yet."""
        return None if self.last is None else self.last.end_pts

    @property
    def losses(self) -> Losses:
        """Of all its parts."""
        losses = Losses()
        for link in self.links:
            losses = losses.joined(link.part.losses)
        return losses


def connect(parts: dict[str, FinishedPart]) -> Chain:
    """Join parts as far as they reach.

    Parameters
    ----------
    parts
        Name → part. Where several have a shot that begins at the same place, the chain goes on with
        the one that has the most shots after it; of equal ones, with the first.
    """
    at: dict[Mark, tuple[str, int]] = {}
    for name, part in parts.items():
        for number, shot in enumerate(part.shots):
            other = at.get(shot.begins)
            if other is None or len(part.shots) - number > len(parts[other[0]].shots) - other[1]:
                at[shot.begins] = name, number
    firsts = [part.shots[0].begins for part in parts.values() if part.shots and part.is_first]
    links: list[Link] = []
    mark, frame = min(firsts, default=None), None
    while mark is not None and mark in at:
        name, first = at[mark]
        part = parts[name]
        begin_frame = int(part.shots[first].arrays["shot"][0])
        frames = 0 if frame is None else frame - begin_frame
        links.append(Link(name, part, first, frames))
        frame = int(part.shots[-1].arrays["shot"][1]) + frames
        if part.next is not None and part.next <= part.shots[-1].begins:
            break
        mark = part.next
    return Chain(tuple(links), bool(links) and mark is None)


def assemble(chain: Chain, video: VideoInfo, models: dict[str, str]) -> Analysis:
    """The analysis of a complete chain; rows and tracks are numbered throughout."""
    shots: list[Shot] = []
    faces: list[tuple[Detections, ChipQuality]] = []
    columns: dict[str, list[np.typing.NDArray[Any]]] = {}
    shot_of_track: list[int] = []
    n_rows = 0
    for index, arrays in enumerate(_all_arrays(chain)):
        shots.append(_shot(index, arrays))
        faces.append(read_faces(arrays))
        columns.setdefault("track_of_row", []).append(arrays["track_of_row"] + len(shot_of_track))
        for name in ("chip_rows", "crop_rows"):
            columns.setdefault(name, []).append(arrays[name] + n_rows)
        for name in _SIDE_BY_SIDE:
            columns.setdefault(name, []).append(arrays[name])
        shot_of_track += [index] * _n_tracks(arrays)
        n_rows += len(arrays["track_of_row"])
    joined: dict[str, Any] = {name: np.concatenate(values) for name, values in columns.items()}
    return Analysis(
        video=video,
        shots=tuple(shots),
        detections=Detections.concatenate(detections for detections, _ in faces),
        quality=ChipQuality.concatenate(quality for _, quality in faces),
        tracks=group_tracks(
            joined.pop("track_of_row"), shot_of_track, joined.pop("extent_of_track").tolist()
        ),
        models=models,
        warnings=chain.losses.warnings(video),
        **joined,
    )


def name_pictures(
    chain: Chain, read: Iterable[Sequence[Sequence[Picture]]]
) -> Iterator[dict[str, bytes]]:
    """Name the pictures of a complete chain, part by part.

    Parameters
    ----------
    chain
    read
        For each of its links, the pictures of all shots of the part.

    Yields
    ------
    Name → JPEG.
    """
    first_track = 0
    for link, pictures in zip(chain.links, read, strict=True):
        named: dict[str, bytes] = {}
        for shot, files in zip(link.shots, pictures[link.first :], strict=True):
            for file in files:
                name = _NAMES[file.kind]
                named[name(first_track + file.track, file.frame + link.frames)] = file.jpeg
            first_track += _n_tracks(shot.arrays)
        yield named


def _all_arrays(chain: Chain) -> Iterator[Arrays]:
    for link in chain.links:
        for shot in link.shots:
            yield _moved(shot.arrays, link.frames)


def _moved(arrays: Arrays, frames: int) -> Arrays:
    """The same with other numbers of frames."""
    if not frames:
        return arrays
    shot, extents = (arrays[name].copy() for name in ("shot", "extent_of_track"))
    shot[:2] += frames
    extents[extents[:, 0] >= 0, :2] += frames  # not those that stand for none
    return {
        **arrays,
        "shot": shot,
        "extent_of_track": extents,
        "frame_index": arrays["frame_index"] + frames,
        "sampled_frames": arrays["sampled_frames"] + frames,
    }


def _shot(index: int, arrays: Arrays) -> Shot:
    return Shot(index, *arrays["shot"].tolist())


def _n_tracks(arrays: Arrays) -> int:
    return int(arrays["track_of_row"].max(initial=-1)) + 1
