"""What the algorithms compare: the layout of a picture, without bars that do not change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from clusterer.core.types import ImageArray

SAME_LAYOUT = 0.8
"""Correlation from which two pictures have the same layout. On the ten labelled clips it is at most
0.66 from the last picture before a cut to the first one after it."""
UNCHANGED = 0.97
"""Correlation from which nothing but bars and detail can have changed: at most 0.96 at the cuts of
the labelled clips between patterned pillars."""
_COLUMNS = 40
"""Width of a layout in cells: averaging 4x4 px of a picture 160 px wide tolerates small motion and
noise."""
_STATIC_LEVEL = 4.0
"""Change of a cell up to which it is static, grey levels: noise and compression."""
_UNIFORM_LEVEL = 8.0
"""Difference from the median of its row or column up to which a cell is uniform, grey levels."""
_STATIC_SHARE = 0.85
"""Share of the cells of a row or column that are static or uniform; the others may show a logo."""
_PATTERNED = 0.25
"""Share of the width or height that a patterned bar takes at most on each side: pillars of 4:3 in
16:9 take an eighth. A uniform bar has no limit but `LEAST_AREA`."""
_CHANGED_SHARE = 0.45
"""Share of the cells between the bars that change at least at a cut; fewer are a caption, or one
person who moves. 0.52 or more at the cuts of the labelled clips, with bars added or without; 0.48
or more with a quarter of the light, but for one."""
LEAST_AREA = 0.25
"""Share of the width and of the height that remains at least."""
BLANK = 2.0
"""Contrast below which a picture is blank, grey levels."""

_Cells: TypeAlias = npt.NDArray[np.float32]
Area: TypeAlias = tuple[slice, slice]
"""Rows and columns of a layout."""
_Bars: TypeAlias = tuple[int, int, int, int]
"""Rows at the top and at the bottom, columns at the left and at the right."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A picture in a few grey cells.

    Attributes
    ----------
    cells : array of shape (rows, columns), float32, 0 to 255
    centred : the same without their mean
    energy : sum of the squares of `centred`
    """

    cells: _Cells
    centred: _Cells
    energy: float

    @staticmethod
    def of(picture: ImageArray) -> Layout:
        """Reduce a picture.

        Parameters
        ----------
        picture : array of shape (h, w, 3), uint8, BGR
        """
        height, width = picture.shape[:2]
        columns = min(_COLUMNS, width)
        rows = max(1, min(height, round(height * columns / width)))
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        cells = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
        return _layout(np.asarray(cells, np.float32))

    @property
    def contrast(self) -> float:
        """Standard deviation of the cells, grey levels."""
        return float(np.sqrt(self.energy / self.cells.size))

    def within(self, area: Area | None) -> Layout:
        """The part of a layout in an area; None = all of it."""
        return self if area is None else _layout(self.cells[area])


def _layout(cells: _Cells) -> Layout:
    values = np.ascontiguousarray(cells, np.float32)
    # What `mean` computes, in half the time.
    centred = values - np.float32(float(np.add.reduce(values, axis=None)) / values.size)
    return Layout(values, centred, float(np.vdot(centred, centred)))


def correlation(a: Layout, b: Layout) -> float:
    """Correlation of two layouts, -1 to 1; 0 if one is uniform or their sizes differ."""
    if a.cells.shape != b.cells.shape:
        return 0.0
    energy = a.energy * b.energy
    return float(np.vdot(a.centred, b.centred)) / energy**0.5 if energy > 0 else 0.0


def any_same(before: Sequence[Layout], after: Sequence[Layout]) -> bool:
    """Whether a layout of one group is the same as one of the other; begins with the nearest."""
    return any(
        correlation(earlier, later) >= SAME_LAYOUT
        for earlier in reversed(before)
        for later in after
    )


def mean_change(a: Layout, b: Layout) -> float:
    """Mean absolute difference of the cells, grey levels; 255 if the sizes differ."""
    if a.cells.shape != b.cells.shape:
        return 255.0
    return float(cv2.norm(a.cells, b.cells, cv2.NORM_L1)) / a.cells.size


def moved_correlation(a: Layout, b: Layout) -> float:
    """Largest correlation of the middle of a layout with any place in another, -1 to 1.

    So camera motion of up to a fifth of the picture does not matter.
    """
    rows, columns = b.cells.shape
    if a.cells.shape != b.cells.shape or min(a.contrast, b.contrast) < BLANK:
        return 0.0
    top, left = rows // 5, columns // 5
    middle = np.ascontiguousarray(b.cells[top : rows - top, left : columns - left])
    return float(cv2.matchTemplate(a.cells, middle, cv2.TM_CCOEFF_NORMED).max())


def changes_widely(a: Layout, b: Layout) -> bool:
    """Whether as much of a layout changes as at a cut, and not only a caption or a person.

    Parameters
    ----------
    a, b
        Of the same size, without bars.
    """
    static = np.count_nonzero(np.abs(a.cells - b.cells) <= _STATIC_LEVEL)
    return bool(static <= (1 - _CHANGED_SHARE) * a.cells.size)


def active_area(a: Layout, b: Layout) -> Area | None:
    """The cells inside the bars that both pictures have; None if there are no bars.

    A bar consists of rows or columns at the border that are the same in both pictures. If most
    cells inside are the same, too, then little has moved, and the border is no bar.

    Parameters
    ----------
    a, b
        Of the same size.
    """
    static = np.abs(a.cells - b.cells) <= _STATIC_LEVEL
    if not _has_static_border(static):
        return None
    bars = _bars(static)
    if not any(bars) or _changed(static, bars) < _CHANGED_SHARE:
        return None
    # Fewer rows of bars leave a smaller share that changes.
    top, bottom, left, right = bars
    rows, columns = a.cells.shape
    uniform = (
        _uniform(a.cells[:top], rows),
        _uniform(a.cells[::-1][:bottom], rows),
        _uniform(a.cells.T[:left], columns),
        _uniform(a.cells.T[::-1][:right], columns),
    )
    return _area(static, uniform) if _changed(static, uniform) >= _CHANGED_SHARE else None


def _has_static_border(static: npt.NDArray[np.bool_]) -> bool:
    """Whether a bar can begin at any of the four borders: at few pictures, and quick to see."""
    borders = (static[0], static[-1], static[:, 0], static[:, -1])
    return any(int(np.count_nonzero(one)) >= _STATIC_SHARE * one.size for one in borders)


def _bars(static: npt.NDArray[np.bool_]) -> _Bars:
    """Static rows and columns at the borders; none in a direction in which too few remain."""
    return *_ends(static.sum(axis=1), static.shape[1]), *_ends(static.sum(axis=0), static.shape[0])


def _ends(counts: npt.NDArray[np.int64], length: int) -> tuple[int, int]:
    moving = np.flatnonzero(counts < _STATIC_SHARE * length)
    if not len(moving):
        return 0, 0
    first, last = int(moving[0]), int(moving[-1])
    return (
        (first, len(counts) - 1 - last) if last + 1 - first >= LEAST_AREA * len(counts) else (0, 0)
    )


def _uniform(bar: _Cells, total: int) -> int:
    """Rows of a bar, from the outside, until one is neither near the border nor uniform."""
    for row in range(int(_PATTERNED * total), len(bar)):
        level = _median(bar[row])
        near = np.count_nonzero(np.abs(bar[row] - level) <= _UNIFORM_LEVEL)
        if near < _STATIC_SHARE * bar[row].size:
            return row
    return len(bar)


def _median(values: _Cells) -> np.float32:
    """As NumPy's, which imports ``numpy.ma`` when it is first called: 0.04 s of each process."""
    ordered, half = np.sort(values), len(values) // 2
    return np.float32(ordered[[(len(values) - 1) // 2, half]].mean())


def _area(cells: npt.NDArray[Any], bars: _Bars) -> Area:
    top, bottom, left, right = bars
    rows, columns = cells.shape
    return slice(top, rows - bottom), slice(left, columns - right)


def _changed(static: npt.NDArray[np.bool_], bars: _Bars) -> float:
    """Share of the cells between the bars that change."""
    inside = static[_area(static, bars)]
    return 1 - np.count_nonzero(inside) / inside.size
