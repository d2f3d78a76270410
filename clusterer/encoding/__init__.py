"""Face encoders: chips in, embeddings out. Nothing heavy is imported before `create` is called."""

from clusterer.encoding.base import (
    ENCODERS,
    Encoder,
    create,
    default_threshold,
    names,
    weights,
)

__all__ = ["ENCODERS", "Encoder", "create", "default_threshold", "names", "weights"]
