"""Cuts through black, white or any one colour: the shot ends where the picture is blank."""

from __future__ import annotations

from collections.abc import Sequence

from clusterer.core.config import ShotConfig
from clusterer.media.shots.layout import BLANK, Layout, active_area, any_same
from clusterer.media.shots.measured import Measured, neighbours

_BEFORE = 12
"""How many pictures before the blank one the bars are looked for, where a fade is still bright."""


def is_cut_to_blank(
    pictures: Sequence[Measured], position: int, config: ShotConfig, reach: int = _BEFORE
) -> bool:
    """Whether a picture is the first blank one, apart from bars, and no flash.

    It begins the next shot, which may fade in from it.

    Parameters
    ----------
    pictures, position, config
        See `is_hard_cut`.
    reach
        How many pictures before it may decide.
    """
    layout = pictures[position].layout
    if position == 0 or _middle(layout).contrast >= BLANK:
        return False
    earlier = pictures[max(0, position - min(_BEFORE, reach))].layout
    if earlier.cells.shape != layout.cells.shape:
        return False
    area = active_area(earlier, layout)
    first, last = neighbours(pictures, position, config)
    before = pictures[max(0, first - 1) : position]
    after = pictures[position + 1 : last + 1]
    shown = [one.layout.within(area) for one in before]
    later = [one.layout.within(area) for one in after]
    if layout.within(area).contrast >= BLANK or shown[-1].contrast < BLANK:
        return False
    return not any_same(shown, [one for one in later if one.contrast >= BLANK])


def _middle(layout: Layout) -> Layout:
    """The middle ninth."""
    rows, columns = layout.cells.shape
    return layout.within(
        (slice(rows // 3, rows - rows // 3), slice(columns // 3, columns - columns // 3))
    )
