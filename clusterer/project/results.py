"""The results of the films of a project, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from clusterer.core.errors import ClustererError
from clusterer.core.types import ClusteringResult
from clusterer.project.types import FilmState, ProjectFilm

FilmResult = tuple[ProjectFilm, ClusteringResult | ClustererError]
"""A film of a project and its result, or why that cannot be read."""


def film_results(
    films: Iterable[ProjectFilm], read: Callable[[ProjectFilm], ClusteringResult]
) -> Iterator[FilmResult]:
    """Each film that was analysed, read when it is its turn.

    Parameters
    ----------
    films
    read
        Such as `Project.result`.
    """
    for film in films:
        if film.state is not FilmState.DONE:
            continue
        try:
            result = read(film)
        except ClustererError as error:
            yield film, error
        else:
            yield film, result


def why_left_out(project: Path, film: str, error: ClustererError) -> str:
    """One line on a film whose result cannot be read."""
    return f"{film} is left out: {error.cause}. To make its result anew: cluster-video {project}"
