"""Settings chosen without a clip, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.people import _left_out
from clusterer.core.config import LinkConfig
from tests.project.crowds import CONFIG, crowd_of, directions, film_of

CLIPS = ("one", "two")
EAGER = LinkConfig(caution=4.0)


@pytest.fixture(autouse=True)
def _small_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_left_out, "GRID", {"caution": (6.0, 4.0, 3.0), "margin": (1.0, 0.0)})


def run(who: tuple[str, ...], precision: float = 8.0, *, is_mixed: bool = False) -> _left_out.Run:
    """Two clips of two films each; the two people of either clip are alike in both its films."""
    casting = ((0, 1), (0, 1), (2, 3), (2, 3))
    crowd = crowd_of(*(film_of(directions(*own), [precision] * 2) for own in casting))
    return _left_out.Run.of(CONFIG, crowd, ("one",) * 4 + ("two",) * 4, who, 3, is_mixed=is_mixed)


RIGHT = ("a", "b", "a", "b", "c", "d", "c", "d")
WRONG = ("a", "b", "x", "b", "c", "d", "c", "d")
"""The first person of clip one has a double, as it seems."""


def test_pairs_of_a_clip_are_counted_apart() -> None:
    choice = _left_out.Choice([run(WRONG)], CLIPS)
    inside = choice.tallies(EAGER, "one", inside=True)
    outside = choice.tallies(EAGER, "one", inside=False)
    assert inside.tolist() == [[2, 1, 1, 1]]  # joined, right, readable, of these joined
    assert outside.tolist() == [[2, 2, 2, 2]]


def test_only_the_clip_left_out_may_be_joined_wrongly() -> None:
    """So little is known of the people that only some settings join them."""
    choice = _left_out.Choice([run(WRONG, 0.47)], CLIPS)
    right, careful = choice.chosen("one"), choice.chosen("two")
    assert choice.tallies(right, "two", inside=True)[0].tolist() == [2, 2, 2, 2]
    assert choice.tallies(right, "one", inside=True)[0].tolist() == [2, 1, 1, 1]
    assert choice.tallies(careful, "one", inside=True)[0, 0] == 0
    assert right.caution < careful.caution


def test_ties_go_to_the_stricter() -> None:
    chosen = _left_out.Choice([run(RIGHT)], CLIPS).chosen("one")
    assert chosen == replace(
        LinkConfig(), **{name: values[0] for name, values in _left_out.GRID.items()}
    )


def test_wrong_joins_of_impure_people_cost_but_are_not_forbidden() -> None:
    choice = _left_out.Choice([run(RIGHT), run(WRONG, is_mixed=True)], CLIPS)
    assert not choice.is_wrong(EAGER, "two")
    assert choice.worth(EAGER, "one") == pytest.approx(1.0)
    assert choice.worth(EAGER, "two") == pytest.approx((3 - _left_out.COST) / 3)


def test_the_fit_finds_where_half_are_right() -> None:
    chance = np.random.default_rng(0)
    evidence = chance.uniform(-1.0, 6.0, 20_000)
    right = chance.random(len(evidence)) < 1 / (1 + np.exp(-1.5 * (evidence - 2.0)))
    assert _left_out._fitted(evidence, right) == pytest.approx((2.0, 1.5), abs=0.1)
