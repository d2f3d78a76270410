"""What goes from a result of which only tables stay."""

from __future__ import annotations

from pathlib import Path

from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog
from clusterer.outputs.bare import forget_film, remove_pictures, text_endings, with_pictures
from clusterer.store import film
from clusterer.store.analysis_cache import AnalysisCache
from clusterer.store.edits_json import write
from clusterer.store.folder import ResultFolder
from tests.result_folder import decided
from tests.result_folder import write as write_result


def made(path: Path) -> ResultFolder:
    """A result with text and pictures beside it, and a file of somebody else."""
    folder = ResultFolder(write_result(decided(), path / "small.people"))
    folder.register([f"chips/{each.name}" for each in (folder.path / "chips").iterdir()])
    folder.write({"exports/a.edl": "text", "exports/b.jpg": b"face", "proxy.mp4": b"film"})
    (folder.path / "exports" / "mine.jpg").write_bytes(b"mine")
    write(folder.path / "edits.old.json", EditLog((Edit(Action.REGROUP),)))
    return folder


def test_all_that_may_hold_pictures_is_listed(tmp_path: Path) -> None:
    folder = made(tmp_path)
    chips = sorted(f"chips/{each.name}" for each in (folder.path / "chips").iterdir())
    assert with_pictures(folder, text_endings()) == [*chips, "exports/b.jpg", "proxy.mp4"]
    assert "exports/a.edl" in with_pictures(folder, ())


def test_tables_corrections_and_files_of_others_stay(tmp_path: Path) -> None:
    folder = made(tmp_path)
    before = {path for path in folder.path.iterdir() if path.is_file()}
    remove_pictures(folder)
    left = {path for path in folder.path.rglob("*") if path.is_file()}
    exports = {folder.path / "exports" / name for name in ("a.edl", "mine.jpg")}
    assert left == (before - {folder.path / "proxy.mp4"}) | exports
    assert not (folder.path / "chips").exists()


def test_the_note_on_where_the_film_lies_is_deleted(tmp_path: Path) -> None:
    folder, key = made(tmp_path), "ab" * 32
    AnalysisCache(folder, key).keep(folder.load().analysis)
    film.remember(key, tmp_path / "small.mp4")
    forget_film(folder)
    assert film.recall(key) is None
    forget_film(ResultFolder(tmp_path / "missing.people"))  # there is none
