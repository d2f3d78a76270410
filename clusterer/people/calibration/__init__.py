"""Check the threshold against pairs that are certainly one person, or two."""

from clusterer.people.calibration.fit import calibrate, wilson
from clusterer.people.calibration.pairs import Pairs, different_pairs, same_pairs

__all__ = [
    "Pairs",
    "calibrate",
    "different_pairs",
    "same_pairs",
    "wilson",
]
