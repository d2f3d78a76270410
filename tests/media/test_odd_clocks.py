"""Videos whose clocks are odd: what `probe` says of them, and which frames `Sampler` sees when."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.types import VideoInfo
from clusterer.media import Part, SampledFrame, Sampler, ShotEnd, probe
from clusterer.media.decode import Decoded, Reader, Start
from clusterer.media.picture import Converter
from tests.odd_clocks import join, set_edit_list, write_film
from tests.video_files import picture, read_number

RATE = Fraction(25)
FRAMES = 40
LENGTH_S = FRAMES / 25
PICTURES = [picture(i) for i in range(FRAMES)]
FORMATS = ["mkv", "mp4", "mov", "ts", "nut", "flv", "webm"]
CODECS = {"webm": "libvpx"}


def read(info: VideoInfo, reader: Reader | None = None) -> list[tuple[int, int, float]]:
    """Index, painted number and time of every frame."""
    return [
        (d.index, number(info, d), round(info.seconds(d.pts), 3)) for d in reader or Reader(info)
    ]


def read_from(info: VideoInfo, start_s: float) -> list[tuple[int, int, float]]:
    start_pts = info.zero_pts + round(Fraction(start_s) / info.time_base)
    return read(info, Reader(info, Start(start_pts)))


def number(info: VideoInfo, decoded: Decoded) -> int:
    return read_number(Converter(info.width_px, info.height_px, 160).rgb(decoded.raw))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("start_s", [0.0, 5.5, 3600.04])
def test_a_clock_may_begin_anywhere(tmp_path: Path, suffix: str, start_s: float) -> None:
    codec = CODECS.get(suffix, "libx264")
    path = write_film(tmp_path / f"a.{suffix}", PICTURES, start_s=start_s, codec=codec)
    info = probe(path)
    reader = Reader(info)
    found = read(info, reader)
    assert info.duration_s == pytest.approx(LENGTH_S, abs=0.002)
    assert found == [(i, i, pytest.approx(i / 25, abs=0.002)) for i in range(FRAMES)]
    assert reader.losses.warnings(info) == ()


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    ("start_s", "sound_s"),
    [(1.5, (0.0, 3.1)), (0.0, (0.0, 3.0)), (8.0, (5.0, 12.0)), (5.0, (6.5, 7.0))],
)
def test_the_picture_may_begin_after_the_sound(
    tmp_path: Path, suffix: str, start_s: float, sound_s: tuple[float, float]
) -> None:
    """The clock begins with either; the length is the picture's. Encoders begin sound earlier."""
    codec = CODECS.get(suffix, "libx264")
    path = write_film(
        tmp_path / f"a.{suffix}", PICTURES, start_s=start_s, sound_s=sound_s, codec=codec
    )
    info = probe(path)
    reader = Reader(info)
    found = read(info, reader)
    delay_s = max(0.0, start_s - sound_s[0])
    assert info.duration_s == pytest.approx(LENGTH_S, abs=0.002)
    assert float(info.delay_s) == pytest.approx(delay_s, abs=0.03)
    assert [(index, shown) for index, shown, _ in found] == [(i, i) for i in range(FRAMES)]
    assert found[25][2] - found[0][2] == pytest.approx(1.0, abs=0.002)
    assert info.seconds(info.start_pts) == pytest.approx(delay_s, abs=0.03)
    assert info.end_s == pytest.approx(delay_s + LENGTH_S, abs=0.03)
    assert reader.losses.warnings(info) == ()


