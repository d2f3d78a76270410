"""Who looks most like a person, for the reviewer to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from clusterer.core.types import FloatArray
from clusterer.project.types import Person
from clusterer.review.cast.view import Place, place


def by_likeness(
    who: Person, people: Iterable[Person], vectors: Mapping[Place, FloatArray]
) -> list[str]:
    """Ids of the others, the most alike first; ties go to the earlier.

    Parameters
    ----------
    who
    people
    vectors
        Person of a film → array of shape (d,), float32, of `FilmPeople.sums`. Of a person of the
        project they add up.
    """
    directions = {one.id: _direction(one, vectors) for one in (who, *people)}
    mine = directions.pop(who.id)
    order = {other: -float(mine @ theirs) for other, theirs in directions.items()}
    return sorted(order, key=lambda other: order[other])


def _direction(who: Person, vectors: Mapping[Place, FloatArray]) -> FloatArray:
    known = [vectors[place(member)] for member in who.members if place(member) in vectors]
    total = np.sum(known, axis=0) if known else np.zeros(next(iter(vectors.values())).shape)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length if length > 0 else total, np.float64)
