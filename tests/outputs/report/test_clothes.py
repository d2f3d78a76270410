"""What clothing decided: its words, and the torsos that it decided by."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import UNKNOWN, ClothingDecision, ClusteringResult, Move
from clusterer.outputs.report import render
from clusterer.outputs.report.clothes import evidence, notes, odds
from clusterer.outputs.report.pictures import Torsos, choose
from clusterer.outputs.save import save
from clusterer.store.names import torso_picture
from tests.outputs.report.builder import Scene, drawn_torso, reader, torso_reader
from tests.outputs.report.test_render import data_of

JOINED, SPLIT = Move.JOINED, Move.SPLIT


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("logarithm", "words"),
    [  # e^x by hand
        (0.0, "1 : 1"),
        (2.9957, "20 : 1"),
        (0.5, "2 : 1"),  # 1.65
        (-1.0986, "1 : 3"),
        (4.6, "99 : 1"),  # 99.48
        (4.6052, "100 : 1"),
        (4.62, "over 100 : 1"),  # 101.5
        (-4.62, "under 1 : 100"),
        (1e9, "over 100 : 1"),
    ],
)
def test_odds(logarithm: float, words: str) -> None:
    assert plain(odds(logarithm)) == words


@given(st.floats(0, 20))
def test_odds_for_mirror_odds_against(logarithm: float) -> None:
    there, back = (re.findall(r"\d+", odds(sign * logarithm)) for sign in (1, -1))
    assert there == (back[::-1] if logarithm else back)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (
            (JOINED, 0.1, 2.9957, 0.6931),
            "Joined by clothing: clothes speak 20 : 1 for this person, the face says nothing; "
            "next best person 2 : 1.",
        ),
        (
            (JOINED, 1.0986, 1.6094, -1.0986),
            "Joined by clothing: clothes speak 5 : 1 and the face 3 : 1 for this person; "
            "next best person 1 : 3.",
        ),
        (
            (JOINED, -0.6931, 2.3026, None),
            "Joined by clothing: clothes speak 10 : 1 for this person, but the face 2 : 1 against; "
            "nobody else is possible.",
        ),
        (
            (JOINED, 1.3863, -0.49, -9.0),
            "Joined by clothing: the face speaks 4 : 1 for this person, clothes say nothing; "
            "next best person under 1 : 100.",
        ),
        (
            (JOINED, 0.49, -0.49, 1.0986),
            "Joined by clothing: neither clothes nor face speak for or against this person; "
            "another person 3 : 1.",
        ),
        (
            (SPLIT, -0.2, -2.3026, 0.0),
            "Split by clothing: clothes speak 10 : 1 against the person it was taken from, "
            "the face says nothing; next best person 1 : 1.",
        ),
        (
            (SPLIT, 0.6931, -9.0, None),
            "Split by clothing: clothes speak over 100 : 1 against the person it was taken from, "
            "but the face 2 : 1 for; nobody else is possible.",
        ),
    ],
)
def test_evidence(decision: tuple[Move, float, float, float | None], words: str) -> None:
    assert plain(evidence(ClothingDecision(0, *decision))) == words


def test_who_is_ahead_is_not_called_next_best() -> None:
    """Face and clothing count together: 0.7 + 1.6 against 2.2, then against 2.4."""
    behind, ahead = (evidence(ClothingDecision(0, JOINED, 0.7, 1.6, x)) for x in (2.2, 2.4))
    assert plain(behind).endswith("; next best person 9 : 1.")
    assert plain(ahead).endswith("; another person 11 : 1.")


def test_notes_are_of_the_tracks_of_people_that_moved(dressed: Scene) -> None:
    said = notes(dressed.build())
    assert sorted(said) == [1, 6, 7, 8]  # 5 is unknown
    assert {said[track].kind for track in (6, 7, 8)} == {"joined"}
    assert (said[1].kind, said[1].badge) == ("split", "split by clothing")
    assert said[6].badge == "by clothing"
    assert plain(said[6].evidence).startswith("Joined by clothing: clothes speak 20 : 1 for")


def test_notes_are_of_the_grouping_not_of_the_corrections(dressed: Scene) -> None:
    result = dressed.build()
    labels = result.labels.copy()
    labels[[1, 6]] = UNKNOWN
    corrected = replace(result, grouping=result.grouped, labels=labels)
    assert notes(corrected) == notes(result)
    assert sorted(notes(replace(result, labels=labels))) == [7, 8]


def test_torsos_that_clothing_decided_by_are_in_the_page(dressed: Scene) -> None:
    result = dressed.build()
    data = data_of(render(result, reader(), torso_reader()))
    assert list(data["clothing"]) == ["1", "6", "7", "8"]
    assert set(data["torsos"]) == set(data["pictures"])
    assert data["torsos"]["24"] == base64.b64encode(drawn_torso(24 % 24)).decode()
    assert data_of(render(result, reader()))["torsos"] == {}


def test_without_room_those_come_first(dressed: Scene) -> None:
    result = dressed.build()
    moved = {row for track in (1, 6, 7, 8) for row in range(4 * track, 4 * track + 4)}
    torsos = Torsos(lambda _row: bytes(300), moved)
    gallery = choose(result, lambda _row: bytes(300), 25 * 400, torsos)
    assert set(gallery.torsos) <= moved
    assert len(gallery.torsos) > 5


def test_a_saved_page_has_the_torsos_of_its_folder(dressed: Scene, tmp_path: Path) -> None:
    result = dressed.build()
    save(result, tmp_path)
    chips = tmp_path / "chips"
    chips.mkdir()
    frame = int(result.analysis.detections.frame_index[24])
    for name in ("00006-0000300.jpg", torso_picture(6, frame)):
        (chips / name).write_bytes(drawn_torso(1))
    save(result, tmp_path)
    assert len(data_of((tmp_path / "report.html").read_text("utf-8"))["torsos"]) == 1


def test_an_hour_that_clothing_put_together_stays_under_eight_megabytes(
    hour: ClusteringResult,
) -> None:
    moved = tuple(
        ClothingDecision(track.id, JOINED, 0.6, 2.0, 1.0) for track in hour.analysis.tracks
    )
    html = render(replace(hour, clothing=moved), reader(), torso_reader())
    assert data_of(html)["torsos"]
    assert len(html.encode("utf-8")) < 8_000_000
