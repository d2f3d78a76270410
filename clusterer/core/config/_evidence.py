"""Settings of the second stage's evidence for encoders whose statistics are known."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.core.config._check import check
from clusterer.core.config._curve import (
    MOST_RELIABILITY,
    Curve,
    as_curve,
    check_curve,
    check_spreads,
)


@dataclass(frozen=True, slots=True)
class EvidenceConfig:
    """How similar two groups of faces must be to be one person.

    Evidence is the logarithm of the odds that two groups are one person, from the cosine similarity
    of their pooled embeddings. How similar two people are, and two pictures of one person, was
    measured on photographs of many people, shrunk, blurred, darkened and compressed.

    Attributes
    ----------
    reliability
        Pairs of quality and reliability: the expected similarity of two faces of one person, both
        of this quality, 0 to 1. None = the encoder's; if it states none, faces are weighed by
        distance, see `ClothingConfig.face_neutral`.
    spread
        Standard deviation of the similarity of different people, above 0; None = the encoder's.
    variation
        Standard deviation of the similarity of one person's faces, relative to the expected one;
        None = the encoder's.
    chip_correlation
        Correlation of what disturbs the chips of one track, 0 to 1: with 0.5, many chips tell no
        more than two independent ones.
    look_alikes
        Share of people who look alike, 0 to 1. It limits the evidence for a person.
    altered
        Share of faces that look like nobody in particular: badly aligned, covered, made up, 0 to 1.
        It limits the evidence against a person.
    most_against
        Limit of the evidence of clothing against one person: between shots, the visible part of a
        torso changes more than its clothing.
    colourless
        Weight of clothing in a film without colours, 0 to 1: more people are dressed alike. Of the
        weights 1, 0.5, 0.33, 0.25, 0.2, 0.1 and 0 it has the best precision on black and white
        copies of nine clips (`python -m benchmarks people hard --kinds grey --rates 3 4 5 6`).
    film_odds
        Weight of the film's own odds that two tracks are one person, which are estimated from all
        pairs of its tracks, 0 to 1: in a crowd merging takes more evidence than between two people.
    caution
        Evidence needed to merge two groups beyond these odds. At 2.4 and a weight of 0.7 the
        precision is 1 on each of nine labelled clips at four sample rates; at 2, one falls to 0.88
        (`python -m benchmarks people accuracy --rates 3 4 5 6 --encoder sface`).

    Examples
    --------
    >>> clusterer.ClusteringConfig().evidence.caution
    2.4
    """

    reliability: Curve | None = None
    spread: float | None = None
    variation: float | None = None
    chip_correlation: float = 0.5
    look_alikes: float = 0.01
    altered: float = 0.03
    most_against: float = 1.2
    colourless: float = 0.25
    film_odds: float = 0.7
    caution: float = 2.4

    def __post_init__(self) -> None:
        if self.reliability is not None:
            object.__setattr__(self, "reliability", as_curve(self.reliability))
            check_curve("reliability", as_curve(self.reliability), MOST_RELIABILITY)
        check_spreads(self.spread, self.variation)
        check("correlation of chips", self.chip_correlation, 0.0, 1.0)
        check("share of people who look alike", self.look_alikes, 1e-6, 0.5)
        check("share of altered faces", self.altered, 1e-6, 0.5)
        check("most that clothes say against", self.most_against, 0.0, 100.0)
        check("weight of clothing without colours", self.colourless, 0.0, 1.0)
        check("weight of the film's odds", self.film_odds, 0.0, 1.0)
        check("caution", self.caution, -100.0, 100.0)

    @property
    def is_known(self) -> bool:
        """Whether the statistics of the embeddings are known."""
        return None not in {self.reliability, self.spread, self.variation}
