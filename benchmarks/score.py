"""Score ``faces.csv`` against labelled faces: recall, box precision, B-cubed.

    python benchmarks/score.py faces.csv clip.truth.csv [clip.ignore.csv]

Boxes are interpolated within a track to the labelled frames (gaps up to 1.05 s) and matched
greedily by IoU of at least 0.3. `?` rows are ignored; unmatched boxes whose centre lies in an
ignore box count neither way. B-cubed (Bagga and Baldwin 1998) runs over every labelled face; a face
that was not found or left unknown is a cluster of its own.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clusterer.geometry import iou

MAX_GAP_S = 1.05
MIN_IOU = 0.3
NOBODY_CAN_TELL = "?"

Box = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """How good a result is; everything 0 to 1 except the counts."""

    recall: float
    box_precision: float
    precision: float
    b_cubed_recall: float
    f: float
    assigned_precision: float
    people: int

    def line(self) -> str:
        """One line for a terminal."""
        return (
            f"recall {self.recall:.3f}  box precision {self.box_precision:.3f}  "
            f"B-cubed P {self.precision:.3f} R {self.b_cubed_recall:.3f} F {self.f:.3f}  "
            f"assigned P {self.assigned_precision:.3f}  people {self.people}"
        )


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def box_of(row: dict[str, str]) -> Box:
    """Box of a row."""
    return np.array([float(row[side]) for side in ("left", "top", "right", "bottom")])


def predictions(faces: list[dict[str, str]], frames: set[int]) -> dict[int, list[tuple[Box, str]]]:
    """Boxes and people at the labelled frames, interpolated within each track."""
    tracks: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in faces:
        tracks[row["track"]].append(row)
    found: dict[int, list[tuple[Box, str]]] = defaultdict(list)
    for track in tracks.values():
        track.sort(key=lambda row: int(row["frame"]))
        at = {int(row["frame"]): row for row in track}
        for frame in frames & at.keys():
            found[frame].append((box_of(at[frame]), at[frame]["person"]))
        for a, b in pairwise(track):
            if float(b["time_s"]) - float(a["time_s"]) > MAX_GAP_S:
                continue
            low, high = int(a["frame"]), int(b["frame"])
            for frame in frames & set(range(low + 1, high)):
                share = (frame - low) / (high - low)
                box = (1 - share) * box_of(a) + share * box_of(b)
                found[frame].append((box, a["person"]))
    return found


def match(truth: list[Box], found: list[Box]) -> list[tuple[int, int]]:
    """Pairs of truth and found boxes, best overlap first."""
    if not truth or not found:
        return []
    overlap = iou(np.array(truth), np.array(found))
    pairs: list[tuple[int, int]] = []
    while overlap.max() >= MIN_IOU:
        t, f = (int(i) for i in np.unravel_index(int(overlap.argmax()), overlap.shape))
        pairs.append((t, f))
        overlap[t, :] = overlap[:, f] = -1.0
    return pairs


def b_cubed(people: list[str], clusters: list[str]) -> tuple[float, float]:
    """Precision and recall of a clustering, averaged over its items."""
    pairs = Counter(zip(people, clusters, strict=True))
    by_person, by_cluster = Counter(people), Counter(clusters)
    n = max(len(people), 1)
    precision = sum(c * c / by_cluster[cluster] for (_, cluster), c in pairs.items()) / n
    recall = sum(c * c / by_person[person] for (person, _), c in pairs.items()) / n
    return precision, recall


@dataclass(frozen=True, slots=True)
class Truth:
    """What a viewer sees, by frame.

    Attributes
    ----------
    labelled : frame → rows of the truth file
    ignored : frame → boxes in which a detection counts neither way
    frames : every labelled frame, those without a face too
    """

    labelled: dict[int, list[dict[str, str]]]
    ignored: dict[int, list[Box]]
    frames: set[int]

    @property
    def people(self) -> set[str]:
        """Everybody whom a viewer can tell."""
        rows = (row for rows in self.labelled.values() for row in rows)
        return {row["person"] for row in rows} - {NOBODY_CAN_TELL}


def read_truth(truth: Path, ignore: Path | None = None) -> Truth:
    """Read a truth file and, if there is one, its ignore file."""
    labelled: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(truth):
        labelled[int(row["frame"])].append(row)
    ignored: dict[int, list[Box]] = defaultdict(list)
    for row in rows_of(ignore) if ignore and ignore.exists() else []:
        ignored[int(row["frame"])].append(box_of(row))
    return Truth(labelled, ignored, _labelled_frames(labelled.keys() | ignored.keys()))


def score(faces: Path, truth: Path, ignore: Path | None = None) -> Score:
    """Score one ``faces.csv``."""
    return score_rows(rows_of(faces), read_truth(truth, ignore))


def score_rows(faces: list[dict[str, str]], truth: Truth) -> Score:
    """Score the rows of one ``faces.csv``."""
    found = predictions(faces, truth.frames)
    people: list[str] = []
    clusters: list[str] = []
    hits = extra = 0
    for frame in sorted(truth.frames):
        labelled, ignored = truth.labelled.get(frame, []), truth.ignored.get(frame, [])
        boxes = [box for box, _ in found[frame]]
        pairs = dict(match([box_of(row) for row in labelled], boxes))
        for t, row in enumerate(labelled):
            if row["person"] == NOBODY_CAN_TELL:
                continue
            hits += t in pairs
            people.append(row["person"])
            who = found[frame][pairs[t]][1] if t in pairs else ""
            clusters.append(who or f"alone {len(clusters)}")
        rest = [boxes[i] for i in range(len(boxes)) if i not in pairs.values()]
        extra += sum(not _within(box, ignored) for box in rest)
    return _score(people, clusters, hits, extra)


def _labelled_frames(known: set[int]) -> set[int]:
    """Every labelled frame, those without a face too: they lie on a regular grid."""
    step = int(np.gcd.reduce(sorted(known))) if known else 1
    return set(range(0, max(known, default=0) + 1, max(step, 1)))


def _within(box: Box, areas: list[Box]) -> bool:
    x, y = (box[:2] + box[2:]) / 2
    return any(a[0] <= x <= a[2] and a[1] <= y <= a[3] for a in areas)


def _score(people: list[str], clusters: list[str], hits: int, extra: int) -> Score:
    precision, recall = b_cubed(people, clusters)
    assigned = [i for i, c in enumerate(clusters) if not c.startswith("alone ")]
    assigned_precision, _ = b_cubed([people[i] for i in assigned], [clusters[i] for i in assigned])
    return Score(
        recall=hits / max(len(people), 1),
        box_precision=hits / max(hits + extra, 1),
        precision=precision,
        b_cubed_recall=recall,
        f=2 * precision * recall / max(precision + recall, 1e-12),
        assigned_precision=assigned_precision if assigned else 1.0,
        people=len({clusters[i] for i in assigned}),
    )


def main() -> None:
    """Print the score of one faces.csv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("ignore", type=Path, nargs="?")
    given = parser.parse_args()
    print(score(given.faces, given.truth, given.ignore).line())


if __name__ == "__main__":
    main()
