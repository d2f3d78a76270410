"""``cluster-video stills`` and ``sheet``: files, their place, and errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran

Command = Callable[..., Ran]


def test_written_into_the_result(command: Command, folder: Path) -> None:
    ran = command("stills", folder, "--people", "person 1", "--best", "1", "--from", "2.2")
    file = folder / "exports" / "small+Person 1+01-00-02-10.jpg"
    assert ran == Ran(0, f"{file}\n", "")
    assert b"mwg-rs:Regions" in file.read_bytes()


def test_another_place_form_and_metadata(command: Command, folder: Path) -> None:
    flags = ["--people", "person-1", "--from", "2.2", "--crop", "--format", "png"]
    for xmp, expected in (("sidecar", {".png", ".xmp"}), ("none", {".png"})):
        assert command("stills", folder, *flags, "--xmp", xmp, "-o", "out", "-q") == Ran(0, "", "")
        assert {path.suffix for path in Path("out").iterdir()} == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [("a/b.pdf", "a/b.pdf"), ("a/", "a/small+Person 2.sheet.pdf"), (None, "exports")],
)
def test_a_sheet(command: Command, folder: Path, output: str | None, expected: str) -> None:
    pytest.importorskip("fpdf")
    if output is None:
        expected = str(folder / "exports" / "small+Person 2.sheet.pdf")
    place = [] if output is None else ["-o", output]
    for _ in range(2):  # an earlier sheet is replaced
        ran = command("sheet", folder, "--people", "person 2", "--paper", "letter", *place)
        assert ran == Ran(0, f"1 person, 1 page\n{expected}\n", "")
    assert Path(expected).read_bytes().startswith(b"%PDF-")


def test_other_files_are_replaced_only_on_demand(command: Command, folder: Path) -> None:
    pytest.importorskip("fpdf")
    Path("mine.pdf").write_bytes(b"mine")
    ran = command("sheet", folder, "-o", "mine.pdf")
    assert ran.code == 2
    assert "mine.pdf exists and is not a contact sheet. Name another file" in ran.error
    assert Path("mine.pdf").read_bytes() == b"mine"
    assert command("sheet", folder, "-o", "mine.pdf", "--overwrite", "--best", "1", "-q").code == 0
    assert Path("mine.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("words", "flags", "error"),
    [
        ("stills sheet", ["--people", "Nobody"], "No person is named 'Nobody'"),
        ("stills sheet", ["--from", "0.84", "--to", "2"], "nobody is on screen in this part"),
        ("stills sheet", ["--best", "0"], "0 is not in the range 1<=x<=100"),
        ("stills sheet", ["--video", "gone.mp4"], "Video gone.mp4 not found"),
        ("stills", ["--format", "gif"], "'gif' is not one of 'jpeg', 'png'"),
        ("sheet", ["-o", "a.png"], "a.png does not end in .pdf. Did you mean a.pdf, or a folder"),
        ("sheet", ["--font", "gone.ttf"], "gone.ttf is not a font"),
        ("sheet", ["--paper", "a5"], "'a5' is not one of 'a4', 'letter'"),
    ],
)
def test_errors(command: Command, folder: Path, words: str, flags: list[str], error: str) -> None:
    pytest.importorskip("fpdf")
    for word in words.split():
        ran = command(word, folder, *flags)
        assert ran.code == (1 if "--video" in flags else 2)
        assert error in ran.err
        assert "Traceback" not in ran.err
    assert not (folder / "exports").exists()


def test_characters_that_no_font_has(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fpdf")
    monkeypatch.setattr("clusterer.outputs.stills.fonts._folders", list)
    assert command("name", folder, "person-1", "李 Li").code == 0
    ran = command("sheet", folder, "--best", "1", "-o", "a.pdf")
    assert ran.err == "Warning: no font has the characters 李. Name one with --font\n"
    assert ran.out == "2 people, 2 pages\na.pdf\n"


def test_a_project_has_stills_of_each_film(command: Command, season: Path) -> None:
    ran = command("stills", season, "--people", "person-1", "--best", "1", "--crop")
    names = sorted(path.name for path in (season / "exports").glob("*.jpg"))
    assert [name.rpartition("+")[0] for name in names] == ["Part 1+Person 1", "Part 2+Person 1"]
    assert ran == Ran(0, "".join(f"{season / 'exports' / name}\n" for name in names), "")
    again = ["--people", "person-1", "--best", "1", "--crop", "--from", "0", "--to", "5"]
    assert command("stills", season, *again, "-q").code == 0
    assert command("stills", season, "--people", "person-1", "--best", "2", "-q").code == 0
    kept = {path.name for path in (season / "exports").glob("*.jpg")}
    assert kept >= set(names)


def test_a_project_has_a_sheet_of_each_film(command: Command, season: Path) -> None:
    pytest.importorskip("fpdf")
    ran = command("sheet", season, "--people", "person-1", "--best", "1", "-o", "sheets/")
    files = [f"sheets/Part {i}+Person 1.sheet.pdf" for i in (1, 2)]
    assert ran == Ran(0, "".join(f"1 person, 1 page\n{file}\n" for file in files), "")
    assert all(Path(file).read_bytes().startswith(b"%PDF-") for file in files)
    alone = command("sheet", season, "--people", "person-3", "--best", "1", "-o", "ann.pdf")
    assert alone == Ran(0, "1 person, 1 page\nann.pdf\n", "")


def test_a_film_of_a_project_that_is_missing_is_left_out(command: Command, season: Path) -> None:
    (season / "results" / "small.mp4").unlink()
    ran = command("stills", season, "-o", "out")
    assert ran.code == 1
    assert [line.partition(":")[2].partition(".")[0] for line in ran.err.splitlines()] == [
        " Part 1",
        " Part 2",
    ]
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("words", "flags", "error"),
    [
        ("sheet", ["-o", "all.pdf"], "all.pdf is the name of one file, but there are 2 sheets"),
        ("stills sheet", ["--video", "small.mp4"], "is a project, and --video names one film"),
        ("stills sheet", ["--people", "Nobody"], "No person is named 'Nobody'"),
        ("stills sheet", ["--from", "0.84", "--to", "2"], "nobody is on screen in this part"),
    ],
)
def test_errors_of_a_project(
    command: Command, season: Path, words: str, flags: list[str], error: str
) -> None:
    pytest.importorskip("fpdf")
    for word in words.split():
        ran = command(word, season, *flags)
        assert ran.code == 2
        assert error in ran.error
    assert not (season / "exports").exists()


def test_progress_on_a_terminal(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = command("stills", folder, "--people", "person 2", "-o", "out")
    assert "Stills" in ran.err
    assert "%" in ran.err
