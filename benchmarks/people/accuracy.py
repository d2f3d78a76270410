"""Accuracy of the whole pipeline on labelled clips: the table of docs/explanation/accuracy.md.

    python -m benchmarks people accuracy [CLIP.mp4 ...] [--results FOLDER] [--rates 3 4 5 6]

People found are those in the report; true people are those that a viewer can identify in the
labelled frames. Seconds are for one run from scratch with libraries loaded and models converted;
without clothing, for grouping again. If `--results` has the analysis, they are for the remaining
work.

With `--rates`, three tables instead: F, precision of assigned faces, and purity of tracks by clip
and sample rate, with means, the worst, and the spread (largest less smallest). `--no-clothing` and
`--encoder` are for them; a folder for `--results` holds the analyses of one encoder.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

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
from clusterer.core.config import (
    AnalysisConfig,
    ClothingConfig,
    ClusteringConfig,
    Config,
    EncodingConfig,
    VideoConfig,
)
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
BY_RATE = {
    "b_cubed_f": "F",
    "assigned_b_cubed_precision": "precision of assigned faces",
    "track_purity": "purity of tracks",
}
"""Scores of the tables by sample rate, and their titles."""
Ratios = Mapping[str, float]


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


def ratios_at(clip: Clip, rate_hz: float, results: Path, config: Config) -> Ratios:
    """Score the result of a clip at a sample rate, analysed now or before."""
    analysis = replace(config.analysis, video=VideoConfig(sample_rate_hz=rate_hz))
    analysed = clusterer.analyse(clip.video, analysis, folder_of(clip, results, rate_hz))
    return clip.ratios(clusterer.decide(analysed, replace(config, analysis=analysis)))


def print_by_rate(
    names: Sequence[str], rates: Sequence[float], ratios_of: Callable[[str, float], Ratios]
) -> None:
    """Print a table for each score of `BY_RATE`: rows by name, columns by sample rate.

    Parameters
    ----------
    names, rates
        Of the rows, and of the columns, in Hz.
    ratios_of
        Gives the scores of a row at a rate; called once for each.
    """
    known: dict[str, list[Ratios]] = {}
    for score, title in BY_RATE.items():
        print(f"\n{title}, by samples per second\n")
        header = ("clip", *(f"{rate:g}" for rate in rates), "mean", "worst", "spread")
        print_table(header, _by_rate(score, names, rates, ratios_of, known))


def _by_rate(
    score: str,
    names: Sequence[str],
    rates: Sequence[float],
    ratios_of: Callable[[str, float], Ratios],
    known: dict[str, list[Ratios]],
) -> Iterator[list[str]]:
    table: list[list[float]] = []
    for name in names:
        if name not in known:
            known[name] = [ratios_of(name, rate) for rate in rates]
        values = [ratios[score] for ratios in known[name]]
        table.append([*values, fmean(values), min(values), max(values) - min(values)])
        yield [name, *(f"{value:.3f}" for value in table[-1])]
    columns = list(zip(*table, strict=True))
    yield ["**mean**", *(f"{fmean(column):.3f}" for column in columns)]
    worst = [*(min(column) for column in columns[:-1]), max(columns[-1])]
    yield ["**worst**", *(f"{value:.3f}" for value in worst)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_results(parser)
    parser.add_argument("--rates", type=float, nargs="+", default=[], metavar="HZ")
    parser.add_argument("--no-clothing", action="store_true", help="by faces alone")
    parser.add_argument("--encoder", default=EncodingConfig().encoder, metavar="NAME")


def main(given: argparse.Namespace) -> None:
    """Print the table, or those by sample rate."""
    clips = {clip.name: clip for clip in read_clips(given.clips)}
    config = Config(
        AnalysisConfig(encoding=EncodingConfig(given.encoder)),
        ClusteringConfig(clothing=ClothingConfig(enabled=not given.no_clothing)),
    )
    with results_folder(given.results) as results:
        if given.rates:

            def ratios_of(name: str, rate_hz: float) -> Ratios:
                return ratios_at(clips[name], rate_hz, results, config)

            print_by_rate(list(clips), given.rates, ratios_of)
            return
        warm_up(next(iter(clips.values())).video)
        print_table(HEADER, (row for c in clips.values() for row in rows(c, folder_of(c, results))))
