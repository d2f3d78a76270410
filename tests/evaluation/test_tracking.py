"""How well tracks follow faces."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise, permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.evaluation import Identification, Matching, Tracking, match
from tests.evaluation.tables import analysis_of, box, matching_of, truth_of

Face = tuple[int, int, str, int]
"""Frame, shot, person, track."""


def clip_of(faces: Sequence[Face], strays: Sequence[int] = ()) -> Matching:
    """A matching of these faces."""
    return matching_of(
        [person for _, _, person, _ in faces],
        [track for _, _, _, track in faces],
        strays,
        [frame for frame, _, _, _ in faces],
        [shot for _, shot, _, _ in faces],
    )


def of(people: str, tracks: list[int], strays: Sequence[int] = ()) -> Tracking:
    """Scores of faces of one shot, each at a frame of its own."""
    return Tracking.of(matching_of(people, tracks, strays))


@pytest.mark.parametrize(
    ("people", "tracks", "expected"),
    [
        ("aabb", [0, 0, 1, 1], (1, 1, 0, 1)),
        # Track 0 goes over from a to b.
        ("aaab", [0, 0, 0, 0], (3 / 4, 1, 0, 2 * 3 / 8)),
        # a is in two tracks.
        ("aaaa", [0, 0, 0, 1], (1, 3 / 4, 1, 2 * 3 / 8)),
        # There and back, the last time over a missed face.
        ("aaaaa", [0, 1, 0, -1, 1], (1, 1 / 2, 3, 2 * 2 / 9)),
        # a and b change places.
        ("abab", [0, 1, 1, 0], (1 / 2, 1 / 2, 2, 2 * 2 / 8)),
        # The track of an unidentified face is not judged by it.
        ("a??b", [0, 0, 1, 1], (1, 1, 0, 1)),
        ("ab", [-1, -1], (1, 1, 0, 0)),
        ("", [], (1, 1, 0, 1)),
    ],
)
def test_by_hand(people: str, tracks: list[int], expected: tuple[float, float, int, float]) -> None:
    found = of(people, tracks)
    scores = (found.purity, found.completeness, found.switches, found.identification.f1)
    assert scores == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("tracks", "tracked", "lost"),
    [
        ([0, 0, 0, 0, -1], 1, 0),  # 80 %
        ([0, 0, 1, -1, 1], 1, 0),  # in whatever tracks
        ([0, 0, 0, -1, -1], 0, 0),
        ([0, -1, -1, -1, -1], 0, 0),  # 20 %
        ([0, -1, -1, -1, -1, -1], 0, 1),
        ([-1], 0, 1),
    ],
)
def test_mostly_tracked_and_lost(tracks: list[int], tracked: int, lost: int) -> None:
    found = of("a" * len(tracks), tracks)
    assert (found.mostly_tracked, found.mostly_lost, found.trajectories) == (tracked, lost, 1)
    assert (found.mostly_tracked_share, found.mostly_lost_share) == (tracked, lost)


def test_a_box_beside_the_faces_lowers_idf1_only() -> None:
    without, with_stray = of("aa", [0, 0]), of("aa", [0, 0], strays=[0, 1])
    assert with_stray.identification == Identification(2, 2, 4)
    assert with_stray.identification.f1 == 2 * 2 / (2 + 4)
    assert (with_stray.purity, with_stray.switches) == (without.purity, without.switches)


def test_the_next_shot_is_another_trajectory() -> None:
    faces = [(0, 0, "a", 0), (1, 0, "a", 0), (10, 1, "a", 1), (11, 1, "a", 1)]
    found = Tracking.of(clip_of(faces))
    assert (found.trajectories, found.switches, found.completeness) == (2, 0, 1.0)
    assert found.identification.f1 == 1.0
    together = Tracking.of(clip_of([(frame, 0, who, track) for frame, _, who, track in faces]))
    assert (together.trajectories, together.switches, together.completeness) == (1, 1, 0.5)


def test_rows_of_the_truth_may_be_in_any_order() -> None:
    faces = [(2, 0, "a", 1), (0, 0, "a", 0), (3, 0, "a", 1), (1, 0, "a", 0)]
    assert Tracking.of(clip_of(faces)).switches == 1


def test_somebody_in_a_mirror_may_have_two_tracks() -> None:
    twice = [(0, 0, "a", 0), (0, 0, "a", 1), (1, 0, "a", 1), (1, 0, "a", 0)]
    assert Tracking.of(clip_of(twice)).switches == 0
    assert Tracking.of(clip_of([*twice, (2, 0, "a", 1)])).switches == 0
    assert Tracking.of(clip_of([*twice, (2, 0, "a", 1), (2, 0, "a", 2)])).switches == 1
    assert Tracking.of(clip_of([*twice, (2, 0, "a", 3), (2, 0, "a", 2)])).switches == 2


def test_shots_are_those_of_the_analysis() -> None:
    analysis = analysis_of([(0, 0, box(0)), (0, 6, box(0))])
    truth = truth_of([(0, "a", box(0)), (6, "a", box(0))])
    assert match(truth, analysis).shot.tolist() == [0, 0]


tracked = st.lists(
    st.tuples(st.integers(0, 39), st.sampled_from("abc?"), st.integers(-1, 3)),
    max_size=16,
    unique_by=lambda face: face[:2],
).map(lambda faces: [(frame, frame // 10, who, track) for frame, who, track in faces])
"""Faces at 40 frames in four shots, each person once at a frame."""


def naive(faces: list[Face], strays: int) -> dict[str, float]:
    """The scores by loops over trajectories and over every assignment of tracks."""
    known = sorted(face for face in faces if face[2] != "?")
    paths = [
        [track for *_, track in path]
        for _, path in groupby(
            sorted(known, key=lambda f: (f[1], f[2], f[0])), key=lambda face: face[1:3]
        )
    ]
    hits = [face for face in known if face[3] >= 0]
    numbers = sorted({track for *_, track in hits})
    pure = sum(
        max([f[2] for f in hits if f[3] == track].count(who) for who in "abc") for track in numbers
    )
    seen = [[track for track in path if track >= 0] for path in paths]
    slots = [*numbers, *([-2] * len(paths))]
    identified = max(
        sum(path.count(track) for path, track in zip(paths, way, strict=True))
        for way in set(permutations(slots, len(paths)))
    )
    boxes = len(hits) + strays
    return {
        "purity": pure / len(hits) if hits else 1.0,
        "completeness": sum(max(map(p.count, p), default=0) for p in seen) / len(hits)
        if hits
        else 1.0,
        "switches": sum(a != b for path in seen for a, b in pairwise(path)),
        "trajectories": len(paths),
        "mostly_tracked": sum(5 * len(s) >= 4 * len(p) for s, p in zip(seen, paths, strict=True)),
        "mostly_lost": sum(5 * len(s) < len(p) for s, p in zip(seen, paths, strict=True)),
        "idf1": 2 * identified / (len(known) + boxes) if known or boxes else 1.0,
    }


def figures(found: Tracking) -> dict[str, float]:
    names = ("purity", "completeness", "switches", "trajectories", "mostly_tracked", "mostly_lost")
    return {
        **{name: getattr(found, name) for name in names},
        "idf1": found.identification.f1,
    }


@given(tracked.filter(lambda faces: len({face[1:3] for face in faces}) < 6), st.integers(0, 3))
def test_against_brute_force(faces: list[Face], strays: int) -> None:
    found = Tracking.of(clip_of(faces, [9] * strays))
    assert figures(found) == pytest.approx(naive(faces, strays), abs=1e-12)


@given(tracked, st.permutations(range(4)), st.permutations("abc"), st.randoms())
def test_order_and_names_are_nothing(
    faces: list[Face], numbers: list[int], names: list[str], random: Random
) -> None:
    other = [
        (frame, shot, who if who == "?" else names["abc".index(who)], numbers[t] if t >= 0 else t)
        for frame, shot, who, t in faces
    ]
    random.shuffle(other)
    assert Tracking.of(clip_of(other)) == Tracking.of(clip_of(faces))


@given(tracked)
def test_perfect(faces: list[Face]) -> None:
    right = [(frame, shot, who, 4 * shot + "abc?".index(who)) for frame, shot, who, _ in faces]
    found = Tracking.of(clip_of(right))
    assert (found.purity, found.completeness, found.switches) == (1.0, 1.0, 0)
    assert (found.mostly_tracked_share, found.mostly_lost_share) == (1.0, 0.0)
    assert found.identification.f1 == 1.0


@given(tracked, tracked)
def test_pooled_is_the_disjoint_union(one: list[Face], other: list[Face]) -> None:
    pooled = Tracking.of(clip_of(one)) + Tracking.of(clip_of(other))
    moved = [
        (frame + 50, shot + 5, who if who == "?" else f"{who}2", track if track < 0 else track + 9)
        for frame, shot, who, track in other
    ]
    assert pooled == Tracking.of(clip_of([*one, *moved]))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-1, 3)), max_size=12))
def test_identification_is_at_most_what_was_found(pairs: list[tuple[str, int]]) -> None:
    true, found = [who for who, _ in pairs], np.array([track for _, track in pairs], np.int64)
    counted = Identification.of(true, found, 0)
    assert counted.identified <= counted.boxes <= counted.faces == len(pairs)
    assert 0.0 <= counted.f1 <= 1.0
