"""Width and height of a picture file from its first bytes, before anything is decoded.

A file of 127 KB can hold a picture of 32,000 x 32,000 px, whose decoding takes 6 GB. So pictures of
unknown origin are measured first. Sources: PNG (ISO/IEC 15948), 11.2.2; JPEG (ITU-T T.81), B.1.1,
B.2.2; Microsoft, "Bitmap Header Types"; TIFF 6.0, sections 2 and 15; "WebP Container Specification"
and RFC 6386, 9.1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

MOST_PX = 100_000_000
"""Most pixels of a picture that is decoded: 0.3 GB per copy; as many as the largest cameras have,
or a scan of 10,000 x 10,000."""
Size = tuple[int, int]
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
"""Markers of JPEG that begin a frame, with its size."""
_ALONE = {0x00, 0x01, *range(0xD0, 0xD9)}
"""Bytes behind 0xFF in JPEG that no length follows; a zero makes it no marker at all."""
_TIFF_SIDES = (256, 257), (322, 323)
"""Tags of the width and height of the picture, and of its tiles."""
_TIFF_KINDS = {3: "H", 4: "I"}


def picture_size(content: bytes) -> Size | None:
    """Size of a picture.

    Parameters
    ----------
    content : of a JPEG, PNG, BMP, TIFF or WebP file

    Returns
    -------
    width, height in px, as stored; None if it is none of these, or its size is not stated
    """
    for magic, read in _READERS.items():
        if content.startswith(magic):
            try:
                return read(content)
            except (
                struct.error,
                IndexError,
                KeyError,
            ):  # it ends too early, or has a side of another kind
                return None
    return None


def is_decodable(content: bytes) -> bool:
    """Whether a picture states a size of 1 to `MOST_PX` pixels."""
    size = picture_size(content)
    return size is not None and 0 < size[0] * size[1] <= MOST_PX


def _png(content: bytes) -> Size:
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _jpeg(content: bytes) -> Size:
    at = 2
    while True:
        at = _next_marker(content, at)
        marker = content[at + 1]
        at += 1 if marker == 0xFF else 2  # fill bytes
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 3)
            return width, height
        if marker != 0xFF and marker not in _ALONE:
            at += max(2, struct.unpack_from(">H", content, at)[0])


def _next_marker(content: bytes, at: int) -> int:
    found = content.find(b"\xff", at)
    if found < 0:
        raise IndexError
    return found


def _bmp(content: bytes) -> Size:
    (header,) = struct.unpack_from("<I", content, 14)
    width, height = struct.unpack_from("<HH" if header == 12 else "<ii", content, 18)
    return abs(width), abs(height)


def _tiff(content: bytes) -> Size:
    order = "<" if content[0] == ord("I") else ">"
    (at,) = struct.unpack_from(f"{order}I", content, 4)
    (count,) = struct.unpack_from(f"{order}H", content, at)
    found: dict[int, int] = {}
    for tag, value in _sides(content, order, at + 2, count):
        found[tag] = max(value, found.get(tag, 0))
    sizes = [(found[wide], found[high]) for wide, high in _TIFF_SIDES if {wide, high} <= {*found}]
    return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))


def _sides(content: bytes, order: str, at: int, count: int) -> Iterator[tuple[int, int]]:
    """Tag and value of each side; they have 16 or 32 bits and stand in the directory itself."""
    for place in range(at, at + 12 * count, 12):
        tag, kind = struct.unpack_from(f"{order}HH", content, place)
        if any(tag in sides for sides in _TIFF_SIDES):
            (value,) = struct.unpack_from(f"{order}{_TIFF_KINDS[kind]}", content, place + 8)
            yield tag, value


def _webp(content: bytes) -> Size:
    kind = content[12:16]
    if content[8:12] != b"WEBP":
        return 0, 0
    if kind == b"VP8X":
        wide, high = (int.from_bytes(content[at : at + 3], "little") for at in (24, 27))
        return wide + 1, high + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind != b"VP8 ":
        return 0, 0
    wide, high = struct.unpack_from("<HH", content, 26)
    return wide & 0x3FFF, high & 0x3FFF


_READERS: dict[bytes, Callable[[bytes], Size]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"\xff\xd8\xff": _jpeg,
    b"BM": _bmp,
    b"II*\0": _tiff,
    b"MM\0*": _tiff,
    b"RIFF": _webp,
}
