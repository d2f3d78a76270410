"""Detector ``cnn`` against dlib's own: same frames, in turns; boxes, margins, time as a ratio.

    python -m benchmarks faces cnn [CLIP.mp4 ...] [--frames 16]

The clips need no truth.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import av
import dlib
import numpy as np

from benchmarks.footage import DEMO, frames_at, spread
from benchmarks.tables import print_table
from clusterer.core.config import DetectionConfig
from clusterer.core.types import FloatArray, ImageArray, IntArray
from clusterer.faces import detection
from clusterer.faces.detection.cnn import Cnn

QUICK: Mapping[str, object] = {"frames": 2}
HEADER = (
    "clip", "frames", "faces", "frames with as many", "box off by px", "margin off by", "dlib ms",
    "1 thread ms", "2 threads ms", "times faster, 1 thread", "2 threads",
)  # fmt: skip

Found = tuple[IntArray, FloatArray]
"""Boxes and their margins."""
Pair = Sequence[ImageArray]


@dataclass(slots=True)
class Agreement:
    """How far two detectors agree."""

    faces: int = 0
    frames_with_as_many: int = 0
    off_px: float = 0.0
    off_margin: float = 0.0

    def add(self, ours: Found, theirs: Found) -> None:
        """Compare what both found in one frame."""
        (boxes, margins), (their_boxes, their_margins) = ours, theirs
        self.faces += len(their_boxes)
        if len(boxes) == len(their_boxes):
            self.frames_with_as_many += 1
            off_px = np.abs(boxes - their_boxes).max(initial=0)
            off_margin = np.abs(margins - their_margins).max(initial=0)
            self.off_px = max(self.off_px, float(off_px))
            self.off_margin = max(self.off_margin, float(off_margin))


def pictures(video: Path, count: int) -> list[ImageArray]:
    """Frames spread over a video; an even number, for two threads."""
    with av.open(str(video)) as container:
        total = sum(1 for _ in container.decode(video=0))
    return [frame.image for frame in frames_at(video, set(spread(total, count).tolist()))]


def arrays(found: dlib.mmod_rectangles) -> Found:
    """What dlib found, as arrays."""
    corners = [(r.left(), r.top(), r.right(), r.bottom()) for r in (one.rect for one in found)]
    margins = [one.confidence for one in found]
    return np.array(corners, np.int64).reshape(-1, 4), np.array(margins, np.float32)


def timed(find: Callable[[Pair], list[Found]], pair: Pair) -> tuple[list[Found], float]:
    """What is found in two frames, and the seconds that it takes."""
    started_s = time.perf_counter()
    found = find(pair)
    return found, time.perf_counter() - started_s


def row(video: Path, count: int) -> list[str]:
    """One row of the table."""
    images = pictures(video, count)
    (file,) = detection.weights("cnn")
    original = dlib.cnn_face_detection_model_v1(str(file.find()))
    ours = detection.create(DetectionConfig(detector="cnn"), 1)
    assert isinstance(ours, Cnn)
    find = ours.find
    seconds = np.zeros(3)
    agreement = Agreement()
    with ThreadPoolExecutor(2) as pool:
        ways: tuple[Callable[[Pair], list[Found]], ...] = (
            lambda pair: [arrays(original(image, 0)) for image in pair],
            lambda pair: [find(image) for image in pair],
            lambda pair: list(pool.map(find, pair)),
        )
        original(images[0], 0)
        list(pool.map(find, images[:2]))  # warms both threads up
        for first in range(0, len(images), 2):
            pair = images[first : first + 2]
            (theirs, their_s), (one_by_one, one_s), (_, two_s) = (timed(way, pair) for way in ways)
            seconds += (their_s, one_s, two_s)
            for found, expected in zip(one_by_one, theirs, strict=True):
                agreement.add(found, expected)
    dlib_ms, one_ms, two_ms = 1000 * seconds / len(images)
    return [
        video.stem,
        str(len(images)),
        str(agreement.faces),
        str(agreement.frames_with_as_many),
        f"{agreement.off_px:.0f}",
        f"{agreement.off_margin:.0e}",
        *(f"{each_ms:.0f}" for each_ms in (dlib_ms, one_ms, two_ms)),
        *(f"{dlib_ms / each_ms:.1f}" for each_ms in (one_ms, two_ms)),
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("clips", nargs="*", type=Path, default=[DEMO], metavar="CLIP.mp4")
    parser.add_argument("--frames", type=int, default=16, help="of each clip, spread over it")


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    print_table(HEADER, (row(video, given.frames) for video in given.clips))
