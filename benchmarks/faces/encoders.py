"""All available encoders: how well they distinguish people, and the time for a face.

    python -m benchmarks faces encoders [CLIP.mp4 ...] [--photographs FACES.tar ...]

B-cubed F of each clip at the encoder's default threshold, without and with clothing; AUC of
distances between all pairs of tracks of a clip, and between all pairs of photographs (archives of
``PERSON/PICTURE.jpg``, one face each): how often two of one person are nearer than two of different
people. The row of a missing encoder gives the reason.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt

import clusterer
from benchmarks.footage import (
    DEMO,
    Clip,
    add_clips,
    add_results,
    folder_of,
    read_clips,
    results_folder,
)
from benchmarks.photographs import add_photographs, read_photographs
from benchmarks.tables import print_table
from clusterer.core.config import (
    METRICS,
    AnalysisConfig,
    ClothingConfig,
    ClusteringConfig,
    Config,
    EncodingConfig,
)
from clusterer.core.distance import between
from clusterer.core.errors import ClustererError
from clusterer.core.types import Analysis, ClusteringResult, FloatArray, ImageArray
from clusterer.evaluation import match
from clusterer.evaluation.pairs import track_pairs
from clusterer.evaluation.verification import area, roc
from clusterer.faces import encoding
from clusterer.faces.encoding import default_threshold
from clusterer.gallery.photographs import PhotographEncoder

QUICK: Mapping[str, object] = {"photographs": [], "only": ["dlib"]}
HEADER = ("encoder", "metric", "threshold", "ms a face", "mean F, faces only", "with clothing")
BATCHES, BATCH = 5, 16
Pictures = list[tuple[str, ImageArray]]
Encoded = tuple[npt.NDArray[np.str_], FloatArray]


def encode_photographs(pictures: Pictures, config: AnalysisConfig) -> Encoded:
    """Who is seen, and the encodings, of all photographs on which a face is found."""
    encoded = PhotographEncoder(config).encode_all(image for _, image in pictures)
    people = np.array([person for person, _ in pictures])[encoded.has_face]
    return people, encoded.embeddings[encoded.has_face]


def photograph_auc(encoded: Encoded, metric: str) -> float:
    """AUC over all pairs of photographs."""
    people, vectors = encoded
    first, second = np.triu_indices(len(people), 1)
    distances = between(vectors, vectors, metric)[first, second].astype(np.float64)
    return area(roc(distances, people[first] == people[second]))


def ms_a_face(config: EncodingConfig) -> float:
    """Milliseconds of the processor for encoding alone, one thread, in batches: the least."""
    encoder = encoding.create(config, 1)
    side = encoder.chip_size_px
    random = np.random.default_rng(0)
    chips = random.integers(0, 256, (BATCH, side, side, 3), np.uint8)
    encoder.encode(chips)
    best = np.inf
    for _ in range(BATCHES):
        started = time.process_time()
        encoder.encode(chips)
        best = min(best, time.process_time() - started)
    return 1000 * best / BATCH


def track_auc(clip: Clip, result: ClusteringResult, metric: str) -> float:
    """AUC over all pairs of tracks whose people are known; NaN where there is only one person."""
    people = match(clip.truth, result.analysis).track_people(len(result.analysis.tracks))
    pairs = track_pairs(result, people, metric)
    return area(roc(pairs.distances, pairs.same))


def clip_cells(clip: Clip, analysis: Analysis, config: Config) -> tuple[float, float, str]:
    """B-cubed F without and with clothing, and the cell of the table with people and AUC."""
    plain = replace(config, clustering=replace(config.clustering, clothing=ClothingConfig(False)))
    faces_only, whole = (clusterer.decide(analysis, each) for each in (plain, config))
    ratios = [clip.ratios(result) for result in (faces_only, whole)]
    f = [float(each["b_cubed_f"]) for each in ratios]
    auc = track_auc(clip, whole, config.clustering.metric)
    people = " / ".join(str(each["people_found"]) for each in ratios)
    return f[0], f[1], f"{f[0]:.3f} / {f[1]:.3f} ({people}), {auc:.3f}"


def rows(
    name: str,
    clips: Sequence[Clip],
    photographs: Sequence[Pictures],
    metrics: Sequence[str],
    results: Path,
) -> Iterator[list[str]]:
    """Rows of one encoder, one for each metric."""
    label = name.rpartition("/")[2]
    looked = AnalysisConfig(encoding=EncodingConfig(encoder=name))
    try:
        time_ms = ms_a_face(looked.encoding)
    except ClustererError as error:
        yield [label, "", error.cause, *[""] * (3 + len(photographs) + len(clips))]
        return
    encoded = [encode_photographs(pictures, looked) for pictures in photographs]
    analyses = [clusterer.analyse(c.video, looked, folder_of(c, results / label)) for c in clips]
    for metric in metrics:
        config = Config(looked, ClusteringConfig(metric=metric))
        threshold = default_threshold(looked.encoding, metric)
        scored = [clip_cells(*each, config) for each in zip(clips, analyses, strict=True)]
        f = zip(*((alone, dressed) for alone, dressed, _ in scored), strict=True)
        means = [f"{fmean(each):.3f}" for each in f]
        aucs = [f"{photograph_auc(each, metric):.4f}" for each in encoded]
        cells = [cell for _, _, cell in scored]
        yield [label, metric, f"{threshold:.3f}", f"{time_ms:.1f}", *means, *aucs, *cells]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    add_photographs(parser, 12)
    add_encoders(parser)
    parser.add_argument("--metric", nargs="*", choices=METRICS, default=["l2"])
    add_results(parser)


def add_encoders(parser: argparse.ArgumentParser) -> None:
    """Let the user choose encoders."""
    parser.add_argument("--only", nargs="*", default=encoding.names(), metavar="NAME")
    parser.add_argument("--encoder", nargs="*", default=[], help="beside those: onnx:PATH")


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    clips = read_clips(given.clips)
    clips.sort(key=lambda clip: clip.video != DEMO)
    photographs = [list(read_photographs(a, given.per_person)) for a in given.photographs]
    header = [
        *HEADER,
        *(f"AUC {archive.stem}" for archive in given.photographs),
        *(f"{clip.name}: F / with clothing (people), AUC" for clip in clips),
    ]
    with results_folder(given.results) as results:
        print_table(
            header,
            (
                row
                for name in [*given.only, *given.encoder]
                for row in rows(name, clips, photographs, given.metric, results)
            ),
        )
