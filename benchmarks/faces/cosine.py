"""Which cosine distance between dlib's embeddings corresponds to 0.36 under L2.

    python -m benchmarks faces cosine [CLIP.mp4 ...] [--photographs FACES.tar ...]

Photographs are archives of ``PERSON/PICTURE.jpg``, one face each; every embedding is a sample. In a
clip, every track is a sample of the person that most of its labelled faces show. As in clustering,
a sample is compared with averages: of the other samples of its person (same), and of every other
person of that archive or clip (different). Then the clips are scored.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt

import clusterer
from benchmarks.footage import (
    AnalysedClip,
    add_clips,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.photographs import add_photographs, read_photographs
from benchmarks.tables import markdown
from clusterer.core.config import METRICS, AnalysisConfig, ClusteringConfig, Config
from clusterer.core.distance import between
from clusterer.faces.encoding import default_threshold
from clusterer.gallery.photographs import PhotographEncoder

QUICK: Mapping[str, object] = {"photographs": []}
L2 = default_threshold("dlib", "l2")
PRESENT = default_threshold("dlib", "cosine")
TRIED = (0.026, 0.028, 0.030, 0.031, 0.032, 0.033, 0.034, 0.036, 0.038, 0.040, L2)

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Samples:
    """Encodings of known people: `vectors` (n, 128), `people` (n,), `weights` (n,) in averages."""

    vectors: Floats
    people: npt.NDArray[np.str_]
    weights: Floats


@dataclass(frozen=True, slots=True)
class Distances:
    """Of samples to averages, by metric: of the same person, and of different people."""

    same: dict[str, Floats]
    different: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Range:
    """Cosine thresholds, `low` to `high`, that accept as many as 0.36 under L2: `share` of all.

    `low` is 0 if that is nothing, `high` is infinite if that is everything.
    """

    share: float
    low: float
    high: float

    def __str__(self) -> str:
        if np.isinf(self.high):
            return f"from {self.low:.4f}"
        return f"{self.low:.4f} to {self.high:.4f}" if self.low else f"up to {self.high:.4f}"


def encoded(archive: Path, per_person: int) -> Samples:
    """Encode the first photographs of everybody in an archive."""
    pictures = list(read_photographs(archive, per_person))
    found = PhotographEncoder(AnalysisConfig()).encode_all(image for _, image in pictures)
    people = np.array([person for person, _ in pictures])
    vectors = found.embeddings[found.has_face].astype(np.float64)
    return Samples(vectors, people[found.has_face], np.ones(len(vectors)))


def read_tracks(clip: AnalysedClip) -> Samples:
    """The tracks of a clip whose person is known."""
    features = clusterer.decide(clip.analysis, Config()).features
    people = np.array(clip.track_people)[features.track_ids]
    kept = (people != "") & features.has_face
    weights = np.maximum(features.quality[kept].astype(np.float64), 1e-3)
    return Samples(features.face[kept].astype(np.float64), people[kept], weights)


def leave_one_out(samples: Samples) -> Distances:
    """Compare each sample with the average of everybody, itself left out."""
    same: dict[str, list[Floats]] = {metric: [] for metric in METRICS}
    different: dict[str, list[Floats]] = {metric: [] for metric in METRICS}
    for person in np.unique(samples.people):
        members = samples.people == person
        average = _average(samples, members)
        for metric in METRICS:
            apart = between(samples.vectors[~members], average, metric)[:, 0]
            different[metric].append(apart)
        for i in np.flatnonzero(members):
            others = members & (np.arange(len(members)) != i)
            if not others.any():
                continue
            average = _average(samples, others)
            for metric in METRICS:
                same[metric].append(between(samples.vectors[[i]], average, metric)[0])
    return Distances(*({m: _joined(d[m]) for m in METRICS} for d in (same, different)))


def _average(samples: Samples, chosen: npt.NDArray[np.bool_]) -> Floats:
    weights = samples.weights[chosen]
    average: Floats = np.average(samples.vectors[chosen], axis=0, weights=weights)[None]
    return average


def single(samples: Samples) -> Distances:
    """Compare each sample with each other one, without averages."""
    first, second = np.triu_indices(len(samples.people), 1)
    is_same = samples.people[first] == samples.people[second]
    apart = {m: between(samples.vectors, samples.vectors, m)[first, second] for m in METRICS}
    return Distances(
        {m: apart[m][is_same] for m in METRICS}, {m: apart[m][~is_same] for m in METRICS}
    )


def pool(parts: Sequence[Distances]) -> Distances:
    """Put the comparisons of several clips together."""
    return Distances(
        *(
            {m: _joined([getattr(part, name)[m] for part in parts]) for m in METRICS}
            for name in ("same", "different")
        )
    )


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])


def equal(distances: dict[str, Floats]) -> Range:
    """Find the cosine thresholds that accept as many of these as 0.36 under L2."""
    accepted = int((distances["l2"] < L2).sum())
    around = np.concatenate([[0.0], np.sort(distances["cosine"]), [np.inf]])
    share = accepted / max(len(distances["l2"]), 1)
    return Range(share, float(around[accepted]), float(around[accepted + 1]))


def distance_row(name: str, distances: Distances) -> list[str]:
    """One row of the first table."""
    same, different = equal(distances.same), equal(distances.different)
    cosine = distances.same["cosine"], distances.different["cosine"]
    return [
        name,
        f"{len(cosine[0])} / {len(cosine[1])}",
        f"{same.share:.3f} / {(distances.different['l2'] < L2).sum()}",
        str(same),
        str(different),
        *(
            f"{(cosine[0] < limit).mean():.3f} / {(cosine[1] < limit).sum()}"
            for limit in (PRESENT, L2)
        ),
    ]


def recommend(averages: Sequence[Distances]) -> float | None:
    """Median, over kinds of samples, of the threshold that accepts as many of the same person.

    Different people give a bound only, for 0.36 under L2 accepts hardly any of them. None where it
    accepts everybody of the same person: the data has no hard pairs.
    """
    ranges = [equal(distances.same) for distances in averages]
    middles = [(r.low + r.high) / 2 for r in ranges if np.isfinite(r.high)]
    return float(np.median(middles)) if middles else None


DISTANCE_HEADER = (
    "samples",
    "comparisons, same / different",
    f"l2 {L2:g} accepts, share of the same / number of different",
    "cosine that accepts as many of the same",
    "cosine that accepts as many of the different",
    f"cosine {PRESENT:g} accepts",
    f"cosine {L2:g} accepts",
)


def score_row(clips: Sequence[AnalysedClip], metric: str, threshold: float) -> list[str]:
    """One row of the second table: B-cubed F, precision of assigned faces, people of each clip."""
    config = Config(clustering=ClusteringConfig(metric=metric, threshold=threshold))
    cells, f = [], []
    for clip in clips:
        ratios = clip.ratios(clusterer.decide(clip.analysis, config))
        f.append(ratios["b_cubed_f"])
        rates = (f"{ratios[name]:.3f}" for name in ("b_cubed_f", "assigned_b_cubed_precision"))
        cells.append(" / ".join([*rates, str(ratios["people_found"])]))
    return [f"{metric} {threshold:g}", f"{fmean(f):.3f}", *cells]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_photographs(parser, 120)
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print both tables and the recommendation."""
    with results_folder(given.results) as folder:
        clips = [analysed(clip, folder) for clip in read_clips(given.clips)]
    tracks = [read_tracks(clip) for clip in clips]
    photographs = [(a.stem, encoded(a, given.per_person)) for a in given.photographs]
    averages = [(name, leave_one_out(samples)) for name, samples in photographs]
    averages.append(("tracks of the clips", pool([leave_one_out(t) for t in tracks])))
    singles = [(f"{name}, singly", single(samples)) for name, samples in photographs]
    singles.append(("tracks of the clips, singly", pool([single(t) for t in tracks])))
    print(markdown(DISTANCE_HEADER, [distance_row(*named) for named in averages + singles]))
    best = recommend([distances for _, distances in averages])
    if best is None:
        print("\nNo recommendation: 0.36 under L2 accepts every sample of the same person.\n")
    else:
        print(f"\nRecommended: {best:.4f}, the median of the averages' fourth column.\n")
    header = ("F / precision of assigned / people", "mean F", *(clip.name for clip in clips))
    settings = [("l2", L2), *(("cosine", threshold) for threshold in TRIED)]
    print(markdown(header, [score_row(clips, *setting) for setting in settings]))
