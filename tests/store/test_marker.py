"""The marker survives interruptions and cannot name files outside its folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ResultError
from clusterer.store.film import Film
from clusterer.store.marker import Marker, add_names, read_marker, write_marker
from clusterer.store.names import MARKER

FILM = Film("x.mp4", "ab" * 32)
LETTERS = st.characters(exclude_characters="/\\:\0", exclude_categories=["Cs"])
NAMES = st.sets(st.text(LETTERS, min_size=1).filter(lambda name: name not in {".", "..", MARKER}))


@given(first=NAMES, more=NAMES)
def test_names_come_back(
    tmp_path_factory: pytest.TempPathFactory, first: set[str], more: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("marker")
    write_marker(folder, Marker(FILM, frozenset(first)))
    add_names(folder, more)
    assert read_marker(folder) == Marker(FILM, frozenset(first | more))


def test_the_film_may_be_unknown(tmp_path: Path) -> None:
    assert read_marker(tmp_path) is None
    write_marker(tmp_path, Marker(None, frozenset()))
    assert read_marker(tmp_path) == Marker(None, frozenset())


def test_cut_off_anywhere(tmp_path: Path) -> None:
    """After a power cut, an incomplete line is ignored and the next one is read."""
    write_marker(tmp_path, Marker(FILM, frozenset({"a"})))
    begin = (tmp_path / MARKER).stat().st_size
    add_names(tmp_path, ["bé", "c"])
    content = (tmp_path / MARKER).read_bytes()
    for end in range(begin, len(content)):
        (tmp_path / MARKER).write_bytes(content[:end])
        assert read_marker(tmp_path) == Marker(FILM, frozenset({"a"}))
        add_names(tmp_path, ["d"])
        found = read_marker(tmp_path)
        assert found is not None
        assert {"a", "d"} <= found.names <= {"a", "bé", "c", "d"}


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_marker(tmp_path, Marker(FILM, frozenset({"a"})))
    before = (tmp_path / MARKER).read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultError, match="no space left"):
        add_names(tmp_path, ["b"])
    assert (tmp_path / MARKER).read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "text\n",
        "[]\n",
        "{}\n",
        '{"schema": 1}\n',
        '{"schema": 1, "film": 3}\n',
        "[" * 99999 + "\n",
    ],
)
def test_what_is_no_marker(tmp_path: Path, content: str) -> None:
    (tmp_path / MARKER).write_text(content)
    assert read_marker(tmp_path) is None


def test_of_a_later_version(tmp_path: Path) -> None:
    (tmp_path / MARKER).write_text('{"schema": 2, "film": null}\n')
    with pytest.raises(ResultError, match="later version"):
        read_marker(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["../a", "/etc/passwd", "a/../../b", "C:\\a", "C:a", "a\\..\\b", "", "a//b", "./a", MARKER,
     "a/b/c/d", "a\0b", 3, None, ["a"]],
)  # fmt: skip
def test_names_outside_the_folder_are_ignored(tmp_path: Path, name: object) -> None:
    write_marker(tmp_path, Marker(FILM, frozenset()))
    with (tmp_path / MARKER).open("a") as file:
        file.write(json.dumps(["fine", name]) + "\n")
    assert read_marker(tmp_path) == Marker(FILM, frozenset({"fine"}))


def test_a_link_is_no_marker(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write_marker(tmp_path / "a", Marker(FILM, frozenset({"x"})))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / MARKER).symlink_to(tmp_path / "a" / MARKER)
    assert read_marker(tmp_path / "b") is None
