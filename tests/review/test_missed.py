"""A box that the page draws becomes a track, by the server; what is found is given here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterer.core.errors import EditsError
from clusterer.core.types import Action, Analysis, ChipQuality, Detections, Edit
from clusterer.edits import face_key
from clusterer.pipeline import missed as missed_module
from clusterer.pipeline.added import MissedFace
from clusterer.review import Session
from clusterer.store.folder import load
from clusterer.store.footage import Footage
from clusterer.store.names import face_picture, picture_number
from tests.review.conftest import BOB, Served
from tests.small_result import FRAME_PTS, START_PTS

BOX = [200.0, 60.0, 240.0, 110.0]


def found(analysis: Analysis, box: Any = BOX) -> MissedFace:
    """A face at the frames 5 and 15 of the small film, which looks like Bob."""
    frames = np.array([5, 15])
    rows = len(analysis.detections) + np.arange(2)
    new = Detections(
        frames, START_PTS + frames * FRAME_PTS, np.array([box, box], np.float32),
        np.array([0.9, 0.8], np.float32), np.full((2, 5, 2), np.nan, np.float32),
    )  # fmt: skip
    old = analysis.as_found
    ones = np.ones(2, np.float32)
    more = replace(
        old,
        detections=Detections.concatenate([old.detections, new]),
        quality=ChipQuality.concatenate([old.quality, ChipQuality(ones, ones, ones, ones)]),
        chip_rows=np.append(old.chip_rows, rows[:1]),
        chip_embeddings=np.concatenate([old.chip_embeddings, np.eye(4, 8)[1:2]]),
        crop_rows=np.append(old.crop_rows, rows[:1]),
        **{
            name: np.concatenate([getattr(old, name), np.zeros_like(getattr(old, name)[:1])])
            for name in (
                "chip_colours", "chip_clothing", "chip_torso_share", "chip_torso_sharpness",
            )
        },
    )  # fmt: skip
    keys = tuple(face_key(int(frame), box) for frame in frames)
    name = face_picture(picture_number(-1, box), 5)
    return MissedFace(Edit(Action.ADD, tracks=keys), more, {name: b"\xff\xd8 a picture"})


class Finder:
    """Stands for `FaceFinder`."""

    asked: list[tuple[float, list[float]]]

    def __init__(self, *_: object) -> None:
        type(self).asked = []

    def find(self, analysis: Analysis, time_s: float, box: list[float]) -> MissedFace:
        self.asked.append((time_s, box))
        if box[0] > 600:
            raise EditsError("There is a track of this face already", "Correct that track")
        return found(analysis)


@pytest.fixture(autouse=True)
def finder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[Finder]:
    monkeypatch.setattr(missed_module, "FaceFinder", Finder)
    monkeypatch.setattr(Footage, "find", lambda _self: tmp_path / "small.mp4")
    return Finder


def test_a_box_becomes_a_track(served: Served, finder: type[Finder], folder: Path) -> None:
    answer = served.post("missed", {"count": 0, "pts": START_PTS + 5 * FRAME_PTS, "box": BOX})
    assert answer.json == {"count": 1, "reload": True, "key": "5@200,60,240,110"}
    assert finder.asked == [(0.2, BOX)]
    faces = served.get("faces").json
    assert faces["track"].count(1) == 2  # between Ann at 100 and Bob at 300
    likeness = served.get("likeness?tracks=1").json["people"]
    assert likeness[0][0] == 2  # Bob
    picture = served.get("chip/4.jpg")
    assert (picture.status, picture.body) == (200, b"\xff\xd8 a picture")
    moved = {"action": "move", "who": [BOB], "tracks": ["5@200,60,240,110"]}
    assert served.post("edit", {"count": 1, "edit": moved}).json == {"count": 2}
    assert served.post("undo", {"count": 2}).json["reload"] is False
    assert served.post("undo", {"count": 1}).json["reload"] is True
    assert set(served.get("faces").json["track"]) == {0, 1, 2, 3}
    assert served.post("redo", {"count": 0}).json["reload"] is True
    assert set(served.get("faces").json["track"]) == {0, 1, 2, 3, 4}


def test_it_is_there_after_a_restart_and_holds_no_vectors_in_its_edit(folder: Path) -> None:
    session = Session(folder)
    assert session.add_face(found(session.state.result.analysis), 0).reload
    tables = list(session.state.result.tables)
    assert session.close().error == ""
    loaded = load(folder)
    assert list(loaded.tables) == tables
    assert len(loaded.labels) == 5
    assert loaded.features.has_face[1]
    text = (folder / "edits.json").read_text("utf-8")
    assert "5@200,60,240,110" in text
    assert "embedding" not in text
    again = Session(folder)
    again.undo(1)
    again.close()
    assert len(load(folder).labels) == 4
    assert len(load(folder).analysis.detections) == 11  # kept, to be redone


@pytest.mark.parametrize(
    ("content", "status", "why"),
    [
        ({"count": 0, "pts": 0, "box": [1, 2, 3]}, 400, "box is not"),
        ({"count": 0, "pts": 0, "box": "1234"}, 400, "box is not"),
        ({"count": 0, "pts": 0, "box": [1, 2, 3, None]}, 400, "box is not"),
        ({"count": 0, "pts": "now", "box": BOX}, 400, "pts is not a time"),
        ({"count": 0, "pts": 0}, 400, "exactly the fields"),
        ({"count": 3, "pts": 0, "box": BOX}, 409, "The page has 3 corrections"),
        ({"count": 0, "pts": 0, "box": [601, 0, 630, 40]}, 400, "a track of this face already"),
    ],
)
def test_bad_requests_change_nothing(
    served: Served, content: dict[str, Any], status: int, why: str
) -> None:
    answer = served.post("missed", content)
    assert answer.status == status
    assert why in answer.error
    assert served.get("state").json["count"] == 0
