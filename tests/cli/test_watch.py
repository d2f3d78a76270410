"""``cluster-video watch``: what arrives joins, what it prints, and how it ends."""

from __future__ import annotations

import os
import plistlib
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from clusterer.cli.types import Duration
from clusterer.project.project import Project
from clusterer.project.types import FilmState
from tests.cli import own_process
from tests.cli.conftest import Ran
from tests.project.tiny_films import QUICK, tiny_film

Command = Callable[..., Ran]
NOW = ["--unchanged", "0s", "--workers", "1"]
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "watch.md"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_film(tmp_path_factory.mktemp("film") / "e1.mp4", 1)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30", 30), ("30s", 30),
     ("1.5s", 1.5), ("5m", 300), ("5 M", 300), ("1h", 3600), ("2d", 172_800)],
)  # fmt: skip
def test_durations(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1", "1w", "1:30", "1e9", "ten"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(click.BadParameter, match="30s, 5m or 1h"):
        Duration().convert(text, None, None)


def test_films_join_once_and_a_broken_one_is_named(command: Command, film: Path) -> None:
    Project.create("season.cast", config=QUICK)
    Path("in").mkdir()
    shutil.copy(film, "in/e1.mp4")
    Path("in/bad.mp4").write_bytes(film.read_bytes()[:300])
    Path("in/e2.mp4.part").write_bytes(film.read_bytes())
    ran = command("watch", "in", "season.cast", "--once", *NOW)
    head, error, left_out, added = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert head == "Watching in for season.cast, which has 0 films"
    assert error.startswith("Error: in/bad.mp4 cannot be opened as a video (")
    assert (left_out, added) == ("bad.mp4: left out until it changes", "e1.mp4: added")
    assert [film.name for film in Project("season.cast").films] == ["e1.mp4"]
    Path("in/bad.mp4").unlink()
    again = command("watch", "in", "season.cast", "--once", *NOW)
    assert (again.code, again.err) == (0, "Watching in for season.cast, which has 1 film\n")
    assert command("watch", "in", "season.cast", "--once", "-q", *NOW).err == ""


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("nothing", "a.cast"), 2, "nothing does not exist. Name the folder"),
        (("file.txt", "a.cast"), 2, "file.txt is not a folder"),
        ((".", "a.cast", "--every", "0"), 2, "--every is 0 s. Give one second or more"),
        ((".", "a.cast", "--every", "often"), 2, "is not a duration"),
        ((".", "project", "--once"), 2, "project does not end in .cast"),
        ((".", "other.cast", "--once"), 1, "other.cast"),
    ],
)
def test_bad_input(command: Command, args: tuple[str, ...], code: int, words: str) -> None:
    Path("file.txt").write_text("x", "utf-8")
    Path("other.cast").mkdir()
    Path("other.cast/mine.txt").write_text("x", "utf-8")
    ran = command("watch", *args)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert not Path("a.cast").exists()
    assert Path("other.cast/mine.txt").exists()


@pytest.mark.skipif(os.name != "posix", reason="signals are sent")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_the_same_command_goes_on(
    sent: signal.Signals, film: Path, tmp_path: Path
) -> None:
    Project.create(tmp_path / "season.cast", config=QUICK)
    (tmp_path / "in").mkdir()
    shutil.copy(film, tmp_path / "in" / "e1.mp4")
    args = own_process.arguments("watch", "in", "season.cast", "--every", "1", *NOW)
    with subprocess.Popen(
        args, cwd=tmp_path, env=own_process.environment(), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline(), process.stderr.readline()]
        process.send_signal(sent)
        rest = process.stderr.read()
        assert process.wait(60) == 0
    assert lines[1] == "e1.mp4: added\n"
    assert rest.splitlines() == ["Stopped. The same command goes on."]
    assert [each.state for each in Project(tmp_path / "season.cast").films] == [FilmState.DONE]


def unit(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.+?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    return str(found)


def test_the_documented_unit_of_systemd_is_valid(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing")
    text = re.sub(r"(?m)^(ExecStart=)\S+", rf"\1{sys.executable}", unit("ini"))
    path = tmp_path / "cluster-video-watch.service"
    path.write_text(text.replace("User=films\n", ""), "utf-8")
    ran = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, [line for line in ran.stderr.splitlines() if path.name in line]) == (
        0,
        [],
    )


def test_the_documented_property_list_of_launchd_is_valid() -> None:
    found = plistlib.loads(unit("xml").encode())
    assert found["ProgramArguments"][1:] == [
        "watch",
        "/Users/films/incoming",
        "/Users/films/season.cast",
    ]
    assert found["KeepAlive"] == {"SuccessfulExit": False}
