"""Add the best pictures of people whom a reviewer named to a gallery, for the next video."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from threadpoolctl import threadpool_limits

from clusterer.core.config import GalleryConfig
from clusterer.core.distance import between
from clusterer.core.errors import ConfigError, GalleryError, system_libraries
from clusterer.core.files import is_there, remove_temporaries, write_all
from clusterer.core.folders import make_folder
from clusterer.core.types import Analysis, ClusteringResult, Identity
from clusterer.gallery.photographs import decode_photograph
from clusterer.gallery.read import Reader, scale_of
from clusterer.people.names import current, given_names, named_by_gallery
from clusterer.project.names import is_project
from clusterer.store.folder import ResultFolder
from clusterer.store.run_lock import WAIT, run_lock

ELSEWHERE = "name another gallery"
_NO_NAME = set('/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class Kept:
    """What was added to a gallery.

    Attributes
    ----------
    added
        Name → new files; empty = the gallery had them all.
    notes
        One line for each person who was left out, and why.
    """

    added: dict[str, tuple[Path, ...]]
    notes: tuple[str, ...]


def add_to_gallery(
    folder: Path | str,
    gallery: Path | str,
    chosen: GalleryConfig | None = None,
    *,
    by_gallery: bool = False,
) -> Kept:
    """Add the best pictures of people whom a reviewer named to a gallery.

    A picture is added only if the detector finds the person's face in it again. Existing files are
    not changed. On POSIX, only the user may read new ones: faces are biometric data.

    Parameters
    ----------
    folder
        A result folder, or that of a project: then of every film that has a result, but only where
        a reviewer said who it is, not where the project found the person by itself.
    gallery
        A folder for each person is made in it, if need be.
    chosen
        How many pictures of each person in a film, and how good.
    by_gallery
        Take also those whose name a gallery gave.

    Raises
    ------
    ProjectError
        The project cannot be read.
    ResultError
        The result cannot be read, another program is writing there or to the gallery, or the
        gallery cannot be written to.
    EditsError
        The corrections cannot be read or are of another grouping.
    GalleryError
        Nobody has a name.
    ConfigError
        `gallery` is empty text.
    """
    if gallery == "":
        raise ConfigError("the gallery has no name", "Name a folder")
    chosen, place = chosen or GalleryConfig(), Path(gallery)
    if is_project(Path(folder)):
        kept = _of_project(Path(folder), place, chosen, by_gallery=by_gallery)
    else:
        kept = _of_result(ResultFolder(folder), place, chosen, by_gallery=by_gallery)
    if kept is None:
        raise GalleryError(
            f"No person in {folder} was named by a reviewer",
            f"Name people with cluster-video review {folder}",
        )
    return kept


def _of_project(
    folder: Path, gallery: Path, chosen: GalleryConfig, *, by_gallery: bool
) -> Kept | None:
    """As `add_to_gallery`, of all films; None if nobody has a name."""
    from clusterer.gallery.approved import approved  # noqa: PLC0415 (a run of one film needs none)
    from clusterer.project.project import Project  # noqa: PLC0415 (likewise)

    project = Project(folder)
    added: dict[str, tuple[Path, ...]] = {}
    notes: list[str] = []
    found = False
    for film, result, people in approved(project, by_gallery=by_gallery):
        if people:
            found = True
            kept = _add(result, project.result_folder(film), people, gallery, chosen)
            for name, files in kept.added.items():
                added[name] = (*added.get(name, ()), *files)
            notes += [f"{film.name}: {note}" for note in kept.notes]
    return Kept(dict(sorted(added.items())), tuple(notes)) if found else None


def _of_result(
    own: ResultFolder, gallery: Path, chosen: GalleryConfig, *, by_gallery: bool
) -> Kept | None:
    """As `add_to_gallery`; None if nobody has a name."""
    with run_lock(own.path, remedy=WAIT):  # to read it whole; every picture is checked later
        result = current(own.load(), own.edits.edits)
    people = _named(result, by_gallery=by_gallery)
    return _add(result, own, people, gallery, chosen) if people else None


def _add(
    result: ClusteringResult,
    own: ResultFolder,
    people: Mapping[str, Sequence[Identity]],
    gallery: Path,
    chosen: GalleryConfig,
) -> Kept:
    """Add pictures of people, by the names under which they go to the gallery."""
    added: dict[str, tuple[Path, ...]] = {}
    notes: list[str] = []
    with (
        run_lock(gallery, f"{WAIT}, or {ELSEWHERE}") as held,
        threadpool_limits(limits=1, user_api="blas"),
        system_libraries(),
    ):
        album = _Album(result, own, chosen)
        for called, same in people.items():
            name = folder_name(called)
            pictures = list(album.pictures(same)) if name else []
            if name is None or not pictures:
                why = "no picture is clear enough" if name else "no folder can have that name"
                notes.append(f"{called} is left out: {why}")
                continue
            place = gallery / name
            new = {place / file_name(content): content for content in pictures}
            make_folder(gallery, private=True, elsewhere=ELSEWHERE)
            make_folder(place, private=True, elsewhere=ELSEWHERE)
            if held:
                remove_temporaries(place)
            new = {path: content for path, content in new.items() if not is_there(path)}
            write_all(new, private=True, elsewhere=ELSEWHERE)
            added[name] = (*added.get(name, ()), *new)
    return Kept(added, tuple(notes))


class _Album:
    """Pictures of people in which the person's face is found again."""

    def __init__(
        self, result: ClusteringResult, folder: ResultFolder, chosen: GalleryConfig
    ) -> None:
        analysis = result.analysis
        self._analysis, self._chosen = analysis, chosen
        self._folder = folder
        self._reader, self._scale = Reader(result.config), scale_of(result.config)

    def pictures(self, people: Iterable[Identity]) -> list[bytes]:
        """The best few of people who are one."""
        found = (content for person in people for content in self._all(person))
        return list(islice(found, self._chosen.kept))

    def _all(self, person: Identity) -> Iterator[bytes]:
        for row in pick(person, self._analysis, self._chosen.min_quality):
            content = self._folder.picture(row)
            if content is not None and self._shows(content, row):
                yield content

    def _shows(self, content: bytes, row: int) -> bool:
        image = decode_photograph(content)
        face = None if image is None else self._reader.face(image)
        if face is None:
            return False
        own = self._analysis.chip_embeddings[self._analysis.chip_of_row[row]]
        apart = between(face[None], own[None], self._scale.metric)
        return bool(self._scale.count(apart)[0, 0] <= 1.0)


