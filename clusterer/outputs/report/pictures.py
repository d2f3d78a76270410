"""Choose the pictures of a page within a budget in bytes.

Order: covers of people; covers of unknown tracks, up to their reserve; other pictures of people,
one person after the other in turn, first one per appearance and spread evenly in time, each with
its torso if clothing decided; the remaining unknown tracks; the remaining torsos, in the order of
the pictures. The page shows a silhouette for a face that does not fit, and leaves out a torso.
"""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

import numpy as np

from clusterer.core.picture_size import is_decodable
from clusterer.core.types import ClusteringResult, FloatArray, Identity

ReadCrop = Callable[[int], bytes | None]

MAX_PICTURE_BYTES = 5_500_000
"""Limit of all pictures of a page, as base64. With the 2 MB of text for 5,000 tracks, a page stays
under 8 MB, which mail servers and browsers still accept."""
UNKNOWN_RESERVE = 0.4
"""Share of the budget for covers of unknown tracks before people get a second picture."""
FULL_SIZE_PICTURES = 600
"""Most pictures that are not reduced: 600 crops of 6.8 kB fill the budget."""
FULL_SIZE_COVERS = 400
"""Most people whose covers are not reduced."""
SMALL_BYTES = 1500
"""Size up to which a picture is not reduced."""
SMALL_JPEG_QUALITY = 80


