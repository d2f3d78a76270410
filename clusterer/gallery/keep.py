"""Add the best pictures of people whom a reviewer named to a gallery, for the next video."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
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
from clusterer.gallery.names import current, given_names, named_by_gallery
from clusterer.gallery.photographs import decode_photograph
from clusterer.gallery.read import Reader, scale_of
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
        A result folder.
    gallery
        A folder for each person is made in it, if need be.
    chosen
        How many pictures, and how good.
    by_gallery
        Take also those whose name a gallery gave.

    Raises
    ------
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
    own, chosen = ResultFolder(folder), chosen or GalleryConfig()
    with run_lock(own.path, remedy=WAIT):  # to read it whole; every picture is checked later
        result = current(own.load(), own.edits.edits)
    people = _named(result, by_gallery=by_gallery)
    if not people:
        raise GalleryError(
            f"No person in {folder} was named by a reviewer",
            f"Name people with cluster-video review {folder}",
        )
    added: dict[str, tuple[Path, ...]] = {}
    notes: list[str] = []
    with (
        run_lock(Path(gallery), f"{WAIT}, or {ELSEWHERE}") as held,
        threadpool_limits(limits=1, user_api="blas"),
        system_libraries(),
    ):
        album = _Album(result, own, chosen)
        for person in people:
            name = folder_name(person.name)
            pictures = list(album.pictures(person)) if name else []
            if name is None or not pictures:
                why = "no picture is clear enough" if name else "no folder can have that name"
                notes.append(f"{person.name} is left out: {why}")
                continue
            place = Path(gallery) / name
            new = {place / file_name(content): content for content in pictures}
            make_folder(Path(gallery), private=True, elsewhere=ELSEWHERE)
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

    def pictures(self, person: Identity) -> list[bytes]:
        """The best few."""
        return list(islice(self._all(person), self._chosen.kept))

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


def _named(result: ClusteringResult, *, by_gallery: bool) -> list[Identity]:
    """People with a name who are not hidden."""
    names = given_names(result)
    machine = set() if by_gallery else named_by_gallery(result, names)
    return [
        person
        for person in result.people
        if person.label in names and person.label not in machine and not person.hidden
    ]


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
