"""An unexpected exception: one line, a file with the traceback, exit code 70."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from clusterer.cli.crash import DOING, FOLDER, MAX_FILES, crashed, one_line
from clusterer.cli.work import Work
from clusterer.models.cache import cache_folder
from clusterer.people.constraints import co_occurrence
from tests.cli import own_process
from tests.cli.conftest import Ran

Command = Callable[..., Ran]
BROKEN = (
    "import clusterer.pipeline.process as r\ndef process(*_, **__): raise {}\nr.process = process"
)


@pytest.fixture
def crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLUSTER_VIDEO_CACHE", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache"
    return tmp_path / "cache" / FOLDER


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make every run fail."""

    def fail_with(error: BaseException) -> None:
        def process(*_args: object, **_flags: object) -> None:
            raise error

        monkeypatch.setattr(
            importlib.import_module("clusterer.pipeline.process"), "process", process
        )

    return fail_with


@pytest.mark.parametrize(
    ("error", "described"),
    [
        (KeyError("faces"), "KeyError ('faces')"),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (NotImplementedError(), "NotImplementedError"),
        (RecursionError("too deep"), "RecursionError (too deep)"),
        (ValueError("one\n  two\r\nthree\x1b[31m\0"), "ValueError (one two three [31m)"),
        (ValueError("a\udcffb"), "ValueError (a\\udcffb)"),
        (EOFError("no data left"), "EOFError (no data left)"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "BrokenPipeError ([Errno 32] Broken pipe)"),
        (OSError(errno.EIO, "Input/output error"), "OSError ([Errno 5] Input/output error)"),
        (ImportError("no numpy"), "ImportError (no numpy)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_one_line_and_a_file(
    command: Command, crashes: Path, broken: Callable[[BaseException], None],
    error: BaseException, described: str,
) -> None:  # fmt: skip
    broken(error)
    ran = command("film.mp4", "--threshold", "0.3")
    (path,) = crashes.iterdir()
    assert ran.code == 70
    assert ran.error == (
        f"Error: {described} while running cluster-video run on film.mp4. This is a bug in"
        f" cluster-video. The traceback is in {path}; --debug shows it\n"
    )
    content = path.read_text("utf-8")
    assert "Traceback (most recent call last):" in content
    assert type(error).__name__ in content.splitlines()[-1] or "\n" in str(error)
    assert "Arguments: ['film.mp4', '--threshold', '0.3']" in content
    assert f"Python {sys.version.split()[0]}" in content
    assert "numpy " in content
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert crashes.stat().st_mode & 0o777 == 0o700


class Unspeakable(Exception):  # noqa: N818 (descriptive name)
    def __str__(self) -> str:
        raise ValueError("no words")


def test_a_message_that_cannot_be_shown(
    command: Command, crashes: Path, broken: Callable[[BaseException], None]
) -> None:
    broken(Unspeakable())
    ran = command("film.mp4")
    assert ran.code == 70
    assert ran.error.startswith("Error: Unspeakable (its message cannot be shown) while")
    assert len(list(crashes.iterdir())) == 1


def test_a_long_message_is_shortened() -> None:
    assert one_line("x" * 1000) == "x" * 197 + "..."


@pytest.mark.parametrize("before", [True, False])
def test_debug_shows_the_traceback_instead(
    command: Command, crashes: Path, broken: Callable[[BaseException], None], before: bool
) -> None:
    broken(KeyError("faces"))
    with pytest.raises(AssertionError, match="Traceback"):  # the fixture allows none
        command(*(["--debug", "film.mp4"] if before else ["film.mp4", "--debug"]))
    assert not crashes.exists()


def test_the_activity_is_reported() -> None:
    try:
        co_occurrence((None,), None)
    except Exception as error:
        line = crashed(error, Work(subject="demo.mp4"))
    assert "while grouping the faces of demo.mp4." in line


@pytest.mark.parametrize("module", DOING)
def test_the_parts_in_the_table_exist(module: str) -> None:
    assert find_spec(f"clusterer.{module}") is not None


@pytest.mark.parametrize("way", ["a file", "full"])
def test_a_traceback_that_cannot_be_saved(
    command: Command, broken: Callable[[BaseException], None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, way: str,
) -> None:  # fmt: skip
    broken(KeyError("faces"))
    monkeypatch.setenv("CLUSTER_VIDEO_CACHE", str(tmp_path / "cache"))
    if way == "a file":
        (tmp_path / "cache").write_text("in the way")
    else:

        def full(*_args: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fdopen", full)
    ran = command("film.mp4")
    assert ran.code == 70
    assert ran.error.startswith("Error: KeyError ('faces') while running cluster-video run on")
    assert "The traceback could not be saved (" in ran.error
    assert ran.error.endswith("; --debug shows it\n")
    assert way == "a file" or list((tmp_path / "cache" / FOLDER).iterdir()) == []


def test_only_the_latest_files_are_kept_and_others_are_not_touched(crashes: Path) -> None:
    crashes.mkdir(parents=True)
    (crashes / "mine.txt").write_text("mine")
    for i in range(MAX_FILES + 3):
        (crashes / f"2020010{i % 9 + 1}-000000-{i}.txt").touch()
    for _ in range(2):
        crashed(KeyError("faces"), Work())
    kept = sorted(path.name for path in crashes.iterdir())
    assert "mine.txt" in kept
    assert len(kept) == MAX_FILES + 1
    assert sum(not name.startswith("2020") for name in kept) == 3  # both, and mine.txt


def test_one_of_several_crashes_and_the_others_are_processed(
    command: Command, crashes: Path, blank_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = importlib.import_module("clusterer.pipeline.process")
    process = run.process

    def fragile(video: Path, *args: object, **flags: object) -> object:
        if video.name == "bad.mp4":
            raise KeyError("faces")
        return process(video, *args, **flags)

    monkeypatch.setattr(run, "process", fragile)
    ran = command("bad.mp4", blank_film, "missing.mp4")
    assert ran.code == 70
    assert "Report: " in ran.out
    crash, missing = ran.err.splitlines()
    assert crash.startswith("Error: KeyError ('faces') while running cluster-video run on bad.mp4.")
    assert missing.startswith("Error: Cannot read missing.mp4")
    assert len(list(crashes.iterdir())) == 1


def test_an_exception_in_a_thread(crashes: Path, tmp_path: Path) -> None:
    breaking = (
        "import threading, clusterer.pipeline.process as r\n"
        "def process(*_, **__):\n"
        "    t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join(); raise SystemExit(0)\n"
        "r.process = process"
    )
    ran = own_process.run("film.mp4", breaking=breaking, cwd=tmp_path)
    assert ran.stderr.startswith("Error: ZeroDivisionError (division by zero) while running")
    assert ran.stderr.count("\n") == 1
    assert len(list(crashes.iterdir())) == 1


def test_debug_in_a_process(crashes: Path, tmp_path: Path) -> None:
    ran = own_process.run(
        "film.mp4", "--debug", breaking=BROKEN.format("KeyError('faces')"), cwd=tmp_path
    )
    assert ran.returncode == 70
    assert ran.stderr.startswith("Traceback (most recent call last):")
    assert ran.stderr.splitlines()[-1].startswith("Error: KeyError ('faces') while running")
    assert not crashes.exists()


def test_warnings_and_logs_of_libraries_are_not_shown(crashes: Path, tmp_path: Path) -> None:
    breaking = (
        "import logging, warnings, clusterer.pipeline.process as r\n"
        "def process(*_, **__):\n"
        "    warnings.warn('careless'); logging.getLogger('lib').error('loud')\n"
        "    raise KeyError('faces')\n"
        "r.process = process"
    )
    ran = own_process.run("film.mp4", breaking=breaking, cwd=tmp_path)
    assert ran.stderr.count("\n") == 1
    assert "careless" not in ran.stderr
    assert "loud" not in ran.stderr
