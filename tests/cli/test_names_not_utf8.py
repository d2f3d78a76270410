"""A video whose name is not UTF-8: from the run to every export, shown with U+FFFD."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest

from clusterer.core.types import Action, Edit
from clusterer.edits import Keys
from clusterer.outputs import export, report
from clusterer.review import Session
from clusterer.store.edits_json import read
from clusterer.store.folder import load
from clusterer.store.names import EDITS, default_folder
from tests.cli.conftest import Ran
from tests.conftest import DEMO

Command = Callable[..., Ran]
NAME = b"caf\xe9 \xff.mp4"
SHOWN = "caf\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"
FOLDER = Path(f"{SHOWN}.people")


@pytest.fixture
def video(command: Command, demo_folder: Path) -> Path:
    """The sample film under that name in the current folder, and its result."""
    path = Path(os.fsdecode(NAME))
    try:
        shutil.copy(DEMO, path)
    except (OSError, UnicodeError):
        pytest.skip("no such names on this system")
    demo_folder.rename(FOLDER)
    assert command(path, "-q") == Ran(0, "", "")
    return path


def test_the_folder_has_the_displayed_name(video: Path) -> None:
    assert default_folder(video) == FOLDER
    assert {path.name.encode("utf-8", "surrogateescape") for path in Path().iterdir()} == {
        NAME, FOLDER.name.encode(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "\N{REPLACEMENT CHARACTER}"), ("ascii", r"\ufffd")]
)
def test_every_command_prints_such_a_folder_the_same_way(
    video: Path, encoding: str, shown: str
) -> None:
    """No command prints U+FFFD where another prints half a character."""
    folder = FOLDER.rename(os.fsdecode(b"p\xff"))
    ran = subprocess.run(
        [sys.executable, "-m", "clusterer", "export", str(folder), "--format", "edl"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True, check=True,
    )  # fmt: skip
    assert f"p{shown}" in ran.stdout.decode(encoding)


def test_printed_names(command: Command, video: Path) -> None:
    ran = command(video)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{SHOWN}.mp4: 4 people")
    assert f"Report: {FOLDER / 'report.html'}" in ran.out
    (facts,) = json.loads(command(video, "--json").out)
    assert (facts["video"], facts["folder"]) == (f"{SHOWN}.mp4", str(FOLDER))
    video.write_text("no film")
    assert command(video, "-o", "new").error.startswith(f"Error: {SHOWN}.mp4 cannot be opened")


@pytest.mark.parametrize(
    ("encoding", "sign"), [("utf-8", "\N{REPLACEMENT CHARACTER}"), ("latin-1", r"\ufffd")]
)
def test_on_any_terminal(video: Path, encoding: str, sign: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    ran = subprocess.run(
        [sys.executable, "-m", "clusterer", os.fspath(video)],
        capture_output=True,
        env=environment,
        check=True,
    )
    assert ran.stdout.decode(encoding).startswith(SHOWN.replace(SHOWN[3], sign))
    assert ran.stderr == b""


def test_written_names(video: Path) -> None:
    content = json.loads((FOLDER / "result.json").read_text("utf-8"))
    assert content["video"]["path"] == f"{SHOWN}.mp4"
    assert f"<h1>{SHOWN}.mp4</h1>" in (FOLDER / "report.html").read_text("utf-8").replace(
        '<h1 id="title">', "<h1>"
    )
    with (FOLDER / "people.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 4
    assert Path(load(FOLDER).analysis.video.path) == video, "and it can be found again"


def test_every_format(command: Command, video: Path) -> None:
    pytest.importorskip("opentimelineio")
    formats = [flag for name in export.names() for flag in ("--format", name)]
    ran = command("export", FOLDER, *formats)
    assert (ran.code, ran.err) == (0, "")
    files = list((FOLDER / "exports").iterdir())
    assert len(files) >= len(export.names())
    assert all(path.name.startswith(SHOWN) for path in files)
    exported = "".join(
        path.read_text("utf-16" if path.name.endswith("premiere.csv") else "utf-8")
        for path in files
        if path.suffix not in {".parquet", ".xlsx"}
    )
    assert f"{SHOWN}.mp4" in exported
    assert quote_from_bytes(NAME) in exported, "programs find the file itself"


def test_reviewed(command: Command, video: Path) -> None:
    session = Session(FOLDER)
    result = session.state.result
    track = result.people[0].track_ids[0]
    who = Keys(result.analysis).tracks[track]
    session.append(Edit(Action.NAME, who=(who,), name="Ann"), 0)
    page = report.render_live(session.state.result, (), ())
    assert SHOWN.encode() in page.encode()
    session.close()
    assert read(FOLDER / EDITS).video == f"{SHOWN}.mp4"
    assert "Ann" in command(video).out
    assert command("edits", "check", FOLDER).code == 0
