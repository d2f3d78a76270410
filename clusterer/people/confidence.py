"""How likely it is that a track belongs to the person it was assigned to."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from clusterer.core.distance import Vectors, prepare
from clusterer.core.types import UNKNOWN, ClothingDecision, IntArray, Move, TrackFeatures

Floats = npt.NDArray[np.float64]

COEFFICIENTS = (4.34, 0.52, 1.32)
INTERCEPT = 8.06
"""For `evidence`, by logistic regression on 4,683 judgements of tracks of four labelled clips and
the demo, at four sample rates and twelve thresholds: `python -m benchmarks people confidence
--fit`. With a clip left out, the margin to the next person and the number of readable chips do not
improve it."""

MOST = 0.95
"""Upper bound. At each of the four rates, at the default threshold, 67 to 71 tracks would exceed
it, none of them wrong: by the rule of three (Hanley and Lippman-Hand 1983) 3 in 67 still could
be."""
LEAST = 0.4
"""Lower bound for tracks with a person: about half of those that would fall below are right."""

MIN_QUALITY = 0.01
MIN_SHARE = 0.02
"""Smaller values are raised to these; otherwise their logarithms would dominate."""
_MAX_DISTANCE = 100.0


def confidences(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """Probability that each track shows the same person as most faces of its group.

    Logistic regression on `evidence`, see `COEFFICIENTS`, bounded by what the data support, see
    `MOST`. It does not cover whether the person has a second group.

    Parameters
    ----------
    features : t tracks
    labels : array of shape (t,), int64
    metric
        ``l2`` or ``cosine``.
    unit
        The encoder's default threshold for the metric, whatever threshold was used: a looser
        threshold must not raise confidence.

    Returns
    -------
    array of shape (t,), 0.4 to 0.95; 0 for unknown tracks
    """
    likely = probability(evidence(features, labels, metric, unit))
    likely[labels == UNKNOWN] = 0.0
    return likely


def with_clothing(
    by_face: Floats, decisions: Iterable[ClothingDecision], prior: float, most: float
) -> Floats:
    """Raise the confidence of tracks that joined by clothing, where it is lower by faces alone.

    Parameters
    ----------
    by_face : array of shape (t,), 0 to 1, confidence of each track by faces alone
    decisions
        Of tracks that moved.
    prior
        Evidence at which both outcomes are equally likely, see `ClothingConfig`.
    most
        Upper bound, 0 to 1.

    Returns
    -------
    array of shape (t,), 0 to 1
    """
    likely = by_face.copy()
    for decision in decisions:
        if decision.move is Move.JOINED:
            odds = math.exp(decision.face + decision.clothing - prior)
            track = decision.track_id
            likely[track] = max(likely[track], min(odds / (1.0 + odds), most))
    return likely


def probability(components: Floats) -> Floats:
    """Probability by evidence; increases with each component.

    Parameters
    ----------
    components : array of shape (t, 3), see `evidence`

    Returns
    -------
    array of shape (t,), `LEAST` to `MOST`
    """
    logit = components @ np.array(COEFFICIENTS) + INTERCEPT
    likely: Floats = 1.0 / (1.0 + np.exp(-np.clip(logit, -20.0, 20.0)))
    bounded: Floats = np.clip(likely, LEAST, MOST)
    return bounded


def evidence(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """Evidence for each track's person.

    Parameters
    ----------
    features, labels, metric, unit
        As for `confidences`.

    Returns
    -------
    array of shape (t, 3)
        Nearness: distance to the average of the person's other tracks, in units, negated; for
        cosine its square root, as cosine distances grow with the square of L2 distances.
        Quality: logarithm of the geometric mean of the track's quality and the best of the others'.
        Share: logarithm of the track's share of the person's readable chips.
        A person's only track is compared with itself. Zeros for unknown tracks.
    """
    result = np.zeros((len(features), 3))
    face = features.face.astype(np.float64)
    quality = np.maximum(features.quality.astype(np.float64), MIN_QUALITY)
    chips = features.readable_chips.astype(np.float64)
    for label in sorted({*labels.tolist()} - {UNKNOWN}):
        rows = np.flatnonzero(labels == label)
        others = _average_of_others(face[rows], quality[rows])
        distance = _euclidean(face[rows], others, metric) / _euclidean_unit(metric, unit)
        share = chips[rows] / max(chips[rows].sum(), 1.0)
        result[rows, 0] = -np.minimum(distance, _MAX_DISTANCE)
        result[rows, 1] = np.log(quality[rows] * _best_of_others(quality[rows])) / 2.0
        result[rows, 2] = np.log(np.maximum(share, MIN_SHARE))
    return result


def _average_of_others(face: Vectors, weight: Floats) -> Vectors:
    """For each track the average of the person's other tracks; itself if it is the only one."""
    if len(face) == 1:
        return face
    weighted = face * weight[:, None]
    others: Vectors = (weighted.sum(axis=0) - weighted) / (weight.sum() - weight)[:, None]
    return others


def _best_of_others(quality: Floats) -> Floats:
    """For each track the best quality of the person's other tracks; its own if there are none."""
    if len(quality) == 1:
        return quality
    second, best = np.sort(quality)[-2:]
    others = np.full(len(quality), best)
    others[np.argmax(quality)] = second
    return others


def _euclidean(a: Vectors, b: Vectors, metric: str) -> Floats:
    """Row-wise Euclidean distance, shape (k,); of unit vectors for cosine."""
    distance: Floats = np.linalg.norm(prepare(a, metric) - prepare(b, metric), axis=1)
    return distance


def _euclidean_unit(metric: str, unit: float) -> float:
    """The unit as a Euclidean distance: √(2c) for unit vectors at cosine distance c."""
    return max(unit if metric != "cosine" else float(np.sqrt(2.0 * unit)), 1e-9)
