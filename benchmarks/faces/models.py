"""Both tables of docs/explanation/models.md: every detector, and every encoder, on all clips.

    CLUSTER_VIDEO_MODELS=DIR python -m benchmarks faces models [CLIP.mp4 ...]

Detectors: labelled frames of all clips pooled, as in `faces detectors`. Encoders: B-cubed F, mean
over the clips, and AUC over pairs of photographs, as in `faces encoders`. Those two print figures
for each clip.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add

import cv2

from benchmarks.faces.detectors import FRAMES, SURE, labelled, look
from benchmarks.faces.encoders import HEADER, add_encoders, rows
from benchmarks.footage import Clip, add_clips, add_results, read_clips, results_folder
from benchmarks.photographs import add_photographs, read_photographs
from benchmarks.tables import print_table
from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ClustererError
from clusterer.faces import detection

QUICK: Mapping[str, object] = {
    "photographs": [], "detectors": ["centerface"], "only": ["dlib"], "frames": 4,
}  # fmt: skip
DETECTOR_HEADER = [
    "detector", "recall", "box precision", "sure: recall", "box precision", "ms a frame",
]  # fmt: skip


def detector_row(name: str, clips: Sequence[Clip], most: int) -> list[str]:
    """One detector, its finds and misses of all clips added up; if it cannot run, why."""
    try:
        detector = detection.create(DetectionConfig(detector=name), 1)
    except ClustererError as error:
        return [name, error.cause, *[""] * (len(DETECTOR_HEADER) - 2)]
    looks = [(look(detector, labelled(clip.video, clip.truth, most)), clip.truth) for clip in clips]
    cells = [name]
    for least in (0.0, SURE):
        pooled = reduce(add, (looked.scores(truth, least) for looked, truth in looks))
        cells += [f"{pooled.face_recall:.3f}", f"{pooled.box_precision:.3f}"]
    frames = [len(looked.found) for looked, _ in looks]
    total_ms = sum(n * looked.time_ms for n, (looked, _) in zip(frames, looks, strict=True))
    return [*cells, f"{total_ms / sum(frames):.0f}"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--detectors", nargs="*", default=detection.names(), metavar="NAME")
    parser.add_argument("--frames", type=int, default=FRAMES, help="at most, of each clip")
    add_photographs(parser, 12)
    add_encoders(parser)
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    clips = read_clips(given.clips)
    cv2.setNumThreads(1)
    print(f"At most {given.frames} labelled frames of each clip.\n")
    detectors = (detector_row(name, clips, given.frames) for name in given.detectors)
    print_table(DETECTOR_HEADER, detectors)
    photographs = [list(read_photographs(a, given.per_person)) for a in given.photographs]
    header = [*HEADER, *(f"AUC {archive.stem}" for archive in given.photographs)]
    print()
    with results_folder(given.results) as results:
        print_table(
            header,
            (
                row[: len(header)]
                for name in [*given.only, *given.encoder]
                for row in rows(name, clips, photographs, ["l2"], results)
            ),
        )
