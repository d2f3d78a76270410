"""A result folder as a run writes it, small enough to count by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from clusterer.core.config import ClusteringConfig, Config
from clusterer.core.types import Analysis, ClusteringResult
from clusterer.outputs import save as result_folder
from clusterer.people.confidence import confidences
from clusterer.people.features import describe
from clusterer.people.identities import present, reasons_of
from clusterer.store.analysis_npz import SCHEMA_VERSION, dump
from tests.npz_files import write_arrays
from tests.small_result import OF_DLIB, pictures, small_analysis

TRUTH = [
    (0, 100, "ann", "frontal"),
    (10, 101, "ann", "frontal"),
    (20, 102, "ann", "small"),
    (90, 500, "ann", "small"),
    (0, 300, "bob", "frontal"),
    (50, 110, "cleo", "profile"),
    (60, 111, "cleo", "profile"),
    (60, 400, "dan", "frontal"),
]
"""Frame, left edge, person and kind. Tracks 0 to 3, in frames 0 10 20, 0 10, 50 60 99 and 60, are
ann, bob, cleo and dan; ann's last face is missed, and bob's second is not labelled: a stray."""

LABELS = (0, 1, 0, -1)
"""ann and cleo are grouped as one person, dan is unknown."""


def decided(
    labels: Sequence[int] = LABELS, analysis: Analysis | None = None, **chosen: Any
) -> ClusteringResult:
    """The small analysis, or another, with its four tracks grouped by these labels."""
    config = replace(ClusteringConfig(threshold=0.36), **chosen)
    analysis = analysis or small_analysis()
    features, array = describe(analysis, config), np.array(labels)
    trust = confidences(features, array, config.metric, 0.36)
    reasons = reasons_of(features, array, np.array([0, 1, 0, 1], bool))
    people, unknowns = present(analysis, array, reasons, trust)
    links = np.array([[0, 1], [2, 3]])
    return ClusteringResult(
        analysis, features, links, array, people, unknowns, Config(OF_DLIB, config)
    )


def write(result: ClusteringResult, folder: Path, *, drawn: bool = False) -> Path:
    """Write a result folder, with real pictures if `drawn`."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays, meta = dump(result.analysis)
    write_arrays(folder / "analysis.npz", arrays, {"schema": SCHEMA_VERSION, "key": "k", **meta})
    (folder / "chips").mkdir(exist_ok=True)
    grey = cv2.imencode(".jpg", np.full((32, 32, 3), 128, np.uint8))[1].tobytes()
    for name, picture in pictures(result.analysis).items():
        (folder / "chips" / name).write_bytes(grey if drawn else picture)
    result_folder.save(result, folder)
    return folder


def write_truth(path: Path, names: dict[str, str] | None = None) -> Path:
    """Write `TRUTH`, with other names for some of the people."""
    rows = [
        f"{frame},{left},50,{left + 40},98,{(names or {}).get(person, person)},{kind}"
        for frame, left, person, kind in TRUTH
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["frame,left,top,right,bottom,person,kind", *rows]), "utf-8")
    return path
