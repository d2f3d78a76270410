"""TA, FA, VAL, FAR and what is drawn from them, against hand, brute force and scikit-learn."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from clusterer.evaluation.verification import (
    FAR_TARGETS,
    Accepted,
    Bools,
    Floats,
    accepted,
    area,
    best_threshold,
    cross_validate,
    equal_error,
    roc,
    val_at_far,
)

# Few values, so that many distances are equal.
DISTANCE = st.integers(0, 12).map(lambda tenths: tenths / 10) | st.floats(0.0, 2.0)
PAIR = st.tuples(DISTANCE, st.booleans())


def arrays(pairs: list[tuple[float, bool]]) -> tuple[Floats, Bools]:
    return np.array([d for d, _ in pairs], float), np.array([s for _, s in pairs], bool)


some_pairs = st.lists(PAIR, max_size=40).map(arrays)
both_kinds = st.lists(PAIR, max_size=40).map(lambda pairs: [*pairs, (0.5, True), (0.7, False)])
both_kinds_arrays = both_kinds.map(arrays)

# By hand: one person at 1, 2, 4, two people at 2, 3, 5, 6.
HAND = arrays([(1, True), (2, True), (2, False), (3, False), (4, True), (5, False), (6, False)])


@pytest.mark.parametrize(
    ("threshold", "true_accepts", "false_accepts"),
    [(0.9, 0, 0), (1, 1, 0), (1.9, 1, 0), (2, 2, 1), (3, 2, 2), (4, 3, 2), (5, 3, 3), (9, 3, 4)],
)
def test_accepted_by_hand(threshold: float, true_accepts: int, false_accepts: int) -> None:
    found = accepted(*HAND, threshold)
    assert found == Accepted(true_accepts, false_accepts, 3, 4)
    assert found.val == true_accepts / 3
    assert found.far == false_accepts / 4
    assert found.accuracy == pytest.approx((true_accepts + 4 - false_accepts) / 7)


def test_curve_by_hand() -> None:
    curve = roc(*HAND)
    assert curve.thresholds.tolist() == [-np.inf, 1, 2, 3, 4, 5, 6]
    assert curve.true_accepts.tolist() == [0, 1, 2, 2, 3, 3, 3]
    assert curve.false_accepts.tolist() == [0, 0, 1, 2, 2, 3, 4]
    # 12 pairs of pairs: 1 beats four; 2 beats three and ties with one; 4 beats two.
    assert area(curve) == (4 + 3.5 + 2) / 12
    assert best_threshold(curve) == 1.0  # 5 of 7 right at 1, at 2 and at 4: the smallest


@pytest.mark.parametrize(
    ("target", "threshold", "val", "far", "resolvable"),
    [
        (0.1, 1, 1 / 3, 0.0, False),
        (0.24, 1, 1 / 3, 0.0, False),
        (0.25, 2, 2 / 3, 0.25, True),
        (0.5, 4, 1.0, 0.5, True),
        (0.6, 4, 1.0, 0.5, True),
        (1.0, 6, 1.0, 1.0, True),
    ],
)
def test_val_at_far_by_hand(
    target: float, threshold: float, val: float, far: float, resolvable: bool
) -> None:
    found = val_at_far(roc(*HAND), target)
    assert (found.threshold, found.val, found.far) == (threshold, val, far)
    assert found.resolvable is resolvable


def test_no_threshold_when_two_people_are_nearest() -> None:
    found = val_at_far(roc(*arrays([(1, False), (2, True)])), 0.1)
    assert (found.threshold, found.val, found.far) == (-np.inf, 0.0, 0.0)
    assert not found.resolvable


@pytest.mark.parametrize("number", [10, 100, 1000])
def test_the_smallest_resolvable_rate_is_allowed(number: int) -> None:
    pairs = arrays([(1.0, False), (2.0, True), *[(3.0, False)] * (number - 1)])
    found = val_at_far(roc(*pairs), 1 / number)
    assert (found.threshold, found.val, found.resolvable) == (2.0, 1.0, True)
    assert not val_at_far(roc(*arrays([(3.0, False)] * (number - 1))), 1 / number).resolvable


@pytest.mark.parametrize(
    ("pairs", "rate", "threshold"),
    [
        ([(1, True), (2, False)], 0.0, 1.0),  # told apart wholly
        ([(1, False), (2, True)], 1.0, 1.0),  # the wrong way round
        ([(1, True), (1, False)], 0.5, 1.0),  # all alike: the diagonal
        ([(1, True), (2, False), (3, True), (4, False)], 0.5, 2.0),
        # From (0, 2/3) to (1/2, 2/3): FAR = 1/3 at 2/3 of the way.
        ([(1, True), (1, True), (2, False), (3, True), (4, False)], 1 / 3, 2.0),
    ],
)
def test_equal_error_by_hand(
    pairs: list[tuple[float, bool]], rate: float, threshold: float
) -> None:
    found = equal_error(roc(*arrays(pairs)))
    assert found.rate == pytest.approx(rate, abs=1e-12)
    assert found.threshold == threshold


@pytest.mark.parametrize(
    ("pairs", "has_val", "has_far"),
    [([], False, False), ([(1.0, True)], True, False), ([(1.0, False)], False, True)],
)
def test_shares_of_nothing(pairs: list[tuple[float, bool]], has_val: bool, has_far: bool) -> None:
    found = accepted(*arrays(pairs), 1.0)
    assert math.isnan(found.val) is not has_val
    assert math.isnan(found.far) is not has_far
    assert math.isnan(found.accuracy) is not (has_val or has_far)
    curve = roc(*arrays(pairs))
    assert math.isnan(area(curve))
    assert math.isnan(equal_error(curve).rate)
    assert math.isnan(val_at_far(curve, 0.1).far) is not has_far
    assert math.isnan(val_at_far(curve, 0.1).val)


@given(some_pairs)
def test_every_step_is_what_its_threshold_accepts(pairs: tuple[Floats, Bools]) -> None:
    distances, same = pairs
    curve = roc(distances, same)
    assert curve.thresholds.tolist() == [-np.inf, *sorted(set(distances.tolist()))]
    for step, threshold in enumerate(curve.thresholds.tolist()):
        near = [s for d, s in zip(distances.tolist(), same.tolist(), strict=True) if d <= threshold]
        brute = Accepted(sum(near), len(near) - sum(near), int(same.sum()), int((~same).sum()))
        assert curve.at(step) == brute == accepted(distances, same, threshold)


@given(both_kinds_arrays)
def test_agrees_with_scikit_learn(pairs: tuple[Floats, Bools]) -> None:
    distances, same = pairs
    curve = roc(distances, same)
    assert area(curve) == pytest.approx(roc_auc_score(same, -distances), abs=1e-9)
    far, val, scores = roc_curve(same, -distances, drop_intermediate=False)
    assert np.abs(curve.far - far).max() < 1e-9
    assert np.abs(curve.val - val).max() < 1e-9
    assert (curve.thresholds == -scores).all()


@given(both_kinds_arrays)
def test_area_counts_the_right_order(pairs: tuple[Floats, Bools]) -> None:
    distances, same = pairs
    one, two = distances[same][:, None], distances[~same][None, :]
    brute = ((one < two) + 0.5 * (one == two)).mean()
    assert area(roc(distances, same)) == pytest.approx(brute, abs=1e-9)


@given(both_kinds_arrays, st.sampled_from((*FAR_TARGETS, 0.5)))
def test_val_at_far_against_every_threshold(pairs: tuple[Floats, Bools], target: float) -> None:
    distances, same = pairs
    found = val_at_far(roc(distances, same), target)
    allowed = [d for d in distances.tolist() if (distances[~same] <= d).mean() <= target + 1e-12]
    assert found.threshold == max(allowed, default=-np.inf)
    assert found.val == pytest.approx((distances[same] <= found.threshold).mean(), abs=1e-9)
    assert found.far <= target
    assert found.resolvable or found.far == 0.0


@given(both_kinds_arrays)
def test_equal_error_lies_on_the_curve(pairs: tuple[Floats, Bools]) -> None:
    curve = roc(*pairs)
    found = equal_error(curve)
    # The curve as a line from step to step, at 1 - VAL = FAR, found by bisection of its length.
    at = np.linspace(0, len(curve.far) - 1, 2)
    for _ in range(60):
        middle = at.mean()
        far = np.interp(middle, np.arange(len(curve.far)), curve.far)
        val = np.interp(middle, np.arange(len(curve.val)), curve.val)
        at[int(far >= 1 - val)] = middle
    assert found.rate == pytest.approx(
        np.interp(at[1], np.arange(len(curve.far)), curve.far), abs=1e-9
    )


@given(both_kinds_arrays, st.randoms(use_true_random=False))
def test_order_and_scale_change_nothing(pairs: tuple[Floats, Bools], random: Random) -> None:
    distances, same = pairs
    order = np.arange(len(same))
    random.shuffle(order)
    before, after = roc(distances, same), roc(4.0 * distances[order], same[order])
    assert (after.thresholds == 4.0 * before.thresholds).all()
    assert (after.true_accepts == before.true_accepts).all()
    assert (after.false_accepts == before.false_accepts).all()


@given(some_pairs, some_pairs, DISTANCE)
def test_pooled_counts_are_those_of_all_pairs(
    a: tuple[Floats, Bools], b: tuple[Floats, Bools], threshold: float
) -> None:
    pooled = accepted(np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]]), threshold)
    parts = [accepted(*a, threshold), accepted(*b, threshold)]
    assert sum(parts, Accepted()) == pooled


def test_cross_validation_by_hand() -> None:
    # Fold 0 is judged with 2 (right on fold 1 wholly), fold 1 with 1: it misses its pair at 2.
    distances, same = arrays([(1, True), (3, False), (2, True), (4, False)])
    found = cross_validate(distances, same, np.array([0, 0, 1, 1]))
    assert found.thresholds == (2.0, 1.0)
    assert found.folds == (1.0, 0.5)
    assert found.mean == 0.75
    assert found.standard_error == pytest.approx(0.25)  # deviation 0.3536 over the root of 2


@given(st.lists(st.tuples(DISTANCE, st.booleans(), st.integers(0, 3)), min_size=1, max_size=30))
def test_cross_validation_by_brute_force(rows: list[tuple[float, bool, int]]) -> None:
    rows = [*rows, (0.2, True, 0), (0.9, False, 1)]
    distances, same = arrays([(d, s) for d, s, _ in rows])
    fold = np.array([f for _, _, f in rows])
    expected = []
    for number in sorted(set(fold.tolist())):
        rest = [(d, s) for d, s, f in rows if f != number]
        candidates = [-np.inf, *sorted({d for d, _ in rest})]
        best = max(candidates, key=lambda t: (sum((d <= t) == s for d, s in rest), -t))
        judged = [(d <= best) == s for d, s, f in rows if f == number]
        expected.append(sum(judged) / len(judged))
    found = cross_validate(distances, same, fold)
    assert found.folds == pytest.approx(expected, abs=1e-9)
    assert found.mean == pytest.approx(sum(expected) / len(expected), abs=1e-9)


def test_cross_validation_needs_two_folds() -> None:
    with pytest.raises(ValueError, match="two folds"):
        cross_validate(*HAND, np.zeros(7, np.int64))