def _named(result: ClusteringResult, *, by_gallery: bool) -> dict[str, list[Identity]]:
    """Name → people who have it, given by a reviewer unless asked otherwise, and are not hidden."""
    names = given_names(result)
    machine = set() if by_gallery else named_by_gallery(result, names)
    found: dict[str, list[Identity]] = {}
    for person in result.people:
        if person.label in names and person.label not in machine and not person.hidden:
            found.setdefault(person.name, []).append(person)
    return found


def pick(person: Identity, analysis: Analysis, min_quality: float) -> list[int]:
    """Detections whose pictures show a person best, taking turns among the tracks.

    Parameters
    ----------
    person
    analysis
        Of the video.
    min_quality
        Worse pictures are left out.

    Returns
    -------
    All that are encoded and good enough, the best of every track before the second best of any.
    """
    quality = analysis.quality.value
    track_of = analysis.track_of_row.tolist()
    rows = [
        row
        for row in person.crop_rows
        if track_of[row] in person.track_ids
        and analysis.chip_of_row[row] >= 0
        and quality[row] >= min_quality
    ]
    rows.sort(key=lambda row: (-float(quality[row]), row))
    turn: dict[int, int] = {}
    seen: dict[int, int] = {}
    for row in rows:
        turn[row] = seen.get(track_of[row], 0)
        seen[track_of[row]] = turn[row] + 1
    return sorted(rows, key=lambda row: (turn[row], -float(quality[row]), row))


def file_name(content: bytes) -> str:
    """Name of a picture, from its content: no picture is stored twice."""
    return f"{hashlib.sha256(content).hexdigest()[:16]}.jpg"


def folder_name(name: str) -> str | None:
    """Name of a person's folder; None if some system does not allow it."""
    bad = name.startswith(".") or name != name.strip() or name.endswith(".")
    long = len(name.encode()) > 200
    return None if bad or long or not name or _NO_NAME & set(name) else name
