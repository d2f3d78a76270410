"""A result: the people found in the analysis of a video."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from clusterer.core.certainty import Sure
from clusterer.core.config import AUTO, Config
from clusterer.core.errors import ConfigError
from clusterer.core.named import find
from clusterer.core.types._analysis import Analysis
from clusterer.core.types._arrays import IntArray, freeze
from clusterer.core.types._calibration import Calibration
from clusterer.core.types._edits import Advice, Edit, Grouping
from clusterer.core.types._faces import Reason, TrackFeatures
from clusterer.core.types._people import ClothingDecision, Faces, Identity

if TYPE_CHECKING:
    from clusterer.core.tables import Tables


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClusteringResult:
    """Who appears when. Iterating over it gives the people.

    Attributes
    ----------
    analysis : what the first phase found
    features : input of the grouping, one row per track
    cannot_link : array of shape (m, 2), int64, pairs of tracks that are different people
    labels : array of shape (t,), int64, -1 = unknown
    people : by screen time, longest first
    unknowns : one per unknown track, in time order
    config : every setting, with which `clusterer.decide` gives the same result. A threshold that
        was not given is the default that was used; with ``"auto"`` see `threshold`
    clothing : tracks that clothing assigned to another person
    edits : a reviewer's corrections, in order; `labels`, `people` and `unknowns` include them
    grouped_under : how many of the first edits constrained the grouping itself
    edit_notes : one line for each edit that does not apply, or only in part
    advice : questions and suggestions for a reviewer
    grouping : labels before the edits; None = `labels` are those
    as_grouped : the result when it was grouped, if edits have changed tracks since; else None
    calibration : how well the threshold fits, numbers to four digits; None = not measured
    sure : how sure it is of each track, a word and a reason, after the edits; empty = not known

    Examples
    --------
    >>> [person.name for person in result]
    ['Person 1', 'Person 2']
    >>> result.labels.tolist()
    [0, 1, 0, -1]
    >>> result.threshold
    0.36
    >>> result
    <ClusteringResult of 'footage/small.mp4': 2 people, 1 unknown>
    """

    analysis: Analysis
    features: TrackFeatures
    cannot_link: IntArray
    labels: IntArray
    people: tuple[Identity, ...]
    unknowns: tuple[Identity, ...]
    config: Config
    clothing: tuple[ClothingDecision, ...] = ()
    edits: tuple[Edit, ...] = ()
    grouped_under: int = 0
    edit_notes: tuple[str, ...] = ()
    advice: Advice = field(default_factory=Advice)
    grouping: Grouping | None = None
    as_grouped: ClusteringResult | None = None
    calibration: Calibration | None = None
    sure: tuple[Sure, ...] = ()

    def __post_init__(self) -> None:
        freeze(self, "cannot_link", np.int64, -1, 2)
        freeze(self, "labels", np.int64, len(self.analysis.tracks))

    def __repr__(self) -> str:
        return (
            f"<ClusteringResult of {self.analysis.video.path!r}: {len(self.people)} people,"
            f" {len(self.unknowns)} unknown>"
        )

    def __iter__(self) -> Iterator[Identity]:
        """People, longest on screen first, without the unknowns."""
        return iter(self.people)

    def person(self, who: str) -> Identity:
        """Find a person, or an unknown, by name or id.

        Parameters
        ----------
        who
            A name, such as ``"Anna"``, or an id, such as ``"person-1"`` or ``"unknown-3"``. An id
            goes before a name, an exact name before one that differs in case or in how its
            accents are encoded.

        Raises
        ------
        ConfigError
            Nobody has that name, or several have it.

        Examples
        --------
        >>> result.person("unknown-1").track_ids
        (3,)
        >>> result.person("Anna")
        Traceback (most recent call last):
            ...
        clusterer.core.errors.ConfigError: No person is named 'Anna'. There are: Person 1, Person 2
        """
        return find(who, self.people, self.unknowns)

    def faces_of(self, who: str | Identity) -> Faces:
        """Every face of a person, or of an unknown, in time order.

        Parameters
        ----------
        who
            The person, or a name or id.

        Raises
        ------
        ConfigError
            As of `person`.
        """
        identity = self._identity(who)
        analysis = self.analysis
        rows = analysis.rows_of_tracks
        rows = rows[np.isin(analysis.track_of_row[rows], identity.track_ids)]
        seen = analysis.detections[rows]
        return Faces(
            row=rows,
            track=analysis.track_of_row[rows],
            frame=seen.frame_index,
            time_s=np.array([analysis.video.seconds(pts) for pts in seen.pts.tolist()]),
            boxes=seen.boxes,
            scores=seen.scores,
            quality=analysis.quality.value[rows],
        )

    def at(self, time_s: float) -> tuple[Identity, ...]:
        """People on screen at a time, longest on screen first; hidden people are left out.

        Parameters
        ----------
        time_s
            As a player counts, seconds. Nobody is on screen before the film or after it.

        Raises
        ------
        ConfigError
            It is not a number.

        Examples
        --------
        >>> [person.name for person in result.at(0.43)]
        ['Person 1', 'Person 2']
        >>> [person.name for person in result.at(0.44)]  # half-open: Person 2 has just left
        ['Person 1']
        """
        if math.isnan(time_s):
            raise ConfigError("time is nan", "Give seconds, as a player counts")
        seconds = self.analysis.video.seconds
        return tuple(
            person
            for person in self.people
            if not person.hidden
            and any(
                seconds(seen.start_pts) <= time_s < seconds(seen.end_pts)
                for seen in person.appearances
            )
        )

    def spans_s(self, who: str | Identity) -> npt.NDArray[np.float64]:
        """Start and end of each appearance of a person, or of an unknown.

        Parameters
        ----------
        who
            The person, or a name or id.

        Returns
        -------
        array of shape (k, 2), float64, seconds as a player counts, half-open, in time order

        Raises
        ------
        ConfigError
            As of `person`.

        Examples
        --------
        >>> result.spans_s("Person 1").tolist()
        [[0.0, 0.84], [2.0, 4.0]]
        """
        return self._seconds(_ends(self._identity(who)))

    def together_s(self, one: str | Identity, other: str | Identity) -> npt.NDArray[np.float64]:
        """Stretches in which two people are on screen at once.

        Parameters
        ----------
        one, other
            The people, or their names or ids.

        Returns
        -------
        array of shape (k, 2), float64, starts and ends, seconds as a player counts, half-open,
        in time order; k = 0 if they never meet

        Raises
        ------
        ConfigError
            As of `person`.

        Examples
        --------
        >>> result.together_s("Person 1", "Person 2").tolist()
        [[0.0, 0.44]]
        """
        a, b = _ends(self._identity(one)), _ends(self._identity(other))
        starts = np.maximum.outer(a[:, 0], b[:, 0])
        ends = np.minimum.outer(a[:, 1], b[:, 1])
        shared = starts < ends
        return self._seconds(np.stack([starts[shared], ends[shared]], axis=1))

    def _identity(self, who: str | Identity) -> Identity:
        return self.person(who) if isinstance(who, str) else who

    def _seconds(self, pts: IntArray) -> npt.NDArray[np.float64]:
        seconds = self.analysis.video.seconds
        return np.array([[seconds(start), seconds(end)] for start, end in pts.tolist()]).reshape(
            -1, 2
        )

    @property
    def tables(self) -> Tables:
        """Tables of people, appearances and faces; `to_pandas` makes a data frame of each."""
        from clusterer.core.tables import Tables  # noqa: PLC0415 - tables are made of these types

        return Tables(self)

    @property
    def threshold(self) -> float | None:
        """Largest distance at which two embeddings are one person; None if that is not known."""
        chosen = self.config.clustering.threshold
        if chosen == AUTO:
            return self.calibration.threshold if self.calibration else None
        return chosen

    @property
    def grouped(self) -> Grouping:
        """`grouping`; if that is None, made of the people and unknowns."""
        if self.grouping is not None:
            return self.grouping
        reasons = [Reason.NONE] * len(self.labels)
        confidence = np.zeros(len(self.labels))
        for who in (*self.people, *self.unknowns):
            for track in who.track_ids:
                reasons[track], confidence[track] = who.reason, who.confidence
        return Grouping(self.labels, tuple(reasons), confidence)


def _ends(who: Identity) -> IntArray:
    """Start and end of each appearance, shape (k, 2), pts."""
    ends = [(seen.start_pts, seen.end_pts) for seen in who.appearances]
    return np.array(ends, dtype=np.int64).reshape(-1, 2)
