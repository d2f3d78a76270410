"""The clothing encoder: our own ResNet, which locates the garment and embeds it.

The model card, ``MODEL_CARD.md`` beside the weights, describes its training.
"""

from __future__ import annotations

import numpy as np

from clusterer.clothing.region import SIDE_PX
from clusterer.core.types import FloatArray, ImageArray
from clusterer.models.bundled import CLOTHING
from clusterer.models.runtime import CPU_BATCH, open_session

DIMENSION = 128


class ClothingEncoder:
    """Turns torsos into embeddings of the clothing.

    Parameters
    ----------
    threads : number of CPU threads to use

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
        """Embed torsos; independent of how they are batched.

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
        for start in range(0, len(torsos), CPU_BATCH):
            rows = slice(start, start + CPU_BATCH)
            batch = {"torsos": np.ascontiguousarray(torsos[rows])}
            (embeddings[rows],) = self._session.run(["embeddings"], batch)
        return embeddings
