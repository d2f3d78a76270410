"""``cluster-video evaluate``: table, JSON, page; one line for every error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer.cli.evaluate import MIN_IOU, PEOPLE, TABLES, evaluate
from clusterer.evaluation import matching
from tests.cli.conftest import Ran
from tests.core.test_files import contents
from tests.result_folder import decided, write, write_truth

Command = Callable[..., Ran]
FILES = {"evaluation.html", "evaluation.json"}


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    """Two results, then their truths."""
    return [
        write(decided(), tmp_path / "a.people"),
        write(decided([0, 1, 2, 3]), tmp_path / "b.people"),
        write_truth(tmp_path / "a.truth.csv"),
        write_truth(tmp_path / "b.truth.csv"),
    ]


def tables(printed: str) -> dict[str, list[list[str]]]:
    """Title of each table → cells of its rows, without the head."""
    parts = [part.splitlines() for part in printed.split("\n\n")[:-1]]
    titles = [re.match(r"\w+(, by \w+)?", part[0]) for part in parts]
    rows = [[line.split() for line in part[2:]] for part in parts]
    return {title[0]: lines for title, lines in zip(titles, rows, strict=True) if title}


def test_tables_of_one(command: Command, two: list[Path]) -> None:
    """ann is missed in the second of two shots, and cleo is taken for her."""
    ran = command("evaluate", two[0], "--truth", two[2])
    assert (ran.code, ran.err) == (0, "")
    found = tables(ran.out)
    assert found["Faces"] == [["a", "0.875", "0.875", "0.143"]]
    assert found["Tracks"] == [["a", "1.000", "1.000", "0", "0.875", "0.800", "0.200"]]
    assert found["People"][0][1:3] == ["0.600", "0.700"]
    assert found["People"][0][-2:] == ["2/4", "2"]
    assert found["People, by face"][0][2:] == ["0.667", "0.400", "0.438"]
    assert found["People, by track"][0][2:] == ["0.667", "0.375", "0.500"]
    assert ran.out.splitlines()[-1] == f"Page: {two[0] / 'evaluation.html'}"
    assert {path.name for path in two[0].iterdir()} > FILES
    assert list(Path.cwd().iterdir()) == []


def test_tables_of_two_have_a_pooled_row(command: Command, two: list[Path]) -> None:
    first, second, truth, other = two
    ran = command("evaluate", first, "--truth", truth, second, "--truth", other)
    assert ran.code == 0
    for title, rows in tables(ran.out).items():
        assert [row[0] for row in rows] == ["a", "b", "All"], title
    assert tables(ran.out)["Faces"][-1][:3] == ["All", "together", "0.875"]
    assert tables(ran.out)["People"][-1][-2] == "6/8"
    assert json.loads((second / "evaluation.json").read_text())["clips"][0]["clip"] == "b"


def test_every_figure_printed_is_in_the_json(command: Command, two: list[Path]) -> None:
    ran = command("evaluate", two[0], "--truth", two[2], "--json")
    known = json.loads(ran.out)["pooled"]
    printed = [key for _, columns in TABLES for _, key in columns]
    assert set(printed) - set(known) == {PEOPLE}
    assert len(printed) == len(set(printed))


def test_only_json_is_printed(command: Command, two: list[Path]) -> None:
    ran = command("evaluate", two[0], "--truth", two[2], "--json")
    assert json.loads(ran.out) == json.loads((two[0] / "evaluation.json").read_text())


def test_output_folder(command: Command, two: list[Path], tmp_path: Path) -> None:
    before = sorted(two[0].iterdir())
    command("evaluate", two[0], "--truth", two[2], "-o", "x/one")
    assert contents(Path("x/one")).keys() == FILES
    assert sorted(two[0].iterdir()) == before
    first, second, truth, other = two
    ran = command(
        "evaluate", first, second, "--truth", truth, "--truth", other, "-o", "y", "--json"
    )
    assert sorted(str(path.relative_to("y")) for path in Path("y").rglob("*.*")) == [
        "a/evaluation.html", "a/evaluation.json",
        "b/evaluation.html", "b/evaluation.json",
        "evaluation.json",
    ]  # fmt: skip
    assert (Path("y") / "evaluation.json").read_text() == ran.out


def test_same_bytes_twice(command: Command, two: list[Path]) -> None:
    for name in ("x", "y"):
        command("evaluate", two[0], "--truth", two[2], "-o", name)
    assert contents(Path("x")) == contents(Path("y"))


def test_min_iou_changes_the_matches(command: Command, two: list[Path]) -> None:
    def boxes_right(*flags: str) -> float:
        ran = command("evaluate", two[0], "--truth", two[2], "--json", *flags)
        return float(json.loads(ran.out)["pooled"]["box_precision"])

    assert boxes_right() == boxes_right("--min-iou", str(MIN_IOU)) == 7 / 8
    assert boxes_right("--min-iou", "1") < 7 / 8
    assert matching.MIN_IOU == MIN_IOU


def test_ignore_file(command: Command, two: list[Path], tmp_path: Path) -> None:
    ignore = tmp_path / "elsewhere.csv"
    ignore.write_text("frame,left,top,right,bottom\n10,300,50,342,98\n")
    ran = command("evaluate", two[0], "--truth", two[2], "--ignore", ignore, "--json")
    assert json.loads(ran.out)["pooled"]["box_precision"] == 1.0


def test_markup_in_a_name_is_printed_literally(command: Command, two: list[Path]) -> None:
    truth = write_truth(two[0].with_name("[red]a[b.truth.csv"))
    assert "[red]a[b" in command("evaluate", two[0], "--truth", truth).out


WRONG = [
    (["{a}"], 2, "1 result, but --truth is given 0 times. Give --truth once for each result"),
    (["{a}", "{b}", "--truth", "{t}"], 2, "2 results, but --truth is given 1 time."),
    (["{a}", "--truth", "{t}", "--truth", "{t}"], 2, "1 result, but --truth is given 2 times."),
    (["{a}", "--truth", "{t}", "--ignore", "{t}", "--ignore", "{t}"], 2, "but --ignore is given 2"),
    (["{a}", "--truth", "{t}", "--min-iou", "0"], 2, "overlap is 0. It must lie above 0, up to 1"),
    (["{a}", "--truth", "{t}", "--min-iou", "nan"], 2, "overlap is nan"),
    (["{a}", "--truth", "gone.csv"], 1, "Cannot read gone.csv (no such file or directory)"),
    (["{a}", "--truth", "{a}/people.csv"], 1, "people.csv, line 1: no column 'frame'"),
    (
        ["gone.people", "--truth", "{t}"],
        1,
        "gone.people is not a result folder. Give a folder that",
    ),
    (["{t}", "--truth", "{t}"], 2, "{t} is a file, not a result folder. If it is a video, "),
    (
        ["{a}", "{a}", "--truth", "{t}", "--truth", "{t}"],
        2,
        "two pages would be written to one file",
    ),
    (["{a}", "{b}", "--truth", "{t}", "--truth", "{t}", "-o", "x"], 2, "two pages would be"),
    (["{a}", "--truth", "{t}", "-o", "{t}"], 1, "Cannot write {t}"),
]


@pytest.mark.parametrize(("args", "code", "expected"), WRONG, ids=lambda value: str(value)[:40])
def test_errors_are_one_line(
    command: Command, two: list[Path], args: list[str], code: int, expected: str
) -> None:
    names = {"a": str(two[0]), "b": str(two[1]), "t": str(two[2])}
    ran = command("evaluate", *(arg.format(**names) for arg in args))
    assert ran.code == code
    assert expected.format(**names) in ran.error
    assert not any((folder / "evaluation.html").exists() for folder in two[:2])


def test_the_default_command_is_not_named_in_help(command: Command) -> None:
    ran = command("evaluate", "-h")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: cluster-video evaluate [OPTIONS] RESULT...\n")
    assert ran.out == command("evaluate", "--help").out
    assert "evaluate verification" in ran.out


def test_without_arguments(command: Command) -> None:
    ran = command("evaluate")
    assert ran.code == 2
    assert ran.err.startswith("Usage: cluster-video evaluate [OPTIONS] RESULT...")
    assert "verification" in ran.err


def test_verification_is_a_separate_command(command: Command) -> None:
    assert "verification" in evaluate.commands
    assert (
        "Usage: cluster-video evaluate verification"
        in command("evaluate", "verification", "-h").out
    )


def test_the_main_help_lists_evaluate(command: Command) -> None:
    _, _, commands = command("-h").out.partition("Commands:")
    assert "evaluate" in commands.split()
