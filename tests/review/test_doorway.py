"""The file that leads the browser to the page: private, and not for long."""

from __future__ import annotations

import errno
import importlib
import os
import tempfile
import time
from pathlib import Path

import pytest

from clusterer.review import doorway

ADDRESS = "http://127.0.0.1:1234/secret/"
module = importlib.import_module("clusterer.review.doorway")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A result folder; files for a while go to ``tmp`` beside it."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    path = tmp_path / "a.people"
    path.mkdir(0o700)
    return path


def test_it_is_there_while_it_is_needed(folder: Path) -> None:
    with doorway(ADDRESS, folder) as path:
        assert path.is_absolute()
        assert path.suffix == ".html"
        assert ADDRESS in path.read_text("utf-8")
        if os.name == "posix":
            assert path.parent == folder
            assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()
    assert not list(folder.iterdir())


def test_it_goes_when_something_fails(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt), doorway(ADDRESS, folder) as path:
        raise KeyboardInterrupt
    assert not path.exists()


def test_it_does_not_stay_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LASTS_S", 0.05)
    with doorway(ADDRESS, folder) as path:
        until_s = time.monotonic() + 60
        while path.exists():
            assert time.monotonic() < until_s
            time.sleep(0.01)


def test_the_address_stays_what_it_is(folder: Path) -> None:
    with doorway("http://127.0.0.1:1/\"'<&>/", folder) as path:
        page = path.read_text("utf-8")
    assert 'href="http://127.0.0.1:1/&quot;&#x27;&lt;&amp;&gt;/"' in page


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
@pytest.mark.parametrize("case", ["folder for all", "group may write", "disk without owners"])
def test_where_others_can_write_it_lies_in_a_folder_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    if case == "disk without owners":  # such as a stick: every file is everybody's
        is_open = module._is_open
        monkeypatch.setattr(module, "_is_open", lambda path: path.parent == folder or is_open(path))
    else:
        folder.chmod(0o777 if case == "folder for all" else 0o770)
    with doorway(ADDRESS, folder) as path:
        assert path.parent.parent == folder.with_name("tmp")
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.stat().st_mode & 0o777 == 0o600
        assert not list(folder.iterdir())
    assert not list(folder.with_name("tmp").iterdir())


@pytest.mark.parametrize("cause", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_where_the_result_cannot_be_written_it_lies_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, cause: int
) -> None:
    really = os.open

    def refusing(path: Path, *args: int, **more: int) -> int:
        if Path(path).parent == folder:
            raise OSError(cause, os.strerror(cause), str(path))
        return really(path, *args, **more)

    monkeypatch.setattr(os, "open", refusing)
    with doorway(ADDRESS, folder) as path:
        assert path.parent.parent == folder.with_name("tmp")
        assert ADDRESS in path.read_text("utf-8")
    assert not list(folder.with_name("tmp").iterdir())


@pytest.mark.skipif(os.name != "posix", reason="elsewhere it never lies in a result folder")
def test_what_a_killed_review_left_goes_with_the_next(folder: Path) -> None:
    with doorway(ADDRESS, folder) as path:
        page = path.read_bytes()
    path.write_bytes(page)
    stranger = folder / ".review.html"
    stranger.write_text("not ours")
    for left in (path, stranger):
        os.utime(left, (1, 1))
    with doorway(ADDRESS, folder) as first, doorway(ADDRESS, folder) as second:
        assert not path.exists()
        assert first.exists(), "of a review that goes on"
        assert second.exists()
    assert list(folder.iterdir()) == [stranger]
