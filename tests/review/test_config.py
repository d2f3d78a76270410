"""Settings out of a result: the same grouping again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from clusterer.core.config import AnalysisConfig, ClothingConfig, ClusteringConfig, Config
from clusterer.core.config import TrackingConfig as Tracking
from clusterer.core.config import settings as as_json
from clusterer.core.errors import ResultError
from clusterer.people.settings import config_of
from clusterer.store.load import _tuples
from tests.small_result import small_result

CHOSEN = Config(
    AnalysisConfig(tracking=Tracking(max_gap_s=2.5)),
    ClusteringConfig(
        method="agglomerative",
        metric="cosine",
        threshold=0.07,
        tolerance=((0.0, 0.5), (0.5, 1.0)),
        clothing=ClothingConfig(enabled=False),
    ),
)


def configured(stored: Any) -> Config:
    return config_of(replace(small_result(), config=stored))


def test_settings_come_back_as_they_were_stored() -> None:
    assert Config() != CHOSEN
    stored = as_json(CHOSEN)
    assert configured(stored) == CHOSEN
    assert configured(_tuples(json.loads(json.dumps(stored)))) == CHOSEN
    assert stored == as_json(CHOSEN)


@pytest.mark.parametrize(("automatic", "expected"), [(True, "auto"), (False, 0.07)])
def test_a_threshold_that_the_episode_set_is_automatic_again(
    automatic: bool, expected: object
) -> None:
    config = configured(as_json(CHOSEN) | {"calibration": {"automatic": automatic}})
    assert config.clustering.threshold == expected
    assert config.analysis == CHOSEN.analysis


def test_what_is_not_stored_is_the_default() -> None:
    assert configured({}) == Config()
    assert configured({"clustering": {"threshold": 0.5}}).clustering.threshold == 0.5


@pytest.mark.parametrize(
    "stored",
    [
        {"clustering": {"novel": 1}},
        {"clustering": {"min_faces": -1}},
        {"analysis": {"tracking": {"novel": 1}}},
        {"analysis": []},
    ],
)
def test_settings_of_another_version_are_refused(stored: Any) -> None:
    with pytest.raises(ResultError, match="The settings of this result cannot be used"):
        configured(stored)
