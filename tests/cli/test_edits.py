"""Corrections on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import clusterer
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog, Keys
from clusterer.store.edits_json import write
from clusterer.store.names import EDITS
from tests.cli.conftest import Ran
from tests.conftest import DEMO

Command = Callable[..., Ran]
MISSING = "99999@0,0,9,9"


@pytest.fixture
def key(demo: clusterer.Outcome) -> str:
    """A track of the person with the longest screen time."""
    return Keys(demo.result.analysis).tracks[demo.result.people[0].track_ids[0]]


def test_applied(command: Command, demo_folder: Path, key: str, tmp_path: Path) -> None:
    write(tmp_path / "mine.json", EditLog((Edit(Action.NAME, who=(key,), name="Ada"),)))
    ran = command(DEMO, "-o", demo_folder, "--edits", tmp_path / "mine.json")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[1].split() == ["Ada", "14.0", "s", "4", "appearances"]
    assert lines[5] == "  1 correction applied"
    assert (demo_folder / EDITS).exists()
    ran = command(DEMO, "-o", demo_folder, "--json")
    (facts,) = json.loads(ran.out)
    assert facts["corrections"] == {"applied": 1, "in_all": 1}
    assert [person["hidden"] for person in facts["people"]] == [False] * 4


def test_no_corrections(command: Command, demo_folder: Path, tmp_path: Path) -> None:
    assert command("edits", "check", demo_folder) == Ran(0, "No corrections\n", "")
    write(tmp_path / "none.json", EditLog())
    ran = command("edits", "check", demo_folder, "--edits", tmp_path / "none.json")
    assert ran == Ran(0, "No corrections\n", "")
    ran = command("edits", "check", demo_folder, "--edits", tmp_path / "missing.json")
    assert ran.code == 1
    assert ran.error.startswith(f"Error: Cannot read {tmp_path / 'missing.json'}")


def test_lost(command: Command, demo_folder: Path, key: str) -> None:
    edits = (
        Edit(Action.HIDE, who=(key,)),
        Edit(Action.NAME, who=(MISSING,), name="Ada"),
        Edit(Action.NOT_A_FACE, tracks=(MISSING,)),
    )
    write(demo_folder / EDITS, EditLog(edits))
    ran = command(DEMO, "-o", demo_folder)
    lines = ran.out.splitlines()
    assert re.fullmatch(
        r"demo.mp4: 3 people, 0 unknown tracks, \d+ faces in 51.0 s of video", lines[0]
    )
    assert lines[1].split()[:2] == ["Person", "2"]
    assert lines[4:6] == [
        "  1 hidden",
        f"  2 of 3 corrections do not apply any more: cluster-video edits check {demo_folder}",
    ]
    (facts,) = json.loads(command(DEMO, "-o", demo_folder, "--json").out)
    assert facts["corrections"] == {"applied": 1, "in_all": 3}
    assert command("edits", "check", demo_folder) == Ran(
        1,
        "1. hide: applies\n2. name: person not found\n3. not a face: none of the faces found\n",
        "",
    )


def test_without_corrections_the_summary_does_not_mention_them(
    command: Command, demo_folder: Path
) -> None:
    assert "correction" not in command(DEMO, "-o", demo_folder).out.split("Report: ")[0]
    (facts,) = json.loads(command(DEMO, "-o", demo_folder, "--json").out)
    assert facts["corrections"] == {"applied": 0, "in_all": 0}


def test_tracks_that_are_not_faces_are_not_counted_as_unknown(
    command: Command, demo_folder: Path, key: str
) -> None:
    write(demo_folder / EDITS, EditLog((Edit(Action.NOT_A_FACE, tracks=(key,)),)))
    (facts,) = json.loads(command(DEMO, "-o", demo_folder, "--json").out)
    assert facts["unknown_tracks"] == 0


def test_checked(command: Command, demo_folder: Path, key: str, tmp_path: Path) -> None:
    """A change of mind is not an error."""
    other = Keys(clusterer.load(demo_folder).analysis).tracks[0]
    other = other if other != key else Keys(clusterer.load(demo_folder).analysis).tracks[1]
    edits = (
        Edit(Action.SAME, who=(key,), others=(other,), note="Person 1 is Person 2"),
        Edit(Action.DIFFERENT, who=(key,), others=(other,)),
    )
    write(tmp_path / "mine.json", EditLog(edits))
    before = {path.name for path in demo_folder.iterdir()}
    ran = command("edits", "check", demo_folder, "--edits", tmp_path / "mine.json")
    assert ran == Ran(
        0, "1. same person (Person 1 is Person 2): applies\n2. different people: applies\n", ""
    )
    assert {path.name for path in demo_folder.iterdir()} == before
    command(DEMO, "-o", demo_folder, "--edits", tmp_path / "mine.json", "-q")
    ran = command("edits", "check", demo_folder)
    assert ran == Ran(
        0,
        "1. same person (Person 1 is Person 2): overridden by a later correction\n"
        "2. different people: applies\n",
        "",
    )
    assert "  2 corrections applied" in command(DEMO, "-o", demo_folder).out


def test_refused(command: Command, demo_folder: Path, tmp_path: Path) -> None:
    ran = command(DEMO, DEMO.with_name("b.mp4"), "--edits", tmp_path / "mine.json")
    assert ran.code == 2
    assert ran.error == "Error: --edits belongs to one video. Run the videos one by one\n"
    (demo_folder / EDITS).write_text("[]")
    for arguments in ([DEMO, "-o", demo_folder], ["edits", "check", demo_folder]):
        ran = command(*arguments)
        assert ran.code == 1
        assert "is not a file of corrections of this version" in ran.error
