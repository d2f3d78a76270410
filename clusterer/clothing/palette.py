"""What the colour histograms of a film's clothing show together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BINS = (12, 6, 6)
"""Of hue, saturation and value: on friends_a this histogram separates the people of one scene
(AUC 0.98 over pairs of tracks) better than their faces do (0.65):
`python -m benchmarks people clothing`."""
DIMENSION = BINS[0] * BINS[1] * BINS[2]
TINT_BINS = 3
"""Neighbouring hues, a quarter of the circle, that one tint may have, as sepia does."""
LEAST_COLOURS = 0.02
"""Least share of colours outside of one tint in a film in colour. It was 0.08 to 0.46 on eight
labelled clips in colour at 3 and 4 samples a second, and 0 on their black and white copies."""


def has_colours(histograms: npt.NDArray[np.float32]) -> bool:
    """Whether a film shows colours: more than greys and tints of one hue.

    Parameters
    ----------
    histograms : array of shape (n, 432), from `clusterer.clothing.colours.count_colours`; zeros do
        not count

    Returns
    -------
    True if no torso is visible
    """
    seen = histograms[histograms.any(axis=1)].astype(np.float64) ** 2
    if not len(seen):
        return True
    chromatic = seen.reshape(-1, *BINS)[:, :, 1:].sum(axis=(2, 3)).mean(axis=0)
    tints = [np.roll(chromatic, -hue)[:TINT_BINS].sum() for hue in range(BINS[0])]
    return bool(chromatic.sum() - max(tints) >= LEAST_COLOURS)
