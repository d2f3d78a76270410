"""All detectors on the labelled frames of clips: recall, box precision, time.

    python -m benchmarks faces detectors [CLIP.mp4 ...] [--frames 60] [--only NAME ...]

Settings are the defaults, on one thread. Boxes are matched as by `cluster-video evaluate`. The
first two columns for the sample film are shown by `cluster-video models`. "Sure" counts scores of
0.5 and more, of which a track needs at least one. Time is CPU time over all threads, so that other
processes hardly matter: the best of the repeats for each frame, averaged over the frames.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.footage import DEMO, frames_at, spread
from benchmarks.tables import print_table
from clusterer.core.config import DetectionConfig, TrackingConfig
from clusterer.core.errors import ClustererError
from clusterer.core.types import Detections, Frame
from clusterer.evaluation import Detection, Truth, match_boxes, read_truth
from clusterer.faces import detection
from clusterer.faces.detection import Detector

QUICK: Mapping[str, object] = {"frames": 4, "repeats": 1, "only": ["centerface"]}
FRAMES = 60
SURE = TrackingConfig().confirm_score
HEADER = ("detector", "recall", "ms", "box precision", "recall, sure", "box precision, sure")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a detector found in the frames of a clip, and how long it took."""

    found: dict[int, Detections]
    time_ms: float

    def scores(self, truth: Truth, least: float = 0.0) -> Detection:
        """Faces found and missed, by boxes of at least a score."""
        boxes = {
            frame: one.boxes[one.scores >= least].astype(np.float64)
            for frame, one in self.found.items()
        }
        return Detection.of(match_boxes(truth, boxes))


def labelled(video: Path, truth: Truth, most: int = FRAMES) -> list[Frame]:
    """At most `most` labelled frames, spread over the clip."""
    picks = spread(len(truth.frames), most)
    return frames_at(video, set(truth.frames[picks].tolist()))


def look(detector: Detector, frames: Sequence[Frame], repeats: int = 1) -> Looked:
    """Look at each frame by itself; the first one is looked at once more, to warm up."""
    found: dict[int, Detections] = {}
    detector.detect(frames[:1])
    seconds = np.full((repeats, len(frames)), np.inf)
    for turn in range(repeats):
        for column, frame in enumerate(frames):
            started_s = time.process_time()
            (found[frame.index],) = detector.detect([frame])
            seconds[turn, column] = time.process_time() - started_s
    return Looked(found, 1000 * float(seconds.min(axis=0).mean()))


def row(name: str, frames: Sequence[Frame], truth: Truth, repeats: int) -> list[str]:
    """One detector's row; if it cannot run, why."""
    try:
        detector = detection.create(DetectionConfig(detector=name), 1)
    except ClustererError as error:
        return [name, error.cause, "", "", "", ""]
    looked = look(detector, frames, repeats)
    every, sure = looked.scores(truth), looked.scores(truth, SURE)
    return [
        name,
        f"{every.face_recall:.3f}",
        f"{looked.time_ms:.1f}",
        *(f"{rate:.3f}" for rate in (every.box_precision, sure.face_recall, sure.box_precision)),
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("clips", nargs="*", type=Path, default=[DEMO], metavar="CLIP.mp4")
    parser.add_argument("--frames", type=int, default=FRAMES, help="at most, spread over a clip")
    parser.add_argument("--repeats", type=int, default=3, help="looks at each frame")
    parser.add_argument("--only", nargs="+", default=detection.names(), metavar="NAME")


def main(given: argparse.Namespace) -> None:
    """Print one table per clip."""
    cv2.setNumThreads(1)
    for video in given.clips:
        truth = read_truth(video.with_suffix(".truth.csv"))
        frames = labelled(video, truth, given.frames)
        print(f"{video.stem}, {len(frames)} frames\n")
        print_table(HEADER, (row(name, frames, truth, given.repeats) for name in given.only))
        print()
