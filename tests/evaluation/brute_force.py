"""The scores once more, as plainly as can be: loops over rows of ``faces.csv``, and over pairs.

Nothing is shared with the package; what is quick there is slow here.
"""

from __future__ import annotations

import csv
import math
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
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
    """Who is seen in each labelled face, who was found there, and what was found elsewhere.

    Found is a person, empty if unknown, and a track.
    """

    people: list[str]
    found: list[str | None]
    tracks: list[str | None]
    strays: list[str]

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
    judged = Judged([], [], [], [])
    for frame in range(0, max(known) + 1, step):
        labelled = [row for row in truth if int(row["frame"]) == frame]
        boxes = list(_boxes_at(frame, tracks))
        pairs = _pairs([box_of(row) for row in labelled], [box for box, *_ in boxes])
        for i, row in enumerate(labelled):
            if row["person"] != "?":
                _, who, track = boxes[pairs[i]] if i in pairs else ([], None, None)
                judged.people.append(row["person"])
                judged.found.append(who)
                judged.tracks.append(track)
        areas = [box_of(row) for row in ignored if int(row["frame"]) == frame]
        judged.strays += [
            who
            for j, (box, who, _) in enumerate(boxes)
            if j not in pairs.values() and not any(_centre_in(box, area) for area in areas)
        ]
    return judged


def _boxes_at(frame: int, tracks: list[list[Row]]) -> Iterator[tuple[Box, str, str]]:
    """Box, person and track."""
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
        yield [(1 - part) * x + part * y for x, y in ends], a["person"], a["track"]


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
        "box_precision": hits / (hits + len(judged.strays)) if hits + len(judged.strays) else 1.0,
        "b_cubed_precision": precision,
        "b_cubed_recall": recall,
        "b_cubed_f": 2 * precision * recall / (precision + recall),
        "pairwise_precision": pairs[0],
        "pairwise_recall": pairs[1],
        "assigned_b_cubed_precision": assigned[0],
        "assigned_b_cubed_recall": assigned[1],
        "wcp": _purity([people[i] for i in kept], [clusters[i] for i in kept]),
        "idf1": _idf1(judged),
        **_by_track(judged),
        "people_true": len(set(people)),
        "unknown_share": (hits - len(kept)) / hits if hits else 0.0,
    }


def _purity(people: Sequence[str], clusters: Sequence[str]) -> float:
    shown = list(zip(people, clusters, strict=True))
    right = [max(shown.count((who, c)) for who in set(people)) for c in set(clusters)]
    return sum(right) / len(people) if people else 1.0


def _idf1(judged: Judged) -> float:
    """Try every way to give people to those found."""
    cast = sorted(set(judged.people))
    shown = Counter(zip(judged.people, judged.found, strict=True))

    @cache
    def most(i: int, free: frozenset[str]) -> int:
        if i == len(cast):
            return 0
        ways = [shown[cast[i], group] + most(i + 1, free - {group}) for group in free]
        return max([most(i + 1, free), *ways])

    right = most(0, frozenset(who for who in judged.found if who))
    boxes = sum(bool(who) for who in [*judged.found, *judged.strays])
    faces = len(judged.people)
    return 2 * right / (faces + boxes) if faces or boxes else 1.0


def _by_track(judged: Judged) -> dict[str, float]:
    """Purity of tracks; and of groups, with each track as one."""
    seen: dict[str, list[str]] = {}
    group = {}
    for person, who, track in zip(judged.people, judged.found, judged.tracks, strict=True):
        if track is not None:
            seen.setdefault(track, []).append(person)
            group[track] = who
    kept = [track for track in seen if group[track]]
    main = {track: min(set(p), key=lambda who: (-p.count(who), who)) for track, p in seen.items()}
    of_faces = [(track, who) for track, people in seen.items() for who in people]
    return {
        "track_purity": _purity([who for _, who in of_faces], [track for track, _ in of_faces]),
        "track_wcp": _purity([main[track] for track in kept], [str(group[t]) for t in kept]),
    }


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
