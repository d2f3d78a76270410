"""The second stage where faces are pooled: tracks are grouped anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.core.types import Move, TrackFeatures
from clusterer.people.decide import without_faces
from clusterer.people.refinement.refine import Refinement, Refiner
from tests.people.refinement.builder import BLUE, NO_LINKS, RED, spans
from tests.people.refinement.pools import EVIDENCE, pooled

CONFIG = ClusteringConfig(evidence=EVIDENCE)
UNIT = 0.5


def refine(
    tracks: TrackFeatures,
    labels: Sequence[int],
    *,
    cannot_link: npt.ArrayLike = NO_LINKS,
    certain: list[list[int]] | None = None,
    config: ClusteringConfig = CONFIG,
    threshold: float = UNIT,
) -> Refinement:
    n = len(labels)
    units = certain if certain is not None else [[track] for track in range(n)]
    links = np.asarray(cannot_link, np.int64).reshape(-1, 2)
    given_labels = np.array(labels, np.int64)
    return Refiner(config, threshold, UNIT).refine(
        tracks, spans(*range(n)), given_labels, links, units
    )


def test_a_wrong_merge_of_the_first_stage_is_taken_back() -> None:
    found = refine(pooled([0, 1, 0, 1, 0, 0]), [0] * 6)
    assert found.labels.tolist() == [0, 1, 0, 1, 0, 0]
    moves = [(decision.track_id, decision.move) for decision in found.decisions]
    assert moves == [(1, Move.SPLIT), (3, Move.SPLIT)]
    assert not found.ambiguous.any()


def test_unknown_tracks_join_by_their_faces() -> None:
    found = refine(pooled([0, 1, 0, 1, 0]), [0, 1, -1, -1, -1])
    assert found.labels.tolist() == [0, 1, 0, 1, 0]
    assert [each.track_id for each in found.decisions] == [2, 3, 4]
    assert {decision.move for decision in found.decisions} == {Move.JOINED}


def test_pairs_that_must_differ_stay_apart() -> None:
    labels = refine(pooled([0] * 4), [0] * 4, cannot_link=[(0, 3)]).labels.tolist()
    assert labels[0] != labels[3]
    assert -1 not in labels


def test_tracks_that_are_certainly_one_person_stay_together() -> None:
    certain = [[0, 1], [2], [3], [4]]
    found = refine(pooled([0, 1, 0, 1, 2]), [0, 0, 1, 2, 3], certain=certain)
    assert found.labels[0] == found.labels[1]
    assert found.labels[4] not in found.labels[:4]


def test_clothes_help_where_faces_do_not_decide() -> None:
    people = [0, 1] * 3
    dressed = [RED, BLUE] * 3
    undressed = pooled(people, precision=0.2, likeness=0.15)
    assert refine(undressed, [-1] * 6).labels.tolist() == [0, 1, 2, 3, 4, 5]
    faces = pooled(people, precision=0.2, likeness=0.15, clothing=dressed)
    assert refine(faces, [-1] * 6).labels.tolist() == people


def test_clothes_count_less_in_black_and_white() -> None:
    tracks = pooled([0, 1], clothing=[RED, RED])
    in_colour, grey = (
        refine(replace(tracks, coloured=coloured), [0, 1]).evidence for coloured in (True, False)
    )
    assert in_colour is not None
    assert grey is not None
    assert in_colour.clothing[0, 1] > 0
    assert grey.clothing[0, 1] == pytest.approx(in_colour.clothing[0, 1] * EVIDENCE.colourless)
    assert np.array_equal(grey.face, in_colour.face)


@pytest.mark.parametrize("likeness", [0.3, 0.4, 0.5])
def test_a_higher_threshold_merges_more(likeness: float) -> None:
    tracks = pooled([0, 0, 1, 1, 2, 2, 3, 3], likeness=likeness)
    people = [
        int(refine(tracks, [-1] * 8, threshold=threshold).labels.max()) + 1
        for threshold in (0.2, 0.35, 0.5, 0.65, 0.9)
    ]
    assert people == sorted(people, reverse=True)
    assert people[0] == 8
    assert people[-1] < 8


def test_without_a_unit_the_threshold_is_it() -> None:
    tracks, nobody = pooled([0, 0, 1, 1], likeness=0.5), np.full(4, -1)
    times, alone = spans(*range(4)), [[track] for track in range(4)]
    found = [
        Refiner(CONFIG, *numbers).refine(tracks, times, nobody, NO_LINKS, alone).labels.tolist()
        for numbers in ((0.2,), (0.9, None), (0.5, 0.5))
    ]
    assert found[0] == found[1] == found[2]


def test_too_few_readable_chips_are_nobody() -> None:
    tracks = replace(pooled([0, 1, 0, 2]), readable_chips=np.array([1, 1, 1, 2]))
    config = replace(CONFIG, min_faces=2)
    found = refine(tracks, [-1, 0, -1, 1], config=config)
    assert found.labels.tolist() == [0, -1, 0, 1]
    assert 1 not in [each.track_id for each in found.decisions]


def test_what_is_not_a_face_stays_unknown() -> None:
    tracks = without_faces(pooled([0, 0, 1, 0, 1]), np.array([1]))
    assert refine(tracks, [0, -1, 1, 0, 1]).labels.tolist() == [0, -1, 1, 0, 1]


def test_nothing_happens_where_it_is_switched_off() -> None:
    config = replace(CONFIG, clothing=ClothingConfig(enabled=False))
    found = refine(pooled([0, 1, 0, 1]), [0, 0, -1, 1], config=config)
    assert found.labels.tolist() == [0, 0, -1, 1]
    assert (found.decisions, found.evidence) == ((), None)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=10), st.integers(0, 1000))
def test_the_numbering_of_tracks_does_not_matter(people: list[int], seed: int) -> None:
    tracks = pooled(people)
    order = np.random.default_rng(seed).permutation(len(people))
    turned = replace(
        tracks,
        start_pts=tracks.start_pts[order],
        face_sums=tracks.face_sums[order],
        face_precision=tracks.face_precision[order],
    )
    n = len(people)
    alone = [[track] for track in range(n)]
    found = [
        Refiner(CONFIG, UNIT, UNIT).refine(each, times, np.full(n, -1), NO_LINKS, alone).labels
        for each, times in ((tracks, spans(*range(n))), (turned, spans(*order.tolist())))
    ]
    apart = [labels[:, None] == labels for labels in found]
    np.testing.assert_array_equal(apart[0][np.ix_(order, order)], apart[1])
