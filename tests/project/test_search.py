"""Who is like a face: probabilities worked out by hand, and where the likeness is seen."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.clock import Clock
from clusterer.core.config import Config, EvidenceConfig, LinkConfig
from clusterer.core.errors import ConfigError
from clusterer.core.types import FloatArray, IntArray
from clusterer.people.refinement.likelihood import log_ratio
from clusterer.project.crowd import Crowd
from clusterer.project.project import Project
from clusterer.project.search import Index, Matches
from tests.project import season

EVIDENCE = EvidenceConfig(reliability=((0.0, 0.5), (1.0, 0.5)), spread=0.1, variation=0.35)
CONFIG = replace(Config(), clustering=replace(Config().clustering, evidence=EVIDENCE))
LINK = LinkConfig(shared_look=0.0)
X, Y, Z = np.eye(3, dtype=np.float32)
QUALITY = np.ones(1, np.float32)


def crowd(
    film: Sequence[int], faces: Sequence[FloatArray], looks: Sequence[Sequence[FloatArray]] = ()
) -> Crowd:
    """Rows of one look each, or of several, each of precision 1."""
    given = looks or [[face] for face in faces]
    n = len(film)
    return Crowd(
        film=np.array(film),
        sums=np.array(faces, np.float32),
        precision=np.ones(n, np.float32),
        quality=np.ones(n, np.float32),
        n_looks=np.ones(n, np.int64),
        screen_time_s=np.ones(n),
        looks=np.array([look for own in given for look in own], np.float32),
        look_row=np.repeat(np.arange(n), [len(own) for own in given]),
        look_precision=np.ones(sum(map(len, given)), np.float32),
        cannot_link=np.zeros((0, 2), np.int64),
    )


def labels(*values: int) -> IntArray:
    return np.array(values, np.int64)


def like(
    people: Crowd, of: IntArray, face: FloatArray, link: LinkConfig = LINK, most: int = 10
) -> Matches:
    return Index(people, of, CONFIG, link).like(face[None], QUALITY, most)


def odds(cosine: float) -> float:
    """Of a face and a person of precision 1: the photograph has the reliability 0.5, too."""
    return math.exp(float(log_ratio(cosine, 1.0, 1.0, EVIDENCE)))


def test_people_of_one_film_count_against_each_other() -> None:
    # Two people, each with half of the even odds that it is one of them.
    found = like(crowd([0, 0], [X, Y]), labels(0, 1), X)
    total = 1.0 + (odds(1.0) + odds(0.0)) / 2.0
    assert [each.label for each in found.found] == [0, 1]
    assert found.found[0].probability == pytest.approx(odds(1.0) / 2.0 / total)
    assert found.found[1].probability == pytest.approx(odds(0.0) / 2.0 / total)
    assert found.nobody == pytest.approx(1.0 / total)


def test_people_without_a_film_in_common_may_both_be_the_one() -> None:
    found = like(crowd([0, 1], [X, X]), labels(0, 1), X)
    one = odds(1.0) / 2.0
    assert [each.probability for each in found.found] == pytest.approx([one / (1.0 + one)] * 2)
    assert found.nobody == pytest.approx(1.0 / (1.0 + one))


def test_a_person_of_several_films_is_compared_as_a_whole() -> None:
    # The sum of two rows has the precision 2 and the direction between them.
    found = like(crowd([0, 1], [X, Y]), labels(0, 0), X).found[0]
    assert found.evidence == pytest.approx(
        float(log_ratio(math.sqrt(0.5), 1.0, 2.0, EVIDENCE)), abs=1e-5
    )
    assert found.rows == (0, 1)
    assert found.row_evidence == pytest.approx(
        [math.log(odds(1.0)), min(math.log(odds(0.0)), 0.0)], abs=1e-5
    )


def test_what_a_film_shares_is_no_evidence() -> None:
    sure = like(crowd([0], [X]), labels(0), X).found[0]
    less = like(crowd([0], [X]), labels(0), X, LinkConfig(shared_look=1.0)).found[0]
    assert less.evidence < sure.evidence  # 1 / (1 + 1) of precision, of both


def test_the_look_that_is_most_similar() -> None:
    people = crowd([0, 0], [X, Y], [[Z, X, Y], [Y, Z]])
    found = like(people, labels(0, 1), X).found
    assert [each.looks for each in found] == [(1,), (3,)]
    index = Index(people, labels(0, 1), CONFIG, LINK)
    assert [index.look_of_row(look) for look in (-1, 1, 3, 4)] == [-1, 1, 0, 1]
    in_films = crowd([0, 1], [X, Y], [[Z, X, Y], [Y, Z]])
    index = Index(in_films, labels(0, 1), CONFIG, LINK)
    assert [index.look_of_row(look) for look in (1, 3, 4)] == [1, 0, 1]


def test_a_person_without_looks_has_none() -> None:
    found = like(crowd([0, 0], [X, Y], [[], [Y]]), labels(0, 1), X).found
    assert [each.looks for each in found] == [(-1,), (0,)]


def test_opposite_faces_are_unlikely() -> None:
    found = like(crowd([0], [-X]), labels(0), X).found[0]
    assert found.evidence <= 0.0
    assert found.probability <= 0.5


def test_a_face_that_cannot_be_read_says_nothing() -> None:
    found = like(crowd([0, 0], [X, np.zeros_like(X)]), labels(0, 1), X).found
    assert found[1].label == 1
    assert found[1].probability < 1e-9
    nothing = like(crowd([0, 0], [X, Y]), labels(0, 1), np.zeros_like(X))
    assert all(each.probability < 1e-9 for each in nothing.found)
    assert nothing.nobody == pytest.approx(1.0)


def test_the_most_likely_people_only() -> None:
    people = crowd([0, 0, 0], [Z, X, Y])
    found = like(people, labels(0, 1, 2), X + 0.1 * Y, most=2).found
    assert [each.label for each in found] == [1, 2]


def test_two_photographs_tell_more_than_one() -> None:
    index = Index(crowd([0, 0], [X, Y]), labels(0, 1), CONFIG, LINK)
    face = (X + 0.5 * Z) / np.linalg.norm(X + 0.5 * Z)
    other = (X - 0.5 * Z) / np.linalg.norm(X - 0.5 * Z)
    one = index.like(face[None], QUALITY, 1).found[0]
    both = index.like(np.stack([face, other]), np.ones(2, np.float32), 1).found[0]
    assert both.probability > one.probability


@given(seed=st.integers(0, 10_000), films=st.integers(1, 5), each=st.integers(1, 6))
def test_probabilities_are_of_one_person_in_each_film(seed: int, films: int, each: int) -> None:
    chance = np.random.default_rng(seed)
    n = films * each
    faces = chance.normal(size=(n, 4)).astype(np.float32)
    people = crowd(np.repeat(np.arange(films), each).tolist(), list(faces))
    of = np.unique(chance.integers(0, n, n), return_inverse=True)[1].astype(np.int64)
    found = like(people, of, faces[0] / np.linalg.norm(faces[0]), most=n)
    assert len(found.found) == int(of.max()) + 1
    likely = {match.label: match.probability for match in found.found}
    for film in range(films):
        assert sum(likely[who] for who in set(of[people.film == film].tolist())) <= 1.0 + 1e-9
    assert 0.0 < found.nobody <= 1.0
    assert sorted(row for match in found.found for row in match.rows) == list(range(n))
    values = [match.probability for match in found.found]
    assert values == sorted(values, reverse=True)


def test_distances_of_an_encoder_without_statistics() -> None:
    plain = Config(clustering=replace(Config().clustering, threshold=0.4))
    plain = replace(
        plain,
        analysis=replace(plain.analysis, encoding=replace(plain.analysis.encoding, encoder="dlib")),
    )
    index = Index(crowd([0, 0], [X, Y]), labels(0, 1), plain, LINK)
    found = index.like((0.9 * X)[None], QUALITY, 2).found
    assert [each.label for each in found] == [0, 1]
    assert found[0].probability > 0.9
    assert found[1].probability < 0.1


def test_no_people_are_wanted() -> None:
    index = Index(crowd([0], [X]), labels(0), CONFIG, LINK)
    assert len(index.like(Y[None], QUALITY, 0).found) == 0


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two films with results, with the same two people."""
    return season.of_results(tmp_path / "a.cast")


