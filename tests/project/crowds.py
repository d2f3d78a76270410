"""Small crowds, with an encoder whose statistics are simple."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from clusterer.core.config import ClusteringConfig, Config, EvidenceConfig
from clusterer.core.types import IntArray
from clusterer.project.crowd import Crowd, FilmPeople

EVIDENCE = EvidenceConfig(reliability=((0.0, 0.5), (1.0, 0.5)), spread=0.1, variation=0.35)
CONFIG = Config(clustering=ClusteringConfig(evidence=EVIDENCE))
NOBODY = np.zeros((0, 2), np.int64)
DIMENSION = 8


def film_of(
    sums: npt.ArrayLike,
    precision: Sequence[float],
    *,
    n_looks: Sequence[int] | None = None,
    seen_s: Sequence[float] | None = None,
    cannot_link: npt.ArrayLike = NOBODY,
    looks: Sequence[npt.ArrayLike] | None = None,
    look_precision: float = 1.0,
) -> FilmPeople:
    """People of a film; the only look of each is its pool, unless `looks` lists them."""
    vectors = np.asarray(sums, np.float32)
    n = len(vectors)
    dimension = vectors.shape[1]
    per_person = [np.atleast_2d(each) for each in (vectors if looks is None else looks)]
    none = np.zeros(n, np.int64)
    return FilmPeople(
        ids=tuple(f"person-{i + 1}" for i in range(n)),
        names=("",) * n,
        hidden=np.zeros(n, np.bool_),
        anchors=((),) * n,
        sums=vectors,
        precision=np.asarray(precision, np.float32),
        quality=np.ones(n, np.float32),
        scatter=np.zeros(n, np.float32),
        screen_time_s=np.ones(n) if seen_s is None else np.asarray(seen_s, np.float64),
        n_tracks=none,
        n_faces=none,
        n_looks=none + 5 if n_looks is None else np.asarray(n_looks, np.int64),
        covers=none,
        looks=np.concatenate([np.zeros((0, dimension)), *per_person]).astype(np.float32),
        look_person=np.repeat(np.arange(n), [len(each) for each in per_person]),
        look_precision=np.concatenate(
            [
                np.asarray(precision, np.float32)
                if looks is None
                else np.full(sum(map(len, per_person)), look_precision, np.float32)
            ]
        ),
        look_rows=np.zeros(sum(map(len, per_person)), np.int64),
        cannot_link=np.asarray(cannot_link, np.int64).reshape(-1, 2),
    )


def crowd_of(*films: FilmPeople) -> Crowd:
    """The crowd of films."""
    return Crowd.of(films)


def directions(*axes: int) -> npt.NDArray[np.float64]:
    """Unit vectors along axes."""
    found: npt.NDArray[np.float64] = np.eye(DIMENSION)[list(axes)]
    return found


@st.composite
def films(draw: st.DrawFn, most: int = 5) -> tuple[FilmPeople, ...]:
    """Films in which the same four people appear, more or less like themselves."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    everybody = chance.normal(size=(4, DIMENSION))
    found = []
    for _ in range(draw(st.integers(2, most))):
        n = int(chance.integers(1, 6))
        who = chance.integers(0, 4, n)
        noise = draw(st.sampled_from([0.05, 0.2, 0.6]))
        looks = [
            everybody[one] + noise * chance.normal(size=(chance.integers(1, 4), DIMENSION))
            for one in who
        ]
        a, b = np.triu_indices(n, 1)
        together = np.stack([a, b], axis=1)[chance.random(len(a)) < 0.3]
        found.append(
            film_of(
                [each.sum(axis=0) for each in looks],
                (chance.choice([0.5, 2.0, 8.0], n) + 0.1 * chance.random(n)).tolist(),
                n_looks=chance.integers(1, 7, n).tolist(),
                seen_s=chance.random(n).tolist(),
                cannot_link=together,
                looks=looks,
            )
        )
    return tuple(found)


def permuted(found: tuple[FilmPeople, ...], order: Sequence[int]) -> tuple[Crowd, IntArray]:
    """The crowd of films in another order, and where its rows are in the original one."""
    first = np.cumsum([0, *(len(each) for each in found)])
    rows = [np.arange(first[i], first[i + 1]) for i in order]
    return Crowd.of(tuple(found[i] for i in order)), np.concatenate(rows)


def groups_of(labels: IntArray) -> set[frozenset[int]]:
    """The rows of each person."""
    return {frozenset(np.flatnonzero(labels == each).tolist()) for each in np.unique(labels)}
