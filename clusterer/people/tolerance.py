"""How far two faces may be apart to be one person, by how well they can be read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.config import ClusteringConfig


def tolerance(quality: npt.ArrayLike, config: ClusteringConfig) -> npt.NDArray[np.float64]:
    """What the threshold is multiplied by, and so a distance divided by: one threshold serves all.

    Parameters
    ----------
    quality : array of any shape, 0 to 1, the lesser of the two that are compared
    config
        Its `tolerance` for L2; the cosine distance grows with the square of the L2 distance, and so
        does its tolerance.

    Returns
    -------
    array of the same shape, above 0
    """
    at, factor = np.array(config.tolerance, dtype=np.float64).T
    wide = np.interp(np.asarray(quality, dtype=np.float64), at, factor)
    return np.asarray(wide**2 if config.metric == "cosine" else wide)
