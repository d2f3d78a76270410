"""Copies of a labelled clip that are harder to analyse, and their truth.

Pictures go through transforms that are known exactly, and boxes through the same. Nothing is
random: the same clip, OpenCV, FFmpeg and x264 give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.footage import Clip
from clusterer.core.types import ImageArray
from clusterer.evaluation import read_truth
from clusterer.media import probe

Boxes = npt.NDArray[np.float64]
Seconds = npt.NDArray[np.float64]
Size = tuple[int, int]
"""Width and height in px."""

RECIPE = 1
"""To be raised when a copy changes, so that those in a folder are made again."""
CRF = 18
"""Of x264: hardly visible losses."""
ENLARGED = 1.25
"""Size of the picture over which the window of a pan moves."""
VISIBLE = 2 / 3
"""Least share of a labelled box inside the picture; below, a detection there counts neither way."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to make a copy.

    Attributes
    ----------
    summary : what is done to the clip
    draw : picture and its seconds → picture of the copy
    place : boxes, their seconds and the size of the clip's picture → boxes in the copy
    rate_hz : about how many frames a second are kept; 0 = all
    crf : of x264
    """

    summary: str
    draw: Callable[[ImageArray, float], ImageArray]
    place: Callable[[Boxes, Seconds, Size], Boxes]
    rate_hz: float = 0.0
    crf: int = CRF


def _same(image: ImageArray, _: float) -> ImageArray:
    return image


def _there(boxes: Boxes, _: Seconds, __: Size) -> Boxes:
    return boxes


def _filtered(summary: str, draw: Callable[[ImageArray], ImageArray]) -> Kind:
    return Kind(summary, lambda image, _: draw(image), _there)


def _blur(image: ImageArray) -> ImageArray:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), image.shape[1] / 320), np.uint8)


def _dark(image: ImageArray) -> ImageArray:
    return np.asarray(np.rint(image * np.float32(0.25)), np.uint8)


def _grey(image: ImageArray) -> ImageArray:
    grey = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)
    return np.repeat(np.asarray(grey, np.uint8)[:, :, None], 3, axis=2)


def _part(size: Size, divisor: int) -> Size:
    """Size divided, in even numbers."""
    width, height = (max(2, 2 * round(side / divisor / 2)) for side in size)
    return width, height


def _shrunk(divisor: int) -> Kind:
    def draw(image: ImageArray, _: float) -> ImageArray:
        size = _part((image.shape[1], image.shape[0]), divisor)
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)

    def place(boxes: Boxes, _: Seconds, size: Size) -> Boxes:
        return np.asarray(boxes * np.tile(np.divide(_part(size, divisor), size), 2))

    return Kind(f"1/{divisor} of width and height", draw, place)


def _bars(summary: str, across: int, down: int) -> Kind:
    """Black bars of a share of width (1 / `across`) and height; 0 = none."""

    def widths(size: Size) -> Size:
        width, height = (
            2 * round(side / share / 2) if share else 0
            for side, share in zip(size, (across, down), strict=True)
        )
        return width, height

    def draw(image: ImageArray, _: float) -> ImageArray:
        x, y = widths((image.shape[1], image.shape[0]))
        return np.pad(image, ((y, y), (x, x), (0, 0)))

    def place(boxes: Boxes, _: Seconds, size: Size) -> Boxes:
        return np.asarray(boxes + np.tile(widths(size), 2))

    return Kind(summary, draw, place)


def _pan(speed: float) -> Kind:
    """A window that moves to and fro over the enlarged picture.

    The enlarged picture, because a mirrored border would show faces that nobody labelled.
    """

    def offset(seconds: Seconds, size: Size) -> Boxes:
        """Left and top of the window in the enlarged picture, shape (n, 2), px."""
        room = (ENLARGED - 1) * np.array(size, float)
        left = room[0] - np.abs(room[0] - speed * size[0] * seconds % (2 * room[0]))
        return np.stack([left, np.full(len(left), room[1] / 2)], axis=1)

    def draw(image: ImageArray, seconds: float) -> ImageArray:
        size = image.shape[1], image.shape[0]
        left, top = offset(np.array([seconds]), size)[0]
        # OpenCV measures from the middle of the first pixel, boxes from its corner.
        shift = ENLARGED / 2 - 0.5
        matrix = np.array([[ENLARGED, 0, shift - left], [0, ENLARGED, shift - top]])
        return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)

    def place(boxes: Boxes, seconds: Seconds, size: Size) -> Boxes:
        return boxes * ENLARGED - np.tile(offset(seconds, size), 2)

    text = f"the camera moves to and fro by {speed:.0%} of the width a second, enlarged by 1/4"
    return Kind(text, draw, place)


KINDS: dict[str, Kind] = {
    "half": _shrunk(2),
    "quarter": _shrunk(4),
    "blur": _filtered("Gaussian blur, sigma 1/320 of the width", _blur),
    "dark": _filtered("a quarter of the brightness", _dark),
    "grey": _filtered("black and white", _grey),
    "pan-5": _pan(0.05),
    "pan-20": _pan(0.20),
    "bars": _bars("black bars of 1/6 of the height above and below", 0, 6),
    "pillars": _bars("black bars of 1/6 of the width at both sides", 6, 0),
    "recompressed": Kind("x264 at CRF 38", _same, _there, crf=38),
    "fewer-frames": Kind(
        "every nth frame, so that about 12.5 a second are left", _same, _there, 12.5
    ),
}
"""Every kind by its name."""


def copy_of(clip: Clip, name: str, folder: Path) -> Clip:
    """Render a copy of a clip with its truth, or take it from the folder.

    Parameters
    ----------
    clip
        Labelled clip.
    name
        Of `KINDS`.
    folder
        For ``KIND/CLIP.mp4``, ``CLIP.truth.csv`` and ``CLIP.ignore.csv``.

    Returns
    -------
    Clip
        Made again if the clip, its truth or the recipe has changed.
    """
    kind = KINDS[name]
    video = folder / name / f"{clip.name}.mp4"
    truth, stamp = video.with_suffix(".truth.csv"), video.with_suffix(".sha256")
    key = _key(clip, name)
    if not stamp.exists() or stamp.read_text("utf-8") != key:
        video.parent.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        size = _render(clip.video, kind, video)
        _write_truth(clip, kind, video, size)
        stamp.write_text(key, "utf-8")
    return Clip(video, read_truth(truth))


def _key(clip: Clip, name: str) -> str:
    """Digest of all that decides a copy."""
    truth = clip.truth
    digest = hashlib.sha256(f"{RECIPE} {name} {truth.people} {truth.kinds}".encode())
    for array in (truth.frame, truth.boxes, truth.ignore_frame, truth.ignore_boxes):
        digest.update(array.tobytes())
    digest.update(clip.video.read_bytes())
    return digest.hexdigest()


def _step(kind: Kind, rate: float) -> int:
    """One of so many frames is kept."""
    return max(1, round(rate / kind.rate_hz)) if kind.rate_hz else 1


def _render(source: Path, kind: Kind, target: Path) -> Size:
    """Write a copy; returns the size of the source's picture."""
    rate = probe(source).frame_rate
    step = _step(kind, float(rate))
    options = {"crf": str(kind.crf), "preset": "veryfast", "threads": "1"}
    size = (0, 0)
    with av.open(str(target), "w") as sink:
        stream = sink.add_stream("libx264", rate / step, options=options)
        stream.pix_fmt = "yuv420p"
        for index, picture in enumerate(_pictures(source)):
            if index % step:
                continue
            if not index:
                size = picture.shape[1], picture.shape[0]
            image = _even(kind.draw(picture, index / float(rate)))
            if not index:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts, frame.time_base = index // step, step / rate
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return size


