"""What comes of a run over many films, and how it is followed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from clusterer.core.address import name_of
from clusterer.core.hook import Hook
from clusterer.project.types import ProjectFilm


class RunStatus(StrEnum):
    """What came of a film in a run."""

    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    REPEATED = "repeated"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class FilmOutcome:
    """What came of a film.

    Attributes
    ----------
    video : as it was given; an address is text
    status : what came of it
    film : of the project; None if the file cannot be read, or it was taken out meanwhile
    error : why it failed, now or in an earlier run; None = it did not
    """

    video: Path | str
    status: RunStatus
    film: ProjectFilm | None = None
    error: Exception | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.video.name if isinstance(self.video, Path) else name_of(self.video)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What came of a run.

    Attributes
    ----------
    films : in the order in which they were given
    duration_s : time taken, seconds
    """

    films: tuple[FilmOutcome, ...]
    duration_s: float

    def count(self, status: RunStatus) -> int:
        """Number of films of that status."""
        return sum(each.status is status for each in self.films)

    @property
    def is_complete(self) -> bool:
        """Whether every film has a result."""
        return not (self.count(RunStatus.FAILED) or self.count(RunStatus.QUARANTINED))


class RunHook(Hook):
    """Progress of a run over many films; `Hook.progress` counts the seconds of all of them.

    Examples
    --------
    >>> class Names(clusterer.RunHook):
    ...     def film(self, outcome: clusterer.FilmOutcome, done: int, total: int) -> None:
    ...         print(f"{done} of {total}: {outcome.name} {outcome.status}")
    >>> e01 = clusterer.FilmOutcome(pathlib.Path("e01.mp4"), clusterer.RunStatus.DONE)
    >>> Names().film(e01, 1, 12)  # `process_all` calls it
    1 of 12: e01.mp4 done
    """

    def film(self, outcome: FilmOutcome, done: int, total: int) -> None:
        """Called when it is known what came of a film.

        Parameters
        ----------
        outcome
        done, total
            Films so far, this one included, and all.
        """
