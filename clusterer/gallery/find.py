"""A photograph → the people of a film or project who are most like the faces on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path
from typing import Protocol

from threadpoolctl import threadpool_limits

from clusterer.core.config import Config, GalleryConfig, LinkConfig
from clusterer.core.errors import ClustererError, system_libraries
from clusterer.core.types import ClusteringResult, FloatArray, ImageArray
from clusterer.gallery.in_film import FilmSearch, Sought, UnknownSearch
from clusterer.gallery.photographs import PhotographFaces, read_photograph
from clusterer.gallery.read import Reader
from clusterer.people.names import current
from clusterer.project.names import ENDING, is_project
from clusterer.project.project import Project
from clusterer.project.results import FilmResult, film_results, why_left_out
from clusterer.project.search import Hit, Hits
from clusterer.store.folder import ResultFolder

Where = Project | FilmSearch | ResultFolder | ClusteringResult | Path | str
"""What can be searched: a project or a result, opened or by its folder."""


@dataclass(frozen=True, slots=True)
class Films:
    """Films of a project, whose unknown tracks are searched.

    Attributes
    ----------
    path : of the project
    results : are taken once
    link : settings of the project
    n_people : of the project
    """

    path: Path
    results: Iterable[FilmResult]
    link: LinkConfig
    n_people: int


@dataclass(frozen=True, slots=True)
class FaceHits:
    """A face of a photograph, and who it may be.

    Attributes
    ----------
    box : left, top, right and bottom, px
    quality : how well it can be read, 0 to 1
    others : number of other faces on the photograph
    hits : people of the film or project
    readable : whether it is large and clear enough to be compared well
    left_out : film whose unknown tracks were to be searched, but cannot be → why, in one line

    Examples
    --------
    >>> face = clusterer.FaceHits((10.0, 20.0, 90.0, 120.0), 0.8, 0, clusterer.Hits((), 1.0))
    >>> face.hits.nobody
    1.0
    """

    box: tuple[float, float, float, float]
    quality: float
    others: int
    hits: Hits
    readable: bool = True
    left_out: Mapping[str, str] = field(default_factory=dict, hash=False)


class Searched(Protocol):
    """What is searched: a `Project`, or a `FilmSearch`."""

    @property
    def config(self) -> Config:
        """Says how the faces were found and encoded."""

    def like(
        self, embeddings: FloatArray, quality: FloatArray | float = 1.0, *, most: int = 10
    ) -> Hits:
        """Rank people; see `Project.like`."""


def find(
    photograph: Path | str,
    where: Where,
    *,
    every_face: bool = False,
    most: int = 20,
    unknown: bool = False,
) -> tuple[FaceHits, ...]:
    """Find who of a film or of a project is like the face on a photograph.

    Near misses are among the hits, with a low probability. Nothing is written, and the photograph
    goes nowhere.

    Parameters
    ----------
    photograph
        JPEG, PNG, BMP, TIFF or WebP file.
    where
        A result or a project, or the folder of one. Of a result, unknown tracks are searched, too.
    every_face
        Look for every face, not only for the largest.
    most
        Number of people for each face.
    unknown
        Search the unknown tracks of a project's films, too; the result of each film is read, and a
        film whose result cannot be is left out (`FaceHits.left_out`).

    Returns
    -------
    One for each face, the largest first

    Raises
    ------
    ClustererError
        The photograph cannot be read, or shows no face.
    ResultError, ProjectError
        It is neither a result nor a project, or cannot be read.
    ConfigError, ModelError, DependencyError
        As `clusterer.gallery.photographs.PhotographEncoder`.
    GalleryError
        The encoder is a file that has changed since.

    Examples
    --------
    >>> (face,) = clusterer.find("anna.jpg", "season.cast")  # doctest: +SKIP
    >>> [(hit.name, hit.probability) for hit in face.hits]  # doctest: +SKIP
    [('Anna', 0.998), ('Person 7', 0.001)]
    """
    searched = opened(where)
    path = Path(photograph)
    image = read_photograph(path)
    faces = PhotographReader(searched).faces(image)
    if not len(faces.quality):
        raise ClustererError(f"{path} shows no face", "Give a photograph of a face, upright")
    found = tuple(hits_of(faces, searched, most=most, every_face=every_face))
    if unknown and isinstance(searched, Project):
        return with_unknown(found, faces, films_of(searched), most=most)
    return found


def find_track(
    track: int, where: ResultFolder | ClusteringResult | Path | str, *, most: int = 20
) -> Hits:
    """Find who else of a film is like the face of a track.

    Left out are the track itself, and whoever is on screen with it.

    Parameters
    ----------
    track
        Position in `Analysis.tracks`.
    where
        A result, or its folder.
    most
        Number of people and unknown tracks.

    Raises
    ------
    ConfigError
        There is no such track.
    ResultError
        It is not a result, or cannot be read.

    Examples
    --------
    >>> [(hit.name, hit.is_near_miss) for hit in clusterer.find_track(2, result)]
    [('Person 1', True), ('Person 2', True)]
    """
    return _film(where).like_track(track, most=most)


class PhotographReader:
    """Finds and encodes faces on photographs as those that are searched were.

    Parameters
    ----------
    searched

    Raises
    ------
    ConfigError, ModelError, DependencyError
        As `clusterer.gallery.photographs.PhotographEncoder`.
    GalleryError
        The encoder is a file that has changed since.
    """

    def __init__(self, searched: Searched) -> None:
        with threadpool_limits(limits=1, user_api="blas"), system_libraries():
            self._reader = Reader(searched.config)
        if isinstance(searched, FilmSearch):
            searched.check_encoder(self._reader.models)

    def faces(self, image: ImageArray) -> PhotographFaces:
        """Every face, the largest first; see `PhotographEncoder.faces`."""
        with threadpool_limits(limits=1, user_api="blas"), system_libraries():
            return self._reader.faces(image)


def hits_of(
    faces: PhotographFaces, searched: Searched, *, most: int, every_face: bool
) -> Iterator[FaceHits]:
    """Search for faces of a photograph; parameters as of `find`."""
    least = GalleryConfig().min_quality
    for i in range(len(faces.quality) if every_face else min(1, len(faces.quality))):
        quality = float(faces.quality[i])
        yield FaceHits(
            faces.box(i),
            quality,
            len(faces.quality) - 1,
            searched.like(faces.embeddings[i], quality, most=most),
            quality >= least,
        )


def films_of(project: Project) -> Films:
    """The films of a project, and their results, each read when it is its turn."""
    results = film_results(project.films, project.result)
    return Films(project.path, results, project.link_config, len(project.people))


def with_unknown(
    found: Sequence[FaceHits], faces: PhotographFaces, films: Films, *, most: int
) -> tuple[FaceHits, ...]:
    """Add the unknown tracks of films to what was found of the faces of a photograph."""
    sought = [Sought(faces.embeddings[i], float(faces.quality[i])) for i, _ in enumerate(found)]
    hits, left_out = with_unknown_hits([face.hits for face in found], sought, films, most=most)
    return tuple(
        replace(face, hits=own, left_out=left_out) for face, own in zip(found, hits, strict=True)
    )


def with_unknown_hits(
    found: Sequence[Hits], sought: Sequence[Sought], films: Films, *, most: int
) -> tuple[tuple[Hits, ...], dict[str, str]]:
    """Add the unknown tracks of films to the hits of faces in a project.

    Parameters
    ----------
    found
        Of each face.
    sought
        The same faces.
    films
    most
        Number of people and unknown tracks for each face.

    Returns
    -------
    hits of each face; film that cannot be searched → why, in one line
    """
    added: list[list[Hit]] = [[] for _ in found]
    left_out = {}
    for film, result in films.results:
        try:
            if isinstance(result, ClustererError):
                raise result
            search = UnknownSearch(film, result, films.link, films.n_people)
            more = [search.hits(face, most) for face in sought]
        except ClustererError as error:
            left_out[film.name] = why_left_out(films.path, film.name, error)
            continue
        for own, hits in zip(added, more, strict=True):
            own.extend(hits)
    return tuple(map(_ranked, found, added, repeat(most))), left_out


def _ranked(people: Hits, unknown: list[Hit], most: int) -> Hits:
    """The best; an unknown track that is somebody's makes it less likely that it is nobody."""
    nobody = min([people.nobody, *(1.0 - hit.probability for hit in unknown)])
    return Hits(tuple(sorted([*people, *unknown], key=_rank)[:most]), nobody)


def _rank(hit: Hit) -> tuple[float, float, str]:
    return -hit.probability, -hit.evidence, hit.person


def opened(where: Where) -> Project | FilmSearch:
    """Open what is searched; errors as of `find`."""
    if isinstance(where, (Project, FilmSearch)):
        return where
    if isinstance(where, (Path, str)):
        path = Path(where)
        if is_project(path) or path.suffix.casefold() == ENDING:
            return Project(path)
    return _film(where)


def _film(where: ResultFolder | ClusteringResult | Path | str) -> FilmSearch:
    if isinstance(where, ClusteringResult):
        return FilmSearch(where)
    folder = where if isinstance(where, ResultFolder) else ResultFolder(where)
    return FilmSearch(current(folder.load(), folder.edits.edits))
