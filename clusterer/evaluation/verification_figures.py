"""All verification metrics of one set of pairs, and of the pairs of a result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from clusterer.core.types import ClusteringResult
from clusterer.evaluation.matching import Matching
from clusterer.evaluation.pairs import Pairs, image_pairs, track_pairs
from clusterer.evaluation.verification import (
    FAR_TARGETS,
    Accepted,
    EqualError,
    FoldAccuracy,
    Operating,
    Roc,
    accepted,
    area,
    cross_validate,
    equal_error,
    roc,
    val_at_far,
)


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """Verification metrics of one set of pairs.

    Attributes
    ----------
    pairs : the pairs themselves
    curve : TA and FA at every threshold
    operating : VAL at each of `FAR_TARGETS`
    equal_error : where FAR = 1 - VAL
    area : under the curve, 0 to 1
    threshold : a threshold of interest, such as the encoder's default; None = none
    at_threshold : pairs accepted at that threshold
    accuracy : cross-validated, if the pairs have folds
    """

    pairs: Pairs
    curve: Roc
    operating: tuple[Operating, ...]
    equal_error: EqualError
    area: float
    threshold: float | None
    at_threshold: Accepted | None
    accuracy: FoldAccuracy | None

    def figures(self) -> dict[str, Any]:
        """Plain values for JSON; undefined metrics are None."""
        found: dict[str, Any] = {
            "pairs": self.pairs.name,
            "same": self.curve.same,
            "different": self.curve.different,
            "no_face": self.pairs.no_face,
            "not_looked_at": self.pairs.not_looked_at,
            "val_at_far": [
                {
                    "target": at.target,
                    "threshold": _plain(at.threshold),
                    "val": _plain(at.val),
                    "far": _plain(at.far),
                    "resolvable": at.resolvable,
                }
                for at in self.operating
            ],
            "equal_error_rate": _plain(self.equal_error.rate),
            "equal_error_threshold": _plain(self.equal_error.threshold),
            "auc": _plain(self.area),
        }
        if self.at_threshold is not None:
            found |= {
                "threshold": self.threshold,
                "true_accepts": self.at_threshold.true_accepts,
                "false_accepts": self.at_threshold.false_accepts,
                "val": _plain(self.at_threshold.val),
                "far": _plain(self.at_threshold.far),
            }
        if self.accuracy is not None:
            found |= {
                "accuracy": self.accuracy.mean,
                "accuracy_standard_error": self.accuracy.standard_error,
                "accuracy_of_folds": list(self.accuracy.folds),
            }
        return found


def judge(pairs: Pairs, threshold: float | None = None) -> Verification:
    """Compute all metrics of a set of pairs.

    Parameters
    ----------
    pairs
        May be empty: shares of nothing are NaN.
    threshold
        Where true and false accepts are counted; None = nowhere.
    """
    curve = roc(pairs.distances, pairs.same)
    folded = pairs.fold is not None and len(np.unique(pairs.fold)) > 1
    return Verification(
        pairs=pairs,
        curve=curve,
        operating=tuple(val_at_far(curve, target) for target in FAR_TARGETS),
        equal_error=equal_error(curve),
        area=area(curve),
        threshold=threshold,
        at_threshold=(
            None if threshold is None else accepted(pairs.distances, pairs.same, threshold)
        ),
        accuracy=(
            cross_validate(pairs.distances, pairs.same, pairs.fold)
            if folded and pairs.fold is not None
            else None
        ),
    )


def verify(
    result: ClusteringResult, matching: Matching, metric: str, threshold: float | None = None
) -> tuple[Verification, Verification]:
    """Verification metrics of the track pairs and the image pairs of a result.

    Parameters
    ----------
    result
        Of one video.
    matching
        Labels of its tracks: each shows the person of most of its matched faces.
    metric
        ``l2`` or ``cosine``.
    threshold
        Where true and false accepts are counted; None = nowhere.

    Returns
    -------
    tracks, images
    """
    people = matching.track_people(len(result.analysis.tracks))
    return (
        judge(track_pairs(result, people, metric), threshold),
        judge(image_pairs(result.analysis, people, metric), threshold),
    )


def _plain(value: float) -> float | None:
    """JSON has neither NaN nor infinity."""
    return value if math.isfinite(value) else None
