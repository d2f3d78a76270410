"""An export removes what the last one of the same left, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest

from clusterer.core.errors import ResultError
from clusterer.models.cache import cache_folder
from clusterer.store import exported
from clusterer.store.exported import Batch, Removed, write_exports
from clusterer.store.folder import ResultFolder
from clusterer.store.output import OutputPlace
from clusterer.store.run_lock import run_lock

FILM = ("result", "film", "edl", "")
ANNA, BORIS, EVA = (
    {f"film.{name}.edl": f"cuts of {name}".encode()} for name in ("Anna", "Boris", "Eva")
)
ALL = {"film.edl": b"everybody"}


def write(folder: Path, *files: dict[str, bytes], key: tuple[str, ...] = FILM) -> Removed:
    together = {name: content for each in files for name, content in each.items()}
    return write_exports(folder, [Batch(key, together)])


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(params=["elsewhere", "result"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An ordinary folder, or the exports of a result."""
    if request.param == "elsewhere":
        return tmp_path / "out"
    ResultFolder(tmp_path / "x.people").write({"people.csv": "ours"})
    return tmp_path / "x.people" / "exports"


def test_files_of_people_who_are_gone_are_removed(folder: Path) -> None:
    assert write(folder, ALL, ANNA, BORIS) == Removed()
    assert write(folder, ALL, EVA, BORIS) == Removed(("film.Anna.edl",))
    assert names(folder) == {"film.edl", "film.Boris.edl", "film.Eva.edl"}
    assert write(folder, ALL) == Removed(("film.Boris.edl", "film.Eva.edl"))
    assert write(folder, ALL) == Removed()
    assert names(folder) == {"film.edl"}


def test_the_marker_of_a_result_forgets_them(tmp_path: Path) -> None:
    home = tmp_path / "x.people"
    ResultFolder(home).write({"people.csv": "ours"})
    write(home / "exports", ALL, ANNA)
    write(home / "exports", ALL)
    assert ResultFolder(home).names == {"people.csv", "exports/film.edl"}


def test_what_the_user_changed_or_added_stays(folder: Path) -> None:
    write(folder, ALL, ANNA, BORIS)
    (folder / "film.Anna.edl").write_bytes(b"cuts of Ann!")  # as long as ours
    (folder / "film.Boris.edl").write_bytes(b"longer than it was")
    (folder / "film.Eva.edl").write_bytes(EVA["film.Eva.edl"])
    (folder / "copy of Anna.edl").write_bytes(ANNA["film.Anna.edl"])
    before = names(folder)
    assert write(folder, ALL) == Removed()
    (folder / "film.Anna.edl").write_bytes(ANNA["film.Anna.edl"])
    assert write(folder, ALL) == Removed()  # what was changed once is the user's
    assert names(folder) == before


@pytest.mark.parametrize("at", range(4))
def test_another_film_format_or_choice_is_another_export(folder: Path, at: int) -> None:
    write(folder, ALL, ANNA)
    other = (*FILM[:at], "other", *FILM[at + 1 :])
    assert write(folder, {"other.edl": b"x"}, key=other) == Removed()
    assert "film.Anna.edl" in names(folder)


def test_another_folder_is_another_export(tmp_path: Path) -> None:
    write(tmp_path / "a", ALL, ANNA)
    write(tmp_path / "b", ANNA)
    assert write(tmp_path / "b", ALL) == Removed(("film.Anna.edl",))
    assert "film.Anna.edl" in names(tmp_path / "a")


def test_what_another_batch_writes_stays(folder: Path) -> None:
    write(folder, ALL, ANNA)
    batches = [Batch(FILM, ALL), Batch(("other",), ANNA)]
    assert write_exports(folder, batches) == Removed()
    assert names(folder) == {"film.edl", "film.Anna.edl"}


def test_nobody_left_to_export(folder: Path) -> None:
    write(folder, ANNA)
    batches = [Batch(FILM, {}), Batch(("table",), {"table.csv": b"x"})]
    assert write_exports(folder, batches) == Removed(("film.Anna.edl",))
    assert names(folder) == {"table.csv"}


def test_by_whatever_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "out", ALL, ANNA)
    monkeypatch.chdir(tmp_path)
    assert write(Path("out"), ALL) == Removed(("film.Anna.edl",))


def test_links_and_folders_stay(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, ALL, ANNA, BORIS, EVA)
    for name in ("Anna", "Boris", "Eva"):
        (folder / f"film.{name}.edl").unlink()
    mine = tmp_path / "mine.edl"
    mine.write_bytes(ANNA["film.Anna.edl"])
    try:
        (folder / "film.Anna.edl").symlink_to(mine)
        (folder / "film.Eva.edl").symlink_to(tmp_path / "nowhere")
    except OSError:
        pytest.skip("no links on this system")
    (folder / "film.Boris.edl").mkdir()
    assert write(folder, ALL) == Removed()
    assert mine.read_bytes() == ANNA["film.Anna.edl"]
    assert {"film.Anna.edl", "film.Boris.edl", "film.Eva.edl"} < names(folder)


def test_the_same_name_to_a_disk_that_ignores_case(tmp_path: Path) -> None:
    """Stood in for by a second name of the same file."""
    folder = tmp_path / "out"
    write(folder, {"film.anna.edl": b"a"})
    with mock.patch.object(OutputPlace, "write") as wrote:
        wrote.side_effect = lambda _files: os.link(folder / "film.anna.edl", folder / "film.A.edl")
        assert write(folder, {"film.A.edl": b"b"}) == Removed()
    assert names(folder) == {"film.anna.edl", "film.A.edl"}


