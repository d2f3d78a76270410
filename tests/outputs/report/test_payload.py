"""The page's data."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.appearances import appearances, numbers
from clusterer.core.certainty import REASONS, Why
from clusterer.core.types import (
    UNKNOWN,
    Action,
    Advice,
    ClothingDecision,
    ClusteringResult,
    Edit,
    Grouping,
    Move,
    Question,
    Reason,
    TrackFeatures,
)
from clusterer.edits import Keys, parse_edit, to_dict
from clusterer.outputs.report.clothes import notes
from clusterer.outputs.report.page import render_page
from clusterer.outputs.report.payload import payload, pictures
from clusterer.outputs.report.pictures import Gallery
from clusterer.outputs.report.wording import EXPLANATIONS
from clusterer.people.identities import present, reasons_of
from tests.outputs.report.builder import Cast, Scene, track_key
from tests.small_result import small_analysis, small_result

WEB = Path(__file__).parents[3] / "web"
KEYS = ["0@100,50,140,98", "0@300,50,340,98", "50@110,50,150,98", "60@400,50,440,98"]
"""Of the tracks of `small_result`, whose faces are all of one quality: the first counts."""
ADA = Edit(Action.NAME, who=(KEYS[0],), name="Ada", note="Person 1 is Ada")


def data_of(result: ClusteringResult, mode: str = "disk") -> dict[str, object]:
    """Payload as the script reads it."""
    text = json.dumps(payload(mode, result, notes(result)), allow_nan=False)
    data: dict[str, object] = json.loads(text)
    return data


def test_the_picture_is_shown_with_square_pixels() -> None:
    result = small_result()
    film = replace(result.analysis.video, width_px=320, pixel_aspect=Fraction(2))
    squeezed = replace(result, analysis=replace(result.analysis, video=film))
    data = data_of(squeezed)
    assert (data["width"], data["height"]) == (640, 360)
    high = replace(film, width_px=640, height_px=180, pixel_aspect=Fraction(1, 2))
    chips = data_of(replace(result, analysis=replace(result.analysis, video=high)))["chips"]
    assert isinstance(chips, dict)
    assert chips["height"] == [96] * 4, "faces are as high as they are shown"
    assert "320 × 360, shown as 640 × 360" in render_page(squeezed, data)  # noqa: RUF001 (the sign for sizes)


def test_facts_of_the_video() -> None:
    data = data_of(small_result())
    assert {name: data[name] for name in list(data)[:12]} == {
        "mode": "disk",
        "title": "small.mp4",
        "frame_rate": 25.0,
        "rate": [25, 1],
        "start_timecode": "01:00:00:00",
        "time_base": [1, 12800],
        "zero_pts": 1024,
        "start_pts": 1024,
        "length_s": 4.0,
        "width": 640,
        "height": 360,
        "shots": [1024, 1024 + 50 * 512],
    }


def test_tracks() -> None:
    """Frames 0 to 20, 0 to 10, 50 to 99, 60; 512 ticks a frame from 1024 on."""
    assert data_of(small_result())["tracks"] == {
        "key": KEYS,
        "shot": [0, 0, 1, 1],
        "start_pts": [1024, 1024, 26624, 31744],
        "end_pts": [11776, 6656, 52224, 32256],
        "start_tc": ["01:00:00:00", "01:00:00:00", "01:00:02:00", "01:00:02:10"],
        "end_tc": ["01:00:00:21", "01:00:00:11", "01:00:04:00", "01:00:02:11"],
        "faces": [3, 2, 3, 1],
        "quality": [0.375] * 4,  # 0.5 x 0.75
        "confidence": [0.75, 0.75, 0.75, 0.0],  # 0 and 2 are one person: (1.0 + 0.5) / 2
        "label": [0, 1, 0, UNKNOWN],
        "reason": ["", "", "", "single face"],
        "front": [True] * 4,
    }


def test_chips() -> None:
    assert data_of(small_result())["chips"] == {
        "track": [0, 1, 2, 3],
        "row": [0, 1, 5, 7],
        "face": KEYS,
        "pts": [1024, 1024, 26624, 31744],
        "tc": ["01:00:00:00", "01:00:00:00", "01:00:02:00", "01:00:02:10"],
        "frame": [0, 0, 50, 60],
        "quality": [0.375] * 4,
        "score": [0.5, 0.55, 0.75, 0.85],
        "height": [48] * 4,
    }


def test_the_rest() -> None:
    data = data_of(small_result())
    assert data["people"] == [[0, 1], [1, 2]]
    assert data["together"] == [[0, 1], [2, 3]]
    empty = ("clothing", "edits", "undone", "edit_notes", "questions", "trees", "names")
    assert not any(data[name] for name in (*empty, "shown", "grouped_under"))


def test_tracks_are_listed_as_grouped_not_as_corrected() -> None:
    grouping = Grouping(
        np.array([UNKNOWN, 4, 4, UNKNOWN]),
        (Reason.AMBIGUOUS, Reason.NONE, Reason.NONE, Reason.TOO_SMALL),
        np.array([0.0, 0.666, 0.777, 0.1]),
    )
    data = data_of(replace(small_result(), grouping=grouping))
    tracks = data["tracks"]
    assert isinstance(tracks, dict)
    assert tracks["label"] == [-1, 4, 4, -1]
    assert tracks["reason"] == ["ambiguous", "", "", "too small"]
    assert tracks["confidence"] == [0.0, 0.666, 0.777, 0.1]
    assert data["people"] == [[4, 1]]


@settings(deadline=None)
@given(st.lists(st.integers(UNKNOWN, 3), min_size=4, max_size=4))
def test_people_have_the_numbers_that_the_tables_give_them(labels: list[int]) -> None:
    result = small_result()
    reasons = reasons_of(result.features, np.array(labels), np.zeros(4, bool))
    found = present(result.analysis, np.array(labels), reasons, np.ones(4))
    expected = {person.label: number for number, person in enumerate(found[0], start=1)}
    assert numbers(result.analysis, np.array(labels)) == expected


def test_tracks_that_are_not_faces_have_no_number() -> None:
    assert numbers(small_analysis(), np.array([-2, 5, -2, -2])) == {5: 1}


def test_a_track_is_seen_as_long_as_if_it_were_alone(hour: ClusteringResult) -> None:
    analysis = hour.analysis
    told = payload("live", hour, {})["tracks"]
    for track in analysis.tracks[::500]:
        (alone,) = appearances(analysis, [track.id])
        assert told["start_pts"][track.id] == alone.start_pts
        assert told["end_pts"][track.id] == alone.end_pts


def test_keys_are_those_of_the_file_of_corrections(hour: ClusteringResult) -> None:
    data, keys = payload("live", hour, {}), Keys(hour.analysis)
    assert data["tracks"]["key"] == list(keys.tracks)
    assert data["chips"]["face"] == [keys.face(row) for row in data["chips"]["row"]]


@settings(deadline=None)
@given(st.lists(st.sampled_from([-0.5, -0.4, 0.5, 1.5, 2.49999, 99.5]), min_size=9, max_size=9))
def test_boxes_are_rounded_as_in_the_file_of_corrections(left: list[float]) -> None:
    analysis = small_analysis()
    boxes = analysis.detections.boxes.copy()
    boxes[:, 0] = left
    moved = replace(analysis, detections=replace(analysis.detections, boxes=boxes))
    data = payload("live", replace(small_result(), analysis=moved), {})
    assert data["tracks"]["key"] == list(Keys(moved).tracks)


@pytest.mark.parametrize("action", Action)
def test_corrections_are_listed_as_in_their_file(action: Action) -> None:
    full = Edit(action, ("1@0,0,9,9",), ("2@0,0,9,9",), face="3@0,0,9,9", name="é", at="2026")
    bare = Edit(action)
    result = replace(small_result(), edits=(full, bare))
    data = payload("live", result, {}, undone=(ADA,), names=("Ada", "Bob"))
    assert json.loads(json.dumps(data["edits"])) == [
        json.loads(json.dumps(to_dict(edit))) for edit in (full, bare)
    ]
    assert parse_edit(json.loads(json.dumps(data["undone"][0]))) == ADA
    assert data["names"] == ["Ada", "Bob"]


def test_keys_of_another_analysis_come_with_their_meaning() -> None:
    """A frame off and two px aside; a face of track 2 that is not its best; nothing at all."""
    edits = (
        Edit(Action.MOVE, who=("1@102,50,142,98",), tracks=("60@111,50,151,98", "9@0,0,9,9")),
        Edit(Action.COVER, who=(KEYS[0],), face="1@102,50,142,98"),
        Edit(Action.COVER, who=(KEYS[0],), face=KEYS[1]),
    )
    data = data_of(replace(small_result(), edits=edits))
    assert data["resolved"] == {
        "tracks": {"1@102,50,142,98": 0, "60@111,50,151,98": 2},
        "faces": {"1@102,50,142,98": 0},
    }


def test_what_the_reviewer_did_is_counted() -> None:
    result = replace(
        small_result(), edits=(ADA, ADA), grouped_under=1, edit_notes=("2. name: nobody",)
    )
    data = data_of(result)
    assert (
        data["edits"]
        == [{"action": "name", "who": [KEYS[0]], "name": "Ada", "note": "Person 1 is Ada"}] * 2
    )
    assert (data["grouped_under"], data["edit_notes"]) == (1, ["2. name: nobody"])


def test_advice() -> None:
    advice = Advice((Question(0, 3, 1.23456), Question(2, 1, -9.0)), {0: ((0, 1),), 1: ()})
    data = data_of(replace(small_result(), advice=advice))
    assert data["questions"] == [[0, 3, 1.23], [2, 1, -9.0]]
    assert data["trees"] == {"0": [[0, 1]], "1": []}


def test_people_seen_together_are_listed_once() -> None:
    """0 and 1 share frame 0, 2 and 3 frame 60; that 0 is not 2 is the word of a reviewer."""
    pairs = np.array([[3, 2], [0, 1], [2, 3], [2, 0]])
    assert data_of(replace(small_result(), cannot_link=pairs))["together"] == [[0, 1], [2, 3]]


def test_clothing_is_listed_by_track() -> None:
    decisions = (
        ClothingDecision(2, Move.JOINED, 0.1, 2.9957, None),
        ClothingDecision(3, Move.SPLIT, 0.1, -2.9957, None),  # unknown
    )
    found = data_of(replace(small_result(), clothing=decisions))["clothing"]
    assert isinstance(found, dict)
    assert list(found) == ["2"]
    assert found["2"][:2] == ["joined", "by clothing"]
    assert found["2"][2].startswith("Joined by clothing. Clothing: 20 times likelier")


def test_reasons_are_listed_in_order() -> None:
    told = data_of(small_result())["reasons"]
    assert told == [[r.value, w.title, w.why, w.advice] for r, w in EXPLANATIONS.items()]
    assert {reason for reason, *_ in told} == {reason.value for reason in Reason}


def test_pictures_are_listed_by_chip() -> None:
    analysis = small_analysis()  # chips 0 to 3 are rows 0, 1, 5 and 7; of row 6 none is kept
    gallery = Gallery(1000, {7: "seven", 0: "nought", 6: "six"}, {7: "shirt"})
    frame = int(analysis.detections.frame_index[7])
    assert pictures(gallery, {frame: "whole"}, analysis) == {
        "pictures": {"0": "nought", "3": "seven"},
        "torsos": {"3": "shirt"},
        "frames": {str(frame): "whole"},
        "boxes": {"3": analysis.detections.boxes[7].round().tolist()},
    }


def test_a_picture_without_a_track_belongs_to_nobody() -> None:
    result = small_result()
    labels = np.array([0, 1, 0])
    features = result.features
    cut = {f.name: getattr(features, f.name) for f in fields(features) if f.name != "coloured"}
    fewer = replace(
        result,
        features=TrackFeatures(**{name: values[:3] for name, values in cut.items()}),
        analysis=replace(result.analysis, tracks=result.analysis.tracks[:3]),
        cannot_link=np.array([[0, 1]]),
        labels=labels,
        grouping=Grouping(labels, (Reason.NONE,) * 3, np.ones(3)),
    )
    assert payload("live", fewer, {})["chips"]["track"] == [0, 1, 2, -1]


def test_how_sure_it_is_comes_as_words_with_reasons() -> None:
    found = data_of(small_result())["sure"]
    assert isinstance(found, dict)
    assert len(found["tracks"]) == 4
    assert found["kinds"][found["tracks"][3]] == ["doubtful", "nobody", True]
    assert {kind[1] for kind in found["kinds"]} <= set(Why)


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_the_page_has_every_reason_in_its_languages(language: str) -> None:
    words = (WEB / "src" / "words" / f"{language}.ts").read_text("utf-8")
    for why, text in REASONS.items():
        assert re.search(rf'\b{why}:\s+"{text if language == "en" else ""}', words), why


def test_nobody() -> None:
    data = data_of(Scene([]).build())
    assert data["people"] == data["together"] == []
    assert set(map(len, data["tracks"].values())) == {0}
    assert set(map(len, data["chips"].values())) == {0}


def test_the_path_of_the_video_stays_private() -> None:
    assert "footage" not in json.dumps(data_of(small_result()))


def test_a_scene_names_people_by_corrections() -> None:
    result = Scene([Cast([0], "Ada"), Cast([1, 2], "Person 1")]).build()
    assert data_of(result)["edits"] == [
        {"action": "name", "who": [track_key(result.analysis, 0)], "name": "Ada"}
    ]


def test_the_payload_of_an_hour_fits_two_megabytes(hour: ClusteringResult) -> None:
    text = json.dumps(payload("live", hour, {}), separators=(",", ":"))
    assert len(text) < 2_000_000
