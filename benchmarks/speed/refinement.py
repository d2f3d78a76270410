"""Time of the second stage for an hour of tracks, and of the questions about its result.

    python -m benchmarks speed refinement [--tracks 5000] [--people 40]

Tracks are simulated: an hour of shots of four faces each; the people change clothes
every five minutes. Two thirds of the tracks are unreadable; the first stage groups some of those
into fragments of a few tracks and leaves the others unknown. In the second row all are unknown; in
the third, too, and faces are pooled, as for SFace, whose statistics are known. Questions are timed
twice: with the evidence of the second stage, as in a run, and computing it again. Seconds are the
processor's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks.speed._memory import peak_bytes
from benchmarks.tables import print_table
from clusterer.core.config import ClusteringConfig, EncodingConfig, EvidenceConfig, with_curves
from clusterer.core.types import UNKNOWN, IntArray, Reason, TrackFeatures
from clusterer.faces.encoding import curves, default_threshold
from clusterer.people.features import pool
from clusterer.people.questions import advise
from clusterer.people.refinement.evidence import Evidence
from clusterer.people.refinement.refine import Refiner

QUICK: Mapping[str, object] = {"tracks": 200, "people": 8}
HEADER = (
    "first stage",
    "tracks",
    "groups before",
    "people after",
    "tracks moved",
    "seconds",
    "questions, s",
    "evidence again, s",
    "peak MiB",
)
TOGETHER = 4
"""Faces of one shot."""
COSTUME_S = 300.0
CHIPS = 3
"""Of each track."""
THRESHOLD = default_threshold("dlib", "l2")
POOLED = with_curves(ClusteringConfig(metric="cosine"), curves(EncodingConfig(encoder="sface")))
POOLED_THRESHOLD = default_threshold("sface", "cosine")


@dataclass(frozen=True, slots=True, eq=False)
class Hour:
    """What the second stage is given."""

    people: IntArray
    features: TrackFeatures
    spans_s: npt.NDArray[np.float64]
    labels: IntArray
    cannot_link: IntArray


def simulate(n_tracks: int, n_people: int, seed: int = 0) -> Hour:
    """Make an hour of tracks."""
    rng = np.random.default_rng(seed)
    shot = np.arange(n_tracks) // TOGETHER
    start_s = shot * 3600.0 / (n_tracks / TOGETHER)
    people = np.concatenate(
        [rng.permutation(n_people)[:TOGETHER] for _ in range(int(shot[-1]) + 1)]
    )[:n_tracks]
    readable = rng.random(n_tracks) < 1 / 3
    faces = rng.normal(size=(n_people, 128)) * 0.045
    noise = np.where(readable, 0.012, 0.03)[:, None] * rng.normal(size=(n_tracks, 128))
    costume = people * 1000 + (start_s // COSTUME_S).astype(int)
    clothing = np.stack([np.random.default_rng(c).random(560) ** 6 for c in costume.tolist()])
    clothing += rng.random((n_tracks, 560)) ** 6 * 0.3
    clothing /= np.linalg.norm(clothing, axis=1, keepdims=True)
    fragment = np.where(readable, people, people + n_people * (1 + shot // 10))
    labels = np.where(readable | (rng.random(n_tracks) < 0.5), fragment, UNKNOWN)
    pairs = [
        (a, b)
        for first in range(0, n_tracks, TOGETHER)
        for a in range(first, min(first + TOGETHER, n_tracks))
        for b in range(a + 1, min(first + TOGETHER, n_tracks))
    ]
    quality = np.where(readable, 0.7, 0.03)
    features = TrackFeatures(
        track_ids=np.arange(n_tracks),
        start_pts=(start_s * 1000).astype(int),
        face=(faces[people] + noise).astype(np.float32),
        quality=quality,
        readable_chips=np.full(n_tracks, CHIPS),
        has_face=np.ones(n_tracks, dtype=bool),
        reasons=(Reason.NONE,) * n_tracks,
        clothing=clothing.astype(np.float32),
        torso_share=np.ones(n_tracks, dtype=np.float32),
    )
    spans_s = np.stack([start_s, start_s + 2.5], axis=1)
    return Hour(people, features, spans_s, labels, np.array(pairs, dtype=np.int64).reshape(-1, 2))


def pooled(hour: Hour, config: EvidenceConfig, seed: int = 0) -> Hour:
    """The same with faces as the statistics have them; half of what disturbs a track is shared."""
    rng = np.random.default_rng(seed)
    quality = hour.features.quality
    reliability = np.interp(quality, *np.array(config.reliability).T)
    size = len(quality), CHIPS, 128
    identity = _directions(rng.normal(size=(int(hour.people.max()) + 1, 1, 128)))[hour.people]
    shared = rng.normal(size=(len(quality), 1, 128))
    chance = _directions(np.sqrt(0.5) * shared + np.sqrt(0.5) * rng.normal(size=size))
    part = reliability[:, None, None]
    chips = _directions(np.sqrt(part) * identity + np.sqrt(1.0 - part) * chance)
    rated = np.broadcast_to(quality[:, None], size[:2])
    pools = [pool(*each, config) for each in zip(chips, rated, strict=True)]
    sums, precision = (np.array(each, np.float32) for each in zip(*pools, strict=True))
    features = replace(hour.features, face_sums=sums, face_precision=precision)
    return replace(hour, features=features)


def _directions(vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    of_length_1: npt.NDArray[np.float64]
    of_length_1 = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return of_length_1


def row(name: str, hour: Hour, labels: IntArray, refiner: Refiner) -> list[str]:
    """Refine once, and measure what it took."""
    certain = [[track] for track in range(len(labels))]
    started_s = time.process_time()
    refined = refiner.refine(hour.features, hour.spans_s, labels, hour.cannot_link, certain)
    taken_s = time.process_time() - started_s
    asked_s = [ask(hour, refined.labels, refiner, refined.evidence)]
    refined = replace(refined, evidence=None)  # large, and a run has it once
    asked_s.append(ask(hour, refined.labels, refiner, None))
    before = len(np.unique(labels[labels != UNKNOWN])) + int((labels == UNKNOWN).sum())
    return [
        name,
        str(len(labels)),
        str(before),
        str(int(refined.labels.max()) + 1),
        str(len(refined.decisions)),
        f"{taken_s:.1f}",
        *(f"{each_s:.1f}" for each_s in asked_s),
        f"{peak_bytes() / 2**20:.0f}",
    ]


def ask(hour: Hour, labels: IntArray, refiner: Refiner, evidence: Evidence | None) -> float:
    """Ask about what came out; returns the seconds that it takes."""
    started_s = time.process_time()
    advise(
        hour.features,
        hour.spans_s,
        hour.cannot_link,
        labels,
        refiner.config,
        refiner.threshold,
        evidence,
    )
    return time.process_time() - started_s


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--tracks", type=int, default=5000)
    parser.add_argument("--people", type=int, default=40)


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    hour = simulate(given.tracks, given.people)
    nobody = np.full_like(hour.labels, UNKNOWN)
    by_distance = Refiner(ClusteringConfig(), THRESHOLD)
    by_pools = Refiner(POOLED, POOLED_THRESHOLD, POOLED_THRESHOLD)
    starts = (
        ("people and fragments", hour, hour.labels, by_distance),
        ("all unknown", hour, nobody, by_distance),
        ("all unknown, pooled", pooled(hour, POOLED.evidence), nobody, by_pools),
    )
    print_table(HEADER, (row(*start) for start in starts))
