"""Number of answers and corrections on the review page that turn a result into the truth.

    python -m benchmarks review actions [CLIP.mp4 ...] [--encoder sface] [--no-clothing]
                                [--blind] [--unknown]
                                [--threshold T] [--metric cosine] [--patience 10] [--regroup N]

A simulated reviewer knows the truth, answers the page's questions in its order, removes strays from
people, then splits, merges and moves by hand. Each answer (including a skip) and each correction
counts as one action; so does a card of several questions, and each answer on it that is not the
likely one. F is
B-cubed over the labelled faces that were found; each face of an unknown track is a separate
cluster. "of" is the greatest F that labels per track can reach.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

import clusterer
from benchmarks.footage import (
    AnalysedClip,
    add_clips,
    add_encoder,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.review._page import Page
from benchmarks.review._reviewer import Reviewer
from benchmarks.tables import print_table
from clusterer.core.config import ClothingConfig, ClusteringConfig, Config
from clusterer.core.types import UNKNOWN, Action, Analysis, ClusteringResult, Edit
from clusterer.faces.encoding import default_threshold
from clusterer.people.decide import basis
from clusterer.people.questions import advise

QUICK: Mapping[str, object] = {}
AFTER = (0, 5, 10, 20, 40)
BARS = (0.97, 0.99, 1.0)
HEADER = (
    "clip",
    "groups",
    *(f"F after {n}" for n in AFTER),
    "of",
    *(f"actions to {bar}" for bar in BARS),
    "answers: yes / no / skip",
    "doubts: no / yes",
    "not a face",
    "by hand",
)
HANDS = ("split", "merge", "move", "new")


def result_of(analysis: Analysis, config: Config, given: argparse.Namespace) -> ClusteringResult:
    """The result where the review begins."""
    result = clusterer.decide(analysis, config)
    if not given.unknown and not given.blind:
        return result
    features, labels, used = result.features, result.labels, result.config
    if given.unknown:
        labels = np.full_like(labels, UNKNOWN)
    if given.blind:
        features = replace(
            features,
            clothing=np.zeros_like(features.clothing),
            torso_share=np.zeros_like(features.torso_share),
        )
    advice = advise(
        features,
        basis(analysis, used).spans_s,
        result.cannot_link,
        labels,
        used.clustering,
        default_threshold(used.analysis.encoding, used.clustering.metric),
    )
    return replace(result, labels=labels, advice=advice, people=(), unknowns=(), grouping=None)


def review(
    clip: AnalysedClip, config: Config, given: argparse.Namespace
) -> Iterator[tuple[float, str]]:
    """F after each action, and what the action was; the first is none."""
    analysis = clip.analysis
    page = Page(result_of(analysis, config, given))
    useless = 0
    while True:
        reviewer = Reviewer(page, clip.matching, given.patience, useless)
        yield reviewer.b_cubed_f(), ""
        for count, what in enumerate(reviewer.review(), 1):
            yield reviewer.b_cubed_f(), what
            if count == given.regroup:
                edits = [*page.edits, Edit(Action.REGROUP)]
                result = clusterer.decide(analysis, config, edits)
                page = Page(result, edits, page.skipped)
                useless = reviewer.useless
                break
        else:
            return


def row(clip: AnalysedClip, given: argparse.Namespace) -> list[str]:
    """Review a clip."""
    clothing = ClothingConfig(enabled=not given.no_clothing)
    grouped = ClusteringConfig(metric=given.metric, threshold=given.threshold, clothing=clothing)
    config, analysis = Config(clustering=grouped), clip.analysis
    steps = list(review(clip, config, given))
    reached = [steps[0][0], *(f for f, what in steps if what)]
    did = Counter(what for _, what in steps)
    least = Reviewer(Page(clusterer.decide(analysis, Config())), clip.matching, 0)
    return [
        clip.name,
        str(groups_of(result_of(analysis, config, given))),
        *(f"{reached[min(n, len(reached) - 1)]:.3f}" for n in AFTER),
        f"{least.most():.3f}",
        *(first(reached, bar) for bar in BARS),
        f"{did['yes']} / {did['no']} / {did['skip']}",
        f"{did['doubt: no']} / {did['doubt: yes']}",
        str(did["not a face"]),
        ", ".join(f"{did[hand]} {hand}" for hand in HANDS if did[hand]) or "-",
    ]


def groups_of(result: ClusteringResult) -> int:
    """People, and unknown tracks."""
    known = result.labels[result.labels != UNKNOWN]
    return len(np.unique(known)) + len(result.labels) - len(known)


def first(reached: list[float], bar: float) -> str:
    """Number of actions after which F is as good."""
    return next((str(n) for n, f in enumerate(reached) if f >= bar - 1e-9), "-")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_encoder(parser)
    parser.add_argument("--no-clothing", action="store_true", help="begin from faces alone")
    parser.add_argument(
        "--blind", action="store_true", help="clothes are not in the questions either"
    )
    parser.add_argument("--unknown", action="store_true", help="begin with all tracks unknown")
    parser.add_argument("--threshold", type=float)
    parser.add_argument("--metric", choices=("l2", "cosine"), default="l2")
    parser.add_argument(
        "--patience",
        type=int,
        default=10,
        help="answers in a row that change nothing, then by hand",
    )
    parser.add_argument("--regroup", type=int, default=0, help="group again after so many actions")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the table, clip by clip."""
    clips = read_clips(given.clips)
    with results_folder(given.results) as folder:
        found = (analysed(clip, folder, encoder=given.encoder) for clip in clips)
        print_table(HEADER, (row(clip, given) for clip in found))
