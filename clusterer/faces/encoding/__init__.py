"""Face encoders: chips in, embeddings out. Nothing heavy is imported before `create` is called."""

from clusterer.faces.encoding.base import (
    ENCODERS,
    OWN,
    Encoder,
    alignment,
    create,
    default_threshold,
    names,
    settle,
    weights,
)

__all__ = [
    "ENCODERS",
    "OWN",
    "Encoder",
    "alignment",
    "create",
    "default_threshold",
    "names",
    "settle",
    "weights",
]
