"""The faces that represent a track: few, spread over its time, the best of their stretch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.clothing.region import Torso
from clusterer.pipeline.selection import Candidate, Chosen

CHIP = np.zeros((1, 1, 3), np.uint8)
TORSO = Torso(CHIP, np.zeros((1, 1), bool), 0.0)

qualities = st.sampled_from([0.0, 0.1, 0.5, 0.5, 0.9, 1.0])
steps = st.lists(st.tuples(st.integers(1, 40), qualities), max_size=80)
"""Samples since the previous face, and quality: a track has gaps."""


def choose(faces: list[tuple[int, float]], count: int) -> tuple[list[Candidate], int]:
    """Pick from faces (sample, quality); return the picks, and the largest number held."""
    chosen, most = Chosen(count), 0
    for row, (sample, quality) in enumerate(faces):
        if chosen.wants(sample, quality):
            chosen.add(Candidate(sample, row, quality, CHIP, b"", TORSO, b""))
        most = max(most, len(chosen._best))
    return chosen.pick(), most


def faces_of(gaps: list[tuple[int, float]]) -> list[tuple[int, float]]:
    samples = np.cumsum([gap for gap, _ in gaps]).tolist()
    return [(sample, quality) for sample, (_, quality) in zip(samples, gaps, strict=True)]


def test_by_hand() -> None:
    # At most four stretches are held. The fifth face makes them two samples long: (0, 1), (2, 3),
    # (4, 5), (6, 7). For two picks, two of them are joined.
    quality = [0.1, 0.2, 0.9, 0.3, 0.4, 0.8, 0.5, 0.6]
    picked, _ = choose(list(enumerate(quality)), count=2)
    assert [(c.sample, c.row, c.quality) for c in picked] == [(2, 2, 0.9), (5, 5, 0.8)]


def test_ties_go_to_the_earlier() -> None:
    picked, _ = choose([(sample, 0.5) for sample in range(8)], count=2)
    assert [c.sample for c in picked] == [0, 4]


def test_all_faces_of_a_short_track_are_picked() -> None:
    picked, _ = choose([(3, 0.1), (9, 0.9), (11, 0.2)], count=3)
    assert [c.sample for c in picked] == [3, 9, 11]


def test_no_faces() -> None:
    assert Chosen(3).pick() == []


@given(steps, st.integers(1, 6))
def test_memory_is_bounded(gaps: list[tuple[int, float]], count: int) -> None:
    picked, most = choose(faces_of(gaps), count)
    assert most <= 2 * count
    assert len(picked) <= count
    assert bool(picked) == bool(gaps)


@given(steps, st.integers(1, 6))
def test_picks_are_in_time_order(gaps: list[tuple[int, float]], count: int) -> None:
    faces = faces_of(gaps)
    picked, _ = choose(faces, count)
    samples = [c.sample for c in picked]
    assert samples == sorted(set(samples))
    assert all(faces[c.row] == (c.sample, c.quality) for c in picked)


@given(steps.filter(bool), st.integers(1, 6))
def test_the_best_face_is_picked(gaps: list[tuple[int, float]], count: int) -> None:
    faces = faces_of(gaps)
    best = max(quality for _, quality in faces)
    first = next(row for row, (_, quality) in enumerate(faces) if quality == best)
    assert first in [c.row for c in choose(faces, count)[0]]


@given(st.integers(1, 6), st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_every_pick_is_the_best_near_it(count: int, length: int, seed: int) -> None:
    """A face that is not picked has a better or equal pick near it."""
    quality = np.random.default_rng(seed).random(length).tolist()
    picked, _ = choose(list(enumerate(quality)), count)
    for sample, value in enumerate(quality):
        reach = 2 * length / count  # a pick is the best of two stretches at most
        assert any(abs(c.sample - sample) <= reach and c.quality >= value for c in picked)


@pytest.mark.parametrize("length", [12, 100, 1000])
@pytest.mark.parametrize("count", [4, 6, 12])
def test_picks_are_spread_over_time(count: int, length: int) -> None:
    """Picks are spread even if all the best faces are at one time."""
    quality = np.linspace(0.0, 0.1, length)
    quality[-count:] = 1.0
    samples = [c.sample for c in choose(list(enumerate(quality.tolist())), count)[0]]
    assert len(samples) == count
    assert np.diff([0, *samples, length - 1]).max() <= 3 * length / count


def test_the_same_faces_give_the_same_picks() -> None:
    quality = np.random.default_rng(3).random(500).tolist()
    first, second = (choose(list(enumerate(quality)), 6)[0] for _ in range(2))
    assert [c.row for c in first] == [c.row for c in second]
