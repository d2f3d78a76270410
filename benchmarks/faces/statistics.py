"""Similarity of one and of two people's faces by quality: what a card states of its embeddings.

    python -m benchmarks faces statistics [--encoder sface] [--photographs FACES.tar ...] [--centre]

Photographs are shrunk until their faces are as small as in films; the copies are blurred, darkened,
compressed or grey, at random with a stated seed. Each is analysed as a frame is.

First table: similarity of pairs of copies, by the lesser quality of the two; of one person in two
photographs, and of two people of one archive. Second: what is fitted to it, as `EvidenceConfig` has
it. The similarity of one person's copies is taken for the geometric mean of their reliabilities,
which rise with quality; it is found by least squares, and each person counts alike. Third: what all
embeddings have in common; where the card has a `centre`, of the embeddings without it, too. All
tables but the last row are of what the encoder returns. `--centre` prints the mean in the form of
``sface_centre.py``.
"""

from __future__ import annotations

import argparse
import textwrap
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from threadpoolctl import threadpool_limits

from benchmarks.footage import add_encoder
from benchmarks.photographs import add_photographs, count_photographs, read_photographs
from benchmarks.tables import markdown
from clusterer.core.config import DetectionConfig, EncodingConfig
from clusterer.core.geometry import centres
from clusterer.core.types import Detections, FloatArray, Frame, ImageArray, IntArray
from clusterer.faces import alignment, detection, encoding
from clusterer.faces.encoding.base import ENCODERS, Encoder, local_network
from clusterer.faces.encoding.card import Card, read_card
from clusterer.faces.quality import measure_quality

QUICK: Mapping[str, object] = {"per_person": 3, "people": 4}
SEED = 0
HEIGHTS_PX = (44, 32, 24, 18)
"""Of the faces in the copies, give or take a tenth."""
BLURRED, DARKENED, GREY = 0.4, 0.3, 0.1
"""Shares of copies that are so."""
BLUR, LIGHT, JPEG = (0.4, 1.0), (0.25, 0.7), (35, 95)
"""From, to: standard deviation of the blur in 36ths of the height, brightness, quality."""
SIDE_PX, GROUND = 256, 96
"""Side of the frame that a copy is the middle of, and its grey."""
QUALITIES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Where the reliability is fitted; it is linear between."""
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 1.0)
RELIABILITIES = (0.01, 0.96)
"""Least and most."""
SIMILARITIES = (
    "lesser quality", "same: pairs", "mean", "deviation", "different: pairs", "mean", "deviation",
    "99.9 %", "most",
)  # fmt: skip

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """Faces that were found in n copies.

    Attributes
    ----------
    archive, person, photograph : arrays of shape (n,), int64, where each is from, numbered
    quality : array of shape (n,), float64, 0 to 1
    embeddings : array of shape (n, d), float64, as the encoder returns them
    uncentred : the same without the card's `centre`; equal if it has none
    """

    archive: IntArray
    person: IntArray
    photograph: IntArray
    quality: Floats
    embeddings: Floats
    uncentred: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of copies.

    Attributes
    ----------
    quality : array of shape (m, 2), float64
    similarity, weight : arrays of shape (m,), float64
    """

    quality: Floats
    similarity: Floats
    weight: Floats


class Eye:
    """Finds, rates, aligns and embeds the face in the middle of a picture."""

    def __init__(self, name: str) -> None:
        config = EncodingConfig(encoder=name)
        self._detector = detection.create(DetectionConfig(width_px=SIDE_PX), 1)
        self._encoders = [encoding.create(config, 1), *_uncentred(config)]
        encoder = self._encoders[0]
        self._aligner = alignment.create(encoder.alignment, encoder.chip_size_px, encoder.padding)

    def find(self, picture: ImageArray) -> Detections | None:
        """The face nearest to the middle of `framed`; None if none is near."""
        found = self._detector.detect([Frame(0, 0, framed(picture))])[0]
        distance = np.linalg.norm(centres(found.boxes) - SIDE_PX / 2, axis=1)
        if not (distance < SIDE_PX / 4).any():
            return None
        nearest = int(distance.argmin())
        return found[nearest : nearest + 1]

    def see(self, picture: ImageArray) -> tuple[float, FloatArray, FloatArray] | None:
        """Quality, embedding, and embedding without a centre; None without a face."""
        found = self.find(picture)
        if found is None:
            return None
        image = framed(picture)
        chips = self._aligner.align(image, found)
        each = [encoder.encode(chips)[0] for encoder in self._encoders]
        return float(measure_quality(image, found).value[0]), each[0], each[-1]


