"""Detector ``cnn`` against dlib's own: same frames, in turns; boxes, margins, time as a ratio."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import dlib
import numpy as np

from clusterer.core.config import DetectionConfig
from clusterer.core.types import FloatArray, ImageArray, IntArray
from clusterer.faces import detection
from clusterer.faces.detection.cnn import Cnn

DEMO = Path(__file__).parents[1] / "sample_videos" / "demo.mp4"
FRAMES = 16
"""Spread over the clip; an even number, for two threads."""


def spread(video: Path, count: int) -> list[ImageArray]:
    """Frames spread over a video."""
    with av.open(str(video)) as container:
        total = sum(1 for _ in container.decode(video=0))
    wanted = set(np.linspace(0, total - 1, count).round().astype(int).tolist())
    with av.open(str(video)) as container:
        frames = enumerate(container.decode(video=0))
        return [frame.to_ndarray(format="rgb24") for i, frame in frames if i in wanted]


def plain(found: dlib.mmod_rectangles) -> tuple[IntArray, FloatArray]:
    """What dlib found, as arrays."""
    corners = [(r.left(), r.top(), r.right(), r.bottom()) for r in (one.rect for one in found)]
    margins = [one.confidence for one in found]
    return np.array(corners, np.int64).reshape(-1, 4), np.array(margins, np.float32)


def compare(video: Path) -> str:
    """One row of the table."""
    images = spread(video, FRAMES)
    (file,) = detection.weights("cnn")
    original = dlib.cnn_face_detection_model_v1(str(file.find()))
    ours = detection.create(DetectionConfig(detector="cnn"), 1)
    assert isinstance(ours, Cnn)
    original(images[0], 0), ours.find(images[0])
    seconds = np.zeros(3)
    faces = same_count = 0
    off_px = off_margin = 0.0
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ours.find, images[:2]))
        for first in range(0, len(images), 2):
            pair = images[first : first + 2]
            started = time.perf_counter()
            expected = [plain(original(image, 0)) for image in pair]
            seconds[0] += time.perf_counter() - started
            started = time.perf_counter()
            found = [ours.find(image) for image in pair]
            seconds[1] += time.perf_counter() - started
            started = time.perf_counter()
            list(pool.map(ours.find, pair))
            seconds[2] += time.perf_counter() - started
            for (boxes, margins), (their_boxes, their_margins) in zip(found, expected, strict=True):
                faces += len(their_boxes)
                if len(boxes) == len(their_boxes):
                    same_count += 1
                    off_px = max(off_px, np.abs(boxes - their_boxes).max(initial=0))
                    off_margin = max(off_margin, np.abs(margins - their_margins).max(initial=0))
    theirs, one, two = 1000 * seconds / len(images)
    return (
        f"| {video.stem} | {len(images)} | {faces} | {same_count} | {off_px:.0f} "
        f"| {off_margin:.0e} | {theirs:.0f} | {one:.0f} | {two:.0f} "
        f"| {theirs / one:.1f} | {theirs / two:.1f} |"
    )


if __name__ == "__main__":
    print(
        "| clip | frames | faces | frames with as many | box off by px | margin off by "
        "| dlib ms | 1 thread ms | 2 threads ms | times faster, 1 thread | 2 threads |"
    )
    print("|---|" + "---:|" * 10)
    for path in map(Path, sys.argv[1:] or [DEMO]):
        print(compare(path))
