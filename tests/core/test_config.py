"""Every setting has a range, and errors name the setting."""

from __future__ import annotations

import dataclasses
import json

import pytest

from clusterer.core.config import (
    AnalysisConfig,
    ChipConfig,
    ClusteringConfig,
    Config,
    DetectionConfig,
    EncoderCurves,
    EncodingConfig,
    EvidenceConfig,
    ShotConfig,
    TrackingConfig,
    VideoConfig,
    settings,
    with_curves,
)
from clusterer.core.errors import ConfigError

NAN, INFINITY = float("nan"), float("inf")

RANGES = [
    (VideoConfig, "sample_rate_hz", "sample rate", 0.1, 60.0),
    (VideoConfig, "still_level", "level of stillness", 0.0, 255.0),
    (VideoConfig, "stream", "video stream", 0, 9999),
    (ShotConfig, "width_px", "cut detection width", 16, 1920),
    (ShotConfig, "min_content", "cut content", 0.0, 255.0),
    (ShotConfig, "min_ratio", "cut ratio", 1.0, 255.0),
    (ShotConfig, "window", "cut window", 1, 25),
    (ShotConfig, "flash_s", "longest flash", 0, 10),
    (ShotConfig, "min_length_frames", "shortest shot", 1, 1000),
    (ShotConfig, "dissolve_s", "dissolve window", 0.0, 2.0),
    (DetectionConfig, "width_px", "detection width", 64, 4096),
    (DetectionConfig, "min_score", "detection score", 0.0, 1.0),
    (DetectionConfig, "min_face_px", "smallest face", 1.0, 4096.0),
    (DetectionConfig, "upsample", "upsampling", 0, 3),
    (EncodingConfig, "batch_size", "batch size", 1, 1024),
    (TrackingConfig, "min_iou", "track overlap", 0.01, 1.0),
    (TrackingConfig, "max_gap_s", "track gap", 0.0, 60.0),
    (TrackingConfig, "confirm_score", "track score", 0.0, 1.0),
    (TrackingConfig, "stitch_factor", "stitch factor", 0.0, 10.0),
    (TrackingConfig, "split_factor", "split factor", 0.0, 100.0),
    (TrackingConfig, "unit", "unit of the factors", 0.01, 2.0),
    (ChipConfig, "per_track", "chips per track", 1, 1000),
    (ChipConfig, "crops_per_track", "crops per track", 1, 1000),
    (ChipConfig, "crop_px", "crop size", 16, 1024),
    (ClusteringConfig, "threshold", "threshold", 0.0, 2.0),
    (ClusteringConfig, "min_faces", "faces that make a person", 1, 1000),
    (ClusteringConfig, "min_quality", "quality of a readable chip", 0.0, 1.0),
    (ClusteringConfig, "foreground", "height of a face in the foreground", 0.0, 1.0),
    (ClusteringConfig, "clear_quality", "quality of a clear face", 0.0, 1.0),
    (EvidenceConfig, "spread", "spread of different people", 0.001, 1.0),
    (EvidenceConfig, "variation", "variation of a person", 0.0, 1.0),
    (EvidenceConfig, "chip_correlation", "correlation of chips", 0.0, 1.0),
    (EvidenceConfig, "look_alikes", "share of people who look alike", 1e-6, 0.5),
    (EvidenceConfig, "altered", "share of altered faces", 1e-6, 0.5),
    (EvidenceConfig, "most_against", "most that clothes say against", 0.0, 100.0),
    (EvidenceConfig, "colourless", "weight of clothing without colours", 0.0, 1.0),
    (EvidenceConfig, "film_odds", "weight of the film's odds", 0.0, 1.0),
    (EvidenceConfig, "caution", "caution", -100.0, 100.0),
]
STAGES = sorted({row[0] for row in RANGES}, key=lambda stage: stage.__name__)
NO_RANGE = {
    "start_s",
    "end_s",
    "detector",
    "encoder",
    "method",
    "metric",
    "tolerance",
    "clothing",
    "evidence",
    "reliability",
} | {
    "thresholds",
    "licence",
}
"""Names, and times; they have tests of their own."""


