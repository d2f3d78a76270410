"""The ancestor's rule, kept for comparison: what came first decides."""

from __future__ import annotations

import numpy as np

from clusterer.core.config import ClusteringConfig
from clusterer.core.distance import between
from clusterer.core.types import IntArray, TrackFeatures
from clusterer.people.clustering.base import Assignment
from clusterer.people.clustering.people import Person, Tracks


class Sequential:
    """Order-dependent grouping by distance to each person's plain average encoding.

    The rule of `compare_with_known_persons` and `compare_with_unknown_faces` in
    ``unknown_face_classifier/face_classifier.py`` of the public repository ``ukayzm/opencv`` (its
    threshold: 0.44), read there and written anew. In time order, a face joins the person whose
    average is nearest, if that lies under the threshold, and the average moves. Otherwise the
    nearest of the held unknown faces is looked for; under the threshold, the two found a person,
    else the face is held too. Averages are plain means; nothing is merged or tried again.

    Here a track takes the place of a face, and counts as its readable chips: so one that holds
    `min_faces` of them founds a person alone, and held ones that match are held together until
    they do. Tracks without a readable chip join last, as in every method. With tracks of one
    readable face each and `min_faces` of 2 it is the ancestor's rule to the letter, but that a
    person or held face that a cannot-link forbids is passed over. (The ancestor leaves the order
    of the faces of one frame to its detector; here it is that of all methods.)

    Parameters
    ----------
    config
        Metric, and what makes a person. Quality is not looked at, except where it says which
        chips are readable and in what all methods end with.
    threshold
        Largest distance between a track and an average, in the metric's unit.
    """

    def __init__(self, config: ClusteringConfig, threshold: float) -> None:
        self._config = config
        self._threshold = threshold

    def cluster(self, features: TrackFeatures, cannot_link: IntArray) -> Assignment:
        """Group tracks into people; see `Clusterer.cluster`."""
        tracks = Tracks(features, cannot_link, self._config)
        people: list[Person] = []
        held: list[Person] = []
        for track in tracks.readable:
            new = Person({track}, tracks.face[track], 1.0, float(features.quality[track]))
            near = self._nearest(new, people, tracks)
            if near is not None:
                people[near].absorb(new)
                continue
            match = None if tracks.founds(new) else self._nearest(new, held, tracks)
            if match is not None:
                held[match].absorb(new)
                new = held.pop(match)
            (people if tracks.founds(new) else held).append(new)
        ambiguous = tracks.attach_unreadable(people, self._threshold)
        return tracks.assignment(people, ambiguous)

    def _nearest(self, new: Person, others: list[Person], tracks: Tracks) -> int | None:
        """Position of the nearest that is allowed and under the threshold; ties to the earlier."""
        free = [
            i
            for i, o in enumerate(others)
            if not tracks.links.forbids_union(new.members, o.members)
        ]
        if not free:
            return None
        centroids = np.array([others[i].centroid for i in free])
        distance = between(new.centroid[None], centroids, self._config.metric)[0]
        nearest = int(np.argmin(distance))
        return free[nearest] if distance[nearest] < self._threshold else None
