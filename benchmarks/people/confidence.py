"""Calibration of confidence: of ten tracks with confidence 0.9, nine should be right.

    python -m benchmarks people confidence [CLIP.mp4 ...] [--encoders dlib sface ...] [--rates 4]
        [--fit]

A track is right if it shows the person that most labelled faces of its group show. The only track
of a person is right by definition and left out. At the defaults hardly any track is wrong, so clips
are also grouped at thresholds from 0.28 to 0.60 (for cosine, the corresponding ones).

Each clip is evaluated with coefficients fitted to the other clips (leave one clip out). Expected
calibration error: the mean of |confidence - share right| over the bins, weighted by tracks (Naeini,
Cooper, Hauskrecht 2015). Different rates and thresholds see the same scenes, so the tracks are many
but far from independent. Clothing has no coefficients: its odds are used as they are. All are kept
within what the track's word allows.

The last tables count the words certain, likely and doubtful at 1, 1.15 and 1.3 times the threshold,
of tracks and of people: how many, and the share right. There a person's only track counts, too, and
what is no labelled face is wrong. "Left out" is certain by a cut chosen on the other clips. "One
person" are people nine in ten of whose faces show one. "As one film" are all clips joined; no cut
was chosen there.

`--fit` prints the coefficients fitted to all clips, as in `clusterer.people.confidence`, and what
other evidence would add; the judgements that they rest on go into a table, see `--table`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.footage import (
    ENCODER,
    AnalysedClip,
    add_clips,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.people import _words
from benchmarks.tables import markdown
from clusterer.core.config import AnalysisConfig, ClusteringConfig, Config, EncodingConfig
from clusterer.core.types import UNKNOWN, IntArray, TrackFeatures
from clusterer.evaluation import MISSED
from clusterer.faces.encoding import default_threshold
from clusterer.people.confidence import (
    LEAST,
    MOST,
    from_others,
    reach,
    weights,
    with_clothing,
)
from clusterer.people.decide import assign, basis, resolved
from clusterer.people.sure import RANGES, best_scores, next_person, sure

Floats = npt.NDArray[np.float64]

QUICK: Mapping[str, object] = {"rates": [4.0]}
THRESHOLDS = (0.28, 0.30, 0.32, 0.34, 0.36, 0.38, 0.40, 0.44, 0.48, 0.52, 0.56, 0.60)
GROUPINGS = (("incremental", "l2"), ("incremental", "cosine"), ("agglomerative", "l2"))
EDGES = (LEAST, 0.5, 0.6, 0.7, 0.8, 0.9, MOST, 1.0)
COLUMNS = "reach_in_fiftieths,tracks,right"
RIDGE = 1.0
EVIDENCE = ("reach", "distance to the average", "margin", "quality", "pictures")
CANDIDATES = ((0,), (1,), (0, 1), (0, 2), (0, 3), (0, 4))
FARTHEST = 3.0
"""Farther reaches count as this."""
STEP = 0.02
"""Of reach in the table."""
TABLE = Path(__file__).with_suffix(".csv")
"""Judgements by reach: what `SLOPE` and `INTERCEPT` are fitted to."""
BIN_HEADER = ("confidence", "tracks", "faces", "mean confidence", "tracks right", "faces right")
SUM_HEADER = ("grouped by", "threshold", "tracks", "right", "mean confidence", "ECE", "log loss")


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Tracks that were given to a person who has others too, over many groupings."""

    clip: npt.NDArray[np.str_]
    rate_hz: Floats
    grouping: IntArray  # position in GROUPINGS
    threshold: Floats  # in defaults of the metric's L2 equivalent
    known: Floats  # (n, 5), see EVIDENCE
    by_clothing: Floats  # probability, 0 where clothing decided nothing
    range: Floats  # (n, 2), of the track's word
    right: npt.NDArray[np.bool_]
    faces: IntArray

    def __getitem__(self, pick: npt.NDArray[np.bool_]) -> Sample:
        """The rows of a mask."""
        return Sample(*(getattr(self, name)[pick] for name in self.__slots__))


