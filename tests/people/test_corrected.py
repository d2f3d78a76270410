"""Corrections in both phases of a decision: as constraints of the grouping, and applied to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clusterer
from clusterer.core.config import METRICS, ClusteringConfig, Config
from clusterer.core.errors import EditsError
from clusterer.core.types import (
    UNKNOWN,
    Action,
    Analysis,
    ClusteringResult,
    Detections,
    Edit,
    Identity,
    Reason,
)
from clusterer.edits import Keys
from clusterer.people.amend import amend, check
from clusterer.people.clustering import METHODS
from clusterer.people.decide import basis, decide
from tests.people.test_certain import episodes

every_method = pytest.mark.parametrize("method", METHODS.built_in)


def spread_out(analysis: Analysis) -> Analysis:
    """The analysis with each track in a different place, so that keys are unique."""
    detections = analysis.detections
    left = np.zeros(len(detections))
    for track in analysis.tracks:
        left[track.detection_rows] = 60.0 * track.id
    boxes = np.stack([left, left * 0, left + 50, left * 0 + 50], axis=1)
    moved = Detections(
        detections.frame_index, detections.pts, boxes, detections.scores, detections.landmarks
    )
    return replace(analysis, detections=moved)


def of_truth(analysis: Analysis, seed: int) -> tuple[list[Edit], np.ndarray]:
    """Corrections of a reviewer who knows the truth, and that truth."""
    rng = np.random.default_rng(seed)
    keys = Keys(analysis).tracks
    truth = rng.integers(0, 3, len(keys))
    edits = []
    for a, b in rng.integers(0, max(len(keys), 1), (6 if len(keys) > 1 else 0, 2)).tolist():
        if a != b:
            action = Action.SAME if truth[a] == truth[b] else Action.DIFFERENT
            edits.append(Edit(action, who=(keys[a],), others=(keys[b],)))
    return edits, truth


@every_method
@settings(max_examples=25, deadline=None)
@given(
    analysis=episodes().map(spread_out),
    seed=st.integers(0, 2**32 - 1),
    threshold=st.sampled_from([0.0, 0.3, 2.0]),
    regrouped=st.booleans(),
)
def test_corrections_hold(
    method: str, analysis: Analysis, seed: int, threshold: float, regrouped: bool
) -> None:
    edits, _ = of_truth(analysis, seed)
    config = Config(clustering=ClusteringConfig(method=method, threshold=threshold))
    keys = Keys(analysis)
    result = decide(analysis, config, edits)
    if regrouped:  # again, under the later corrections
        result = decide(analysis, config, [*edits, Edit(Action.REGROUP)])
    assert result.edit_notes == ()
    for edit in edits:
        a, b = (result.labels[keys.track(who[0])] for who in (edit.who, edit.others))
        if edit.action is Action.SAME:
            assert a == b != UNKNOWN
        else:
            assert a != b or a == UNKNOWN
            pair = sorted(keys.track(who[0]) for who in (edit.who, edit.others))
            assert pair in result.cannot_link.tolist()


@every_method
@settings(max_examples=25, deadline=None)
@given(
    analysis=episodes().map(spread_out),
    which=st.integers(0, 7),
    threshold=st.sampled_from([0.3, 2.0]),
)
def test_not_a_face_is_ignored_by_the_grouping(
    method: str, analysis: Analysis, which: int, threshold: float
) -> None:
    if which >= len(analysis.tracks):
        return
    config = Config(clustering=ClusteringConfig(method=method, threshold=threshold))
    result = decide(
        analysis, config, [Edit(Action.NOT_A_FACE, tracks=(Keys(analysis).tracks[which],))]
    )
    assert which not in result.cannot_link
    assert which not in basis(analysis, config, result.edits).must_link
    assert result.grouped.labels[which] == result.labels[which] == UNKNOWN
    (not_a_face,) = [u for u in result.unknowns if u.reason is Reason.NOT_A_FACE]
    assert (not_a_face.track_ids, not_a_face.id, not_a_face.name) == (
        (which,),
        "not-a-face-1",
        "Not a face 1",
    )
    remaining = [track for track in analysis.tracks if track.id != which]
    without = replace(
        analysis, tracks=tuple(replace(track, id=k) for k, track in enumerate(remaining))
    )
    expected = decide(without, config)
    assert np.delete(result.labels, which).tolist() == expected.labels.tolist()


# ---- the sample film ----


def keys_of(who: Identity, result: ClusteringResult, most: int = 5) -> tuple[str, ...]:
    keys = Keys(result.analysis).tracks
    return tuple(keys[track] for track in who.track_ids[:most])


@pytest.fixture(scope="module")
def corrections(demo: clusterer.Outcome) -> list[Edit]:
    """One correction of each kind, on the four people of the film."""
    result = demo.result
    first, second, third, fourth = (keys_of(who, result) for who in result.people)
    cover = Keys(result.analysis).face(result.people[0].crop_rows[-1])
    return [
        Edit(Action.NAME, who=first, name="Ada"),
        Edit(Action.COVER, who=first, face=cover),
        Edit(Action.MOVE, who=first, tracks=second[:1], source=second[1:2]),
        Edit(Action.NEW, tracks=third[:1], source=third[1:2]),
        Edit(Action.NAME, who=third[:1], name="Bob"),
        Edit(Action.REMOVE, tracks=third[2:3], source=third[1:2]),
        Edit(Action.NOT_A_FACE, tracks=second[-1:]),
        Edit(Action.HIDE, who=fourth),
    ]


def assert_followed(result: ClusteringResult, corrections: Sequence[Edit]) -> None:
    """The result follows every correction of `corrections`."""
    keys = Keys(result.analysis)
    by_name = {who.name: who for who in result.people}
    track = {i: [keys.track(key) for key in edit.tracks] for i, edit in enumerate(corrections)}
    assert set(track[2]) <= set(by_name["Ada"].track_ids)
    assert by_name["Ada"].cover_row == keys.row(corrections[1].face)
    assert set(by_name["Bob"].track_ids) >= set(track[3])
    assert keys.track(corrections[2].source[0]) not in by_name["Ada"].track_ids
    assert keys.track(corrections[3].source[0]) not in by_name["Bob"].track_ids
    reasons = {who.track_ids: who.reason for who in result.unknowns}
    removed, left = track[5][0], keys.track(corrections[5].source[0])
    # Regrouped, it may be another person; it is unknown where it was with the person.
    assert result.labels[removed] != result.labels[left] or result.labels[left] == UNKNOWN
    if result.grouped.labels[removed] == result.grouped.labels[left] != UNKNOWN:
        assert reasons[(removed,)] is Reason.BY_HAND
    assert reasons[tuple(track[6])] is Reason.NOT_A_FACE
    (hidden,) = [who for who in result.people if who.hidden]
    assert keys.track(corrections[7].who[0]) in hidden.track_ids
    assert sorted({who.id for who in result.people}) == sorted(who.id for who in result.people)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("threshold", [None, 0.8, 0.5, "auto"])
@every_method
def test_corrections_hold_under_other_settings(
    demo: clusterer.Outcome,
    corrections: list[Edit],
    method: str,
    metric: str,
    threshold: float | None,
) -> None:
    chosen = ClusteringConfig(method=method, metric=metric, threshold=threshold)
    result = decide(demo.result.analysis, Config(clustering=chosen), corrections)
    assert_followed(result, corrections)
    assert result.edit_notes == ()


def test_amending_equals_deciding(demo: clusterer.Outcome, corrections: list[Edit]) -> None:
    plain = demo.result
    amended = amend(plain, corrections)
    assert_followed(amended, corrections)
    assert (amended.edits, amended.grouped_under) == (tuple(corrections), 0)
    assert amended.grouping is plain.grouping
    assert [who.reason for who in amended.unknowns] == [Reason.NOT_A_FACE, Reason.BY_HAND]
    fresh = decide(plain.analysis, Config(), corrections, grouped_under=0)
    assert (amended.people, amended.unknowns) == (fresh.people, fresh.unknowns)
    assert amended.labels.tolist() == fresh.labels.tolist()
    back = amend(amended, [])
    assert (back.people, back.unknowns, back.edits) == (plain.people, plain.unknowns, ())
    assert back.labels.tolist() == plain.labels.tolist()


def test_people_keep_their_numbers_and_are_sorted_by_time(
    demo: clusterer.Outcome, corrections: list[Edit]
) -> None:
    """Person 1 is renamed, and Bob is the fifth; the longest screen time comes first."""
    people = amend(demo.result, corrections).people
    assert {who.id: who.name for who in people} == {
        "person-1": "Ada", "person-2": "Person 2", "person-3": "Person 3",
        "person-4": "Person 4", "person-5": "Bob",
    }  # fmt: skip
    times = [who.screen_time_s for who in people]
    assert times == sorted(times, reverse=True)


def test_tracks_assigned_by_hand_have_full_confidence(
    demo: clusterer.Outcome, corrections: list[Edit]
) -> None:
    result = amend(demo.result, corrections)
    by_name = {who.name: who for who in result.people}
    assert by_name["Bob"].confidence == 1.0
    before = demo.result.people[0]
    faces = [len(result.analysis.tracks[track]) for track in by_name["Ada"].track_ids]
    old = sum(len(result.analysis.tracks[track]) for track in before.track_ids)
    expected = (before.confidence * old + sum(faces) - old) / sum(faces)
    assert by_name["Ada"].confidence == pytest.approx(expected)
    assert {who.confidence for who in result.unknowns} == {0.0}


def test_only_the_first_corrections_constrain_the_grouping(
    demo: clusterer.Outcome, corrections: list[Edit]
) -> None:
    analysis, config = demo.result.analysis, Config()
    result = decide(analysis, config, corrections, grouped_under=3)
    assert result.grouped_under == 3
    assert (
        result.grouped.labels.tolist()
        == decide(analysis, config, corrections[:3]).grouped.labels.tolist()
    )
    assert_followed(result, corrections)
    for under in (-1, 9):
        with pytest.raises(EditsError, match=f"There are 8 corrections, not {under}"):
            decide(analysis, config, corrections, grouped_under=under)
    with pytest.raises(EditsError, match="grouped under 3 corrections that have changed"):
        amend(result, corrections[1:])
    with pytest.raises(EditsError, match="Group again"):
        amend(result, corrections[:2])
    assert amend(result, corrections[:3]).grouping is result.grouping


def test_notes_report_corrections_that_do_not_apply(demo: clusterer.Outcome) -> None:
    keys = Keys(demo.result.analysis).tracks
    join = Edit(Action.SAME, who=keys[:1], others=keys[1:2])
    part = Edit(Action.DIFFERENT, who=keys[:1], others=keys[1:2])
    lost = Edit(Action.NAME, who=("99999@0,0,9,9",), name="Ada")
    result = decide(demo.result.analysis, Config(), [lost, join, part])
    assert result.edit_notes == (
        "1. name: person not found",
        "2. same person: overridden by a later correction",
    )
    assert amend(demo.result, [lost, join, part]).edit_notes == result.edit_notes[:1]
    assert check(result, result.edits) == (
        "person not found", "overridden by a later correction", "",
    )  # fmt: skip
    assert check(result, [part, lost]) == ("", "person not found")


def test_no_corrections_change_nothing(demo: clusterer.Outcome) -> None:
    result = decide(demo.result.analysis, Config())
    for same in (decide(demo.result.analysis, Config(), []), amend(result, ())):
        assert (same.people, same.unknowns) == (result.people, result.unknowns)
        assert same.cannot_link.tolist() == result.cannot_link.tolist()
        assert (same.edits, same.edit_notes, same.advice) == ((), (), result.advice)
    assert [who.name for who in result.people] == [f"Person {k}" for k in range(1, 5)]
    assert not any(who.hidden for who in result.people)


def test_corrections_do_not_move_the_threshold(demo: clusterer.Outcome) -> None:
    """Only observed pairs set it; pairs separated by the reviewer look alike and would lower it."""
    keys = Keys(demo.result.analysis).tracks
    separations = [
        Edit(Action.DIFFERENT, who=(a,), others=(b,)) for a in keys[:4] for b in keys[4:]
    ]
    config = Config(clustering=ClusteringConfig(threshold="auto"))
    plain, corrected = (decide(demo.result.analysis, config, edits) for edits in ([], separations))
    assert (corrected.config, corrected.calibration) == (plain.config, plain.calibration)
    assert corrected.threshold == plain.threshold
    assert len(corrected.cannot_link) > len(plain.cannot_link)
