"""Value of an episode's certain pairs: for its threshold, and for a learned metric.

    python -m benchmarks people calibration [CLIP.mp4 ...] [--rates 4 3 6] [--results FOLDER]

First table: the default threshold against ``--threshold auto`` at several sample rates, and with
all embeddings scaled by 0.8 and 1.25, as of another encoder. Cosine distances do not depend on the
scale, so cosine is listed once. Medians are in default thresholds (for cosine, of their square
root); different pairs are counted by weight.

Second table: embeddings transformed by what is learned from the clip's certain pairs, at the
default threshold. `best F` is the best at 15 thresholds, 0.6 to 1.5 defaults, among those at which
assigned faces are at least as precise as with plain embeddings at the default. Transforms are
scaled to keep the median distance of all pairs of tracks.

WCCN: within-class covariance normalisation (Hatch, Kajarekar, Stolcke 2006) with tracks as classes
and covariance shrunk after Ledoit and Wolf (2004). LDA: likewise with 32 directions. Pairs: chips
of a track as must-links (RCA, Bar-Hillel et al. 2003), then directions stretched by the scatter of
tracks seen together (DCA, Hoi et al. 2006), with a prior of 20 pairs for no stretch.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh, sqrtm
from scipy.spatial.distance import pdist
from sklearn.covariance import ledoit_wolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

import clusterer
from benchmarks.footage import (
    AnalysedClip,
    add_clips,
    add_results,
    analysed,
    read_clips,
    results_folder,
    tracks_of_chips,
)
from benchmarks.tables import print_table
from clusterer.core.config import AUTO, ClusteringConfig, Config
from clusterer.core.types import Analysis, ClusteringResult
from clusterer.faces.encoding import default_threshold

Floats = npt.NDArray[np.float64]

QUICK: Mapping[str, object] = {"rates": [4.0]}
SCALES = (("l2", 1.0), ("l2", 0.8), ("l2", 1.25), ("cosine", 1.0))
LDA_DIRECTIONS = 32
CANNOT_PRIOR = 20.0
FACTORS = np.geomspace(0.6, 1.5, 15)
AUTO_HEADER = (
    "clip", "samples per s", "metric", "scale", "same: pairs", "median", "different", "median",
    "verdict", "auto", "F default", "F auto", "precision default", "precision auto",
)  # fmt: skip
METRIC_HEADER = ("clip", "encodings", "F", "precision", "people", "best F", "its threshold")


def scores(clip: AnalysedClip, result: ClusteringResult) -> tuple[float, float, int]:
    """B-cubed F, precision of assigned faces, people found."""
    ratios = clip.ratios(result)
    return (
        float(ratios["b_cubed_f"]),
        float(ratios["assigned_b_cubed_precision"]),
        int(ratios["people_found"]),
    )


def with_encodings(analysis: Analysis, encodings: Floats) -> Analysis:
    """The analysis, had the encoder given these."""
    return replace(analysis, chip_embeddings=encodings.astype(np.float32))


def decide(analysis: Analysis, method: str, metric: str, threshold: Any) -> ClusteringResult:
    """Group at the defaults but for these."""
    chosen = ClusteringConfig(method=method, metric=metric, threshold=threshold)
    return clusterer.decide(analysis, Config(clustering=chosen))


def auto_row(clip: AnalysedClip, method: str, metric: str, scale: float) -> list[str]:
    """The default threshold against auto."""
    seen = with_encodings(clip.analysis, clip.analysis.chip_embeddings.astype(np.float64) * scale)
    fixed, auto = (decide(seen, method, metric, threshold) for threshold in (None, AUTO))
    fit, default = fixed.calibration, default_threshold("dlib", metric)
    assert fit is not None
    (f, precision, _), (auto_f, auto_precision, _) = scores(clip, fixed), scores(clip, auto)

    def median(kind: str) -> str:
        distance = getattr(fit, f"median_{kind}")
        ratio = None if distance is None else (distance / default) ** (metric == "l2" or 0.5)
        return "-" if ratio is None else f"{ratio:.2f}"

    return [
        clip.name,
        f"{clip.rate_hz:g}",
        metric,
        f"{scale:g}",
        str(fit.n_same),
        median("same"),
        f"{fit.evidence_different:.1f}",
        median("different"),
        fit.verdict,
        f"{auto.threshold:.3g}",
        *(f"{rate:.3f}" for rate in (f, auto_f, precision, auto_precision)),
    ]


def chips_by_track(analysis: Analysis) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Encodings of all chips of tracks that have two or more, and the track of each."""
    tracks = tracks_of_chips(analysis)
    several = np.bincount(tracks)[tracks] > 1
    return analysis.chip_embeddings[several].astype(np.float64), tracks[several]


