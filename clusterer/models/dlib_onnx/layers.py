"""Layers of a dlib network."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.core.types import FloatArray

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """Cross-correlation and bias.

    Attributes
    ----------
    weights : array of shape (filters, channels, rows, columns), float32
    bias : array of shape (filters,), float32
    stride, padding : down and across, px
    """

    weights: FloatArray
    bias: FloatArray
    stride: Pair
    padding: Pair


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """Per channel, x → gamma · x + beta.

    Attributes
    ----------
    gamma, beta : arrays of shape (channels,), float32
    """

    gamma: FloatArray
    beta: FloatArray


@dataclass(frozen=True, slots=True)
class Relu:
    """Negative values become 0."""


@dataclass(frozen=True, slots=True)
class MaxPool:
    """Largest value of a window.

    Attributes
    ----------
    window, stride, padding : down and across, px
    """

    window: Pair
    stride: Pair
    padding: Pair


@dataclass(frozen=True, slots=True)
class MeanPool:
    """Mean of a window; (0, 0) is the whole picture.

    Attributes
    ----------
    window, stride, padding : down and across, px
    """

    window: Pair
    stride: Pair
    padding: Pair


@dataclass(frozen=True, slots=True)
class Mark:
    """A tag, or a skip back to one, depending on its position."""


@dataclass(frozen=True, slots=True)
class AddTagged:
    """Adds the tagged tensor; the smaller of the two is padded with zeros at its end."""


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """Matrix product without bias.

    Attributes
    ----------
    weights : array of shape (inputs, outputs), float32
    """

    weights: FloatArray


Layer = Convolution | Affine | Relu | MaxPool | MeanPool | Mark | AddTagged | Dense


@dataclass(frozen=True, slots=True)
class Search:
    """Parameters for decoding the output of a max-margin detector: one map of margins.

    Attributes
    ----------
    window_px : width and height of the detection window, px of the input
    max_overlap : if two boxes share more than this of the box around both, the weaker is dropped
    max_covered : likewise if one covers more than this share of the other
    """

    window_px: Pair
    max_overlap: float
    max_covered: float


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A whole network.

    Attributes
    ----------
    mean : red, green and blue, subtracted from the picture before it is divided by 256
    size_px : rows and columns of the picture; None if the network takes any
    layers : from the input to the output
    search : for a detector, else None
    """

    mean: tuple[float, float, float]
    size_px: Pair | None
    layers: tuple[Layer, ...]
    search: Search | None = None