def evidence(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """What may say that a track is its person's, see `EVIDENCE`; shape (t, 5)."""
    own = from_others(features, labels, metric, unit)
    margin = np.clip(next_person(features, labels, metric, unit) - own, -1.0, 1.0)
    quality, chips = np.log(weights(features)), np.log1p(features.readable_chips)
    far = np.nan_to_num(reach(features, labels, metric, unit))
    return np.stack([-np.minimum(far, FARTHEST), -own, margin, quality, chips], axis=1)


def grouped(encoder: str, clip: AnalysedClip, grouping: int, factor: float) -> Sample:
    """Judge one grouping of a clip; the threshold in defaults."""
    method, metric = GROUPINGS[grouping]
    chosen = resolved(
        Config(
            AnalysisConfig(encoding=EncodingConfig(encoder=encoder)),
            ClusteringConfig(method=method, metric=metric),
        )
    )
    config, unit = chosen.clustering, default_threshold(chosen.analysis.encoding, metric)
    known = basis(clip.analysis, chosen)
    used = unit * factor ** (2 if metric == "cosine" else 1)
    assigned = assign(known, config, used)
    labels, prior = assigned.labels, config.clothing.prior
    by_clothing = with_clothing(np.zeros(len(labels)), assigned.decisions, prior, MOST)
    scores = best_scores(clip.analysis)
    decisions = assigned.decisions
    words = sure(known.features, labels, scores, metric, unit=unit, decisions=decisions)
    ranges = np.array([RANGES[word] for word, _, _ in words], dtype=np.float64)
    track, people = clip.matching.track, np.array(clip.matching.people)
    faces = np.bincount(track[track != MISSED], minlength=len(labels))
    people_of_tracks = np.array(clip.track_people)
    people_of_group = {
        label: Counter(people[(track != MISSED) & (labels[track] == label)].tolist())
        for label in {*labels.tolist()} - {UNKNOWN}
    }
    size = Counter(labels.tolist())
    rows = [
        t
        for t, p in enumerate(labels.tolist())
        if p in people_of_group and faces[t] and size[p] > 1
    ]
    person = [
        min(s, key=lambda who: (-s[who], who)) for s in (people_of_group[p] for p in labels[rows])
    ]
    return Sample(
        clip=np.array([clip.name] * len(rows), dtype=np.str_),
        rate_hz=np.full(len(rows), clip.rate_hz),
        grouping=np.full(len(rows), grouping),
        threshold=np.full(len(rows), factor),
        known=evidence(known.features, labels, metric, unit)[rows],
        by_clothing=by_clothing[rows],
        range=ranges[rows],
        right=people_of_tracks[rows] == np.array(person, dtype=np.str_),
        faces=faces[rows],
    )


def fit(known: Floats, right: npt.NDArray[np.bool_]) -> Floats:
    """Coefficients, none below 0, and the intercept: logistic regression with a ridge."""
    design = np.column_stack([known, np.ones(len(known))])
    ridge = np.append(np.full(known.shape[1], RIDGE), 0.0)

    def loss(beta: Floats) -> tuple[float, Floats]:
        logit = design @ beta
        value = (np.logaddexp(0.0, logit) - right * logit).sum() + (ridge * beta**2).sum() / 2
        wrong = 1.0 / (1.0 + np.exp(-logit)) - right
        return float(value), design.T @ wrong + ridge * beta

    bounds = [(0.0, None)] * known.shape[1] + [(None, None)]
    start = np.zeros(design.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def counted(reaches: Floats, right: npt.NDArray[np.bool_]) -> IntArray:
    """Reach in steps of `STEP`, number of tracks, and of right ones; shape (n, 3)."""
    step, which = np.unique(np.rint(reaches / STEP).astype(np.int64), return_inverse=True)
    tracks = np.bincount(which, minlength=len(step))
    return np.stack([step, tracks, np.bincount(which, right, len(step)).astype(np.int64)], axis=1)


def fit_table(table: IntArray) -> tuple[float, float]:
    """`SLOPE` and `INTERCEPT` by the judgements of `counted`, to two decimals."""
    step, tracks, right = table.T
    far = np.concatenate([np.repeat(step, right), np.repeat(step, tracks - right)])
    slope, intercept = fit(-STEP * far[:, None], np.arange(len(far)) < right.sum())
    return round(float(slope), 2), round(float(intercept), 2)


def read_counts(path: Path = TABLE) -> IntArray:
    """A table of `counted`."""
    return np.loadtxt(path, dtype=np.int64, delimiter=",", skiprows=1, ndmin=2)


def left_out(sample: Sample, columns: Sequence[int]) -> Floats:
    """Confidence of each track by what the other clips teach under the default method and L2."""
    likely = np.zeros(len(sample.right))
    for clip in np.unique(sample.clip):
        there = sample.clip == clip
        others = sample[~there & (sample.grouping == 0)]
        *coefficients, intercept = fit(others.known[:, columns], others.right)
        logit = sample.known[there][:, columns] @ np.array(coefficients) + intercept
        likely[there] = 1.0 / (1.0 + np.exp(-logit))
    low, high = sample.range.T
    return np.clip(np.maximum(likely, sample.by_clothing), low, high)


def bins(likely: Floats) -> list[npt.NDArray[np.bool_]]:
    """Mask of each bin."""
    which = np.digitize(likely, EDGES[1:-1])
    return [which == i for i in range(len(EDGES) - 1)]


def calibration_error(likely: Floats, right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error."""
    gaps = [abs(float((likely[i] - right[i]).sum())) for i in bins(likely)]
    return sum(gaps) / max(len(right), 1)


def log_loss(likely: Floats, right: npt.NDArray[np.bool_]) -> float:
    """Mean of -log of the probability of what is."""
    return float(-np.log(np.where(right, likely, 1.0 - likely)).mean())


def reliability(likely: Floats, sample: Sample) -> str:
    """Table of the bins."""
    rows = []
    for low, high, there in zip(EDGES, EDGES[1:], bins(likely), strict=False):
        row = [
            f"{low:g} to {high:g}" if high < 1.0 else f"{low:g}",
            str(there.sum()),
            str(sample.faces[there].sum()),
        ]
        if there.any():
            right, faces = sample.right[there], sample.faces[there]
            shares = (likely[there].mean(), right.mean(), (right * faces).sum() / faces.sum())
            row += [f"{share:.3f}" for share in shares]
        else:
            row += ["-"] * 3
        rows.append(row)
    return markdown(BIN_HEADER, rows)


def bounds(likely: Floats, sample: Sample) -> str:
    """Describe the evidence for the upper and the lower bound."""
    top = (likely >= MOST) & (sample.threshold == 1.0)
    per_rate = [int((top & (sample.rate_hz == rate)).sum()) for rate in np.unique(sample.rate_hz)]
    low = likely <= LEAST
    return (
        f"At {MOST:g}, at the defaults: {min(per_rate)} to {max(per_rate)} tracks at each rate, "
        f"{int((~sample.right[top]).sum())} wrong in all; by the rule of three "
        f"{1.0 - 3.0 / max(min(per_rate), 3):.3f} can be vouched for.\n"
        f"At {LEAST:g}, at all thresholds: {int(low.sum())} tracks, "
        f"{int(sample.right[low].sum())} right."
    )


def summary(likely: Floats, sample: Sample) -> str:
    """Table of all groupings."""
    rows = []
    for i, grouping in enumerate(GROUPINGS):
        at_default = sample.threshold == 1.0
        for name, mask in (("default", at_default), ("all", at_default | True)):
            there = mask & (sample.grouping == i)
            p, right = likely[there], sample.right[there]
            shares = (right.mean(), p.mean(), calibration_error(p, right), log_loss(p, right))
            figures = [f"{share:.3f}" for share in shares]
            rows.append([", ".join(grouping), name, str(there.sum()), *figures])
    return markdown(SUM_HEADER, rows)


def candidates(sample: Sample) -> str:
    """Table of coefficients, and of the log loss of clips left out, with less and more evidence."""
    rows = []
    for columns in CANDIDATES:
        beta = fit(sample.known[:, columns], sample.right)
        loss = log_loss(left_out(sample, columns), sample.right)
        named = [f"{b:.2f}" for b in beta]
        rows.append([", ".join(EVIDENCE[c] for c in columns), ", ".join(named), f"{loss:.3f}"])
    return markdown(("evidence", "coefficients, intercept", "log loss, clip left out"), rows)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--encoders", nargs="+", default=[ENCODER], metavar="NAME")
    parser.add_argument("--rates", type=float, nargs="+", default=[3, 4, 5, 6], metavar="HZ")
    parser.add_argument("--fit", action="store_true", help="fit the coefficients")
    parser.add_argument("--table", type=Path, default=TABLE, help="where --fit puts its judgements")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    clips = read_clips(given.clips)
    with results_folder(given.results) as folder:
        seen = [
            (encoder, analysed(clip, folder, rate, encoder))
            for encoder in given.encoders
            for rate in given.rates
            for clip in clips
        ]
    factors = [threshold / 0.36 for threshold in THRESHOLDS]
    groupings = range(1 if given.fit else len(GROUPINGS))
    parts = [grouped(*each, g, f) for each in seen for g in groupings for f in factors]
    sample = Sample(*(np.concatenate([getattr(p, n) for p in parts]) for n in Sample.__slots__))
    ours = sample[sample.grouping == 0]
    if given.fit:
        table = counted(-ours.known[:, 0], ours.right)
        np.savetxt(given.table, table, "%d", ",", header=COLUMNS, comments="")
        slope, intercept = fit_table(table)
        print(f"{candidates(ours)}\n\nSLOPE = {slope:g}, INTERCEPT = {intercept:g}: {given.table}")
        return
    likely = left_out(ours, (0,))
    default = ours.threshold == 1.0
    print(f"At the defaults:\n\n{reliability(likely[default], ours[default])}")
    print(f"\nAt all thresholds:\n\n{reliability(likely, ours)}")
    print(f"\n{bounds(likely, ours)}")
    print(f"\n{summary(left_out(sample, (0,)), sample)}")
    print(f"\nWords:\n\n{_words.tables(seen)}")
