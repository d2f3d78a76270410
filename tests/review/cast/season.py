"""Projects made of results that are there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from clusterer.core.config import LinkConfig
from clusterer.project.project import Project
from clusterer.project.types import FilmState, ProjectFilm
from clusterer.review.cast import CastSession, CastSite
from clusterer.store.folder import ResultFolder
from tests.result_folder import decided, write

UNSURE = LinkConfig(caution=100.0, ask=-100.0)
"""Nobody is joined without a reviewer, and everything is asked."""


def season(path: Path, results: Mapping[str, Path], link: LinkConfig | None = None) -> Project:
    """A project of films, each with a copy of a result; the copies count as different films."""
    config = ResultFolder(next(iter(results.values()))).load().config
    project = Project.create(path, config=config, link=link)
    for number, (name, folder) in enumerate(results.items(), start=1):
        film = project.put_film(ProjectFilm(0, name, "", f"film {number}", ""))
        there = project.result_folder(film)
        shutil.copytree(folder, there.path, dirs_exist_ok=True)
        length_s = ResultFolder(folder).load().analysis.video.duration_s
        done = replace(film, state=FilmState.DONE, duration_s=length_s, key="k")
        project.put_film(done, project.describe(done))
    project.link()
    return project


def small(path: Path, films: int = 2, link: LinkConfig | None = UNSURE) -> Project:
    """A project of films with two people each: ann and cleo as one, and bob; see `decided`."""
    result = write(decided(), path.with_name("small.people"), drawn=True)
    return season(path, {f"Part {i}.mp4": result for i in range(1, films + 1)}, link)


def site(project: Project) -> CastSite:
    """What a server of this project offers."""
    return CastSite(CastSession(project, "Rita"))
