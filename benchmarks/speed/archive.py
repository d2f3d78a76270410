"""Time and memory of linking and searching an archive of a thousand films.

    python -m benchmarks speed archive [--films 1000] [--groups 100] [--keep FILE.npz]

People are simulated after the photographs of an archive: identities are drawn from the distribution
of the photographed people, and each of five looks of a person differs from the identity as a
photograph does from the mean of its person. The first table compares the similarities of people in
single photographs and looks. Second: linking all films from nothing, and after one more, on arrays;
then the same in a project on disk, and a search by photograph, with nothing in memory and again.
"archive" is the scope: joined are those pairs that it joins without a reviewer. Seconds are of the
clock and, of all cores together, of the processor.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from benchmarks.embedded import Embedded, add_keep, embed
from benchmarks.footage import add_encoder
from benchmarks.people._crowds import ENCODER, LOOKS, Cast, config_of, simulated
from benchmarks.photographs import FACES
from benchmarks.speed._memory import peak_bytes
from benchmarks.tables import print_table
from clusterer.core.config import Config, LinkConfig
from clusterer.core.types import IntArray
from clusterer.project import database, records, vectors
from clusterer.project.crowd import Crowd, FilmPeople, Linked
from clusterer.project.edges import find_edges
from clusterer.project.evidence import Scale
from clusterer.project.link import link
from clusterer.project.names import FILE
from clusterer.project.neighbours import Pairs
from clusterer.project.project import Project
from clusterer.project.search import Index
from clusterer.project.types import FilmState, ProjectFilm, Scope

QUICK: Mapping[str, object] = {"films": 4, "groups": 12, "per_person": 4}
LIKENESS = ("people", "pairs", "mean", "deviation", "99 %", "99.9 %", "99.99 %", "99.999 %")
HEADER = ("step", "s", "processor s", "peak MiB", "found")
MOST_COMPARED = 6000
"""People whose similarity is listed."""
SEARCHES = 20
EVERYBODY = 1000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timed:
    """Measures steps, and collects the rows of a table."""

    rows: list[list[str]]

    def step(
        self,
        name: str,
        work: Callable[[], Result],
        about: Callable[[Result], str] = lambda _: "",
        *,
        times: int = 1,
    ) -> Result:
        """Do a step; the mean of several times."""
        started = time.perf_counter(), time.process_time()
        for _ in range(times):
            result = work()
        taken = time.perf_counter() - started[0], time.process_time() - started[1]
        numbers = [f"{each / times:.3f}" for each in taken]
        self.rows.append([name, *numbers, f"{peak_bytes() / 2**20:.0f}", about(result)])
        return result


def likeness(name: str, vectors_: npt.NDArray[np.float32], people: IntArray) -> list[str]:
    """Row of the first table: similarity of one vector each of different people."""
    first = np.unique(people, return_index=True)[1][:MOST_COMPARED]
    units = vectors_[first] / np.linalg.norm(vectors_[first], axis=1, keepdims=True)
    similarity = (units @ units.T)[np.triu_indices(len(units), 1)]
    ends = np.quantile(similarity, [0.99, 0.999, 0.9999, 0.99999]).tolist()
    numbers = [similarity.mean(), similarity.std(), *ends]
    return [name, str(len(similarity)), *(f"{each:.3f}" for each in numbers)]


def without_last(crowd: Crowd) -> tuple[Crowd, IntArray]:
    """All films but the last, and the rows of the last."""
    n = int(np.searchsorted(crowd.film, crowd.film[-1]))
    k = int(np.searchsorted(crowd.look_row, n))
    first = Crowd(
        film=crowd.film[:n],
        sums=crowd.sums[:n],
        precision=crowd.precision[:n],
        quality=crowd.quality[:n],
        n_looks=crowd.n_looks[:n],
        screen_time_s=crowd.screen_time_s[:n],
        looks=crowd.looks[:k],
        look_row=crowd.look_row[:k],
        look_precision=crowd.look_precision[:k],
        cannot_link=crowd.cannot_link,
    )
    return first, np.arange(n, len(crowd))


def on_arrays(cast: Cast, face: npt.NDArray[np.float32], config: Config, timed: Timed) -> None:
    """Link, add a film, search."""
    chosen = LinkConfig()
    scale, scope = Scale.of(config, chosen), Scope.ARCHIVE
    crowd = cast.crowd
    before, new = without_last(crowd)

    def linked(edges: Pairs) -> Linked:
        return link(crowd, scope=scope, config=config, chosen=chosen, edges=edges)

    edges = timed.step(
        "compare all", lambda: find_edges(crowd, scale, scope, chosen), lambda e: f"{len(e)} edges"
    )
    found = timed.step("link all", lambda: linked(edges), lambda each: outcome(cast, each))
    known = find_edges(before, scale, scope, chosen)
    timed.step(
        "compare one more film and link",
        lambda: linked(find_edges(crowd, scale, scope, chosen, known=known, new=new)),
        lambda each: "the same" if np.array_equal(each.labels, found.labels) else "different",
    )
    index = timed.step("prepare a search", lambda: Index(crowd, found.labels, config, chosen))
    quality = np.ones(1, np.float32)
    timed.step("search", lambda: index.like(face[None], quality, 10), times=SEARCHES)


def outcome(cast: Cast, linked: Linked) -> str:
    """Joined pairs and questions, and how many are right."""
    order = np.argsort(linked.labels, kind="stable")
    same = linked.labels[order[1:]] == linked.labels[order[:-1]]
    joined = cast.people[order[1:]][same] == cast.people[order[:-1]][same]
    right = [cast.people[each.a] == cast.people[each.b] for each in linked.doubts]
    rows = np.bincount(cast.people)
    n = int((rows[rows > 0] - 1).sum())
    return (
        f"of {n} joins {len(joined)} made, {int(joined.sum())} right; "
        f"{len(right)} questions, {int(sum(right))} right"
    )


def people_of(cast: Cast, film: int) -> FilmPeople:
    """The people of a simulated film."""
    crowd = cast.crowd
    rows = np.flatnonzero(crowd.film == film)
    n, looks = len(rows), slice(int(rows[0]) * LOOKS, (int(rows[-1]) + 1) * LOOKS)
    return FilmPeople(
        ids=tuple(f"person-{i + 1}" for i in range(n)),
        names=("",) * n,
        hidden=np.zeros(n, np.bool_),
        anchors=tuple((f"{i}@1,2,3,4",) for i in range(n)),
        sums=crowd.sums[rows],
        precision=crowd.precision[rows],
        quality=crowd.quality[rows],
        scatter=np.full(n, 0.5, np.float32),
        screen_time_s=crowd.screen_time_s[rows],
        n_tracks=np.full(n, LOOKS),
        n_faces=np.full(n, 10 * LOOKS),
        n_looks=crowd.n_looks[rows],
        covers=np.arange(n),
        looks=crowd.looks[looks],
        look_person=np.repeat(np.arange(n), LOOKS),
        look_precision=crowd.look_precision[looks],
        look_rows=np.arange(n * LOOKS),
        cannot_link=np.zeros((0, 2), np.int64),
    )


def film_of(number: int) -> ProjectFilm:
    """A film without a result."""
    name = f"e{number:05}.mp4"
    return ProjectFilm(
        0, name, f"/films/{name}", f"{number:064x}", f"results/{name}.people", 3600.0,
        FilmState.DONE,
    )  # fmt: skip


def filled(path: Path, cast: Cast, films: int, config: Config) -> Project:
    """A project of the first films, not linked yet; written at once, as no run does."""
    project = Project.create(path, scope=Scope.ARCHIVE, config=config)
    with project.writing(), database.writing(path / FILE) as connection:
        for number in range(films):
            people = people_of(cast, number)
            stored = records.put_film(connection, film_of(number))
            file = vectors.write(path, stored, np.concatenate([people.sums, people.looks]))
            records.put_people(connection, stored, people, file, [(0, "", False)] * len(people))
        records.put_meta(connection, "dimension", str(cast.crowd.sums.shape[1]))
    return project


def on_disk(
    folder: Path, cast: Cast, face: npt.NDArray[np.float32], config: Config, timed: Timed
) -> None:
    """The same in a project."""
    last = int(cast.crowd.film[-1])
    path = folder / "archive.cast"
    project = filled(path, cast, last, config)
    timed.step("project: link all", project.link)
    opened = Project(path)

    def added() -> None:
        opened.put_film(film_of(last), people_of(cast, last))
        opened.link()

    timed.step("project: one more film", added, lambda _: f"{len(opened.people)} people")
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    again = Project(path)
    timed.step("project: first search", lambda: again.like(face), lambda _: f"{size / 1e6:.0f} MB")
    timed.step("project: search", lambda: again.like(face), times=SEARCHES)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--archive",
        type=Path,
        default=FACES / "lfw160.tar",
        metavar="FACES.tar",
        help="archive of PERSON/PICTURE.jpg that people are simulated after",
    )
    parser.add_argument("--per-person", type=int, default=EVERYBODY, metavar="N")
    parser.add_argument("--films", type=int, default=1000, metavar="N")
    parser.add_argument("--groups", type=int, default=100, metavar="N", help="people of each film")
    add_encoder(parser)
    parser.set_defaults(encoder=ENCODER)
    add_keep(parser)


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    found: Embedded = embed(given.archive, given.encoder, given.per_person, given.keep)
    config = config_of(given.encoder)
    cast = simulated(found, config, given.films, given.groups, 0)
    _, person = np.unique(found.people, return_inverse=True)
    print_table(
        LIKENESS,
        [
            likeness("photographs", found.embeddings, person),
            likeness("simulated looks", cast.crowd.looks[::LOOKS], cast.people),
            likeness("of five looks", cast.crowd.sums, cast.people),
        ],
    )
    print()
    timed = Timed([])
    on_arrays(cast, found.embeddings[0], config, timed)
    with tempfile.TemporaryDirectory() as folder:
        on_disk(Path(folder), cast, found.embeddings[0], config, timed)
    print_table(HEADER, timed.rows)
