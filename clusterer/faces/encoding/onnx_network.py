"""Run any ONNX network as described by its card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from clusterer.core.config import EncodingConfig
from clusterer.core.errors import ModelError
from clusterer.core.types import FloatArray, ImageArray
from clusterer.faces.encoding.card import Card
from clusterer.models.bundled import Loaded
from clusterer.models.registry import AnyFile
from clusterer.models.runtime import CPU_BATCH, open_session

_TYPES = {"float32": "tensor(float)", "uint8": "tensor(uint8)"}
_FREE = (None, 1)
"""Batch sizes that a network may declare: any, or one."""


class OnnxNetwork:
    """An encoder from a network and its card; see `clusterer.faces.encoding.Encoder`.

    Parameters
    ----------
    card : its input and output
    files : first the network, ONNX: one input of four dimensions, and the embeddings as its first
        output
    config : names the encoder; its `batch_size` is the largest number of chips per run
    threads : number of CPU threads to use
    device : name in `clusterer.models.devices.DEVICES`

    Raises
    ------
    ModelError
        A file is missing or damaged, or the network does not match its card.
    """

    def __init__(
        self,
        card: Card,
        files: Sequence[AnyFile],
        config: EncodingConfig,
        threads: int,
        device: str = "cpu",
    ) -> None:
        self.name = config.encoder
        self.dimension = card.dimension
        self.chip_size_px = card.size_px
        self.alignment = card.alignment
        self.padding = card.margin
        loaded = [file.load() for file in files]
        self.models = {file.name: each.sha256 for file, each in zip(files, loaded, strict=True)}
        self._centre = np.array(card.centre, dtype=np.float32)
        self._card, self._origin, self._remedy = card, str(loaded[0].path), files[0].remedy
        self._session = open_session(
            self._read(loaded), threads, self._origin, self._remedy, device
        )
        batch = self._check_shapes()
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name
        self._quiet = onnxruntime.RunOptions()
        self._quiet.log_severity_level = 4  # failures are raised, so ONNX Runtime need not print
        side = card.size_px
        chips = np.arange(2 * side * side * 3, dtype=np.uint32).reshape(2, side, side, 3)
        probe = (chips % 251).astype(np.uint8)
        if not np.isfinite(self._run(self._prepare(probe[:1]))).all():
            raise self._wrong("numbers that are not finite")
        largest = min(config.batch_size, CPU_BATCH)
        self._batch_size = largest if batch is None and self._accepts(probe) else 1

    @property
    def trouble(self) -> str:
        """As `clusterer.models.runtime.Session.trouble`."""
        return self._session.trouble

    def encode(self, chips: ImageArray) -> FloatArray:
        """Embed chips; see `clusterer.faces.encoding.Encoder.encode`.

        Parameters
        ----------
        chips : array of shape (b, chip_size_px, chip_size_px, 3), uint8, RGB; b may be 0

        Returns
        -------
        array of shape (b, dimension), float32; of length 1 if the card has `normalise`; zeros
        for a chip whose embedding is not finite, such as a black one

        Raises
        ------
        ValueError
            If the chips have another shape or dtype.
        ModelError
            The network fails, or its output does not match its card.
        """
        side = self.chip_size_px
        if chips.shape[1:] != (side, side, 3) or chips.dtype != np.uint8:
            raise ValueError(f"not chips of {side} px: {chips.dtype} {chips.shape}")
        embeddings = np.zeros((len(chips), self.dimension), np.float32)
        for rows, batch in self._session.batches(chips, self._batch_size):
            embeddings[rows] = self._run(self._prepare(batch))[: rows.stop - rows.start]
        embeddings[~np.isfinite(embeddings).all(axis=1)] = 0  # one bad chip must not end the run
        if self._card.normalise:
            embeddings = _normalised(embeddings)
        if self._card.centre:
            seen = embeddings.any(axis=1)
            embeddings[seen] = _normalised(embeddings[seen] - self._centre)
        return embeddings

    def _read(self, loaded: Sequence[Loaded]) -> bytes:
        """The network in ONNX, from the content of its files."""
        return loaded[0].content

    def _prepare(self, chips: ImageArray) -> npt.NDArray[Any]:
        """Chips in the layout and range that the network expects."""
        card = self._card
        pixels: npt.NDArray[Any] = chips if card.channels == "RGB" else chips[..., ::-1]
        if card.dtype == "float32":
            mean, scale = np.array(card.mean, np.float32), np.array(card.scale, np.float32)
            pixels = (pixels - mean) * scale
        if card.layout == "NCHW":
            pixels = pixels.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(pixels)

    def _run(self, batch: npt.NDArray[Any]) -> FloatArray:
        try:
            embeddings = np.asarray(
                self._session.run([self._output], {self._input: batch}, self._quiet)[0]
            )
        except Exception as error:  # ONNX Runtime's exceptions have no public base
            cause = str(error).strip().splitlines()[0]
            raise ModelError(f"{self._origin} fails ({cause[:200]})", self._remedy) from error
        if embeddings.shape != (len(batch), self.dimension):
            raise self._wrong(f"embeddings of shape {embeddings.shape} for {len(batch)} chips")
        return embeddings.astype(np.float32, copy=False)

    def _check_shapes(self) -> int | None:
        """Check input and output against the card; return the batch size: 1, or None if free."""
        card, inputs = self._card, self._session.get_inputs()
        if len(inputs) != 1 or len(inputs[0].shape) != 4:
            shapes = ", ".join(str(each.shape) for each in inputs)
            raise self._wrong(f"inputs {shapes}; it must be one of four dimensions")
        if inputs[0].type != _TYPES[card.dtype]:
            raise self._wrong(f"an input of {inputs[0].type}, not {card.dtype}")
        side, axis = card.size_px, card.layout.index("C")
        sides = [side, side, side]
        sides[axis - 1] = 3
        batch, *shape = (size if isinstance(size, int) else None for size in inputs[0].shape)
        fits = all(size in (None, want) for size, want in zip(shape, sides, strict=True))
        if batch not in _FREE or not fits:
            raise self._wrong(f"an input of {inputs[0].shape}, not {['n', *sides]}")
        output = self._session.get_outputs()[0].shape
        declared = len(output) == 2 and isinstance(output[1], int)  # some files do not declare it
        if declared and output[1] != card.dimension:
            raise self._wrong(f"an output of {output}, not {['n', card.dimension]}")
        return batch

    def _accepts(self, chips: ImageArray) -> bool:
        """Whether the network accepts a batch: some declare any batch size, but fail."""
        try:
            self._run(self._prepare(chips))
        except ModelError:
            return False
        return True

    def _wrong(self, problem: str) -> ModelError:
        return ModelError(f"{self._origin} has {problem}", "Correct its card, or give another file")


def _normalised(embeddings: FloatArray) -> FloatArray:
    """The same of length 1; zeros stay."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    normalised: FloatArray = (embeddings / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return normalised
