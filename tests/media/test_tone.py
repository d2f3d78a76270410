"""HDR and wide gamuts are seen as an SDR screen shows them; matrices and ranges are as stated."""

from __future__ import annotations

import tempfile
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ResultError
from clusterer.core.types import ImageArray
from clusterer.media import probe
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from clusterer.media.tone import FORMAT, Colours, ToSdr, colours_of, to_bt709, to_sdr
from tests.video_files import picture, write_video

PQ, HLG = Colours(16, 9), Colours(18, 9)
WIDE, P3 = Colours(0, 9), Colours(0, 12)
EVERY = (PQ, HLG, WIDE, P3)
states_colours = pytest.mark.skipif(
    not hasattr(VideoFrame, "color_trc"), reason="PyAV states the colours of frames from 17 on"
)


def shown(code: float, colours: Colours) -> float:
    """The grey that an SDR screen shows for a grey."""
    (row,) = to_sdr(np.full((1, 3), code), colours)
    assert np.ptp(row) < 1e-3, "a grey stays grey"
    return float(row[1])


@pytest.mark.parametrize(
    ("colours", "code", "expected"),
    [
        # ST 2084: 100 cd/m² is code 0.5081, 203 is 0.5807, 1000 is 0.7518.
        (PQ, 0.0, 0.0),
        (PQ, 0.508078, (100 / 203) ** (1 / 2.4)),
        (PQ, 0.580689, 0.9029 ** (1 / 2.4)),  # Möbius at 1 by hand
        (PQ, 0.751827, 1.0),
        (PQ, 1.0, 1.0),
        (HLG, 0.0, 0.0),
        (HLG, 0.75, 0.9029 ** (1 / 2.4)),  # BT.2408: 75 % is the white of 203 cd/m²
        (HLG, 1.0, 1.0),
        (WIDE, 0.5, 0.5),
        (WIDE, 1.0, 1.0),
        (P3, 0.5, 0.5),
    ],
)
def test_greys_by_hand(colours: Colours, code: float, expected: float) -> None:
    assert shown(code, colours) == pytest.approx(expected, abs=2e-3)


def test_primaries_of_bt2020() -> None:
    # ITU-R BT.2087-0, annex 2
    expected = [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
    np.testing.assert_allclose(to_bt709(9), expected, atol=2e-4)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(EVERY))
def test_brighter_stays_brighter(a: float, b: float, colours: Colours) -> None:
    low, high = sorted((a, b))
    assert shown(low, colours) <= shown(high, colours) + 1e-9


@given(st.tuples(*[st.floats(0, 1)] * 3), st.sampled_from(EVERY))
def test_every_colour_can_be_shown(code: tuple[float, float, float], colours: Colours) -> None:
    (row,) = to_sdr(np.array([code]), colours)
    assert np.isfinite(row).all()
    assert ((row >= 0) & (row <= 1)).all()


@pytest.mark.parametrize("colours", EVERY)
def test_the_table_is_the_function(colours: Colours) -> None:
    ramps = np.linspace(0, 1, 60)
    codes = np.stack(np.meshgrid(ramps, ramps[::4], ramps[::4]), axis=-1).reshape(-1, 1, 3)
    image = np.rint(codes * 65535).astype(np.uint16)
    found = ToSdr(colours, 1, len(image)).convert(VideoFrame.from_ndarray(image, format=FORMAT))
    expected = 255 * to_sdr(codes[:, 0], colours)
    difference = np.abs(found[:, 0].astype(float) - expected)
    assert difference.mean() < 1.5
    grey = np.ptp(codes[:, 0], axis=1) == 0
    assert difference[grey].max() < 3


def test_the_file_of_the_table_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ToSdr(PQ, 8, 8)
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_for_it_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(ResultError, match="Cannot write a temporary file") as caught:
        ToSdr(PQ, 8, 8)
    assert "TMPDIR" in caught.value.remedy


def graded(sdr: ImageArray, colours: Colours) -> ImageArray:
    """A picture as HDR with a white of 203 cd/m²: the inverse of `to_sdr` by search, per grey."""
    codes = np.linspace(0, 1, 4001)
    greys = to_sdr(np.repeat(codes[:, None], 3, axis=1), colours)[:, 1]
    found = codes[np.searchsorted(greys, sdr / 255).clip(0, len(codes) - 1)]
    return np.rint(found * 255).astype(np.uint8)


