"""Verification of photographs, and thresholds of encoders that accept as many strangers.

    python -m benchmarks faces verification [--photographs LFW.tar] [--only NAME ...] [--worse]

One pass over an archive of ``PERSON/PICTURE.jpg``, people with at least two. The face nearest to
the middle counts, found by the default detector, the same for all encoders. First table:
``--pairs`` pairs, half of them of one person, drawn with ``--seed``: accuracy at the best threshold
(10 folds, cross-validated), VAL at a FAR of 0.001, and the equal error rate. Second: for L2
thresholds of dlib, their FAR over all pairs of different people, and the thresholds of the others
with the same FAR: the table behind `EncoderEntry.like_dlib`.

With `--worse`, one table instead: accuracy and VAL on the same pairs after both photographs were
shrunk, blurred or compressed, as the FaceNet paper has it (Schroff et al., 2015, tables 4 and 5).
The face is found before that: the figures are the encoders' alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.photographs import FACES, count_photographs, read_photographs
from benchmarks.tables import markdown
from clusterer.core.config import DetectionConfig, EncodingConfig
from clusterer.core.geometry import centres
from clusterer.core.types import Detections, FloatArray, Frame, ImageArray
from clusterer.evaluation.verification import cross_validate, equal_error, roc, val_at_far
from clusterer.faces import alignment, detection, encoding
from clusterer.faces.encoding import Encoder

QUICK: Mapping[str, object] = {"only": ["dlib", "sface"], "pairs": 20}
THRESHOLDS = tuple(round(0.30 + 0.02 * step, 2) for step in range(21))
HEADER = ("encoder", "accuracy", "VAL at FAR 0.001", "EER", "photographs")
FOLDS, FAR, BATCH = 10, 1e-3, 16

SIZES_PX = (64, 44, 32, 24, 18, 14)
"""Heights of the faces in the shrunk photographs."""
BLURS = (0.02, 0.04, 0.06, 0.08)
"""Standard deviations of the blur, in heights of the face."""
JPEGS = (50, 30, 20, 10)
"""Qualities, with faces of `COMPRESSED_PX`."""
COMPRESSED_PX = 64

People = npt.NDArray[np.str_]
Worsen = Callable[[ImageArray, Detections], tuple[ImageArray, Detections]]


def as_it_is(image: ImageArray, face: Detections) -> tuple[ImageArray, Detections]:
    """The photograph itself."""
    return image, face


def shrunk(height_px: float) -> Worsen:
    """Faces of this height; smaller ones stay as they are."""

    def shrink(image: ImageArray, face: Detections) -> tuple[ImageArray, Detections]:
        factor = min(height_px / _height(face), 1.0)
        small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        across, down = small.shape[1] / image.shape[1], small.shape[0] / image.shape[0]
        scale = np.array([across, down], np.float32)
        return np.asarray(small, np.uint8), replace(
            face, boxes=face.boxes * np.tile(scale, 2), landmarks=face.landmarks * scale
        )

    return shrink


def blurred(sigma: float) -> Worsen:
    """Gaussian blur of this many heights of the face."""

    def blur(image: ImageArray, face: Detections) -> tuple[ImageArray, Detections]:
        soft = cv2.GaussianBlur(image, (0, 0), sigma * _height(face))
        return np.asarray(soft, np.uint8), face

    return blur


def compressed(quality: int) -> Worsen:
    """JPEG of this quality, of faces of one size."""

    def compress(image: ImageArray, face: Detections) -> tuple[ImageArray, Detections]:
        small, found = shrunk(COMPRESSED_PX)(image, face)
        _, coded = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        assert decoded is not None
        return np.ascontiguousarray(decoded[..., ::-1], np.uint8), found

    return compress


def _height(face: Detections) -> float:
    return float(face.boxes[0, 3] - face.boxes[0, 1])


def worse() -> dict[str, Worsen]:
    """What is done to photographs, by the name of a row."""
    return {
        "as it is": as_it_is,
        **{f"face {height} px high": shrunk(height) for height in SIZES_PX},
        **{f"blur of {sigma:.0%} of its height": blurred(sigma) for sigma in BLURS},
        **{f"{COMPRESSED_PX} px, JPEG quality {quality}": compressed(quality) for quality in JPEGS},
    }


class Batches:
    """Encodes the faces of photographs, some at a time."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._aligner = alignment.create(encoder.alignment, encoder.chip_size_px, encoder.padding)
        self._chips: list[ImageArray] = []
        self._parts: list[FloatArray] = []

    def add(self, image: ImageArray, face: Detections) -> None:
        """Add the face of one photograph."""
        self._chips.append(self._aligner.align(image, face)[0])
        if len(self._chips) == BATCH:
            self._encode()

    def embeddings(self) -> FloatArray:
        """Of all faces, in order."""
        if self._chips:
            self._encode()
        return np.concatenate(self._parts)

    def _encode(self) -> None:
        self._parts.append(self._encoder.encode(np.stack(self._chips)))
        self._chips.clear()


