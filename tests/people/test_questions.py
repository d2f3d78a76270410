"""Questions to the reviewer, and the places where people are split."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.core.types import Advice, Reason, TrackFeatures
from clusterer.people.questions import advise, distance_scale
from clusterer.people.questions.merges import MAX_QUESTIONS
from tests.people.refinement.builder import BLUE, NO_LINKS, RED, UNSEEN, features, spans

CONFIG = ClusteringConfig()
THRESHOLD = 0.36
CLEAR = 0.8


def faces(*at: float, quality: float = CLEAR) -> TrackFeatures:
    """Clear faces on a line, without clothes; up to `THRESHOLD` apart they are one person."""
    return features([UNSEEN] * len(at), quality, at)


def ask(
    tracks: TrackFeatures,
    labels: list[int],
    *,
    links: npt.ArrayLike = NO_LINKS,
    starts_s: tuple[float, ...] | None = None,
    config: ClusteringConfig = CONFIG,
    threshold: float = THRESHOLD,
) -> Advice:
    times = spans(*(starts_s if starts_s is not None else range(len(labels))))
    cannot_link = np.asarray(links, np.int64).reshape(-1, 2)
    return advise(tracks, times, cannot_link, np.array(labels, np.int64), config, threshold)


def pairs(advice: Advice) -> list[tuple[int, int]]:
    return [(question.a, question.b) for question in advice.questions]


def test_evidence_equals_that_of_linkage_minus_the_prior() -> None:
    """At distance 0, 14.4 · 1.0 is limited to 6; at 1.25 thresholds it is 14.4 · -0.25 = -3.6.

    Two pairs of tracks: (6 - 3.6) / √2 - 1.25.
    """
    advice = ask(faces(0.0, 0.45, 0.0), [0, 0, -1])
    (asked,) = [question for question in advice.questions if question.b == 2]
    assert asked.a == 0  # as good as track 1, and earlier
    assert asked.evidence == pytest.approx((6.0 - 3.6) / np.sqrt(2) - 1.25, abs=1e-4)


def test_a_track_far_from_its_person_is_questioned() -> None:
    advice = ask(faces(0.0, 0.0, 0.0, 0.45), [0, 0, 0, 0])
    assert pairs(advice) == [(0, 3)]
    assert advice.questions[0].evidence == pytest.approx(-3 * 3.6 / np.sqrt(3), abs=1e-4)


def test_two_people_under_one_label_give_one_question_and_one_cut() -> None:
    advice = ask(faces(0.0, 2.0, 0.0, 2.0, 0.0), [0] * 5)
    assert pairs(advice) == [(0, 1)]
    merges = advice.trees[0]
    assert sorted(sides(merges, 5)) == [[0, 2, 4], [1, 3]]


def test_a_person_of_one_look_is_not_questioned() -> None:
    assert ask(faces(0.0, 0.0, 0.1), [0, 0, 0]).questions == ()


def test_the_likeliest_merge_of_many_faces_comes_first() -> None:
    tracks = replace(faces(0.0, 0.05, 3.0, 3.1, 6.0), readable_chips=np.array([2, 2, 9, 9, 9]))
    assert pairs(ask(tracks, [-1] * 5))[:2] == [(2, 3), (0, 1)]


def test_the_best_face_represents_a_person() -> None:
    tracks = replace(
        faces(0.0, 0.0, 0.0, 0.5),
        quality=np.array([0.5, 0.6, 0.9, 0.5], np.float32),
        readable_chips=np.array([3, 3, 0, 3]),
    )
    assert (1, 3) in pairs(ask(tracks, [0, 0, 0, -1]))


def test_people_seen_together_are_not_asked_about() -> None:
    assert pairs(ask(faces(0.0, 0.0, 0.0), [0, 0, 1], links=[(1, 2)])) == []
    assert pairs(ask(faces(0.0, 0.0, 0.0), [-1, -1, -1], links=[(1, 2)])) == [(0, 1), (0, 2)]


def test_clothing_finds_matches_without_a_face() -> None:
    tracks = replace(
        features([RED, BLUE, RED], [CLEAR, CLEAR, 0.0], [0.0, 3.0, 0.0]),
        has_face=np.array([True, True, False]),
    )
    assert next(pair for pair in pairs(ask(tracks, [0, 1, -1])) if 2 in pair) == (0, 2)
    alone = replace(CONFIG, clothing=ClothingConfig(enabled=False))
    assert pairs(ask(tracks, [0, 1, -1], config=alone)) == pairs(ask(tracks, [0, 1, -1]))


def test_without_evidence_the_nearest_in_time_is_asked_first() -> None:
    tracks = replace(faces(*[3.0 * i for i in range(12)]), has_face=np.arange(12) != 11)
    starts = (*(100.0 * i for i in range(11)), 702.0)
    advice = ask(tracks, [*range(11), -1], starts_s=starts)
    about = [question for question in advice.questions if 11 in {question.a, question.b}]
    assert {question.a for question in about} == {7, 8, 6, 9, 5, 10, 4, 3}
    assert all(question.evidence == pytest.approx(-np.log(11), abs=1e-4) for question in about)


def test_not_a_face_is_not_asked_about() -> None:
    reasons = (Reason.NONE, Reason.NOT_A_FACE, Reason.NONE)
    assert pairs(ask(replace(faces(0.0, 0.0, 0.0), reasons=reasons), [0, -1, -1])) == [(0, 2)]


@pytest.mark.parametrize("labels", [[], [0], [-1]])
def test_no_advice_for_fewer_than_two_tracks(labels: list[int]) -> None:
    assert ask(faces(*[0.0] * len(labels)), labels) == Advice()


def test_under_a_threshold_of_zero_the_nearest_are_asked_about() -> None:
    tracks = faces(0.0, 0.1, 3.0, 3.1, 6.0)
    assert set(pairs(ask(tracks, [-1] * 5, threshold=0.0))[:2]) == {(0, 1), (2, 3)}
    assert distance_scale(0.0, tracks, "l2") == pytest.approx(1.5)
    assert distance_scale(0.0, replace(tracks, has_face=np.zeros(5, bool)), "l2") == 1.0
    assert distance_scale(0.3, tracks, "l2") == 0.3


def test_cosine_distances_are_squares() -> None:
    tracks = faces(0.0, 1.0)
    turned = replace(tracks, face=np.array([[1, 0], [0, 1]], np.float32))
    assert distance_scale(0.0, turned, "cosine") == pytest.approx(0.25)
    config = replace(CONFIG, metric="cosine")
    assert pairs(ask(turned, [0, 1], config=config, threshold=0.07)) == [(0, 1)]


def sides(merges: tuple[tuple[int, int], ...], n: int) -> list[list[int]]:
    """Tracks on either side of the last merge."""
    parts = [[track] for track in range(n)]
    for i, j in merges:
        parts.append(parts[i] + parts[j])
    return [sorted(parts[node]) for node in merges[-1]]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    n = draw(st.integers(2, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tracks = replace(
        features(
            [(float(np.cos(a)), float(np.sin(a))) for a in rng.uniform(0, 1.5, n)],
            rng.uniform(0, 1, n).tolist(),
            rng.uniform(0, 1.5, n).tolist(),
        ),
        has_face=rng.random(n) < 0.8,
        torso_share=np.where(rng.random(n) < 0.7, rng.random(n), 0.0).astype(np.float32),
        readable_chips=rng.integers(0, 9, n),
    )
    links = [(a, b) for a in range(n) for b in range(a + 1, n) if rng.random() < 0.15]
    labels = rng.integers(-1, draw(st.integers(1, 5)), n).tolist()
    starts = rng.permutation(200)[:n].astype(float)
    return {"tracks": tracks, "labels": labels, "links": links, "starts_s": tuple(starts)}


@given(cases())
def test_questions_are_about_two_groups_that_may_be_one_or_about_one(case: dict[str, Any]) -> None:
    labels, advice = case["labels"], ask(**case)
    group = [label if label >= 0 else -2 - track for track, label in enumerate(labels)]
    closed = {frozenset((group[a], group[b])) for a, b in case["links"]}
    assert len(set(pairs(advice))) == len(advice.questions)
    for question in advice.questions:
        a, b = question.a, question.b
        assert a != b
        assert np.isfinite(question.evidence)
        if group[a] == group[b]:
            assert (min(a, b), max(a, b)) not in case["links"]
            assert question.evidence < 0
        else:
            assert frozenset((group[a], group[b])) not in closed
    assert ask(**case) == advice


@given(cases())
def test_every_group_gets_a_question_if_one_is_possible(case: dict[str, Any]) -> None:
    labels, advice = case["labels"], ask(**case)
    group = [label if label >= 0 else -2 - track for track, label in enumerate(labels)]
    closed = {frozenset((group[a], group[b])) for a, b in case["links"]}
    asked = {group[track] for pair in pairs(advice) for track in pair}
    for one in set(group):
        others = {other for other in group if other != one}
        if any(frozenset((one, other)) not in closed for other in others):
            assert one in asked


@given(cases())
def test_a_tree_holds_each_track_of_a_person_once(case: dict[str, Any]) -> None:
    labels, advice = case["labels"], ask(**case)
    sizes = {label: labels.count(label) for label in set(labels) - {-1}}
    assert {label for label, n in sizes.items() if n > 1} == set(advice.trees)
    for label, merges in advice.trees.items():
        n = sizes[label]
        assert len(merges) == n - 1
        assert sorted(node for merge in merges for node in merge) == list(range(2 * n - 2))
        assert all(max(merge) < n + k for k, merge in enumerate(merges))


@st.composite
def cases_without_ties(draw: st.DrawFn) -> dict[str, Any]:
    """Every track has evidence, no limit applies, and no two parts have the same weight."""
    case = draw(cases())
    n = len(case["labels"])
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tracks = replace(
        case["tracks"],
        face=rng.uniform(0, 0.5, (n, 1)).astype(np.float32),
        quality=rng.uniform(0.05, 0.2, n).astype(np.float32),
        has_face=np.ones(n, bool),
        readable_chips=2 ** rng.permutation(n),
    )
    return {**case, "tracks": tracks}


@given(cases_without_ties(), st.randoms(use_true_random=False))
def test_advice_is_independent_of_track_numbering(case: dict[str, Any], random: Any) -> None:
    n = len(case["labels"])
    order = list(range(n))
    random.shuffle(order)
    place = np.argsort(order)
    tracks = case["tracks"]
    moved = {
        "tracks": replace(
            tracks,
            face=tracks.face[order],
            quality=tracks.quality[order],
            readable_chips=tracks.readable_chips[order],
            has_face=tracks.has_face[order],
            clothing=tracks.clothing[order],
            torso_share=tracks.torso_share[order],
        ),
        "labels": [case["labels"][track] for track in order],
        "links": [(int(place[a]), int(place[b])) for a, b in case["links"]],
        "starts_s": tuple(case["starts_s"][track] for track in order),
    }
    before, after = ask(**case), ask(**moved)
    was = {frozenset((q.a, q.b)): q.evidence for q in before.questions}
    now = {frozenset((order[q.a], order[q.b])): q.evidence for q in after.questions}
    assert set(was) == set(now)
    assert [now[pair] for pair in was] == pytest.approx(list(was.values()), abs=1e-3)


@settings(max_examples=20)
@given(cases())
def test_a_person_with_a_cannot_link_is_cut_there(case: dict[str, Any]) -> None:
    labels = [0] * len(case["labels"])
    case |= {"labels": labels, "links": [(0, 1)]}
    one, other = sides(ask(**case).trees[0], len(labels))
    assert (0 in one) == (1 in other)


def test_an_hour_of_tracks_takes_seconds_and_few_questions() -> None:
    rng = np.random.default_rng(0)
    n = 2000
    tracks = features([RED] * n, rng.uniform(0, 1, n).tolist(), rng.uniform(0, 9, n).tolist())
    started_s = time.process_time()
    advice = ask(tracks, [-1] * n)
    assert time.process_time() - started_s < 20.0
    assert len(advice.questions) == MAX_QUESTIONS
