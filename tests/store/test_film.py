"""A film is its content: not its name, its place or its time."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from clusterer.core.errors import VideoError
from clusterer.store.film import BLOCK_BYTES, BLOCKS, WHOLE_BYTES, film_of


def test_moved_renamed_copied_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"film" * 1000)
    first = film_of(path)
    assert (first.name, len(first.fingerprint)) == ("a.mp4", 64)
    os.utime(path, (1, 1))
    (tmp_path / "b").mkdir()
    other = Path(shutil.copy(path, tmp_path / "b" / "c.mov"))
    assert film_of(path) == first
    assert film_of(other).fingerprint == first.fingerprint


@pytest.mark.parametrize("at", [0, 1999, 3999])
def test_every_byte_of_a_small_file_counts(tmp_path: Path, at: int) -> None:
    path = tmp_path / "a.mp4"
    content = bytearray(b"film" * 1000)
    path.write_bytes(content)
    first = film_of(path).fingerprint
    content[at] ^= 1
    path.write_bytes(content)
    assert film_of(path).fingerprint != first
    path.write_bytes(b"film" * 999)
    assert film_of(path).fingerprint != first


def test_a_long_file_is_sampled(tmp_path: Path) -> None:
    """At the head, at the tail and in between; the file is sparse, to save space."""
    path = tmp_path / "a.mp4"
    size = 50_000_000_000
    with path.open("wb") as file:
        file.truncate(size)
    found = {film_of(path).fingerprint}
    step = (size - BLOCK_BYTES) // (BLOCKS - 1)
    for at in (0, size - 1, 31 * step + BLOCK_BYTES // 2):
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b"x")
        found.add(film_of(path).fingerprint)
    with path.open("r+b") as file:
        file.truncate(size + 1)
    found.add(film_of(path).fingerprint)
    assert len(found) == 5


def test_little_of_a_long_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mp4"
    with path.open("wb") as file:
        file.truncate(WHOLE_BYTES + 1)
    monkeypatch.setattr("clusterer.store.film.BLOCK_BYTES", 10)
    with path.open("r+b") as file:
        file.seek(50)
        file.write(b"x")
    changed = film_of(path).fingerprint
    with path.open("r+b") as file:
        file.truncate(WHOLE_BYTES + 1)
        file.seek(50)
        file.write(b"\0")
    assert film_of(path).fingerprint == changed, "byte 50 lies between the blocks"


@pytest.mark.parametrize("name", ["missing.mp4", "folder", "a" * 300])
def test_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(VideoError, match="Cannot read"):
        film_of(tmp_path / name)


@pytest.mark.skipif(os.name != "posix", reason="no such names on this system")
def test_its_name_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a\nb\x1b.mp4").write_bytes(b"film")
    shown = "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}.mp4"
    assert film_of(tmp_path / "a\nb\x1b.mp4").name == shown


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name on this system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(VideoError, match="is a pipe, not a file"):
        film_of(tmp_path / "pipe.mp4")
