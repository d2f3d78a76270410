"""Exports to download from the page, over HTTP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from clusterer.outputs.export import FORMATS
from tests.result_folder import decided, write
from tests.review.conftest import ANN, BOB, CLEO, DAN, JSON, Answer, Served, opened, serving

ALL = {
    "count": 0, "format": "srt", "people": None, "from_s": None, "to_s": None, "together": False,
}  # fmt: skip
"""Person 1 is ann, frames 0 to 20, and cleo, from 50 up to the end; person 2 is bob, 0 to 10; at
25 frames per second."""
BOTH, ONE, LAST = (
    "00:00:00,000 --> 00:00:00,440", "00:00:00,440 --> 00:00:00,840",
    "00:00:02,000 --> 00:00:04,000",
)  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A review that nobody changes."""
    folder = write(decided(), tmp_path_factory.mktemp("exports") / "small.people")
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    with serving(opened(folder)) as running:
        yield running
    after = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    assert after == before


def cues(answer: Answer) -> list[list[str]]:
    """Time and names of each subtitle."""
    assert answer.status == 200, answer.body
    blocks = answer.body.decode("utf-8-sig").strip().split("\n\n")
    return [block.split("\n")[1:] for block in blocks]


def test_formats(asked: Served) -> None:
    answer = asked.get("formats")
    assert [each["name"] for each in answer.json] == list(FORMATS.names())
    srt = {"name": "srt", "title": "players: subtitles with the names", "suffix": ".srt"}
    assert srt in answer.json


def test_everybody(asked: Served) -> None:
    answer = asked.post("export", ALL)
    assert cues(answer) == [[BOTH, "Person 1", "Person 2"], [ONE, "Person 1"], [LAST, "Person 1"]]
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"small.srt\"; filename*=UTF-8''small.srt"
    )
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-store"


def test_an_archive_of_several_files(asked: Served) -> None:
    answer = asked.post("export", ALL | {"format": "csv"})
    assert 'filename="small.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.namelist() == ["small.appearances.csv", "small.people.csv"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"Person 2" in archive.read("small.people.csv")
    assert asked.post("export", ALL | {"format": "csv"}).body == answer.body


@pytest.mark.parametrize("name", FORMATS.names())
def test_every_format(asked: Served, name: str) -> None:
    entry = FORMATS.get(name)
    if entry.library:
        pytest.importorskip(entry.library)
    answer = asked.post("export", ALL | {"format": name})
    assert answer.status == 200, answer.body
    assert answer.headers["content-disposition"].endswith((entry.ending, "small.zip"))


@pytest.mark.parametrize(
    ("wanted", "expected", "label"),
    [
        ({"people": [[BOB]]}, [[BOTH, "Person 2"]], "+Person%202"),
        (
            {"people": [[CLEO, ANN]]},
            [["00:00:00,000 --> 00:00:00,840", "Person 1"], [LAST, "Person 1"]],
            "+Person%201",
        ),
        (
            {"people": [[ANN], [BOB]], "together": True},
            [[BOTH, "Person 1", "Person 2"]],
            "+together+Person%201+Person%202",
        ),
        (
            {"from_s": 0.2, "to_s": 3},
            [
                ["00:00:00,200 --> 00:00:00,440", "Person 1", "Person 2"],
                [ONE, "Person 1"],
                ["00:00:02,000 --> 00:00:03,000", "Person 1"],
            ],
            "+from-0-00-00.2+to-0-00-03",
        ),
    ],
)
def test_people_part_and_together(
    asked: Served, wanted: dict[str, Any], expected: list[list[str]], label: str
) -> None:
    answer = asked.post("export", ALL | wanted)
    assert cues(answer) == expected
    name = label.replace("+", "%2B")
    assert answer.headers["content-disposition"].endswith(f"''small{name}.srt")


