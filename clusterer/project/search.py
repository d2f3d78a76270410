"""Who of a project is like a face: people ranked by how likely they are that person."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from clusterer.core.clock import Clock
from clusterer.core.config import Config, LinkConfig
from clusterer.core.errors import ClustererError
from clusterer.core.types import FloatArray, IntArray
from clusterer.people.features import pool
from clusterer.project.crowd import Crowd
from clusterer.project.evidence import Pools, Products, Scale
from clusterer.project.snapshot import Row, Snapshot
from clusterer.project.types import Person, ProjectFilm
from clusterer.store.analysis_npz import Times
from clusterer.store.folder import ResultFolder

Floats = npt.NDArray[np.float64]

RIVALS = 256
"""Best people who count against each other; the evidence for any other is less than theirs.
A definition, which bounds the time: no more is known of the others."""


class Chance(StrEnum):
    """A probability in words, as the page has them; of near misses, the last."""

    ALMOST_CERTAINLY = "almost certainly"
    PROBABLY = "probably"
    PERHAPS = "perhaps"
    PROBABLY_NOT = "probably not"

    @classmethod
    def of(cls, probability: float) -> Chance:
        """The word for a probability, 0 to 1."""
        return next(word for word, least in _LEAST.items() if probability >= least)


_LEAST: Mapping[Chance, float] = {
    Chance.ALMOST_CERTAINLY: 0.95,
    Chance.PROBABLY: 0.75,
    Chance.PERHAPS: 0.4,
    Chance.PROBABLY_NOT: -math.inf,
}
"""Least probability of each word: a definition, the same as in ``web/src/words/chance.ts``."""


@dataclass(frozen=True, slots=True)
class Match:
    """A person who may be the one that is looked for.

    Attributes
    ----------
    label : of the person, as in `Index.labels`
    probability : 0 to 1
    evidence : logarithm of the odds by the faces alone
    rows : the person's rows of the crowd, the most similar first
    row_evidence : evidence of each by itself
    looks : for each, the look that is most similar, a position in `Crowd.looks`; -1 = it has none
    """

    label: int
    probability: float
    evidence: float
    rows: tuple[int, ...]
    row_evidence: tuple[float, ...]
    looks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """The people who are most like a face.

    Attributes
    ----------
    found : the most likely first
    nobody : probability that it is nobody of the project, 0 to 1
    """

    found: tuple[Match, ...]
    nobody: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a person is seen: in one film of a project, or in one track of a single film.

    Attributes
    ----------
    film : `ProjectFilm.id`; 0 = of a single film
    name : of the film
    person : id of the film's `Identity`
    evidence : logarithm of the odds that it is the one that was looked for, by these faces alone
    detection : of the film's analysis, that shows the most similar look
    time_s : of that detection, as a player counts; NaN if the film's result is missing
    timecode : of that detection; empty likewise

    Examples
    --------
    >>> seen = clusterer.Sighting(1, "e1.mp4", "person-3", 9.5, 120, 62.5, "00:01:02:12")
    >>> seen.name, seen.timecode
    ('e1.mp4', '00:01:02:12')
    """

    film: int
    name: str
    person: str
    evidence: float
    detection: int
    time_s: float
    timecode: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A person who may be the one that was looked for.

    Attributes
    ----------
    person : id of the `Person`; of a single film, of the `Identity`, which may be an unknown
    name : for display
    probability : that it is this person, 0 to 1
    evidence : logarithm of the odds by the faces alone
    sightings : by film, or by track, the most similar first
    chance : the probability in words: ``almost certainly`` (from .95), ``probably`` (.75),
        ``perhaps`` (.4), ``probably not``

    Examples
    --------
    >>> hit = clusterer.Hit("person-3", "Anna", 0.998, 9.5, ())
    >>> hit.name, hit.chance.value
    ('Anna', 'almost certainly')
    """

    person: str
    name: str
    probability: float
    evidence: float
    sightings: tuple[Sighting, ...]

    @property
    def chance(self) -> Chance:
        """The probability in words."""
        return Chance.of(self.probability)

    @property
    def is_near_miss(self) -> bool:
        """Whether it is probably somebody else, and only listed because nobody is more similar."""
        return self.chance is Chance.PROBABLY_NOT


@dataclass(frozen=True, slots=True)
class Hits:
    """The people who are most like a face.

    Attributes
    ----------
    hits : the most likely first
    nobody : probability that it is nobody of the project or film, 0 to 1

    Examples
    --------
    >>> hits = clusterer.Hits((clusterer.Hit("person-3", "Anna", 0.998, 9.5, ()),), 0.001)
    >>> [(hit.name, hit.probability) for hit in hits]
    [('Anna', 0.998)]
    """

    hits: tuple[Hit, ...]
    nobody: float

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)


class Index:
    """The people of a project, ready to be searched; made once for many faces.

    Parameters
    ----------
    crowd : of n rows
    labels : array of shape (n,), int64, person of each row, 0-based without gaps
    config
        Of the films' results.
    link
        Its `shared_look`.
    n_among
        Number of people among whom one is looked for, each alike; None = all labels.
    """

    def __init__(
        self,
        crowd: Crowd,
        labels: IntArray,
        config: Config,
        link: LinkConfig,
        n_among: int | None = None,
    ) -> None:
        self._crowd, self._labels = crowd, labels
        self._config, self._scale = config, Scale.of(config, link)
        self._n_people = int(labels.max(initial=-1)) + 1
        self._n_among = self._n_people if n_among is None else n_among
        rows = self._scale.pools(crowd.sums, crowd.precision)
        self._rows = Products.of(rows, self._scale)
        self._people = Products.of(rows.added(labels, self._n_people), self._scale)
        self._order = np.argsort(labels, kind="stable")
        self._starts = np.searchsorted(labels[self._order], np.arange(self._n_people + 1))
        self._look_starts = np.searchsorted(crowd.look_row, np.arange(len(crowd) + 1))

    def like(self, embeddings: FloatArray, quality: FloatArray, most: int) -> Matches:
        """Rank the people by how likely they are the one on photographs.

        Before any evidence, it is somebody of the project with even odds, and each of its people
        alike. People of one film are different people: what speaks for one speaks against the
        others. People who have no film in common may be one person who was not joined.

        Parameters
        ----------
        embeddings : array of shape (k, d), faces of one person, by the encoder of the project
        quality : array of shape (k,), 0 to 1
        most
            Number of people.
        """
        asked = self._pooled(embeddings, quality)
        evidence = self._evidence(self._people, asked)
        order = np.lexsort((np.arange(self._n_people), -evidence))
        rivals = order[: max(most, RIVALS)]
        odds = np.exp(np.minimum(evidence[rivals], 700.0)) / max(self._n_among, 1)
        films = self._films(rivals)
        together: dict[int, list[int]] = defaultdict(list)
        for i, own in enumerate(films):
            for film in own:
                together[film].append(i)
        sums = {film: float(odds[own].sum()) for film, own in together.items()}
        found = []
        for i, label in enumerate(rivals[:most].tolist()):
            against = {other for film in films[i] for other in together[film]} - {i}
            total = 1.0 + odds[i] + odds[sorted(against)].sum()
            found.append(self._match(label, float(odds[i] / total), float(evidence[label]), asked))
        found.sort(key=lambda each: (-each.probability, -each.evidence, each.label))
        return Matches(tuple(found), 1.0 / (1.0 + max(sums.values(), default=0.0)))

    def rows_like(self, label: int, embeddings: FloatArray, quality: FloatArray) -> Match:
        """Compare the rows of one person; parameters as of `like`. Its probability is NaN."""
        asked = self._pooled(embeddings, quality)
        evidence = self._evidence(_chosen(self._people, [label]), asked)
        return self._match(label, math.nan, float(evidence[0]), asked)

    def look_of_row(self, look: int) -> int:
        """Position of a look among those of its row; -1 stays."""
        if look < 0:
            return -1
        return look - int(self._look_starts[self._crowd.look_row[look]])

    def _pooled(self, embeddings: FloatArray, quality: FloatArray) -> Pools:
        if self._scale.is_pooled:
            sums, precision = pool(embeddings, quality, self._config.clustering.evidence)
        else:
            sums = embeddings.astype(np.float64).mean(axis=0)
            precision = float(quality.mean())
        return self._scale.pools(sums[None].astype(np.float32), np.array([precision], np.float32))

    def _evidence(self, products: Products, asked: Pools) -> Floats:
        """Evidence for each row of products; far below 0 where there is no face."""
        one = Products.of(asked, self._scale)
        product = products.left @ one.right[0]
        known = np.broadcast_to(one.known, product.shape)
        found = self._scale.ratio(product.astype(np.float64), products.known, known)
        usable = products.usable & bool(one.usable[0])
        return np.where(usable, found, -700.0)

    def _films(self, people: IntArray) -> list[set[int]]:
        return [set(self._crowd.film[self._of(label)].tolist()) for label in people.tolist()]

    def _of(self, label: int) -> IntArray:
        rows: IntArray = self._order[self._starts[label] : self._starts[label + 1]]
        return rows

    def _match(self, label: int, probability: float, evidence: float, asked: Pools) -> Match:
        rows = self._of(label)
        each = self._evidence(_chosen(self._rows, rows), asked)
        order = np.lexsort((rows, -each))
        rows = rows[order]
        return Match(
            label,
            probability,
            evidence,
            tuple(rows.tolist()),
            tuple(each[order].tolist()),
            tuple(self._look(row, asked) for row in rows.tolist()),
        )

    def _look(self, row: int, asked: Pools) -> int:
        start, end = self._look_starts[row : row + 2].tolist()
        if start == end:
            return -1
        looks = self._crowd.looks[start:end]
        pools = self._scale.pools(looks, self._crowd.look_precision[start:end])
        products = Products.of(pools, self._scale)
        product = products.left @ Products.of(asked, self._scale).right[0]
        best: int = start + int(np.argmax(product))
        return best


class Searched(Protocol):
    """What a search reads of a `Project`; see there."""

    path: Path

    def snapshot(self) -> Snapshot:
        """All that the project says now."""

    def snapshot_with_crowd(self) -> tuple[Snapshot, Crowd | None]:
        """The same, and the people of all films, None = nobody."""


class ProjectSearch:
    """Searches a project; what it has read is kept until the project changes.

    Parameters
    ----------
    project
    """

    def __init__(self, project: Searched) -> None:
        self._project = project
        self._now: Snapshot | None = None
        self._made: tuple[Crowd | None, IntArray] | None = None
        self._index: Index | None = None
        self._people: dict[str, Person] = {}
        self._films: dict[int, ProjectFilm] = {}
        self._clocks: dict[Path, tuple[Times, Clock] | None] = {}

    def like(self, embeddings: FloatArray, quality: FloatArray, most: int) -> Hits:
        """Rank people; see `Project.like`."""
        self._read()
        if self._index is None:
            return Hits((), 1.0)
        matches = self._index.like(embeddings, quality, most)
        return Hits(tuple(self._hit(self._index, each) for each in matches.found), matches.nobody)

    def _read(self) -> None:
        """Read what has changed since the last search."""
        if self._project.snapshot() is self._now:
            return
        now, crowd = self._project.snapshot_with_crowd()
        numbers = np.array([row.person for row in now.rows], np.int64)
        known = self._made
        if known is None or known[0] is not crowd or not np.array_equal(known[1], numbers):
            _, labels = np.unique(numbers, return_inverse=True)
            self._index = None
            if crowd is not None:
                self._index = Index(crowd, labels.astype(np.int64), now.config, now.link_config)
            self._made = crowd, numbers
        self._people = {person.id: person for person in now.people}
        self._films = {film.id: film for film in now.films}
        self._now, self._clocks = now, {}

    def _hit(self, index: Index, match: Match) -> Hit:
        assert self._now is not None
        now = self._now
        rows = [now.rows[row] for row in match.rows]
        person = self._people[f"person-{rows[0].person}"]
        sightings = tuple(
            self._sighting(now, row, evidence, index.look_of_row(look))
            for row, evidence, look in zip(rows, match.row_evidence, match.looks, strict=True)
        )
        return Hit(person.id, person.name, match.probability, match.evidence, sightings)

    def _sighting(self, now: Snapshot, row: Row, evidence: float, look: int) -> Sighting:
        film = self._films[row.film]
        detection = int(row.numbers["cover"])
        if look >= 0:
            detection = now.look_rows(film.id, row.position)[look]
        time_s, timecode = math.nan, ""
        clock = self._clock(self._project.path / film.folder)
        if clock is not None and 0 <= detection < len(clock[0].pts):
            pts = int(clock[0].pts[detection])
            time_s, timecode = clock[0].video.seconds(pts), clock[1].timecode(pts)
        return Sighting(film.id, film.name, row.id, evidence, detection, time_s, timecode)

    def _clock(self, folder: Path) -> tuple[Times, Clock] | None:
        if folder not in self._clocks:
            self._clocks[folder] = None
            with suppress(ClustererError):
                times = ResultFolder(folder).times()
                self._clocks[folder] = times, Clock.of(times)
        return self._clocks[folder]


def _chosen(products: Products, rows: Sequence[int] | IntArray) -> Products:
    return Products(
        products.left[rows],
        products.right[rows],
        products.known[rows],
        products.usable[rows],
        products.scale,
    )
