"""Curves of a sweep against the threshold, drawn by matplotlib (the extra [plots])."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clusterer.evaluation.plots import BLUE, GREEN, ORANGE, PINK, drawn, svg
from clusterer.tuning.picks import Curve, Group
from clusterer.tuning.sweep import CUSTOMARY
from clusterer.tuning.tables import DECIMALS

if TYPE_CHECKING:
    from clusterer.evaluation.drawing import Axes, Figure

GREY, PURPLE = "#808080", "#8574d6"
METHODS = (BLUE, ORANGE, GREEN, PINK, PURPLE)
"""Colours of methods in alphabetical order, cycled."""

SHARES = (
    ("b_cubed_f", "F", BLUE, "-", 2.4),
    ("b_cubed_precision", "precision", GREEN, "-", 1.4),
    ("b_cubed_recall", "recall", ORANGE, "-", 1.4),
    ("assigned_b_cubed_precision", "precision of assigned faces", PINK, (0, (4, 2)), 1.4),
)
"""Ratio, legend, colour, line style, line width in pt."""
WIDTH_IN, ROW_IN, HEAD_IN = 11.0, 1.75, 0.75
NAMES = {"l2": "L2 threshold", "cosine": "Cosine threshold"}


@drawn
def curves_svg(group: Group) -> str:
    """Draw one method and metric: a row of three plots per clip, the first for all clips.

    Left: B-cubed precision, recall and F end to end, and the precision of assigned faces. Middle:
    people found, and the true number. Right: share of found faces left unknown. The customary L2
    thresholds and the default are marked.

    Returns
    -------
    SVG; equal rows give equal bytes
    """
    from clusterer.evaluation.drawing import Figure  # noqa: PLC0415 (slow to import)

    curves = (group.pooled, *group.clips) if len(group.clips) > 1 else group.clips
    height_in = HEAD_IN + ROW_IN * len(curves)
    figure = Figure(figsize=(WIDTH_IN, height_in))
    axes = figure.subplots(len(curves), 3, sharex=True, squeeze=False, width_ratios=(2, 1, 1))
    for line, curve in zip(axes, curves, strict=True):
        _shares(line[0], curve)
        _people(line[1], curve)
        _unknown(line[2], curve)
        for plot in line:
            _marks(plot, curve)
        _name_marks(line[0], curve)
    for plot, title in zip(
        axes[0], ("B-cubed, end to end", "People found", "Unknown share"), strict=True
    ):
        plot.set_title(title, loc="left", pad=8)
    for plot in axes[-1]:
        plot.set_xlabel(NAMES[group.metric])
    _legend(figure, axes[0][0], height_in)
    return svg(figure)


@drawn
def overview_svg(groups: Sequence[Group]) -> str:
    """Draw F of all clips together against the threshold: a line per method, a plot per metric."""
    from clusterer.evaluation.drawing import Figure  # noqa: PLC0415 - slow to import

    metrics = list(dict.fromkeys(group.metric for group in groups))
    methods = list(dict.fromkeys(group.method for group in groups))
    figure = Figure(figsize=(WIDTH_IN, 3.6))
    axes = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
    for plot, metric in zip(axes, metrics, strict=True):
        for group in (group for group in groups if group.metric == metric):
            x, y = _xy(group.pooled, "b_cubed_f")
            colour = METHODS[methods.index(group.method) % len(METHODS)]
            plot.plot(x, y, color=colour, linewidth=1.8, label=group.method)
            best = group.best
            plot.plot([best.threshold], [best.f], "o", color=colour, markersize=6)
        _marks(plot, group.pooled)
        _name_marks(plot, group.pooled)
        plot.set_ylim(0, 1.02)
        plot.set_xlabel(NAMES[metric])
    axes[0].set_ylabel("B-cubed F")
    handles = axes[0].get_lines()
    named = [line for line in handles if not str(line.get_label()).startswith("_")]
    figure.legend(handles=named, loc="upper left", ncols=len(methods), bbox_to_anchor=(0.05, 1.0))
    figure.subplots_adjust(left=0.06, right=0.985, top=0.87, bottom=0.16, wspace=0.06)
    return svg(figure)


def _xy(curve: Curve, name: str) -> tuple[list[float], list[float]]:
    x = [row.threshold for row in curve.rows]
    return x, [float(row.ratios[name]) for row in curve.rows]


def _shares(plot: Axes, curve: Curve) -> None:
    for name, label, colour, dashes, width in SHARES:
        x, y = _xy(curve, name)
        if name.startswith("assigned"):  # a gap where nobody is assigned
            y = [row.assigned_precision for row in curve.rows]
        plot.plot(x, y, color=colour, linestyle=dashes, linewidth=width, label=label)
    plot.set_ylim(0, 1.04)
    plot.set_ylabel(curve.clip.strip("()"))


def _people(plot: Axes, curve: Curve) -> None:
    from clusterer.evaluation.drawing import MaxNLocator  # noqa: PLC0415 (slow to import)

    x, found = _xy(curve, "people_found")
    _, true = _xy(curve, "people_true")
    plot.plot(x, found, color=BLUE, linewidth=1.8, drawstyle="steps-mid", label="found")
    plot.plot(x, true, color=GREY, linewidth=1.2, linestyle=(0, (4, 2)), label="true number")
    plot.annotate(
        f"true: {true[0]:.0f}",
        (x[-1], true[0]),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
    )
    plot.set_ylim(0, max(*found, *true) * 1.18)
    plot.yaxis.set_major_locator(MaxNLocator(5, integer=True))


def _unknown(plot: Axes, curve: Curve) -> None:
    x, y = _xy(curve, "unknown_share")
    plot.plot(x, y, color=ORANGE, linewidth=1.8)
    plot.set_ylim(0, max(0.1, max(y, default=0.0) * 1.15))


def _marks(plot: Axes, curve: Curve) -> None:
    """Draw vertical lines at the customary thresholds and the default; hide unneeded spines."""
    plot.spines[["top", "right"]].set_visible(False)
    plot.grid(axis="y", color=GREY, alpha=0.25, linewidth=0.7)
    plot.set_axisbelow(True)
    for value in _marked(curve):
        plot.axvline(
            value,
            color=GREY,
            linewidth=1.0,
            linestyle="-" if value == curve.default.threshold else (0, (1, 2)),
            zorder=0.5,
        )


def _marked(curve: Curve) -> list[float]:
    """The default and, for L2, the customary thresholds, within the range of the curve."""
    marked = {curve.default.threshold, *(CUSTOMARY if curve.metric == "l2" else ())}
    low, high = curve.rows[0].threshold, curve.rows[-1].threshold
    return [value for value in sorted(marked) if low <= value <= high]


def _name_marks(plot: Axes, curve: Curve) -> None:
    """Label the vertical lines with their thresholds at the bottom of the plot."""
    for value in _marked(curve):
        plot.annotate(
            f"{value:.{DECIMALS[curve.metric]}f}",
            (value, 0),
            xycoords=("data", "axes fraction"),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=8,
        )


def _legend(figure: Figure, plot: Axes, height_in: float) -> None:
    """Put one legend above all plots, and align them with the page's margins."""
    figure.legend(
        handles=plot.get_lines()[: len(SHARES)],
        loc="upper left",
        ncols=len(SHARES),
        bbox_to_anchor=(0.05, 1.0),
    )
    figure.subplots_adjust(
        left=0.065,
        right=0.985,
        top=1 - 0.62 / height_in,
        bottom=0.45 / height_in,
        wspace=0.16,
        hspace=0.22,
    )
