"""Which pictures are shown together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clusterer.training.loop import batches, some_of_each


@given(st.integers(0, 40), st.integers(1, 12), st.integers(0, 99))
def test_batches_are_full_and_repeat_nothing(n: int, size: int, seed: int) -> None:
    rows = np.arange(n) * 3
    found = list(batches(rows, size, np.random.default_rng(seed)))
    assert [len(batch) for batch in found] == [size] * (n // size)
    taken = [row for batch in found for row in batch.tolist()]
    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(rows.tolist())


@given(
    st.lists(st.integers(0, 5), min_size=4, max_size=60),
    st.integers(4, 24),
    st.integers(2, 4),
    st.integers(0, 99),
)
def test_each_person_is_there_several_times(
    of: list[int], size: int, per_person: int, seed: int
) -> None:
    people = np.array([0, 1, *of])
    found = some_of_each(people, size, per_person, np.random.default_rng(seed))
    assert len(found) == max(1, len(people) // size)
    at_once = min(max(2, size // per_person), len(set(people.tolist())))
    for rows in found:
        who, counts = np.unique(people[rows], return_counts=True)
        assert len(who) == at_once
        assert (counts == per_person).all()
        for person in who:
            own = rows[people[rows] == person]
            assert len(set(own.tolist())) == per_person or (people == person).sum() < per_person
    again = some_of_each(people, size, per_person, np.random.default_rng(seed))
    assert [rows.tolist() for rows in again] == [rows.tolist() for rows in found]
