from __future__ import annotations

import gc
import threading
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.errors import ConfigError, VideoError
from clusterer.core.types import Shot, VideoInfo
from clusterer.media import Event, Part, SampledFrame, Sampler, ShotEnd, probe
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from clusterer.media.sampling import Grid, dissolve_window
from clusterer.media.shots import look_ahead
from tests.video_files import picture, read_number, write_video

CUTS = (0, 20, 27, 60, 61 + 20)
FRAMES = 100
FOUR_A_SECOND = VideoConfig(sample_rate_hz=4.0)


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> VideoInfo:
    scenes = [sum(cut <= i for cut in CUTS) for i in range(FRAMES)]
    pictures = [picture(i, scene) for i, scene in enumerate(scenes)]
    path = tmp_path_factory.mktemp("movie") / "a.mp4"
    return probe(write_video(path, pictures, options={"bf": "3", "g": "24"}))


def sample(
    info: VideoInfo,
    config: VideoConfig = FOUR_A_SECOND,
    after: Shot | None = None,
    shots: ShotConfig | None = None,
) -> list[Event]:
    with Sampler(info, config, shots or ShotConfig(), Part(after=after)) as events:
        due_frames = list(events)
        assert events.losses.warnings(info) == ()
    return due_frames


def frames(events: list[Event]) -> list[int]:
    return [event.frame.index for event in events if isinstance(event, SampledFrame)]


def shots(events: list[Event]) -> list[Shot]:
    return [event.shot for event in events if isinstance(event, ShotEnd)]


def outline(events: list[Event]) -> list[Shot | tuple[int, int, int]]:
    """Events in a form that can be compared; pictures by the number that they show."""
    return [
        event.shot
        if isinstance(event, ShotEnd)
        else (event.frame.index, event.frame.pts, read_number(event.frame.image))
        for event in events
    ]


def due(times: list[int], rate_hz: float, info: VideoInfo) -> list[int]:
    grid = Grid(info, rate_hz)
    return [0] + [
        i for i, (before, now) in enumerate(pairwise(times), 1) if grid.is_due(before, now)
    ]


def info_of(rate: Fraction, time_base: Fraction, start_pts: int = 0) -> VideoInfo:
    return VideoInfo("x", 8, 8, rate, time_base, start_pts, 100.0)


@pytest.mark.parametrize(
    ("rate", "ticks_per_s", "rate_hz", "expected"),
    [
        (Fraction(24), 12288, 4.0, [0, 6, 12, 18, 24, 30, 36]),
        (Fraction(25), 12800, 4.0, [0, 7, 13, 19, 25, 32, 38]),
        (Fraction(30), 1000, 4.0, [0, 8, 15, 23, 30, 38]),
        (Fraction(24), 1000, 4.0, [0, 6, 12, 18, 24, 30, 36]),
        (Fraction(24000, 1001), 24000, 4.0, [0, 6, 12, 18, 24, 30, 36]),
        (Fraction(25), 25, 1.0, [0, 25]),
        (Fraction(25), 12800, 25.0, list(range(40))),
        (Fraction(24000, 1001), 1000, 60.0, list(range(40))),
        (Fraction(50), 90000, 25.0, list(range(0, 40, 2))),
    ],
)
@pytest.mark.parametrize("start_pts", [0, 2970, -12])
def test_grid(
    rate: Fraction, ticks_per_s: int, rate_hz: float, expected: list[int], start_pts: int
) -> None:
    info = info_of(rate, Fraction(1, ticks_per_s), start_pts)
    times = [start_pts + round(Fraction(i) / rate * ticks_per_s) for i in range(40)]
    assert due(times, rate_hz, info) == expected


def test_grid_of_variable_rate() -> None:
    info = info_of(Fraction(10), Fraction(1, 1000))
    # Grid at 0, 250, 500, …: a long frame spans several points and is sampled once.
    assert due([0, 100, 249, 250, 251, 900, 1000, 1001, 1249], 4.0, info) == [0, 3, 5, 6]


