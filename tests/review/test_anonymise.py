"""Anonymised films that the page asks for, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clusterer.media import probe
from tests.media.test_reel import shown
from tests.review.conftest import ANN, BOB, CLEO, DAN, Served, until

ASKED = {"count": 0, "people": [[BOB]], "whom": "them", "style": "box"}
"""Person 2 is bob, frames 0 to 11 of 100 without a face."""
NOTHING = {
    "state": "none", "done": 0.0, "left_s": None, "name": "", "error": "", "frames": 0,
    "checks": [],
}  # fmt: skip


def test_a_film_to_download(filmed: Served, place: Path) -> None:
    assert filmed.get("anonymise").json == NOTHING
    assert filmed.get("anonymise/file").status == 404
    begun = filmed.post("anonymise", ASKED).json
    assert begun["name"] == "small.anonymised.mp4"
    done = until(filmed, "anonymise", "done")
    assert done["frames"] == 23  # to half a second after the last look, frame 10
    ends = {"start_s": 0.9, "end_s": 2.0, "why": "ends", "person": "Person 2"}
    assert ends in done["checks"]
    answer = filmed.get("anonymise/file")
    got = place.with_name("got.mp4")
    got.write_bytes(answer.body)
    assert [number for number, *_ in shown(probe(got))] == [*range(100)]
    assert filmed.post("anonymise/cancel", {}).json == NOTHING


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"count": 1}, 409, "The page has 1 corrections, but the review has 0"),
        ({"people": [[DAN]]}, 400, "are not those of one person"),
        ({"people": None}, 400, "Nobody is chosen"),
        ({"whom": "me"}, 400, "whom is none of them, others and everybody"),
        ({"style": 3}, 400, "style is not a text"),
        ({"style": "fog"}, 400, "There is no style 'fog'"),
    ],
)
def test_refused(filmed: Served, changed: dict[str, Any], status: int, words: str) -> None:
    answer = filmed.post("anonymise", ASKED | changed)
    assert answer.status == status
    assert words in answer.error
    assert filmed.get("anonymise").json == NOTHING


def test_cancelled(filmed: Served) -> None:
    filmed.post("anonymise", ASKED | {"people": [[ANN, CLEO]], "whom": "others"})
    assert filmed.post("anonymise/cancel", {}).json == NOTHING


def test_the_film_is_missing(served: Served) -> None:
    answer = served.post("anonymise", ASKED | {"whom": "everybody"})
    assert answer.error == "Video small.mp4 not found. Start again with --video FILE"
