"""``cluster-video anonymise``: the file and its place, and errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer.media import probe
from tests.cli import own_process
from tests.cli.conftest import Ran
from tests.media.test_reel import shown
from tests.review.cast.season import small

Command = Callable[..., Ran]


def test_written_into_the_result(command: Command, folder: Path) -> None:
    ran = command("anonymise", folder, "--people", "person 2")
    file = folder / "exports" / "small.anonymised.mp4"
    assert ran.code == 0
    first, *rest = ran.out.splitlines()
    assert first.startswith("Faces hidden in 23 frames")
    assert rest == [str(file), f"{file}.check.csv"]
    assert [number for number, *_ in shown(probe(file))] == [*range(100)]


def test_another_place(command: Command, folder: Path) -> None:
    for _ in range(2):  # an earlier one is replaced
        flags = ["--people", "person-2", "--style", "box", "-o", "a/b.mkv", "-q"]
        assert command("anonymise", folder, *flags) == Ran(0, "", "")
    assert sorted(path.name for path in Path("a").iterdir()) == ["b.mkv", "b.mkv.check.csv"]


def test_other_files_are_replaced_only_on_demand(command: Command, folder: Path) -> None:
    Path("mine.mp4").write_bytes(b"mine")
    ran = command("anonymise", folder, "--people", "Person 2", "-o", "mine.mp4")
    assert ran.code == 2
    assert ran.error == (
        "Error: mine.mp4 exists and is not an anonymised film. Name another file with --output, or "
        "replace it with --overwrite\n"
    )
    assert Path("mine.mp4").read_bytes() == b"mine"
    beside = folder.parent / "small.mp4"
    flags = ["--people", "Person 2", "-o", beside, "--overwrite"]
    assert "is the film itself" in command("anonymise", folder, *flags).error


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ([], "Nobody is chosen. Give one of --people, --all-but and --all"),
        (["--all", "--people", "Person 1"], "choice of people is not clear"),
        (["--people", "Nobody"], "No person is named 'Nobody'. There are: Person 1, Person 2"),
        (["--all", "--style", "fog"], "'fog' is not one of"),
        (["--all", "--margin", "3"], "margin is 3. Give 0 to 2"),
        (["--all", "-o", "a.avi"], "a.avi does not end in .mp4"),
        (["--all", "--video", "gone.mp4"], "Video gone.mp4 not found"),
    ],
)
def test_errors(command: Command, folder: Path, flags: list[str], words: str) -> None:
    ran = command("anonymise", folder, *flags)
    assert ran.code == (1 if "--video" in flags else 2)
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert not (folder / "exports").exists()


def test_a_project_is_refused(command: Command, tmp_path: Path) -> None:
    path = Path(small(tmp_path / "season.cast").path)
    ran = command("anonymise", path, "--all")
    assert "an anonymised film is of one film. Give the result of a film" in ran.error


def test_ctrl_c_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    breaking = (
        "import os, signal, clusterer.outputs.anonymise.render as r\n"
        "veiled = r.veiled\n"
        "def pressed(*args):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return veiled(*args)\n"
        "r.veiled = pressed"
    )
    flags = ["anonymise", str(folder), "--people", "Person 2", "-o", "out/"]
    ran = own_process.run(*flags, breaking=breaking, cwd=tmp_path)
    assert ran.returncode == 130
    assert list((tmp_path / "out").iterdir()) == []
