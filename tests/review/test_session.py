"""Corrections are on the disk before anything else, and the result always follows from them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from clusterer.core.errors import EditsError, ResultError
from clusterer.core.types import Action, ClusteringResult, Edit
from clusterer.edits import EditLog
from clusterer.outputs.save import save as save_result
from clusterer.people.names import BY_PROJECT
from clusterer.review import ConflictError, Session
from clusterer.review import session as session_module
from clusterer.review.session import Changed, grouped_under
from clusterer.store import run_lock as run_lock_module
from clusterer.store.edits_json import write
from clusterer.store.folder import ResultFolder, load
from tests.result_folder import decided
from tests.result_folder import write as write_folder
from tests.review.conftest import ANN, BOB, CLEO, DAN, stored

ADA = Edit(Action.NAME, who=(ANN,), name="Ada", at="2020-02-02T02:02:02Z")
SPLIT = Edit(Action.DIFFERENT, who=(ANN,), others=(CLEO,), at="2020-02-02T02:02:03Z")
JOIN = Edit(Action.SAME, who=(BOB,), others=(DAN,), at="2020-02-02T02:02:04Z")
AGAIN = Edit(Action.REGROUP, at="2020-02-02T02:02:05Z")


def keep(folder: Path, *edits: Edit, undone: tuple[Edit, ...] = ()) -> None:
    write(folder / "edits.json", EditLog(edits, undone))


def names(result: ClusteringResult) -> list[str]:
    return [who.name for who in result.people]


def together(result: ClusteringResult) -> list[int]:
    return [int(label) for label in result.labels]


@pytest.fixture
def decided_under(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Number of corrections, and of those grouped under, each time something is grouped."""
    calls: list[tuple[int, int]] = []
    decide = session_module.decide

    def noted(analysis: Any, config: Any, edits: Any, grouped_under: int) -> ClusteringResult:
        calls.append((len(edits), grouped_under))
        return decide(analysis, config, edits, grouped_under=grouped_under)

    monkeypatch.setattr(session_module, "decide", noted)
    return calls


def test_a_correction_holds_and_is_kept(folder: Path, decided_under: list[Any]) -> None:
    session = Session(folder)
    assert session.append(ADA, 0) == Changed(1, reload=False)
    assert [edit["name"] for edit in stored(folder)["edits"]] == ["Ada"]
    assert names(session.state.result)[0] == "Ada"
    assert session.append(SPLIT, 1) == Changed(2, reload=False)
    first, _, third, fourth = together(session.state.result)
    assert first != third
    assert fourth == -1
    assert session.state.log.edits == session.state.result.edits == (ADA, SPLIT)
    session.close()
    assert load(folder).edits == (ADA, SPLIT)
    assert names(load(folder)) == names(session.state.result)
    assert decided_under == []


def test_when_is_noted_unless_the_page_has_said_so(folder: Path) -> None:
    session = Session(folder)
    session.append(replace(ADA, at=""), 0)
    session.append(SPLIT, 1)
    session.regroup(2)
    first, second, third = (edit.at for edit in session.state.log.edits)
    assert second == SPLIT.at
    for at in (first, third):
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", at)
    assert [edit["at"] for edit in stored(folder)["edits"]] == [first, second, third]
    session.close()


def test_undo_and_redo(folder: Path) -> None:
    session = Session(folder)
    before = together(session.state.result)
    session.append(ADA, 0)
    session.append(SPLIT, 1)
    split = together(session.state.result)
    assert session.undo(2) == Changed(1, reload=False)
    assert session.undo(1) == Changed(0, reload=False)
    assert together(session.state.result) == before
    assert names(session.state.result) == ["Person 1", "Person 2"]
    assert session.state.log.undone == (SPLIT, ADA)
    assert [edit["action"] for edit in stored(folder)["undone"]] == ["different people", "name"]
    assert session.redo(0) == Changed(1, reload=False)
    assert names(session.state.result)[0] == "Ada"
    assert session.redo(1) == Changed(2, reload=False)
    assert together(session.state.result) == split
    assert session.state.log.undone == ()
    session.close()