@given(st.lists(st.integers(1, 700), min_size=1, max_size=60), st.floats(0.1, 20.0))
def test_grid_follows_its_definition(steps: list[int], rate_hz: float) -> None:
    info = info_of(Fraction(1000), Fraction(1, 1000))
    times = [sum(steps[:i]) for i in range(len(steps) + 1)]
    due_frames = due(times, rate_hz, info)
    rate = Fraction(rate_hz).limit_denominator(1_000_000)
    last_s = times[-1] / 1000
    expected = {
        next(i for i, time in enumerate(times) if time + Fraction(1, 2) >= k * 1000 / rate)
        for k in range(int(last_s * rate) + 1)
    }
    assert set(due_frames) - {len(times) - 1} == expected - {len(times) - 1}


def test_shots_and_frames(movie: VideoInfo) -> None:
    events = sample(movie)
    assert [(s.index, s.start_frame, s.end_frame) for s in shots(events)] == [
        (0, 0, 20),
        (1, 20, 27),
        (2, 27, 60),
        (3, 60, 81),
        (4, 81, 100),
    ]
    ends = {0, 19, 20, 26, 27, 59, 60, 80, 81, 99}
    assert frames(events) == sorted(ends | set(range(0, FRAMES, 6)))


def test_order_of_events(movie: VideoInfo) -> None:
    events = sample(movie)
    assert isinstance(events[-1], ShotEnd)
    start = 0
    for shot in shots(events):
        end = events.index(ShotEnd(shot), start)
        inside = frames(events[start:end])
        assert inside[0] == shot.start_frame
        assert inside[-1] == shot.end_frame - 1
        start = end + 1
    for before, now in pairwise(shots(events)):
        assert (before.end_frame, before.end_pts) == (now.start_frame, now.start_pts)


def test_pictures_match_their_index(movie: VideoInfo) -> None:
    for event in sample(movie):
        if isinstance(event, SampledFrame):
            assert read_number(event.frame.image) == event.frame.index
            assert movie.seconds(event.frame.pts) == pytest.approx(event.frame.index / 24)


def test_last_shot_ends_with_its_last_frame(movie: VideoInfo) -> None:
    assert movie.seconds(shots(sample(movie))[-1].end_pts) == pytest.approx(FRAMES / 24)


def test_every_frame(movie: VideoInfo) -> None:
    assert frames(sample(movie, VideoConfig(sample_rate_hz=24.0))) == list(range(FRAMES))


@pytest.mark.parametrize(
    ("video_config", "shot_config"),
    [
        (FOUR_A_SECOND, ShotConfig()),
        (VideoConfig(sample_rate_hz=7.0), ShotConfig(window=4, min_length_frames=1)),
        (VideoConfig(start_s=0.5, end_s=3.6), ShotConfig(window=5)),
    ],
)
def test_resuming_after_any_shot(
    movie: VideoInfo, video_config: VideoConfig, shot_config: ShotConfig
) -> None:
    whole = sample(movie, video_config, None, shot_config)
    assert len(shots(whole)) >= 4
    for shot in shots(whole)[1:]:
        remaining = whole[whole.index(ShotEnd(shot)) + 1 :]
        again = sample(movie, video_config, shot, shot_config)
        assert outline(again) == outline(remaining)


def test_part_of_the_video(movie: VideoInfo) -> None:
    events = sample(movie, VideoConfig(sample_rate_hz=4.0, start_s=1.0, end_s=2.0))
    assert [(s.index, s.start_frame, s.end_frame) for s in shots(events)] == [
        (0, 24, 27),
        (1, 27, 48),
    ]
    assert frames(events)[0] == 24
    assert frames(events)[-1] == 47
    assert {30, 36, 42} <= set(frames(events))  # the grid is the video's, not the part's
    between = sample(movie, VideoConfig(sample_rate_hz=4.0, start_s=1.01))
    assert frames(between)[:2] == [25, 26]


