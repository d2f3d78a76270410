"""Which description of clothing distinguishes people best: the table behind what ships.

    python -m benchmarks people clothing [CLIP.mp4 ...] [--rate 4] [--garments FOLDER] [--time]

AUC (1 = always right, 0.5 = chance) that two torsos of one person are more alike than two of
different people: over all pairs of tracks of a clip; over the same pairs with one side relit; and
over garments held out of the training, each in two lights. The last rows: the same pairs as
`clusterer.people.refinement.evidence` compares them, without the common look of people seen
together; and their faces. `--time`: the time that clothing adds to the analysis.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from unittest.mock import patch

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

import clusterer
from benchmarks.footage import (
    SHARED,
    Clip,
    add_clips,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.people._torsos import Wardrobe, garment, relit, wardrobe
from benchmarks.tables import markdown
from clusterer.clothing import encoder, palette
from clusterer.clothing.colours import count_colours
from clusterer.clothing.description import ClothingDescription, sharpness
from clusterer.clothing.encoder import ClothingEncoder
from clusterer.clothing.region import FILL, SIDE_PX, Torso
from clusterer.core.config import ClothingConfig, ClusteringConfig
from clusterer.core.errors import DataError
from clusterer.core.types import Analysis
from clusterer.people.refinement.evidence import distances
from clusterer.training.garments import read_garments, split

QUICK: Mapping[str, object] = {"weights": [0.3], "garments": Path("none")}
GARMENTS = SHARED / "fashion"
PARTS = ("clothing", "street")
TIME_HEADER = ("clip", "analysis without, s", "with clothing, s", "clothing adds")
HELD_OUT = 0.1
"""As the network that ships was trained: `clusterer/clothing/MODEL_CARD.md`."""

Vectors = npt.NDArray[np.float32]
Describe = Callable[[Sequence[Torso]], Vectors]


def colours(torsos: Sequence[Torso]) -> Vectors:
    """Histogram of hue, saturation and value."""
    return np.array([count_colours(torso) for torso in torsos])


def pixels(torsos: Sequence[Torso]) -> Vectors:
    """16x16 pixels less the colour of what is not seen."""
    small = [cv2.resize(t.picture, (16, 16), interpolation=cv2.INTER_AREA) for t in torsos]
    return unit((np.array(small, dtype=np.float32) - FILL).reshape(len(small), -1))


def trained(torsos: Sequence[Torso]) -> Vectors:
    """The network that ships."""
    return ClothingEncoder(1).encode(np.stack([torso.picture for torso in torsos]))


def untrained(torsos: Sequence[Torso]) -> Vectors:
    """The same network with weights drawn at random (He et al. 2015); needs torch."""
    import torch  # noqa: PLC0415 (an extra)

    from clusterer.training.network import ClothingNet  # noqa: PLC0415 (likewise)

    torch.manual_seed(0)
    network = ClothingNet().eval()
    found = []
    with torch.no_grad():
        for start in range(0, len(torsos), 64):
            batch = np.stack([torso.picture for torso in torsos[start : start + 64]])
            found.append(network(torch.from_numpy(batch).permute(0, 3, 1, 2).float() / 255)[0])
    return np.asarray(torch.cat(found).numpy(), dtype=np.float32)


def joined(weight: float) -> Describe:
    """Network and histogram side by side, so that likeness is their weighted mean."""

    def describe(torsos: Sequence[Torso]) -> Vectors:
        parts = (np.sqrt(weight) * trained(torsos), np.sqrt(1.0 - weight) * colours(torsos))
        return np.concatenate(parts, axis=1, dtype=np.float32)

    return describe


def unit(vectors: Vectors) -> Vectors:
    """Of length 1, or 0."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1.0), dtype=np.float32)