def _pictures(video: Path) -> Iterator[ImageArray]:
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def _even(image: ImageArray) -> ImageArray:
    """Leave out the last row or column of an odd number: x264 wants pairs."""
    height, width = (side // 2 * 2 for side in image.shape[:2])
    return image[:height, :width]


def _write_truth(clip: Clip, kind: Kind, video: Path, size: Size) -> None:
    """Write the labels of a copy."""
    truth, rate = clip.truth, float(probe(clip.video).frame_rate)
    step = _step(kind, rate)
    frames = np.concatenate([truth.frame, truth.ignore_frame])
    boxes = np.concatenate([truth.boxes, truth.ignore_boxes]).astype(np.float64)
    inside, visible = _seen(kind, boxes, frames / rate, size, video)
    labelled: list[tuple[str, ...]] = []
    ignored: list[tuple[str, ...]] = []
    names = [*zip(truth.people, truth.kinds, strict=True), *([None] * len(truth.ignore_frame))]
    for frame, box, share, name in zip(frames.tolist(), inside, visible, names, strict=True):
        if frame % step or (box[2:] - box[:2]).min() < 1:
            continue
        where = (str(frame // step), f"{frame / rate:.4f}", *(f"{side:.1f}" for side in box))
        if name is None or share < VISIBLE:
            ignored.append(where)
        else:
            labelled.append((*where, *name))
    head = ("frame", "time_s", "left", "top", "right", "bottom")
    _write(video.with_suffix(".truth.csv"), [(*head, "person", "kind"), *labelled])
    _write(video.with_suffix(".ignore.csv"), [head, *ignored])


def _seen(
    kind: Kind, boxes: Boxes, seconds: Seconds, size: Size, video: Path
) -> tuple[Boxes, Boxes]:
    """Boxes in a copy, cut off at its border if it cuts them, and the share that it shows."""
    picture = probe(video)
    shown = np.tile([picture.width_px, picture.height_px], 2)
    moved = kind.place(boxes, seconds, size)
    before = kind.place(np.clip(boxes, 0, np.tile(size, 2)), seconds, size)
    inside = np.clip(before, 0, shown)
    visible = _area(inside) / _area(before)
    return np.where(visible[:, None] < 1, inside, moved), visible


def _area(boxes: Boxes) -> Boxes:
    return np.asarray(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
