"""Constraints hold in every result: no person is twice in one frame, whatever the settings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import METRICS, ClusteringConfig, Config
from clusterer.core.types import UNKNOWN, Analysis
from clusterer.people.clustering import METHODS
from clusterer.people.decide import basis, decide
from tests.small_analysis import analysis_of

every_method = pytest.mark.parametrize("method", METHODS.built_in)
every_metric = pytest.mark.parametrize("metric", METRICS)


@st.composite
def episodes(draw: st.DrawFn) -> Analysis:
    """Up to eight tracks of up to three people, anywhere in 40 frames, of any quality."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    people = rng.normal(size=(3, 8)) * draw(st.sampled_from([0.0, 0.1, 1.0]))
    tracks = [
        (track, frame, float(rng.choice([0.01, 0.05, 0.3, 0.9])))
        for track in range(draw(st.integers(0, 8)))
        for frame in sorted(rng.choice(40, rng.integers(1, 6), replace=False).tolist())
    ]
    tracks.sort(key=lambda sight: (sight[1], sight[0]))
    person_of = rng.integers(0, 3, 8)
    chips = {
        row: people[person_of[track]] + 0.05 * rng.normal(size=8)
        for row, (track, _, _) in enumerate(tracks)
        if rng.random() < 0.8
    }
    names = {track: i for i, track in enumerate(sorted({sight[0] for sight in tracks}))}
    sights = [(names[track], frame, quality) for track, frame, quality in tracks]
    return analysis_of(sights, chips=chips)


@every_metric
@every_method
@settings(max_examples=25, deadline=None)
@given(analysis=episodes(), threshold=st.sampled_from([0.0, 0.3, 2.0]))
def test_no_person_is_twice_in_one_frame(
    method: str, metric: str, analysis: Analysis, threshold: float
) -> None:
    chosen = ClusteringConfig(method=method, metric=metric, threshold=threshold)
    result = decide(analysis, Config(clustering=chosen))
    tracks_of: dict[int, list[int]] = {}
    for track in analysis.tracks:
        for frame in analysis.detections.frame_index[track.detection_rows].tolist():
            tracks_of.setdefault(frame, []).append(track.id)
    for together in tracks_of.values():
        assigned = [label for label in result.labels[together].tolist() if label != UNKNOWN]
        assert len(assigned) == len(set(assigned))


@every_method
@settings(max_examples=25, deadline=None)
@given(analysis=episodes(), threshold=st.sampled_from([0.0, 0.3]))
def test_a_returning_face_is_one_person(method: str, analysis: Analysis, threshold: float) -> None:
    config = Config(clustering=ClusteringConfig(method=method, threshold=threshold))
    links = basis(analysis, config).must_link
    labels = decide(analysis, config).labels
    np.testing.assert_array_equal(labels[links[:, 0]], labels[links[:, 1]])
