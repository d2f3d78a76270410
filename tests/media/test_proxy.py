"""A copy for browsers has every frame at its time, whatever the film's clock is like."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from clusterer.core.types import VideoInfo
from clusterer.media import probe, proxy
from clusterer.media.browser import can_play
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from clusterer.media.proxy import LISTED, Copy, made_of, make_proxy
from tests.odd_clocks import join, set_edit_list, write_film
from tests.video_files import picture, read_number, write_video

PICTURES = [picture(i) for i in range(40)]
UNEVEN_S = [Fraction(i * i + 40 * i, 1000) for i in range(40)]


def frames_of(info: VideoInfo) -> list[tuple[int, int]]:
    """Painted number and pts of every frame."""
    converter = Converter(*info.square_px, 160)
    return [(read_number(converter.rgb(each.raw)), each.pts) for each in Reader(info)]


def copied(path: Path, **options: Any) -> tuple[VideoInfo, Copy, Path]:
    parts, out = path.with_name("parts"), path.with_name("proxy.mp4")
    parts.mkdir(exist_ok=True)
    info = probe(path)
    copy = Copy(info, "made of a", parts, **options)
    assert make_proxy(copy, out)
    return info, copy, out


def check(path: Path) -> VideoInfo:
    """Make a copy, and compare all frames and times; return the film's facts."""
    info, _, out = copied(path)
    small = probe(out)
    found = [(n, small.time_base * pts) for n, pts in frames_of(small)]
    film = [(n, (pts - info.zero_pts) * info.time_base) for n, pts in frames_of(info)]
    assert found == film
    assert can_play(out).everywhere
    return info


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "avi", "mov"])
def test_every_frame_at_its_time(tmp_path: Path, suffix: str) -> None:
    assert len(frames_of(check(write_film(tmp_path / f"a.{suffix}", PICTURES)))) == 40


def test_frames_of_different_lengths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "PART_S", 0.5)
    info = check(write_film(tmp_path / "a.mkv", PICTURES, times_s=UNEVEN_S))
    assert info.time_base == Fraction(1, 1000)
    small = probe(tmp_path / "proxy.mp4")
    assert small.time_base == Fraction(1, 1000)
    assert [pts for _, pts in frames_of(small)] == [i * i + 40 * i for i in range(40)]


def test_a_first_pts_that_is_not_0(tmp_path: Path) -> None:
    info = check(write_film(tmp_path / "a.ts", PICTURES, start_s=3600.04))
    assert info.start_pts * info.time_base > 3600


def test_a_film_with_an_edit_list(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mp4", PICTURES)
    check(set_edit_list(path, [(Fraction(10, 25), Fraction(20, 25))]))


def test_joined_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "PART_S", 0.5)
    parts = [
        write_film(tmp_path / f"{i}.ts", PICTURES[20 * i : 20 * i + 20], start_s=start_s)
        for i, start_s in enumerate((50.0, 3.0))
    ]
    check(join(tmp_path / "a.ts", *parts))


def test_sound_keeps_its_place(tmp_path: Path) -> None:
    """The picture begins 1.5 s after the sound, and half a second before it."""
    for name, start_s, sound_s in (("a", 1.5, (0.0, 3.1)), ("b", 5.0, (5.5, 6.4))):
        (tmp_path / name).mkdir()
        path = write_film(tmp_path / name / "a.mkv", PICTURES, start_s=start_s, sound_s=sound_s)
        info = check(path)
        with av.open(str(path.with_name("proxy.mp4"))) as container:
            (sound,) = container.streams.audio
            assert sound.codec_context.name == "aac"
            first = next(container.decode(sound))
            assert first.time is not None
            assert first.time == pytest.approx(0, abs=0.03)
            assert sound.duration is not None
            assert sound.time_base is not None
            end_s = float(sound.duration * sound.time_base)
        heard_s = sound_s[1] - min(start_s, sound_s[0])
        assert end_s == pytest.approx(heard_s, abs=0.06)
        assert float(info.delay_s) == pytest.approx(max(0.0, start_s - sound_s[0]), abs=0.03)


def test_smaller_upright_and_with_square_pixels(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mov", PICTURES[:3], codec="prores_ks",
                       pixel_format="yuv422p10le", aspect=Fraction(2))  # fmt: skip
    assert not can_play(path)
    _, copy, out = copied(path, height_px=49)
    small = probe(out)
    assert copy.size == (162, 48)  # 163 x 49, even
    assert (small.width_px, small.height_px, small.pixel_aspect) == (162, 48, Fraction(1))


def test_key_frames_are_near_and_the_index_comes_first(tmp_path: Path) -> None:
    _, _, out = copied(write_film(tmp_path / "a.mkv", PICTURES))
    content = out.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(out)) as container:
        keys: list[Any] = [p.pts for p in container.demux(video=0) if p.size and p.is_keyframe]
    assert max(b - a for a, b in pairwise(keys)) <= 480
    assert made_of(out) == "made of a"
    assert made_of(tmp_path / "gone.mp4") == ""


def test_what_was_done_before_a_stop_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "PART_S", 0.4)  # ten frames
    path = write_film(tmp_path / "a.mkv", PICTURES, start_s=2.0, sound_s=(2.0, 3.6))
    info, _, whole = copied(path)
    parts = tmp_path / "again"
    parts.mkdir()
    copy, out, asked = Copy(info, "made of a", parts), tmp_path / "b.mp4", [0]

    def stop() -> bool:
        asked[0] += 1
        return asked[0] > 25

    assert not make_proxy(copy, out, stop=stop)
    assert not out.exists()
    assert [each["frames"] for each in json.loads((parts / LISTED).read_bytes())["parts"]] == [
        10
    ] * 2
    shares: list[float] = []
    assert make_proxy(copy, out, shares.append)
    assert shares[0] >= 0.97 * 0.5
    assert shares == sorted(shares)
    assert frames_of(probe(out)) == frames_of(probe(whole))
    assert out.read_bytes() == whole.read_bytes()


def test_parts_of_another_film_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "PART_S", 0.4)
    copied(write_film(tmp_path / "a.mkv", PICTURES))
    info = probe(write_film(tmp_path / "b.mkv", PICTURES[::-1]))
    out = tmp_path / "b.mp4"
    assert make_proxy(Copy(info, "made of b", tmp_path / "parts"), out)
    assert [number for number, _ in frames_of(probe(out))] == [*range(39, -1, -1)]
