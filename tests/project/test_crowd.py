"""The people of films as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clusterer.project.crowd import Crowd, FilmPeople


def film(n: int, looks: tuple[int, ...] = (), **changed: Any) -> FilmPeople:
    """A film of n people, whose vectors count up."""
    k = len(looks)
    fields: dict[str, Any] = {
        "ids": tuple(f"person-{i + 1}" for i in range(n)),
        "names": ("",) * n,
        "hidden": np.zeros(n, bool),
        "anchors": tuple((f"{i}@0,0,1,1",) for i in range(n)),
        "sums": np.arange(2 * n).reshape(n, 2),
        "precision": np.ones(n),
        "quality": np.full(n, 0.5),
        "scatter": np.zeros(n),
        "screen_time_s": np.arange(n) + 1.0,
        "n_tracks": np.ones(n),
        "n_faces": np.ones(n),
        "n_looks": np.ones(n),
        "covers": np.arange(n),
        "looks": np.ones((k, 2)),
        "look_person": np.array(looks),
        "look_precision": np.ones(k),
        "look_rows": np.arange(k),
        "cannot_link": np.zeros((0, 2)),
    }
    return FilmPeople(**(fields | changed))


def test_a_crowd_stacks_films() -> None:
    first = film(2, (0, 0, 1), cannot_link=np.array([[0, 1]]))
    second = film(3, (1, 2), cannot_link=np.array([[0, 2]]), quality=np.full(3, 0.25))
    crowd = Crowd.of((first, second))
    assert len(crowd) == 5
    assert crowd.film.tolist() == [0, 0, 1, 1, 1]
    assert crowd.look_row.tolist() == [0, 0, 1, 3, 4]
    assert crowd.cannot_link.tolist() == [[0, 1], [2, 4]]
    assert crowd.quality.tolist() == [0.5, 0.5, 0.25, 0.25, 0.25]
    assert crowd.sums[2:].tolist() == second.sums.tolist()
    assert crowd.screen_time_s.tolist() == [1.0, 2.0, 1.0, 2.0, 3.0]


def test_a_film_without_people_is_skipped() -> None:
    crowd = Crowd.of((film(1), film(0), film(1)))
    assert crowd.film.tolist() == [0, 2]
    assert crowd.looks.shape == (0, 2)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"names": ("",)}, "one per person"),
        ({"anchors": ()}, "one per person"),
        ({"quality": np.zeros(3)}, "FilmPeople.quality"),
        ({"look_rows": np.zeros(1)}, "FilmPeople.look_rows"),
        ({"cannot_link": np.zeros((1, 3))}, "FilmPeople.cannot_link"),
    ],
)
def test_lengths_must_agree(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        film(2, **changed)


def test_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        film(2).sums[0, 0] = 1.0
