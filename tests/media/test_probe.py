from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
import pytest

from clusterer.core.errors import VideoError
from clusterer.core.types import VideoInfo
from clusterer.media import probe
from clusterer.media.decode import Decoded, Reader, Start
from clusterer.media.opening import open_video
from clusterer.media.packets import count_frames_before
from clusterer.media.picture import Converter
from clusterer.media.read_ahead import ReadAhead
from tests.video_files import (
    HEIGHT_PX,
    WIDTH_PX,
    picture,
    read_number,
    set_display_matrix,
    write_sound,
    write_video,
)

FRAMES = 60
B_FRAMES = {"bf": "3", "g": "12", "b_strategy": "0", "preset": "veryfast"}
OPEN_GOP = {"x264-params": "keyint=12:open-gop=1:bframes=3:b-adapt=0:scenecut=0"}


def number_of(info: VideoInfo, decoded: Decoded) -> int:
    return read_number(Converter(info.width_px, info.height_px, 160).rgb(decoded.raw))


def painted(info: VideoInfo, **kwargs: Any) -> list[tuple[int, int, int]]:
    """Index, pts and painted number of every frame that the reader delivers."""
    return [(d.index, d.pts, number_of(info, d)) for d in Reader(info, **kwargs)]


@pytest.fixture(scope="module")
def movies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("movies")
    pictures = [picture(i) for i in range(FRAMES)]
    made = {
        name: write_video(folder / f"{name}.{name}", pictures, options=B_FRAMES)
        for name in ("mp4", "mkv", "ts", "avi")
    }
    made["open_gop"] = write_video(folder / "open.mp4", pictures, options=OPEN_GOP)
    made["raw"] = write_video(folder / "raw.h264", pictures, options=B_FRAMES)
    return made


def test_probe(tmp_path: Path) -> None:
    path = write_video(
        tmp_path / "a.mov",
        [picture(i) for i in range(30)],
        rate=Fraction(30000, 1001),
        metadata={"timecode": "01:00:00;00"},
    )
    info = probe(path)
    assert info.path == str(path)
    assert (info.width_px, info.height_px) == (WIDTH_PX, HEIGHT_PX)
    assert info.frame_rate == Fraction(30000, 1001)
    assert info.duration_s == pytest.approx(1.001, abs=1e-3)
    assert info.start_timecode == "01:00:00;00"
    assert (type(info.frame_rate), type(info.time_base)) == (Fraction, Fraction)


def test_tags_that_are_not_utf8(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [picture(0)] * 3, metadata={"title": "a title"})
    content = path.read_bytes()
    assert content.count(b"a title") == 1
    path.write_bytes(content.replace(b"a title", b"a\xfftitle"))
    assert probe(path).width_px == WIDTH_PX
    with open_video(path) as container:
        assert container.metadata["title"] == "a\udcfftitle"


@pytest.mark.parametrize("ending", ["mov", "mp4", "mkv", "avi"])
def test_start_timecode_of_every_container(tmp_path: Path, ending: str) -> None:
    path = write_video(
        tmp_path / f"a.{ending}",
        [picture(i) for i in range(5)],
        rate=Fraction(25),
        metadata={"timecode": "00:59:58:24"},
    )
    assert probe(path).start_timecode == "00:59:58:24"


def test_start_timecode_invalid_at_the_rate(tmp_path: Path) -> None:
    path = write_video(
        tmp_path / "a.mkv",
        [picture(i) for i in range(5)],
        rate=Fraction(25),
        metadata={"timecode": "01:00:00:29"},
    )
    assert probe(path).start_timecode is None


@pytest.mark.parametrize("name", ["mp4", "mkv", "ts", "avi", "open_gop", "raw"])
def test_all_frames_in_order(movies: dict[str, Path], name: str) -> None:
    info = probe(movies[name])
    found = painted(info)
    assert [index for index, _, _ in found] == list(range(FRAMES))
    assert [number for _, _, number in found] == list(range(FRAMES))
    assert all(a[1] < b[1] for a, b in pairwise(found))
    assert found[0][1] == info.start_pts
    if name != "raw":  # a raw stream states no rate
        assert info.duration_s == pytest.approx(FRAMES / 24, abs=0.1)
        assert info.seconds(found[24][1]) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("name", ["mp4", "mkv", "ts", "avi", "open_gop", "raw"])
