"""Sizes of picture files, stated before anything is decoded."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ClustererError
from clusterer.core.picture_size import MOST_PX, is_decodable, picture_size
from clusterer.gallery.photographs import decode_photograph, read_photograph

OF = {
    "jpg": [],
    "progressive.jpg": [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_RST_INTERVAL, 1],
    "png": [],
    "bmp": [],
    "tiff": [],
    "lossy.webp": [cv2.IMWRITE_WEBP_QUALITY, 50],
    "lossless.webp": [cv2.IMWRITE_WEBP_QUALITY, 101],
}
SIDE = 32_000


def encoded(kind: str, width: int = 301, height: int = 97) -> bytes:
    rng = np.random.default_rng(7)
    image = rng.integers(0, 255, (height, width, 3), np.uint8)
    done, content = cv2.imencode(f".{kind.rpartition('.')[2]}", image, OF[kind])
    assert done
    return content.tobytes()


@pytest.mark.parametrize("kind", OF)
def test_the_size_is_that_of_the_decoded_picture(kind: str) -> None:
    content = encoded(kind)
    assert picture_size(content) == (301, 97)
    image = decode_photograph(content)
    assert image is not None
    assert image.shape == (97, 301, 3)


def test_the_extended_webp_states_its_canvas() -> None:
    plain = encoded("lossless.webp")
    canvas = struct.pack("<I", 0) + (300).to_bytes(3, "little") + (96).to_bytes(3, "little")
    chunks = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + canvas + plain[12:]
    content = b"RIFF" + struct.pack("<I", len(chunks)) + chunks
    assert picture_size(content) == (301, 97)
    assert decode_photograph(content) is not None


def bombs() -> dict[str, bytes]:
    """Pictures of 32,000 x 32,000 px, by their first bytes."""
    big, webp = struct.pack(">II", SIDE, SIDE), struct.pack("<HH", 16383, 16383)
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", SIDE, SIDE) + b"\x03"
    small = b"\xff\xc0\x00\x11\x08\x00\x01\x00\x01\x03"
    sides = [struct.pack("<HHII", tag, 4, 1, SIDE) for tag in (256, 257)]
    few = [struct.pack("<HHII", tag, 4, 1, 9) for tag in (256, 257)]
    tiles = [struct.pack("<HHII", tag, 4, 1, SIDE) for tag in (322, 323)]
    head = b"II*\0\x08\0\0\0"
    return {
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + big,
        "jpeg": b"\xff\xd8" + frame,
        "jpeg with a stuffed zero": b"\xff\xd8\xff\x00\x00\x10" + frame + b"\0" * 4 + small,
        "jpeg with fill bytes": b"\xff\xd8\xff\xff\xff" + frame,
        "bmp": b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, SIDE, -SIDE),
        "tiff": head + struct.pack("<H", 2) + b"".join(sides),
        "tiff, said twice": head + struct.pack("<H", 4) + b"".join([*sides, *few]),
        "tiff of tiles": head + struct.pack("<H", 4) + b"".join([*few, *tiles]),
        "webp": b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + webp,
        "not one of these": b"P6 32000 32000 255\n",
        "tiff of long sides": head + struct.pack("<HHHIIHHII", 2, 256, 16, 1, 9, 257, 16, 1, 9),
        "nothing": b"",
    }


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_not_decoded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", pytest.fail)
    content = bombs()[name]
    assert not is_decodable(content)
    assert decode_photograph(content) is None


def test_the_user_is_told_the_size(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(bombs()["png"])
    with pytest.raises(
        ClustererError, match=r"a\.png has too many pixels \(32000 x 32000\)"
    ) as told:
        read_photograph(tmp_path / "a.png")
    assert told.value.remedy == "Make it smaller: at most 100,000,000 pixels"


def test_as_many_pixels_as_are_allowed() -> None:
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
    assert is_decodable(header + struct.pack(">II", MOST_PX, 1))
    assert not is_decodable(header + struct.pack(">II", MOST_PX + 1, 1))
    assert not is_decodable(header + struct.pack(">II", 0, 1))


@given(st.sampled_from(sorted(OF)), st.integers(0, 60), st.binary(max_size=30))
def test_any_bytes_are_measured_or_refused(kind: str, at: int, more: bytes) -> None:
    size = picture_size(encoded(kind)[:at] + more)
    assert size is None or min(size) >= 0
