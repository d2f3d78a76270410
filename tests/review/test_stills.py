"""Stills and contact sheets that the page asks for, over HTTP."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tests.review.conftest import ANN, BOB, CLEO, DAN, Served, until

ASKED = {
    "count": 0, "people": None, "from_s": None, "to_s": None, "together": False, "best": 1,
    "crop": False, "kind": "pictures", "paper": "a4",
}  # fmt: skip


def made(served: Served, asked: dict[str, Any]) -> tuple[Any, bytes]:
    """Ask, wait until it is done, and download."""
    answer = served.post("stills", asked)
    assert answer.status == 200, answer.error
    facts = until(served, "stills", "done")
    return facts, served.get("stills/file").body


def test_pictures_to_download(filmed: Served) -> None:
    nothing = filmed.get("stills").json
    assert nothing | {"sheet": True} == {
        "state": "none", "done": 0.0, "left_s": None, "name": "", "error": "", "sheet": True,
    }  # fmt: skip
    assert filmed.get("stills/file").status == 404
    facts, content = made(filmed, ASKED | {"people": [[ANN, CLEO]], "from_s": 2.2})
    assert facts["name"] == "small+Person 1+from-0-00-02.2.stills.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = archive.namelist()
        assert name == "small+Person 1+01-00-02-10.jpg"
        assert b"mwg-rs:Regions" in archive.read(name)
    assert made(filmed, ASKED | {"people": [[ANN, CLEO]], "from_s": 2.2})[1] == content


def test_a_sheet_to_download(filmed: Served) -> None:
    pytest.importorskip("fpdf")
    facts, content = made(filmed, ASKED | {"kind": "sheet", "crop": True, "paper": "letter"})
    assert b"/MediaBox [0 0 612.00 792.00]" in content
    assert (facts["name"], facts["sheet"]) == ("small.sheet.pdf", True)
    assert content.startswith(b"%PDF-")
    assert filmed.get("stills/file").headers["content-type"] == "application/pdf"
    assert filmed.post("stills/cancel", {}).json["state"] == "none"
    assert filmed.get("stills/file").status == 404


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"count": 1}, 409, "The page has 1 corrections, but the review has 0"),
        ({"best": 0}, 400, "best is 0. Give 1 to 100"),
        ({"best": True}, 400, "best is not a whole number"),
        ({"crop": None}, 400, "crop is not true or false"),
        ({"kind": "film"}, 400, "kind is neither pictures nor sheet"),
        ({"paper": "a5"}, 400, "paper is none of a4, letter"),
        ({"paper": ["a4"]}, 400, "paper is none of a4, letter"),
        ({"kind": {}}, 400, "kind is neither pictures nor sheet"),
        ({"people": [[DAN]]}, 400, "are not those of one person"),
        ({"people": [[BOB]], "together": True}, 400, "at least two people"),
        ({"from_s": 0.84, "to_s": 2}, 400, "nobody is on screen in this part of the film"),
    ],
)
def test_refused(filmed: Served, changed: dict[str, Any], status: int, words: str) -> None:
    answer = filmed.post("stills", ASKED | changed)
    assert answer.status == status
    assert words in answer.error
    assert filmed.get("stills").json["state"] == "none"


def test_the_film_is_missing(served: Served) -> None:
    answer = served.post("stills", ASKED)
    assert answer.status == 404
    assert "Video small.mp4 not found" in answer.error
