"""How good the whole pipeline is on labelled clips: the table of docs/evaluation.md.

    python benchmarks/bars.py [CLIP.mp4 ...]

People found are those in the report; true are those whom a viewer can tell in the labelled frames.
Seconds are for one run from nothing, libraries loaded and models converted; without clothing, for
grouping anew.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from footage import Clip, add_clips, markdown, read_clips, warm_up

import clusterer
from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.pipeline.process import Outcome

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
"""Scores that are told, in the order of the columns."""


def row(clip: Clip, folder: Path) -> list[str]:
    """Run the pipeline on a clip and score it."""
    outcome = clusterer.process(clip.video, folder=folder)
    return line(clip, clip.name, outcome)


def by_faces_alone(clip: Clip, folder: Path) -> list[str]:
    """Decide anew without clothing, from the analysis that `row` left there."""
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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_clips(parser)
    clips = read_clips(parser.parse_args().clips)
    warm_up(clips[0].video)
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            tell(clip, Path(folder) / clip.name) for clip in clips for tell in (row, by_faces_alone)
        ]
        print(markdown(HEADER, rows))


if __name__ == "__main__":
    main()
