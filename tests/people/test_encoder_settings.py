"""What the encoder decides where the user has not: threshold, unit, curves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clusterer.core.config import AnalysisConfig, Config, EncodingConfig, TrackingConfig
from clusterer.core.types import Analysis
from clusterer.faces import encoding
from clusterer.faces.encoding import ENCODERS, from_dlib
from clusterer.people.decide import decide, resolved
from tests.small_analysis import analysis_of

SEEN = [(track, frame, 0.9) for track in range(2) for frame in (0, 25)]


def config_of(encoder: str, **clustering: object) -> Config:
    looked = AnalysisConfig(encoding=EncodingConfig(encoder=encoder))
    return Config(looked).with_clustering(**clustering)


def made_by(encoder: str) -> Analysis:
    chips = dict.fromkeys(range(len(SEEN)), (1.0, 0.0))
    models = {file.name: "" for file in encoding.weights(encoder)}
    return replace(analysis_of(SEEN, chips=chips), models=models)


@pytest.mark.parametrize("encoder", encoding.BEST)
def test_unit_and_curves_are_the_encoders(encoder: str) -> None:
    entry = ENCODERS.built_in[encoder]
    used = resolved(config_of(encoder))
    assert used.clustering.tolerance == entry.curves.tolerance
    assert used.clustering.clothing.face_neutral == entry.curves.face_neutral
    assert used.clustering.clothing.face_slope == entry.curves.face_slope
    assert used.analysis.tracking.unit == (entry.unit or entry.thresholds["l2"])
    assert used.clustering.threshold is None


def test_given_ones_are_kept() -> None:
    given = config_of("retail-0095", tolerance=((0.0, 0.5),))
    given = replace(given, analysis=replace(given.analysis, tracking=TrackingConfig(unit=0.2)))
    used = resolved(given)
    assert used.clustering.tolerance == ((0.0, 0.5),)
    assert used.analysis.tracking.unit == 0.2


@pytest.mark.parametrize("encoder", encoding.BEST)
@pytest.mark.parametrize("metric", ["l2", "cosine"])
def test_under_auto_the_encoder_is_that_of_the_analysis(encoder: str, metric: str) -> None:
    result = decide(made_by(encoder), config_of("auto", metric=metric))
    assert result.config.analysis.encoding.encoder == encoder
    assert result.threshold == encoding.default_threshold(encoder, metric)


@pytest.mark.parametrize("encoder", encoding.BEST)
def test_under_auto_a_threshold_is_dlibs(encoder: str) -> None:
    result = decide(made_by(encoder), config_of("auto", threshold=0.44))
    assert result.threshold == from_dlib(0.44, encoder, "l2")
    again = decide(result.analysis, result.config)  # by name now: its own scale
    assert again.threshold == result.threshold
    named = decide(made_by(encoder), config_of(encoder, threshold=0.44))
    assert named.threshold == 0.44


def test_under_auto_the_threshold_can_be_automatic() -> None:
    result = decide(made_by("dlib"), config_of("auto", threshold="auto"))
    assert result.config.clustering.threshold == "auto"
