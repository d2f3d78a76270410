"""Another threshold: shown without being kept, applied, undone, and said so by a run."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from clusterer.core.errors import EditsError
from clusterer.core.types import Action, Edit
from clusterer.edits import parse_edit, to_dict
from clusterer.people.decide import decide
from clusterer.review import Session, preview
from clusterer.store.folder import load
from tests.review.conftest import ANN, Answer, Served, stored


def test_thresholds(served: Served) -> None:
    assert served.get("thresholds").json == {
        "now": 0.36,
        "least": 0.18,
        "most": pytest.approx(0.54),
        "default": 0.36,
        "metric": "l2",
        "auto": False,
    }


def test_a_preview_is_what_grouping_gives_and_keeps_nothing(folder: Path, served: Served) -> None:
    before = served.site.session.state
    config = before.result.config.with_clustering(threshold=1.5)
    expected = decide(before.result.analysis, config)
    answer = served.get("preview?threshold=1.5").json
    assert answer == {
        "threshold": 1.5,
        "labels": expected.labels.tolist(),
        "people": len(expected.people),
        "unknown": len(expected.unknowns),
    }
    assert served.site.session.state is before
    assert not (folder / "edits.json").exists()


@pytest.mark.parametrize("query", ["", "?threshold=", "?threshold=x", "?threshold=nan",
    "?threshold=inf", "?threshold=-1", "?threshold=2.1", "?threshold=1&threshold=1"])  # fmt: skip
def test_no_threshold(served: Served, query: str) -> None:
    assert served.get(f"preview{query}").status == 400


def test_a_newer_preview_overtakes(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, going_on = Event(), Event()
    real, answers = preview.decide, {}

    def slow(*given: Any) -> Any:
        begun.set()
        assert going_on.wait(20)
        return real(*given)

    monkeypatch.setattr(preview, "decide", slow)

    def ask(threshold: str) -> None:
        answers[threshold] = served.get(f"preview?threshold={threshold}")

    older = Thread(target=ask, args=["0.3"])
    older.start()
    assert begun.wait(20)
    newer = Thread(target=ask, args=["0.4"])
    newer.start()
    newer.join(0.5)
    going_on.set()
    for thread in (older, newer):
        thread.join(20)
    kept: dict[str, Answer] = answers
    assert (kept["0.3"].status, kept["0.4"].status) == (409, 200)


def test_applying_and_undoing(folder: Path, served: Served) -> None:
    session = served.site.session
    assert served.post("apply", {"count": 0, "threshold": 0.5}).json["reload"]
    assert session.state.result.threshold == 0.5
    (kept,) = stored(folder)["edits"]
    assert (kept["action"], kept["threshold"]) == ("group again", 0.5)
    session.writer.flush()
    assert load(folder).threshold == 0.5
    served.post("regroup", {"count": 1})
    assert session.state.result.threshold == 0.5
    served.post("apply", {"count": 2, "threshold": 1})
    assert session.state.result.threshold == 1.0
    assert served.post("undo", {"count": 3}).json["reload"]
    assert session.state.result.threshold == 0.5
    served.post("undo", {"count": 2})
    served.post("undo", {"count": 1})
    assert session.state.result.threshold == 0.36
    served.post("redo", {"count": 0})
    assert session.state.result.threshold == 0.5


@pytest.mark.parametrize("threshold", [None, "0.4", True, -0.1, 2.1, [], 10**400], ids=range(7))
def test_what_cannot_be_applied(served: Served, threshold: Any) -> None:
    assert served.post("apply", {"count": 0, "threshold": threshold}).status == 400
    assert served.site.session.count == 0


def test_another_count(served: Served) -> None:
    assert served.post("apply", {"count": 1, "threshold": 0.4}).status == 409


def test_the_next_session_goes_on_with_it(folder: Path) -> None:
    session = Session(folder)
    session.regroup(0, 0.5)
    session.close()
    again = Session(folder)
    assert again.state.result.threshold == 0.5
    again.regroup(1)
    assert again.state.result.threshold == 0.5
    again.undo(2)
    again.undo(1)
    assert again.state.result.threshold == 0.36  # the default of dlib's encoder
    again.close()


def test_a_crash_before_the_tables(folder: Path) -> None:
    session = Session(folder, save=lambda *_: None)
    session.regroup(0, 0.5)
    session.close()
    assert load(folder).threshold == 0.36
    again = Session(folder)
    assert again.state.result.threshold == 0.5
    again.close()


def test_a_run_with_another_threshold_says_so(folder: Path) -> None:
    result = load(folder)
    edits = (Edit(Action.REGROUP, threshold=0.5),)
    (note,) = decide(result.analysis, result.config, edits).edit_notes
    assert "grouped with the threshold 0.36, not 0.5" in note
    same = result.config.with_clustering(threshold=0.5)
    assert decide(result.analysis, same, edits).edit_notes == ()


def test_a_threshold_is_stored_and_checked() -> None:
    edit = Edit(Action.REGROUP, threshold=0.0)
    assert parse_edit(to_dict(edit)) == edit
    bad: list[dict[str, Any]] = [
        {"action": "group again", "threshold": value} for value in (None, "1", True, -1, 3)
    ]
    bad.append({"action": "name", "who": [ANN], "threshold": 1.0})
    for content in bad:
        with pytest.raises(EditsError, match="threshold"):
            parse_edit(content)
