"""Names of a list in the films of a project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clusterer.core.errors import CastListError, ConfigError
from clusterer.gallery import name_project_by_list
from clusterer.project.export import export_project
from clusterer.project.project import Project
from tests.project.season import copied, of_results


@pytest.fixture(scope="module")
def two_films(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """e1.mp4 and e2.mp4, each the small result; do not change it."""
    return of_results(tmp_path_factory.mktemp("listed") / "season.cast")


@pytest.fixture
def season(two_films: Project, tmp_path: Path) -> Project:
    return copied(two_films, tmp_path / "season.cast")


def cast(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "cast.csv"
    path.write_text("\n".join(("name,film,start_frame,end_frame,born", *rows)))
    return path


ANNA = ("Anna,e1.mp4,0,21,1960", "Anna,e1,50,100,", "ANNA,e2.mp4,0,21,", "Anna,e2.mp4,50,100,")


def who(project: Project) -> dict[str, tuple[int, ...]]:
    return {each.name: each.films for each in project if not each.name.startswith("Person")}


def test_names_in_several_films_are_one_person(season: Project, tmp_path: Path) -> None:
    naming = name_project_by_list(season, cast(tmp_path, *ANNA, "Ben,e2.mp4,0,11,"))
    assert who(season) == {"Anna": (1, 2), "Ben": (2,)}
    assert list(naming.films) == ["e1.mp4", "e2.mp4"]
    assert naming.notes == ()
    assert season.snapshot().not_before == {"Anna": "1960-01-01"}


def test_a_film_is_named_in_every_way_in_which_a_project_finds_it(
    season: Project, tmp_path: Path
) -> None:
    source = season.film("e1").source
    assert source != "e1.mp4"
    name_project_by_list(
        season, cast(tmp_path, f"Anna,{source},0,21,", f"Anna,{source},50,100,", "Ben,E2,0,11,")
    )
    assert who(season) == {"Anna": (1,), "Ben": (2,)}


def test_nobody_is_named_in_a_film_made_before(season: Project, tmp_path: Path) -> None:
    naming = name_project_by_list(season, cast(tmp_path, *ANNA), {"e1.mp4": "1959", "e2": "1960"})
    assert who(season) == {"Anna": (2,)}
    assert list(naming.films) == ["e2.mp4"]


def test_there_and_back(season: Project, tmp_path: Path) -> None:
    other = Project(Path(shutil.copytree(season.path, tmp_path / "other.cast")))
    name_project_by_list(season, cast(tmp_path, *ANNA, "Ben,e2.mp4,0,11,"))
    ((_, table),) = [
        (name, content)
        for batch in export_project(season, ["srt"]).batches
        for name, content in batch.files.items()
        if name.endswith(".cast.appearances.csv")
    ]
    path = tmp_path / "season.csv"
    path.write_bytes(table)
    name_project_by_list(other, path)
    assert who(other) == who(season)


def test_times_must_say_of_which_film(season: Project, tmp_path: Path) -> None:
    with pytest.raises(CastListError, match="does not say of which film its times are"):
        name_project_by_list(season, cast(tmp_path, "Anna,,0,21,"))
    with pytest.raises(ConfigError, match="There is no film 'e9'"):
        name_project_by_list(season, cast(tmp_path, "Anna,e9,0,21,"))
    assert who(season) == {}


def test_dates_alone_name_nobody(season: Project, tmp_path: Path) -> None:
    naming = name_project_by_list(season, cast(tmp_path, "Anna,,,,1960"))
    assert (dict(naming.films), who(season)) == ({}, {})
    assert season.snapshot().not_before == {"Anna": "1960-01-01"}