def test_what_holds_now_is_exported(served: Served) -> None:
    name = {"action": "name", "who": [BOB], "name": 'Zoë "%\\'}
    served.post("edit", {"edit": name, "count": 0})
    split = {"action": "different people", "who": [ANN], "others": [CLEO]}
    served.post("edit", {"edit": split, "count": 1})
    answer = served.post("export", ALL | {"count": 2, "people": [[BOB]]})
    assert cues(answer) == [[BOTH, 'Zoë "%\\']]
    assert 'filename="small+Zo_ ___.srt"' in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].endswith("''small%2BZo%C3%AB%20_%25_.srt")
    (only,) = cues(served.post("export", ALL | {"count": 2, "people": [[CLEO]]}))
    assert only[0] == LAST
    hidden = {"action": "hide", "who": [BOB]}
    served.post("edit", {"edit": hidden, "count": 2})
    assert [cue[0] for cue in cues(served.post("export", ALL | {"count": 3}))] == [
        "00:00:00,000 --> 00:00:00,840", LAST
    ]  # fmt: skip
    stale = served.post("export", ALL)
    assert stale.status == 409
    assert stale.error == "The page has 0 corrections, but the review has 3. Reload the page"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"more": 1}, "exactly the fields"),
        ({"count": -1}, "count is not"),
        ({"format": "doc"}, "There is no format named 'doc'"),
        ({"format": "../srt"}, "There is no format named '../srt'"),
        ({"format": None}, "format is not a name"),
        ({"format": ["srt"]}, "format is not a name"),
        ({"people": []}, "people is not a list"),
        ({"people": [ANN]}, "people is not a list"),
        ({"people": [[]]}, "people is not a list"),
        ({"people": [[0]]}, "people is not a list"),
        ({"people": "Ann"}, "people is not a list"),
        ({"people": [["person-1"]]}, "are not those of one person. Reload the page"),
        ({"people": [["5@1,1,9,9"]]}, "are not those of one person"),
        ({"people": [[DAN]]}, "are not those of one person"),
        ({"people": [[ANN, BOB]]}, "are not those of one person"),
        ({"people": [[ANN], [BOB, DAN]]}, "are not those of one person"),
        ({"together": 1}, "together is not true or false"),
        ({"together": None}, "together is not true or false"),
        ({"together": True}, "at least two people"),
        ({"together": True, "people": [[ANN], [CLEO]]}, "at least two people"),
        ({"from_s": "1"}, "from_s is not a number"),
        ({"from_s": True}, "from_s is not a number"),
        ({"from_s": -1}, "from_s is not from 0 to 1000000 seconds"),
        ({"to_s": float("nan")}, "to_s is not from 0"),
        ({"to_s": float("inf")}, "to_s is not from 0"),
        ({"to_s": 10**400}, "to_s is not from 0"),
        ({"from_s": 2, "to_s": 1}, "is empty"),
        ({"from_s": 1, "to_s": 1}, "is empty"),
        ({"from_s": 1, "to_s": 1.9}, "nobody is on screen in this part of the film"),
        ({"from_s": 2, "people": [[ANN], [BOB]], "together": True}, "never on screen at once"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: Served, change: dict[str, Any], words: str) -> None:
    answer = asked.post("export", ALL | change)
    assert answer.status == 400
    assert words in answer.error


@pytest.mark.parametrize("content", [b"", b"{", b"null", [], {}, {"count": 0}])
def test_malformed(asked: Served, content: Any) -> None:
    assert asked.post("export", content).status == 400


def test_only_the_own_page_exports(asked: Served) -> None:
    assert asked.get("export").status == 405
    path, body = f"/{asked.token}/export", b"{}"
    for headers in (
        {"Content-Type": "text/plain", "Origin": asked.origin},
        {"Content-Type": JSON, "Origin": "http://evil.example"},
        {"Content-Type": JSON},
    ):
        assert asked.ask("POST", path, headers, body).status in {403, 415}
    assert asked.ask("GET", "/formats").status == 404
