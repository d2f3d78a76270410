"""What a project forgets for good: films that are purged, and people who are withdrawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from sqlite3 import Connection

from clusterer.core.errors import ProjectError
from clusterer.core.text import folded
from clusterer.project import database, loading, records, vectors
from clusterer.project.edges_cache import FILE as EDGES
from clusterer.project.place import as_project_error
from clusterer.project.snapshot import NOT_BEFORE, LoggedEdit, Snapshot
from clusterer.project.types import Anchor, FilmState, Person, ProjectFilm
from clusterer.project.writer import ProjectWriter, repeated
from clusterer.store.run_lock import AGAIN

_UNCLEAN = "purging"
"""Fact that is set from the first removal until nothing of it is left in free pages."""


class ForgettingProject(ProjectWriter):
    """A project that can forget films and people; see `clusterer.purge`."""

    @property
    def is_unclean(self) -> bool:
        """Whether deleted facts may still be in free pages, because `clean` has not been called."""
        return _UNCLEAN in self._now().meta

    @repeated
    def forget_films(self, which: Iterable[ProjectFilm]) -> None:
        """Forget the people of films, and what was decided about them.

        Runs pass films over that had a result.

        Raises
        ------
        ProjectError
            The project cannot be written; nothing has changed.
        """
        now, gone = self._now(), tuple(which)
        prints = {film.fingerprint for film in gone}
        log = _without(now.log, lambda anchor: anchor.film not in prints)
        with self._changing(now) as connection:
            records.put_meta(connection, _UNCLEAN, "1")
            for film in gone:
                if film.key or film.state is FilmState.DONE:  # others still wait for their turn
                    purged = replace(film, state=FilmState.PURGED, error="", attempts=0, key="")
                    records.put_film(connection, purged)
                records.forget_people(connection, film.id)
            records.put_log(connection, [replace(each, numbers=()) for each in log])
            rest = loading.read(connection, self._file, now)
            changed = self._store(connection, rest, self._outcome(rest, rest.log))
            left = loading.read(connection, self._file, rest)
            _forget_names(connection, now, _given_names(now) - _given_names(left))
        self._tell(changed)
        self._clear()

    @repeated
    def forget_decisions(self, who: Person) -> None:
        """Forget what was decided about a person, and the name.

        Raises
        ------
        ProjectError
            The project cannot be written; nothing has changed.
        """
        now = self._now()
        name = folded(now.given.get(who.number, ("", False))[0])
        log = _without(now.log, self._is_not(now, who))
        log = [each for each in log if not name or folded(each.edit.name) != name]
        with self._changing(now) as connection:
            records.put_meta(connection, _UNCLEAN, "1")
            records.put_log(connection, log)
            _forget_names(connection, now, {name})

    @staticmethod
    def _is_not(now: Snapshot, who: Person) -> Callable[[Anchor], bool]:
        """Whether a face in a correction stands for somebody else, or nobody any more."""

        def stays(anchor: Anchor) -> bool:
            found = now.whose(anchor)
            return found is None or found.number != who.number

        return stays

    def clean(self) -> None:
        """Overwrite what was deleted: free pages of the file, its log, edges and old vectors.

        Raises
        ------
        ProjectError
            A file cannot be written or deleted, or another program is reading the project.
        """
        with self.writing():
            self._clear()
            kept = self._now().vectors.values()
            folder = self.path / vectors.FOLDER
            if set(vectors.names_in(self.path)) - set(kept):
                raise ProjectError(f"{folder} holds vectors that cannot be deleted", AGAIN)
            with as_project_error():
                (self.path / EDGES).unlink(missing_ok=True)  # made anew when films are linked
                if not kept:
                    with suppress(OSError):
                        folder.rmdir()
            database.compact(self._file)
            with database.writing(self._file, seen=False) as connection:
                records.remove_meta(connection, _UNCLEAN)


def _given_names(now: Snapshot) -> set[str]:
    """Names that somebody gave, for comparison."""
    return {folded(name) for name, _ in now.given.values() if name}


def _forget_names(connection: Connection, now: Snapshot, names: Set[str]) -> None:
    """Remove the dates that were stated of people with these names, for comparison."""
    kept = {name: text for name, text in now.not_before.items() if folded(name) not in names}
    if kept != now.not_before:
        records.put_meta(connection, NOT_BEFORE, json.dumps(kept))


def _without(log: Sequence[LoggedEdit], stays: Callable[[Anchor], bool]) -> list[LoggedEdit]:
    """A log without faces that are gone, and without corrections that mean nothing without them."""
    kept = []
    for each in log:
        who = tuple(filter(stays, each.edit.who))
        others = tuple(filter(stays, each.edit.others))
        if who and bool(others) == bool(each.edit.others):
            kept.append(replace(each, edit=replace(each.edit, who=who, others=others)))
    return kept
