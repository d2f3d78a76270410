"""A photograph → the people of a project who are most like the faces on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from clusterer.core.errors import ClustererError, system_libraries
from clusterer.gallery.photographs import read_photograph
from clusterer.gallery.read import Reader
from clusterer.project.project import Project
from clusterer.project.search import Hits


@dataclass(frozen=True, slots=True)
class FaceHits:
    """A face of a photograph, and who it may be.

    Attributes
    ----------
    box : left, top, right and bottom, px
    quality : how well it can be read, 0 to 1
    others : number of other faces on the photograph
    hits : people of the project

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


def who(
    photograph: Path | str,
    project: Project | Path | str,
    *,
    every_face: bool = False,
    most: int = 10,
) -> tuple[FaceHits, ...]:
    """Find the people of a project who are most like the face on a photograph.

    Parameters
    ----------
    photograph
        JPEG, PNG, BMP, TIFF or WebP file.
    project
        The project, or its folder.
    every_face
        Look for every face, not only for the largest.
    most
        Number of people for each face.

    Returns
    -------
    One for each face, the largest first

    Raises
    ------
    ClustererError
        The photograph cannot be read, or shows no face.
    ProjectError
        It is not a project, or cannot be read.
    ConfigError, ModelError, DependencyError
        As `clusterer.gallery.photographs.PhotographEncoder`.

    Examples
    --------
    >>> (face,) = clusterer.who("anna.jpg", "season.cast")  # doctest: +SKIP
    >>> [(hit.name, hit.probability) for hit in face.hits]  # doctest: +SKIP
    [('Anna', 0.998), ('Person 7', 0.001)]
    """
    opened = project if isinstance(project, Project) else Project(project)
    path = Path(photograph)
    image = read_photograph(path)
    with threadpool_limits(limits=1, user_api="blas"), system_libraries():
        faces = Reader(opened.config).faces(image)
    if not len(faces.quality):
        raise ClustererError(f"{path} shows no face", "Give a photograph of a face, upright")
    return tuple(
        FaceHits(
            faces.box(i),
            float(faces.quality[i]),
            len(faces.quality) - 1,
            opened.like(faces.embeddings[i], float(faces.quality[i]), most=most),
        )
        for i in range(len(faces.quality) if every_face else 1)
    )
