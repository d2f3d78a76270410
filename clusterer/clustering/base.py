"""What a clustering method is, and the registry of those there are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

import numpy as np
import numpy.typing as npt

from clusterer.config import ClusteringConfig
from clusterer.errors import ConfigError
from clusterer.types import IntArray, TrackFeatures

METHODS = {
    "agglomerative": "clusterer.clustering.agglomerative:Agglomerative",
    "hdbscan": "clusterer.clustering.hdbscan:Hdbscan",
    "incremental": "clusterer.clustering.incremental:Incremental",
    "sequential": "clusterer.clustering.sequential:Sequential",
}
"""Name → ``module:class``; a method is imported when it is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Which person each track belongs to.

    Attributes
    ----------
    labels : array of shape (t,), int64; people from 0 in order of their first track, -1 = unknown
    ambiguous : array of shape (t,), bool; unknown because two people were about equally near, or
        because the only near person was seen beside it
    """

    labels: IntArray
    ambiguous: npt.NDArray[np.bool_]


class Clusterer(Protocol):
    """One way to group tracks. Never puts a cannot-link pair into one group."""

    def __init__(self, config: ClusteringConfig, threshold: float) -> None: ...

    def cluster(self, features: TrackFeatures, cannot_link: IntArray) -> Assignment:
        """Group tracks into people.

        Parameters
        ----------
        features : t tracks
        cannot_link : array of shape (m, 2), int64, pairs of rows of `features`

        Returns
        -------
        Assignment of the t tracks. Permuting the tracks permutes it and changes nothing else.
        """
        ...


def names() -> tuple[str, ...]:
    """Names of all methods, sorted."""
    return tuple(sorted(METHODS))


def create(config: ClusteringConfig, threshold: float) -> Clusterer:
    """Make the method that the configuration names.

    Parameters
    ----------
    config
        Method, metric and what makes a person.
    threshold
        Largest distance within a person, in the metric's unit.

    Raises
    ------
    ConfigError
        There is no method of that name.
    """
    if config.method not in METHODS:
        raise ConfigError(f"unknown method {config.method!r}", f"Known: {', '.join(names())}")
    module, _, name = METHODS[config.method].partition(":")
    clusterer: type[Clusterer] = getattr(import_module(module), name)
    return clusterer(config, threshold)
