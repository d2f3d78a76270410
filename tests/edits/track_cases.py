"""Random corrections of tracks and people, and Python's results, which the page must match."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import numpy as np

from clusterer.core.types import UNKNOWN, Action, Analysis, Edit
from clusterer.edits import NOT_A_FACE, Keys, revise, to_dict
from clusterer.outputs.report.retracked import retracked
from tests.small_result import small_analysis

OFTEN = [Action.CUT, Action.JOIN, Action.ADD, Action.CUT, Action.JOIN, Action.MOVE, Action.NEW]
OTHERS = [Action.SAME, Action.DIFFERENT, Action.REMOVE, Action.NOT_A_FACE, Action.NAME]
TRIED = [*OFTEN, *OTHERS]


def track_cases(count: int, seed: int) -> list[dict[str, Any]]:
    """Make cases of plain values.

    Returns
    -------
    list of
        retracked : as in the data of the page
        edits : as in the file of corrections
        expected : labels (-1 unknown, -2 not a face), people (label as text → number, name or None,
            hidden) and by_hand (sorted) of the tracks after all edits
    """
    rng = random.Random(seed)
    return [_case(rng) for _ in range(count)]


def free(*tracks: int) -> Analysis:
    """The small analysis, with the faces of these tracks in none."""
    found = small_analysis()
    left = [track for track in found.tracks if track.id not in tracks]
    renumbered = tuple(dataclasses.replace(track, id=i) for i, track in enumerate(left))
    return dataclasses.replace(found, tracks=renumbered)


def _case(rng: random.Random) -> dict[str, Any]:
    found = free(*rng.sample(range(4), rng.choice([0, 0, 1])))
    labels = [rng.choice([UNKNOWN, 0, 0, 1]) for _ in found.tracks]
    people = sorted(set(labels) - {UNKNOWN})
    numbers = dict(zip(people, rng.sample(range(1, len(people) + 1), len(people)), strict=True))
    edits = [_edit(rng, Keys(found)) for _ in range(rng.randint(1, 10))]
    after = revise(found, edits)
    of_parts = after.of_parts(np.array(labels, dtype=np.int64), found, UNKNOWN)
    end = after.replayed(of_parts, numbers, edits)
    return {
        "retracked": retracked(after, of_parts, numbers, edits),
        "edits": [to_dict(edit) for edit in edits],
        "expected": {
            "labels": np.where(end.not_a_face, NOT_A_FACE, end.labels).tolist(),
            "people": {
                str(label): [p.number, p.name or None, p.hidden] for label, p in end.people.items()
            },
            "by_hand": np.flatnonzero(end.by_hand).tolist(),
        },
    }


def _edit(rng: random.Random, keys: Keys) -> Edit:
    action = rng.choice(TRIED)

    def some(most: int) -> tuple[str, ...]:
        return tuple(map(keys.face, rng.sample(range(9), rng.randint(1, most))))

    if action is Action.CUT:
        return Edit(action, tracks=some(1))
    if action in {Action.JOIN, Action.ADD, Action.NOT_A_FACE}:
        return Edit(action, tracks=some(3))
    if action in {Action.SAME, Action.DIFFERENT}:
        return Edit(action, who=some(2), others=some(2))
    if action is Action.MOVE:
        return Edit(action, who=some(2), tracks=some(2))
    if action is Action.NAME:
        return Edit(action, who=some(2), name=rng.choice(["Ada", "Bob", ""]))
    return Edit(action, tracks=some(2), source=some(1))
