"""Features of each track, computed by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clusterer.clothing.palette import BINS, DIMENSION
from clusterer.core.config import ClothingConfig, ClusteringConfig, EvidenceConfig
from clusterer.core.types import Reason, TrackFeatures
from clusterer.people.features import MIN_WEIGHT, describe, pool
from tests.small_analysis import FRAME_PTS, analysis_of

CONFIG = ClusteringConfig(min_quality=0.25, min_faces=2)


def test_the_mean_is_weighted_by_quality() -> None:
    analysis = analysis_of(
        [(0, 0, 0.25), (1, 0, 0.5), (0, 6, 0.75)],
        chips={0: (1.0, 0.0), 2: (0.0, 4.0), 1: (7.0, 7.0)},
    )
    found = describe(analysis, CONFIG)
    np.testing.assert_allclose(found.face, [[0.25, 3.0], [7.0, 7.0]], rtol=1e-6)
    assert found.face.dtype == np.float32
    assert found.has_face.tolist() == [True, True]


def test_chips_of_no_quality_have_a_mean_too() -> None:
    analysis = analysis_of([(0, 0, 0.0), (0, 6, 0.0)], chips={0: (2.0, 0.0), 1: (0.0, 2.0)})
    np.testing.assert_allclose(describe(analysis, CONFIG).face, [[1.0, 1.0]])


def test_a_chip_of_no_quality_hardly_counts() -> None:
    analysis = analysis_of([(0, 0, 0.0), (0, 6, 1.0)], chips={0: (2.0, 0.0), 1: (0.0, 2.0)})
    share = 2 * MIN_WEIGHT / (1 + MIN_WEIGHT)
    np.testing.assert_allclose(describe(analysis, CONFIG).face, [[share, 2 - share]], rtol=1e-5)


def test_detections_that_were_not_encoded_do_not_count_in_the_mean() -> None:
    analysis = analysis_of([(0, 0, 1.0), (0, 6, 0.5), (0, 12, 1.0)], chips={1: (3.0, 4.0)})
    np.testing.assert_allclose(describe(analysis, CONFIG).face, [[3.0, 4.0]])


def test_the_mean_of_embeddings_of_length_1_has_length_1() -> None:
    seen = [(0, 0, 1.0), (0, 6, 1.0)]
    analysis = analysis_of(seen, chips={0: (1.0, 0.0), 1: (0.0, 1.0)})
    np.testing.assert_allclose(describe(analysis, CONFIG).face, [[0.5**0.5, 0.5**0.5]], rtol=1e-6)
    analysis = analysis_of(seen, chips={0: (1.0, 0.0), 1: (0.0, 1.01)})
    np.testing.assert_allclose(describe(analysis, CONFIG).face, [[0.5, 0.505]], rtol=1e-6)


def test_a_track_without_a_chip_has_no_face() -> None:
    analysis = analysis_of([(0, 0, 1.0), (1, 6, 1.0)], chips={1: (3.0, 4.0)})
    found = describe(analysis, CONFIG)
    assert found.has_face.tolist() == [False, True]
    assert found.face[0].tolist() == [0.0, 0.0]


def test_detections_that_reach_the_limit_are_readable() -> None:
    analysis = analysis_of(
        [(0, 0, 0.25), (0, 6, 0.249), (0, 12, 0.9), (1, 18, 0.2), (1, 24, 0.1)], chips={0: (1, 0)}
    )
    found = describe(analysis, CONFIG)
    assert found.readable_chips.tolist() == [2, 0]
    np.testing.assert_allclose(found.quality, [0.9, 0.2], rtol=1e-6)


def test_the_default_limit_itself_is_readable() -> None:
    analysis = analysis_of([(0, 0, ClusteringConfig().min_quality)])
    assert describe(analysis, ClusteringConfig()).readable_chips.tolist() == [1]


def test_start_is_the_first_detection() -> None:
    analysis = analysis_of([(0, 3, 0.1), (1, 5, 0.1), (0, 9, 0.9)])
    found = describe(analysis, CONFIG)
    assert found.start_pts.tolist() == [3 * FRAME_PTS, 5 * FRAME_PTS]
    assert found.track_ids.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("size", "sharpness", "score", "pose", "reason"),
    [
        (0.1, 0.5, 0.9, 0.5, Reason.TOO_SMALL),
        (0.5, 0.1, 0.9, 0.5, Reason.TOO_BLURRED),
        (0.5, 0.5, 0.1, 0.5, Reason.TOO_BLURRED),
        (0.5, 0.5, 0.9, 0.1, Reason.TURNED_AWAY),
        (0.0, 0.0, 0.0, 0.0, Reason.TOO_SMALL),
        (0.5, 0.0, 0.0, 0.0, Reason.TURNED_AWAY),
    ],
)
def test_the_reason_is_the_weakest_part_of_the_best_chip(
    size: float, sharpness: float, score: float, pose: float, reason: Reason
) -> None:
    analysis = analysis_of([(0, 0, 0.0)], parts={0: (size, sharpness, score, pose)})
    assert describe(analysis, CONFIG).reasons == (reason,)


def test_the_reason_is_that_of_the_best_chip() -> None:
    analysis = analysis_of(
        [(0, 0, 0.0), (0, 6, 0.0)], parts={0: (0.01, 1, 1, 1), 1: (0.9, 0.9, 0.9, 0.1)}
    )
    assert describe(analysis, CONFIG).reasons == (Reason.TURNED_AWAY,)


@pytest.mark.parametrize(
    ("readable", "min_faces", "reason"),
    [
        (0, 1, Reason.TOO_SMALL),
        (1, 1, Reason.NONE),
        (1, 2, Reason.SINGLE_FACE),
        (2, 2, Reason.NONE),
        (3, 2, Reason.NONE),
    ],
)
def test_the_reason_depends_on_readable_chips(
    readable: int, min_faces: int, reason: Reason
) -> None:
    sights = [(0, 6 * k, 0.5 if k < readable else 0.1) for k in range(4)]
    config = ClusteringConfig(min_quality=0.25, min_faces=min_faces)
    assert describe(analysis_of(sights), config).reasons == (reason,)


def test_no_tracks() -> None:
    found = describe(analysis_of([]), CONFIG)
    assert len(found) == 0
    assert found.reasons == ()


RED, BLUE = (hue * BINS[1] * BINS[2] + 5 * BINS[2] + 5 for hue in (0, 8))
"""Bins of the histogram, saturated and bright."""


def torsos(shares: list[float], sharpness: list[float], config: ClothingConfig) -> TrackFeatures:
    """One track of two chips: red and blue by the histogram, up and down by the network."""
    analysis = analysis_of([(0, 0, 1.0), (0, 6, 1.0)], chips={0: (1.0, 0.0), 1: (0.0, 1.0)})
    dressed = replace(
        analysis,
        chip_colours=np.eye(DIMENSION)[[RED, BLUE]],
        chip_clothing=np.array([[1.0, 0.0], [0.0, 1.0]]),
        chip_torso_share=np.array(shares),
        chip_torso_sharpness=np.array(sharpness),
    )
    return describe(dressed, ClusteringConfig(clothing=config))


@pytest.mark.parametrize(
    ("shares", "sharpness", "expected"),
    [
        ([1.0, 1.0], [5.0, 5.0], (0.5, 0.5)),
        ([1.0, 0.5], [5.0, 5.0], (2 / 3, 1 / 3)),  # by the visible share
        ([1.0, 1.0], [5.0, 1.0], (5 / 6, 1 / 6)),  # and by sharpness
        ([1.0, 0.2], [1.0, 9.0], (1.0, 0.0)),  # a close-up is ignored, and so is its sharpness
        ([1.0, 1.0], [0.0, 0.0], (0.5, 0.5)),  # plain cloth
    ],
)
def test_complete_and_sharp_torsos_count_most(
    shares: list[float], sharpness: list[float], expected: tuple[float, float]
) -> None:
    found = torsos(shares, sharpness, ClothingConfig(network_weight=0.36, min_torso_share=0.3))
    direction = np.array(expected) / np.linalg.norm(expected)
    network, colours = found.clothing[:, :2], found.clothing[:, 2:]
    np.testing.assert_allclose(network, [0.6 * direction], atol=1e-6)
    np.testing.assert_allclose(colours[:, [RED, BLUE]], [0.8 * direction], atol=1e-6)
    assert np.linalg.norm(found.clothing) == pytest.approx(1.0)
    assert found.torso_share.tolist() == [max(shares)]


def test_clothing_that_is_not_visible_is_unknown() -> None:
    found = torsos([0.2, 0.1], [5.0, 5.0], ClothingConfig(min_torso_share=0.3))
    assert not found.clothing.any()
    assert found.torso_share.tolist() == [0.0]


@pytest.mark.parametrize(("bins", "coloured"), [((RED, BLUE), True), ((RED, RED), False)])
def test_whether_the_film_shows_colours(bins: tuple[int, int], coloured: bool) -> None:
    analysis = analysis_of([(0, 0, 1.0), (0, 6, 1.0)], chips={0: (1.0, 0.0), 1: (0.0, 1.0)})
    dressed = replace(
        analysis,
        chip_colours=np.eye(DIMENSION)[list(bins)],
        chip_clothing=np.zeros((2, 2)),
        chip_torso_share=np.ones(2),
        chip_torso_sharpness=np.ones(2),
    )
    assert describe(dressed, CONFIG).coloured is coloured


EVIDENCE = EvidenceConfig(
    reliability=((0.0, 0.2), (1.0, 0.5)), spread=0.1, variation=0.3, chip_correlation=0.5
)
OF_GOOD, OF_POOR = 0.5**0.5 / 0.5, 0.2**0.5 / 0.8
"""Weights √r / (1 - r) of a chip of quality 1 and of quality 0."""


def pool_of(
    embeddings: list[tuple[float, float]], quality: list[float], correlation: float = 0.5
) -> tuple[list[float], float]:
    config = replace(EVIDENCE, chip_correlation=correlation)
    vectors = np.array(embeddings, np.float32).reshape(-1, 2)
    sums, precision = pool(vectors, np.array(quality, np.float32), config)
    return sums.tolist(), precision


def test_the_pool_of_one_chip() -> None:
    for correlation in (0.0, 0.5, 1.0):
        sums, precision = pool_of([(0.6, 0.8)], [1.0], correlation)
        assert sums == pytest.approx([0.6 * OF_GOOD, 0.8 * OF_GOOD])
        assert precision == pytest.approx(1.0)  # 0.5 / 0.5
    middle = pool_of([(1.0, 0.0)], [0.5])[1]
    assert middle == pytest.approx(0.35 / 0.65)


@pytest.mark.parametrize(("correlation", "counted"), [(0.0, 3.0), (0.5, 1.5), (1.0, 1.0)])
def test_equal_chips_count_as_their_correlation_lets_them(
    correlation: float, counted: float
) -> None:
    sums, precision = pool_of([(1.0, 0.0)] * 3, [1.0] * 3, correlation)
    assert sums == pytest.approx([counted * OF_GOOD, 0.0])
    assert precision == pytest.approx(counted)


def test_good_chips_count_more_than_poor_ones() -> None:
    sums, precision = pool_of([(1.0, 0.0), (0.0, 1.0)], [1.0, 0.0], 0.0)
    assert sums == pytest.approx([OF_GOOD, OF_POOR])
    assert precision == pytest.approx(1.0 + 0.25)


def test_black_chips_tell_nothing() -> None:
    for correlation in (0.0, 0.5, 1.0):
        assert pool_of([], [], correlation) == ([0.0, 0.0], 0.0)
        assert pool_of([(0.0, 0.0)] * 2, [1.0] * 2, correlation) == ([0.0, 0.0], 0.0)
        beside = pool_of([(0.0, 0.0), (1.0, 0.0)], [1.0, 1.0], correlation)
        assert beside == pool_of([(1.0, 0.0)], [1.0], correlation)


def test_tracks_are_pooled_where_the_statistics_are_known() -> None:
    analysis = analysis_of(
        [(0, 0, 1.0), (1, 0, 1.0), (0, 6, 1.0), (2, 6, 1.0)],
        chips={0: (1.0, 0.0), 2: (1.0, 0.0), 1: (0.0, 1.0)},
    )
    found = describe(analysis, replace(CONFIG, evidence=EVIDENCE))
    # two chips at a correlation of 0.5 count as 2 / 1.5
    np.testing.assert_allclose(
        found.face_sums, [[4 / 3 * OF_GOOD, 0.0], [0.0, OF_GOOD], [0.0, 0.0]], rtol=1e-6
    )
    np.testing.assert_allclose(found.face_precision, [4 / 3, 1.0, 0.0], rtol=1e-6)
    unknown = describe(analysis, CONFIG)
    assert unknown.face_sums.shape == (3, 0)
    assert unknown.face_precision.tolist() == [0.0, 0.0, 0.0]
