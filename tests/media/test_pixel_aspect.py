"""Pixels that are not square: faces are found in square ones, boxes are in stored ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from clusterer.core.config import AnalysisConfig, Config, VideoConfig
from clusterer.core.types import Analysis, ImageArray, VideoInfo
from clusterer.media import probe
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from clusterer.pipeline.process import process
from tests.conftest import DEMO
from tests.video_files import picture, set_display_matrix, write_video

ENCODED = {"qp": "6", "preset": "veryfast", "bf": "2"}
SECOND = Config(AnalysisConfig(video=VideoConfig(end_s=1.0)))


def squeezed(path: Path, shown: ImageArray, size: tuple[int, int], aspect: Fraction) -> Path:
    """A video that stores a picture at another size, and says which shape its pixels have."""
    stored = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    return write_video(path, [stored] * 3, aspect=aspect, options=ENCODED)


def first_picture(info: VideoInfo) -> ImageArray:
    return Converter(*info.square_px, 160).rgb(next(iter(Reader(info))).raw)


@pytest.mark.parametrize(
    ("size", "aspect", "square"),
    [
        ((180, 120), Fraction(32, 27), (213, 120)),  # a quarter of NTSC at 16:9
        ((180, 120), Fraction(8, 9), (180, 135)),  # NTSC at 4:3
        ((180, 144), Fraction(64, 45), (256, 144)),  # PAL at 16:9
        ((180, 144), Fraction(16, 15), (192, 144)),  # PAL at 4:3
        ((360, 270), Fraction(4, 3), (480, 270)),  # HDV
        ((88, 120), Fraction(20, 11), (160, 120)),  # half D1
        ((88, 144), Fraction(32, 11), (256, 144)),  # half D1 at 16:9
        ((160, 180), Fraction(2), (320, 180)),
        ((320, 90), Fraction(1, 2), (320, 180)),  # one field of two
        ((320, 180), Fraction(1), (320, 180)),
    ],
)
def test_shapes_in_use(
    tmp_path: Path, size: tuple[int, int], aspect: Fraction, square: tuple[int, int]
) -> None:
    shown = picture(5, 0, *square)
    info = probe(squeezed(tmp_path / "a.mp4", shown, size, aspect))
    assert (info.width_px, info.height_px) == size
    assert info.square_px == square
    assert info.pixel_aspect == aspect
    image = first_picture(info)
    assert image.shape == shown.shape
    assert np.abs(image.astype(int) - shown.astype(int)).mean() < 12


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "ts", "avi"])
def test_every_container_states_it(tmp_path: Path, ending: str) -> None:
    info = probe(
        squeezed(tmp_path / f"a.{ending}", picture(5, 0, 240, 96), (160, 96), Fraction(3, 2))
    )
    assert info.pixel_aspect == Fraction(3, 2)


@pytest.mark.parametrize(
    "aspect",
    [Fraction(1, 1000), Fraction(1000), Fraction(5), Fraction(1, 5), Fraction(854, 853)],
)
def test_shapes_that_cannot_be_meant_are_square(tmp_path: Path, aspect: Fraction) -> None:
    info = probe(squeezed(tmp_path / "a.mp4", picture(5), (160, 96), aspect))
    assert info.pixel_aspect == 1
    assert info.square_px == (160, 96)


@pytest.mark.parametrize("stated", [(0, 1), (1, 0), (0, 0)])
def test_a_shape_of_nothing_is_square(tmp_path: Path, stated: tuple[int, int]) -> None:
    path = squeezed(tmp_path / "a.mp4", picture(5), (160, 96), Fraction(4, 3))
    content = path.read_bytes()
    shape = b"pasp" + b"".join(n.to_bytes(4, "big") for n in (4, 3))
    assert content.count(shape) == 1
    shape = b"pasp" + b"".join(n.to_bytes(4, "big") for n in stated)
    path.write_bytes(content.replace(b"pasp" + content.partition(b"pasp")[2][:8], shape))
    with av.open(str(path)) as container:  # the codec's own statement counts where there is one
        own = container.streams.video[0].codec_context.sample_aspect_ratio
    assert probe(path).pixel_aspect == (Fraction(own.numerator, own.denominator) if own else 1)


def test_the_container_comes_before_the_codec(tmp_path: Path) -> None:
    path = squeezed(tmp_path / "a.mp4", picture(5), (160, 96), Fraction(4, 3))
    shape = b"pasp" + b"".join(n.to_bytes(4, "big") for n in (4, 3))
    other = b"pasp" + b"".join(n.to_bytes(4, "big") for n in (3, 2))
    path.write_bytes(path.read_bytes().replace(shape, other))
    assert probe(path).pixel_aspect == Fraction(3, 2)


@pytest.mark.parametrize("matrix", [(0, 1, -1, 0), (0, -1, 1, 0), (-1, 0, 0, -1)])
def test_rotated(tmp_path: Path, matrix: tuple[int, int, int, int]) -> None:
    shown = picture(5, 0, 240, 96)
    path = squeezed(tmp_path / "a.mp4", shown, (160, 96), Fraction(3, 2))
    set_display_matrix(path, *matrix)
    info = probe(path)
    turns = {(0, 1, -1, 0): -1, (0, -1, 1, 0): 1, (-1, 0, 0, -1): 2}[matrix]
    upright = np.rot90(shown, turns)
    assert info.square_px == (upright.shape[1], upright.shape[0])
    assert info.pixel_aspect == (Fraction(3, 2) if turns == 2 else Fraction(2, 3))
    assert (info.width_px, info.height_px) == ((160, 96) if turns == 2 else (96, 160))
    image = first_picture(info)
    assert np.abs(image.astype(int) - upright.astype(int)).mean() < 12


def test_fine_lines_of_a_high_picture_are_averaged(tmp_path: Path) -> None:
    """Half of the width, as in half D1, but all lines: they do not flicker in what flow follows."""
    lines = np.zeros((576, 352, 3), np.uint8)
    lines[::2] = 255
    path = write_video(tmp_path / "a.mp4", [lines], aspect=Fraction(32, 11), options={"qp": "0"})
    info = probe(path)
    small = Converter(*info.square_px, 160).grey(0, 0, next(iter(Reader(info))).raw)
    assert small.picture.std() < 60


def test_grey_pictures_are_square(tmp_path: Path) -> None:
    info = probe(squeezed(tmp_path / "a.mp4", picture(5, 0, 400, 200), (100, 200), Fraction(4)))
    raw = next(iter(Reader(info))).raw
    small = Converter(*info.square_px, 160).grey(0, 0, raw)
    assert small.picture.shape == (160, 320)
    assert small.scale == pytest.approx(320 / 400)


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Analysis]:
    """One second of the sample film, in square pixels and in pixels of 2:1 and 1:2."""
    folder = tmp_path_factory.mktemp("aspects")
    info = probe(DEMO)
    converter = Converter(*info.square_px, 160)
    frames = islice(Reader(info), 60, 84)  # a face fills half of the picture
    images = [converter.rgb(decoded.raw) for decoded in frames]
    found = {}
    for name, size, aspect in (
        ("square", (640, 360), None),
        ("wide", (320, 360), Fraction(2)),
        ("high", (640, 180), Fraction(1, 2)),
    ):
        stored = [cv2.resize(image, size, interpolation=cv2.INTER_AREA) for image in images]
        path = write_video(folder / f"{name}.mp4", stored, aspect=aspect, options=ENCODED)
        found[name] = process(path, SECOND, folder / f"{name}.people").result.analysis
    return found


@pytest.mark.parametrize("name", ["wide", "high"])
def test_boxes_are_in_stored_pixels(analysed: dict[str, Analysis], name: str) -> None:
    square, other = analysed["square"], analysed[name]
    assert len(other.detections) == len(square.detections) > 0
    scale = np.array(
        [other.video.width_px / square.video.width_px, other.video.height_px / 360], np.float32
    )
    difference_px = np.abs(other.detections.boxes - square.detections.boxes * np.tile(scale, 2))
    assert difference_px.max() < 6
    landmarks_px = np.abs(other.detections.landmarks - square.detections.landmarks * scale)
    assert np.nanmax(landmarks_px) < 6
    sides = other.detections.boxes.max(axis=0)
    assert (sides[2], sides[3]) <= (other.video.width_px, other.video.height_px)


@pytest.mark.parametrize("name", ["wide", "high"])
def test_faces_are_those_of_square_pixels(analysed: dict[str, Analysis], name: str) -> None:
    square, other = analysed["square"], analysed[name]
    between = square.chip_embeddings.mean(axis=0) - other.chip_embeddings.mean(axis=0)
    assert np.linalg.norm(between) < 0.25


@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
def test_a_shape_that_changes(tmp_path: Path, codec: str) -> None:
    """Broadcasts change between 4:3 and 16:9; what follows is fitted into the first shape."""
    parts = [(0, Fraction(4, 3)), (20, Fraction(1)), (40, Fraction(4, 3))]
    options = {"libx264": ENCODED, "mpeg2video": {"b": "9000000"}}[codec]
    joined = b""
    for first, aspect in parts:
        drawn = [picture(first + i, 0, 120, 90) for i in range(20)]
        path = tmp_path / f"{first}.ts"
        joined += write_video(path, drawn, codec=codec, aspect=aspect, options=options).read_bytes()
    (tmp_path / "a.ts").write_bytes(joined)
    info = probe(tmp_path / "a.ts")
    assert info.square_px == (160, 90)
    converter = Converter(*info.square_px, 160)
    seen = {decoded.index: decoded.raw for decoded in Reader(info)}
    if codec == "mpeg2video" and len(seen) < 60:
        pytest.skip("this FFmpeg loses frames where MPEG-2 streams are joined")
    assert len(seen) == 60
    for index, raw in seen.items():
        wide = not 20 <= index < 40
        image, motion = converter.rgb(raw), converter.grey(index, 0, raw).picture
        assert image.shape == (90, 160, 3)
        assert motion.shape == (90, 160)
        bars = [image[:, :18], image[:, 142:], motion[:, :18], motion[:, 142:]]
        assert all((bar.max() > 8) == wide for bar in bars), index
        inner = image if wide else image[:, 20:140]
        expected = cv2.resize(picture(index, 0, 120, 90), inner.shape[1::-1])
        assert np.abs(inner.astype(int) - expected.astype(int)).mean() < 14


def joined(tmp_path: Path, *parts: tuple[tuple[int, int], Fraction | None]) -> list[ImageArray]:
    """Pictures of a transport stream of parts of ten frames, each of a size and an aspect."""
    content = b""
    for size, aspect in parts:
        drawn = [picture(5, 0, *size)] * 10
        path = write_video(tmp_path / "part.ts", drawn, aspect=aspect, options=ENCODED)
        content += path.read_bytes()
    (tmp_path / "a.ts").write_bytes(content)
    info = probe(tmp_path / "a.ts")
    assert info.square_px == (240, 96)
    return [Converter(240, 96, 160).rgb(decoded.raw) for decoded in Reader(info)]


def test_what_states_no_shape_is_square_after_a_join(tmp_path: Path) -> None:
    images = joined(tmp_path, ((160, 96), Fraction(3, 2)), ((160, 96), None))
    bars = [max(image[:, :36].max(), image[:, 204:].max()) for image in images]
    assert [bar < 16 for bar in bars] == [False] * 10 + [True] * 10


def test_a_size_of_the_same_shape_that_changes(tmp_path: Path) -> None:
    images = joined(tmp_path, ((160, 96), Fraction(3, 2)), ((240, 96), Fraction(1)))
    assert len(images) == 20
    assert all(image[:, :20].max() > 100 < image[:, 220:].max() for image in images)
