"""Remove biometric data from a project: all of it, some films, or some people of all films."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from clusterer.core.errors import ClustererError, ProjectError
from clusterer.core.files import is_plain_file, is_there
from clusterer.core.folders import has_plain_folder
from clusterer.core.text import folded
from clusterer.people.decide import resolved
from clusterer.people.names import own_edits
from clusterer.pipeline.elsewhere import model_hashes
from clusterer.project import vectors
from clusterer.project.edges_cache import FILE as EDGES
from clusterer.project.names import FILE
from clusterer.project.place import RESULTS, as_project_error
from clusterer.project.project import Project
from clusterer.project.register import film_key
from clusterer.project.types import Person, ProjectFilm
from clusterer.removal.results import ResultPurge, age_of
from clusterer.removal.types import Choice, PurgedFolder, PurgedKind, Step
from clusterer.store import withdrawn
from clusterer.store.exported import known_exports
from clusterer.store.folder import ResultFolder
from clusterer.store.names import EXPORTS


class _Going(NamedTuple):
    """What goes from a film, and what later analyses of it leave out."""

    purge: ResultPurge
    left_out: tuple[withdrawn.WithdrawnTrack, ...]


@dataclass(frozen=True)
class ProjectPurge:
    """What is to be removed from a project.

    Attributes
    ----------
    path : of the folder
    choice
    only : names, paths or numbers of films; empty = all
    """

    path: Path
    choice: Choice
    only: tuple[str | int | ProjectFilm, ...] = ()

    @cached_property
    def project(self) -> Project:
        """The project, with what was corrected in its films; ProjectError if it cannot be read."""
        opened = Project(self.path)
        if not self.is_whole:
            opened.take_over()  # a name may have been given in a film
        return opened

    @cached_property
    def films(self) -> tuple[ProjectFilm, ...]:
        """The films that are meant."""
        chosen = {self.project.film(each).id for each in self.only}
        before_s = self.choice.before_s
        return tuple(
            film
            for film in self.project.films
            if (not self.only or film.id in chosen)
            and (before_s is None or 0 < age_of(self.path / film.folder) < before_s)
        )

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the project stays."""
        choice = self.choice
        return not (choice.people or choice.keep_tables or self.only or choice.before_s is not None)

    def steps(self) -> list[Step]:
        """What goes: first the project itself, which does all, then each film for the list."""
        results = self._results()
        folders = [plan for plan in (purge.plan() for purge in results) if plan is not None]
        own = self._own(bool(folders))
        if own is None:
            return []
        return [Step(own, self._carry_out), *(Step(each, _nothing) for each in folders)]

    def _results(self) -> list[ResultPurge]:
        if self.choice.people:
            return [going.purge for film in self.films for going in self._of_people(film)]
        for film in self.films:
            if is_there(self.path / film.folder) and not has_plain_folder(self.path, film.folder):
                raise ProjectError(
                    f"{self.path / film.folder} is reached by a link, which purge does not follow",
                    "Move the folder back into the project",
                )
        places = {self.path / film.folder for film in self.films}
        if self.is_whole and has_plain_folder(self.path, RESULTS):
            places |= {path for path in (self.path / RESULTS).iterdir() if path.is_dir()}
        return [
            ResultPurge(place, self.choice)
            for place in sorted(places)
            if not place.is_symlink() and ResultFolder(place).is_result
        ]

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """People of the project who go."""
        known = self.project.people
        return tuple(
            self.project.person(wanted)
            for wanted in self.choice.people
            if any(wanted == who.id or folded(wanted) == folded(who.name) for who in known)
        )

    def _of_people(self, film: ProjectFilm) -> list[_Going]:
        """What goes from a film in which one of the people is seen."""
        members = {who.id: who for who in self.people if film.id in who.films}
        if not members or not self.project.result_folder(film).is_result:
            return []
        seen = self.project.result(film)
        tracks = [track for who in seen.people if who.id in members for track in who.track_ids]
        names = tuple(who.name for who in members.values())
        purge = ResultPurge(self.path / film.folder, self.choice, tuple(tracks), names)
        return [_Going(purge, withdrawn.tracks_of(seen.analysis, tracks))]

    def _shows(self, film: ProjectFilm) -> bool:
        """Whether one of the people who go is in a film."""
        return any(film.id in who.films for who in self.people)

    def _own(self, has_more: bool) -> PurgedFolder | None:
        """What goes from the files of the project itself."""
        choice, deleted, rewritten = self.choice, [], []
        now = self.project.snapshot()
        if self.is_whole:
            deleted = self._files()
        elif choice.people:
            films = list(filter(self._shows, self.films))
            rewritten = [
                f"{vectors.FOLDER}/{now.vectors[f.id]}" for f in films if f.id in now.vectors
            ]
        else:
            deleted = [
                f"{vectors.FOLDER}/{now.vectors[f.id]}" for f in self.films if f.id in now.vectors
            ]
        changes = bool(deleted or rewritten or has_more or self.project.is_unclean)
        if not changes:
            return None
        if not self.is_whole:
            rewritten += [name for name in (FILE, EDGES) if is_plain_file(self.path / name)]
            deleted += self._exports()
        size = sum((self.path / name).stat().st_size for name in {*deleted, *rewritten})
        people = self.people if choice.people else self.project.people
        of_films = {film.id for film in self.films}
        names = tuple(who.name for who in people if choice.people or of_films & {*who.films})
        return PurgedFolder(
            self.path,
            PurgedKind.PROJECT,
            names,
            tuple(sorted(deleted)),
            tuple(sorted(rewritten)),
            size,
        )

    def _files(self) -> list[str]:
        """Files of the project itself; its file is the last."""
        names = [f"{vectors.FOLDER}/{name}" for name in vectors.names_in(self.path)]
        names += [EDGES, *self._exports()]
        names += [f"{FILE}{ending}" for ending in ("-wal", "-shm", "-journal", "")]
        return [name for name in names if is_plain_file(self.path / name)]

    def _exports(self) -> list[str]:
        """Files that exports wrote into the project; they contain names."""
        if self.choice.keep_tables and self.choice.keep_names:
            return []
        if not has_plain_folder(self.path, EXPORTS):
            return []
        return [f"{EXPORTS}/{name}" for name in known_exports(self.path / EXPORTS)]

    def _carry_out(self) -> tuple[str, ...]:
        project = self.project
        with project.running():
            if self.is_whole:
                return self._remove_all()
            if self.choice.people:
                return self._withdraw()
            return self._forget()

    def _remove_all(self) -> tuple[str, ...]:
        notes = [note for purge in self._results() for note in purge.carry_out()]
        with self.project.writing(), as_project_error():
            for name in self._files():
                (self.path / name).unlink(missing_ok=True)
            for folder in (RESULTS, vectors.FOLDER, EXPORTS, ""):
                with suppress(OSError):  # not empty: it holds files of others
                    (self.path / folder).rmdir()
        return tuple(notes)

    def _forget(self) -> tuple[str, ...]:
        """Remove films; the project remembers that they were purged."""
        project, results = self.project, self._results()
        notes = list(project.catch_up()) if self.choice.keep_tables else []
        project.forget_films(self.films)
        notes += [note for purge in results for note in purge.carry_out()]
        self._delete_exports()
        project.clean()
        return (*notes, *project.catch_up())

    def _withdraw(self) -> tuple[str, ...]:
        """Remove people from all films; what is left of the project stays."""
        project, notes = self.project, list[str]()
        found = {film: going for film in self.films for going in self._of_people(film)}
        for film, going in found.items():
            with as_project_error():
                withdrawn.withdraw(self.path, film.fingerprint, going.left_out)
            with self._keeping_key(film):
                notes += going.purge.carry_out()
        lost = [film for film in self.films if self._shows(film) and film not in found]
        for who in self.people:
            project.forget_decisions(who)
        for film in found:
            now = project.film(film)
            project.put_film(now, project.describe(now))
        if lost:
            project.forget_films(lost)
            notes += [f"{film.name} has no result any more; all its people go" for film in lost]
        if found or lost:
            project.link()
        self._delete_exports()
        project.clean()
        return (*notes, *project.catch_up())

    @contextmanager
    def _keeping_key(self, film: ProjectFilm) -> Iterator[None]:
        """Have the next run pass a film over after its corrections changed, as it did before."""
        before = self._key(film)
        yield
        if before == film.key:
            self.project.put_film(replace(self.project.film(film), key=self._key(film)))

    def _key(self, film: ProjectFilm) -> str:
        """Key of a film as it is; empty if networks are missing."""
        config = resolved(self.project.config)
        with suppress(ClustererError):
            edits = own_edits(self.project.result_folder(film).edits.edits)
            return film_key(film.fingerprint, config, model_hashes(config.analysis), edits)
        return ""

    def _delete_exports(self) -> None:
        with as_project_error():
            for name in self._exports():
                (self.path / name).unlink(missing_ok=True)
            with suppress(OSError):
                (self.path / EXPORTS).rmdir()


def _nothing() -> tuple[str, ...]:
    """The project's own step does it."""
    return ()
