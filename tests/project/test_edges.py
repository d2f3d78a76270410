"""Edges: all at once, or as films come."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import LinkConfig
from clusterer.project.crowd import Crowd, FilmPeople
from clusterer.project.edges import find_edges, floor_of
from clusterer.project.evidence import Scale
from clusterer.project.neighbours import Pairs
from clusterer.project.types import Scope
from tests.project.crowds import CONFIG, films

FEW = LinkConfig(candidates=2)
SCALE = Scale.of(CONFIG, FEW)


@pytest.mark.parametrize(
    ("scope", "n_people", "expected"),
    [
        (Scope.SEASON, 7, 1.0 + math.log(2)),
        (Scope.SEASON, 10**6, 1.0 + math.log(2)),
        (Scope.ARCHIVE, 10**6, -3.0 + math.log(10**6)),
        (Scope.ARCHIVE, 7, 0.0),
    ],
)
def test_the_floor_is_what_may_be_asked_about(scope: Scope, n_people: int, expected: float) -> None:
    chosen = LinkConfig(ask=1.0, ask_in_archive=-3.0)
    assert floor_of(n_people, scope, chosen) == pytest.approx(expected)


@settings(max_examples=20)
@given(films(), st.sampled_from(list(Scope)))
def test_films_that_come_one_by_one_give_the_same_edges(
    found: tuple[FilmPeople, ...], scope: Scope
) -> None:
    known: Pairs | None = None
    for count in range(1, len(found) + 1):
        crowd = Crowd.of(found[:count])
        new = np.flatnonzero(crowd.film == count - 1)
        known = find_edges(crowd, SCALE, scope, FEW, known=known, new=new)
    expected = find_edges(Crowd.of(found), SCALE, scope, FEW)
    assert known is not None
    np.testing.assert_array_equal(known.a, expected.a)
    np.testing.assert_array_equal(known.b, expected.b)
    np.testing.assert_array_equal(known.evidence, expected.evidence)
    film = Crowd.of(found).film
    assert (film[expected.a] != film[expected.b]).all()
