"""Two programs at once do not mix what they write."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterer.core.errors import ResultError
from clusterer.core.types import ClusteringResult
from clusterer.gallery import Gallery, Scale, naming
from clusterer.gallery.keep import add_to_gallery
from clusterer.gallery.naming import name_people
from clusterer.models.cache import ENVIRONMENT_VARIABLE
from clusterer.store import run_lock as module
from clusterer.store.output import write_output
from clusterer.store.run_lock import edits_lock, run_lock
from tests.result_folder import decided, write

HOLD = """
import sys, time
from pathlib import Path
from clusterer.store.run_lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(module, "WAIT_S", 0.0)
    return tmp_path / "cache"


def test_another_run_is_kept_out_until_the_first_ends(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "x.people"  # not there yet
    with run_lock(folder):
        with pytest.raises(ResultError, match="Another cluster-video is writing to "):
            run_lock(folder).__enter__()
        with run_lock(tmp_path / "y.people"):
            pass
    with run_lock(folder):
        pass
    assert not any(path.is_file() for path in cache.rglob("*"))


def test_a_link_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    try:
        (tmp_path / "link").symlink_to("real")
    except OSError:
        pytest.skip("no links here")
    with run_lock(tmp_path / "real"), pytest.raises(ResultError, match="Another"):
        run_lock(tmp_path / "link").__enter__()


def test_a_killed_run_keeps_nobody_out(tmp_path: Path) -> None:
    folder = tmp_path / "x.people"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        with pytest.raises(ResultError, match=rf"Another .* \(process {other.pid}\)") as caught:
            run_lock(folder).__enter__()
        assert caught.value.cause.startswith(f"Another cluster-video is writing to {folder} ")
        other.kill()
        other.wait()
    with run_lock(folder):
        pass


def test_a_short_write_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, inside = tmp_path / "x.people", threading.Event()

    def write() -> None:
        with run_lock(folder):
            inside.set()
            time.sleep(0.2)

    thread = threading.Thread(target=write)
    thread.start()
    assert inside.wait(10)
    monkeypatch.setattr(module, "WAIT_S", 10.0)
    with run_lock(folder):
        pass
    thread.join()


def test_a_run_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 60.0)
    monkeypatch.setattr(time, "sleep", lambda _s: pytest.fail("it waits"))
    with (
        run_lock(tmp_path / "x.people", lasting=True),
        pytest.raises(ResultError, match=rf"writing to .* \(process {os.getpid()}\)"),
    ):
        run_lock(tmp_path / "x.people").__enter__()


@pytest.mark.parametrize("content", ["", "x", "1 2 3", "\udcff", "9" * 99])
def test_whoever_does_not_say_its_number_keeps_others_out_too(
    tmp_path: Path, cache: Path, content: str
) -> None:
    with run_lock(tmp_path / "x.people"):
        (note,) = (path for path in cache.rglob("*") if path.is_file())
        note.write_text(content, errors="surrogateescape")
        with pytest.raises(ResultError, match="Another cluster-video is writing to "):
            run_lock(tmp_path / "x.people").__enter__()


NOBODY = Gallery((), np.empty((0, 8)), (), "dlib", Scale("l2", 0.36))
WRITERS: dict[str, Callable[[Path], object]] = {
    "name": lambda folder: name_people(folder, NOBODY),
    "gallery add": lambda folder: add_to_gallery(folder, folder.parent / "gallery"),
    "export": lambda folder: write_output(folder / "exports", {"x.edl": "x"}),
    "evaluate": lambda folder: write_output(folder, {"evaluation.html": "x"}),
}


@pytest.mark.parametrize("command", WRITERS)
def test_nobody_writes_beside_a_run(tmp_path: Path, command: str) -> None:
    folder = write(decided(), tmp_path / "x.people")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with run_lock(folder), pytest.raises(ResultError, match="Another cluster-video is writing"):
        WRITERS[command](folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_corrections_have_a_lock_of_their_own(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "x.people"
    with run_lock(folder), edits_lock(folder):
        with pytest.raises(ResultError, match="Another cluster-video is changing the corrections"):
            edits_lock(folder).__enter__()
        with edits_lock(tmp_path / "y.people"):
            pass
    with edits_lock(folder):
        pass
    assert not any(path.is_file() for path in cache.rglob("*"))


def test_no_correction_comes_between_reading_and_naming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, current, tried = write(decided(), tmp_path / "x.people"), naming.current, []

    def meanwhile(*args: Any) -> ClusteringResult:
        with pytest.raises(ResultError, match="changing the corrections") as caught:
            edits_lock(folder).__enter__()
        tried.append(caught.value.remedy)
        return current(*args)

    monkeypatch.setattr(naming, "current", meanwhile)
    name_people(folder, NOBODY)
    assert tried == ["Try again when it is done"]


def test_exports_elsewhere_go_on_beside_a_run(tmp_path: Path) -> None:
    with run_lock(tmp_path / "x.people"):
        write_output(tmp_path / "out", {"x.edl": "x"})
    assert (tmp_path / "out" / "x.edl").read_text() == "x"


def test_many_at_once_are_one_at_a_time(tmp_path: Path) -> None:
    inside, most = 0, 0
    done = threading.Event()

    def run() -> None:
        nonlocal inside, most
        while not done.is_set():
            try:
                with run_lock(tmp_path / "x.people"):
                    inside += 1
                    most = max(most, inside)
                    inside -= 1
            except ResultError:
                pass

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    done.wait(0.5)
    done.set()
    for thread in threads:
        thread.join()
    assert most == 1


@pytest.mark.skipif(os.name != "posix", reason="a file in the place of the cache")
def test_without_a_cache_nobody_is_kept_out(tmp_path: Path, cache: Path) -> None:
    cache.write_text("no folder")
    with run_lock(tmp_path / "x.people"), run_lock(tmp_path / "x.people"):
        pass
