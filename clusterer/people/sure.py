"""How sure it is that a track shows its person: one word, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clusterer.core.certainty import Sure, Why, Word
from clusterer.core.errors import ConfigError
from clusterer.core.types import (
    UNKNOWN,
    Analysis,
    ClothingDecision,
    ClusteringResult,
    IntArray,
    Move,
    TrackFeatures,
)
from clusterer.faces.encoding import default_threshold
from clusterer.people.confidence import LEAST, MOST, from_others, in_units, reach, weights

Floats = npt.NDArray[np.float64]

NEAR = 1.0
"""Farthest `reach` of a certain track, in units: 0.1 less than the farthest at which 0.99 of the
certain tracks are right, see `python -m benchmarks people confidence`."""
FAR = 1.5
"""`reach` beyond which a track is doubtful, in units."""
CLOSER = 0.1
"""A track to which the next person is not at least so much farther is doubtful, in units."""
CLEAR = 0.1
"""Least quality of a certain track's best picture, 0 to 1."""
UNCLEAR = 0.05
"""Quality of its best picture below which a track that is not near is doubtful, 0 to 1."""
A_FACE = 0.7
"""Least of the detector's best scores of a certain track, 0 to 1."""
PERHAPS_A_FACE = 0.65
"""Below this best score a track is doubtful: bags and posters are found there, too."""
VIEWS = 2
"""Least number of readable pictures of a certain track."""
RANGES: Mapping[Word, tuple[float, float]] = {
    Word.CERTAIN: (0.9, MOST),
    Word.LIKELY: (0.7, 0.9),
    Word.DOUBTFUL: (LEAST, 0.7),
}
"""Between which the confidence of a track lies, so that number and word agree."""


class Facts(NamedTuple):
    """On what the word of a track rests.

    Attributes
    ----------
    score : the detector's best, 0 to 1
    quality : of the best picture, 0 to 1
    views : number of readable pictures
    reach : see `clusterer.people.confidence.reach`; None for a person's only track
    margin : how much farther the next person is than the person's other tracks, in units
    clothing : whether clothing gave it to the person
    """

    score: float
    quality: float
    views: int
    reach: float | None
    margin: float
    clothing: bool


def sure(  # noqa: PLR0913 (all that it rests on)
    features: TrackFeatures,
    labels: IntArray,
    scores: Floats,
    metric: str,
    *,
    unit: float,
    decisions: Iterable[ClothingDecision] = (),
) -> tuple[Sure, ...]:
    """How sure it is that each track shows the same person as the others of its group.

    Nothing is certain without another track of the person that agrees. Whether the person has a
    second group is not covered.

    Parameters
    ----------
    features : t tracks
    labels : array of shape (t,), int64, `UNKNOWN` = no person
    scores : array of shape (t,), 0 to 1, the detector's best score of each track
    metric
        ``l2`` or ``cosine``.
    unit
        The encoder's default threshold for the metric, whatever threshold was used.
    decisions
        Of clothing.

    Returns
    -------
    t words with their reasons; doubtful where nobody was found
    """
    facts = facts_of(features, labels, scores, metric, unit=unit, decisions=decisions)
    return tuple(
        Sure(Word.DOUBTFUL, Why.NOBODY) if label == UNKNOWN else judge(known)
        for label, known in zip(labels.tolist(), facts, strict=True)
    )


def facts_of(  # noqa: PLR0913 (all that it rests on)
    features: TrackFeatures,
    labels: IntArray,
    scores: Floats,
    metric: str,
    *,
    unit: float,
    decisions: Iterable[ClothingDecision] = (),
) -> list[Facts]:
    """On what the words of t tracks rest; parameters as of `sure`."""
    joined = {each.track_id for each in decisions if each.move is Move.JOINED}
    own = from_others(features, labels, metric, unit)
    margin = next_person(features, labels, metric, unit) - own
    far = reach(features, labels, metric, unit)
    return [
        Facts(
            score=float(scores[track]),
            quality=float(features.quality[track]),
            views=int(features.readable_chips[track]),
            reach=None if np.isnan(far[track]) else float(far[track]),
            margin=float(margin[track]),
            clothing=track in joined,
        )
        for track in range(len(labels))
    ]


