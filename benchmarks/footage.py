"""Labelled clips for the benchmarks, and Markdown tables for their figures."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import clusterer
from clusterer.core.config import AnalysisConfig, VideoConfig
from clusterer.core.types import ClusteringResult
from clusterer.evaluation import Truth, match, read_truth, score

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "sample_videos" / "demo.mp4"
CLIPS = ROOT.parent / "shared" / "clips"
"""Footage that cannot be part of the project; where it is missing, the demo is all there is."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A video with its truth: ``NAME.mp4``, ``NAME.truth.csv`` and, if any, ``NAME.ignore.csv``."""

    video: Path
    truth: Truth

    @property
    def name(self) -> str:
        """Stem of the file."""
        return self.video.stem

    def ratios(self, result: ClusteringResult) -> dict[str, float | int]:
        """Scores of a result of this clip, by name."""
        return score(match(self.truth, result.analysis), result.labels).ratios()


def add_clips(parser: argparse.ArgumentParser) -> None:
    """Let the user name clips; see `read_clips`."""
    parser.add_argument(
        "clips",
        type=Path,
        nargs="*",
        help="videos with NAME.truth.csv beside them (default: ../shared/clips and the demo)",
    )


def read_clips(given: Sequence[Path]) -> list[Clip]:
    """Clips that were named, or all that are labelled."""
    videos = list(given) or [*sorted(CLIPS.glob("*.mp4")), DEMO]
    return [Clip(video, read_truth(video.with_suffix(".truth.csv"))) for video in videos]


def warm_up(video: Path) -> None:
    """Load the libraries and convert the models, so that the first figure is like the others."""
    with tempfile.TemporaryDirectory() as folder:
        clusterer.analyse(video, AnalysisConfig(video=VideoConfig(end_s=1.0)), folder)


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are aligned to the right."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join(markdown_line(row) for row in [header, rule, *rows])


def markdown_line(row: Sequence[str]) -> str:
    """Return one row of a Markdown table."""
    return f"| {' | '.join(row)} |"
