"""Parts of a made-up video: joined in any order, they are what one pass would have seen."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.types import Losses, Mark, Shot, VideoInfo
from clusterer.pipeline.chain import Chain, assemble, connect, name_pictures
from clusterer.store.analysis_npz import NO_EXTENT, Arrays, dump
from clusterer.store.finished import FinishedPart, FinishedShot, Kind, Picture

TICKS = 10
"""Per frame."""
START_FRAME = 7
"""Number of the video's first frame in the part that is chosen."""
VIDEO = VideoInfo("a.mp4", 64, 48, Fraction(25), Fraction(1, 250), 0, 1000.0)


def mark(frame: int) -> Mark:
    return Mark(frame * TICKS, 1000 + frame)


def arrays_of(begin: int, end: int, shift: int, n_faces: int) -> Arrays:
    """A shot from frame to frame, with some faces in its first frame, each a track."""
    rows = np.arange(n_faces, dtype=np.int64)
    whole = np.full(n_faces, begin / 1000, np.float32)
    extent = (begin - shift, begin - shift, begin * TICKS, begin * TICKS, end * TICKS)
    extents = [extent if row % 2 else NO_EXTENT for row in range(n_faces)]
    return {
        "frame_index": np.full(n_faces, begin - shift, np.int64),
        "pts": np.full(n_faces, begin * TICKS, np.int64),
        "boxes": np.tile(np.array([0, 0, 9, 9], np.float32), (n_faces, 1)),
        "scores": whole,
        "landmarks": np.full((n_faces, 5, 2), np.nan, np.float32),
        "quality_size": whole,
        "quality_sharpness": whole,
        "quality_score": whole,
        "quality_pose": whole,
        "shot": np.array([begin - shift, end - shift, begin * TICKS, end * TICKS], np.int64),
        "track_of_row": rows,
        "extent_of_track": np.array(extents, np.int64).reshape(-1, len(NO_EXTENT)),
        "chip_rows": rows,
        "chip_embeddings": np.full((n_faces, 4), begin, np.float32),
        "chip_colours": np.zeros((n_faces, 3), np.float32),
        "chip_clothing": np.zeros((n_faces, 2), np.float32),
        "chip_torso_share": whole,
        "chip_torso_sharpness": whole,
        "crop_rows": rows[:1],
        "sampled_frames": np.array([begin - shift, end - 1 - shift], np.int64),
        "sampled_pts": np.array([begin * TICKS, (end - 1) * TICKS], np.int64),
    }


def shot_of(begin: int, end: int, shift: int = 0) -> FinishedShot:
    n_faces = begin % 4
    pictures = tuple(
        Picture(row, begin - shift, Kind(row % 3), b"%d %d" % (begin, row))
        for row in range(n_faces)
    )
    return FinishedShot(mark(begin), arrays_of(begin, end, shift, n_faces), pictures)


def part_of(
    cuts: list[int], first: int, last: int, *, entry: int | None = None, stop: int | None = None
) -> FinishedPart:
    """Shots `first` to `last` - 1 of those between cuts; frames are counted from the entry."""
    shift = entry or 0
    shots = tuple(shot_of(*cuts[i : i + 2], shift) for i in range(first, last))
    following = None if last + 1 == len(cuts) else mark(cuts[last])
    return FinishedPart(
        shots,
        following,
        None if entry is None else entry * TICKS,
        None if stop is None else stop * TICKS,
        after_pts=cuts[first] * TICKS if entry is None and first else None,
    )


def outcome(chain: Chain, parts: dict[str, FinishedPart]) -> tuple[object, ...]:
    """The analysis, and its pictures, in a form that can be compared."""
    arrays, facts = dump(assemble(chain, VIDEO, {}))
    pictures: dict[str, bytes] = {}
    for some in name_pictures(
        chain, ([shot.pictures for shot in parts[link.name].shots] for link in chain.links)
    ):
        assert not pictures.keys() & some.keys()
        pictures |= some
    return (
        {name: (a.dtype, a.shape, a.tobytes()) for name, a in sorted(arrays.items())},
        facts,
        pictures,
    )


def whole_of(cuts: list[int]) -> tuple[object, ...]:
    parts = {"all": part_of(cuts, 0, len(cuts) - 1)}
    return outcome(connect(parts), parts)


CUTS = [START_FRAME, 20, 33, 34, 90, 120, 131, 150]


@st.composite
def cuttings(draw: st.DrawFn) -> tuple[list[int], dict[str, FinishedPart]]:
    """Cuts of a video, and parts that cover it, overlap, and come in any order."""
    lengths = draw(st.lists(st.integers(1, 40), min_size=1, max_size=9))
    cuts = [START_FRAME + sum(lengths[:i]) for i in range(len(lengths) + 1)]
    n_shots = len(lengths)
    parts: list[FinishedPart] = []
    reached = 0
    while reached < n_shots:
        first = draw(st.integers(0, reached))
        last = draw(st.integers(reached + 1, n_shots))
        entry = draw(st.integers(0, cuts[first])) if first and draw(st.booleans()) else None
        parts.append(part_of(cuts, first, last, entry=entry))
        reached = last
    for _ in range(draw(st.integers(0, 3))):
        first = draw(st.integers(1, n_shots))  # no part enters before the first shot
        last = draw(st.integers(first, n_shots))
        parts.append(part_of(cuts, first, last, entry=draw(st.integers(0, cuts[first]))))
    order = draw(st.permutations(range(len(parts))))
    return cuts, {f"{i:06d}": parts[j] for i, j in enumerate(order)}


