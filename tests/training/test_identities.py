"""Reading people, leaving out whom nobody can learn, and keeping everybody on one side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import DataError
from clusterer.training.identities import Identities, read_identities, reported, split_people
from tests.face_files import SIDE_PX, face, packed, resized, write_people
from tests.garment_files import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_people(tmp_path / "people", people=4, pictures=3)


def test_order_and_colours(folder: Path) -> None:
    found = read_identities(folder, SIDE_PX)
    assert found.names == tuple(f"Person_{person:02d}" for person in range(4))
    assert found.people.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert found.people.dtype == np.int64
    wanted = np.array([face(person, number) for person in range(4) for number in range(3)])
    assert np.array_equal(found.pictures, wanted), "PNG keeps pixels; RGB"
    assert (found.left_out, found.damaged) == ((), ())
    assert reported(found) == []


def test_a_tar_file_holds_the_same(folder: Path) -> None:
    lying, in_tar = (read_identities(path, 20) for path in (folder, packed(folder)))
    assert np.array_equal(lying.pictures, in_tar.pictures)
    assert np.array_equal(lying.people, in_tar.people)
    assert lying.names == in_tar.names


def test_the_middle_is_cropped(tmp_path: Path) -> None:
    """A frame around a face of half its side; of wide pictures, the square in the middle."""
    framed = np.zeros((40, 60, 3), dtype=np.uint8)
    framed[10:30, 20:40] = resized(face(0, 0), 20)
    for number in (1, 2):
        (tmp_path / "A").mkdir(exist_ok=True)
        write(tmp_path / "A" / f"{number}.png", framed)
    found = read_identities(tmp_path, 20, crop=0.5)
    assert np.array_equal(found.pictures[0], resized(face(0, 0), 20))
    whole = read_identities(tmp_path, 40)
    assert np.array_equal(whole.pictures[1], framed[:, 10:50])


def test_what_is_left_out_is_listed(folder: Path) -> None:
    (folder / "Person_00" / "Person_00_0002.png").write_bytes(b"nonsense")
    (folder / "Person_01" / "Person_01_0001.png").write_bytes(b"")
    (folder / "Person_01" / "Person_01_0002.png").unlink()
    (folder / "Person_02" / "notes.txt").write_text("no picture, and not said to be one")
    (folder / "Person_03" / "._0001.png").write_bytes(b"of another system")
    (folder / "Nobody").mkdir()
    (folder / "file.jpg").write_bytes(b"beside the people")
    found = read_identities(folder, 16)
    assert found.names == ("Person_00", "Person_02", "Person_03")
    assert found.people.tolist() == [0, 0, 1, 1, 1, 2, 2, 2]
    assert found.left_out == ("Person_01",)
    assert found.damaged == ("Person_00/Person_00_0002.png", "Person_01/Person_01_0001.png")
    assert reported(found) == [
        "Left out, not a picture: Person_00/Person_00_0002.png, Person_01/Person_01_0001.png",
        "Left out, fewer than 2 pictures: Person_01",
    ]
    assert reported(found, most=1)[0] == (
        "Left out, not a picture: Person_00/Person_00_0002.png and 1 more"
    )


def nothing(path: Path) -> None: ...


def empty(path: Path) -> None:
    path.mkdir()


def one_each(path: Path) -> None:
    write_people(path, people=3, pictures=1)


def no_tar(path: Path) -> None:
    path.write_bytes(b"nonsense" * 200)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (nothing, r"Cannot read .*data \(no such file or directory\)"),
        (empty, r"In .*data is nobody with 2 pictures or more"),
        (one_each, r"In .*data is nobody with 2 pictures or more"),
        (no_tar, r"Cannot read .*data \(not a TAR file, or damaged\)\. Give"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, make: Callable[[Path], None], expected: str) -> None:
    make(tmp_path / "data")
    with pytest.raises(DataError, match=expected) as error:
        read_identities(tmp_path / "data", 16)
    assert "PERSON/PICTURE.jpg" in error.value.remedy


def people(counts: list[int]) -> Identities:
    of = np.repeat(np.arange(len(counts)), counts)
    names = tuple(f"{number}" for number in range(len(counts)))
    return Identities(np.zeros((len(of), 1, 1, 3), np.uint8), of, names)


@given(
    st.lists(st.integers(2, 6), min_size=4, max_size=12), st.floats(0.01, 0.9), st.integers(0, 99)
)
def test_nobody_is_on_both_sides(counts: list[int], share: float, seed: int) -> None:
    faces = people(counts)
    wanted = max(2, round(share * len(counts)))
    if len(counts) - wanted < 2:
        with pytest.raises(DataError, match=f"{len(counts)} people are too few"):
            split_people(faces, share, seed)
        return
    train, held_out = split_people(faces, share, seed)
    assert sorted([*train, *held_out]) == list(range(len(faces)))
    assert set(faces.people[train]).isdisjoint(faces.people[held_out])
    assert len(set(faces.people[held_out])) == wanted
    again = split_people(faces, share, seed)
    assert [rows.tolist() for rows in again] == [train.tolist(), held_out.tolist()]


@pytest.mark.parametrize(("n", "said"), [(1, "1 person is"), (3, "3 people are")])
def test_too_few_people(n: int, said: str) -> None:
    with pytest.raises(DataError, match=f"{said} too few. Add people, or lower --held-out"):
        split_people(people([2] * n), 0.2, 0)
