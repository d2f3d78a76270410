"""A still as a file: cut out, encoded, and with its metadata inside.

Sources: Metadata Working Group, "Guidelines for Handling Image Metadata" 2.0, chapter 5, for
regions; Adobe, "XMP Specification Part 3: Storage in Files", for their place in JPEG and PNG.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import cv2
import numpy as np

from clusterer.core.types import ClusteringResult, FloatArray, Identity, ImageArray
from clusterer.outputs.export.timeline import Timeline, one_line
from clusterer.outputs.export.xml import add
from clusterer.outputs.export.xmp import add_persons, add_size, description, packet
from clusterer.outputs.stills.choose import Form
from clusterer.outputs.stills.look import Taken, boxes_in
from clusterer.people.names import is_automatic

QUALITY = 95
"""Of JPEG."""
ENDINGS: dict[Form, str] = {"jpeg": ".jpg", "png": ".png"}
_CROP_SIDE, _CROP_LOWER = 2.6, 0.35
"""Side of a crop in heights of the face, and how far its middle is below that of the face."""
_APP1, _MOST_BYTES = b"http://ns.adobe.com/xap/1.0/\0", 0xFFFF - 2
_KEYWORD = b"XML:com.adobe.xmp\0\0\0\0\0"
"""Of a chunk iTXt: not compressed, no language, no translation."""


@dataclass(frozen=True, slots=True)
class Region:
    """A face in a picture.

    Attributes
    ----------
    name : of the person
    box : array of shape (4,), px: left, top, right, bottom
    """

    name: str
    box: FloatArray


def cut(taken: Taken, result: ClusteringResult, *, crop: bool) -> tuple[ImageArray, list[Region]]:
    """The picture of a still, and where in it people are seen who are not hidden.

    Parameters
    ----------
    taken
    result
    crop
        Head and shoulders: a square of 2.6 times the height of the face, within the frame.

    Returns
    -------
    array of shape (height, width, 3), uint8, RGB; regions from left to right
    """
    analysis, image = result.analysis, taken.image
    rows = np.flatnonzero(analysis.detections.pts == taken.still.pts)
    boxes = boxes_in(taken, analysis.detections.boxes[rows])
    left = top = 0
    if crop:
        (own,) = boxes[rows == taken.still.row]
        left, top, side = _square(own, image)
        image = image[top : top + side, left : left + side]
    boxes = boxes - np.array([left, top, left, top])
    size = np.array([image.shape[1], image.shape[0]])
    names = {track: who.name for who in _shown(result, taken) for track in who.track_ids}
    regions = [
        Region(one_line(names[track]), np.clip(box, 0, np.tile(size, 2)))
        for row, box in zip(rows, boxes, strict=True)
        if (track := int(analysis.track_of_row[row])) in names
        and ((box[:2] + box[2:]) / 2 >= 0).all()
        and ((box[:2] + box[2:]) / 2 <= size).all()
    ]
    return image, sorted(regions, key=lambda region: (*region.box[:2].tolist(), region.name))


def encoded(image: ImageArray, form: Form, xmp: bytes = b"") -> bytes:
    """A picture as a file.

    Parameters
    ----------
    image : array of shape (height, width, 3), uint8, RGB
    form
    xmp
        A packet to embed; empty = none. In a JPEG, it must not be longer than `fits` allows.
    """
    options = {
        "jpeg": [cv2.IMWRITE_JPEG_QUALITY, QUALITY],
        "png": [cv2.IMWRITE_PNG_COMPRESSION, 6],
    }
    bgr = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2BGR)
    _, made = cv2.imencode(ENDINGS[form], bgr, options[form])
    content = made.tobytes()
    if not xmp:
        return content
    return (_in_jpeg if form == "jpeg" else _in_png)(content, xmp)


def fits(xmp: bytes, form: Form) -> bool:
    """Whether a packet can be embedded."""
    return form != "jpeg" or len(_APP1) + len(xmp) <= _MOST_BYTES


def still_xmp(
    taken: Taken, image: ImageArray, regions: Sequence[Region], timeline: Timeline
) -> bytes:
    """The metadata of a still: who is in it, and where.

    Parameters
    ----------
    taken
    image
        The picture that is written, from `cut`.
    regions
        Likewise.
    timeline
        Of the film, for its name.

    Returns
    -------
    A packet of XMP: ``mwg-rs:Regions``, ``Iptc4xmpExt:PersonInImage``, film and timecode
    """
    root = description()
    about = root[0][0]
    add(about, "dc:source", f"{timeline.name} {taken.still.timecode}")
    add_persons(about, [region.name for region in regions])
    if regions:
        _add_regions(about, image, regions)
    return packet(root)


def _add_regions(about: ET.Element, image: ImageArray, regions: Sequence[Region]) -> None:
    height_px, width_px = image.shape[:2]
    whole = add(about, "mwg-rs:Regions", **{"rdf:parseType": "Resource"})
    add_size(whole, "mwg-rs:AppliedToDimensions", width_px, height_px)
    bag = add(add(whole, "mwg-rs:RegionList"), "rdf:Bag")
    for region in regions:
        facts = {"mwg-rs:Type": "Face"}
        if not is_automatic(region.name):
            facts["mwg-rs:Name"] = region.name
        one = add(add(bag, "rdf:li"), "rdf:Description", **facts)
        left, top, right, bottom = (region.box / np.tile([width_px, height_px], 2)).tolist()
        area = {
            "x": (left + right) / 2,
            "y": (top + bottom) / 2,
            "w": right - left,
            "h": bottom - top,
        }
        texts = {f"stArea:{key}": f"{value:.6f}" for key, value in area.items()}
        add(one, "mwg-rs:Area", **texts, **{"stArea:unit": "normalized"})


def _shown(result: ClusteringResult, taken: Taken) -> list[Identity]:
    return [who for who in result.people if not who.hidden or who.id == taken.still.person.id]


def _square(box: FloatArray, image: ImageArray) -> tuple[int, int, int]:
    """Left, top and side of the square around a face, px, within the picture."""
    rows, columns = image.shape[:2]
    height = float(box[3] - box[1])
    side = max(1, min(round(_CROP_SIDE * height), rows, columns))
    x, y = (float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2 + _CROP_LOWER * height)
    left = min(max(round(x - side / 2), 0), columns - side)
    return left, min(max(round(y - side / 2), 0), rows - side), side


def _in_jpeg(content: bytes, xmp: bytes) -> bytes:
    """With a segment APP1 behind the first, which is APP0 of JFIF."""
    at = 2
    if content[2:4] == b"\xff\xe0":
        at += 2 + int.from_bytes(content[4:6], "big")
    data = _APP1 + xmp
    return content[:at] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data + content[at:]


def _in_png(content: bytes, xmp: bytes) -> bytes:
    """With a chunk iTXt behind the first chunk, IHDR."""
    at = 8 + 12 + int.from_bytes(content[8:12], "big")
    data = b"iTXt" + _KEYWORD + xmp
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return content[:at] + chunk + content[at:]
