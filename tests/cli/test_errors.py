"""Every error gives one line and the right exit code, and leaves other files intact."""

from __future__ import annotations

import errno
import importlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer.cli import progress
from clusterer.core.errors import ClustererError
from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.digests import digests
from tests.video_files import write_sound

Command = Callable[..., Ran]


def make(path: Path, kind: str) -> Path:
    if kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("This is not a video.\n" * 100)
    elif kind == "sound":
        write_sound(path)
    elif kind == "head only":
        path.write_bytes(DEMO.read_bytes()[:2000])
    return path


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("missing", "Cannot read {} (no such file or directory)"),
        ("folder", "There is no film in {}"),
        ("empty", "{} is empty. Copy or export it again"),
        ("text", "{} cannot be opened as a video"),
        ("sound", "{} has no moving picture. Give a video, not a sound file"),
        ("head only", "{} cannot be opened as a video"),
    ],
)
def test_files_that_are_not_videos(
    command: Command, tmp_path: Path, kind: str, expected: str
) -> None:
    path = make(tmp_path / "a.mp4", kind)
    ran = command(path)
    assert ran.code == 1
    assert ran.error.startswith(f"Error: {expected.format(path)}")
    assert list(Path.cwd().iterdir()) == [], "nothing is left behind"


WRONG_FLAGS = [
    (["--threshold", "-0.1"], "threshold is -0.1. It must be between 0 and 2"),
    (["--threshold", "2.1"], "threshold is 2.1. It must be between 0 and 2"),
    (["--threshold", "nan"], "threshold is nan"),
    (["--sample-rate", "0"], "sample rate is 0. It must be between 0.1 and 60"),
    (["--sample-rate", "61"], "sample rate is 61"),
    (["--start", "10", "--end", "10"], "end does not lie after start"),
    (["--start", "0:20", "--end", "0:10"], "end does not lie after start"),
    (["--start", "100"], "the start, 100 s, is beyond the end of the video, 51.0 s"),
    (["--stream", "-1"], "video stream is -1. It must be between 0 and 9999"),
    (["--stream", "1"], "has no video stream 1. Its video streams are: 0"),
    (["--min-faces", "0"], "faces that make a person is 0"),
    (["--min-quality", "1.5"], "quality of a readable chip is 1.5"),
    (["--detection-width", "10"], "detection width is 10"),
    (["--detection-score", "1.5"], "detection score is 1.5"),
    (["--min-face-px", "0"], "smallest face is 0"),
]


@pytest.mark.parametrize(("flags", "expected"), WRONG_FLAGS, ids=lambda value: str(value)[:30])
def test_out_of_range(command: Command, flags: list[str], expected: str) -> None:
    ran = command(DEMO, *flags)
    assert ran.code == 2
    assert expected in ran.error
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--method", "magic"], "'--method': 'magic' is not one of 'agglomerative', 'hdbscan', "),
        (["--metric", "l3"], "'--metric': 'l3' is not one of 'l2', 'cosine'"),
        (["--detector", "eye"], "'--detector': 'eye' is not one of"),
        (["--threshold", "high"], "'--threshold': 'high' is neither a number nor 'auto'"),
        (["--start", "1:99"], "'--start': '1:99' is not a time"),
        (["--start", "-5"], "'--start': '-5' is not a time"),
        (["--colour"], "No such option"),
    ],
)
def test_wrong_usage(command: Command, flags: list[str], expected: str) -> None:
    ran = command(DEMO, *flags)
    assert ran.code == 2
    assert ran.out == ""
    assert expected in ran.err
    assert ran.err.splitlines()[0].startswith("Usage: cluster-video")
    assert ran.err.splitlines()[-1].startswith("Error: ")
    assert list(Path.cwd().iterdir()) == []


def test_videos_of_the_same_name(command: Command, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy(DEMO, tmp_path / name)
    ran = command(tmp_path / "a" / DEMO.name, tmp_path / "b" / DEMO.name, "--end", "2")
    assert (ran.code, ran.err) == (0, "")
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["a-demo.people", "b-demo.people"]


@pytest.mark.parametrize("output", ["file", "file/below"])
def test_a_file_in_place_of_the_output_folder(
    command: Command, blank_film: Path, output: str
) -> None:
    Path("file").write_text("mine")
    ran = command(blank_film, "--output", output)
    assert ran.code == 1
    assert "Cannot write file" in ran.error
    assert Path("file").read_text() == "mine"


def test_full_disk_leaves_earlier_results(
    command: Command, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(demo_folder, "*")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        ran = command(DEMO, "-o", demo_folder, "--threshold", "0.1")
    assert ran.code == 1
    assert "(no space left on device). Free some space, or name another folder" in ran.error
    assert digests(demo_folder, "*") == before
    assert command(DEMO, "-o", demo_folder, "--threshold", "0.1").code == 0
    assert digests(demo_folder, "*") != before


def test_full_disk_during_analysis(
    command: Command, blank_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    ran = command(blank_film)
    assert ran.code == 1
    assert "no space left on device" in ran.error
    assert list(Path.cwd().iterdir()) == [], "no folder without a marker is left"


def test_interrupted(command: Command, blank_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(progress._ShowingHook, "progress", interrupt)
    ran = command(blank_film)
    assert ran.code == 130
    assert ran.out == ""
    assert ran.err.strip() == ("Interrupted. Run the same command to resume it.")


def test_one_of_several_fails_and_the_others_are_processed(
    command: Command, blank_film: Path, tmp_path: Path
) -> None:
    text = make(tmp_path / "text.mp4", "text")
    other = Path(shutil.copy2(blank_film, tmp_path / "other.mp4"))
    ran = command(blank_film, text, other, "--output", "all")
    assert ran.code == 1
    assert ran.err.startswith(f"Error: {text} cannot be opened as a video")
    assert ran.err.count("\n") == 1
    assert ran.out.count("Report: ") == 2
    assert sorted(path.name for path in Path("all").iterdir()) == ["blank.people", "other.people"]
    assert contents_of(Path("all/blank.people")) == contents_of(Path("all/other.people"))


def contents_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_several_with_json_and_a_failure(command: Command, blank_film: Path) -> None:
    ran = command(blank_film, "missing.mp4", "--json")
    assert ran.code == 1
    assert ran.out.startswith("[")
    assert ran.err.startswith("Error: Cannot read missing.mp4")


def test_every_error_of_the_library_is_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = importlib.import_module("clusterer.pipeline.process")

    def fail(*_args: object, **_flags: object) -> None:
        raise ClustererError("It is broken", "Mend it")

    monkeypatch.setattr(run, "process", fail)
    ran = command(DEMO)
    assert (ran.code, ran.error) == (1, "Error: It is broken. Mend it\n")
