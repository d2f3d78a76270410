"""Plots of the distances between the people of a clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.distance import between
from clusterer.core.types import Analysis
from clusterer.evaluation.matching import Matching
from clusterer.evaluation.plots import BLUE, ORANGE, drawn, figure, svg

MOST_PEOPLE = 16
"""People in the matrix: more would be illegible."""
BINS = 40
METRICS = {"l2": "L2"}
"""Display names of metrics that differ from their names in the settings."""

Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Faces:
    """Embeddings of faces whose person is known.

    Attributes
    ----------
    people : p names, most faces first, then in alphabetical order
    person : array of shape (c,), int64, the person of each face, a position in `people`
    embeddings : array of shape (c, d), float64
    """

    people: tuple[str, ...]
    person: npt.NDArray[np.int64]
    embeddings: Vectors

    @property
    def averages(self) -> Vectors:
        """Average embedding of each person, shape (p, d)."""
        means = [self.embeddings[self.person == i].mean(axis=0) for i in range(len(self.people))]
        return np.array(means).reshape(len(means), self.embeddings.shape[1])


def faces(matching: Matching, analysis: Analysis) -> Faces:
    """Chips of the tracks whose person is known: the one that most of its faces show."""
    who = matching.track_people(len(analysis.tracks))
    tracks = analysis.track_of_row[analysis.chip_rows].tolist()
    of_chip = [who[track] if track >= 0 else "" for track in tracks]
    kept = [i for i, person in enumerate(of_chip) if person]
    names = [of_chip[i] for i in kept]
    people = sorted(set(names), key=lambda person: (-names.count(person), person))
    return Faces(
        people=tuple(people),
        person=np.array([people.index(name) for name in names], np.int64),
        embeddings=analysis.chip_embeddings[kept].astype(np.float64),
    )


@drawn
def histogram(known: Faces, person: int, metric: str, threshold: float) -> str:
    """Histogram of the distances of one person's average to all faces.

    This person in blue, all others in orange, each normalised, as the others are many more. The
    dashed line is the threshold.

    Returns
    -------
    SVG element
    """
    away = between(known.averages[[person]], known.embeddings, metric)[0]
    same = known.person == person
    made, axes = figure(3.6, 2.1)
    edges = np.linspace(0.0, max(float(away.max(initial=0.0)), threshold) * 1.04, BINS + 1)
    for mask, colour in ((~same, ORANGE), (same, BLUE)):
        if mask.any():
            shares = 100.0 * np.histogram(away[mask], edges)[0] / int(mask.sum())
            axes.stairs(shares, edges, fill=True, color=colour, alpha=0.7)
    axes.axvline(threshold, color="black", linestyle=(0, (3, 2)), linewidth=1.0)
    axes.set_xlim(0.0, edges[-1])
    axes.set_ylim(0.0)
    axes.set_xlabel(f"{METRICS.get(metric, metric)} distance", fontsize=8)
    axes.set_ylabel("% of faces", fontsize=8)
    axes.tick_params(labelsize=8)
    return svg(made)


@drawn
def matrix(known: Faces) -> str:
    """Matrix of cosine distances between the averages of the people with most faces.

    Returns
    -------
    SVG element; the nearer two people, the stronger the colour of their cell
    """
    from clusterer.evaluation.drawing import Rectangle, to_rgb  # noqa: PLC0415 - slow to import

    averages = known.averages[:MOST_PEOPLE]
    away = between(averages, averages, "cosine")
    n = len(averages)
    side = 1.6 + 0.46 * n
    made, axes = figure(side, side * 0.86)
    digits = 2 if away.max(initial=0.0) > 0.2 else 3
    apart = away[~np.eye(n, dtype=bool)]
    low, high = float(apart.min(initial=1.0)), float(apart.max(initial=0.0))
    for (row, column), value in np.ndenumerate(away):
        near = 0.0 if row == column else 1.0 - (value - low) / max(high - low, 1e-9)
        colour = (*to_rgb(BLUE), round(0.06 + 0.6 * near, 3))
        axes.add_patch(
            Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, facecolor=colour, edgecolor="none")
        )
        text = "" if row == column else f"{value:.{digits}f}".removeprefix("0")
        axes.text(column, row, text, ha="center", va="center", fontsize=8)
    axes.set_xlim(-0.5, n - 0.5)
    axes.set_ylim(n - 0.5, -0.5)
    names = shorten(known.people[:MOST_PEOPLE])
    axes.set_xticks(range(n), names, rotation=50, ha="right", rotation_mode="anchor", fontsize=8)
    axes.set_yticks(range(n), names, fontsize=8)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return svg(made)


def shorten(names: Sequence[str], most: int = 18) -> list[str]:
    """Shorten names to fit beside an axis."""
    return [name if len(name) <= most else f"{name[: most - 1]}…" for name in names]
