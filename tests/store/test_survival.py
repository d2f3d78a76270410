"""Files in a result folder that we did not write survive everything that we do there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.errors import ClustererError
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog
from clusterer.outputs.save import save as save_result
from clusterer.store.analysis_cache import AnalysisCache
from clusterer.store.edits_json import write
from clusterer.store.film import Film
from clusterer.store.folder import ResultFolder
from clusterer.store.names import EDITS, MARKER
from clusterer.store.output import write_output
from tests.small_result import finished_part, pictures, small_analysis, small_result

FILM, OTHER = Film("x.mp4", "ab" * 32), Film("y.mp4", "cd" * 32)


def analysed(folder: Path, film: Film, key: str) -> None:
    own = ResultFolder(folder)
    own.check_writable()
    own.set_film(film, str if own.film not in {None, film} else None)
    cache = AnalysisCache(own, key)
    if cache.load() is None:
        cache.start(cache.finished_parts().keys())
        cache.add(finished_part(0))
        cache.finish(small_analysis(), [pictures(small_analysis())])


def corrected(folder: Path) -> None:
    write(folder / EDITS, EditLog((Edit(Action.REGROUP),)))


WORK: dict[str, Callable[[Path], None]] = {
    "again": lambda folder: analysed(folder, FILM, "k"),
    "other settings": lambda folder: analysed(folder, FILM, "other"),
    "replace": lambda folder: analysed(folder, OTHER, "other"),
    "save": lambda folder: save_result(small_result(), folder),
    "edits": corrected,
    "export": lambda folder: write_output(folder / "exports", {"x.edl": "e"}),
    "evaluate": lambda folder: write_output(folder, {"evaluation.html": "e"}),
    "discard": lambda folder: AnalysisCache(folder, "k").discard(),
}
PLACES = ["", "chips/", ".partial/", ".partial/chips/", "exports/", "more/", "chips/more/"]
NAMES = [
    "notes.txt", "thesis.txt", "people.csv", "analysis.npz", "report.html", "result.json", "chips",
    ".partial", "000000.npz", "000001.npz", "00000-0000000.jpg", "00009-0000000.jpg", "x.avi",
    ".people.csv.tmp", ".cluster-video", "00000-0000000-torso.jpg", "0.jpg",
]  # fmt: skip
FOREIGN = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(NAMES), st.sampled_from(["file", "link"])),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders as runs of this and earlier versions leave them."""
    root = tmp_path_factory.mktemp("states")
    analysed(root / "finished", FILM, "k")
    save_result(small_result(), root / "finished")
    own = ResultFolder(root / "interrupted")
    own.set_film(FILM)
    cache = AnalysisCache(own, "k")
    cache.start(())
    cache.add(finished_part(0))
    shutil.copytree(root / "finished", root / "without marker")
    (root / "without marker" / MARKER).unlink()
    (root / "empty").mkdir()
    return {path.name: path for path in root.iterdir()}


@pytest.mark.parametrize("state", ["finished", "interrupted", "without marker", "empty"])
@settings(max_examples=60)
@given(foreign=FOREIGN, work=st.lists(st.sampled_from(sorted(WORK)), min_size=1, max_size=5))
def test_foreign_files_survive(
    states: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    state: str,
    foreign: list[tuple[str, str, str]],
    work: list[str],
) -> None:
    folder = tmp_path_factory.mktemp("survival") / "x.people"
    (folder.parent / "outside").write_text("mine")
    shutil.copytree(states[state], folder)
    mine = put(folder, foreign, pictures_are_ours=state == "without marker")
    for name in work:
        with suppress(ClustererError):
            WORK[name](folder)
    assert {path: (path.is_symlink(), path.read_text()) for path in mine} == mine
    assert (folder.parent / "outside").read_text() == "mine"
    shutil.rmtree(folder.parent)


def put(
    folder: Path, foreign: list[tuple[str, str, str]], *, pictures_are_ours: bool
) -> dict[Path, tuple[bool, str]]:
    """Create files and links of the user where nothing exists yet.

    Without a marker, pictures are recognised as ours by their names.
    """
    mine: dict[Path, tuple[bool, str]] = {}
    for place, name, kind in foreign:
        path = folder / place / name
        if pictures_are_ours and place == "chips/" and name.endswith(".jpg"):
            continue
        with suppress(FileExistsError, NotADirectoryError):  # another of them is in its way
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "link":
                path.symlink_to(folder.parent / "outside")
            else:
                with path.open("x") as file:
                    file.write("mine")
            mine[path] = kind == "link", "mine"
    return mine


def test_the_work_succeeds_without_foreign_files(states: dict[str, Path], tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    for state, path in states.items():
        for name, do in WORK.items():
            folder = tmp_path / state / name
            shutil.copytree(path, folder)
            (folder / "notes.txt").write_text("mine")
            if state == "empty":
                (folder / "notes.txt").unlink()
            do(folder)
