"""Linking as one call: labels, evidence, and the same bytes each time."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import LinkConfig
from clusterer.project.crowd import Crowd, Decided, FilmPeople, Linked
from clusterer.project.edges import find_edges
from clusterer.project.evidence import Scale, log_prior
from clusterer.project.link import link
from clusterer.project.types import Scope
from tests.project.crowds import CONFIG, crowd_of, directions, film_of, films, groups_of, permuted

CHOSEN = LinkConfig(min_looks=2)
NOBODY = np.zeros((0, 2), np.int64)


def three_films() -> Crowd:
    """A person in all three, one in the first two, one in the last."""
    return crowd_of(
        film_of(directions(1, 0), [8, 8]),
        film_of(directions(0, 1), [8, 8]),
        film_of(directions(2, 0), [8, 8]),
    )


def test_people_are_numbered_by_their_first_rows() -> None:
    assert link(three_films(), config=CONFIG, chosen=CHOSEN).labels.tolist() == [0, 1, 1, 0, 2, 1]


def test_the_evidence_is_that_of_a_row_and_the_others_of_its_person() -> None:
    crowd = three_films()
    found = link(crowd, config=CONFIG, chosen=CHOSEN)
    scale = Scale.of(CONFIG, CHOSEN)
    pools = scale.pools(crowd.sums, crowd.precision)
    rest = pools[np.array([2, 5])].added(np.zeros(2, np.int64), 1)
    prior = log_prior(np.array([2]), np.array([2]), 6, Scope.SEASON)
    expected = scale.compare(pools[np.array([1])], rest) + prior
    np.testing.assert_allclose(found.evidence[1], expected)
    assert np.isnan(found.evidence[4])


def test_what_a_reviewer_decided_is_certain() -> None:
    found = link(three_films(), Decided(((0, 3), (4,)), NOBODY), config=CONFIG, chosen=CHOSEN)
    assert found.labels.tolist() == [0, 1, 1, 0, 2, 1]
    assert np.isinf(found.evidence[[0, 3, 4]]).all()
    assert np.isfinite(found.evidence[[1, 2, 5]]).all()


def test_nobody_is_linked() -> None:
    empty = film_of(np.zeros((0, 8)), [], looks=None)
    found = link(crowd_of(empty, empty), config=CONFIG)
    assert (found.labels.tolist(), found.doubts, found.impure) == ([], (), ())


def test_a_film_without_people_changes_nothing() -> None:
    empty = film_of(np.zeros((0, 8)), [])
    crowd = crowd_of(film_of(directions(0), [8]), empty, film_of(directions(0), [8]))
    assert link(crowd, config=CONFIG, chosen=CHOSEN).labels.tolist() == [0, 0]


def test_people_without_a_face_stay_alone() -> None:
    crowd = crowd_of(*(film_of(np.zeros((1, 8)), [0], n_looks=[0]) for _ in range(3)))
    found = link(crowd, config=CONFIG, chosen=CHOSEN)
    assert found.labels.tolist() == [0, 1, 2]
    assert found.doubts == ()


def same(one: Linked, other: Linked) -> bool:
    return (
        one.labels.tobytes() == other.labels.tobytes()
        and one.evidence.tobytes() == other.evidence.tobytes()
        and one.doubts == other.doubts
        and one.impure == other.impure
    )


@settings(max_examples=25)
@given(films())
def test_the_same_films_give_the_same_bytes(found: tuple[FilmPeople, ...]) -> None:
    crowd = Crowd.of(found)
    once = link(crowd, config=CONFIG, chosen=CHOSEN)
    scale = Scale.of(CONFIG, CHOSEN)
    edges = find_edges(crowd, scale, Scope.SEASON, CHOSEN)
    assert same(once, link(crowd, config=CONFIG, chosen=CHOSEN))
    assert same(once, link(crowd, config=CONFIG, chosen=CHOSEN, edges=edges))


@settings(max_examples=25)
@given(st.data(), films())
def test_questions_do_not_depend_on_the_order_of_films(
    data: st.DataObject, found: tuple[FilmPeople, ...]
) -> None:
    order = data.draw(st.permutations(range(len(found))))
    crowd, rows = permuted(found, order)
    expected = link(Crowd.of(found), config=CONFIG, chosen=CHOSEN)
    other = link(crowd, config=CONFIG, chosen=CHOSEN)
    back = np.empty(len(rows), np.int64)
    back[rows] = np.arange(len(rows))
    assert groups_of(other.labels[back]) == groups_of(expected.labels)
    assert {(frozenset((int(rows[d.a]), int(rows[d.b]))), round(d.evidence, 6)) for d in
            other.doubts} == {(frozenset((d.a, d.b)), round(d.evidence, 6)) for d in
                              expected.doubts}  # fmt: skip
    assert {int(rows[each.row]) for each in other.impure} == {each.row for each in expected.impure}
