"""Accuracy and time over sample rates: the table behind the default.

    python -m benchmarks speed sample-rate [CLIP.mp4 ...] [--rates 2 3 4 5 6] [--still-levels 16 0]

Rates of accuracy are means over the clips; frames and seconds (of the analysis) are sums.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import clusterer
from benchmarks.footage import Clip, add_clips, read_clips, warm_up
from benchmarks.tables import print_table
from clusterer.core.config import AnalysisConfig, Config, VideoConfig

QUICK: Mapping[str, object] = {"rates": [1.0], "still_levels": [0.0]}
HEADER = (
    "samples per s",
    "still level",
    "face recall",
    "box precision",
    "B-cubed F",
    "least F",
    "frames looked at",
    "seconds",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One clip at one setting."""

    ratios: dict[str, float | int]
    frames: int
    seconds: float


def run(clip: Clip, video: VideoConfig) -> Run:
    """Analyse a clip from nothing and score it."""
    config = Config(analysis=AnalysisConfig(video=video))
    with tempfile.TemporaryDirectory() as folder:
        started_s = time.perf_counter()
        analysis = clusterer.analyse(clip.video, config.analysis, Path(folder))
        seconds = time.perf_counter() - started_s
    ratios = clip.ratios(clusterer.decide(analysis, config))
    return Run(ratios, len(analysis.sampled_frames), seconds)


def row(clips: Sequence[Clip], video: VideoConfig) -> list[str]:
    """All clips at one setting."""
    runs = [run(clip, video) for clip in clips]
    rates = (
        fmean(r.ratios["face_recall"] for r in runs),
        fmean(r.ratios["box_precision"] for r in runs),
        fmean(r.ratios["b_cubed_f"] for r in runs),
        min(r.ratios["b_cubed_f"] for r in runs),
    )
    return [
        f"{video.sample_rate_hz:g}",
        f"{video.still_level:g}",
        *(f"{rate:.3f}" for rate in rates),
        str(sum(r.frames for r in runs)),
        f"{sum(r.seconds for r in runs):.1f}",
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    level = VideoConfig().still_level
    add_clips(parser)
    parser.add_argument("--rates", type=float, nargs="+", default=[2, 3, 4, 5, 6], metavar="HZ")
    parser.add_argument("--still-levels", type=float, nargs="+", default=[level, 0.0])


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    clips = read_clips(given.clips)
    warm_up(clips[0].video)
    settings = [VideoConfig(rate, level) for level in given.still_levels for rate in given.rates]
    print_table(HEADER, (row(clips, video) for video in settings))
