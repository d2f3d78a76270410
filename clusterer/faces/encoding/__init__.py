"""Face encoders: chips in, embeddings out. Nothing heavy is imported before `create` is called."""

from clusterer.faces.encoding.base import (
    ENCODERS,
    LOCAL,
    Encoder,
    alignment,
    create,
    curves,
    default_threshold,
    names,
    resolve,
    tracking_unit,
    weights,
)

__all__ = [
    "ENCODERS",
    "LOCAL",
    "Encoder",
    "alignment",
    "create",
    "curves",
    "default_threshold",
    "names",
    "resolve",
    "tracking_unit",
    "weights",
]
