"""What a clustering method is, and the registry of those there are."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from clusterer.core.config import ClusteringConfig
from clusterer.core.errors import ConfigError
from clusterer.models.registry import load_class

if TYPE_CHECKING:  # names of methods are listed without NumPy
    import numpy as np
    import numpy.typing as npt

    from clusterer.core.types import IntArray, TrackFeatures

METHODS = {
    "agglomerative": "clusterer.people.clustering.agglomerative:Agglomerative",
    "hdbscan": "clusterer.people.clustering.hdbscan:Hdbscan",
    "incremental": "clusterer.people.clustering.incremental:Incremental",
    "sequential": "clusterer.people.clustering.sequential:Sequential",
}
"""Name → ``module:class``; a method is imported when it is asked for."""

EXTRAS = {"hdbscan": "hdbscan"}
"""Name → library that the method needs, and extra of this package of that name."""


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


def installed() -> tuple[str, ...]:
    """Names of the methods whose library, if they need one of an extra, is there; sorted."""
    return tuple(name for name in names() if name not in EXTRAS or find_spec(EXTRAS[name]))


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
    DependencyError
        It needs a library that is not installed.
    """
    if config.method not in METHODS:
        raise ConfigError(f"unknown method {config.method!r}", f"Known: {', '.join(names())}")
    clusterer: type[Clusterer] = load_class(METHODS[config.method], EXTRAS.get(config.method, ""))
    return clusterer(config, threshold)
