"""Whether quality predicts which faces can be trusted, and distances by quality.

    python -m benchmarks faces quality [CLIP.mp4 ...] [--encoder dlib] [--sample-rate 4]

First table: chips by quality, and how often the nearest chip (L2) of another track of the clip
shows another person. Chips of people with a single track, and of unidentified people, are left out.
Second: pairs of tracks by the lesser quality of the two, L2 distances, all clips together; it is
the table behind `EncoderCurves.tolerance`: the threshold there should exclude nearly all pairs
of different people and as few others as possible.

`--sample-rate` may be repeated: this gives more chips, but of the same scenes.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from benchmarks.footage import (
    AnalysedClip,
    add_clips,
    add_encoder,
    add_results,
    analysed,
    read_clips,
    results_folder,
    tracks_of_chips,
)
from benchmarks.tables import markdown
from clusterer.core.config import ClusteringConfig, EncodingConfig, with_curves
from clusterer.faces.encoding import curves, default_threshold
from clusterer.people.features import describe
from clusterer.people.tolerance import tolerance

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

QUICK: Mapping[str, object] = {}
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
PAIR_HEADER = (
    "lesser quality", "same: pairs", "median", "accepted", "different: pairs", "1 %", "5 %",
    "accepted", "tolerance", "threshold",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """Values with the quality they go with."""

    quality: Floats
    distance: Floats
    wrong: Flags  # another person

    def bin(self, low: float, high: float) -> tuple[Floats, Flags]:
        """Distances, and whether each is to another person, of a bin; the last one holds 1."""
        upper = self.quality < high if high < 1.0 else self.quality <= high
        there = (self.quality >= low) & upper
        return self.distance[there], self.wrong[there]


def together(parts: Sequence[Rated]) -> Rated:
    """All of all parts."""
    return Rated(*(np.concatenate([getattr(p, n) for p in parts]) for n in Rated.__slots__))


def nearest_chips(clip: AnalysedClip) -> Rated:
    """The nearest chip of another track to each chip, within one clip."""
    analysis = clip.analysis
    track = tracks_of_chips(analysis)
    who = np.array(clip.track_people, dtype=np.str_)[track]
    known = np.flatnonzero(who != "")
    track, who, rows = track[known], who[known], analysis.chip_rows[known]
    chips = analysis.chip_embeddings[known].astype(np.float64)
    distance = cdist(chips, chips)
    distance[track[:, None] == track] = np.inf
    comes_again = ((who[:, None] == who) & (track[:, None] != track)).any(axis=1)
    nearest = distance.argmin(axis=1)
    found = Rated(
        quality=analysis.quality.value[rows].astype(np.float64),
        distance=distance.min(axis=1),
        wrong=who[nearest] != who,
    )
    return Rated(*(getattr(found, name)[comes_again] for name in Rated.__slots__))


def track_pairs(clip: AnalysedClip) -> Rated:
    """All pairs of tracks of one clip whose people are known."""
    features = describe(clip.analysis, ClusteringConfig())
    who = clip.track_people
    known = [t for t, person in enumerate(who) if person and features.has_face[t]]
    a, b = np.array(list(combinations(known, 2)), np.int64).reshape(-1, 2).T
    apart = features.face[a].astype(np.float64) - features.face[b]
    return Rated(
        quality=np.minimum(features.quality[a], features.quality[b]).astype(np.float64),
        distance=np.linalg.norm(apart, axis=1),
        wrong=np.array([who[i] != who[j] for i, j in zip(a, b, strict=True)], dtype=np.bool_),
    )


def share(values: Flags) -> str:
    """Percentage, or a dash of none."""
    return f"{100 * values.mean():.1f} %" if len(values) else "-"


def chip_table(clips: Sequence[AnalysedClip]) -> tuple[str, str]:
    """First table, and its verdict."""
    names = sorted({clip.name for clip in clips})
    found = {n: together([nearest_chips(c) for c in clips if c.name == n]) for n in names}
    pooled = together(list(found.values()))
    rows, pooled_flags = [], []
    for low, high in pairwise(EDGES):
        flags = [found[name].bin(low, high)[1] for name in names]
        of_all = pooled.bin(low, high)[1]
        cells = [f"{share(f)} of {len(f)}" if len(f) else "-" for f in flags]
        rows.append([f"{low:g} to {high:g}", *cells, str(len(of_all)), share(of_all)])
        pooled_flags.append(of_all)
    header = ("quality", *(f"{name}: wrong" for name in names), "all chips", "wrong")
    return markdown(header, rows), verdict(pooled_flags)


def verdict(flags: Sequence[Flags]) -> str:
    """Where the share of wrong ones rises with quality; bins without a chip are passed over."""
    filled = [(edge, f) for edge, f in zip(pairwise(EDGES), flags, strict=True) if len(f)]
    rises = []
    for (_, before), ((low, high), after) in pairwise(filled):
        rise, spread = after.mean() - before.mean(), np.sqrt(variance(before) + variance(after))
        if rise > 0:
            by = f"by {100 * rise:.1f} points, two standard errors are {200 * spread:.1f}"
            rises.append(f"{low:g} to {high:g} ({by})")
    return f"All clips together, it rises with quality at: {', '.join(rises) or 'no bin'}."


def variance(flags: Flags) -> float:
    """Of a share."""
    return float(flags.var() / len(flags))


def pair_table(clips: Sequence[AnalysedClip], encoder: str) -> str:
    """Second table."""
    pairs = together([track_pairs(clip) for clip in clips])
    config = with_curves(ClusteringConfig(), curves(EncodingConfig(encoder=encoder)))
    threshold = default_threshold(encoder, "l2")
    rows = []
    for low, high in pairwise(EDGES):
        distance, wrong = pairs.bin(low, high)
        qualities = pairs.quality[(pairs.quality >= low) & (pairs.quality < high)]
        middle = float(np.median(qualities)) if len(qualities) else (low + high) / 2
        factor = float(tolerance(middle, config))
        same, other = distance[~wrong], distance[wrong]
        ends = [f"{np.quantile(other, q):.3f}" if len(other) else "-" for q in (0.01, 0.05)]
        rows.append(
            [
                f"{low:g} to {high:g} ({middle:.2f})",
                str(len(same)),
                f"{np.median(same):.3f}" if len(same) else "-",
                share(same < factor * threshold),
                str(len(other)),
                *ends,
                share(other < factor * threshold),
                f"{factor:.2f}",
                f"{factor * threshold:.3f}",
            ]
        )
    return markdown(PAIR_HEADER, rows)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_encoder(parser)
    parser.add_argument("--sample-rate", type=float, action="append", metavar="HZ")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print both tables."""
    clips, rates = read_clips(given.clips), given.sample_rate or [4.0]
    with results_folder(given.results) as folder:
        seen = [analysed(clip, folder, rate, given.encoder) for rate in rates for clip in clips]
    table, verdict_text = chip_table(seen)
    print(f"{table}\n\n{verdict_text}\n\n{pair_table(seen, given.encoder)}")
