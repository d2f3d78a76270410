"""Damaged results, corrections, cards, tables and pictures: one line each, or read as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clusterer
from clusterer.core.errors import ClustererError
from clusterer.edits import parse_log
from tests.fuzz.films import SEED
from tests.fuzz.mutate import ODD, damaged, damaged_json
from tests.fuzz.parsers import TARGETS, problem, whole_files
from tests.small_result import small_result

FILES = 40
"""Of each kind."""
QUICK = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
KEYS = st.sampled_from(["0@100,50,140,98", "0@300,50,340,98", "60@400,50,440,98", "9@1,2,3,4"])
ACTIONS = st.sampled_from([action.value for action in clusterer.Action])
LISTS = st.lists(KEYS, max_size=3) | st.sampled_from(ODD)
TEXTS = st.text(max_size=10) | st.sampled_from(ODD)
EDITS = st.fixed_dictionaries(
    {"action": ACTIONS},
    optional={
        **dict.fromkeys(("who", "others", "tracks", "source"), LISTS),
        **dict.fromkeys(("name", "note", "at"), TEXTS),
        "face": KEYS | TEXTS,
    },
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("parsers") / "small.people"
    whole_files(place)
    return place


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files(folder: Path, name: str) -> None:
    target = TARGETS[name]
    whole = (folder / target.name).read_bytes()
    assert problem(target, folder, whole) == ""
    target.read(folder)
    for number in range(FILES):
        for damage in (damaged, damaged_json) if target.is_json else (damaged,):
            content = damage(whole, f"{SEED}-{name}-{number}")
            assert problem(target, folder, content) == "", content[:3000]


@QUICK
@pytest.mark.parametrize("name", [n for n in TARGETS if n not in {"result", "analysis"}])
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes(folder: Path, name: str, content: bytes) -> None:
    assert problem(TARGETS[name], folder, content) == ""


@settings(max_examples=150)
@given(st.lists(EDITS, max_size=6))
def test_any_corrections(edits: list[dict[str, Any]]) -> None:
    try:
        log = parse_log({"schema": 1, "edits": edits})
        after = clusterer.amend(small_result(), log.edits)
    except ClustererError as refused:
        after, error = None, str(refused)
    if after is None:
        assert len(error.splitlines()) == 1
    else:
        assert len(after.labels) == len(small_result().labels)
