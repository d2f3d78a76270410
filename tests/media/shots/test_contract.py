"""What holds for every algorithm that finds cuts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from clusterer.core.config import ShotConfig
from clusterer.core.types import ImageArray
from clusterer.media.shots.blank import is_cut_to_blank
from clusterer.media.shots.dissolve import dissolve_at
from clusterer.media.shots.hard import is_hard_cut
from clusterer.media.shots.measured import Measured, measure
from tests.media.shots.pictures import barred, dissolve, grey, scene

BLACK = np.zeros_like(scene(1))
ALGORITHMS: Mapping[str, Callable[[list[Measured], int], bool]] = {
    "hard": lambda pictures, at: is_hard_cut(pictures, at, ShotConfig()),
    "blank": lambda pictures, at: is_cut_to_blank(pictures, at, ShotConfig()),
    "dissolve": lambda pictures, at: dissolve_at(pictures, at, (2, 6, 12), ShotConfig()).score > 0,
}
OWN = {
    "hard": ([scene(1)] * 20 + [scene(2)] * 20, [20]),
    "blank": ([scene(1)] * 20 + dissolve(scene(1), BLACK, 9) + [BLACK] * 20, [29]),
    "dissolve": ([scene(1)] * 20 + dissolve(scene(1), scene(2), 11) + [scene(2)] * 20, [25]),
}
"""A sequence for each, and pictures among those at which it finds a cut."""
NO_CUTS = {
    "still": [scene(1)] * 30,
    "blank": [BLACK] * 30,
    "one picture": [scene(1)],
    "pan": [scene(1, shift_px=4 * i) for i in range(30)],
    "flash": [scene(1)] * 15 + [np.full_like(BLACK, 255)] * 3 + [scene(1)] * 15,
    "light": [scene(1, 0.4)] * 15 + [scene(1)] * 15,
    "dimming": [scene(1, 1 - i / 50) for i in range(30)],
    "light from a side": [
        *[scene(1)] * 15,
        *(np.clip(scene(1) + np.arange(80)[:, None] * i, 0, 255).astype(np.uint8) for i in (1, 2)),
        *[scene(1)] * 15,
    ],
}
every_algorithm = pytest.mark.parametrize("name", ALGORITHMS)


def found(name: str, pictures: list[ImageArray]) -> list[int]:
    """Pictures with which an algorithm lets a shot begin."""
    measured: list[Measured] = []
    for picture in pictures:
        measured.append(measure(picture, measured[-1] if measured else None))
    return [at for at in range(len(measured)) if ALGORITHMS[name](measured, at)]


@every_algorithm
@pytest.mark.parametrize("change", [lambda picture: picture, grey, barred])
def test_it_finds_its_own(name: str, change: Callable[[ImageArray], ImageArray]) -> None:
    pictures, expected = OWN[name]
    assert set(expected) <= set(found(name, [change(picture) for picture in pictures]))


@every_algorithm
@pytest.mark.parametrize("kind", NO_CUTS)
def test_it_finds_nothing_else(name: str, kind: str) -> None:
    assert found(name, NO_CUTS[kind]) == []
    assert found(name, [barred(picture) for picture in NO_CUTS[kind]]) == []


@every_algorithm
def test_it_takes_any_size(name: str) -> None:
    for shape in ((1, 1, 3), (2, 300, 3), (300, 2, 3)):
        dark, bright = np.zeros(shape, np.uint8), np.full(shape, 200, np.uint8)
        found(name, [dark] * 15 + [bright] * 15)
    assert found(name, [scene(1)] * 15 + [scene(1)[:40]] * 15) == ([15] if name == "hard" else [])
