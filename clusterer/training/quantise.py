"""Networks whose convolutions are of 8 bits: under a third of the size, and twice as fast."""

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
"""Of the torsos by which steps are chosen."""


class _Torsos(quantization.CalibrationDataReader):
    """Hands torsos out, batch by batch."""

    def __init__(self, torsos: ImageArray) -> None:
        self._left: Iterator[ImageArray] = iter(
            torsos[start : start + BATCH_SIZE] for start in range(0, len(torsos), BATCH_SIZE)
        )

    def get_next(self) -> dict[str, ImageArray] | None:
        batch = next(self._left, None)
        return None if batch is None else {INPUT: batch}


def quantise(model: bytes, torsos: ImageArray) -> bytes:
    """Round the weights of the convolutions, each channel for itself, and what goes into them.

    Parameters
    ----------
    model
        From `clusterer.training.network.export_clothing`.
    torsos : array of shape (n, S, S, 3), uint8, RGB
        Show how large numbers in the network become; as the network will meet them.

    Returns
    -------
    Content of a file that takes and gives what `model` does.
    """
    disable_telemetry()  # it opens networks of its own
    with tempfile.TemporaryDirectory() as folder:
        given, prepared, written = (Path(folder) / f"{name}.onnx" for name in "abc")
        given.write_bytes(model)
        # `export` has merged what can be merged, and knows all shapes.
        quant_pre_process(given, prepared, skip_optimization=True, skip_symbolic_shape=True)
        quantization.quantize_static(
            prepared,
            written,
            _Torsos(torsos),
            quant_format=quantization.QuantFormat.QDQ,
            # With Relu, numbers are rounded behind it: what is negative needs no steps.
            op_types_to_quantize=["Conv", "Relu"],
            nodes_to_exclude=_of_the_mask(model),
            per_channel=True,
            # Processors without VNNI add pairs of products in 16 bits, which 8 bits would overflow.
            reduce_range=True,
            # ONNX Runtime has its fast kernels for unsigned numbers times signed weights.
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            # Of each batch the largest number, and of these the mean: a torso in some hundred has
            # numbers ten times as large as the others, for which steps would be much too wide.
            extra_options={"CalibMovingAverage": True},
        )
        return written.read_bytes()


def _of_the_mask(model: bytes) -> list[str]:
    """Convolutions that say where the garment is: large numbers that nearly cancel, and few."""
    nodes = onnx.load_from_string(model).graph.node
    return [node.name for node in nodes if node.op_type == "Conv" and ".where." in node.input[1]]


def closeness(model: bytes, quantised: bytes, torsos: ImageArray) -> float:
    """Mean cosine between the embeddings of a network and of its quantised form, -1 to 1.

    Parameters
    ----------
    model, quantised
        From `export_clothing` and `quantise`.
    torsos : array of shape (n, S, S, 3), uint8, RGB
        Others than those that `quantise` saw.
    """
    (before, _), (after, _) = run(model, torsos), run(quantised, torsos)
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return float(np.mean((before * after).sum(axis=1) / lengths))
