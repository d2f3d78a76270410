"""Face encoders: chips in, embeddings out. Nothing heavy is imported before `create` is called."""

from clusterer.faces.encoding.base import (
    ENCODERS,
    LOCAL,
    Encoder,
    alignment,
    create,
    default_threshold,
    names,
    resolve,
    weights,
)

__all__ = [
    "ENCODERS",
    "LOCAL",
    "Encoder",
    "alignment",
    "create",
    "default_threshold",
    "names",
    "resolve",
    "weights",
]
