"""Folders are created whoever else does the same, and trying to leaves nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clusterer.core.errors import ResultError
from clusterer.core.folders import make_folder, try_to_write


def test_make_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    make_folder(folder)
    make_folder(folder)
    assert folder.is_dir()


@pytest.mark.parametrize("below", ["", "deeper"])
def test_file_in_the_way_of_a_folder(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ResultError, match=r"Cannot write .*file.* \((file exists|not a directory)"):
        make_folder(tmp_path / "file" / below)


@pytest.mark.parametrize("place", ["", "new", "new/below"])
def test_trying_leaves_nothing(tmp_path: Path, place: str) -> None:
    try_to_write(tmp_path / place)
    assert list(tmp_path.iterdir()) == []


def test_trying_a_name_that_is_too_long_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="too long"):
        try_to_write(tmp_path / "new" / "below" / ("n" * 300))
    assert list(tmp_path.iterdir()) == []


def test_programs_may_try_and_make_folders_of_one_parent_at_a_time(tmp_path: Path) -> None:
    def work(number: int) -> None:
        for round_ in range(40):
            place = tmp_path / f"new{round_}" / "below" / str(number)
            try_to_write(place)
            make_folder(place)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert len(list(tmp_path.glob("*/below/*"))) == 160
