"""A reel has exactly the frames of its parts and their sound, whatever the film's clock is like."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from clusterer.core.errors import VideoError
from clusterer.core.types import ImageArray, VideoInfo
from clusterer.media import h264, probe, reel
from clusterer.media.browser import can_play
from clusterer.media.decode import Reader, Start
from clusterer.media.picture import Converter
from clusterer.media.proxy import made_of
from clusterer.media.reel import MADE_BY, Stretch, render
from tests.odd_clocks import join, write_film
from tests.video_files import picture, read_number, set_display_matrix, write_video

PICTURES = [picture(i) for i in range(60)]
PARTS = [(5, 12), (30, 33), (38, 99)]
"""First and last frame, half-open, of films of 60 frames: 7 + 3 + 22."""
EXPECTED = [*range(5, 12), *range(30, 33), *range(38, 60)]
HZ = 48_000
AAC_FRAME = 1024


def stretches(parts: Sequence[tuple[int, int]], rate: Fraction = Fraction(25)) -> list[Stretch]:
    return [Stretch(begin / rate, end / rate) for begin, end in parts]


def shown(info: VideoInfo) -> list[tuple[int, Fraction, ImageArray]]:
    """Painted number, time since the first, and picture of every frame."""
    converter = Converter(*info.square_px, 160)
    images = [(converter.rgb(each.raw), each.pts) for each in Reader(info)]
    return [
        (read_number(image), (pts - info.start_pts) * info.time_base, image)
        for image, pts in images
    ]


def rendered(path: Path, wanted: Sequence[Stretch], height_px: int | None = None) -> VideoInfo:
    out = path.with_name("out.mp4")
    assert render(probe(path), wanted, out, height_px)
    return probe(out)


def sound_of(path: Path) -> npt.NDArray[np.float32]:
    """Left channel."""
    with av.open(str(path)) as container:
        return np.concatenate([each.to_ndarray()[0] for each in container.decode(audio=0)])


@contextmanager
def slowed() -> Iterator[threading.Event]:
    """Until this is set, every frame of a reel from the 21st on takes a second."""
    go, real = threading.Event(), h264.coded

    def coded(image: ImageArray, pts: int, time_base: Fraction) -> av.VideoFrame:
        if pts >= 20 * 640:
            go.wait(1)
        return real(image, pts, time_base)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reel, "coded", coded)
        yield go
        go.set()


def write_beeps(path: Path, frames: Sequence[int], n: int, rate: Fraction) -> Path:
    """A film with a loud 2 kHz in these frames, and silence in the others."""
    samples = np.zeros(round(n / rate * HZ), np.float32)
    for frame in frames:
        begin, end = round(frame / rate * HZ), round((frame + 1) / rate * HZ)
        samples[begin:end] = 0.5 * np.sin(2 * np.pi * 2000 / HZ * np.arange(end - begin))
    with av.open(str(path), "w") as container:
        film = container.add_stream("libx264", rate=rate, options={"g": "24", "bf": "0"})
        film.width, film.height, film.pix_fmt = 160, 96, "yuv420p"
        film.codec_context.time_base = 1 / rate
        name = {".mp4": "aac", ".ts": "mp2"}.get(path.suffix, "pcm_s16le")
        voice: Any = container.add_stream(name, rate=HZ, layout="mono")
        for i in range(n):
            shot = av.VideoFrame.from_ndarray(picture(i), format="rgb24")
            shot.pts, shot.time_base = i, 1 / rate
            container.mux(film.encode(shot))
            begin, end = round(i / rate * HZ), round((i + 1) / rate * HZ)
            heard = samples[None, begin:end]
            kind = "fltp" if name == "aac" else "s16"
            if kind == "s16":
                heard = (heard * 32767).astype(np.int16)
            sound = av.AudioFrame.from_ndarray(heard, kind, "mono")
            sound.sample_rate, sound.pts, sound.time_base = HZ, begin, Fraction(1, HZ)
            container.mux(voice.encode(sound))
        container.mux(film.encode())
        container.mux(voice.encode())
    return path


def beeps_s(path: Path) -> list[float]:
    """When each beep begins, seconds."""
    loud = np.abs(sound_of(path)) > 0.2
    at = np.flatnonzero(loud)
    return [float(at[i]) / HZ for i in range(len(at)) if not i or at[i] - at[i - 1] > HZ // 50]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "avi", "mov"])
def test_exactly_the_frames_of_the_parts(tmp_path: Path, suffix: str) -> None:
    path = write_film(tmp_path / f"a.{suffix}", PICTURES, sound_s=(0, 2.4))
    film = shown(probe(path))
    info = rendered(path, stretches(PARTS))
    found = shown(info)
    assert [number for number, _, _ in found] == EXPECTED
    behind = Fraction(0)
    for begin, end in PARTS:
        times_s = [time_s for _, time_s, _ in film[begin:end]]
        expected = [behind + time_s - times_s[0] for time_s in times_s]
        got = [time_s for number, time_s, _ in found if begin <= number < end]
        off = [abs(ours - theirs) for ours, theirs in zip(got, expected, strict=True)]
        assert max(off) <= 2 * info.time_base
        behind += Fraction(end - begin, 25)
    assert can_play(tmp_path / "out.mp4").everywhere
    for number, _, image in (found[i] for i in (0, 6, 7, 9, 10, -1)):  # at every boundary
        assert np.abs(image.astype(int) - film[number][2]).mean() < 3
    length = len(sound_of(tmp_path / "out.mp4"))
    assert length == pytest.approx(info.duration_s * HZ, abs=AAC_FRAME)
    if suffix != "avi":  # whose last frames have other times
        assert info.duration_s == pytest.approx(32 / 25, abs=0.002)


def test_a_clock_that_does_not_begin_at_0(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.ts", PICTURES, start_s=3600.04, sound_s=(3600.0, 3602.4))
    assert [number for number, *_ in shown(rendered(path, stretches(PARTS)))] == EXPECTED


def test_joined_recordings(tmp_path: Path) -> None:
    parts = [
        write_film(tmp_path / f"{i}.ts", PICTURES[30 * i : 30 * i + 30], start_s=start_s)
        for i, start_s in enumerate((50.0, 3.0))
    ]
    path = join(tmp_path / "a.ts", *parts)
    assert [number for number, *_ in shown(rendered(path, stretches(PARTS)))] == EXPECTED


def test_frames_of_different_lengths_keep_them(tmp_path: Path) -> None:
    times_s = [Fraction(i * i + 40 * i, 1000) for i in range(60)]  # 41 ms, 43, 45, …
    path = write_film(tmp_path / "a.mkv", PICTURES, times_s=times_s)
    wanted = [(times_s[5], times_s[12]), (times_s[30], times_s[33])]
    found = shown(rendered(path, [Stretch(*part) for part in wanted]))
    assert [number for number, *_ in found] == [*range(5, 12), *range(30, 33)]
    first = [times_s[i] - times_s[5] for i in range(5, 12)]
    behind = times_s[12] - times_s[5]
    second = [behind + times_s[i] - times_s[30] for i in range(30, 33)]
    assert [time_s for _, time_s, _ in found] == [*first, *second]


@pytest.mark.parametrize(
    ("suffix", "off_s"), [("mkv", 0.003), ("avi", 0.003), ("mp4", 0.003), ("ts", 0.012)]
)
@pytest.mark.parametrize("near_s", [0.1, 5])
def test_sound_begins_with_its_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, off_s: float, near_s: float
) -> None:
    """In a transport stream nothing says that MP2 comes 481 samples late."""
    monkeypatch.setattr(reel, "_NEAR", near_s * HZ)  # farther ones are sought
    path = write_beeps(tmp_path / f"a.{suffix}", [20, 60, 140, 190], 200, Fraction(25))
    rendered(path, stretches([(15, 30), (55, 70), (188, 199)]))
    expected = [5 / 25, 20 / 25, 32 / 25]
    assert beeps_s(tmp_path / "out.mp4") == pytest.approx(expected, abs=off_s)


def test_many_cuts_do_not_drift(tmp_path: Path) -> None:
    """40 parts of 3 frames of 30000/1001 Hz: 4804.8 samples each, which no sound frame divides."""
    rate = Fraction(30000, 1001)
    path = write_beeps(tmp_path / "a.mov", [5, 397], 420, rate)
    parts = [(10 * i + 4, 10 * i + 7) for i in range(40)]
    found = shown(rendered(path, stretches(parts, rate)))
    assert [number for number, *_ in found] == [n for part in parts for n in range(*part)]
    assert len(sound_of(tmp_path / "out.mp4")) == pytest.approx(120 / rate * HZ, abs=AAC_FRAME)
    assert beeps_s(tmp_path / "out.mp4") == pytest.approx([float(1 / rate)], abs=0.003)
    rendered(path, stretches([*parts[:-1], (390, 400)], rate))
    last = float((39 * 3 + 7) / rate)
    assert beeps_s(tmp_path / "out.mp4")[-1] == pytest.approx(last, abs=0.003)


def test_silence_where_the_film_has_none(tmp_path: Path) -> None:
    """The sound begins a second after the picture, and ends before it."""
    path = write_film(tmp_path / "a.mkv", PICTURES, sound_s=(1.0, 1.5))
    rendered(path, stretches(PARTS))
    sound = sound_of(tmp_path / "out.mp4")
    assert len(sound) == pytest.approx(32 / 25 * HZ, abs=AAC_FRAME)
    assert not sound.any()


def test_a_film_without_sound(tmp_path: Path) -> None:
    rendered(write_film(tmp_path / "a.mp4", PICTURES), stretches(PARTS))
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert len(container.streams) == 1


def test_turned_upright_with_square_pixels(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", PICTURES, aspect=Fraction(2), rate=Fraction(25))
    set_display_matrix(path, 0, 1, -1, 0)  # a quarter turn
    film = probe(path)
    assert film.square_px == (96, 320)
    info = rendered(path, stretches([(3, 5)]))
    assert (info.width_px, info.height_px, info.pixel_aspect) == (96, 320, Fraction(1))
    converter = Converter(*film.square_px, 160)
    want = [converter.rgb(each.raw) for each in Reader(film)][3:5]
    got = [image for _, _, image in shown(info)]
    assert len(got) == 2
    assert np.abs(np.array(got).astype(int) - want).mean() < 5


def test_smaller(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mp4", PICTURES)
    info = rendered(path, stretches(PARTS), height_px=49)
    assert (info.width_px, info.height_px) == (82, 48)  # 81.7 x 49, even
    assert rendered(path, stretches(PARTS), height_px=4000).height_px == 96


def test_the_same_bytes(tmp_path: Path) -> None:
    info = probe(write_film(tmp_path / "a.ts", PICTURES, sound_s=(0, 2.4)))
    for name in ("b.mp4", "c.mp4"):
        assert render(info, stretches(PARTS), tmp_path / name)
    content = (tmp_path / "b.mp4").read_bytes()
    assert content == (tmp_path / "c.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert made_of(tmp_path / "b.mp4") == MADE_BY


def test_progress_and_stopping(tmp_path: Path) -> None:
    info = probe(write_film(tmp_path / "a.mp4", PICTURES))
    shares: list[float] = []

    def go_on(done: float) -> bool:
        shares.append(done)
        return len(shares) < 9

    assert not render(info, stretches([(0, 60)]), tmp_path / "b.mp4", go_on=go_on)
    assert shares == pytest.approx([i / 60 for i in range(9)], abs=0.001)


@pytest.mark.parametrize("missed", [False, True])
def test_the_film_is_entered_at_key_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missed: bool
) -> None:
    """Frames before the key frame are not decoded, unless it cannot be sought."""
    path = write_film(tmp_path / "a.mp4", PICTURES)  # a key frame every 12 frames
    entered: list[tuple[int | None, int]] = []

    class Noted(Reader):
        def __init__(self, info: VideoInfo, start: Start | None = None) -> None:
            super().__init__(info, start)
            self.key_pts = None if start is None else start.key_pts

        def __iter__(self):
            if missed and self.key_pts is not None:
                return
            for each in super().__iter__():
                entered.append((self.key_pts, each.pts))
                yield each

    monkeypatch.setattr(reel, "Reader", Noted)
    found = shown(rendered(path, stretches([(50, 52), (57, 59)])))
    assert [number for number, *_ in found] == [50, 51, 57, 58]
    assert [pts // 640 for _, pts in entered] == [*range(50, 60)]
    assert entered[0][0] == (None if missed else 48 * 640)


def test_nothing_there(tmp_path: Path) -> None:
    info = probe(write_film(tmp_path / "a.mp4", PICTURES))
    with pytest.raises(VideoError, match=r"no picture there .* choose another part"):
        render(info, stretches([(70, 80)]), tmp_path / "b.mp4")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = probe(write_film(tmp_path / "a.mp4", PICTURES))

    def full(*_: object, **__: object) -> None:
        raise av.error.OSError(28, "No space left on device", "b.mp4")

    monkeypatch.setattr(reel, "create_video", full)
    with pytest.raises(OSError, match="No space left on device"):
        render(info, stretches(PARTS), tmp_path / "b.mp4")
