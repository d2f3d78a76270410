"""The budget, and who gets it."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.types import ClusteringResult, Reason
from clusterer.outputs.report.pictures import (
    MAX_PICTURE_BYTES,
    UNKNOWN_RESERVE,
    ReadCrop,
    Torsos,
    choose,
    in_turn,
    order_of_showing,
    shrink,
    spread,
)
from tests.outputs.report.builder import Cast, Scene, drawn_face, reader

PICTURE = bytes(300)
SIZE = 400
"""Base64 bytes of `PICTURE`."""


def one_size(_row: int) -> bytes:
    return PICTURE


@pytest.mark.parametrize(
    ("count", "order"),
    [(0, []), (1, [0]), (2, [0, 1]), (3, [0, 2, 1]), (5, [0, 4, 2, 1, 3]), (4, [0, 2, 1, 3])],
)
def test_spread(count: int, order: list[int]) -> None:
    assert spread(count) == order


@settings(deadline=None)
@given(st.integers(0, 300))
def test_spread_is_an_order(count: int) -> None:
    assert sorted(spread(count)) == list(range(count))


@settings(deadline=None)
@given(st.integers(2, 300), st.data())
def test_every_beginning_is_spread_evenly(count: int, data: st.DataObject) -> None:
    taken = data.draw(st.integers(1, count))
    places = sorted(spread(count)[:taken])
    gaps = np.diff([*places, count])
    # The next power of two sets the grid: a gap is at most twice the fair one, rounded up.
    assert gaps.max() <= 2 * -(-(1 << (count - 1).bit_length()) // taken)


def test_one_of_each_appearance_comes_first() -> None:
    result = Scene([Cast([0, 4, 8], "Ada")]).build()
    person, pts = result.people[0], result.analysis.detections.pts
    quality = result.analysis.quality.value
    order = order_of_showing(person, pts, quality)
    starts = [a.start_pts for a in person.appearances]
    shots = [bisect_right(starts, int(pts[row])) for row in order]
    assert shots[:3] == [1, 3, 2]
    assert sorted(order) == sorted(person.crop_rows)
    assert order[0] == max(person.crop_rows[:4], key=lambda row: quality[row])


def test_people_take_turns() -> None:
    result = Scene([Cast([0, 1, 2], "Ada"), Cast([3], "Bob")]).build()
    rows = list(in_turn(result))
    owners = ["A" if row in result.people[0].crop_rows else "B" for row in rows]
    assert "".join(owners) == "ABABABAB" + "A" * 8


def test_all_pictures_when_there_is_room() -> None:
    result = Scene([Cast([0, 1], "Ada"), Cast([2], "U", Reason.NO_MATCH)]).build()
    gallery = choose(result, one_size)
    assert set(gallery.pictures) == set(range(8)) | {result.unknowns[0].cover_row}
    assert gallery.spent_bytes == 9 * SIZE
    assert not gallery.overflowed


@pytest.mark.parametrize("pictures", [0, 1, 2, 3, 5, 9])
def test_budget_is_never_exceeded(pictures: int) -> None:
    cast = [Cast([0, 1], "Ada"), Cast([2], "Bob"), Cast([3], "U", Reason.NO_MATCH)]
    result = Scene(cast).build()
    gallery = choose(result, one_size, pictures * SIZE + 7)
    assert len(gallery.pictures) == pictures
    assert gallery.spent_bytes <= pictures * SIZE + 7
    covers = [result.people[0].cover_row, result.people[1].cover_row, result.unknowns[0].cover_row]
    assert set(gallery.pictures) >= set(covers[: max(0, min(pictures, 2))])


def test_unknowns_leave_room_for_people() -> None:
    crowd = [Cast([i], f"U{i}", Reason.TOO_SMALL) for i in range(40)]
    result = Scene([Cast(range(40), "Ada"), *crowd], shot_count=40).build()
    gallery = choose(result, one_size, 50 * SIZE)
    unknown = sum(u.cover_row in gallery for u in result.unknowns)
    assert unknown == int(UNKNOWN_RESERVE * 50)
    assert len(gallery.pictures) == 50


def test_the_longest_unknowns_keep_their_cover() -> None:
    cast = [Cast([i], f"U{i}", Reason.TOO_SMALL) for i in range(9)]
    result = Scene([*cast, Cast([9, 10, 11], "Long", Reason.NO_MATCH)], shot_count=12).build()
    gallery = choose(result, one_size, SIZE)
    assert [u.name for u in result.unknowns if u.cover_row in gallery] == ["Long"]


def test_missing_pictures_cost_nothing() -> None:
    result = Scene([Cast([0, 1], "Ada")]).build()
    gallery = choose(result, lambda row: None if row % 2 else PICTURE)
    assert set(gallery.pictures) == {0, 2, 4, 6}


def small(_row: int) -> bytes:
    """Torso of 100 base64 bytes."""
    return bytes(75)


def shirts(*rows: int) -> ReadCrop:
    """Reader of torsos that keeps only these."""
    return lambda row: small(row) if row in rows else None


def test_torsos_of_all_faces_when_there_is_room() -> None:
    result = Scene([Cast([0, 1], "Ada"), Cast([2], "U", Reason.NO_MATCH)]).build()
    unknown = result.unknowns[0].cover_row
    gallery = choose(result, one_size, torsos=Torsos(small, {2, 5}))
    assert set(gallery.torsos) == {*range(8), unknown} == set(gallery.pictures)
    assert gallery.spent_bytes == 9 * SIZE + 9 * 100
    assert not gallery.overflowed


@settings(deadline=None)
@given(st.integers(0, 20 * SIZE), st.sets(st.integers(0, 19)))
def test_budget_holds_torsos_too(budget_bytes: int, wanted: set[int]) -> None:
    cast = [Cast([0, 1], "Ada"), Cast([2, 4], "Bob"), Cast([3], "U", Reason.NO_MATCH)]
    result, torsos = Scene(cast).build(), Torsos(small, wanted)
    gallery = choose(result, lambda row: PICTURE if row % 3 else None, budget_bytes, torsos)
    kept = [*gallery.pictures.values(), *gallery.torsos.values()]
    assert sum(map(len, kept)) == gallery.spent_bytes <= budget_bytes
    assert set(gallery.torsos) <= set(gallery.pictures)


def test_a_wanted_torso_comes_with_its_face_and_before_the_next() -> None:
    result = Scene([Cast([0, 1], "Ada")]).build()
    first, second, third = list(in_turn(result))[:3]
    cover = result.people[0].cover_row
    room = SIZE * len({cover, first, second}) + 100 * len({first, second})
    gallery = choose(result, one_size, room, Torsos(small, {first, second, third}))
    assert set(gallery.torsos) == {first, second}
    assert set(gallery.pictures) == {cover, first, second}


def test_other_torsos_come_after_all_faces_covers_first() -> None:
    cast = [Cast([0, 1], "Ada"), Cast([2], "Bob"), Cast([3], "U", Reason.NO_MATCH)]
    result = Scene(cast).build()
    covers = [who.cover_row for who in (*result.people, *result.unknowns)]
    gallery = choose(result, one_size, 13 * SIZE + 4 * 100 + 99, Torsos(small, ()))
    assert len(gallery.pictures) == 13
    after = [row for row in in_turn(result) if row not in covers]
    assert list(gallery.torsos) == [*covers, after[0]]


def test_a_torso_without_its_face_is_left_out() -> None:
    result = Scene([Cast([0], "Ada")]).build()
    gallery = choose(result, lambda row: PICTURE if row else None, torsos=Torsos(small, {0}))
    assert set(gallery.torsos) == {1, 2, 3}


def test_missing_torsos_cost_nothing() -> None:
    result = Scene([Cast([0, 1], "Ada")]).build()
    gallery = choose(result, one_size, torsos=Torsos(shirts(3), range(8)))
    assert gallery.spent_bytes == 8 * SIZE + 100
    assert set(gallery.torsos) == {3}


def test_shrink_is_smaller_and_repeatable() -> None:
    jpeg = drawn_face(3)
    smaller = shrink(jpeg)
    assert smaller is not None
    assert len(smaller) < 0.6 * len(jpeg)
    assert shrink(jpeg) == smaller


def test_shrink_refuses_what_is_no_picture() -> None:
    assert shrink(b"\x00" * 4000) is None


def test_an_hour_fills_the_budget(hour: ClusteringResult) -> None:
    gallery = choose(hour, reader())
    assert 0.95 * MAX_PICTURE_BYTES < gallery.spent_bytes <= MAX_PICTURE_BYTES
    assert all(p.cover_row in gallery for p in hour.people)
