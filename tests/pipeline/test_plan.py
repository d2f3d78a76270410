"""Which parts of a video are looked at, by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import AnalysisConfig, VideoConfig
from clusterer.core.types import VideoInfo
from clusterer.media import Part
from clusterer.media.parts import LONGEST_S, SHORTEST_S, Entry
from clusterer.pipeline import plan as plan_module
from clusterer.pipeline.chain import connect
from clusterer.pipeline.plan import gaps, plan
from clusterer.store.finished import FinishedPart
from tests.pipeline.test_chain import TICKS, part_of

VIDEO = VideoInfo("a.mp4", 64, 48, Fraction(25), Fraction(1, 250), 0, 100.0)
"""25 frames a second, 10 ticks a frame: 25,000 ticks."""
EVERY_2_S = [Entry(key, key + 200) for key in range(0, 24_000, 500)]
CUTS = [0, 100, 700, 1500, 2500]
"""Frames at which shots begin, and the end."""


@pytest.fixture(autouse=True)
def _entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "entries", lambda _info, _context: EVERY_2_S)


@pytest.mark.parametrize(
    ("whole", "done", "left"),
    [
        ((0, 10), [], [(0, 10)]),
        ((0, 10), [(0, 10)], []),
        ((0, 10), [(0, 4)], [(4, 10)]),
        ((0, 10), [(7, 10)], [(0, 7)]),
        ((0, 10), [(2, 3), (5, 6)], [(0, 2), (3, 5), (6, 10)]),
        ((0, 10), [(5, 6), (2, 3), (2, 8)], [(0, 2), (8, 10)]),
        ((0, 10), [(0, 0), (3, 3)], [(0, 3), (3, 10)]),
        ((2, 10), [(0, 4), (9, 30)], [(4, 9)]),
        ((0, 10), [(12, 14)], [(0, 10)]),
        ((0, 10), [(0, 12), (13, 14)], []),
    ],
)
def test_gaps(
    whole: tuple[int, int], done: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    assert list(gaps(whole, done)) == left


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted).map(tuple), max_size=6)
)
def test_gaps_are_what_is_not_done(done: list[tuple[int, int]]) -> None:
    left = list(gaps((5, 25), done))
    inside = {tick for begin, end in left for tick in range(begin, end)}
    assert inside == {t for t in range(5, 25) if not any(a <= t < b for a, b in done)}
    assert sum(end - begin for begin, end in left) == len(inside)


def planned(
    finished: dict[str, FinishedPart], workers: int = 2, config: AnalysisConfig | None = None
) -> tuple[dict[Part, int], int]:
    config = config or AnalysisConfig()
    return plan(VIDEO, config, connect(finished), finished.values(), workers)


def check(parts: dict[Part, int], begin: int, end: int) -> None:
    """Parts follow each other from tick to tick."""
    at = begin
    for part, length in parts.items():
        assert at == (begin if part.entry is None else part.entry.pts)
        assert (part.stop_pts or end) == at + length
        at += length
    assert at == end


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 16, 100])
def test_parts_cover_the_video(workers: int) -> None:
    parts, done = planned({}, workers)
    check(parts, 0, 25_000)
    assert done == 0
    first, *others = parts
    assert (first.after, first.entry) == (None, None)
    assert all(part.entry in EVERY_2_S for part in others)
    assert [part.stop_pts for part in parts][-1] is None
    lengths_s = [length / 250 for length in parts.values()]
    assert max(lengths_s[:-1]) <= LONGEST_S + 2
    assert min(lengths_s[:-1]) >= SHORTEST_S
    assert lengths_s[-1] >= SHORTEST_S / 2


def test_parts_cover_what_is_chosen() -> None:
    config = AnalysisConfig(video=VideoConfig(start_s=10.0, end_s=50.0))
    parts, done = planned({}, 2, config)
    check(parts, 2500, 12_500)
    assert done == 2500


def test_a_video_without_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_module, "entries", lambda _info, _context: [])
    assert planned({})[0] == {Part(): 25_000}


def test_a_finished_beginning() -> None:
    """The first part goes on after the last shot of it."""
    finished = {"a": part_of(CUTS, 0, 2, stop=600)}
    parts, done = planned(finished)
    first = next(iter(parts))
    assert first.after is not None
    assert (first.after.index, first.after.end_frame, first.after.end_pts) == (1, 700, 7000)
    check(parts, 7000, 25_000)
    assert done == 7000


def test_a_finished_middle() -> None:
    """It reached beyond its stop, but what follows enters there, and must see a shot begin."""
    finished = {"a": part_of(CUTS, 2, 3, entry=620, stop=1120)}
    parts, done = planned(finished)
    assert done == (1120 - 620) * TICKS
    before = [part for part in parts if part.entry is None or part.entry.pts < 6200]
    after = [part for part in parts if part.entry is not None and part.entry.pts >= 11_200]
    assert len(before) + len(after) == len(parts)
    assert before[-1].stop_pts == 6200
    assert after[0].entry == Entry(11_000, 11_200)


def test_all_is_finished() -> None:
    assert planned({"a": part_of(CUTS, 0, 4)}) == ({}, 25_000)
    two = {"a": part_of(CUTS, 0, 2, stop=620), "b": part_of(CUTS, 2, 4, entry=620)}
    assert planned(two) == ({}, 25_000)


def test_what_went_on_after_a_lost_beginning_does_not_count_for_it() -> None:
    """The file of the first shots was damaged."""
    later = part_of(CUTS, 2, 3, stop=1120)
    assert later.after_pts == 7000
    parts, _ = planned({"b": later})
    first = next(iter(parts))
    assert (first.after, first.entry) == (None, None)
    assert sum(parts.values()) == 7000 + 25_000 - 11_200


def test_a_part_without_shots_is_not_looked_at_again() -> None:
    """No shot begins in it."""
    finished = {"a": FinishedPart((), None, 6200, 11_200)}
    parts, done = planned(finished)
    assert done == 5000
    assert not [p for p in parts if p.entry is not None and 6200 <= p.entry.pts < 11_200]
