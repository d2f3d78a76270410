"""A sweep as CSV, as JSON, and as tables for the terminal."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from clusterer.core.cells import guarded
from clusterer.tuning.picks import Cost, Group, best, best_at, costs, most_precise, reaches
from clusterer.tuning.sweep import POOLED, Row

KEYS = ("clip", "method", "metric", "threshold", "is_default")
DECIMALS = {"l2": 2, "cosine": 4}
"""Decimals of a threshold, by metric."""

COLUMNS = (
    ("threshold", 9),
    ("P", 6),
    ("R", 6),
    ("F", 6),
    ("assigned P", 10),
    ("people", 9),
    ("unknown", 7),
)


def to_csv(rows: Sequence[Row]) -> str:
    """CSV (RFC 4180) of every row with every ratio; ratios that a clip lacks are empty."""
    names = list(dict.fromkeys(name for row in rows for name in row.ratios))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*KEYS, *names])
    for row in rows:
        plain = _plain(row)
        writer.writerow([guarded(_cell(plain.get(name))) for name in [*KEYS, *names]])
    return text.getvalue()


def to_json(rows: Sequence[Row], groups: Sequence[Group], precision: float) -> str:
    """JSON of the picks, their costs on other clips, and every row."""
    content = {
        "precision": precision,
        "picks": [
            {
                "method": group.method,
                "metric": group.metric,
                "best": _plain(group.best),
                "best_at_precision_pooled": group.precise and _plain(group.precise),
                "best_at_precision_on_every_clip": group.precise_everywhere
                and _plain(group.precise_everywhere),
                "default": _plain(group.pooled.default),
                "clips": [
                    {
                        "clip": curve.clip,
                        "best": _plain(best(curve.rows)),
                        "best_at_precision": (row := best_at(curve.rows, precision))
                        and _plain(row),
                    }
                    for curve in group.clips
                ],
                "costs": [asdict(cost) for cost in costs(group)],
            }
            for group in groups
        ],
        "rows": [_plain(row) for row in rows],
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def _plain(row: Row) -> dict[str, Any]:
    """A row as one flat object; NaN becomes None."""
    ratios = {name: _finite(value) for name, value in row.ratios.items()}
    return {**{key: getattr(row, key) for key in KEYS}, **ratios}


def _finite(value: float) -> float | int | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return round(value, 9)


def _cell(value: object) -> object:
    if value is None:
        return ""
    return int(value) if isinstance(value, bool) else value


def figures(row: Row) -> tuple[str, ...]:
    """Cells of a row, as in `COLUMNS`."""
    r = row.ratios
    ratios = [r["b_cubed_precision"], r["b_cubed_recall"], row.f, row.assigned_precision]
    return (
        f"{row.threshold:.{DECIMALS[row.metric]}f}",
        *(ratio(value) for value in ratios),
        f"{r['people_found']} / {r['people_true']}",
        ratio(r["unknown_share"]),
    )


def ratio(value: float) -> str:
    """A ratio with three decimals, or a dash for NaN."""
    return "\N{EN DASH}" if math.isnan(value) else f"{value:.3f}"


def picks(group: Group, precision: float) -> tuple[tuple[str, Row | None], ...]:
    """The picks among the pooled rows by label; None if no threshold qualifies."""
    named: list[tuple[str, Row | None]] = [("best F", group.best)]
    if len(group.clips) == 1:
        named.append((at_precision(precision), group.precise))
    else:
        named += [
            (f"{at_precision(precision)}, pooled", group.precise),
            (f"{at_precision(precision)}, every clip", group.precise_everywhere),
        ]
    return (*named, ("default", group.pooled.default))


def at_precision(precision: float) -> str:
    """Label of the careful pick."""
    return f"best F, assigned P ≥ {precision:g}"


def unreached(group: Group, precision: float) -> str:
    """Explain why no threshold reaches the precision on every clip."""
    short = []
    for curve in group.clips:
        row = most_precise(curve.rows)
        if row is None:
            short.append(f"no face of {curve.clip} is assigned")
        elif not reaches(row, precision):
            found = ratio(row.assigned_precision)
            short.append(f"{curve.clip} reaches at most {found}, at {figures(row)[0]}")
    return "; ".join(short) or "each clip reaches it, but at different thresholds"


def text(groups: Sequence[Group], chosen: Group, precision: float) -> str:
    """Tables for a terminal.

    Parameters
    ----------
    groups
        Each becomes a table.
    chosen
        The group that is also listed clip by clip, with the costs on other clips.
    precision
        Least precision of assigned faces for the careful picks.
    """
    n = len(chosen.clips)
    lines = [
        f"{n} clips, pooled: P, R and F are B-cubed over all labelled faces of all clips together."
        if n > 1
        else f"{chosen.clips[0].clip}: P, R and F are B-cubed over all its labelled faces.",
        "Assigned P is the precision of assigned faces. Ties go to the lower threshold.",
    ]
    for group in groups:
        lines += ["", *_table(f"{group.method}, {group.metric}", picks(group, precision))]
        if group.precise_everywhere is None:
            lines.append(f"  ({unreached(group, precision)})")
    if n > 1:
        title = f"{chosen.method}, {chosen.metric}: each clip by itself"
        lines += ["", *_table(title, _clip_lines(chosen, precision))]
        lines += ["", *_cost_lines(chosen)]
    return "\n".join(lines)


def _clip_lines(group: Group, precision: float) -> Iterable[tuple[str, Row | None]]:
    for curve in group.clips:
        yield f"{curve.clip}: best F", best(curve.rows)
        yield f"{curve.clip}: {at_precision(precision)}", best_at(curve.rows, precision)
        yield f"{curve.clip}: default", curve.default


def _table(title: str, lines: Iterable[tuple[str, Row | None]]) -> list[str]:
    rows = list(lines)
    width = max(len(title) - 2, *(len(label) for label, _ in rows))
    table = [f"{title:<{width + 2}}" + "".join(f"  {name:>{w}}" for name, w in COLUMNS)]
    for label, row in rows:
        cells = ["not reached"] if row is None else _aligned(figures(row))
        table.append(f"  {label:<{width}}  " + "  ".join(cells))
    return table


def _aligned(cells: tuple[str, ...]) -> list[str]:
    return [f"{cell:>{width}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True)]


def cost_columns(group: Group) -> tuple[str, ...]:
    """Columns of `costs`: the clips and, if there are several, the pool."""
    names = tuple(curve.clip for curve in group.clips)
    return (*names, POOLED) if len(names) > 1 else names


def source_name(cost: Cost, metric: str) -> str:
    """Label of a cost: the source of the threshold, and the threshold."""
    return f"{cost.source} ({cost.threshold:.{DECIMALS[metric]}f})"


def _cost_lines(group: Group) -> list[str]:
    found = costs(group)
    columns = cost_columns(group)
    names = [source_name(cost, group.metric) for cost in found]
    title = f"{group.method}, {group.metric}: F at the best threshold of ..."
    width = max(len(name) for name in names)
    lines = [title, f"  {'':<{width}}" + "".join(f"  {name:>8}" for name in columns)]
    for name, cost in zip(names, found, strict=True):
        cells = [
            f"  {value:>{max(8, len(c))}.3f}" for value, c in zip(cost.f, columns, strict=True)
        ]
        lines.append(f"  {name:<{width}}" + "".join(cells))
    return lines
