"""How a face is rated at full size, and the pictures in the order of the film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clusterer.core.types import ClusteringResult, ImageArray
from clusterer.outputs.stills.choose import StillsChoice, candidates
from clusterer.outputs.stills.look import Film, Taken, rate_light
from tests.video_files import read_number

BOX = np.array([10.0, 10, 50, 60])


def grey(level: int) -> ImageArray:
    return np.full((80, 60, 3), level, np.uint8)


@pytest.mark.parametrize(
    ("level", "expected"), [(0, 0), (30, 0), (65, 0.5), (100, 1), (249, 1), (250, 0)]
)
def test_light(level: int, expected: float) -> None:
    assert rate_light(grey(level), BOX) == pytest.approx(expected)


def test_half_burnt_out_and_outside() -> None:
    image = grey(120)
    image[:, 30:] = 255
    assert rate_light(image, BOX) == pytest.approx(0.5)
    assert rate_light(image, BOX + 500) == 0
    assert rate_light(image, BOX - 500) == 0


def test_pictures_come_in_the_order_of_the_film(result: ClusteringResult, film: Path) -> None:
    stills = list(candidates(result, StillsChoice()))[::-1]
    opened = Film(result, film, lambda _: True)
    taken = list(opened.take(stills))
    frames = [read_number(one.image) for one in taken]
    assert frames == [0, 0, 10, 10, 20, 50, 60, 99]
    assert {one.scale for one in taken} == {(0.25, 96 / 360)}
    assert opened.aspect == pytest.approx(160 / 96)


def test_what_is_of_no_use_is_not_taken(
    result: ClusteringResult, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second shot of person 1 is rated less than a twentieth of the first."""

    class Rating:
        def __init__(self, _: ClusteringResult) -> None:
            pass

        def __call__(self, taken: Taken) -> float:
            return 1.0 if taken.still.shot_index == 0 else 0.049

    monkeypatch.setattr("clusterer.outputs.stills.look._Rating", Rating)
    picked = Film(result, film, lambda _: True).pick(StillsChoice("Person 1"))
    ((person, own),) = picked
    assert person.id == "person-1"
    assert [still.shot_index for still in own] == [0]
