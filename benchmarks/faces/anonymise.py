"""Anonymised films: how many frames still show a face, and how long writing takes.

    python -m benchmarks faces anonymise [CLIP.mp4 ...] [--styles blur pixelate box] [--every 1]
        [--repeats 1] [--results FOLDER]

Everybody is hidden. Every so many frames of what was written are looked at whole by CenterFace,
which `clusterer.anonymise` looks with, too; a face counts from a score of 0.5, of which a track
needs at least one. Time is the best of the repeats, as a share of the film's duration: it depends
on the machine, and on how idle it is.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np

import clusterer
from benchmarks.footage import add_clips, add_results, analysed, read_clips, results_folder
from benchmarks.tables import print_table
from clusterer.core.config import Config, DetectionConfig, TrackingConfig
from clusterer.core.types import ClusteringResult, Frame
from clusterer.faces import detection
from clusterer.faces.detection import Detector
from clusterer.outputs.anonymise.choice import STYLES

QUICK: Mapping[str, object] = {"styles": ["box"], "every": 100}
LEAST_SCORE = TrackingConfig().confirm_score
HEADER = ("clip", "style", "frames", "with a face", "best score", "time / duration")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_results(parser)
    parser.add_argument("--styles", nargs="+", choices=STYLES, default=["blur"])
    parser.add_argument("--every", type=int, default=1, help="look at one frame in so many")
    parser.add_argument("--repeats", type=int, default=1, help="times to write each film")


def main(given: argparse.Namespace) -> None:
    """Measure, and print the table."""
    detector = detection.create(DetectionConfig(detector="centerface"), 2)
    print_table(HEADER, _rows(given, detector))


def _rows(given: argparse.Namespace, detector: Detector) -> Iterator[list[str]]:
    with results_folder(given.results) as results, TemporaryDirectory() as folder:
        for clip in read_clips(given.clips):
            result = clusterer.decide(analysed(clip, results).analysis, Config())
            for style in given.styles:
                file = Path(folder) / f"{clip.name}.{style}{clip.video.suffix}"
                time_s = min(_write(result, clip.video, file, style) for _ in range(given.repeats))
                scores = np.array(list(_best_scores(file, detector, given.every)))
                yield [
                    clip.name,
                    style,
                    str(len(scores)),
                    str(np.count_nonzero(scores >= LEAST_SCORE)),
                    f"{scores.max():.2f}",
                    f"{time_s / _duration_s(file):.2f}",
                ]


def _write(result: ClusteringResult, video: Path, file: Path, style: str) -> float:
    """Write the film; return how many seconds that took."""
    choice = clusterer.AnonymiseChoice(everybody=True, style=style)
    begun_s = time.perf_counter()
    clusterer.anonymise(result, video, file, choice)
    return time.perf_counter() - begun_s


def _best_scores(video: Path, detector: Detector, every: int) -> Iterator[float]:
    """Score of the surest face of each frame, 0 if there is none."""
    with av.open(str(video)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index % every == 0:
                image = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                (found,) = detector.detect([Frame(index, index, image)])
                yield float(found.scores.max(initial=0.0))


def _duration_s(video: Path) -> float:
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        return float(stream.duration * stream.time_base)
