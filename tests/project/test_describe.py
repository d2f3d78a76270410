"""The people of a film as other films see them, computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

import clusterer
from clusterer.core.config import (
    AnalysisConfig,
    ClusteringConfig,
    Config,
    EncodingConfig,
    EvidenceConfig,
)
from clusterer.core.types import UNKNOWN, Action, Analysis, ClusteringResult, Edit, Reason
from clusterer.people.amend import amend, keys_of
from clusterer.people.editor import Editor
from clusterer.people.features import describe as features_of
from clusterer.people.features import pool
from clusterer.people.identities import present
from clusterer.people.names import BY_GALLERY, BY_PROJECT
from clusterer.project.describe import FEW_LOOKS, MOST_LOOKS, describe
from tests.small_analysis import analysis_of

EVIDENCE = EvidenceConfig(reliability=((0.0, 0.2), (1.0, 0.8)), spread=0.1, variation=0.35)
CONFIG = ClusteringConfig(min_quality=0.25, evidence=EVIDENCE)
A, B, C = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
Rows = Sequence[tuple[int, int, float]]


def result_of(
    analysis: Analysis, labels: Sequence[int], config: ClusteringConfig = CONFIG
) -> ClusteringResult:
    """A result with these labels of tracks."""
    shift = 100.0 * np.maximum(analysis.track_of_row, 0)[:, None]  # or keys would be equal
    boxes = analysis.detections.boxes + shift.astype(np.float32)
    analysis = replace(analysis, detections=replace(analysis.detections, boxes=boxes))
    assigned = np.array(labels, np.int64)
    reasons = [Reason.NONE if label >= 0 else Reason.NO_MATCH for label in labels]
    people, unknowns = present(analysis, assigned, reasons, np.ones(len(labels)))
    return ClusteringResult(
        analysis=analysis,
        features=features_of(analysis, config),
        cannot_link=np.zeros((0, 2), np.int64),
        labels=assigned,
        people=people,
        unknowns=unknowns,
        config=Config(AnalysisConfig(encoding=EncodingConfig("dlib")), config),
    )


def three_tracks(config: ClusteringConfig = CONFIG) -> ClusteringResult:
    """Tracks 0 and 2 are one person, track 1, seen with track 0, is another, 3 is nobody."""
    analysis = analysis_of(
        [
            *((0, 0, 0.5), (1, 0, 0.75), (0, 10, 1.0), (1, 10, 0.1)),
            *((2, 100, 0.5), (2, 130, 0.5), (3, 200, 0.9)),
        ],
        chips={0: A, 2: B, 1: C, 4: A, 5: A, 6: B},
        crops=(0, 1, 4, 6),
    )
    return result_of(analysis, [0, 1, 0, UNKNOWN], config)


def test_unknowns_are_left_out() -> None:
    found = describe(three_tracks())
    assert found.ids == ("person-1", "person-2")
    assert found.n_tracks.tolist() == [2, 1]
    assert found.n_faces.tolist() == [4, 2]
    assert found.covers.tolist() == [person.cover_row for person in three_tracks().people]
    assert found.screen_time_s.tolist() == [p.screen_time_s for p in three_tracks().people]


def test_a_persons_pool_is_the_sum_of_the_tracks() -> None:
    result = three_tracks()
    found = describe(result)
    first = pool(np.array([A, B], np.float32), np.array([0.5, 1.0], np.float32), EVIDENCE)
    second = pool(np.array([A, A], np.float32), np.array([0.5, 0.5], np.float32), EVIDENCE)
    np.testing.assert_allclose(found.sums[0], first[0] + second[0], rtol=1e-6)
    np.testing.assert_allclose(found.precision[0], first[1] + second[1], rtol=1e-6)
    assert found.quality.tolist() == [1.0, 0.75]


def test_without_statistics_it_is_the_mean_embedding() -> None:
    found = describe(three_tracks(ClusteringConfig(min_quality=0.25)))
    # Weights 0.5, 1, 0.5, 0.5; quality (0.25 + 1 + 0.25 + 0.25) / 2.5.
    expected = np.array([1.5, 1.0, 0.0]) / np.sqrt(1.5**2 + 1.0)
    np.testing.assert_allclose(found.sums[0], expected, rtol=1e-6)
    np.testing.assert_allclose(found.precision, [0.7, 0.75], rtol=1e-6)


def test_people_seen_together_are_different() -> None:
    assert describe(three_tracks()).cannot_link.tolist() == [[0, 1]]


def test_people_whom_the_films_reviewer_distinguished_are_different() -> None:
    result = result_of(
        analysis_of([(0, 0, 1.0), (1, 50, 1.0)], chips={0: A, 1: B}, crops=(0, 1)), [0, 1]
    )
    assert describe(result).cannot_link.tolist() == []
    edit = Editor(result).different("Person 1", "Person 2")
    assert describe(amend(result, [edit])).cannot_link.tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("frames", "expected"),
    [([0, 10, 20], 1), ([0, 24, 25], 2), ([0, 25, 50], 3), ([0, 25, 49], 2)],
)
def test_looks_of_a_track_are_a_second_apart(frames: list[int], expected: int) -> None:
    rows = [(0, frame, 0.5) for frame in frames]
    analysis = analysis_of(rows, chips=dict.fromkeys(range(3), A), crops=(0,))
    assert describe(result_of(analysis, [0])).n_looks.tolist() == [expected]


def test_looks_of_different_tracks_are_different() -> None:
    """Rows 0 and 2, 4 and 5, a second apart; row 3 is too poor and has no chip."""
    assert describe(three_tracks()).n_looks.tolist() == [3, 1]


def test_a_poor_chip_is_no_look() -> None:
    analysis = analysis_of([(0, 0, 0.24), (0, 50, 0.25)], chips={0: A, 1: B}, crops=(0,))
    found = describe(result_of(analysis, [0]))
    assert found.n_looks.tolist() == [1]
    assert found.look_rows.tolist() == [1]


def test_looks_are_pools_of_alike_chips() -> None:
    found = describe(three_tracks())
    assert found.look_person.tolist() == [0, 0, 1]
    assert found.look_rows.tolist() == [2, 0, 1]  # the best chip first, then the farthest from it
    alone = pool(np.array([B], np.float32), np.array([1.0], np.float32), EVIDENCE)
    np.testing.assert_allclose(found.looks[0], alone[0], rtol=1e-6)
    first = pool(np.array([A], np.float32), np.array([0.5], np.float32), EVIDENCE)
    second = pool(np.array([A, A], np.float32), np.array([0.5, 0.5], np.float32), EVIDENCE)
    np.testing.assert_allclose(found.looks[1], first[0] + second[0], rtol=1e-6)
    np.testing.assert_allclose(found.look_precision[1], first[1] + second[1], rtol=1e-6)


@pytest.mark.parametrize(("spread", "expected"), [(0.2, FEW_LOOKS), (4.0, MOST_LOOKS)])
def test_alike_looks_are_fewer(spread: float, expected: int) -> None:
    chance = np.random.default_rng(0)
    chips = {row: chance.normal(size=16) * spread + np.eye(16)[0] * 8 for row in range(20)}
    rows = [(0, 30 * row, 0.5) for row in range(20)]
    analysis = analysis_of(rows, chips={k: tuple(v) for k, v in chips.items()}, crops=(0,))
    assert len(describe(result_of(analysis, [0])).looks) == expected


def test_the_scatter_is_the_distance_to_the_mean_direction() -> None:
    rows = [(0, 0, 0.5), (0, 30, 0.5), (1, 60, 0.5)]
    analysis = analysis_of(rows, chips={0: (3.0, 0.0), 1: (0.0, 1.0), 2: (5.0, 5.0)}, crops=(0, 2))
    found = describe(result_of(analysis, [0, 1]))
    # Each of two directions at a right angle is 45° from their mean: a chord of 2 sin 22.5°.
    np.testing.assert_allclose(found.scatter, [2 * np.sin(np.pi / 8), 0.0], atol=1e-6)


def test_who_cannot_be_read_has_no_look() -> None:
    analysis = analysis_of([(0, 0, 0.1), (0, 30, 0.1)], chips={0: A}, crops=(0,))
    found = describe(result_of(analysis, [0]))
    assert (found.n_looks.tolist(), len(found.looks), found.scatter.tolist()) == ([0], 0, [0.0])
    assert found.looks.shape == (0, 3)
    assert found.precision[0] > 0.0


def test_a_film_without_people() -> None:
    analysis = analysis_of([(0, 0, 1.0)], chips={0: A}, crops=(0,))
    found = describe(result_of(analysis, [UNKNOWN]))
    assert len(found) == 0
    assert found.sums.shape == found.looks.shape == (0, 3)


def test_anchors_are_the_best_tracks() -> None:
    result = three_tracks()
    keys = keys_of(result.analysis).tracks
    assert describe(result).anchors == ((keys[0], keys[2]), (keys[1],))


def noted(edit: Edit, note: str) -> Edit:
    return replace(edit, note=note)


def test_names_are_those_given_in_the_film() -> None:
    result = three_tracks()
    editor = Editor(result)
    first, second = editor.name("Person 1", "Anna"), editor.name("Person 2", "Bert")
    by_gallery = noted(first, f"x{BY_GALLERY}0.3")
    by_project = noted(second, f"x{BY_PROJECT}season")
    assert describe(result).names == ("", "")
    assert describe(amend(result, [first])).names == ("Anna", "")
    assert describe(amend(result, [by_gallery, by_project])).names == ("Anna", "")
    later = noted(editor.name("Person 1", "Cara"), f"x{BY_PROJECT}season")
    assert describe(amend(result, [first, later])).names == ("Anna", "")


def test_names_of_the_project_do_not_distinguish_people() -> None:
    result = result_of(
        analysis_of([(0, 0, 1.0), (1, 50, 1.0)], chips={0: A, 1: B}, crops=(0, 1)), [0, 1]
    )
    editor = Editor(result)
    names = [editor.name("Person 1", "Anna"), editor.name("Person 2", "Bert")]
    written = [noted(edit, f"x{BY_PROJECT}season") for edit in names]
    assert describe(amend(result, names)).cannot_link.tolist() == [[0, 1]]
    assert describe(amend(result, written)).cannot_link.tolist() == []


def test_hidden_are_those_whom_the_films_reviewer_hid() -> None:
    result = three_tracks()
    hide = Editor(result).hide("Person 2")
    assert hide.action is Action.HIDE
    assert describe(amend(result, [hide])).hidden.tolist() == [False, True]
    written = noted(hide, f"x{BY_PROJECT}season")
    assert describe(amend(result, [written])).hidden.tolist() == [False, False]


def test_the_sample_film_is_described_the_same_twice(demo: clusterer.Outcome) -> None:
    one, other = describe(demo.result), describe(demo.result)
    assert len(one) == len(demo.result.people) > 0
    assert (one.n_looks > 0).all()
    assert (one.precision > 0).all()
    assert (np.bincount(one.look_person, minlength=len(one)) <= MOST_LOOKS).all()
    for name in ("sums", "precision", "looks", "look_rows", "cannot_link", "scatter"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
