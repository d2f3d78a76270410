"""Settings of the second stage of the grouping, which uses clothing."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.core.config._check import check
from clusterer.core.config._curve import MOST_EVIDENCE, Curve, as_curve, check_curve


@dataclass(frozen=True, slots=True)
class ClothingConfig:
    """How clothing assigns tracks whose faces cannot be read.

    Evidence is the logarithm of the odds that two tracks are one person. `python -m benchmarks
    people evidence` fits the curves and distances below, each by logistic regression over pairs of
    tracks.

    Attributes
    ----------
    enabled
        Whether clothing is used.
    network_weight
        Weight of the clothing network, 0 to 1; the rest is that of the histogram of colours.
        `python -m benchmarks people clothing` gives the table behind it.
    min_torso_share
        Smallest visible share of the torso, 0 to 1; with less, as in a close-up, clothing is
        unknown.
    shrinkage
        Number of tracks, among those seen with others, at which half of their mean description is
        subtracted before descriptions are compared; with more tracks, more.
    neutral
        Distance (1 - cosine) of clothing with evidence 0.
    slope
        Evidence per distance, for torsos fully visible at the same time.
    alike_share
        Where people dress alike, clothing tells less: the neutral distance is lowered to this
        quantile of the distances of people seen together, 0 to 1.
    window_s
        Time between two tracks from which their clothing is not compared, seconds; the evidence
        decreases towards it. Clothing lasts a scene, and scenes of films last one to three minutes.
    most_for, most_against
        Limits of the evidence of clothing: others wear the same, and jackets are taken off.
    face_neutral
        Pairs of quality and distance: by the lower quality of two faces, the distance, in
        thresholds, with evidence 0. None = the encoder's.
    face_slope
        Pairs of quality and evidence per threshold of distance, likewise: almost none where faces
        cannot be read. None = the encoder's.
    face_most
        Limit of the evidence of faces.
    face_veto
        Two clear faces with at least this much evidence against one person are two people, whatever
        the clothing: many small faces in the same suit must not outvote two clear ones.
    prior
        Evidence needed to merge two groups: in a video with four or five people, about one pair of
        tracks in four or five is one person.
    clear_quality
        Tracks of at least this quality are not moved on their own: the first stage decided.
    margin
        A track stays unknown if the second-best person fits within this much evidence.
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
    face_neutral: Curve | None = None
    face_slope: Curve | None = None
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
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, as_curve(given))
                check_curve(f"curve {name}", as_curve(given), MOST_EVIDENCE)
