"""The results of a project's films, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from clusterer.core.errors import ResultError
from clusterer.project.results import film_results, why_left_out
from clusterer.project.types import FilmState, ProjectFilm


def test_those_that_are_done_or_why_not() -> None:
    states = (FilmState.DONE, FilmState.FAILED, FilmState.DONE)
    films = [ProjectFilm(i, f"e{i}.mp4", "", "", "", state=each) for i, each in enumerate(states)]
    asked: list[int] = []
    error = ResultError("It is damaged", "Do it anew")

    def read(film: ProjectFilm) -> Any:
        asked.append(film.id)
        if film.id == 2:
            raise error
        return cast("Any", "result")

    results = film_results(films, read)
    assert next(results) == (films[0], "result")
    assert asked == [0], "each when it is its turn"
    assert list(results) == [(films[2], error)]


def test_the_line_says_what_to_do() -> None:
    line = why_left_out(Path("a.cast"), "e2.mp4", ResultError("It is damaged"))
    assert line == (
        "e2.mp4 is left out: It is damaged. To make its result anew: cluster-video a.cast"
    )
