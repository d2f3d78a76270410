"""A project on disk: many films with one cast, and what reviewers decided about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from sqlite3 import Connection
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np

from clusterer.core.config import Config, LinkConfig, settings
from clusterer.core.errors import ClustererError, EditsError, ProjectError
from clusterer.core.folders import has_plain_folder, make_folder, make_private
from clusterer.core.types import Action, Edit
from clusterer.edits import parse_edit, to_dict
from clusterer.people.decide import resolved
from clusterer.people.names import by_project, own_edits
from clusterer.project import database, films, loading, records, vectors
from clusterer.project.crowd import Crowd, FilmPeople
from clusterer.project.edges_cache import edges_of
from clusterer.project.evidence import Scale
from clusterer.project.names import ENDING, FILE, is_project, refuse_empty
from clusterer.project.neighbours import Pairs
from clusterer.project.outcome import Outcome, decide, outcome, stamped, taken_over
from clusterer.project.past import past_of, people_at
from clusterer.project.place import RESULTS, as_project_error, delete_result, placed, refuse_foreign
from clusterer.project.snapshot import LoggedEdit, Snapshot, uncollected
from clusterer.project.types import (
    Anchor,
    CastAction,
    CastEdit,
    FilmState,
    Person,
    ProjectFilm,
    Scope,
)
from clusterer.project.view import ProjectView
from clusterer.store.folder import ResultFolder
from clusterer.store.run_lock import AGAIN, WAIT, run_lock

_TRIES = 5
"""How often a change is made anew that another writer was faster than."""
_P = ParamSpec("_P")
_T = TypeVar("_T")


class _ChangedError(ProjectError):
    """A writer whom no lock keeps out, of another user or machine, has changed the project."""


def _repeated(
    method: Callable[Concatenate[Project, _P], _T],
) -> Callable[Concatenate[Project, _P], _T]:
    """Keep other writers out; begin again if one whom no lock keeps out was faster."""

    @wraps(method)
    def repeated(project: Project, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with project.writing():
            for _ in range(_TRIES - 1):
                with suppress(_ChangedError):
                    return method(project, *args, **kwargs)
            return method(project, *args, **kwargs)

    return repeated


class Project(ProjectView):
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

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self._lock = RLock()
        self._depth = 0
        self._alone = False
        self._is_clear = False
        self._edges: tuple[Crowd, Pairs] | None = None

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

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out, as every method does that changes the project; may be nested.

        Keep it short: other writers wait a few seconds at most. Readers never wait.

        Raises
        ------
        ProjectError
            Another program is changing the project.
        """
        with self._lock:
            if self._depth:
                yield
                return
            with ExitStack() as stack:
                with as_project_error():
                    held = stack.enter_context(run_lock(self.path, AGAIN))
                self._depth, self._alone = 1, held
                try:
                    if not self._is_clear:
                        self._clear()
                    yield
                except BaseException:
                    self._is_clear = False
                    raise
                finally:
                    self._depth, self._alone = 0, False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep other runs out, for hours if need be; corrections are possible meanwhile.

        Raises
        ------
        ProjectError
            Another run is at work in the project.
        """
        with as_project_error(), run_lock(self.path / RESULTS, WAIT, lasting=True):
            yield

    @_repeated
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

    @_repeated
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

    @_repeated
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

    @_repeated
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

    @_repeated
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

    @_repeated
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

    @_repeated
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

    @_repeated
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

    @contextmanager
    def _changing(self, now: Snapshot, *, seen: bool = True) -> Iterator[Connection]:
        """A transaction that begins with what was read; else raises _ChangedError."""
        with database.writing(self._file, seen=seen) as connection:
            if loading.change(connection) != now.change:
                raise _ChangedError(f"{self.path} has changed meanwhile", AGAIN)
            yield connection

    def _clear(self) -> None:
        """Remove vectors that no film names, while nobody writes any, on whatever machine."""
        if self._alone:
            with suppress(ProjectError), database.held(self._file) as connection:
                vectors.clear(self.path, loading.vectors(connection))
                self._is_clear = True

    def _put_people(
        self, connection: Connection, now: Snapshot, film: ProjectFilm, people: FilmPeople
    ) -> None:
        stacked = np.concatenate([people.sums, people.looks.reshape(-1, people.sums.shape[1])])
        dimension = str(stacked.shape[1])
        if now.meta.get("dimension", dimension) != dimension:
            raise ProjectError(
                f"{film.name} was encoded by another network than the films of {self.path}",
                "Analyse it with the settings of the project",
            )
        records.put_meta(connection, "dimension", dimension)
        file = vectors.write(self.path, film.id, stacked)
        before = now.rows_of.get(film.id, ())
        logged = {
            anchor.key
            for each in now.log
            for anchor in (*each.edit.who, *each.edit.others)
            if anchor.film == film.fingerprint
        }
        wanted = logged | {row.anchors[0] for row in before if row.anchors}
        found = people_at(ResultFolder(self.path / film.folder), people, wanted)
        corrected = self._corrected(now, film.id)
        past = past_of(people, before, found, corrected)
        records.put_people(
            connection, film.id, people, file, [(p.number, p.name, p.hidden) for p in past]
        )
        aliases = {key: found[key] for key in logged & found.keys()}
        records.put_aliases(connection, film.id, aliases)
        behind = bool(before) or film.id in now.behind
        records.set_behind(connection, [film.id], behind=behind)
        records.put_log(connection, [each.without(film.id) for each in now.log])
        changed = {
            i: (each.renamed, each.rehidden)
            for i, each in enumerate(past)
            if each.renamed or each.rehidden
        }
        if changed:
            after = loading.read(connection, self._file, now)
            decisions = decide(after, after.log, self._crowd_of(after))
            records.put_log(connection, taken_over(after, film.id, changed, decisions))

    def _corrected(self, now: Snapshot, film: int) -> set[int]:
        """Positions of the people of a film whom corrections of the project were about."""
        if not now.edits or not now.rows_of.get(film):
            return set()
        rows = decide(now, now.log, self._crowd_of(now)).corrected
        return {now.rows[row].position for row in rows if now.rows[row].film == film}

    def _edges_of(self, now: Snapshot, crowd: Crowd | None) -> Pairs | None:
        """Evidence between the films, computed once for a crowd."""
        if crowd is None:
            return None
        if self._edges is None or self._edges[0] is not crowd:
            scale = Scale.of(now.config, now.link_config)
            self._edges = crowd, edges_of(self.path, crowd, scale, now.scope, now.link_config)
        return self._edges[1]

    @uncollected()
    def _link(
        self,
        now: Snapshot,
        log: Sequence[LoggedEdit],
        turned: LoggedEdit | None = None,
        *,
        is_last: bool = False,
    ) -> None:
        """Link under a log, store both, and write the names into the films."""
        found = self._outcome(now, log, turned)
        with self._changing(now) as connection:
            changed = self._store(connection, now, found)
            if is_last or turned is not None:
                records.put_meta(connection, "numbered", "1")
        self._tell(changed)

    def _outcome(
        self, now: Snapshot, log: Sequence[LoggedEdit], turned: LoggedEdit | None = None
    ) -> Outcome:
        crowd = self._crowd_of(now)
        return outcome(now, log, crowd, self._edges_of(now, crowd), turned)

    def _store(
        self, connection: Connection, now: Snapshot, found: Outcome
    ) -> tuple[ProjectFilm, ...]:
        """Store an outcome; return the films whose corrections by the project change."""
        records.put_log(connection, found.log)
        records.put_persons(connection, found.members, found.given)
        records.put_questions(connection, found.doubts, found.impure)
        records.put_meta(connection, "next person", str(found.free))
        after = loading.read(connection, self._file, now)
        changed = films.differing(now, after, self.path.name)
        records.set_behind(connection, [film.id for film in changed], behind=True)
        return changed

    def _tell(self, changed: Iterable[ProjectFilm]) -> None:
        """Write the project's corrections into films."""
        for film in changed:
            with suppress(ClustererError):  # `catch_up` tries again
                self._write_edits(film)

    def _write_edits(self, film: ProjectFilm) -> tuple[Edit, ...] | None:
        """Write the project's corrections into a film; None = it has no result yet."""
        folder = self.result_folder(film)
        if film.state is not FilmState.DONE or not folder.is_result:
            return None
        with folder.editing():
            log, wanted = folder.edits, self._written_down(self._now(), film.id)
            edits = (*own_edits(log.edits), *wanted)
            undone = own_edits(log.undone)
            if (edits, undone) != (log.edits, log.undone):
                name = log.video or Path(film.name).name
                folder.write_edits(replace(log, edits=edits, undone=undone, video=name))
        return wanted

    def _rewrite(self, film: ProjectFilm) -> str:
        """Bring corrections, tables and report of a film up to date; why it was left out."""
        from clusterer.outputs.save import save  # noqa: PLC0415 (slow to import)

        if film.state is not FilmState.DONE:
            return ""
        folder = self.result_folder(film)
        try:
            with folder.locked(remedy=WAIT):
                written = self._write_edits(film)
                edits = folder.edits.edits
                if folder.saved_edits != edits:
                    save(films.with_edits(folder.load(), edits), folder)
            with self.writing():
                now = self._now()
                is_all = self._written_down(now, film.id) == written  # none was added meanwhile
                if is_all and film.id in now.behind:
                    with self._changing(now, seen=False) as connection:
                        records.set_behind(connection, [film.id], behind=False)
        except ClustererError as error:
            return f"{film.name}: {error.cause}"
        return ""

    def _differs(self, now: Snapshot, film: ProjectFilm) -> bool:
        """Whether a film's corrections by the project are not those that it says.

        Somebody has undone them in the film's own review, or another project has left some.
        """
        if film.state is not FilmState.DONE or film.id not in now.vectors:
            return False
        with suppress(ClustererError):
            edits = ResultFolder(self.path / film.folder).edits.edits
            return by_project(edits) != self._written_down(now, film.id)
        return False


def _check(edit: CastEdit) -> None:
    """Raise EditsError if a correction could not be stored, here and in the films."""
    anchors = (*edit.who, *edit.others)
    for key in {anchor.key for anchor in anchors} or {""}:
        parse_edit(to_dict(Edit(Action.NAME, who=(key,) if key else (), name=edit.name)))
    if not edit.who or (edit.action is CastAction.DIFFERENT and not edit.others):
        raise EditsError("the correction concerns nobody", "Name a person of a film")
