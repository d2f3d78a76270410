"""Which loss trains a face encoder best on a small budget, everything else being equal.

    python -m benchmarks faces losses --data FACES.tar [--other LFW.tar] [--seeds 0 1 2]

Each loss gets the same pictures in as many batches with the same settings; the seed determines the
held-out people and the initial weights. Figures are those of the best epoch, on balanced pairs of
held-out people, and of people of another archive, if given: mean and standard deviation over the
seeds. For comparison: the untrained network, plain pixels, and dlib's encoder.

Runs that are in `--results` are not repeated. `--picture` draws the AUC over the epochs.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.photographs import FACES
from benchmarks.tables import markdown
from clusterer.core.types import FloatArray, ImageArray
from clusterer.evaluation.plots import BLUE, GREEN, ORANGE, PINK, figure, svg
from clusterer.training.identities import Identities, read_identities, split_people
from clusterer.training.settings import FACE_LOSS_NAMES, FaceTraining
from clusterer.training.verification import HeldOutPairs, Judged, balanced_pairs, judge

QUICK: Mapping[str, object] = {
    "losses": [FACE_LOSS_NAMES[0]], "seeds": [0], "epochs": 1, "size": 32, "workers": 1,
    "batch_size": 4,
}  # fmt: skip
COLOURS = dict(zip(FACE_LOSS_NAMES, (BLUE, ORANGE, GREEN, PINK, "#8a6fd1"), strict=True))
DLIB_PX = 250
FIGURES = ("AUC", "accuracy", "VAL at FAR 0.01")
REFERENCES = ("untrained network", "plain pixels", "dlib's encoder")
Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One training: settings, where the pictures are, and what it is judged by beside."""

    settings: FaceTraining
    data: Path
    other: Path | None
    other_crop: float


@dataclass(frozen=True, slots=True)
class Run:
    """What one training gave: AUC of each epoch, and figures of the best one."""

    loss: str
    seed: int
    aucs: tuple[float, ...]
    untrained: Row
    held_out: Row
    other: Row

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Run:
        """What `asdict` gave, through JSON, which has lists for tuples."""
        values: dict[str, Any] = dict(stored)
        for name in ("aucs", "untrained", "held_out", "other"):
            values[name] = tuple(values[name])
        return cls(**values)


def row(found: Judged) -> Row:
    """The figures of the table."""
    return found.auc, found.accuracy, found.operating[0].val


def train(job: Job) -> Run:
    """Train once, on one thread, so that several trainings do not wait for one another."""
    import torch  # noqa: PLC0415 - of the extra, and loaded in each process

    from clusterer.training.faces import FaceTrainer  # noqa: PLC0415 - likewise
    from clusterer.training.recogniser import embed_chips  # noqa: PLC0415 - likewise

    torch.set_num_threads(1)
    chosen = job.settings
    trainer = FaceTrainer(read_identities(job.data, chosen.picture_px), chosen)
    untrained = row(trainer.judge())
    history = trainer.run()
    best = trainer.best
    other: Row = ()
    if job.other is not None:
        faces = read_identities(job.other, chosen.size_px, job.other_crop)
        chips = torch.from_numpy(faces.pictures)
        embeddings = embed_chips(trainer.best_network(), chips, chosen.batch_size).numpy()
        other = row(judge(embeddings, balanced_pairs(faces.people)))
    held_out = (best.auc, best.accuracy, best.val_at_far_01)
    aucs = tuple(epoch.auc for epoch in history)
    return Run(chosen.loss, chosen.seed, aucs, untrained, held_out, other)


def run_all(jobs: Sequence[Job], results: Path, workers: int) -> list[Run]:
    """All trainings, those that stand in a folder read from there."""
    results.mkdir(parents=True, exist_ok=True)
    paths = [results / f"{job.settings.loss}-{job.settings.seed}.json" for job in jobs]
    left = [(job, path) for job, path in zip(jobs, paths, strict=True) if not path.exists()]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for (job, path), found in zip(left, pool.map(train, [j for j, _ in left]), strict=True):
            path.write_text(json.dumps(asdict(found)), "utf-8")
            name = f"{job.settings.loss}, seed {job.settings.seed}"
            print(f"{name}: {' '.join(f'{auc:.3f}' for auc in found.aucs)}", flush=True)
    return [Run.of(json.loads(path.read_text("utf-8"))) for path in paths]


def pixels(pictures: ImageArray) -> FloatArray:
    """Pictures as vectors, each without its mean."""
    flat = pictures.reshape(len(pictures), -1).astype(np.float32)
    return np.asarray(flat - flat.mean(axis=1, keepdims=True))


def dlib(faces: Identities) -> tuple[FloatArray, list[int]]:
    """Encodings by the pipeline, and the rows where it found a face."""
    from clusterer.core.config import AnalysisConfig  # noqa: PLC0415 - slow to import
    from clusterer.gallery.photographs import PhotographEncoder  # noqa: PLC0415 - slow to import

    found = PhotographEncoder(AnalysisConfig()).encode_all(iter(faces.pictures))
    return found.embeddings, np.flatnonzero(found.has_face).tolist()


