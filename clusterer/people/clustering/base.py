"""The protocol of clustering methods, and their registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from clusterer.core.config import ClusteringConfig
from clusterer.models.registry import Entry, Registry

if TYPE_CHECKING:  # listing the names needs no NumPy
    import numpy as np
    import numpy.typing as npt

    from clusterer.core.types import IntArray, TrackFeatures

METHODS = Registry(
    "method",
    "cluster_video.methods",
    Entry,
    {
        "agglomerative": Entry(
            "clusterer.people.clustering.agglomerative:Agglomerative",
            summary="average linkage",
        ),
        "hdbscan": Entry(
            "clusterer.people.clustering.hdbscan:Hdbscan",
            extra="hdbscan",
            library="hdbscan",
            summary="HDBSCAN, by density",
        ),
        "incremental": Entry(
            "clusterer.people.clustering.incremental:Incremental",
            summary="the clearest faces first, each to the nearest average",
        ),
        "sequential": Entry(
            "clusterer.people.clustering.sequential:Sequential",
            summary="in order of time, each to the nearest average",
        ),
    },
)
"""The class takes a `ClusteringConfig` and a threshold."""


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """The person of each track.

    Attributes
    ----------
    labels : array of shape (t,), int64; people from 0 in order of their first track, -1 = unknown
    ambiguous : array of shape (t,), bool; unknown because two people were about equally near, or
        because the only near person is seen in the same frame
    """

    labels: IntArray
    ambiguous: npt.NDArray[np.bool_]


class Clusterer(Protocol):
    """One way to group tracks. Never puts a cannot-link pair into one group."""

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


names = METHODS.names


def installed() -> tuple[str, ...]:
    """Names of the built-in methods whose libraries are installed, sorted."""
    return tuple(sorted(name for name, entry in METHODS.built_in.items() if entry.is_installed))


def create(config: ClusteringConfig, threshold: float) -> Clusterer:
    """Make the configured method.

    Parameters
    ----------
    config
        Method, metric and `min_faces`.
    threshold
        Largest distance within a person, in the metric's unit.

    Raises
    ------
    ConfigError
        There is no method of that name.
    DependencyError
        It needs a library that is not installed, or is a plug-in that cannot be loaded.
    """
    clusterer: Clusterer = METHODS.create(config.method, config, threshold)
    return _PlugIn(config.method, clusterer) if METHODS.has_plug_in(config.method) else clusterer


class _PlugIn:
    """A method of another package; errors name it, and what it returns is checked."""

    def __init__(self, name: str, clusterer: Any) -> None:
        self._name, self._clusterer = name, clusterer

    def cluster(self, features: TrackFeatures, cannot_link: IntArray) -> Assignment:
        """As `Clusterer.cluster`; PlugInError where it fails or breaks that contract."""
        with METHODS.running(self._name):
            found = self._clusterer.cluster(features, cannot_link)
        if not isinstance(found, Assignment):
            raise METHODS.failure(self._name, f"returned no Assignment, but {type(found).__name__}")
        shape = (len(features.track_ids),)
        METHODS.check_array(self._name, found.labels, "int64", shape)
        METHODS.check_array(self._name, found.ambiguous, "bool", shape)
        people = [label for label in found.labels.tolist() if label != -1]
        if list(dict.fromkeys(people)) != list(range(len(set(people)))):
            raise METHODS.failure(self._name, "does not number people from 0 by first track")
        labels = found.labels[cannot_link]
        if ((labels[:, 0] == labels[:, 1]) & (labels[:, 0] != -1)).any():
            raise METHODS.failure(self._name, "joins two tracks that are certainly two people")
        return found
