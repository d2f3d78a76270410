"""Which cosine distance between dlib's encodings corresponds to 0.36 under L2.

    python benchmarks/calibrate_cosine.py [CLIP.mp4 ...] [--photographs FACES.tar ...]

Photographs are archives of ``PERSON/PICTURE.jpg``, one face each; every encoding is a sample.
Of a clip, every track is a sample, its person the one whom most of its labelled frames show. As in
the clustering, a sample is compared with averages: of the other samples of its person (the same),
and of every other person of that archive or clip (different). Then the clips are scored.
"""

from __future__ import annotations

import argparse
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from statistics import fmean

import cv2
import numpy as np
import numpy.typing as npt
from footage import ROOT, Clip, add_clips, face_rows, markdown, read_clips
from score import box_of, match, predictions

import clusterer
from clusterer import chips, detection, encoding
from clusterer.clustering.distance import between
from clusterer.config import (
    METRICS,
    AnalysisConfig,
    ClusteringConfig,
    Config,
    DetectionConfig,
    EncodingConfig,
)
from clusterer.encoding import default_threshold
from clusterer.geometry import centres
from clusterer.types import Analysis, ClusteringResult, Frame

FACES = ROOT.parent / "shared" / "faces"
L2 = default_threshold("dlib", "l2")
PRESENT = default_threshold("dlib", "cosine")
TRIED = (0.026, 0.028, 0.030, 0.031, 0.032, 0.033, 0.034, 0.036, 0.038, 0.040, L2)

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Samples:
    """Encodings of known people: `vectors` (n, 128), `people` (n,), `weights` (n,) in averages."""

    vectors: Floats
    people: npt.NDArray[np.str_]
    weights: Floats


@dataclass(frozen=True, slots=True)
class Distances:
    """Of samples to averages, by metric: of the same person, and of different people."""

    same: dict[str, Floats]
    different: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Range:
    """Cosine thresholds, `low` to `high`, that accept as many as 0.36 under L2: `share` of all.

    `low` is 0 if that is nothing, `high` is infinite if that is everything.
    """

    share: float
    low: float
    high: float

    def __str__(self) -> str:
        if np.isinf(self.high):
            return f"from {self.low:.4f}"
        return f"{self.low:.4f} to {self.high:.4f}" if self.low else f"up to {self.high:.4f}"


class Encoder:
    """From a photograph to the encoding of the face nearest to its middle."""

    def __init__(self) -> None:
        self._detector = detection.create(DetectionConfig(), 1)
        self._aligner = chips.Aligner()
        self._encoder = encoding.create(EncodingConfig(encoder="dlib"), 1)

    def encode(self, jpeg: bytes) -> Floats | None:
        """Encoding of shape (128,), or None if there is no face or no picture."""
        bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        if bgr is None:
            return None
        image = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8)
        boxes = self._detector.detect([Frame(0, 0, image)])[0].boxes
        if not len(boxes):
            return None
        middle = np.array(image.shape[1::-1]) / 2
        nearest = int(np.linalg.norm(centres(boxes) - middle, axis=1).argmin())
        chip = self._aligner.align(image, boxes[nearest : nearest + 1])
        vector: Floats = self._encoder.encode(chip)[0].astype(np.float64)
        return vector


def read_photographs(archive: Path, per_person: int) -> Samples:
    """Encode the first photographs of everybody in an archive."""
    encoder = Encoder()
    found: list[tuple[str, Floats]] = []
    taken: Counter[str] = Counter()
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            person = PurePosixPath(member.name).parent.name
            file = tar.extractfile(member)
            if file is None or taken[person] >= per_person:
                continue
            taken[person] += 1
            vector = encoder.encode(file.read())
            if vector is not None:
                found.append((person, vector))
    people = np.array([person for person, _ in found])
    return Samples(np.array([vector for _, vector in found]), people, np.ones(len(found)))


def read_tracks(clip: Clip, result: ClusteringResult) -> Samples:
    """The tracks of a clip that show somebody whom a viewer can tell."""
    rows = [row | {"person": row["track"]} for row in face_rows(result)]
    found = predictions(rows, clip.truth.frames)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for frame in sorted(clip.truth.frames):
        labelled = clip.truth.labelled.get(frame, [])
        for t, f in match([box_of(r) for r in labelled], [box for box, _ in found[frame]]):
            seen[found[frame][f][1]][labelled[t]["person"]] += 1
    features = result.features
    people = np.array([_most(seen[str(track)]) for track in features.track_ids])
    kept = np.isin(people, sorted(clip.truth.people)) & features.has_face
    weights = np.maximum(features.quality[kept].astype(np.float64), 1e-3)
    return Samples(features.face[kept].astype(np.float64), people[kept], weights)


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda person: (-counts[person], person)) if counts else ""


def leave_one_out(samples: Samples) -> Distances:
    """Compare each sample with the average of everybody, itself left out."""
    same: dict[str, list[Floats]] = {metric: [] for metric in METRICS}
    different: dict[str, list[Floats]] = {metric: [] for metric in METRICS}
    for person in np.unique(samples.people):
        members = samples.people == person
        average = _average(samples, members)
        for metric in METRICS:
            apart = between(samples.vectors[~members], average, metric)[:, 0]
            different[metric].append(apart)
        for i in np.flatnonzero(members):
            others = members & (np.arange(len(members)) != i)
            if not others.any():
                continue
            average = _average(samples, others)
            for metric in METRICS:
                same[metric].append(between(samples.vectors[[i]], average, metric)[0])
    return Distances(*({m: _joined(d[m]) for m in METRICS} for d in (same, different)))