def _uncentred(config: EncodingConfig) -> Iterator[Encoder]:
    """The encoder without its centre, if its card has one."""
    path, card = local_network(config.encoder), None
    if path is not None:
        card = read_card(path.with_suffix(".toml"))
    elif config.encoder in ENCODERS.built_in:
        card = ENCODERS.built_in[config.encoder].card
    if card is not None and card.centre:
        from clusterer.faces.encoding.onnx_network import (  # noqa: PLC0415 (loads its library)
            OnnxNetwork,
        )

        bare: Card = replace(card, centre=())
        yield OnnxNetwork(bare, encoding.weights(config.encoder), config, 1)


def framed(picture: ImageArray) -> ImageArray:
    """A picture in the middle of a grey frame."""
    frame = np.full((SIDE_PX, SIDE_PX, 3), GROUND, np.uint8)
    height, width = picture.shape[:2]
    top, left = (SIDE_PX - height) // 2, (SIDE_PX - width) // 2
    frame[top : top + height, left : left + width] = picture
    return frame


def shrunk(picture: ImageArray, factor: float) -> ImageArray:
    """A smaller picture; the same if `factor` is 1 or more."""
    if factor >= 1.0:
        return picture
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def worsened(picture: ImageArray, height_px: float, chance: np.random.Generator) -> ImageArray:
    """Blur, darken, compress, take the colours away, each or not; the face has that height."""
    if chance.random() < BLURRED:
        deviation = float(chance.uniform(*BLUR)) * max(1.0, height_px / 36)
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), deviation), np.uint8)
    if chance.random() < DARKENED:
        picture = (picture * chance.uniform(*LIGHT)).astype(np.uint8)
    quality = int(chance.integers(JPEG[0], JPEG[1] + 1))
    _, coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    picture = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    if chance.random() < GREY:
        picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    return np.ascontiguousarray(picture)


def copies_of(picture: ImageArray, eye: Eye, key: str) -> Iterator[ImageArray]:
    """The photograph, and its copies; those that would be larger than it are left out."""
    picture = shrunk(picture, SIDE_PX / max(picture.shape[:2]))
    found = eye.find(picture)
    if found is None:
        return
    chance = np.random.default_rng((SEED, zlib.crc32(key.encode())))
    yield picture
    for height_px in HEIGHTS_PX:
        factor = height_px * float(chance.uniform(0.9, 1.1)) / float(found.heights_px[0])
        if factor < 1.0:
            yield worsened(shrunk(picture, factor), height_px, chance)


def chosen_people(archive: Path, most: int) -> list[str]:
    """Names spread evenly over an archive, if there are enough of people with two photographs."""
    counted = count_photographs(archive)
    several = sorted(name for name, count in counted.items() if count > 1)
    at = np.linspace(0, len(several) - 1, min(most, len(several))).round().astype(int)
    return [several[i] for i in at.tolist()]


def read_copies(archives: Sequence[Path], eye: Eye, per_person: int, people: int) -> Copies:
    """Look at the copies of the photographs of all archives."""
    rows, numbers = [], Counter[tuple[int, str]]()
    names: dict[tuple[int, str], int] = {}
    for number, archive in enumerate(archives):
        wanted = chosen_people(archive, people)
        for name, picture in read_photographs(archive, per_person, set(wanted)):
            who = (number, name)
            numbers[who] += 1
            person = names.setdefault(who, len(names))
            for copy in copies_of(picture, eye, f"{name}/{numbers[who]}"):
                seen = eye.see(copy)
                if seen is not None:
                    rows.append((number, person, numbers[who], *seen))
    archive_of, person_of, photograph, quality, embeddings, bare = zip(*rows, strict=True)
    return Copies(
        archive=np.array(archive_of, np.int64),
        person=np.array(person_of, np.int64),
        photograph=np.array(photograph, np.int64),
        quality=np.array(quality, np.float64),
        embeddings=np.array(embeddings, np.float64),
        uncentred=np.array(bare, np.float64),
    )


def same_pairs(copies: Copies) -> Pairs:
    """Pairs of copies of two photographs of one person; each person counts alike."""
    first, second, weight = [], [], []
    for person in np.unique(copies.person).tolist():
        rows = np.flatnonzero(copies.person == person)
        a, b = np.triu_indices(len(rows), 1)
        other = copies.photograph[rows[a]] != copies.photograph[rows[b]]
        first += rows[a[other]].tolist()
        second += rows[b[other]].tolist()
        weight += [1.0 / max(int(other.sum()), 1)] * int(other.sum())
    at = np.array([first, second], np.int64)
    similarity = np.einsum("ij,ij->i", *copies.embeddings[at])
    return Pairs(copies.quality[at].T, similarity, np.array(weight, np.float64))


