"""Results of earlier versions, which left no marker, are recognised, and nothing else is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from clusterer.core.errors import ResultError
from clusterer.edits import EditLog
from clusterer.store.analysis_npz import SCHEMA_VERSION, write_arrays
from clusterer.store.edits_json import write
from clusterer.store.folder import ResultFolder
from clusterer.store.marker import stored_video
from clusterer.store.names import EDITS, MARKER
from tests.result_folder import decided
from tests.result_folder import write as write_result

TABLES = {"people.csv", "appearances.csv", "faces.csv", "result.json", "report.html"}
PICTURE = "00001-0000001.jpg"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    folder = write_result(decided(), tmp_path / "small.people")
    (folder / MARKER).unlink()
    return folder


def pictures(folder: Path) -> set[str]:
    return {f"chips/{path.name}" for path in (folder / "chips").glob("*.jpg")}


def test_a_whole_result(earlier: Path) -> None:
    ours = {*TABLES, "analysis.npz", *pictures(earlier)}
    for name in ("notes.txt", "chips/thesis.txt", "chips/1.jpg", ".partial/mine.txt"):
        (earlier / name).parent.mkdir(exist_ok=True)
        (earlier / name).write_text("mine")
    result = ResultFolder(earlier)
    assert result.is_result
    assert result.names == ours
    assert result.film is None
    result.check_writable()
    stored = stored_video(earlier)
    assert stored is not None
    assert (stored["path"], stored["width_px"]) == ("small.mp4", 640)


def test_an_analysis_alone(earlier: Path) -> None:
    """Killed before the tables were written, so a people.csv there is not ours."""
    for name in TABLES:
        (earlier / name).unlink()
    assert ResultFolder(earlier).names == {"analysis.npz", *pictures(earlier)}
    assert stored_video(earlier) is not None
    (earlier / "people.csv").write_text("mine")
    with pytest.raises(ResultError, match=r"people\.csv is not a file that cluster-video wrote"):
        ResultFolder(earlier).check_writable()


@pytest.mark.parametrize("schema", [SCHEMA_VERSION, 1])
def test_an_interrupted_run(tmp_path: Path, schema: int) -> None:
    (tmp_path / ".partial" / "chips").mkdir(parents=True)
    (tmp_path / ".partial" / "chips" / PICTURE).touch()
    write_arrays(tmp_path / ".partial" / "000000.npz", {}, {"schema": schema, "key": "k"})
    (tmp_path / "notes.txt").write_text("mine")
    assert ResultFolder(tmp_path).names == {".partial/000000.npz", f".partial/chips/{PICTURE}"}
    assert stored_video(tmp_path) is None


def test_interrupted_in_the_first_shot(tmp_path: Path) -> None:
    (tmp_path / ".partial" / "chips").mkdir(parents=True)
    assert ResultFolder(tmp_path).is_result
    (tmp_path / "notes.txt").write_text("mine")
    assert not ResultFolder(tmp_path).is_result, "nothing says that it is ours"


def test_corrections_alone(tmp_path: Path) -> None:
    """The user deleted everything else to start again."""
    write(tmp_path / EDITS, EditLog())
    assert ResultFolder(tmp_path).names == {EDITS}
    (tmp_path / "notes.txt").write_text("mine")
    assert not ResultFolder(tmp_path).is_result


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("result.json", "{}"),
        ("result.json", '{"schema": 4, "version": "1", "video": {}}'),
        ("result.json", "[" * 99999),
        ("result.json", "text"),
        ("analysis.npz", "text"),
        ("edits.json", '{"edits": []}'),
        (".partial/000000.npz", "text"),
        (".partial/chips/notes.txt", "text"),
        (f".partial/chips/{PICTURE}", "text"),
        (".partial/notes.txt", "text"),
    ],
)
def test_a_file_with_only_the_name_is_not_ours(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(content)
    assert not ResultFolder(tmp_path).is_result
    with pytest.raises(ResultError, match="did not write"):
        ResultFolder(tmp_path).check_writable()


def test_a_link_to_a_result_file_makes_no_result(earlier: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "result.json").symlink_to(earlier / "result.json")
    assert not ResultFolder(tmp_path / "mine").is_result


def test_damaged_but_beside_its_result(earlier: Path) -> None:
    (earlier / "analysis.npz").write_bytes(b"damaged")
    assert ResultFolder(earlier).names == {*TABLES, "analysis.npz", *pictures(earlier)}
    content = json.loads((earlier / "result.json").read_text("utf-8"))
    del content["labels"]
    (earlier / "result.json").write_text(json.dumps(content))
    assert not ResultFolder(earlier).is_result


def test_pictures_behind_a_link_are_not_ours(earlier: Path, tmp_path: Path) -> None:
    shutil.move(earlier / "chips", tmp_path / "elsewhere")
    (earlier / "chips").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert ResultFolder(earlier).names == {*TABLES, "analysis.npz"}
