"""New files become the result all at once, and readers find them wherever they lie."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ResultError
from clusterer.outputs.save import save
from clusterer.review.session import Session
from clusterer.store import load as load_module
from clusterer.store import run_lock as run_lock_module
from clusterer.store.analysis_cache import AnalysisCache
from clusterer.store.commit import Commit, commit_text, place_of, read_commit
from clusterer.store.film import Film
from clusterer.store.folder import ResultFolder
from clusterer.store.names import COMMIT, MOST_BYTES, PARTIAL, RESULT, TABLES, staged
from clusterer.store.owned import OwnedFolder
from clusterer.store.run_lock import edits_lock
from tests.faults.disk import Disk, Stopped, stop_at, tree
from tests.result_folder import decided
from tests.small_result import finished_part, pictures, small_analysis

FILM = Film("x.mp4", "ab" * 32)
NAMES = st.frozensets(st.sampled_from(["people.csv", "chips/1.jpg", "a/b/c", "é.csv", "..a"]))


def plant(folder: Path, content: str) -> None:
    (folder / COMMIT).parent.mkdir(exist_ok=True)
    (folder / COMMIT).write_text(content)


def half_done(folder: Path) -> None:
    """A review's new tables, whose writer was killed at once after their commit."""
    analysed(folder, 0.36)
    disk = Disk(folder)
    with disk.watched():
        save(decided(threshold=0.36), folder)
    renames = [step for step, kind in enumerate(disk.steps) if kind == "replace"]
    after_the_commit = renames[len(TABLES) + 1]
    with Disk(folder, stop_at(after_the_commit)).watched(), pytest.raises(Stopped):
        save(decided(threshold=0.1), folder)
    assert read_commit(folder) is not None


def analysed(folder: Path, threshold: float) -> None:
    cache = AnalysisCache(folder, "k")
    cache.start(())
    cache.add(finished_part(0))
    cache.finish(small_analysis(), [pictures(small_analysis())])
    save(decided(threshold=threshold), folder)


def test_a_file_that_moves_as_it_is_opened_is_read_where_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_done(tmp_path)
    moved = [tmp_path / staged(RESULT)]
    assert moved[0].exists()

    def moving(folder: Path, name: str) -> Path:
        place = place_of(folder, name)
        while moved and name == RESULT:
            moved.pop().rename(folder / RESULT)
        return place

    monkeypatch.setattr(load_module, "place_of", moving)
    assert ResultFolder(tmp_path).load().threshold == 0.1


def test_a_commit_that_is_too_large_is_none(tmp_path: Path) -> None:
    plant(tmp_path, commit_text(Commit(FILM, frozenset({"people.csv"}), frozenset(), "")))
    assert read_commit(tmp_path) is not None
    with (tmp_path / COMMIT).open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    assert read_commit(tmp_path) is None


@given(new=NAMES, old=NAMES, kept=st.sampled_from(["", "edits.a.json"]))
def test_comes_back(
    tmp_path_factory: pytest.TempPathFactory, new: frozenset[str], old: frozenset[str], kept: str
) -> None:
    folder = tmp_path_factory.mktemp("commit")
    commit = Commit(FILM, new, old, kept)
    plant(folder, commit_text(commit))
    assert read_commit(folder) == commit


@pytest.mark.parametrize(
    "content",
    [
        "", "x", "[]", "{}", "[" * 99999,
        commit_text(Commit(FILM, frozenset({"../a"}), frozenset())),
        commit_text(Commit(FILM, frozenset(), frozenset({"/etc/passwd"}))),
        commit_text(Commit(FILM, frozenset(), frozenset(), "../edits.json")),
        commit_text(Commit(FILM, frozenset(), frozenset())).replace('"schema": 1', '"schema": 2'),
    ],
)  # fmt: skip
def test_what_is_no_commit(tmp_path: Path, content: str) -> None:
    plant(tmp_path, content)
    assert read_commit(tmp_path) is None
    assert place_of(tmp_path, "people.csv") == tmp_path / "people.csv"


