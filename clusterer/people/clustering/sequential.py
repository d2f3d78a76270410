"""The sequential rule of the program that preceded this one, kept for comparison."""

from __future__ import annotations

import numpy as np

from clusterer.core.config import ClusteringConfig
from clusterer.core.distance import between
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.clustering.base import Assignment
from clusterer.people.clustering.clusters import Cluster, Tracks


class Sequential:
    """Order-dependent grouping by distance to each person's unweighted average embedding.

    The rule of `compare_with_known_persons` and `compare_with_unknown_faces` in
    ``unknown_face_classifier/face_classifier.py`` of the public repository ``ukayzm/opencv`` (its
    threshold: 0.44), reimplemented. In time order, a face joins the person with the nearest
    average, if below the threshold, and updates it. Otherwise it is compared with the held unknown
    faces: if the nearest is below the threshold, the two become a person, else the face is held
    too. Nothing is merged or retried.

    Here a track with at least `min_faces` readable chips becomes a person on its own; matching
    tracks with fewer are held together until they have that many. Tracks without a readable chip
    join last, as in every method. With tracks of one readable face each and `min_faces` of 2 this
    is exactly the original rule, except that people and held faces with a cannot-link are skipped.
    (The original processes the faces of a frame in its detector's order; here they are ordered as
    in all methods.)

    Parameters
    ----------
    config
        Metric and `min_faces`. Quality only decides which chips are readable, and matters in the
        final steps that all methods share.
    threshold
        Largest distance between a track and an average, in the metric's unit.
    """

    def __init__(self, config: ClusteringConfig, threshold: float) -> None:
        self._config = config
        self._threshold = threshold

    def cluster(self, features: TrackFeatures, cannot_link: IntArray) -> Assignment:
        """Group tracks into people; see `Clusterer.cluster`."""
        tracks = Tracks(features, cannot_link, self._config)
        people: list[Cluster] = []
        held: list[Cluster] = []
        for track in tracks.readable:
            new = Cluster({track}, tracks.face[track], 1.0, float(features.quality[track]))
            nearest = self._nearest(new, people, tracks)
            if nearest is not None:
                people[nearest].absorb(new)
                continue
            match = None if tracks.is_person(new) else self._nearest(new, held, tracks)
            if match is not None:
                held[match].absorb(new)
                new = held.pop(match)
            (people if tracks.is_person(new) else held).append(new)
        ambiguous = tracks.attach_unreadable(people, self._threshold)
        return tracks.assignment(people, ambiguous)

    def _nearest(self, new: Cluster, others: list[Cluster], tracks: Tracks) -> int | None:
        """Position of the nearest allowed cluster below the threshold; ties to the earlier."""
        allowed = [
            i
            for i, other in enumerate(others)
            if not tracks.links.forbids_union(new.members, other.members)
        ]
        if not allowed:
            return None
        centroids = np.array([others[i].centroid for i in allowed])
        distance = between(new.centroid[None], centroids, self._config.metric)[0]
        nearest = int(np.argmin(distance))
        return allowed[nearest] if distance[nearest] < self._threshold else None
