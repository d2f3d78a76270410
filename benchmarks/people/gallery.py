"""The figures behind `GalleryConfig`: right names, wrong names and no names.

    python -m benchmarks people gallery [--photographs FACES.tar ...]
                                       [--clip CLIP.mp4 --gallery FOLDER]

Photographs are archives of ``PERSON/PICTURE.jpg``. In each draw, half of the people of an archive
are in the gallery and the others are strangers; everybody is looked up by the mean of some
photographs outside the gallery. First table: all draws and numbers of photographs together; "at
worst" is the combination of numbers at which most strangers get a name. Second: photographs left
out of a gallery as outliers, among three to eight of one person, with and without one of somebody
else. Third: a labelled clip named by a folder of photographs; coverage is the share of labelled
faces that get a name, precision the share of those that are right.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

import clusterer
from benchmarks.footage import CLIPS, Clip, add_results, folder_of, read_clips, results_folder
from benchmarks.photographs import add_photographs, read_photographs
from benchmarks.tables import markdown
from clusterer.core.config import Config, GalleryConfig
from clusterer.core.distance import between
from clusterer.core.types import FloatArray
from clusterer.evaluation import match as match_faces
from clusterer.gallery import Gallery, Scale, name_people, read_gallery
from clusterer.gallery.faces import gather
from clusterer.gallery.match import match
from clusterer.gallery.read import Reader, scale_of

QUICK: Mapping[str, object] = {"photographs": [], "draws": 2}
DEFAULT = GalleryConfig()
LIMITS = (0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
MARGINS = (0.0, 0.25, 0.5)
OUTLIERS = (1.25, 1.5, 1.75, 2.0, 2.25)
IN_GALLERY = (1, 2, 4, 8)
ASKED_BY = (1, 3, 5)
CLIP_CHOICES = (
    (0.8, 0.25),
    (1.0, 0.0),
    (1.0, 0.25),
    (1.1, 0.5),
    (1.2, 0.25),
    (1.2, 0.5),
    (1.4, 0.0),
)
NAME_HEADER = ("limit, margin", "right", "wrong", "no name", "strangers named", "at worst")
OUTLIER_HEADER = (
    "outlier from", "true ones left out", "strangers left out", "true ones beside them",
)  # fmt: skip
CLIP_HEADER = ("limit, margin", "names", "coverage", "precision", "coverage, frontal", "precision")

People = dict[str, FloatArray]
"""Name → encodings, a row for each photograph."""


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One gallery, and the people looked up in it.

    Attributes
    ----------
    numbers : photographs of each in the gallery, and of each person looked up
    distance : array of shape (p, g), of people to names, in thresholds
    right : name of each person, as a position; -1 for strangers
    """

    numbers: tuple[int, int]
    distance: npt.NDArray[np.float64]
    right: npt.NDArray[np.int64]


def read_archive(archive: Path, per_person: int) -> People:
    """Encode the first photographs of everybody, as a gallery's are; skip those without a face."""
    rows: dict[str, list[FloatArray]] = defaultdict(list)
    reader = Reader(Config())
    with threadpool_limits(limits=1, user_api="blas"):
        for person, image in read_photographs(archive, per_person):
            row = reader.face(image)
            if row is not None:
                rows[person].append(row)
    return {person: np.stack(found) for person, found in rows.items()}


