"""All detectors that can run, on the labelled frames of a clip: recall, box precision, ms."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import av
import numpy as np

from clusterer import detection
from clusterer.config import DetectionConfig
from clusterer.detection import Detector
from clusterer.errors import ClustererError
from clusterer.evaluation.truth import NOBODY_CAN_TELL, Truth, read_truth
from clusterer.geometry import iou
from clusterer.types import Frame

DEMO = Path(__file__).parents[1] / "sample_videos" / "demo.mp4"
MIN_IOU = 0.4
MOST_FRAMES = 60


def labelled(video: Path, truth: Truth) -> list[Frame]:
    """Labelled frames, at most `MOST_FRAMES` spread over the clip."""
    picks = np.linspace(0, len(truth.frames) - 1, min(MOST_FRAMES, len(truth.frames)))
    wanted = set(truth.frames[picks.round().astype(int)].tolist())
    with av.open(str(video)) as container:
        return [
            Frame(index, index, frame.to_ndarray(format="rgb24"))
            for index, frame in enumerate(container.decode(video=0))
            if index in wanted
        ]


def row(name: str, detector: Detector, frames: list[Frame], truth: Truth) -> str:
    """One detector's row; those of whom nobody can tell count neither way."""
    detector.detect(frames[:1])
    hits = faces = strays = 0
    seconds = 0.0
    for frame in frames:
        started = time.perf_counter()
        (found,) = detector.detect([frame])
        seconds += time.perf_counter() - started
        here = np.flatnonzero(truth.frame == frame.index)
        known = np.array([truth.people[i] != NOBODY_CAN_TELL for i in here], bool)
        faces += int(known.sum())
        overlap = iou(truth.boxes[here], found.boxes)
        areas = truth.ignore_boxes[truth.ignore_frame == frame.index]
        free = np.ones(len(here), bool)
        for column in np.argsort(-found.scores, kind="stable"):
            shares = np.where(free, overlap[:, column], 0)
            if shares.max(initial=0) >= MIN_IOU:
                free[shares.argmax()] = False
                hits += int(known[shares.argmax()])
                continue
            x, y = (found.boxes[column, :2] + found.boxes[column, 2:]) / 2
            inside = (areas[:, :2] <= [x, y]).all(axis=1) & (areas[:, 2:] >= [x, y]).all(axis=1)
            strays += int(not inside.any())
    recall, precision = hits / max(1, faces), hits / max(1, hits + strays)
    return f"| {name} | {recall:.2f} | {precision:.2f} | {1000 * seconds / len(frames):.0f} |"


def main(videos: list[Path]) -> None:
    """Print one table per clip."""
    for video in videos:
        truth = read_truth(video.with_suffix(".truth.csv"))
        frames = labelled(video, truth)
        print(f"{video.stem}, {len(frames)} frames, 1 thread\n")
        print("| detector | recall | box precision | ms a frame |\n|---|---:|---:|---:|")
        for name in detection.names():
            try:
                detector = detection.create(DetectionConfig(detector=name, min_score=0.5), 1)
            except ClustererError as error:
                print(f"| {name} | {error.cause} | | |")
                continue
            print(row(name, detector, frames, truth))
        print()


if __name__ == "__main__":
    main([Path(path) for path in sys.argv[1:]] or [DEMO])
