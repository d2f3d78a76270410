"""Quantisation of convolutions to 8 bits: under a third of the size, and twice as fast."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

from clusterer.core.types import ImageArray
from clusterer.models.runtime import disable_telemetry
from clusterer.training.export import run
from clusterer.training.network import INPUT

BATCH_SIZE = 32
"""Of the calibration torsos."""


class _Torsos(quantization.CalibrationDataReader):
    """Yields torsos in batches."""

    def __init__(self, torsos: ImageArray) -> None:
        self._left: Iterator[ImageArray] = iter(
            torsos[start : start + BATCH_SIZE] for start in range(0, len(torsos), BATCH_SIZE)
        )

    def get_next(self) -> dict[str, ImageArray] | None:
        batch = next(self._left, None)
        return None if batch is None else {INPUT: batch}


def quantise(model: bytes, torsos: ImageArray) -> bytes:
    """Quantise the weights of the convolutions per channel, and their inputs.

    Parameters
    ----------
    model
        From `clusterer.training.network.export_clothing`.
    torsos : array of shape (n, S, S, 3), uint8, RGB
        Calibration data, which must resemble later inputs.

    Returns
    -------
    Content of a file with the inputs and outputs of `model`.
    """
    disable_telemetry()  # the quantiser opens sessions itself
    with tempfile.TemporaryDirectory() as folder:
        given, prepared, written = (Path(folder) / f"{name}.onnx" for name in "abc")
        given.write_bytes(model)
        # `export` has folded what can be folded, and knows all shapes.
        quant_pre_process(given, prepared, skip_optimization=True, skip_symbolic_shape=True)
        quantization.quantize_static(
            prepared,
            written,
            _Torsos(torsos),
            quant_format=quantization.QuantFormat.QDQ,
            # With Relu, values are quantised after it, so negative ones take no steps.
            op_types_to_quantize=["Conv", "Relu"],
            nodes_to_exclude=_of_the_mask(model),
            per_channel=True,
            # CPUs without VNNI add pairs of products in 16 bits, which full 8 bits overflow.
            reduce_range=True,
            # ONNX Runtime's fast kernels are for unsigned inputs and signed weights.
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            # Range = mean over batches of the largest value: one torso in some hundred has values
            # ten times as large as the others, for which the steps would be much too wide.
            extra_options={"CalibMovingAverage": True},
        )
        return written.read_bytes()


def _of_the_mask(model: bytes) -> list[str]:
    """The few convolutions of the mask, whose large values nearly cancel."""
    nodes = onnx.load_from_string(model).graph.node
    return [node.name for node in nodes if node.op_type == "Conv" and ".where." in node.input[1]]


def closeness(model: bytes, quantised: bytes, torsos: ImageArray) -> float:
    """Mean cosine between the embeddings of a network and of its quantised form, -1 to 1.

    Parameters
    ----------
    model, quantised
        From `export_clothing` and `quantise`.
    torsos : array of shape (n, S, S, 3), uint8, RGB
        Other than the calibration data.
    """
    (before, _), (after, _) = run(model, torsos), run(quantised, torsos)
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return float(np.mean((before * after).sum(axis=1) / lengths))