def draws(people: People, scale: Scale, count: int, seed: int) -> Iterator[Draw]:
    """Galleries of half of the people; photographs and people change with each draw."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        order = rng.permutation(sorted(people)).tolist()
        known, shuffled = order[: len(order) // 2], {n: rng.permutation(people[n]) for n in order}
        for shown, asked in product(IN_GALLERY, ASKED_BY):
            enough = {name for name in order if len(people[name]) >= shown + asked}
            names = [name for name in known if name in enough]
            if len(names) < 2:
                continue
            means, _ = gather({n: shuffled[n][:shown] for n in names}, scale, DEFAULT)
            probes = [name for name in order if name in enough]
            faces = np.stack([shuffled[n][-asked:].astype(np.float64).mean(axis=0) for n in probes])
            apart = between(faces, np.stack(list(means.values())), scale.metric)
            position = {name: i for i, name in enumerate(means)}
            # One of the gallery whose photographs contradict one another is in fact no part of it.
            right = np.array([position.get(name, -1) for name in probes])
            yield Draw((shown, asked), scale.count(apart), right)


def name_row(all_draws: Sequence[Draw], limit: float, margin: float) -> list[str]:
    """Right, wrong and no name of members, names of strangers, at one limit and margin."""
    config = GalleryConfig(limit=limit, margin=margin)
    tally = np.zeros(3, dtype=np.int64)  # members: right, wrong, none
    named: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for draw in all_draws:
        nobody_meets = np.zeros((len(draw.right), len(draw.right)), dtype=bool)
        given = match(draw.distance, nobody_meets, {}, config).given
        for person, right in enumerate(draw.right.tolist()):
            name = given.get(person)
            if right < 0:
                named[draw.numbers].append(name is not None)
            else:
                tally[2 if name is None else int(name != right)] += 1
    strangers = [one for found in named.values() for one in found]
    shares = {numbers: float(np.mean(found)) for numbers, found in named.items()}
    worst = max(shares, key=lambda numbers: (shares[numbers], numbers))
    at_worst = f"{shares[worst]:.2%}"
    if shares[worst]:
        at_worst += f" ({worst[0]} in the gallery, {worst[1]} asked by)"
    default = (limit, margin) == (DEFAULT.limit, DEFAULT.margin)
    title = f"{limit:g}, {margin:g}"
    return [
        f"**{title}**" if default else title,
        *(f"{part:.2%}" for part in tally / tally.sum()),
        f"{np.mean(strangers):.2%}",
        at_worst,
    ]


def outlier_row(
    groups: Sequence[People], scale: Scale, outlier: float, count: int, seed: int
) -> list[str]:
    """True photographs that are left out, and those of somebody else that are."""
    rng, config = np.random.default_rng(seed), GalleryConfig(outlier=outlier)
    alone, beside, found = [], [], []
    for people, _ in product(groups, range(count)):
        names = sorted(people)
        for name in names:
            rows = rng.permutation(people[name])[: rng.integers(3, 9)]
            size = len(rows)
            other = names[int(rng.integers(len(names)))]
            _, far = gather({name: rows}, scale, config)
            alone += [row in far.get(name, {}) for row in range(size)]
            if other == name:
                continue
            stranger = people[other][rng.integers(len(people[other]))]
            _, far = gather({name: np.concatenate([rows, stranger[None]])}, scale, config)
            beside += [row in far.get(name, {}) for row in range(size)]
            found.append(size in far.get(name, {}))
    title = f"{outlier:g}"
    return [
        f"**{title}**" if outlier == DEFAULT.outlier else title,
        f"{np.mean(alone):.2%}",
        f"{np.mean(found):.1%}",
        f"{np.mean(beside):.2%}",
    ]


def clip_row(clip: Clip, folder: Path, known: Gallery, choice: tuple[float, float]) -> list[str]:
    """Coverage and precision of one clip at one limit and margin."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / folder.name))
        chosen = GalleryConfig(limit=choice[0], margin=choice[1])
        result = name_people(copy, known, chosen).result
    name_of = {t: p.name for p in result.people for t in p.track_ids if p.name in known.names}
    faces = match_faces(clip.truth, result.analysis)
    named_faces = [
        (p, name_of.get(t)) for p, t in zip(faces.people, faces.track.tolist(), strict=True)
    ]
    frontal = [
        pair for pair, kind in zip(named_faces, faces.kinds, strict=True) if kind == "frontal"
    ]
    cells = []
    for pairs in (named_faces, frontal):
        named = [(person, name) for person, name in pairs if name is not None]
        right = sum(person == name for person, name in named)
        cells.append(f"{len(named)} of {len(pairs)} = {len(named) / len(pairs):.2f}")
        cells.append(f"{right / len(named):.3f}" if named else "-")
    people = len(set(name_of.values()))
    title = f"{choice[0]:g}, {choice[1]:g}"
    default = choice == (DEFAULT.limit, DEFAULT.margin)
    return [f"**{title}**" if default else title, f"{people} of {len(known.names)}", *cells]


def clip_table(clip: Clip, photographs: Path, folder: Path) -> str:
    """Name a clip by a gallery."""
    clusterer.process(clip.video, folder=folder)
    known = read_gallery(photographs)
    rows = [clip_row(clip, folder, known, choice) for choice in CLIP_CHOICES]
    return markdown(CLIP_HEADER, rows)


def print_photographs(groups: Sequence[People], count: int, seed: int) -> None:
    """The first two tables."""
    scale = scale_of(Config())
    found = [draw for people in groups for draw in draws(people, scale, count, seed)]
    members = sum(int((draw.right >= 0).sum()) for draw in found)
    strangers = sum(int((draw.right < 0).sum()) for draw in found)
    for people in groups:
        print(f"{len(people)} people, {sum(map(len, people.values()))} photographs with a face")
    print(f"asked {members} times about members, {strangers} times about strangers\n")
    rows = [name_row(found, *choice) for choice in product(LIMITS, MARGINS)]
    print(markdown(NAME_HEADER, rows))
    rows = [outlier_row(groups, scale, far, count, seed) for far in OUTLIERS]
    print(f"\n{markdown(OUTLIER_HEADER, rows)}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_photographs(parser, 120)
    parser.add_argument("--draws", type=int, default=40, help="galleries of each archive")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--clip", type=Path, default=CLIPS / "friends_a.mp4")
    parser.add_argument("--gallery", type=Path, default=CLIPS / "gallery_friends")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    groups = [read_archive(archive, given.per_person) for archive in given.photographs]
    if groups:
        print_photographs(groups, given.draws, given.seed)
    if given.clip.is_file() and given.gallery.is_dir():
        (clip,) = read_clips([given.clip])
        with results_folder(given.results) as results:
            table = clip_table(clip, given.gallery, folder_of(clip, results))
        print(f"\n{clip.name}:\n\n{table}")
    elif not groups:
        sys.exit("Nothing to measure: name --photographs, or --clip and --gallery")