def test_a_project_is_searched(project: Project) -> None:
    people = project.film_people(1)
    hits = project.like(people.sums[1], 0.9)
    rows = {(row.film, row.id): row.person for row in project.rows}
    assert {hits.hits[0].person, hits.hits[1].person} == {
        f"person-{rows[film, people.ids[1]]}" for film in (1, 2)
    }
    assert hits.hits[0].probability > hits.hits[2].probability
    (seen,) = hits.hits[0].sightings
    result = project.result(seen.film)
    row = project.film_people(seen.film)
    assert seen.name == project.film(seen.film).name
    assert seen.detection in row.look_rows[row.look_person == row.ids.index(seen.person)]
    pts = int(result.analysis.detections.pts[seen.detection])
    assert seen.time_s == result.analysis.video.seconds(pts)
    assert seen.timecode == Clock.of(result.analysis).timecode(pts)
    assert len(hits) == len(list(hits)) == len(project.people)


def test_a_search_follows_the_project(project: Project) -> None:
    face = project.film_people(1).sums[1]
    before = project.like(face)
    one, other = before.hits[:2]
    project.name(one.person, "Anna")
    project.same(one.person, other.person)
    found = project.like(face).hits[0]
    assert found.name == "Anna"
    assert {each.film for each in found.sightings} == {1, 2}
    project.remove(2)
    assert {each.film for hit in project.like(face) for each in hit.sightings} == {1}


def test_an_answer_is_of_one_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    face = project.film_people(1).sums[1]
    before = project.like(face)
    other, people = Project(project.path), project.film_people(1)
    fewer = replace(
        people,
        looks=people.looks[:0],
        look_person=people.look_person[:0],
        look_precision=people.look_precision[:0],
        look_rows=people.look_rows[:0],
    )
    real = Index.like

    def meanwhile(*args: Any) -> Matches:
        other.put_film(other.film(1), fewer)
        return real(*args)

    monkeypatch.setattr(Index, "like", meanwhile)
    assert project.like(face) == before


def test_films_without_a_result_have_no_times(project: Project) -> None:
    shutil.rmtree(project.path / project.film(1).folder)
    hits = project.like(project.film_people(1).sums[0])
    seen = {each.film: each for hit in hits for each in hit.sightings}
    assert math.isnan(seen[1].time_s)
    assert seen[1].timecode == ""
    assert seen[2].timecode


def test_a_project_without_people(tmp_path: Path) -> None:
    hits = Project.create(tmp_path / "a.cast", config=season.CONFIG).like(X)
    assert len(hits) == 0
    assert hits.nobody == 1.0


def test_a_face_by_another_encoder_is_refused(project: Project) -> None:
    with pytest.raises(ConfigError, match=r"numbers, not 7.*by dlib"):
        project.like(np.ones(7, np.float32))
    with pytest.raises(ConfigError):
        project.like(np.zeros((0, 128), np.float32))
