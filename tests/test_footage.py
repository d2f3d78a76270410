"""Minimum figures on real, labelled clips, at the defaults."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import clusterer
from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.evaluation import match, read_truth, score
from tests.evaluation.brute_force import figures

pytestmark = pytest.mark.footage

CLIPS = ("friends_a", "stiller_wilson", "spliced_a", "nggyup")


Scored = tuple[dict[str, float | int], Path]


@pytest.fixture(scope="session")
def scored(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scored]:
    """Scores and result folder of a clip by its name; each is analysed once."""
    here = tmp_path_factory.mktemp("footage")

    @cache
    def of(name: str) -> Scored:
        outcome = clusterer.process(clips / f"{name}.mp4", folder=here / name)
        matching = match(read_truth(clips / f"{name}.truth.csv"), outcome.result.analysis)
        return score(matching, outcome.result.labels).ratios(), outcome.folder

    return of


BARS = [
    ("friends_a", "face_recall", 0.95),
    ("friends_a", "box_precision", 0.87),
    ("friends_a", "b_cubed_f", 0.90),
    ("friends_a", "assigned_b_cubed_precision", 0.97),
    ("stiller_wilson", "face_recall", 0.95),
    ("stiller_wilson", "b_cubed_f", 0.90),
    ("stiller_wilson", "assigned_b_cubed_precision", 0.97),
    ("spliced_a", "face_recall", 0.97),
    ("spliced_a", "box_precision", 0.94),
    ("spliced_a", "b_cubed_f", 0.95),
    ("spliced_a", "assigned_b_cubed_precision", 0.97),
    ("nggyup", "face_recall", 0.97),
    ("nggyup", "assigned_b_cubed_precision", 0.97),
]


@pytest.mark.parametrize(("clip", "figure", "least"), BARS)
def test_minimum(scored: Callable[[str], Scored], clip: str, figure: str, least: float) -> None:
    scores, _ = scored(clip)
    assert scores[figure] >= least, scores


def test_six_people_give_few_groups(scored: Callable[[str], Scored]) -> None:
    scores, _ = scored("friends_a")
    assert scores["people_found"] <= 10, scores


@pytest.mark.parametrize("clip", CLIPS)
def test_clothing_does_not_lower_the_score(
    scored: Callable[[str], Scored], clips: Path, clip: str
) -> None:
    scores, folder = scored(clip)
    faces_only = ClusteringConfig(clothing=ClothingConfig(enabled=False))
    analysis = clusterer.load(folder).analysis
    result = clusterer.decide(analysis, clusterer.Config(clustering=faces_only))
    without = score(
        match(read_truth(clips / f"{clip}.truth.csv"), analysis), result.labels
    ).ratios()
    assert scores["b_cubed_f"] >= without["b_cubed_f"]
    assert scores["assigned_b_cubed_precision"] >= without["assigned_b_cubed_precision"]


@pytest.mark.parametrize("clip", CLIPS)
def test_agrees_with_brute_force(scored: Callable[[str], Scored], clips: Path, clip: str) -> None:
    scores, folder = scored(clip)
    expected = figures(folder / "faces.csv", clips / f"{clip}.truth.csv")
    assert {name: scores[name] for name in expected} == pytest.approx(expected, abs=1e-9)


def test_one_person_in_two_outfits_is_one(scored: Callable[[str], Scored]) -> None:
    scores, _ = scored("nggyup")
    assert scores["people_found"] == 1, scores
