"""Random corrections of small groupings and Python's results, which the page must match."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from clusterer.core.types import OF_TRACKS, UNKNOWN, Action, Edit
from clusterer.edits import NOT_A_FACE, replay, to_dict
from clusterer.people.background import is_background
from tests.edits.names import Listed

NAMES = ["", "Ada", "Bob", "Ann Ö"]
MISSING = ["9000@1,1,9,9", "9001@1,1,9,9"]
"""Keys that match no face."""


def cases(count: int, seed: int) -> list[dict[str, Any]]:
    """Make cases of plain values.

    Returns
    -------
    list of
        labels : of the grouping, -1 = no person
        numbers : label (as text) → number of the person
        keys : of each track
        faces : [key, track] of each face with a stored picture
        edits : as in the file of corrections
        expected : labels (-1 unknown, -2 not a face), people (label as text → number, name or None,
            hidden, cover or None, whether in the background) and by_hand (sorted), after all edits
        front : tracks that stand in the foreground
    """
    rng = random.Random(seed)
    return [_case(rng) for _ in range(count)]


def _case(rng: random.Random) -> dict[str, Any]:
    n = rng.randint(1, 9)
    labels = [rng.choice([UNKNOWN, 0, 0, 1, 1, 2, 5]) for _ in range(n)]
    people = sorted(set(labels) - {UNKNOWN})
    numbers = dict(zip(people, rng.sample(range(1, len(people) + 1), len(people)), strict=True))
    keys = [f"{10 * i}@{i},0,{i + 20},20" for i in range(n)]
    faces = {key: i for i, key in enumerate(keys) if rng.random() < 0.8}
    faces |= {f"{10 * i + 5}@{i},0,{i + 20},20": i for i in range(n) if rng.random() < 0.5}
    edits = [_edit(rng, keys, [*faces]) for _ in range(rng.randint(0, 12))]
    track_of = {key: i for i, key in enumerate(keys)}
    after = replay(np.array(labels), numbers, edits, Listed(track_of, faces))
    front = [track for track in range(n) if track % 3 == n % 3]
    in_front = {int(after.labels[track]) for track in front}
    return {
        "labels": labels,
        "numbers": {str(label): number for label, number in numbers.items()},
        "keys": keys,
        "faces": [[key, track] for key, track in faces.items()],
        "edits": [to_dict(edit) for edit in edits],
        "front": front,
        "expected": {
            "labels": np.where(after.not_a_face, NOT_A_FACE, after.labels).tolist(),
            "people": {
                str(label): [
                    p.number,
                    p.name or None,
                    p.hidden,
                    p.cover or None,
                    is_background(p, label in in_front),
                ]
                for label, p in after.people.items()
            },
            "by_hand": np.flatnonzero(after.by_hand).tolist(),
        },
    }


def _edit(rng: random.Random, keys: list[str], faces: list[str]) -> Edit:
    action = rng.choice([action for action in Action if action not in OF_TRACKS])

    def some(most: int, least: int = 1) -> tuple[str, ...]:
        pool = [*keys, *MISSING] if rng.random() < 0.3 else keys
        return tuple(rng.sample(pool, rng.randint(min(least, len(pool)), min(most, len(pool)))))

    if action in {Action.SAME, Action.DIFFERENT}:
        return Edit(action, who=some(3), others=some(3))
    if action is Action.MOVE:
        return Edit(action, who=some(3), tracks=some(4), source=some(2, 0))
    if action in {Action.NEW, Action.REMOVE}:
        return Edit(action, tracks=some(4), source=some(2, 0))
    if action is Action.NOT_A_FACE:
        return Edit(action, tracks=some(2))
    if action is Action.REGROUP:
        return Edit(action)
    name = rng.choice(NAMES) if action is Action.NAME else ""
    face = rng.choice([*faces, MISSING[0]]) if action is Action.COVER else ""
    return Edit(action, who=some(3), name=name, face=face)
