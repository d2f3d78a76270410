"""Files in a result are private and listed; files elsewhere have the usual rights."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from clusterer.core.errors import ResultError
from clusterer.store.folder import ResultFolder
from clusterer.store.names import MARKER
from clusterer.store.output import output_file, write_output, write_private

POSIX = pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")


@pytest.fixture
def result(tmp_path: Path) -> Path:
    ResultFolder(tmp_path / "x.people").write({"people.csv": "ours"})
    return tmp_path / "x.people"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@POSIX
@pytest.mark.parametrize("place", ["", "exports", "other"])
def test_within_a_result(result: Path, place: str) -> None:
    for content in ("first", "second"):
        write_output(result / place, {"a b.edl": content, "é.csv": b"x"})
        assert (result / place / "a b.edl").read_text() == content
    inside = f"{place}/" if place else ""
    assert ResultFolder(result).names == {"people.csv", f"{inside}a b.edl", f"{inside}é.csv"}
    assert mode(result / place) == 0o700
    assert mode(result / place / "a b.edl") == 0o600


@pytest.mark.parametrize(
    "place",
    ["result.json", "edits.json", "Edits.json", "report.html", "chips/a.edl", ".partial/a.edl"],
)
def test_the_result_itself_stays(result: Path, place: str) -> None:
    """A film called edits.mp4, exported as JSON into its result."""
    path = result / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("theirs")
    with pytest.raises(ResultError, match=f"{path.name} is part of a result. Name another folder"):
        write_output(path.parent, {path.name: "x"})
    assert path.read_text() == "theirs"


@POSIX
def test_anywhere_else(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    write_output(tmp_path / "mine", {"a.edl": "x"})
    write_output(tmp_path / "new" / "folder", {"a.edl": "x"})
    for folder in (tmp_path / "mine", tmp_path / "new" / "folder"):
        assert mode(folder / "a.edl") == mode(ordinary)
        assert not (folder / MARKER).exists()
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


def test_from_within(result: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(result)
    write_output(Path("exports"), {"a.edl": "x"})
    write_output(Path(), {"evaluation.html": "x"})
    assert ResultFolder(result).names == {"people.csv", "exports/a.edl", "evaluation.html"}


def test_an_export_of_an_earlier_version_is_replaced(result: Path) -> None:
    (result / "exports").mkdir()
    (result / "exports" / "a.edl").write_text("earlier")
    write_output(result / "exports", {"a.edl": "new"})
    assert (result / "exports" / "a.edl").read_text() == "new"


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_is_no_file_stays(result: Path, kind: str) -> None:
    path = result / "exports" / "a.edl"
    path.parent.mkdir()
    path.mkdir() if kind == "folder" else path.symlink_to(result / "people.csv")
    with pytest.raises(ResultError, match="is not a file that cluster-video wrote"):
        write_output(result / "exports", {"a.edl": "new"})
    assert (result / "people.csv").read_text() == "ours"
    assert path.is_symlink() == (kind == "link")


def test_exports_that_lie_elsewhere_are_not_followed(result: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a.edl").write_text("theirs")
    (result / "exports").symlink_to(tmp_path / "theirs", target_is_directory=True)
    with pytest.raises(ResultError, match="is not a folder that cluster-video made"):
        write_output(result / "exports", {"a.edl": "new"})
    assert (tmp_path / "theirs" / "a.edl").read_text() == "theirs"


@POSIX
def test_one_file_is_always_private(result: Path, tmp_path: Path) -> None:
    write_private(tmp_path / "edits.json", "{}")
    write_private(result / "edits.json", "{}")
    assert mode(tmp_path / "edits.json") == mode(result / "edits.json") == 0o600
    assert not (tmp_path / MARKER).exists()
    assert "edits.json" in ResultFolder(result).names


@POSIX
@pytest.mark.parametrize("target", ["a folder", "another result", "nothing"])
@pytest.mark.parametrize("below", ["exports", "exports/deeper"])
def test_a_link_in_a_result_is_not_written_through(
    result: Path, tmp_path: Path, target: str, below: str
) -> None:
    other = tmp_path / "other.people"
    if target == "another result":
        ResultFolder(other).write({"people.csv": "theirs"})
    elif target == "a folder":
        other.mkdir()
    (result / "exports").symlink_to(other)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ResultError, match="exports is not a folder that cluster-video made"):
        write_output(result / below, {"a.edl": "x"})
    assert sorted(tmp_path.rglob("*")) == before


@POSIX
def test_a_link_to_a_result_is_the_result(result: Path, tmp_path: Path) -> None:
    (tmp_path / "short").symlink_to(result)
    write_output(tmp_path / "short" / "exports", {"a.edl": "x"})
    assert (result / "exports" / "a.edl").read_text() == "x"


@POSIX
@pytest.mark.parametrize("inside", ["", "exports/"])
def test_a_large_file_within_a_result(result: Path, inside: str) -> None:
    file = result / f"{inside}a.mp4"
    for content in ("first", "second"):
        with output_file(file) as draft:
            draft.path.write_text(content)
            assert draft.path.parent == file.parent
            assert mode(draft.path) == 0o600
            ResultFolder(result).write({"people.csv": "newer"})  # nobody is kept out meanwhile
            with ResultFolder(result).locked():
                pass
        assert file.read_text() == content
    assert ResultFolder(result).names == {"people.csv", f"{inside}a.mp4"}
    assert mode(file) == 0o600
    assert not list(result.rglob("*.part"))


def test_a_large_file_anywhere_else(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    file = tmp_path / "new" / "a.mp4"
    with output_file(file) as draft:
        left = draft.path
    left.write_text("of a program that was killed")
    with output_file(file) as draft:
        assert draft.path == left
        assert left.read_text() == ""
        left.write_text("whole")
    assert file.read_text() == "whole"
    assert mode(file) == mode(ordinary)
    assert list(file.parent.iterdir()) == [file]


def test_a_large_file_that_is_given_up_or_fails(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_text("before")
    with output_file(file) as draft:
        draft.path.write_text("half")
        draft.is_kept = False
    with pytest.raises(FileNotFoundError), output_file(file):
        (tmp_path / "missing").read_text()
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_one_writer_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterer.store.run_lock.WAIT_S", 0.1)
    with output_file(tmp_path / "a.mp4"):
        with output_file(tmp_path / "b.mp4") as draft:
            draft.path.write_text("another")
        with (
            pytest.raises(ResultError, match=r"is writing to .*a\.mp4.*Wait until it is done"),
            output_file(tmp_path / "a.mp4"),
        ):
            pass


def test_a_large_file_is_no_part_of_the_result(result: Path) -> None:
    with (
        pytest.raises(ResultError, match=r"result\.json is part of a result"),
        output_file(result / "result.json"),
    ):
        pass
    with (
        pytest.raises(ResultError, match="is part of a result"),
        output_file(result / "chips" / "a.mp4"),
    ):
        pass