def test_a_late_clock_hides_no_truncation(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mkv", PICTURES * 2, start_s=5.5)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    info = probe(path)
    reader = Reader(info)
    found = read(info, reader)
    assert 20 < len(found) < 2 * FRAMES - 13
    (warning,) = [text for text in reader.losses.warnings(info) if "truncated" in text]
    assert warning.endswith("s of 3.2 s")


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
@pytest.mark.parametrize("rate", [Fraction(1, 2), Fraction(1, 5), Fraction(1, 20), Fraction(1, 60)])
def test_slow_rates_are_rates(tmp_path: Path, suffix: str, rate: Fraction) -> None:
    info = probe(write_film(tmp_path / f"a.{suffix}", PICTURES[:4], rate=rate))
    assert info.frame_rate == rate
    assert info.duration_s == 4 / rate
    frames = list(Reader(info))
    assert [info.seconds(d.pts) for d in frames] == [i / rate for i in range(4)]
    assert frames[-1].duration_pts * info.time_base == 1 / rate


@pytest.mark.parametrize("sound", [False, True])
@pytest.mark.parametrize(
    "starts_s",
    [
        (1.4, 1010.0),
        (1000.0, 1.4),
        (1.4, 1.4),
        (5.0, 4.6, 5.2),
        (1.4, 5000.0, 1.4),
        (95_443.0, 50.0),  # the clock of 33 bits begins anew in the middle
    ],
)
def test_joined_streams_are_one_film(
    tmp_path: Path, starts_s: tuple[float, ...], sound: bool
) -> None:
    """Gaps are closed, and whatever part is asked for is found."""
    parts = [
        write_film(
            tmp_path / f"{part}.ts",
            [picture(part * FRAMES + i) for i in range(FRAMES)],
            start_s=start_s,
            sound_s=(start_s, start_s + LENGTH_S) if sound else None,
        )
        for part, start_s in enumerate(starts_s)
    ]
    info = probe(join(tmp_path / "joined.ts", *parts))
    reader = Reader(info)
    found = read(info, reader)
    count = FRAMES * len(parts)
    delay_s = float(info.delay_s)
    assert reader.losses.warnings(info) == ()
    assert info.duration_s == pytest.approx(count / 25, abs=0.01)
    assert delay_s <= 0.03
    assert found == [(i, i, pytest.approx(i / 25 + delay_s, abs=0.002)) for i in range(count)]
    for first in (25, FRAMES - 1, FRAMES, FRAMES + 10, count - 1):
        assert read_from(info, found[first][2] - 0.005) == found[first:]


def test_a_joined_programme_stream(tmp_path: Path) -> None:
    """FFmpeg gives one picture before each joint a time after it."""
    parts = [
        write_film(
            tmp_path / f"{part}.mpg",
            [picture(part * FRAMES + i) for i in range(FRAMES)],
            start_s=start_s,
            codec="mpeg2video",
        )
        for part, start_s in enumerate((1.4, 1010.0))
    ]
    info = probe(join(tmp_path / "joined.mpg", *parts))
    reader = Reader(info)
    found = read(info, reader)
    assert reader.losses.warnings(info) == ()
    assert info.duration_s == pytest.approx(2 * LENGTH_S, abs=0.1)
    assert [shown for _, shown, _ in found] == list(range(2 * FRAMES))
    assert found[-1][2] == pytest.approx(2 * LENGTH_S, abs=0.1)
    assert read_from(info, found[60][2] - 0.005) == found[60:]


def test_a_short_gap_in_a_stream_is_kept(tmp_path: Path) -> None:
    times_s = [i / 25 + (4 if i >= 20 else 0) for i in range(FRAMES)]
    info = probe(write_film(tmp_path / "a.ts", PICTURES, times_s=times_s))
    assert [time for _, _, time in read(info)] == pytest.approx(times_s, abs=0.002)
    assert info.duration_s == pytest.approx(LENGTH_S + 4, abs=0.002)


def test_only_streams_are_joined(tmp_path: Path) -> None:
    """A frame may last long in other formats."""
    times_s = [i / 25 + (1000 if i >= 20 else 0) for i in range(FRAMES)]
    info = probe(write_film(tmp_path / "a.mp4", PICTURES, times_s=times_s))
    assert [time for _, _, time in read(info)] == pytest.approx(times_s, abs=0.002)


@pytest.mark.parametrize(
    "entries_s",
    [
        [(0.0, 2.0), (3.0, 1.4)],  # cut out in the middle
        [(3.0, 1.4), (0.0, 2.0)],  # the end first
        [(1.0, 2.0), (1.0, 2.0)],  # twice
        [(0.5, 1.0), (2.0, 0.5), (3.0, 1.0)],
        [(1.0, 3.0)],
    ],
)
def test_edit_lists_show_the_same_from_anywhere(
    tmp_path: Path, entries_s: list[tuple[float, float]]
) -> None:
    pictures = [picture(i) for i in range(110)]
    options = {"preset": "veryfast", "bf": "2", "b_strategy": "0", "g": "30"}
    path = write_film(tmp_path / "a.mp4", pictures, options=options)
    info = probe(set_edit_list(path, [(Fraction(a), Fraction(b)) for a, b in entries_s]))
    whole = read(info)
    assert info.duration_s == pytest.approx(sum(length_s for _, length_s in entries_s), abs=0.002)
    assert len(whole) == pytest.approx(info.duration_s * 25, abs=3)  # FFmpeg drops B-frames at ends
    for start_s in (0.0, 0.6, 1.0, 1.68, 2.2, 2.64):
        expected = [row for row in whole if row[2] >= start_s - 0.001]
        assert read_from(info, start_s) == expected


def edited(folder: Path) -> Path:
    path = write_film(folder / "a.mp4", [picture(i, i // 25) for i in range(110)])
    return set_edit_list(path, [(Fraction(0), Fraction(2)), (Fraction(3), Fraction("1.4"))])


def joined(folder: Path) -> Path:
    parts = [
        write_film(
            folder / f"{start_s}.ts", [picture(i, i // 25) for i in range(60)], start_s=start_s
        )
        for start_s in (1.4, 900.0, 1.6)
    ]
    return join(folder / "a.ts", *parts)


def late(folder: Path) -> Path:
    pictures = [picture(i, i // 25) for i in range(110)]
    return write_film(folder / "a.mkv", pictures, start_s=6.0, sound_s=(5.0, 11.0))


@pytest.mark.parametrize("make", [edited, joined, late])
def test_resuming_gives_the_same(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    info = probe(make(tmp_path))
    for config in (VideoConfig(), VideoConfig(start_s=1.7)):
        with Sampler(info, config, ShotConfig()) as events:
            whole = list(events)
        ends = [event for event in whole if isinstance(event, ShotEnd)]
        assert len(ends) >= 3
        for end in ends:
            with Sampler(info, config, ShotConfig(), Part(after=end.shot)) as events:
                again = [outline(event) for event in events]
            assert again == [outline(event) for event in whole[whole.index(end) + 1 :]]


def outline(event: SampledFrame | ShotEnd) -> object:
    """An event in a form that can be compared."""
    if isinstance(event, ShotEnd):
        return event.shot, event.frame_pts
    return event.frame.index, event.frame.pts, read_number(event.frame.image)
