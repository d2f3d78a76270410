"""What clothing decided: its words, its badge on a picture, its torso beside the face."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.cache import torso_name
from clusterer.report import render
from clusterer.report.clothes import evidence, notes, odds, tally
from clusterer.report.compose import PREVIEW, compose
from clusterer.report.page import render_page
from clusterer.report.pictures import Torsos, choose
from clusterer.result import save
from clusterer.types import ClothingDecision, ClusteringResult, Move

from .builder import Cast, Scene, drawn_torso, no_pictures, reader, torso_reader
from .test_render import data_of

JOINED, SPLIT = Move.JOINED, Move.SPLIT
CHIP = re.compile(r'<button class="chip".*?</button>')


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


def test_tally_counts_appearances_not_tracks() -> None:
    moves = {1: JOINED, 2: JOINED, 5: SPLIT}
    lines = tally([(0,), (1, 2), (3, 1), (4, 5)], moves)
    assert lines == ("2 of 4 joined by clothing", "1 of 4 split by clothing")
    assert tally([(0,), (3,)], moves) == ()


def test_notes_are_of_the_faces_of_people_that_moved(dressed: Scene) -> None:
    said = notes(dressed.build())
    assert sorted(said) == [4, 5, 6, 7, *range(24, 36)]  # tracks 1, 6, 7, 8; 5 is unknown
    assert {said[row].kind for row in range(24, 36)} == {"joined"}
    assert (said[4].kind, said[4].badge) == ("split", "split by clothing")
    assert said[24].silent + said[24].badge == "joined by clothing"


def test_chips_that_moved_say_so(dressed: Scene) -> None:
    html = render(dressed.build(), reader(), torso_reader())
    chips = CHIP.findall(html)
    assert len(chips) == 33
    badged = [chip for chip in chips if "badge" in chip]
    assert badged == [chip for chip in chips if 'class="torso"' in chip]
    assert [chips.index(chip) for chip in badged] == [*range(12, 24), *range(24, 28)]
    assert ">joined </span>by clothing</span>" in badged[0]
    assert 'title="Joined by clothing: clothes speak 20' in badged[0]
    assert "split by clothing</span>" in badged[-1]
    assert "3 of 6 joined by clothing</span>" in html
    assert "1 of 2 split by clothing</span>" in html


def test_evidence_and_torsos_are_in_the_data_of_their_pictures(dressed: Scene) -> None:
    result = dressed.build()
    data = data_of(render(result, reader(), torso_reader()))
    assert list(data["evidence"]) == list(data["torsos"]) == [str(i) for i in range(12, 28)]
    first = base64.b64encode(drawn_torso(result.people[0].crop_rows[12] % 24)).decode()
    assert data["torsos"]["12"] == first


def test_without_a_torso_the_badge_stays(dressed: Scene) -> None:
    html = render(dressed.build(), reader(), no_pictures)
    assert html == render(dressed.build(), reader())
    assert html.count('<span class="badge') == 16
    assert "pair" not in html.split("</style>")[1].split("<script")[0]
    assert data_of(html)["torsos"] == {}


def test_without_room_the_badge_stays(dressed: Scene) -> None:
    result = dressed.build()
    said = notes(result)
    gallery = choose(result, lambda _row: bytes(300), 33 * 400, Torsos(torso_reader(), said))
    html = render_page(compose(result, gallery, said))
    assert len(gallery.pictures) < 33  # torsos took the room of others
    badges, torsos = html.count('<span class="badge'), html.count('class="torso"')
    assert 0 < torsos < badges


def test_without_decisions_nothing_is_said(dressed: Scene) -> None:
    html = render(replace(dressed, clothing=()).build(), reader(), torso_reader())
    assert "badge" not in html.split("</style>")[1].split("<script")[0]
    assert html == render(replace(dressed, clothing=()).build(), reader())


def test_same_input_same_text(dressed: Scene) -> None:
    result = dressed.build()
    assert render(result, reader(), torso_reader()) == render(result, reader(), torso_reader())


def test_a_torso_takes_the_room_of_a_picture_in_the_preview() -> None:
    shots = range(PREVIEW)
    moved = tuple(ClothingDecision(i, JOINED, 0.0, 2.0, None) for i in shots)
    scene = Scene([Cast(shots, "Ada")], shot_count=PREVIEW, clothing=moved)
    html = render(scene.build(), reader(), torso_reader())
    pairs, later = html.count('<li class="pair'), html.count('<li class="pair rest"')
    assert pairs - later == PREVIEW // 2


def test_a_saved_page_has_the_torsos_of_its_folder(dressed: Scene, tmp_path: Path) -> None:
    result = dressed.build()
    chips = tmp_path / "chips"
    chips.mkdir()
    frame = int(result.analysis.detections.frame_index[24])
    for name in ("00006-0000300.jpg", torso_name(6, frame)):
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
    assert 'class="torso"' in html
    assert len(html.encode("utf-8")) < 8_000_000
