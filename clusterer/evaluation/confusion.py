"""Who is in which found person: labelled faces, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from clusterer.core.types import UNKNOWN, IntArray
from clusterer.evaluation.matching import MISSED, Matching


@dataclass(frozen=True, eq=False)
class Confusion:
    """Labelled faces by person and by found person.

    Attributes
    ----------
    people : who is to be seen, most labelled faces first, then by the alphabet
    labels : labels of the found people; those that show the first person come first, of each the
        largest first, so that a good result is dense along the diagonal
    faces : array of shape (people, labels), int64
    unknown : array of shape (people,), int64, faces found, but left without a person
    missed : array of shape (people,), int64, faces not found
    strays : array of shape (labels,), int64, boxes found that are no labelled face
    stray_unknown : such boxes that belong to nobody
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
        """Label → whom most of its faces show, ties by the alphabet; none that shows nobody."""
        return {
            label: min(zip(-self.faces[:, i], self.people, strict=True))[1]
            for i, label in enumerate(self.labels)
            if self.faces[:, i].any()
        }

    @property
    def homes(self) -> dict[str, int]:
        """Person → the label with most of her of those that mostly show her; ties to the least."""
        owners = self.owners
        column = {label: i for i, label in enumerate(self.labels)}
        homes: dict[str, int] = {}
        for row, person in enumerate(self.people):
            own = [label for label, owner in sorted(owners.items()) if owner == person]
            if own:
                homes[person] = max(own, key=lambda label: self.faces[row, column[label]])
        return homes


def confusion(matching: Matching, labels: IntArray) -> Confusion:
    """Count the labelled faces of each person in each found person.

    Parameters
    ----------
    matching
        Which labelled face was found by which track.
    labels : array of shape (t,), int64
        The person of each track, `UNKNOWN` = nobody's.

    Returns
    -------
    Confusion
        With a column for every found person, those who show no labelled face too.
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
