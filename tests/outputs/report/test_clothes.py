"""What clothing decided: its words, and the torsos that it decided by."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.types import UNKNOWN, ClothingDecision, ClusteringResult, Move
from clusterer.outputs.report import render
from clusterer.outputs.report.clothes import evidence, notes, times
from clusterer.outputs.report.pictures import Torsos, choose
from clusterer.outputs.save import save
from clusterer.store.names import torso_picture
from tests.outputs.report.builder import Scene, drawn_torso, reader, torso_reader
from tests.outputs.report.test_render import data_of

JOINED, SPLIT = Move.JOINED, Move.SPLIT


@pytest.mark.parametrize(
    ("logarithm", "words"),
    [  # e^x by hand
        (0.0, "1"),
        (2.9957, "20"),
        (0.5, "2"),  # 1.65
        (-1.0986, "3"),
        (4.6, "99"),  # 99.48
        (4.6052, "100"),
        (4.62, "over 100"),  # 101.5
        (-4.62, "over 100"),
        (1e9, "over 100"),
    ],
)
def test_times(logarithm: float, words: str) -> None:
    assert times(logarithm) == words


@given(st.floats(0, 20))
def test_times_is_the_same_for_and_against(logarithm: float) -> None:
    assert times(logarithm) == times(-logarithm)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (
            (JOINED, 0.1, 2.9957, 0.6931),
            "Joined by clothing. Clothing: 20 times likelier this person than another; "
            "face: no clear evidence. Next best person: 2 times likelier than not.",
        ),
        (
            (JOINED, 1.0986, 1.6094, -1.0986),
            "Joined by clothing. Clothing: 5 times likelier this person than another; "
            "face: 3 times likelier this person than another. "
            "Next best person: 3 times less likely than not.",
        ),
        (
            (JOINED, -0.6931, 2.3026, None),
            "Joined by clothing. Clothing: 10 times likelier this person than another; "
            "face: 2 times likelier another person than this person. "
            "No other person is possible.",
        ),
        (
            (JOINED, 1.3863, -0.49, -9.0),
            "Joined by clothing. Clothing: no clear evidence; "
            "face: 4 times likelier this person than another. "
            "Next best person: over 100 times less likely than not.",
        ),
        (
            (JOINED, 0.49, -0.49, 1.0986),
            "Joined by clothing. Clothing: no clear evidence; face: no clear evidence. "
            "Another person: 3 times likelier than not.",
        ),
        (
            (SPLIT, -0.2, -2.3026, 0.0),
            "Split by clothing. Clothing: 10 times likelier another person than the original "
            "person; face: no clear evidence. Next best person: about even.",
        ),
        (
            (SPLIT, 0.6931, -9.0, None),
            "Split by clothing. Clothing: over 100 times likelier another person than the "
            "original person; face: 2 times likelier the original person than another. "
            "No other person is possible.",
        ),
    ],
)
def test_evidence(decision: tuple[Move, float, float, float | None], words: str) -> None:
    assert evidence(ClothingDecision(0, *decision)) == words


def test_who_is_ahead_is_not_called_next_best() -> None:
    """Face and clothing count together: 0.7 + 1.6 against 2.2, then against 2.4."""
    behind, ahead = (evidence(ClothingDecision(0, JOINED, 0.7, 1.6, x)) for x in (2.2, 2.4))
    assert behind.endswith(" Next best person: 9 times likelier than not.")
    assert ahead.endswith(" Another person: 11 times likelier than not.")


def test_notes_are_of_the_tracks_of_people_that_moved(dressed: Scene) -> None:
    found = notes(dressed.build())
    assert sorted(found) == [1, 6, 7, 8]  # 5 is unknown
    assert {found[track].kind for track in (6, 7, 8)} == {"joined"}
    assert (found[1].kind, found[1].badge) == ("split", "split by clothing")
    assert found[6].badge == "by clothing"
    assert found[6].evidence.startswith("Joined by clothing. Clothing: 20 times likelier this")


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


def test_an_hour_grouped_by_clothing_stays_under_eight_megabytes(
    hour: ClusteringResult,
) -> None:
    moved = tuple(
        ClothingDecision(track.id, JOINED, 0.6, 2.0, 1.0) for track in hour.analysis.tracks
    )
    html = render(replace(hour, clothing=moved), reader(), torso_reader())
    assert data_of(html)["torsos"]
    assert len(html.encode("utf-8")) < 8_000_000
