"""People keep their numbers: tables computed by hand. Tracks have 3, 2, 3 and 1 faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.core.appearances import numbers_of
from clusterer.core.types import ClusteringResult
from clusterer.people.numbering import changes, keep_numbers, renumbered, with_numbers
from clusterer.review import Session
from clusterer.store.folder import load
from tests.result_folder import decided, write


def ids(result: ClusteringResult) -> dict[str, tuple[int, ...]]:
    return {who.id: who.track_ids for who in result.people}


@pytest.mark.parametrize(
    ("old", "given", "new", "expected", "counts"),
    [
        ([0, 1, 2, -1], {0: 1, 1: 2, 2: 3}, [5, 6, 7, -1],
         {"person-1": (0,), "person-2": (1,), "person-3": (2,)}, (0, 0, 0, 0)),
        ([0, 1, 2, -1], {0: 4, 1: 2, 2: 3}, [0, 1, 0, -1],
         {"person-2": (1,), "person-3": (0, 2)}, (1, 0, 0, 0)),
        ([0, 1, 0, -1], {0: 2, 1: 7}, [0, 1, 2, -1],
         {"person-2": (0,), "person-7": (1,), "person-8": (2,)}, (0, 1, 0, 0)),
        ([0, 1, -1, -1], {0: 1, 1: 5}, [0, -1, 1, -1],
         {"person-1": (0,), "person-6": (2,)}, (0, 0, 1, 1)),
    ],
)  # fmt: skip
def test_numbers_are_kept(
    old: Sequence[int],
    given: dict[int, int],
    new: Sequence[int],
    expected: dict[str, tuple[int, ...]],
    counts: tuple[int, ...],
) -> None:
    before = with_numbers(decided(old), given)
    after = keep_numbers(before, decided(new))
    assert ids(after) == expected
    assert tuple(changes(before, after).values()) == counts
    assert ids(keep_numbers(after, decided(new))) == expected


def test_they_are_loaded_again(tmp_path: Path) -> None:
    result = with_numbers(decided([0, 1, 2, -1]), {0: 9, 1: 2, 2: 4})
    loaded = load(write(result, tmp_path / "a.people"))
    assert ids(loaded) == ids(result) == {"person-9": (0,), "person-2": (1,), "person-4": (2,)}
    assert numbers_of(loaded.analysis, loaded.grouped) == {1: 2, 2: 4, 0: 9}
    assert "person-9" in (tmp_path / "a.people" / "people.csv").read_text("utf-8")


def test_by_screen_time_nothing_is_stored() -> None:
    result = decided([0, 1, 2, -1])
    assert keep_numbers(result, result).grouped.numbers == {}


def later(result: ClusteringResult) -> ClusteringResult:
    """The same, of an analysis with other tracks: shifted by 2 frames and 3 px, last track first.

    Of the last track nothing is left at that place.
    """
    analysis = result.analysis
    found = analysis.detections
    boxes = found.boxes + 3
    boxes[analysis.tracks[3].detection_rows] += 200
    moved = replace(
        analysis,
        detections=replace(found, frame_index=found.frame_index + 2, boxes=boxes),
        tracks=analysis.tracks[::-1],
    )
    return decided(result.labels.tolist()[::-1], analysis=moved)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Tracks of 3, 2 and 3 faces are people 9, 2 and 4.
        ([0, 1, 2, -1], [0, 1, 2, -1], {0: 9, 1: 2, 2: 4}),
        ([0, 1, 2, -1], [0, 0, 2, -1], {0: 9, 1: 9, 2: 4}),
        ([0, 1, 2, -1], [0, 1, 1, -1], {0: 9, 1: 4, 2: 4}),
        ([0, 1, 2, -1], [0, 1, -1, 2], {0: 9, 1: 2, 3: 10}),
        ([0, 1, -1, 2], [0, 1, -1, 2], {0: 9, 1: 2, 3: 10}),
    ],
)
def test_numbers_are_kept_in_another_analysis(
    old: Sequence[int], new: Sequence[int], expected: dict[int, int]
) -> None:
    before = with_numbers(decided(old), {0: 9, 1: 2, 2: 4})
    after = keep_numbers(before, later(decided(new)))
    assert {
        track: int(who.id.removeprefix("person-"))
        for who in after.people
        for track in who.track_ids
    } == expected
    assert ids(keep_numbers(after, later(decided(new)))) == ids(after)


def test_who_has_another_number() -> None:
    before = with_numbers(decided([0, 1, 2, -1]), {0: 3, 1: 2, 2: 9})
    # The third track is the longest on screen, the second the shortest.
    assert renumbered(before, decided([0, 1, 2, -1])) == {2: 3, 3: 2, 9: 1}
    assert renumbered(before, decided([0, 0, 2, -1])) == {3: 2, 9: 1}
    assert renumbered(before, before) == {}


def test_a_review_keeps_and_restores_them(tmp_path: Path) -> None:
    first = with_numbers(decided([0, 1, 2, -1]), {0: 9, 1: 2, 2: 4})
    session = Session(write(first, tmp_path / "a.people"))
    changed = session.regroup(0, 2.0)
    assert changed.people == changes(first, session.state.result)
    assert {who.id for who in session.state.result.people} <= {"person-9", "person-2", "person-4"}
    numbers = {who.id for who in session.state.result.people}
    session.undo(1)
    session.redo(0)
    assert {who.id for who in session.state.result.people} == numbers
    session.close()
    assert {who.id for who in load(tmp_path / "a.people").people} == numbers
