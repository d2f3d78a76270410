"""Who is joined: by hand, and what holds whatever the films."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import (
    AnalysisConfig,
    ClusteringConfig,
    Config,
    EncodingConfig,
    LinkConfig,
)
from clusterer.core.types import IntArray
from clusterer.project.crowd import Crowd, Decided, FilmPeople
from clusterer.project.edges import find_edges
from clusterer.project.evidence import Scale, log_prior
from clusterer.project.join import Rules, join
from clusterer.project.link import NOTHING_DECIDED
from clusterer.project.neighbours import Pairs
from clusterer.project.types import Scope
from tests.project.crowds import CONFIG, crowd_of, directions, film_of, films, groups_of, permuted

CHOSEN = LinkConfig(shared_look=0.1, min_looks=2)
BY_DISTANCE = Config(
    AnalysisConfig(encoding=EncodingConfig(encoder="dlib")),
    ClusteringConfig(metric="cosine"),
)
"""Of an encoder without statistics."""


def joined(
    crowd: Crowd,
    decided: Decided = NOTHING_DECIDED,
    chosen: LinkConfig = CHOSEN,
    scope: Scope = Scope.SEASON,
    config: Config = CONFIG,
) -> IntArray:
    """Group of each row: the first row of it."""
    scale = Scale.of(config, chosen)
    edges = find_edges(crowd, scale, scope, chosen)
    groups, _ = join(Rules.of(crowd, decided, scale, scope, chosen), edges)
    return groups.group


def apart(*pairs: tuple[int, int], groups: tuple[tuple[int, ...], ...] = ()) -> Decided:
    return Decided(groups, np.array(pairs, np.int64).reshape(-1, 2))


def two_films(second: float = 1.0, **columns: object) -> Crowd:
    """Two people in both of two films; `second`: cosine of the second person's two pools."""
    turned = directions(1) * second + directions(7) * np.sqrt(1 - second**2)
    return crowd_of(
        film_of(directions(0, 1), [8, 8]),
        film_of(np.concatenate([directions(0), turned]), [8, 8], **columns),
    )


def test_who_is_alike_in_two_films_is_joined() -> None:
    assert joined(two_films()).tolist() == [0, 1, 0, 1]


def test_who_is_not_alike_is_not() -> None:
    assert joined(two_films(second=0.1)).tolist() == [0, 1, 0, 3]


def test_few_readable_looks_are_not_enough() -> None:
    assert joined(two_films(n_looks=[2, 1])).tolist() == [0, 1, 0, 3]


def beyond_the_odds(crowd: Crowd, a: int, b: int, scope: Scope) -> float:
    """Evidence of two rows, whose films have as many people as the crowd lists."""
    scale = Scale.of(CONFIG, CHOSEN)
    pools = scale.pools(crowd.sums, crowd.precision)
    one, other = (np.count_nonzero(crowd.film == crowd.film[[row]]) for row in (a, b))
    prior = log_prior(np.array([one]), np.array([other]), len(crowd), scope)
    return float((scale.of_pairs(pools, np.array([a]), np.array([b])) + prior)[0])


def test_caution_asks_for_more() -> None:
    crowd = two_films()
    least = beyond_the_odds(crowd, 0, 2, Scope.SEASON)
    assert joined(crowd, chosen=replace(CHOSEN, caution=least - 1e-6)).tolist() == [0, 1, 0, 1]
    assert joined(crowd, chosen=replace(CHOSEN, caution=least + 1e-6)).tolist() == [0, 1, 2, 3]


def test_in_an_archive_the_odds_fall_with_the_number_of_people() -> None:
    strangers = [film_of(directions(*range(1, 8)) * (-1) ** i, [0.1] * 7) for i in range(9)]
    crowd = crowd_of(film_of(directions(0), [1]), film_of(directions(0), [1]), *strangers)
    chosen = replace(CHOSEN, caution=beyond_the_odds(crowd, 0, 1, Scope.SEASON) - 1.0)
    assert joined(crowd, chosen=chosen)[1] == 0
    assert joined(crowd, chosen=chosen, scope=Scope.ARCHIVE)[1] == 1