def test_start_in_the_middle(movies: dict[str, Path], name: str) -> None:
    info = probe(movies[name])
    whole = painted(info)
    for index in (1, 12, 29, FRAMES - 1):
        pts = whole[index][1]
        assert painted(info, start=Start(pts)) == whole[index:]
        if pts - 1 > whole[index - 1][1]:
            assert painted(info, start=Start(pts - 1)) == whole[index:]
        with_index = Start(pts, index, context=3, earliest_pts=whole[10][1])
        first = max(index - 3, min(10, index))
        assert painted(info, start=with_index) == whole[first:]
    assert painted(info, start=Start(whole[-1][1] + 1, FRAMES)) == []


def count_before(path: str | Path, pts: int) -> int | None:
    with open_video(path) as container:
        return count_frames_before(container, container.streams.video[0], pts)


@pytest.mark.parametrize("name", ["mp4", "mkv", "ts", "open_gop"])
def test_count_without_decoding(movies: dict[str, Path], name: str) -> None:
    info = probe(movies[name])
    for index, pts, _ in painted(info):
        assert count_before(info.path, pts) == index
        assert count_before(info.path, pts + 1) == index + 1


def test_count_returns_none_if_packets_do_not_allow_it(movies: dict[str, Path]) -> None:
    assert count_before(movies["raw"], 10**6) is None


def test_end(movies: dict[str, Path]) -> None:
    info = probe(movies["mp4"])
    whole = painted(info)
    assert painted(info, end_pts=whole[20][1]) == whole[:20]
    assert painted(info, start=Start(whole[5][1]), end_pts=whole[20][1] + 1) == whole[5:21]


def test_variable_frame_rate(tmp_path: Path) -> None:
    pts = [0, 1, 2, 10, 11, 40, 41, 42, 43, 100]
    path = write_video(tmp_path / "v.mkv", [picture(i) for i in range(10)], pts=pts)
    info = probe(path)
    found = painted(info)
    assert [number for _, _, number in found] == list(range(10))
    seconds = [info.seconds(p) for _, p, _ in found]
    assert seconds == pytest.approx([p / 24 for p in pts], abs=1e-3)
    assert painted(info, start=Start(found[5][1])) == found[5:]


@pytest.mark.parametrize(
    ("codec", "pixel_format", "size", "suffix"),
    [
        ("libx264", "yuv420p10le", (160, 96), "mp4"),
        ("libx264", "yuv444p", (161, 97), "mp4"),
        ("libx264", "yuv422p", (162, 99), "mkv"),
        ("ffv1", "gray", (163, 33), "mkv"),
        ("ffv1", "yuv420p", (165, 35), "mkv"),
        ("png", "rgba", (167, 51), "mov"),
        ("mjpeg", "yuvj420p", (160, 96), "avi"),
    ],
)
def test_pixel_formats_and_odd_sizes(
    tmp_path: Path, codec: str, pixel_format: str, size: tuple[int, int], suffix: str
) -> None:
    pictures = [picture(i, 0, *size) for i in range(5)]
    path = write_video(tmp_path / f"a.{suffix}", pictures, codec=codec, pixel_format=pixel_format)
    info = probe(path)
    assert (info.width_px, info.height_px) == size
    converter = Converter(*size, 40)
    images = [converter.rgb(d.raw) for d in Reader(info)]
    assert [image.shape for image in images] == [(size[1], size[0], 3)] * 5
    assert all(image.dtype == np.uint8 and image.flags.c_contiguous for image in images)
    assert [read_number(image) for image in images] == list(range(5))
    small = converter.small(next(iter(Reader(info))).raw)
    assert small.shape == (round(40 * size[1] / size[0]), 40, 3)


