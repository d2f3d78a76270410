"""Read a folder of garments: pictures, masks, kinds, and which pictures show one garment."""

from __future__ import annotations

import csv
import tarfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields
from io import TextIOWrapper
from pathlib import Path, PureWindowsPath

import cv2
import numpy as np
import numpy.typing as npt

from clusterer.core.errors import DataError
from clusterer.core.files import is_file, open_file, read_file, special_kind
from clusterer.core.picture_size import is_decodable
from clusterer.core.types import ImageArray, IntArray

LABELS = "labels.csv"
BACKGROUNDS = "backgrounds"
REMEDY = f"Give a folder with {LABELS} (file, mask, type) and the pictures, or TAR files of them"
HASH_PX = 8
MAX_BITS_APART = 6
"""Pictures whose difference hashes (64 bits) differ by no more show one garment."""


@dataclass(frozen=True, slots=True, eq=False)
class Garments:
    """Pictures of clothes, all of one size.

    Attributes
    ----------
    pictures : array of shape (n, S, S, 3), uint8, RGB
    masks : array of shape (n, S, S), uint8, 255 = garment; all 255 where there is no mask
    has_mask : array of shape (n,), bool
    kinds : array of shape (n,), int64, index into `kind_names`
    groups : array of shape (n,), int64, equal for near duplicates
    parts : array of shape (n,), str, the first folder of each file
    backgrounds : array of shape (k, S, S, 3), uint8, pictures of anything but the garments
    kind_names : sorted; the empty name stands for no label
    """

    pictures: ImageArray
    masks: ImageArray
    has_mask: npt.NDArray[np.bool_]
    kinds: IntArray
    groups: IntArray
    parts: npt.NDArray[np.str_]
    backgrounds: ImageArray
    kind_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, rows: IntArray) -> Garments:
        """Some of the pictures, with all backgrounds."""
        kept = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in ("pictures", "masks", "has_mask", "kinds", "groups", "parts"):
            kept[name] = kept[name][rows]
        return Garments(**kept)


def read_garments(folder: Path, parts: Sequence[str] = (), size_px: int = 160) -> Garments:
    """Read pictures and labels.

    Parameters
    ----------
    folder
        Holds ``labels.csv`` with the columns file (``part/name.jpg``), mask (may be empty) and
        type, and each part as a folder or as ``part.tar``. Pictures in ``backgrounds/`` (in any
        part's TAR too) are backgrounds of garments.
    parts
        First folders of the files to read; empty = all.
    size_px
        Side to which pictures are scaled.

    Returns
    -------
    Garments in the order of ``labels.csv``

    Raises
    ------
    DataError
        Something is missing or cannot be read.
    """
    rows = [row for row in _labels(folder) if not parts or _part(row["file"]) in parts]
    found = {_part(row["file"]) for row in rows}
    if missing := sorted(set(parts) - found):
        raise DataError(f"{folder / LABELS} names no {', '.join(missing)}", REMEDY)
    with ExitStack() as stack:
        store = _Store(folder, sorted(found), stack)
        pictures = [store.picture(row["file"], size_px) for row in rows]
        masks = [store.mask(row.get("mask") or "", size_px) for row in rows]
        behind = [store.picture(name, size_px) for name in store.names(BACKGROUNDS)]
    names = tuple(sorted({row.get("type") or "" for row in rows}))
    shape = (-1, size_px, size_px, 3)
    stacked = np.array(pictures, dtype=np.uint8).reshape(shape)
    return Garments(
        pictures=stacked,
        masks=np.array(masks, dtype=np.uint8).reshape(shape[:3]),
        has_mask=np.array([bool(row.get("mask")) for row in rows]),
        kinds=np.array([names.index(row.get("type") or "") for row in rows], dtype=np.int64),
        groups=near_duplicates(stacked),
        parts=np.array([_part(row["file"]) for row in rows]),
        backgrounds=np.array(behind, dtype=np.uint8).reshape(shape),
        kind_names=names,
    )


