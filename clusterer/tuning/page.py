"""A sweep as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from clusterer.outputs import pages
from clusterer.tuning import tables
from clusterer.tuning.curves import curves_svg, overview_svg
from clusterer.tuning.picks import Group, best, best_at, costs
from clusterer.tuning.sweep import POOLED, Row

SHADES = (0.005, 0.02, 0.05, 0.1)
"""Losses of F above these are shaded, each darker than the one before."""

MINUS = "\N{MINUS SIGN}"
METRICS = {"l2": "L2", "cosine": "cosine"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: label and figures; no figures if no threshold qualifies."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """F at another clip's best threshold, and its loss against the best of this clip."""

    f: str
    loss: str
    shade: int


@dataclass(frozen=True, slots=True)
class Section:
    """One method with one metric.

    Attributes
    ----------
    title, picks, clips : its name; picks of all clips together, and of each clip
    unreached : the precision reached, if not the wanted one on every clip; else empty
    columns, costs : clips, and F on each at the best thresholds of the others
    curves : SVG
    """

    title: str
    picks: tuple[Line, ...]
    clips: tuple[tuple[str, tuple[Line, ...]], ...]
    unreached: str
    columns: tuple[str, ...]
    costs: tuple[tuple[str, tuple[Cell, ...]], ...]
    curves: Markup


def render(groups: Sequence[Group], chosen: Group, precision: float) -> str:
    """Render the page with curves and tables.

    Parameters
    ----------
    groups
        Of all methods and metrics.
    chosen
        The group that is displayed first and expanded.
    precision
        Least precision of assigned faces for the careful picks.

    Returns
    -------
    A self-contained HTML document; equal groups give equal bytes
    """
    n_settings = sum(len(group.pooled.rows) for group in groups)
    clips = [curve.clip for curve in chosen.clips]
    return pages.fill(
        "tuning.html",
        ["pages.css", "tuning.css"],
        ["theme.js"],
        clips=clips,
        facts=[", ".join(clips), f"{n_settings:,} settings"],
        counts=_counts(chosen, precision),
        chosen_name=_title(chosen),
        precision=f"{precision:g}",
        columns=[name for name, _ in tables.COLUMNS],
        overview=Markup(overview_svg(groups)),
        bests=[(_title(group), _lines(tables.picks(group, precision))) for group in groups],
        main=_section(chosen, precision),
        others=[_section(group, precision) for group in groups if group is not chosen],
    )


def _title(group: Group) -> str:
    return f"{group.method}, {METRICS[group.metric]}"


def _counts(group: Group, precision: float) -> list[tuple[str, str]]:
    """Figures and labels of the headline."""
    careful = group.precise_everywhere
    where = " on every clip" if len(group.clips) > 1 else ""
    default = group.pooled.default
    return [
        (_headline(group.best), "Best F"),
        (
            _headline(careful) if careful else "none",
            f"Best F, assigned P ≥ {precision:g}{where}",
        ),
        (_headline(default), "Default"),
    ]


def _headline(row: Row) -> str:
    return f"{row.f:.3f} at {tables.figures(row)[0]}"


def _lines(named: Sequence[tuple[str, Row | None]]) -> tuple[Line, ...]:
    return tuple(Line(name, tables.figures(row) if row else ()) for name, row in named)


def _section(group: Group, precision: float) -> Section:
    several = len(group.clips) > 1
    clips = tuple(
        (
            curve.clip,
            _lines(
                [
                    ("best F", best(curve.rows)),
                    (tables.at_precision(precision), best_at(curve.rows, precision)),
                    ("default", curve.default),
                ]
            ),
        )
        for curve in group.clips
    )
    return Section(
        title=_title(group),
        picks=_lines(tables.picks(group, precision)),
        clips=clips if several else (),
        unreached="" if group.precise_everywhere else tables.unreached(group, precision),
        columns=tuple(name.strip("()") for name in tables.cost_columns(group)),
        costs=_costs(group) if several else (),
        curves=Markup(curves_svg(group)),
    )


def _costs(group: Group) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    return tuple(
        (
            tables.source_name(cost, group.metric).replace(POOLED, POOLED.strip("()")),
            tuple(
                Cell(f"{f:.3f}", _loss(loss), sum(loss > limit for limit in SHADES))
                for f, loss in zip(cost.f, cost.loss, strict=True)
            ),
        )
        for cost in costs(group)
    )


def _loss(loss: float) -> str:
    return f"{MINUS}{loss:.3f}" if loss >= 0.0005 else "best"