@pytest.mark.parametrize(
    "pixel_format",
    [
        *("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv410p", "nv12", "gray", "yuva420p"),
        *("yuv420p10le", "p010le", "gray10le", "yuyv422", "uyvy422", "rgb24", "gbrp"),
    ],
)
@pytest.mark.parametrize("size", [(160, 96), (162, 98), (320, 180), (960, 540), (1600, 900)])
def test_grey_pictures_of_any_format(pixel_format: str, size: tuple[int, int]) -> None:
    # Circles, smooth enough that the way to make the picture smaller hardly matters.
    y, x = np.mgrid[: size[1], : size[0]] * (320 / max(size))
    grey = (128 + 80 * np.cos(np.hypot(x - 100, y - 60) / 9)).astype(np.uint8)
    shown = av.VideoFrame.from_ndarray(np.repeat(grey[:, :, None], 3, axis=2), format="rgb24")
    motion = Converter(*size, 160).grey(7, 70, shown.reformat(format=pixel_format))
    scale = min(1.0, 320 / size[0])
    assert (motion.index, motion.pts, motion.scale) == (7, 70, scale)
    assert motion.picture.shape == (round(size[1] * scale), round(size[0] * scale))
    assert motion.picture.dtype == np.uint8
    assert motion.picture.flags.c_contiguous
    expected = cv2.resize(grey, motion.picture.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.corrcoef(motion.picture.ravel(), expected.ravel())[0, 1] > 0.99


def test_grey_pictures_of_a_palette(tmp_path: Path) -> None:
    # GIF: the plane holds numbers of colours, not their brightness.
    pictures = [picture(i) for i in range(3)]
    path = write_video(tmp_path / "a.gif", pictures, codec="gif", pixel_format="rgb8")
    info = probe(path)
    raw = next(iter(Reader(info))).raw
    motion = Converter(info.width_px, info.height_px, 160).grey(0, 0, raw)
    expected = cv2.cvtColor(raw.to_ndarray(format="rgb24"), cv2.COLOR_RGB2GRAY)
    assert np.corrcoef(motion.picture.ravel(), expected.ravel())[0, 1] > 0.99


def test_a_grey_picture_outlives_its_frame_and_is_not_changed_with_it() -> None:
    raw = av.VideoFrame(320, 180, "gray")
    raw.planes[0].update(bytes(320 * 180))
    motion = Converter(320, 180, 160).grey(0, 0, raw)
    raw.planes[0].update(b"\xff" * 320 * 180)
    assert motion.picture.max() == 0


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((1, 0, 0, 1), lambda image: image),
        ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),  # as phones store portrait
        ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
        ((0, -1, 1, 0), lambda image: np.rot90(image, 1)),
        ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
    ],
)
def test_rotation(tmp_path: Path, matrix: tuple[int, int, int, int], expected: Any) -> None:
    stored = picture(5)
    path = write_video(tmp_path / "a.mp4", [stored] * 3, options={"qp": "10"})
    set_display_matrix(path, *matrix)
    info = probe(path)
    rotated = expected(stored)
    assert (info.height_px, info.width_px) == rotated.shape[:2]
    image = Converter(info.width_px, info.height_px, 160).rgb(next(iter(Reader(info))).raw)
    assert image.shape == rotated.shape
    difference = np.abs(image.astype(int) - rotated.astype(int)).mean()
    assert difference < 12 < np.abs(image.astype(int) - rotated[::-1, ::-1].astype(int)).mean()


@pytest.mark.parametrize("matrix", ["bt709", "smpte170m"])
def test_colours_follow_the_stated_matrix(tmp_path: Path, matrix: str) -> None:
    red = np.zeros((96, 160, 3), np.uint8)
    red[:] = (0, 200, 40)
    path = tmp_path / "a.mp4"
    options = {"colorspace": matrix, "qp": "4"}
    write_video(path, [red] * 2, options=options)
    raw = next(iter(Reader(probe(path)))).raw
    y, u, v = (np.frombuffer(bytes(plane), np.uint8)[0].astype(float) for plane in raw.planes)
    kr, kb = (0.2126, 0.0722) if matrix == "bt709" else (0.299, 0.114)  # ITU-R BT.709, BT.601
    luma, blue, chroma_red = (y - 16) / 219, (u - 128) / 112, (v - 128) / 112
    r = luma + (1 - kr) * chroma_red
    b = luma + (1 - kb) * blue
    g = (luma - kr * r - kb * b) / (1 - kr - kb)
    expected = np.clip(np.array([r, g, b]) * 255, 0, 255)
    np.testing.assert_allclose(Converter(160, 96, 160).rgb(raw)[50, 80], expected, atol=3)


def reader_of(pts: list[int | None]) -> list[int]:
    """Pts that the reader makes from a file's, at 10 frames of 10 ticks a second."""
    info = VideoInfo("x", 8, 8, Fraction(10), Fraction(1, 100), pts[0] or 0, 1.0)
    raws: Iterator[Any] = iter([(SimpleNamespace(duration=0), p) for p in pts])
    return [d.pts for d in Reader(info)._timed(raws)]


