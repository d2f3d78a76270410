"""Only what we wrote is ever replaced or deleted."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from clusterer.core import folders
from clusterer.core.errors import ResultError
from clusterer.core.files import create_temporary
from clusterer.store.film import Film
from clusterer.store.folder import ResultFolder
from clusterer.store.marker import read_marker
from clusterer.store.names import MARKER, doorway_name

FILM, OTHER = Film("x.mp4", "ab" * 32), Film("y.mp4", "cd" * 32)
POSIX = pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARKER
    }


def written(folder: Path, *names: str, film: Film = FILM) -> ResultFolder:
    result = ResultFolder(folder)
    result.set_film(film)
    result.write(dict.fromkeys(names, "ours"))
    return result


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("place", ["new", "empty", "new/below/new", "looked at"])
def test_becomes_ours(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "looked at").mkdir()
    (tmp_path / "looked at" / ".DS_Store").touch()
    written(tmp_path / place, "people.csv", ".partial/chips/00001-0000001.jpg")
    marker = read_marker(tmp_path / place)
    assert marker is not None
    assert marker.film == FILM
    assert marker.names == tree(tmp_path / place).keys() - {".DS_Store"}


@pytest.mark.parametrize("below", ["chips", ".partial", ".partial/chips"])
def test_an_unwritable_subfolder_is_reported_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    """Otherwise the old analysis would be gone when the new pictures cannot be written."""
    written(tmp_path / "x", f"{below}/00001-0000001.jpg", "exports/a.edl")

    def refusing(folder: Path, mode: int) -> tuple[Path, int]:
        if folder in {tmp_path / "x" / below, tmp_path / "x" / "exports"}:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return create_temporary(folder, mode)

    monkeypatch.setattr(folders, "create_temporary", refusing)
    with pytest.raises(ResultError, match="Make it writable") as told:
        ResultFolder(tmp_path / "x").check_writable()
    assert str(tmp_path / "x" / below) in str(told.value)


@pytest.mark.parametrize("name", ["a.txt", "people.csv", "chips/thesis.txt", ".hidden", "empty/"])
def test_a_foreign_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.mkdir() if name.endswith("/") else path.write_text("mine")
    before = tree(tmp_path)
    result = ResultFolder(tmp_path)
    assert not result.is_result
    for attempt in (
        result.check_writable,
        result.ensure_marker,
        lambda: result.write({"a": "ours"}),
    ):
        with pytest.raises(ResultError, match="holds files that cluster-video did not write"):
            attempt()
    assert tree(tmp_path) == before
    assert not (tmp_path / MARKER).exists()


@pytest.mark.parametrize(
    "name", ["people.csv", "analysis.npz", "chips/00001-0000001.jpg", ".partial/000000.npz",
             ".partial/chips/00001-0000001-torso.jpg", ".partial/analysis.npz"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["file", "folder", "link", "link to nothing"])
def test_a_foreign_file_with_one_of_our_names_stays(tmp_path: Path, name: str, kind: str) -> None:
    folder, other = tmp_path / "x.people", tmp_path / "other"
    other.write_text("mine")
    result = written(folder, "report.html")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.write_text("mine")
    else:
        path.symlink_to(other if kind == "link" else "nothing")
    for again in (result, ResultFolder(folder)):
        with pytest.raises(ResultError, match="is not a file that cluster-video wrote"):
            again.check_writable()
        with pytest.raises(ResultError, match="is not a file that cluster-video wrote"):
            again.write({name: "ours"})
        again.remove([name])
    assert path.is_symlink() == kind.startswith("link")
    assert path.is_dir() == (kind == "folder")
    assert other.read_text() == "mine"
    assert kind != "file" or path.read_text() == "mine"


@pytest.mark.parametrize("below", ["chips", ".partial"])
def test_a_link_in_place_of_one_of_our_folders(tmp_path: Path, below: str) -> None:
    folder, theirs = tmp_path / "x.people", tmp_path / "theirs"
    name = f"{below}/00001-0000001.jpg" if below == "chips" else f"{below}/000000.npz"
    result = written(folder, name, "report.html")
    (folder / below).rename(theirs)
    (folder / below).symlink_to(theirs, target_is_directory=True)
    before = tree(theirs)
    for again in (result, ResultFolder(folder)):
        with pytest.raises(ResultError, match="is not a folder that cluster-video made"):
            again.check_writable()
        with pytest.raises(ResultError, match="is not a folder that cluster-video made"):
            again.write({name: "new"})
    result.remove([name])
    assert tree(theirs) == before


def test_a_link_in_place_of_one_of_our_files_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine")
    result = written(tmp_path / "x", "people.csv")
    (tmp_path / "x" / "people.csv").unlink()
    (tmp_path / "x" / "people.csv").symlink_to(other)
    with pytest.raises(ResultError, match="is not a file that cluster-video wrote"):
        result.write({"people.csv": "new"})
    result.remove(["people.csv"])
    assert (tmp_path / "x" / "people.csv").is_symlink()
    assert other.read_text() == "mine"


def test_removing_leaves_what_others_put_there(tmp_path: Path) -> None:
    result = written(tmp_path / "x", "chips/1.jpg", ".partial/chips/1.jpg", ".partial/0.npz")
    (tmp_path / "x" / "chips" / "thesis.txt").write_text("mine")
    result.remove(["chips/1.jpg", ".partial/chips/1.jpg", ".partial/0.npz", "never there"])
    assert tree(tmp_path / "x") == {"chips/thesis.txt": b"mine"}
    assert not (tmp_path / "x" / ".partial").exists()
    marker = read_marker(tmp_path / "x")
    assert marker is not None
    assert marker.names == frozenset()


def test_what_another_program_wrote_meanwhile_is_ours_too(tmp_path: Path) -> None:
    """A review writes a correction during a run."""
    run = written(tmp_path / "x", "people.csv")
    ResultFolder(tmp_path / "x").write({"edits.json": "{}"})
    run.write({"edits.json": "new", "report.html": "new"})
    run.remove(["report.html"])
    marker = read_marker(tmp_path / "x")
    assert marker is not None
    assert marker.names == {"people.csv", "edits.json"}


def test_replacing_keeps_corrections_and_what_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    written(folder, "people.csv", "edits.json", "exports/x.edl", "chips/1.jpg")
    for name in ("notes.txt", "chips/thesis.txt", "edits.x.mp4.json"):
        (folder / name).write_text("mine")
    kept: list[str] = []
    result = ResultFolder(folder)
    result.set_film(OTHER, kept.append)
    result.write({".partial/000000.npz": "a shot"})
    assert tree(folder)["people.csv"] == b"ours", "not before the new result is there"
    assert read_marker(folder).film == FILM  # it is there
    result.commit({"people.csv": "new"})
    assert kept == ["edits.x.mp4-2.json"]
    mine = dict.fromkeys(("notes.txt", "chips/thesis.txt", "edits.x.mp4.json"), b"mine")
    assert tree(folder) == {**mine, "edits.x.mp4-2.json": b"ours", "people.csv": b"new"}
    marker = read_marker(folder)
    assert marker is not None
    assert (marker.film, marker.names) == (OTHER, {"people.csv"})


@POSIX
def test_corrections_that_lie_elsewhere_are_not_those_of_the_next_film(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    written(folder, "people.csv")
    (tmp_path / "mine.json").write_text("mine")
    (folder / "edits.json").symlink_to("../mine.json")
    result = ResultFolder(folder)
    result.set_film(OTHER, lambda _kept: None)
    result.commit({})
    assert not (folder / "edits.json").exists()
    assert (folder / "edits.x.mp4.json").read_text() == "mine"


@pytest.mark.parametrize("film", ["../../x", "a/b", "", "é" * 300, "\N{REPLACEMENT CHARACTER}"])
def test_corrections_stay_in_the_folder_whatever_the_film_was_called(
    tmp_path: Path, film: str
) -> None:
    written(tmp_path / "x", "edits.json", film=Film(film, "ab"))
    kept: list[str] = []
    result = ResultFolder(tmp_path / "x")
    result.set_film(OTHER, kept.append)
    result.commit({})
    assert tree(tmp_path / "x") == {kept[0]: b"ours"}
    assert len(kept[0].encode()) < 255


@POSIX
def test_for_the_user_only(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        written(tmp_path / "x", "people.csv", "chips/1.jpg", ".partial/chips/1.jpg")
    finally:
        os.umask(umask)
    for path in [tmp_path / "x", *(tmp_path / "x").rglob("*")]:
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


@POSIX
def test_writing_tightens_permissions(tmp_path: Path) -> None:
    written(tmp_path / "x", "people.csv", "chips/1.jpg")
    (tmp_path / "x" / "notes.txt").write_text("mine")
    (tmp_path / "x" / "notes.txt").chmod(0o644)
    ours = [tmp_path / "x" / name for name in ("people.csv", "chips", "chips/1.jpg")]
    for path in (tmp_path / "x", *ours):
        path.chmod(0o755)
    ResultFolder(tmp_path / "x").write({"people.csv": "new"})
    assert [mode(path) & 0o077 for path in (tmp_path / "x", *ours)] == [0, 0, 0, 0]
    assert mode(tmp_path / "x" / "notes.txt") == 0o644, "the folder keeps others out"


def test_temporary_files_of_a_killed_program_are_deleted(tmp_path: Path) -> None:
    """Also where the temporary file is all there is."""
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / ".cluster-video-0123456789abcdef.tmp").touch()
    result = written(folder, "people.csv")
    result.remove_leftovers()
    assert tree(folder) == {"people.csv": b"ours"}


def test_old_doorways_of_killed_reviews_are_deleted(tmp_path: Path) -> None:
    result = written(tmp_path, "people.csv")
    left, fresh = tmp_path / doorway_name(), tmp_path / doorway_name()
    stranger = tmp_path / ".cluster-video-mine.html"
    for path in (left, fresh, stranger):
        path.write_text("x")
    os.utime(left, (1, 1))
    os.utime(stranger, (1, 1))
    result.remove_leftovers()
    assert not left.exists()
    assert fresh.exists()
    assert stranger.exists()
