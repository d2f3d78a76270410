"""Results by address: whole or not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.errors import ResultError
from clusterer.project.remote import COMPLETE, download, is_complete, upload
from clusterer.store.names import MARKER, RESULT
from tests.digests import digests

fsspec = pytest.importorskip("fsspec", reason="the extra [cluster] is not installed")

HERE = "memory://results/demo.people"


@pytest.fixture
def files() -> Iterator[Any]:
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()


def test_there_and_back(demo: clusterer.Outcome, files: Any, tmp_path: Path) -> None:
    assert not is_complete(HERE)
    assert upload(demo.folder, HERE) == f"{HERE}/{COMPLETE}"
    assert is_complete(HERE)
    back = download(HERE, tmp_path / "back" / "demo.people")
    assert digests(back) == digests(demo.folder)
    assert (back / MARKER).read_bytes() == (demo.folder / MARKER).read_bytes()
    assert clusterer.load(back).people == demo.result.people
    assert [path.name for path in (tmp_path / "back").iterdir()] == ["demo.people"]


def test_what_makes_it_complete_is_written_last(
    demo: clusterer.Outcome, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    real = type(files).pipe_file

    def noting(self: Any, path: str, *args: Any, **more: Any) -> Any:
        written.append(path.rpartition("/")[2])
        return real(self, path, *args, **more)

    monkeypatch.setattr(type(files), "pipe_file", noting)
    upload(demo.folder, HERE)
    assert written[-2:] == [MARKER, COMPLETE]
    assert RESULT in written


def test_an_interrupted_copy_is_not_a_result(
    demo: clusterer.Outcome, files: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although a complete one was there before."""
    upload(demo.folder, HERE)
    real = type(files).pipe_file

    def fail(self: Any, path: str, *args: Any, **more: Any) -> Any:
        if path.endswith(RESULT):
            raise ConnectionError("the line is dead")
        return real(self, path, *args, **more)

    monkeypatch.setattr(type(files), "pipe_file", fail)
    with pytest.raises(ResultError, match=r"^Cannot write memory://.* \(the line is dead\)\."):
        upload(demo.folder, HERE)
    assert not is_complete(HERE)
    with pytest.raises(ResultError, match="is not a complete result"):
        download(HERE, tmp_path / "back")
    monkeypatch.undo()
    upload(demo.folder, HERE)
    assert is_complete(HERE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((RESULT, b"{}"), "result.json of memory://.* is damaged"),
        ((COMPLETE, b"{"), "complete.json of memory://.* is damaged"),
        ((COMPLETE, b'{"schema": 2, "files": {}}'), "A later version wrote"),
        ((COMPLETE, b'{"schema": 1, "files": {}}'), "lists what is not of a result"),
        (
            (
                COMPLETE,
                json.dumps({"schema": 1, "files": {"../x": {"size": 1, "sha256": ""}}}).encode(),
            ),
            "lists what is not of a result",
        ),
    ],
)
def test_a_damaged_copy(
    demo: clusterer.Outcome, files: Any, tmp_path: Path, change: tuple[str, bytes], message: str
) -> None:
    upload(demo.folder, HERE)
    name, content = change
    files.pipe_file(f"/results/demo.people/{name}", content)
    with pytest.raises(ResultError, match=message):
        download(HERE, tmp_path / "back")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [RESULT, COMPLETE])
def test_what_is_too_large_is_not_read(
    demo: clusterer.Outcome, files: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    upload(demo.folder, HERE)
    path = f"/results/demo.people/{name}"
    real = type(files).info

    def large(self: Any, at: str, **more: Any) -> Any:
        found = real(self, at, **more)
        return found | {"size": 1 << 50} if at == path else found

    monkeypatch.setattr(type(files), "info", large)
    monkeypatch.setattr(files.store[path], "read", None)
    with pytest.raises(ResultError, match=f"{name} of memory://.* is damaged"):
        download(HERE, tmp_path / "back")
    assert list(tmp_path.iterdir()) == []


def test_only_into_a_new_folder(demo: clusterer.Outcome, files: Any, tmp_path: Path) -> None:
    upload(demo.folder, HERE)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ResultError, match="is not empty"):
        download(HERE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_only_a_finished_result(files: Any, tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="is not a finished result"):
        upload(tmp_path, HERE)
    assert files.store == {}
