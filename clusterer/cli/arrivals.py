"""Add films as they arrive, with a line for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusterer.cli.consent import ensure_weights
from clusterer.cli.crash import skipped
from clusterer.cli.progress import Terminal
from clusterer.cli.run import checked_name
from clusterer.cli.season import named
from clusterer.core.config import Config
from clusterer.core.text import counted, visible
from clusterer.gallery import read_gallery
from clusterer.pipeline.workers import WorkerProcesses
from clusterer.project.names import is_project
from clusterer.project.project import Project
from clusterer.project.run import process_all
from clusterer.project.run_outcome import FilmOutcome, RunHook, RunOutcome, RunStatus
from clusterer.project.watcher import watch

if TYPE_CHECKING:
    from rich.progress import Progress


def opened(path: Path, *, quiet: bool) -> Project:
    """The project, made with the defaults if it is missing."""
    if is_project(path):
        project = Project(path)
        ensure_weights(project.config.analysis, quiet)
        return project
    ensure_weights(Config().analysis, quiet)
    return Project.create(checked_name(path))


class Arrivals(RunHook):
    """Adds films to a project, and prints a line for each.

    Parameters
    ----------
    project
    gallery : folder of photographs by which people are named
    workers, device : see ``cluster-video --help``
    quiet : print errors only

    Attributes
    ----------
    code : exit code of what came so far
    """

    def __init__(
        self,
        project: Project,
        gallery: Path | None,
        workers: int | None,
        device: str,
        *,
        quiet: bool,
    ) -> None:
        self.code = 0
        self._project, self._workers, self._device = project, workers, device
        self._terminal = Terminal(quiet)
        loaded = None if gallery is None else read_gallery(gallery, project.config)
        self._name = None if loaded is None else partial(named, loaded)

    def watch(
        self, folder: Path, every_s: float, unchanged_s: float, *, subfolders: bool, once: bool
    ) -> int:
        """Watch a folder as `clusterer.watch` does; return the exit code."""
        films = counted(len(self._project.films), "film")
        end = "" if once else "; Ctrl-C ends it"
        self._say(f"Watching {folder} for {self._project.path.name}, which has {films}{end}")
        watch(
            folder,
            self._project,
            self,
            every_s=every_s,
            unchanged_s=unchanged_s,
            subfolders=subfolders,
            once=once,
            run=self._run,
        )
        return self.code

    def note(self, text: str) -> None:
        """Print a note."""
        self._say(f"Note: {text}")

    def film(self, outcome: FilmOutcome, _done: int, _total: int) -> None:
        """Print what came of a film; of one that was there before, nothing."""
        if outcome.error is not None:
            self.code = max(self.code, skipped(outcome.name, outcome.error))
            self._say(f"{outcome.name}: left out until it changes")
        elif outcome.status is RunStatus.DONE:
            self._say(f"{outcome.name}: added")
        elif outcome.status is RunStatus.REPEATED and outcome.film is not None:
            self._say(f"{outcome.name}: the same film as {outcome.film.name}")

    def _say(self, text: str) -> None:
        if not self._terminal.quiet:
            click.echo(visible(text), err=True)

    def _run(self, films: Sequence[Path], hook: RunHook) -> RunOutcome:
        with (
            self._terminal.bar("{task.fields[faces]} faces") as progress,
            WorkerProcesses(self._workers) as executor,
        ):
            return process_all(
                films,
                self._project,
                _Bar(hook, progress, counted(len(films), "film")),
                executor=executor,
                device=self._device,
                name=self._name,
            )


class _Bar(RunHook):
    """Moves a bar, and passes on the rest."""

    def __init__(self, hook: RunHook, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None, faces=0)
        self._hook = hook

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        self._progress.update(self._task, completed=done_s, total=total_s, faces=faces)

    def note(self, text: str) -> None:
        self._hook.note(text)

    def film(self, outcome: FilmOutcome, done: int, total: int) -> None:
        self._hook.film(outcome, done, total)
