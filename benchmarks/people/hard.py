"""Accuracy at the defaults on copies of clips that are harder to analyse.

    python -m benchmarks people hard [CLIP.mp4 ...] [--kinds NAME ...] [--rates 3 4 5 6]
        [--copies FOLDER] [--results FOLDER]

From each labelled clip, copies are rendered with their truth: smaller, blurred, dark, black and
white, with a moving camera, with bars, recompressed, with fewer frames. The tables list every copy
at every sample rate, then mean and worst of each kind and of each clip, with the clips themselves
as kind "original". `--copies` keeps the copies as ``KIND/CLIP.mp4`` with their truth, so that other
benchmarks can take them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import clusterer
from benchmarks.footage import (
    RATE_HZ,
    Clip,
    add_clips,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.people._copies import KINDS, copy_of
from benchmarks.tables import print_table
from clusterer.core.config import EncodingConfig
from clusterer.faces.encoding import resolve

QUICK: Mapping[str, object] = {"kinds": ["half"], "rates": [RATE_HZ]}
ORIGINAL = "original"
SCORES = {
    "face_recall": "face recall",
    "b_cubed_f": "F",
    "assigned_b_cubed_precision": "precision of assigned faces",
    "track_purity": "purity of tracks",
}
EVERY = ("clip", "copy", "samples per s", *SCORES.values(), "people found / true")
SUMMARY = tuple(f"{title}, {what}" for title in SCORES.values() for what in ("mean", "worst"))


@dataclass(frozen=True, slots=True)
class Run:
    """Scores of one copy at one sample rate."""

    clip: str
    kind: str
    rate_hz: float
    ratios: Mapping[str, float | int]

    def line(self) -> list[str]:
        """Row of the first table."""
        people = f"{self.ratios['people_found']} / {self.ratios['people_true']}"
        scores = (f"{self.ratios[score]:.3f}" for score in SCORES)
        return [self.clip, self.kind, f"{self.rate_hz:g}", *scores, people]


def run(clip: Clip, kind: str, rate_hz: float, copies: Path, results: Path) -> Run:
    """Analyse a copy at a sample rate, or take its analysis from the folder, and score it."""
    copy, place = clip, results
    if kind != ORIGINAL:
        copy, place = copy_of(clip, kind, copies), results / kind
    found = analysed(copy, place, rate_hz, resolve(EncodingConfig()).encoder)
    result = clusterer.decide(found.analysis, clusterer.Config())
    return Run(clip.name, kind, rate_hz, found.ratios(result))


def summary(name: str, runs: Sequence[Run]) -> list[str]:
    """Mean and worst of each score."""
    columns = ([each.ratios[score] for each in runs] for score in SCORES)
    return [name, *(f"{value:.3f}" for c in columns for value in (fmean(c), min(c)))]


def summaries(runs: Sequence[Run], by: str) -> Iterator[list[str]]:
    """A row for each kind or clip, and one for all."""
    for name in dict.fromkeys(getattr(each, by) for each in runs):
        yield summary(name, [each for each in runs if getattr(each, by) == name])
    yield summary("**all**", runs)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    kinds = "; ".join(f"{name}: {kind.summary}" for name, kind in KINDS.items())
    add_clips(parser)
    parser.add_argument(
        "--kinds",
        nargs="+",
        choices=KINDS,
        default=list(KINDS),
        metavar="NAME",
        help=f"copies to make (default: all): {kinds.replace('%', '%%')}",
    )
    parser.add_argument("--rates", type=float, nargs="+", default=[RATE_HZ], metavar="HZ")
    parser.add_argument(
        "--copies", type=Path, metavar="FOLDER", help="keep the copies here for the next time"
    )
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the tables, copy by copy."""
    runs: list[Run] = []

    def lines(copies: Path, results: Path) -> Iterator[list[str]]:
        for clip in read_clips(given.clips):
            for kind in (ORIGINAL, *given.kinds):
                for rate_hz in given.rates:
                    runs.append(run(clip, kind, rate_hz, copies, results))
                    yield runs[-1].line()

    with results_folder(given.results) as results, tempfile.TemporaryDirectory() as temporary:
        print_table(EVERY, lines(given.copies or Path(temporary), results))
    for by in ("kind", "clip"):
        print()
        print_table((by, *SUMMARY), summaries(runs, by))
