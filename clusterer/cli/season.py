"""Run over many films into a project, and show what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterer.cli.crash import foreseen, skipped
from clusterer.cli.progress import Terminal
from clusterer.cli.project import reason_of
from clusterer.cli.show import MOST_PEOPLE
from clusterer.core.address import address_of, place_of
from clusterer.core.errors import ClustererError, VideoError
from clusterer.core.text import counted, printable, visible
from clusterer.core.timecode import spoken
from clusterer.project.find import find_films
from clusterer.project.project import Project
from clusterer.project.run import process_all
from clusterer.project.run_outcome import FilmOutcome, RunHook, RunOutcome, RunStatus
from clusterer.project.types import FilmState, Person, ProjectFilm

if TYPE_CHECKING:
    from rich.progress import Progress

    from clusterer.cli.machines import MachineFlags
    from clusterer.core.types import ClusteringResult
    from clusterer.gallery import Gallery

_WORDS = {
    RunStatus.DONE: "done",
    RunStatus.UNCHANGED: "unchanged",
    RunStatus.FAILED: "failed",
    RunStatus.QUARANTINED: "left alone",
    RunStatus.PURGED: "purged",
}
"""What came of films, in the summary."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How to run.

    Attributes
    ----------
    gallery : folder of photographs by which people are named
    workers, device : see ``cluster-video --help``
    retry : also films that failed twice
    quiet, as_json : what to print
    machines : workers on other machines, and where copies of films lie
    biometrics : whether pictures and vectors of faces stay; see ``--no-biometrics``
    """

    gallery: Path | None
    workers: int | None
    device: str
    retry: bool
    quiet: bool
    as_json: bool
    machines: MachineFlags
    biometrics: bool = True


def run_films(make: Callable[[], Project], places: Iterable[Path | str], choices: Choices) -> int:
    """Run over the films in files and folders, and print what came of it.

    Parameters
    ----------
    make
        Makes or opens the project, when there is something for it.
    places, choices

    Returns
    -------
    The exit code

    Raises
    ------
    VideoError
        There is none.
    ClustererError
        As of `process_all`.
    """
    places, terminal = list(places), Terminal(quiet=choices.quiet or choices.as_json)
    with terminal.status("Looking for films"):
        found = find_films(places)
    for note in found.notes:
        _note(note, terminal)
    if not found.videos:
        raise VideoError(
            f"There is no film in {', '.join(map(str, places))}",
            "Name the files themselves if they are films",
        )
    return _run(make(), found.videos, choices, terminal)


def resume(project: Project, choices: Choices) -> int:
    """Go on with the films of a project: all but those that are done and whose file is gone.

    Whether an address is there is only known when it is opened.

    Raises
    ------
    ClustererError
        As of `process_all`; a project without films has nothing to do.
    """
    if not project.films:
        raise VideoError(
            f"{project.path} has no films yet", f"Add some: cluster-video add {project.path} FILM"
        )
    videos = [
        place_of(film.source)
        for film in sorted(project.films, key=lambda film: film.id)
        if film.state not in {FilmState.DONE, FilmState.PURGED}
        or address_of(film.source) is not None
        or Path(film.source).exists()
    ]
    terminal = Terminal(quiet=choices.quiet or choices.as_json)
    return _run(project, videos, choices, terminal)


def _run(
    project: Project, videos: Iterable[Path | str], choices: Choices, terminal: Terminal
) -> int:
    from clusterer.cli.consent import ensure_weights, tell_once
    from clusterer.gallery import read_gallery

    config, videos = project.config, list(videos)
    if not choices.biometrics:
        choices.machines.refuse_cluster()
    ensure_weights(config.analysis, terminal.quiet)
    tell_once(quiet=terminal.quiet)
    loaded = None if choices.gallery is None else read_gallery(choices.gallery, config)
    reported = list[FilmOutcome]()
    with (
        nullcontext() if choices.biometrics else _only_tables(project, videos, reported, terminal),
        terminal.bar("{task.fields[faces]} faces") as progress,
        choices.machines.executor(
            choices.workers, config.analysis, choices.device, quiet=terminal.quiet
        ) as executor,
    ):
        hook = Shown(progress, terminal, len(videos), reported)
        outcome = process_all(
            videos,
            project,
            hook,
            executor=executor,
            device=choices.device,
            retry=choices.retry,
            name=None if loaded is None else partial(named, loaded),
            scratch=choices.machines.room(),
        )
    if choices.as_json:
        click.echo(printable(json.dumps(facts_of(project, outcome), indent=2, ensure_ascii=False)))
    elif not choices.quiet:
        click.echo("\n".join(map(visible, _summary(project, outcome))))
    return hook.code


@contextmanager
def _only_tables(
    project: Project,
    videos: Iterable[Path | str],
    reported: Iterable[FilmOutcome],
    terminal: Terminal,
) -> Iterator[None]:
    """Purge the films of a run when it ends, however it ends; those it passed over stay.

    Parameters
    ----------
    project, videos
    reported
        What came of films, as far as the run got.
    terminal
        Gets a note on films that stay.
    """
    from clusterer.project.register import source_of
    from clusterer.removal.purge import purge
    from clusterer.removal.results import age_of

    before = {
        film.id: age_of(project.path / film.folder)
        for film in project.films
        if film.state is FilmState.DONE
    }
    sources = set(map(source_of, videos))

    def stays(film: ProjectFilm) -> bool:
        """Whether it was done before, and neither done now nor begun."""
        found = [each.status for each in reported if each.film and each.film.id == film.id]
        if film.id not in before or RunStatus.DONE in found:
            return False
        is_as_before = age_of(project.path / film.folder) == before[film.id]
        return RunStatus.UNCHANGED in found or is_as_before

    try:
        yield
    finally:
        films = [film for film in project.films if film.source in sources]
        made = [film for film in films if not stays(film)]
        if made:
            purge(project.path, films=made, keep_tables=True)
        if kept := len(films) - len(made):
            _note(
                f"{counted(kept, 'film')} done before and passed over: pictures and vectors stay;"
                f" cluster-video purge {project.path} --keep-tables removes them",
                terminal,
            )


def named(gallery: Gallery, folder: Path) -> ClusteringResult:
    """Name the people of a film by a gallery; called in a worker process."""
    from clusterer.gallery import name_people

    return name_people(folder, gallery).result


class Shown(RunHook):
    """One bar for all films, and a line for each that failed.

    Attributes
    ----------
    code : exit code of what came so far
    """

    def __init__(
        self,
        progress: Progress,
        terminal: Terminal,
        total: int,
        reported: list[FilmOutcome] | None = None,
    ) -> None:
        self.code = 0
        self._reported = [] if reported is None else reported
        self._progress, self._terminal = progress, terminal
        self._task = progress.add_task(f"0 of {total}", total=None, faces=0)

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done_s, total=total_s, faces=faces)

    def note(self, text: str) -> None:
        """Print a note."""
        _note(text, self._terminal)

    def film(self, outcome: FilmOutcome, done: int, total: int) -> None:
        """Count and list the film, and print why it failed."""
        self._reported.append(outcome)
        self._progress.update(self._task, description=f"{done} of {total}")
        name = visible(outcome.name)
        if outcome.status is RunStatus.QUARANTINED:
            again = "It failed in two runs and is left alone; --retry tries it again"
            why = reason_of(outcome.film) if outcome.film else name
            error = ClustererError(why, again)
            click.echo(foreseen(error), err=True)
            self.code = max(self.code, 1)
        elif outcome.error is not None:
            self.code = max(self.code, skipped(outcome.name, outcome.error))


def _note(text: str, terminal: Terminal) -> None:
    if not terminal.quiet:
        click.echo(f"Note: {visible(text)}", err=True)


def _summary(project: Project, outcome: RunOutcome) -> list[str]:
    everybody = [who for who in project.people if not who.hidden]
    people = [who for who in everybody if not who.background]
    counts = [
        f"{count} {word}" for status, word in _WORDS.items() if (count := outcome.count(status))
    ]
    repeated = outcome.count(RunStatus.REPEATED)
    twice = f" {counted(repeated, 'file')} given twice," if repeated else ""
    part = " in this run" if len(outcome.films) - repeated < len(project.films) else ""
    done = f"{', '.join(counts)}{part}"
    lines = [
        f"{project.path.name}: {counted(len(project.films), 'film')} ({done}),{twice}"
        f" {counted(len(people), 'person', 'people')}, {counted(len(project.doubts), 'question')}"
    ]
    lines += _people(people[:MOST_PEOPLE])
    if len(people) > MOST_PEOPLE:
        lines.append(f"  and {len(people) - MOST_PEOPLE} more: cluster-video people {project.path}")
    if len(people) < len(everybody):
        lines.append(f"  {len(everybody) - len(people)} in the background")
    lines.append(f"Project: {project.path}  ({outcome.duration_s:.1f} s)")
    return lines


def _people(people: list[Person]) -> list[str]:
    times = [spoken(who.screen_time_s) for who in people]
    width = max((len(who.name) for who in people), default=0)
    long = max(map(len, times), default=0)
    return [
        f"  {who.name:<{width}}  {time:>{long}}  {counted(len(who.films), 'film')}"
        for who, time in zip(people, times, strict=True)
    ]


def facts_of(project: Project, outcome: RunOutcome) -> dict[str, Any]:
    """The summary for JSON."""
    return {
        "project": str(project.path),
        "scope": project.scope.value,
        "duration_s": round(outcome.duration_s, 3),
        "films": [
            {
                "video": str(each.video),
                "status": each.status.value,
                "film": each.film.name if each.film else "",
                "folder": str(project.path / each.film.folder) if each.film else "",
                "error": _error(each),
            }
            for each in outcome.films
        ],
        "people": [
            {
                "person": who.id,
                "name": who.name,
                "screen_time_s": round(who.screen_time_s, 3),
                "films": len(who.films),
                "hidden": who.hidden,
                "background": who.background,
            }
            for who in project.people
        ],
        "questions": len(project.doubts),
    }


def _error(outcome: FilmOutcome) -> str:
    if outcome.status is RunStatus.QUARANTINED and outcome.film:
        return outcome.film.error
    return "" if outcome.error is None else str(outcome.error)
