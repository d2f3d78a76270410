"""Slides and slow films: what counts is how long a picture is shown, not in how many frames."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.types import ImageArray
from clusterer.media import Part, SampledFrame, Sampler, ShotEnd, probe
from clusterer.media.shots import CutDetector
from tests.media.shots.pictures import scene
from tests.odd_clocks import write_film
from tests.video_files import picture

A, B = 1, 2


def begins(scenes: list[int], times_s: list[float]) -> list[int]:
    return found([scene(each) for each in scenes], times_s)


def found(pictures: list[ImageArray], times_s: list[float]) -> list[int]:
    detector = CutDetector(ShotConfig())
    decisions = [
        decision
        for image, time_s in zip(pictures, times_s, strict=True)
        for decision in detector.feed(image, time_s)
    ]
    decisions += detector.finish()
    return [i for i, decision in enumerate(decisions) if decision]


@pytest.mark.parametrize("rate", [0.05, 0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_a_slide_is_a_shot_in_however_few_frames(rate: float, length: int) -> None:
    """Also one that comes back."""
    scenes = [number for number in (A, B, A, B, 3, A) for _ in range(length)]
    times_s = [i / rate for i in range(len(scenes))]
    assert begins(scenes, times_s) == list(range(0, 6 * length, length))


@pytest.mark.parametrize(
    ("rate", "longest"), [(4.0, 1), (5.0, 1), (8.0, 2), (10.0, 2), (12.0, 3), (25.0, 3), (60.0, 3)]
)
def test_a_flash_is_no_shot_at_any_rate(rate: float, longest: int) -> None:
    for length in range(1, 5):
        scenes = [A] * 10 + [B] * length + [A] * 10
        times_s = [i / rate for i in range(len(scenes))]
        shots = [0] if length <= longest else [0, 10, 10 + length]
        assert begins(scenes, times_s) == shots


def test_the_time_of_a_frame_decides_at_a_variable_rate() -> None:
    """The same frames, of which the one of B lasts 40 ms, or 2 s."""
    scenes = [A] * 10 + [B] + [A] * 10
    for length_s, shots in ((0.04, [0]), (2.0, [0, 10, 11])):
        lengths_s = [length_s if each == B else 0.04 for each in scenes]
        assert begins(scenes, list(accumulate(lengths_s[:-1], initial=5.0))) == shots


def test_what_the_camera_passes_slowly_is_no_slide() -> None:
    """Two frames a second of a pan by an eighth of the picture each."""
    wide = np.hstack([scene(A), scene(B), scene(3)])
    height, width = scene(A).shape[:2]
    views = [wide[:height, i * width // 8 :][:, :width] for i in range(12)]
    assert found(views, [i / 2 for i in range(12)]) == [0]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 12)), min_size=1, max_size=6),
    st.sampled_from([12.0, 23.976, 25.0, 60.0]),
)
def test_films_are_cut_by_frames(parts: list[tuple[int, int]], rate: float) -> None:
    """At the rates of films, times change nothing."""
    scenes = [number for number, length in parts for _ in range(length)]
    times_s = [round(i / rate, 3) for i in range(len(scenes))]
    assert begins(scenes, times_s) == begins(scenes, [0.0] * len(scenes))


@pytest.mark.parametrize("rate", [Fraction(1), Fraction(1, 2), Fraction(5)])
def test_resuming_in_slides(tmp_path: Path, rate: Fraction) -> None:
    scenes = [A, A, B, A, 3, 3, 3, 3, B, B, A, A, A, B, 3, B]
    path = write_film(
        tmp_path / "a.mkv", [picture(i, each) for i, each in enumerate(scenes)], rate=rate
    )
    info = probe(path)
    with Sampler(info, VideoConfig(), ShotConfig()) as events:
        whole = list(events)
    ends = [event for event in whole if isinstance(event, ShotEnd)]
    assert len(ends) > 2
    assert len(ends) == 9 or rate > 3
    for end in ends:
        with Sampler(info, VideoConfig(), ShotConfig(), Part(after=end.shot)) as events:
            again = [_outline(event) for event in events]
        assert again == [_outline(event) for event in whole[whole.index(end) + 1 :]]


def _outline(event: SampledFrame | ShotEnd) -> object:
    return event.shot if isinstance(event, ShotEnd) else (event.frame.index, event.frame.pts)


def test_after_a_long_frame_comes_a_sample(tmp_path: Path) -> None:
    """Though nothing moves: tracks bridge a second."""
    path = write_film(tmp_path / "a.mkv", [picture(0)] * 8, rate=Fraction(1))
    with Sampler(probe(path), VideoConfig(), ShotConfig()) as events:
        frames = [event.frame.index for event in events if isinstance(event, SampledFrame)]
    assert frames == list(range(8))
