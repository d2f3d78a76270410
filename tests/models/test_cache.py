from __future__ import annotations

import hashlib
from pathlib import Path

import platformdirs
import pytest

from clusterer.models.cache import ENVIRONMENT_VARIABLE, cache_folder, cached

DIGEST = hashlib.sha256(b"content").hexdigest()


class Maker:
    """Makes the same content each time, and counts."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> bytes:
        self.calls += 1
        return b"content"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "new" / "cache"))
    return tmp_path / "new" / "cache"


def test_made_once(folder: Path) -> None:
    make = Maker()
    assert [cached("a", DIGEST, make) for _ in range(3)] == [b"content"] * 3
    assert make.calls == 1
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_another_name_is_another_content(folder: Path) -> None:
    make = Maker()
    cached("a", DIGEST, make)
    cached("b", DIGEST, make)
    assert make.calls == 2


FORGED = hashlib.sha256(b"forged").digest() + b"forged"


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 32, b"\0" * 39, b"forged", FORGED])
def test_damaged_file_is_made_again(folder: Path, damage: bytes) -> None:
    make = Maker()
    cached("a", DIGEST, make)
    good = (folder / "a").read_bytes()
    (folder / "a").write_bytes(damage)
    assert cached("a", DIGEST, make) == b"content"
    assert (folder / "a").read_bytes() == good
    assert make.calls == 2


@pytest.mark.parametrize("position", [0, -1])
def test_flipped_bit_is_noticed(folder: Path, position: int) -> None:
    make = Maker()
    cached("a", DIGEST, make)
    content = bytearray((folder / "a").read_bytes())
    content[position] ^= 1
    (folder / "a").write_bytes(content)
    assert cached("a", DIGEST, make) == b"content"
    assert make.calls == 2


def test_content_with_another_hash_is_returned_but_not_cached(folder: Path) -> None:
    assert cached("a", "0" * 64, Maker()) == b"content"
    assert not folder.exists()


def test_a_folder_that_cannot_be_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "file" / "cache"))
    make = Maker()
    assert [cached("a", DIGEST, make), cached("a", DIGEST, make)] == [b"content"] * 2
    assert make.calls == 2


def test_a_folder_with_the_name_of_the_file(folder: Path) -> None:
    (folder / "a").mkdir(parents=True)
    assert cached("a", DIGEST, Maker()) == b"content"
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_default_is_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    assert cache_folder() == Path(platformdirs.user_cache_dir("cluster-video"))
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "")
    assert cache_folder() == Path(platformdirs.user_cache_dir("cluster-video"))
