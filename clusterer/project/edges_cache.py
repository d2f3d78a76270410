"""Edges between films, kept in a file of the project that may be deleted at any time."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clusterer.core.config import LinkConfig
from clusterer.core.errors import ResultError
from clusterer.core.files import write_all
from clusterer.core.parse import parse_json
from clusterer.core.types import IntArray
from clusterer.project.crowd import Crowd
from clusterer.project.edges import find_edges, floor_of
from clusterer.project.evidence import Scale
from clusterer.project.neighbours import Pairs, best
from clusterer.project.types import Scope
from clusterer.store.npz import read_npz

FILE = "edges.npz"
SCHEMA = 1
_ARRAYS = ("a", "b", "evidence")

Films = tuple[tuple[str, int], ...]
"""Of each film: a key that changes with its vectors, and the number of its rows."""
Bools = npt.NDArray[np.bool_]
Find = Callable[[IntArray | None], Pairs]
"""Finds all edges with at least one of these rows; None = all edges."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What edges are made of.

    Attributes
    ----------
    films : key and number of rows of each, in the order of rows
    measure : names how rows are compared: what evidence depends on besides the vectors
    floor, most : as for `clusterer.project.neighbours.find_pairs`
    """

    films: Films
    measure: str
    floor: float
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class KeptEdges:
    """Edges, and what they were made of."""

    origin: Origin
    edges: Pairs


def edges_of(project: Path, crowd: Crowd, scale: Scale, scope: Scope, link: LinkConfig) -> Pairs:
    """Edges between the films of a project, see `find_edges`; those that are kept are not sought.

    Parameters
    ----------
    project
        Its folder.
    crowd, scale, scope, link
        As for `find_edges`.
    """
    origin = Origin(
        _films(crowd),
        hashlib.sha256(repr(scale).encode()).hexdigest(),
        floor_of(len(crowd), scope, link),
        link.candidates,
    )
    return kept_edges(project, origin, lambda new: find_edges(crowd, scale, scope, link, new=new))


def _films(crowd: Crowd) -> Films:
    """Key and number of rows of each film; the key is of all that evidence depends on."""
    starts = np.flatnonzero(np.diff(crowd.film, prepend=-1)).tolist()
    found: list[tuple[str, int]] = []
    copies: Counter[str] = Counter()
    for start, end in pairwise([*starts, len(crowd)]):
        digest = hashlib.sha256(np.ascontiguousarray(crowd.sums[start:end], "<f4").tobytes())
        digest.update(np.ascontiguousarray(crowd.precision[start:end], "<f4").tobytes())
        key = digest.hexdigest()
        copies[key] += 1
        found.append((f"{key} {copies[key]}", end - start))
    return tuple(found)


def kept_edges(project: Path | None, origin: Origin, find: Find) -> Pairs:
    """Edges between all films; of what was kept, only what new films change is computed.

    The result is the same whatever the file holds. It is not written where that fails: a project
    may lie on a disk that cannot be written to.

    Parameters
    ----------
    project
        Folder of the project; None = keep nothing.
    origin
    find
        Computes edges of that origin.
    """
    kept = read(project) if project else None
    edges = None if kept is None else _extended(kept, origin, find)
    if edges is None:
        edges, kept = find(None), None
    if project and (kept is None or kept.origin.films != origin.films):
        with suppress(ResultError):
            write(project, KeptEdges(origin, edges))
    return edges


def _extended(kept: KeptEdges, now: Origin, find: Find) -> Pairs | None:
    """Edges as of now from those of before; None where these are of no use."""
    then = kept.origin
    if (then.measure, then.most) != (now.measure, now.most) or then.floor > now.floor:
        return None
    place = _places(now.films)
    before = {key: None for key, _ in then.films if key in place}
    if list(before) != [key for key, _ in now.films if key in before] or not before:
        return None
    row = _moved(then.films, place)
    stays = (row[kept.edges.a] >= 0) & (row[kept.edges.b] >= 0)
    lacking = _lacking(kept, row, stays)
    known = kept.edges.where(stays & ~lacking[kept.edges.a] & ~lacking[kept.edges.b])
    is_new = np.ones(sum(size for _, size in now.films), np.bool_)
    is_new[row[(row >= 0) & ~lacking]] = False
    moved = Pairs(row[known.a], row[known.b], known.evidence)
    found = find(np.flatnonzero(is_new)) if is_new.any() else Pairs.none()
    both = Pairs.join([moved.where(moved.evidence >= now.floor), found])
    return best(both, now.most)


def _places(films: Films) -> dict[str, tuple[int, int]]:
    """First row and number of rows of each film."""
    first = np.cumsum([0, *(size for _, size in films)]).tolist()
    return {key: (at, size) for (key, size), at in zip(films, first, strict=False)}


def _moved(films: Films, place: dict[str, tuple[int, int]]) -> IntArray:
    """Present row of each earlier one, -1 where its film is no longer there."""
    parts = [np.zeros(0, np.int64)]
    for key, size in films:
        at, now = place.get(key, (-1, -1))
        parts.append(np.arange(at, at + size) if now == size else np.full(size, -1))
    return np.concatenate(parts)


def _lacking(kept: KeptEdges, row: IntArray, stays: Bools) -> Bools:
    """Earlier rows that lost an edge and had so many that others were left out.

    Their other edges are not known, so they are compared with all rows again.
    """
    edges, n = kept.edges, len(row)
    ends = np.concatenate([edges.a, edges.b])
    lost = np.bincount(ends[np.tile(~stays, 2)], minlength=n) > 0
    full = np.bincount(ends, minlength=n) >= kept.origin.most
    lacking: Bools = lost & full & (row >= 0)
    return lacking


def read(project: Path) -> KeptEdges | None:
    """What was kept; None if it is missing, damaged or of another version."""
    try:
        arrays = read_npz(project / FILE, {"meta", *_ARRAYS})
        meta = dict(parse_json(arrays["meta"].tobytes()))
        a, b, evidence = (arrays[name] for name in _ARRAYS)
        films = tuple((str(key), int(size)) for key, size in meta["films"])
        if meta["schema"] != SCHEMA or meta["sha256"] != _digest(meta, a, b, evidence):
            return None
        edges = Pairs(a.astype(np.int64), b.astype(np.int64), evidence)
        return KeptEdges(Origin(films, meta["measure"], meta["floor"], meta["most"]), edges)
    except Exception:  # zipfile, zlib, numpy and json raise many kinds
        return None


def write(project: Path, kept: KeptEdges) -> None:
    """Keep edges.

    Raises
    ------
    ResultError
        They cannot be written.
    """
    a, b = kept.edges.a.astype(np.int32), kept.edges.b.astype(np.int32)
    evidence = kept.edges.evidence.astype(np.float64)
    meta: dict[str, object] = {"schema": SCHEMA, **asdict(kept.origin)}
    meta["sha256"] = _digest(meta, a, b, evidence)
    text = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    file = io.BytesIO()
    np.savez(file, meta=text, a=a, b=b, evidence=evidence)
    write_all({project / FILE: file.getvalue()}, private=True, elsewhere="")


def _digest(meta: dict[str, object], *arrays: npt.NDArray[np.generic]) -> str:
    digest = hashlib.sha256()
    facts = {name: value for name, value in meta.items() if name != "sha256"}
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for array in arrays:
        digest.update(array.tobytes())
    return digest.hexdigest()