@pytest.mark.parametrize(
    ("width_px", "height_px", "rate", "seconds", "expected"),
    [
        (640, 360, Fraction(24), 0.5, 12),
        (1920, 1080, Fraction(30000, 1001), 0.5, 15),
        (1920, 1080, Fraction(60), 0.5, 30),
        (640, 360, Fraction(240), 0.5, 30),
        (640, 360, Fraction(24), 0.0, 0),
        (3840, 2160, Fraction(60), 0.5, 13),  # 21 frames of 12.4 MB: 13 + 4 + 4
        (16384, 16384, Fraction(24), 0.5, 0),
    ],
)
def test_frames_that_wait_fit_into_memory(
    width_px: int, height_px: int, rate: Fraction, seconds: float, expected: int
) -> None:
    info = VideoInfo("x", width_px, height_px, rate, Fraction(1, 90000), 0, 100.0)
    config = ShotConfig(dissolve_s=seconds)
    window = dissolve_window(info, config)
    assert window == expected
    if window:
        assert look_ahead(config, window) * width_px * height_px * 3 // 2 <= 256 * 2**20


def test_resuming_after_a_dissolve(tmp_path: Path) -> None:
    before, after, last = (picture(0, scene).astype(float) for scene in (1, 2, 3))
    shares = [0.0] * 30 + [(i + 1) / 13 for i in range(12)] + [1.0] * 30
    mixed = [((1 - s) * before + s * after).astype("uint8") for s in shares]
    pictures = [*mixed, *[last.astype("uint8")] * 20]
    info = probe(write_video(tmp_path / "a.mp4", pictures, options={"bf": "3", "g": "24"}))
    whole = sample(info)
    starts = [shot.start_frame for shot in shots(whole)]
    assert starts[::2] == [0, 72]
    assert abs(starts[1] - 36) <= 1
    again = sample(info, after=shots(whole)[0])
    assert outline(again) == outline(whole[whole.index(ShotEnd(shots(whole)[0])) + 1 :])


def test_start_beyond_the_end(movie: VideoInfo) -> None:
    with pytest.raises(ConfigError, match="beyond the end of the video"):
        Sampler(movie, VideoConfig(start_s=5.0), ShotConfig())


def test_a_part_without_frames(movie: VideoInfo) -> None:
    info = VideoInfo(
        movie.path, 160, 96, movie.frame_rate, movie.time_base, movie.start_pts, duration_s=100.0
    )
    with pytest.raises(VideoError, match="no frame"):
        sample(info, VideoConfig(start_s=50.0))


def test_file_vanishes(movie: VideoInfo, tmp_path: Path) -> None:
    path = str(tmp_path / "gone.mp4")
    info = VideoInfo(path, 160, 96, movie.frame_rate, movie.time_base, 0, 4.0)
    with pytest.raises(VideoError, match="does not exist"):
        sample(info)


def test_leaving_early_ends_the_thread(movie: VideoInfo) -> None:
    with Sampler(movie, FOUR_A_SECOND, ShotConfig()) as events:
        next(events)
    assert not [thread for thread in threading.enumerate() if thread.name == "decode"]


def test_motion_leads_from_one_sample_to_the_next(movie: VideoInfo) -> None:
    """Every frame between, both ends included; nothing from before a cut."""
    before: int | None = None
    for event in sample(movie):
        if isinstance(event, ShotEnd):
            before = None
            continue
        now = event.frame.index
        first = now if before is None else before
        assert [small.index for small in event.motion] == list(range(first, now + 1))
        assert event.motion[-1].pts == event.frame.pts
        assert {small.picture.shape for small in event.motion} == {(96, 160)}, "never enlarged"
        assert {small.scale for small in event.motion} == {1.0}
        before = now


def test_frames_are_freed_without_the_garbage_collector(movie: VideoInfo) -> None:
    gc.collect()
    gc.disable()
    try:
        gc.set_debug(gc.DEBUG_SAVEALL)  # what it collects is kept in `gc.garbage`
        sample(movie)
        gc.collect()
        held = [each for each in gc.garbage if isinstance(each, VideoFrame)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert held == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted on Linux")
def test_pictures_are_converted_without_more_threads(movie: VideoInfo) -> None:
    raw = next(iter(Reader(movie))).raw
    before = len(list(Path("/proc/self/task").iterdir()))
    converter = Converter(64, 48, 32)
    held = converter.small(raw), converter.rgb(raw)
    assert len(held) == 2
    assert len(list(Path("/proc/self/task").iterdir())) == before
