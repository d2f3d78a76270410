"""The corrections of a project, as its page makes them, and the reviews of its films."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp

from clusterer.core.errors import ClustererError, EditsError
from clusterer.project.types import Anchor, CastAction, CastEdit
from clusterer.review.cast import view
from clusterer.review.cast.films import Films
from clusterer.review.cast.likeness import by_likeness
from clusterer.review.cast.pictures import Pictures
from clusterer.review.cast.view import Place
from clusterer.review.session import ConflictError
from clusterer.store.commit import Version, version
from clusterer.store.folder import ResultFolder
from clusterer.store.names import ANALYSIS

if TYPE_CHECKING:
    from clusterer.core.types import ClusteringResult
    from clusterer.project.project import Project

_AGAIN = "Look again, then repeat it"


class CastSession:
    """Accepts corrections of a project, one at a time; each is saved before its method returns.

    Corrections made in a film's page are taken over when the project is looked at next, and at the
    end.

    Parameters
    ----------
    project
    author
        Who corrects, for the log.
    """

    def __init__(self, project: Project, author: str = "") -> None:
        self.project = project
        self._author = author
        self._lock = RLock()
        self._closed = False
        self._films = Films(self.title, self._names)
        self._pictures: dict[int, tuple[Version | None, Pictures]] = {}
        project.take_over()  # of a review that was killed, or by another program

    @property
    def title(self) -> str:
        """Name of the project, without the ending of its folder."""
        return Path(self.project.path).absolute().name.removesuffix(".cast")

    @property
    def subject(self) -> str:
        """Identifies the project and the analyses of its films, whose pictures browsers keep."""
        folders = [self.project.result_folder(film).path for film in self.project.films]
        analyses = [version(folder, ANALYSIS) for folder in folders]
        return f"{Path(self.project.path).resolve()}\0{analyses}"

    # ---- reading

    def count(self) -> int:
        """Number of changes of the project, by whomever: what the page shows is as of one."""
        with self._lock:
            self._catch_up()
            return self.project.change

    def view(self) -> dict[str, Any]:
        """What the page shows, see `clusterer.review.cast.view`."""
        with self._lock:
            self._catch_up()
            now = self.project.snapshot()
        return view.view(now)

    def looks(self, film: int, person: str) -> list[tuple[int, str]]:
        """Detection and timecode of each look of a person of a film, the best first.

        Raises
        ------
        KeyError
            There is no such person.
        ResultError
            See `Pictures.of`.
        """
        with self._lock:
            now = self.project.snapshot()
            row = {row.id: row for row in now.rows_of[film]}[person]
            pictures = self._pictures_of(film)
        rows = now.look_rows(film, row.position) or (row.member.cover,)
        shown = dict.fromkeys(pictures.nearest(each) for each in rows)
        return [(each, pictures.timecode(each)) for each in shown if each is not None]

    def picture(self, film: int, row: int) -> bytes | None:
        """JPEG of a face; None if no picture is kept. Raises as `looks`."""
        with self._lock:
            pictures = self._pictures_of(film)
        return pictures.read(row)

    def like(self, who: str) -> list[str]:
        """Ids of the other people, the most alike first; raises KeyError if there is no `who`."""
        with self._lock:
            now, crowd = self.project.snapshot_with_crowd()
        people = {person.id: person for person in now.people}
        places = [place for film in sorted(now.rows_of) for place in view.places(now, film)]
        vectors = {} if crowd is None else dict(zip(places, crowd.sums, strict=True))
        return by_likeness(people.pop(who), people.values(), vectors)

    @contextmanager
    def reading(self) -> Iterator[Project]:
        """The project, up to date, and nothing changes it meanwhile."""
        with self._lock:
            self._catch_up()
            yield self.project

    def result(self, film: int) -> ClusteringResult:
        """Of a film, as corrected; raises KeyError if there is no such film.

        Raises
        ------
        ResultError
            It cannot be read.
        """
        with self._lock:
            self._catch_up()
            self._folder(film)
            return self.project.result(film)

    def film(self, film: int) -> ASGIApp:
        """The page of a film, opened if it is not; raises as `looks` and `Session` do."""
        with self._lock:
            self._check_open()
            return self._films.app(film, self._folder(film))

    # ---- changing

    def edit(self, edit: CastEdit, count: int) -> dict[str, Any]:
        """Add a correction; undone ones are dropped.

        Parameters
        ----------
        edit
        count
            `count` as of what the caller saw.

        Returns
        -------
        What the page shows then

        Raises
        ------
        ConflictError
            The project has changed since, or the review has ended.
        ProjectError
            The project cannot be written to. Nothing has changed.
        """
        return self._change(count, lambda: self.project.edit(edit))

    def undo(self, count: int) -> dict[str, Any]:
        """Undo the last correction; raises as `edit` does."""
        return self._change(count, self._undo)

    def redo(self, count: int) -> dict[str, Any]:
        """Redo the correction that was undone last; raises as `edit` does."""
        return self._change(count, self._redo)

    def parse(self, content: dict[str, Any]) -> CastEdit:
        """Make a correction of what the page sends; people of films stand for their anchors.

        Raises
        ------
        EditsError
            It makes no sense.
        ConflictError
            A person of a film is there no more.
        """
        if content.keys() != {"action", "who", "others", "name"}:
            raise EditsError("Invalid request: a correction has action, who, others and name")
        try:
            action = CastAction(content["action"])
        except ValueError:
            raise EditsError("Invalid request: there is no such correction") from None
        who, others = _places(content["who"]), _places(content["others"])
        name = content["name"]
        needs_others = action in {CastAction.SAME, CastAction.DIFFERENT}
        if not who or bool(others) != needs_others or set(who) & set(others):
            raise EditsError("Invalid request: people are missing, or too many")
        if not isinstance(name, str) or (name and action is not CastAction.NAME):
            raise EditsError("Invalid request: name is not a name")
        with self._lock:
            return CastEdit(action, self._anchors(who), self._anchors(others), name, self._author)

    def close(self) -> str:
        """Take over the last corrections of films; return why tables could not be written."""
        with self._lock:
            self._closed = True
            self._catch_up()
            problem = self._films.close()
            return problem or "; ".join(self.project.catch_up())

    # ---- how

    def _change(self, count: int, change: Callable[[], object]) -> dict[str, Any]:
        with self._lock:
            self._check_open()
            self._catch_up()
            if count != self.project.change:
                raise ConflictError("The project has changed meanwhile", _AGAIN)
            self._films.flush()
            change()
            return self.view()

    def _check_open(self) -> None:
        if self._closed:
            raise ConflictError("The review has ended", "Start it again")

    def _undo(self) -> None:
        if not self.project.edits:
            raise ConflictError("There is nothing to undo")
        self.project.undo()

    def _redo(self) -> None:
        if not self.project.undone:
            raise ConflictError("There is nothing to redo")
        self.project.redo()

    def _catch_up(self) -> None:
        """Take over what was corrected in the films' own pages.

        What cannot be taken over now, as while another program writes, is next time.
        """
        for film, log in self._films.changed().items():
            with suppress(ClustererError):
                self.project.refresh(film)
                self._films.mark_known(film, log)
        self._films.let_go()

    def _anchors(self, places: tuple[Place, ...]) -> tuple[Anchor, ...]:
        """A face of each person of a film."""
        now = self.project.snapshot()
        prints = {film.id: film.fingerprint for film in now.films}
        films = {film for film, _ in places}
        known = {(film, row.id): row for film in films for row in now.rows_of.get(film, ())}
        if not all(place in known and known[place].anchors for place in places):
            raise ConflictError("A person of a film has changed", _AGAIN)
        return tuple(Anchor(prints[film], known[film, who].anchors[0]) for film, who in places)

    def _names(self) -> tuple[str, ...]:
        return tuple(sorted({name for name, _ in self.project.snapshot().given.values() if name}))

    def _folder(self, film: int) -> ResultFolder:
        """Result folder of a film; raises KeyError if there is none."""
        found = {one.id: one for one in self.project.films}[film]
        return self.project.result_folder(found)

    def _pictures_of(self, film: int) -> Pictures:
        """The pictures of a film, read anew when it has been analysed again."""
        known = self._pictures.get(film)
        folder = known[1].folder if known else self._folder(film)
        newest = version(folder.path, ANALYSIS)
        if known is None or known[0] != newest:
            known = self._pictures[film] = (newest, Pictures.of(folder))
        return known[1]


def _places(content: Any) -> tuple[Place, ...]:
    """Parse pairs of a film's id and a person's."""
    pairs: list[Any] = content if isinstance(content, list) else [None]
    for pair in pairs:
        is_pair = isinstance(pair, list) and len(pair) == 2
        if not (is_pair and type(pair[0]) is int and isinstance(pair[1], str)):
            raise EditsError("Invalid request: people are pairs of a film and a person")
    return tuple((film, person) for film, person in pairs)