def centred(chips: Floats, tracks: npt.NDArray[np.int64]) -> Floats:
    """Chips less the average of their track."""
    rest = chips.copy()
    for track in np.unique(tracks):
        rest[tracks == track] -= chips[tracks == track].mean(axis=0)
    return rest


def whitening(analysis: Analysis) -> Floats:
    """Matrix A, shape (d, d); x A has the same scatter within tracks in all directions."""
    covariance, _ = ledoit_wolf(centred(*chips_by_track(analysis)), assume_centered=True)
    values, vectors = eigh(covariance)
    return np.asarray(vectors / np.sqrt(values) @ vectors.T)


def lda(analysis: Analysis, _: ClusteringResult) -> Floats:
    """Matrix of the directions that tell tracks apart."""
    chips, tracks = chips_by_track(analysis)
    most = min(LDA_DIRECTIONS, len(np.unique(tracks)) - 1)
    model = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(chips, tracks)
    return np.asarray(model.scalings_[:, :most])


def by_pairs(analysis: Analysis, plain: ClusteringResult) -> Floats:
    """Matrix that shrinks what changes within tracks and stretches what differs between people."""
    white = whitening(analysis)
    seen = plain.cannot_link[plain.features.has_face[plain.cannot_link].all(axis=1)]
    apart = (plain.features.face[seen[:, 0]] - plain.features.face[seen[:, 1]]) @ white
    d = white.shape[1]
    scatter = apart.T @ apart
    scatter *= d * len(seen) / max(float(np.trace(scatter)), 1e-12)
    stretch = (scatter + CANNOT_PRIOR * np.eye(d)) / (len(seen) + CANNOT_PRIOR)
    return np.asarray(white @ np.real(sqrtm(stretch)))


TRANSFORMS: dict[str, Callable[[Analysis, ClusteringResult], Floats]] = {
    "plain": lambda analysis, _: np.eye(analysis.chip_embeddings.shape[1]),
    "WCCN": lambda analysis, _: whitening(analysis),
    "LDA": lda,
    "pairs": by_pairs,
}


def metric_rows(clip: AnalysedClip, method: str) -> list[list[str]]:
    """The plain encodings and every transform."""
    plain = decide(clip.analysis, method, "l2", None)
    _, floor, _ = scores(clip, plain)
    faces = plain.features.face[plain.features.has_face].astype(np.float64)
    encodings = clip.analysis.chip_embeddings.astype(np.float64)
    rows = []
    for name, transform in TRANSFORMS.items():
        matrix = transform(clip.analysis, plain)
        matrix = matrix * (np.median(pdist(faces)) / np.median(pdist(faces @ matrix)))
        seen = with_encodings(clip.analysis, encodings @ matrix)
        f, precision, people = scores(clip, decide(seen, method, "l2", None))
        default = default_threshold("dlib", "l2")
        tried = [
            (scores(clip, decide(seen, method, "l2", float(t))), float(t))
            for t in default * FACTORS
        ]
        best = max(((s[0], -t) for s, t in tried if s[1] >= floor), default=None)
        found = [f"{best[0]:.3f}", f"{-best[1]:.2f}"] if best else ["-", "-"]
        rows.append([clip.name, name, f"{f:.3f}", f"{precision:.3f}", str(people), *found])
    return rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--rates", type=float, nargs="+", default=[4, 3, 6], metavar="HZ")
    parser.add_argument("--method", default=ClusteringConfig().method)
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print both tables."""
    clips, method = read_clips(given.clips), given.method
    with results_folder(given.results) as folder:
        by_rate = [[analysed(clip, folder, rate) for clip in clips] for rate in given.rates]
    every = [clip for seen in by_rate for clip in seen]
    print_table(AUTO_HEADER, (auto_row(clip, method, *s) for clip in every for s in SCALES))
    print()
    print_table(METRIC_HEADER, (row for clip in by_rate[0] for row in metric_rows(clip, method)))
