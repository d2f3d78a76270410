"""``cluster-video purge``: lists, asks, removes."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer.cli.consent import NOTICED, tell_once
from clusterer.models.cache import ENVIRONMENT_VARIABLE as CACHE
from clusterer.store.folder import load
from tests.cli.conftest import Ran
from tests.result_folder import decided, write

Command = Callable[..., Ran]


class Keyboard(io.StringIO):
    """Typed text."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Type on a simulated terminal."""

    def type_text(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", Keyboard(text))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return type_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(decided(), tmp_path / "small.people", drawn=True)


def test_without_a_terminal_nothing_is_removed(command: Command, folder: Path) -> None:
    ran = command("purge", folder)
    assert ran.code == 2
    assert ran.error == (
        "Error: nothing was removed, as there is no terminal to ask on. Add --yes\n"
    )
    assert load(folder).people


def test_yes_removes(command: Command, folder: Path) -> None:
    ran = command("purge", folder, "--yes")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == f"Result {folder}"
    assert "  people:  Person 1, Person 2" in lines
    assert lines[-2].startswith("In all 10 files, 0.")
    assert lines[-1] == "Removed from 1 folder"
    assert not folder.exists()


@pytest.mark.parametrize(("answer", "stays"), [("y\n", False), ("n\n", True), ("\n", True)])
def test_the_terminal_is_asked(
    command: Command, types: Callable[[str], None], folder: Path, answer: str, stays: bool
) -> None:
    types(answer)
    ran = command("purge", folder)
    assert f"Result {folder}" in ran.err
    assert "Remove this for good?" in ran.err
    assert (ran.code == 0) is not stays
    assert folder.exists() is stays


def test_a_dry_run_lists_and_asks_nothing(command: Command, folder: Path) -> None:
    ran = command("purge", folder, "--dry-run")
    assert ran.code == 0
    assert "  deletes: analysis.npz, appearances.csv" in ran.out
    assert "4 files in chips/" in ran.out
    assert load(folder).people


def test_json(command: Command, folder: Path) -> None:
    content = json.loads(command("purge", folder, "--keep-tables", "--yes", "--json").out)
    assert content["done"]
    (only,) = content["folders"]
    assert only["people"] == ["Person 1", "Person 2"]
    assert len(only["deleted"]) == 4
    assert load(folder).analysis.is_bare


def test_one_person(command: Command, folder: Path) -> None:
    ran = command("purge", folder, "--people", "Person 2", "--yes", "--quiet")
    assert (ran.out, ran.err) == ("", "")
    assert [who.id for who in load(folder)] == ["person-1"]


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        (["--people", "Zoe"], "No person in"),
        (["--people", "person-1", "--keep-tables"], "people are removed from tables"),
        (["--without-names"], "without names belongs to tables that stay"),
        (["--older-than", "soon"], "is not an age such as 90d"),
        (["--older-than", "99999w"], "more than a hundred years"),
        (["--older-than", "-1d"], "is not an age"),
    ],
)
def test_bad_input_gives_one_line(
    command: Command, folder: Path, more: list[str], cause: str
) -> None:
    ran = command("purge", folder, "--yes", *more)
    assert ran.code in {1, 2}
    assert cause in ran.err
    assert load(folder).people


@pytest.mark.parametrize(
    ("name", "cause"),
    [("nowhere", "nowhere does not exist"), ("file.txt", "file.txt is not a folder"),
     ("other", "other holds nothing that cluster-video wrote")],
)  # fmt: skip
def test_what_is_not_ours_is_left_alone(command: Command, name: str, cause: str) -> None:
    Path("file.txt").write_text("mine")
    Path("other").mkdir()
    Path("other/mine.jpg").write_bytes(b"mine")
    assert cause in command("purge", name, "--yes").error
    assert Path("file.txt").read_text() == "mine"
    assert Path("other/mine.jpg").read_bytes() == b"mine"


def test_nothing_to_remove(command: Command, folder: Path) -> None:
    assert command("purge", folder, "--keep-tables", "--yes").code == 0
    ran = command("purge", folder, "--keep-tables")
    assert (ran.code, ran.out) == (0, "Nothing to remove\n")


# --- the notice -----------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_notice_is_shown_once(
    cache: Path, types: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    types("")
    tell_once(quiet=False)
    shown = capsys.readouterr()
    assert "biometric data" in shown.err
    assert "cluster-video purge" in shown.err
    assert shown.out == ""
    assert (cache / NOTICED).read_bytes() == b""
    tell_once(quiet=False)
    assert capsys.readouterr().err == ""


def test_no_notice_in_scripts_nor_with_quiet(
    cache: Path, types: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    tell_once(quiet=False)
    types("")
    tell_once(quiet=True)
    assert capsys.readouterr().err == ""
    assert not cache.exists()
