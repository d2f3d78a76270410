"""Names by time: scores by hand, and that the best of all assignments is found."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.gallery.cast_list.overlap import MARGIN, Spans, assign, scores


def spans(*pairs: tuple[int, int]) -> Spans:
    return np.array(pairs, np.int64).reshape(-1, 2)


ANYWHEN = st.lists(st.integers(0, 60), max_size=8, unique=True).map(
    lambda cuts: spans(*zip(*[iter(sorted(cuts))] * 2, strict=False))
)


def frames(some: Spans) -> set[int]:
    return {frame for start, end in some.tolist() for frame in range(start, end)}


def test_scores_by_hand() -> None:
    people = [spans((0, 10), (20, 30)), spans((0, 40))]
    names = [spans((0, 10), (20, 30)), spans((5, 25)), spans((50, 60)), spans()]
    score, covered = scores(people, names)
    assert covered.tolist() == [[1.0, 0.5, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]]
    # Half of what is covered, half of the person's 20 and 40 frames.
    assert score.tolist() == [[1.0, 0.5, 0.0, 0.0], [0.75, 0.75, 0.0, 0.0]]


@given(st.lists(ANYWHEN, max_size=4), st.lists(ANYWHEN, max_size=4))
def test_scores_count_frames(people: list[Spans], names: list[Spans]) -> None:
    _, covered = scores(people, names)
    for row, person in enumerate(people):
        for column, name in enumerate(names):
            both = len(frames(person) & frames(name))
            assert covered[row, column] == pytest.approx(both / max(1, len(frames(name))))


@settings(max_examples=60)
@given(st.lists(ANYWHEN, min_size=1, max_size=4), st.lists(ANYWHEN, min_size=1, max_size=4))
def test_who_gets_a_name_is_in_every_nearly_best_assignment(
    people: list[Spans], names: list[Spans]
) -> None:
    found = assign(people, names)
    rows = [*range(len(people)), *[-1] * len(names)]
    ways = set(itertools.permutations(rows, len(names)))

    def total(way: tuple[int, ...]) -> float:
        return sum(found.score[p, n] for n, p in enumerate(way) if p >= 0)

    best = max(map(total, ways))
    for person, name in found.given.items():
        others = [total(way) for way in ways if way[name] != person]
        assert max(others) <= best - MARGIN + 1e-9
    assert len(set(found.given.values())) == len(found.given)


def test_all_together_decide() -> None:
    """Both are seen in the first stretch; one alone in the second."""
    people = [spans((0, 10), (20, 30)), spans((0, 10))]
    names = [spans((0, 10)), spans((0, 10), (20, 30))]
    assert assign(people, names).given == {0: 1, 1: 0}


def test_a_name_that_two_have_alike_is_not_given() -> None:
    found = assign([spans((0, 10)), spans((0, 10))], [spans((0, 10))])
    assert found.given == {}
    assert found.closest(0) == [0, 1]


def test_two_names_of_one_time_are_not_given() -> None:
    assert assign([spans((0, 10))], [spans((0, 10)), spans((0, 10))]).given == {}


def test_single_frames_name_who_is_alone_then() -> None:
    people = [spans((0, 1000)), spans((900, 2000))]
    assert assign(people, [spans((10, 11)), spans((1500, 1501))]).given == {0: 0, 1: 1}
    assert assign(people, [spans((950, 951))]).given == {}, "both are seen then"


def test_whole_scenes_name_who_is_seen_only_there() -> None:
    """Anna is seen in a third of her scene; another, who is seen elsewhere too, in as much."""
    people = [spans((0, 100), (200, 300)), spans((100, 200), (2000, 2500))]
    assert assign(people, [spans((0, 600))]).given == {0: 0}


def test_somebody_seen_once_in_the_times_of_another_is_not_that_one() -> None:
    assert assign([spans((10, 20))], [spans((0, 1000))]).given == {}


def test_a_sparse_list_does_not_name_who_is_shortly_beside_the_one_meant() -> None:
    """The second is seen in all of the listed time, which is half of theirs."""
    people = [spans((0, 1000)), spans((100, 200))]
    names = [spans((100, 150)), spans((0, 1000))]
    assert assign(people, names[:1]).given == {1: 0}, "as good as a whole list of one person"
    people.append(spans((2000, 4000)))
    assert assign(people, [names[0], spans((3000, 3050))]).given == {2: 1}


def test_nobody() -> None:
    assert assign([], []).given == {}
    assert assign([spans()], [spans((0, 5))]).given == {}
    assert assign([spans((0, 5))], []).given == {}
