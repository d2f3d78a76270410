"""Films whose clocks are odd, from the file to the tables."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, Config, ShotConfig
from clusterer.core.types import ImageArray
from tests.face_films import on_wall, whole
from tests.odd_clocks import write_film

Row = tuple[int, int, float, float]
NO_CUTS = Config(AnalysisConfig(shots=ShotConfig(min_content=255.0, dissolve_s=0.0)))
"""Nothing changes by that much, so appearances end within the only shot."""


def appearances(result: clusterer.ClusteringResult) -> list[Row]:
    """First and last frame, start and end of every appearance of everybody, also of unknowns."""
    video = result.analysis.video
    found = [seen for who in (*result.people, *result.unknowns) for seen in who.appearances]
    return sorted(
        (
            seen.start_frame,
            seen.end_frame,
            round(video.seconds(seen.start_pts), 3),
            round(video.seconds(seen.end_pts), 3),
        )
        for seen in found
    )


def analysed(path: Path, config: Config | None = None) -> clusterer.ClusteringResult:
    return clusterer.process(path, config, folder=path.with_suffix(".people")).result


def pictures(cast: Sequence[str]) -> list[ImageArray]:
    """One picture for each: A, B, or nobody (empty)."""
    return [on_wall(who, number) for number, who in enumerate(cast)]


def test_an_appearance_ends_when_the_next_frame_begins(tmp_path: Path) -> None:
    """At a variable rate, whichever frames are sampled."""
    lengths_ms = np.random.default_rng(4).choice([20, 40, 80, 300], 60).tolist()
    lengths_ms[29] = 900  # the last frame of the first appearance
    times_s = [Fraction(time, 1000) for time in accumulate(lengths_ms, initial=0)]
    cast = ["A" if 8 <= i < 30 or 45 <= i < 52 else "" for i in range(60)]
    path = write_film(tmp_path / "a.mkv", pictures(cast), times_s=times_s[:60])
    assert appearances(analysed(path, NO_CUTS)) == [
        (start, end, pytest.approx(float(times_s[start])), pytest.approx(float(times_s[end])))
        for start, end in ((8, 30), (45, 52))
    ]


def test_a_slide_is_seen_until_the_next(tmp_path: Path) -> None:
    times_s = [0, 5, 10, 12, 19, 19.04, 24]
    path = write_film(
        tmp_path / "a.mkv", pictures(["", "A", "A", "", "A", "", ""]), times_s=times_s
    )
    assert appearances(analysed(path, NO_CUTS)) == [(1, 3, 5.0, 12.0), (4, 5, 19.0, 19.04)]


@pytest.mark.parametrize("length", [1, 2, 4])
def test_slides_are_appearances(tmp_path: Path, length: int) -> None:
    """At one frame per second; each person has their own, whichever come between."""
    cast = [who for who in "ABABA" for _ in range(length)]
    path = write_film(tmp_path / "a.mkv", [whole(who) for who in cast], rate=Fraction(1))
    result = analysed(path)
    found = {
        tuple((seen.start_frame // length, seen.end_frame // length) for seen in who.appearances)
        for who in result.people
    }
    assert found == {((0, 1), (2, 3), (4, 5)), ((1, 2), (3, 4))}
    assert appearances(result) == [
        (first * length, (first + 1) * length, first * length, (first + 1) * length)
        for first in range(5)
    ]
