"""Hard cuts: one large change from a picture to the next.

PySceneDetect's AdaptiveDetector (B. Castellano, BSD-3-Clause): the change is large, and large
relative to its neighbours on both sides, unlike camera motion. It is measured over blue, green and
red instead of hue, saturation and value, two of which a grey picture lacks. In addition, if a
picture after the change has the layout of one before it, it was a change of light, a flash or
damage, not a cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from clusterer.core.config import ShotConfig
from clusterer.media.shots.layout import (
    LEAST_AREA,
    UNCHANGED,
    Area,
    active_area,
    changes_widely,
    correlation,
    moved_correlation,
)
from clusterer.media.shots.measured import Measured, neighbours, same_layout_around

_OVER_LARGEST = 1.8
"""Smallest ratio of the change to the largest of its neighbours. Where pictures are repeated the
mean is small between large steps. 2.0 or more at 128 of the 129 cuts of the labelled clips, with
bars or without; a dissolve is found at the other one."""

_CUT = 0.75
"""Correlation with the previous picture, moved, up to which a picture can begin a shot: at most
0.74 at 125 of the 129 cuts of the labelled clips."""
_MOTION = 0.9
"""That of two pictures of one shot: 0.93 or more in the pans and zooms of `media cuts`."""


def is_hard_cut(pictures: Sequence[Measured], position: int, config: ShotConfig) -> bool:
    """Whether a shot begins with a picture by a hard cut.

    Parameters
    ----------
    pictures
        In order; at the ends of the sequence it is compared with the neighbours that there are.
    position
        Of the picture.
    config
        Limits and window.
    """
    step = pictures[position].step
    if step is None or step < config.min_content * LEAST_AREA:
        return False
    before, after = pictures[position - 1].layout, pictures[position].layout
    if before.cells.shape != after.cells.shape:
        return True
    if correlation(before, after) >= UNCHANGED:
        return False
    area = active_area(before, after)
    before, after = before.within(area), after.within(area)
    share = after.cells.size / pictures[position].layout.cells.size
    if step < config.min_content * share or not changes_widely(before, after):
        return False
    return not same_layout_around(pictures, position, config, area) and (
        _stands_out(pictures, position, config) or _ends_motion(pictures, position, config, area)
    )


def _stands_out(pictures: Sequence[Measured], position: int, config: ShotConfig) -> bool:
    """Whether the change is much larger than its neighbours, or, without any, is no motion."""
    step = pictures[position].step or 0.0
    around = _steps_around(pictures, position, config)
    if not around:
        return moved_correlation(pictures[position - 1].layout, pictures[position].layout) < _MOTION
    mean = sum(around) / len(around)
    return step >= config.min_ratio * mean and step >= _OVER_LARGEST * max(around)


def _ends_motion(
    pictures: Sequence[Measured], position: int, config: ShotConfig, area: Area | None
) -> bool:
    """Whether the picture is no moved copy of the one before, but the neighbours are."""
    first, last = neighbours(pictures, position, config)
    first, last = max(0, first - 1, position - 2), min(last, position + 1)
    before = [one.layout.within(area) for one in pictures[first:position]]
    after = [one.layout.within(area) for one in pictures[position : last + 1]]
    return moved_correlation(before[-1], after[0]) <= _CUT and all(
        moved_correlation(*pair) >= _MOTION for pair in (before, after) if len(pair) == 2
    )


def _steps_around(pictures: Sequence[Measured], position: int, config: ShotConfig) -> list[float]:
    first, last = neighbours(pictures, position, config)
    around = (*pictures[first:position], *pictures[position + 1 : last + 1])
    return [one.step for one in around if one.step is not None]
