"""The films of a project that are being reviewed, each opened when its page is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp

from clusterer.core.types import ClusteringResult, Edit
from clusterer.edits import EditLog
from clusterer.outputs import report
from clusterer.review.app import Site
from clusterer.review.session import Session
from clusterer.store.folder import ResultFolder
from clusterer.store.footage import Footage

_REMEDY = "Put it where it was analysed, or into the project's folder"


@dataclass
class _Opened:
    """A film's review, and its corrections that the project knows."""

    site: Site
    app: ASGIApp
    known: EditLog

    @property
    def is_changed(self) -> bool:
        return self.site.session.state.log is not self.known


class Films:
    """Reviews of films, by the film's id; not thread-safe.

    Parameters
    ----------
    title
        Name of the project, to which the films' pages lead back.
    names
        Gives the names of the project's people, which the pages suggest.
    """

    def __init__(self, title: str, names: Callable[[], Sequence[str]]) -> None:
        self._title, self._names = title, names
        self._opened: dict[int, _Opened] = {}
        self._failed = ""

    def app(self, film: int, folder: ResultFolder) -> ASGIApp:
        """The application that answers a film's page.

        Raises
        ------
        ResultError, EditsError
            See `Session`.
        """
        if film not in self._opened:
            session = Session(folder.path)
            footage = Footage(folder.path, session.state.result.analysis, remedy=_REMEDY)
            site = Site(session, footage, self._names(), self._page)
            self._opened[film] = _Opened(site, site.app(), session.state.log)
        return self._opened[film].app

    def changed(self) -> dict[int, EditLog]:
        """Films with corrections that the project does not know; their tables are written first."""
        found = {
            film: opened.site.session.state.log
            for film, opened in self._opened.items()
            if opened.is_changed
        }
        for film in found:
            self._opened[film].site.session.writer.flush()
        return found

    def mark_known(self, film: int, log: EditLog) -> None:
        """Note that the project knows these corrections of a film."""
        self._opened[film].known = log

    def let_go(self) -> None:
        """Close the reviews of films whose corrections somebody else has changed since."""
        for film, opened in list(self._opened.items()):
            if not opened.site.session.is_current:
                self._close(film)

    def flush(self) -> None:
        """Wait until the tables of all films are written."""
        for opened in self._opened.values():
            opened.site.session.writer.flush()

    def close(self) -> str:
        """Close all; return why tables could not be written, else empty."""
        for film in list(self._opened):
            self._close(film)
        return self._failed

    def _close(self, film: int) -> None:
        self._failed = self._opened.pop(film).site.close() or self._failed

    def _page(self, result: ClusteringResult, undone: Sequence[Edit], names: Sequence[str]) -> str:
        return report.render_live(result, undone, names, self._title)