def test_a_new_correction_forgets_what_was_undone(folder: Path) -> None:
    for again in (lambda s: s.append(JOIN, 1), lambda s: s.regroup(1)):
        keep(folder, ADA, SPLIT)
        session = Session(folder)
        session.undo(2)
        assert len(stored(folder)["undone"]) == 1
        again(session)
        assert session.state.log.undone == ()
        assert stored(folder)["undone"] == []
        with pytest.raises(ConflictError, match="nothing to redo"):
            session.redo(2)
        session.close()


def test_what_was_undone_is_there_at_the_next_opening(folder: Path) -> None:
    session = Session(folder)
    session.append(ADA, 0)
    session.undo(1)
    session.close()
    session = Session(folder)
    assert session.redo(0) == Changed(1, reload=False)
    assert session.state.log.edits == (ADA,)
    session.close()


def test_group_again(folder: Path, decided_under: list[Any]) -> None:
    session = Session(folder)
    session.append(JOIN, 0)
    assert session.regroup(1) == Changed(2, reload=True)
    result = session.state.result
    assert (len(result.edits), result.grouped_under) == (2, 2)
    assert result.grouped.labels[1] == result.grouped.labels[3] != -1  # not only replayed
    assert stored(folder)["edits"][1]["action"] == "group again"
    session.append(ADA, 2)
    assert session.undo(3) == Changed(2, reload=False)
    assert session.undo(2) == Changed(1, reload=True)
    assert session.state.result.grouped_under == 0
    assert session.redo(1) == Changed(2, reload=True)
    assert session.state.result.grouped_under == 2
    assert decided_under == [(2, 2), (1, 0), (2, 2)]
    session.close()
    assert load(folder).grouped_under == 2


def test_undo_goes_back_to_the_grouping_before(folder: Path, decided_under: list[Any]) -> None:
    session = Session(folder)
    session.append(ADA, 0)
    session.regroup(1)
    session.append(JOIN, 2)
    session.regroup(3)
    session.undo(4)
    assert session.state.result.grouped_under == 2
    session.undo(3)
    session.undo(2)
    assert session.state.result.grouped_under == 0
    session.close()
    assert decided_under == [(2, 2), (4, 4), (3, 2), (1, 0)]


def test_undo_in_the_next_session_undoes_the_grouping(
    folder: Path, decided_under: list[Any]
) -> None:
    session = Session(folder)
    session.append(JOIN, 0)
    session.regroup(1)
    session.close()
    session = Session(folder)
    assert session.undo(2) == Changed(1, reload=True)
    session.close()
    assert decided_under == [(2, 2), (1, 0)]


@pytest.mark.parametrize(
    ("edits", "base", "expected"),
    [
        ([], 0, 0),
        ([ADA, SPLIT], 0, 0),
        ([ADA, SPLIT], 1, 1),
        ([ADA, SPLIT], 5, 2),
        ([ADA, AGAIN, SPLIT], 0, 2),
        ([ADA, AGAIN, SPLIT], 3, 2),
        ([AGAIN, AGAIN], 0, 2),
    ],
)
def test_under_how_many(edits: list[Edit], base: int, expected: int) -> None:
    assert grouped_under(edits, base) == expected


def test_undo_under_what_the_run_had_taken(folder: Path, decided_under: list[Any]) -> None:
    keep(folder, ADA, JOIN)
    loaded = load(folder)
    result = session_module.decide(loaded.analysis, loaded.config, (ADA, JOIN), grouped_under=2)
    save_result(result, folder)
    session = Session(folder)
    assert session.undo(2) == Changed(1, reload=True)
    assert session.state.result.grouped_under == 1
    assert session.redo(1) == Changed(2, reload=False)
    session.close()
    assert decided_under == [(2, 2), (1, 1)]


@pytest.mark.parametrize("count", [0, 2, -1])
def test_another_count_changes_nothing(folder: Path, count: int) -> None:
    session = Session(folder)
    session.append(ADA, 0)
    state, text = session.state, stored(folder)
    for change in (session.undo, session.redo, session.regroup, lambda n: session.append(JOIN, n)):
        with pytest.raises(ConflictError, match=f"has {count} corrections, but the review has 1"):
            change(count)
    assert session.state is state
    assert stored(folder) == text
    session.close()


