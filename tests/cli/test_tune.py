"""``cluster-video tune``: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer import tuning
from clusterer.cli import main
from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.tuning.builder import store

Command = Callable[..., Ran]


@pytest.fixture
def films(tmp_path: Path) -> list[Path]:
    """Two result folders with their truth beside them."""
    return [store(tmp_path / f"{name}.people", seed) for seed, name in enumerate(("one", "two"))]


def written(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_tables_and_files(command: Command, films: list[Path]) -> None:
    ran = command("tune", *films, "--method", "incremental", "--metric", "l2")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("2 clips, pooled")
    assert "best F, assigned P ≥ 0.98, every clip" in ran.out
    assert ran.out.endswith("Curves: tuning.html\nAll figures: tuning.csv\n")
    assert written(Path.cwd()) == ["tuning.csv", "tuning.html"]
    rows = list(csv.DictReader(Path("tuning.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 26 * 3


def test_truth_by_name_gives_the_same(command: Command, films: list[Path], tmp_path: Path) -> None:
    shutil.move(tmp_path / "one.truth.csv", tmp_path / "other.csv")
    flags = ("--metric", "cosine", "--method", "agglomerative", "--method", "incremental", "--json")
    ran = command("tune", films[0], "--truth", tmp_path / "other.csv", *flags, "-o", "here/below")
    assert (ran.code, ran.err) == (0, "")
    content = json.loads(ran.out)
    assert {row["metric"] for row in content["rows"]} == {"cosine"}
    assert {row["method"] for row in content["rows"]} == {"agglomerative", "incremental"}
    assert {row["clip"] for row in content["rows"]} == {"one", "(all clips)"}
    assert written(Path("here/below")) == ["tuning.csv", "tuning.html"]


def test_quiet_and_the_same_bytes_twice(command: Command, films: list[Path]) -> None:
    files = []
    for _ in range(2):
        flags = ("--metric", "l2", "--method", "hdbscan", "--quiet")
        assert command("tune", *films, *flags) == Ran(0, "", "")
        files.append([Path(name).read_bytes() for name in ("tuning.csv", "tuning.html")])
    assert files[0] == files[1]


def test_progress_on_a_terminal(
    command: Command, films: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = command("tune", films[0], "--metric", "l2", "--method", "incremental")
    assert ran.code == 0
    assert "Trying settings" in ran.err
    assert "100%" in ran.err
    assert "Drawing curves" in ran.err
    assert "Trying" not in ran.out


def test_video_from_its_stored_analysis(command: Command, demo_folder: Path) -> None:
    """If the video were analysed again, chips/ would be rewritten."""
    before = (demo_folder / "analysis.npz").stat().st_mtime_ns
    truth = DEMO.with_name("demo.truth.csv")
    flags = ("--truth", truth, "--metric", "l2", "--method", "incremental", "--json")
    ran = command("tune", DEMO, "--cache", demo_folder.parent, *flags)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["picks"][0]["best"]["b_cubed_f"] == 1
    assert (demo_folder / "analysis.npz").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["missing.mp4"], 1, "There is no missing.truth.csv beside missing.mp4"),
        (["missing.mp4", "--truth", "one.truth.csv"], 1, "Cannot read missing.mp4"),
        (["one.people", "--truth", "no.csv"], 1, "Cannot read no.csv (no such file or directory)"),
        (["empty", "--truth", "one.truth.csv"], 1, "empty holds no analysis.npz"),
        (["one.people", "two.people", "--truth", "one.truth.csv"], 2, "2 clips, but 1 truth file"),
        (["one.people", "one.people"], 2, "two of the clips are named 'one'"),
        (["one.people", "--precision", "1.1"], 2, "precision is 1.1. It must be between 0 and 1"),
        (["one.people", "--precision", "nan"], 2, "precision is nan"),
        (["one.people", "-o", "one.truth.csv"], 1, "Cannot write one.truth.csv"),
    ],
)
def test_errors_are_one_line(
    command: Command, arguments: list[str], code: int, expected: str
) -> None:
    for seed, name in enumerate(("one", "two")):
        store(Path(f"{name}.people"), seed)
    Path("empty").mkdir()
    before = written(Path.cwd())
    ran = command("tune", *arguments)
    assert ran.code == code
    assert expected in ran.error
    assert written(Path.cwd()) == before


def test_the_output_folder_is_checked_before_any_work(
    command: Command, films: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> None:
        raise AssertionError("a clip was loaded")

    monkeypatch.setattr(tuning, "load", load)
    Path("file").touch()
    assert "A file is in the way" in command("tune", films[0], "-o", "file").error


def test_a_folder_with_other_files_in_the_cache(command: Command) -> None:
    """The remedy names the option that helps; -o is for the tables here."""
    Path("cache/demo.people").mkdir(parents=True)
    Path("cache/demo.people/thesis.txt").touch()
    error = command("tune", DEMO, "--cache", "cache").error
    assert error == (
        "Error: cache/demo.people holds files that cluster-video did not write. "
        "Name a new or empty folder with --cache\n"
    )


@pytest.mark.parametrize("arguments", [[], ["a", "--method", "magic"], ["a", "--metric", "l3"]])
def test_wrong_usage(command: Command, arguments: list[str]) -> None:
    ran = command("tune", *arguments)
    assert ran.code == 2
    assert ran.err.startswith("Usage: cluster-video tune [OPTIONS] CLIP...")


def test_damaged_analysis(command: Command, films: list[Path]) -> None:
    (films[0] / "analysis.npz").write_bytes(b"nonsense")
    ran = command("tune", films[0])
    assert ran.code == 1
    assert "analysis.npz is damaged" in ran.error


def test_interrupted(films: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clusterer.tuning.sweep", stop)
    with pytest.raises(SystemExit) as exit_:
        main(["tune", str(films[0])])
    assert exit_.value.code == 130
