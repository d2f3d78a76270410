"""Clothing in the summary and on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.cli.show import outcome_json, summary
from clusterer.core.types import ClothingDecision, Move
from clusterer.pipeline.process import Outcome
from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.small_result import FITS, small_result

J, S = Move.JOINED, Move.SPLIT


def outcome(moves: list[Move]) -> Outcome:
    decisions = tuple(ClothingDecision(0, move, 0.0, 2.0, None) for move in moves)
    result = replace(small_result(), clothing=decisions, calibration=FITS)
    return Outcome(result, Path("small.people"), 1.0)


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([], None),
        ([J], ", 1 joined by clothing"),
        ([J, S, J], ", 2 joined by clothing and 1 split by clothing"),
        ([S], ", 1 split by clothing"),
    ],
)
def test_the_summary_counts_decisions(moves: list[Move], expected: str | None) -> None:
    lines = [line for line in summary(outcome(moves)).splitlines() if "clothing" in line]
    if expected is None:
        assert not lines
    else:
        (line,) = lines
        assert re.match(r"  Of \d+ tracks?, ", line)
        assert line.endswith(expected)


def test_json_has_the_same_counts() -> None:
    (facts,) = json.loads(outcome_json([outcome([J, S, J])]))
    assert facts["clothing"] == {"joined": 2, "split": 1}


def test_clothing_can_be_switched_off(command: Callable[..., Ran], demo_folder: Path) -> None:
    ran = command(DEMO, "-o", demo_folder, "--no-clothing", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)[0]["clothing"] == {"joined": 0, "split": 0}
    config = json.loads((demo_folder / "result.json").read_text("utf-8"))["config"]
    assert config["clustering"]["clothing"]["enabled"] is False
