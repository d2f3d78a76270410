"""What a list says about a cast: names, when they are seen, photographs, dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, as a list states it.

    Attributes
    ----------
    value : seconds, number of a frame from 0, or timecode ``HH:MM:SS:FF``
    since_first : seconds count from the first frame, not from 0:00 of a player
    after : so many frames later
    """

    value: Fraction | int | str
    since_first: bool = False
    after: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """When somebody is seen, half-open.

    Attributes
    ----------
    source : from and to, in the time of the file that is cut; None = not stated
    record : from and to, in the time of the sequence that it is cut into; None = not stated
    film : of which film; empty = not stated
    """

    source: tuple[Moment, Moment] | None
    record: tuple[Moment, Moment] | None = None
    film: str = ""


@dataclass(frozen=True, slots=True)
class CastEntry:
    """One person of a list.

    Attributes
    ----------
    name : at most 200 characters, printable
    role : what the person plays or does; empty = not stated
    stretches : when the person is seen; empty = not stated
    photographs : files that show the person
    not_before : first day on which the person can be in a film; None = not stated

    Examples
    --------
    >>> clusterer.CastEntry("Anna", role="Nurse").stretches
    ()
    """

    name: str
    role: str = ""
    stretches: tuple[Stretch, ...] = ()
    photographs: tuple[Path, ...] = ()
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class CastList:
    """What was read from a list.

    Attributes
    ----------
    source : the file
    entries : one for each name, in any case, in the order of their first mention
    notes : what was left out, and why, one line each
    start : timecode of the first frame where neither the film nor the user states one
    is_of_film : the list names the film itself as what is cut

    Examples
    --------
    >>> clusterer.CastList("cast.csv", (clusterer.CastEntry("Anna"),)).entries[0].name
    'Anna'
    """

    source: Path | str
    entries: tuple[CastEntry, ...]
    notes: tuple[str, ...] = ()
    start: str = ""
    is_of_film: bool = False