def test_what_a_project_wrote_down_is_not_undone(folder: Path, decided_under: list[Any]) -> None:
    by_project = replace(JOIN, note=f"x{BY_PROJECT}season.cast")
    keep(folder, ADA, AGAIN, by_project)
    session = Session(folder)
    decided_under.clear()
    assert session.undo(3) == Changed(2, reload=True)
    assert session.undo(2) == Changed(1, reload=False)
    assert session.state.log == replace(session.state.log, edits=(by_project,), undone=(AGAIN, ADA))
    assert decided_under == [(2, 0)]
    with pytest.raises(ConflictError, match="There is nothing to undo"):
        session.undo(1)
    session.redo(1)
    assert session.state.log.edits == (by_project, ADA)
    session.close()


def test_nothing_to_undo(folder: Path) -> None:
    session = Session(folder)
    with pytest.raises(ConflictError, match="There is nothing to undo"):
        session.undo(0)
    with pytest.raises(ConflictError, match="There is nothing to redo"):
        session.redo(0)
    session.close()
    assert not (folder / "edits.json").exists()


def test_grouping_again_is_no_plain_correction(folder: Path) -> None:
    session = Session(folder)
    with pytest.raises(EditsError, match="Grouping again is not a correction"):
        session.append(AGAIN, 0)
    session.close()


def test_another_program_is_not_overwritten(folder: Path) -> None:
    session, other = Session(folder), Session(folder)
    other.append(JOIN, 0)
    with pytest.raises(ConflictError, match=r"Another program has changed .*edits\.json"):
        session.append(ADA, 0)
    assert stored(folder)["edits"][0]["action"] == "same person"
    assert session.count == 0
    session.close()
    other.close()


def test_a_correction_of_another_program_at_the_last_moment_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, amend = Session(folder), session_module.amend

    def slow(*args: Any) -> ClusteringResult:
        keep(folder, JOIN)
        return amend(*args)

    monkeypatch.setattr(session_module, "amend", slow)
    with pytest.raises(ConflictError, match="Another program has changed"):
        session.append(ADA, 0)
    assert [edit["action"] for edit in stored(folder)["edits"]] == ["same person"]
    assert session.count == 0
    session.close()


def test_a_correction_waits_for_another_program(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock_module, "WAIT_S", 0.0)
    session = Session(folder)
    with (
        run_lock_module.edits_lock(folder),
        pytest.raises(ResultError, match="Another cluster-video is changing the corrections of "),
    ):
        session.append(ADA, 0)
    assert (session.count, (folder / "edits.json").exists()) == (0, False)
    assert session.append(ADA, 0).count == 1
    session.close()


def test_what_changes_while_a_review_opens_is_noticed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up = Session._catch_up

    def slow(self: Session, *args: Any) -> ClusteringResult:
        keep(folder, JOIN)
        return catch_up(self, *args)

    monkeypatch.setattr(Session, "_catch_up", slow)
    session = Session(folder)
    with pytest.raises(ConflictError, match="Another program has changed"):
        session.append(ADA, 0)
    session.close()


def test_tables_of_another_run_are_left_alone(folder: Path) -> None:
    session = Session(folder)
    write_folder(decided(threshold=0.3), folder)
    theirs = (folder / "result.json").read_bytes()
    session.append(ADA, 0)
    assert "Another run has written" in session.writer.flush().error
    assert (folder / "result.json").read_bytes() == theirs
    assert stored(folder)["edits"][0]["name"] == "Ada", "kept all the same"
    session.close()
    again = Session(folder)
    assert again.writer.flush().error == ""
    assert "Ada" in (folder / "people.csv").read_text("utf-8")
    assert again.state.result.threshold == 0.3
    again.close()


def test_beside_a_run_corrections_are_kept_and_tables_wait(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock_module, "WAIT_S", 0.0)
    before = (folder / "result.json").read_bytes()
    session = Session(folder)
    with run_lock_module.run_lock(folder):
        assert session.append(ADA, 0).count == 1
        written = session.writer.flush()
        assert "Another cluster-video is writing" in written.error
        assert not written.newest
        assert stored(folder)["edits"][0]["name"] == "Ada"
        assert (folder / "result.json").read_bytes() == before
    assert session.close().error == ""
    assert "Ada" in (folder / "people.csv").read_text("utf-8")


