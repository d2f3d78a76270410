"""Pick the best settings, also among precise ones, and their costs on other clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clusterer.tuning.sweep import POOLED, Row

TARGET_PRECISION = 0.98
"""Least precision of assigned faces at which found people can be trusted to be one person."""

_DIGITS = 9
"""Ratios that agree to so many decimals are equal: rounding depends on the order of sums."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One method with one metric on one clip (or on all together), by ascending threshold."""

    method: str
    metric: str
    clip: str
    rows: tuple[Row, ...]

    @property
    def default(self) -> Row:
        """The row of the default threshold."""
        return next(row for row in self.rows if row.is_default)


@dataclass(frozen=True, slots=True)
class Group:
    """One method with one metric: its curves, and the picks among them.

    Attributes
    ----------
    method, metric : as in `clusterer.core.config.ClusteringConfig`
    pooled : curve over the faces of all clips together
    clips : curve of each clip
    best : greatest pooled B-cubed F
    precise : the same among the thresholds whose pooled assigned precision reaches the target; None
        if none does
    precise_everywhere : the same among the thresholds that reach it on every single clip
    """

    method: str
    metric: str
    pooled: Curve
    clips: tuple[Curve, ...]
    best: Row
    precise: Row | None
    precise_everywhere: Row | None


@dataclass(frozen=True, slots=True)
class Cost:
    """B-cubed F on each clip at a threshold that is best for one of them.

    Attributes
    ----------
    source : the clip with that best threshold, `POOLED`, or ``default``
    threshold : in the metric's unit
    f : B-cubed F on each clip, then on all together
    loss : differences to the greatest F of each clip, 0 or more
    """

    source: str
    threshold: float
    f: tuple[float, ...]
    loss: tuple[float, ...]


def best(rows: Sequence[Row]) -> Row:
    """Row of greatest B-cubed F; ties to the lower threshold."""
    return min(rows, key=lambda row: (-round(row.f, _DIGITS), row.threshold))


def reaches(row: Row, precision: float) -> bool:
    """Whether assigned faces have at least this precision; false if no face is assigned."""
    return round(row.assigned_precision, _DIGITS) >= precision


def best_at(rows: Sequence[Row], precision: float) -> Row | None:
    """Row of greatest B-cubed F among those that reach a precision; None if none does."""
    return best(enough) if (enough := [row for row in rows if reaches(row, precision)]) else None


def most_precise(rows: Sequence[Row]) -> Row | None:
    """Row of greatest precision of assigned faces, ties as in `best`; None if there are none."""
    known = [row for row in rows if row.assigned_precision == row.assigned_precision]
    if not known:
        return None
    highest = max(round(row.assigned_precision, _DIGITS) for row in known)
    return best([row for row in known if round(row.assigned_precision, _DIGITS) == highest])


def groups(rows: Sequence[Row], precision: float = TARGET_PRECISION) -> tuple[Group, ...]:
    """Sort the rows of a sweep into curves and pick the best of each.

    Parameters
    ----------
    rows
        From `clusterer.tuning.sweep`.
    precision
        Least precision of assigned faces, 0 to 1.

    Returns
    -------
    tuple of groups, in the order of the rows
    """
    curves: dict[tuple[str, str], dict[str, list[Row]]] = {}
    for row in rows:
        of_clip = curves.setdefault((row.method, row.metric), {})
        of_clip.setdefault(row.clip, []).append(row)
    return tuple(
        _group(
            tuple(
                Curve(method, metric, clip, tuple(sorted(some, key=lambda row: row.threshold)))
                for clip, some in of_clip.items()
            ),
            precision,
        )
        for (method, metric), of_clip in curves.items()
    )


def _group(curves: tuple[Curve, ...], precision: float) -> Group:
    pooled = next(curve for curve in curves if curve.clip == POOLED)
    clips = tuple(curve for curve in curves if curve.clip != POOLED)
    everywhere = [
        pooled.rows[i]
        for i in range(len(pooled.rows))
        if all(reaches(curve.rows[i], precision) for curve in clips)
    ]
    return Group(
        method=pooled.method,
        metric=pooled.metric,
        pooled=pooled,
        clips=clips,
        best=best(pooled.rows),
        precise=best_at(pooled.rows, precision),
        precise_everywhere=best(everywhere) if everywhere else None,
    )


def costs(group: Group) -> tuple[Cost, ...]:
    """B-cubed F on every clip at the best threshold of each clip, of all, and at the default.

    Returns
    -------
    tuple: one cost per clip, then the pooled one if there are several clips, then that of the
    default; the columns are the clips, then the pool (likewise)
    """
    columns = (*group.clips, group.pooled) if len(group.clips) > 1 else group.clips
    sources = [(curve.clip, best(curve.rows).threshold) for curve in columns]
    sources.append(("default", group.pooled.default.threshold))
    tops = [best(curve.rows).f for curve in columns]
    found = []
    for source, threshold in sources:
        f = tuple(_at(curve, threshold).f for curve in columns)
        loss = tuple(max(0.0, top - value) for top, value in zip(tops, f, strict=True))
        found.append(Cost(source, threshold, f, loss))
    return tuple(found)


def _at(curve: Curve, threshold: float) -> Row:
    return next(row for row in curve.rows if row.threshold == threshold)
