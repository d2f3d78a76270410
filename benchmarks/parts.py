"""How good parts of clips are, each analysed as if it were all there is, with and without clothing.

    python benchmarks/parts.py [CLIP.mp4 ...] [--parts 2 3]

The settings were chosen on whole clips; parts hold other tracks, fewer people seen together and
fewer pairs to learn from.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace

from footage import Clip, add_clips, markdown_line, read_clips, warm_up

import clusterer
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


def main() -> None:
    """Print the table, part by part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_clips(parser)
    parser.add_argument("--parts", type=int, nargs="+", default=[2, 3])
    given = parser.parse_args()
    clips = read_clips(given.clips)
    warm_up(clips[0].video)
    columns = (*HEADER, *WITHOUT)
    print(markdown_line(columns), markdown_line(["---"] * len(columns)), sep="\n", flush=True)
    for clip in clips:
        for n_parts in given.parts:
            for line in rows(clip, n_parts):
                print(markdown_line(line), flush=True)


if __name__ == "__main__":
    main()