def test_pts_are_repaired() -> None:
    assert reader_of([0, 10, 20]) == [0, 10, 20]
    assert reader_of([None, None, 20]) == [0, 10, 20]
    assert reader_of([0, None, 20]) == [0, 10, 20]
    assert reader_of([0, 10, 10, 20]) == [0, 10, 11, 20]
    assert reader_of([0, 20, 10, 30]) == [0, 20, 21, 30]
    assert reader_of([500, 510, 0, 10, 20]) == [500, 510, 520, 530, 540]


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("missing.mp4", None, "does not exist"),
        ("empty.mp4", b"", "is empty"),
        ("text.mp4", b"This is not a video.\n" * 100, "cannot be opened"),
        ("zeros.mp4", bytes(10000), "cannot be opened"),
    ],
)
def test_no_video(tmp_path: Path, name: str, content: bytes | None, cause: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VideoError, match=cause) as caught:
        probe(path)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_folder_and_sound(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="is a folder"):
        probe(tmp_path)
    with pytest.raises(VideoError, match="no moving picture"):
        probe(write_sound(tmp_path / "a.m4a"))


def test_truncated_before_its_index(movies: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(movies["mp4"].read_bytes()[:5000])
    with pytest.raises(VideoError, match="cannot be opened"):
        probe(path)


def test_truncated(tmp_path: Path) -> None:
    pictures = [picture(i) for i in range(FRAMES)]
    whole = write_video(
        tmp_path / "a.mp4",
        pictures,
        options=B_FRAMES,
        container_options={"movflags": "faststart"},
    ).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    info = probe(path)
    reader = Reader(info)
    found = [(d.index, number_of(info, d)) for d in reader]
    assert 10 < len(found) < FRAMES - 5
    assert all(index == number for index, number in found[:-5])
    assert any("truncated" in warning for warning in reader.losses.warnings(info))


def test_damaged_in_the_middle(movies: dict[str, Path], tmp_path: Path) -> None:
    data = bytearray(movies["avi"].read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = np.random.default_rng(1).bytes(3000)
    path = tmp_path / "damaged.avi"
    path.write_bytes(data)
    info = probe(path)
    reader = Reader(info)
    found = list(reader)
    assert len(found) > FRAMES // 3
    assert all(a.pts < b.pts for a, b in pairwise(found))
    assert any("damaged" in warning for warning in reader.losses.warnings(info))


def test_undamaged_file_has_no_warnings(movies: dict[str, Path]) -> None:
    for path in movies.values():
        info = probe(path)
        reader = Reader(info)
        assert len(list(reader)) == FRAMES
        assert reader.losses.warnings(info) == ()


def test_a_file_without_a_decodable_frame(movies: dict[str, Path], tmp_path: Path) -> None:
    data = bytearray(movies["mp4"].read_bytes())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    path = tmp_path / "zeroed.mp4"
    path.write_bytes(data)
    with pytest.raises(VideoError, match="can be decoded"):
        probe(path)


def test_cancel(movies: dict[str, Path]) -> None:
    reader = Reader(probe(movies["mp4"]))
    frames = iter(reader)
    next(frames)
    reader.cancel()
    assert len(list(frames)) < FRAMES - 1


def threads() -> int:
    return sum(thread.name == "decode" for thread in threading.enumerate())


def test_read_ahead_yields_everything_in_order() -> None:
    with ReadAhead(range(1000), 3) as items:
        assert list(items) == list(range(1000))
    assert threads() == 0


def test_read_ahead_is_bounded() -> None:
    made = []

    def source() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with ReadAhead(source(), 4) as items:
        assert next(items) == 0
        threading.Event().wait(0.3)
        assert 4 <= len(made) <= 6
    assert threads() == 0


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_read_ahead_ends_when_the_consumer_fails(error: type[BaseException]) -> None:
    cancelled = []

    def consume() -> None:
        with ReadAhead(iter(range(100)), 2, lambda: cancelled.append(1)) as items:
            next(items)
            raise error

    with pytest.raises(error):
        consume()
    assert threads() == 0
    assert cancelled == [1]


def test_read_ahead_reraises_errors() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise VideoError("broken")

    with ReadAhead(source(), 2) as items:
        assert next(items) == 1
        with pytest.raises(VideoError, match="broken"):
            next(items)
        with pytest.raises(StopIteration):
            next(items)
    assert threads() == 0


def test_read_ahead_ends_when_dropped() -> None:
    items = ReadAhead(iter(range(100)), 2)
    thread = items._thread
    next(items)
    del items
    gc.collect()
    thread.join(5)
    assert not thread.is_alive()
