"""One box per face."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clusterer.core.geometry import iou
from clusterer.faces.detection.suppression import suppress

BOX = [0, 0, 10, 10]


@pytest.mark.parametrize(
    ("boxes", "scores", "kept"),
    [
        ([], [], []),
        ([BOX], [0.5], [0]),
        ([BOX, [20, 0, 30, 10]], [0.5, 0.9], [1, 0]),  # disjoint: both, best first
        ([BOX, [0, 0, 10, 9]], [0.5, 0.9], [1]),  # IoU 0.9: the better one
        ([BOX, [0, 0, 10, 9]], [0.5, 0.5], [0]),  # a tie goes to the earlier
        ([BOX, [0, 0, 10, 3]], [0.9, 0.5], [0]),  # IoU exactly 0.3: dropped
        ([BOX, [0, 0, 10, 2.9]], [0.9, 0.5], [0, 1]),  # IoU 0.29: kept
        # A chain: 0 drops 1, so 1 cannot drop 2.
        ([BOX, [5, 0, 15, 10], [10, 0, 20, 10]], [0.9, 0.8, 0.7], [0, 2]),
    ],
)
def test_suppression_table(boxes: list[list[float]], scores: list[float], kept: list[int]) -> None:
    rows = suppress(np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32), 0.3)
    assert rows.tolist() == kept


@given(
    hnp.arrays(np.float32, st.tuples(st.integers(0, 30), st.just(4)), elements=st.integers(0, 50)),
    st.randoms(use_true_random=False),
)
def test_kept_boxes_do_not_overlap_and_dropped_ones_do(boxes: np.ndarray, random) -> None:
    boxes[:, 2:] += boxes[:, :2] + 1
    scores = np.array([random.random() for _ in boxes], np.float32)
    rows = suppress(boxes, scores, 0.3)
    overlap = iou(boxes, boxes[rows])
    among = overlap[rows]
    np.fill_diagonal(among, 0)
    assert (among < 0.3).all()
    dropped = np.setdiff1d(np.arange(len(boxes)), rows)
    covered = (overlap[dropped] >= 0.3) & (scores[rows][None] >= scores[dropped][:, None])
    assert covered.any(axis=1).all()
    assert (np.diff(scores[rows]) <= 0).all()
