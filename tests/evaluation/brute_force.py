"""The scores once more, as plainly as can be: loops over rows of ``faces.csv``, and over pairs.

Nothing is shared with the package; what is quick there is slow here.
"""

from __future__ import annotations

import csv
import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Box = Sequence[float]
Row = dict[str, str]
SIDES = ("left", "top", "right", "bottom")


def rows_of(path: Path) -> list[Row]:
    """Rows of a CSV file by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / both


def box_of(row: Row) -> Box:
    return [float(row[side]) for side in SIDES]


@dataclass
class Judged:
    """Who is seen in each labelled face, who was found there, and what was found elsewhere."""

    people: list[str]
    found: list[str | None]
    strays: int

    def clusters(self) -> list[str]:
        """Person in the result; one of its own where there is none."""
        return [who or f"alone {i}" for i, who in enumerate(self.found)]

    def assigned(self) -> list[int]:
        return [i for i, who in enumerate(self.found) if who]


def judge(faces: list[Row], truth: list[Row], ignored: list[Row]) -> Judged:
    """Match the rows of a ``faces.csv`` to those of a truth file."""
    known = {int(row["frame"]) for row in [*truth, *ignored]}
    step = math.gcd(*known) or 1
    tracks = [
        [row for row in faces if row["track"] == track]
        for track in sorted({row["track"] for row in faces}, key=int)
    ]
    judged = Judged([], [], 0)
    for frame in range(0, max(known) + 1, step):
        labelled = [row for row in truth if int(row["frame"]) == frame]
        boxes = list(_boxes_at(frame, tracks))
        pairs = _pairs([box_of(row) for row in labelled], [box for box, _ in boxes])
        for i, row in enumerate(labelled):
            if row["person"] != "?":
                judged.people.append(row["person"])
                judged.found.append(boxes[pairs[i]][1] if i in pairs else None)
        areas = [box_of(row) for row in ignored if int(row["frame"]) == frame]
        judged.strays += sum(
            j not in pairs.values() and not any(_centre_in(box, area) for area in areas)
            for j, (box, _) in enumerate(boxes)
        )
    return judged


def _boxes_at(frame: int, tracks: list[list[Row]]) -> Iterator[tuple[Box, str]]:
    for rows in tracks:
        before = [row for row in rows if int(row["frame"]) <= frame]
        after = [row for row in rows if int(row["frame"]) >= frame]
        if not before or not after:
            continue
        a = max(before, key=lambda row: int(row["frame"]))
        b = min(after, key=lambda row: int(row["frame"]))
        if a is not b and float(b["time_s"]) - float(a["time_s"]) > 1.05:
            continue
        length = int(b["frame"]) - int(a["frame"])
        part = (frame - int(a["frame"])) / length if length else 0.0
        ends = zip(box_of(a), box_of(b), strict=True)
        yield [(1 - part) * x + part * y for x, y in ends], a["person"]


def _pairs(labelled: list[Box], found: list[Box]) -> dict[int, int]:
    """Labelled → found box, one to one, best first."""
    candidates = sorted(
        (-overlap(a, b), i, j) for i, a in enumerate(labelled) for j, b in enumerate(found)
    )
    pairs: dict[int, int] = {}
    for cost, i, j in candidates:
        if -cost >= 0.3 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _centre_in(box: Box, area: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def b_cubed(people: Sequence[str], clusters: Sequence[object]) -> tuple[float, float]:
    """Precision and recall, averaged over faces."""
    n = len(people)
    precision = recall = 0.0
    for i in range(n):
        together = [j for j in range(n) if clusters[j] == clusters[i]]
        same = [j for j in range(n) if people[j] == people[i]]
        both = sum(people[j] == people[i] for j in together)
        precision += both / len(together)
        recall += both / len(same)
    return (precision / n, recall / n) if n else (1.0, 1.0)


def pairwise(people: Sequence[str], clusters: Sequence[object]) -> tuple[float, float]:
    """Precision and recall over pairs of faces."""
    pairs = [(i, j) for i in range(len(people)) for j in range(i)]
    same = {(i, j) for i, j in pairs if people[i] == people[j]}
    together = {(i, j) for i, j in pairs if clusters[i] == clusters[j]}
    both = len(same & together)
    return both / len(together) if together else 1.0, both / len(same) if same else 1.0


def figures(faces: Path, truth: Path) -> dict[str, float]:
    """Scores of a ``faces.csv`` by the names that the package gives them."""
    ignore = truth.with_name(truth.name.replace(".truth.", ".ignore."))
    ignored = rows_of(ignore) if ignore.exists() else []
    judged = judge(rows_of(faces), rows_of(truth), ignored)
    people, clusters, kept = judged.people, judged.clusters(), judged.assigned()
    precision, recall = b_cubed(people, clusters)
    pairs = pairwise(people, clusters)
    assigned = b_cubed([people[i] for i in kept], [clusters[i] for i in kept])
    hits = sum(who is not None for who in judged.found)
    return {
        "face_recall": hits / len(people) if people else 1.0,
        "box_precision": hits / (hits + judged.strays) if hits + judged.strays else 1.0,
        "b_cubed_precision": precision,
        "b_cubed_recall": recall,
        "b_cubed_f": 2 * precision * recall / (precision + recall),
        "pairwise_precision": pairs[0],
        "pairwise_recall": pairs[1],
        "assigned_b_cubed_precision": assigned[0],
        "assigned_b_cubed_recall": assigned[1],
        "wcp": _purity([people[i] for i in kept], [clusters[i] for i in kept]),
        "people_true": len(set(people)),
        "unknown_share": (hits - len(kept)) / hits if hits else 0.0,
    }


def _purity(people: Sequence[str], clusters: Sequence[str]) -> float:
    shown = list(zip(people, clusters, strict=True))
    right = [max(shown.count((who, c)) for who in set(people)) for c in set(clusters)]
    return sum(right) / len(people) if people else 1.0


UNKNOWN, HIDDEN = -1, -2
State = tuple[int, ...]


def clicks(people: Sequence[str], labels: Sequence[int]) -> int:
    """Fewest merges, moves and removals by trying all, shortest first; ``""`` shows no face."""
    start = _ordered(labels)
    queue, seen = deque([(start, 0)]), {start}
    while queue:
        state, steps = queue.popleft()
        if _is_true(people, state):
            return steps
        for after in map(_ordered, _one_click(people, state)):
            if after not in seen:
                seen.add(after)
                queue.append((after, steps + 1))
    raise AssertionError("the truth can always be reached")


def _ordered(labels: Sequence[int]) -> State:
    """The same groups, numbered as they come."""
    number: dict[int, int] = {}
    return tuple(label if label < 0 else number.setdefault(label, len(number)) for label in labels)


def _is_true(people: Sequence[str], state: State) -> bool:
    shown = [(who, label) for who, label in zip(people, state, strict=True)]
    if any(label >= 0 for who, label in shown if not who):
        return False
    faces = [(who, label) for who, label in shown if who]
    return all(label >= 0 for _, label in faces) and all(
        (a == b) == (x == y) for a, x in faces for b, y in faces
    )


def _one_click(people: Sequence[str], state: State) -> Iterator[list[int]]:
    groups = sorted({label for label in state if label >= 0})
    for a in groups:
        yield from ([a if label == b else label for label in state] for b in groups if b > a)
        if not any(people[i] for i, label in enumerate(state) if label == a):
            yield [HIDDEN if label == a else label for label in state]
    for i, label in enumerate(state):
        if label != HIDDEN:
            for place in [*groups, len(state), HIDDEN]:
                yield [*state[:i], place, *state[i + 1 :]]
