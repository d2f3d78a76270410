"""Labelled clips, and what the benchmarks look at in them."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

import clusterer
from clusterer.core.config import AnalysisConfig, EncodingConfig, VideoConfig
from clusterer.core.types import Analysis, ClusteringResult, Frame, IntArray
from clusterer.evaluation import Matching, Truth, match, read_truth, score

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "sample_videos" / "demo.mp4"
SHARED = ROOT.parent / "shared"
"""Data that cannot be part of the project; every benchmark runs without it."""
CLIPS = SHARED / "clips"
RATE_HZ = VideoConfig().sample_rate_hz
ENCODER = "dlib"


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


@dataclass(frozen=True, slots=True, eq=False)
class AnalysedClip:
    """A labelled clip with its analysis."""

    clip: Clip
    rate_hz: float
    analysis: Analysis
    matching: Matching

    @property
    def name(self) -> str:
        """Stem of the file."""
        return self.clip.name

    def ratios(self, result: ClusteringResult) -> dict[str, float | int]:
        """Scores of a grouping of this analysis, by name."""
        return score(self.matching, result.labels).ratios()

    @property
    def track_people(self) -> tuple[str, ...]:
        """Person of each track; ``""`` if unknown to the truth."""
        return self.matching.track_people(len(self.analysis.tracks))


def add_clips(parser: argparse.ArgumentParser) -> None:
    """Let the user name clips; see `read_clips`."""
    parser.add_argument(
        "clips",
        type=Path,
        nargs="*",
        metavar="CLIP.mp4",
        help="videos with NAME.truth.csv beside them (default: those of ../shared/clips, if any,"
        " and the demo)",
    )


def read_clips(videos: Sequence[Path]) -> list[Clip]:
    """The named clips; without names, all that are labelled."""
    chosen = list(videos) or [*sorted(CLIPS.glob("*.mp4")), DEMO]
    return [Clip(video, read_truth(video.with_suffix(".truth.csv"))) for video in chosen]


def add_results(parser: argparse.ArgumentParser) -> None:
    """Let the user keep analyses; see `results_folder`."""
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FOLDER",
        help="keep the analyses here, and reuse them the next time",
    )


@contextmanager
def results_folder(kept: Path | None) -> Iterator[Path]:
    """The folder to analyse into: the user's, or a temporary one."""
    with tempfile.TemporaryDirectory() as temporary:
        yield kept or Path(temporary)


def folder_of(clip: Clip, results: Path, rate_hz: float = RATE_HZ) -> Path:
    """Where the analysis of a clip at a sample rate is kept."""
    return results / f"{rate_hz:g}" / clip.name


def add_encoder(parser: argparse.ArgumentParser) -> None:
    """Let the user choose one encoder."""
    parser.add_argument("--encoder", default=ENCODER, metavar="NAME")


def analysed(
    clip: Clip, results: Path, rate_hz: float = RATE_HZ, encoder: str = ENCODER
) -> AnalysedClip:
    """Analyse a clip at a sample rate, or take the analysis from the folder."""
    config = AnalysisConfig(
        video=VideoConfig(sample_rate_hz=rate_hz), encoding=EncodingConfig(encoder=encoder)
    )
    folder = results if encoder == ENCODER else results / encoder.rpartition("/")[2]
    analysis = clusterer.analyse(clip.video, config, folder_of(clip, folder, rate_hz))
    return AnalysedClip(clip, rate_hz, analysis, match(clip.truth, analysis))


def warm_up(video: Path) -> None:
    """Load the libraries and convert the models, so that the first figure is like the others."""
    with tempfile.TemporaryDirectory() as folder:
        clusterer.analyse(video, AnalysisConfig(video=VideoConfig(end_s=1.0)), folder)


def frames_at(video: Path, wanted: set[int]) -> list[Frame]:
    """Decode the frames of these indices; their pts are their indices."""
    with av.open(str(video)) as container:
        return [
            Frame(index, index, np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
            for index, frame in enumerate(container.decode(video=0))
            if index in wanted
        ]


def spread(total: int, most: int) -> IntArray:
    """Return at most `most` positions spread evenly over `total`, both ends among them."""
    return np.linspace(0, total - 1, min(most, total)).round().astype(np.int64)


def tracks_of_chips(analysis: Analysis) -> IntArray:
    """Track of each chip, shape (c,)."""
    return analysis.track_of_row[analysis.chip_rows]
