"""What is drawn over a frame, in every format, and that nothing else changes."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
import pytest

from clusterer.core.types import VideoInfo
from clusterer.media.picture import turned
from clusterer.media.veil import STRONGEST, Patch, Style, _averaged, place, planar, veiled

WIDTH_PX, HEIGHT_PX = 128, 96
PATCH = Patch(50, 40, 20, 24)


def noise(pixel_format: str) -> av.VideoFrame:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3)).astype(np.uint8)
    return av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixel_format)


def planes(frame: av.VideoFrame) -> list[npt.NDArray[np.int64]]:
    wide = 1 if planar(frame.format.name)[0].deep == 8 else 2
    return [
        np.frombuffer(plane, np.uint8)
        .reshape(plane.height, plane.line_size)[:, : plane.width * wide]
        .view(np.uint8 if wide == 1 else "<u2")
        .astype(np.int64)
        for plane in frame.planes
    ]


def radius(shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Distance of each pixel from the middle of the ellipse, in half axes."""
    x, y = WIDTH_PX / shape[1], HEIGHT_PX / shape[0]
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    distance: npt.NDArray[np.float64] = np.hypot(
        (columns * x - PATCH.x) / PATCH.across, (rows * y - PATCH.y) / PATCH.down
    )
    return distance


@pytest.mark.parametrize(
    "pixel_format",
    ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv411p", "gray", "yuv420p10le", "yuv422p12le"],
)
@pytest.mark.parametrize("style", list(Style))
def test_only_the_patch_changes(pixel_format: str, style: Style) -> None:
    raw = noise(pixel_format)
    before = planes(raw)
    frame = veiled(raw, [(PATCH, 0)], style)
    assert (frame.width, frame.height, frame.format.name) == (WIDTH_PX, HEIGHT_PX, pixel_format)
    for old, still, new in zip(before, planes(raw), planes(frame), strict=True):
        assert (old == still).all()
        away = radius(old.shape)
        outside = away > (1.5 if style is Style.BOX else 1.3)
        assert (old[outside] == new[outside]).all()
        inside = away < 0.8
        # noise becomes nearly flat: a few mean values
        assert new[inside].std() < old[inside].std() / 2
        if style is Style.BOX:
            assert len(np.unique(new[inside])) == 1


@pytest.mark.parametrize("style", [Style.BLUR, Style.PIXELATE])
def test_stronger_is_flatter(style: Style) -> None:
    raw = noise("yuv420p")
    spread = []
    for strength in range(STRONGEST + 1):
        luma = planes(veiled(raw, [(PATCH, strength)], style))[0]
        spread.append(luma[radius(luma.shape) < 0.9].std())
    assert spread == sorted(spread, reverse=True)


def test_nothing_but_mean_values_is_left() -> None:
    """Two pictures with the same means give the same picture: no way back."""
    flat = np.full((HEIGHT_PX, WIDTH_PX), 100, np.uint8)
    striped = flat.copy()
    striped[::2], striped[1::2] = 60, 140
    one, other = (
        planes(veiled(av.VideoFrame.from_ndarray(each, format="gray"), [(PATCH, 3)], Style.BLUR))[0]
        for each in (flat, striped)
    )
    inside = radius(one.shape) < 1
    assert np.abs(one - other)[inside].max() <= 1


@pytest.mark.parametrize(
    "patch", [Patch(-5, -5, 20, 20), Patch(140, 100, 20, 20), Patch(64, 48, 500, 500)]
)
def test_beyond_the_edges(patch: Patch) -> None:
    for style in Style:
        frame = veiled(noise("yuv420p"), [(patch, 0)], style)
        assert frame.width == WIDTH_PX
    away = veiled(noise("yuv420p"), [(Patch(-500, 0, 3, 3), 0)], Style.BOX)
    assert all((a == b).all() for a, b in zip(planes(away), planes(noise("yuv420p")), strict=True))


@pytest.mark.parametrize(
    "name", ["rgb24", "nv12", "pal8", "yuyv422", "yuv420p10be", "gbrp", "monow"]
)
def test_other_formats_are_converted_first(name: str) -> None:
    assert planar(name) == ()


@pytest.mark.parametrize("way", [(t, x, y) for t in (0, 1) for x in (0, 1) for y in (0, 1)])
def test_places_in_a_turned_picture(way: tuple[int, int, int]) -> None:
    """A white block in the stored picture, boxed as shown, is found again as stored."""
    transpose, mirror_x, mirror_y = map(bool, way)
    stored = np.zeros((90, 60, 1), np.uint8)
    stored[10:30, 5:21] = 255
    shown = turned(stored, transpose, mirror_x, mirror_y)
    rows, columns = np.nonzero(shown[:, :, 0])
    box = [float(columns.min()), float(rows.min()), columns.max() + 1.0, rows.max() + 1.0]
    info = VideoInfo("a", shown.shape[1], shown.shape[0], Fraction(25), Fraction(1, 25), 0, 1.0)
    patch = place(box, info, (transpose, mirror_x, mirror_y), 2.0)
    assert patch == (13, 20, 16, 20)


@pytest.mark.parametrize("shape", [(3, 9), (95, 101), (96, 160), (583, 461)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_cells_have_the_mean_of_their_pixels(shape: tuple[int, int], kind: type) -> None:
    """In a picture that becomes brighter, up to the pixels that no cell needs."""
    region = np.add.outer(np.arange(shape[0]), np.arange(shape[1])).astype(np.float64)
    region *= 200 / region.max()
    across, down = 5, 3
    cells = [np.array_split(row, across, axis=1) for row in np.array_split(region, down)]
    means = np.array([[cell.mean() for cell in row] for row in cells])
    found = _averaged(region.round().astype(kind), (across, down))
    assert found.dtype == kind
    assert found.shape == (down, across)
    assert np.abs(found - means).max() <= (40 if min(shape) < 10 else 4)
