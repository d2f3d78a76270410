"""Who of a film is who of a list, by when they are seen. Arrays only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Spans = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MIN_SCORE = 0.6
"""Smallest score of a name that is given: somebody seen once, within the times of a person who was
not found, has little more than half."""
MIN_COVERED = 0.9
"""Or this part of the listed time, as of single markers, which cover little of a person: then, if
others are seen in less of it, of k stretches in less than k / (k + 1)."""
MIN_HELD = 0.5
"""Part of the people's time from which on a list is taken for a whole one."""
MARGIN = 0.1
"""Least by which all names together fit better than with another person in this place."""
CLOSEST = 3
"""Number of people whom a name without one may be."""


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """Names of people.

    Attributes
    ----------
    given : person → name, as positions
    score : array of shape (p, n), float64, 0 to 1
    margin : name → by how much the names together fit better than if this one were another's
    """

    given: dict[int, int]
    score: Floats
    margin: dict[int, float]

    def closest(self, name: int) -> list[int]:
        """Positions of people whom a name may be, best first; none that is never seen then."""
        order = np.argsort(-self.score[:, name], kind="stable")[:CLOSEST].tolist()
        return [person for person in order if self.score[person, name] > 0.0]


def scores(people: Sequence[Spans], names: Sequence[Spans]) -> tuple[Floats, Floats]:
    """How well times fit: half of the covered part of the listed time, half of the person's.

    Parameters
    ----------
    people, names
        Each an array of shape (k, 2), half-open, in frames, in order, apart from one another.

    Returns
    -------
    array of shape (p, n), float64, 0 to 1; and the covered part of each name's time, likewise
    """
    covered = np.zeros((len(people), len(names)))
    held = np.zeros_like(covered)
    lengths = np.array([_length(spans) for spans in names], dtype=np.float64)
    begins = np.concatenate([*(spans[:, 0] for spans in names), np.zeros(0, np.int64)])
    ends = np.concatenate([*(spans[:, 1] for spans in names), np.zeros(0, np.int64)])
    owner = np.repeat(np.arange(len(names)), [len(spans) for spans in names])
    for row, spans in enumerate(people):
        if not len(spans):
            continue
        edges = spans.reshape(-1)
        before = np.concatenate([[0], np.cumsum(np.diff(spans, axis=1)[:, 0])])
        at = np.stack([before[:-1], before[1:]], axis=1).reshape(-1)  # frames seen until each edge
        seen = np.interp(ends, edges, at) - np.interp(begins, edges, at)
        shared = np.bincount(owner, weights=seen, minlength=len(names))
        covered[row] = shared / np.maximum(lengths, 1.0)
        held[row] = shared / before[-1]
    return (covered + held) / 2.0, covered


def _length(spans: Spans) -> int:
    return int((spans[:, 1] - spans[:, 0]).sum())


def assign(people: Sequence[Spans], names: Sequence[Spans], margin: float = MARGIN) -> Assigned:
    """Assign names to people so that all together fit best; nobody gets two.

    A name is given if it fits well enough, and if all names together would fit worse by the margin
    were this one not this person's. It fits by its score (`MIN_SCORE`) if the list as a whole holds
    much of the people's time (`MIN_HELD`), else only by what it covers (`MIN_COVERED`): in a sparse
    list, somebody seen shortly, beside the one who is meant, would have the best score.

    Parameters
    ----------
    people, names
        As of `scores`.
    margin
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to load)

    score, covered = scores(people, names)
    best: dict[int, tuple[int, float]] = {}
    for some, columns in _parts(score):
        part = score[np.ix_(some, columns)]
        rows, taken = linear_sum_assignment(part, maximize=True)
        whole = part[rows, taken].sum()
        for row, column in zip(rows.tolist(), taken.tolist(), strict=True):
            if part[row, column]:
                without = part.copy()
                without[row, column] = 0.0
                again = linear_sum_assignment(without, maximize=True)
                best[columns[column]] = some[row], float(whole - without[again].sum())
    pairs = [(person, name) for name, (person, _) in best.items()]
    is_whole = _held(people, names, covered, pairs) >= MIN_HELD
    given = {
        person: name
        for name, (person, gain) in best.items()
        if gain >= margin
        and (
            (is_whole and score[person, name] >= MIN_SCORE)
            or _is_alone(covered[:, name], person, len(names[name]))
        )
    }
    margins = {name: gain for name, (_, gain) in best.items()}
    return Assigned(dict(sorted(given.items())), score, margins)


def _held(
    people: Sequence[Spans],
    names: Sequence[Spans],
    covered: Floats,
    pairs: Sequence[tuple[int, int]],
) -> float:
    """Part of the time of people that is listed, over all pairs of person and name."""
    shared = sum(covered[person, name] * _length(names[name]) for person, name in pairs)
    return float(shared) / max(1, sum(_length(people[person]) for person, _ in pairs))


def _is_alone(covered: Floats, person: int, stretches: int) -> bool:
    """Whether somebody is seen in nearly all of the listed time, and others in clearly less."""
    others = np.delete(covered, person).max(initial=0.0)
    return bool(covered[person] >= MIN_COVERED and others < stretches / (stretches + 1))


def _parts(score: Floats) -> list[tuple[list[int], list[int]]]:
    """People and names that have to do with each other, apart from all others."""
    from scipy.sparse import coo_array  # noqa: PLC0415 (slow to load)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 (slow to load)

    p, n = score.shape
    rows, columns = np.nonzero(score)
    graph = coo_array((np.ones(len(rows)), (rows, columns + p)), shape=(p + n, p + n))
    _, part = connected_components(graph, directed=False)
    return [
        (np.flatnonzero(part[:p] == each).tolist(), np.flatnonzero(part[p:] == each).tolist())
        for each in np.unique(part[rows]).tolist()
    ]
