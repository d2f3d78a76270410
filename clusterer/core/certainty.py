"""How sure it is that faces are their person's: one word, and the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple


class Word(StrEnum):
    """How sure it is; the surest first."""

    CERTAIN = "certain"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


class Why(StrEnum):
    """On what a word rests."""

    BY_HAND = "by_hand"
    CLOSE_MATCH = "close_match"
    FAIR_MATCH = "fair_match"
    ONE_STRETCH = "one_stretch"
    FEW_VIEWS = "few_views"
    BY_CLOTHING = "by_clothing"
    NEAR_ANOTHER = "near_another"
    UNLIKE = "unlike"
    SMALL_OR_BLURRED = "small_or_blurred"
    NOT_SURE_A_FACE = "not_sure_a_face"
    NOBODY = "nobody"


class Sure(NamedTuple):
    """How sure it is, and why.

    Attributes
    ----------
    word
    why
    clear : whether it was judged by a clear picture, or by a reviewer
    """

    word: Word
    why: Why
    clear: bool = True


REASONS: Mapping[Why, str] = {
    Why.BY_HAND: "You said so.",
    Why.CLOSE_MATCH: "Clear views, close to most of this person's others.",
    Why.FAIR_MATCH: "It is like this person's other views, but not so close that it is certain.",
    Why.ONE_STRETCH: "Seen in one stretch only, so there is nothing to compare with.",
    Why.FEW_VIEWS: "Too few clear views.",
    Why.BY_CLOTHING: "Recognised by the clothes more than by the face.",
    Why.NEAR_ANOTHER: "Another person is about as close.",
    Why.UNLIKE: "It is not much like this person's other views.",
    Why.SMALL_OR_BLURRED: "Small, blurred or turned away.",
    Why.NOT_SURE_A_FACE: "It may not be a face.",
    Why.NOBODY: "It was given to nobody.",
}
"""Every reason in plain words."""


def overall(tracks: Sequence[Sure], weights: Sequence[float]) -> Sure:
    """Word of several tracks of a person: one that half of their clear faces reach.

    Faces of tracks that were not judged by a clear picture count only where there are no others: a
    blurred view says little, neither for nor against.

    Parameters
    ----------
    tracks
        Of the person; at least one.
    weights
        Of each track, such as its number of faces; above 0.

    Returns
    -------
    The surest word that at least half of the weight has, surer ones counted with it; and the reason
    that has most weight among the tracks of that word
    """
    pairs = list(zip(tracks, weights, strict=True))
    pairs = [(one, weight) for one, weight in pairs if one.clear] or pairs
    half, so_sure = sum(weight for _, weight in pairs) / 2.0, 0.0
    for word in Word:
        by_reason: dict[Why, float] = {}
        for one, weight in pairs:
            if one.word is word:
                by_reason[one.why] = by_reason.get(one.why, 0.0) + weight
        so_sure += sum(by_reason.values())
        if by_reason and so_sure >= half:
            why = max(by_reason, key=lambda reason: by_reason[reason])
            return Sure(word, why, pairs[0][0].clear)
    raise ValueError("a person without tracks")
