"""A result on disk, opened by its path: what to read it with, and where each file lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from fractions import Fraction
from operator import index
from pathlib import Path
from typing import Any

from clusterer.core.errors import CacheError, ConfigError, OtherFilmError, ResultError
from clusterer.core.files import read_nofollow, writing
from clusterer.core.hook import Hook
from clusterer.core.text import one_line
from clusterer.core.types import Analysis, ClusteringResult, Edit, Identity
from clusterer.edits import EditLog
from clusterer.store import edits_json
from clusterer.store.analysis_cache import is_waiting, load_analysis
from clusterer.store.analysis_npz import Times, read_times
from clusterer.store.commit import edits_go, place_of, places, read_commit, set_edits_aside
from clusterer.store.film import Film, film_of
from clusterer.store.load import read_edits, read_result
from clusterer.store.marker import stored_video
from clusterer.store.names import (
    ANALYSIS,
    CHIPS,
    EDITS,
    EXPORTS,
    REPORT,
    face_picture,
    frame_picture,
    picture_number,
    staged,
    torso_picture,
)
from clusterer.store.owned import OwnedFolder
from clusterer.store.result_json import AGAIN
from clusterer.store.run_lock import edits_lock

_SAME_LENGTH_S = 0.05
"""Results without a fingerprint are of another film if the lengths differ by more."""


class ResultFolder(OwnedFolder):
    """A result folder, ``<stem>.people``: its result, corrections, pictures and files.

    Opening it reads nothing, and the folder need not exist; each attribute and method reads what it
    needs. On POSIX, only the user can enter the folder and read its files.

    Parameters
    ----------
    path
        Of the folder.
    analysis
        The analysis whose pictures the folder holds; None = read it when a picture is needed.

    Attributes
    ----------
    path : of the folder
    is_result : whether a run of this version, or of an earlier one, wrote the folder
    film : `Film` that the result is of; None if unknown, as in results of earlier versions
    names : frozenset of the files that cluster-video wrote, relative to the folder

    Examples
    --------
    >>> import clusterer
    >>> folder = clusterer.ResultFolder("episode.people")
    >>> result = folder.load()  # doctest: +SKIP
    >>> folder.picture(result.people[0].cover_row)  # doctest: +SKIP
    >>> folder.write_edits(folder.edits.adding(edit))  # doctest: +SKIP
    """

    def __init__(self, path: Path | str, analysis: Analysis | None = None) -> None:
        super().__init__(Path(path))
        self._editing = False
        self._analysis, self._waits = analysis, None if analysis else False

    @classmethod
    def for_video(
        cls, video: Path, folder: Path | str, hook: Hook, *, replace: bool = False
    ) -> ResultFolder:
        """Open a folder to write the result of a video; nothing is written yet.

        Parameters
        ----------
        video
        folder
            May be missing or empty, or hold a result of this film.
        hook
            Receives a note on where the corrections of another film are kept.
        replace
            Replace the result of another film when that of this one is written.

        Raises
        ------
        VideoError
            The video cannot be read.
        ConfigError
            `folder` is empty text.
        OtherFilmError
            The folder holds the result of another film, and `replace` is not set.
        ResultError
            The folder holds other files, or cannot be written to.
        """
        if folder == "":
            raise ConfigError("the result folder has no name", "Leave it out, or name a folder")
        film, result = film_of(video), cls(folder)
        result.check_writable()
        if _is_of(result, film, video):
            result.set_film(film)
            return result
        if not replace:
            earlier = result.film.name if result.film else _name(stored_video(result.path))
            raise OtherFilmError(
                f"{folder} holds the result of another video, {earlier}",
                "Name another folder with -o, or give --replace to remove it",
            )
        result.set_film(
            film, lambda kept: hook.note(f"corrections of the other video are kept as {kept}")
        )
        return result

    @property
    def report(self) -> Path:
        """Path of the contact sheet, ``report.html``."""
        return self.path / REPORT

    @property
    def exports(self) -> Path:
        """Path of the folder that exports go to by default."""
        return self.path / EXPORTS

    @property
    def edits_file(self) -> Path:
        """Path of the corrections, ``edits.json``."""
        return self.path / EDITS

    @property
    def edits(self) -> EditLog:
        """The corrections, read from ``edits.json`` each time.

        Empty if there is no such file, or if it is of another film, whose result is being replaced.

        Raises
        ------
        EditsError
            The file is damaged, cannot be read, or another version wrote it.
        """
        if self.will_be_replaced or edits_go(self.path, read_commit(self.path)):
            return EditLog()
        return edits_json.read_stored(self.edits_file)

    @contextmanager
    def editing(self) -> Iterator[None]:
        """Keep other programs from writing the corrections while this one reads and writes them.

        Raises
        ------
        ResultError
            Another program has been changing them for seconds.
        """
        with edits_lock(self.path):
            self._editing = True
            try:
                yield
            finally:
                self._editing = False

    def write_edits(self, log: EditLog) -> None:
        """Replace the corrections, as a whole or not at all; within `editing` if based on `edits`.

        Raises
        ------
        EditsError
            A correction could not be read again, as with a name that is too long; the disk is full,
            or the folder cannot be written to. The corrections before stay.
        """
        with nullcontext() if self._editing else self.editing():
            with writing(self.path, elsewhere=""):
                set_edits_aside(self.path)
            edits_json.write(self.edits_file, log)

    def load(self) -> ClusteringResult:
        """Read the result; the video is not needed.

        Returns
        -------
        ClusteringResult
            As it was saved: the same people, unknowns and tables. Its `features` are computed
            again, with the stored settings. Its `edits` are those that the tables include; see
            `ResultFolder.edits` for the newest.

        Raises
        ------
        ResultError
            It is not a result folder, a file of it is missing or damaged, the files are not of the
            same run, or another version wrote them.
        """
        result = read_result(self.path)
        self._analysis, self._waits = result.analysis, False
        return result

    @property
    def saved_edits(self) -> tuple[Edit, ...]:
        """The corrections that the tables include; much quicker to read than the whole result.

        Raises
        ------
        ResultError
            As of `load`, as far as it concerns ``result.json``.
        """
        return read_edits(self.path)

    def times(self) -> Times:
        """When the faces are seen; much quicker to read than the whole result.

        Raises
        ------
        CacheError
            The analysis is missing or damaged.
        """
        return read_times(place_of(self.path, ANALYSIS))

    def use(self, analysis: Analysis) -> None:
        """Set the analysis whose pictures are read."""
        self._analysis, self._waits = analysis.as_found, None

    @property
    def is_waiting(self) -> bool:
        """Whether that analysis is yet to be committed, with the result that is made of it."""
        if self._waits is None:
            self._waits = self._analysis is not None and is_waiting(self.path, self._analysis)
        return self._waits

    def picture(self, row: int) -> bytes | None:
        """The picture of a face.

        Parameters
        ----------
        row
            Of the analysis' detections, such as `Identity.cover_row`.

        Returns
        -------
        JPEG of the square around the face; None if no picture of this row is kept

        Raises
        ------
        ResultError
            The folder holds no analysis, or a damaged one.
        """
        return self._read_picture(row, face_picture)

    def pictures(self, who: Identity) -> dict[int, bytes]:
        """The pictures of a person.

        Parameters
        ----------
        who
            Of the result of this folder.

        Returns
        -------
        row of the analysis' detections → JPEG, in time order

        Raises
        ------
        ResultError
            As of `picture`.
        """
        found = ((row, self.picture(row)) for row in who.crop_rows)
        return {row: picture for row, picture in found if picture is not None}

    def torso(self, row: int) -> bytes | None:
        """The picture of the torso below a face; parameters, result and errors as of `picture`."""
        return self._read_picture(row, torso_picture)

    def frame(self, row: int) -> bytes | None:
        """The whole frame of a face, small; parameters, result and errors as of `picture`.

        One is kept for each track, where its face can be read best, unless an earlier version made
        the analysis.
        """
        return self._read_picture(row, frame_picture)

    def _read_picture(self, row: int, name: Callable[[int, int], str]) -> bytes | None:
        analysis, row = self._stored_analysis(), index(row)
        if not 0 <= row < len(analysis.detections):
            return None
        detections = analysis.detections
        number = picture_number(int(analysis.track_of_row[row]), detections.boxes[row].tolist())
        picture = f"{CHIPS}/{name(number, int(detections.frame_index[row]))}"
        for path in self._places(picture):
            with suppress(OSError):
                return read_nofollow(path)
        return None

    def _places(self, picture: str) -> tuple[Path, ...]:
        if self.is_waiting:
            return (self.path / staged(picture),)
        return places(self.path, picture)

    def _stored_analysis(self) -> Analysis:
        if self._analysis is None:
            try:
                self._analysis, _ = load_analysis(self.path)
            except CacheError as error:
                raise ResultError(error.cause, AGAIN) from None
        return self._analysis


def load(folder: Path | str) -> ClusteringResult:
    """Read a result folder that `process` wrote.

    Parameters
    ----------
    folder
        ``<stem>.people``.

    Returns
    -------
    ClusteringResult, as it was saved; see `ResultFolder.load`

    Raises
    ------
    ResultError
        It is not a result folder, a file of it is missing or damaged, the files are not of the same
        run, or another version wrote them.

    Examples
    --------
    >>> result = clusterer.load("episode.people")  # doctest: +SKIP
    """
    return ResultFolder(folder).load()


def _is_of(result: ResultFolder, film: Film, video: Path) -> bool:
    """Whether a folder is free or of this film; earlier results are compared by their video."""
    if result.film is not None and result.film.fingerprint:
        return result.film.fingerprint == film.fingerprint
    stored = stored_video(result.path)
    return stored is None or _alike(stored, video)


def _alike(stored: dict[str, Any], video: Path) -> bool:
    """Whether size, frame rate and length of a stored video are those of a file."""
    from clusterer.media import probe  # noqa: PLC0415 (heavy, and for earlier results only)

    facts = probe(video)
    try:
        size = (int(stored["width_px"]), int(stored["height_px"]), Fraction(stored["frame_rate"]))
        length_s = float(stored["duration_s"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return True  # nothing to compare
    same = size == (facts.width_px, facts.height_px, facts.frame_rate)
    return same and abs(length_s - facts.duration_s) <= _SAME_LENGTH_S


def _name(stored: dict[str, Any] | None) -> str:
    path = str((stored or {}).get("path", "")).replace("\\", "/")
    return one_line(path.rpartition("/")[2]) or "whose name is not known"
