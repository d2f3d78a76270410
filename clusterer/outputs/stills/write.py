"""Write stills of people as pictures, named after person and timecode."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from clusterer.core.files import writing
from clusterer.core.hook import GoOn
from clusterer.core.text import folded_file
from clusterer.core.types import ClusteringResult, ImageArray
from clusterer.outputs.export.batch import by_ids, key
from clusterer.outputs.export.choose import Choice, choose
from clusterer.outputs.export.label import label
from clusterer.outputs.export.timeline import labelled
from clusterer.outputs.stills.choose import Still, StillsChoice, people_of
from clusterer.outputs.stills.look import Film, Picked, Stopped
from clusterer.outputs.stills.picture import ENDINGS, cut, encoded, fits, still_xmp
from clusterer.store.exported import Batch, write_exports

EVERYBODY = StillsChoice()
ENDING = ".stills.zip"
_SIDECAR = ".xmp"


def stills(
    result: ClusteringResult,
    video: Path | str,
    folder: Path | str,
    choice: StillsChoice = EVERYBODY,
    go_on: GoOn = lambda _: True,
) -> tuple[Path, ...]:
    """Write the best pictures of people, at the size of the film.

    A frame is rated by how sharp, large and frontal the face is, and by whether its eyes look open;
    different shots come first. The same film and corrections give the same bytes.

    Parameters
    ----------
    result
        With its corrections.
    video
        The film that was analysed, or a copy.
    folder
        Where to write; made if need be. Files of the same names are replaced, and those removed
        that the last call for the same film, person and part wrote there and this one does not;
        never a file that was changed since.
    choice
        People, part of the film, number, form and metadata.
    go_on
        Called before each picture with the share that is done, 0 to 1; once it returns False,
        nothing is written.

    Returns
    -------
    paths of the pictures, without sidecars; none if `go_on` ended it

    Raises
    ------
    ConfigError
        There is nobody of that name, or nobody is seen in that part of the film.
    VideoError
        The film is missing, is another one, or cannot be read.
    ResultError
        The disk is full, or the folder cannot be written to.

    Examples
    --------
    >>> anna = clusterer.StillsChoice("Anna", best=6)
    >>> clusterer.stills(result, "episode.mp4", "stills", anna)  # doctest: +SKIP
    (PosixPath('stills/episode+Anna+00-00-12-05.jpg'), ...)
    """
    by_person: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory(prefix="cluster-video-stills-") as place:
        try:
            for made in pictures(result, Path(video), choice, go_on):
                by_person.setdefault(made.still.person.id, []).extend(made.files)
                for name, content in made.files.items():
                    with writing(Path(place, name), ""):
                        Path(place, name).write_bytes(content)
        except Stopped:
            return ()
        timeline = choose(result, choice.exported)
        for person in people_of(result, choice):
            files = {name: Path(place, name).read_bytes() for name in by_person.get(person.id, ())}
            which = by_ids(replace(choice.exported, people=(person.id,)), [person.id])
            source, film = ("project", choice.stem) if choice.stem else ("result", timeline.film)
            batch = Batch(key(source, film, timeline.video, "stills", which), files)
            write_exports(Path(folder), [batch])
    names = (name for person in people_of(result, choice) for name in by_person.get(person.id, ()))
    return tuple(Path(folder) / name for name in names if not name.endswith(_SIDECAR))


@dataclass(frozen=True, slots=True)
class Made:
    """A still as files.

    Attributes
    ----------
    still
    files : content by name: the picture, and perhaps a sidecar
    """

    still: Still
    files: Mapping[str, bytes]


def pictures(
    result: ClusteringResult, video: Path, choice: StillsChoice, go_on: GoOn
) -> Iterator[Made]:
    """The stills that `stills` writes, in the order of the film; parameters and errors as there.

    Raises
    ------
    Stopped
        `go_on` returned False.
    """
    film, timeline = Film(result, video, go_on), choose(result, choice.exported)
    names = named_files(choice.stem or timeline.film, film.pick(choice))
    for taken in film.take(names):
        image, regions = cut(taken, result, crop=choice.crop)
        xmp = still_xmp(taken, image, regions, timeline)
        yield Made(taken.still, _contents(names[taken.still], image, xmp, choice))


def name_of(result: ClusteringResult, choice: StillsChoice) -> str:
    """Name of an archive of stills, safe on every system; errors as of `choose`."""
    return f"{choose(result, choice.exported).stem}{ENDING}"


def named_files(stem: str, picked: Picked) -> dict[Still, str]:
    """Names of the files of stills without ending: film, person and timecode, all different."""
    names: dict[Still, str] = {}
    taken: set[str] = set()
    for person, own in picked:
        called = label(Choice(people=(person.id,)), [person.name])
        for still in own:
            when = re.sub("[:;]", "-", still.timecode)
            name = labelled(stem, f"{called}+{when}")
            if folded_file(name) in taken:
                name = labelled(stem, f"{called}+{person.id}+{when}")
            taken.add(folded_file(name))
            names[still] = name
    return names


def _contents(stem: str, image: ImageArray, xmp: bytes, choice: StillsChoice) -> dict[str, bytes]:
    """Content of the files of a still, by name."""
    inside = choice.metadata == "embed" and fits(xmp, choice.form)
    picture = encoded(image, choice.form, xmp if inside else b"")
    files = {f"{stem}{ENDINGS[choice.form]}": picture}
    if choice.metadata != "none" and not inside:
        files[f"{stem}{_SIDECAR}"] = xmp
    return files
