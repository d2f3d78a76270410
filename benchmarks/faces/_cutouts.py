"""A film of faces cut out of the sample film, whose place is known in every frame.

They move over a background that pans, come in and leave at the edges, appear and disappear, cross,
and pass behind a panel. A face counts as visible while at least half of it can be seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.footage import DEMO, frames_at
from clusterer.core.types import FloatArray, ImageArray
from clusterer.evaluation import Truth, read_truth

WIDTH_PX, HEIGHT_PX, RATE = 640, 360, Fraction(24)
WORLD_PX = (2600, 460)
LENGTH = 96
"""Frames of a shot."""
VISIBLE = 0.5
LARGEST_PX = 170.0
_EDGE_PX = 200
MARGIN = 0.45
"""Of the face's size, cut out around it: hair and ears."""

Picture = npt.NDArray[np.float32]
Point = tuple[float, float]
Walk = Callable[[int], Point | None]
Box = tuple[float, ...]


@dataclass(frozen=True)
class Actor:
    """A face: the person, its height in px, and its middle in the world in each frame."""

    person: str
    height_px: float
    middle: Walk


@dataclass(frozen=True)
class Scene:
    """A shot: a seed of its background, its camera's left edge by frame, its actors, its panel."""

    seed: int
    camera: Callable[[int], float]
    actors: tuple[Actor, ...]
    panel: Callable[[int], float] | None = None
    """Left edge of a panel of `PANEL_PX`, in the world."""


PANEL_PX = 150


def still(_frame: int) -> float:
    """A camera that does not move."""
    return 400.0


def during(first: int, end: int, x: float, y: float, dx: float = 0.0) -> Walk:
    """The way of a face that is there from frame `first` to `end`, `dx` px a frame further."""
    return lambda frame: (x + dx * (frame - first), y) if first <= frame < end else None


def _scenes(people: Sequence[str]) -> tuple[Scene, ...]:
    a, b, c, d = people
    appear = [
        (a, 7, 59, 520, 150),
        (b, 27, 96, 700, 150),
        (c, 0, 70, 860, 200),
        (d, 43, 83, 970, 120),
    ]
    again = [
        (c, 15, 40, 480, 190),
        (d, 0, 22, 620, 140),
        (a, 33, 92, 780, 190),
        (b, 51, 75, 940, 150),
    ]
    crowd = [
        (a, 31, 96, 460, 130),
        (b, 0, 77, 590, 170),
        (c, 10, 63, 720, 130),
        (d, 0, 96, 850, 170),
    ]
    passed = [(person, 0, LENGTH, 300 + 640 * k, 150) for k, person in enumerate(people)]
    slide = (
        Actor(a, 80, during(0, 96, 340, 120, 12)),
        Actor(b, 80, during(10, 96, 1100, 250, -14)),
    )
    cross = (
        Actor(c, 80, during(0, 96, 450, 170, 4)),
        Actor(d, 80, during(0, 96, 980, 170, -4)),
    )
    hidden = (Actor(a, 80, during(0, 96, 640, 170)), Actor(c, 70, during(0, 96, 900, 170)))
    return (
        Scene(1, still, _standing(appear, 80)),
        Scene(2, still, slide),
        Scene(3, still, cross),
        Scene(4, still, hidden, lambda frame: 1100 - 9.0 * frame),
        Scene(5, lambda frame: 300 + 60 * math.sin(frame / 8), _standing(crowd, 70)),
        Scene(6, lambda frame: 100 + 14.0 * frame, _standing(passed, 70)),
        Scene(7, lambda frame: 1500 - 9.0 * frame, _standing(passed, 70)),
        Scene(8, lambda frame: 380 + 25 * math.sin(frame / 3), _standing(again, 50)),
    )


def _standing(
    places: Sequence[tuple[str, int, int, float, float]], height_px: float
) -> tuple[Actor, ...]:
    """People who stand: person, first frame, end, middle."""
    return tuple(
        Actor(person, height_px, during(first, end, x, y)) for person, first, end, x, y in places
    )


@dataclass(frozen=True, eq=False)
class CutOut:
    """A face with some of what surrounds it, and its opacity, (h, w, 1)."""

    picture: Picture
    opacity: Picture


def _cut_out() -> dict[str, CutOut]:
    """The largest face of each person under `LARGEST_PX`."""
    truth = read_truth(DEMO.with_suffix(".truth.csv"))
    heights = truth.boxes[:, 3] - truth.boxes[:, 1]
    by_height = np.argsort(heights, kind="stable").tolist()
    row_of = {truth.people[row]: row for row in by_height if heights[row] <= LARGEST_PX}
    frames = frames_at(DEMO, {int(truth.frame[row]) for row in row_of.values()})
    images = {frame.index: frame.image for frame in frames}
    return {
        person: _cut(images[int(truth.frame[row])], truth.boxes[row])
        for person, row in sorted(row_of.items())
    }


def _cut(image: ImageArray, box: FloatArray) -> CutOut:
    sides = (box[2:] - box[:2]) * MARGIN
    left, top, right, bottom = (
        np.concatenate([box[:2] - sides, box[2:] + sides]).round().astype(int)
    )
    wide = np.pad(image, ((_EDGE_PX, _EDGE_PX), (_EDGE_PX, _EDGE_PX), (0, 0)), mode="edge")
    picture = wide[top + _EDGE_PX : bottom + _EDGE_PX, left + _EDGE_PX : right + _EDGE_PX]
    opacity = np.zeros(picture.shape[:2], np.float32)
    x, y = picture.shape[1] // 2, picture.shape[0] // 2
    cv2.ellipse(opacity, (x, y), (round(x * 0.9), round(y * 0.95)), 0, 0, 360, 1.0, -1)
    soft = np.asarray(cv2.GaussianBlur(opacity, (0, 0), 2.0), np.float32)[..., None]
    return CutOut(picture.astype(np.float32), soft)


