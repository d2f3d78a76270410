"""Evidence of distances of faces and clothes: the table behind the curves of an encoder's card.

    python -m benchmarks people evidence [CLIP.mp4 ...] [--encoder dlib] [--rate 4]

Over pairs of tracks of known people, by the lesser quality of the two faces: logistic regression
(balanced classes) of one person against two on the distance gives the neutral distance, at which
both are equally likely, and the slope, the evidence per distance. Distances of faces are in
thresholds. The last columns are the settings at the middle of that quality.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import clusterer
from benchmarks.footage import (
    AnalysedClip,
    add_clips,
    add_encoder,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.tables import markdown
from clusterer.core.config import AnalysisConfig, ClothingConfig, Config, EncodingConfig
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.faces.encoding import curves, default_threshold
from clusterer.people.refinement.evidence import distances

QUICK: Mapping[str, object] = {}
QUALITIES = (0.0, 0.03, 0.06, 0.1, 0.2, 0.3, 0.5, 1.0)
HEADER = (
    "what", "quality", "same", "different", "AUC", "neutral", "slope", "set: neutral", "slope",
)  # fmt: skip
LEAST = 5
"""Pairs of each kind that a fit needs."""

Floats = npt.NDArray[np.float64]

Known = tuple[TrackFeatures, IntArray, npt.NDArray[np.str_]]
"""What is known of each track, which are different people for certain, and who each is."""


def known_of(clip: AnalysedClip, encoder: str) -> Known:
    """Group a clip at the defaults."""
    looked = AnalysisConfig(encoding=EncodingConfig(encoder=encoder))
    result = clusterer.decide(clip.analysis, Config(looked))
    return result.features, result.cannot_link, np.array(clip.track_people, dtype=np.str_)


def fit(distance: Floats, same: npt.NDArray[np.bool_]) -> list[str]:
    """AUC, neutral distance and slope."""
    if same.sum() < LEAST or (~same).sum() < LEAST:
        return ["-", "-", "-"]
    model = LogisticRegression(C=1e3, class_weight="balanced").fit(distance[:, None], same)
    slope = float(model.coef_[0, 0])
    neutral = -float(model.intercept_[0]) / slope
    return [f"{roc_auc_score(same, -distance):.2f}", f"{neutral:.2f}", f"{-slope:.1f}"]


def rows(
    encoder: str, quality: Floats, distance: Floats, same: npt.NDArray[np.bool_]
) -> list[list[str]]:
    """One row per quality, for faces."""
    known = curves(EncodingConfig(encoder=encoder))
    found = []
    for low, high in pairwise(QUALITIES):
        here = (quality >= low) & (quality < high)
        middle = (low + high) / 2
        settings = [
            f"{np.interp(middle, *np.array(curve).T):.2f}"
            for curve in (known.face_neutral, known.face_slope)
        ]
        counts = [str(int(same[here].sum())), str(int((~same[here]).sum()))]
        span = f"{low:g} to {high:g}"
        found.append(["faces", span, *counts, *fit(distance[here], same[here]), *settings])
    return found


def pairs(known: Sequence[Known], encoder: str) -> list[list[str]]:
    """All rows."""
    threshold = default_threshold(encoder, "l2")
    config = ClothingConfig()
    of_faces, of_clothes = [], []
    for features, cannot_link, people in known:
        a, b = np.triu_indices(len(people), 1)
        named = (people[a] != "") & (people[b] != "")
        a, b = a[named], b[named]
        same = people[a] == people[b]
        apart = np.linalg.norm(features.face[a] - features.face[b], axis=1) / threshold
        poorer = np.minimum(features.quality[a], features.quality[b])
        faces = features.has_face[a] & features.has_face[b]
        of_faces.append((poorer[faces], apart[faces], same[faces]))
        seen = (features.torso_share[a] > 0) & (features.torso_share[b] > 0)
        differ = distances(features, cannot_link, config)[a, b].astype(np.float64)
        of_clothes.append((differ[seen], same[seen]))
    quality, distance, one = (np.concatenate(c) for c in zip(*of_faces, strict=True))
    differ, dressed = (np.concatenate(c) for c in zip(*of_clothes, strict=True))
    counts = [str(int(dressed.sum())), str(int((~dressed).sum()))]
    settings = [f"{config.neutral:.2f}", f"{config.slope:.2f}"]
    clothes = ["clothes", "any", *counts, *fit(differ, dressed), *settings]
    return [*rows(encoder, quality, distance, one), clothes]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_encoder(parser)
    parser.add_argument("--rate", type=float, default=4.0, help="samples per second")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    clips = read_clips(given.clips)
    with results_folder(given.results) as folder:
        known = [
            known_of(analysed(clip, folder, given.rate, given.encoder), given.encoder)
            for clip in clips
        ]
    print(markdown(HEADER, pairs(known, given.encoder)))
