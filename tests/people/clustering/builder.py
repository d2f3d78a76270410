"""Tracks for the clustering, from a few numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from clusterer.core.types import Reason, TrackFeatures

NO_LINKS = np.zeros((0, 2), np.int64)


def features_of(
    face: Sequence[Sequence[float]] | np.ndarray,
    *,
    chips: Sequence[int] | int = 5,
    quality: Sequence[float] | float = 0.8,
    start: Sequence[int] | None = None,
    has_face: Sequence[bool] | bool = True,
) -> TrackFeatures:
    """One track per row of `face`, in time order; good quality and many chips by default."""
    vectors = np.asarray(face, np.float32)
    n = len(vectors)
    return TrackFeatures(
        track_ids=np.arange(n),
        start_pts=np.arange(n) if start is None else np.array(start),
        face=vectors.reshape(n, -1) if n else np.zeros((0, 3)),
        quality=np.broadcast_to(quality, n),
        readable_chips=np.broadcast_to(chips, n),
        has_face=np.broadcast_to(has_face, n),
        reasons=(Reason.NONE,) * n,
    )


def permuted(features: TrackFeatures, order: np.ndarray) -> TrackFeatures:
    """The same tracks in another order of rows."""
    return TrackFeatures(
        features.track_ids[order],
        features.start_pts[order],
        features.face[order],
        features.quality[order],
        features.readable_chips[order],
        features.has_face[order],
        tuple(features.reasons[i] for i in order),
    )


def links(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(pairs, np.int64).reshape(-1, 2)


def has_twins(features: TrackFeatures) -> bool:
    """Whether two tracks are equal in everything that methods sort by.

    Such twins differ only by number, so with different cannot-links the result depends on the
    numbering.
    """
    columns = features.start_pts, features.quality, features.readable_chips, features.face
    alike = {tuple(row.tobytes() for row in rows) for rows in zip(*columns, strict=True)}
    return len(alike) < len(features)


@st.composite
def problems(draw: st.DrawFn, max_tracks: int = 14) -> tuple[TrackFeatures, np.ndarray]:
    """A few people in three dimensions, tracks of all kinds, and cannot-links among them."""
    n = draw(st.integers(0, max_tracks))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    people = rng.normal(size=(draw(st.integers(1, 4)), 3))
    spread = draw(st.sampled_from([0.0, 0.05, 0.2]))
    face = people[rng.integers(len(people), size=n)] + spread * rng.normal(size=(n, 3))
    has_face = rng.random(n) < 0.95
    face[~has_face] = 0.0
    features = features_of(
        face,
        chips=rng.choice([0, 1, 1, 2, 5], n),
        quality=rng.choice([0.0, 0.01, 0.05, 0.3, 0.9], n),
        start=rng.integers(0, 30, n),
        has_face=has_face,
    )
    assume(not has_twins(features))
    pairs = rng.integers(0, max(n, 1), (draw(st.integers(0, 2 * n)) if n else 0, 2))
    return features, pairs[pairs[:, 0] != pairs[:, 1]]


def separated(
    people: int, tracks: int, seed: int, dimension: int = 16, separation: float = 2.0
) -> tuple[np.ndarray, np.ndarray]:
    """Well separated people with little variation, and the person of each face."""
    rng = np.random.default_rng(seed)
    person_of = rng.permutation(np.arange(tracks) % people)
    centres = separation * np.eye(dimension)[:people]
    noise = rng.normal(size=(tracks, dimension)) * 0.02
    return centres[person_of] + noise, person_of


def partition(labels: np.ndarray) -> set[frozenset[int]]:
    """Groups without their numbers, leaving out unknown tracks."""
    return {
        frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist()) - {-1}
    }
