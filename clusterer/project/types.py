"""The types of a project: films, people, corrections, questions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """How many people a project may hold, which decides what is done without asking."""

    SEASON = "season"
    ARCHIVE = "archive"


class FilmState(StrEnum):
    """How far a film of a project has come."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    PURGED = "purged"


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """A face that stands for a person of a film, whatever number that person has.

    Attributes
    ----------
    film : fingerprint of the film
    key : of the face, see `clusterer.edits.keys`

    Examples
    --------
    >>> clusterer.Anchor("9f2c…", "125@210,80,260,140").key
    '125@210,80,260,140'
    """

    film: str
    key: str


class CastAction(StrEnum):
    """What a correction of a project does."""

    SAME = "same person"
    DIFFERENT = "different people"
    NAME = "name"
    HIDE = "hide"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class CastEdit:
    """One correction of a project.

    Attributes
    ----------
    action
    who
        Anchors of the people of films that are concerned. SAME and NAME: all of them are one person
        from now on.
    others
        SAME: they are that person, too. DIFFERENT: none of them is the person of `who`.
    name
        NAME: the name; empty = the automatic one.
    author, at
        Who, and when (ISO 8601, UTC).

    Examples
    --------
    >>> faces = (clusterer.Anchor("9f2c…", "125@210,80,260,140"),)
    >>> clusterer.CastEdit(clusterer.CastAction.NAME, faces, name="Anna").name
    'Anna'
    """

    action: CastAction
    who: tuple[Anchor, ...]
    others: tuple[Anchor, ...] = ()
    name: str = ""
    author: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class ProjectFilm:
    """A film of a project.

    Attributes
    ----------
    id : number in the project, never used again
    name : of the file, or, where several have the same, with as many of its folders as tell it
        apart
    source : path as of the run, or an address (``s3://…``)
    fingerprint : of the content, see `clusterer.store.film`
    folder : its result folder, relative to the project
    duration_s : 0 until it is known
    state
    error : why it failed; empty = it did not
    attempts : failed runs since the last that did not fail
    key : of content, settings and models of its result; empty = no result

    Examples
    --------
    >>> film = clusterer.ProjectFilm(1, "e1.mp4", "/films/e1.mp4", "9f2c…", "results/e1.people")
    >>> film.state.value
    'waiting'
    """

    id: int
    name: str
    source: str
    fingerprint: str
    folder: str
    duration_s: float = 0.0
    state: FilmState = FilmState.WAITING
    error: str = ""
    attempts: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of one film who is a person of the project.

    Attributes
    ----------
    film : `ProjectFilm.id`
    person : id of the film's `Identity`
    screen_time_s : in that film
    cover : detection whose picture represents the person there
    confirmed : whether a reviewer said so, or a gallery
    evidence : as of `Linked`

    Examples
    --------
    >>> clusterer.Member(1, "person-2", 61.5, 40, True, 12.0).confirmed
    True
    """

    film: int
    person: str
    screen_time_s: float
    cover: int
    confirmed: bool
    evidence: float


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a project.

    Attributes
    ----------
    id : ``person-1`` …; stays with whoever has most of its screen time when people are linked anew
    name : for display, ``Person 1`` until somebody names it
    members : one or more for each film, in the order of films
    hidden : whether a reviewer hid the person
    background : whether nobody named the person, who is in the background of all these films

    Examples
    --------
    >>> seen = clusterer.Member(1, "person-2", 61.5, 40, True, 12.0)
    >>> anna = clusterer.Person("person-1", "Anna", (seen,))
    >>> anna.films, anna.screen_time_s
    ((1,), 61.5)
    """

    id: str
    name: str
    members: tuple[Member, ...]
    hidden: bool = False
    background: bool = False

    @property
    def number(self) -> int:
        """That of the id."""
        return int(self.id.removeprefix("person-"))

    @property
    def screen_time_s(self) -> float:
        """Over all films."""
        return sum(member.screen_time_s for member in self.members)

    @property
    def films(self) -> tuple[int, ...]:
        """Ids of the films that the person appears in, in order."""
        return tuple(dict.fromkeys(member.film for member in self.members))


@dataclass(frozen=True, slots=True)
class CastDoubt:
    """A `Doubt` by film: whether two members are one person.

    Attributes
    ----------
    a, b : each represents its person
    person_a, person_b : ids of these people; the same if the question is whether b belongs there
    evidence, probability, gain_s : as of `Doubt`

    Examples
    --------
    >>> a = clusterer.Member(1, "person-2", 61.5, 40, False, float("nan"))
    >>> b = clusterer.Member(2, "person-1", 20.0, 7, False, float("nan"))
    >>> doubt = clusterer.CastDoubt(a, b, "person-2", "person-5", 4.0, 0.7, 20.0)
    >>> doubt.probability
    0.7
    """

    a: Member
    b: Member
    person_a: str
    person_b: str
    evidence: float
    probability: float
    gain_s: float


@dataclass(frozen=True, slots=True)
class CastImpure:
    """An `Impure` by film: a member who may be two people.

    Attributes
    ----------
    member
    person : id of the member's person
    looks : detections of the film that fit another person better
    to : a member of that person
    person_to : id of that person
    evidence : as of `Impure`

    Examples
    --------
    >>> a = clusterer.Member(1, "person-2", 61.5, 40, False, float("nan"))
    >>> b = clusterer.Member(2, "person-1", 20.0, 7, False, float("nan"))
    >>> clusterer.CastImpure(a, "person-2", (17, 30), b, "person-1", 6.0).looks
    (17, 30)
    """

    member: Member
    person: str
    looks: tuple[int, ...]
    to: Member
    person_to: str
    evidence: float
