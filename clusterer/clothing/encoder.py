"""The clothing encoder: a ResNet of our own that tells garments apart.

It finds the garment by itself, and describes only what lies there.

Its model card, ``MODEL_CARD.md`` beside the weights, says what it was trained on and how.
"""

from __future__ import annotations

import numpy as np

from clusterer.clothing.region import SIDE_PX
from clusterer.core.types import FloatArray, ImageArray
from clusterer.models.bundled import CLOTHING
from clusterer.models.runtime import open_session

DIMENSION = 128
BATCH_SIZE = 16
"""Torsos that are looked at at once: bounds the memory; larger ones are no faster."""


class ClothingEncoder:
    """Torso → embedding of what is worn.

    Parameters
    ----------
    threads : how many of the processor's threads may be used

    Raises
    ------
    ModelError
        The weights are missing or damaged.
    """

    def __init__(self, threads: int) -> None:
        weights = CLOTHING.load()
        self.models: dict[str, str] = {CLOTHING.name: weights.sha256}
        self._session = open_session(weights.content, threads, str(weights.path), CLOTHING.remedy)

    def encode(self, torsos: ImageArray) -> FloatArray:
        """Describe torsos, each on its own: how they are batched does not matter.

        Parameters
        ----------
        torsos : array of shape (b, 96, 96, 3), uint8, RGB; b may be 0; see `cut_torso`

        Returns
        -------
        array of shape (b, 128), float32, of length 1

        Raises
        ------
        ValueError
            The torsos have another shape or dtype.
        """
        if torsos.shape[1:] != (SIDE_PX, SIDE_PX, 3) or torsos.dtype != np.uint8:
            raise ValueError(f"not torsos of {SIDE_PX} px: {torsos.dtype} {torsos.shape}")
        embeddings = np.zeros((len(torsos), DIMENSION), dtype=np.float32)
        for start in range(0, len(torsos), BATCH_SIZE):
            rows = slice(start, start + BATCH_SIZE)
            batch = {"torsos": np.ascontiguousarray(torsos[rows])}
            (embeddings[rows],) = self._session.run(["embeddings"], batch)
        return embeddings
