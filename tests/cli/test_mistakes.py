"""Typing mistakes: one line with the cause and a suggestion."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from clusterer.cli.commands import cluster_video
from clusterer.cli.mistakes import number_meant
from clusterer.outputs.export import FORMATS, create, names
from clusterer.outputs.export.choose import choose
from tests import result_folder
from tests.cli.conftest import Ran
from tests.conftest import DEMO

Command = Callable[..., Ran]


@pytest.fixture
def small(command: Command) -> Path:
    """``film.people`` here, with ``film.mp4`` beside it."""
    Path("film.mp4").write_bytes(b"film")
    return result_folder.write(result_folder.decided(), Path("film.people"))


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (
            ["exprot", "x.people"],
            "no command and no file 'exprot'. Did you mean cluster-video export?",
        ),
        (["reveiw"], "Did you mean cluster-video review?"),
        (["--debug", "reveiw"], "Did you mean cluster-video review?"),
        (["helpp"], "There is no command and no file 'helpp'. Did you mean cluster-video help?"),
        (["hlep"], "Did you mean cluster-video help?"),
        (["verison"], "Did you mean cluster-video version?"),
        (["EXPORT", "film.people"], "Did you mean cluster-video export?"),
        (["models", "SHOW", "dlib"], "Did you mean cluster-video models show?"),
        (["evaluate", "hlep"], "Did you mean cluster-video evaluate help?"),
        (["film"], "Did you mean the file film.mp4?"),
        (["flim"], "Did you mean the file film."),
        (["help", "film.mp4"], "There is no command 'film.mp4' of cluster-video"),
        (["nonsense"], "cluster-video --help lists the commands"),
        (["-q", "export", "film.people"], "The command comes first: cluster-video export"),
        (["models", "dowload", "yunet"], "Did you mean cluster-video models download?"),
        (["edits", "chekc", "film.people"], "Did you mean cluster-video edits check?"),
        (["edits", "film.people"], "Its commands: check"),
        (["gallery", "ad"], "Did you mean cluster-video gallery add?"),
        (["train", "faces"], "Did you mean cluster-video train face?"),
        (["evaluate", "verfication"], "Did you mean cluster-video evaluate verification?"),
        (["help", "exprot"], "Did you mean cluster-video export?"),
        (["help", "models", "dowload"], "Did you mean cluster-video models download?"),
        (["/?"], "'/?' is not an option. Write cluster-video --help"),
        (["/h"], "Write cluster-video --help"),
        (["film.mp4", "/json"], "/json is not an option. Write --json"),
        (["--", "--threshold", "0.3", "film.mp4"], "--threshold comes after --"),
        (["film.mp4", "\N{EN DASH}threshold", "0.3"], "begins with a long dash. Write --threshold"),
        (["*.mov"], "No file matches *.mov"),
        (["scene[12].mp4"], "No file matches scene[12].mp4"),
        (
            ["https://example.org/a.mp4"],
            "Error: https://example.org/a.mp4 is a web address, and cluster-video works offline",
        ),
        (
            ["review", "film.mp4"],
            "film.mp4 is a file, not a result folder. Its result is film.people",
        ),
        (["export", "film.mp4", "--format", "vtt"], "Its result is film.people"),
        (["name", "film.mp4", "--gallery", "g"], "Its result is film.people"),
        (["evaluate", "film.mp4", "--truth", "t"], "Its result is film.people"),
        (["edits", "check", "film.mp4"], "Its result is film.people"),
        (["gallery", "add", "film.mp4", "g"], "Its result is film.people"),
        (["review", "other.mp4"], "analyse it first: cluster-video other.mp4"),
        (["review", "film.people/result.json"], "Give the folder: film.people"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_suggestions(command: Command, small: Path, args: list[str], expected: str) -> None:
    Path("other.mp4").touch()
    before = sorted(Path().rglob("*"))
    ran = command(*args)
    assert ran.code == 2
    assert expected in ran.error
    assert sorted(Path().rglob("*")) == before, "nothing is started"


@pytest.mark.parametrize(
    ("name", "shown"), [("a\nb.mp4", "a\\nb.mp4"), ("\x1b[2J.mp4", "\\x1b[2J")]
)
def test_names_do_not_break_the_line(command: Command, name: str, shown: str) -> None:
    assert shown in command(name).error
    assert shown in command(name, "gone.mp4").err.splitlines()[0]


@pytest.mark.parametrize("args", [[""], [" "], ["--debug"], ["x" * 300 + ".mp4", "--end", "0"]])
def test_mistakes_without_a_suggestion(command: Command, args: list[str]) -> None:
    ran = command(*args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith("Error: ")


def test_help_on_help(command: Command) -> None:
    assert command("help", "help") == command("help") == command("--help")
    assert command("help", "-h") == command("help", "--help") == command("help")


def test_a_result_of_a_video_elsewhere(command: Command, small: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for each in ("film.mp4", "film.people"):
        shutil.move(each, tmp_path / "there")
    ran = command("review", tmp_path / "there" / "film.mp4")
    assert ran.code == 2
    assert f"Its result is {tmp_path / 'there' / 'film.people'}" in ran.error


def test_folders(command: Command, small: Path) -> None:
    ran = command("film.people")
    assert (ran.code, ran.error) == (1, "Error: film.people is a result, not a video. To open it: "
                                        "cluster-video review film.people\n")  # fmt: skip
    Path("plain").mkdir()
    ran = command("plain")
    assert ran.code == 1
    assert ran.error == (
        "Error: There is no film in plain. Name the files themselves if they are films\n"
    )
    ran = command("plain", "film.mp4")
    assert (ran.code, ran.error) == (
        2, "Error: plain is a folder. Name a project for all: --project NAME.cast\n"
    )  # fmt: skip
    ran = command("review", ".")
    assert (ran.code, "Give the one in it: film.people" in ran.error) == (1, True)


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (["--threshold", "0,36"], "'0,36' is neither a number nor 'auto'. Write 0.36."),
        (["--threshold", "36%"], "Write 0.36."),
        (["--sample-rate", "4fps"], "'4fps' is not a valid float. Write 4."),
        (["--min-face-px", "12,5px"], "Write 12.5."),
        (["--start", "1h"], "'1h' is not a time. Write seconds (90.5), M:SS or H:MM:SS"),
        (["--start", "0:30,5"], "Write seconds (90.5), M:SS or H:MM:SS"),
        (["--thresold", "0.3"], "--threshold?"),
        (["--min_faces", "3"], "Did you mean"),
        (["-threshold", "0.3"], "Did you mean --threshold?"),
        (["-o", ""], "is empty; name a folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_values(command: Command, small: Path, flag: list[str], expected: str) -> None:
    ran = command("film.mp4", *flag)
    assert ran.code == 2
    assert ran.out == ""
    last = ran.err.splitlines()[-1]
    assert last.startswith("Error: ")
    assert expected in last.replace("'--", "--").replace("'?", "?"), "click puts quotes, or not"
    assert sorted(Path().iterdir()) == [Path("film.mp4"), Path("film.people")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0,36", "0.36"), ("36%", "0.36"), ("36 %", "0.36"), (",5", "0.5"), ("4Hz", "4"),
        ("-1,5", "-1.5"), ("high", ""), ("", ""), ("1.2.3", ""), ("%", ""), ("1:30", ""),
    ],
)  # fmt: skip
def test_corrected_numbers(typed: str, meant: str) -> None:
    assert number_meant(typed) == meant


@pytest.mark.parametrize("typed", ['"{}"', "'{}'", "{} ", "{}\n", " {} ", "'{}' "])
def test_quotes_and_blanks_around_a_name(command: Command, small: Path, typed: str) -> None:
    assert command("export", typed.format(small), "--format", "json", "-q").code == 0
    ran = command(typed.format("film.mp4"), "--start", "5", "--end", "6")
    assert ran.error.startswith("Error: film.mp4 cannot be opened as a video")


def test_a_name_that_really_has_quotes_and_blanks(command: Command) -> None:
    Path("'film.mp4' ").touch()
    assert command("'film.mp4' ").error.startswith("Error: 'film.mp4'  is empty")


@pytest.mark.parametrize("flag", ["-o=~/x", "--output=~/x"])
def test_a_tilde_that_the_shell_left(
    command: Command, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert command("export", small, "--format", "json", "-q", flag).code == 0
    assert [path.name for path in (tmp_path / "home" / "x").iterdir()] == ["small.json"]


@pytest.mark.parametrize("word", ["export", "help", "models"])
def test_a_file_called_like_a_command(command: Command, word: str) -> None:
    Path(word).touch()
    ran = command(word, "-h") if word != "help" else command(word)
    assert ran.code == 0
    assert ran.err == f"Note: {word} is a command; for the file of that name write ./{word}\n"
    assert command(f"./{word}").error.startswith(f"Error: {word} is empty")


def groups(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name in command.commands:
            yield from groups(command.commands[name], (*path, name))


@pytest.mark.parametrize("path", list(groups(cluster_video)), ids=" ".join)
def test_every_command_accepts_help(command: Command, path: tuple[str, ...]) -> None:
    ran = command(*path, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: cluster-video")
    assert "--debug" in ran.out
    assert command(*path, "-h") == ran
    assert command("help", *path) == ran
    assert command("--debug", "help", *path) == ran


@pytest.mark.parametrize("args", [["version"], ["-V"], ["--version"], ["--debug", "-V"]])
def test_version(command: Command, args: list[str]) -> None:
    assert command(*args).out.startswith("cluster-video, version ")


@pytest.mark.parametrize("args", [["version", "x"], ["--debug", "version", "export"]])
def test_version_takes_no_arguments(command: Command, args: list[str]) -> None:
    ran = command(*args)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1] == f"Error: version takes no arguments: {args[-1]!r}"


@pytest.mark.parametrize("name", ["vtt", "srt", "json", "xlsx"])
def test_a_single_file_is_written_to_its_path(command: Command, small: Path, name: str) -> None:
    output = Path("sub") / f"cast.{name}"
    ran = command("export", small, "--format", name, "-o", output)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == str(output)
    expected = create(name).files(choose(result_folder.decided()))
    if name != "xlsx":
        assert [output.read_bytes()] == list(expected.values())
    assert list(Path("sub").iterdir()) == [output]
    assert not (small / "exports").exists()


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["csv", "-o", "out.csv"], "out.csv is the name of one file, but there are 2"),
        (["vtt", "--format", "srt", "-o", "out.vtt"], "there are 2: small.vtt, small.srt"),
        (["vtt", "-o", "out.srt"], "ends in .srt, but the format is .vtt. Name it out.vtt"),
        (["json", "-o", "film.people/result.json"], "is part of a result. Name another file"),
    ],
)  # fmt: skip
def test_output_files_that_are_refused(
    command: Command, small: Path, args: list[str], expected: str
) -> None:
    before = {path: path.read_bytes() for path in small.rglob("*") if path.is_file()}
    ran = command("export", small, "--format", *args)
    assert ran.code == 2
    assert expected in ran.error
    assert {path: path.read_bytes() for path in small.rglob("*") if path.is_file()} == before
    assert not Path(args[-1]).exists() or Path(args[-1]) in before


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["xlsx", "-o", "cast.xls"], f"Did you mean cast.xlsx, or the folder cast.xls{os.sep}?"),
        (["vtt", "-o", "a/cast.WEB"], f"Did you mean {Path('a/cast.vtt')}, or the folder"),
        (["csv", "-o", "cast.xls"], "cast.xls is the name of one file, but there are 2"),
    ],
)
def test_an_ending_that_no_format_writes(
    command: Command, small: Path, args: list[str], expected: str
) -> None:
    ran = command("export", small, "--format", *args)
    assert ran.code == 2
    assert expected in ran.error
    assert not Path(args[-1]).exists()
    Path(args[-1]).mkdir(parents=True)
    assert command("export", small, "--format", *args).code == 0


@pytest.mark.parametrize("name", ["cut.2", "season 1.5", ".hidden", "cast.xls/"])
def test_a_name_with_a_dot_may_be_a_folder(command: Command, small: Path, name: str) -> None:
    assert command("export", small, "--format", "vtt", "-q", "-o", name).code == 0
    assert [path.name for path in Path(name).iterdir()] == ["small.vtt"]


def test_a_folder_called_like_a_file(command: Command, small: Path) -> None:
    Path("out.vtt").mkdir()
    assert command("export", small, "--format", "vtt", "-q", "-o", "out.vtt").code == 0
    assert [path.name for path in Path("out.vtt").iterdir()] == ["small.vtt"]


def test_every_ending_is_listed() -> None:
    pytest.importorskip("opentimelineio")
    pytest.importorskip("pyarrow")
    timeline = choose(result_folder.decided())
    written = {Path(file).suffix for name in names() for file in create(name).files(timeline)}
    assert written == {entry.ending for entry in FORMATS.built_in.values()}


def test_the_sample_film_is_not_a_result(command: Command) -> None:
    assert command(DEMO, "--end", "0").code == 2


@pytest.mark.parametrize("slip", ["flim.mp4", "Film.MP4", "film.mkv", "film.", "./film.mov"])
def test_a_typing_mistake_in_a_file_name(command: Command, small: Path, slip: str) -> None:
    shutil.rmtree(small)
    if Path(slip).exists():
        pytest.skip("this disk ignores case")
    ran = command(slip)
    assert ran.code == 1
    assert ran.error.endswith("Did you mean film.mp4?\n")


def test_a_missing_film_does_not_stop_the_others(command: Command, small: Path) -> None:
    assert "flim.mp4" in command("flim.mp4", "film.mp4").err
    assert "film.mp4 cannot be opened" in command("flim.mp4", "film.mp4").err


@pytest.mark.parametrize("command_", ["export", "run"])
def test_dash_is_not_a_folder(command: Command, small: Path, command_: str) -> None:
    args = ["export", small, "--format", "vtt"] if command_ == "export" else ["film.mp4"]
    ran = command(*args, "-o", "-")
    assert ran.code == 2
    assert "'-' is not a folder" in ran.err
    assert not Path("-").exists()


@pytest.mark.parametrize("name", ["cast.vtt/", "'cast.vtt/'", "new/cast.vtt/"])
def test_a_name_that_ends_in_a_slash_is_a_folder(command: Command, small: Path, name: str) -> None:
    assert command("export", small, "--format", "vtt", "-o", name).code == 0
    folder = Path(name.strip("'"))
    assert [each.suffix for each in folder.iterdir()] == [".vtt"]


def test_a_missing_choice_gives_one_line(command: Command, small: Path) -> None:
    ran = command("export", small)
    assert ran.code == 2
    assert ran.err.splitlines()[-1].startswith(
        "Error: Missing option '--format'. Choose from avid, chapters, csv, edl, "
    )


def test_upper_case_is_accepted(command: Command, small: Path) -> None:
    assert command("export", small, "--format", "VTT", "-q").code == 0
    ran = command("film.mp4", "--metric", "L2", "--method", "Incremental", "--threshold", "AUTO")
    assert "film.mp4 cannot be opened as a video" in ran.error


@pytest.mark.parametrize(
    "args",
    [
        ["film.mp4"],
        ["export", "film.people", "--format", "vtt"],
        ["name", "film.people", "--gallery", "g"],
        ["other.mp4", "--edits", "film.mp4"],
        ["other.mp4", "--gallery", "film.people"],
        ["other.mp4", "-o", "film.people"],
        ["evaluate", "film.people", "--truth", "film.mp4"],
    ],
    ids=" ".join,
)
def test_unreadable_and_missing_files_give_the_same_kind_of_error(
    command: Command, small: Path, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    """The exit code is 1, as the usage is right; click would exit with 2 and print the usage."""
    Path("other.mp4").write_bytes(b"film")
    monkeypatch.setattr(os, "access", lambda *_args, **_how: False)
    ran = command(*args)
    assert "is not readable" not in ran.err
    assert "Usage" not in ran.err
