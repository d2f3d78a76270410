"""Parts of a video: from its first shot on, a pass that enters anywhere sees what one pass sees."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import ShotConfig, VideoConfig
from clusterer.core.types import ImageArray, Losses, Mark, VideoInfo
from clusterer.media import Event, Part, Sampler, ShotEnd, context_frames, entries, probe, span
from clusterer.media.packets import Clock
from clusterer.media.parts import LONGEST_S, SHORTEST_S, Entry, divide
from clusterer.media.shots import CutDetector, look_ahead
from tests.odd_clocks import join, set_edit_list, write_film
from tests.video_files import picture, set_display_matrix, write_video

_MOST = 8
"""Entries that are tried, of more."""
CUTS = (0, 31, 47, 80, 101, 130, 171, 200)
FRAMES = 220
EVERY = VideoConfig(sample_rate_hz=5.0)
X264 = {"preset": "veryfast", "bf": "2", "g": "24", "sc_threshold": "0"}


def scene(number: int) -> int:
    return sum(cut <= number for cut in CUTS)


def film(first: int = 0, last: int = FRAMES, width_px: int = 160) -> list[ImageArray]:
    return [moving(i, scene(i), width_px) for i in range(first, last)]


def moving(number: int, scene: int, width_px: int = 160) -> ImageArray:
    """Something moves in every picture, so that each needs the ones before it to be decoded."""
    image = picture(number, scene, width_px)
    image[40:] = np.roll(image[40:], 2 * number, axis=1)
    return image


def whole_of(info: VideoInfo, config: VideoConfig = EVERY, part: Part | None = None) -> list[Event]:
    with Sampler(info, config, ShotConfig(), part) as events:
        return list(events)


def outline(events: Sequence[Event]) -> list[tuple[object, ...]]:
    """Everything that events say, with frames counted from the first one."""
    rows: list[tuple[object, ...]] = []
    base = None
    for event in events:
        if isinstance(event, ShotEnd):
            shot = event.shot
            assert base is not None
            frames = shot.start_frame - base, shot.end_frame - base
            pts = shot.start_pts, shot.end_pts
            rows.append((*frames, *pts, event.frame_pts, event.begins, event.next))
            continue
        base = event.frame.index if base is None else base
        motion = [
            (small.index - base, small.pts, zlib.crc32(small.picture), small.scale)
            for small in event.motion
        ]
        image = zlib.crc32(np.ascontiguousarray(event.frame.image))
        rows.append((event.frame.index - base, event.frame.pts, image, motion))
    return rows


def ends_of(events: Sequence[Event]) -> list[ShotEnd]:
    return [event for event in events if isinstance(event, ShotEnd)]


def since(events: list[Event], begins: Mark) -> list[Event]:
    """Events from the shot on that begins there."""
    first = 0
    for position, event in enumerate(events):
        if isinstance(event, ShotEnd):
            if event.begins == begins:
                return events[first:]
            first = position + 1
    raise AssertionError("no shot begins there")


def places_of(info: VideoInfo) -> list[Entry]:
    return entries(info, context_frames(info, ShotConfig()) + 1)


def check(info: VideoInfo, config: VideoConfig = EVERY, *, surely: bool = True) -> int:
    """Compare a pass from every entry with one from the beginning; returns how many saw shots.

    Parameters
    ----------
    surely
        The first shot of each part is one; else it may begin elsewhere, and a later one counts.
    """
    whole = whole_of(info, config)
    assert whole, "a pass from the beginning sees nothing"
    true = {end.begins for end in ends_of(whole)}
    seen = 0
    places = places_of(info)
    for entry in places[:: max(1, len(places) // _MOST)]:
        found = whole_of(info, config, Part(entry=entry))
        ends = ends_of(found)
        common = [end.begins for end in ends if end.begins in true]
        if surely:
            assert len(common) == len(ends), f"a shot that is none, from {entry}"
        if common:
            seen += 1
            assert outline(since(found, common[0])) == outline(since(whole, common[0])), entry
        later = [begins for begins in true if begins.pts >= entry.pts]
        if surely and ends:
            assert set(common) == set(later), f"a shot is missing, from {entry}"
    return seen


def x264(**more: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        return write_video(folder / "a.mp4", film(), rate=Fraction(25), options={**X264, **more})

    return make


def coded(
    suffix: str, codec: str, options: dict[str, str], pixel_format: str = "yuv420p", **more: str
) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        return write_video(
            folder / f"a.{suffix}",
            film(),
            rate=Fraction(25),
            codec=codec,
            options=options,
            pixel_format=pixel_format,
            container_options=more,
        )

    return make


def late(suffix: str, start_s: float, codec: str = "libx264") -> Callable[[Path], Path]:
    options = {"g": "24", "bf": "2"} | (X264 if codec == "libx264" else {})

    def make(folder: Path) -> Path:
        return write_film(
            folder / f"a.{suffix}", film(), start_s=start_s, codec=codec, options=options
        )

    return make


def variable(folder: Path) -> Path:
    steps = [1 + i * 7 % 3 for i in range(FRAMES)]
    times = [Fraction(sum(steps[:i]), 50) for i in range(FRAMES)]
    return write_film(folder / "a.mkv", film(), times_s=times, options=X264)


def edited(start_s: str, length_s: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = write_film(folder / "a.mp4", film(), options=X264)
        return set_edit_list(path, [(Fraction(start_s), Fraction(length_s))])

    return make


def rotated(folder: Path) -> Path:
    path = x264()(folder)
    set_display_matrix(path, 0, 1, -1, 0)
    return path


KNOWN = {
    "closed": x264(),
    "no B-frames": x264(bf="0"),
    "pyramid": x264(bf="8", b_strategy="0", **{"x264-params": "b-pyramid=normal:ref=4"}),
    "open": x264(**{"x264-params": "open-gop=1:bframes=3:b-adapt=0"}),
    "tiny GOPs": x264(g="5"),
    "interlaced": x264(**{"x264-params": "interlaced=1"}),
    "mkv": coded("mkv", "libx264", X264),
    "mkv without cues": coded("mkv", "libx264", X264, live="1"),
    "fragments": coded("mp4", "libx264", X264, movflags="frag_keyframe+empty_moov"),
    "negative": late("mp4", -1.0),
    "late": late("mkv", 3600.0),
    "ts": late("ts", 1.4),
    "flv": late("flv", 0.0),
    "mpg": late("mpg", 1.4, "mpeg2video"),
    "mpeg2 ts": late("ts", 1.4, "mpeg2video"),
    "mpeg2 mkv": late("mkv", 0.0, "mpeg2video"),
    "mpeg4 mp4": coded("mp4", "mpeg4", {"g": "24", "bf": "2"}),
    "hevc": coded(
        "mp4", "libx265", {"preset": "ultrafast", "x265-params": "log-level=0:keyint=24"}
    ),
    "hevc mkv": coded(
        "mkv",
        "libx265",
        {"preset": "ultrafast", "x265-params": "log-level=0:keyint=24:open-gop=0"},
    ),
    "vp9": coded("webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "g": "24"}),
    "av1": coded("mp4", "libsvtav1", {"preset": "12", "g": "24", "svtav1-params": "lp=2"}),
    "mjpeg": coded("mov", "mjpeg", {}, "yuvj420p"),
    "ffv1": coded("mkv", "ffv1", {"g": "1"}),
    "raw": coded("nut", "rawvideo", {}),
    "variable": variable,
    "begins in a GOP": edited("0.9", "7.98"),
    "begins and ends in a GOP": edited("0.9", "6.1"),
    "ends in a GOP": edited("0.08", "7.0"),
    "rotated": rotated,
}
"""Kinds of which parts can be seen."""


@pytest.mark.parametrize("kind", KNOWN)
def test_a_part_sees_what_one_pass_sees(tmp_path: Path, kind: str) -> None:
    info = probe(KNOWN[kind](tmp_path))
    assert check(info) >= 5


def joined(folder: Path) -> Path:
    parts = [
        write_film(folder / f"{n}.ts", film(), start_s=start_s, options=X264)
        for n, start_s in enumerate((1.4, 900.0))
    ]
    return join(folder / "a.ts", *parts)


def joined_back(folder: Path) -> Path:
    parts = [
        write_film(folder / f"{n}.ts", film(0, 150), start_s=start_s, options=X264)
        for n, start_s in enumerate((5.0, 1.4))
    ]
    return join(folder / "a.ts", *parts)


def cut_inside(folder: Path) -> Path:
    path = write_film(folder / "a.mp4", film(), options=X264)
    return set_edit_list(path, [(Fraction(0), Fraction(3)), (Fraction(5), Fraction("3.8"))])


def twice_shown(folder: Path) -> Path:
    path = write_film(folder / "a.mp4", film(), options=X264)
    return set_edit_list(path, [(Fraction(1), Fraction(3)), (Fraction(1), Fraction(3))])


UNKNOWN = {
    "avi": coded("avi", "mpeg4", {"g": "24", "bf": "0"}),
    "avi with B-frames": coded("avi", "mpeg4", {"g": "24", "bf": "2"}),
    "gif": coded("gif", "gif", {}, "rgb8"),
    "apng": coded("apng", "apng", {}, "rgb24"),
    "joined": joined,
    "joined, clock goes back": joined_back,
    "cut inside": cut_inside,
    "shown twice": twice_shown,
}
"""Kinds that cannot be divided."""


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_cannot_be_divided_has_no_parts(tmp_path: Path, kind: str) -> None:
    info = probe(UNKNOWN[kind](tmp_path))
    assert check(info) == 0
    assert places_of(info) == []


def test_a_video_with_one_key_frame_has_one_part(tmp_path: Path) -> None:
    info = probe(x264(g="1000")(tmp_path))
    assert [place.key_pts for place in places_of(info)] == [info.start_pts]
    assert check(info) == 1


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts"])
def test_gradual_refresh_gives_the_same_or_nothing(tmp_path: Path, kind: str) -> None:
    """Its key frames refresh a column; the picture is whole only a while later."""
    options = X264 | {"x264-params": "intra-refresh=1:keyint=40"}
    info = probe(write_film(tmp_path / f"a.{kind}", film(), options=options))
    check(info, surely=False)


@pytest.mark.parametrize("chosen", [(1.0, None), (1.9, 5.0), (None, 6.3), (0.02, 8.78), (3.2, 3.4)])
@pytest.mark.parametrize("kind", ["closed", "open", "ts", "variable", "begins in a GOP"])
def test_a_part_of_what_is_chosen(
    tmp_path: Path, kind: str, chosen: tuple[float | None, float | None]
) -> None:
    info = probe(KNOWN[kind](tmp_path))
    config = VideoConfig(sample_rate_hz=5.0, start_s=chosen[0], end_s=chosen[1])
    first, end = span(info, config)
    whole = whole_of(info, config)
    true = {each.begins for each in ends_of(whole)}
    seen = 0
    for entry in places_of(info):
        if not first < entry.pts < (end or entry.pts + 1):
            continue
        found = whole_of(info, config, Part(entry=entry))
        ends = ends_of(found)
        if ends:  # the first may lack frames before it, of which the first is not known
            assert {each.begins for each in ends} == {one for one in true if one.pts >= entry.pts}
            assert outline(found) == outline(since(whole, ends[0].begins))
            seen += 1
    assert seen or chosen[1] == 3.4


def test_a_part_ends_with_the_first_shot_after_its_stop(tmp_path: Path) -> None:
    info = probe(x264()(tmp_path))
    whole = whole_of(info)
    begins = [end.begins for end in ends_of(whole)]
    assert len(begins) == len(CUTS)
    places = places_of(info)
    for entry, stop in pairwise(places):
        ends = ends_of(whole_of(info, EVERY, Part(entry=entry, stop_pts=stop.pts)))
        inside = [one for one in begins if entry.pts <= one.pts < stop.pts]
        assert [end.begins for end in ends] == inside
        later = [one for one in begins if one.pts >= stop.pts]
        if ends:
            assert ends[-1].next == min(later, default=None)
        for known in begins:
            some = ends_of(whole_of(info, EVERY, Part(entry=entry, known=frozenset({known}))))
            assert known not in [end.begins for end in some[1:]]


def damaged(path: Path, seed: int) -> Path:
    """Overwrite one to twelve places of a video with noise."""
    content, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(chance.choice([1, 1, 3, 12])):
        at = chance.randrange(len(content) // 8, 7 * len(content) // 8)
        noise = chance.randbytes(chance.choice([1, 20, 200]))
        content[at : at + len(noise)] = noise
    path.write_bytes(content)
    return path


def losses_of(info: VideoInfo, part: Part | None = None) -> tuple[list[Event], Losses]:
    with Sampler(info, EVERY, ShotConfig(), part, 1) as events:
        return list(events), events.losses


def check_damaged(info: VideoInfo) -> bool:
    """A part without damage sees what one pass sees, and damage is seen by a part."""
    whole, lost = losses_of(info)
    true = {end.begins for end in ends_of(whole)}
    places = [place for place in places_of(info) if place.pts > info.start_pts]
    stops = [*(place.pts for place in places), None]
    parts = [Part(stop_pts=stops[0])]
    parts += [Part(entry=a, stop_pts=b) for a, b in zip(places, stops[1:], strict=True)]
    seen = False
    for part in parts:
        found, losses = losses_of(info, part)
        seen |= losses.damaged_pts is not None
        common = [end.begins for end in ends_of(found) if end.begins in true]
        if losses.damaged_pts is None and common:
            rest = outline(since(found, common[0]))
            assert rest == outline(since(whole, common[0]))[: len(rest)]
    assert seen or lost.damaged_pts is None
    return seen


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["closed", "open", "ts", "fragments", "mpeg2 ts", "vp9"])
def test_damage_is_seen_where_pictures_may_differ(tmp_path: Path, kind: str, seed: int) -> None:
    """Decoders fill gaps with what the memory holds, or another thread left."""
    check_damaged(probe(damaged(KNOWN[kind](tmp_path), seed)))


@pytest.mark.parametrize("kind", ["mkv", "ts", "mpeg2 mkv"])
def test_a_truncated_video(tmp_path: Path, kind: str) -> None:
    path = KNOWN[kind](tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    check_damaged(probe(path))


# --- entries, divide, clock --------------------------------------------------------------------


def test_entries_by_hand(tmp_path: Path) -> None:
    """25 frames a second, a key frame every 24; with 21 frames of context and one more."""
    info = probe(x264()(tmp_path))
    frame = round(1 / (info.frame_rate * info.time_base))
    assert [(place.key_pts // frame, place.pts // frame) for place in places_of(info)] == [
        (key, key + context_frames(info, ShotConfig()) + 1) for key in range(0, 193, 24)
    ]
    assert entries(info, 0) == [Entry(key * frame, key * frame) for key in range(0, 217, 24)]
    assert entries(info, FRAMES) == []


def info_of(seconds: float) -> VideoInfo:
    return VideoInfo("a.mp4", 8, 8, Fraction(25), Fraction(1, 100), 0, seconds)


@pytest.mark.parametrize(
    ("length_s", "workers", "begins_s"),
    [
        # The rest / (2 * workers), 6 to 30 s, up to the next entry, which there is every 2 s.
        (120, 2, [30, 54, 72, 84, 94, 102, 108, 114]),
        (120, 1, [30, 60, 90]),
        (600, 1, [*range(30, 600, 30)]),
        (40, 8, [6, 12, 18, 24, 30, 36]),
        (12, 2, [6]),
        (9, 2, [6]),
        (8, 2, []),
        (5, 2, []),
    ],
)
def test_divide_by_hand(length_s: int, workers: int, begins_s: list[int]) -> None:
    places = [Entry(at - 100, at) for at in range(200, length_s * 100, 200)]
    chosen = divide(info_of(length_s), places, (0, length_s * 100), workers)
    assert [place.pts / 100 for place in chosen] == begins_s


@given(
    st.sets(st.integers(-500, 40_000), max_size=60),
    st.integers(-500, 20_000),
    st.integers(0, 30_000),
    st.integers(1, 100),
)
def test_parts_are_neither_short_nor_long(
    keys: set[int], begin: int, length: int, workers: int
) -> None:
    places = [Entry(key, key + 40) for key in sorted(keys)]
    end = begin + length
    chosen = divide(info_of(400.0), places, (begin, end), workers)
    assert chosen == divide(info_of(400.0), tuple(places), (begin, end), workers)
    assert set(chosen) <= set(places)
    starts = [begin, *(place.pts for place in chosen)]
    for at, until in pairwise(starts):
        assert until - at >= SHORTEST_S * 100
        passed = [p.pts for p in places if at + LONGEST_S * 100 <= p.pts < until]
        assert passed == [], "an entry was left out"
    assert end - starts[-1] >= SHORTEST_S * 50 or not chosen


def packet(pts: int | None, dts: int | None, *, is_corrupt: bool = False) -> Any:
    return SimpleNamespace(pts=pts, dts=dts, is_corrupt=is_corrupt)


@pytest.mark.parametrize(
    ("times", "may_jump", "clear"),
    [
        ([(0, 0), (3, 1), (1, 2), (2, 3)], None, True),
        ([(0, None), (1, None)], None, True),
        ([(0, 0), (None, 1)], None, False),
        ([(0, 0), (0, 1)], None, False),
        ([(0, 5), (1, 4)], None, False),
        ([(0, 5), (1, 5)], None, True),
        ([(0, 0), (9000, 9000)], None, True),
        ([(0, 0), (1000, 1000)], Fraction(1, 100), True),
        ([(0, 0), (1001, 1001)], Fraction(1, 100), False),
    ],
)
def test_clock_by_hand(
    times: list[tuple[int | None, int | None]], may_jump: Fraction | None, clear: bool
) -> None:
    clock = Clock(may_jump)
    assert all(clock.is_clear(packet(*each)) for each in times) == clear


def test_a_corrupt_packet_is_not_clear() -> None:
    assert not Clock().is_clear(packet(0, 0, is_corrupt=True))


# --- cuts near an entry ------------------------------------------------------------------------


def small(level: int, number: int) -> ImageArray:
    """A picture of 16x9 blocks, by its scene, with something that moves."""
    blocks = np.random.default_rng(level).integers(0, 256, (9, 16, 3), np.uint8)
    image = np.asarray(np.kron(blocks, np.ones((10, 10, 1), np.uint8)))
    image[(number * 3) % 80 :][:10, :20] = 255
    return image


@st.composite
def made_up(draw: st.DrawFn) -> list[ImageArray]:
    """Shots of any length, flashes, dissolves and static stretches."""
    images: list[ImageArray] = []
    scene = 0
    while len(images) < 150:
        scene += 1
        images += [small(scene, n * draw(st.sampled_from([0, 1]))) for n in range(draw(lengths))]
        how = draw(st.sampled_from(["cut", "cut", "dissolve", "flash", "black"]))
        if how == "dissolve":
            steps = draw(st.integers(2, 20))
            before, after = small(scene, 0).astype(float), small(scene + 1, 0).astype(float)
            images += [
                ((before * (steps - i) + after * i) / steps).astype(np.uint8) for i in range(steps)
            ]
        elif how == "flash":
            images += [np.full_like(images[0], 250)] * draw(st.integers(1, 3))
            scene -= 1
        elif how == "black":
            images += [np.zeros_like(images[0])] * draw(st.integers(1, 8))
    return images[:150]


lengths = st.integers(1, 60)


def starts(images: list[ImageArray], first: int, context: int, *, inside: bool) -> list[int]:
    detector = CutDetector(ShotConfig(), 12, inside=inside)
    for n in range(max(0, first - context), first):
        detector.warm_up(images[n], n / 25)
    found = [b for n in range(first, len(images)) for b in detector.feed(images[n], n / 25)]
    return [first + i for i, begins in enumerate([*found, *detector.finish()]) if begins]


@given(made_up(), st.integers(1, 120))
@settings(deadline=None, max_examples=15)
def test_cuts_are_the_same_after_one_that_both_see(images: list[ImageArray], first: int) -> None:
    whole = starts(images, 0, 0, inside=False)
    found = starts(images, first, look_ahead(ShotConfig(), 12), inside=True)
    common = [n for n in found if n in whole]
    if common:
        assert [n for n in found if n >= common[0]] == [n for n in whole if n >= common[0]]
    later = [n for n in whole if n >= first + 60]
    assert set(later) <= set(found), "soon it sees what one pass sees"