def _world(seed: int) -> Picture:
    """A background with detail of all sizes."""
    random = np.random.default_rng(seed)
    world = np.zeros((WORLD_PX[1], WORLD_PX[0], 3), np.float32)
    for size_px, strength in ((240, 70), (60, 45), (15, 25), (5, 12)):
        small = random.uniform(-1, 1, (WORLD_PX[1] // size_px + 2, WORLD_PX[0] // size_px + 2, 3))
        world += strength * cv2.resize(
            small.astype(np.float32), WORLD_PX, interpolation=cv2.INTER_CUBIC
        )
    return np.clip(world + 110, 0, 255)


@dataclass(frozen=True)
class Film:
    """The rendered film.

    Attributes
    ----------
    video : its file
    truth : every visible face, in every frame
    """

    video: Path
    truth: Truth

    def visits(self, gap: int) -> Iterator[tuple[str, int, int]]:
        """Person, first and last frame of each visit; `gap` frames of absence do not end it."""
        frames_of: dict[tuple[int, str], list[int]] = {}
        for frame, person in zip(self.truth.frame.tolist(), self.truth.people, strict=True):
            frames_of.setdefault((frame // LENGTH, person), []).append(frame)
        for (_, person), frames in sorted(frames_of.items()):
            starts = [0, *(i for i in range(1, len(frames)) if frames[i] - frames[i - 1] > gap + 1)]
            for start, end in zip(starts, [*starts[1:], len(frames)], strict=True):
                yield person, frames[start], frames[end - 1]


def render(folder: Path) -> Film:
    """Write the film into a folder."""
    faces = _cut_out()
    scenes = _scenes(tuple(faces))
    rows: list[tuple[int, Box, str]] = []
    path = folder / "cutouts.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "20", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for number, (image, visible) in enumerate(_frames(scenes, faces)):
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts = number
            container.mux(stream.encode(picture))
            rows += [(number, box, person) for person, box in visible]
        container.mux(stream.encode(None))
    count = len(scenes) * LENGTH
    truth = Truth(
        name="cutouts",
        frames=np.arange(count),
        frame=np.array([row[0] for row in rows]),
        boxes=np.array([row[1] for row in rows], np.float32),
        people=tuple(row[2] for row in rows),
        kinds=("frontal",) * len(rows),
    )
    return Film(path, truth)


def _frames(
    scenes: tuple[Scene, ...], faces: dict[str, CutOut]
) -> Iterator[tuple[npt.NDArray[np.uint8], list[tuple[str, Box]]]]:
    for scene in scenes:
        world, panel = _world(scene.seed), _world(scene.seed + 100)
        for frame in range(LENGTH):
            left = scene.camera(frame)
            shift = np.array([[1, 0, -left], [0, 1, -50.0]])
            canvas = np.asarray(cv2.warpAffine(world, shift, (WIDTH_PX, HEIGHT_PX)), np.float32)
            owner = np.full((HEIGHT_PX, WIDTH_PX), -1)
            boxes = []
            for index, actor in enumerate(scene.actors):
                middle = actor.middle(frame)
                if middle is not None:
                    box = _box(actor, faces[actor.person], middle, left)
                    canvas = _draw(canvas, faces[actor.person], actor, box)
                    _fill(owner, box, index)
                    boxes.append((index, box))
            if scene.panel is not None:
                x = scene.panel(frame) - left
                _fill(owner, (x, 0, x + PANEL_PX, HEIGHT_PX), -2)
                canvas[owner == -2] = panel[:HEIGHT_PX, :WIDTH_PX][owner == -2]
            visible = [
                (scene.actors[index].person, box)
                for index, box in boxes
                if _seen(owner, box, index) >= VISIBLE
            ]
            yield np.clip(np.rint(canvas), 0, 255).astype(np.uint8), visible


def _box(actor: Actor, face: CutOut, middle: Point, left: float) -> Box:
    height, width = face.picture.shape[:2]
    half_y = actor.height_px / 2
    half_x = half_y * width / height
    x, y = middle[0] - left, middle[1]
    return (x - half_x, y - half_y, x + half_x, y + half_y)


def _draw(canvas: Picture, face: CutOut, actor: Actor, box: Box) -> Picture:
    rows, columns = face.picture.shape[:2]
    scale = actor.height_px * (1 + 2 * MARGIN) / rows
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    place = np.array([[scale, 0, x - scale * columns / 2], [0, scale, y - scale * rows / 2]])
    over, share = (
        np.asarray(cv2.warpAffine(part, place, (WIDTH_PX, HEIGHT_PX)), np.float32)
        for part in (face.picture * face.opacity, face.opacity)
    )
    return np.asarray(canvas * (1 - share[..., None]) + over, np.float32)


def _fill(owner: npt.NDArray[np.int64], box: Box, value: int) -> None:
    x0, y0, x1, y1 = (max(0, round(side)) for side in box)
    owner[y0:y1, x0:x1] = value


def _seen(owner: npt.NDArray[np.int64], box: Box, index: int) -> float:
    """Visible part of a box."""
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return float((owner == index).sum()) / whole
