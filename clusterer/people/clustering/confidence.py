"""How likely a track that was given to a person is that person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.distance import Vectors, prepare
from clusterer.core.types import UNKNOWN, IntArray, TrackFeatures

Floats = npt.NDArray[np.float64]

COEFFICIENTS = (4.34, 0.52, 1.32)
INTERCEPT = 8.06
"""Of `evidence`, by logistic regression on 4,683 judgements of tracks of four labelled clips and
the demo, at four sample rates and twelve thresholds: `python -m benchmarks people confidence
--fit`. With a clip left out, the margin to the next person and the number of readable chips add
nothing to them."""

MOST = 0.95
"""Nobody is surer. At each of the four rates, at the default threshold, 67 to 71 tracks would be,
and none is wrong: by the rule of three (Hanley and Lippman-Hand 1983) 3 in 67 still could be."""
LEAST = 0.4
"""Nobody who was given to a person is less sure: of those who would be, about half are right."""

MIN_QUALITY = 0.01
MIN_SHARE = 0.02
"""Lesser ones count as these: their logarithms would outweigh all else."""
_FARTHEST = 100.0


def confidences(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """Probability of each track to show the person whom most faces of its group show.

    By logistic regression on `evidence`, see `COEFFICIENTS`; never surer than the data behind it
    allow, see `MOST`. It says nothing about whether the person has a second group.

    Parameters
    ----------
    features : t tracks
    labels : array of shape (t,), int64
    metric
        Of the distances: ``l2`` or ``cosine``.
    unit
        The encoder's default threshold for the metric, whatever the tracks were grouped by: a
        looser threshold makes nobody surer.

    Returns
    -------
    array of shape (t,), 0.4 to 0.95; 0 for unknown tracks, who are nobody
    """
    likely = probability(evidence(features, labels, metric, unit))
    likely[labels == UNKNOWN] = 0.0
    return likely


def probability(known: Floats) -> Floats:
    """Probability by evidence; rises with each part of it.

    Parameters
    ----------
    known : array of shape (t, 3), see `evidence`

    Returns
    -------
    array of shape (t,), `LEAST` to `MOST`
    """
    logit = known @ np.array(COEFFICIENTS) + INTERCEPT
    likely: Floats = 1.0 / (1.0 + np.exp(-np.clip(logit, -20.0, 20.0)))
    bounded: Floats = np.clip(likely, LEAST, MOST)
    return bounded


def evidence(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """What speaks for each track's person.

    Parameters
    ----------
    features, labels, metric, unit
        As for `confidences`.

    Returns
    -------
    array of shape (t, 3)
        Nearness: the distance to the average of the person's other tracks, in units, negative; for
        cosine the square root of it, as cosine distances grow with the square of L2 distances.
        Quality: logarithm of the geometric mean of the track's quality and the best of the others'.
        Share: logarithm of the track's part of the person's readable chips.
        A person's only track is its own other. Zeros for unknown tracks.
    """
    found = np.zeros((len(features), 3))
    face = features.face.astype(np.float64)
    quality = np.maximum(features.quality.astype(np.float64), MIN_QUALITY)
    chips = features.readable_chips.astype(np.float64)
    for label in sorted({*labels.tolist()} - {UNKNOWN}):
        rows = np.flatnonzero(labels == label)
        apart = _apart(face[rows], _average_of_others(face[rows], quality[rows]), metric)
        share = chips[rows] / max(chips[rows].sum(), 1.0)
        found[rows, 0] = -np.minimum(apart / _scale(metric, unit), _FARTHEST)
        found[rows, 1] = np.log(quality[rows] * _best_of_others(quality[rows])) / 2.0
        found[rows, 2] = np.log(np.maximum(share, MIN_SHARE))
    return found


def _average_of_others(face: Vectors, weight: Floats) -> Vectors:
    """For each track the average of the person's other tracks; its own, if there is none."""
    if len(face) == 1:
        return face
    weighted = face * weight[:, None]
    others: Vectors = (weighted.sum(axis=0) - weighted) / (weight.sum() - weight)[:, None]
    return others


def _best_of_others(quality: Floats) -> Floats:
    """For each track the best quality among the person's others; its own, if there is none."""
    if len(quality) == 1:
        return quality
    second, best = np.sort(quality)[-2:]
    others = np.full(len(quality), best)
    others[np.argmax(quality)] = second
    return others


def _apart(a: Vectors, b: Vectors, metric: str) -> Floats:
    """Euclidean distance row by row, shape (k,); of unit vectors, for cosine."""
    apart: Floats = np.linalg.norm(prepare(a, metric) - prepare(b, metric), axis=1)
    return apart


def _scale(metric: str, unit: float) -> float:
    """The unit as a Euclidean distance: unit vectors at cosine distance c are √(2c) apart."""
    return max(unit if metric != "cosine" else float(np.sqrt(2.0 * unit)), 1e-9)
