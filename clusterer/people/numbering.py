"""People keep their numbers when they are grouped again, and what has changed is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from clusterer.core.appearances import numbers
from clusterer.core.types import UNKNOWN, ClusteringResult
from clusterer.edits import Keys
from clusterer.people.amend import amend, as_grouped


def keep_numbers(old: ClusteringResult, new: ClusteringResult) -> ClusteringResult:
    """Give each person the number of the old person with whom it shares most faces.

    The most shared faces first, ties by old number, then new label; each number goes to one person.
    New people get numbers above all used ones, by screen time. People whom corrections make after
    the grouping are numbered after these.

    Parameters
    ----------
    old, new
        Of the same film. If of different analyses, the best face of each old track says which new
        one it is, as for corrections.
    """
    kept = _matched(old, new)
    start = as_grouped(new)
    usual = numbers(start.analysis, start.grouped.labels)
    free = max(_numbers(old).values(), default=0) + 1
    given = {}
    for label in usual:
        given[label] = kept.get(label) or free
        free += label not in kept
    return with_numbers(new, {} if given == usual else given)


def renumbered(old: ClusteringResult, new: ClusteringResult) -> dict[int, int]:
    """People who have another number now: old → new, ascending; parameters as of `keep_numbers`."""
    now = _numbers(new)
    pairs = {before: now[label] for label, before in _matched(old, new).items()}
    return {before: after for before, after in sorted(pairs.items()) if before != after}


def with_numbers(result: ClusteringResult, given: Mapping[int, int]) -> ClusteringResult:
    """The result with these numbers of people before the corrections; empty = by screen time."""
    start = as_grouped(result)
    grouping = replace(start.grouped, numbers=dict(given))
    under = result.edits[: start.grouped_under]
    return amend(replace(start, grouping=grouping, edits=under), result.edits)


def changes(old: ClusteringResult, new: ClusteringResult) -> dict[str, int]:
    """Count what has become of people, by their numbers.

    Parameters
    ----------
    old, new
        Of the same analysis, from `keep_numbers`.

    Returns
    -------
    dict
        `joined`: old people most of whose known faces are somebody else's now; `gone`: all of whose
        faces are unknown now; `split`: old people of whom most of a new person is; `new`: people of
        faces that were unknown.
    """
    of_old, of_new, shared = _numbers(old), _numbers(new), _shared(old, new)
    after, before = set(of_new.values()), set(of_old.values())
    lost = [label for label, number in of_old.items() if number not in after]
    fresh = [label for label, number in of_new.items() if number not in before]
    joined = [label for label in lost if any(pair[0] == label for pair in shared)]
    sources = {
        min((-count, of_old[a], a) for (a, b), count in shared.items() if b == label)[2]
        for label in fresh
        if any(b == label for _, b in shared)
    }
    unknown_before = [label for label in fresh if not any(b == label for _, b in shared)]
    return {
        "joined": len(joined),
        "split": len(sources),
        "new": len(unknown_before),
        "gone": len(lost) - len(joined),
    }


def _numbers(result: ClusteringResult) -> dict[int, int]:
    """Label → number, as in the ids of people."""
    return {who.label: int(who.id.rpartition("-")[2]) for who in result.people}


def _matched(old: ClusteringResult, new: ClusteringResult) -> dict[int, int]:
    """New label → number of the old person that it is; see `keep_numbers`."""
    of_old, shared = _numbers(old), _shared(old, new)
    order = sorted(shared, key=lambda pair: (-shared[pair], of_old[pair[0]], pair[1]))
    kept: dict[int, int] = {}
    for before, after in order:
        if after not in kept and of_old[before] not in kept.values():
            kept[after] = of_old[before]
    return kept


def _shared(old: ClusteringResult, new: ClusteringResult) -> Counter[tuple[int, int]]:
    """Old and new label → faces that they share."""
    shared: Counter[tuple[int, int]] = Counter()
    tracks, labels = old.analysis.tracks, new.labels.tolist()
    of_new: Sequence[int | None] = range(len(labels))
    if old.analysis is not new.analysis:
        find = Keys(new.analysis).track
        of_new = [find(key) for key in Keys(old.analysis).tracks]
    for before, track, place in zip(old.labels.tolist(), tracks, of_new, strict=True):
        after = UNKNOWN if place is None else labels[place]
        if UNKNOWN not in {before, after}:
            shared[before, after] += len(track)
    return shared
