"""Tracks begin and end at the true frame on a film whose truth is known in every frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clusterer.evaluation import Truth

pytest.importorskip("benchmarks", reason="the benchmarks are not part of this distribution")

from benchmarks.faces._cutouts import LENGTH, Film, render
from benchmarks.faces.tracks import errors, purity
from benchmarks.footage import AnalysedClip, Clip, analysed


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Film, AnalysedClip]:
    folder = tmp_path_factory.mktemp("cutouts")
    film = render(folder)
    return film, analysed(Clip(film.video, film.truth), folder / "results")


def test_ends_are_at_the_true_frame(clip: tuple[Film, AnalysedClip]) -> None:
    of_tracks, of_detections = errors(*clip)
    assert len(of_tracks) == 27
    assert np.median(np.abs(of_tracks)) == 0
    assert np.mean(np.abs(of_tracks) <= 2) >= 0.95
    assert np.median(np.abs(of_detections)) >= 2, "the film is too easy"


def test_no_track_changes_person(clip: tuple[Film, AnalysedClip]) -> None:
    assert 8 <= len(clip[1].analysis.shots) <= 9, "a false cut only splits tracks"
    assert float(purity(clip[1])[3]) >= 0.995


def test_visits_end_at_cuts_and_at_long_absences() -> None:
    # Frames 0 to 2, 5 and 9, and from the next shot its first.
    frames = np.array([0, 1, 2, 5, 9, LENGTH])
    boxes = np.tile([0, 0, 10, 10], (len(frames), 1))
    people, kinds = ("a",) * len(frames), ("",) * len(frames)
    film = Film(Path("a.mp4"), Truth("a", frames, frames, boxes, people, kinds))
    assert list(film.visits(2)) == [("a", 0, 5), ("a", 9, 9), ("a", LENGTH, LENGTH)]
    assert list(film.visits(3)) == [("a", 0, 9), ("a", LENGTH, LENGTH)]
