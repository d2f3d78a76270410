"""Questions for the reviewer, and where to split a person in two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.config import ClusteringConfig
from clusterer.core.distance import between as distances_between
from clusterer.core.types import Advice, IntArray, TrackFeatures
from clusterer.people.questions.groups import group_tracks
from clusterer.people.questions.merges import merge_questions
from clusterer.people.questions.splits import merge_trees, split_questions
from clusterer.people.refinement.evidence import Evidence, weigh
from clusterer.people.refinement.linkage import between

__all__ = ["advise", "distance_scale"]

SAMPLE = 300
"""Tracks sampled to estimate the typical distance between tracks."""
SAME_PERSON_SHARE = 0.5
"""Share of the typical distance that two clear faces of one person stay under; for the default
encoder this is close to its threshold."""


def advise(  # noqa: PLR0913, PLR0917 (all inputs of the grouping)
    features: TrackFeatures,
    spans_s: npt.NDArray[np.float64],
    cannot_link: IntArray,
    labels: IntArray,
    config: ClusteringConfig,
    threshold: float,
    evidence: Evidence | None = None,
    least: float | None = None,
) -> Advice:
    """Collect the questions worth asking, and the merge tree of each person.

    Clothing is used even if `ClothingConfig.enabled` is off: the reviewer can check it in the
    pictures.

    Parameters
    ----------
    features : t tracks
    spans_s : array of shape (t, 2), float64, start and end of each track, seconds
    cannot_link : array of shape (m, 2), int64, pairs of tracks of different people; never
        questioned
    labels : array of shape (t,), int64, person of each track, `UNKNOWN` = no person
    config
        Metric, and `ClothingConfig`.
    threshold
        Distance at which two clear faces are one person. 0, which no two faces reach, is replaced
        by `distance_scale`.
    evidence
        Result of `weigh` for the same arguments, if already computed; it takes over a second for
        an hour of 5,000 tracks.
    least
        Evidence that merging takes; None = `ClothingConfig.prior`.

    Returns
    -------
    Advice; no question joins groups that hold a cannot-link pair
    """
    if len(features) < 2:
        return Advice()
    if evidence is None:
        scale = distance_scale(threshold, features, config.metric)
        evidence = weigh(features, spans_s, cannot_link, config, scale)
    groups = group_tracks(features, spans_s, labels)
    score = between(groups.members, features, evidence, config.evidence)
    total, different = evidence.total, evidence.different
    del evidence  # large
    trees = merge_trees(labels, total, different)
    questions = [
        *merge_questions(
            groups, score, different, config.clothing.prior if least is None else least
        ),
        *split_questions(groups, trees, total, different),
    ]
    questions.sort(key=lambda ranked: ranked.key)
    return Advice(questions=tuple(ranked.question for ranked in questions), trees=trees)


def distance_scale(threshold: float, features: TrackFeatures, metric: str) -> float:
    """The threshold if above 0, else a share of the median distance between tracks.

    Parameters
    ----------
    threshold
        As configured, 0 or more.
    features : t tracks
    metric
        ``l2`` or ``cosine``, whose distances grow with the square of L2 distances.
    """
    if threshold > 0.0:
        return threshold
    rows = np.flatnonzero(features.has_face)
    rows = rows[:: max(len(rows) // SAMPLE, 1)]
    distances = distances_between(features.face[rows], features.face[rows], metric)
    typical = float(np.median(distances[np.triu_indices(len(rows), 1)])) if len(rows) > 1 else 0.0
    share = SAME_PERSON_SHARE**2 if metric == "cosine" else SAME_PERSON_SHARE
    return share * typical if typical > 0.0 else 1.0
