"""Which frames are looked at and picked, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.certainty import Sure, Why, Word
from clusterer.core.errors import ConfigError
from clusterer.core.types import ClusteringResult, VideoInfo
from clusterer.outputs.stills.choose import Still, StillsChoice, candidates, pick, rate_height
from tests.result_folder import decided

VIDEO = VideoInfo("a.mp4", 640, 360, Fraction(25), Fraction(1, 100), 0, 60.0)
"""A tick is 10 ms: two seconds are 200."""


def frames(result: ClusteringResult, **chosen: object) -> dict[str, list[int]]:
    found = candidates(result, StillsChoice(**chosen))
    seen = result.analysis.detections.frame_index
    return {
        name: [int(seen[still.row]) for still in group]
        for name, group in groupby(found, lambda still: still.person.name)
    }


def still(shot: int, pts: int, row: int = 0) -> Still:
    return Still(decided().people[0], row, pts, "", shot, 1.0)


def test_candidates_of_the_small_film(result: ClusteringResult) -> None:
    assert frames(result) == {"Person 1": [0, 10, 20, 50, 60, 99], "Person 2": [0, 10]}
    assert frames(result, people="person-2") == {"Person 2": [0, 10]}
    assert frames(result, begin=0.4, end="01:00:02:10") == {
        "Person 1": [10, 20, 50],
        "Person 2": [10],
    }
    both = {"Person 1": [0, 10], "Person 2": [0, 10]}
    assert frames(result, people="Person 1,Person 2", together=True) == both
    # two shots for each still that is wanted: the first of them rated alike
    assert frames(result, people="Person 1", best=1) == {"Person 1": [0, 10, 20, 50, 60, 99]}


def test_timecodes_and_ratings(result: ClusteringResult) -> None:
    found = [one for one in candidates(result, StillsChoice()) if one.person.id == "person-1"]
    assert [one.timecode for one in found] == [
        "01:00:00:00", "01:00:00:10", "01:00:00:20",
        "01:00:02:00", "01:00:02:10", "01:00:03:24",
    ]  # fmt: skip
    assert [one.shot_index for one in found] == [0, 0, 0, 1, 1, 1]
    # sharpness 1, score 1, pose 0.75; 48 of 360 px are 0.444 of 30 %; half at the ends of a shot
    whole = 0.75 * (48 / (0.3 * 360)) ** 0.5
    ratings = [one.rating for one in found]
    assert ratings == pytest.approx([whole / 2, whole, whole, whole / 2, whole, whole / 2])


def test_doubtful_tracks_come_last(result: ClusteringResult) -> None:
    sure = [Sure(Word.CERTAIN, Why.CLOSE_MATCH)] * 4
    sure[2] = Sure(Word.DOUBTFUL, Why.UNLIKE)
    found = [
        one
        for one in candidates(replace(result, sure=tuple(sure)), StillsChoice("Person 1"))
        if one.timecode in {"01:00:00:10", "01:00:02:10"}
    ]
    assert found[1].rating == pytest.approx(found[0].rating / 10)


def test_hidden_people(result: ClusteringResult) -> None:
    first, second = result.people
    hidden = replace(result, people=(replace(first, hidden=True), second))
    assert set(frames(hidden)) == {"Person 2"}
    assert set(frames(hidden, people="Person 1")) == {"Person 1"}
    nobody = replace(result, people=())
    with pytest.raises(ConfigError, match="There is nobody to show"):
        frames(nobody)


def test_different_shots_first() -> None:
    stills = [still(0, 0), still(0, 100), still(0, 300), still(1, 500), still(2, 900)]
    assert [one.pts for one in pick(stills, [0.9, 0.8, 0.7, 0.2, 0.1], 3, VIDEO)] == [0, 500, 900]
    # 100 is nearer than two seconds to 0, 300 is not
    assert [one.pts for one in pick(stills, [0.9, 0.8, 0.7, 0.2, 0.1], 9, VIDEO)] == [
        0, 300, 500, 900,
    ]  # fmt: skip
    assert [one.pts for one in pick(stills, [0.5, 0.8, 0.7, 0.2, 0.9], 2, VIDEO)] == [100, 900]
    assert [one.pts for one in pick(stills, [0.5] * 5, 1, VIDEO)] == [0], "ties go to the earlier"


@given(
    times=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 400), st.floats(0, 1)), max_size=40),
    best=st.integers(1, 12),
)
def test_whatever_is_picked(times: list[tuple[int, int, float]], best: int) -> None:
    stills = [still(shot, 1000 * shot + at, row) for row, (shot, at, _) in enumerate(times)]
    found = pick(stills, [rating for *_, rating in times], best, VIDEO)
    assert len(found) <= best
    assert found == sorted(found, key=lambda one: (one.pts, one.row))
    for one in found:
        assert all(
            abs(one.pts - other.pts) >= 200
            for other in found
            if other is not one and other.shot_index == one.shot_index
        )
    shots = len({one.shot_index for one in stills})
    assert len({one.shot_index for one in found}) == min(best, shots)


def test_large_faces_are_rated_higher() -> None:
    rated = rate_height(np.array([0.0, 27, 108, 400]), 360)
    assert rated.tolist() == pytest.approx([0, 0.5, 1, 1])


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"best": 101}, "best is 101. Give 1 to 100"),
        ({"form": "gif"}, "form is 'gif'. Choose from jpeg, png"),
        ({"metadata": "yes"}, "metadata is 'yes'. Choose from embed, sidecar, none"),
        ({"people": "Nobody"}, "No person is named 'Nobody'. There are: Person 1, Person 2"),
        ({"people": "Person 1", "together": True}, "at least two people"),
        ({"people": "Person 1,Person 2", "together": True, "begin": 1}, "never on screen at once"),
        ({"begin": 2, "end": 1}, "The part of the film from 2 to 1 is empty"),
    ],
)
def test_errors(result: ClusteringResult, chosen: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError) as error:
        frames(result, **chosen)
    assert words in str(error.value)