def among(pairs: HeldOutPairs, rows: Sequence[int]) -> HeldOutPairs:
    """The pairs whose pictures are both among some."""
    kept = np.isin(pairs.first, rows) & np.isin(pairs.second, rows)
    return HeldOutPairs(*(getattr(pairs, name)[kept] for name in HeldOutPairs.__slots__))


def references(path: Path, crop: float, size_px: int, split: Sequence[int]) -> dict[str, list[Row]]:
    """Plain pixels and dlib on the pairs of the trainings: of each seed, or of everybody."""
    small, large = (read_identities(path, px, c) for px, c in ((size_px, crop), (DLIB_PX, 1.0)))
    encodings, seen = dlib(large)
    rows: dict[str, list[Row]] = {name: [] for name in REFERENCES[1:]}
    share = FaceTraining().held_out
    for held_out in [split_people(small, share, seed)[1] for seed in split] or [
        np.arange(len(small))
    ]:
        pairs = balanced_pairs(small.people[held_out])
        rows["plain pixels"].append(row(judge(pixels(small.pictures[held_out]), pairs)))
        kept = np.flatnonzero(np.isin(held_out, seen)).tolist()
        few = among(pairs, kept)
        print(f"dlib on {path.name}: {len(few.same)} of {len(pairs.same)} pairs have two faces")
        rows["dlib's encoder"].append(row(judge(encodings[held_out], few)))
    return rows


def cells(rows: Sequence[Row]) -> list[str]:
    """Mean and standard deviation of each figure; of one row the figures, of none dashes."""
    if not rows or not rows[0]:
        return ["" for _ in FIGURES]
    values = np.array(rows)
    if len(values) == 1:
        return [f"{value:.3f}" for value in values[0]]
    spread = values.std(axis=0, ddof=1)
    return [f"{m:.3f} ± {s:.3f}" for m, s in zip(values.mean(axis=0), spread, strict=True)]


def table(runs: Sequence[Run], held_out: dict[str, list[Row]], other: dict[str, list[Row]]) -> str:
    """All losses and references."""
    losses = list(dict.fromkeys(run.loss for run in runs))
    lines = []
    for loss in losses:
        mine = [run for run in runs if run.loss == loss]
        lines.append([loss, *cells([r.held_out for r in mine]), *cells([r.other for r in mine])])
    first = [run for run in runs if run.loss == losses[0]]
    nothing = ["" for _ in FIGURES]
    lines.append([REFERENCES[0], *cells([run.untrained for run in first]), *nothing])
    lines += [
        [name, *cells(held_out[name]), *cells(other.get(name, []))] for name in REFERENCES[1:]
    ]
    header = ["loss", *(f"held out: {name}" for name in FIGURES)]
    return markdown([*header, *(f"others: {name}" for name in FIGURES)], lines)


def draw(runs: Sequence[Run], pixels_auc: float) -> str:
    """AUC over the epochs, mean over the seeds, epoch 0 before training."""
    made, axes = figure(6.4, 3.6)
    for loss in dict.fromkeys(run.loss for run in runs):
        curves = np.array([(r.untrained[0], *r.aucs) for r in runs if r.loss == loss])
        axes.plot(curves.mean(axis=0), color=COLOURS[loss], label=loss)
    axes.axhline(pixels_auc, color="black", linestyle=":", linewidth=1.0, label="plain pixels")
    axes.set_xlabel("epoch")
    axes.set_ylabel("AUC on held-out people")
    axes.legend(fontsize="small", ncols=2)
    return svg(made) + "\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--data", type=Path, default=FACES / "celebrities112.tar")
    parser.add_argument("--other", type=Path, help="more people, never trained on")
    parser.add_argument("--other-crop", type=float, default=0.55, help="middle of those pictures")
    parser.add_argument("--losses", nargs="+", choices=FACE_LOSS_NAMES, default=FACE_LOSS_NAMES)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--size", type=int, default=48)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=FaceTraining().learning_rate)
    parser.add_argument("--workers", type=int, default=2, help="trainings at once, a thread each")
    parser.add_argument("--results", type=Path, help="keep the runs here, to go on later")
    parser.add_argument("--picture", type=Path, help="SVG file of the curves")


def main(given: argparse.Namespace) -> None:
    """Train all, and print the table."""
    jobs = [
        Job(
            FaceTraining(
                loss=loss, epochs=given.epochs, patience=given.epochs, size_px=given.size,
                batch_size=given.batch_size, dimension=given.dimension, seed=seed,
                learning_rate=given.learning_rate,
            ), given.data, given.other, given.other_crop,
        )
        for seed in given.seeds for loss in given.losses
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as temporary:
        runs = run_all(jobs, given.results or Path(temporary), given.workers)
    held_out = references(given.data, 1.0, given.size, given.seeds)
    other = references(given.other, given.other_crop, given.size, ()) if given.other else {}
    print(f"\n{table(runs, held_out, other)}")
    if given.picture is not None:
        given.picture.write_text(
            draw(runs, float(np.mean([r[0] for r in held_out["plain pixels"]])))
        )