@states_colours
@pytest.mark.parametrize(
    ("transfer", "colours"), [("smpte2084", PQ), ("arib-std-b67", HLG), ("bt709", WIDE)]
)
@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv420p"])
def test_videos(tmp_path: Path, transfer: str, colours: Colours, pixel_format: str) -> None:
    grey = np.repeat(picture(5)[:, :, :1], 3, axis=2)
    options = {"color_trc": transfer, "color_primaries": "bt2020", "colorspace": "bt2020nc"}
    path = write_video(
        tmp_path / "a.mp4",
        [graded(grey, colours)] * 3,
        pixel_format=pixel_format,
        options={"qp": "4", **options},
    )
    info = probe(path)
    raw = next(iter(Reader(info))).raw
    assert colours_of(raw) is not None
    converter = Converter(*info.square_px, 80)
    image = converter.rgb(raw).astype(int)
    assert np.abs(image - grey).mean() < 6
    assert image.shape == grey.shape
    small = converter.small(raw).astype(int)
    assert np.abs(small.mean() - grey.mean()) < 6
    motion = converter.grey(0, 0, raw).picture.astype(int)
    assert np.abs(motion - grey[:, :, 0]).mean() < 6


@states_colours
def test_colours_of_wide_gamuts(tmp_path: Path) -> None:
    # Skin of BT.709, (200, 140, 110), by the inverse of BT.2087's matrix in linear light.
    skin = (np.array([200, 140, 110]) / 255) ** 2.4
    code = (np.linalg.inv(to_bt709(9)) @ skin) ** (1 / 2.4)
    image = np.broadcast_to(np.rint(code * 255).astype(np.uint8), (96, 160, 3))
    options = {"color_trc": "bt2020-10", "color_primaries": "bt2020", "colorspace": "bt2020nc"}
    path = write_video(
        tmp_path / "a.mp4", [np.ascontiguousarray(image)] * 2, options={"qp": "4", **options}
    )
    raw = next(iter(Reader(probe(path)))).raw
    matrix = raw.reformat(format="rgb24", src_colorspace=9, dst_colorspace=2).to_ndarray()[50, 80]
    expected = 255 * to_sdr(matrix[None] / 255, WIDE)[0]
    np.testing.assert_allclose(Converter(160, 96, 160).rgb(raw)[50, 80], expected, atol=4)


@states_colours
@pytest.mark.parametrize("transfer", [1, 2, 6, 14, 15])
@pytest.mark.parametrize("primaries", [1, 2, 5, 6])
def test_ordinary_colours_need_no_table(transfer: int, primaries: int) -> None:
    raw = VideoFrame(16, 16, "yuv420p")
    raw.color_trc, raw.color_primaries = transfer, primaries
    assert colours_of(raw) is None


def filled(luma: int, pixel_format: str = "yuv420p") -> VideoFrame:
    raw = VideoFrame(64, 48, pixel_format)
    for number, plane in enumerate(raw.planes):
        plane.update(bytes([128 if number else luma]) * plane.buffer_size)
    return raw


@pytest.mark.parametrize("matrix", range(18))
def test_every_matrix_can_be_read(matrix: int) -> None:
    raw, converter = filled(126), Converter(64, 48, 32)
    raw.colorspace = matrix
    for image in (converter.small(raw), converter.grey(0, 0, raw).picture, converter.rgb(raw)):
        assert np.abs(image.astype(int) - 128).max() <= 3
    raw = filled(126)
    raw.colorspace = matrix
    assert np.abs(Converter(64, 48, 32).rgb(raw).astype(int) - 128).max() <= 3


@pytest.mark.parametrize(
    ("pixel_format", "stated", "levels"),
    [
        ("yuv420p", 0, (16, 235)),  # not stated
        ("yuv420p", 1, (16, 235)),  # limited
        ("yuv420p", 2, (0, 255)),  # full
        ("yuvj420p", 0, (0, 255)),
        ("yuvj420p", 2, (0, 255)),
    ],
)
def test_ranges(pixel_format: str, stated: int, levels: tuple[int, int]) -> None:
    black, white = levels
    converter = Converter(64, 48, 32)
    for luma, expected in ((black, 0), ((black + white) // 2, 127), (white, 255)):
        raw = filled(luma, pixel_format)
        raw.color_range = stated
        assert np.abs(converter.rgb(raw).astype(int) - expected).max() <= 3
        assert np.abs(converter.small(raw).astype(int) - expected).max() <= 3


def test_a_stated_range_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"qp": "2"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for pts in range(3):
            raw = filled(40, "yuvj420p")
            raw.pts = pts
            container.mux(stream.encode(raw))
        container.mux(stream.encode())
    raw = next(iter(Reader(probe(path)))).raw
    assert np.abs(Converter(64, 48, 32).rgb(raw).astype(int) - 40).max() <= 3
