"""How good the whole pipeline is on labelled clips: the table of the README.

    python benchmarks/bars.py [CLIP.mp4 ...]

People found are those in the report; true are those whom a viewer can tell in the labelled frames.
Seconds are for one run from nothing, libraries loaded and models converted.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from footage import Clip, add_clips, markdown, read_clips, warm_up

import clusterer

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


def row(clip: Clip, folder: Path) -> list[str]:
    """Run the pipeline on a clip and score it."""
    outcome = clusterer.process(clip.video, folder=folder)
    score = clip.score(outcome.result)
    rates = (
        score.recall,
        score.box_precision,
        score.precision,
        score.b_cubed_recall,
        score.f,
        score.assigned_precision,
    )
    people = f"{len(outcome.result.people)} / {len(clip.truth.people)}"
    return [clip.name, *(f"{rate:.3f}" for rate in rates), people, f"{outcome.duration_s:.1f}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_clips(parser)
    clips = read_clips(parser.parse_args().clips)
    warm_up(clips[0].video)
    with tempfile.TemporaryDirectory() as folder:
        print(markdown(HEADER, [row(clip, Path(folder) / clip.name) for clip in clips]))


if __name__ == "__main__":
    main()
