"""Timecodes of the page are those of the tables: both are compared with one list."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.errors import ConfigError
from clusterer.core.timecode import frame_number, nominal_rate, spoken, timecode
from clusterer.outputs.report.payload import payload
from tests.outputs.report.builder import Cast, Scene

VECTORS = Path(__file__).parents[2] / "web" / "test" / "timecode.json"
RATES = ("24000/1001", "24", "25", "25/2", "30000/1001", "30", "50", "60000/1001", "60", "7/10")
STARTS = (None, "00:00:00:00", "01:00:00:00", "00:00:59;28", "10:09:59;20", "23:59:59:20")
FRAMES = (0, 1, 2, 24, 29, 30, 59, 1798, 1799, 1800, 1801, 17981, 17982, 107892, 2589407, 5178816)
TEXTS = (
    "00:00:00:00",
    "00:01:00;00",
    "00:01:00;02",
    "00:10:00;00",
    "00:01:00:00",
    "23:59:59;29",
    "24:00:00:00",
    "00:60:00:00",
    "00:00:00:30",
    "1:2:3:4",
)
SECONDS = (
    *(0, 0.04, 0.05, 4.2, 9.95, 59.9, 59.94, 59.95, 59.96, 60, 60.5, 119.5, 205, 3599.4, 3599.5),
    *(
        3600,
        3629.9,
        3630,
        7290,
        86399,
        *(count / 24_000 for count in range(1_430_000, 1_450_000, 777)),
    ),
    sum([0.05] * 3),  # 0.15000000000000002
)


def vectors() -> dict[str, list[list[Any]]]:
    """Compute what Python answers; an invalid timecode is null."""
    pairs = [(rate, Fraction(rate)) for rate in RATES]
    return {
        "nominal": [[*rate.as_integer_ratio(), nominal_rate(rate)] for _, rate in pairs],
        "timecode": [
            [frame, *rate.as_integer_ratio(), start, timecode(frame, rate, start)]
            for _, rate in pairs
            for start in STARTS
            if start is None or _number(start, rate) is not None
            for frame in FRAMES
        ],
        "number": [
            [text, *rate.as_integer_ratio(), _number(text, rate)]
            for _, rate in pairs
            for text in TEXTS
        ],
        "spoken": [[seconds, spoken(seconds)] for seconds in SECONDS],
    }


def _number(text: str, rate: Fraction) -> int | None:
    try:
        return frame_number(text, rate)
    except ConfigError:
        return None


def test_the_page_is_tested_with_what_python_answers() -> None:
    # web/test/timecode.test.ts compares the page's script with the same file.
    assert json.loads(VECTORS.read_text(encoding="utf-8")) == vectors()


@pytest.mark.parametrize(
    ("stated", "kept"), [("10:00:00:00", "10:00:00:00"), ("00:00:00:99", None), (None, None)]
)
def test_payload_states_how_timecodes_count(stated: str | None, kept: str | None) -> None:
    scene = Scene([Cast([0, 1], "Ada")], shot_count=2, start_timecode=stated)
    found = payload("live", scene.build(), {})
    assert found["rate"] == [25, 1]
    assert found["start_timecode"] == kept
    assert found["tracks"]["start_tc"][0] == (kept or "00:00:00:00")
