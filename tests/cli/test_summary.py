"""The summary of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.cli.show import summary
from clusterer.core.timecode import spoken
from clusterer.pipeline.process import Outcome
from tests.small_result import FITS, small_result


@pytest.mark.parametrize(
    "seconds", [0.25, 4.0, 59.94, 59.96, 60.5, 119.96, 187.6, 3599.6, 4000.0, 36_000.0]
)
def test_lengths_as_on_the_page(seconds: float) -> None:
    """Durations are never ``60.0 s`` or ``1:60.0``, and are aligned in a column."""
    result = replace(small_result(), calibration=FITS)
    video = replace(result.analysis.video, duration_s=seconds)
    people = tuple(
        replace(person, screen_time_s=length)
        for person, length in zip(result.people, [seconds, 1.0, 2.0], strict=False)
    )
    assert len(people) > 1
    result = replace(result, analysis=replace(result.analysis, video=video), people=people)
    lines = summary(Outcome(result, Path("small.people"), 1.0)).splitlines()
    assert lines[0].endswith(f" in {spoken(seconds)} of video")
    ends = {line.index(duration) + len(duration) for line, duration in zip(
        lines[1:], [spoken(p.screen_time_s) for p in people], strict=False
    )}  # fmt: skip
    assert len(ends) == 1


def test_a_name_cannot_control_the_terminal() -> None:
    result = replace(small_result(), calibration=FITS)
    video = replace(result.analysis.video, path="a\x1b[2Jb\nc.mp4")
    people = (replace(result.people[0], name="Ann\x1b[31m"), *result.people[1:])
    result = replace(result, analysis=replace(result.analysis, video=video), people=people)
    text = summary(Outcome(result, Path("a\x1b[2Jb\nc.people"), 1.0))
    assert text.startswith(r"a\x1b[2Jb\nc.mp4: ")
    assert r"Report: a\x1b[2Jb\nc.people" in text
    assert text.replace("\n", "").isprintable()
