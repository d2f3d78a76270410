"""Writing into a project: one writer at a time, all of a change or none, films told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from sqlite3 import Connection
from threading import RLock
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np

from clusterer.core.errors import ClustererError, ProjectError
from clusterer.core.types import Edit
from clusterer.people.names import by_project, own_edits
from clusterer.project import database, films, loading, records, vectors
from clusterer.project.crowd import Crowd, FilmPeople
from clusterer.project.edges_cache import edges_of
from clusterer.project.evidence import Scale
from clusterer.project.neighbours import Pairs
from clusterer.project.outcome import Outcome, decide, outcome, taken_over
from clusterer.project.past import past_of, people_at
from clusterer.project.place import RESULTS, as_project_error
from clusterer.project.snapshot import LoggedEdit, Snapshot, uncollected
from clusterer.project.types import FilmState, ProjectFilm
from clusterer.project.view import ProjectView
from clusterer.store.folder import ResultFolder
from clusterer.store.run_lock import AGAIN, WAIT, run_lock

_TRIES = 5
"""How often a change is made anew that another writer was faster than."""
_P = ParamSpec("_P")
_T = TypeVar("_T")
_W = TypeVar("_W", bound="ProjectWriter")


class _ChangedError(ProjectError):
    """A writer whom no lock keeps out, of another user or machine, has changed the project."""


def repeated(
    method: Callable[Concatenate[_W, _P], _T],
) -> Callable[Concatenate[_W, _P], _T]:
    """Keep other writers out; begin again if one whom no lock keeps out was faster."""

    @wraps(method)
    def kept(writer: _W, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with writer.writing():
            for _ in range(_TRIES - 1):
                with suppress(_ChangedError):
                    return method(writer, *args, **kwargs)
            return method(writer, *args, **kwargs)

    return kept


class ProjectWriter(ProjectView):
    """What every change of a project has in common; see `Project`.

    A change reads a `Snapshot`, works out what follows, and stores it in one transaction that
    fails if somebody else was faster.
    """

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self._lock = RLock()
        self._depth = 0
        self._alone = False
        self._is_clear = False
        self._edges: tuple[Crowd, Pairs] | None = None

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
        records.put_background(connection, film.id, people)
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
