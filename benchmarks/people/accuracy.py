"""Accuracy of the whole pipeline on labelled clips: the table of docs/explanation/accuracy.md.

    python -m benchmarks people accuracy [CLIP.mp4 ...] [--results FOLDER]

People found are those in the report; true people are those that a viewer can identify in the
labelled frames. Seconds are for one run from scratch with libraries loaded and models converted;
without clothing, for grouping again. If `--results` has the analysis, they are for the remaining
work.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import clusterer
from benchmarks.footage import (
    Clip,
    add_clips,
    add_results,
    folder_of,
    read_clips,
    results_folder,
    warm_up,
)
from benchmarks.tables import print_table
from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.pipeline.process import Outcome

QUICK: Mapping[str, object] = {}
HEADER = (
    "clip",
    "face recall",
    "box precision",
    "B-cubed P",
    "R",
    "F",
    "precision of assigned faces",
    "people found / true",
    "seconds",
)
RATES = (
    "face_recall",
    "box_precision",
    "b_cubed_precision",
    "b_cubed_recall",
    "b_cubed_f",
    "assigned_b_cubed_precision",
)
"""Scores of the table, in the order of the columns."""


def row(clip: Clip, folder: Path) -> list[str]:
    """Run the pipeline on a clip and score it."""
    outcome = clusterer.process(clip.video, folder=folder)
    return line(clip, clip.name, outcome)


def by_faces_alone(clip: Clip, folder: Path) -> list[str]:
    """Decide again without clothing, from the analysis that `row` stored there."""
    faces = ClusteringConfig(clothing=ClothingConfig(enabled=False))
    config = clusterer.Config(clustering=faces)
    return line(
        clip, f"{clip.name}, no clothing", clusterer.process(clip.video, config, folder=folder)
    )


def line(clip: Clip, name: str, outcome: Outcome) -> list[str]:
    """Score a run."""
    ratios = clip.ratios(outcome.result)
    people = f"{ratios['people_found']} / {ratios['people_true']}"
    rates = (f"{ratios[name]:.3f}" for name in RATES)
    return [name, *rates, people, f"{outcome.duration_s:.1f}"]


def rows(clip: Clip, folder: Path) -> Iterator[list[str]]:
    """With clothing, and without."""
    yield row(clip, folder)
    yield by_faces_alone(clip, folder)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    clips = read_clips(given.clips)
    warm_up(clips[0].video)
    with results_folder(given.results) as results:
        print_table(HEADER, (row for c in clips for row in rows(c, folder_of(c, results))))
