"""Choose the chips that represent a track: the best ones, spread over time, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clusterer.clothing.region import Torso
from clusterer.core.types import ImageArray


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A face that may represent its track.

    Attributes
    ----------
    sample : number of the sampled frame within the shot
    row : row of the shot's detections
    quality : 0 to 1
    chip : aligned, for the encoder
    crop : JPEG, for people to look at
    torso : the torso below it
    whole : JPEG of the frame, small
    """

    sample: int
    row: int
    quality: float
    chip: ImageArray
    crop: bytes
    torso: Torso
    whole: bytes


class Chosen:
    """The best face of every stretch of a track, in bounded memory.

    The best faces of a track are often close together and alike; faces spread over time carry more
    information (friends_a, six chips a track: B-cubed F 0.47 against 0.45; with four, one person
    instead of three on a bouncing close-up). Stretches are one sample long at
    first and double when there are too many.

    Parameters
    ----------
    count
        Faces to pick in the end; up to twice as many are held.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._length = 1
        self._best: dict[int, Candidate] = {}

    def wants(self, sample: int, quality: float) -> bool:
        """Whether a face of that quality would be kept; ties go to the earlier."""
        held = self._best.get(sample // self._length)
        return held is None or quality > held.quality

    def add(self, candidate: Candidate) -> None:
        """Keep a face for which `wants` is true."""
        self._best[candidate.sample // self._length] = candidate
        while len(self._best) > 2 * self._count:  # a track with gaps may need it more than once
            self._length *= 2
            self._best = self._merged(
                candidate.sample // self._length for candidate in self._held()
            )

    def pick(self) -> list[Candidate]:
        """The faces that represent the track, in time order, at most `count`."""
        held = self._held()
        if len(held) <= self._count:
            return held
        groups = self._merged(i * self._count // len(held) for i in range(len(held)))
        return list(groups.values())

    def _held(self) -> list[Candidate]:
        return [self._best[key] for key in sorted(self._best)]

    def _merged(self, groups: Iterable[int]) -> dict[int, Candidate]:
        """The best of each group; ties go to the earlier."""
        best: dict[int, Candidate] = {}
        for group, candidate in zip(groups, self._held(), strict=True):
            if group not in best or candidate.quality > best[group].quality:
                best[group] = candidate
        return best
