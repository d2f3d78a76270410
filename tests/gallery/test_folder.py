"""Folders of photographs, and the names of what is put there."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.errors import GalleryError
from clusterer.gallery.keep import file_name, folder_name
from clusterer.gallery.read import list_folder


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def test_photographs_of_each_person_in_order(tmp_path: Path) -> None:
    fill(tmp_path, "bob/2.JPG", "bob/1.png", "ann/a.jpeg", "ann/notes.txt", ".git/x.jpg", "x.jpg")
    fill(tmp_path, "ann/.hidden.jpg", "dan/readme.md")
    found = list_folder(tmp_path)
    assert list(found.people) == ["ann", "bob"]
    assert [path.name for path in found.people["bob"]] == ["1.png", "2.JPG"]
    assert [path.name for path in found.people["ann"]] == ["a.jpeg"]
    assert found.notes == (f"{tmp_path / 'dan'} holds no photographs",)


def test_a_name_however_it_is_composed_is_one(tmp_path: Path) -> None:
    fill(tmp_path, "Zo\u00eb/1.jpg", "Zoe\u0308/2.jpg")
    assert {name: len(paths) for name, paths in list_folder(tmp_path).people.items()} == {
        "Zo\u00eb": 2
    }


def test_what_cannot_be_a_name(tmp_path: Path) -> None:
    found = list_folder(fill(tmp_path, "a\nb/1.jpg", "ann/1.jpg"))
    assert list(found.people) == ["ann"]
    assert found.notes[0].endswith("a\\nb' cannot be a name")


def test_nothing_to_use(tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match="holds no photographs of people"):
        list_folder(tmp_path)
    with pytest.raises(GalleryError, match=r"Cannot read .*no such file"):
        list_folder(tmp_path / "gone")
    with pytest.raises(GalleryError, match=r"Cannot read .*not a directory"):
        list_folder(fill(tmp_path, "file") / "file")


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Rachel Green", "Rachel Green"),
        ("Zo\u00eb", "Zo\u00eb"),
        ("AC/DC", None),
        ("..", None),
        (".ann", None),
        (" ann", None),
        ("ann.", None),
        ("a:b", None),
        ("x" * 201, None),
    ],
)
def test_names_of_folders(name: str, folder: str | None) -> None:
    assert folder_name(name) == folder


def test_names_of_files_come_from_what_is_in_them() -> None:
    assert file_name(b"a") == file_name(b"a") != file_name(b"b")
    assert file_name(b"a") == "ca978112ca1bbdca.jpg"