@given(cuttings())
@settings(deadline=None)
def test_any_parts_in_any_order_give_the_same(
    cutting: tuple[list[int], dict[str, FinishedPart]],
) -> None:
    cuts, parts = cutting
    chain = connect(parts)
    assert chain.is_complete
    assert chain.end_pts == cuts[-1] * TICKS
    assert outcome(chain, parts) == whole_of(cuts)


def test_by_hand() -> None:
    """Frames of the second part count from 30; the chain's from the beginning."""
    parts = {"b": part_of(CUTS, 2, 7, entry=30), "a": part_of(CUTS, 0, 2, stop=30)}
    chain = connect(parts)
    assert [(link.name, link.first, link.frames) for link in chain.links] == [
        ("a", 0, 0),
        ("b", 0, 30),
    ]
    assert chain.last == Shot(6, 131, 150, 1310, 1500)
    assert [shot.start_frame for shot in assemble(chain, VIDEO, {}).shots] == CUTS[:-1]


def test_uncertain_first_shots_are_left_out() -> None:
    """The second part took a flash for a cut; the first knows better."""
    speculative = FinishedShot(mark(25), arrays_of(25, 33, 22, 1))
    second = part_of(CUTS, 2, 7, entry=22)
    parts = {
        "a": part_of(CUTS, 0, 2, stop=22),
        "b": FinishedPart((speculative, *second.shots), None, 220),
    }
    chain = connect(parts)
    assert [(link.name, link.first) for link in chain.links] == [("a", 0), ("b", 1)]
    assert outcome(chain, parts) == whole_of(CUTS)


@pytest.mark.parametrize("seen", [Mark(330, 1), Mark(331, 1033), Mark(329, 1033)])
def test_parts_that_saw_something_else_are_not_joined(seen: Mark) -> None:
    first = part_of(CUTS, 0, 2, stop=30)
    parts = {
        "a": FinishedPart(first.shots, seen, None, 300),
        "b": part_of(CUTS, 2, 7, entry=30),
    }
    chain = connect(parts)
    assert not chain.is_complete
    assert chain.last == Shot(1, 20, 33, 200, 330)


def test_empty_parts_change_nothing() -> None:
    parts = {
        "a": FinishedPart((), None, 100, 200),
        "b": part_of(CUTS, 0, 7),
        "c": FinishedPart((), mark(20), None, 200),
    }
    assert outcome(connect(parts), parts) == whole_of(CUTS)
    chain = connect({"a": parts["a"], "c": parts["c"]})
    assert (chain.links, chain.is_complete, chain.last, chain.end_pts) == ((), False, None, None)


def test_no_parts() -> None:
    chain = connect({})
    assert (chain.links, chain.is_complete, chain.losses) == ((), False, Losses())


def test_the_first_shot_must_be_there() -> None:
    """A file of the beginning may have been damaged: what follows is not taken for it."""
    for later in (part_of(CUTS, 2, 7), part_of(CUTS, 2, 7, entry=3)):
        assert connect({"later": later}).links == ()
    parts = {"later": part_of(CUTS, 2, 7), "first": part_of(CUTS, 0, 2)}
    assert outcome(connect(parts), parts) == whole_of(CUTS)


def test_the_longest_part_goes_on_and_of_equal_ones_the_first() -> None:
    parts = {
        "a": part_of(CUTS, 0, 2),
        "short": part_of(CUTS, 2, 4, entry=30),
        "long": part_of(CUTS, 1, 6, entry=15),
        "as long": part_of(CUTS, 2, 6, entry=31),
        "end": part_of(CUTS, 6, 7, entry=130),
    }
    assert [link.name for link in connect(parts).links] == ["a", "long", "end"]


def test_a_part_that_points_back_ends_the_chain() -> None:
    """Such a file was made by somebody else; nothing is read in a circle."""
    first = part_of(CUTS, 0, 2)
    for following in (mark(7), mark(20), Mark(0, 0)):
        chain = connect({"a": FinishedPart(first.shots, following)})
        assert (len(chain.links), chain.is_complete) == (1, False)


def test_losses_are_those_of_the_chain() -> None:
    first, second = part_of(CUTS, 0, 2, stop=30), part_of(CUTS, 2, 7, entry=30)
    parts = {
        "a": FinishedPart(first.shots, first.next, None, 300, Losses(300)),
        "b": FinishedPart(second.shots, None, 300, None, Losses(290, 12.0, 20.0)),
        "c": FinishedPart((), None, 100, 200, Losses(1)),
    }
    assert connect(parts).losses == Losses(290, 12.0, 20.0)
