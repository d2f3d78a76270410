"""How likely a track that came by its clothes is the person it came to."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from clusterer.core.types import ClothingDecision, Move

Floats = npt.NDArray[np.float64]


def with_clothing(
    by_face: Floats, decisions: Iterable[ClothingDecision], prior: float, most: float
) -> Floats:
    """Let the evidence that brought a track home speak for it, where its face says less.

    Parameters
    ----------
    by_face : array of shape (t,), 0 to 1, confidence of each track by faces alone
    decisions
        Of tracks that moved.
    prior
        Evidence that it takes to be as likely as not, see `ClothingConfig`.
    most
        Nobody is surer, 0 to 1.

    Returns
    -------
    array of shape (t,), 0 to 1
    """
    likely = by_face.copy()
    for decision in decisions:
        if decision.move is Move.JOINED:
            odds = math.exp(decision.face + decision.clothing - prior)
            track = decision.track_id
            likely[track] = max(likely[track], min(odds / (1.0 + odds), most))
    return likely