def test_accents_that_the_disk_decomposes(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, {"film.Ren\u00e9.edl": b"x"}, ALL)
    (folder / "film.Ren\u00e9.edl").rename(folder / "film.Rene\u0301.edl")  # as HFS+ lists it
    assert write(folder, ALL) == Removed(("film.Rene\u0301.edl",))


def test_the_note_names_nobody(tmp_path: Path) -> None:
    write(tmp_path / "out", ANNA, key=("result", "secret film", "edl", "+person-1"))
    notes = list((cache_folder() / exported.FOLDER).iterdir())
    for note in notes:
        text = f"{note.name} {note.read_text()}"
        assert not any(word in text for word in ("Anna", "cuts", "secret", "person", "out"))
        assert len(note.name) == 64
        if os.name == "posix":
            assert note.stat().st_mode & 0o777 == 0o600


def test_nothing_is_removed_without_a_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder can be made in it")
    folder = tmp_path / "out"
    write(folder, ALL, ANNA)
    with monkeypatch.context() as patch:
        patch.setenv("CLUSTER_VIDEO_CACHE", str(tmp_path / "file"))
        assert write(folder, ALL) == Removed()
    with monkeypatch.context() as patch:
        patch.setenv("CLUSTER_VIDEO_CACHE", str(tmp_path / "new"))
        assert write(folder, ALL) == Removed()
    assert names(folder) == {"film.edl", "film.Anna.edl"}


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"12\n\n 99 x\n" * 5, b"\0" * 99])
def test_a_damaged_note(tmp_path: Path, text: bytes) -> None:
    folder = tmp_path / "out"
    write(folder, ALL, ANNA)
    for note in (cache_folder() / exported.FOLDER).iterdir():
        note.write_bytes(text)
    assert write(folder, ALL) == Removed()
    assert names(folder) == {"film.edl", "film.Anna.edl"}
    assert write(folder, ANNA) == Removed(("film.edl",))


class Killed(BaseException):
    """Stands in for the end of the process."""


@pytest.mark.parametrize("at", range(1, 4))
def test_killed_between_two_steps(folder: Path, at: int) -> None:
    """After the first note, after the files, before the last note; the next export makes good."""
    write(folder, ALL, ANNA)
    steps = 0

    def stop(do: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **more: object) -> object:
            nonlocal steps
            steps += 1
            if steps > at:
                raise Killed
            return do(*args, **more)

        return step

    with (
        mock.patch.object(exported, "_save", stop(exported._save)),
        mock.patch.object(exported, "_unchanged", stop(exported._unchanged)),
        mock.patch.object(OutputPlace, "write", stop(OutputPlace.write)),
        pytest.raises(Killed),
    ):
        write(folder, ALL, BORIS)
    assert {"film.edl", "film.Anna.edl"} - names(folder) <= ({"film.Anna.edl"} if at > 2 else set())
    write(folder, ALL, EVA)
    assert names(folder) == {"film.edl", "film.Eva.edl"}


def test_a_failed_export_removes_nothing(folder: Path) -> None:
    write(folder, ALL, ANNA)
    full = ResultError("full", "")
    with mock.patch.object(OutputPlace, "write", side_effect=full), pytest.raises(ResultError):
        write(folder, ALL)
    assert names(folder) == {"film.edl", "film.Anna.edl"}
    assert write(folder, ALL) == Removed(("film.Anna.edl",))


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """A file that cannot be deleted, as one that is open on Windows."""
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == name:
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    with mock.patch.object(Path, "unlink", refuse):
        yield


def test_what_cannot_be_deleted_is_reported_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, ALL, ANNA, BORIS)
    with refusing("film.Anna.edl"):
        removed = write(folder, ALL)
    assert (removed.names, removed.left) == (("film.Boris.edl",), ("film.Anna.edl",))
    anna = folder / "film.Anna.edl"
    assert removed.why == f"Cannot write {anna} (permission denied). Make it writable"
    assert write(folder, ALL) == Removed(("film.Anna.edl",))


def test_in_a_result_too(tmp_path: Path) -> None:
    home = tmp_path / "x.people"
    ResultFolder(home).write({"people.csv": "ours"})
    write(home / "exports", ALL, ANNA)
    with refusing("film.Anna.edl"):
        removed = write(home / "exports", ALL)
    assert (removed.names, removed.left) == ((), ("film.Anna.edl",))
    assert removed.why.startswith(f"Cannot write {home} (permission denied). ")
    assert write(home / "exports", ALL) == Removed(("film.Anna.edl",))


def test_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one export writes and removes, no other does."""
    folder = tmp_path / "out"
    monkeypatch.setattr("clusterer.store.run_lock.WAIT_S", 0.1)
    write(folder, ALL, ANNA)
    with run_lock(folder), pytest.raises(ResultError, match="Another cluster-video is writing"):
        write(folder, ALL)
    assert "film.Anna.edl" in names(folder)


def test_without_locks_nothing_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, ALL, ANNA)
    with mock.patch("clusterer.store.run_lock.lock", side_effect=OSError("no locks")):
        assert write(folder, ALL) == Removed()
    assert "film.Anna.edl" in names(folder)
