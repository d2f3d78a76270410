"""The page replays corrections as Python does: ``web/test/replay.test.ts`` reads these cases."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.appearances import JOIN_GAP_S
from clusterer.core.types import OF_TRACKS, UNKNOWN, Action
from clusterer.edits import NOT_A_FACE
from clusterer.edits.log import LENGTHS, LIMITS
from clusterer.people.names import BY_PROJECT
from tests.edits.cases import cases
from tests.edits.track_cases import track_cases

WEB = Path(__file__).parents[2] / "web"
CASES = WEB / "test" / "replay.json"
TRACK_CASES = WEB / "test" / "tracks.json"
COUNT, SEED = 300, 0


def text(of: list[dict[str, Any]]) -> str:
    """Return cases as they are stored, one a line."""
    rows = (json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in of)
    return "[\n" + ",\n".join(rows) + "\n]\n"


def made() -> list[dict[str, Any]]:
    return cases(COUNT, SEED)


def of_tracks() -> list[dict[str, Any]]:
    return track_cases(COUNT, SEED)


def test_the_stored_cases_are_those_of_python() -> None:
    """To make them again: ``python -m tests.page.test_replay``."""
    assert CASES.read_text("utf-8") == text(made())
    assert TRACK_CASES.read_text("utf-8") == text(of_tracks())


def test_the_cases_try_every_action() -> None:
    tried = [{e["action"] for case in of for e in case["edits"]} for of in (made(), of_tracks())]
    assert tried[0] == set(Action) - OF_TRACKS
    assert tried[1] >= OF_TRACKS


@pytest.mark.parametrize(
    ("file", "name", "value"),
    [
        ("model/data.ts", "UNKNOWN", UNKNOWN),
        ("model/data.ts", "NOT_A_FACE", NOT_A_FACE),
        ("model/people.ts", "JOIN_GAP_S", JOIN_GAP_S),
        ("model/people.ts", "ANCHORS", LIMITS["who"]),
        ("model/people.ts", "ANCHORS", LIMITS["others"]),
        ("model/likeness.ts", "LONGEST_NAME", LENGTHS["name"]),
        ("state/store.ts", "LONGEST_NOTE", LENGTHS["note"]),
        ("state/store.ts", "MOST_SOURCES", LIMITS["source"]),
    ],
)
def test_constants_agree(file: str, name: str, value: float) -> None:
    found = re.search(rf"const {name} = (-?\d+)", (WEB / "src" / file).read_text("utf-8"))
    assert found is not None
    assert float(found[1]) == value


def test_names_by_the_project_are_known_by_their_note() -> None:
    assert f'const BY_PROJECT = "{BY_PROJECT}";' in (WEB / "src/state/store.ts").read_text("utf-8")


if __name__ == "__main__":
    CASES.write_text(text(made()), "utf-8")
    TRACK_CASES.write_text(text(of_tracks()), "utf-8")
