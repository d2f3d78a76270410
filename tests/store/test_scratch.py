"""Local copies of films that lie elsewhere: whole, shared, never too many, none left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.errors import ConfigError, VideoError
from clusterer.store import scratch as module
from clusterer.store.scratch import Scratch, scratch

fsspec = pytest.importorskip("fsspec", reason="the extra [cluster] is not installed")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder that films are fetched from."""
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def files() -> Iterator[Any]:
    """The file system of memory://, emptied afterwards."""
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()


def film(folder: Path, name: str, size: int = 40) -> str:
    (folder / name).write_bytes(name[:1].encode() * size)
    return f"file://{(folder / name).as_posix()}"


def kept(room: Scratch) -> list[str]:
    """All files of a scratch folder but the locks."""
    return sorted(
        path.name for path in room.folder.rglob("*") if path.is_file() and path.name[0] != "."
    )


def left(room: Scratch) -> list[str]:
    """What is there besides whole copies and the lock of the folder."""
    return sorted(path.name for path in room.folder.rglob(".*") if path != room.folder / ".lock")


def test_a_copy_is_whole_private_and_fetched_once(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, address = Scratch(tmp_path / "s", 100), film(source, "a.mp4")
    with room.held(address) as copy:
        assert (copy.name, copy.read_bytes()) == ("a.mp4", b"a" * 40)
        if os.name == "posix":
            assert copy.stat().st_mode & 0o077 == 0
            assert copy.parent.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(Scratch, "_fetch", None)
    with room.held(address) as again:
        assert again == copy


def test_a_film_that_changed_is_another(files: Any, tmp_path: Path) -> None:
    room = Scratch(tmp_path / "s", 1000)
    files.pipe("/a.mp4", b"before")
    with room.held("memory://a.mp4") as before:
        files.pipe("/a.mp4", b"after!")
        with room.held("memory://a.mp4") as after:
            assert (before.read_bytes(), after.read_bytes()) == (b"before", b"after!")


def test_the_least_recently_used_goes(source: Path, tmp_path: Path) -> None:
    room = Scratch(tmp_path / "s", 100)
    films = {name: film(source, name) for name in ("a.mp4", "b.mp4", "c.mp4")}
    for name in ("a.mp4", "b.mp4", "a.mp4", "c.mp4"):
        with room.held(films[name]):
            time.sleep(0.02)
    assert kept(room) == ["a.mp4", "c.mp4"]


def test_a_copy_in_use_is_never_removed(source: Path, tmp_path: Path) -> None:
    room = Scratch(tmp_path / "s", 100, wait_s=0.2)
    with room.held(film(source, "a.mp4")) as a, room.held(film(source, "b.mp4")) as b:
        with (
            pytest.raises(VideoError, match=r"no room for .*c\.mp4: all films in it are in use"),
            room.held(film(source, "c.mp4")),
        ):
            pass
        assert a.exists()
        assert b.exists()
    with room.held(film(source, "c.mp4")):
        assert len(kept(room)) == 2


def test_a_film_waits_for_room(source: Path, tmp_path: Path) -> None:
    room, first = Scratch(tmp_path / "s", 50, wait_s=60), ExitStack()
    first.enter_context(room.held(film(source, "a.mp4")))
    timer = threading.Timer(0.3, first.close)
    timer.start()
    with room.held(film(source, "b.mp4")):
        assert kept(room) == ["b.mp4"]
    timer.join()


def test_a_film_that_never_fits(source: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(VideoError, match=r"has 0\.0 GB.*Allow more with --scratch-size"),
        Scratch(tmp_path / "s", 10).held(film(source, "a.mp4")),
    ):
        pass
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("name", ["missing.mp4", "folder"])
def test_a_film_that_is_not_there(source: Path, tmp_path: Path, name: str) -> None:
    (source / "folder").mkdir()
    address = f"file://{(source / name).as_posix()}"
    with pytest.raises(VideoError, match=name), Scratch(tmp_path / "s", 10).held(address):
        pass


def test_nothing_is_left_of_a_film_that_cannot_be_read(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, address = Scratch(tmp_path / "s", 100), film(source, "a.mp4")
    local = fsspec.filesystem("file")

    def fail(*_: object, **__: object) -> object:
        raise RuntimeError("the line is dead")

    monkeypatch.setattr(type(local), "open", fail)
    with pytest.raises(VideoError, match=r"Cannot read .*a.mp4 \(the line is dead\)"):
        room.held(address).__enter__()
    monkeypatch.undo()
    assert kept(room) == []
    with room.held(address) as copy:
        assert copy.read_bytes() == b"a" * 40


def test_a_film_that_changes_while_it_is_read(
    files: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.pipe("/a.mp4", b"before")
    room, opened = Scratch(tmp_path / "s", 100), type(files).open

    def change(*args: Any, **more: Any) -> Any:
        monkeypatch.undo()
        file = opened(*args, **more)
        files.pipe("/a.mp4", b"longer than before")
        return file

    monkeypatch.setattr(type(files), "open", change)
    with pytest.raises(VideoError, match="changed while it was read"):
        room.held("memory://a.mp4").__enter__()
    assert kept(room) == []


def test_no_file_vanishes_while_another_process_tidies_up(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, real = Scratch(tmp_path / "s", 50), Path.unlink
    alone: list[bool] = []

    def noting(path: Path, missing_ok: bool = False) -> None:
        if path.name.startswith(".use-"):
            alone.append(module._locked(room.folder / ".lock") is None)
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", noting)
    for name in ("a.mp4", "b.mp4"):
        with room.held(film(source, name)):
            pass
    assert alone == [True] * len(alone)
    assert len(alone) >= 2
    assert left(room) == [".fetching"]


def test_a_file_that_vanished_is_no_trouble(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, real = Scratch(tmp_path / "s", 50), Path.iterdir
    with room.held(film(source, "a.mp4")):
        pass

    def and_more(folder: Path) -> Iterator[Path]:
        yield from real(folder)
        if len(folder.name) == 32:
            yield folder / ".use-vanished"

    monkeypatch.setattr(Path, "iterdir", and_more)
    with room.held(film(source, "b.mp4")):
        monkeypatch.undo()
        assert kept(room) == ["b.mp4"]


def hold(folder: Path, address: str) -> tuple[int, bytes]:
    with Scratch(folder, 100).held(address) as copy:
        time.sleep(0.05)
        return os.getpid(), copy.read_bytes()


def test_several_processes_share_it(source: Path, tmp_path: Path) -> None:
    """Three films of 40 bytes, room for two, four processes: all of them get what they ask for."""
    addresses = [film(source, name) for name in ("a.mp4", "b.mp4", "c.mp4")]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, context) as pool:
        jobs = [pool.submit(hold, tmp_path / "s", addresses[i % 3]) for i in range(12)]
        found = [job.result() for job in jobs]
    assert [content[:1] for _, content in found] == [b"a", b"b", b"c"] * 4
    assert {len(content) for _, content in found} == {40}
    room = Scratch(tmp_path / "s", 100)
    assert len(kept(room)) == 2


KILLED = """
import os, sys, time
from pathlib import Path
from clusterer.store import scratch
class Slow:
    def __init__(self, file): self.file = file
    def __enter__(self): return self
    def __exit__(self, *_): self.file.close()
    def read(self, size):
        print("reading", flush=True)
        time.sleep(60)
import fsspec
local = type(fsspec.filesystem("file"))
opened = local.open
local.open = lambda *args, **more: Slow(opened(*args, **more))
with scratch.Scratch(Path(sys.argv[1]), 100).held(sys.argv[2]):
    pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_nothing_is_left_of_a_killed_process(source: Path, tmp_path: Path) -> None:
    room, address = Scratch(tmp_path / "s", 100), film(source, "a.mp4")
    command = [sys.executable, "-c", KILLED, str(room.folder), address]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert ".part" in left(room)
        process.send_signal(signal.SIGKILL)
    with room.held(film(source, "b.mp4", 90)):
        assert kept(room) == ["b.mp4"]
        assert ".part" not in left(room)


def test_hidden_and_odd_names(files: Any, tmp_path: Path) -> None:
    files.pipe("/.a:b.mp4", b"film")
    room = Scratch(tmp_path / "s", 100)
    for _ in range(2):
        with room.held("memory://.a:b.mp4") as copy:
            assert copy.name == "a_b.mp4"


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, user_cache: Path, tmp_path: Path) -> None:
    monkeypatch.delenv(module.FOLDER_VARIABLE, raising=False)
    monkeypatch.delenv(module.SIZE_VARIABLE, raising=False)
    assert scratch() == Scratch(user_cache / "scratch", 20_000_000_000)
    assert scratch(tmp_path, 0.5) == Scratch(tmp_path, 500_000_000)
    monkeypatch.setenv(module.FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv(module.SIZE_VARIABLE, "1.5")
    assert scratch() == Scratch(tmp_path, 1_500_000_000)
    for wrong in ("none", "0", "-1", "nan", "inf"):
        monkeypatch.setenv(module.SIZE_VARIABLE, wrong)
        with pytest.raises(ConfigError, match="not a size"):
            scratch()


class EnoughError(Exception):
    """Nobody wants the film any more."""


def enough() -> None:
    raise EnoughError


def test_a_film_that_nobody_wants_any_more(source: Path, tmp_path: Path) -> None:
    """While it is read, and while it waits for room or for another process that reads it."""
    room = Scratch(tmp_path / "s", 50)
    with pytest.raises(EnoughError):
        room.held(film(source, "a.mp4"), enough).__enter__()
    assert kept(room) == []
    with (
        room.held(film(source, "a.mp4")),
        pytest.raises(EnoughError),
        room.held(film(source, "b.mp4"), enough),
    ):
        pass
    assert kept(room) == ["a.mp4"]
