"""The files of vectors."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from clusterer.core.errors import ProjectError
from clusterer.project import vectors

ROWS = np.arange(12, dtype=np.float32).reshape(3, 4)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    name = vectors.write(tmp_path, 7, ROWS)
    np.testing.assert_array_equal(vectors.read(tmp_path, name, 3), ROWS)
    assert name.startswith("7-")
    assert vectors.write(tmp_path, 7, ROWS) == name
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "vectors" / name).stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "vectors").stat().st_mode) == 0o700


def replaced_by_pickle(path: Path) -> None:
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        replaced_by_pickle,
        lambda path: np.save(path, ROWS + 1),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    name = vectors.write(tmp_path, 7, ROWS)
    damage(tmp_path / "vectors" / name)
    with pytest.raises(ProjectError, match=r"this film of the project again"):
        vectors.read(tmp_path, name, 3)


@pytest.mark.parametrize("name", ["../a.npy", "7.npy", "", "7-0.npy", "/etc/passwd"])
def test_a_name_that_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProjectError, match="damaged"):
        vectors.read(tmp_path, name, 3)


def test_another_number_of_rows_is_refused(tmp_path: Path) -> None:
    name = vectors.write(tmp_path, 7, ROWS)
    with pytest.raises(ProjectError, match="shape"):
        vectors.read(tmp_path, name, 4)


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    name = vectors.write(tmp_path, 7, ROWS)
    path = tmp_path / "vectors" / name
    path.rename(tmp_path / "elsewhere.npy")
    path.symlink_to(tmp_path / "elsewhere.npy")
    with pytest.raises(ProjectError, match="a link"):
        vectors.read(tmp_path, name, 3)


def test_only_our_unnamed_files_are_removed(tmp_path: Path) -> None:
    kept, gone = vectors.write(tmp_path, 7, ROWS), vectors.write(tmp_path, 7, ROWS + 1)
    (tmp_path / "vectors" / "notes.txt").write_text("mine")
    (tmp_path / "vectors" / f".cluster-video-{'0' * 16}.tmp").write_text("half")
    vectors.clear(tmp_path, {kept})
    assert {path.name for path in (tmp_path / "vectors").iterdir()} == {kept, "notes.txt"}
    assert gone != kept
