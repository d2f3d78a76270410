"""Pairs of people of different films who may be one person: exact, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from clusterer.core.cores import usable_cores
from clusterer.core.types import FloatArray, IntArray

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ROWS, COLUMNS = 1024, 4096
"""Of one product: 16 MiB of single precision for each core that works."""
HELD = 2_000_000
"""Pairs that are held before the best of each row are chosen: 24 bytes each, and the sorting."""
GATHERED = 65_536
"""Pairs whose products are computed anew at a time."""
SLACK_PRODUCT, SLACK_EVIDENCE = 1e-5, 0.1
"""What a product in single precision may be wrong by, and the evidence that follows from it. What
is not certainly too little is computed again in double precision, so that neither the blocks nor
the number of cores change a result."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of rows, sorted by `a`, then `b`.

    Attributes
    ----------
    a, b : arrays of shape (m,), int64; a < b
    evidence : array of shape (m,), float64
    """

    a: IntArray
    b: IntArray
    evidence: Floats

    def __len__(self) -> int:
        return len(self.a)

    @classmethod
    def none(cls) -> Pairs:
        """No pairs."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))

    def where(self, chosen: Bools | IntArray) -> Pairs:
        """Some of them, by a mask or by position."""
        return Pairs(self.a[chosen], self.b[chosen], self.evidence[chosen])

    def in_order(self) -> Pairs:
        """The same, sorted."""
        return self.where(np.lexsort((self.b, self.a)).astype(np.int64))

    @classmethod
    def join(cls, parts: list[Pairs]) -> Pairs:
        """All pairs of several, in the order given."""
        if not parts:
            return cls.none()
        return cls(
            np.concatenate([each.a for each in parts]),
            np.concatenate([each.b for each in parts]),
            np.concatenate([each.evidence for each in parts]),
        )


class Measure(Protocol):
    """How rows are compared: by the product of two vectors."""

    @property
    def left(self) -> FloatArray:
        """Shape (n, k), float32."""

    @property
    def right(self) -> FloatArray:
        """Shape (n, k), float32; ``left[a] @ right[b]`` is the product of rows a and b."""

    @property
    def usable(self) -> Bools:
        """Shape (n,), whether a row can be compared."""

    def least(self, floor: float) -> float:
        """Product below which the evidence is less than `floor`, or means nothing."""

    def evidence(self, product: npt.NDArray[np.floating], a: IntArray, b: IntArray) -> Floats:
        """Evidence that the rows are one person; all arrays of shape (m,)."""


def find_pairs(
    measure: Measure,
    film: IntArray,
    floor: float,
    most: int,
    new: IntArray | None = None,
) -> Pairs:
    """All pairs of different films whose evidence is at least a floor, the best of each row.

    Every pair is compared, in blocks, on all usable cores. A pair is kept if it is one of the
    `most` best of either row; ties go to the pair with the smaller other row. So pairs that were
    found before, together with those of new rows, give after `best` what all rows at once give.

    Parameters
    ----------
    measure : of n rows
    film : array of shape (n,), int64
    floor
    most
        At least 1.
    new : array of shape (r,), int64, ascending
        Only pairs with at least one of these rows; None = all pairs.
    """
    rows = np.flatnonzero(measure.usable)
    is_new = np.ones(len(film), np.bool_)
    if new is not None:
        is_new[:] = False
        is_new[new] = True
    search = _Search(measure, film, floor, most, rows, is_new)
    with threadpool_limits(limits=1, user_api="blas"):
        return _best_of(search.everywhere(usable_cores()), most)


def _best_of(found: Iterable[Pairs], most: int) -> Pairs:
    """As `best` of all, without holding them all."""
    parts: list[Pairs] = []
    held, limit = 0, HELD
    for each in found:
        parts.append(each)
        held += len(each)
        if held > limit:
            parts = [best(Pairs.join(parts), most)]
            held = len(parts[0])
            limit = max(HELD, 2 * held)
    return best(Pairs.join(parts), most)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """Finds the pairs of one block of rows.

    Attributes
    ----------
    measure, film, floor, most
        As of `find_pairs`.
    rows : array of shape (u,), the usable rows, ascending
    is_new : array of shape (n,)
    """

    measure: Measure
    film: IntArray
    floor: float
    most: int
    rows: IntArray
    is_new: Bools

    def everywhere(self, cores: int) -> Iterator[Pairs]:
        """The pairs of all new rows, some rows at a time; in order, whatever the cores."""
        new = self.rows[self.is_new[self.rows]]
        blocks = [new[start : start + ROWS] for start in range(0, len(new), ROWS)]
        with ThreadPoolExecutor(cores) as threads:
            for start in range(0, len(blocks), cores):
                yield from threads.map(self.of_block, blocks[start : start + cores])

    def of_block(self, block: IntArray) -> Pairs:
        """The best pairs of these rows and old ones, or later new ones."""
        return _best_of(self._look(block), self.most)

    def _look(self, block: IntArray) -> Iterator[Pairs]:
        left = self.measure.left[block]
        least = self.measure.least(self.floor) - SLACK_PRODUCT
        for start in range(0, len(self.rows), COLUMNS):
            columns = self.rows[start : start + COLUMNS]
            if columns[-1] <= block[0] and self.is_new[columns].all():
                continue
            products = left @ self.measure.right[columns].T
            at = np.flatnonzero(products >= least)
            i, j = np.divmod(at, len(columns))
            yield self._kept(block[i], columns[j], products.reshape(-1)[at])

    def _kept(self, first: IntArray, second: IntArray, products: FloatArray) -> Pairs:
        wanted = self.film[first] != self.film[second]
        wanted &= (second > first) | ~self.is_new[second]
        first, second, products = first[wanted], second[wanted], products[wanted]
        a, b = np.minimum(first, second), np.maximum(first, second)
        near = self.measure.evidence(products, a, b) >= self.floor - SLACK_EVIDENCE
        a, b = a[near], b[near]
        exact = products_of(self.measure, a, b)
        evidence = self.measure.evidence(exact, a, b)
        enough = (evidence >= self.floor) & (exact >= self.measure.least(self.floor))
        return Pairs(a[enough], b[enough], evidence[enough])


def products_of(measure: Measure, a: IntArray, b: IntArray) -> Floats:
    """Products of pairs, in double precision; the same for a pair whatever the others.

    Parameters
    ----------
    measure
    a, b : arrays of shape (m,), rows

    Returns
    -------
    array of shape (m,), float64
    """
    product = np.zeros(len(a))
    for start in range(0, len(a), GATHERED):
        part = slice(start, start + GATHERED)
        left = measure.left[a[part]].astype(np.float64)
        product[part] = (left * measure.right[b[part]]).sum(axis=1)
    return product


def best(pairs: Pairs, most: int) -> Pairs:
    """The pairs that are among the `most` best of either row, in order.

    What is left out is among them for neither row and so changes the rank of none that stays:
    choosing again after adding pairs gives the same as choosing once.

    Parameters
    ----------
    pairs : each once
    most
        At least 1; ties go to the smaller other row.
    """
    if not len(pairs):
        return Pairs.none()
    row = np.concatenate([pairs.a, pairs.b])
    other = np.concatenate([pairs.b, pairs.a])
    evidence = np.concatenate([pairs.evidence, pairs.evidence])
    order = np.lexsort((other, -evidence, row))
    sorted_row = row[order]
    starts = np.flatnonzero(np.diff(sorted_row, prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    chosen = np.zeros(len(pairs), np.bool_)
    chosen[order[rank < most] % len(pairs)] = True
    return pairs.where(chosen).in_order()
