from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.types import ImageArray
from clusterer.media import CutDetector, Sampler, ShotEnd, probe
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from clusterer.media.shots import detector
from clusterer.media.shots.dissolve import NO_DISSOLVE, Dissolve
from clusterer.media.shots.measured import Measured
from tests.media.shots.pictures import barred, dissolve, grey, scene, woven

CLIPS = Path(__file__).parents[4] / "shared" / "clips"


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
    for length in (1, 2, 3):
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


def test_dissolve_begins_in_its_middle() -> None:
    for length in (6, 12, 24):
        pictures = [scene(1)] * 30 + dissolve(scene(1), scene(2), length) + [scene(2)] * 30
        (_, start) = begins(pictures)
        assert abs(start - (30 + length // 2)) <= 1, length


def test_long_dissolve() -> None:
    (_, start) = begins([scene(1)] * 30 + dissolve(scene(1), scene(2), 48) + [scene(2)] * 30)
    assert 30 <= start < 78


def test_no_dissolves_without_a_window() -> None:
    detector = CutDetector(ShotConfig(), dissolve_window=0)
    pictures = [scene(1)] * 30 + dissolve(scene(1), scene(2), 12) + [scene(2)] * 30
    decisions = [d for picture in pictures for d in detector.feed(picture)] + detector.finish()
    assert [i for i, d in enumerate(decisions) if d] == [0]


def test_cut_between_two_fields() -> None:
    pictures = [scene(1)] * 10 + [woven(scene(1), scene(2))] + [scene(2)] * 10
    assert begins(pictures) in ([0, 10], [0, 11])


def test_fade_begins_where_the_picture_is_blank() -> None:
    black = np.zeros_like(scene(1))
    down = dissolve(scene(1), black, 11)
    up = dissolve(black, scene(2), 11)
    pictures = [scene(1)] * 20 + down + [black] * 8 + up + [scene(2)] * 20
    assert begins(pictures) == [0, 31]


def test_fade_from_black_at_the_beginning() -> None:
    black = np.zeros_like(scene(1))
    assert begins([black] * 10 + dissolve(black, scene(1), 12) + [scene(1)] * 20) == [0]


def test_short_shots() -> None:
    seeds = [1] * 20 + [2] * 3 + [3] * 4 + [4] * 3 + [5] * 6 + [6] * 20
    assert begins([scene(seed) for seed in seeds]) == [0, 20, 23, 27, 30, 36]


def test_cut_between_pans() -> None:
    moving = [scene(1 + i // 15, shift_px=8 * i) for i in range(45)]
    assert begins(moving) == [0, 15, 30]


def test_a_hard_cut_prevails_over_a_dissolve_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    marked = scene(1, shift_px=1)

    def found(pictures: Sequence[Measured], position: int, *_: object) -> Dissolve:
        same = np.array_equal(pictures[position].picture, marked)
        return Dissolve(1.0, 6) if same else NO_DISSOLVE

    monkeypatch.setattr(detector, "dissolve_at", found)
    for at, expected in ((18, [0, 20]), (13, [0, 13, 20])):
        pictures = [scene(1)] * 20 + [scene(2)] * 20
        pictures[at] = marked
        assert begins(pictures) == expected


@pytest.mark.parametrize("change", [grey, barred, lambda picture: picture // 4])
def test_grey_barred_and_dark_pictures(change: Callable[[ImageArray], ImageArray]) -> None:
    pictures = [scene(1)] * 15 + [scene(2)] * 15 + dissolve(scene(2), scene(3), 12)
    pictures += [scene(3)] * 25
    assert begins([change(picture) for picture in pictures]) == begins(pictures)


def test_a_caption_is_not_a_cut() -> None:
    captioned = scene(1).copy()
    captioned[-16:] = scene(2)[-16:]
    assert begins([scene(1)] * 15 + [captioned] * 15 + [scene(1)] * 15) == [0]
    assert begins([scene(1)] * 15 + dissolve(scene(1), captioned, 8) + [captioned] * 15) == [0]


def test_decides_after_looking_ahead() -> None:
    detector = CutDetector(ShotConfig(window=3), dissolve_window=0)
    assert detector.look_ahead == 3
    assert [len(detector.feed(scene(1))) for _ in range(6)] == [0, 0, 0, 1, 1, 1]
    assert detector.finish() == [False] * 3
    # 12 to the last compared picture, 4 whose scores it competes with, 4 or more around them.
    assert CutDetector(ShotConfig(), dissolve_window=12).look_ahead == 20
    assert CutDetector(ShotConfig(window=25), dissolve_window=12).look_ahead == 42


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
    runs=st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 14), st.integers(0, 10)),
        min_size=1,
        max_size=6,
    ),
    window=st.integers(1, 4),
    min_length=st.integers(1, 4),
    dissolve_window=st.integers(0, 9),
    jitter=st.integers(0, 4),
)
def test_resuming_at_any_shot_changes_nothing(
    runs: list[tuple[int, int, int]],
    window: int,
    min_length: int,
    dissolve_window: int,
    jitter: int,
) -> None:
    config = ShotConfig(window=window, min_length_frames=min_length)

    def decided(context: list[ImageArray], pictures: list[ImageArray]) -> list[int]:
        detector = CutDetector(config, dissolve_window)
        for picture in context[max(0, len(context) - detector.look_ahead) :]:
            detector.warm_up(picture)
        decisions = [d for picture in pictures for d in detector.feed(picture)]
        return [i for i, d in enumerate(decisions + detector.finish()) if d]

    pictures: list[ImageArray] = []
    for seed, length, mixed in runs:
        if pictures:
            pictures += dissolve(pictures[-1], scene(seed), mixed)
        pictures += [scene(seed, shift_px=i * jitter) for i in range(length)]
    whole = decided([], pictures)
    for start in whole:
        again = [start + i for i in decided(pictures[:start], pictures[start:])]
        assert again == [s for s in whole if s >= start]


@pytest.mark.footage
@pytest.mark.skipif(not CLIPS.is_dir(), reason="the labelled clips are not available")
@pytest.mark.parametrize("change", [None, grey, barred])
def test_cuts_of_a_tv_scene(change: Callable[[ImageArray], ImageArray] | None) -> None:
    with (CLIPS / "friends_a.shots.csv").open(encoding="utf-8") as file:
        truth = [int(row["first"]) for row in csv.DictReader(file)]
    info = probe(CLIPS / "friends_a.mp4")
    if change is None:
        with Sampler(info, VideoConfig(sample_rate_hz=0.1), ShotConfig()) as events:
            starts = [event.shot.start_frame for event in events if isinstance(event, ShotEnd)]
    else:
        converter = Converter(info.width_px, info.height_px, ShotConfig().width_px)
        starts = begins([change(converter.small(one.raw)) for one in Reader(info)])
    assert starts == truth
