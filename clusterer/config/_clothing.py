"""Settings of the second stage."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.config._check import check


@dataclass(frozen=True, slots=True)
class ClothingConfig:
    """How clothes bring home those whose faces cannot be read.

    Attributes
    ----------
    enabled
        Whether clothing has a say.
    threshold
        Distance (1 - Bhattacharyya coefficient of colours) up to which clothes are the same.
    alike_share
        The threshold is lowered to the distance that this share of the pairs of people seen
        together stays under: where people dress alike, clothes say less.
    window_s
        Clothes of two tracks weigh less the more time lies between them, and nothing from here on:
        they hold for a scene, and scenes of films last one to three minutes.
    face_weight
        Of two faces that can be read, against fully seen clothes of the same moment.
    full_face_quality
        Quality from which a face has that weight; below, it falls in proportion.
    face_veto
        Two clear faces farther apart than this many thresholds are two people, whatever they wear.
    """

    enabled: bool = True
    threshold: float = 0.4
    alike_share: float = 0.1
    window_s: float = 120.0
    face_weight: float = 1.0
    full_face_quality: float = 0.2
    face_veto: float = 1.5

    def __post_init__(self) -> None:
        check("clothing threshold", self.threshold, 0.01, 1.0)
        check("share of people who dress alike", self.alike_share, 0.0, 1.0)
        check("clothing window", self.window_s, 1.0, 36000.0)
        check("weight of faces", self.face_weight, 0.0, 100.0)
        check("quality of faces that have full weight", self.full_face_quality, 0.001, 1.0)
        check("veto of faces", self.face_veto, 0.1, 100.0)
