"""Tracks with pooled faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from clusterer.core.config import EvidenceConfig
from clusterer.core.types import TrackFeatures
from tests.people.refinement.builder import UNSEEN, Look, features

EVIDENCE = EvidenceConfig(reliability=((0.0, 0.5),), spread=0.1, variation=0.35)


def pooled(
    people: Sequence[int],
    *,
    precision: float = 3.0,
    likeness: float = 1.0,
    clothing: Sequence[Look] | None = None,
) -> TrackFeatures:
    """Tracks of these people; one person's have that cosine, two people's have 0."""
    n, identities = len(people), max(people) + 1
    faces = np.zeros((n, identities + n), np.float32)
    faces[np.arange(n), people] = np.sqrt(likeness)
    faces[np.arange(n), identities + np.arange(n)] = np.sqrt(1.0 - likeness)
    return replace(
        features(clothing or [UNSEEN] * n, 0.5),
        face_sums=precision * faces,
        face_precision=np.full(n, precision),
    )


def chance_tracks(n: int, seed: int, dimension: int = 6) -> TrackFeatures:
    """Tracks in random directions, of random precision, some without a face."""
    rng = np.random.default_rng(seed)
    precision = rng.uniform(0.1, 4.0, n) * (rng.random(n) < 0.9)
    directions: npt.NDArray[np.float64] = rng.normal(size=(n, dimension))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return replace(
        features([UNSEEN] * n),
        face_sums=precision[:, None] * directions,
        face_precision=precision,
    )
