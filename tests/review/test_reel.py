"""Reels that the page asks for, over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clusterer.media import probe
from tests.media.test_reel import shown, slowed
from tests.odd_clocks import write_film
from tests.review.conftest import ANN, BOB, CLEO, DAN, Served, opened, serving, until
from tests.video_files import picture

ASKED = {
    "count": 0, "people": None, "from_s": None, "to_s": None, "together": False, "handles_s": 0.2,
}  # fmt: skip
"""Person 1 is ann, frames 0 to 21, and cleo, 50 to 100; person 2 is bob, 0 to 11."""
NOTHING = {
    "state": "none", "done": 0.0, "left_s": None, "name": "", "cuts": 0, "length_s": 0.0,
    "error": "",
}  # fmt: skip


@pytest.fixture
def slow() -> Iterator[threading.Event]:
    with slowed() as go:
        yield go


def test_a_reel_to_download(filmed: Served, place: Path) -> None:
    assert filmed.get("reel").json == NOTHING
    assert filmed.get("reel/file").status == 404
    begun = filmed.post("reel", ASKED | {"people": [[ANN, CLEO]]}).json
    assert (begun["name"], begun["cuts"], begun["length_s"]) == (
        "small+Person 1.reel.mp4", 2, 81 / 25,
    )  # fmt: skip
    done = until(filmed, "reel", "done")
    assert done == begun | {"state": "done", "done": 1.0, "left_s": None}
    answer = filmed.get("reel/file")
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "small%2BPerson%201.reel.mp4" in answer.headers["content-disposition"]
    (place / "got.mp4").write_bytes(answer.body)
    info = probe(place / "got.mp4")
    (place / "got.mp4").rename(place.with_name("got.mp4"))
    assert info.duration_s == pytest.approx(81 / 25, abs=0.001)
    numbers = [number for number, *_ in shown(probe(place.with_name("got.mp4")))]
    assert numbers == [*range(26), *range(45, 100)]


def test_together_and_a_part(filmed: Served) -> None:
    both = ASKED | {"people": [[ANN, CLEO], [BOB]], "together": True, "to_s": 0.2, "handles_s": 0}
    begun = filmed.post("reel", both).json
    assert (begun["name"], begun["cuts"], begun["length_s"]) == (
        "small+together+Person 1+Person 2+to-0-00-00.2.reel.mp4", 1, 0.2,
    )  # fmt: skip
    until(filmed, "reel", "done")


def test_one_at_a_time_with_progress(filmed: Served, slow: threading.Event) -> None:
    filmed.post("reel", ASKED)
    for _ in range(600):
        answer = filmed.get("reel").json
        if answer["left_s"]:
            break
        time.sleep(0.05)
    assert answer["state"] == "making"
    assert 0 < answer["done"] < 1
    assert filmed.get("reel/file").status == 404
    second = filmed.post("reel", ASKED)
    assert (second.status, second.error) == (409, "A reel is being made. Wait, or cancel it")
    slow.set()
    until(filmed, "reel", "done")
    assert filmed.post("reel", ASKED).json["cuts"] == 2  # another one, when it is done
    until(filmed, "reel", "done")


def test_cancelled(filmed: Served, slow: threading.Event, place: Path) -> None:
    filmed.post("reel", ASKED)
    (made,) = place.iterdir()
    assert made.stat().st_mode & 0o077 == 0
    assert filmed.post("reel/cancel", {}).json == NOTHING
    assert filmed.get("reel").json == NOTHING
    assert list(place.iterdir()) == []


def test_closing_the_review_ends_it(filmed: Served, slow: threading.Event, place: Path) -> None:
    filmed.post("reel", ASKED)
    assert len(list(place.iterdir())) == 1  # the fixture sees that nothing is left


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"count": 1}, 409, "The page has 1 corrections, but the review has 0"),
        ({"handles_s": None}, 400, "handles_s is not a number of seconds"),
        ({"handles_s": -1}, 400, "handles_s is not from 0 to 1000000 seconds"),
        ({"handles_s": 700}, 400, "handles are 700 s. Give 0 to 600 seconds"),
        ({"people": [[DAN]]}, 400, "are not those of one person"),
        ({"together": True}, 400, "at least two people"),
        ({"from_s": 0.84, "to_s": 2}, 400, "nobody is on screen in this part of the film"),
    ],
)
def test_refused(filmed: Served, changed: dict[str, Any], status: int, words: str) -> None:
    answer = filmed.post("reel", ASKED | changed)
    assert answer.status == status
    assert words in answer.error
    assert filmed.get("reel").json == NOTHING


def test_the_film_is_missing(served: Served) -> None:
    answer = served.post("reel", ASKED)
    assert (answer.status, answer.error) == (
        404, "Video small.mp4 not found. Start again with --video FILE",
    )  # fmt: skip


def test_a_failure_is_said(folder: Path, place: Path) -> None:
    write_film(folder.with_name("small.mp4"), [picture(i) for i in range(30)])
    with serving(opened(folder)) as served:
        served.post("reel", ASKED)
        answer = until(served, "reel", "failed")
        assert "is 1.2 s long, but the film of the result 4.0 s" in answer["error"]
        assert served.get("reel/file").status == 404
