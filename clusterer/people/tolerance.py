"""How the distance threshold depends on face quality."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.config import DLIB_CURVES, ClusteringConfig


def tolerance(quality: npt.ArrayLike, config: ClusteringConfig) -> npt.NDArray[np.float64]:
    """Factor by which a distance is divided, so that one threshold fits faces of any quality.

    Parameters
    ----------
    quality : array of any shape, 0 to 1, the lesser of the two that are compared
    config
        Its `tolerance` for L2; squared for cosine, as cosine distances grow with the square of L2
        distances.

    Returns
    -------
    array of the same shape, above 0
    """
    at, factor = np.array(config.tolerance or DLIB_CURVES.tolerance, dtype=np.float64).T
    factors = np.interp(np.asarray(quality, dtype=np.float64), at, factor)
    return np.asarray(factors**2 if config.metric == "cosine" else factors)
