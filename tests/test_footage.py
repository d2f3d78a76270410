"""The bars on real, labelled clips, at the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import clusterer

from .test_demo import load_score

pytestmark = pytest.mark.footage

CLIPS = ("friends_a", "stiller_wilson", "spliced_a", "nggyup")


@pytest.fixture(scope="session")
def scores(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Score of a clip by its name; each is analysed once."""
    score = load_score()
    here = tmp_path_factory.mktemp("footage")
    known: dict[str, Any] = {}

    def of(name: str) -> Any:
        if name not in known:
            folder = clusterer.process(clips / f"{name}.mp4", folder=here / name).folder
            truth, ignore = clips / f"{name}.truth.csv", clips / f"{name}.ignore.csv"
            known[name] = score.score(folder / "faces.csv", truth, ignore)
        return known[name]

    return of


BARS = [
    ("friends_a", "recall", 0.95),
    ("friends_a", "box_precision", 0.87),
    ("friends_a", "f", 0.42),
    ("stiller_wilson", "recall", 0.95),
    ("stiller_wilson", "f", 0.88),
    ("spliced_a", "recall", 0.97),
    ("spliced_a", "box_precision", 0.94),
    ("spliced_a", "f", 0.95),
    ("nggyup", "recall", 0.97),
]


@pytest.mark.parametrize(("clip", "figure", "least"), BARS)
def test_bar(scores: Any, clip: str, figure: str, least: float) -> None:
    found = scores(clip)
    assert getattr(found, figure) >= least, found.line()


def test_one_person_in_two_outfits_is_one(scores: Any) -> None:
    assert scores("nggyup").people == 1, scores("nggyup").line()
