"""Pairs of people of different films who may be one person: the edges of a sparse graph."""

from __future__ import annotations

import math

from clusterer.core.config import LinkConfig
from clusterer.core.types import IntArray
from clusterer.project.crowd import Crowd
from clusterer.project.evidence import Products, Scale
from clusterer.project.neighbours import Pairs, best, find_pairs
from clusterer.project.types import Scope


def least_asked(scope: Scope, link: LinkConfig) -> float:
    """Least evidence beyond the odds at which a reviewer is asked."""
    return link.ask_in_archive if scope is Scope.ARCHIVE else link.ask


def floor_of(n_people: int, scope: Scope, link: LinkConfig) -> float:
    """Least evidence of an edge: what may be asked about, by the best odds of any two films.

    Parameters
    ----------
    n_people
        Of all films.
    scope, link
    """
    best_odds = math.log(n_people if scope is Scope.ARCHIVE else 2.0)
    return max(least_asked(scope, link) + best_odds, 0.0)


def find_edges(  # noqa: PLR0913 (the same as of `link`, and what is known)
    crowd: Crowd,
    scale: Scale,
    scope: Scope,
    link: LinkConfig,
    *,
    known: Pairs | None = None,
    new: IntArray | None = None,
) -> Pairs:
    """Find the edges between all rows, or those that new rows add to known ones.

    Of each row, the best candidates are kept, and so is what is among the best of the other row.

    Parameters
    ----------
    crowd, scale, scope, link
    known
        Edges among the rows that are not new; None = none were found before.
    new : array of shape (r,), int64, ascending
        Rows that no known edge concerns; None = all.

    Returns
    -------
    edges in order; the same whether the films came at once or one after the other
    """
    floor = floor_of(len(crowd), scope, link)
    products = Products.of(scale.pools(crowd.sums, crowd.precision), scale)
    found = find_pairs(products, crowd.film, floor, link.candidates, new)
    if known is None or not len(known):
        return found
    return best(Pairs.join([known.where(known.evidence >= floor), found]), link.candidates)
