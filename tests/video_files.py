"""Small videos for tests, written by PyAV. Every frame shows its number."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from clusterer.core.types import ImageArray

WIDTH_PX, HEIGHT_PX = 160, 96
BITS = 10
_TILE_PX = 16
_IDENTITY = b"".join(v.to_bytes(4, "big") for v in (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30))


def picture(
    number: int, scene: int = 0, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX
) -> ImageArray:
    """Top row: the number in black and white tiles, low bit first; below: the scene's blocks."""
    blocks = np.random.default_rng(scene).integers(0, 256, (6, 10, 3))
    tile_rows, tile_columns = -(-height_px // 6), -(-width_px // 10)
    image = np.kron(blocks, np.ones((tile_rows, tile_columns, 1), np.int64))[:height_px, :width_px]
    for bit in range(BITS):
        value = 255 if number >> bit & 1 else 0
        image[:_TILE_PX, bit * _TILE_PX : (bit + 1) * _TILE_PX] = value
    return image.astype(np.uint8)


def read_number(image: ImageArray) -> int:
    """Number that a picture shows."""
    middles = image[_TILE_PX // 2, _TILE_PX // 2 : BITS * _TILE_PX : _TILE_PX].mean(axis=1)
    return sum(int(middle > 127) << bit for bit, middle in enumerate(middles))


def write_video(
    path: Path,
    pictures: Iterable[ImageArray],
    *,
    rate: Fraction = Fraction(24),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    pts: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
    aspect: Fraction | None = None,
) -> Path:
    """Write a video; `pts` are in frames of `rate`, `aspect` is the shape of a pixel."""
    with av.open(str(path), "w", options=container_options or {}) as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.pix_fmt = pixel_format
        stream.codec_context.time_base = 1 / rate
        for index, image in enumerate(pictures):
            if not index:
                stream.height, stream.width = image.shape[:2]
                if aspect is not None:
                    stream.codec_context.sample_aspect_ratio = aspect
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts = index if pts is None else pts[index]
            frame.time_base = 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def film_of(size: int) -> bytes:
    """A video of `size` bytes, mostly padding (ISO 14496-12, a free box)."""
    with tempfile.TemporaryDirectory() as folder:
        content = write_video(Path(folder) / "a.mp4", [picture(0)] * 2).read_bytes()
    padding = size - len(content)
    return (
        content + padding.to_bytes(4, "big") + b"free" + bytes(i % 256 for i in range(padding - 8))
    )


def write_sound(path: Path) -> Path:
    """Write half a second of silence."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def set_display_matrix(path: Path, a: int, b: int, c: int, d: int) -> None:
    """Change the display matrix of an MP4's only track (ISO 14496-12, tkhd version 0)."""
    data = path.read_bytes()
    at = data.index(b"tkhd") + 4 + 40
    assert data[at : at + 36] == _IDENTITY
    values = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    matrix = b"".join(v.to_bytes(4, "big", signed=True) for v in values)
    path.write_bytes(data[:at] + matrix + data[at + 36 :])