@dataclass
class Gallery:
    """The chosen pictures.

    Attributes
    ----------
    budget_bytes : base64 bytes in all
    pictures : detection row → base64 JPEG
    torsos : detection row → base64 JPEG of the torso below a face that is among the pictures
    spent_bytes : base64 bytes so far
    overflowed : whether a picture was left out because the budget was spent
    """

    budget_bytes: int
    pictures: dict[int, str] = field(default_factory=dict)
    torsos: dict[int, str] = field(default_factory=dict)
    spent_bytes: int = 0
    overflowed: bool = False

    def __contains__(self, row: int) -> bool:
        return row in self.pictures

    def add(self, row: int, jpeg: bytes | None, limit_bytes: int) -> bool:
        """Add a face if it fits within a limit; False if it does not."""
        return self._keep(self.pictures, row, jpeg, limit_bytes)

    def add_torso(self, row: int, jpeg: bytes | None) -> bool:
        """Add a torso if it fits the budget; False if it does not."""
        return self._keep(self.torsos, row, jpeg, self.budget_bytes)

    def _keep(
        self, pictures: dict[int, str], row: int, jpeg: bytes | None, limit_bytes: int
    ) -> bool:
        if not jpeg or row in pictures:
            return True
        size = 4 * ((len(jpeg) + 2) // 3)
        if self.spent_bytes + size > min(limit_bytes, self.budget_bytes):
            self.overflowed |= self.spent_bytes + size > self.budget_bytes
            return False
        pictures[row] = base64.b64encode(jpeg).decode("ascii")
        self.spent_bytes += size
        return True


@dataclass(frozen=True, slots=True)
class Torsos:
    """The torsos that a page may show.

    Attributes
    ----------
    read : detection row → JPEG, or None where no picture is kept
    wanted : detection rows of those that come with their faces; the others take what is left
    """

    read: ReadCrop
    wanted: Container[int]


NO_TORSOS = Torsos(lambda _row: None, ())


def choose(
    result: ClusteringResult,
    read_crop: ReadCrop,
    budget_bytes: int = MAX_PICTURE_BYTES,
    torsos: Torsos = NO_TORSOS,
) -> Gallery:
    """Choose the pictures of a page.

    Parameters
    ----------
    result
    read_crop
        Detection row → JPEG, or None if no picture is kept.
    budget_bytes
        Base64 bytes in all, including torsos.
    torsos
        Torsos to show beside the faces.

    Returns
    -------
    Gallery whose `spent_bytes` do not exceed the budget. If there are too many pictures, those of
    unknown tracks are reduced, which the page shows smaller; covers of people stay sharp.
    """
    wanted = sum(len(p.crop_rows) for p in result.people) + len(result.unknowns)
    if wanted <= FULL_SIZE_PICTURES:
        gallery = _fill(Gallery(budget_bytes), result, (read_crop,) * 3, torsos)
        if not gallery.overflowed:
            return _dress(gallery, result, torsos)

    def read_small(row: int) -> bytes | None:
        jpeg = read_crop(row)
        return shrink(jpeg) if jpeg else None

    read_cover = read_crop if len(result.people) <= FULL_SIZE_COVERS else read_small
    gallery = _fill(Gallery(budget_bytes), result, (read_cover, read_small, read_crop), torsos)
    return _dress(gallery, result, torsos)


def _fill(
    gallery: Gallery,
    result: ClusteringResult,
    read: tuple[ReadCrop, ReadCrop, ReadCrop],
    torsos: Torsos,
) -> Gallery:
    read_cover, read_unknown, read_chip = read
    unknowns = [u.cover_row for u in by_importance(result.unknowns)]
    _spend(gallery, (p.cover_row for p in result.people), read_cover, gallery.budget_bytes)
    reserve = gallery.spent_bytes + int(UNKNOWN_RESERVE * gallery.budget_bytes)
    _spend(gallery, unknowns, read_unknown, reserve)
    _spend(gallery, in_turn(result), read_chip, gallery.budget_bytes, torsos)
    _spend(gallery, unknowns, read_unknown, gallery.budget_bytes)
    return gallery


def _spend(
    gallery: Gallery,
    rows: Iterable[int],
    read: ReadCrop,
    limit_bytes: int,
    torsos: Torsos = NO_TORSOS,
) -> None:
    """Add pictures in order until one does not fit."""
    for row in rows:
        if row not in gallery and not gallery.add(row, read(row), limit_bytes):
            return
        if row in torsos.wanted and row in gallery:
            gallery.add_torso(row, torsos.read(row))


def _dress(gallery: Gallery, result: ClusteringResult, torsos: Torsos) -> Gallery:
    """Spend the rest of the budget on torsos, until one does not fit."""
    covers = [who.cover_row for who in (*result.people, *by_importance(result.unknowns))]
    for row in (*covers, *in_turn(result)):
        bare = row in gallery and row not in gallery.torsos
        if bare and not gallery.add_torso(row, torsos.read(row)):
            break
    return gallery


def by_importance(unknowns: Iterable[Identity]) -> list[Identity]:
    """Sort by screen time, longest first; ties keep their order in time."""
    return sorted(unknowns, key=lambda unknown: -unknown.screen_time_s)


def in_turn(result: ClusteringResult, among: Container[int] | None = None) -> Iterator[int]:
    """Rows of people's pictures, one person after the other in turn, longest on screen first.

    Of those that are not `among` the given, none.
    """
    pts, quality = result.analysis.detections.pts, result.analysis.quality.value
    orders = [order_of_showing(person, pts, quality, among) for person in result.people]
    for turn in zip_longest(*orders):
        yield from (row for row in turn if row is not None)


def order_of_showing(
    person: Identity,
    pts: np.typing.NDArray[np.int64],
    quality: FloatArray,
    among: Container[int] | None = None,
) -> list[int]:
    """Order a person's pictures so that every prefix is a fair summary.

    Parameters
    ----------
    person
    pts : array of shape (n,), of all detections
    quality : array of shape (n,), 0 to 1
    among : rows to choose from; None = all

    Returns
    -------
    Every such row of `crop_rows` once: first the best of each appearance, then the second best, …;
    each round is spread evenly in time. Ties are broken by row.
    """
    starts = [appearance.start_pts for appearance in person.appearances]
    groups: dict[int, list[int]] = defaultdict(list)
    rows = [row for row in person.crop_rows if among is None or row in among]
    for row in rows:
        groups[bisect_right(starts, int(pts[row]))].append(row)
    ranked = [sorted(rows, key=lambda r: (-quality[r], r)) for _, rows in sorted(groups.items())]
    order: list[int] = []
    for turn in zip_longest(*ranked):
        rows = [row for row in turn if row is not None]
        order.extend(rows[i] for i in spread(len(rows)))
    return list(dict.fromkeys(order))


def spread(count: int) -> list[int]:
    """Order 0 … count - 1 so that every prefix is spread evenly (reversed bits).

    Source: van der Corput's sequence in base 2, 1935.
    """
    bits = max(count - 1, 0).bit_length()
    if not bits:
        return list(range(count))
    reversed_bits = (int(f"{i:0{bits}b}"[::-1], 2) for i in range(1 << bits))
    return [i for i in reversed_bits if i < count]


def shrink(jpeg: bytes) -> bytes | None:
    """Reduce a picture to half its width and height; None if it cannot be read.

    JPEG decodes to half size almost for free, so this takes 0.3 ms. Equal input gives equal output
    with the same build of OpenCV.
    """
    if len(jpeg) <= SMALL_BYTES:
        return jpeg
    if not is_decodable(jpeg):
        return None
    import cv2  # noqa: PLC0415 (only long videos need it)

    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    if image is None:
        return None
    done, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, SMALL_JPEG_QUALITY])
    return bytes(encoded) if done else None
