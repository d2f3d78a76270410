"""Output of the command when it succeeds, with or without notes."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from clusterer.cli.progress import Terminal
from clusterer.models.cache import ENVIRONMENT_VARIABLE
from clusterer.store.marker import MARKER
from tests.cli.conftest import Ran
from tests.conftest import DEMO

Command = Callable[..., Ran]
NOT_THE_BEST = (
    "Note: faces were encoded by sface; retail-0095 sees small faces better. "
    "To have it: cluster-video models download retail-0095"
)
RESULT = {
    MARKER, "analysis.npz", "appearances.csv", "chips", "faces.csv", "people.csv", "report.html",
    "result.json",
}  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def start(*args: object, **environment: str) -> subprocess.Popen[str]:
    """Start the command as a user does, in a separate process."""
    return subprocess.Popen(
        [sys.executable, "-m", "clusterer", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def test_summary(command: Command, demo_folder: Path) -> None:
    ran = command(DEMO, "-o", demo_folder)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    faces = len(rows(demo_folder / "faces.csv"))
    assert lines[0] == f"demo.mp4: 4 people, 0 unknown tracks, {faces} faces in 51.0 s of video"
    assert lines[1].split() == ["Person", "1", "14.0", "s", "4", "appearances"]
    assert lines[5].startswith(f"Report: {demo_folder / 'report.html'}  (")
    assert lines[6:] == [NOT_THE_BEST]


def test_quiet(command: Command, demo_folder: Path) -> None:
    assert command(DEMO, "-o", demo_folder, "--quiet") == Ran(0, "", "")


def test_json(command: Command, demo_folder: Path) -> None:
    ran = command(DEMO, "-o", demo_folder, "--json")
    assert (ran.code, ran.err) == (0, "")
    (facts,) = json.loads(ran.out)
    assert facts["video"] == str(DEMO)
    assert facts["folder"] == str(demo_folder)
    assert Path(facts["report"]).is_file()
    assert (facts["tracks"], facts["unknown_tracks"]) == (16, 0)
    # One or two faces depend on the FFmpeg version, as each rounds colours differently.
    assert facts["faces"] == len(rows(demo_folder / "faces.csv"))
    assert 160 < facts["faces"] < 175
    assert facts["warnings"] == []
    people = rows(demo_folder / "people.csv")
    assert [p["person"] for p in facts["people"]] == [p["person"] for p in people]
    assert [p["screen_time_s"] for p in facts["people"]] == [
        float(p["screen_time_s"]) for p in people
    ]


def test_no_people_in_the_video(command: Command, blank_film: Path) -> None:
    ran = command(blank_film)
    assert (ran.code, ran.err) == (0, ""), "no progress without a terminal"
    assert ran.out.startswith("blank.mp4: 0 people, 0 unknown tracks, 0 faces in 1.0 s of video")
    folder = Path("blank.people")
    assert {path.name for path in folder.iterdir()} == RESULT
    assert list((folder / "chips").iterdir()) == []
    for name in ("people", "appearances", "faces"):
        text = (folder / f"{name}.csv").read_text()
        assert text.count("\n") == 1, "the header only"
    content = json.loads((folder / "result.json").read_text())
    assert content["people"]["person"] == content["faces"]["frame"] == []
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert command(blank_film).code == 0, "again, from the stored analysis"


def test_a_truncated_video_gives_a_result_with_a_note(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(DEMO.read_bytes()[: DEMO.stat().st_size // 8])
    for _ in range(2):  # the second time from the stored analysis
        ran = command(path)
        assert (ran.code, ran.err) == (0, "")
        notes = [line for line in ran.out.splitlines() if line.startswith("Note: ")]
        assert notes[0].startswith("Note: the file is truncated: its picture ends at ")
    found = rows(Path("cut.people/faces.csv"))
    assert found
    assert max(float(row["time_s"]) for row in found) < 15


def test_part_of_the_video(command: Command) -> None:
    ran = command(DEMO, "--start", "0:06", "--end", "8.5", "-q")
    assert ran == Ran(0, "", "")
    (person,) = rows(Path("demo.people/people.csv"))
    (appearance,) = rows(Path("demo.people/appearances.csv"))
    assert (person["first_s"], person["last_s"]) == ("6.0", "8.5")
    assert (appearance["start_frame"], appearance["end_frame"]) == ("144", "204")


class TestProgress:
    """Progress and notes go to stderr; progress only to a terminal."""

    @staticmethod
    def shown(*, quiet: bool, watched: bool) -> str:
        text = io.StringIO()
        terminal = Terminal(quiet)
        terminal._console = Console(file=text, force_terminal=watched, quiet=quiet, width=60)
        with terminal.watching("a.mp4") as hook:
            hook.progress(1.0, 4.0, 7)
            hook.note("a note of many words, so that it would not fit into one line of 60")
        return text.getvalue()

    def test_terminal(self) -> None:
        text = self.shown(quiet=False, watched=True)
        assert "25%" in text
        assert "7 faces" in text

    def test_no_terminal(self) -> None:
        text = self.shown(quiet=False, watched=False)
        assert text == (
            "a.mp4: a note of many words, so that it would not fit into one line of 60\n"
        )

    def test_quiet(self) -> None:
        assert self.shown(quiet=True, watched=True) == ""


SECOND_RUNS = """
import sys, time

