"""Files are whole or untouched, whatever goes wrong."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer import files
from clusterer.errors import ResultError


class FullDisk:
    """Stands in for `os.fsync`; the disk is full from the n-th call on."""

    def __init__(self, after: int = 0) -> None:
        self.left = after

    def __call__(self, _handle: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@given(st.one_of(st.binary(), st.text()))
def test_content_arrives_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, content: bytes | str
) -> None:
    folder = tmp_path_factory.mktemp("files")
    files.write_atomic(folder / "a.csv", content)
    expected = content.encode() if isinstance(content, str) else content
    assert contents(folder) == {"a.csv": expected}


def test_old_content_is_replaced_and_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old, and longer than the new")
    files.write_atomic(path, "new")
    assert contents(tmp_path) == {"a.csv": b"new"}
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    assert path.stat().st_mode == ordinary.stat().st_mode


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    def fail(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(ResultError) as caught:
        files.write_atomic(path, "new")
    assert str(caught.value) == (
        f"Cannot write {path} (no space left on device)."
        " Free some space, or name another folder with --output"
    )
    assert contents(tmp_path) == {"a.csv": b"old"}


def test_full_disk_before_there_was_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", FullDisk())
    with pytest.raises(ResultError):
        files.write_atomic(tmp_path / "a.csv", "new")
    assert contents(tmp_path) == {}


def test_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    def interrupt(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_atomic(path, "new")
    assert contents(tmp_path) == {"a.csv": b"old"}


@pytest.mark.parametrize("after", [0, 1, 2])
def test_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    names = ("a", "b", "c")
    for name in names:
        (tmp_path / name).write_text("old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", FullDisk(after))
        with pytest.raises(ResultError, match=f"Cannot write .*{names[after]} "):
            files.write_all({tmp_path / name: "new" for name in names})
    assert contents(tmp_path) == dict.fromkeys(names, b"old")
    files.write_all({tmp_path / name: "new" for name in names})
    assert contents(tmp_path) == dict.fromkeys(names, b"new")


def test_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(ResultError, match=r"a\.csv \(is a directory\)"):
        files.write_atomic(tmp_path / "a.csv", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="no such file or directory"):
        files.write_atomic(tmp_path / "missing" / "a.csv", "new")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_folder_without_permission(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ResultError, match="permission denied"):
            files.write_atomic(tmp_path / "a.csv", "new")
    finally:
        tmp_path.chmod(0o700)
    assert contents(tmp_path) == {"a.csv": b"old"}


def test_make_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    files.make_folder(folder)
    files.make_folder(folder)
    assert folder.is_dir()


@pytest.mark.parametrize("below", ["", "deeper"])
def test_file_in_the_way_of_a_folder(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ResultError, match=r"Cannot write .*file.* \((file exists|not a directory)"):
        files.make_folder(tmp_path / "file" / below)
