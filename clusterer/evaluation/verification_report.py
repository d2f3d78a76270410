"""Verification metrics as text, as JSON and as a page with curves."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from clusterer.evaluation.plots import BLUE, GREEN, ORANGE, PINK, drawn, figure, svg
from clusterer.evaluation.verification_figures import Verification
from clusterer.outputs import pages

if TYPE_CHECKING:
    from clusterer.evaluation.drawing import Axes, Figure

HTML, JSON = "verification.html", "verification.json"

_POINTS = 400  # of a curve, so that the page stays small
_BINS = 60

Row = tuple[str, tuple[str, ...]]
"""Label, then one cell for each set of pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class VerificationReport:
    """Metrics of one or more sets of pairs that share encoder and metric.

    Attributes
    ----------
    name : of the list of pairs, or of the video
    encoder : name of the encoder
    metric : ``l2`` or ``cosine``
    threshold : the encoder's default for the metric
    sets : metrics of each set of pairs
    photographs : number of photographs read; 0 for a video
    without_face : photographs in which no face was found
    """

    name: str
    encoder: str
    metric: str
    threshold: float
    sets: tuple[Verification, ...]
    photographs: int = 0
    without_face: tuple[str, ...] = ()

    def text(self) -> str:
        """Table for a terminal."""
        head = f"{self.name}: {self.encoder}, {self.metric}, default threshold {self.threshold:g}"
        lines = [("", tuple(found.pairs.name for found in self.sets)), *self.rows()]
        width = max(len(label) for label, _ in lines)
        widths = [max(len(cells[i]) for _, cells in lines) for i in range(len(self.sets))]
        table = [
            f"  {label:<{width}}"
            + "".join(f"  {cell:>{size}}" for cell, size in zip(cells, widths, strict=True))
            for label, cells in lines
        ]
        return "\n".join(
            [head, *table, *self.notes(), *map("No face: {}".format, self.without_face)]
        )

    def rows(self) -> list[Row]:
        """All metrics, one row each, in display order."""
        found: list[Row] = [
            self._row("pairs of one person", lambda v: f"{v.curve.same:,}"),
            self._row("pairs of two people", lambda v: f"{v.curve.different:,}"),
        ]
        if any(v.pairs.no_face for v in self.sets):
            found.append(self._row("left out, no face", lambda v: f"{v.pairs.no_face:,}"))
        if any(v.pairs.not_looked_at for v in self.sets):
            row = self._row("left out, too many", lambda v: f"{v.pairs.not_looked_at:,}")
            found.append(row)
        for i, at in enumerate(self.sets[0].operating):
            found.append(self._row(f"VAL at FAR {at.target:g}", partial(_val, i)))
            found.append(self._row("  threshold", partial(_threshold, i)))
        found += [
            self._row("equal error rate", lambda v: _number(v.equal_error.rate)),
            self._row("  threshold", lambda v: _number(v.equal_error.threshold)),
            self._row("area under the curve", lambda v: _number(v.area)),
            self._row(f"VAL at {self.threshold:g}", lambda v: _at(v, "val")),
            self._row("  true accepts", lambda v: _at(v, "true_accepts")),
            self._row(f"FAR at {self.threshold:g}", lambda v: _at(v, "far")),
            self._row("  false accepts", lambda v: _at(v, "false_accepts")),
        ]
        if any(v.accuracy for v in self.sets):
            found.append(self._row("accuracy over folds", _accuracy))
        return found

    def notes(self) -> list[str]:
        """Footnotes of the table; may be empty."""
        few = any(_marked(v, at.resolvable) for v in self.sets for at in v.operating)
        if not few:
            return []
        return ["* Too few pairs of two people, fewer than 1/FAR: VAL without any false accept."]

    def to_json(self) -> str:
        """JSON with all metrics."""
        content = {
            "name": self.name,
            "encoder": self.encoder,
            "metric": self.metric,
            "threshold": self.threshold,
            "photographs": self.photographs,
            "without_face": list(self.without_face),
            "sets": [found.figures() for found in self.sets],
        }
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def page(self) -> str:
        """Return a self-contained HTML document.

        Raises
        ------
        ResultError
            The templates are not installed.
        """
        curve = any(map(_has_curve, self.sets))
        return pages.fill(
            "verification.html",
            ["pages.css", "verification.css"],
            ["theme.js"],
            report=self,
            rows=self.rows(),
            notes=self.notes(),
            roc=Markup(_drawing(roc_figure, self.sets)) if curve else None,
            histograms=[
                (found.pairs.name, Markup(_drawing(histogram_figure, found, self.metric)))
                for found in self.sets
                if len(found.pairs)
            ],
        )

    def _row(self, label: str, cell: Callable[[Verification], str]) -> Row:
        return label, tuple(cell(found) for found in self.sets)


