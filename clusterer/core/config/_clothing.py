"""Settings of the second stage."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.core.config._check import check
from clusterer.core.config._curve import Curve, check_curve


@dataclass(frozen=True, slots=True)
class ClothingConfig:
    """How clothes bring home those whose faces cannot be read.

    Evidence is the logarithm of odds that two tracks are one person. `python -m benchmarks people
    evidence` fits the curves and distances below, each by logistic regression over pairs of tracks.

    Attributes
    ----------
    enabled
        Whether clothing has a say.
    network_weight
        Of the clothing network, 0 to 1; the rest is the histogram of colours.
        `python -m benchmarks people clothing` gives the table behind it.
    min_torso_share
        With less of the torso in the picture, clothing is unknown: a close-up shows neck and hair.
    shrinkage
        Of so many tracks that are seen with others, half of the look that they have in common is
        taken off before clothes are compared; of more, more.
    neutral
        Distance (1 - cosine) at which clothes speak neither for nor against one person.
    slope
        Evidence per distance of clothes seen whole at one moment.
    alike_share
        Where people dress alike, clothes say less: the neutral distance is lowered to what this
        share of the pairs of people seen together stays under.
    window_s
        Clothes of two tracks count less the more time lies between them, and nothing from here on:
        they hold for a scene, and scenes of films last one to three minutes.
    most_for, most_against
        Clothes say no more than this: others wear the same, and jackets are taken off.
    face_neutral
        By the lesser quality of two faces, the distance, in thresholds, at which they speak neither
        for nor against one person.
    face_slope
        Likewise, evidence per threshold of distance: next to none where faces cannot be read.
    face_most
        Faces say no more than this.
    face_veto
        Clear faces that say at least this much against one person are two people, whatever else
        their people wear: many small faces in one suit must not outvote two clear ones.
    prior
        Evidence that it takes to merge two groups: of the pairs of tracks of a video with four or
        five people about one in four or five is one person.
    clear_quality
        Of faces at least this clear the first stage has decided; they are not moved singly.
    margin
        A track that fits a second person within this much evidence stays unknown.
    """

    enabled: bool = True
    network_weight: float = 0.3
    min_torso_share: float = 0.3
    shrinkage: float = 10.0
    neutral: float = 0.7
    slope: float = 10.0
    alike_share: float = 0.1
    window_s: float = 120.0
    most_for: float = 3.0
    most_against: float = 4.0
    face_neutral: Curve = ((0.0, 1.44), (0.3, 1.44), (0.6, 1.0))
    face_slope: Curve = ((0.0, 0.7), (0.1, 1.1), (0.2, 5.4), (0.3, 10.8), (0.6, 14.4))
    face_most: float = 6.0
    face_veto: float = 4.0
    prior: float = 1.25
    clear_quality: float = 0.2
    margin: float = 0.5

    def __post_init__(self) -> None:
        check("weight of the clothing network", self.network_weight, 0.0, 1.0)
        check("visible share of torsos", self.min_torso_share, 0.01, 1.0)
        check("shrinkage of the common look", self.shrinkage, 0.0, 1e6)
        check("neutral distance of clothes", self.neutral, 0.01, 2.0)
        check("slope of clothes", self.slope, 0.0, 1000.0)
        check("share of people who dress alike", self.alike_share, 0.0, 1.0)
        check("clothing window", self.window_s, 1.0, 36000.0)
        check("most that clothes say for", self.most_for, 0.0, 100.0)
        check("most that clothes say against", self.most_against, 0.0, 100.0)
        check("most that faces say", self.face_most, 0.0, 100.0)
        check("veto of faces", self.face_veto, 0.0, 100.0)
        check("evidence that merges", self.prior, 0.0, 100.0)
        check("quality of clear faces", self.clear_quality, 0.0, 1.0)
        check("margin to the next person", self.margin, 0.0, 100.0)
        for name in ("face_neutral", "face_slope"):
            curve = tuple((at, value) for at, value in getattr(self, name))
            object.__setattr__(self, name, curve)
            check_curve(f"curve {name}", curve, 100.0)
