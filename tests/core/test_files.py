"""Files are written completely or not at all, whatever goes wrong."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core import files
from clusterer.core.errors import ResultError, TruthError
from clusterer.core.folders import make_folder


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
def test_all_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    names = ("a", "b", "c")
    for name in names:
        (tmp_path / name).write_text("old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", FullDisk(after))
        with pytest.raises(ResultError, match=r"Cannot write .* \(no space left"):
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


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int) -> None:
    """Also the temporary file."""
    modes: list[int] = []

    def look(handle: int) -> None:
        mode = os.fstat(handle).st_mode
        if stat.S_ISREG(mode):
            modes.append(stat.S_IMODE(mode))

    monkeypatch.setattr(os, "fsync", look)
    before = os.umask(umask)
    try:
        for private in (True, False):
            make_folder(tmp_path / str(private), private=private)
            files.write_atomic(tmp_path / str(private) / "a", "a", private=private)
    finally:
        os.umask(before)
    assert modes == [0o600, 0o666 & ~umask]
    found = [tmp_path / name for name in ("True", "True/a", "False", "False/a")]
    assert [stat.S_IMODE(path.stat().st_mode) for path in found] == [
        0o700, 0o600, 0o777 & ~umask, 0o666 & ~umask,
    ]  # fmt: skip


def test_the_longest_name(tmp_path: Path) -> None:
    files.write_atomic(tmp_path / ("n" * 251 + ".csv"), "a")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("number", "elsewhere", "remedy"),
    [
        (errno.ENOSPC, "", "Free some space"),
        (errno.EROFS, "", "Make the disk writable"),
        (errno.EACCES, "", "Make it writable"),
        (errno.EACCES, "name another gallery", "Make it writable, or name another gallery"),
        (errno.EISDIR, "", "Move away what is in the way"),
        (errno.ENOTDIR, "", "Move away what is in the way"),
        (errno.ENOTDIR, files.ELSEWHERE, f"A file is in the way; {files.ELSEWHERE}"),
        (errno.EIO, "", ""),
    ],
)
def test_what_helps(tmp_path: Path, number: int, elsewhere: str, remedy: str) -> None:
    with pytest.raises(ResultError) as caught, files.writing(tmp_path, elsewhere):
        raise OSError(number, os.strerror(number))
    assert caught.value.remedy == remedy


def test_what_cannot_be_read_is_one_error(tmp_path: Path) -> None:
    with (
        pytest.raises(TruthError) as caught,
        files.reading(tmp_path / "a", TruthError, "Give labelled faces"),
    ):
        files.read_file(tmp_path / "a")
    expected = f"Cannot read {tmp_path / 'a'} (no such file or directory)"
    assert (caught.value.cause, caught.value.remedy) == (expected, "Give labelled faces")


def test_the_reason_is_there_without_words_of_the_system() -> None:
    assert files.reason(OSError("Unheard Of")) == "unheard of"
