"""A trained network → ONNX: one file that takes torsos as they are cut out of a picture."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from clusterer.errors import ModelError
from clusterer.training.network import ClothingNet
from clusterer.types import FloatArray, ImageArray

INPUT = "torsos"
OUTPUTS = ("embeddings", "masks")
OPSET = 18
"""ONNX Runtime reads it since 1.14."""
TOLERANCE = 1e-4
"""Furthest that a number may be from what torch says."""
BATCH_SIZE = 16


class _Exported(nn.Module):
    """The network behind what prepares its pictures."""

    def __init__(self, network: ClothingNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, torsos: Tensor) -> tuple[Tensor, Tensor]:
        embeddings, masks = self.network(torsos.permute(0, 3, 1, 2).float() / 255.0)
        return embeddings, masks[:, 0]


def export(network: ClothingNet, size_px: int) -> bytes:
    """Write a network as ONNX, and compare what it says to what torch says.

    Its input ``torsos`` is of shape (n, size_px, size_px, 3), uint8, RGB; its outputs are
    ``embeddings``, (n, d) float32, of length 1, and ``masks``, (n, size_px / 4, size_px / 4)
    float32, 0 to 1. Batch norms are part of the convolutions before them.

    Parameters
    ----------
    network
        Stays as it is.
    size_px
        Side of the torsos.

    Returns
    -------
    Content of the file, weights and all; the same network gives the same bytes.

    Raises
    ------
    ModelError
        ONNX Runtime says something else than torch.
    """
    whole = _Exported(copy.deepcopy(network).cpu().float()).eval()
    shape = (BATCH_SIZE, size_px, size_px, 3)
    torsos = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    with _errors_only():
        program = torch.onnx.export(
            whole,
            (torch.from_numpy(torsos[:2]),),
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_shapes={INPUT: {0: torch.export.Dim("n")}},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    content: bytes = _bare(program.model_proto).SerializeToString(deterministic=True)
    for n in (1, BATCH_SIZE):
        _compare(whole, content, torsos[:n])
    return content


def run(model: bytes, torsos: ImageArray) -> tuple[FloatArray, FloatArray]:
    """What an exported network says of torsos.

    Parameters
    ----------
    model
        From `export` or `quantise`.
    torsos : array of shape (n, S, S, 3), uint8, RGB; n of 1 or more

    Returns
    -------
    embeddings : array of shape (n, d), float32
    masks : array of shape (n, S / 4, S / 4), float32, 0 to 1
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # sums are of one order then, on every machine
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    said = [
        session.run(list(OUTPUTS), {INPUT: torsos[start : start + BATCH_SIZE]})
        for start in range(0, len(torsos), BATCH_SIZE)
    ]
    embeddings, masks = (np.concatenate(each) for each in zip(*said, strict=True))
    return embeddings, masks


@contextmanager
def _errors_only() -> Iterator[None]:
    """Keep the exporter from warning that torchvision, which nothing here needs, is missing."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _bare(model: onnx.ModelProto) -> onnx.ModelProto:
    """Without the notes of the exporter, which hold where the source lay on the disk."""
    graph = model.graph
    noted = [model, graph, *graph.node, *graph.input, *graph.output]
    for each in (*noted, *graph.initializer, *graph.value_info):
        each.ClearField("metadata_props")
        each.ClearField("doc_string")
    return model


def _compare(network: nn.Module, content: bytes, torsos: ImageArray) -> None:
    with torch.no_grad():
        expected = network(torch.from_numpy(torsos))
    for name, said, wanted in zip(OUTPUTS, run(content, torsos), expected, strict=True):
        apart = float(np.abs(said - wanted.numpy()).max())
        if not apart <= TOLERANCE:
            raise ModelError(
                f"The exported {name} are {apart:.2g} from those of the trained network",
                "Try other versions of torch, onnxscript and onnxruntime",
            )
