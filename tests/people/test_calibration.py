"""Judging a threshold by certain pairs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clusterer
from clusterer.core.config import AUTO, AnalysisConfig, ClusteringConfig, Config, EncodingConfig
from clusterer.core.errors import ConfigError
from clusterer.core.types import Analysis, Calibration, Verdict
from clusterer.faces.encoding import ENCODERS
from clusterer.people.calibration import (
    Pairs,
    calibrate,
    different_pairs,
    same_pairs,
    wilson,
)
from clusterer.people.calibration.fit import BOUND, TOLERANCE, TYPICAL_DIFFERENT, TYPICAL_SAME
from clusterer.people.constraints import co_occurrence
from clusterer.people.features import describe
from tests.people.clustering.builder import features_of, links, permuted
from tests.small_analysis import Sight, analysis_of

PLAIN = ClusteringConfig(tolerance=((0.0, 1.0),), clear_quality=0.1)
"""Distances as they are."""
COSINE = replace(PLAIN, metric="cosine")


def pairs(*distances: float) -> Pairs:
    return Pairs(np.array(distances, float), np.ones(len(distances)))


def around(middle: float, n: int = 20) -> Pairs:
    """Pairs whose median is `middle`, a tenth of it apart at most."""
    return pairs(*middle * np.linspace(0.9, 1.1, 2 * n + 1))


def fit(
    same: float, different: float, threshold: float | None, default: float = 0.4
) -> Calibration:
    """Calibrate pairs whose medians are multiples of the typical ones."""
    return calibrate(
        around(same * TYPICAL_SAME * default),
        around(different * TYPICAL_DIFFERENT * default),
        "l2",
        default,
        threshold,
    )


@pytest.mark.parametrize(
    ("same", "different", "threshold", "verdict"),
    [
        (1.0, 1.0, 0.4, Verdict.FITS),
        (1.0, 1.0, 0.5, Verdict.TOO_LOOSE),
        (1.0, 1.0, 0.3, Verdict.TOO_TIGHT),
        (0.8, 0.8, 0.4, Verdict.TOO_LOOSE),  # all distances shorter: another encoder, say
        (1.25, 1.25, 0.4, Verdict.TOO_TIGHT),
        (1.25, 0.8, 0.4, Verdict.FITS),  # hard footage: the medians approach each other
        (0.7, 1.3, 0.4, Verdict.FITS),  # easy footage
        (1.0, 0.55, 0.4, Verdict.TOO_LOOSE),  # different people are below the threshold
    ],
)
def test_verdict(same: float, different: float, threshold: float, verdict: Verdict) -> None:
    result = fit(same, different, threshold)
    assert result.verdict is verdict
    assert (result.threshold, result.automatic) == (threshold, False)


@pytest.mark.parametrize(("n_same", "n_different"), [(20, 0), (0, 20), (3, 20), (20, 3), (0, 0)])
def test_too_few_pairs_of_either_kind_give_no_verdict(n_same: int, n_different: int) -> None:
    result = calibrate(pairs(*[0.1] * n_same), pairs(*[0.2] * n_different), "l2", 0.4, 0.4)
    assert result.verdict is Verdict.TOO_FEW


def test_without_pairs_the_default_is_used() -> None:
    result = calibrate(pairs(), pairs(), "l2", 0.4, None)
    assert (result.suggested, result.threshold, result.unshrunk) == (0.4, 0.4, None)
    assert (result.different_accepted_low, result.different_accepted_high) == (0.0, 1.0)
    assert result.share_same_accepted is result.share_different_accepted is None


def test_by_hand() -> None:
    # medians at 0.8 of the typical; weights 2 / (2 + 2) and 2 · 3 / (3 + 1), the default's 1:
    # ln 0.8 · 2 / 3 = -0.14876, 0.4 · e^-0.14876 = 0.34471
    same, different = TYPICAL_SAME * 0.32, TYPICAL_DIFFERENT * 0.32
    result = calibrate(pairs(same, same), pairs(0.1, different, 0.9), "l2", 0.4, 0.3)
    assert result.suggested == 0.3447
    assert result.unshrunk == pytest.approx(0.32)
    assert (result.n_same, result.n_different, result.evidence_different) == (2, 3, 3.0)
    assert result.share_same_accepted == 1.0
    assert result.share_different_accepted == pytest.approx(1 / 3)


def test_cosine_grows_with_the_square() -> None:
    for factor in (0.7, 1.0, 1.3):
        l2 = fit(factor, factor, None, default=0.4)
        cosine = calibrate(
            around(TYPICAL_SAME**2 * factor**2 * 0.04),
            around(TYPICAL_DIFFERENT**2 * factor**2 * 0.04),
            "cosine",
            0.04,
            None,
        )
        assert cosine.suggested / 0.04 == pytest.approx((l2.suggested / 0.4) ** 2, rel=2e-3)


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [
        (0.0, 0.0, 0.0, 1.0),
        (0.0, 10.0, 0.0, 0.2775),  # as published: 0 of 10, 5 of 10, 81 of 263 (Newcombe 1998)
        (0.5, 10.0, 0.2366, 0.7634),
        (81 / 263, 263.0, 0.2553, 0.3662),
        (1.0, 10.0, 0.7225, 1.0),
    ],
)
def test_wilson(share: float, n: float, low: float, high: float) -> None:
    assert wilson(share, n) == pytest.approx((low, high), abs=1e-4)


distances = st.lists(st.floats(0.05, 2.0), min_size=1, max_size=12)


@given(same=distances, different=distances, factor=st.floats(0.5, 2.0))
def test_a_longer_scale_moves_the_threshold_along(
    same: list[float], different: list[float], factor: float
) -> None:
    def suggest(scale: float) -> Calibration:
        one, other = (pairs(*(scale * d for d in kind)) for kind in (same, different))
        return calibrate(one, other, "l2", 0.4, None)

    before, after = suggest(1.0), suggest(factor)
    assert before.unshrunk is not None
    assert after.unshrunk is not None
    assert isclose(after.unshrunk, factor * before.unshrunk, rel_tol=1e-9)
    # After shrinking, it moves the same way, within its bounds.
    assert (after.suggested - before.suggested) * (factor - 1.0) >= 0.0
    for result in (before, after):
        assert 0.4 * BOUND - 1e-4 <= result.suggested <= 0.4 / BOUND + 1e-4
        ratio = round(result.suggested / 0.4, 9)  # 0.44 / 0.4 is a hair less than 1.1
        assert ratio == 1.0 or not 1 / TOLERANCE < ratio < TOLERANCE


@given(distances=st.lists(st.integers(0, 9), min_size=1), data=st.data())
def test_the_weighted_median_equals_the_median_of_repeated_values(
    distances: list[int], data: st.DataObject
) -> None:
    size = len(distances)
    copies = data.draw(st.lists(st.integers(1, 4), min_size=size, max_size=size))
    spread = sorted(np.repeat(distances, copies).tolist())
    result = Pairs(np.array(distances, float), np.array(copies) / 4)
    assert result.median == spread[(len(spread) - 1) // 2]


def test_a_track_seen_with_several_shares_its_weight() -> None:
    # Track 0 is seen with 1, 2 and 3: its pairs weigh a third each; that of 4 and 5 weighs 1.
    features = features_of([[0, 0], [3, 4], [6, 8], [0, 1], [0, 0], [0, 2]])
    result = different_pairs(features, links((0, 1), (0, 2), (0, 3), (4, 5)), PLAIN)
    assert result.distance.tolist() == [5.0, 10.0, 1.0, 2.0]
    assert result.weight.tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1.0])
    assert result.accepted(2.0) == pytest.approx((1 / 3) / 2)
    assert result.median == 2.0


def test_unclear_faces_are_not_used() -> None:
    features = features_of(
        np.eye(4), quality=[0.1, 0.0999, 0.5, 0.5], has_face=[True, True, True, False]
    )
    result = different_pairs(features, links((0, 1), (0, 2), (0, 3), (1, 2)), PLAIN)
    assert result.distance.tolist() == pytest.approx([2**0.5])
    assert different_pairs(features, links((0, 2)), COSINE).distance.tolist() == [1.0]


def test_distances_are_divided_by_the_tolerance() -> None:
    features = features_of([[0, 0], [3, 4]], quality=[0.25, 0.9])
    config = replace(PLAIN, tolerance=((0.0, 0.5), (0.5, 1.5)))  # at 0.25: 1
    assert different_pairs(features, links((0, 1)), config).distance.tolist() == [5.0]
    config = replace(PLAIN, tolerance=((0.0, 2.0),))
    assert different_pairs(features, links((0, 1)), config).distance.tolist() == [2.5]
    features = features_of([[1, 0], [0, 3]])
    config = replace(config, metric="cosine")
    assert different_pairs(features, links((0, 1)), config).distance.tolist() == [0.25]


def sights(track: int, *frames: int, quality: float = 0.5) -> list[Sight]:
    return [(track, frame, quality) for frame in frames]


@pytest.mark.parametrize(
    ("frames", "faces", "expected"),
    [
        ((0, 25), (0.0, 1.0), [1.0]),
        ((0, 25, 50), (0.0, 9.0, 3.0), [3.0]),  # the middle one is left out
        ((0, 25, 50, 75), (0.0, 2.0, 4.0, 7.0), [4.5]),  # 1 to 5.5
        ((0, 12), (0.0, 1.0), []),  # 0.48 s apart: one sight
        ((0, 13), (0.0, 1.0), [1.0]),  # 0.52 s
        ((0,), (0.0,), []),
    ],
)
def test_halves(frames: tuple[int, ...], faces: tuple[float, ...], expected: list[float]) -> None:
    chips = {row: (face, 0.0) for row, face in enumerate(faces)}
    result = same_pairs(analysis_of(sights(0, *frames), chips=chips), PLAIN)
    assert result.distance.tolist() == expected
    assert result.weight.tolist() == [1.0] * len(expected)


def test_halves_of_clear_chips_by_quality() -> None:
    seen = [(0, 0, 0.1), (0, 25, 0.3), (0, 50, 0.05), (0, 75, 0.2), (0, 100, 0.2)]
    chips = {row: (float(face), 0.0) for row, face in enumerate((0, 4, 99, 6, 8))}
    # (0.1 · 0 + 0.3 · 4) / 0.4 = 3, and (6 + 8) / 2 = 7
    result = same_pairs(analysis_of(seen, chips=chips), PLAIN)
    assert result.distance.tolist() == pytest.approx([4.0])
    doubled = same_pairs(analysis_of(seen, chips=chips), replace(PLAIN, tolerance=((0.0, 2.0),)))
    assert doubled.distance.tolist() == pytest.approx([2.0])


def crowd(seed: int, people: int = 4, tracks: int = 12, spread: float = 0.1) -> Analysis:
    """Pairs of tracks seen together, each 4 s long, of people 0.7 apart."""
    rng = np.random.default_rng(seed)
    centres = 0.5 * np.eye(people, 8)
    seen: list[Sight] = []
    chips: dict[int, Sequence[float]] = {}
    for start, (a, b) in enumerate([(i, i + 1) for i in range(0, tracks, 2)]):
        for frame in range(100 * start, 100 * start + 100, 25):
            for track in (a, b):
                chips[len(seen)] = (centres[track % people] + spread * rng.normal(size=8)).tolist()
                seen.append((track, frame, float(rng.uniform(0.3, 0.9))))
    return analysis_of(seen, chips=chips)


@given(seed=st.integers(0, 50), data=st.data())
def test_the_order_of_tracks_does_not_matter(seed: int, data: st.DataObject) -> None:
    analysis = crowd(seed)
    order = np.array(data.draw(st.permutations(range(len(analysis.tracks)))))
    mixed = replace(analysis, tracks=tuple(analysis.tracks[i] for i in order.tolist()))
    together = co_occurrence(analysis.tracks, analysis.detections)
    moved = np.argsort(order)[together]
    features = describe(analysis, PLAIN)
    one = calibrate(
        same_pairs(analysis, PLAIN), different_pairs(features, together, PLAIN), "l2", 0.4, None
    )
    other = calibrate(
        same_pairs(mixed, PLAIN),
        different_pairs(permuted(features, order), moved[::-1, ::-1], PLAIN),
        "l2",
        0.4,
        None,
    )
    assert one == other
    assert (one.n_same, one.n_different) == (12, 6)


@pytest.mark.parametrize("method", ["agglomerative", "hdbscan", "incremental"])
def test_auto_follows_the_scale_of_the_encoder(method: str) -> None:
    analysis = crowd(0)
    longer = replace(analysis, chip_embeddings=analysis.chip_embeddings * np.float32(1.4))

    def decide(seen: Analysis, threshold: object) -> clusterer.ClusteringResult:
        chosen = ClusteringConfig(method=method, threshold=threshold)  # either
        return clusterer.decide(seen, Config(clustering=chosen))

    thresholds = [decide(seen, AUTO).threshold or 0.0 for seen in (analysis, longer)]
    assert thresholds[0] < thresholds[1]
    for seen, threshold in zip((analysis, longer), thresholds, strict=True):
        auto, fixed = decide(seen, AUTO), decide(seen, threshold)
        assert auto.labels.tolist() == fixed.labels.tolist()
        assert auto.config.clustering.threshold == AUTO
        assert auto.calibration is not None
        assert fixed.calibration is not None
        assert auto.calibration.automatic
        assert fixed.calibration.suggested == threshold
        json.dumps(asdict(auto.calibration), allow_nan=False)


def test_a_metric_without_a_default_needs_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        ENCODERS.built_in, "dlib", replace(ENCODERS.built_in["dlib"], thresholds={"l2": 0.36})
    )
    given, auto = (
        Config(
            AnalysisConfig(encoding=EncodingConfig(encoder="dlib")),
            ClusteringConfig(metric="cosine", threshold=t),
        )
        for t in (0.4, AUTO)
    )
    assert clusterer.decide(crowd(0), given).threshold == 0.4
    with pytest.raises(ConfigError, match="no default threshold for the metric 'cosine'"):
        clusterer.decide(crowd(0), auto)


@pytest.mark.parametrize("threshold", ["AUTO", "", "0.36"])
def test_other_words_are_refused_as_threshold(threshold: str) -> None:
    with pytest.raises(ConfigError, match=r"^threshold is '.*'\. Give a number or 'auto'$"):
        ClusteringConfig(threshold=threshold)  # refused
