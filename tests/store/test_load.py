"""What was saved is loaded: the same people, unknowns and tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clusterer
from clusterer.core.errors import ResultError
from clusterer.core.types import (
    Action,
    Advice,
    ClothingDecision,
    ClusteringResult,
    Edit,
    Move,
    Question,
    Reason,
)
from clusterer.edits import Keys
from clusterer.outputs import save as result_folder
from clusterer.people.amend import amend, in_words
from tests.result_folder import decided, write


def assert_same(a: ClusteringResult, b: ClusteringResult) -> None:
    """`a` is loaded: of the path of the video it has the name only. Words are found again."""
    b = in_words(replace(b, grouping=replace(b.grouped, sure=())))
    assert (a.people, a.unknowns) == (b.people, b.unknowns)
    assert (a.config, a.calibration) == (b.config, b.calibration)
    assert a.labels.tolist() == b.labels.tolist()
    assert a.clothing == b.clothing
    assert a.cannot_link.tolist() == b.cannot_link.tolist()
    assert list(a.tables) == list(b.tables)
    assert a.analysis.video == replace(b.analysis.video, path=Path(b.analysis.video.path).name)
    assert a.features.reasons == b.features.reasons
    for name in ("track_ids", "start_pts", "face", "quality", "readable_chips", "has_face"):
        assert np.array_equal(getattr(a.features, name), getattr(b.features, name)), name
    assert (a.edits, a.grouped_under, a.edit_notes) == (b.edits, b.grouped_under, b.edit_notes)
    assert a.advice == b.advice
    assert (a.sure, a.grouped.sure) == (b.sure, b.grouped.sure)
    assert a.grouped.labels.tolist() == b.grouped.labels.tolist()
    assert a.grouped.reasons == b.grouped.reasons
    assert a.grouped.confidence.tolist() == b.grouped.confidence.tolist()
    assert result_folder.to_json(a) == result_folder.to_json(b)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    labels=st.lists(st.integers(-1, 3), min_size=4, max_size=4),
    names=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=4, max_size=4),
    confidence=st.floats(0, 1),
    min_faces=st.integers(1, 3),
)
def test_comes_back_as_it_was(
    tmp_path: Path,
    labels: list[int],
    names: list[str],
    confidence: float,
    min_faces: int,
) -> None:
    result = decided(labels, min_faces=min_faces)
    named = tuple(
        replace(who, id=f"id of {name}", name=name, confidence=confidence)
        for who, name in zip(result.people, names, strict=False)
    )
    moved = tuple(
        ClothingDecision(track, move, 0.5, -1.25, runner_up)
        for track, (move, runner_up) in enumerate([(Move.JOINED, None), (Move.SPLIT, 2.0)])
    )
    result = replace(result, people=named, clothing=moved)
    assert_same(clusterer.load(write(result, tmp_path)), result)


def corrected() -> ClusteringResult:
    """The small result after corrections, grouped under the first two of them."""
    first, second, third, fourth = Keys(decided().analysis).tracks
    result = replace(
        decided(),
        edits=(Edit(Action.NOT_A_FACE, tracks=(fourth,)), Edit(Action.REGROUP)),
        grouped_under=2,
        advice=Advice((Question(0, 1, -0.1), Question(1, 2, 2.25)), {0: ((0, 1),)}),
    )
    return amend(
        result,
        [
            *result.edits,
            Edit(Action.NAME, who=(first,), name="Åsa", note="Person 1 is Åsa"),
            Edit(Action.HIDE, who=(second,), at="2026-01-02T03:04:05Z"),
            Edit(Action.REMOVE, tracks=(third,)),
            Edit(Action.SHOW, who=("7@1,1,2,2",)),
        ],
    )


def test_corrections_come_back(tmp_path: Path) -> None:
    result = corrected()
    assert [who.reason for who in result.unknowns] == [Reason.BY_HAND, Reason.NOT_A_FACE]
    assert result.edit_notes == ("6. show: person not found",)
    loaded = clusterer.load(write(result, tmp_path))
    assert loaded.features.has_face.tolist() == [True, True, True, False]
    undone = replace(result, features=loaded.features)  # `corrected` did not group it again
    assert_same(loaded, undone)
    assert amend(loaded, loaded.edits[:2]).people == amend(result, result.edits[:2]).people


def test_path_may_be_text(tmp_path: Path) -> None:
    result = decided()
    assert_same(clusterer.load(str(write(result, tmp_path))), result)


def test_settings_of_an_older_version_are_the_defaults(tmp_path: Path) -> None:
    folder = write(decided(), tmp_path)
    rewrite(folder, lambda content: content["config"]["clustering"].pop("min_quality"))
    assert clusterer.load(folder).features.readable_chips.tolist() == (
        decided().features.readable_chips.tolist()
    )


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads((folder / "result.json").read_text("utf-8"))
    change(content)
    (folder / "result.json").write_text(json.dumps(content), "utf-8")


def put(value: object, *path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(content: Any) -> None:
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = value

    return change


MOVED = {
    "track_id": 1, "move": "joined by clothing", "face": 0.1, "clothing": 2.0, "runner_up": None,
}  # fmt: skip
DAMAGE: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda c: c.pop("labels"), "is damaged (no 'labels')"),
    (lambda c: c.pop("identities"), "is damaged (no 'identities')"),
    (lambda c: c.pop("config"), "is damaged (it holds no settings)"),
    (lambda c: c["identities"].pop(), "labels and identities contradict each other"),
    (lambda c: c["identities"][0].pop("name"), "is damaged ("),
    (lambda c: c["faces"]["frame"].pop(), "is damaged ("),
    (put([0, 1, 1, -1], "labels"), "labels and identities contradict each other"),
    (put([0, 1, 0], "labels"), "is damaged ("),
    (put([0, 1, 0, 2**70], "labels"), "is damaged ("),
    (put("x", "labels"), "is damaged ("),
    (put([[0, 9]], "cannot_link"), "a constraint on a track that is not there"),
    (put([[0, 1, 2]], "cannot_link"), "is damaged ("),
    (put(99, "identities", 0, "cover_row"), "a picture of a face that is not there"),
    (put("tired", "identities", 0, "reason"), "'tired' is not a valid Reason"),
    (put(None, "identities", 0, "appearances"), "is damaged ("),
    (lambda c: c.pop("clothing"), "is damaged (no 'clothing')"),
    (put([MOVED | {"track_id": 9}], "clothing"), "a decision on a track that is not there"),
    (put([MOVED | {"move": "borrowed"}], "clothing"), "'borrowed' is not a valid Move"),
    (put([{"track_id": 1}], "clothing"), "is damaged ("),
    (put([7] * 9, "faces", "track"), "it is not of the same run as analysis.npz"),
    (put(1, "config", "clustering", "magic"), "another version (setting magic is unknown)"),
    (put(7, "config", "clustering", "threshold"), "is damaged (threshold is 7"),
    (put("far", "config", "clustering", "threshold"), "is damaged ("),
    (put([], "config", "analysis", "detection", "detector"), "is damaged (detector is [])"),
    (put(5, "config", "analysis", "encoding", "encoder"), "is damaged (encoder is 5)"),
    (put({}, "config", "clustering", "method"), "is damaged (method is {})"),
    (put(float("inf"), "identities", 0, "screen_time_s"), "is damaged ("),
    (put(5, "identities", 0, "name"), "is damaged (name is 5)"),
    (put([], "identities", 0, "appearances"), "an identity without a whole appearance"),
    (put(1.5, "identities", 0, "confidence"), "an identity with a number out of range"),
    (put([], "config", "clustering"), ""),
    (lambda c: c.pop("grouping"), "is damaged (no 'grouping')"),
    (put([0, 1, 0], "grouping", "labels"), "grouping: a label per track"),
    (put([0, 1, 0, 0.5], "grouping", "labels"), "grouping: a label per track"),
    (put([0, 1, 0, -2], "grouping", "labels"), "grouping: a label that there is not"),
    (put(["tired"] * 4, "grouping", "reasons"), "'tired' is not a valid Reason"),
    (put([], "grouping", "reasons"), "Grouping.reasons: one per track"),
    (put([0, 0, 0, 1.5], "grouping", "confidence"), "grouping: confidence outside 0 to 1"),
    (put([0, 0, 0, float("nan")], "grouping", "confidence"), "grouping: confidence outside"),
    (put([0], "grouping", "confidence"), "is damaged ("),
    (put([{"action": "sing"}], "edits"), "a correction has no known action"),
    (put(None, "edits"), "is damaged ("),
    (put(1, "grouped_under"), "1 is not a number from 0 to 0"),
    (put(-1, "grouped_under"), "-1 is not a number from 0 to 0"),
    (put(False, "grouped_under"), "False is not a number"),
    (put("x", "edit_notes"), "edit_notes: not lines"),
    (put([1], "edit_notes"), "edit_notes: not lines"),
    (put([[0, 4, 1.0]], "advice", "questions"), "4 is not a number from 0 to 3"),
    (put([[0, 1]], "advice", "questions"), "is damaged ("),
    (put({"0": [[0, 0]]}, "advice", "trees"), "advice: a tree that is none"),
    (put({"0": [[0, 2]]}, "advice", "trees"), "2 is not a number from 0 to 1"),
    (put({"0": []}, "advice", "trees"), "advice: a tree that is not of its person"),
    (put({"x": []}, "advice", "trees"), "is damaged ("),
    (put(1, "schema"), "was written by another version (schema 1)"),
    (put(None, "schema"), "was written by another version (schema None)"),
]


def test_the_tolerance_of_schema_4_had_another_name(tmp_path: Path) -> None:
    folder = write(decided(), tmp_path)

    def as_before(content: dict[str, Any]) -> None:
        content["schema"] = 4
        content["config"]["clustering"]["slack"] = [[0.0, 0.5], [1.0, 1.0]]
        del content["config"]["clustering"]["tolerance"]

    rewrite(folder, as_before)
    assert clusterer.load(folder).config.clustering.tolerance == ((0.0, 0.5), (1.0, 1.0))


@pytest.mark.parametrize(("change", "expected"), DAMAGE)
def test_damage_is_told_in_one_line(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], expected: str
) -> None:
    folder = write(decided(), tmp_path)
    rewrite(folder, change)
    if not expected:  # empty settings are those of an older version
        clusterer.load(folder)
        return
    with pytest.raises(ResultError) as refused:
        clusterer.load(folder)
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy.startswith("Run cluster-video on the video again")


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"[1]", b"7"])
def test_no_json_at_all(tmp_path: Path, text: bytes) -> None:
    folder = write(decided(), tmp_path)
    (folder / "result.json").write_bytes(text)
    with pytest.raises(
        ResultError, match=r"is damaged \(it is (not JSON|nested too deeply)\)|another version"
    ):
        clusterer.load(folder)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("result.json", "result.json is missing. Run"),
        ("analysis.npz", "analysis.npz is missing. Run"),
        ("chips/00000-0000000.jpg", "pictures are missing from"),
    ],
)
def test_missing_file(tmp_path: Path, missing: str, expected: str) -> None:
    folder = write(decided(), tmp_path)
    (folder / missing).unlink()
    with pytest.raises(ResultError) as refused:
        clusterer.load(folder)
    assert expected in str(refused.value)
    assert refused.value.remedy


@pytest.mark.parametrize("make", ["nothing", "folder", "file"])
def test_no_result_folder(tmp_path: Path, make: str) -> None:
    path = tmp_path / "x.people"
    if make == "folder":
        path.mkdir()
    elif make == "file":
        path.touch()
    with pytest.raises(ResultError, match=r"is not a result folder|not a directory") as refused:
        clusterer.load(path)
    assert refused.value.remedy == "Give a folder that cluster-video wrote"
