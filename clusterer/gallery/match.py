"""People of a video and people of a gallery → who is who. Arrays only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.config import GalleryConfig

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matched:
    """The names that a gallery gives.

    Attributes
    ----------
    given
        Person → name, as positions.
    candidates
        Person without a name → possible names, nearest first.
    """

    given: dict[int, int]
    candidates: dict[int, tuple[int, ...]]


def match(
    distance: npt.NDArray[np.float64],
    meet: Bools,
    held: Mapping[int, frozenset[int]],
    config: GalleryConfig,
) -> Matched:
    """Assign names to people.

    A name is given if it is near, clearly nearer than the next possible name, and clearly nearer
    than to any other unnamed person seen in a frame with this one. It is then ruled out for
    everybody seen with its person; this repeats until nothing changes. People who are never seen
    together may get the same name.

    Parameters
    ----------
    distance : array of shape (p, g), of p people to g names, in thresholds; infinite where a
        person has no readable face
    meet : array of shape (p, p), bool, symmetric, whether two are seen in one frame
    held
        Person → names given before to people seen with them.
    config
    """
    possible = np.ones(distance.shape, dtype=bool)
    for person, names in held.items():
        possible[person, sorted(names)] = False
    meet = meet & ~np.eye(len(distance), dtype=bool)
    given: dict[int, int] = {}
    while found := _claims(np.where(possible, distance, np.inf), meet, given, config):
        given |= found
        for person, name in found.items():
            possible[meet[person], name] = False
    left = np.where(possible, distance, np.inf)
    return Matched(
        dict(sorted(given.items())),
        {
            person: _nearest(left[person], config.candidates)
            for person in range(len(distance))
            if person not in given and np.isfinite(left[person]).any()
        },
    )


def _claims(
    distance: npt.NDArray[np.float64], meet: Bools, given: Mapping[int, int], config: GalleryConfig
) -> dict[int, int]:
    """Uncontested names; no two people seen together get the same one."""
    found: dict[int, int] = {}
    for person in range(len(distance)):
        if person in given or not distance.shape[1]:
            continue
        name = int(distance[person].argmin())
        nearest = float(distance[person, name])
        if nearest > config.limit:
            continue
        rivals = [other for other in np.flatnonzero(meet[person]).tolist() if other not in given]
        next_best = min(
            float(np.delete(distance[person], name).min(initial=np.inf)),
            float(distance[rivals, name].min(initial=np.inf)),
        )
        if nearest + config.margin <= next_best and nearest < next_best:
            found[person] = name
    return found


def _nearest(distance: npt.NDArray[np.float64], most: int) -> tuple[int, ...]:
    order = np.argsort(distance, kind="stable")[:most].tolist()
    return tuple(name for name in order if np.isfinite(distance[name]))
