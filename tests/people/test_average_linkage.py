from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from clusterer.people.questions.average_linkage import merge_order

MOST = 12
LEVELS = st.sampled_from([0.0, 0.1, 0.3, 0.7, 1.1, 1e4])


@given(
    st.integers(1, MOST),
    st.lists(LEVELS | st.floats(0.0, 9.0), min_size=MOST * MOST, max_size=MOST * MOST),
)
def test_it_is_scipys_linkage(n: int, values: list[float]) -> None:
    upper = np.triu(np.array(values).reshape(MOST, MOST)[:n, :n], 1)
    distances = upper + upper.T
    expected = linkage(squareform(distances), method="average")[:, :2].tolist() if n > 1 else []
    assert merge_order(distances) == [(a, b) for a, b in expected]


def test_hand_computed() -> None:
    # 1 and 3 are 1 apart; 0 is (2 + 4) / 2 = 3 from them; 2 is (9 + 8 + 7) / 3 = 8 from all.
    distances = np.array(
        [[0.0, 2.0, 9.0, 4.0], [2.0, 0.0, 8.0, 1.0], [9.0, 8.0, 0.0, 7.0], [4.0, 1.0, 7.0, 0.0]]
    )
    assert merge_order(distances) == [(1, 3), (0, 4), (2, 5)]


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_to_merge(n: int) -> None:
    assert merge_order(np.zeros((n, n))) == []
