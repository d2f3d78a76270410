"""``cluster-video reel``: the file and its place, and errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer.media import probe
from tests.cli import own_process
from tests.cli.conftest import Ran
from tests.media.test_reel import shown

Command = Callable[..., Ran]


def numbers(path: Path) -> list[int]:
    return [number for number, *_ in shown(probe(path))]


def test_written_into_the_result(command: Command, folder: Path) -> None:
    ran = command("reel", folder, "--people", "person 1", "--handles", "0.2", "--from", "0.4")
    file = folder / "exports" / "small+Person 1+from-0-00-00.4.reel.mp4"
    assert ran == Ran(0, f"2 cuts, 3.0 s\n{file}\n", "")
    assert numbers(file) == [*range(5, 26), *range(45, 100)]
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize(
    ("output", "expected"),
    [("a/b.mp4", "a/b.mp4"), ("a/", "a/small.reel.mp4"), ("./", "small.reel.mp4")],
)
def test_another_place(command: Command, folder: Path, output: str, expected: str) -> None:
    for _ in range(2):  # an earlier reel is replaced
        assert command("reel", folder, "-o", output, "--longest", "0.2", "-q") == Ran(0, "", "")
    assert numbers(Path(expected)) == [*range(5)]
    assert not (folder / "exports").exists()


def test_together_in_a_part_and_smaller(command: Command, folder: Path, film: Path) -> None:
    (folder.parent / "small.mp4").unlink()
    ran = command(
        "reel", folder, "--people", "person 1,person 2", "--together", "--to", "0.2",
        "--handles", "0", "--height", "48", "--video", film, "-o", "both.mp4",
    )  # fmt: skip
    assert ran.out == "1 cut, 0.2 s\nboth.mp4\n"
    info = probe("both.mp4")
    assert (info.width_px, info.height_px) == (80, 48)
    assert info.duration_s == pytest.approx(0.2, abs=0.001)


def test_other_files_are_replaced_only_on_demand(command: Command, folder: Path) -> None:
    Path("mine.mp4").write_bytes(b"mine")
    ran = command("reel", folder, "-o", "mine.mp4")
    assert ran.code == 2
    assert ran.error == (
        "Error: mine.mp4 exists and is not a reel. Name another file with --output, or replace it "
        "with --overwrite\n"
    )
    assert Path("mine.mp4").read_bytes() == b"mine"
    flags = ["--longest", "0.2", "--overwrite", "-q"]
    assert command("reel", folder, "-o", "mine.mp4", *flags).code == 0
    assert numbers(Path("mine.mp4")) == [*range(5)]
    beside = folder.parent / "small.mp4"
    assert "is the film itself" in command("reel", folder, "-o", beside, "--overwrite").error
    assert "is part of a result" in command("reel", folder, "-o", folder / "chips/a.mp4").error


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--people", "Nobody"], "No person is named 'Nobody'. There are: Person 1, Person 2"),
        (["--from", "0.84", "--to", "2"], "nobody is on screen in this part of the film"),
        (["--together"], "takes at least two people"),
        (["-o", "a.mov"], "a.mov does not end in .mp4. Did you mean a.mp4, or a folder, a.mov/?"),
        (["--handles", "-1"], "handles are -1 s"),
        (["--height", "1"], "height is 1 px"),
        (["--video", "gone.mp4"], "Video gone.mp4 not found"),
    ],
)
def test_errors(command: Command, folder: Path, flags: list[str], words: str) -> None:
    ran = command("reel", folder, *flags)
    assert ran.code == (1 if "--video" in flags else 2)
    assert words in ran.error
    assert not (folder / "exports").exists()


def test_the_film_is_missing(command: Command, folder: Path) -> None:
    (folder.parent / "small.mp4").unlink()
    ran = command("reel", folder)
    assert ran.error == "Error: Video small.mp4 not found. Name it with --video FILE\n"


def test_a_project_has_a_reel_of_each_film(command: Command, season: Path) -> None:
    ran = command("reel", season, "--people", "person-1", "--longest", "0.2")
    files = [season / "exports" / f"Part {i}+Person 1.reel.mp4" for i in (1, 2)]
    assert ran == Ran(0, "".join(f"1 cut, 0.2 s\n{file}\n" for file in files), "")
    for file in files:
        assert numbers(file) == [*range(5)]


def test_films_without_the_person_are_left_out(command: Command, season: Path) -> None:
    ran = command("reel", season, "--people", "person-3", "--handles", "0", "-o", "ann.mp4")
    assert ran == Ran(0, "1 cut, 0.4 s\nann.mp4\n", "")


def test_a_film_of_a_project_that_is_missing_is_left_out(command: Command, season: Path) -> None:
    (season / "results" / "small.mp4").unlink()
    ran = command("reel", season, "-o", "reels/")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        f"Error: Part {i}.mp4 is left out: Video small.mp4 not found. Put it where it was "
        "analysed, or beside its result"
        for i in (1, 2)
    ]
    assert not Path("reels").exists()


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["-o", "all.mp4"], "all.mp4 is the name of one file, but there are 2 reels"),
        (["--video", "small.mp4"], "is a project, and --video names one film"),
        (["--people", "Nobody"], "No person is named 'Nobody'"),
        (["--from", "0.84", "--to", "2"], "nobody is on screen in this part of the film"),
    ],
)
def test_errors_of_a_project(command: Command, season: Path, flags: list[str], words: str) -> None:
    ran = command("reel", season, *flags)
    assert ran.code == 2
    assert words in ran.error
    assert not (season / "exports").exists()


def test_progress_on_a_terminal(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = command("reel", folder, "--longest", "0.2", "-o", "a.mp4")
    assert "Reel" in ran.err
    assert "%" in ran.err
    assert ran.out == "1 cut, 0.2 s\na.mp4\n"


def test_ctrl_c_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    breaking = (
        "import os, signal, clusterer.media.reel as r\n"
        "coded = r.coded\n"
        "def pressed(*args):\n"
        "    if args[1] > 4000: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return coded(*args)\n"
        "r.coded = pressed"
    )
    ran = own_process.run("reel", str(folder), "-o", "out/", breaking=breaking, cwd=tmp_path)
    assert ran.returncode == 130
    assert list((tmp_path / "out").iterdir()) == []
