"""A project on disk: many films with one cast, and what reviewers decided about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from clusterer.core.config import Config, LinkConfig, settings
from clusterer.core.dates import parse_date
from clusterer.core.errors import ClustererError, ConfigError, EditsError, ProjectError
from clusterer.core.folders import has_plain_folder, make_folder, make_private
from clusterer.core.text import folded
from clusterer.core.types import Action, Edit
from clusterer.edits import parse_edit, to_dict
from clusterer.people.decide import resolved
from clusterer.project import database, loading, records
from clusterer.project.crowd import FilmPeople
from clusterer.project.forget import ForgettingProject
from clusterer.project.names import ENDING, FILE, is_project, refuse_empty
from clusterer.project.outcome import stamped
from clusterer.project.place import RESULTS, as_project_error, delete_result, placed, refuse_foreign
from clusterer.project.snapshot import FILM_DATES, NOT_BEFORE, LoggedEdit
from clusterer.project.types import (
    Anchor,
    CastAction,
    CastEdit,
    Person,
    ProjectFilm,
    Scope,
)
from clusterer.project.writer import repeated
from clusterer.store.run_lock import WAIT, run_lock


class Project(ForgettingProject):
    """Many films with one cast, in a folder ``NAME.cast``.

    Opening it reads little; each attribute is as of now, also while another program writes. What
    changes it holds the lock of the one writer, and is done as a whole or not at all.

    Parameters
    ----------
    path
        Of the folder.

    Attributes
    ----------
    path : of the folder

    Raises
    ------
    ProjectError
        It is not a project, is damaged, or a later version wrote it.

    Examples
    --------
    >>> clusterer.Project.create("season.cast")
    <Project 'season.cast': 0 films, 0 people>
    >>> project = clusterer.Project("season.cast")
    >>> [person.name for person in project]  # doctest: +SKIP
    ['Anna', 'Person 2']
    >>> project.name("Person 2", "Ben")  # doctest: +SKIP
    """

    @classmethod
    def create(
        cls,
        path: Path | str,
        *,
        scope: Scope | str = Scope.SEASON,
        config: Config | None = None,
        link: LinkConfig | None = None,
    ) -> Project:
        """Make a project, or open the one that is there with its own settings.

        Parameters
        ----------
        path
            A folder that is missing, empty or a project; or a project whose ``project.sqlite`` was
            moved away: a run takes up its results.
        scope
            Whether people are joined without asking.
        config
            Settings of all films; None = the defaults. The encoder ``auto`` becomes the best at
            hand now, because the faces of all films must be comparable.
        link
            Settings of the linking; None = the defaults.

        Raises
        ------
        ProjectError
            The folder holds other files, or cannot be written to.
        """
        path = Path(path)
        if path == Path():
            raise ProjectError("the project has no name", f"Name a folder NAME{ENDING}")
        if is_project(path):
            return cls(path)
        with as_project_error():
            if path.exists():
                refuse_foreign(path)
                if has_plain_folder(path, RESULTS):
                    refuse_empty(path)
            make_folder(path, private=True, elsewhere="")
            make_private(path)
            with run_lock(path, WAIT):
                if not is_project(path):
                    meta = records.first_meta(
                        Scope(scope), resolved(config or Config()), link or LinkConfig()
                    )
                    database.create(path / FILE, meta)
        return cls(path)

    @repeated
    def put_film(
        self, film: ProjectFilm, people: FilmPeople | None = None, *, own: str | None = None
    ) -> ProjectFilm:
        """Add a film, or replace what is known about it; `link` then says who its people are.

        Parameters
        ----------
        film
            With the id 0 if it is new. An empty folder becomes one in ``results``.
        people
            Of `describe`; None = those known stay.
        own
            `films.digest` of the corrections under which they were described; None = those that
            `describe` found.

        Returns
        -------
        The film with its number and folder

        Raises
        ------
        ProjectError
            Its faces were encoded otherwise, or the project cannot be written.
        """
        now = self._now()
        film = placed(film, now.films)
        with self._changing(now) as connection:
            film = replace(film, id=records.put_film(connection, film))
            if people is not None:
                if own is None:
                    known, found = self._found
                    own = found if known is people else self._own_digest(film)
                self._put_people(connection, now, film, people)
                records.put_own(connection, film.id, own)
        if people is not None and film.id in now.vectors:
            self._clear()
        return film

    @repeated
    def put_films(self, which: Iterable[ProjectFilm]) -> tuple[ProjectFilm, ...]:
        """Add films, or replace what is known about them but for their people, all at once.

        Parameters
        ----------
        which
            As of `put_film`.

        Returns
        -------
        The films with their numbers and folders, in order

        Raises
        ------
        ProjectError
            The project cannot be written; nothing has changed.
        """
        now = self._now()
        known, made = list(now.films), []
        with self._changing(now) as connection:
            for each in which:
                film = placed(each, known)
                film = replace(film, id=records.put_film(connection, film))
                known.append(film)
                made.append(film)
        return tuple(made)

    @repeated
    def refresh(self, *which: str | int | ProjectFilm) -> None:
        """Describe films again after their results or own corrections changed, and link once.

        Raises
        ------
        ResultError
            A film has no result that can be read; those before it are described.
        """
        found = [self.film(each) for each in which]
        for film in found:
            self.put_film(film, self.describe(film))
        self._link_films(found)

    def take_over(self) -> tuple[str, ...]:
        """Take over what was corrected in the films themselves; `catch_up` is the other way.

        Returns
        -------
        Which films were left out, and why, one line for each; the next call tries again
        """
        late = self.outdated()
        missing = "corrections in {} itself are not in the project yet: {}"
        try:
            return self._take_over(late, missing) if late else ()
        except ProjectError as error:  # as while another program writes
            return tuple(missing.format(film.name, error.cause) for film in late)

    @repeated
    def _take_over(self, late: Sequence[ProjectFilm], missing: str) -> tuple[str, ...]:
        found, notes = [], []
        for film in late:
            try:
                self.put_film(film, self.describe(film))
                found.append(film)
            except ClustererError as error:
                notes.append(missing.format(film.name, error.cause))
        self._link_films(found)
        return tuple(notes)

    def _link_films(self, films: Sequence[ProjectFilm]) -> None:
        """Link after films were described anew, and write into them what they lack."""
        if films:
            self.link()
            now = self._now()
            self._tell(film for film in films if self._differs(now, film))

    @repeated
    def configure(self, config: Config | None = None, scope: Scope | str | None = None) -> None:
        """Change settings: films follow when they are run again, people when they are linked.

        Parameters
        ----------
        config, scope
            None = as before.

        Raises
        ------
        ProjectError
            The faces of the project's films were encoded by another network.
        """
        now = self._now()
        config = now.config if config is None else resolved(config)
        used, then = now.config.analysis.encoding.encoder, config.analysis.encoding.encoder
        if used != then and now.vectors:
            raise ProjectError(
                f"The faces of {self.path} were encoded by {used}, not by {then}",
                "Make another project for that",
            )
        wanted = Scope(scope or now.scope)
        if (config, wanted) != (now.config, now.scope):
            with self._changing(now) as connection:
                records.put_meta(connection, "config", json.dumps(settings(config)))
                records.put_meta(connection, "scope", wanted.value)

    @repeated
    def link(self, *, is_last: bool = True) -> None:
        """Find out anew who is the same in different films; names and corrections stay.

        Parameters
        ----------
        is_last
            False while more films are on their way. From the first time that it is True, or from
            the first correction, people keep their numbers; until then, they are numbered anew by
            screen time.

        Raises
        ------
        ProjectError
            The vectors of a film are missing or damaged, or the project cannot be written.
        """
        now = self._now()
        self._link(now, now.log, is_last=is_last)

    @repeated
    def set_dates(
        self,
        films: Mapping[str, str] | None = None,
        people: Mapping[str, str] | None = None,
    ) -> None:
        """State when films were made, and before when people cannot be in one; then link anew.

        Somebody is joined with nobody of an earlier film. What reviewers said stays, see
        `too_early`. A date is ``1965``, ``1965-04`` or ``1965-04-30``: of a film, the last day that
        it can mean counts, of a person, the first.

        Parameters
        ----------
        films
            Film, as of `film` → date; empty = unknown.
        people
            Name → date; empty = unknown. It holds for whoever has the name.

        Raises
        ------
        ConfigError
            There is no such film, or this is not a date.
        ProjectError
            The project cannot be written; nothing has changed.
        """
        now = self._now()
        made = {self.film(film).fingerprint: text for film, text in (films or {}).items()}
        dated = _merged(now.film_dates, made)
        given = {folded(name): (name, text) for name, text in (people or {}).items()}
        kept = {name: text for name, text in now.not_before.items() if folded(name) not in given}
        since = _merged(kept, dict(given.values()))
        if (dated, since) == (dict(now.film_dates), dict(now.not_before)):
            return
        meta = {FILM_DATES: json.dumps(dated), NOT_BEFORE: json.dumps(since)}
        found = self._outcome(replace(now, meta={**now.meta, **meta}), now.log)
        with self._changing(now) as connection:
            for key, text in meta.items():
                records.put_meta(connection, key, text)
            changed = self._store(connection, now, found)
        self._tell(changed)

    def edit(self, edit: CastEdit) -> None:
        """Add a correction, link anew, and write it into the films' own corrections.

        Corrections that were undone are dropped. Tables and reports of the films follow with
        `catch_up`.

        Raises
        ------
        ConfigError
            The correction concerns nobody, or its name is not one.
        ProjectError
            The project cannot be written; nothing has changed.
        """
        _check(edit)
        self._edit(LoggedEdit(stamped(edit)))

    @repeated
    def _edit(self, new: LoggedEdit) -> None:
        now = self._now()
        self._link(now, (*(each for each in now.log if not each.undone), new), new)

    def undo(self) -> CastEdit | None:
        """Undo the last correction; returns it, None = there is none. Errors as of `edit`."""
        with self.writing():
            now = self._now()
            done = [each for each in now.log if not each.undone]
            if not done:
                return None
            last = replace(done.pop(), undone=1)
            waiting = [replace(each, undone=each.undone + 1) for each in now.log if each.undone]
            self._link(now, (*done, last, *waiting), last)
            return last.edit

    def redo(self) -> CastEdit | None:
        """Redo the correction that was undone last; returns it, None = there is none."""
        with self.writing():
            now = self._now()
            again = next((replace(each, undone=0) for each in now.log if each.undone == 1), None)
            if again is None:
                return None
            done = [each for each in now.log if not each.undone]
            waiting = [replace(each, undone=each.undone - 1) for each in now.log if each.undone > 1]
            self._link(now, (*done, again, *waiting), again)
            return again.edit

    def name(self, who: str | Person, name: str, *, author: str = "") -> None:
        """Name a person, which confirms all who are that person now; empty = the automatic name."""
        self.edit(CastEdit(CastAction.NAME, self.anchors(who), name=name, author=author))

    def same(self, one: str | Person, other: str | Person, *, author: str = "") -> None:
        """Say that two are one person, who keeps the name of the first, or else of the other."""
        first, second = self.anchors(one), self.anchors(other)
        self.edit(CastEdit(CastAction.SAME, first, second, author=author))

    def different(
        self, one: Iterable[Anchor], others: Iterable[Anchor], *, author: str = ""
    ) -> None:
        """Say that members of one person are not the person of the others; see `anchors`."""
        self.edit(CastEdit(CastAction.DIFFERENT, tuple(one), tuple(others), author=author))

    def hide(self, who: str | Person, *, author: str = "") -> None:
        """Hide a person: left out of tables and exports."""
        self.edit(CastEdit(CastAction.HIDE, self.anchors(who), author=author))

    def show(self, who: str | Person, *, author: str = "") -> None:
        """Show a hidden person again."""
        self.edit(CastEdit(CastAction.SHOW, self.anchors(who), author=author))

    @repeated
    def remove(self, *which: str | int | ProjectFilm, result: bool = False) -> None:
        """Take films out of the project, and link anew; what was decided about them is remembered.

        Parameters
        ----------
        which
        result
            Also delete their result folders with what cluster-video wrote there.

        Raises
        ------
        ConfigError
            There is no such film; none is removed.
        ProjectError
            The project or a result cannot be written.
        """
        now, found = self._now(), [self.film(each) for each in which]
        changed: tuple[ProjectFilm, ...] = ()
        with self._changing(now) as connection:
            for film in found:
                records.remove_film(connection, film.id)
            if any(film.id in now.vectors for film in found):
                rest = loading.read(connection, self._file, now)
                changed = self._store(connection, rest, self._outcome(rest, rest.log))
        self._tell(changed)
        self._clear()
        for film in found if result else ():
            folder = self.result_folder(film)
            if has_plain_folder(self.path, film.folder) and folder.is_result:
                with as_project_error():
                    delete_result(folder)

    def catch_up(self) -> tuple[str, ...]:
        """Write into the films what they do not say yet: corrections, tables and reports.

        Returns
        -------
        Why films were left out, one line for each; the next call tries again
        """
        now = self._now()
        late = [film for film in now.films if film.id in now.behind or self._differs(now, film)]
        return tuple(note for film in late if (note := self._rewrite(film)))


def _merged(before: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """Dates after some were changed; those that are empty are left out."""
    for text in filter(None, changed.values()):
        try:
            parse_date(text)
        except ValueError as error:
            raise ConfigError(str(error), "Write 1965, 1965-04 or 1965-04-30") from None
    return {key: text for key, text in sorted({**before, **changed}.items()) if text}


def _check(edit: CastEdit) -> None:
    """Raise EditsError if a correction could not be stored, here and in the films."""
    anchors = (*edit.who, *edit.others)
    for key in {anchor.key for anchor in anchors} or {""}:
        parse_edit(to_dict(Edit(Action.NAME, who=(key,) if key else (), name=edit.name)))
    if not edit.who or (edit.action is CastAction.DIFFERENT and not edit.others):
        raise EditsError("the correction concerns nobody", "Name a person of a film")