def _average(samples: Samples, chosen: npt.NDArray[np.bool_]) -> Floats:
    weights = samples.weights[chosen]
    average: Floats = np.average(samples.vectors[chosen], axis=0, weights=weights)[None]
    return average


def single(samples: Samples) -> Distances:
    """Compare each sample with each other one, without averages."""
    first, second = np.triu_indices(len(samples.people), 1)
    is_same = samples.people[first] == samples.people[second]
    apart = {m: between(samples.vectors, samples.vectors, m)[first, second] for m in METRICS}
    return Distances(
        {m: apart[m][is_same] for m in METRICS}, {m: apart[m][~is_same] for m in METRICS}
    )


def pool(parts: Sequence[Distances]) -> Distances:
    """Put the comparisons of several clips together."""
    return Distances(
        *(
            {m: _joined([getattr(part, name)[m] for part in parts]) for m in METRICS}
            for name in ("same", "different")
        )
    )


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])


def equal(distances: dict[str, Floats]) -> Range:
    """Find the cosine thresholds that accept as many of these as 0.36 under L2."""
    accepted = int((distances["l2"] < L2).sum())
    around = np.concatenate([[0.0], np.sort(distances["cosine"]), [np.inf]])
    share = accepted / max(len(distances["l2"]), 1)
    return Range(share, float(around[accepted]), float(around[accepted + 1]))


def distance_row(name: str, distances: Distances) -> list[str]:
    """One row of the first table."""
    same, different = equal(distances.same), equal(distances.different)
    cosine = distances.same["cosine"], distances.different["cosine"]
    return [
        name,
        f"{len(cosine[0])} / {len(cosine[1])}",
        f"{same.share:.3f} / {(distances.different['l2'] < L2).sum()}",
        str(same),
        str(different),
        *(
            f"{(cosine[0] < limit).mean():.3f} / {(cosine[1] < limit).sum()}"
            for limit in (PRESENT, L2)
        ),
    ]


def recommend(averages: Sequence[Distances]) -> float:
    """Median, over kinds of samples, of the threshold that accepts as many of the same person.

    What is told of different people is a bound only, for 0.36 under L2 accepts hardly any of them.
    """
    ranges = [equal(distances.same) for distances in averages]
    middles = [(r.low + r.high) / 2 for r in ranges if np.isfinite(r.high)]
    return float(np.median(middles)) if middles else float("nan")


DISTANCE_HEADER = (
    "samples",
    "comparisons, same / different",
    f"l2 {L2:g} accepts, share of the same / number of different",
    "cosine that accepts as many of the same",
    "cosine that accepts as many of the different",
    f"cosine {PRESENT:g} accepts",
    f"cosine {L2:g} accepts",
)


def score_row(
    clips: Sequence[Clip], analyses: Sequence[Analysis], metric: str, threshold: float
) -> list[str]:
    """One row of the second table: B-cubed F, precision of assigned faces, people of each clip."""
    config = Config(clustering=ClusteringConfig(metric=metric, threshold=threshold))
    cells, f = [], []
    for clip, analysis in zip(clips, analyses, strict=True):
        result = clusterer.decide(analysis, config)
        score = clip.score(result)
        f.append(score.f)
        cells.append(f"{score.f:.3f} / {score.assigned_precision:.3f} / {len(result.people)}")
    return [f"{metric} {threshold:g}", f"{fmean(f):.3f}", *cells]


def main() -> None:
    """Print both tables and the recommendation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_clips(parser)
    parser.add_argument("--photographs", type=Path, nargs="*", default=sorted(FACES.glob("*.tar")))
    parser.add_argument("--per-person", type=int, default=120, help="photographs of each person")
    given = parser.parse_args()
    clips = read_clips(given.clips)
    with tempfile.TemporaryDirectory() as folder:
        analyses = [
            clusterer.analyse(clip.video, AnalysisConfig(), Path(folder) / clip.name)
            for clip in clips
        ]
    results = [clusterer.decide(analysis, Config()) for analysis in analyses]
    tracks = [read_tracks(clip, result) for clip, result in zip(clips, results, strict=True)]
    photographs = [(a.stem, read_photographs(a, given.per_person)) for a in given.photographs]
    averages = [(name, leave_one_out(samples)) for name, samples in photographs]
    averages.append(("tracks of the clips", pool([leave_one_out(t) for t in tracks])))
    singles = [(f"{name}, singly", single(samples)) for name, samples in photographs]
    singles.append(("tracks of the clips, singly", pool([single(t) for t in tracks])))
    print(markdown(DISTANCE_HEADER, [distance_row(*named) for named in averages + singles]))
    best = recommend([distances for _, distances in averages])
    print(f"\nRecommended: {best:.4f}, the median of the averages' fourth column.\n")
    header = ("F / precision of assigned / people", "mean F", *(clip.name for clip in clips))
    settings = [("l2", L2), *(("cosine", threshold) for threshold in TRIED)]
    print(markdown(header, [score_row(clips, analyses, *setting) for setting in settings]))


if __name__ == "__main__":
    main()
