"""Videos whose clocks are odd: what `probe` says of them, and which frames `Sampler` sees when."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from clusterer.core.types import VideoInfo
from clusterer.media import probe
from clusterer.media.decode import Decoded, Reader
from clusterer.media.picture import Converter
from tests.odd_clocks import write_film
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
    assert reader.warnings == []


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
    assert reader.warnings == []


def test_a_late_clock_hides_no_truncation(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mkv", PICTURES * 2, start_s=5.5)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    info = probe(path)
    reader = Reader(info)
    found = read(info, reader)
    assert 20 < len(found) < 2 * FRAMES - 13
    (warning,) = [text for text in reader.warnings if "truncated" in text]
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
