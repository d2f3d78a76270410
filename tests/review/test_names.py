"""Names of earlier episodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog
from clusterer.review import earlier_names
from clusterer.review.names import MOST
from clusterer.store.edits_json import write
from tests.review.conftest import ANN, BOB


def keep(folder: Path, *names: tuple[str, str], undone: tuple[Edit, ...] = ()) -> Path:
    folder.mkdir()
    edits = [Edit(Action.NAME, who=(who,), name=name) for who, name in names]
    edits.append(Edit(Action.HIDE, who=(BOB,)))
    write(folder / "edits.json", EditLog(tuple(edits), undone))
    return folder


def test_names_of_the_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = keep(tmp_path / "e3.people", (ANN, "Own"))
    keep(tmp_path / "e1.people", (ANN, "bo"), (BOB, "Ada"))
    keep(tmp_path / "e2.people", (ANN, "Ada"), (BOB, "Élan"))
    keep(tmp_path / "other", (ANN, "No result folder"))
    assert earlier_names(own) == ("Ada", "bo", "Élan")
    monkeypatch.chdir(own)
    assert earlier_names(Path()) == ("Ada", "bo", "Élan")


def test_the_last_name_of_a_person_counts(tmp_path: Path) -> None:
    undone = (Edit(Action.NAME, who=(ANN,), name="Undone"),)
    keep(tmp_path / "e1.people", (ANN, "Adda"), (ANN, "Ada"), (BOB, "B"), (BOB, ""), undone=undone)
    assert earlier_names(tmp_path / "e2.people") == ("Ada",)


def test_damaged_neighbours_are_passed_over(tmp_path: Path) -> None:
    keep(tmp_path / "good.people", (ANN, "Ada"))
    for name, content in (("a", b"{"), ("b", b"\xff"), ("c", b'{"schema": 99}'), ("d", b"[]")):
        (tmp_path / f"{name}.people").mkdir()
        (tmp_path / f"{name}.people" / "edits.json").write_bytes(content)
    (tmp_path / "folder.people" / "edits.json").mkdir(parents=True)
    (tmp_path / "gone.people").symlink_to(tmp_path / "nowhere")
    assert earlier_names(tmp_path / "e.people") == ("Ada",)


def test_no_more_than_a_page_can_suggest(tmp_path: Path) -> None:
    names = [(f"{i}@1,1,9,9", f"{i:04d}") for i in range(MOST + 5)]
    keep(tmp_path / "e1.people", *names)
    found = earlier_names(tmp_path / "e2.people")
    assert found == tuple(f"{i:04d}" for i in range(MOST))
