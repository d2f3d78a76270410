"""People of a project → a gallery → people of another project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import clusterer
from clusterer.cli import main
from clusterer.core.errors import GalleryError
from clusterer.gallery import add_to_gallery
from clusterer.gallery.approved import approved
from clusterer.people.names import BY_GALLERY
from tests.project.season import of_film


def test_names_go_to_a_gallery_and_to_another_project(
    demo: clusterer.Outcome, tmp_path: Path
) -> None:
    project = of_film(tmp_path / "one.cast", demo, 2)
    with pytest.raises(GalleryError, match=r"No person in .*one\.cast was named"):
        add_to_gallery(project.path, tmp_path / "gallery")
    first, second = project.people[:2]
    project.name(first, "Anna")
    project.name(second, "Ben")
    project.hide("Ben")
    kept = add_to_gallery(project.path, tmp_path / "gallery")
    assert list(kept.added) == ["Anna"]  # who is hidden is not exported
    pictures = sorted((tmp_path / "gallery" / "Anna").iterdir())
    assert 0 < len(pictures) <= 10  # both films show the same, and no picture is stored twice
    assert sorted(kept.added["Anna"]) == pictures
    assert add_to_gallery(project.path, tmp_path / "gallery").added == {"Anna": ()}

    other = of_film(tmp_path / "other.cast", demo, 2)
    with pytest.raises(SystemExit) as ended:
        main(["name", str(other.path), "--gallery", str(tmp_path / "gallery"), "-q"])
    assert ended.value.code == 0
    (anna,) = [person for person in other.people if person.name == "Anna"]
    assert len(anna.films) == 2
    for film in other.films:
        assert "Anna" in [person.name for person in other.result(film).people]


def test_a_film_without_a_result_is_passed_over(demo: clusterer.Outcome, tmp_path: Path) -> None:
    project = of_film(tmp_path / "one.cast", demo, 2)
    project.name(project.people[0], "Anna")
    project.result_folder(1).path.rename(tmp_path / "moved")
    assert list(add_to_gallery(project.path, tmp_path / "gallery").added) == ["Anna"]


def test_the_command_takes_a_project(
    demo: clusterer.Outcome, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = of_film(tmp_path / "one.cast", demo, 1)
    project.name(project.people[0], "Anna")
    with pytest.raises(SystemExit) as ended:
        main(["gallery", "add", str(project.path), str(tmp_path / "gallery")])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("Anna: ")


def test_only_people_whom_a_reviewer_named_are_added(
    demo: clusterer.Outcome, tmp_path: Path
) -> None:
    """Not those with a name by a gallery, nor whom the project joined by itself."""
    project = of_film(tmp_path / "one.cast", demo, 3)
    folder = project.result_folder(1)
    (first, *_) = folder.load().people
    keys = project.anchors(project.people[0], 1)
    note = f"{first.name} is Mila{BY_GALLERY}people"
    edit = clusterer.Edit(clusterer.Action.NAME, who=(keys[0].key,), name="Mila", note=note)
    with folder.editing():
        folder.write_edits(folder.edits.adding(edit))
    project.refresh(1)
    assert "Mila" in [person.name for person in project.people]
    for place in (project.path, *(project.result_folder(film).path for film in project.films)):
        with pytest.raises(GalleryError, match="was named by a reviewer"):
            add_to_gallery(place, tmp_path / "gallery")
    assert list(add_to_gallery(project.path, tmp_path / "all", by_gallery=True).added) == ["Mila"]

    (mila,) = [person for person in project.people if person.name == "Mila"]
    project.name(mila, "Ann")  # a reviewer's word
    assert list(add_to_gallery(project.path, tmp_path / "gallery").added) == ["Ann"]


def test_of_a_named_person_only_confirmed_films_count(
    demo: clusterer.Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = of_film(tmp_path / "one.cast", demo, 2)
    project.name(project.people[0], "Anna")
    (anna,) = [person for person in project.people if person.name == "Anna"]
    assert {film.id for film, _, who in approved(project, by_gallery=False) if who} == {
        member.film for member in anna.members
    }
    now = project.snapshot()
    rows = tuple(replace(row, confirmed=row.confirmed and row.film == 1) for row in now.rows)
    doubtful = replace(now, rows=rows)
    monkeypatch.setattr(project, "snapshot", lambda: doubtful)
    for by_gallery in (False, True):
        found = approved(project, by_gallery=by_gallery)
        assert [film.id for film, _, who in found if who] == [1]
