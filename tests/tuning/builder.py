"""Rows of a sweep made by hand, and films small enough to sweep in a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path

import numpy as np

from clusterer.core.types import Analysis
from clusterer.store.analysis_cache import AnalysisCache
from clusterer.tuning import POOLED, Row
from tests.small_analysis import Sight, analysis_of, shots_of

Points = Sequence[tuple[float, float, float]]
"""Threshold, F, precision of assigned faces; NaN = nobody is assigned."""


def row(
    threshold: float,
    f: float,
    precision: float,
    clip: str = POOLED,
    *,
    method: str = "incremental",
    metric: str = "l2",
    default: float = 0.36,
) -> Row:
    ratios: dict[str, float | int] = {
        "face_recall": 0.95,
        "b_cubed_precision": 0.9,
        "b_cubed_recall": 0.5,
        "b_cubed_f": f,
        "assigned_b_cubed_precision": 1.0 if isnan(precision) else precision,
        "people_found": 3,
        "people_true": 4,
        "unknown_share": 1.0 if isnan(precision) else 0.25,
    }
    return Row(clip, method, metric, threshold, threshold == default, ratios)


def rows(
    curves: Mapping[str, Points], method: str = "incremental", metric: str = "l2"
) -> list[Row]:
    """Rows of several clips, in the order in which a sweep gives them."""
    return [
        row(threshold, f, precision, clip, method=method, metric=metric)
        for line in zip(*curves.values(), strict=True)
        for clip, (threshold, f, precision) in zip(curves, line, strict=True)
    ]


TRACKS_OF = {"ada": (0, 3, 6, 7), "bob": (1, 4, 8), "cleo": (2, 5)}
N_TRACKS, SHOT_FRAMES = 9, 10


def film(seed: int) -> Analysis:
    """Nine tracks, one per shot, of three people; how far those of one lie apart is by chance."""
    random = np.random.default_rng(seed)
    people = random.normal(0, 0.12, (3, 16))
    sights: list[Sight] = []
    chips = {}
    for track in range(N_TRACKS):
        person = next(i for i, tracks in enumerate(TRACKS_OF.values()) if track in tracks)
        face = people[person] + random.normal(0, random.uniform(0.02, 0.08), 16)
        for frame in (0, 6):  # far enough apart to be two sights
            chips[len(sights)] = face.tolist()
            sights.append((track, track * SHOT_FRAMES + frame, 0.5))
    return analysis_of(sights, chips=chips, shots=shots_of(*[SHOT_FRAMES] * N_TRACKS))


def truth_csv() -> str:
    """Who is seen in that film; its boxes are those of `analysis_of`."""
    lines = ["frame,left,top,right,bottom,person"]
    for track in range(N_TRACKS):
        person = next(name for name, tracks in TRACKS_OF.items() if track in tracks)
        lines += [f"{track * SHOT_FRAMES + frame},0,0,50,50,{person}" for frame in (0, 6)]
    return "\n".join(lines) + "\n"


def store(folder: Path, seed: int = 0, truth: bool = True) -> Path:
    """A result folder ``NAME.people`` that holds the film, and ``NAME.truth.csv`` beside it."""
    cache = AnalysisCache(folder, "any")
    cache.start(())
    cache.finish(film(seed), [])
    if truth:
        name = folder.name.removesuffix(".people")
        (folder.parent / f"{name}.truth.csv").write_text(truth_csv(), encoding="utf-8")
    return folder
