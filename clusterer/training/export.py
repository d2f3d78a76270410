"""Export of a trained network to ONNX: one file that takes pictures as they are cut out."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from clusterer.core.errors import ModelError
from clusterer.core.types import FloatArray, ImageArray
from clusterer.models.runtime import open_session

OPSET = 18
"""ONNX Runtime reads it since 1.14."""
TOLERANCE = 1e-4
"""Largest difference of an output from that of torch."""
BATCH_SIZE = 16


class Prepared(nn.Module):
    """A network with its preprocessing built in.

    Parameters
    ----------
    network
        Takes pictures of shape (n, 3, S, S), RGB, 0 to 1.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def prepared(self, pictures: Tensor) -> Tensor:
        """Shape (n, S, S, 3), uint8, RGB → (n, 3, S, S), float32, 0 to 1."""
        return pictures.permute(0, 3, 1, 2).float() / 255.0


def export(network: Prepared, size_px: int, name: str, outputs: Sequence[str]) -> bytes:
    """Export a network to ONNX, and compare its outputs with those of torch.

    Its input has shape (n, size_px, size_px, 3), uint8, RGB, with any n. Batch norms are folded
    into the convolutions before them.

    Parameters
    ----------
    network
        Its ``forward`` takes that input; it is not changed.
    size_px
        Side of the pictures.
    name
        Of the input, and of the parameter of ``forward``.
    outputs
        Names of the outputs, in order.

    Returns
    -------
    Content of the file, with weights; equal networks give equal bytes.

    Raises
    ------
    ModelError
        The outputs of ONNX Runtime and torch differ.
    """
    whole = copy.deepcopy(network).cpu().float().eval()
    shape = (BATCH_SIZE, size_px, size_px, 3)
    pictures = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    with _errors_only():
        program = torch.onnx.export(
            whole,
            (torch.from_numpy(pictures[:2]),),
            input_names=[name],
            output_names=list(outputs),
            dynamic_shapes={name: {0: torch.export.Dim("n")}},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    content: bytes = _bare(program.model_proto).SerializeToString(deterministic=True)
    for n in (1, BATCH_SIZE):
        _compare(whole, content, pictures[:n], outputs)
    return content


def run(model: bytes, pictures: ImageArray) -> list[FloatArray]:
    """Run an exported network on pictures.

    Parameters
    ----------
    model
        From `export` or `clusterer.training.quantise.quantise`.
    pictures : array of shape (n, S, S, 3), uint8, RGB; n of 1 or more

    Returns
    -------
    arrays of n rows each, float32, one for each output
    """
    # One thread, so that the order of sums is the same on every machine.
    session = open_session(model, 1, "The exported network", "")
    (taken,) = session.get_inputs()
    batches = [
        session.run(None, {taken.name: pictures[start : start + BATCH_SIZE]})
        for start in range(0, len(pictures), BATCH_SIZE)
    ]
    return [np.concatenate(each) for each in zip(*batches, strict=True)]


@contextmanager
def _errors_only() -> Iterator[None]:
    """Silence the exporter's warnings about optional libraries."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _bare(model: onnx.ModelProto) -> onnx.ModelProto:
    """Remove the exporter's notes, which contain paths of source files."""
    graph = model.graph
    noted = [model, graph, *graph.node, *graph.input, *graph.output]
    for each in (*noted, *graph.initializer, *graph.value_info):
        each.ClearField("metadata_props")
        each.ClearField("doc_string")
    return model


def _compare(
    network: nn.Module, content: bytes, pictures: ImageArray, outputs: Sequence[str]
) -> None:
    with torch.no_grad():
        expected = network(torch.from_numpy(pictures))
    each = expected if isinstance(expected, tuple) else (expected,)
    for name, output, wanted in zip(outputs, run(content, pictures), each, strict=True):
        apart = float(np.abs(output - wanted.numpy()).max())
        if not apart <= TOLERANCE:
            raise ModelError(
                f"The exported {name} are {apart:.2g} from those of the trained network",
                "Try other versions of torch, onnxscript and onnxruntime",
            )
