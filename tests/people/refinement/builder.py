"""Build tracks with given faces and clothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clusterer.core.types import Reason, TrackFeatures

RED, BLUE, UNSEEN = (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)
NO_LINKS = np.zeros((0, 2), np.int64)

Look = tuple[float, float]


def between_colours(distance: float) -> Look:
    """Clothes at that distance from `RED`."""
    return 1.0 - distance, float(np.sqrt(1.0 - (1.0 - distance) ** 2))


def features(
    clothing: Sequence[Look],
    quality: float | Sequence[float] = 0.0,
    face: Sequence[float] | None = None,
) -> TrackFeatures:
    """Tracks that begin one after the other; faces are numbers on a line."""
    n = len(clothing)
    return TrackFeatures(
        track_ids=np.arange(n),
        start_pts=np.arange(n),
        face=np.array(face if face is not None else [0.0] * n, np.float32)[:, None],
        quality=np.broadcast_to(np.asarray(quality, np.float32), (n,)),
        readable_chips=np.full(n, 2),
        has_face=np.ones(n, bool),
        reasons=(Reason.NONE,) * n,
        clothing=np.array(clothing, np.float32).reshape(n, 2),
        torso_share=np.array([float(any(look)) for look in clothing], np.float32),
    )


def spans(*starts_s: float) -> npt.NDArray[np.float64]:
    """Tracks of one second each."""
    return np.array([(start, start + 1.0) for start in starts_s]).reshape(-1, 2)