def different_pairs(copies: Copies) -> Pairs:
    """All pairs of copies of two people of one archive: two archives may show one person."""
    a, b = np.triu_indices(len(copies.person), 1)
    other = (copies.person[a] != copies.person[b]) & (copies.archive[a] == copies.archive[b])
    a, b = a[other], b[other]
    similarity = np.concatenate(
        [
            np.einsum("ij,ij->i", copies.embeddings[a[part]], copies.embeddings[b[part]])
            for part in np.array_split(np.arange(len(a)), len(a) // 10_000 + 1)
        ]
    )
    return Pairs(np.stack([copies.quality[a], copies.quality[b]], 1), similarity, np.ones(len(a)))


def similarities(same: Pairs, different: Pairs) -> str:
    """The first table."""
    rows = []
    for low, high in [*pairwise(EDGES), (0.0, 1.0)]:
        cells: list[str] = []
        for pairs, more in ((same, False), (different, True)):
            lesser = pairs.quality.min(axis=1)
            here = (lesser >= low) & ((lesser < high) | (high == 1.0))
            cells += _cells(pairs.similarity[here], pairs.weight[here], more)
        rows.append([f"{low:g} to {high:g}", *cells])
    return markdown(SIMILARITIES, rows)


def _cells(similarity: Floats, weight: Floats, more: bool) -> list[str]:
    count = str(len(similarity))
    if not len(similarity):
        return [count, *["-"] * (4 if more else 2)]
    mean = np.average(similarity, weights=weight)
    deviation = np.sqrt(np.average((similarity - mean) ** 2, weights=weight))
    ends = [np.quantile(similarity, 0.999), similarity.max()] if more else []
    return [count, f"{mean:.3f}", f"{deviation:.3f}", *(f"{end:.3f}" for end in ends)]


def fitted_reliability(same: Pairs) -> Floats:
    """Reliability at `QUALITIES`, rising: shape (6,)."""
    scale = np.sqrt(same.weight)

    def roots(steps: Floats) -> Floats:
        rising: Floats = np.minimum(np.cumsum(np.exp(steps)), np.sqrt(RELIABILITIES[1]))
        return rising

    def error(steps: Floats) -> Floats:
        at: Floats = (expected(same, roots(steps)) - same.similarity) * scale
        return at

    start = np.log([0.3, *[0.1] * (len(QUALITIES) - 1)])
    found: Floats = np.clip(roots(least_squares(error, start).x) ** 2, *RELIABILITIES)
    return found


def expected(same: Pairs, roots: Floats) -> Floats:
    """Expected similarity of each pair, from the roots of the reliabilities at `QUALITIES`."""
    product: Floats = np.interp(same.quality, QUALITIES, roots).prod(axis=1)
    return product


def fit(same: Pairs, different: Pairs) -> str:
    """The second table."""
    reliability = fitted_reliability(same)
    likely = expected(same, np.sqrt(reliability))
    spread = float(different.similarity.std())
    error = np.average((same.similarity - likely) ** 2, weights=same.weight)
    scale = np.average(likely**2, weights=same.weight)
    variation = float(np.sqrt(max(error - spread**2, 0.0) / scale))
    curve = ", ".join(f"({q:g}, {r:.3f})" for q, r in zip(QUALITIES, reliability, strict=True))
    rows = [["reliability", curve], ["spread", f"{spread:.3f}"], ["variation", f"{variation:.3f}"]]
    return markdown(("fitted", "value"), rows)


def mean_embedding(embeddings: Floats) -> Floats:
    """Mean over the copies."""
    mean: Floats = embeddings.mean(axis=0)
    return mean


def common(copies: Copies) -> str:
    """The third table."""
    kinds = [("as the encoder returns them", copies.embeddings)]
    if not np.array_equal(copies.uncentred, copies.embeddings):
        kinds.append(("without the card's centre", copies.uncentred))
    rows = [[name, f"{np.linalg.norm(mean_embedding(each)):.3f}"] for name, each in kinds]
    return markdown(("embeddings", "length of their mean"), rows)


def as_source(mean: Floats) -> str:
    """The mean as a tuple of numbers."""
    numbers = " ".join(f"{value:.4f}," for value in mean.tolist())
    return "(\n" + textwrap.indent(textwrap.fill(numbers, 96), "    ") + "\n)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_photographs(parser, 6)
    add_encoder(parser)
    parser.add_argument(
        "--people",
        type=int,
        default=200,
        metavar="N",
        help="people of each archive, of those with two photographs (default: 200)",
    )
    parser.add_argument("--centre", action="store_true", help="print the mean embedding")


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    with threadpool_limits(limits=1, user_api="blas"):
        eye = Eye(given.encoder)
        copies = read_copies(given.photographs, eye, given.per_person, given.people)
    same, different = same_pairs(copies), different_pairs(copies)
    people, photographs = (
        len(np.unique(each, axis=0))
        for each in (copies.person, np.stack([copies.person, copies.photograph], 1))
    )
    print(
        f"{given.encoder}: {people} people, {photographs} photographs, {len(copies.person)} copies "
        f"with a face, seed {SEED}\n"
    )
    print(similarities(same, different), fit(same, different), common(copies), sep="\n\n")
    if given.centre:
        print(f"\n{as_source(mean_embedding(copies.uncentred))}")
