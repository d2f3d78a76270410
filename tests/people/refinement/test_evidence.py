"""Evidence worked out by hand from the settings below."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.core.errors import ConfigError
from clusterer.core.types import TrackFeatures
from clusterer.people.refinement.evidence import Evidence, distances, reach, weigh
from tests.people.refinement.builder import (
    BLUE,
    NO_LINKS,
    RED,
    UNSEEN,
    between_colours,
    features,
    spans,
)

CLOTHING = ClothingConfig(
    shrinkage=1e6,  # nothing is subtracted
    neutral=0.4,
    slope=10.0,
    window_s=100.0,
    most_for=3.0,
    most_against=4.0,
    face_neutral=((0.0, 1.5), (0.5, 1.0)),
    face_slope=((0.0, 1.0), (0.5, 10.0)),
    face_most=6.0,
)
CONFIG = ClusteringConfig(clothing=CLOTHING)


def evidence_of(
    track_features: TrackFeatures,
    starts_s: tuple[float, ...],
    links: npt.ArrayLike = NO_LINKS,
    metric: str = "l2",
) -> Evidence:
    config = replace(CONFIG, metric=metric)
    return weigh(track_features, spans(*starts_s), np.asarray(links, np.int64), config, 0.4)


@pytest.mark.parametrize(
    ("quality", "distance", "expected"),
    [
        (0.0, 0.6, 0.0),  # at the neutral distance of 1.5 thresholds
        (0.0, 0.2, 1.0),  # 1 per threshold, half a threshold is 0.5 from 1.5
        (0.0, 1.0, -1.0),
        (0.5, 0.4, 0.0),
        (0.5, 0.2, 5.0),
        (0.5, 0.0, 6.0),  # 10, but no more than 6
        (0.5, 2.0, -6.0),
        (0.25, 0.4, 1.375),  # neutral 1.25, slope 5.5
    ],
)
def test_face_evidence_by_quality(quality: float, distance: float, expected: float) -> None:
    faces = features([UNSEEN, UNSEEN], quality, [0.0, distance])
    assert evidence_of(faces, (0.0, 1.0)).face[0, 1] == pytest.approx(expected, abs=1e-5)


def test_the_poorer_face_decides() -> None:
    faces = features([UNSEEN] * 2, [0.0, 0.5], [0.0, 0.2])
    assert evidence_of(faces, (0.0, 1.0)).face[0, 1] == pytest.approx(1.0)


def test_cosine_grows_with_the_square() -> None:
    faces = features([UNSEEN, UNSEEN], 0.5)
    turned = np.array([[1.0, 0.0], [0.9, np.sqrt(1 - 0.81)]], np.float32)
    faces = replace(faces, face=turned)
    # Cosine distance 0.1 of a threshold of 0.4 is a quarter, its root a half.
    assert evidence_of(faces, (0.0, 1.0), metric="cosine").face[0, 1] == pytest.approx(
        5.0, abs=1e-4
    )


def test_a_track_without_a_face_gives_no_evidence() -> None:
    faces = replace(features([UNSEEN] * 2, 0.5), has_face=np.array([True, False]))
    assert evidence_of(faces, (0.0, 1.0)).face[0, 1] == 0.0


@pytest.mark.parametrize(
    ("distance", "expected"), [(0.0, 3.0), (0.2, 2.0), (0.4, 0.0), (0.6, -2.0), (1.0, -4.0)]
)
def test_clothing_evidence_by_distance(distance: float, expected: float) -> None:
    tracks = features([RED, between_colours(distance)])
    assert evidence_of(tracks, (0.0, 1.0)).clothing[0, 1] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("start_s", "part"), [(0.0, 1.0), (1.0, 1.0), (51.0, 0.5), (101.0, 0.0), (500.0, 0.0)]
)
def test_clothing_evidence_fades_with_time(start_s: float, part: float) -> None:
    tracks = features([RED, between_colours(0.2)])
    assert evidence_of(tracks, (0.0, start_s)).clothing[0, 1] == pytest.approx(2.0 * part, abs=1e-4)


def test_clothing_evidence_by_visible_share() -> None:
    tracks = replace(features([RED, between_colours(0.2)]), torso_share=np.array([1.0, 0.25]))
    assert evidence_of(tracks, (0.0, 0.0)).clothing[0, 1] == pytest.approx(1.0, abs=1e-4)
    assert evidence_of(features([RED, UNSEEN]), (0.0, 0.0)).clothing[0, 1] == 0.0


def reached(tracks: TrackFeatures, links: npt.ArrayLike) -> float:
    pairs = np.asarray(links, np.int64)
    return reach(distances(tracks, pairs, CLOTHING), tracks, pairs, CLOTHING)


def test_the_common_look_is_subtracted() -> None:
    similar = features([(0.8, 0.6), (0.6, 0.8), (0.8, 0.6), UNSEEN])
    config = ClothingConfig(shrinkage=0.0)
    plain = distances(similar, NO_LINKS, config)
    assert plain[0, 1] == pytest.approx(1.0 - 0.96)
    # The mean of both is (0.7, 0.7): without it, the two point in opposite directions.
    centred = distances(similar, np.array([[0, 1]]), config)
    assert centred[0, 1] == pytest.approx(2.0, abs=1e-5)
    assert centred[0, 2] == pytest.approx(0.0, abs=1e-5)
    assert centred[0, 3] == plain[0, 3] == 1.0
    # Two tracks of a shrinkage of two: half of the mean, (0.35, 0.35), is subtracted.
    half = distances(similar, np.array([[0, 1]]), ClothingConfig(shrinkage=2.0))
    a, b = np.array([0.45, 0.25]), np.array([0.25, 0.45])
    assert half[0, 1] == pytest.approx(1.0 - a @ b / (a @ a), abs=1e-5)


def test_reach_is_shorter_where_people_dress_alike() -> None:
    similar = between_colours(0.1)
    tracks = features([RED, similar, between_colours(0.05)])
    assert reached(tracks, NO_LINKS) == 0.4
    assert reached(tracks, [(0, 1)]) == pytest.approx(0.1, abs=1e-4)
    # Slope 10 per 0.4 is 40 per 0.1: 0.05 is half way to the neutral distance, as 0.2 was.
    alike = evidence_of(tracks, (0.0,) * 3, [(0, 1)]).clothing
    assert alike[0, 2] == pytest.approx(2.0, abs=1e-3)
    assert alike[0, 1] == pytest.approx(0.0, abs=1e-3)


def test_the_reach_is_the_share_of_pairs_that_are_alike() -> None:
    looks = [between_colours(d) for d in np.linspace(0.0, 1.0, 12)]
    tracks = features(looks)
    links = np.array([(0, i) for i in range(1, 12)])
    distances = np.linspace(0.0, 1.0, 12)[1:]
    expected = float(np.quantile(distances, 0.1))
    assert reached(tracks, links) == pytest.approx(expected, abs=1e-3)
    assert reached(tracks, [(0, 11)]) == 0.4


def test_cannot_links_are_different_people() -> None:
    links = evidence_of(features([RED, RED, BLUE]), (0.0,) * 3, [(0, 2)]).different
    assert links.tolist() == [[False, False, True], [False] * 3, [True, False, False]]


def test_a_unit_has_the_mean_evidence_of_its_tracks() -> None:
    tracks = features([RED, between_colours(0.2), between_colours(0.4)])
    single = evidence_of(tracks, (0.0,) * 3)
    linked = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0]], bool)
    single = replace(single, different=linked)
    units = single.of_units([[0], [1, 2]])
    assert units.clothing[0, 1] == pytest.approx((2.0 + 0.0) / 2, abs=1e-4)
    assert units.total == pytest.approx(units.face + units.clothing)
    assert not units.different.any()  # tracks of one unit are never different people


@pytest.mark.parametrize(
    "curve", [(), ((0.1, 1.0),), ((0.0, 1.0), (0.0, 2.0)), ((0.0, 1.0), (1.5, 2.0)), ((0.0, 0.0),)]
)
def test_curves_rise_from_zero(curve: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ConfigError):
        ClothingConfig(face_slope=curve)
