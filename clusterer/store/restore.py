"""What a review starts from, out of ``result.json``.

Errors are those of Python (KeyError, TypeError, ValueError): the caller says that the file is
damaged.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from clusterer.core.types import UNKNOWN, Advice, Grouping, Question, Reason


def grouping(content: Any, n_tracks: int) -> Grouping:
    """What the machine decided on so many tracks."""
    labels, reasons = np.array(content["labels"]), content["reasons"]
    confidence = np.array(content["confidence"], dtype=np.float64)
    if labels.shape != (n_tracks,) or (n_tracks and labels.dtype != np.int64):
        raise ValueError("grouping: a label per track")
    if n_tracks and int(labels.min()) < UNKNOWN:
        raise ValueError("grouping: a label that there is not")
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise ValueError("grouping: confidence outside 0 to 1")
    return Grouping(labels, tuple(map(Reason, reasons)), confidence)


def advice(content: Any, labels: list[int]) -> Advice:
    """What there is to ask about tracks that were grouped like this."""
    size, n_tracks = Counter(labels), len(labels)
    questions = tuple(
        Question(whole(a, n_tracks), whole(b, n_tracks), float(evidence))
        for a, b, evidence in content["questions"]
    )
    trees = {int(label): _tree(tree, size[int(label)]) for label, tree in content["trees"].items()}
    return Advice(questions, trees, _candidates(content.get("names", {}), size))


def _candidates(content: Any, size: Counter[int]) -> dict[int, tuple[tuple[str, float], ...]]:
    """Whom people may be; absent where no gallery was asked."""
    found = {
        int(label): tuple((name, float(distance)) for name, distance in names)
        for label, names in content.items()
    }
    if not all(label > UNKNOWN and size[label] for label in found):
        raise ValueError("advice: names of a person that there is not")
    for name, distance in (pair for pairs in found.values() for pair in pairs):
        if not isinstance(name, str) or not 0 <= distance < math.inf:
            raise ValueError("advice: a candidate that is none")
    return found


def _tree(content: Any, n_tracks: int) -> tuple[tuple[int, int], ...]:
    """Merges of all tracks of a person; each of them, and each merge but the last, goes in once."""
    merges = tuple(
        (whole(a, n_tracks + k), whole(b, n_tracks + k)) for k, (a, b) in enumerate(content)
    )
    if sorted(part for merge in merges for part in merge) != list(range(2 * len(merges))):
        raise ValueError("advice: a tree that is none")
    if len(merges) != n_tracks - 1:
        raise ValueError("advice: a tree that is not of its person")
    return merges


def texts(content: Any) -> tuple[str, ...]:
    """A list of lines."""
    if not isinstance(content, list) or not all(isinstance(line, str) for line in content):
        raise TypeError("edit_notes: not lines")
    return tuple(content)


def whole(value: Any, end: int) -> int:
    """A number from 0 on, under `end`."""
    if type(value) is not int or not 0 <= value < end:
        raise ValueError(f"{str(value)[:20]} is not a number from 0 to {end - 1}")
    return value