def near_duplicates(pictures: ImageArray) -> IntArray:
    """Group near duplicates, transitively, by the number of the first picture.

    Near duplicates have difference hashes (N. Krawetz, "Kind of like that", 2013) at most
    `MAX_BITS_APART` bits apart. Shops show one garment in many sizes; its pictures on both sides of
    a split would make any network look good.

    Parameters
    ----------
    pictures : array of shape (n, S, S, 3), uint8

    Returns
    -------
    array of shape (n,), int64
    """
    size = (HASH_PX + 1, HASH_PX)
    small = [cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in pictures]
    grey = np.array([cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in small], dtype=np.int16)
    grey = grey.reshape(-1, HASH_PX, HASH_PX + 1)
    signs = np.where(np.diff(grey, axis=2) > 0, 1.0, -1.0).reshape(len(grey), -1)
    group = np.arange(len(grey))
    for row in range(len(grey)):
        apart = (signs.shape[1] - signs[:row] @ signs[row]) / 2
        for other in np.unique(group[:row][apart <= MAX_BITS_APART]).tolist():
            group[group == group[row]] = min(other, group[row])
            group[group == other] = group[row]
    return group.astype(np.int64)


def split(garments: Garments, share: float, seed: int) -> tuple[IntArray, IntArray]:
    """Split into training and held-out rows, with no garment on both sides.

    Parameters
    ----------
    garments : n pictures
    share
        Share of the groups to hold out, 0 to 1.
    seed
        Of the random choice.

    Returns
    -------
    train, held_out : sorted rows
    """
    groups = np.unique(garments.groups)
    picked = np.random.default_rng(seed).permutation(groups)[: round(share * len(groups))]
    held_out = np.isin(garments.groups, picked)
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def _labels(folder: Path) -> list[dict[str, str]]:
    try:
        with TextIOWrapper(open_file(folder / LABELS), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(folder / LABELS, error) from None
    if not rows or not all(row.get("file") for row in rows):
        raise DataError(f"{folder / LABELS} has no rows, or some without file", REMEDY)
    return rows


def _unreadable(path: Path, error: Exception) -> DataError:
    cause = error.strerror.lower() if isinstance(error, OSError) and error.strerror else error
    return DataError(f"Cannot read {path} ({cause})", REMEDY)


def _part(name: str) -> str:
    return name.partition("/")[0]


def _leads_out(name: str) -> bool:
    """Whether a name leads outside the folder, on this or another system."""
    path = PureWindowsPath(name)  # accepts both kinds of slashes
    return bool(path.anchor) or ".." in path.parts


class _Store:
    """Files of a data folder, in folders or in TAR files."""

    def __init__(self, folder: Path, parts: Sequence[str], stack: ExitStack) -> None:
        self._folder = folder
        self._members: dict[str, tuple[tarfile.TarFile, tarfile.TarInfo]] = {}
        for path in (folder / f"{part}.tar" for part in (*parts, BACKGROUNDS)):
            if is_file(path) or special_kind(path):  # anything else is refused
                self._open(path, stack)

    def _open(self, path: Path, stack: ExitStack) -> None:
        try:
            file = stack.enter_context(open_file(path))
            tar = stack.enter_context(tarfile.TarFile(fileobj=file))
            self._members |= {m.name: (tar, m) for m in tar.getmembers() if m.isfile()}
        except (OSError, tarfile.TarError) as error:
            raise _unreadable(path, error) from None

    def names(self, part: str) -> list[str]:
        """Names of the pictures of a part, sorted."""
        unpacked = {f"{part}/{path.name}" for path in (self._folder / part).glob("*.jpg")}
        packed = {name for name in self._members if _part(name) == part}
        return sorted(unpacked | packed)

    def picture(self, name: str, size_px: int) -> ImageArray:
        read = self._read(name, size_px, cv2.IMREAD_COLOR)
        return cv2.cvtColor(read, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)

    def mask(self, name: str, size_px: int) -> ImageArray:
        if not name:
            return np.full((size_px, size_px), 255, dtype=np.uint8)
        return self._read(name, size_px, cv2.IMREAD_GRAYSCALE)

    def _read(self, name: str, size_px: int, mode: int) -> ImageArray:
        packed = self._bytes(name)
        readable = is_decodable(packed)
        image = cv2.imdecode(np.frombuffer(packed, np.uint8), mode) if readable else None
        if image is None:
            raise DataError(f"{self._folder / name} is not a picture", REMEDY)
        small = cv2.resize(image, (size_px, size_px), interpolation=cv2.INTER_AREA)
        return small.astype(np.uint8, copy=False)

    def _bytes(self, name: str) -> bytes:
        if name in self._members:
            tar, member = self._members[name]
            packed = tar.extractfile(member)
            return packed.read() if packed else b""
        if _leads_out(name):
            raise DataError(f"{self._folder / LABELS} names {name}, which is not in there", REMEDY)
        try:
            return read_file(self._folder / name)
        except OSError as error:
            raise _unreadable(self._folder / name, error) from None
