"""The people of films as arrays: what is linked, what was decided before, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from clusterer.core.types import FloatArray, IntArray
from clusterer.core.types._arrays import freeze


@dataclass(frozen=True, slots=True, eq=False)
class FilmPeople:
    """The people of one film, as they are compared with those of other films.

    Attributes
    ----------
    ids : p ids of the film's `Identity`, by screen time
    names : p names that a reviewer or a gallery gave in the film; empty = none
    hidden : array of shape (p,), bool
    anchors : p tuples of up to five keys of faces, the best first
    sums : array of shape (p, d), float32, pooled embedding of all tracks of a person, see
        `clusterer.people.features.pool`; for an encoder whose statistics are not known, the mean
        embedding
    precision : array of shape (p,), float32, 0 or more, of that pool; for such an encoder, the
        quality, 0 to 1
    quality : array of shape (p,), float32, 0 to 1, of the best face
    scatter : array of shape (p,), float32, 0 or more, standard deviation of the looks about the
        person's mean direction
    screen_time_s : array of shape (p,), float64
    n_tracks, n_faces : arrays of shape (p,), int64
    n_looks : array of shape (p,), int64, readable looks
    covers : array of shape (p,), int64, detection whose picture represents the person
    looks : array of shape (k, d), float32, the pool of each look: chips of alike pose and light
    look_person : array of shape (k,), int64, ascending
    look_precision : array of shape (k,), float32
    look_rows : array of shape (k,), int64, detection that shows the look best
    cannot_link : array of shape (m, 2), int64, people who are seen together
    background : array of shape (p,), bool, people in the background; empty = nobody
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    hidden: npt.NDArray[np.bool_]
    anchors: tuple[tuple[str, ...], ...]
    sums: FloatArray
    precision: FloatArray
    quality: FloatArray
    scatter: FloatArray
    screen_time_s: npt.NDArray[np.float64]
    n_tracks: IntArray
    n_faces: IntArray
    n_looks: IntArray
    covers: IntArray
    looks: FloatArray
    look_person: IntArray
    look_precision: FloatArray
    look_rows: IntArray
    cannot_link: IntArray
    background: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def __post_init__(self) -> None:
        n = len(self.ids)
        if not len(self.background):
            object.__setattr__(self, "background", np.zeros(n, np.bool_))
        freeze(self, "background", np.bool_, n)
        freeze(self, "hidden", np.bool_, n)
        freeze(self, "sums", np.float32, n, -1)
        for name in ("precision", "quality", "scatter"):
            freeze(self, name, np.float32, n)
        freeze(self, "screen_time_s", np.float64, n)
        for name in ("n_tracks", "n_faces", "n_looks", "covers"):
            freeze(self, name, np.int64, n)
        freeze(self, "looks", np.float32, -1, -1)
        k = len(self.looks)
        freeze(self, "look_person", np.int64, k)
        freeze(self, "look_precision", np.float32, k)
        freeze(self, "look_rows", np.int64, k)
        freeze(self, "cannot_link", np.int64, -1, 2)
        if len(self.names) != n or len(self.anchors) != n:
            raise ValueError("FilmPeople: names and anchors must be one per person")

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """The people of several films, stacked: row i is one person of one film.

    Attributes
    ----------
    film : array of shape (n,), int64, position of the film, ascending
    sums : array of shape (n, d), float32
    precision, quality : arrays of shape (n,), float32
    n_looks : array of shape (n,), int64
    screen_time_s : array of shape (n,), float64
    looks : array of shape (k, d), float32
    look_row : array of shape (k,), int64, the row of each look, ascending
    look_precision : array of shape (k,), float32
    cannot_link : array of shape (m, 2), int64, rows of people who are seen together
    """

    film: IntArray
    sums: FloatArray
    precision: FloatArray
    quality: FloatArray
    n_looks: IntArray
    screen_time_s: npt.NDArray[np.float64]
    looks: FloatArray
    look_row: IntArray
    look_precision: FloatArray
    cannot_link: IntArray

    def __len__(self) -> int:
        return len(self.film)

    @classmethod
    def of(cls, films: tuple[FilmPeople, ...]) -> Crowd:
        """Stack the people of films, in the order given."""
        if not films:
            raise ValueError("no films")
        sizes = [len(each) for each in films]
        first = accumulate(sizes[:-1], initial=0)

        def stacked(name: str) -> Any:
            return np.concatenate([getattr(each, name) for each in films])

        shifted = [
            (each.look_person + row, each.cannot_link + row)
            for each, row in zip(films, first, strict=True)
        ]
        return cls(
            film=np.repeat(np.arange(len(films)), sizes),
            sums=stacked("sums"),
            precision=stacked("precision"),
            quality=stacked("quality"),
            n_looks=stacked("n_looks"),
            screen_time_s=stacked("screen_time_s"),
            looks=stacked("looks"),
            look_row=np.concatenate([rows for rows, _ in shifted]),
            look_precision=stacked("look_precision"),
            cannot_link=np.concatenate([pairs for _, pairs in shifted]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Dates:
    """When films were made, and since when people can be in one; days as of `date.toordinal`.

    Attributes
    ----------
    film : array of shape (n,), int64, last possible day of the film of each row of a `Crowd`;
        `UNDATED` = unknown
    person : array of shape (g,), int64, first possible day of each group of `Decided`; 0 = unknown
    """

    film: IntArray
    person: IntArray


UNDATED = date.max.toordinal() + 1
"""Stands for the day of a film of unknown date."""


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What reviewers decided about the rows of a `Crowd`; the last word on each pair counts.

    Attributes
    ----------
    groups : rows that are certainly one person, in each at least one; rows in none are open. Named
        and confirmed people are groups; a group never loses a row
    cannot_link : array of shape (m, 2), int64, rows that are certainly different people
    names : of each group, empty = none; groups with different names are different people. No names
        at all = none of the groups has one
    dates : what is known of dates; None = nothing
    """

    groups: tuple[tuple[int, ...], ...]
    cannot_link: IntArray
    names: tuple[str, ...] = ()
    dates: Dates | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a reviewer may be asked: whether rows a and b of a `Crowd` are one person.

    Attributes
    ----------
    a, b : a < b; each represents its person
    evidence : logarithm of the odds that they are, beyond those of two people of different films
    probability : of that, 0 to 1, as often as the answer was yes at such evidence, see
        `LinkConfig.even`
    gain_s : screen time that the answer would join, seconds
    """

    a: int
    b: int
    evidence: float
    probability: float
    gain_s: float


@dataclass(frozen=True, slots=True)
class Impure:
    """A person of a film who may be two: some looks fit one person of the project, some another.

    Attributes
    ----------
    row : of the `Crowd`
    looks : positions in `Crowd.looks` that fit another person than the rest does
    to : a row of that person
    evidence : by which they fit better there
    """

    row: int
    looks: tuple[int, ...]
    to: int
    evidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Who is the same in different films.

    Attributes
    ----------
    labels : array of shape (n,), int64, person of each row, 0-based, in the order of first rows
    evidence : array of shape (n,), float64, that the row belongs to its person, beyond the odds;
        infinite where a reviewer decided, NaN where the person has no other row
    doubts : the most useful first
    impure : the most certain first
    """

    labels: IntArray
    evidence: npt.NDArray[np.float64]
    doubts: tuple[Doubt, ...] = ()
    impure: tuple[Impure, ...] = ()