NOT_NEEDED = {
    "av", "cv2", "dlib", "onnxruntime", "sqlite3", "clusterer.media", "clusterer.gallery",
    "clusterer.project.project",
}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in NOT_NEEDED or name in NOT_NEEDED:
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Refuse())
from clusterer.cli.process import exit_code
video, folder = sys.argv[1:]
for flags in ("", "--threshold 0.3", "--metric cosine", "--method agglomerative"):
    started = time.process_time()
    assert exit_code([video, "-o", folder, "-q", *flags.split()]) == 0, flags
    print(time.process_time() - started)
"""


def test_second_run_does_not_open_the_video(demo_folder: Path) -> None:
    """Nor does it load the libraries for that, and it is quick."""
    ran = subprocess.run(
        [sys.executable, "-c", SECOND_RUNS, DEMO, demo_folder],
        check=True,
        capture_output=True,
        text=True,
    )
    durations = [float(line) for line in ran.stdout.split()]
    assert len(durations) == 4
    assert max(durations[:3]) < 2.0, "seconds of processor time; about 0.3"


def test_interrupted_by_the_user(tmp_path: Path) -> None:
    folder = tmp_path / "demo.people"
    process = start(DEMO, "-o", folder)
    wait_for(folder / ".partial" / "000001.npz", process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert err.strip() == "Interrupted. Run the same command to resume it."
    assert {path.name for path in folder.iterdir()} == {".partial", MARKER}


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    give_up_s = time.monotonic() + 120
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < give_up_s
        time.sleep(0.02)


@pytest.mark.parametrize("library", ["libGL.so.1", "libgthread-2.0.so.0"])
def test_opencv_without_its_system_library(
    tmp_path: Path, demo_folder: Path, blank_film: Path, library: str
) -> None:
    fake = tmp_path / "fake"
    fake.mkdir()
    (fake / "cv2.py").write_text(
        f"raise ImportError({library!r} + ': cannot open shared object file: "
        "No such file or directory')\n"
    )
    process = start(blank_film, "-o", tmp_path / "new", PYTHONPATH=str(fake))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert (out, err) == (
        "",
        f"Error: The system library {library} is missing."
        " On Debian or Ubuntu: sudo apt-get install libgl1 libglib2.0-0\n",
    )
    assert not (tmp_path / "new").exists()
    if library == "libGL.so.1":
        process = start(DEMO, "-o", demo_folder, "-q", PYTHONPATH=str(fake))
        assert process.communicate(timeout=60) == ("", ""), "a stored analysis needs no OpenCV"
        assert process.returncode == 0


def test_tests_do_not_use_the_users_cache(user_cache: Path) -> None:
    assert Path(os.environ[ENVIRONMENT_VARIABLE]).is_relative_to(user_cache.parent)
