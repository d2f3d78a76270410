"""Confusion of people: labelled faces by true and by found person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from clusterer.core.types import UNKNOWN, IntArray
from clusterer.evaluation.matching import MISSED, Matching


@dataclass(frozen=True, eq=False)
class Confusion:
    """Numbers of labelled faces by true and by found person.

    Attributes
    ----------
    people : true people, most labelled faces first, then in alphabetical order
    labels : labels of the found people, ordered by the person that they mostly show, then largest
        first, so that a good result is dense along the diagonal
    faces : array of shape (people, labels), int64
    unknown : array of shape (people,), int64, faces found but left unknown
    missed : array of shape (people,), int64, faces not found
    strays : array of shape (labels,), int64, found boxes that match no labelled face
    stray_unknown : such boxes in unknown tracks
    """

    people: tuple[str, ...]
    labels: tuple[int, ...]
    faces: IntArray
    unknown: IntArray
    missed: IntArray
    strays: IntArray
    stray_unknown: int

    @property
    def owners(self) -> dict[int, str]:
        """Label → person that most of its faces show, ties in alphabetical order."""
        return {
            label: min(zip(-self.faces[:, i], self.people, strict=True))[1]
            for i, label in enumerate(self.labels)
            if self.faces[:, i].any()
        }

    @property
    def homes(self) -> dict[str, int]:
        """Person → of the labels that mostly show them, the one with most of their faces."""
        owners = self.owners
        column = {label: i for i, label in enumerate(self.labels)}
        homes: dict[str, int] = {}
        for row, person in enumerate(self.people):
            owned = [label for label, owner in sorted(owners.items()) if owner == person]
            if owned:
                homes[person] = max(owned, key=lambda label: self.faces[row, column[label]])
        return homes


def confusion(matching: Matching, labels: IntArray) -> Confusion:
    """Count the labelled faces of each person in each found person.

    Parameters
    ----------
    matching
        Which track found which labelled face.
    labels : array of shape (t,), int64
        The person of each track, or `UNKNOWN`.

    Returns
    -------
    Confusion
        With a column for every found person, even one without a labelled face.
    """
    label_of = labels.tolist()
    counts: Counter[tuple[str, int]] = Counter()
    missed: Counter[str] = Counter()
    for person, track in zip(matching.people, matching.track.tolist(), strict=True):
        if track == MISSED:
            missed[person] += 1
        else:
            counts[person, label_of[track]] += 1
    strays = Counter(label_of[track] for track in matching.stray_track.tolist())
    total = Counter(matching.people)
    people = sorted(total, key=lambda person: (-total[person], person))

    def place(label: int) -> tuple[int, int, int]:
        column = [counts[person, label] for person in people]
        most = max(column, default=0)
        return (column.index(most) if most else len(people), -most, label)

    columns = sorted({label for label in label_of if label != UNKNOWN}, key=place)
    return Confusion(
        people=tuple(people),
        labels=tuple(columns),
        faces=np.array(
            [[counts[person, label] for label in columns] for person in people], np.int64
        ).reshape(len(people), len(columns)),
        unknown=np.array([counts[person, UNKNOWN] for person in people], np.int64),
        missed=np.array([missed[person] for person in people], np.int64),
        strays=np.array([strays[label] for label in columns], np.int64),
        stray_unknown=strays[UNKNOWN],
    )
