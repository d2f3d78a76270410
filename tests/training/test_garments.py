"""Reading garments, finding those that repeat one another, and keeping them on one side."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from clusterer.core.errors import DataError
from clusterer.core.types import ImageArray, IntArray
from clusterer.training.garments import (
    MAX_BITS_APART,
    near_duplicates,
    read_garments,
    split,
)
from tests.garment_files import mask, pack, picture, write, write_garments
from tests.training.builder import garments

PARTS = {"clothing": 6, "street": 4}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_garments(tmp_path / "data", PARTS, backgrounds=2)


def test_order_masks_kinds_and_parts(folder: Path) -> None:
    found = read_garments(folder, size_px=40)
    assert len(found) == 10
    assert found.pictures.shape == (10, 40, 40, 3)
    assert found.pictures.dtype == np.uint8
    wanted = np.array([picture(i) for i in range(10)])
    assert np.abs(found.pictures.astype(int) - wanted).mean() < 12, "RGB, in the order of labels"
    assert np.flatnonzero(found.has_mask).tolist() == [0, 3, 6, 9]
    assert (found.masks[0] == mask()).all()
    assert (found.masks[1] == 255).all()
    assert found.kind_names == ("Coats", "Skirts")
    assert found.kinds.tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    assert found.parts.tolist() == ["clothing"] * 6 + ["street"] * 4
    assert found.backgrounds.shape == (2, 40, 40, 3)


def test_tar_files_hold_the_same(folder: Path) -> None:
    before = read_garments(folder)
    pack(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "backgrounds.tar", "clothing.tar", "labels.csv", "street.tar",
    ]  # fmt: skip
    after = read_garments(folder)
    for field in fields(before):
        one, other = getattr(before, field.name), getattr(after, field.name)
        assert np.array_equal(one, other), field.name


def test_some_parts(folder: Path) -> None:
    found = read_garments(folder, ("street",), 32)
    assert set(found.parts) == {"street"}
    assert len(found) == PARTS["street"]
    some = found[np.array([2, 0])]
    assert (some.pictures == found.pictures[[2, 0]]).all()
    assert len(some.backgrounds) == 2


def no_labels(folder: Path) -> None:
    (folder / "labels.csv").unlink()


def empty_labels(folder: Path) -> None:
    (folder / "labels.csv").write_text("file,mask,type\n")


def other_columns(folder: Path) -> None:
    (folder / "labels.csv").write_text("name,kind\na.jpg,Coats\n")


def row_without_file(folder: Path) -> None:
    (folder / "labels.csv").write_text("type,file\nCoats\n")


def latin_labels(folder: Path) -> None:
    (folder / "labels.csv").write_bytes("file,type\na/b.jpg,Röcke\n".encode("latin-1"))


def no_picture(folder: Path) -> None:
    (folder / "street" / "001.jpg").unlink()


def no_mask(folder: Path) -> None:
    (folder / "clothing" / "003.mask.png").unlink()


def damaged_picture(folder: Path) -> None:
    (folder / "clothing" / "002.jpg").write_bytes(b"nonsense")


def empty_picture(folder: Path) -> None:
    (folder / "clothing" / "002.jpg").write_bytes(b"")


def damaged_tar(folder: Path) -> None:
    (folder / "street.tar").write_bytes(b"nonsense" * 100)


def cut_tar(folder: Path) -> None:
    pack(folder)
    path = folder / "street.tar"
    path.write_bytes(path.read_bytes()[:2000])


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (no_labels, "Cannot read .*labels.csv .no such file or directory."),
        (empty_labels, "labels.csv has no rows"),
        (other_columns, "labels.csv has no rows, or some without file"),
        (row_without_file, "labels.csv has no rows, or some without file"),
        (latin_labels, "Cannot read .*labels.csv"),
        (no_picture, r"Cannot read .*street.001\.jpg"),
        (no_mask, r"Cannot read .*clothing.003\.mask\.png"),
        (damaged_picture, r"clothing.002\.jpg is not a picture"),
        (empty_picture, r"clothing.002\.jpg is not a picture"),
        (damaged_tar, r"Cannot read .*street\.tar"),
        (cut_tar, r"Cannot read .*street"),
    ],
)
def test_what_cannot_be_read_is_named(folder: Path, damage, expected: str) -> None:
    damage(folder)
    with pytest.raises(DataError, match=expected) as error:
        read_garments(folder)
    assert "labels.csv (file, mask, type)" in error.value.remedy


@pytest.mark.parametrize("column", ["file", "mask"])
@pytest.mark.parametrize("way", ["../secret.jpg", "clothing/../../secret.jpg", "{}/secret.jpg"])
def test_names_that_lead_out_of_the_folder(
    folder: Path, tmp_path: Path, way: str, column: str
) -> None:
    (folder.parent / "secret.jpg").write_bytes((folder / "clothing" / "001.jpg").read_bytes())
    name = way.format(folder.parent)
    row = f"{name},," if column == "file" else f"clothing/001.jpg,{name},"
    (folder / "labels.csv").write_text(f"file,mask,type\n{row}\n", "utf-8")
    with pytest.raises(DataError, match=r"labels\.csv names .*secret\.jpg, which is not in there"):
        read_garments(folder)


def test_an_unknown_part(folder: Path) -> None:
    with pytest.raises(DataError, match=r"labels\.csv names no hats, shoes\."):
        read_garments(folder, ("shoes", "street", "hats"))


def hashed(pictures: ImageArray) -> IntArray:
    """Difference hashes, written once more."""
    bits = []
    for each in pictures:
        small = cv2.resize(each, (9, 8), interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(int)
        bits.append((grey[:, 1:] > grey[:, :-1]).ravel())
    return np.array(bits).astype(np.int64)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=12))
def test_near_duplicates_are_the_connected_pictures(made: list[tuple[int, int]]) -> None:
    """Of a few pictures, each with some places changed: chains of small changes connect."""
    pictures = []
    for base, changes in made:
        each = np.random.default_rng(base).integers(0, 256, (8, 9, 1)).repeat(3, axis=2)
        order = np.random.default_rng(100 + base).permutation(72)
        each.reshape(72, 3)[order[:changes]] = 128
        pictures.append(each.astype(np.uint8))
    bits = hashed(np.array(pictures))
    apart = (bits[:, None] != bits[None]).sum(axis=2)
    _, component = connected_components(apart <= MAX_BITS_APART)
    first = [int(np.flatnonzero(component == each)[0]) for each in component]
    assert near_duplicates(np.array(pictures)).tolist() == first


def test_one_garment_in_other_sizes_and_light() -> None:
    large, small = picture(1, 64), cv2.resize(picture(1, 200), (64, 64))
    brighter = np.clip(large.astype(int) + 20, 0, 255).astype(np.uint8)
    groups = near_duplicates(np.array([picture(0, 64), large, small, picture(2, 64), brighter]))
    assert groups.tolist() == [0, 1, 1, 3, 1]


def test_repeats_are_found_when_read(folder: Path) -> None:
    write(folder / "street" / "002.jpg", picture(3))
    assert read_garments(folder).groups.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 3, 9]


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=30), st.floats(0.01, 0.9), st.integers(0, 99)
)
def test_no_garment_is_on_both_sides(groups: list[int], share: float, seed: int) -> None:
    some = garments(2)[np.zeros(len(groups), dtype=np.int64)]
    object.__setattr__(some, "groups", np.array(groups))
    train, held_out = split(some, share, seed)
    assert sorted([*train, *held_out]) == list(range(len(groups)))
    assert set(some.groups[train]).isdisjoint(some.groups[held_out])
    assert len(set(some.groups[held_out])) == round(share * len(set(groups)))
    again = split(some, share, seed)
    assert [rows.tolist() for rows in again] == [train.tolist(), held_out.tolist()]