def test_after_the_end_nothing_is_taken(folder: Path) -> None:
    session = Session(folder)
    session.close()
    with pytest.raises(ConflictError, match="The review has ended"):
        session.append(ADA, 0)
    assert not (folder / "edits.json").exists()


def test_a_full_disk_leaves_all_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(folder)
    session.append(ADA, 0)
    state, text = session.state, stored(folder)

    def full(*_: Any) -> None:
        raise EditsError("Cannot write edits.json", "Free some space")

    with monkeypatch.context() as patch:
        patch.setattr(ResultFolder, "write_edits", full)
        for change in (lambda: session.append(JOIN, 1), lambda: session.undo(1)):
            with pytest.raises(ResultError, match="Cannot write"):
                change()
    assert session.state is state
    assert stored(folder) == text
    assert session.undo(1).count == 0
    session.close()


def test_a_correction_does_not_wait_for_the_tables(folder: Path) -> None:
    go, began = Event(), Event()
    saved: list[int] = []

    def slow(result: ClusteringResult, _folder: Path) -> None:
        began.set()
        assert go.wait(timeout=60)
        saved.append(len(result.edits))

    session = Session(folder, slow)
    session.append(ADA, 0)
    assert began.wait(timeout=60)
    session.append(SPLIT, 1)
    session.append(JOIN, 2)
    assert len(stored(folder)["edits"]) == 3
    assert session.writer.written.count == 0
    go.set()
    assert session.close().count == 3
    assert saved == [1, 3]


def test_one_change_after_the_other(folder: Path) -> None:
    session = Session(folder, lambda *_: None)
    taken: list[int] = []

    def push() -> None:
        while len(taken) < 40:
            try:
                taken.append(session.append(ADA, session.count).count)
            except ConflictError:
                continue

    threads = [Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, len(taken) + 1))
    assert len(stored(folder)["edits"]) == len(taken)
    session.close()


def test_tables_follow_a_file_changed_by_hand(folder: Path, decided_under: list[Any]) -> None:
    keep(folder, ADA, JOIN)
    session = Session(folder)
    assert names(session.state.result)[0] == "Ada"
    assert session.close().count == 2
    assert load(folder).edits == (ADA, JOIN)
    assert "Ada" in (folder / "people.csv").read_text("utf-8")
    assert decided_under == []


def test_tables_that_are_up_to_date_are_left_alone(folder: Path) -> None:
    session = Session(folder)
    session.append(ADA, 0)
    session.close()

    def never(*_: Any) -> None:
        pytest.fail("there is nothing new")

    session = Session(folder, never)
    assert session.writer.written.count == 1
    assert session.close().error == ""


def test_a_crash_before_the_tables_of_a_new_grouping(
    folder: Path, decided_under: list[Any]
) -> None:
    keep(folder, JOIN, AGAIN, ADA)
    session = Session(folder)
    assert session.state.result.grouped_under == 2
    assert decided_under == [(3, 2)]
    session.close()
    assert load(folder).grouped_under == 2


def test_a_crash_after_undoing_a_grouping(folder: Path, decided_under: list[Any]) -> None:
    session = Session(folder)
    session.append(JOIN, 0)
    session.regroup(1)
    session.close()
    keep(folder, JOIN, undone=(AGAIN,))
    session = Session(folder)
    assert session.state.result.grouped_under == 0
    assert session.state.log.undone == (AGAIN,)
    assert decided_under == [(2, 2), (1, 0)]
    session.close()


def test_corrections_taken_away_by_hand(folder: Path) -> None:
    session = Session(folder)
    before = together(session.state.result)
    session.append(SPLIT, 0)
    session.close()
    (folder / "edits.json").unlink()
    session = Session(folder)
    assert session.count == 0
    assert together(session.state.result) == before
    session.close()
    assert load(folder).edits == ()


def test_damaged_corrections_are_not_overwritten(folder: Path) -> None:
    (folder / "edits.json").write_text("{")
    with pytest.raises(EditsError, match=r"edits\.json is damaged"):
        Session(folder)
    assert (folder / "edits.json").read_text() == "{"
    with pytest.raises(ResultError, match="is not a result folder"):
        Session(folder / "gone")
