"""How likely it is that a track belongs to the person it was assigned to."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from clusterer.core.distance import between, of_pairs
from clusterer.core.types import UNKNOWN, ClothingDecision, IntArray, Move, TrackFeatures

Floats = npt.NDArray[np.float64]

SLOPE = 4.13
INTERCEPT = 6.75
"""How much a unit of `reach` takes off the logarithm of the odds, and what it is at 0: by logistic
regression on the judgements of ``benchmarks/people/confidence.csv``, of nine labelled clips and the
demo under dlib, sface and retail-0095, at two sample rates and twelve thresholds. They are printed
by `python -m benchmarks people confidence --encoders dlib sface retail-0095 --rates 2 4 --fit`.
With a clip left out, the distance to the average of the others, the margin to the next person,
quality and the number of pictures do not improve it."""

MOST = 0.95
"""Upper bound: labelled clips support no more, as they are few."""
LEAST = 0.4
"""Lower bound for tracks with a person: about half of those that would fall below are right."""

MOST_VIEWS = 0.75
"""Share of the person's other tracks, weighted by quality, whose distances `reach` spans: where two
people are grouped as one, each has near tracks, but not near to so many."""
MOST_COMPARED = 400
"""Tracks of a person with which each is compared at most, evenly spread."""
MIN_QUALITY = 0.01
"""Smaller weights are raised to this."""
_BLOCK = 512
_MAX_DISTANCE = 100.0


def confidences(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """Probability that each track shows the same person as most faces of its group.

    Logistic regression on `reach`, see `SLOPE`, bounded by what the data support, see `MOST`. It
    does not cover whether the person has a second group, nor whether a person's only track is one.

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
    likely = probability(np.nan_to_num(reach(features, labels, metric, unit)))
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


def probability(far: Floats) -> Floats:
    """Probability by reach, `LEAST` to `MOST`; a farther one is never more likely."""
    likely: Floats = 1.0 / (1.0 + np.exp(np.clip(SLOPE * far - INTERCEPT, -20.0, 20.0)))
    bounded: Floats = np.clip(likely, LEAST, MOST)
    return bounded


def reach(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """Distance within which most of the person's other tracks lie, see `MOST_VIEWS`.

    Parameters
    ----------
    features, labels, metric, unit
        As for `confidences`.

    Returns
    -------
    array of shape (t,), 0 to 100, in units; for cosine the square root, as cosine distances grow
    with the square of L2 distances. Not a number where the person has no other track, and for
    unknown tracks.
    """
    found = np.full(len(labels), np.nan)
    weight, face = weights(features), features.face.astype(np.float64)
    for label in sorted({*labels.tolist()} - {UNKNOWN}):
        rows = np.flatnonzero(labels == label)
        others = rows[:: -(-len(rows) // MOST_COMPARED)]
        for some in np.split(rows, range(_BLOCK, len(rows), _BLOCK)) if len(rows) > 1 else ():
            apart = in_units(face[some], face[others], metric, unit)
            counted = np.where(some[:, None] == others, 0.0, weight[others])  # not with itself
            order = np.argsort(apart, axis=1, kind="stable")
            share = np.cumsum(np.take_along_axis(counted, order, axis=1), axis=1)
            enough = (share >= MOST_VIEWS * share[:, -1:] * (1.0 - 1e-9)).argmax(axis=1)
            found[some] = np.take_along_axis(apart, order, axis=1)[np.arange(len(some)), enough]
    return found


def from_others(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """Distance of each track to the average of the person's other tracks, weighted by quality.

    Returns
    -------
    array of shape (t,), in units as `reach`; 0 where the person has no other track, and for unknown
    tracks
    """
    found = np.zeros(len(labels))
    weight, face = weights(features), features.face.astype(np.float64)
    for label in sorted({*labels.tolist()} - {UNKNOWN}):
        rows = np.flatnonzero(labels == label)
        if len(rows) > 1:
            weighted = face[rows] * weight[rows, None]
            rest = (weight[rows].sum() - weight[rows])[:, None]
            others = (weighted.sum(axis=0) - weighted) / rest
            found[rows] = _as_units(of_pairs(face[rows], others, metric), metric, unit)
    return found


def weights(features: TrackFeatures) -> Floats:
    """Weight of each track by its quality, shape (t,)."""
    return np.maximum(features.quality.astype(np.float64), MIN_QUALITY)


def in_units(a: Floats, b: Floats, metric: str, unit: float) -> Floats:
    """Distances of all rows of `a` to all of `b`, shape (n, m), in units as `reach`."""
    return _as_units(np.asarray(between(a, b, metric), np.float64), metric, unit)


def _as_units(apart: Floats, metric: str, unit: float) -> Floats:
    scaled = np.maximum(apart, 0.0) / max(unit, 1e-9)
    rooted: Floats = np.sqrt(scaled) if metric == "cosine" else scaled
    return np.minimum(rooted, _MAX_DISTANCE)
