"""A result folder: which files in it are ours, and nothing done to any other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from clusterer.core.errors import ResultError
from clusterer.core.files import is_there, make_folder, try_to_write, write_all, writing
from clusterer.store.earlier import adopt
from clusterer.store.film import Film
from clusterer.store.marker import MARKER, Marker, add_names, marker_text, read_marker, write_marker
from clusterer.store.names import (
    CHIPS,
    EDITS,
    FOLDERS,
    PARTIAL_CHIPS,
    holds_others,
    in_the_way,
    is_file,
    is_own_folder,
    is_plain_folder,
    kept_name,
    left_behind,
    make_private,
    to_be_written,
)

_ELSEWHERE = "Move it away, or name another folder with --output"


class ResultFolder:
    """The files of one result, each known by its name within the folder.

    On POSIX only the user may look into the folder (0700) and read its files (0600): faces are
    biometric data. Folders of earlier versions become so when something is written.

    Parameters
    ----------
    path
        Need not be there; made when something is written. Nothing is read before it is asked for.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._marker: Marker | None = None
        self._film: Film | None = None
        self._clearing: Callable[[str], None] | None = None
        self._marked = False

    @property
    def is_result(self) -> bool:
        """Whether there is a folder that a run wrote, of this version or an earlier one."""
        with suppress(OSError):
            return self._read() is not None
        return False

    @property
    def is_marked(self) -> bool:
        """Whether a run of this version wrote it."""
        with writing(self.path):
            return read_marker(self.path) is not None

    @property
    def is_to_be_cleared(self) -> bool:
        """Whether it holds the result of another film, which goes with the first file."""
        return self._clearing is not None

    @property
    def film(self) -> Film | None:
        """Whose result it is; None if that is not known."""
        return self._known().film

    @property
    def fingerprint(self) -> str:
        """Of the film that it is to be of; empty if that is not known."""
        film = self._film or self.film
        return film.fingerprint if film else ""

    @property
    def names(self) -> frozenset[str]:
        """Names of the files that we wrote."""
        return self._known().names

    def refuse_foreign(self) -> None:
        """Make sure that results can be written here, before any work is done.

        Raises
        ------
        ResultError
            The folder holds files but no result, something that we did not write has a name that a
            run needs, or nothing can be written.
        """
        known = self._known()
        with writing(self.path):
            for below in (CHIPS, PARTIAL_CHIPS):
                self._refuse_links(below)
            for name in in_the_way(self.path, known.names):
                self._refuse(name, ours=name in known.names)
        for place in to_be_written(self.path):
            try_to_write(place)

    def belong_to(self, film: Film, clearing: Callable[[str], None] | None = None) -> None:
        """Say whose result it is to be; that is written down before the first file is.

        Parameters
        ----------
        film
        clearing
            What lies here is of another film: our files are deleted then, and corrections renamed.
            It is told in what file they are kept.
        """
        self._film, self._clearing, self._marked = film, clearing, False

    def mark(self) -> None:
        """Make the folder if need be, and write down that it is ours, and whose result it is.

        Raises
        ------
        ResultError
            As `refuse_foreign`.
        """
        if self._marked:
            return
        known, new = self._known(), not self.path.exists()
        make_folder(self.path, private=True)
        if make_private(self.path):  # of an earlier version, or the user's own
            self._tighten(known.names)
        names = known.names if self._clearing is None else self._cleared(self._clearing)
        marker = Marker(self._film or known.film, names)
        if read_marker(self.path) != marker:
            try:
                write_marker(self.path, marker)
            except ResultError:
                if new:
                    with suppress(OSError):
                        self.path.rmdir()
                raise
        self._marker, self._clearing, self._marked = marker, None, True

    def claim(self, names: Iterable[str], *, taking: bool = False) -> None:
        """Write down that files are ours, before they are written.

        Parameters
        ----------
        names
        taking
            Files of these names that are there already may be replaced, whoever wrote them.

        Raises
        ------
        ResultError
            Something that we did not write is in the way, or the marker cannot be written.
        """
        names = list(names)
        self.mark()
        if not taking and any(
            name not in self.names and is_there(self.path / name) for name in names
        ):
            self._marker = read_marker(self.path) or self._marker  # another program wrote it?
        known = self._known()
        for name in names:
            self._refuse(name, ours=taking or name in known.names)
        new = [name for name in names if name not in known.names]
        if new:
            add_names(self.path, new)
            self._marker = Marker(known.film, known.names.union(new))

    def write(
        self, contents: Mapping[str, bytes | str], *, taking: bool = False, durable: bool = True
    ) -> None:
        """Write files, all or none; see `claim`, and `clusterer.core.files.write_all`."""
        self.claim(contents, taking=taking)
        for below in sorted({name.rpartition("/")[0] for name in contents} - {""}):
            self.make(below)
        files = {self.path / name: content for name, content in contents.items()}
        write_all(files, private=True, durable=durable)

    def make(self, below: str) -> None:
        """Make a folder within; errors as of `claim`."""
        self.mark()
        self._refuse_links(below)
        place = self.path
        for part in below.split("/"):
            place /= part
            make_folder(place, private=True)
            make_private(place)

    def move(self, names: Mapping[str, str]) -> None:
        """Rename files of ours to names of ours; those that were moved already are passed over."""
        self.claim(names.values())
        with writing(self.path):
            for old, new in names.items():
                if self._is_ours(old):
                    (self.path / old).replace(self.path / new)

    def remove(self, names: Iterable[str]) -> None:
        """Delete files of ours, and folders that are empty then. Others are passed over."""
        names = set(names)
        if names:
            self.mark()
            self._delete(names)
            with writing(self.path):
                disk = read_marker(self.path) or self._known()
            self._marker = Marker(disk.film, disk.names - names)
            write_marker(self.path, self._marker)

    def tidy(self) -> None:
        """Write the marker in one form, however the run came here: same input, same bytes."""
        with writing(self.path):
            marker = self._marker = read_marker(self.path) or self._known()
            written = (self.path / MARKER).read_bytes()
        if written != marker_text(marker).encode():
            write_marker(self.path, marker)

    def sweep(self) -> None:
        """Delete what killed programs left on its way."""
        with suppress(OSError):
            for path in list(left_behind(self.path)):
                path.unlink()

    def _delete(self, names: Collection[str]) -> None:
        emptied = {name.partition("/")[0] for name in names}
        with writing(self.path):
            for name in sorted(names):
                if self._is_ours(name):
                    (self.path / name).unlink()
            for below in FOLDERS:
                if below.partition("/")[0] in emptied and is_own_folder(self.path, below):
                    with suppress(OSError):  # not empty: it holds files of others
                        (self.path / below).rmdir()

    def _cleared(self, tell: Callable[[str], None]) -> frozenset[str]:
        """Clear the result of another film away; its corrections stay, under another name."""
        known = self._known()
        if is_there(self.path / EDITS):  # a link, too: a later run would follow it
            kept = kept_name(self.path, known.film.name if known.film else "")
            with writing(self.path):
                (self.path / EDITS).rename(self.path / kept)
            tell(kept)
        self._delete(known.names)
        return frozenset()

    def _known(self) -> Marker:
        if self._marker is None:
            with writing(self.path):
                self._marker = self._read() or self._unmarked()
        return self._marker

    def _read(self) -> Marker | None:
        """What is there, if it is a result."""
        if not is_there(self.path):
            return None
        return read_marker(self.path) or adopt(self.path)

    def _unmarked(self) -> Marker:
        """Of a folder that is to become ours."""
        if is_there(self.path) and holds_others(self.path):
            raise ResultError(
                f"{self.path} holds files that cluster-video did not write",
                "Name a new or empty folder with --output",
            )
        return Marker(None, frozenset())

    def _refuse(self, name: str, *, ours: bool) -> None:
        """Raise if somebody else's file, or a link, has the place of one of ours."""
        if "/" in name:
            self._refuse_links(name.rpartition("/")[0])
        place = self.path / name
        if is_there(place) and not (ours and is_file(place)):
            raise ResultError(f"{place} is no file that cluster-video wrote", _ELSEWHERE)

    def _refuse_links(self, below: str) -> None:
        """Raise if a link, or a file, has the place of one of our folders."""
        place = self.path
        for part in below.split("/"):
            place /= part
            if is_there(place) and not is_plain_folder(place):
                raise ResultError(f"{place} is no folder that cluster-video made", _ELSEWHERE)

    def _tighten(self, names: Collection[str]) -> None:
        for name in filter(self._is_ours, names):
            make_private(self.path / name)
        for below in {name.rpartition("/")[0] for name in names} - {""}:
            if is_own_folder(self.path, below):
                make_private(self.path / below)

    def _is_ours(self, name: str) -> bool:
        parent = name.rpartition("/")[0]
        inside = not parent or is_own_folder(self.path, parent)
        return name in self.names and inside and is_file(self.path / name)