@pytest.mark.parametrize(("stage", "field", "name", "low", "high"), RANGES)
def test_out_of_range_is_refused_by_name(
    stage: type, field: str, name: str, low: float, high: float
) -> None:
    step = max(abs(low), 1.0) * 0.001
    for wrong in (low - step, high + 1, NAN, INFINITY, -INFINITY):
        with pytest.raises(ConfigError, match=f"^{name} is") as caught:
            stage(**{field: wrong})
        assert caught.value.remedy == f"It must be between {low:g} and {high:g}"


@pytest.mark.parametrize(("stage", "field", "name", "low", "high"), RANGES)
def test_the_ends_of_the_range_are_in_it(
    stage: type, field: str, name: str, low: float, high: float
) -> None:
    for right in (low, high):
        assert getattr(stage(**{field: right}), field) == right


@pytest.mark.parametrize("stage", STAGES)
def test_every_number_has_a_range(stage: type) -> None:
    listed = {field for owner, field, *_ in RANGES if owner is stage}
    assert {f.name for f in dataclasses.fields(stage)} - NO_RANGE == listed


@pytest.mark.parametrize("start_s", [-0.001, NAN, INFINITY])
def test_start_lies_in_the_video(start_s: float) -> None:
    with pytest.raises(ConfigError, match=r"^start"):
        VideoConfig(start_s=start_s)


@pytest.mark.parametrize("start_s", [None, 5.0])
@pytest.mark.parametrize("end_s", [-1.0, 0.0, NAN, INFINITY])
def test_end_lies_after_start(start_s: float | None, end_s: float) -> None:
    with pytest.raises(ConfigError, match=r"^end"):
        VideoConfig(start_s=start_s, end_s=end_s)


def test_start_and_end_that_make_sense() -> None:
    assert VideoConfig(start_s=0.0, end_s=0.5).end_s == 0.5
    with pytest.raises(ConfigError, match=r"^end does not lie after start"):
        VideoConfig(start_s=5.0, end_s=5.0)


def test_metric() -> None:
    assert ClusteringConfig(metric="cosine").metric == "cosine"
    with pytest.raises(ConfigError, match=r"unknown metric 'l1'. Known: l2, cosine"):
        ClusteringConfig(metric="l1")


def test_thresholds_of_a_network_of_ones_own() -> None:
    read_back = json.loads(json.dumps(settings(EncodingConfig(thresholds=(("l2", 0.5),)))))
    assert EncodingConfig(**read_back) == EncodingConfig(thresholds=(("l2", 0.5),))
    with pytest.raises(ConfigError, match="unknown metric 'l1'"):
        EncodingConfig(thresholds=(("l1", 0.5),))
    with pytest.raises(ConfigError, match=r"threshold for l2 is 2\.5"):
        EncodingConfig(thresholds=(("l2", 2.5),))


def test_no_threshold_means_the_encoders() -> None:
    assert ClusteringConfig().threshold is None


def test_a_config_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ClusteringConfig().min_faces = 3


def test_settings_are_json_and_complete() -> None:
    flat = json.loads(json.dumps(settings(Config())))
    assert flat["clustering"]["min_faces"] == ClusteringConfig().min_faces
    assert set(flat["analysis"]) == {f.name for f in dataclasses.fields(AnalysisConfig)}
    assert flat["analysis"]["tracking"]["max_gap_s"] == TrackingConfig().max_gap_s


@pytest.mark.parametrize(
    "tolerance",
    [(), ((0.1, 1.0),), ((0.0, 1.0), (0.0, 0.9)), ((0.0, 1.0), (1.1, 1.0)), ((0.0, 1.0), (NAN, 1))],
)
def test_the_qualities_of_the_tolerance_rise_from_0(
    tolerance: tuple[tuple[float, float], ...],
) -> None:
    with pytest.raises(ConfigError, match=r"^the tolerance's qualities do not rise from 0"):
        ClusteringConfig(tolerance=tolerance)


