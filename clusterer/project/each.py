"""What is made of each film of a project in which some people are seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from clusterer.core.errors import ClustererError, ConfigError
from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.choose import Choice, check_several, named
from clusterer.outputs.export.label import label
from clusterer.outputs.export.timeline import labelled
from clusterer.project.export import each_film, file_stems
from clusterer.project.project import Project
from clusterer.project.results import why_left_out
from clusterer.project.types import ProjectFilm

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Here:
    """The people of a choice in one film of a project.

    Attributes
    ----------
    film
    people : ids of those who are in the film; none if everybody is chosen
    stem : what the names of the film's files begin with, different for each film
    label : of the choice, for a file of all of the people
    """

    film: ProjectFilm
    people: tuple[str, ...]
    stem: str
    label: str

    def file(self, ending: str) -> str:
        """Name of a file of all of the people, safe on every system."""
        return f"{labelled(self.stem, self.label)}{ending}"


@dataclass(frozen=True, slots=True, eq=False)
class OfEach(Generic[T]):
    """What was made of the films of a project.

    Attributes
    ----------
    of_film : by film, in the order of the films
    failed : name of each film that is left out because its result cannot be read → why
    """

    of_film: dict[ProjectFilm, T]
    failed: dict[str, str]


def of_each_film(
    project: Project, choice: Choice, make: Callable[[ClusteringResult, Here], T]
) -> OfEach[T]:
    """Make something of each film in which the people of a choice are seen.

    Parameters
    ----------
    project
    choice
        As for a result. People are those of the project; times are of each film.
    make
        Given the film's result, with the project's people. ConfigError = nothing of this film.

    Raises
    ------
    ConfigError
        There is nobody of that name, or nothing is made of any film.
    ResultError
        No result can be read.
    """
    people = named(project.people, choice.people)
    chosen = {who.id for who in people}
    if choice.together:
        check_several(chosen)
    called = label(choice, [who.name for who in people])
    stems = file_stems(project.films)
    of_film: dict[ProjectFilm, T] = {}
    failed: dict[str, str] = {}
    reasons: list[ClustererError] = []
    for film, result, here in each_film(project, choice, chosen):
        if isinstance(result, ClustererError):
            failed[film.name] = why_left_out(project.path, film.name, result)
            reasons.append(result)
        elif here is not None:
            people_here = tuple(here.people) if choice.people else ()
            try:
                of_film[film] = make(result, Here(film, people_here, stems[film.id], called))
            except ConfigError as error:  # nobody is seen in this part of this film
                reasons.append(error)
    if not of_film:
        raise next(
            iter(reasons), ConfigError("They are seen in no film", "Choose other people or times")
        )
    return OfEach(of_film, failed)
