"""A project on disk, as it can be read: its films, its people, and what is in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from clusterer.core.config import Config, LinkConfig
from clusterer.core.errors import ClustererError, ConfigError, ProjectError, ResultError
from clusterer.core.folders import is_folder
from clusterer.core.named import MOST_NAMES, find
from clusterer.core.types import ClusteringResult, Edit, FloatArray
from clusterer.people.names import own_edits
from clusterer.project import database, films, loading, vectors
from clusterer.project.crowd import Crowd, FilmPeople
from clusterer.project.dates import too_early
from clusterer.project.decisions import folded
from clusterer.project.describe import describe
from clusterer.project.names import ENDING, FILE, is_project, refuse_empty
from clusterer.project.snapshot import Row, Snapshot, damaged
from clusterer.project.tables import ProjectTables
from clusterer.project.types import (
    Anchor,
    CastDoubt,
    CastEdit,
    CastImpure,
    Person,
    ProjectFilm,
    Scope,
)
from clusterer.store.folder import ResultFolder
from clusterer.store.run_lock import AGAIN

if TYPE_CHECKING:
    from pandas import DataFrame

    from clusterer.project.search import Hits, ProjectSearch

_TRIES = 3
_KEPT = 4
"""Films whose people are kept in memory after they were asked for."""
_T = TypeVar("_T")


class ProjectView:
    """A project that is only read; each attribute is as of now, also while another program writes.

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
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._file = self.path / FILE
        self._search: ProjectSearch | None = None
        self._snapshot: Snapshot | None = None
        self._crowd: tuple[tuple[object, ...], Crowd] | None = None
        self._found: tuple[FilmPeople | None, str] = None, ""
        self._described: dict[int, tuple[tuple[object, ...], FilmPeople]] = {}
        if not is_project(self.path):
            refuse_empty(self.path)
            what = "is not a project" if is_folder(self.path) else "does not exist"
            raise ProjectError(f"{self.path} {what}", f"Give a folder NAME{ENDING}")
        self._now()

    @property
    def scope(self) -> Scope:
        """Whether people are joined without asking."""
        return self._now().scope

    @property
    def config(self) -> Config:
        """Settings of all films."""
        return self._now().config

    @property
    def link_config(self) -> LinkConfig:
        """Settings of the linking."""
        return self._now().link_config

    @property
    def films(self) -> tuple[ProjectFilm, ...]:
        """In natural order of their names: ``e2`` before ``e10``."""
        return self._now().films

    @property
    def people(self) -> tuple[Person, ...]:
        """By screen time over all films, longest first."""
        return self._now().people

    @property
    def doubts(self) -> tuple[CastDoubt, ...]:
        """Questions to a reviewer, the most useful first."""
        return self._now().doubts

    @property
    def impure(self) -> tuple[CastImpure, ...]:
        """People of films who may be two, the most certain first."""
        return self._now().impure

    @property
    def edits(self) -> tuple[CastEdit, ...]:
        """The corrections in effect, in order."""
        return self._now().edits

    @property
    def undone(self) -> tuple[CastEdit, ...]:
        """Those that were undone; the last of them is the first to redo."""
        return self._now().undone

    @property
    def too_early(self) -> tuple[tuple[Person, ProjectFilm], ...]:
        """People who are in a film before they can be, as somebody said; with each such film.

        See `Project.set_dates`.
        """
        return tuple(too_early(self._now()))

    @property
    def change(self) -> int:
        """Raised with each change of films, people, corrections or questions, by whomever."""
        return self._now().edition

    def snapshot(self) -> Snapshot:
        """All that the project holds now, of one time."""
        return self._now()

    def __iter__(self) -> Iterator[Person]:
        """People, longest on screen first."""
        return iter(self.people)

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        kind, n_films, n_people = type(self).__name__, len(self.films), len(self.people)
        return f"<{kind} {str(self.path)!r}: {n_films} films, {n_people} people>"

    def film(self, who: str | int | ProjectFilm) -> ProjectFilm:
        """Find a film by number, name, path or the stem of its name.

        Raises
        ------
        ConfigError
            There is none, or several are meant.
        """
        if isinstance(who, ProjectFilm):
            who = who.id
        known = self.films
        if isinstance(who, int):
            found = [film for film in known if film.id == who]
        else:
            ways = (
                lambda film: who in {film.name, film.source},
                lambda film: folded(film.name) == folded(who),
                lambda film: folded(Path(film.name).stem) == folded(who),
                lambda film: Path(film.source) == Path(who).absolute(),
            )
            found = next((some for way in ways if (some := list(filter(way, known)))), [])
        if len(found) == 1:
            return found[0]
        names = ", ".join(film.name for film in (found or known)[:MOST_NAMES]) or "none"
        problem = "Several films are called" if found else "There is no film"
        raise ConfigError(f"{problem} {who!r}", f"There are: {names}")

    def person(self, who: str | Person) -> Person:
        """Find a person by id or name, as `ClusteringResult.person` does.

        Raises
        ------
        ConfigError
            Nobody has that name, or several have it.
        """
        return find(who.id if isinstance(who, Person) else who, self.people)

    def result_folder(self, film: str | int | ProjectFilm) -> ResultFolder:
        """The result folder of a film, which may not exist yet."""
        found = film if isinstance(film, ProjectFilm) else self.film(film)
        return ResultFolder(self.path / found.folder)

    def whose(self, anchor: Anchor) -> Person | None:
        """The person that a face in a correction stands for now; None = nobody any more."""
        return self._now().whose(anchor)

    def film_people(self, film: str | int | ProjectFilm) -> FilmPeople:
        """The people of a film, as they were described.

        Raises
        ------
        ConfigError
            There is no such film.
        ProjectError
            It was not analysed yet, or its vectors are missing or damaged.
        """
        number = self.film(film).id
        return self._of_one_time(lambda now: self._film_people(now, number))[1]

    def _film_people(self, now: Snapshot, number: int) -> FilmPeople:
        found = next((one for one in now.films if one.id == number), None)
        if found is None or number not in now.vectors:
            name = f"film {number}" if found is None else found.name
            raise ProjectError(f"{name} was not analysed yet", "Run cluster-video on it")
        rows = now.rows_of[found.id]
        stored = now.vectors[found.id], now.looks[found.id], now.apart[found.id]
        key = (*stored, *(row.described for row in rows))
        if found.id not in self._described or self._described[found.id][0] != key:
            n = len(rows) + now.looks_in(found.id)
            people = now.people_of(found.id, vectors.read(self.path, now.vectors[found.id], n))
            self._described = dict([*self._described.items(), (found.id, (key, people))][-_KEPT:])
            return people
        return self._described[found.id][1]

    def crowd(self) -> Crowd | None:
        """The people of all films, in the order in which the films were added; None = nobody.

        Raises
        ------
        ProjectError
            The vectors of a film are missing or damaged.
        """
        return self.snapshot_with_crowd()[1]

    def snapshot_with_crowd(self) -> tuple[Snapshot, Crowd | None]:
        """What the project says, and its `crowd`, of one time; raises as `crowd` does."""
        return self._of_one_time(self._crowd_of)

    def _of_one_time(self, read: Callable[[Snapshot], _T]) -> tuple[Snapshot, _T]:
        """Read vectors for a snapshot, again if they were replaced meanwhile."""
        for _ in range(_TRIES):
            now = self._now()
            try:
                return now, read(now)
            except ProjectError:  # another program may have described the film anew
                if self._now() is now:
                    raise
        raise ProjectError(f"{self.path} changes all the time", AGAIN)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Film and person of each row of `crowd`."""
        return self._now().rows

    @property
    def tables(self) -> ProjectTables:
        """Tables of people, members and appearances; `to_pandas` makes data frames of them."""
        return ProjectTables(self)

    def to_pandas(self) -> DataFrame:
        """All appearances of all films as a pandas data frame, with a column ``film``."""
        return self.tables.appearances.to_pandas()

    def result(self, film: str | int | ProjectFilm) -> ClusteringResult:
        """The result of a film with ids and names of the project's people.

        Raises
        ------
        ConfigError
            There is no such film.
        ResultError
            It has no result that can be read.
        """
        found, now = self.film(film), self._now()
        folder = self.result_folder(found)
        if found.error and not folder.is_result:
            raise ResultError(
                f"{found.name} failed: {found.error.replace(found.source, found.name)}"
            )
        loaded = folder.load()
        rows, people = now.rows_of.get(found.id, ()), now.by_number
        edits = (*own_edits(folder.edits.edits), *self._written_down(now, found.id))
        return films.as_seen(films.with_edits(loaded, edits), rows, people)

    def like(
        self, embeddings: FloatArray, quality: FloatArray | float = 1.0, *, most: int = 10
    ) -> Hits:
        """Rank the people by how likely they are the one on photographs; see `find`.

        Before any evidence, it is somebody of the project with even odds, each of its people alike.
        People of one film are different people: what speaks for one speaks against the others.

        Parameters
        ----------
        embeddings : array of shape (d,) or (k, d), faces of one person, by the project's encoder
        quality : array of shape (k,), or one number, 0 to 1
        most
            Number of people.

        Raises
        ------
        ConfigError
            The faces were not encoded by the encoder of the project.
        ProjectError
            The vectors of a film are missing or damaged.
        """
        from clusterer.project.search import ProjectSearch  # noqa: PLC0415 (needs this class)

        if self._search is None:
            self._search = ProjectSearch(self)
        faces = np.atleast_2d(np.asarray(embeddings, dtype=np.float32))
        known = int(self._now().meta.get("dimension", faces.shape[1]))
        if faces.ndim != 2 or faces.shape[1] != known or not len(faces):
            raise ConfigError(
                f"a face of {self.path} is {known} numbers, not {faces.shape[-1]}",
                f"Encode it by {self.config.analysis.encoding.encoder}",
            )
        rated = np.broadcast_to(np.asarray(quality, dtype=np.float32), len(faces))
        return self._search.like(faces, rated, most)

    def anchors(
        self, who: str | Person, film: str | int | ProjectFilm | None = None
    ) -> tuple[Anchor, ...]:
        """What stands for a person in a correction: a face of each member.

        Parameters
        ----------
        who
            The person, or a name or id.
        film
            Only of the members in this film; None = of all.

        Raises
        ------
        ConfigError
            There is no such person or film.
        """
        now = self._now()
        number = self.person(who).number
        only = None if film is None else self.film(film).id
        prints = {each.id: each.fingerprint for each in now.films}
        return tuple(
            Anchor(prints[row.film], row.anchors[0])
            for row in now.rows
            if row.person == number and row.anchors and only in {None, row.film}
        )

    def describe(self, film: str | int | ProjectFilm) -> FilmPeople:
        """The people of a film under its own corrections, for `put_film`.

        Raises
        ------
        ProjectError
            Another encoder made its result, or for another metric.
        ResultError
            The film has no result that can be read.
        """
        folder, loaded = self.result_folder(film), self.result_folder(film).load()
        log = folder.edits
        made, wanted = (
            f"{one.analysis.encoding.encoder} for {one.clustering.metric}"
            for one in (loaded.config, self.config)
        )
        if made != wanted:
            raise ProjectError(
                f"{self.film(film).name} was encoded by {made}, the project's films by {wanted}",
                "Analyse it with the settings of the project",
            )
        people = describe(films.own(loaded, log))
        self._found = people, films.digest(log.edits)
        return people

    def outdated(self) -> tuple[ProjectFilm, ...]:
        """Films whose own corrections have changed since they were described, for `refresh`."""
        now = self._now()
        described = (film for film in now.films if film.id in now.vectors)
        return tuple(each for each in described if now.own(each.id) != self._own_digest(each))

    def _now(self) -> Snapshot:
        """What the file holds now, read only if it has changed."""
        with database.reading(self._file) as connection:
            known = self._snapshot
            with damaged(self._file):
                newest = loading.change(connection)
            if known is None or known.change != newest:
                known = self._snapshot = loading.read(connection, self._file, known)
            return known

    def _crowd_of(self, now: Snapshot) -> Crowd | None:
        order = sorted(film for film in now.vectors if now.rows_of[film])
        if not order:
            return None
        names = tuple((now.vectors[film], now.looks[film], now.apart[film]) for film in order)
        if self._crowd is None or self._crowd[0] != names:
            people = []
            for film in order:
                n = len(now.rows_of[film]) + now.looks_in(film)
                people.append(now.people_of(film, vectors.read(self.path, now.vectors[film], n)))
            self._crowd = names, Crowd.of(tuple(people))
        return self._crowd[1]

    def _own_digest(self, film: ProjectFilm) -> str:
        """Stands for the corrections made in a film itself; empty = none that can be read."""
        try:
            return films.digest(self.result_folder(film).edits.edits)
        except ClustererError:
            return ""

    def _written_down(self, now: Snapshot, film: int) -> tuple[Edit, ...]:
        return films.written_down(now.rows_of.get(film, ()), now.given, self.path.name)
