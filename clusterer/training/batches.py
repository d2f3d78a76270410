"""Batches of training pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusterer.core.types import IntArray


def batches(rows: IntArray, size: int, generator: np.random.Generator) -> Iterator[IntArray]:
    """Yield shuffled rows in full batches, each row once at most; drop an incomplete batch."""
    order = generator.permutation(rows)
    for start in range(0, len(order) - size + 1, size):
        yield order[start : start + size]


def some_of_each(
    people: IntArray, size: int, per_person: int, generator: np.random.Generator
) -> list[IntArray]:
    """Batches of a few pictures each of a few people, as triplet losses need.

    Parameters
    ----------
    people : array of shape (n,), of each picture
    size
        Pictures in a batch, rounded down to a multiple of `per_person`.
    per_person
        Pictures of each person; some are repeated for people with fewer.
    generator
        Of random numbers.

    Returns
    -------
    n // size batches, at least one; indices into `people`
    """
    names = np.unique(people)
    at_once = min(max(2, size // per_person), len(names))
    found = []
    for _ in range(max(1, len(people) // size)):
        rows = []
        for person in generator.permutation(names)[:at_once]:
            pictures = np.flatnonzero(people == person)
            rows.append(generator.choice(pictures, per_person, replace=len(pictures) < per_person))
        found.append(np.concatenate(rows).astype(np.int64))
    return found
