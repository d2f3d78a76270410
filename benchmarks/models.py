"""Both tables of docs/models.md in one command: every detector, and every encoder, on all clips.

    CLUSTER_VIDEO_MODELS=DIR python benchmarks/models.py [CLIP.mp4 ...] [--encoder onnx:PATH ...]

Detectors: labelled frames of all clips pooled, as in detectors.py. Encoders: B-cubed F, mean over
the clips, and AUC over pairs of photographs, as in encoders.py. Per clip, ask those two.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path

import cv2
from detectors import FRAMES, SURE, labelled, look
from encoders import FACES, read_photographs, rows
from footage import Clip, add_clips, markdown, markdown_line, read_clips

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import ClustererError
from clusterer.faces import detection, encoding

DETECTOR_HEADER = [
    "detector", "recall", "box precision", "sure: recall", "box precision", "ms a frame",
]  # fmt: skip


def detector_row(name: str, clips: Sequence[Clip]) -> list[str]:
    """One detector, its finds and misses of all clips added up; if it cannot run, why."""
    try:
        detector = detection.create(DetectionConfig(detector=name), 1)
    except ClustererError as error:
        return [name, error.cause, *[""] * (len(DETECTOR_HEADER) - 2)]
    looks = [(look(detector, labelled(clip.video, clip.truth)), clip.truth) for clip in clips]
    cells = [name]
    for least in (0.0, SURE):
        pooled = reduce(add, (looked.scores(truth, least) for looked, truth in looks))
        cells += [f"{pooled.face_recall:.3f}", f"{pooled.box_precision:.3f}"]
    frames = [len(looked.found) for looked, _ in looks]
    total_ms = sum(n * looked.time_ms for n, (looked, _) in zip(frames, looks, strict=True))
    return [*cells, f"{total_ms / sum(frames):.0f}"]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_clips(parser)
    parser.add_argument("--photographs", type=Path, nargs="*", default=sorted(FACES.glob("*.tar")))
    parser.add_argument("--per-person", type=int, default=12, help="photographs of each person")
    parser.add_argument("--encoder", nargs="*", default=[], help="beside the known: onnx:PATH")
    given = parser.parse_args()
    clips = read_clips(given.clips)
    cv2.setNumThreads(1)
    print(f"At most {FRAMES} labelled frames of each clip.\n\n{markdown(DETECTOR_HEADER, [])}")
    for name in detection.names():
        print(markdown_line(detector_row(name, clips)), flush=True)
    photographs = [read_photographs(archive, given.per_person) for archive in given.photographs]
    header = ["encoder", "metric", "threshold", "ms a face", "mean F, faces only", "with clothing"]
    header += [f"AUC {archive.stem}" for archive in given.photographs]
    print(f"\n{markdown(header, [])}")
    for name in [*encoding.names(), *given.encoder]:
        for row in rows(name, clips, photographs, ["l2"]):
            print(markdown_line(row[: len(header)]), flush=True)


if __name__ == "__main__":
    main()
