"""Small clusterings, as Hypothesis draws them, and clips made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from clusterer.core.config import Config
from clusterer.core.types import (
    Analysis,
    ChipQuality,
    ClusteringResult,
    Detections,
    Reason,
    Shot,
    Track,
    TrackFeatures,
)
from clusterer.evaluation import Matching, Truth
from clusterer.people.identities import present, reasons_of
from tests.small_analysis import FRAME_PTS, VIDEO

Labels = list[int]

clusterings = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-1, 3)), max_size=14).map(
    lambda drawn: ([person for person, _ in drawn], [label for _, label in drawn])
)
"""People and clusters of so many faces; -1 is a cluster of its own."""


def alone(labels: Sequence[int]) -> Labels:
    """Clusters in which each negative label has become a number of its own."""
    return [label if label >= 0 else 1000 + i for i, label in enumerate(labels)]


def renamed(people: Sequence[str], labels: Sequence[int]) -> tuple[list[str], Labels]:
    """The same, with other names and numbers in another order."""
    names = dict(zip("abcd", "zxyw", strict=True))
    return [names[p] for p in people], [label if label < 0 else 70 - 10 * label for label in labels]


def box(left: float, size: float = 10.0) -> tuple[float, float, float, float]:
    """A square at the top of the picture."""
    return (left, 0.0, left + size, size)


Sight = tuple[int, int, tuple[float, float, float, float]]
"""Track, frame, box."""


def analysis_of(sights: Sequence[Sight]) -> Analysis:
    """An analysis that found these boxes, 25 frames a second."""
    sights = sorted(sights, key=lambda sight: sight[1])
    n = len(sights)
    frames = np.array([frame for _, frame, _ in sights], dtype=np.int64)
    ones = np.ones(n)
    tracks = sorted({track for track, _, _ in sights})
    rows = {t: np.array([i for i, s in enumerate(sights) if s[0] == t]) for t in tracks}
    assert tracks == list(range(len(tracks)))
    return Analysis(
        video=VIDEO,
        shots=(Shot(0, 0, 1000, 0, 1000 * FRAME_PTS),),
        detections=Detections(
            frames,
            frames * FRAME_PTS,
            np.array([place for _, _, place in sights]).reshape(n, 4),
            ones,
            np.full((n, 5, 2), np.nan),
        ),
        quality=ChipQuality(ones, ones, ones, ones),
        tracks=tuple(Track(t, 0, rows[t]) for t in tracks),
        chip_rows=np.zeros(0, np.int64),
        chip_embeddings=np.zeros((0, 2), np.float32),
        crop_rows=np.zeros(0, np.int64),
        sampled_frames=np.unique(frames),
        sampled_pts=np.unique(frames) * FRAME_PTS,
    )


def truth_of(
    faces: Sequence[tuple[int, str, tuple[float, float, float, float]]],
    ignored: Sequence[tuple[int, tuple[float, float, float, float]]] = (),
    kinds: Sequence[str] = (),
    frames: Sequence[int] = (),
) -> Truth:
    """Labelled faces as frame, person and box."""
    return Truth(
        name="clip",
        frames=np.unique([*frames, *(frame for frame, _, _ in faces)]),
        frame=np.array([frame for frame, _, _ in faces]),
        boxes=np.array([place for _, _, place in faces]),
        people=tuple(person for _, person, _ in faces),
        kinds=tuple(kinds or [""] * len(faces)),
        ignore_frame=np.array([frame for frame, _ in ignored]),
        ignore_boxes=np.array([place for _, place in ignored]),
    )


def matching_of(
    people: Sequence[str],
    tracks: Sequence[int],
    strays: Sequence[int] = (),
    frames: Sequence[int] | None = None,
    shots: Sequence[int] | None = None,
) -> Matching:
    """A matching in which each face was found by the given track.

    By default, each face has a frame of its own, and all are in one shot.
    """
    n = len(people)
    at = range(n) if frames is None else frames
    truth = truth_of([(frame, who, box(0)) for frame, who in zip(at, people, strict=True)])
    known = truth.known
    found: npt.NDArray[np.int64] = np.array(tracks, dtype=np.int64).reshape(n)[known]
    shot = np.array([0] * n if shots is None else shots, dtype=np.int64).reshape(n)[known]
    elsewhere = np.array(strays, dtype=np.int64)
    return Matching(truth, known, found, shot, np.arange(len(strays)), elsewhere)


def result_of(analysis: Analysis, labels: Sequence[int]) -> ClusteringResult:
    """A result that puts the tracks of an analysis into these clusters."""
    t = len(analysis.tracks)
    numbers = np.array(labels, dtype=np.int64)
    starts = [analysis.detections.pts[track.detection_rows[0]] for track in analysis.tracks]
    features = TrackFeatures(
        np.arange(t),
        np.array(starts),
        np.zeros((t, 2)),
        np.ones(t),
        np.ones(t),
        np.ones(t, bool),
        (Reason.NONE,) * t,
    )
    people, unknowns = present(
        analysis, numbers, reasons_of(features, numbers, np.zeros(t, bool)), np.ones(t)
    )
    nothing = np.zeros((0, 2), np.int64)
    return ClusteringResult(analysis, features, nothing, numbers, people, unknowns, Config())