def test_a_link_is_no_commit(tmp_path: Path) -> None:
    (tmp_path / PARTIAL).mkdir()
    (tmp_path / "x").write_text(commit_text(Commit(FILM, frozenset({"a"}), frozenset())))
    try:
        (tmp_path / COMMIT).symlink_to("../x")
    except OSError:
        pytest.skip("no links here")
    assert read_commit(tmp_path) is None


def test_readers_find_the_new_result_and_leave_the_folder_as_it_is(tmp_path: Path) -> None:
    half_done(tmp_path)
    before = tree(tmp_path)
    assert before[staged("result.json")] is not None
    assert ResultFolder(tmp_path).load().threshold == 0.1
    assert tree(tmp_path) == before


def test_a_review_completes_what_was_left(tmp_path: Path) -> None:
    half_done(tmp_path)
    session = Session(tmp_path)
    assert session.state.result.threshold == 0.1
    session.close()
    assert not (tmp_path / PARTIAL).exists()
    assert read_commit(tmp_path) is None
    assert ResultFolder(tmp_path).load().threshold == 0.1


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_a_review_opens_where_it_may_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_done(tmp_path)
    before = tree(tmp_path)

    def refuse(*_args: object) -> None:
        raise PermissionError(13, "Permission denied")

    for change in ("replace", "unlink", "rename", "mkdir", "rmdir"):
        monkeypatch.setattr(os, change, refuse)
    session = Session(tmp_path)
    assert session.state.result.threshold == 0.1
    session.close()
    assert tree(tmp_path) == before


def test_files_of_others_are_neither_moved_nor_deleted(tmp_path: Path) -> None:
    """Whatever a commit lists: a folder may come from somebody else."""
    analysed(tmp_path, 0.36)
    (tmp_path / PARTIAL).mkdir()
    for name in ("notes.txt", staged("people.csv"), "chips/mine.jpg"):
        (tmp_path / name).write_text("mine")
    listed = Commit(FILM, frozenset({"people.csv"}), frozenset({"notes.txt", "chips/mine.jpg"}))
    plant(tmp_path, commit_text(listed))
    people = (tmp_path / "people.csv").read_bytes()
    with OwnedFolder(tmp_path).locked():
        pass
    assert (tmp_path / "people.csv").read_bytes() == people
    for name in ("notes.txt", staged("people.csv"), "chips/mine.jpg"):
        assert (tmp_path / name).read_text() == "mine"
    assert read_commit(tmp_path) is None


def test_a_reader_beside_a_writer_never_sees_a_mixture(tmp_path: Path) -> None:
    analysed(tmp_path, 0.36)
    done = threading.Event()

    def write() -> None:
        for turn in range(12):
            save(decided(threshold=(0.1, 0.36)[turn % 2]), tmp_path)
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    reads = 0
    while not done.is_set() or not reads:
        assert ResultFolder(tmp_path).load().threshold in {0.1, 0.36}
        reads += 1
    thread.join()


def test_what_a_review_is_writing_is_not_a_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock_module, "WAIT_S", 0.0)
    analysed(tmp_path, 0.36)
    temporary = tmp_path / ".cluster-video-0123456789abcdef.tmp"
    temporary.touch()
    with edits_lock(tmp_path), OwnedFolder(tmp_path).locked():
        assert temporary.exists()
    with OwnedFolder(tmp_path).locked():
        assert not temporary.exists()


def test_what_a_killed_program_left_stays_while_another_holds_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock_module, "WAIT_S", 0.0)
    analysed(tmp_path, 0.36)
    temporary = tmp_path / ".cluster-video-0123456789abcdef.tmp"
    with OwnedFolder(tmp_path).locked(lasting=True):
        temporary.touch()
        with pytest.raises(ResultError, match="Another"):
            OwnedFolder(tmp_path).locked().__enter__()
        assert ResultFolder(tmp_path).load().threshold == 0.36
        assert temporary.exists()
