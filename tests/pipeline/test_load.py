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
from clusterer import result as result_folder
from clusterer.errors import ResultError
from clusterer.export.tables import tables
from clusterer.types import ClothingDecision, ClusteringResult, Move

from ..result_folder import decided, write


def assert_same(a: ClusteringResult, b: ClusteringResult) -> None:
    assert (a.people, a.unknowns, a.config) == (b.people, b.unknowns, b.config)
    assert a.labels.tolist() == b.labels.tolist()
    assert a.clothing == b.clothing
    assert a.cannot_link.tolist() == b.cannot_link.tolist()
    assert tables(a) == tables(b)
    assert a.analysis.video == b.analysis.video
    assert a.features.reasons == b.features.reasons
    for name in ("track_ids", "start_pts", "face", "quality", "readable_chips", "has_face"):
        assert np.array_equal(getattr(a.features, name), getattr(b.features, name)), name
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
    (put([], "config", "clustering"), ""),
    (put(1, "schema"), "was written by another version (schema 1)"),
    (put(None, "schema"), "was written by another version (schema None)"),
]


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
    with pytest.raises(ResultError, match=r"is damaged \(it is no JSON\)|another version"):
        clusterer.load(folder)


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("result.json", "result.json is missing. Run"),
        ("analysis.npz", "analysis.npz is damaged"),
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
    with pytest.raises(ResultError, match=r"is no result folder|not a directory") as refused:
        clusterer.load(path)
    assert refused.value.remedy == "Give a folder that cluster-video wrote"
