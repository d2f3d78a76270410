"""Verification of photographs, and thresholds of encoders that accept as many strangers.

    python -m benchmarks faces verification [--photographs LFW.tar] [--only NAME ...]

One pass over an archive of ``PERSON/PICTURE.jpg``, people with at least two. The face nearest to
the middle counts, found by the default detector, the same for all encoders. First table:
``--pairs`` pairs, half of them of one person, drawn with ``--seed``: accuracy at the best threshold
(10 folds, cross-validated), VAL at a FAR of 0.001, and the equal error rate. Second: for L2
thresholds of dlib, their FAR over all pairs of different people, and the thresholds of the others
with the same FAR: the table behind `EncoderEntry.like_dlib`.
"""

from __future__ import annotations

import argparse
import tarfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from benchmarks.photographs import FACES, read_photographs
from benchmarks.tables import markdown
from clusterer.core.config import DetectionConfig, EncodingConfig
from clusterer.core.geometry import centres
from clusterer.core.types import FloatArray, Frame, ImageArray
from clusterer.evaluation.verification import cross_validate, equal_error, roc, val_at_far
from clusterer.faces import alignment, detection, encoding

QUICK: Mapping[str, object] = {"only": ["dlib", "sface"], "pairs": 20}
THRESHOLDS = tuple(round(0.30 + 0.02 * step, 2) for step in range(21))
HEADER = ("encoder", "accuracy", "VAL at FAR 0.001", "EER", "photographs")
FOLDS, FAR, BATCH = 10, 1e-3, 16

People = npt.NDArray[np.str_]


def embeddings(
    archive: Path, names: Sequence[str], per_person: int
) -> tuple[People, dict[str, FloatArray]]:
    """Who is on each photograph with a face, and its embedding by each encoder."""
    detector = detection.create(DetectionConfig(), 1)
    encoders = {name: encoding.create(EncodingConfig(encoder=name), 1) for name in names}
    aligners = {
        name: alignment.create(each.alignment, each.chip_size_px, each.padding)
        for name, each in encoders.items()
    }
    people: list[str] = []
    chips: dict[str, list[ImageArray]] = {name: [] for name in names}
    parts: dict[str, list[FloatArray]] = {name: [] for name in names}
    with tarfile.open(archive) as tar:
        count = Counter(PurePosixPath(each.name).parent.name for each in tar if each.isfile())
    for person, image in read_photographs(archive, per_person):
        if count[person] < 2:
            continue
        (found,) = detector.detect([Frame(0, 0, image)])
        if not len(found):
            continue
        middle = np.array(image.shape[1::-1]) / 2
        row = int(np.linalg.norm(centres(found.boxes) - middle, axis=1).argmin())
        people.append(person)
        for name in names:
            chips[name].append(aligners[name].align(image, found[row : row + 1])[0])
            if len(chips[name]) == BATCH:
                parts[name].append(encoders[name].encode(np.stack(chips[name])))
                chips[name] = []
    for name in names:
        if chips[name]:
            parts[name].append(encoders[name].encode(np.stack(chips[name])))
    return np.array(people, np.str_), {name: np.concatenate(parts[name]) for name in names}


def draw(people: People, pairs: int, seed: int) -> npt.NDArray[np.int64]:
    """Pairs of rows, shape (n, 2): at most half of `pairs` of one person, as many of two."""
    random = np.random.default_rng(seed)
    first, second = np.triu_indices(len(people), 1)
    same = np.flatnonzero(people[first] == people[second])
    chosen = random.choice(same, min(pairs // 2, len(same)), replace=False)
    others: set[int] = set()
    while len(others) < len(chosen):
        pair = int(random.integers(len(first)))
        if people[first[pair]] != people[second[pair]]:
            others.add(pair)
    rows = np.concatenate([chosen, np.array(sorted(others), np.int64)])
    return np.stack([first[rows], second[rows]], axis=1)


def verification(
    name: str, people: People, vectors: FloatArray, pairs: npt.NDArray[np.int64]
) -> list[str]:
    """One row of the first table."""
    a, b = pairs.T
    distance = np.linalg.norm(vectors[a].astype(np.float64) - vectors[b], axis=1)
    same = people[a] == people[b]
    random = np.random.default_rng(0)
    fold = random.permutation(len(same)) % FOLDS
    curve = roc(distance, same)
    accuracy = cross_validate(distance, same, fold.astype(np.int64))
    return [
        name,
        f"{accuracy.mean:.4f} ± {accuracy.standard_error:.4f}",
        f"{val_at_far(curve, FAR).val:.3f}",
        f"{equal_error(curve).rate:.4f}",
        str(len(people)),
    ]


def of_strangers(people: People, vectors: FloatArray) -> npt.NDArray[np.float64]:
    """L2 distances of all pairs of different people, rising."""
    first, second = np.triu_indices(len(people), 1)
    differ = people[first] != people[second]
    vectors = vectors.astype(np.float64)
    squares = (vectors**2).sum(axis=1)
    products = vectors @ vectors.T
    found = squares[:, None] + squares[None] - 2 * products
    rising: npt.NDArray[np.float64] = np.sort(
        np.sqrt(np.maximum(found[first[differ], second[differ]], 0))
    )
    return rising


def equivalents(strangers: Mapping[str, npt.NDArray[np.float64]]) -> list[list[str]]:
    """Rows of the second table; a dash where a threshold of dlib accepts no stranger."""
    of_dlib = strangers["dlib"]
    rows = []
    for threshold in THRESHOLDS:
        accepted = int(np.searchsorted(of_dlib, threshold, side="right"))
        own = [f"{each[accepted - 1]:.3f}" if accepted else "-" for each in strangers.values()]
        rows.append([f"{threshold:.2f}", f"{accepted / len(of_dlib):.1e}", str(accepted), *own])
    return rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--photographs", type=Path, default=FACES / "lfw160.tar", metavar="LFW.tar")
    parser.add_argument("--only", nargs="*", default=encoding.BEST, metavar="NAME")
    parser.add_argument("--per-person", type=int, default=4, metavar="N")
    parser.add_argument("--pairs", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)


def main(given: argparse.Namespace) -> None:
    """Print both tables."""
    people, vectors = embeddings(given.photographs, given.only, given.per_person)
    pairs = draw(people, given.pairs, given.seed)
    rows = [verification(name, people, each, pairs) for name, each in vectors.items()]
    print(markdown(HEADER, rows))
    strangers = {name: of_strangers(people, each) for name, each in vectors.items()}
    header = ("dlib, l2", "FAR", "accepted", *strangers)
    print(f"\n{markdown(header, equivalents(strangers))}")