@drawn
def _drawing(draw: Callable[..., Figure], *what: Any) -> str:
    return svg(draw(*what))


def roc_figure(sets: Sequence[Verification]) -> Figure:
    """Plot VAL against FAR on a logarithmic axis; dots mark the threshold of interest.

    The left end also stands for a FAR of 0. Curves have 400 points, evenly spaced along the axis.
    Sets without pairs of both kinds are not drawn; at least one set must have both.
    """
    made, axes = figure(7.6, 3.8)
    shown = [found for found in sets if _has_curve(found)]
    most = max(found.curve.different for found in shown)
    left = 10.0 ** -math.ceil(math.log10(max(most, 10)))
    far = np.logspace(math.log10(left), 0.0, _POINTS)
    far[0], far[-1] = left, 1.0  # exact despite rounding
    colours = (BLUE, ORANGE, GREEN, PINK)
    for number, found in enumerate(shown):
        colour = colours[number % len(colours)]
        val = found.curve.val[np.searchsorted(found.curve.far, far, side="right") - 1]
        axes.plot(far, val, color=colour, linewidth=2, label=found.pairs.name)
        if found.at_threshold is not None:
            place = max(found.at_threshold.far, left), found.at_threshold.val
            label = f"at {found.threshold:g}: VAL {place[1]:.3f}, FAR {found.at_threshold.far:.2g}"
            axes.plot(*place, "o", color=colour, clip_on=False, zorder=5, label=label)
    axes.set(xscale="log", xlim=(left, 1.0), ylim=(0.0, 1.02))
    axes.set(xlabel="false accept rate (FAR)", ylabel="validation rate (VAL)")
    axes.xaxis.set_major_formatter(lambda value, _: _power(value))
    axes.grid(alpha=0.25, linewidth=0.6)
    made.legend(loc="outside upper left", ncols=2, fontsize=9)
    return made


def histogram_figure(found: Verification, metric: str) -> Figure:
    """Plot normalised histograms of the distances of pairs of one person and of two."""
    made, axes = figure(7.6, 3.0)
    pairs = found.pairs
    end = max(float(pairs.distances.max(initial=0.0)), found.threshold or 0.0, 1e-6) * 1.02
    bins = np.linspace(0.0, end, _BINS + 1)
    kinds = (("one person", pairs.same, BLUE), ("two people", ~pairs.same, ORANGE))
    for label, chosen, colour in kinds:
        if chosen.any():
            counts, _ = np.histogram(pairs.distances[chosen], bins)
            _draw_shares(axes, counts / chosen.sum() * 100, bins, colour, label)
    if found.threshold is not None:
        label = f"default, {found.threshold:g}"
        dashes = (0, (4, 3))
        axes.axvline(found.threshold, color="black", linewidth=1.4, linestyle=dashes, label=label)
    axes.set(xlim=(0.0, end), xlabel=f"distance, {metric}", ylabel="% of the pairs of a kind")
    axes.set_ylim(bottom=0.0)
    made.legend(loc="outside upper left", ncols=3, fontsize=9)
    return made


def _draw_shares(
    axes: Axes,
    shares: np.typing.NDArray[np.float64],
    bins: np.typing.NDArray[np.float64],
    colour: str,
    label: str,
) -> None:
    axes.stairs(shares, bins, fill=True, color=colour, alpha=0.35)
    axes.stairs(shares, bins, color=colour, linewidth=1.6, label=label)


def _has_curve(found: Verification) -> bool:
    return found.curve.same > 0 and found.curve.different > 0


def _marked(found: Verification, resolvable: bool) -> bool:
    """Whether a metric rests on too few pairs; without pairs there is no metric to mark."""
    return not resolvable and found.curve.different > 0


def _val(i: int, found: Verification) -> str:
    at = found.operating[i]
    return _number(at.val) + ("*" if _marked(found, at.resolvable) else "")


def _threshold(i: int, found: Verification) -> str:
    return _number(found.operating[i].threshold)


def _at(found: Verification, name: str) -> str:
    """A metric at the threshold of interest."""
    if found.at_threshold is None:
        return "-"
    value = getattr(found.at_threshold, name)
    return f"{value:,}" if isinstance(value, int) else _number(value)


def _accuracy(found: Verification) -> str:
    at = found.accuracy
    return "-" if at is None else f"{at.mean:.4f} ± {at.standard_error:.4f}"


def _number(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else "-"


def _power(value: float) -> str:
    """A power of ten in full, without rounding noise."""
    return np.format_float_positional(value, precision=1, fractional=False, trim="-")
