"""The stored analysis: found for the same inputs only, and replaced as a whole."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.errors import CacheError, ResultError
from clusterer.core.types import Analysis
from clusterer.store.analysis_cache import (
    ANALYSIS,
    AnalysisCache,
    load_analysis,
    picture_names,
)
from clusterer.store.analysis_npz import SCHEMA_VERSION, dump
from clusterer.store.names import MARKER, face_picture
from clusterer.store.owned import OwnedFolder
from tests.npz_files import write_arrays
from tests.small_result import finished_part, pictures, small_analysis
from tests.store.test_analysis_npz import same


def begun(folder: Path, key: str = "k", parts: int = 3) -> AnalysisCache:
    cache = AnalysisCache(folder, key)
    cache.start(())
    for value in range(parts):
        cache.add(finished_part(value))
    return cache


def parts_of(cache: AnalysisCache) -> list[int]:
    return [part.shots[0].begins.pts for part in cache.finished_parts().values()]


def finished(folder: Path, key: str = "k") -> AnalysisCache:
    cache = AnalysisCache(folder, key)
    cache.start(())
    cache.add(finished_part(0))
    cache.finish(small_analysis(), [pictures(small_analysis())])
    return cache


def test_nothing_stored(tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path / "new", "k")
    assert cache.load() is None
    assert cache.finished_parts() == {}
    cache.discard()
    assert not (tmp_path / "new").exists()


def as_stored(analysis: Analysis) -> Analysis:
    """Only the name of the video is stored, not its folder."""
    assert analysis.video.path == "footage/small.mp4"
    return replace(analysis, video=replace(analysis.video, path="small.mp4"))


def test_finished_analysis_is_found_again(tmp_path: Path) -> None:
    finished(tmp_path / "new")
    there = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert there == [MARKER, ANALYSIS, "chips"]
    assert {p.name: p.read_bytes() for p in (tmp_path / "new" / "chips").iterdir()} == pictures(
        small_analysis()
    )
    stored = AnalysisCache(tmp_path / "new", "k").load()
    assert stored is not None
    assert same(stored, as_stored(small_analysis()))


def test_of_another_key_is_none(tmp_path: Path) -> None:
    finished(tmp_path)
    assert AnalysisCache(tmp_path, "other").load() is None


def test_finished_parts_come_back_in_order(tmp_path: Path) -> None:
    cache = begun(tmp_path)
    again = AnalysisCache(tmp_path, "k")
    assert parts_of(again) == [0, 1, 2]
    assert parts_of(AnalysisCache(tmp_path, "other")) == []
    for name, part in again.finished_parts().items():
        assert part.shots[0].pictures == ()
        assert again.pictures(name, part) == [
            finished_part(part.shots[0].begins.pts).shots[0].pictures
        ]
    assert cache.add(finished_part(3)) == ".partial/000003.npz"


@pytest.mark.parametrize("damage", ["missing", "truncated", "a picture", "of another run"])
def test_damaged_parts_do_not_count(tmp_path: Path, damage: str) -> None:
    cache = begun(tmp_path)
    path = tmp_path / ".partial" / "000001.npz"
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:-10])
    elif damage == "a picture":
        with zipfile.ZipFile(path) as file:
            at = file.getinfo("0-pictures.npy").header_offset + 100
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)
    else:
        write_arrays(path, {}, {"schema": SCHEMA_VERSION, "key": "other"})
    assert parts_of(cache) == [0, 2]
    cache.start(cache.finished_parts().keys())
    assert parts_of(cache) == [0, 2]
    names = [path.name for path in sorted((tmp_path / ".partial").glob("*.npz"))]
    assert names == ["000000.npz", "000002.npz"]
    assert cache.add(finished_part(3)) == ".partial/000003.npz"


def test_a_fresh_start_deletes_the_parts_of_another_run(tmp_path: Path) -> None:
    begun(tmp_path, "other")
    cache = AnalysisCache(tmp_path, "k")
    cache.start(())
    assert [p.name for p in (tmp_path / ".partial").rglob("*")] == ["chips"]


def test_interrupted_while_a_part_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = begun(tmp_path, parts=1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            cache.add(finished_part(1))
    assert parts_of(cache) == [0]


def interrupt(*_args: object) -> None:
    raise KeyboardInterrupt


def full(*_args: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".partial" not in path.parts and path.name != MARKER
    }


def test_a_full_disk_at_the_end_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(tmp_path, "earlier")
    before = tree(tmp_path)
    cache = AnalysisCache(tmp_path, "k")
    cache.start(())
    cache.add(finished_part(0))
    new = replace(small_analysis(), warnings=("new",))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ResultError, match="no space left"):
            cache.finish(new, [pictures(new)])
    assert tree(tmp_path) == before
    assert AnalysisCache(tmp_path, "earlier").load() is not None
    assert parts_of(cache) == [0], "the new analysis can be resumed"
    cache.finish(new, [pictures(new)])
    assert load_analysis(tmp_path)[0].warnings == ("new",)


def test_full_disk_while_a_part_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = begun(tmp_path, parts=1)
    monkeypatch.setattr(os, "open", full)
    with pytest.raises(ResultError, match="no space left"):
        cache.add(finished_part(1))
    monkeypatch.undo()
    assert parts_of(cache) == [0]


def test_interrupted_while_replacing_the_old_analysis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever it stops, the next load finds the new analysis or the shots to make it from."""
    for step in count():
        folder = tmp_path / str(step)
        finished(folder, "earlier")
        cache = AnalysisCache(folder, "k")
        cache.start(())
        cache.add(finished_part(0))
        new = replace(small_analysis(), warnings=("new",))
        with monkeypatch.context() as patch:
            stop_at(patch, step)
            try:
                cache.finish(new, [pictures(new)])
            except KeyboardInterrupt:
                pass
            else:
                break
        again = AnalysisCache(folder, "k")
        with OwnedFolder(folder).locked():
            if again.load() is None:
                assert parts_of(again) == [0], step
                again.finish(new, [pictures(new)])
        assert load_analysis(folder)[0].warnings == ("new",), step
        assert tree(folder).keys() == {ANALYSIS, *(f"chips/{name}" for name in pictures(new))}
        assert not (folder / ".partial").exists(), step
    assert step > 10