def test_people_of_one_film_are_never_joined_through_another() -> None:
    crowd = crowd_of(film_of(directions(0, 0), [8, 6]), film_of(directions(0), [8]))
    found = joined(crowd, chosen=replace(CHOSEN, margin=0.0))
    assert found.tolist() == [0, 1, 0]


def test_of_two_who_are_alike_neither_is_joined() -> None:
    """In the second film two people, who are seen together, are as much like the first."""
    crowd = crowd_of(
        film_of(directions(0), [8]), film_of(directions(0, 0), [8, 8], cannot_link=[(0, 1)])
    )
    assert joined(crowd).tolist() == [0, 1, 2]


def test_a_candidate_who_may_be_the_same_is_no_rival() -> None:
    crowd = crowd_of(*(film_of(directions(0), [8]) for _ in range(5)))
    assert joined(crowd).tolist() == [0] * 5


def test_other_peoples_faces_keep_a_person_from_being_joined() -> None:
    """Of four looks of the second film's person two show the other person of the first."""
    mixed = [directions(0, 0, 1, 1)]
    crowd = crowd_of(
        film_of(directions(0, 1), [8, 8], cannot_link=[(0, 1)]),
        film_of([directions(0)[0] * 1.2 + directions(1)[0]], [4], looks=mixed),
    )
    assert joined(crowd).tolist() == [0, 1, 2]
    allowed = replace(CHOSEN, split_share=1.0, split_margin=50.0, margin=0.0, caution=0.0)
    assert joined(crowd, chosen=allowed).tolist() == [0, 1, 0]


def test_what_reviewers_decided_is_kept() -> None:
    crowd = two_films()
    assert joined(crowd, apart((0, 2))).tolist() == [0, 1, 2, 1]
    assert joined(crowd, apart(groups=((0, 3),))).tolist() == [0, 1, 2, 0]


def test_a_decided_group_grows() -> None:
    crowd = crowd_of(*(film_of(directions(0), [8]) for _ in range(3)))
    assert joined(crowd, apart(groups=((1, 2),))).tolist() == [0, 0, 0]


def test_two_decided_groups_stay_two() -> None:
    crowd = crowd_of(*(film_of(directions(0), [8]) for _ in range(2)))
    assert joined(crowd, apart(groups=((0,), (1,)))).tolist() == [0, 1]


@pytest.mark.parametrize("config", [CONFIG, BY_DISTANCE], ids=["statistics", "distances"])
@pytest.mark.parametrize("scope", list(Scope))
@settings(max_examples=20)
@given(data=st.data(), found=films())
def test_the_order_of_films_changes_nothing(
    data: st.DataObject, found: tuple[FilmPeople, ...], scope: Scope, config: Config
) -> None:
    order = data.draw(st.permutations(range(len(found))))
    same_in_another_order(found, order, scope, config)


def same_in_another_order(
    found: tuple[FilmPeople, ...], order: list[int], scope: Scope, config: Config
) -> None:
    crowd, rows = permuted(found, order)
    expected = joined(Crowd.of(found), scope=scope, config=config)
    assert groups_of(joined(crowd, scope=scope, config=config)) == {
        frozenset(int(np.flatnonzero(rows == row)[0]) for row in group)
        for group in groups_of(expected)
    }


def test_of_two_certain_candidates_the_nearer_is_joined_in_any_order_of_films() -> None:
    """They lie at 0.78 and 0.70 thresholds on either side of a person, and are not alike."""
    angles = (0.0, 0.191, -0.172)
    found = tuple(
        film_of(np.cos(angle) * directions(0) + np.sin(angle) * directions(1), [0.5])
        for angle in angles
    )
    for order in permutations(range(3)):
        crowd, rows = permuted(found, order)
        group = joined(crowd, chosen=replace(CHOSEN, margin=0.0), config=BY_DISTANCE)
        assert {rows[row] for row in np.flatnonzero(np.bincount(group)[group] == 2)} == {0, 2}


