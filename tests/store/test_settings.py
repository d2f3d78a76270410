"""Settings out of ``result.json``: the same grouping again."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.config import AUTO, AnalysisConfig, ClothingConfig, ClusteringConfig, Config
from clusterer.core.config import TrackingConfig as Tracking
from clusterer.core.config import settings as as_json
from clusterer.core.errors import ResultError
from clusterer.store.result_json import config_dict, read_config
from tests.small_result import FITS, small_result

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
    return read_config({"schema": 5, "config": {"clustering": {}} | stored}, Path("r.json"))[0]


def test_settings_come_back_as_they_were_stored() -> None:
    assert Config() != CHOSEN
    stored = as_json(CHOSEN)
    assert configured(stored) == CHOSEN
    assert configured(json.loads(json.dumps(stored))) == CHOSEN
    assert stored == as_json(CHOSEN)


@pytest.mark.parametrize(("automatic", "expected"), [(True, AUTO), (False, 0.07)])
def test_a_threshold_that_the_episode_set_is_automatic_again(
    automatic: bool, expected: object
) -> None:
    fit = asdict(replace(FITS, automatic=automatic))
    config = configured(as_json(CHOSEN) | {"calibration": fit})
    assert config.clustering.threshold == expected
    assert config.analysis == CHOSEN.analysis


def test_the_file_states_the_threshold_that_the_episode_set() -> None:
    fit = replace(FITS, automatic=True, threshold=0.41)
    auto = replace(CHOSEN, clustering=replace(CHOSEN.clustering, threshold=AUTO))
    result = replace(small_result(), config=auto, calibration=fit)
    stored = json.loads(json.dumps(config_dict(result)))
    assert list(stored) == ["analysis", "clustering", "calibration"]
    assert stored["clustering"]["threshold"] == result.threshold == 0.41
    assert read_config({"schema": 5, "config": stored}, Path("r.json")) == (auto, fit)


def test_what_is_not_stored_is_the_default() -> None:
    assert configured({}) == Config()
    assert configured({"clustering": {"threshold": 0.5}}).clustering.threshold == 0.5


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"clustering": {"novel": 1}}, "by another version (setting novel is unknown)"),
        ({"clustering": {"clothing": {"novel": 1}}}, "(setting novel is unknown)"),
        ({"clustering": {"min_faces": -1}}, "is damaged (faces that make a person is -1"),
        ({"analysis": {"tracking": {"novel": 1, "new": 2}}}, "(setting new, novel is unknown)"),
        ({"analysis": {"tracking": {"max_gap_s": "long"}}}, "is damaged ("),
        ({"analysis": []}, "is damaged ("),
        ({"calibration": {"verdict": "fits"}}, "is damaged ("),
        ({"calibration": asdict(FITS) | {"verdict": "odd"}}, "'odd' is not a valid Verdict"),
        ({"calibration": {"automatic": True}}, "is damaged ("),
        ({"calibration": 7}, "is damaged ("),
    ],
)
def test_settings_of_another_version_are_refused(stored: Any, expected: str) -> None:
    with pytest.raises(ResultError) as refused:
        configured(stored)
    assert expected in str(refused.value)
    assert refused.value.remedy.startswith("Run cluster-video on the video again")
