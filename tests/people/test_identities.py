"""Labels → people: appearances, screen time, numbers, covers, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.appearances import appearances
from clusterer.core.config import ClusteringConfig
from clusterer.core.types import Analysis, Appearance, Identity, Reason, Shot, VideoInfo
from clusterer.people.features import describe
from clusterer.people.identities import present, reasons_of, unknown_reason
from tests.small_analysis import FRAME_PTS, VIDEO, analysis_of, shots_of

People = tuple[tuple[Identity, ...], tuple[Identity, ...]]


def seen_in(
    tracks: Sequence[Sequence[int]], shots: tuple[Shot, ...], video: VideoInfo = VIDEO
) -> tuple[Appearance, ...]:
    """Appearances of one person of tracks that were seen in these frames."""
    sights = [(i, frame, 0.5) for i, track in enumerate(tracks) for frame in track]
    analysis = replace(analysis_of(sights, shots=shots), video=video)
    return appearances(analysis, range(len(tracks)))


def _shot(frame: int, shots: tuple[Shot, ...]) -> int:
    return next(shot.index for shot in shots if shot.start_frame <= frame < shot.end_frame)


def frames_of(found: tuple[Appearance, ...]) -> list[tuple[int, int]]:
    return [(a.start_frame, a.end_frame) for a in found]


def people_of(
    analysis: Analysis,
    labels: list[int],
    ambiguous: list[bool] | None = None,
    confidence: list[float] | None = None,
) -> People:
    n = len(labels)
    array = np.array(labels, np.int64)
    features = describe(analysis, ClusteringConfig())
    reasons = reasons_of(features, array, np.array(ambiguous or [False] * n))
    return present(analysis, array, reasons, np.array(confidence or [0.5] * n))


def test_an_appearance_is_half_open() -> None:
    (found,) = seen_in([[6, 12, 18]], shots_of(100))
    assert found == Appearance(0, 6, 19, 6 * FRAME_PTS, 19 * FRAME_PTS, (0,))


def test_a_single_detection_lasts_a_frame() -> None:
    (found,) = seen_in([[6]], shots_of(100))
    assert (found.end_frame - found.start_frame, found.end_pts - found.start_pts) == (1, FRAME_PTS)


def test_up_to_a_second_in_one_shot_is_one_appearance() -> None:
    # 25 frames a second: after frame 10 the person is absent for 25, or 26, frames.
    assert frames_of(seen_in([[4, 10], [36, 40]], shots_of(100))) == [(4, 41)]
    assert frames_of(seen_in([[4, 10], [37, 40]], shots_of(100))) == [(4, 11), (37, 41)]


def test_joined_appearances_list_their_tracks() -> None:
    found = seen_in([[0, 5], [10, 15], [60], [20, 25]], shots_of(100))
    assert [a.track_ids for a in found] == [(0, 1, 3), (2,)]


def test_a_track_within_another_does_not_shorten_the_appearance() -> None:
    (found,) = seen_in([[0, 40], [10, 12]], shots_of(100))
    assert (found.end_frame, found.end_pts) == (41, 41 * FRAME_PTS)


def test_an_appearance_ends_at_a_cut() -> None:
    found = seen_in([[40, 49], [50, 60]], shots_of(50, 50))
    assert frames_of(found) == [(40, 50), (50, 61)]
    assert [a.shot_index for a in found] == [0, 1]


def test_the_last_frame_of_a_shot_ends_with_it() -> None:
    # The frame lasts longer than the others: 6 ticks after its start the next shot begins.
    shots = (Shot(0, 0, 10, 0, 9 * FRAME_PTS + 6), Shot(1, 10, 20, 9 * FRAME_PTS + 6, 100))
    (found,) = seen_in([[0, 9]], shots)
    assert (found.end_frame, found.end_pts) == (10, shots[0].end_pts)
    (found,) = seen_in([[0, 8]], shots)
    assert (found.end_frame, found.end_pts) == (9, 9 * FRAME_PTS)


def test_short_last_frames_do_not_extend_an_appearance_past_the_cut() -> None:
    # Frames 8 and 9 last a tick each, and frame 8 was the last one sampled.
    shots = (Shot(0, 0, 10, 0, 8 * FRAME_PTS + 2), Shot(1, 10, 20, 8 * FRAME_PTS + 2, 100))
    (found,) = seen_in([[0, 8]], shots)
    assert found.end_pts == shots[0].end_pts


def test_a_frame_lasts_at_least_a_tick() -> None:
    coarse = VideoInfo("a.mp4", 640, 360, Fraction(1000), Fraction(1, 100), 0, 40.0)
    (found,) = seen_in([[6]], shots_of(100), coarse)
    assert found.end_pts - found.start_pts == 1


@given(st.lists(st.sets(st.integers(0, 119), min_size=1, max_size=5), min_size=1, max_size=6))
def test_appearances_cover_every_detection_and_do_not_overlap(sights: list[set[int]]) -> None:
    shots = shots_of(30, 50, 40)
    tracks = [
        sorted(frame for frame in sight if _shot(frame, shots) == _shot(min(sight), shots))
        for sight in sights
    ]
    found = seen_in(tracks, shots)
    for track, frames in enumerate(tracks):
        (home,) = [a for a in found if track in a.track_ids]
        assert home.start_frame <= frames[0]
        assert frames[-1] < home.end_frame
    for a, b in pairwise(found):
        gap = b.start_frame - a.end_frame
        assert gap >= 0
        assert gap > 25 or a.shot_index != b.shot_index
    for a in found:
        shot = shots[a.shot_index]
        assert shot.start_pts <= a.start_pts < a.end_pts <= shot.end_pts


def test_screen_time_is_the_sum_of_appearances() -> None:
    analysis = analysis_of([(0, 0, 0.5), (0, 24, 0.5), (1, 100, 0.5), (1, 149, 0.5)])
    ((person,), unknowns) = people_of(analysis, [0, 0])
    assert frames_of(person.appearances) == [(0, 25), (100, 150)]
    assert person.screen_time_s == pytest.approx(3.0)
    assert unknowns == ()


def test_people_are_numbered_by_screen_time() -> None:
    sights = [(0, 0, 0.5), (0, 10, 0.5), (1, 100, 0.5), (1, 180, 0.5), (2, 300, 0.5), (2, 340, 0.5)]
    people, _ = people_of(analysis_of(sights), [0, 1, 2])
    assert [(p.id, p.name, p.label) for p in people] == [
        ("person-1", "Person 1", 1),
        ("person-2", "Person 2", 2),
        ("person-3", "Person 3", 0),
    ]


def test_equal_screen_times_are_ordered_by_first_appearance() -> None:
    sights = [(0, 0, 0.5), (0, 10, 0.5), (1, 100, 0.5), (1, 110, 0.5)]
    people, _ = people_of(analysis_of(sights), [7, 3])
    assert [p.label for p in people] == [7, 3]


def test_every_track_has_a_person_or_is_one_unknown() -> None:
    sights = [(track, 50 * track, 0.5) for track in range(5)]
    people, unknowns = people_of(analysis_of(sights), [0, -1, 0, 1, -1])
    assert sorted(p.track_ids for p in people) == [(0, 2), (3,)]
    assert [(u.id, u.name, u.label, u.track_ids) for u in unknowns] == [
        ("unknown-1", "Unknown 1", -1, (1,)),
        ("unknown-2", "Unknown 2", -1, (4,)),
    ]


def test_the_cover_is_the_best_crop() -> None:
    sights = [(0, 0, 0.2), (0, 6, 0.9), (0, 12, 0.6), (1, 100, 0.6), (1, 106, 0.3)]
    ((person,), _) = people_of(analysis_of(sights, crops=[4, 0, 2, 3]), [0, 0])
    assert person.cover_row == 2  # 1 is better but has no picture; 3 is as good but later
    assert person.crop_rows == (0, 2, 3, 4)


def test_without_crops_the_cover_is_the_best_detection() -> None:
    sights = [(0, 0, 0.2), (1, 3, 1.0), (0, 6, 0.9)]
    people, _ = people_of(analysis_of(sights, crops=[1]), [0, 1])
    assert {p.label: (p.cover_row, p.crop_rows) for p in people} == {0: (2, ()), 1: (1, (1,))}


def test_confidence_is_weighted_by_faces() -> None:
    sights = [(0, 0, 0.5), (0, 6, 0.5), (0, 12, 0.5), (1, 100, 0.5)]
    ((person,), _) = people_of(analysis_of(sights), [0, 0], confidence=[1.0, 0.2])
    assert person.confidence == pytest.approx((3 * 1.0 + 0.2) / 4)


@pytest.mark.parametrize("reading", list(Reason))
def test_reasons(reading: Reason) -> None:
    assert unknown_reason(reading, ambiguous=True) is Reason.AMBIGUOUS
    result = unknown_reason(reading, ambiguous=False)
    assert result is (reading if reading else Reason.NO_MATCH)


def test_only_unknowns_have_a_reason() -> None:
    sights = [
        (0, 0, 0.0), (1, 50, 0.5), (2, 100, 0.5), (2, 106, 0.5), (3, 150, 0.0), (4, 200, 0.5),
    ]  # fmt: skip
    people, unknowns = people_of(
        analysis_of(sights), [-1, -1, -1, -1, 0], [False, False, False, True, False]
    )
    assert [u.reason for u in unknowns] == [
        Reason.TOO_SMALL,
        Reason.SINGLE_FACE,
        Reason.NO_MATCH,
        Reason.AMBIGUOUS,
    ]
    assert [p.reason for p in people] == [Reason.NONE]


def test_no_people() -> None:
    assert people_of(analysis_of([]), []) == ((), ())
