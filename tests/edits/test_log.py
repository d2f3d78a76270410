"""The file of corrections: reads what was written, and rejects anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusterer.core.errors import EditsError
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog, parse_edit, to_dict
from clusterer.edits.log import LENGTHS, NEEDS
from clusterer.store.edits_json import read, write
from clusterer.store.folder import ResultFolder
from clusterer.store.names import EDITS

KEY = "12@1,2,30,40"
keys = st.builds("{}@{},{},{},{}".format, *[st.integers(0, 9999)] * 5)
printable = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))
text = {name: st.text(printable, max_size=most) for name, most in LENGTHS.items()}


def lists(most: int, least: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(keys, min_size=least, max_size=most).map(tuple)


@st.composite
def corrections(draw: st.DrawFn) -> Edit:
    action = draw(st.sampled_from(list(Action)))
    needed = NEEDS[action]
    return Edit(
        action,
        who=draw(lists(5, "who" in needed)),
        others=draw(lists(5, "others" in needed)),
        tracks=draw(lists(9, "tracks" in needed)),
        source=draw(lists(9, 0)),
        name=draw(text["name"].filter(lambda name: not name or bool(name.strip()))),
        face=draw(keys if "face" in needed else st.just("")),
        note=draw(text["note"]),
        at=draw(st.sampled_from(["", "2026-01-02T03:04:05Z"])),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    edits=st.lists(corrections(), max_size=4).map(tuple),
    undone=st.lists(corrections(), max_size=2).map(tuple),
    video=text["video"],
)
def test_written_corrections_are_read_back(
    tmp_path: Path, edits: tuple[Edit, ...], undone: tuple[Edit, ...], video: str
) -> None:
    log = EditLog(edits, undone, video)
    write(tmp_path / EDITS, log)
    assert read(tmp_path / EDITS) == ResultFolder(tmp_path).edits == log
    assert [parse_edit(to_dict(edit)) for edit in edits] == list(edits)


def test_the_file(tmp_path: Path) -> None:
    named = Edit(Action.NAME, who=(KEY,), name="Åsa", note="Person 1 is Åsa")
    write(tmp_path / EDITS, EditLog((named,), (), "a.mp4"))
    text = (tmp_path / EDITS).read_text("utf-8")
    assert json.loads(text) == {
        "schema": 1,
        "video": "a.mp4",
        "edits": [
            {"action": "name", "who": [KEY], "name": "Åsa", "note": "Person 1 is Åsa"},
        ],
        "undone": [],
    }
    assert "Åsa" in text
    assert '\n "video"' in text
    assert [path.name for path in tmp_path.iterdir()] == [EDITS]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (Edit(Action.NAME, who=(KEY,), name="a" * 201), "name is longer than 200 characters"),
        (Edit(Action.NAME, who=(KEY,), note="a\nb"), "note contains control characters"),
        (Edit(Action.NAME, name="Ada"), "a correction 'name' has no who"),
    ],
)
def test_invalid_corrections_are_not_written(tmp_path: Path, edit: Edit, why: str) -> None:
    write(tmp_path / EDITS, EditLog())
    for log in (EditLog((edit,)), EditLog((), (edit,))):
        with pytest.raises(EditsError, match=f"^{why}$"):
            write(tmp_path / EDITS, log)
    assert read(tmp_path / EDITS) == EditLog()


def test_a_video_may_have_any_name(tmp_path: Path) -> None:
    write(tmp_path / EDITS, EditLog(video="a\nb\udc80.mp4" + "c" * 1000))
    assert read(tmp_path / EDITS).video == "a\ufffdb\ufffd.mp4" + "c" * 992


def test_no_file(tmp_path: Path) -> None:
    assert ResultFolder(tmp_path).edits == ResultFolder(tmp_path / "none").edits == EditLog()
    with pytest.raises(EditsError, match=r"Cannot read .*no such file"):
        read(tmp_path / EDITS)


GOOD: dict[str, Any] = {"action": "move", "who": [KEY], "tracks": [KEY]}
REFUSED: list[tuple[object, str]] = [
    (None, "not an object"),
    ([], "not an object"),
    ({}, "no known action"),
    ({"action": "sing"}, "no known action"),
    ({"action": ["move"]}, "no known action"),
    (GOOD | {"action": "MOVE"}, "no known action"),
    (GOOD | {"colour": 1}, "unknown field 'colour'"),
    (GOOD | {"who": KEY}, "who of a correction is not a list"),
    (GOOD | {"who": None}, "who of a correction is not a list"),
    (GOOD | {"who": [1]}, "who of a correction contains something that is not a key"),
    (GOOD | {"who": ["12@1,2,3"]}, "not a key"),
    (GOOD | {"who": ["12@1,2,3,4\n"]}, "not a key"),
    (GOOD | {"who": ["१२@1,2,3,4"]}, "not a key"),
    (GOOD | {"who": ["1234567890@1,2,3,4"]}, "not a key"),
    (GOOD | {"who": [KEY] * 6}, "more than 5 keys"),
    (GOOD | {"others": [KEY] * 6}, "more than 5 keys"),
    (GOOD | {"tracks": [KEY] * 20_001}, "more than 20000 keys"),
    (GOOD | {"source": [KEY] * 501}, "more than 500 keys"),
    (GOOD | {"who": []}, "a correction 'move' has no who"),
    ({"action": "not a face"}, "a correction 'not a face' has no tracks"),
    ({"action": "cover", "who": [KEY]}, "a correction 'cover' has no face"),
    ({"action": "cover", "who": [KEY], "face": "x"}, "face of a correction 'cover' is not a key"),
    (GOOD | {"face": 1}, "face is not text"),
    (GOOD | {"name": 1}, "name is not text"),
    (GOOD | {"name": "a" * 201}, "name is longer than 200 characters"),
    (GOOD | {"name": "a\nb"}, "name contains control characters"),
    (GOOD | {"name": "a\x1b[31m"}, "name contains control characters"),
    (GOOD | {"name": "a\u2028b"}, "name contains control characters"),
    (GOOD | {"name": "\ud800"}, "name contains control characters"),
    (GOOD | {"name": " \u00a0"}, "a name consists of spaces only"),
    (GOOD | {"note": "a" * 501}, "note is longer than 500 characters"),
    (GOOD | {"note": "\x00"}, "note contains control characters"),
    (GOOD | {"at": 7}, "at is not text"),
    (GOOD | {"at": "a" * 41}, "at is longer than 40 characters"),
]


@pytest.mark.parametrize(("content", "cause"), REFUSED, ids=lambda value: str(value)[:40])
def test_invalid_corrections_are_refused(content: object, cause: str) -> None:
    with pytest.raises(EditsError) as refused:
        parse_edit(content)
    assert cause in str(refused.value)
    assert "\n" not in str(refused.value)


def test_at_the_limits() -> None:
    edit = parse_edit(
        GOOD | {"who": [KEY] * 5, "tracks": [KEY] * 20_000, "source": [KEY] * 500}
        | {"name": "a" * 200, "note": "ü" * 500}
    )  # fmt: skip
    assert (len(edit.tracks), len(edit.name)) == (20_000, 200)


@pytest.mark.parametrize("action", list(Action))
def test_every_action_can_be_parsed(action: Action) -> None:
    content: dict[str, Any] = {"action": action.value}
    content |= {name: KEY if name == "face" else [KEY] for name in NEEDS[action]}
    assert parse_edit(content).action is action


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b'{"schema": ' + b"9" * 400 + b"}", "a number of 400 digits"),
        (b"[]", "is not a file of corrections of this version"),
        (b'{"schema": 2}', "is not a file of corrections of this version"),
        (b'{"schema": true}', "is not a file of corrections of this version"),
        (b'{"schema": 1, "edits": {}}', "edits is not a list"),
        (b'{"schema": 1, "undone": [1]}', "a correction is not an object"),
        (b'{"schema": 1, "video": 1}', "video is not text"),
        (b'{"schema": 1, "more": 1}', "unknown field 'more'"),
        (b'{"schema": 1, "edits": [{"action": "name"}]}', "a correction 'name' has no who"),
    ],
)
def test_a_damaged_file_is_reported_in_one_line(tmp_path: Path, content: bytes, cause: str) -> None:
    (tmp_path / EDITS).write_bytes(content)
    for load in (lambda: read(tmp_path / EDITS), lambda: ResultFolder(tmp_path).edits):
        with pytest.raises(EditsError) as refused:
            load()
        assert cause in str(refused.value)
        assert str(tmp_path / EDITS) in str(refused.value)
        assert "\n" not in str(refused.value)
        assert refused.value.remedy
    assert (tmp_path / EDITS).read_bytes() == content


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(EditsError, match=r"Cannot write .*no such file"):
        write(tmp_path / "none" / EDITS, EditLog())


def test_corrections_are_added_at_the_end() -> None:
    first, second, third = (Edit(Action.NAME, who=(KEY,), name=name) for name in "abc")
    log = EditLog((first,), (third,), "small.mp4")
    assert log.adding(second, third) == EditLog((first, second, third), (), "small.mp4")
    assert log.adding() == EditLog((first,), (), "small.mp4")
