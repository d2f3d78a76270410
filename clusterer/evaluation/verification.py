"""Metrics of face verification: whether pairs of faces show one person.

After Schroff, Kalenichenko and Philbin, "FaceNet: A unified embedding for face recognition and
clustering" (CVPR 2015), section 4. A pair of faces is accepted as one person if its distance is at
most the threshold d. The validation rate VAL(d) is the share of accepted pairs (true accepts, TA)
among the pairs of one person; the false accept rate FAR(d) is the share of accepted pairs (false
accepts, FA) among the pairs of two people. Shares of nothing are NaN.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FAR_TARGETS = (1e-1, 1e-2, 1e-3)
"""False accept rates at which VAL is reported, as in the paper's figures."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Numbers of pairs that a threshold accepts; add those of several clips to pool them.

    Attributes
    ----------
    true_accepts : accepted pairs of one person, TA
    false_accepts : accepted pairs of two people, FA
    same : all pairs of one person
    different : all pairs of two people
    """

    true_accepts: int = 0
    false_accepts: int = 0
    same: int = 0
    different: int = 0

    def __add__(self, other: Accepted) -> Accepted:
        """Pool two sets of pairs at the same threshold."""
        return Accepted(
            self.true_accepts + other.true_accepts,
            self.false_accepts + other.false_accepts,
            self.same + other.same,
            self.different + other.different,
        )

    @property
    def val(self) -> float:
        """Validation rate, 0 to 1."""
        return _share(self.true_accepts, self.same)

    @property
    def far(self) -> float:
        """False accept rate, 0 to 1."""
        return _share(self.false_accepts, self.different)

    @property
    def accuracy(self) -> float:
        """Share of the pairs that are classified correctly, 0 to 1."""
        right = self.true_accepts + self.different - self.false_accepts
        return _share(right, self.same + self.different)


@dataclass(frozen=True, slots=True)
class Operating:
    """The threshold for a false accept rate, and the rates at it.

    Attributes
    ----------
    target : the wanted false accept rate
    threshold : the largest distance of a pair at which FAR does not exceed the target; minus
        infinity, which accepts nobody, if there is none
    val, far : rates at that threshold
    resolvable : whether there are at least 1 / target pairs of two people, so that one false accept
        is allowed; otherwise `val` is at a false accept rate of 0
    """

    target: float
    threshold: float
    val: float
    far: float
    resolvable: bool


@dataclass(frozen=True, slots=True)
class EqualError:
    """Where the false accept rate equals the false reject rate.

    Attributes
    ----------
    rate : FAR = 1 - VAL there, 0 to 1
    threshold : the smallest distance of a pair at which FAR is not less than 1 - VAL
    """

    rate: float
    threshold: float


@dataclass(frozen=True, slots=True)
class FoldAccuracy:
    """Accuracy at the best threshold, cross-validated.

    Attributes
    ----------
    mean : over the folds, 0 to 1
    standard_error : of the mean: sample standard deviation over the square root of the fold count
    folds : accuracy of each fold
    thresholds : the threshold of each fold, chosen on the others
    """

    mean: float
    standard_error: float
    folds: tuple[float, ...]
    thresholds: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Roc:
    """Accepted pairs at every threshold: one step for none, then one for each distinct distance.

    Attributes
    ----------
    thresholds : array of shape (k + 1,), float64, rising; the first is minus infinity
    true_accepts, false_accepts : arrays of shape (k + 1,), int64, rising from 0 to all pairs
    """

    thresholds: Floats
    true_accepts: Ints
    false_accepts: Ints

    @property
    def same(self) -> int:
        """Number of pairs of one person."""
        return int(self.true_accepts[-1])

    @property
    def different(self) -> int:
        """Number of pairs of two people."""
        return int(self.false_accepts[-1])

    @property
    def val(self) -> Floats:
        """Validation rate at each threshold, shape (k + 1,)."""
        return _shares(self.true_accepts)

    @property
    def far(self) -> Floats:
        """False accept rate at each threshold, shape (k + 1,)."""
        return _shares(self.false_accepts)

    def at(self, step: int) -> Accepted:
        """Pairs that the threshold of a step accepts."""
        counts = int(self.true_accepts[step]), int(self.false_accepts[step])
        return Accepted(*counts, self.same, self.different)


def accepted(distances: Floats, same: Bools, threshold: float) -> Accepted:
    """Count the pairs that a threshold accepts, and all pairs.

    Parameters
    ----------
    distances : array of shape (n,)
    same : array of shape (n,), bool, whether both faces of a pair show one person
    threshold : inclusive
    """
    near = distances <= threshold
    n_same = int(same.sum())
    return Accepted(int((near & same).sum()), int((near & ~same).sum()), n_same, len(same) - n_same)


def roc(distances: Floats, same: Bools) -> Roc:
    """Count the accepted pairs at every threshold; pairs at equal distance form one step.

    Parameters
    ----------
    distances : array of shape (n,), finite
    same : array of shape (n,), bool
    """
    order = np.argsort(distances, kind="stable")
    rising = np.asarray(distances, np.float64)[order]
    last = np.flatnonzero(np.append(rising[1:] != rising[:-1], True)[: len(rising)])
    hits = np.cumsum(same[order], dtype=np.int64)[last]
    return Roc(
        thresholds=np.concatenate([[-np.inf], rising[last]]),
        true_accepts=np.concatenate([[0], hits]).astype(np.int64),
        false_accepts=np.concatenate([[0], last + 1 - hits]).astype(np.int64),
    )


def val_at_far(curve: Roc, target: float) -> Operating:
    """VAL at the largest threshold whose FAR does not exceed `target`; NaN without pairs."""
    different = curve.different
    if not different:
        return Operating(target, math.nan, math.nan, math.nan, resolvable=False)
    step = int(np.searchsorted(curve.far, target, side="right")) - 1
    at = curve.at(step)
    return Operating(
        target, float(curve.thresholds[step]), at.val, at.far, resolvable=1 / different <= target
    )


def equal_error(curve: Roc) -> EqualError:
    """Equal error rate: where a straight line between two steps of the curve meets FAR = 1 - VAL.

    NaN if there are no pairs of one person, or none of two.
    """
    if not curve.same or not curve.different:
        return EqualError(math.nan, math.nan)
    excess = curve.far - (1.0 - curve.val)  # rises from -1 to 1
    step = int(np.argmax(excess >= 0.0))
    share = -excess[step - 1] / (excess[step] - excess[step - 1])
    rate = (1.0 - share) * curve.far[step - 1] + share * curve.far[step]
    return EqualError(float(rate), float(curve.thresholds[step]))


def area(curve: Roc) -> float:
    """Area under the ROC curve (AUC), 0 to 1, by trapezoids.

    The probability that a random pair of one person is nearer than a random pair of two, with ties
    counting one half (Hanley and McNeil 1982). NaN if either kind is missing.
    """
    if not curve.same or not curve.different:
        return math.nan
    widths = np.diff(curve.false_accepts)
    doubled = int((widths * (curve.true_accepts[1:] + curve.true_accepts[:-1])).sum())
    return doubled / (2 * curve.same * curve.different)


def best_threshold(curve: Roc) -> float:
    """Threshold of the greatest accuracy; ties go to the smallest."""
    gain = curve.true_accepts - curve.false_accepts
    return float(curve.thresholds[int(np.argmax(gain))])


def cross_validate(distances: Floats, same: Bools, fold: Ints) -> FoldAccuracy:
    """Accuracy of each fold at the best threshold of all others, the protocol of LFW.

    Huang, Ramesh, Berg and Learned-Miller, "Labeled Faces in the Wild" (2007), view 2.

    Parameters
    ----------
    distances, same : arrays of shape (n,)
    fold : array of shape (n,), int64, the fold of each pair

    Raises
    ------
    ValueError
        There are fewer than two folds.
    """
    numbers = np.unique(fold)
    if len(numbers) < 2:
        raise ValueError("cross-validation needs two folds")
    accuracies, thresholds = [], []
    for number in numbers:
        inside = fold == number
        thresholds.append(best_threshold(roc(distances[~inside], same[~inside])))
        accuracies.append(accepted(distances[inside], same[inside], thresholds[-1]).accuracy)
    error = float(np.std(accuracies, ddof=1)) / math.sqrt(len(numbers))
    return FoldAccuracy(float(np.mean(accuracies)), error, tuple(accuracies), tuple(thresholds))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _shares(counts: Ints) -> Floats:
    shares: Floats = counts / counts[-1] if counts[-1] else np.full(len(counts), np.nan)
    return shares
