"""Accuracy on parts of clips, each analysed separately, with and without clothing.

    python -m benchmarks people parts [CLIP.mp4 ...] [--parts 2 3]

The settings were chosen on whole clips; parts have other tracks, fewer people seen together and
fewer pairs to learn from.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace

import clusterer
from benchmarks.footage import Clip, add_clips, read_clips, warm_up
from benchmarks.tables import print_table
from clusterer.core.config import (
    AnalysisConfig,
    ClothingConfig,
    ClusteringConfig,
    Config,
    VideoConfig,
)
from clusterer.core.types import Analysis
from clusterer.evaluation import Truth, match, score
from clusterer.media import probe

QUICK: Mapping[str, object] = {"parts": [2]}
HEADER = ("clip", "part", "tracks", "F", "precision", "people found / true")
WITHOUT = ("F, no clothing", "precision", "people")


def within(truth: Truth, first: int, end: int) -> Truth:
    """Labels of the frames from `first` up to `end`."""
    kept = [row for row, frame in enumerate(truth.frame.tolist()) if first <= frame < end]
    ignored = (truth.ignore_frame >= first) & (truth.ignore_frame < end)
    return replace(
        truth,
        frames=truth.frames[(truth.frames >= first) & (truth.frames < end)],
        frame=truth.frame[kept],
        boxes=truth.boxes[kept],
        people=tuple(truth.people[row] for row in kept),
        kinds=tuple(truth.kinds[row] for row in kept),
        ignore_frame=truth.ignore_frame[ignored],
        ignore_boxes=truth.ignore_boxes[ignored],
    )


def figures(analysis: Analysis, truth: Truth, config: Config) -> list[str]:
    """F, precision of assigned faces, people."""
    ratios = score(match(truth, analysis), clusterer.decide(analysis, config).labels).ratios()
    people = f"{ratios['people_found']} / {ratios['people_true']}"
    return [f"{ratios['b_cubed_f']:.3f}", f"{ratios['assigned_b_cubed_precision']:.3f}", people]


def rows(clip: Clip, n_parts: int) -> Iterator[list[str]]:
    """Each part of a clip."""
    info = probe(clip.video)
    length_s, rate = info.duration_s / n_parts, float(info.frame_rate)
    for part in range(n_parts):
        start_s, end_s = part * length_s, (part + 1) * length_s
        seen = VideoConfig(start_s=start_s or None, end_s=end_s)
        analysed = AnalysisConfig(video=seen)
        with tempfile.TemporaryDirectory() as folder:
            analysis = clusterer.analyse(clip.video, analysed, folder)
        truth = within(clip.truth, round(start_s * rate), round(end_s * rate))
        faces = ClusteringConfig(clothing=ClothingConfig(enabled=False))
        yield [
            clip.name,
            f"{part + 1} of {n_parts}",
            str(len(analysis.tracks)),
            *figures(analysis, truth, Config(analysed)),
            *figures(analysis, truth, Config(analysed, faces)),
        ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--parts", type=int, nargs="+", default=[2, 3])


def main(given: argparse.Namespace) -> None:
    """Print the table, part by part."""
    clips = read_clips(given.clips)
    warm_up(clips[0].video)
    every = (row for clip in clips for n_parts in given.parts for row in rows(clip, n_parts))
    print_table((*HEADER, *WITHOUT), every)
