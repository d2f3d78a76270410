"""Who goes into an export, against results computed by hand.

`small_result`, 25 frames a second from 01:00:00:00: Person 1 in frames 0 to 21 of shot 0 and 50 to
100 of shot 1, Person 2 in 0 to 11, an unknown in 60 to 61; the video ends with frame 100.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterer.core.errors import ConfigError
from clusterer.core.types import Appearance, ClusteringResult, Reason
from clusterer.outputs.export.choose import Choice, at_once, choose
from clusterer.outputs.export.timeline import Span, labelled
from clusterer.outputs.export.write import export
from tests.small_result import FRAME_PTS, START_PTS, small_result

Seen = dict[str, list[tuple[int, int]]]

EVERYBODY: Seen = {"Person 1": [(0, 21), (50, 100)], "Person 2": [(0, 11)]}


def chosen(result: ClusteringResult | None = None, **choice: Any) -> Seen:
    timeline = choose(result or small_result(), Choice(**choice))
    return {part.name: [(s.start, s.end) for s in part.spans] for part in timeline.parts}


def said(index: int = 0, **changes: Any) -> ClusteringResult:
    """The result with something else said of one person."""
    result = small_result()
    people = list(result.people)
    people[index] = replace(people[index], **changes)
    return replace(result, people=tuple(people))


def seen(*frames: tuple[int, int]) -> ClusteringResult:
    """The result with Person 1 in these frames."""
    stretches = [
        Appearance(0, a, b, START_PTS + a * FRAME_PTS, START_PTS + b * FRAME_PTS, (0,))
        for a, b in frames
    ]
    return said(appearances=tuple(stretches))


def test_by_hand() -> None:
    timeline = choose(small_result())
    assert timeline.rate == 25
    assert timeline.start == "01:00:00:00"
    assert timeline.length == 100
    assert timeline.warnings == ()
    assert (timeline.name, timeline.stem) == ("small.mp4", "small")
    assert (timeline.drop, timeline.ntsc, timeline.nominal) == (False, False, 25)
    assert timeline.start_frame == 90_000
    assert [(p.id, p.number, p.confidence) for p in timeline.parts] == [
        ("person-1", 0, 0.75),
        ("person-2", 1, 0.75),
    ]
    assert chosen() == EVERYBODY
    marks = [(part.id, span.start, span.end, span.shot) for part, span in timeline.marks()]
    assert marks == [("person-1", 0, 21, 0), ("person-2", 0, 11, 0), ("person-1", 50, 100, 1)]


@pytest.mark.parametrize("name", ["Person 2", "PERSON 2", " person  2", "Person-2", "person-2"])
def test_people_by_name_or_id_in_any_case(name: str) -> None:
    assert chosen(people=(name,)) == {"Person 2": [(0, 11)]}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Straße", "STRASSE"),
        ("Zoe\u0308", "Zoë"),
        ("\uff34om", "tom"),
        ("two\nlines", "two lines"),
        ("张伟", "张伟"),
    ],
)
def test_names_are_compared_as_people_read_them(name: str, typed: str) -> None:
    assert list(chosen(said(name=name), people=(typed,)).values()) == [[(0, 21), (50, 100)]]


def test_several_people_stay_in_the_order_of_screen_time() -> None:
    assert chosen(people=("person 2", "person 1", "person 2")) == EVERYBODY


@pytest.mark.parametrize("text", ["Person 1,Person 2", "person-2, person-1", "Person 2,,Person 1,"])
def test_several_people_with_commas(text: str) -> None:
    assert chosen(people=(text,)) == EVERYBODY


def test_a_name_with_a_comma_is_one() -> None:
    result = said(name="Smith, John")
    assert list(chosen(result, people=("smith, john",))) == ["Smith, John"]
    assert list(chosen(result, people=("Person 2", "Smith, John"))) == ["Smith, John", "Person 2"]
    with pytest.raises(ConfigError, match="No person is named 'Smith'"):
        chosen(result, people=("Smith, John, Person 2",))


def test_who_is_left_out_does_not_change_the_numbers_of_others() -> None:
    (part,) = choose(small_result(), Choice(people=("Person 2",))).parts
    assert part.number == 1


@pytest.mark.parametrize("name", ["Anna", "Person", "unknown-1", "Unknown 1", "", ","])
def test_unknown_names_are_refused(name: str) -> None:
    with pytest.raises(ConfigError) as error:
        chosen(people=("Person 1", name))
    assert str(error.value) == f"No person is named {name!r}. There are: Person 1, Person 2"


def test_people_of_one_name() -> None:
    assert len(choose(said(name="Person 2"), Choice(people=("Person 2",))).parts) == 2


def test_hidden_people_only_by_name() -> None:
    hidden = said(hidden=True)
    assert chosen(hidden) == {"Person 2": [(0, 11)]}
    assert chosen(hidden, people=("Person 1",)) == {"Person 1": [(0, 21), (50, 100)]}
    assert "Person 1" not in chosen(hidden, include_unknown=True)


def test_nobody() -> None:
    assert chosen(replace(small_result(), people=())) == {}
    with pytest.raises(ConfigError, match="There are: nobody"):
        chosen(replace(small_result(), people=()), people=("a",))


def test_unknowns_are_asked_for() -> None:
    unknown: Seen = {"Unknown 1": [(60, 61)]}
    assert chosen(include_unknown=True) == EVERYBODY | unknown
    assert chosen(people=("Person 2",), include_unknown=True) == {"Person 2": [(0, 11)]} | unknown


def test_what_is_not_a_face_never() -> None:
    result = small_result()
    (unknown,) = result.unknowns
    no_face = replace(unknown, reason=Reason.NOT_A_FACE, name="Not a face 1", id="not-a-face-1")
    both = replace(result, unknowns=(no_face, unknown))
    timeline = choose(both, Choice(include_unknown=True))
    assert [(p.name, p.number) for p in timeline.parts] == [
        ("Person 1", 0),
        ("Person 2", 1),
        ("Unknown 1", 2),
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.44, EVERYBODY),
        (0.45, {"Person 1": [(0, 21), (50, 100)]}),
        (0.84, {"Person 1": [(0, 21), (50, 100)]}),
        (0.85, {"Person 1": [(50, 100)]}),
        (2.0, {"Person 1": [(50, 100)]}),
        (2.1, {}),
    ],
)
def test_shortest_appearance(seconds: float, expected: Seen) -> None:
    assert chosen(min_duration_s=seconds) == expected


@pytest.mark.parametrize("frames", range(1, 95))
def test_seconds_are_those_that_were_typed(frames: int) -> None:
    """0.28 s is 7 frames, though the float 0.28 times 25 is a little more."""
    seconds = float(f"{frames / 25:.2f}")
    result = seen((0, frames))
    assert "Person 1" in chosen(result, min_duration_s=seconds)
    assert "Person 1" not in chosen(result, min_duration_s=seconds + 0.001)
    two = seen((0, 5), (5 + frames, 200))
    assert chosen(two, gap_s=seconds)["Person 1"] == [(0, 200)]
    assert chosen(two, gap_s=seconds - 0.001)["Person 1"] == [(0, 5), (5 + frames, 200)]


@pytest.mark.parametrize(
    ("gap_s", "expected"),
    [(0, [(0, 21), (50, 100)]), (1.15, [(0, 21), (50, 100)]), (1.16, [(0, 100)])],
)
def test_gap(gap_s: float, expected: list[tuple[int, int]]) -> None:
    assert chosen(gap_s=gap_s) == {"Person 1": expected, "Person 2": [(0, 11)]}


def test_appearances_on_both_sides_of_a_cut_are_two_without_a_gap() -> None:
    result = seen((0, 20), (20, 40), (40, 60))
    assert chosen(result)["Person 1"] == [(0, 20), (20, 40), (40, 60)]
    assert chosen(result, gap_s=0.001)["Person 1"] == [(0, 60)]


def test_joining_comes_before_the_shortest_and_that_before_handles() -> None:
    result = seen((0, 10), (12, 20), (40, 45))
    choice = {"gap_s": 0.08, "min_duration_s": 0.8}
    assert chosen(result, **choice) == {"Person 1": [(0, 20)]}
    assert chosen(result, **choice, handles=5) == {"Person 1": [(0, 25)]}


@pytest.mark.parametrize(
    ("handles", "expected"),
    [
        (1, [(0, 22), (49, 100)]),
        (14, [(0, 35), (36, 100)]),
        (15, [(0, 100)]),
        (1000, [(0, 100)]),
    ],
)
def test_handles_stop_at_both_ends_of_the_video(
    handles: int, expected: list[tuple[int, int]]
) -> None:
    assert chosen(handles=handles, people=("person 1",)) == {"Person 1": expected}


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_duration_s": -1},
        {"gap_s": float("nan")},
        {"handles": -1},
        {"rate": Fraction(0)},
        {"rate": Fraction(10**400)},
        {"reel": "A B"},
        {"reel": "NINECHARS"},
        {"reel": "张"},
        {"reel": "A\n"},
    ],
    ids=str,
)
def test_wrong_choices(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="Give "):
        Choice(**wrong)


@pytest.mark.parametrize(
    ("start", "first", "end"),
    [
        ("00:59:58:00", "00:59:58:00", "01:00:02:00"),
        ("23:59:58:00", "23:59:58:00", "00:00:02:00"),
        (None, "01:00:00:00", "01:00:04:00"),
    ],
)
def test_start_timecode(start: str | None, first: str, end: str) -> None:
    timeline = choose(small_result(), Choice(start_timecode=start))
    assert timeline.timecode(0) == first
    assert timeline.timecode(100) == end


@pytest.mark.parametrize("start", ["", "1:00", "01:00:00:25", "24:00:00:00", "01:00:00;00"])
def test_a_start_that_the_rate_cannot_have_is_refused(start: str) -> None:
    with pytest.raises(ConfigError, match="timecode"):
        choose(small_result(), Choice(start_timecode=start))


def test_drop_frame_leaves_two_numbers_out() -> None:
    choice = Choice(start_timecode="01:00:59;28", rate=Fraction("29.97"))
    timeline = choose(small_result(), choice)
    assert timeline.rate == Fraction(30000, 1001)
    assert timeline.drop
    codes = [timeline.timecode(frame) for frame in range(4)]
    assert codes == ["01:00:59;28", "01:00:59;29", "01:01:00;02", "01:01:00;03"]


@pytest.mark.parametrize(
    ("stated", "start"),
    [(None, ""), ("01:00:00;00", "01:00:00:00"), ("00:00:10:24", "00:00:10:24"), ("x", "")],
)
def test_start_of_the_file(stated: str | None, start: str) -> None:
    result = small_result()
    video = replace(result.analysis.video, start_timecode=stated)
    timeline = choose(replace(result, analysis=replace(result.analysis, video=video)))
    assert timeline.start == start


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two\nlines\r\n", "two lines"),
        ("a\tb\x00c\x85d\u2028e", "a b c d e"),
        ("\ud800x\uffff", "x"),
        ("נועה", "נועה"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("\n", "person-1"),
    ],
)
def test_names_are_one_line(name: str, shown: str) -> None:
    assert choose(said(name=name)).parts[0].name == shown


def test_a_part_of_the_video_is_counted_from_its_first_frame() -> None:
    """Analysed from frame 50 on: frames before count, whatever was looked at."""
    result = small_result()
    later = replace(
        result.analysis,
        sampled_frames=np.array([50, 60, 99]),
        sampled_pts=START_PTS + np.array([50, 60, 99]) * FRAME_PTS,
    )
    assert chosen(replace(result, analysis=later)) == EVERYBODY


# --- a part of the film, and people together ------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (0.4, None, {"Person 1": [(10, 21), (50, 100)], "Person 2": [(10, 11)]}),
        (None, 2.4, {"Person 1": [(0, 21), (50, 60)], "Person 2": [(0, 11)]}),
        (0.44, 2.0, {"Person 1": [(11, 21)]}),  # half-open: frames 11 to 49
        ("01:00:00:20", "01:00:02:01", {"Person 1": [(20, 21), (50, 51)]}),
        ("00:59:00:00", 0.04, {"Person 1": [(0, 1)], "Person 2": [(0, 1)]}),
        (1.0, 2.0, {}),
    ],
)
def test_part_of_the_film(begin: Any, end: Any, expected: Seen) -> None:
    assert chosen(begin=begin, end=end) == expected


def test_appearances_are_cut_before_the_short_are_left_out_and_before_handles() -> None:
    part = {"begin": 0.4, "end": 2.4}
    assert chosen(**part, min_duration_s=0.44) == {"Person 1": [(10, 21)]}
    assert chosen(**part, handles=2) == {"Person 1": [(8, 23), (48, 62)], "Person 2": [(8, 13)]}


@pytest.mark.parametrize(("begin", "end"), [(1.0, 1.0), (2.0, 1.0), (0.0, "00:00:00:00")])
def test_an_empty_part_is_refused(begin: Any, end: Any) -> None:
    with pytest.raises(ConfigError, match="is empty"):
        chosen(begin=begin, end=end)


def test_part_that_is_no_time() -> None:
    with pytest.raises(ConfigError, match="begin is -1"):
        Choice(begin=-1)
    with pytest.raises(ConfigError, match="not a timecode at 25"):
        chosen(end="00:00:00:25")


def test_together() -> None:
    both = ("Person 1", "Person 2")
    assert chosen(people=both, together=True) == {"Person 1": [(0, 11)], "Person 2": [(0, 11)]}
    assert chosen(people=both, together=True, begin=0.2) == {
        "Person 1": [(5, 11)], "Person 2": [(5, 11)],
    }  # fmt: skip
    timeline = choose(small_result(), Choice(people=both, together=True, begin=2.0))
    assert timeline.parts == ()
    assert timeline.warnings == ("the people are never on screen at once in this part of the film",)


@pytest.mark.parametrize("people", [(), ("Person 1",), ("Person 1", "person-1")])
def test_one_is_not_together(people: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="at least two people"):
        chosen(people=people, together=True)


def test_at_once_by_hand() -> None:
    one = [Span(20, 40, 1), Span(0, 10, 0)]
    two = [Span(5, 8, 0), Span(7, 25, 0), Span(30, 31, 1)]
    three = [Span(6, 31, 0)]
    assert at_once([one, two, three]) == [Span(6, 10, 0), Span(20, 25, 1), Span(30, 31, 1)]
    assert at_once([one, []]) == []


# --- names of the files ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "stem"),
    [
        ({}, "small"),
        ({"gap_s": 1.0, "handles": 2}, "small"),
        ({"people": ("person-2",)}, "small+Person 2"),
        ({"people": ("Person 2,Person 1",)}, "small+Person 1+Person 2"),
        (
            {"people": ("Person 1", "Person 2"), "together": True},
            "small+together+Person 1+Person 2",
        ),
        ({"begin": 0.5}, "small+from-0-00-00.5"),
        ({"begin": 0, "end": 3725.25}, "small+from-0-00-00+to-1-02-05.25"),
        ({"end": "01:00:02:00"}, "small+to-01-00-02-00"),
    ],
)
def test_name_says_what_it_is(choice: Any, stem: str) -> None:
    assert choose(small_result(), Choice(**choice)).stem == stem


@pytest.mark.parametrize(
    ("name", "safe"),
    [("a/b:c", "a_b_c"), ("A+B", "A_B"), ("Together", "_Together"), ("from-1", "_from-1")],
)
def test_names_of_people_in_names_of_files(name: str, safe: str) -> None:
    timeline = choose(said(name=name), Choice(people=("person-1",)))
    assert timeline.stem == f"small+{safe}"


def test_long_names_differ_by_their_digest() -> None:
    stems = [choose(said(name="é" * 60 + last), Choice(people=("person-1",))).stem for last in "ab"]
    assert stems[0] != stems[1]
    assert all(len(stem.encode()) <= len("small") + 80 for stem in stems)


def test_the_label_stays_whole_behind_a_long_film() -> None:
    assert labelled("f" * 150, "+Anna") == f"{'f' * 145}+Anna"


def test_people_do_not_replace_the_files_of_everybody(tmp_path: Path) -> None:
    whole = export(small_result(), "edl", tmp_path)
    some = export(small_result(), "edl", tmp_path, Choice(people=("Person 1",)))
    assert {path.name for path in whole}.isdisjoint(path.name for path in some)
    (path,) = some
    assert "SMALL " in path.read_text(), "the reel is that of the film"
