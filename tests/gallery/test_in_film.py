"""Who of a film is like a face, against loops over all tracks, and by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clusterer
from clusterer.core.config import EvidenceConfig, LinkConfig
from clusterer.core.errors import ConfigError, GalleryError
from clusterer.core.types import ClusteringResult, FloatArray
from clusterer.gallery.find import find_track
from clusterer.gallery.in_film import FilmSearch
from clusterer.people.features import pool
from clusterer.people.refinement.likelihood import log_ratio
from tests.result_folder import decided
from tests.small_result import small_analysis

EVIDENCE = EvidenceConfig(reliability=((0.0, 0.5), (1.0, 0.5)), spread=0.1, variation=0.35)
"""A chip has the precision 1, whatever its quality."""
LOOK = LinkConfig().shared_look
X = np.eye(8, dtype=np.float32)


def of(faces: Any, labels: tuple[int, ...] = (0, 1, 0, -1), **chosen: Any) -> ClusteringResult:
    """The small result with these faces, one a track; tracks 0 and 1, 2 and 3 are seen together."""
    chosen.setdefault("evidence", EVIDENCE)
    analysis = replace(small_analysis(), chip_embeddings=np.asarray(faces, np.float32))
    return decided(labels, analysis, **chosen)


def evidence(result: ClusteringResult, tracks: Any, face: FloatArray, look: float) -> float:
    """Evidence that a face is of the person of these tracks, from the formulas alone."""
    config = result.config.clustering.evidence
    analysis = result.analysis
    pools = []
    for track in tracks:
        chips = analysis.chips_of(track)
        quality = analysis.quality.value[analysis.chip_rows[chips]]
        pools.append(pool(analysis.chip_embeddings[chips], quality, config))
    sums = np.sum([one for one, _ in pools], axis=0)
    asked, asked_precision = pool(face[None], np.ones(1, np.float32), config)
    cosine = float(sums @ asked / np.linalg.norm(sums) / np.linalg.norm(asked))
    precisions = [p / (1 + look * p) for p in (asked_precision, sum(p for _, p in pools))]
    return float(log_ratio(max(cosine, 0.0), *precisions, config))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), labels=st.sampled_from([(0, 1, 0, -1), (0, 1, -1, 2)]))
def test_the_order_is_that_of_loops(seed: int, labels: tuple[int, ...]) -> None:
    random = np.random.default_rng(seed)
    faces = random.normal(size=(5, 8)).astype(np.float32)
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    result = of(faces[:4], labels)
    found = FilmSearch(result).like(faces[4])
    everybody = [*result.people, *result.unknowns]
    by_hand = {who.id: evidence(result, who.track_ids, faces[4], LOOK) for who in everybody}
    assert {hit.person: hit.evidence for hit in found} == pytest.approx(by_hand, abs=1e-4)
    odds = {who: math.exp(value) / len(result.people) for who, value in by_hand.items()}
    of_people = sum(odds[who.id] for who in result.people)
    for hit in found:
        rivals = odds[hit.person] if hit.person.startswith("unknown") else of_people
        assert hit.probability == pytest.approx(odds[hit.person] / (1 + rivals), abs=1e-4)
    likely = [hit.probability for hit in found]
    assert likely == sorted(likely, reverse=True)
    for hit in found:
        each = [one.evidence for one in hit.sightings]
        assert each == sorted(each, reverse=True)


def test_the_order_in_the_sample_film_is_that_of_loops(demo: clusterer.Outcome) -> None:
    result = demo.result
    for person in result.people:
        chip = int(result.analysis.chips_of(person.track_ids[0])[0])
        face = result.analysis.chip_embeddings[chip]
        found = FilmSearch(result).like(face, most=100)
        by_hand = {who.id: evidence(result, who.track_ids, face, LOOK) for who in result.people}
        order = sorted(by_hand, key=lambda who: -by_hand[who])
        assert [hit.person for hit in found][:1] == order[:1] == [person.id]
        assert {hit.person: hit.evidence for hit in found} == pytest.approx(by_hand, abs=1e-3)


def test_near_misses_are_marked() -> None:
    found = FilmSearch(of(X[[0, 1, 0, 2]])).like(X[0])
    # As unlike as Person 2, the unknown track has no rival.
    assert [hit.person for hit in found] == ["person-1", "unknown-1", "person-2"]
    assert [hit.is_near_miss for hit in found] == [False, True, True]
    assert len(FilmSearch(of(X[[0, 1, 0, 2]])).like(X[0], most=1)) == 1


def test_where_the_face_is_most_similar() -> None:
    result = of([X[0], X[1], (X[0] + X[3]) / math.sqrt(2), X[2]])
    best = FilmSearch(result).like((X[0] + X[3]) / np.float32(math.sqrt(2))).hits[0]
    assert [each.detection for each in best.sightings] == [5, 0]
    assert best.sightings[0].timecode == "01:00:02:00"
    assert best.sightings[0].time_s == pytest.approx(2.0)
    assert (best.sightings[0].film, best.sightings[0].name) == (0, "small.mp4")


def test_an_unknown_track_stands_alone() -> None:
    found = FilmSearch(of(X[[1, 2, 1, 0]])).like(X[0]).hits[0]
    assert found.person == "unknown-1"
    odds = math.exp(evidence(of(X[[1, 2, 1, 0]]), [3], X[0], LOOK)) / 2
    assert found.probability == pytest.approx(odds / (1 + odds), abs=1e-5)


def test_a_face_of_the_film_without_itself_and_whom_it_meets() -> None:
    result = of(X[[0, 1, 0, 0]])
    hits = find_track(0, result)
    # Person 2 is on screen with it; its own person is found by the other track.
    assert [hit.person for hit in hits] == ["person-1", "unknown-1"]
    assert [len(hit.sightings) for hit in hits] == [1, 1]
    assert hits.hits[0].evidence == pytest.approx(evidence(result, [2], X[0], 0.0), abs=1e-5)
    assert [hit.person for hit in find_track(3, result)] == ["person-2"]


def test_encoders_without_statistics_go_by_distance() -> None:
    result = of(X[[0, 1, 0, 2]], evidence=EvidenceConfig())
    found = FilmSearch(result).like(X[0])
    assert found.hits[0].person == "person-1"
    assert found.hits[0].probability > 0.9
    assert all(hit.is_near_miss for hit in found.hits[1:])


def test_nobody_to_find() -> None:
    result = of(X[[0, 1, 0, 2]])
    empty = replace(result, people=(), unknowns=())
    found = FilmSearch(empty).like(X[0])
    assert (len(found), found.nobody) == (0, 1.0)


def test_hidden_people_are_found_and_what_is_no_face_is_not() -> None:
    result = of(X[:4])
    editor = clusterer.Editor(result)
    amended = clusterer.amend(result, [editor.hide("Person 1"), editor.not_a_face([3])])
    assert {hit.person for hit in FilmSearch(amended).like(X[0])} == {"person-1", "person-2"}


def test_what_makes_no_sense() -> None:
    search = FilmSearch(of(X[:4]))
    with pytest.raises(ConfigError, match="a face of the film is 8 numbers, not 4"):
        search.like(np.ones(4))
    for track in (-1, 4):
        with pytest.raises(ConfigError, match="There is no track"):
            search.like_track(track)
    own = replace(of(X[:4]), config=of(X[:4]).config)
    FilmSearch(own).check_encoder({"a.onnx": "ab"})  # built-in ones go by their name
    analysis = replace(
        own.config.analysis, encoding=replace(own.config.analysis.encoding, encoder="onnx:a.onnx")
    )
    changed = replace(own, config=replace(own.config, analysis=analysis))
    with pytest.raises(GalleryError, match="is not the file any more"):
        FilmSearch(changed).check_encoder({"onnx:a.onnx": "cd"})
