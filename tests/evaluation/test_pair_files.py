"""Lists of pairs: both forms, and every way in which they can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.errors import TruthError
from clusterer.evaluation.pair_files import read_pairs

LFW = "2\t1\nAnn\t1\t2\nAnn\t1\tBob\t1\nBob\t1\t2\nBob\t2\tAnn\t12\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photographs of two people, named as LFW names them; their content is not looked at."""
    for name, numbers in (("Ann", (1, 2, 12)), ("Bob", (1, 2))):
        (tmp_path / name).mkdir()
        for number in numbers:
            (tmp_path / name / f"{name}_{number:04d}.jpg").touch()
    for name in ("a.jpg", "b.jpg", "c, d.jpg"):
        (tmp_path / name).touch()
    return tmp_path


def write(folder: Path, text: str, name: str = "pairs") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_csv(folder: Path) -> None:
    path = write(folder, 'first,second,same\na.jpg,b.jpg,1\n"c, d.jpg",a.jpg,0\n\n')
    found = read_pairs(path)
    assert found.photographs == (folder / "a.jpg", folder / "b.jpg", folder / "c, d.jpg")
    assert found.first.tolist() == [0, 2]
    assert found.second.tolist() == [1, 0]
    assert found.same.tolist() == [True, False]
    assert found.fold is None
    assert len(found) == 2


@pytest.mark.parametrize(
    ("answer", "same"),
    [("1", True), ("true", True), ("YES", True), ("0", False), ("False", False), (" no ", False)],
)
def test_answers(folder: Path, answer: str, same: bool) -> None:
    found = read_pairs(write(folder, f"note,same,second,first\nx,{answer},b.jpg,a.jpg\n"))
    assert found.same.tolist() == [same]
    assert [path.name for path in found.photographs] == ["a.jpg", "b.jpg"]


def test_written_by_a_spreadsheet(folder: Path) -> None:
    found = read_pairs(write(folder, "\ufefffirst,second,same\r\na.jpg,b.jpg,1\r\n"))
    assert found.same.tolist() == [True]


def test_photographs_in_another_folder(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    found = read_pairs(write(elsewhere, "first,second,same\na.jpg,b.jpg,1\n"), folder)
    assert found.photographs == (folder / "a.jpg", folder / "b.jpg")


def test_lfw_with_folds(folder: Path) -> None:
    found = read_pairs(write(folder, LFW))
    names = ["Ann_0001.jpg", "Ann_0002.jpg", "Bob_0001.jpg", "Bob_0002.jpg", "Ann_0012.jpg"]
    assert [path.name for path in found.photographs] == names
    assert {path.parent.name for path in found.photographs} == {"Ann", "Bob"}
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == [(0, 1), (0, 2), (2, 3), (3, 4)]
    assert found.same.tolist() == [True, False, True, False]
    assert found.fold is not None
    assert found.fold.tolist() == [0, 0, 1, 1]


def test_lfw_without_folds(folder: Path) -> None:
    text = "2\nAnn 1 2\nBob 1 2\nAnn 1 Bob 1\nBob 2 Ann 12\n"
    found = read_pairs(write(folder, text))
    assert found.same.tolist() == [True, True, False, False]
    assert found.fold is None


HEAD = "first,second,same\n"
WRONG = [
    ("", "pairs, line 1: this is not a list of pairs"),
    ("a.jpg,b.jpg,1\n", "pairs, line 1: this is not a list of pairs"),
    ("1 2 3\n", "pairs, line 1: this is not a list of pairs"),
    ("0\n", "pairs, line 1: this is not a list of pairs"),
    (f"{'9' * 5000}\n", "pairs, line 1: this is not a list of pairs"),
    (f"1\nx 1 {'9' * 5000}\n", "pairs, line 2: this is not a pair"),
    (HEAD, "pairs lists no pair"),
    (
        f"{HEAD}a.jpg,b.jpg,1\na.jpg,b.jpg,maybe\n",
        "pairs, line 3: same is 'maybe'. Write one of 1,",
    ),
    (f"{HEAD}a.jpg,b.jpg\n", "pairs, line 2: same is ''"),
    (f"{HEAD}a.jpg,,1\n", "pairs, line 2: a photograph is missing"),
    (f"{HEAD}a.jpg\n", "pairs, line 2: a photograph is missing"),
    (f'{HEAD}a.jpg,b.jpg,1\n"a.jpg,b.jpg,1\n', "pairs, line 3: unexpected end of data"),
    (f"{HEAD}a.jpg,b.jpg,1\n\na.jpg,e.jpg,1\n", "pairs, line 4: there is no photograph "),
    (f"{HEAD}a.jpg,Ann,1\n", "pairs, line 2: there is no photograph "),
    (f"{HEAD}a.jpg,{'b' * 300}.jpg,1\n", "pairs, line 2: there is no photograph "),
    ("1\nAnn 1\nAnn 1 Bob 1\n", "pairs, line 2: this is not a pair"),
    ("1\nAnn 1 two\nAnn 1 Bob 1\n", "pairs, line 2: this is not a pair"),
    ("1\nAnn 1 2\nAnn 1 Bob -1\n", "pairs, line 3: this is not a pair"),
    ("1\nAnn 1 2\nAnn 1 Bob 1 2\n", "pairs, line 3: this is not a pair"),
    ("1\nAnn 1 2\n", "pairs lists 1 pairs, and 2 according to its first line"),
    ("1\nAnn 1 2\n\nAnn 1 2\n", "pairs, line 4: a pair of two people should stand here"),
    ("1\nAnn 1 Bob 1\nAnn 1 2\n", "pairs, line 2: a pair of one person should stand here"),
    ("1\nAnn 1 3\nAnn 1 Bob 1\n", "pairs, line 2: there is no photograph "),
]


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=range(len(WRONG)))
def test_wrong_lists(folder: Path, text: str, expected: str) -> None:
    with pytest.raises(TruthError) as caught:
        read_pairs(write(folder, text))
    assert str(caught.value).startswith(f"{folder}/{expected}")
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("missing", "Cannot read {}/missing (no such file or directory)"),
        (".", "Cannot read {} (is a directory)"),
        ("picture", "{}/picture is not text in UTF-8"),
    ],
)
def test_no_list(tmp_path: Path, name: str, expected: str) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(TruthError) as caught:
        read_pairs(tmp_path / name)
    assert str(caught.value).startswith(expected.format(tmp_path))