def stop_at(patch: pytest.MonkeyPatch, step: int) -> None:
    """Interrupt the program before the n-th change of a folder."""
    left = count(step, -1)

    def stopping(change: Callable[..., Any]) -> Callable[..., Any]:
        def method(*args: Any, **kwargs: Any) -> Any:
            if next(left) <= 0:
                raise KeyboardInterrupt
            return change(*args, **kwargs)

        return method

    for name in ("replace", "unlink", "rmdir", "mkdir", "rename"):
        patch.setattr(Path, name, stopping(getattr(Path, name)))
    patch.setattr(os, "fsync", stopping(os.fsync))


@pytest.mark.parametrize("damage", ["truncated", "no picture", "no pictures", "schema", "content"])
def test_damaged_analysis(tmp_path: Path, damage: str) -> None:
    cache = finished(tmp_path)
    path = tmp_path / ANALYSIS
    expected = "damaged"
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "no picture":
        next((tmp_path / "chips").iterdir()).unlink()
        expected = "pictures are missing"
    elif damage == "no pictures":
        shutil.rmtree(tmp_path / "chips")
        expected = "pictures are missing"
    elif damage == "schema":
        write_arrays(path, {}, {"schema": 99, "key": "k"})
        expected = "another version"
    else:
        arrays, meta = dump(small_analysis())
        arrays["scores"] = arrays["scores"] + 1
        write_arrays(path, arrays, {"schema": SCHEMA_VERSION, "key": "k", **meta})
    with pytest.raises(CacheError, match=expected):
        cache.load()


@pytest.mark.parametrize("missing", ["key", "video", "models"])
def test_facts_are_missing(tmp_path: Path, missing: str) -> None:
    cache = finished(tmp_path)
    arrays, meta = dump(small_analysis())
    facts = {"schema": SCHEMA_VERSION, "key": "k", **meta}
    del facts[missing]
    write_arrays(tmp_path / ANALYSIS, arrays, facts)
    with pytest.raises(CacheError, match="damaged"):
        cache.load()


def test_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = AnalysisCache(tmp_path / "file", "k")
    assert cache.load() is None
    assert cache.finished_parts() == {}
    with pytest.raises(ResultError, match="Cannot write"):
        cache.start(())


def test_folder_name_too_long(tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path / ("a" * 300), "k")
    with pytest.raises(ResultError, match="file name too long"):
        cache.load()


def test_picture_names(tmp_path: Path) -> None:
    analysis: Analysis = small_analysis()
    assert face_picture(7, 12) == "00007-0000012.jpg"
    assert picture_names(analysis) == {
        "00000-0000000.jpg",
        "00001-0000000.jpg",
        "00002-0000050.jpg",
        "00003-0000060.jpg",
    }
