"""A folder whose files are partly ours: those are written and deleted, all others left alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

from clusterer.core.errors import ResultError
from clusterer.core.files import is_plain_file, is_there, write_all, writing
from clusterer.core.folders import (
    has_plain_folder,
    is_plain_folder,
    make_folder,
    make_private,
    try_to_write,
)
from clusterer.core.sync import sync_files, sync_folder
from clusterer.store.commit import (
    Commit,
    commit_text,
    place_of,
    read_commit,
    set_edits_aside,
)
from clusterer.store.film import Film
from clusterer.store.marker import (
    Marker,
    add_names,
    marker_text,
    read_marker,
    recognise,
    write_marker,
)
from clusterer.store.names import (
    ANALYSIS,
    CHIPS,
    COMMIT,
    EDITS,
    FOLDERS,
    MARKER,
    PARTIAL,
    PARTIAL_CHIPS,
    TABLES,
    WITHDRAWN,
    holds_others,
    kept_name,
    leftovers,
    needed_names,
    staged,
    subfolders,
    written_folders,
)
from clusterer.store.run_lock import OR_ELSEWHERE, edits_lock, run_lock

_ELSEWHERE = "Move it away, or name another folder with --output"


class OwnedFolder:
    """Our files in one folder, by their names relative to it; parts are separated by ``/``.

    On POSIX, only the user may enter the folder (0700) and read its files (0600), because faces are
    biometric data. Folders of earlier versions are tightened at the first write.

    Parameters
    ----------
    path
        Need not exist; it is made at the first write. Nothing is read before it is needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._marker: Marker | None = None
        self._film: Film | None = None
        self._on_replace: Callable[[str], None] | None = None
        self._marked = False

    @property
    def is_result(self) -> bool:
        """Whether a run of this version, or of an earlier one, wrote this folder."""
        with suppress(OSError):
            return self._read() is not None
        return False

    @property
    def has_marker(self) -> bool:
        """Whether a run of this version wrote it."""
        with writing(self.path):
            return read_marker(self.path) is not None

    @property
    def will_be_replaced(self) -> bool:
        """Whether it holds the result of another film, which `commit` removes."""
        return self._on_replace is not None

    @contextmanager
    def locked(self, remedy: str = OR_ELSEWHERE, *, lasting: bool = False) -> Iterator[bool]:
        """Keep other writers out, and clear up after those that were killed.

        Parameters, what is yielded and errors as of `clusterer.store.run_lock.run_lock`.

        Raises
        ------
        ResultError
            Also if what a killed writer left unfinished cannot be completed.
        """
        with run_lock(self.path, remedy, lasting=lasting) as held:
            self.complete()
            if held:
                self.remove_leftovers()
            yield held

    def place(self, name: str) -> Path:
        """Where a file of the result lies now; see `clusterer.store.commit`."""
        return place_of(self.path, name)

    @property
    def film(self) -> Film | None:
        """The film of the result; None if unknown."""
        return self._known().film

    @property
    def fingerprint(self) -> str:
        """Of that film, or of the one set by `set_film`; empty if unknown."""
        film = self._film or self.film
        return film.fingerprint if film else ""

    @property
    def names(self) -> frozenset[str]:
        """Of the files that we wrote."""
        return self._known().names

    def check_writable(self) -> None:
        """Check that a result can be written here, before any work is done.

        Raises
        ------
        ResultError
            The folder holds files but no result, a name that a run needs is taken by something that
            we did not write, or the folder cannot be written to.
        """
        known = self._known()
        with writing(self.path):
            for below in (CHIPS, PARTIAL_CHIPS):
                self._refuse_links(below)
            for name in needed_names(self.path, known.names):
                self._refuse(name, ours=name in known.names)
        for place in written_folders(self.path):
            try_to_write(place)

    def set_film(self, film: Film, on_replace: Callable[[str], None] | None = None) -> None:
        """Set the film of the result; the marker says so before the first file is written.

        Parameters
        ----------
        film
        on_replace
            Given if the folder holds the result of another film. `commit` then deletes our files
            and renames the corrections; this is called with their new name.
        """
        self._film, self._on_replace, self._marked = film, on_replace, False

    def ensure_marker(self) -> None:
        """Make the folder if need be, and write its marker.

        Raises
        ------
        ResultError
            As `check_writable`.
        """
        if self._marked:
            return
        known, new = self._known(), not self.path.exists()
        make_folder(self.path, private=True)
        if make_private(self.path):  # of an earlier version, or the user's own
            self._tighten(known.names)
        film = known.film if self.will_be_replaced else self._film or known.film
        disk = read_marker(self.path)  # another program may have listed more meanwhile
        marker = Marker(film, known.names | (disk.names if disk else frozenset()))
        if disk != marker:
            try:
                write_marker(self.path, marker)
            except ResultError:
                if new:
                    with suppress(OSError):
                        self.path.rmdir()
                raise
        self._marker, self._marked = marker, True

    def register(self, names: Iterable[str], *, overwrite: bool = False) -> None:
        """List files as ours, before they are written.

        Parameters
        ----------
        names
        overwrite
            Existing files of these names become ours, whoever wrote them.

        Raises
        ------
        ResultError
            Something that we did not write has such a name, or the marker cannot be written.
        """
        names = list(names)
        self.ensure_marker()
        if not overwrite and any(
            name not in self.names and is_there(self.path / name) for name in names
        ):
            self._marker = read_marker(self.path) or self._marker  # another program wrote it?
        known = self._known()
        for name in names:
            self._refuse(name, ours=overwrite or name in known.names)
        new = [name for name in names if name not in known.names]
        if new:
            add_names(self.path, new)
            self._marker = Marker(known.film, known.names.union(new))

    def write(
        self, contents: Mapping[str, bytes | str], *, overwrite: bool = False, durable: bool = True
    ) -> None:
        """Write files, all or none; see `register` and `clusterer.core.files.write_all`."""
        self.register(contents, overwrite=overwrite)
        for below in sorted({name.rpartition("/")[0] for name in contents} - {""}):
            self.make_subfolder(below)
        files = {self.path / name: content for name, content in contents.items()}
        write_all(files, private=True, durable=durable)

    def make_subfolder(self, below: str) -> None:
        """Make a folder within; errors as of `register`."""
        self.ensure_marker()
        self._refuse_links(below)
        place = self.path
        for part in below.split("/"):
            place /= part
            make_folder(place, private=True)
            make_private(place)

    def commit(self, tables: Mapping[str, bytes | str], *, analysis: bool = False) -> None:
        """Replace tables, analysis or both by new ones, all at once; see `clusterer.store.commit`.

        Parameters
        ----------
        tables
            Name → content.
        analysis
            Whether also by the analysis in ``.partial/``, with its pictures.

        Raises
        ------
        ResultError
            As of `register`; the old result or the new one is there as a whole.
        """
        self.complete()
        beside = self.names if analysis else frozenset()
        new = {
            name.removeprefix(f"{PARTIAL}/") for name in beside if name.startswith(PARTIAL_CHIPS)
        }
        new |= {*tables, ANALYSIS} if analysis else {*tables}
        try:
            self.make_subfolder(PARTIAL)  # refuses a file or a link of that name
            self.register([*new, *map(staged, tables), COMMIT])
            self.write({staged(name): content for name, content in tables.items()})
        except ResultError:
            with suppress(ResultError):
                self._delete(list(map(staged, tables)))
            raise
        commit = Commit(self._film or self.film, frozenset(new), self._old(new, analysis), "")
        if self._on_replace is not None and is_there(self.path / EDITS):  # a link, too
            film = self.film
            commit = replace(commit, kept=kept_name(self.path, film.name if film else ""))
        with edits_lock(self.path) if commit.kept else nullcontext():
            self.write({COMMIT: commit_text(commit)})
            self._complete(commit)
        if self._on_replace is not None and commit.kept:
            self._on_replace(commit.kept)
        self._on_replace = None

    def complete(self) -> None:
        """Complete a commit whose writer was killed; the caller holds the lock.

        Raises
        ------
        ResultError
            A file cannot be moved. The result is whole all the same.
        """
        with writing(self.path):
            commit = read_commit(self.path)
            known = commit and read_marker(self.path)
        if commit and known:
            self._marker, self._marked = known, False
            with edits_lock(self.path) if commit.kept else nullcontext():
                self._complete(commit)

    def sync(self, names: Iterable[str]) -> None:
        """Sync our files, and the folders that hold them, to the disk."""
        paths = [self.path / name for name in names]
        with writing(self.path):
            sync_files(paths)
            for place in sorted({path.parent for path in paths}):
                sync_folder(place)

    def remove(self, names: Iterable[str]) -> None:
        """Delete our files, and then empty subfolders; files of others are skipped."""
        names = set(names)
        if names:
            self.ensure_marker()
            self._delete(names)
            with writing(self.path):
                disk = read_marker(self.path) or self._known()
            self._marker = Marker(disk.film, disk.names - names)
            write_marker(self.path, self._marker)

    def remove_all(self, keep: Collection[str] = ()) -> None:
        """Delete our files, and the folder if nothing is left; the caller holds the lock.

        Parameters
        ----------
        keep
            Names of files that stay.
        """
        self.remove(self.names - set(keep))
        with writing(self.path):
            if not any(self._is_ours(name) for name in keep):
                (self.path / MARKER).unlink(missing_ok=True)
                self._marker, self._marked = None, False
                with suppress(OSError):  # not empty: it holds files of others
                    self.path.rmdir()

    def normalise_marker(self) -> None:
        """Rewrite the marker so that it depends on its content only: same result, same bytes."""
        with writing(self.path):
            marker = self._marker = read_marker(self.path) or self._known()
            written = (self.path / MARKER).read_bytes()
        if written != marker_text(marker).encode():
            write_marker(self.path, marker)

    def remove_leftovers(self) -> None:
        """Delete what killed programs left unfinished; the caller holds the lock."""
        with suppress(OSError, ResultError):
            if not self.is_result and (not is_there(self.path) or holds_others(self.path)):
                return
            with edits_lock(self.path) as held:  # else a review may be writing one of them
                for path in list(leftovers(self.path)) if held else ():
                    path.unlink()
        if self.has_marker:
            self.remove(self._known().names & {staged(name) for name in TABLES})
            self._remove_empty({PARTIAL})

    def _old(self, new: Collection[str], analysis: bool) -> frozenset[str]:
        """Our files that a commit makes useless."""
        waiting = {staged(name) for name in new}
        old = {name for name in self.names if name.partition("/")[0] in {CHIPS, PARTIAL}}
        if self.will_be_replaced:
            old = set(self.names) - {EDITS, WITHDRAWN}
        elif not analysis:
            old = set()
        return frozenset(old - waiting - set(new) - {COMMIT})

    def _complete(self, commit: Commit) -> None:
        """Put in place what a commit lists; what was moved or deleted before is skipped."""
        if ANALYSIS in commit.new:
            self.make_subfolder(CHIPS)
        with writing(self.path):
            set_edits_aside(self.path)
            for name in sorted(commit.new):
                if self._is_ours(staged(name)):
                    (self.path / staged(name)).replace(self.path / name)
            self._unlink(commit.old)
            self._remove_empty({name.partition("/")[0] for name in commit.old} - {CHIPS, PARTIAL})
            for place in subfolders(self.path):
                sync_folder(place)
            disk = read_marker(self.path) or self._known()
            gone = {*commit.old, *map(staged, commit.new), COMMIT}
            gone |= set() if is_there(self.path / EDITS) else {EDITS}
        self._marker, self._marked = Marker(commit.film, disk.names - gone), False
        write_marker(self.path, self._marker)
        with writing(self.path):
            (self.path / COMMIT).unlink()
            sync_folder(self.path / PARTIAL)
            self._remove_empty(
                {PARTIAL, *(name.partition("/")[0] for name in commit.old)} - {CHIPS}
            )

    def _delete(self, names: Collection[str]) -> None:
        with writing(self.path):
            self._unlink(names)
            self._remove_empty({name.partition("/")[0] for name in names})

    def _unlink(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            if self._is_ours(name):
                (self.path / name).unlink()

    def _remove_empty(self, tops: Collection[str]) -> None:
        for below in FOLDERS:
            if below.partition("/")[0] in tops and has_plain_folder(self.path, below):
                with suppress(OSError):  # not empty: it holds files of others
                    (self.path / below).rmdir()

    def _known(self) -> Marker:
        if self._marker is None:
            with writing(self.path):
                self._marker = self._read() or self._unmarked()
        return self._marker

    def _read(self) -> Marker | None:
        """The marker of what is there; None if that is not a result."""
        if not is_there(self.path):
            return None
        return read_marker(self.path) or recognise(self.path)

    def _unmarked(self) -> Marker:
        """The marker of a folder that is to become a result."""
        if is_there(self.path) and holds_others(self.path):
            raise ResultError(
                f"{self.path} holds files that cluster-video did not write",
                "Name a new or empty folder with --output",
            )
        return Marker(None, frozenset())

    def _refuse(self, name: str, *, ours: bool) -> None:
        """Raise if something other than a plain file of ours has a name that we need."""
        if "/" in name:
            self._refuse_links(name.rpartition("/")[0])
        place = self.path / name
        if is_there(place) and not (ours and is_plain_file(place)):
            raise ResultError(f"{place} is not a file that cluster-video wrote", _ELSEWHERE)

    def _refuse_links(self, below: str) -> None:
        """Raise if a link or a file has the name of one of our subfolders."""
        place = self.path
        for part in below.split("/"):
            place /= part
            if is_there(place) and not is_plain_folder(place):
                raise ResultError(f"{place} is not a folder that cluster-video made", _ELSEWHERE)

    def _tighten(self, names: Collection[str]) -> None:
        for name in filter(self._is_ours, names):
            make_private(self.path / name)
        for below in {name.rpartition("/")[0] for name in names} - {""}:
            if has_plain_folder(self.path, below):
                make_private(self.path / below)

    def _is_ours(self, name: str) -> bool:
        parent = name.rpartition("/")[0]
        inside = not parent or has_plain_folder(self.path, parent)
        return name in self.names and inside and is_plain_file(self.path / name)
