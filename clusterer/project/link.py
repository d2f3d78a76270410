"""Who is the same in different films. Arrays only."""

from __future__ import annotations

import numpy as np

from clusterer.core.config import Config, LinkConfig
from clusterer.project.crowd import Crowd, Decided, Linked
from clusterer.project.doubts import doubts, evidence_of_rows
from clusterer.project.edges import find_edges
from clusterer.project.evidence import Scale
from clusterer.project.impure import impure
from clusterer.project.join import Rules, join
from clusterer.project.neighbours import Pairs
from clusterer.project.types import Scope

NOTHING_DECIDED = Decided((), np.zeros((0, 2), np.int64))


def link(  # noqa: PLR0913 (a project's state)
    crowd: Crowd,
    decided: Decided = NOTHING_DECIDED,
    *,
    scope: Scope = Scope.SEASON,
    config: Config | None = None,
    chosen: LinkConfig | None = None,
    edges: Pairs | None = None,
) -> Linked:
    """Find out who is the same in different films.

    The persons do not depend on the order of the films, nor on whether they came one by one.

    Parameters
    ----------
    crowd
        The people of all films.
    decided
        What reviewers decided.
    scope
    config
        Of the films' results; its encoder made the embeddings. None = the defaults.
    chosen
        None = the defaults.
    edges
        Of `find_edges` for this crowd; None = they are searched.

    Returns
    -------
    Linked
    """
    chosen = chosen or LinkConfig()
    if not len(crowd):
        return Linked(np.zeros(0, np.int64), np.zeros(0))
    scale = Scale.of(config or Config(), chosen)
    if edges is None:
        edges = find_edges(crowd, scale, scope, chosen)
    groups, left = join(Rules.of(crowd, decided, scale, scope, chosen), edges)
    _, labels = np.unique(groups.group, return_inverse=True)
    return Linked(
        labels=labels.astype(np.int64),
        evidence=evidence_of_rows(groups),
        doubts=doubts(groups, left),
        impure=impure(groups),
    )