def judge(facts: Facts) -> Sure:
    """Word of one track of a person."""
    word, why = _judged(facts)
    return Sure(word, why, facts.quality >= CLEAR)


def _judged(facts: Facts) -> tuple[Word, Why]:  # noqa: PLR0911 (one line a reason)
    near = facts.reach is not None and facts.reach <= NEAR
    if facts.score < PERHAPS_A_FACE:
        return Word.DOUBTFUL, Why.NOT_SURE_A_FACE
    if facts.quality < UNCLEAR and not near:
        return Word.DOUBTFUL, Why.SMALL_OR_BLURRED
    if facts.reach is not None and facts.margin < CLOSER:
        return Word.DOUBTFUL, Why.NEAR_ANOTHER
    if facts.reach is not None and facts.reach > FAR:
        return Word.DOUBTFUL, Why.UNLIKE
    if facts.clothing:
        return Word.LIKELY, Why.BY_CLOTHING
    if facts.reach is None:
        return Word.LIKELY, Why.ONE_STRETCH
    if facts.score < A_FACE or facts.quality < CLEAR:
        return Word.LIKELY, Why.SMALL_OR_BLURRED
    if facts.views < VIEWS:
        return Word.LIKELY, Why.FEW_VIEWS
    return (Word.CERTAIN, Why.CLOSE_MATCH) if near else (Word.LIKELY, Why.FAIR_MATCH)


def next_person(features: TrackFeatures, labels: IntArray, metric: str, unit: float) -> Floats:
    """Distance of each track to the average of the nearest other person.

    Returns
    -------
    array of shape (t,), in units as `reach`; infinite if there is no other
    """
    people = sorted({*labels.tolist()} - {UNKNOWN})
    if not people:
        return np.full(len(labels), np.inf)
    weight, face = weights(features), features.face.astype(np.float64)
    averages = [np.average(face[labels == p], axis=0, weights=weight[labels == p]) for p in people]
    apart = in_units(face, np.array(averages), metric, unit)
    apart[labels[:, None] == np.array(people)] = np.inf
    nearest: Floats = apart.min(axis=1)
    return nearest


def within(words: Sequence[Sure], labels: IntArray, likely: Floats) -> Floats:
    """Confidence that agrees with the words, see `RANGES`.

    Parameters
    ----------
    words
        Of t tracks.
    labels : array of shape (t,), int64; that of unknown tracks stays
    likely : array of shape (t,), 0 to 1

    Returns
    -------
    array of shape (t,), 0 to 1
    """
    low, high = np.array([RANGES[one.word] for one in words]).reshape(-1, 2).T
    bounded: Floats = np.where(labels == UNKNOWN, likely, np.clip(likely, low, high))
    return bounded


def corrected(
    words: Sequence[Sure], by_hand: npt.NDArray[np.bool_], labels: IntArray
) -> tuple[Sure, ...]:
    """Words after corrections.

    Parameters
    ----------
    words
        Of t tracks as grouped.
    by_hand : array of shape (t,), bool, tracks whose person a reviewer decided
    labels : array of shape (t,), int64, after the corrections
    """
    certain = Sure(Word.CERTAIN, Why.BY_HAND)
    return tuple(
        certain if decided else Sure(Word.DOUBTFUL, Why.NOBODY) if nobody else one
        for one, decided, nobody in zip(
            words, by_hand.tolist(), (labels == UNKNOWN).tolist(), strict=True
        )
    )


def best_scores(analysis: Analysis) -> Floats:
    """The detector's best score of each track, shape (t,), 0 to 1."""
    scores = analysis.detections.scores
    best = [float(scores[track.detection_rows].max()) for track in analysis.tracks]
    return np.array(best, dtype=np.float64)


def of_grouping(result: ClusteringResult) -> tuple[Sure, ...]:
    """Words of the tracks of a result as grouped, before the corrections."""
    grouping, metric = result.grouped, result.config.clustering.metric
    if grouping.sure:
        return grouping.sure
    try:
        unit = default_threshold(result.config.analysis.encoding, metric)
    except ConfigError:  # an encoder without a card
        unit = result.threshold or 1.0
    scores = best_scores(result.analysis)
    decisions = result.clothing
    return sure(result.features, grouping.labels, scores, metric, unit=unit, decisions=decisions)
