"""Only regular files are read; anything else is reported without blocking."""

from __future__ import annotations

import os
import signal
import socket
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterer.core.files import open_file, read_file, read_nofollow, special_kind

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes have no path here")


@pytest.fixture(autouse=True)
def impatient() -> Iterator[None]:
    """Fail if opening a pipe waits for a writer."""

    def late(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with one of each kind."""
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(b"film")
    Path("folder").mkdir()
    os.mkfifo("pipe")
    Path("link").symlink_to("pipe")
    Path("good link").symlink_to("file")
    Path("dangling").symlink_to("gone")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        yield tmp_path


KINDS = [
    ("pipe", "a pipe"),
    ("link", "a pipe"),
    ("socket", "a socket"),
    ("/dev/null", "a device"),
    ("/dev/zero", "a device"),
    ("/dev/stdin", "a stream"),
    ("/dev/fd/0", "a stream"),
    ("/proc/self/fd/0", "a stream"),
    ("-", "standard input"),
]


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_paths_that_are_not_files(odd: Path, name: str, kind: str) -> None:
    path = Path(name)
    assert special_kind(path) == kind
    for read in (open_file, read_file):
        with pytest.raises(OSError, match=f"it is {kind}, not a file"):
            read(path)
    with pytest.raises(OSError, match="not a file"):
        read_nofollow(path)


@pytest.mark.parametrize("name", ["file", "good link", "folder", "gone", "dangling", "\0"])
def test_what_is_a_file_or_nothing(odd: Path, name: str) -> None:
    assert special_kind(Path(name)) == ""


def test_files_are_read(odd: Path) -> None:
    assert read_file(Path("file")) == read_file(Path("good link")) == b"film"
    assert read_nofollow(Path("file")) == b"film"
    with open_file(Path("file")) as file:
        assert (file.read(1), file.read()) == (b"f", b"ilm")
    Path("-").write_bytes(b"dash")
    assert read_file(Path("-")) == b"dash"


def test_errors_of_the_system_stay(odd: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file(Path("gone"))
    with pytest.raises(FileNotFoundError):
        read_file(Path("dangling"))
    with pytest.raises(IsADirectoryError):
        read_file(Path("folder"))
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(20):
        with pytest.raises(IsADirectoryError):
            read_file(Path("folder"))
    assert len(list(Path("/dev/fd").iterdir())) == before, "nothing stays open"


def test_a_link_is_not_ones_own(odd: Path) -> None:
    with pytest.raises(OSError, match="it is a link, not a file"):
        read_nofollow(Path("good link"))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_file(path, 5) == read_file(path) == b"12345"
    tracemalloc.start()
    try:
        assert read_file(path, 1 << 40) == b"12345"
        with pytest.raises(OSError, match="it has more than 4 bytes"):
            read_file(path, 4)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