def of_tracks(vectors: Vectors, clip: Wardrobe) -> Vectors:
    """Mean direction of each track, by share and sharpness as in `clusterer.people.features`."""
    total = np.zeros((len(clip.people), vectors.shape[1]), dtype=np.float32)
    sharp = np.array([sharpness(torso) for torso in clip.torsos], dtype=np.float32)
    sharpest = np.zeros(len(clip.people), dtype=np.float32)
    np.maximum.at(sharpest, clip.track, sharp)
    share = np.array([torso.share for torso in clip.torsos], dtype=np.float32)
    weight = share * sharp / np.maximum(sharpest[clip.track], 1e-9)
    np.add.at(total, clip.track, vectors * weight[:, None])
    return unit(total)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of tracks whose people are known: rows, and whether they are one."""

    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    same: npt.NDArray[np.bool_]

    def auc(self, likeness: npt.NDArray[np.floating]) -> str:
        """Of an array of shape (t, t)."""
        if not self.same.any() or self.same.all():
            return "-"
        return f"{roc_auc_score(self.same, likeness[self.a, self.b]):.3f}"


def pairs(clip: Wardrobe) -> Pairs:
    """All pairs of tracks of known people with torsos."""
    people = np.array(clip.people)
    known = np.flatnonzero((people != "") & np.isin(np.arange(len(people)), clip.track))
    a, b = np.triu_indices(len(known), 1)
    return Pairs(known[a], known[b], people[known[a]] == people[known[b]])


def faces(analysis: Analysis) -> npt.NDArray[np.floating]:
    """How near the mean encodings of tracks are, shape (t, t)."""
    features = clusterer.decide(analysis, clusterer.Config()).features
    apart = features.face[:, None] - features.face[None]
    return -np.asarray(np.linalg.norm(apart, axis=2))


def compared(found: Sequence[Analysis], weight: float) -> list[npt.NDArray[np.floating]]:
    """How alike tracks are once the common look is taken off, shape (t, t) per clip."""
    config = ClothingConfig(network_weight=weight)
    clustering = ClusteringConfig(clothing=config)
    results = [clusterer.decide(a, clusterer.Config(clustering=clustering)) for a in found]
    return [-distances(r.features, r.cannot_link, config) for r in results]


def row(
    name: str, describe: Describe, found: Sequence[Wardrobe], held_out: Sequence[Torso]
) -> list[str]:
    """One description over all data."""
    figures = []
    for clip in found:
        rng = np.random.default_rng(1)
        other = [relit(torso, rng) for torso in clip.torsos]
        plain, changed = (of_tracks(describe(t), clip) for t in (clip.torsos, other))
        of = pairs(clip)
        figures += [of.auc(plain @ plain.T), of.auc(plain @ changed.T)]
    if held_out:
        rng = np.random.default_rng(2)
        first, second = (describe([relit(torso, rng) for torso in held_out]) for _ in range(2))
        same = np.eye(len(held_out), dtype=bool)
        figures.append(f"{roc_auc_score(same.ravel(), (first @ second.T).ravel()):.3f}")
    return [name, *figures]


def timed(clip: Clip, repeats: int = 5) -> list[str]:
    """The analysis with clothing and without, in turns; medians."""
    blind = Torso(np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8), np.zeros((SIDE_PX, SIDE_PX), bool), 0)
    nothing = ClothingDescription(
        np.zeros(palette.DIMENSION, np.float32),
        np.zeros(encoder.DIMENSION, np.float32),
        0.0,
        0.0,
        b"",
    )
    without = patch.multiple(
        "clusterer.pipeline.shot",
        cut_torso=lambda *_: blind,
        describe_torsos=lambda torsos, _: [nothing] * len(torsos),
    )
    taken_s: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(repeats + 1):
        for on in (True, False):
            with nullcontext() if on else without, tempfile.TemporaryDirectory() as folder:
                started_s = time.perf_counter()
                clusterer.analyse(clip.video, clusterer.Config().analysis, folder)
                taken_s[on].append(time.perf_counter() - started_s)
    plain, dressed = (median(taken_s[on][1:]) for on in (False, True))  # the first warms up
    return [clip.name, f"{plain:.2f}", f"{dressed:.2f}", f"{100 * (dressed / plain - 1):.1f} %"]


def garments(folder: Path) -> list[Torso]:
    """Garments that were held out of the training; none without the data."""
    try:
        found = read_garments(folder, PARTS, 128)
    except DataError:
        return []
    return [garment(picture) for picture in found.pictures[split(found, HELD_OUT, 0)[1]]]


def header(found: Sequence[Wardrobe], held_out: Sequence[Torso]) -> list[str]:
    """Columns of the table."""
    columns = ["description"]
    for clip in found:
        of = pairs(clip)
        columns += [f"{clip.name} ({int(of.same.sum())} of {len(of.same)} pairs)", "relit"]
    return columns + ([f"{len(held_out)} garments, relit"] if held_out else [])


def methods(weights: Sequence[float]) -> list[tuple[str, Describe]]:
    """All descriptions; with random weights where torch is installed."""
    both = sorted({*weights, ClothingConfig().network_weight})
    return [
        ("histogram of colours", colours),
        ("16x16 pixels", pixels),
        *([("ResNet, weights at random", untrained)] if find_spec("torch") else []),
        ("our ResNet", trained),
        *((f"{w:g} ResNet + {1 - w:g} histogram", joined(w)) for w in both),
    ]


def last_rows(
    analyses: Sequence[Analysis], found: Sequence[Wardrobe], columns: int
) -> list[list[str]]:
    """The pairs as the second stage compares them, and their faces."""
    default = ClothingConfig().network_weight
    shipped = f"**what ships: {default:g} ResNet, common look taken off**"
    ends = [
        ("histogram, common look taken off", compared(analyses, 0.0)),
        (shipped, compared(analyses, default)),
        ("faces, for comparison", [faces(analysis) for analysis in analyses]),
    ]
    rows = []
    for name, alike in ends:
        cells = [cell for a, w in zip(alike, found, strict=True) for cell in (pairs(w).auc(a), "")]
        rows.append([name, *cells, *[""] * (columns - 1 - len(cells))])
    return rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--rate", type=float, default=4.0, help="samples per second")
    parser.add_argument("--weights", type=float, nargs="*", default=[0.15, 0.3, 0.5, 0.7])
    parser.add_argument("--garments", type=Path, default=GARMENTS)
    parser.add_argument("--time", action="store_true", help="time the analysis instead")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    clips = read_clips(given.clips)
    if given.time:
        print(markdown(TIME_HEADER, [timed(clip) for clip in clips]))
        return
    with results_folder(given.results) as folder:
        looked = [analysed(clip, folder, given.rate) for clip in clips]
    seen = [(each.analysis, wardrobe(each)) for each in looked]
    seen = [(a, w) for a, w in seen if pairs(w).same.any() and not pairs(w).same.all()]
    found = [clothes for _, clothes in seen]
    held_out = garments(given.garments)
    columns = header(found, held_out)
    rows = [row(name, describe, found, held_out) for name, describe in methods(given.weights)]
    rows += last_rows([analysis for analysis, _ in seen], found, len(columns))
    print(markdown(columns, rows))
