"""Which pictures are shown together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusterer.core.types import IntArray


def batches(rows: IntArray, size: int, generator: np.random.Generator) -> Iterator[IntArray]:
    """All rows once, in a new order, in full batches; the few that are left over wait."""
    order = generator.permutation(rows)
    for start in range(0, len(order) - size + 1, size):
        yield order[start : start + size]


def some_of_each(
    people: IntArray, size: int, per_person: int, generator: np.random.Generator
) -> list[IntArray]:
    """Batches of a few people with a few pictures of each, as triplets need them.

    Parameters
    ----------
    people : array of shape (n,), of each picture
    size
        Of a batch; what `per_person` does not divide is left out.
    per_person
        Of whom there are fewer pictures, some are there twice.
    generator

    Returns
    -------
    as many batches as `size` goes into n, at least one; indices into `people`
    """
    names = np.unique(people)
    at_once = min(max(2, size // per_person), len(names))
    found = []
    for _ in range(max(1, len(people) // size)):
        rows = []
        for person in generator.permutation(names)[:at_once]:
            own = np.flatnonzero(people == person)
            rows.append(generator.choice(own, per_person, replace=len(own) < per_person))
        found.append(np.concatenate(rows).astype(np.int64))
    return found
