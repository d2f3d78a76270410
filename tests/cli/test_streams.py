"""Standard streams: closed, full, unread, or of an encoding that lacks letters."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli import own_process

POSIX = pytest.mark.skipif(os.name != "posix", reason="sh and /dev/full")
PRINTS = [["models"], ["--help"], ["--version"], ["help", "export"], ["models", "show", "dlib"]]


@POSIX
@pytest.mark.parametrize("args", PRINTS, ids=" ".join)
@pytest.mark.parametrize(
    ("line", "code", "err"),
    [
        ('"$@" | head -c 0; wait', 0, ""),
        ('"$@" >/dev/full', 1, "Error: Cannot write to standard output (no space left on device)"),
        ('"$@" >/dev/full 2>/dev/full', 1, ""),
        ('"$@" >&-', 0, ""),
        ('"$@" <&- >&- 2>&-', 0, ""),
        ('"$@" 2>&- >/dev/null', 0, ""),
    ],
)
def test_no_traceback(args: list[str], line: str, code: int, err: str, tmp_path: Path) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    ran = own_process.shell(line, *args, cwd=tmp_path)
    assert (ran.returncode, ran.stderr.strip()) == (code, err)


@POSIX
@pytest.mark.parametrize("args", [["models"], ["--help"]], ids=" ".join)
def test_a_reader_that_stops(args: list[str], tmp_path: Path) -> None:
    line = 'mkfifo pipe; (exec 3<pipe) & exec 4>pipe; wait; "$@" >&4'
    ran = own_process.shell(line, *args, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (141, "")


@POSIX
@pytest.mark.parametrize("closed", ["2>/dev/full", "2>&-"])
def test_an_error_that_cannot_be_printed(closed: str, tmp_path: Path) -> None:
    ran = own_process.shell(f'"$@" {closed}', "gone.mp4", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "")


@POSIX
def test_a_full_stdout_after_the_analysis(blank_film: Path, tmp_path: Path) -> None:
    ran = own_process.shell('"$@" >/dev/full', blank_film, cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr == "Error: Cannot write to standard output (no space left on device)\n"
    assert (tmp_path / "blank.people" / "report.html").exists()


@POSIX
def test_files_do_not_get_the_numbers_of_closed_streams(blank_film: Path, tmp_path: Path) -> None:
    """The output of a library must not be written into a file of the result."""
    breaking = (
        "import os, clusterer.pipeline.process as r\n"
        "def process(video, *_, **__):\n"
        "    open('mine.txt', 'w').fileno() > 2 or os._exit(9); os._exit(0)\n"
        "r.process = process"
    )
    args = own_process.arguments(blank_film, breaking=breaking)
    line = '"$@" <&- >&- 2>&-'
    ran = own_process.subprocess.run(
        ["sh", "-c", line, "sh", *args], cwd=tmp_path, env=own_process.environment(), check=False
    )
    assert ran.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("name", ["fé😀.mp4", "a\udcff.mp4"])
def test_letters_that_an_encoding_lacks(encoding: str, name: str, tmp_path: Path) -> None:
    if os.name != "posix" and "\udcff" in name:
        pytest.skip("names are Unicode here")
    ran = own_process.run(name, cwd=tmp_path, env={"PYTHONIOENCODING": encoding}, errors="replace")
    assert ran.returncode == 1
    assert ran.stderr.startswith("Error: Cannot read ")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_stays_json(encoding: str, tmp_path: Path) -> None:
    breaking = (
        "import clusterer.pipeline.process as r, clusterer.cli.show as s\n"
        "r.process = lambda *_, **__: None\ns.summary = lambda _: 'é😀\\ud83d'\n"
        "s.outcome_json = lambda _: '[\"é😀\\ud83d\"]'"
    )
    env = {"PYTHONIOENCODING": encoding}
    ran = own_process.run("a.mp4", "--json", breaking=breaking, cwd=tmp_path, env=env,
                          errors="replace")  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    if encoding != "latin-1":  # read as UTF-8 here
        assert json.loads(ran.stdout) == ["é😀\ud83d"]
    assert own_process.run("a.mp4", breaking=breaking, cwd=tmp_path, env=env,
                           errors="replace").returncode == 0  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_cannot_control_the_terminal(blank_film: Path, tmp_path: Path) -> None:
    film = tmp_path / "a\x1b[31m\nb\x9b2J.mp4"
    film.write_bytes(blank_film.read_bytes())
    ran = own_process.run(film.name, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    head, *_, report, _ = ran.stdout.splitlines()
    assert head.startswith(r"a\x1b[31m\nb\x9b2J.mp4: ")
    assert report.startswith(r"Report: a\x1b[31m\nb\x9b2J.people/report.html")
    ran = own_process.run(
        "export", next(tmp_path.glob("*.people")), "--format", "vtt", cwd=tmp_path
    )
    assert "\x1b" not in ran.stdout + ran.stderr
    assert len(ran.stdout.splitlines()) == 2