def faces_of(archive: Path, per_person: int) -> Iterator[tuple[str, ImageArray, Detections]]:
    """Person, photograph, and the face nearest to its middle, of people with two files or more."""
    detector = detection.create(DetectionConfig(), 1)
    count = count_photographs(archive)
    for person, image in read_photographs(archive, per_person):
        if count[person] < 2:
            continue
        (found,) = detector.detect([Frame(0, 0, image)])
        if not len(found):
            continue
        middle = np.array(image.shape[1::-1]) / 2
        row = int(np.linalg.norm(centres(found.boxes) - middle, axis=1).argmin())
        yield person, image, found[row : row + 1]


def embeddings(
    archive: Path, names: Sequence[str], per_person: int, kinds: Mapping[str, Worsen]
) -> tuple[People, dict[str, dict[str, FloatArray]]]:
    """Who is on each photograph with a face, and its embeddings by kind and encoder."""
    people: list[str] = []
    encoders = {name: encoding.create(EncodingConfig(encoder=name), 1) for name in names}
    batches = {kind: {name: Batches(each) for name, each in encoders.items()} for kind in kinds}
    for person, image, face in faces_of(archive, per_person):
        people.append(person)
        for kind, worsen in kinds.items():
            worsened = worsen(image, face)
            for each in batches[kind].values():
                each.add(*worsened)
    return np.array(people, np.str_), {
        kind: {name: each.embeddings() for name, each in of_kind.items()}
        for kind, of_kind in batches.items()
    }


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


def falls(
    people: People,
    vectors: Mapping[str, Mapping[str, FloatArray]],
    pairs: npt.NDArray[np.int64],
) -> list[list[str]]:
    """Rows of the table of `--worse`: accuracy and VAL of each encoder."""
    rows = []
    for kind, of_kind in vectors.items():
        scores = [verification(name, people, each, pairs) for name, each in of_kind.items()]
        rows.append([kind, *(cell for row in scores for cell in (row[1].split()[0], row[2]))])
    return rows


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
    parser.add_argument("--worse", action="store_true", help="shrunk, blurred and compressed")


def main(given: argparse.Namespace) -> None:
    """Print both tables, or the one of `--worse`."""
    kinds = worse() if given.worse else {"as it is": as_it_is}
    people, by_kind = embeddings(given.photographs, given.only, given.per_person, kinds)
    pairs = draw(people, given.pairs, given.seed)
    if given.worse:
        columns = [cell for name in given.only for cell in (f"{name}: accuracy", "VAL")]
        print(markdown(("both photographs", *columns), falls(people, by_kind, pairs)))
        return
    (vectors,) = by_kind.values()
    rows = [verification(name, people, each, pairs) for name, each in vectors.items()]
    print(markdown(HEADER, rows))
    strangers = {name: of_strangers(people, each) for name, each in vectors.items()}
    header = ("dlib, l2", "FAR", "accepted", *strangers)
    print(f"\n{markdown(header, equivalents(strangers))}")