@settings(max_examples=30)
@given(found=films(), data=st.data())
def test_certain_differences_and_groups_are_never_changed(
    found: tuple[FilmPeople, ...], data: st.DataObject
) -> None:
    crowd = Crowd.of(found)
    rows = st.integers(0, len(crowd) - 1)
    marks = data.draw(st.dictionaries(rows, st.integers(0, 3), max_size=6))
    groups = tuple(
        tuple(sorted(row for row, mark in marks.items() if mark == number)) for number in range(4)
    )
    groups = tuple(group for group in groups if group)
    in_one = {frozenset(pair) for group in groups for pair in combinations(group, 2)}
    pairs = data.draw(st.lists(st.tuples(rows, rows), max_size=5))
    different = [p for p in pairs if p[0] != p[1] and frozenset(p) not in in_one]
    label = joined(crowd, apart(*different, groups=groups))
    for group in groups:
        assert len({int(label[row]) for row in group}) == 1
    assert len({int(label[group[0]]) for group in groups}) == len(groups)
    certain = [*different, *map(tuple, crowd.cannot_link.tolist())]
    one_film = [
        p for p in combinations(range(len(crowd)), 2) if crowd.film[p[0]] == crowd.film[p[1]]
    ]
    for a, b in [*certain, *one_film]:
        assert label[a] != label[b] or frozenset((a, b)) in in_one


@settings(max_examples=25)
@given(found=films(most=3))
def test_a_plain_algorithm_gives_the_same(found: tuple[FilmPeople, ...]) -> None:
    crowd = Crowd.of(found)
    chosen = replace(
        CHOSEN, margin=0.0, min_looks=1, split_share=1.0, split_margin=100.0, candidates=1000
    )
    assert groups_of(joined(crowd, chosen=chosen)) == _plain(crowd, chosen)


def _plain(crowd: Crowd, chosen: LinkConfig) -> set[frozenset[int]]:
    """Join mutual best pairs of groups, all pairs compared each time."""
    scale = Scale.of(CONFIG, chosen)
    parts = scale.pools(crowd.sums, crowd.precision)
    size = np.bincount(crowd.film)[crowd.film]
    different = {frozenset(pair) for pair in crowd.cannot_link.tolist()}
    groups = [[row] for row in range(len(crowd))]

    def evidence(a: list[int], b: list[int]) -> float:
        if {int(crowd.film[r]) for r in a} & {int(crowd.film[r]) for r in b}:
            return -np.inf
        if any(frozenset((r, s)) in different for r in a for s in b):
            return -np.inf
        if min(crowd.n_looks[a].sum(), crowd.n_looks[b].sum()) < chosen.min_looks:
            return -np.inf
        pools = [parts[np.array(each)].added(np.zeros(len(each), np.int64), 1) for each in (a, b)]
        smallest = [np.array([size[each].min()]) for each in (a, b)]
        prior = log_prior(smallest[0], smallest[1], len(crowd), Scope.SEASON)
        found = float((scale.compare(*pools) + prior)[0])
        return found if found >= chosen.caution else -np.inf

    while True:
        table = np.array([[-np.inf if a is b else evidence(a, b) for b in groups] for a in groups])
        best = table.argmax(axis=1)
        pairs = [
            (i, int(j))
            for i, j in enumerate(best)
            if i < j and table[i, j] > -np.inf and best[j] == i
        ]
        if not pairs:
            return {frozenset(group) for group in groups}
        gone = {j for _, j in pairs}
        for i, j in pairs:
            groups[i] = groups[i] + groups[j]
        groups = [group for i, group in enumerate(groups) if i not in gone]


def test_edges_of_nobody() -> None:
    crowd = two_films()
    scale = Scale.of(CONFIG, CHOSEN)
    rules = Rules.of(crowd, NOTHING_DECIDED, scale, Scope.SEASON, CHOSEN)
    groups, left = join(rules, Pairs.none())
    assert groups.group.tolist() == [0, 1, 2, 3]
    assert len(left) == 0
