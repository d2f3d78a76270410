"""Detect cuts, picture by picture in constant memory."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from clusterer.core.config import ShotConfig
from clusterer.core.types import ImageArray
from clusterer.media.shots.blank import is_cut_to_blank
from clusterer.media.shots.dissolve import (
    AROUND,
    BETWEEN_FIELDS,
    NO_DISSOLVE,
    Dissolve,
    dissolve_at,
)
from clusterer.media.shots.hard import is_hard_cut
from clusterer.media.shots.measured import Measured, measure

_LONG = 1 << 62
"""Length, in pictures, of a shot whose beginning was not seen."""


class CutDetector:
    """Finds the cuts in a sequence of small pictures.

    A shot begins with the first picture after a hard cut, with the first blank picture of a fade,
    and with the middle picture of a dissolve (of those that are equally good, the earliest). A
    dissolve is found only if twice the distance of the compared pictures fits between it and the
    beginning of the shot.

    A decision needs `look_ahead` pictures, and depends on nothing older than `look_ahead` pictures
    before the shot. So a detector that gets that many pictures of context resumes exactly as if it
    had processed everything.

    Parameters
    ----------
    config
        Limits and window.
    dissolve_window
        Largest distance of the pictures that are compared to find dissolves; 0 = find none. Half a
        second finds dissolves of up to two.
    inside
        The first picture is inside a shot that has lasted long, and begins none.

    Attributes
    ----------
    look_ahead : number of pictures needed after one to decide whether a shot begins with it
    """

    def __init__(
        self, config: ShotConfig, dissolve_window: int = 12, *, inside: bool = False
    ) -> None:
        self._config = config
        self._distances = _distances(dissolve_window)
        self._apart = dissolve_window // 3
        self.look_ahead = look_ahead(config, dissolve_window)
        self._recent: deque[Measured] = deque(maxlen=2 * self.look_ahead + 1)
        self._dissolves: dict[int, Dissolve] = {}
        self._fed = 0
        self._undecided = 0
        self._length: int | None = None
        self._begun_s = 0.0
        self._inside = inside

    def warm_up(self, picture: ImageArray, time_s: float = 0.0) -> None:
        """Feed a picture from before the first shot, as context only.

        Parameters
        ----------
        picture : array of shape (h, w, 3), uint8, BGR
        time_s
            As of `feed`.
        """
        if self._length is not None or self._undecided:
            raise ValueError("context belongs before the first picture")
        self._push(picture, time_s)

    def feed(self, picture: ImageArray, time_s: float = 0.0) -> list[bool]:
        """Feed the next picture.

        Parameters
        ----------
        picture : array of shape (h, w, 3), uint8, BGR
        time_s
            When it begins, seconds; the same for all if only their number counts.

        Returns
        -------
        list of at most one bool
            Whether a shot begins with the earliest picture not yet decided. True for the first.
        """
        self._push(picture, time_s)
        self._undecided += 1
        return [self._decide()] if self._undecided > self.look_ahead else []

    def finish(self) -> list[bool]:
        """Decide the remaining pictures, in order; no more may follow."""
        return [self._decide() for _ in range(self._undecided)]

    def _push(self, picture: ImageArray, time_s: float) -> None:
        self._recent.append(measure(picture, self._recent[-1] if self._recent else None, time_s))
        self._fed += 1

    def _decide(self) -> bool:
        position = len(self._recent) - self._undecided
        self._undecided -= 1
        time_s = self._recent[position].time_s
        if self._length is None and self._inside:
            self._length, self._begun_s = _LONG, -math.inf
        elif self._length is None:
            # A shot that is resumed in its middle may have any length.
            self._length = 1 if position else self._config.min_length_frames
            self._begun_s = time_s
            return True
        begins = self._may_end(time_s) and self._is_cut(position)
        self._length = 1 if begins else self._length + 1
        self._begun_s = time_s if begins else self._begun_s
        return begins

    def _may_end(self, time_s: float) -> bool:
        """Whether the shot is long enough: in pictures, or in seconds as no flash is."""
        assert self._length is not None
        return (
            self._length >= self._config.min_length_frames
            or time_s - self._begun_s > self._config.flash_s
        )

    def _is_cut(self, position: int) -> bool:
        pictures = list(self._recent)
        return (
            is_hard_cut(pictures, position, self._config)
            or is_cut_to_blank(pictures, position, self._config, self.look_ahead)
            or self._is_middle_of_dissolve(pictures, position)
        )

    def _is_middle_of_dissolve(self, pictures: Sequence[Measured], position: int) -> bool:
        """Whether no picture near it looks more like the middle of a dissolve."""
        first = max(0, position - self._apart)
        after = range(position + 1, min(len(pictures), position + 1 + self._apart))
        before = range(first, position)
        found = self._dissolve(pictures, position)
        assert self._length is not None
        return (
            found.score > 0
            and self._length >= 2 * found.distance
            and all(found.score > self._dissolve(pictures, i).score for i in before)
            and all(found.score >= self._dissolve(pictures, i).score for i in after)
        )

    def _dissolve(self, pictures: Sequence[Measured], position: int) -> Dissolve:
        number = self._fed - len(pictures) + position
        if number not in self._dissolves:
            found = dissolve_at(pictures, position, self._distances, self._config)
            if self._is_hard_cut_near(pictures, position, found.distance):
                found = NO_DISSOLVE
            self._dissolves[number] = found
            self._dissolves.pop(number - 4 * self.look_ahead, None)
        return self._dissolves[number]

    def _is_hard_cut_near(self, pictures: Sequence[Measured], position: int, distance: int) -> bool:
        return any(
            is_hard_cut(pictures, at, self._config)
            for at in range(position - distance + 1, position + distance + 1)
            if distance
        )


def look_ahead(config: ShotConfig, dissolve_window: int) -> int:
    """How many pictures a `CutDetector` looks ahead, and back before a shot.

    Parameters
    ----------
    config, dissolve_window
        See `CutDetector`.
    """
    if not dissolve_window:
        return config.window
    return dissolve_window + dissolve_window // 3 + max(AROUND, config.window + 1)


def _distances(most: int) -> tuple[int, ...]:
    """Distances at which dissolves are looked for, up to the given one."""
    return tuple(sorted({min(BETWEEN_FIELDS, most), most // 2, most} - {0}))
