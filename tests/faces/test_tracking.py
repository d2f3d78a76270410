"""One face, one track: by hand, and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import TrackingConfig
from clusterer.core.types import Detections
from clusterer.faces import tracking
from clusterer.faces.tracking import Piece, Tracker, _match, _solve, stitch
from tests.painted import Place, box, motion, paint

CONFIG = TrackingConfig()
STEP_S = 0.25
THRESHOLD = 0.36

Box = tuple[float, float, float, float]


def faces(*boxes: Box, frame: int = 0) -> Detections:
    n = len(boxes)
    return Detections(
        np.full(n, frame),
        np.full(n, frame),
        np.array(boxes),
        np.ones(n),
        np.full((n, 5, 2), np.nan),
    )


def at(left: float, top: float = 0, height: float = 100, width: float = 100) -> Box:
    return (left, top, left + width, top + height)


def follow(
    *samples: list[Box], times_s: list[float] | None = None, config: TrackingConfig = CONFIG
) -> list[list[int]]:
    """Tracks of each sample, by default at four samples a second, by the boxes alone."""
    tracker = Tracker(config)
    times_s = times_s or [STEP_S * i for i in range(len(samples))]
    return [
        tracker.update(faces(*boxes), time_s, []).tolist()
        for boxes, time_s in zip(samples, times_s, strict=True)
    ]


def test_a_face_that_stays_is_one_track() -> None:
    assert follow([at(0)], [at(5)], [at(10)]) == [[0], [0], [0]]


def test_distant_faces_are_separate_tracks_in_row_order() -> None:
    assert follow([at(300), at(0)], [at(0), at(300)]) == [[0, 1], [1, 0]]


def test_a_new_face_is_a_new_track() -> None:
    assert follow([at(0)], [at(300), at(0)], [at(0), at(600)]) == [[0], [1, 0], [0, 2]]


@pytest.mark.parametrize(("missed", "track"), [(1, 0), (3, 0), (4, 1)])
def test_gaps_of_up_to_a_second_are_bridged(missed: int, track: int) -> None:
    # Number of samples without the face; with four, the gap is 1.25 s.
    assert follow([at(0)], *[[]] * missed, [at(5)])[-1] == [track]


def test_a_gap_is_time_not_samples() -> None:
    assert follow([at(0)], [at(0)], times_s=[0.0, 1.0]) == [[0], [0]]
    assert follow([at(0)], [at(0)], times_s=[0.0, 1.01]) == [[0], [1]]
    short = TrackingConfig(max_gap_s=0.2)
    assert follow([at(0)], [at(0)], times_s=[0.0, 0.25], config=short) == [[0], [1]]


@pytest.mark.parametrize(("height", "track"), [(175, 0), (185, 1), (60, 0), (54, 1)])
def test_no_link_across_a_jump_in_size(height: float, track: int) -> None:
    # 1.75 and 1.67 times are a step nearer or back, 1.85 times is another face. Overlap is 0.54.
    assert follow([at(0)], [at(0, height=height)]) == [[0], [track]]


def test_a_face_that_is_only_near_is_new() -> None:
    assert follow([at(0, width=60)], [at(70, width=60)]) == [[0], [1]]
    assert follow([at(0, width=60)], [at(-70, width=60), at(20, width=60)]) == [[0], [1, 0]]


def test_the_larger_overlap_wins() -> None:
    assert follow([at(0)], [at(30), at(10)]) == [[0], [1, 0]]


def test_pairs_maximise_the_total_overlap() -> None:
    # Row 0 overlaps track 0 by 0.67 and track 1 by 0.33; row 1 overlaps track 1 by 1.
    assert follow([at(0), at(70)], [at(20), at(70)]) == [[0, 1], [0, 1]]
    assert follow([at(0), at(70)], [at(70), at(20)]) == [[0, 1], [1, 0]]


def test_two_people_who_cross_keep_their_tracks() -> None:
    # Each moves 50 px a sample; between samples 1 and 2 they change sides.
    rightward = [at(50 * i) for i in range(5)]
    leftward = [at(180 - 50 * i) for i in range(5)]
    samples = [list(pair) for pair in zip(rightward, leftward, strict=True)]
    assert follow(*samples) == [[0, 1]] * 5
    swapped = [pair[::-1] if i % 2 else pair for i, pair in enumerate(samples)]
    assert follow(*swapped) == [[0, 1], [1, 0]] * 2 + [[0, 1]]


def test_motion_is_extrapolated() -> None:
    # 50 px a sample; after a missed sample the box is where its motion predicts, with overlap 1.
    # With the last box it is 0.
    assert follow([at(0)], [at(50)], [], [at(150)]) == [[0], [0], [], [0]]


def test_a_face_may_stop_while_it_is_not_seen() -> None:
    # Its motion predicts 150.
    assert follow([at(0)], [at(50)], [], [at(50)]) == [[0], [0], [], [0]]


def test_motion_is_trusted_for_half_a_second() -> None:
    # 200 px a second from 50: 150 after half a second, and not 200 after three quarters.
    other = at(1000)
    samples = [[at(0), other], [at(50), other], [other], [other]]
    assert follow(*samples, [at(130), other])[-1] == [0, 1]
    assert follow(*samples, [at(230), other])[-1] == [2, 1]


def test_a_face_found_more_recently_is_continued_first() -> None:
    # Track 0 is hidden from the second sample on; track 1 comes its way, 45 px a sample, and is
    # expected at 120. The face at 70 overlaps track 0 by 1, and track 1 by 0.33.
    coming = [[at(300 - 45 * i)] for i in range(1, 4)]
    assert follow([at(70), at(300)], *coming, [at(70)]) == [[0, 1], [1], [1], [1], [1]]
    # If there is a nearer one for track 1, it is for track 0.
    assert follow([at(70), at(300)], *coming, [at(70), at(110)])[-1] == [0, 1]


def test_a_track_is_open_until_the_longest_gap() -> None:
    tracker = Tracker(CONFIG)
    tracker.update(faces(at(0)), 0.0, [])
    assert tracker.is_open(0)
    tracker.update(faces(), 1.0, [])
    assert tracker.is_open(0)
    tracker.update(faces(), 1.25, [])
    assert not tracker.is_open(0)
    assert not tracker.is_open(1)


def follow_painted(
    cameras: list[Place],
    *places: list[Place | None],
    step: int = 6,
    tracker: Tracker | None = None,
) -> list[list[int]]:
    """Tracks of faces 1, 2, … in painted frames, of which every `step`-th is sampled."""
    tracker, frames, tracks = tracker or Tracker(CONFIG), [], []
    for index, camera in enumerate(cameras):
        here = {seed: place[index] for seed, place in enumerate(places, start=1)}
        visible = {seed: place for seed, place in here.items() if place is not None}
        frames += motion([paint(camera, visible)], index)
        if index % step == 0:
            detected = faces(*(box(camera, place) for place in visible.values()), frame=index)
            tracks.append(tracker.update(detected, index / 24, frames).tolist())
            frames = frames[-1:]
    return tracks


def test_a_pan_by_one_face_does_not_swap_neighbours() -> None:
    # Faces stand 48 px apart and the camera moves 8 px a frame, 48 px a sample: each face lands
    # where its neighbour was. By overlap alone every track would go on with the neighbour.
    cameras = [(8.0 * i, 0.0) for i in range(13)]
    row: list[list[Place | None]] = [[(100.0 + 48 * k, 70.0)] * 13 for k in range(4)]
    assert follow_painted(cameras, *row) == [[0, 1, 2, 3]] * 3
    boxes = [[at(100 + 48 * k - 48 * i, height=30, width=30) for k in range(4)] for i in range(3)]
    assert follow(*boxes) == [[0, 1, 2, 3], [4, 0, 1, 2], [5, 4, 0, 1]]


def test_a_bouncing_face_is_followed_though_its_boxes_do_not_overlap() -> None:
    # 30 px wide, it moves by 36 px from sample to sample, to and fro.
    lefts = [100.0 + 6 * abs((i + 6) % 12 - 6) for i in range(19)]
    bouncing: list[Place | None] = [(left, 70.0) for left in lefts]
    assert follow_painted([(0.0, 0.0)] * 19, bouncing) == [[0]] * 4


@pytest.mark.parametrize(("first", "end"), [(3, 16), (0, 19), (6, 13), (7, 18), (11, 15)])
@pytest.mark.parametrize("speed", [0.0, 5.0])
def test_a_track_begins_and_ends_at_its_true_frame(first: int, end: int, speed: float) -> None:
    # Every sixth frame is sampled; the face is there from frame `first` to before `end`.
    tracker = Tracker(CONFIG)
    cameras = [(speed * i, 0.0) for i in range(19)]
    face: list[Place | None] = [(200.0, 70.0) if first <= i < end else None for i in range(19)]
    follow_painted(cameras, face, tracker=tracker)
    assert tracker.first == {0: (first, first)}
    assert tracker.last == {0: (end - 1, end - 1)}


def test_a_track_is_not_extended_to_a_sample_without_its_face() -> None:
    # The detector finds the face at frame 6 only, though it is there all the time.
    tracker = Tracker(CONFIG)
    frames = motion([paint((0.0, 0.0), {1: (100.0 + i, 70.0)}) for i in range(13)])
    found = faces(box((0.0, 0.0), (106.0, 70.0)), frame=6)
    tracker.update(faces(), 0.0, frames[:1])
    tracker.update(found, 0.25, frames[:7])
    tracker.update(faces(), 0.5, frames[6:])
    assert (tracker.first, tracker.last) == ({0: (1, 1)}, {0: (11, 11)})


def test_without_pictures_a_track_is_visible_where_it_was_detected() -> None:
    tracker = Tracker(CONFIG)
    for frame in (0, 6):
        tracker.update(faces(at(0), frame=frame), frame / 24, [])
    tracker.update(faces(), 0.5, [])
    assert (tracker.first, tracker.last) == ({0: (0, 0)}, {0: (6, 6)})


def test_a_face_that_appears_in_the_place_of_another_is_new() -> None:
    # Frames 0 to 3 show one face, the later ones another in its place.
    first: list[Place | None] = [(100.0, 70.0) if i < 4 else None for i in range(7)]
    second: list[Place | None] = [None if i < 4 else (130.0, 70.0) for i in range(7)]
    assert follow_painted([(0.0, 0.0)] * 7, first, second) == [[0], [1]]


side = st.integers(0, 12).map(lambda v: 25.0 * v)
some_faces = st.lists(
    st.builds(lambda x, y, h: at(x, y, h, h), side, side, st.sampled_from([50.0, 100.0, 150.0])),
    max_size=4,
)


@given(st.lists(some_faces, max_size=8))
def test_a_track_never_has_two_faces_of_one_frame(samples: list[list[Box]]) -> None:
    tracks = follow(*samples)
    for boxes, numbers in zip(samples, tracks, strict=True):
        assert len(set(numbers)) == len(boxes)
    met = list(dict.fromkeys(number for numbers in tracks for number in numbers))
    assert sorted(met) == list(range(len(met)))
    assert tracks == follow(*samples)


def piece(
    first: int,
    count: int,
    face: float | list[float] | None,
    left: float = 0,
    *,
    row: int | None = None,
    height: float = 100,
) -> Piece:
    """A piece of `count` samples from `first`; `face` is the embedding of all chips, or of each."""
    rows = [(first if row is None else row) + i for i in range(count)]
    if face is None:
        chip_rows, values = [], []
    elif isinstance(face, list):
        chip_rows = [rows[round(i * (count - 1) / (len(face) - 1))] for i in range(len(face))]
        values = face
    else:
        chip_rows, values = [rows[0]], [face]
    return Piece(
        rows=rows,
        times_s=[STEP_S * (first + i) for i in range(count)],
        boxes=np.array([at(left, height=height)] * count),
        chip_rows=chip_rows,
        embeddings=np.array([[value, 0.0] for value in values]).reshape(-1, 2),
        weights=np.ones(len(values)),
    )


def rows_of(pieces: list[Piece], config: TrackingConfig = CONFIG) -> list[list[int]]:
    return [p.rows for p in stitch(pieces, THRESHOLD, config)]


JOINED, SEPARATE = [[0, 1, 2, 5, 6]], [[0, 1, 2], [5, 6]]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (piece(5, 2, 0.1), JOINED),
        (piece(5, 2, 0.46), JOINED),  # 1.3 times 0.36 is 0.468
        (piece(5, 2, 0.48), SEPARATE),
        (piece(5, 2, None), SEPARATE),
        (piece(5, 2, 0.1, left=260), JOINED),  # 0.75 s: 1.5 heights times 1.75 is 2.625
        (piece(5, 2, 0.1, left=265), SEPARATE),
        (piece(5, 2, 0.1, height=185), SEPARATE),
        (piece(6, 2, 0.1, row=5), JOINED),  # a second
        (piece(7, 2, 0.1, row=5), SEPARATE),
        (piece(2, 2, 0.1, row=5), SEPARATE),  # in the same frame
        (piece(1, 2, 0.1, row=5), SEPARATE),
    ],
)
def test_stitching_across_a_gap(later: Piece, expected: list[list[int]]) -> None:
    assert sorted(rows_of([piece(0, 3, 0.0), later])) == expected
    assert sorted(rows_of([later, piece(0, 3, 0.0)])) == expected


def test_stitched_pieces_keep_chips_and_weights() -> None:
    (joined,) = stitch([piece(4, 3, 0.2), piece(0, 3, 0.0), piece(8, 2, 0.3)], THRESHOLD, CONFIG)
    assert joined.rows == [0, 1, 2, 4, 5, 6, 8, 9]
    assert joined.chip_rows == [0, 4, 8]
    assert joined.embeddings[:, 0].tolist() == [0.0, 0.2, 0.3]
    assert len(joined.boxes) == len(joined.times_s) == 8
    assert joined.weights.tolist() == [1, 1, 1]


def test_good_chips_weigh_more_in_the_face_of_a_piece() -> None:
    # 0.6 weighs three times 0.0: 0.45 on average, so 0.9 is under 0.468 from it.
    first = piece(0, 3, [0.0, 0.6])
    first.weights = np.array([1.0, 3.0])
    assert rows_of([first, piece(5, 2, 0.9)]) == JOINED
    first.weights = np.array([1.0, 1.0])
    assert rows_of([first, piece(5, 2, 0.9)]) == SEPARATE


def test_the_nearest_face_continues_the_track() -> None:
    # Two begin side by side where one ended: only one continues it.
    result = rows_of([piece(0, 2, 0.0), piece(3, 2, 0.3, row=10), piece(3, 2, 0.1, row=20)])
    assert result == [[0, 1, 20, 21], [10, 11]]


def test_two_ending_and_two_starting_tracks() -> None:
    result = rows_of(
        [piece(0, 2, 0.0, row=0), piece(0, 2, 0.4, 120, row=10),
         piece(3, 2, 0.4, row=20), piece(3, 2, 0.0, 120, row=30)]
    )  # fmt: skip
    assert result == [[0, 1, 30, 31], [10, 11, 20, 21]]


def test_a_track_is_cut_where_the_face_changes() -> None:
    # Chips at samples 0, 3, 6 and 9; the face changes before the third.
    assert rows_of([piece(0, 10, [0.0, 0.0, 1.0, 1.0])]) == [[*range(6)], [6, 7, 8, 9]]
    first, second = stitch([piece(0, 10, [0.0, 0.0, 1.0, 1.0])], THRESHOLD, CONFIG)
    assert (first.chip_rows, second.chip_rows) == ([0, 3], [6, 9])
    assert second.times_s[0] == 6 * STEP_S


@pytest.mark.parametrize(
    "face", [[0.0, 0.0, 0.7, 0.7], [0.0, 0.3, 0.6, 0.9], [0.0, 0.4], 0.0, None]
)
def test_a_face_that_hardly_changes_is_one_track(face: list[float] | float | None) -> None:
    # Twice 0.36 is 0.72; of four faces 0.3 apart, two means are at most 0.6 apart.
    assert rows_of([piece(0, 10, face)]) == [[*range(10)]]


def test_a_track_of_three_people_is_cut_twice() -> None:
    # The widest change, from 0 to 1.6 on average, is cut first; then 1 and 2.2 differ by 1.2.
    assert rows_of([piece(0, 10, [0.0, 1.0, 2.2, 2.2])]) == [[0, 1, 2], [3, 4, 5], [6, 7, 8, 9]]


def test_good_chips_decide_where_a_track_is_cut() -> None:
    # The later three average 0.62 where 0.6 weighs nine times 0.8, else 0.79; the limit is 0.72.
    track = piece(0, 10, [0.0, 0.6, 0.8, 0.8])
    track.weights = np.array([1.0, 9.0, 1.0, 1.0])
    assert rows_of([track]) == [[*range(10)]]
    track.weights = np.array([1.0, 1.0, 9.0, 9.0])
    assert rows_of([track]) == [[0, 1, 2], [*range(3, 10)]]


def test_pieces_of_a_split_track_continue_with_their_own_face() -> None:
    # The track drifted from one person to another, seen earlier at the same place.
    result = rows_of([piece(0, 2, 1.0, row=20), piece(3, 10, [0.0, 0.0, 1.0, 1.0], row=0)])
    assert result == [[20, 21], [*range(6)], [6, 7, 8, 9]]
    near = TrackingConfig(max_gap_s=3.0)
    result = rows_of([piece(0, 2, 1.0, row=20), piece(3, 10, [0.0, 0.0, 1.0, 1.0], row=0)], near)
    assert result == [[20, 21, 6, 7, 8, 9], [*range(6)]]


def test_tracks_are_ordered_by_time_then_left_edge() -> None:
    pieces = [piece(5, 1, 5.0, row=0), piece(0, 1, 6.0, 300, row=1), piece(0, 1, 7.0, row=2)]
    assert rows_of(pieces) == [[2], [1], [0]]


def test_no_pieces() -> None:
    assert stitch([], THRESHOLD, CONFIG) == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20), st.integers(1, 6),
            st.one_of(st.none(), st.lists(st.sampled_from([0.0, 0.2, 0.5, 1.0]), min_size=2)),
            side,
        ),
        max_size=6,
    )
)  # fmt: skip
def test_stitching_keeps_every_detection_and_never_two_of_one_frame(
    plan: list[tuple[int, int, list[float] | None, float]],
) -> None:
    pieces = [
        piece(first, count, face if face and len(face) <= count else None, left, row=100 * i)
        for i, (first, count, face, left) in enumerate(plan)
    ]
    result = stitch(pieces, THRESHOLD, CONFIG)
    rows = sorted(row for p in pieces for row in p.rows)
    assert sorted(row for p in result for row in p.rows) == rows
    for p in result:
        assert (np.diff(p.times_s) > 0).all()
        assert set(p.chip_rows) <= set(p.rows)
        assert len(p.chip_rows) == len(p.embeddings) == len(p.weights)
        assert len(p.boxes) == len(p.rows) == len(p.times_s)
    starts = [(p.times_s[0], p.boxes[0, 0]) for p in result]
    assert starts == sorted(starts)


@given(
    st.lists(st.lists(st.integers(-8, 30), min_size=3, max_size=3), min_size=1, max_size=4),
    st.integers(1, 3),
)
def test_matching_is_the_solvers(rows: list[list[int]], columns: int) -> None:
    # No two sums are equal, so the best pairs are unique.
    weights = np.array([[2.0 ** -(3 * r + c) for c in range(columns)] for r in range(len(rows))])
    gain = np.array(rows)[:, :columns] + weights
    allowed = gain > 0
    assert sorted(_match(gain, allowed)) == sorted(_solve(gain, allowed))


def test_few_faces_are_matched_without_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "_solve", None)
    gain = np.array([[0.9, 0.8], [0.7, 0.2]])
    assert _match(gain, gain > 0) == [(0, 1), (1, 0)]
    assert _match(np.full((2, 2), 0.5), np.ones((2, 2), bool)) == [(0, 0), (1, 1)], "the first"
    monkeypatch.setattr(tracking, "_FEW_CHOICES", 8)
    with pytest.raises(TypeError):
        _match(gain, gain > 0)
