"""Dissolves, and cuts between the fields of a frame: the middle is a mixture of both ends.

Three pictures at equal distances are compared. If the first and the last have different layouts,
and the middle one is a linear mixture of both, then one shot dissolves into another: in a pan the
middle picture is a third one. The contrast of the mixture is lower than that of its parts, whose
differences average out, and no single step is as large as the whole change, unlike at a hard cut.
Several distances are tried: a short one finds the mixed picture of a cut between two fields, longer
ones find short and long dissolves.

The limits were chosen on dissolves of 1 to 48 frames between shots of the ten labelled clips,
against the pictures within their shots; `python -m benchmarks media cuts` measures the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clusterer.core.config import ShotConfig
from clusterer.media.shots.layout import (
    BLANK,
    LEAST_AREA,
    SAME_LAYOUT,
    UNCHANGED,
    Layout,
    active_area,
    any_same,
    changes_widely,
    correlation,
    mean_change,
    moved_correlation,
)
from clusterer.media.shots.measured import Measured

BETWEEN_FIELDS = 2
"""Distance in pictures at which a cut between two fields looks like a dissolve."""

_LEAST_CHANGE = 6.0
"""Mean change from the first to the last picture, grey levels."""
_LEAST_PART = 0.2
"""Part of either end in the middle."""
_LEAST_EXPLAINED = 0.4
"""Part of what the nearer end leaves unexplained in the middle that both ends explain."""
_MOST_VARIANCE = 0.95
"""Variance of the middle, relative to the mean of both ends."""
_LEAST_LOSS = 2.5
"""Part of the variance that the middle lacks, times the change in grey levels: the less changes,
the more must be lost."""
_MOST_STEP = 0.75
"""Largest step in between, relative to the whole change."""
AROUND = 4
"""Pictures before and after, of which two with the same layout show that the change went back."""
_MOVED = 0.85
"""Correlation of the ends, moved, from which the camera has moved instead."""
_NOISE = 1.0
"""Variance of the noise of a cell, grey levels squared."""


@dataclass(frozen=True, slots=True)
class Dissolve:
    """How much a picture looks like the middle of a dissolve.

    Attributes
    ----------
    score : 0 = it does not; at most 2, largest in the middle
    distance : of the three pictures that were compared
    """

    score: float
    distance: int


NO_DISSOLVE = Dissolve(0.0, 0)


def dissolve_at(
    pictures: Sequence[Measured], position: int, distances: Sequence[int], config: ShotConfig
) -> Dissolve:
    """Look for a dissolve with its middle at a picture.

    Parameters
    ----------
    pictures
        In order.
    position
        Of the picture.
    distances
        Those that reach beyond an end of the sequence are left out.
    config
        Limits.

    Returns
    -------
    Dissolve
        The best one; of equally good ones that of the shortest distance.
    """
    best = NO_DISSOLVE
    for distance in distances:
        if distance <= position < len(pictures) - distance:
            score = _score(pictures[position - distance : position + distance + 1])
            if score > best.score and not _is_motion_or_light(
                pictures, position, distance, config.min_ratio
            ):
                best = Dissolve(score, distance)
    return best


def _is_motion_or_light(
    pictures: Sequence[Measured], position: int, distance: int, min_ratio: float
) -> bool:
    """Whether the change is as fast before or after, or goes back."""
    first, last = position - distance, position + distance
    before = [one.layout for one in pictures[max(0, first - AROUND) : first + 1]]
    after = [one.layout for one in pictures[last : last + 1 + AROUND]]
    area = active_area(before[-1], after[0])
    if moved_correlation(before[-1].within(area), after[0].within(area)) >= _MOVED:
        return True
    if distance == BETWEEN_FIELDS:
        around = [
            mean_change(one, other)
            for one, other in ((before[-1], before[-5:][0]), (after[0], after[:5][-1]))
        ]
        if mean_change(before[-1], after[0]) < min_ratio * sum(around) / 2:
            return True
    return any_same([one.within(area) for one in before], [one.within(area) for one in after])


def _score(pictures: Sequence[Measured]) -> float:
    """Compare the two ends and the middle."""
    first, middle, last = (pictures[i].layout for i in (0, len(pictures) // 2, -1))
    if not first.cells.shape == middle.cells.shape == last.cells.shape:
        return 0.0
    whole = correlation(first, last)
    if whole >= UNCHANGED or not _changes_gradually(pictures):
        return 0.0
    area = active_area(first, last)
    if area is None and whole >= SAME_LAYOUT:
        return 0.0
    first, middle, last = (layout.within(area) for layout in (first, middle, last))
    same = correlation(first, last)
    if same >= SAME_LAYOUT or not changes_widely(first, last):
        return 0.0
    if not _loses_variance(first, middle, last):
        return 0.0
    return (1 - same) * _explained(first, middle, last)


def _changes_gradually(pictures: Sequence[Measured]) -> bool:
    change = mean_change(pictures[0].layout, pictures[-1].layout)
    if change < _LEAST_CHANGE * LEAST_AREA:
        return False
    most = _MOST_STEP * change
    return all((one.step or 0.0) <= most for one in pictures[1:])


def _loses_variance(first: Layout, middle: Layout, last: Layout) -> bool:
    if min(first.contrast, last.contrast) < BLANK:
        return False
    variance = 2 * middle.energy / (first.energy + last.energy)
    change = mean_change(first, last)
    return (
        change >= _LEAST_CHANGE
        and variance <= _MOST_VARIANCE
        and (1 - variance) * change >= _LEAST_LOSS
    )


def _explained(first: Layout, middle: Layout, last: Layout) -> float:
    """Part of the middle that only a mixture explains, 0 to 1; 0 if it is too small."""
    noise = middle.cells.size * _NOISE
    # A little noise in the parts keeps the equations regular.
    a, b = first.energy + noise / 10, last.energy + noise / 10
    ab = float(np.vdot(first.centred, last.centred))
    am = float(np.vdot(first.centred, middle.centred))
    bm = float(np.vdot(last.centred, middle.centred))
    determinant = a * b - ab * ab
    of_first = (am * b - bm * ab) / determinant
    of_last = (bm * a - am * ab) / determinant
    if min(of_first, of_last) < _LEAST_PART:
        return 0.0
    by_both = middle.energy - of_first * am - of_last * bm
    by_one = middle.energy - max(am * am / a, bm * bm / b)
    explained = 1 - (by_both + noise) / (by_one + noise)
    return explained if explained >= _LEAST_EXPLAINED else 0.0
