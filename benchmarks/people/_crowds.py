"""People of films, made of photographs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks.embedded import Embedded
from clusterer.core.config import Config, EncodingConfig, with_curves
from clusterer.core.errors import ConfigError
from clusterer.core.types import IntArray
from clusterer.faces.encoding import curves
from clusterer.people.features import pool
from clusterer.project.crowd import Crowd

ENCODER = "sface"
"""An encoder whose statistics are known, as the people are pooled by them."""
CAST = 12
"""People of each film of photographs."""
LOOKS = 5
"""Of each person in a simulated film."""


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """People of films, and who they are.

    Attributes
    ----------
    crowd : of n rows
    people : array of shape (n,), int64, number of the person of each row
    """

    crowd: Crowd
    people: IntArray


def config_of(encoder: str) -> Config:
    """The settings of films whose faces have this encoder."""
    encoding = EncodingConfig(encoder=encoder)
    config = Config()
    clustering = with_curves(config.clustering, curves(encoding))
    if not clustering.evidence.is_known:
        raise ConfigError(f"the statistics of {encoder} are not known", f"Take {ENCODER}")
    return replace(
        config, analysis=replace(config.analysis, encoding=encoding), clustering=clustering
    )


def halves(found: Embedded, config: Config, seed: int) -> Cast:
    """Half of the photographs of everybody in a film of one half, half in one of the other half.

    Who has one photograph is in the first half only. Within each half, people are shuffled into
    films of `CAST`. Each photograph is a look and counts as a track of its own.
    """
    chance = np.random.default_rng(seed)
    _, person = np.unique(found.people, return_inverse=True)
    order = np.lexsort((chance.permutation(len(person)), person))
    starts = np.flatnonzero(np.diff(person[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    half = np.zeros(len(person), np.int64)
    half[order] = rank % 2
    n_people = int(person.max()) + 1
    rows: list[IntArray] = []
    films: list[int] = []
    for side in range(2):
        present = chance.permutation(np.unique(person[half == side]))
        first = films[-1] + 1 if films else 0
        films += (first + np.arange(len(present)) // CAST).tolist()
        of_side = np.flatnonzero(half == side)
        by_person = np.split(
            of_side[np.argsort(person[of_side], kind="stable")],
            np.cumsum(np.bincount(person[of_side], minlength=n_people))[:-1],
        )
        rows += [by_person[each] for each in present.tolist()]
    people = np.array([person[each[0]] for each in rows], np.int64)
    return Cast(crowd_of(rows, np.array(films, np.int64), found, config), people)


def crowd_of(rows: list[IntArray], film: IntArray, found: Embedded, config: Config) -> Crowd:
    """Rows of photographs as people of films; a second of screen time for each photograph."""
    chosen = config.clustering
    pools = [
        [pool(found.embeddings[[i]], found.quality[[i]], chosen.evidence) for i in each.tolist()]
        for each in rows
    ]
    return Crowd(
        film=film,
        sums=np.array([sum(one[0] for one in each) for each in pools], np.float32),
        precision=np.array([sum(one[1] for one in each) for each in pools], np.float32),
        quality=np.array([found.quality[each].max() for each in rows], np.float32),
        n_looks=np.array(
            [(found.quality[each] >= chosen.min_quality).sum() for each in rows], np.int64
        ),
        screen_time_s=np.array([float(len(each)) for each in rows]),
        looks=np.array([one[0] for each in pools for one in each], np.float32),
        look_row=np.repeat(np.arange(len(rows)), [len(each) for each in rows]),
        look_precision=np.array([one[1] for each in pools for one in each], np.float32),
        cannot_link=together(film),
    )


def together(film: IntArray) -> npt.NDArray[np.int64]:
    """All pairs of people of one film."""
    pairs = [np.zeros((0, 2), np.int64)]
    for number in np.unique(film):
        rows = np.flatnonzero(film == number)
        a, b = np.triu_indices(len(rows), 1)
        pairs.append(np.stack([rows[a], rows[b]], axis=1))
    return np.concatenate(pairs)


def simulated(found: Embedded, config: Config, films: int, groups: int, seed: int) -> Cast:
    """An archive as large as wanted, whose people are as alike as those of the photographs.

    An identity is drawn from the normal distribution of the photographed people: their mean, and
    their covariance without that of the photographs of one person. A look is the identity plus what
    a photograph drawn from all has on top of its person's mean, and has its quality; some people
    vary more than others, as much as a person drawn from all.
    Of ten people three are in one film, two in two and one in three.

    Parameters
    ----------
    found, config, seed
    films, groups
        Number of films, and of people in each.
    """
    chance = np.random.default_rng(seed)
    faces = _Faces.of(found)
    n = films * groups
    appear = np.tile([1, 1, 1, 2, 2, 3], n // 10 + 1)
    people = np.repeat(np.arange(len(appear)), appear)[:n]
    film = np.repeat(np.arange(films), groups)
    people = people.reshape(groups, films).T.reshape(-1)  # nobody is twice in a film
    identity = faces.identities(int(people.max()) + 1, chance)[people]
    spread = chance.choice(faces.spread, int(people.max()) + 1)[people]
    weight, precision = _weights(found, config)
    shape = n, LOOKS
    drawn = chance.integers(0, len(found.people), shape)
    looks = np.empty((n, LOOKS, identity.shape[1]), np.float32)
    for look in range(LOOKS):
        photograph = identity + spread[:, None] * faces.residual[drawn[:, look]]
        photograph /= np.linalg.norm(photograph, axis=1, keepdims=True)
        looks[:, look] = photograph * weight[drawn[:, look], None]
    quality = found.quality[drawn]
    readable = (quality >= config.clustering.min_quality).sum(axis=1)
    crowd = Crowd(
        film=film,
        sums=looks.sum(axis=1),
        precision=precision[drawn].sum(axis=1),
        quality=quality.max(axis=1),
        n_looks=readable,
        screen_time_s=chance.exponential(60.0, n),
        looks=looks.reshape(n * LOOKS, -1),
        look_row=np.repeat(np.arange(n), LOOKS),
        look_precision=precision[drawn].reshape(-1),
        cannot_link=together(film[:0]),
    )
    return Cast(crowd, people)


def _weights(found: Embedded, config: Config) -> tuple[npt.NDArray[np.float32], ...]:
    """By which each photograph is pooled, and its precision."""
    chosen = config.clustering.evidence
    one = np.ones((1, 1), np.float32)
    pools = [pool(one, found.quality[[i]], chosen) for i in range(len(found.quality))]
    return (
        np.array([each[0][0] for each in pools], np.float32),
        np.array([each[1] for each in pools], np.float32),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Faces:
    """How the people of photographs differ, and the photographs of one person.

    Attributes
    ----------
    mean : array of shape (d,)
    between : array of shape (d, d), root of the covariance of people
    residual : array of shape (n, d), float32, of photographs, relative to its person's spread
    spread : array of shape (k,), float32, of people with several photographs; 1 = usual
    """

    mean: npt.NDArray[np.float64]
    between: npt.NDArray[np.float64]
    residual: npt.NDArray[np.float32]
    spread: npt.NDArray[np.float32]

    @classmethod
    def of(cls, found: Embedded) -> _Faces:
        _, person = np.unique(found.people, return_inverse=True)
        count = np.bincount(person)
        vectors = found.embeddings.astype(np.float64)
        means = np.zeros((len(count), vectors.shape[1]))
        np.add.at(means, person, vectors)
        means /= count[:, None]
        # The mean of few photographs is nearer to them than the identity is.
        scale = np.sqrt(count[person] / np.maximum(count[person] - 1, 1))[:, None]
        residual = (vectors - means[person]) * scale
        several = count > 1
        inside = residual.T @ residual / several[person].sum()
        square = np.bincount(person, (residual**2).sum(axis=1)) / count / np.trace(inside)
        first = np.unique(person, return_index=True)[1]
        values, axes = np.linalg.eigh(np.cov(vectors[first].T) - inside)
        relative = (residual / np.sqrt(np.maximum(square, 1e-9))[person, None])[several[person]]
        return cls(
            mean=vectors[first].mean(axis=0),
            between=axes * np.sqrt(np.maximum(values, 0.0)),
            residual=np.resize(relative, vectors.shape).astype(np.float32),
            spread=np.sqrt(square[several]).astype(np.float32),
        )

    def identities(self, n: int, chance: np.random.Generator) -> npt.NDArray[np.float32]:
        """Draw people, shape (n, d)."""
        drawn = chance.normal(size=(n, len(self.mean))) @ self.between.T + self.mean
        return drawn.astype(np.float32)
