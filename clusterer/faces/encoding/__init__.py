"""Face encoders: chips in, embeddings out. Nothing heavy is imported before `create` is called."""

from clusterer.faces.encoding.automatic import BEST
from clusterer.faces.encoding.base import (
    ENCODERS,
    LOCAL,
    Encoder,
    actual,
    alignment,
    create,
    curves,
    default_threshold,
    from_dlib,
    names,
    resolve,
    tracking_unit,
    weights,
)

__all__ = [
    "BEST",
    "ENCODERS",
    "LOCAL",
    "Encoder",
    "actual",
    "alignment",
    "create",
    "curves",
    "default_threshold",
    "from_dlib",
    "names",
    "resolve",
    "tracking_unit",
    "weights",
]
