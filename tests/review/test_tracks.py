"""Cutting and joining tracks in a review: the page is loaded anew, and all is undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clusterer.core.types import Action
from clusterer.edits import parse_edit
from clusterer.review import Session
from clusterer.store.folder import load
from tests.review.conftest import ANN, BOB, Served

CUT = {"action": "cut track", "tracks": ["10@101,50,141,98"]}
NAME = {"action": "name", "who": [ANN], "name": "Ada"}
REST = "10@101,50,141,98"
"""Key of the second part of Ann's track."""


def sent(served: Served, path: str, count: int, **more: Any) -> dict[str, Any]:
    answer = served.post(path, {"count": count, **more})
    assert answer.status == 200, answer.body
    return dict(answer.json)


def test_only_corrections_of_tracks_reload_the_page(served: Served) -> None:
    grouping = served.get("state").json["grouping"]
    assert sent(served, "edit", 0, edit=NAME) == {"count": 1}
    assert sent(served, "edit", 1, edit=CUT) == {"count": 2, "reload": True}
    assert served.get("state").json["grouping"] == grouping  # as the page that sent it expects
    assert served.get("faces").json["track"].count(2) == 2
    move = {"action": "move", "who": [BOB], "tracks": [REST]}
    assert sent(served, "edit", 2, edit=move) == {"count": 3}
    assert sent(served, "undo", 3) == {"count": 2, "reload": False}
    assert sent(served, "undo", 2) == {"count": 1, "reload": True}
    assert sent(served, "redo", 1) == {"count": 2, "reload": True}


def test_faces_have_what_makes_a_key(served: Served) -> None:
    faces = served.get("faces").json
    assert faces["frame"][:3] == [0, 0, 10]
    assert faces["scale"] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"action": "cut track", "tracks": [ANN]}, "the track begins there"),
        ({"action": "join tracks", "tracks": [ANN, BOB]}, "the tracks are seen in one frame"),
        ({"action": "add a face", "tracks": [ANN]}, "the face is in a track already"),
    ],
)
def test_what_does_not_apply_is_refused(served: Served, edit: dict[str, Any], why: str) -> None:
    answer = served.post("edit", {"count": 0, "edit": edit})
    assert answer.status == 400
    assert why in answer.error
    assert served.get("state").json["count"] == 0


def test_cut_tracks_are_there_again_after_a_restart(folder: Path) -> None:
    session = Session(folder)
    session.append(parse_edit(CUT), 0)
    assert session.close().error == ""
    assert len(load(folder).labels) == 5
    assert [edit.action for edit in load(folder).edits] == [Action.CUT]
    again = Session(folder)
    assert len(again.state.result.labels) == 5
    assert again.undo(1).reload
    assert len(again.state.result.labels) == 4
    again.close()
    assert len(load(folder).labels) == 4


def test_grouping_again_counts_the_parts(folder: Path) -> None:
    session = Session(folder)
    session.append(parse_edit(CUT), 0)
    changed = session.regroup(1)
    assert changed.reload
    result = session.state.result
    assert result.as_grouped is None
    assert len(result.labels) == 5
    assert session.undo(2).reload
    assert session.undo(1).reload
    assert len(session.state.result.labels) == 4
    session.close()
