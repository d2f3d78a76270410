"""Nobody is joined with somebody of a film made before; a project made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.config import Config, LinkConfig
from clusterer.core.errors import ConfigError, ProjectError
from clusterer.project import database, records
from clusterer.project.crowd import UNDATED, Crowd, Dates, Decided, FilmPeople
from clusterer.project.link import link
from clusterer.project.names import FILE
from clusterer.project.project import Project
from clusterer.project.snapshot import NOT_BEFORE
from tests.project.crowds import CONFIG, directions, film_of, films
from tests.project.season import CONFIG as OF_SEASON
from tests.project.season import film

CHOSEN = LinkConfig(min_looks=2)
NOBODY = np.zeros((0, 2), np.int64)


def of_axes(*axes: int) -> FilmPeople:
    """A film in which people with these faces are seen."""
    keys = tuple((f"{i}@1,2,3,4",) for i in range(len(axes)))
    return replace(film_of(directions(*axes), [8] * len(axes)), anchors=keys)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """e1, e2 and e3, each with the same two people: Person 1 and Person 2."""
    config = Config(OF_SEASON.analysis, CONFIG.clustering)
    made = Project.create(tmp_path / "a.cast", config=config, link=CHOSEN)
    for number in (1, 2, 3):
        made.put_film(film(number), of_axes(0, 1))
    made.link()
    assert films_of(made) == {"Person 1": (1, 2, 3), "Person 2": (1, 2, 3)}
    return made


def films_of(project: Project) -> dict[str, tuple[int, ...]]:
    return {who.name: who.films for who in project}


def test_nobody_is_joined_with_somebody_of_an_earlier_film(tmp_path: Path) -> None:
    """Anna, born 1960, is named in the film of 1990; that of 1950 shows somebody like her."""
    config = Config(OF_SEASON.analysis, CONFIG.clustering)
    made = Project.create(tmp_path / "a.cast", config=config, link=CHOSEN)
    made.put_film(film(3), replace(of_axes(0, 1), names=("Anna", "")))
    made.put_film(film(1), of_axes(0, 1))
    made.put_film(film(2), of_axes(0, 1))
    made.link()
    assert films_of(made) == {"Anna": (2, 3, 1), "Person 2": (2, 3, 1)}
    made.set_dates({"e1.mp4": "1950", "e2": "1990-06"}, {"Anna": "1960"})
    assert films_of(made) == {
        "Anna": (1,),
        "Person 2": (2, 3, 1),
        "Person 3": (2,),
        "Person 4": (3,),
    }
    assert made.too_early == ()
    asked = {frozenset((doubt.person_a, doubt.person_b)) for doubt in made.doubts}
    anna, _, early, late = sorted(made, key=lambda who: who.name)
    assert frozenset((anna.id, late.id)) in asked, "she is like both, who are two people"
    assert frozenset((anna.id, early.id)) not in asked, "that is certain"
    made.set_dates(people={"ANNA": ""})
    assert films_of(made)["Anna"] == (2, 3, 1)


def test_what_a_reviewer_says_stays_and_is_said_to_be_too_early(project: Project) -> None:
    project.name("Person 1", "Anna")  # confirms her in all three films
    project.set_dates({"e1.mp4": "1950", "e2.mp4": "1990"}, {"anna": "1960-04-30"})
    assert films_of(project)["Anna"] == (1, 2, 3)
    assert [(who.name, made.name) for who, made in project.too_early] == [("Anna", "e1.mp4")]


def test_unknown_dates_and_dates_in_the_same_year_allow_everything(project: Project) -> None:
    before = films_of(project)
    project.set_dates({"e1.mp4": "1960"}, {"Person 1": "1960-12-31", "Nobody": "2000"})
    assert films_of(project) == before
    assert project.too_early == ()


def test_dates_are_kept(project: Project) -> None:
    project.set_dates({"e1.mp4": "1950"}, {"Anna": "1960"})
    project.set_dates({"e2.mp4": "1951"}, {"Ben": "1970"})
    now = Project(project.path).snapshot()
    assert sorted(now.film_dates.values()) == ["1950", "1951"]
    assert now.not_before == {"Anna": "1960", "Ben": "1970"}
    change = project.snapshot().change
    project.set_dates({"e2.mp4": "1951"}, {"Ben": "1970"})
    assert project.snapshot().change == change, "nothing to write"


@pytest.mark.parametrize(
    ("of_films", "people", "why"),
    [
        ({"e9.mp4": "1950"}, {}, "There is no film 'e9.mp4'"),
        ({"e1.mp4": "soon"}, {}, "'soon' is not a date. Write 1965"),
        ({}, {"Anna": "1965-13"}, "'1965-13' is not a date"),
    ],
)
def test_what_is_no_film_or_date_changes_nothing(
    project: Project, of_films: dict[str, str], people: dict[str, str], why: str
) -> None:
    change = project.snapshot().change
    with pytest.raises(ConfigError, match=why):
        project.set_dates(of_films, people)
    assert project.snapshot().change == change


@pytest.mark.parametrize("text", ["[1]", '{"Anna": "soon"}', "x"])
def test_damaged_dates_are_one_line(project: Project, text: str) -> None:
    with database.writing(project.path / FILE) as connection:
        records.put_meta(connection, NOT_BEFORE, text)
    with pytest.raises(ProjectError, match="is damaged"):
        _ = project.too_early


@settings(max_examples=25, deadline=None)
@given(films(), st.data())
def test_no_person_is_in_a_film_too_early(
    made: tuple[FilmPeople, ...], data: st.DataObject
) -> None:
    crowd = Crowd.of(made)
    day = np.array(data.draw(st.lists(st.sampled_from([10, 20, 30, UNDATED]), min_size=len(made),
                                      max_size=len(made))))  # fmt: skip
    rows = data.draw(st.lists(st.integers(0, len(crowd) - 1), max_size=3, unique=True))
    since = np.array(data.draw(st.lists(st.sampled_from([0, 15, 25]), min_size=len(rows),
                                        max_size=len(rows))), np.int64)  # fmt: skip
    dates = Dates(day[crowd.film].astype(np.int64), since)
    decided = Decided(tuple((row,) for row in sorted(rows)), NOBODY, dates=dates)
    labels = link(crowd, decided, config=CONFIG, chosen=CHOSEN).labels
    for (row,), first in zip(decided.groups, since.tolist(), strict=True):
        others = np.flatnonzero(labels == labels[row])
        assert all(day[crowd.film[one]] >= first for one in others.tolist() if one != row)
