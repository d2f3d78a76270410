"""The default method, by hand and against a plain implementation."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import ClusteringConfig
from clusterer.core.types import UNKNOWN, TrackFeatures
from clusterer.people.clustering.cluster_index import ClusterIndex
from clusterer.people.clustering.clusters import Cluster, Tracks
from clusterer.people.clustering.incremental import Incremental, _State
from tests.people.clustering.builder import NO_LINKS, features_of, links, problems

THRESHOLD = 0.36


def labels_of(
    features: TrackFeatures, cannot_link: np.ndarray = NO_LINKS, threshold: float = THRESHOLD,
    min_faces: int = 2,
) -> list[int]:  # fmt: skip
    config = ClusteringConfig(min_faces=min_faces)
    labels: list[int] = (
        Incremental(config, threshold).cluster(features, cannot_link).labels.tolist()
    )
    return labels


def on_a_line(*places: float, **known: object) -> TrackFeatures:
    return features_of([[place, 0.0] for place in places], **known)


def test_a_track_joins_the_average_not_its_nearest_member() -> None:
    # 0.0 and 0.3 average 0.15: 0.5 is 0.2 from the nearer member and 0.35 from the average;
    # then they average 0.27, and 0.64 is 0.37 from it.
    assert labels_of(on_a_line(0.0, 0.3, 0.5, 0.64)) == [0, 0, 0, 1]


def test_good_tracks_weigh_more_in_the_average() -> None:
    # Average 0.2 * 0.9 / (0.1 + 0.9) = 0.18, not 0.1.
    assert labels_of(on_a_line(0.0, 0.2, 0.5, quality=[0.1, 0.9, 0.5])) == [0, 0, 0]
    assert labels_of(on_a_line(0.0, 0.2, 0.5, quality=[0.9, 0.1, 0.5])) == [0, 0, 1]


def test_the_nearest_person_is_joined() -> None:
    assert labels_of(on_a_line(0.0, 0.5, 0.27)) == [0, 1, 1]
    assert labels_of(on_a_line(0.0, 0.5, 0.23)) == [0, 1, 0]


def test_of_two_equally_near_the_earlier_is_joined() -> None:
    assert labels_of(on_a_line(0.5, 0.0, 0.25)) == [0, 1, 0]


def test_beside_the_nearest_the_next_is_joined() -> None:
    assert labels_of(on_a_line(0.0, 0.5, 0.27), links((1, 2))) == [0, 1, 0]


def test_people_whose_averages_converge_are_merged() -> None:
    # 0.25 joins 0.4, whose average comes to 0.325: now under 0.36 from 0.0.
    assert labels_of(on_a_line(0.0, 0.4, 0.25)) == [0, 0, 0]
    assert labels_of(on_a_line(0.0, 0.4, 0.25), links((0, 1))) == [0, 1, 1]


def test_a_held_track_is_retried_once_the_people_are_final() -> None:
    # The single chip comes before any person is near it.
    assert labels_of(on_a_line(0.3, 1.0, 0.0, chips=[1, 5, 5])) == [0, 1, 0]


def test_held_tracks_gather_until_there_are_enough_faces() -> None:
    singles = on_a_line(0.0, 0.01, 0.02, 5.0, chips=1)
    assert labels_of(singles, min_faces=3) == [0, 0, 0, UNKNOWN]
    assert labels_of(singles, min_faces=4) == [UNKNOWN] * 4


def test_held_groups_meet_in_the_end() -> None:
    # 0.0 gathers both 0.25, which takes its average to 0.167: 0.333 from 0.5, at first 0.5.
    features = on_a_line(0.0, 0.5, 0.25, 0.25, chips=1)
    assert labels_of(features, min_faces=4, threshold=0.34) == [0, 0, 0, 0]
    assert labels_of(features, min_faces=4, threshold=0.33) == [UNKNOWN] * 4


def test_a_skipped_held_track_is_retried() -> None:
    # The first is 0.40 from the person and 0.364 from the second, which joins the person and takes
    # its average to (0.2, 0): 0.35 from the first.
    face = [[0.2, 0.35], [0.3, 0.0], [0.0, 0.0]]
    assert labels_of(features_of(face, chips=[1, 1, 5], quality=[0.5, 0.6, 0.3])) == [0, 0, 0]


def test_the_nearest_pair_merges_first_as_averages_stand_then() -> None:
    # -0.30 and -0.38 merge to -0.34. Then 0.0 is 0.34 from them, no more 0.30, and joins 0.32.
    tracks = Tracks(on_a_line(-0.30, -0.38, 0.0, 0.32), NO_LINKS, ClusteringConfig())
    crowd = _State(tracks, THRESHOLD)
    for track in range(4):
        crowd._people.add(crowd._groups.add(tracks.cluster_of([track])))
    assert [person.members for person in crowd.finish()] == [{0, 1}, {2, 3}]


def test_an_unreadable_track_does_not_move_an_average() -> None:
    # 0.3 belongs to 0.5; if it moved that average to 0.4, the next 0.1 would still be nearer to
    # 0.0, but the people would be 0.35 apart and merged.
    assert labels_of(on_a_line(0.0, 0.1, 0.5, 0.3, chips=[5, 5, 5, 0])) == [0, 0, 1, 1]
    assert labels_of(on_a_line(0.0, 0.1, 0.5, 0.3, chips=[5, 5, 5, 2])) == [0, 0, 0, 0]


@given(problem=problems(max_tracks=20), threshold=st.sampled_from([0.1, 0.36, 1.0]))
def test_merging_ends_at_a_fixed_point(
    problem: tuple[TrackFeatures, np.ndarray], threshold: float
) -> None:
    features, pairs = problem
    config = ClusteringConfig()
    labels = Incremental(config, threshold).cluster(features, pairs).labels
    tracks = Tracks(features, pairs, config)
    readable = np.array(tracks.readable, np.int64)
    members = [np.flatnonzero(labels == label) for label in range(labels.max(initial=-1) + 1)]
    people = [tracks.cluster_of(np.intersect1d(rows, readable).tolist()) for rows in members]
    held = [tracks.cluster_of([row]) for row in readable[labels[readable] == UNKNOWN].tolist()]
    for (a, person), (b, other) in combinations(enumerate(people), 2):
        if not tracks.links.forbids_union(set(members[a].tolist()), set(members[b].tolist())):
            assert tracks.distance([person], [other])[0, 0] >= threshold - 1e-6
    for track in held:
        for rows, person in zip(members, people, strict=True):
            if not tracks.links.forbids_union(track.members, set(rows.tolist())):
                assert tracks.distance([track], [person])[0, 0] >= threshold - 1e-6


class Plainly:
    """The method as documented, with every distance recomputed at every step."""

    def __init__(self, tracks: Tracks, threshold: float) -> None:
        self.tracks, self.threshold = tracks, threshold
        self.people: list[Cluster] = []
        self.held: list[Cluster] = []

    def labels(self) -> np.ndarray:
        for track in self.tracks.readable:
            self.place(self.tracks.cluster_of([track]))
        self.merge()
        tried = 0
        while tried < len(self.held):
            group = self.held.pop(0)
            tried = 0 if self.join(group, self.people + self.held) else tried + 1
            if tried:
                self.held.append(group)
            self.merge()
        ambiguous = self.tracks.attach_unreadable(self.people, self.threshold)
        return self.tracks.assignment(self.people, ambiguous).labels

    def place(self, new: Cluster) -> None:
        if self.join(new, self.people):
            return
        if self.tracks.is_person(new):
            self.people.append(new)
        elif not self.join(new, self.held):
            self.held.append(new)

    def join(self, new: Cluster, groups: list[Cluster]) -> bool:
        near = [(self.apart(new, group), k) for k, group in enumerate(groups)]
        if not near or min(near)[0] >= self.threshold:
            return False
        target = groups[min(near)[1]]
        target.absorb(new)
        if target in self.held and self.tracks.is_person(target):
            self.held.remove(target)
            self.people.append(target)
        return True

    def merge(self) -> None:
        while len(self.people) > 1:
            pairs = combinations(range(len(self.people)), 2)
            distance, i, j = min(
                (self.apart(self.people[i], self.people[j]), i, j) for i, j in pairs
            )
            if distance >= self.threshold:
                return
            self.people[i].absorb(self.people.pop(j))

    def apart(self, a: Cluster, b: Cluster) -> float:
        if self.tracks.links.forbids_union(a.members, b.members):
            return np.inf
        return float(self.tracks.distance([a], [b])[0, 0])


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.sampled_from(["l2", "cosine"]))
def test_it_equals_the_plain_implementation(seed: int, min_faces: int, metric: str) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    features = features_of(
        rng.uniform(0.5, 1.5) * rng.uniform(-1, 1, (n, 2)),
        chips=rng.choice([0, 1, 1, 2, 5], n),
        quality=rng.uniform(0, 0.3, n),
    )
    pairs = rng.integers(0, n, (int(rng.integers(0, n)), 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    config = ClusteringConfig(min_faces=min_faces, metric=metric)
    expected = Plainly(Tracks(features, pairs, config), THRESHOLD).labels()
    found = Incremental(config, THRESHOLD).cluster(features, pairs).labels
    np.testing.assert_array_equal(found, expected)


def test_the_index_grows_beyond_its_first_capacity() -> None:
    features = on_a_line(*(float(place) for place in range(300)))
    assert labels_of(features) == list(range(300))


def test_a_removed_cluster_is_near_no_other() -> None:
    tracks = Tracks(on_a_line(0.0, 0.1, 0.2), NO_LINKS, ClusteringConfig())
    groups = ClusterIndex(tracks, THRESHOLD)
    numbers = [groups.add(tracks.cluster_of([track])) for track in range(3)]
    assert [number for _, number in groups.near(groups[0])] == [1, 2]
    groups.remove(1)
    assert [number for _, number in groups.near(groups[0])] == [2]
    assert list(groups) == [numbers[0], numbers[2]]


def test_thousands_of_tracks_need_few_comparisons() -> None:
    """Each track is compared with all groups once, and each change of a group likewise."""
    rng = np.random.default_rng(0)
    n = 1000
    centres = 0.9 * rng.normal(size=(40, 16)) / 4
    face = centres[rng.integers(40, size=n)] + rng.normal(size=(n, 16)) * 0.08
    features = features_of(face, chips=rng.choice([1, 4], n), quality=rng.uniform(0.1, 0.9, n))
    calls = 0

    class Counted(Tracks):
        def scale(self, apart: np.ndarray, poorer: np.ndarray) -> np.ndarray:
            nonlocal calls
            calls += 1
            return super().scale(apart, poorer)

    tracks = Counted(features, NO_LINKS, ClusteringConfig())
    crowd = _State(tracks, THRESHOLD)
    for track in tracks.readable:
        crowd.place(tracks.cluster_of([track]))
    people = crowd.finish()
    assert 20 < len(people) < 400
    assert calls <= 3 * n
