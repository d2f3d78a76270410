"""What to ask a reviewer, and where to cut a person in two."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import Advice, IntArray, TrackFeatures
from clusterer.people.questions.doubts import doubts
from clusterer.people.questions.groups import gather
from clusterer.people.questions.scale import usable
from clusterer.people.questions.trees import trees
from clusterer.people.questions.unions import unions
from clusterer.people.refinement.evidence import Evidence, weigh

__all__ = ["advise"]


def advise(  # noqa: PLR0913, PLR0917 (all that the grouping was made from)
    features: TrackFeatures,
    spans_s: npt.NDArray[np.float64],
    cannot_link: IntArray,
    labels: IntArray,
    config: ClusteringConfig,
    threshold: float,
    evidence: Evidence | None = None,
) -> Advice:
    """Collect questions worth an answer, and the merge tree of each person.

    Clothes have a say in what is asked, even where `ClothingConfig.enabled` keeps them out of what
    is decided: a question is answered by who sees the pictures.

    Parameters
    ----------
    features : t tracks
    spans_s : array of shape (t, 2), float64, first and last sight of each track, seconds
    cannot_link : array of shape (m, 2), int64, pairs of tracks that are different people; no
        question doubts them
    labels : array of shape (t,), int64, person of each track, `UNKNOWN` = nobody's
    config
        Metric, and `ClothingConfig`.
    threshold
        Distance at which two clear faces are one person. With 0, which no two faces meet, half of
        what lies between most tracks takes its place.
    evidence
        What `weigh` makes of the above, where it is known already; an hour of 5,000 tracks takes it
        over a second.

    Returns
    -------
    Advice; no question joins groups that hold a cannot-link pair
    """
    if len(features) < 2:
        return Advice()
    if evidence is None:
        scale = usable(threshold, features, config.metric)
        evidence = weigh(features, spans_s, cannot_link, config, scale)
    total, apart = evidence.total, evidence.apart
    del evidence  # large
    groups = gather(features, spans_s, labels)
    asked = unions(groups, total, apart, config.clothing.prior)
    grown = trees(labels, total, apart)
    doubted = doubts(groups, grown, total, apart)
    questions = sorted((*asked, *doubted), key=lambda found: found.key)
    return Advice(
        questions=tuple(found.question for found in questions),
        trees=grown,
    )
