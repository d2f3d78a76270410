from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.types import ImageArray
from clusterer.media import CutDetector, Sampler, ShotEnd, probe

CLIPS = Path(__file__).parents[3] / "shared" / "clips"


@lru_cache(maxsize=1000)
def scene(seed: int, brightness: float = 1.0, shift_px: int = 0) -> ImageArray:
    """A picture of coarse coloured blocks; other seeds show other layouts."""
    blocks = np.random.default_rng(seed).integers(0, 256, (6, 10, 3))
    picture = np.kron(blocks, np.ones((8, 8, 1), np.int64))
    picture = np.roll(picture, shift_px, axis=1)
    return np.clip(picture * brightness, 0, 255).astype(np.uint8)


def begins(pictures: list[ImageArray], config: ShotConfig | None = None) -> list[int]:
    """Starts of shots, as decided by the detector after all pictures."""
    detector = CutDetector(config or ShotConfig())
    decisions = [decision for picture in pictures for decision in detector.feed(picture)]
    decisions += detector.finish()
    assert len(decisions) == len(pictures)
    return [i for i, decision in enumerate(decisions) if decision]


def test_one_shot() -> None:
    assert begins([scene(1)] * 20) == [0]
    assert begins([scene(1)]) == [0]
    assert begins([]) == []


def test_hard_cuts() -> None:
    assert begins([scene(1)] * 10 + [scene(2)] * 7 + [scene(3)] * 10) == [0, 10, 17]


def test_cut_at_either_end() -> None:
    assert begins([scene(1)] + [scene(2)] * 9) == [0, 1]
    assert begins([scene(1)] * 9 + [scene(2)]) == [0, 9]


def test_shortest_shot() -> None:
    pictures = [scene(1)] * 10 + [scene(2)] * 4 + [scene(3)] * 10
    assert begins(pictures, ShotConfig(min_length_frames=4)) == [0, 10, 14]
    assert begins(pictures, ShotConfig(min_length_frames=5)) == [0, 10]


def test_flash_is_not_a_cut() -> None:
    flash = np.full_like(scene(1), 255)
    for length in (1, 2):
        assert begins([scene(1)] * 10 + [flash] * length + [scene(1)] * 10) == [0]


def test_change_of_light_is_not_a_cut() -> None:
    assert begins([scene(1, 0.4)] * 10 + [scene(1, 1.0)] * 10) == [0]


def test_camera_motion_is_not_a_cut() -> None:
    assert begins([scene(1, shift_px=3 * i) for i in range(30)]) == [0]


def test_cut_during_motion() -> None:
    moving = [scene(1 + i // 15, shift_px=i) for i in range(30)]
    assert begins(moving) == [0, 15]


def test_change_of_size_is_a_cut() -> None:
    small = scene(1)[:40]
    assert begins([scene(1)] * 10 + [small] * 10) == [0, 10]


def test_decides_after_the_window() -> None:
    detector = CutDetector(ShotConfig(window=3))
    assert [len(detector.feed(scene(1))) for _ in range(6)] == [0, 0, 0, 1, 1, 1]
    assert detector.finish() == [False] * 3


def test_context_comes_first() -> None:
    detector = CutDetector(ShotConfig())
    detector.feed(scene(1))
    with pytest.raises(ValueError, match="context"):
        detector.warm_up(scene(1))


def test_no_cut_inside_context() -> None:
    detector = CutDetector(ShotConfig(min_length_frames=1))
    for picture in (scene(1), scene(2)):
        detector.warm_up(picture)
    decisions = [d for _ in range(10) for d in detector.feed(scene(3))] + detector.finish()
    assert decisions == [True] + [False] * 9


@settings(max_examples=60, deadline=None)
@given(
    runs=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=10),
    window=st.integers(1, 4),
    min_length=st.integers(1, 4),
    jitter=st.integers(0, 4),
)
def test_resuming_at_any_shot_changes_nothing(
    runs: list[tuple[int, int]], window: int, min_length: int, jitter: int
) -> None:
    config = ShotConfig(window=window, min_length_frames=min_length)
    seeds = [seed for seed, length in runs for _ in range(length)]
    pictures = [scene(seed, shift_px=i * jitter) for i, seed in enumerate(seeds)]
    whole = begins(pictures, config)
    for start in whole:
        detector = CutDetector(config)
        for picture in pictures[max(0, start - window) : start]:
            detector.warm_up(picture)
        decisions = [d for picture in pictures[start:] for d in detector.feed(picture)]
        decisions += detector.finish()
        assert [start + i for i, d in enumerate(decisions) if d] == [s for s in whole if s >= start]


@pytest.mark.footage
@pytest.mark.skipif(not CLIPS.is_dir(), reason="the labelled clips are not available")
def test_cuts_of_a_tv_scene() -> None:
    with (CLIPS / "friends_a.shots.csv").open(encoding="utf-8") as file:
        truth = [int(row["first"]) for row in csv.DictReader(file)]
    info = probe(CLIPS / "friends_a.mp4")
    with Sampler(info, VideoConfig(sample_rate_hz=0.1), ShotConfig()) as events:
        starts = [event.shot.start_frame for event in events if isinstance(event, ShotEnd)]
    assert starts == truth
