"""Ground truth: labelled faces of a clip, and boxes that count neither way.

``NAME.truth.csv`` has the columns ``frame, left, top, right, bottom, person`` and optionally
``kind``, with one row per visible face at a labelled frame. ``NAME.ignore.csv`` has the columns
``frame, left, top, right, bottom``. Other columns are ignored.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from clusterer.core.cells import restored
from clusterer.core.errors import TruthError
from clusterer.core.files import is_file, open_file, reading
from clusterer.core.text import brief, printable
from clusterer.core.types import FloatArray, IntArray

NOBODY_CAN_TELL = "?"
"""Stands for the person of a face that a viewer cannot identify."""

SIDES = ("left", "top", "right", "bottom")
PLACE = ("frame", *SIDES)
MOST_FRAMES = 1 << 24
"""Limit of a frame's number: a day at 194 per second. The grid lists every labelled frame."""


@dataclass(frozen=True, eq=False)
class Truth:
    """Labelled faces of one clip.

    Attributes
    ----------
    name : of the clip
    frames : array of shape (f,), int64, every labelled frame, including those without a face
    frame : array of shape (n,), int64, decoded frame of each labelled face
    boxes : array of shape (n, 4), float32, left, top, right, bottom in px
    people : n names; `NOBODY_CAN_TELL` for faces that a viewer cannot identify
    kinds : n kinds, such as ``frontal``; empty if not labelled
    ignore_frame : array of shape (m,), int64
    ignore_boxes : array of shape (m, 4), float32: a detection there counts neither way
    """

    name: str
    frames: IntArray
    frame: IntArray
    boxes: FloatArray
    people: tuple[str, ...]
    kinds: tuple[str, ...]
    ignore_frame: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    ignore_boxes: FloatArray = field(default_factory=lambda: np.zeros((0, 4), np.float32))

    def __post_init__(self) -> None:
        self._freeze("frames", np.int64, (-1,))
        self._freeze("frame", np.int64, (-1,))
        self._freeze("boxes", np.float32, (-1, 4))
        self._freeze("ignore_frame", np.int64, (-1,))
        self._freeze("ignore_boxes", np.float32, (-1, 4))
        lengths = {len(part) for part in (self.frame, self.boxes, self.people, self.kinds)}
        if len(lengths) > 1 or len(self.ignore_frame) != len(self.ignore_boxes):
            raise ValueError("Truth: one frame, box, person and kind for each face")
        if not np.isin(self.frame, self.frames).all():
            raise ValueError("Truth.frames: every frame of a face is a labelled frame")

    def _freeze(self, name: str, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> None:
        array: npt.NDArray[Any] = np.array(getattr(self, name), dtype=dtype).reshape(shape)
        array.setflags(write=False)
        object.__setattr__(self, name, array)

    @property
    def known(self) -> IntArray:
        """Rows whose person is known, shape (k,), int64."""
        rows = [row for row, who in enumerate(self.people) if who != NOBODY_CAN_TELL]
        return np.array(rows, dtype=np.int64)

    @property
    def cast(self) -> tuple[str, ...]:
        """All known people, in alphabetical order."""
        return tuple(sorted({*self.people} - {NOBODY_CAN_TELL}))


def read_truth(path: Path, ignore: Path | None = None) -> Truth:
    """Read a truth file and its ignore file.

    Parameters
    ----------
    path
        ``NAME.truth.csv``, where ``NAME`` names the clip.
    ignore
        By default ``NAME.ignore.csv`` beside it, if there is one.

    Returns
    -------
    Truth
        The labelled frames are a regular grid from 0 to the last frame of either file, with the
        greatest step that includes every frame of both.

    Raises
    ------
    TruthError
        A file is missing, lacks a column or a row, or has an invalid number.
    """
    path = Path(path)
    name = path.name.removesuffix(".csv").removesuffix(".truth")
    if ignore is None:
        beside = path.parent / f"{name}.ignore.csv"
        ignore = beside if is_file(beside) else None
    rows = _rows(path, (*PLACE, "person"))
    if not rows:
        raise TruthError(f"{path} holds no labelled face", "Give a file with a row for each face")
    where = [_place(path, line, row) for line, row in rows]
    people = [_person(path, line, row) for line, row in rows]
    ignored = [_place(i, line, row) for i in [ignore] if i for line, row in _rows(i, PLACE)]
    frame, ignore_frame = ([f for f, _ in part] for part in (where, ignored))
    return Truth(
        name=printable(name),
        frames=_grid([*frame, *ignore_frame]),
        frame=np.array(frame, np.int64),
        boxes=np.array([box for _, box in where], np.float32),
        people=tuple(people),
        kinds=tuple((row.get("kind") or "").strip() for _, row in rows),
        ignore_frame=np.array(ignore_frame, np.int64),
        ignore_boxes=np.array([box for _, box in ignored], np.float32),
    )


def _rows(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells of each row; all `columns` exist and are filled."""
    try:
        with (
            reading(path, TruthError, "Give labelled faces as CSV"),
            TextIOWrapper(open_file(path), encoding="utf-8-sig", newline="") as file,
        ):
            reader = csv.DictReader(file, strict=True)
            names = reader.fieldnames or ()
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        words = brief(error)
        raise TruthError(f"{path} is not a table of comma-separated values: {words}") from None
    missing = [column for column in columns if column not in names]
    if missing:
        raise TruthError(
            f"{path}, line 1: no column {missing[0]!r}",
            f"The first line must name the columns {', '.join(columns)}",
        )
    for line, row in rows:
        for column in columns:
            if not (row[column] or "").strip():
                raise TruthError(f"{path}, line {line}: {column} is empty")
    return rows


def _place(path: Path, line: int, row: dict[str, str]) -> tuple[int, list[float]]:
    """Frame and box of a row."""
    try:
        frame = int(row["frame"])
    except ValueError:
        shown = brief(ascii(row["frame"]), 40)
        raise TruthError(f"{path}, line {line}: frame {shown} is not a number") from None
    if not 0 <= frame < MOST_FRAMES:
        raise TruthError(f"{path}, line {line}: frame {brief(frame, 20)} is out of range")
    box = [_number(path, line, side, row[side]) for side in SIDES]
    if box[2] <= box[0] or box[3] <= box[1]:
        raise TruthError(f"{path}, line {line}: the box is empty (right <= left or bottom <= top)")
    return frame, box


def _number(path: Path, line: int, column: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not abs(number) < 1e9:
        shown = brief(repr(text), 40)
        raise TruthError(f"{path}, line {line}: {column} {shown} is not a number of pixels")
    return number


def _person(path: Path, line: int, row: dict[str, str]) -> str:
    """Name in a row, without surrounding whitespace."""
    name = restored(row["person"].strip())
    if not name.isprintable():
        raise TruthError(f"{path}, line {line}: the person's name holds a control character")
    return name


def _grid(known: Sequence[int]) -> IntArray:
    """Every labelled frame, including those without a face."""
    step = max(int(np.gcd.reduce(np.array(known, np.int64))), 1)
    return np.arange(0, max(known) + 1, step, dtype=np.int64)