@pytest.mark.parametrize("factor", [0.0, -1.0, 11.0, NAN, INFINITY])
def test_a_tolerance_is_a_positive_factor(factor: float) -> None:
    with pytest.raises(ConfigError, match=r"^factor of tolerance is"):
        ClusteringConfig(tolerance=((0.0, factor),))


def test_a_tolerance_read_from_json_is_the_same() -> None:
    assert ClusteringConfig(tolerance=[[0.0, 0.5], [1.0, 1.0]]) == ClusteringConfig(
        tolerance=((0.0, 0.5), (1.0, 1.0))
    )


@pytest.mark.parametrize("reliability", [0.0, 0.995, NAN])
def test_a_reliability_is_a_share_below_1(reliability: float) -> None:
    with pytest.raises(ConfigError, match=r"^factor of reliability is"):
        EvidenceConfig(reliability=((0.0, reliability),))
    with pytest.raises(ConfigError, match=r"^factor of reliability is"):
        EncoderCurves(reliability=((0.0, reliability),))


@pytest.mark.parametrize("reliability", [(), ((0.1, 0.5),), ((0.0, 0.5), (0.0, 0.6))])
def test_the_qualities_of_the_reliability_rise_from_0(
    reliability: tuple[tuple[float, float], ...],
) -> None:
    with pytest.raises(ConfigError, match=r"^the reliability's qualities do not rise from 0"):
        EvidenceConfig(reliability=reliability)


def test_a_reliability_read_from_json_is_the_same() -> None:
    # As JSON has it.
    assert EvidenceConfig(reliability=[[0.0, 0.5]]) == EvidenceConfig(reliability=((0.0, 0.5),))


@pytest.mark.parametrize(
    ("field", "value"), [("spread", 0.0), ("spread", 1.1), ("variation", -0.1), ("variation", NAN)]
)
def test_the_statistics_of_an_encoder_have_ranges(field: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"^{field} of"):
        EncoderCurves(**{field: value})


STATISTICS = EncoderCurves(reliability=((0.0, 0.2), (1.0, 0.8)), spread=0.1, variation=0.3)


def test_statistics_are_known_together_or_not_at_all() -> None:
    assert not EvidenceConfig().is_known
    assert not EvidenceConfig(reliability=((0.0, 0.2),), spread=0.1).is_known
    assert EvidenceConfig(reliability=((0.0, 0.2),), spread=0.1, variation=0.0).is_known


def test_what_the_user_states_goes_before_the_encoders_statistics() -> None:
    assert not with_curves(ClusteringConfig(), EncoderCurves()).evidence.is_known
    filled = with_curves(ClusteringConfig(), STATISTICS).evidence
    assert filled == EvidenceConfig(reliability=STATISTICS.reliability, spread=0.1, variation=0.3)
    own = EvidenceConfig(spread=0.2, variation=0.0, caution=1.0)
    stated = with_curves(ClusteringConfig(evidence=own), STATISTICS).evidence
    assert (stated.spread, stated.variation, stated.caution) == (0.2, 0.0, 1.0)
    assert stated.reliability == STATISTICS.reliability


def test_other_settings_of_the_grouping() -> None:
    before = Config(AnalysisConfig(encoding=EncodingConfig(encoder="retail")))
    after = before.with_clustering(threshold=0.3, min_faces=4)
    assert after == Config(before.analysis, ClusteringConfig(threshold=0.3, min_faces=4))
    assert before.clustering == ClusteringConfig()
    assert before.with_clustering() == before
    with pytest.raises(ConfigError, match="threshold is 3"):
        before.with_clustering(threshold=3.0)
    with pytest.raises(ConfigError, match="no setting 'treshold'"):
        before.with_clustering(treshold=0.3)
