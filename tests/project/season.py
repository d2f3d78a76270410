"""Projects of a few films, each the small result with two people, and of people made up."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clusterer.core.config import ClusteringConfig, Config
from clusterer.pipeline.process import Outcome
from clusterer.project.crowd import FilmPeople
from clusterer.project.project import Project
from clusterer.project.types import FilmState, ProjectFilm
from tests import result_folder
from tests.small_result import OF_DLIB

CONFIG = Config(OF_DLIB, ClusteringConfig(threshold=0.36))


def made_up(
    ids: Sequence[str],
    names: Sequence[str] = (),
    *,
    seconds: Sequence[float] = (),
    anchors: Sequence[str] = (),
    together: Sequence[tuple[int, int]] = (),
    dimension: int = 4,
) -> FilmPeople:
    """People of a film, with nothing by which they could be joined without a reviewer."""
    n = len(ids)
    return FilmPeople(
        ids=tuple(ids),
        names=tuple(names) or ("",) * n,
        hidden=np.zeros(n, bool),
        anchors=tuple((key,) for key in anchors or [f"{i}@1,2,3,4" for i in range(n)]),
        sums=np.arange(n * dimension, dtype=np.float32).reshape(n, dimension),
        precision=np.full(n, 0.1),
        quality=np.full(n, 0.5),
        scatter=np.full(n, 0.25),
        screen_time_s=np.array(seconds or [float(10 - i) for i in range(n)]),
        n_tracks=np.full(n, 2),
        n_faces=np.full(n, 5),
        n_looks=np.full(n, 1),
        covers=np.arange(n),
        looks=np.ones((n, dimension), np.float32),
        look_person=np.arange(n),
        look_precision=np.full(n, 0.1),
        look_rows=np.arange(n) + 10,
        cannot_link=np.array(together, dtype=np.int64).reshape(-1, 2),
    )


def film(number: int) -> ProjectFilm:
    return ProjectFilm(
        0, f"e{number}.mp4", f"/films/e{number}.mp4", f"{number:064x}", "",
        duration_s=4.0, state=FilmState.DONE,
    )  # fmt: skip


def of_people(path: Path, *films: FilmPeople) -> Project:
    """A project of such people; the films have no results."""
    project = Project.create(path, config=CONFIG)
    for number, people in enumerate(films, start=1):
        project.put_film(film(number), people)
    project.link()
    return project


def of_results(path: Path, n: int = 2) -> Project:
    """A project of n films with results; nobody is the same without a reviewer."""
    project = Project.create(path, config=CONFIG)
    for number in range(1, n + 1):
        one = project.put_film(film(number))
        result_folder.write(result_folder.decided(), project.path / one.folder)
        project.put_film(one, project.describe(one))
    project.link()
    return project


def copied(project: Project, to: Path) -> Project:
    return Project(shutil.copytree(project.path, to))


def of_film(path: Path, outcome: Outcome, n: int) -> Project:
    """A project of n films with the result of one, as if they were others."""
    project = Project.create(path, config=outcome.result.config)
    for number in range(1, n + 1):
        join(project, outcome, number)
    project.link()
    return project


def join(project: Project, outcome: Outcome, number: int) -> ProjectFilm:
    """A film of a project with the result of another, as if it were this one's."""
    one = project.put_film(film(number))
    shutil.copytree(outcome.folder, project.path / one.folder)
    return project.put_film(one, project.describe(one))
