"""What the page of a project asks, over HTTP: people, pictures, corrections, the films' pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clusterer.core.errors import EditsError, ProjectError
from clusterer.project.project import Project
from clusterer.project.types import CastAction, FilmState, ProjectFilm
from clusterer.store.edits_json import read
from clusterer.store.folder import ResultFolder
from tests.review.cast.season import season, site, small
from tests.review.conftest import ANN, Served, serving, stored
from tests.video_files import film_of

A1, A2 = [1, "person-1"], [2, "person-1"]
"""ann (and cleo) in the first and the second film."""
B1, B2 = [1, "person-2"], [2, "person-2"]
"""bob."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return small(tmp_path / "Our season.cast")


@pytest.fixture
def served(project: Project) -> Iterator[Served]:
    with serving(site(project)) as running:
        yield running


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A review that nobody changes."""
    with serving(site(small(tmp_path_factory.mktemp("app") / "small.cast"))) as running:
        yield running


def cast(served: Served) -> dict[str, Any]:
    content: dict[str, Any] = served.get("cast").json
    return content


def edit(action: str, who: Any, others: Any = (), name: Any = "") -> dict[str, Any]:
    return {"action": action, "who": who, "others": list(others), "name": name}


def done(action: str, who: str, *others: str, name: str = "") -> dict[str, Any]:
    """A correction as the page is told of it."""
    return {"action": action, "who": [who], "others": list(others), "name": name}


def sent(served: Served, path: str = "edit", **content: Any) -> Any:
    """Send a change as a page does that shows the project as it is."""
    return served.post(path, {"count": cast(served)["count"], **content})


def members(content: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """Name → members, each a film and a person."""
    return {who["name"]: [one[:2] for one in who["members"]] for who in content["people"]}


def test_the_page_is_the_same_whatever_the_project_holds(served: Served) -> None:
    page = served.get()
    policy = page.headers["content-security-policy"]
    assert b"<h1>Our season</h1>" in page.body  # where scripts are off
    assert b'{"mode":"project","title":"Our season","kind":"season"}' in page.body
    assert b"Part 1" not in page.body
    assert "default-src 'none'" in policy
    assert "img-src data: blob: 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "media-src" not in policy
    sent(served, edit=edit("name", [A1], name="Ann"))
    assert served.get().body == page.body


def test_people_films_and_questions(looked_at: Served) -> None:
    content = cast(looked_at)
    assert members(content) == {
        "Person 1": [A1], "Person 2": [A2], "Person 3": [B1], "Person 4": [B2]
    }  # fmt: skip
    first = content["people"][0]
    assert (first["id"], first["named"], first["hidden"]) == ("person-1", False, False)
    assert first["members"] == [[1, "person-1", 2.84, 0, "", None]]
    assert content["films"][0] == {
        "id": 1, "name": "Part 1.mp4", "state": "done", "error": "", "length_s": 4.0, "people": 2
    }  # fmt: skip
    asked = content["questions"]
    assert [[one["a"], one["b"]] for one in asked] == [[A1, A2], [B1, B2]]
    assert all(0 <= one["probability"] <= 1 for one in asked)
    assert [one["gain_s"] for one in asked] == [2.84, 0.44]
    assert content["together"] == [["person-1", "person-3"], ["person-2", "person-4"]]
    assert (content["undo"], content["redo"], content["impure"]) == (None, None, [])
    assert looked_at.get("state").json == {"count": content["count"]}


def test_pictures_of_looks_with_their_timecodes(looked_at: Served) -> None:
    looks = looked_at.get("looks/1/person-1").json
    assert looks == [[0, "01:00:00:00"], [5, "01:00:02:00"]]
    for row, _ in looks:
        answer = looked_at.get(f"chip/1/{row}.jpg")
        assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.body == ResultFolder(folder_of(looked_at, 1)).picture(row)
    unkept = looked_at.get("chip/1/2.jpg")  # detection 2 is of ann's track, too
    assert unkept.body == looked_at.get("chip/1/0.jpg").body


def folder_of(served: Served, film: int) -> Path:
    return Path(served.site.session.project.result_folder(film).path)


@pytest.mark.parametrize(
    "path",
    ["chip/3/0.jpg", "chip/1/99.jpg", "chip/1/-1.jpg", "chip/1/x.jpg", "chip/x/0.jpg",
     "chip/1/%D9%A3.jpg", "chip/1/9999999999.jpg", "chip/1/..%2f..%2f..%2fproject.jpg",
     "chip/..%2f1/0.jpg", "chip/1/0", "looks/3/person-1", "looks/1/person-9", "looks/x/person-1",
     "like/person-9", "like/", "film/3/", "film/x/", "film/1", "film/-1/", "film/9999999999/",
     "film/1/nothing", "project.sqlite", "results/Part%201.people/result.json"],
)  # fmt: skip
def test_what_is_not_there(looked_at: Served, path: str) -> None:
    answer = looked_at.get(path)
    assert (answer.status, list(answer.json)) == (404, ["error"])


def test_a_film_whose_result_is_gone(served: Served) -> None:
    folder, away = folder_of(served, 2), folder_of(served, 2).with_name("away")
    shutil.move(folder, away)
    for path in ("chip/2/0.jpg", "looks/2/person-1", "film/2/"):
        assert served.get(path).status in {404, 507}
    assert served.get("chip/1/0.jpg").status == 200
    assert cast(served)["people"]
    shutil.move(away, folder)
    assert served.get("chip/2/0.jpg").status == 200


def test_films_that_are_not_done(tmp_path: Path) -> None:
    project = small(tmp_path / "a.cast")
    bad = ProjectFilm(0, "Bad.mp4", "", "x", "", state=FilmState.FAILED, error="no video")
    project.put_film(bad)
    with serving(site(project)) as served:
        film = next(film for film in cast(served)["films"] if film["name"] == "Bad.mp4")
        assert (film["state"], film["error"], film["people"]) == ("failed", "no video", 0)
        assert served.get(f"film/{film['id']}/").status == 507
        assert sent(served, edit=edit("name", [[film["id"], "person-1"]], name="x")).status == 409


def test_a_project_without_films(tmp_path: Path) -> None:
    with serving(site(Project.create(tmp_path / "empty.cast"))) as served:
        content = cast(served)
        assert (content["films"], content["people"], content["questions"]) == ([], [], [])
        assert served.get().status == 200


def test_a_name_is_kept_in_the_project_and_in_its_films(served: Served, project: Project) -> None:
    answer = sent(served, edit=edit("name", [A1], name="Ann"))
    assert answer.status == 200
    assert members(answer.json)["Ann"] == [A1]
    assert answer.json["undo"] == done("name", "person-1", name="Ann")
    assert answer.json == cast(served)
    (kept,) = Project(project.path).edits
    assert (kept.action, kept.name, kept.author) == (CastAction.NAME, "Ann", "Rita")
    assert kept.at.endswith("Z")
    assert stored(folder_of(served, 1))["edits"][0]["name"] == "Ann"
    assert not (folder_of(served, 2) / "edits.json").exists()


def test_same_different_and_not_the_same(served: Served) -> None:
    joined = sent(served, edit=edit("same person", [A1], [A2])).json
    assert members(joined)["Person 1"] == [A1, A2]
    assert [one[4] for one in joined["people"][0]["members"]] == ["confirmed", "confirmed"]
    assert len(joined["questions"]) == 1
    apart = sent(served, edit=edit("different people", [B1], [B2])).json
    assert apart["questions"] == []
    assert apart["undo"] == done("different people", "person-3", "person-4")
    out = sent(served, edit=edit("different people", [A1], [A2])).json
    assert sorted(members(out).values()) == [[A1], [B1], [A2], [B2]]


def test_hide_show_undo_redo(served: Served) -> None:
    hidden = sent(served, edit=edit("hide", [B1])).json
    assert [who["hidden"] for who in hidden["people"]] == [False, False, True, False]
    assert hidden["films"][0]["people"] == 1
    assert hidden["undo"] == done("hide", "person-3")
    assert sent(served, edit=edit("show", [B1])).json["undo"] == done("show", "person-3")
    back = sent(served, "undo").json
    assert (back["undo"], back["redo"]) == (done("hide", "person-3"), done("show", "person-3"))
    assert sent(served, "undo").json["people"][2]["hidden"] is False
    assert sent(served, "undo").status == 409
    assert sent(served, "redo").json["people"][2]["hidden"] is True
    assert sent(served, "redo").json["redo"] is None
    nothing = sent(served, "redo")
    assert (nothing.status, nothing.error) == (409, "There is nothing to redo")


def test_the_most_alike_come_first(looked_at: Served) -> None:
    assert looked_at.get("like/person-1").json[0] == "person-2"
    assert looked_at.get("like/person-4").json[0] == "person-3"
    assert sorted(looked_at.get("like/person-4").json) == ["person-1", "person-2", "person-3"]


CHANGES: dict[str, dict[str, Any]] = {
    "edit": {"edit": edit("name", [A1], name="Ann")},
    "undo": {},
    "redo": {},
}


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("off", [-1, 1])
def test_another_count_is_a_conflict(served: Served, project: Project, path: str, off: int) -> None:
    before = sent(served, edit=edit("hide", [B1])).json
    answer = served.post(path, {"count": before["count"] + off, **CHANGES[path]})
    assert (answer.status, answer.error) == (
        409, "The project has changed meanwhile. Look again, then repeat it"
    )  # fmt: skip
    assert cast(served) == before
    assert len(project.edits) == 1


def test_another_program_changes_the_project(served: Served, project: Project) -> None:
    before = cast(served)
    Project(project.path).name("Person 1", "Ann")
    assert served.get("state").json["count"] != before["count"]
    late = served.post("edit", {"count": before["count"], "edit": edit("hide", [B1])})
    assert late.status == 409
    assert members(cast(served))["Ann"] == [A1]
    assert sent(served, edit=edit("hide", [B1])).status == 200


MALFORMED: list[Any] = [
    b"", b"{", b"[" * 100_000, [], {}, {"count": 0}, {"edit": edit("hide", [A1])},
    {"count": "0", "edit": edit("hide", [A1])}, {"count": -1, "edit": edit("hide", [A1])},
    {"count": 0, "edit": []}, {"count": 0, "edit": {}}, {"count": 0, "edit": None},
    {"count": 0, "edit": edit("hide", [A1]), "more": 1},
    {"count": 0, "edit": edit("hide", [A1]) | {"more": 1}},
    {"count": 0, "edit": edit("explode", [A1])}, {"count": 0, "edit": edit("hide", [])},
    {"count": 0, "edit": edit("hide", A1)}, {"count": 0, "edit": edit("hide", [[1]])},
    {"count": 0, "edit": edit("hide", [["1", "person-1"]])},
    {"count": 0, "edit": edit("hide", [[True, "person-1"]])},
    {"count": 0, "edit": edit("hide", None)}, {"count": 0, "edit": edit("hide", [A1], [A2])},
    {"count": 0, "edit": edit("hide", [A1], name="x")},
    {"count": 0, "edit": edit("same person", [A1])},
    {"count": 0, "edit": edit("same person", [A1], [A1])},
    {"count": 0, "edit": edit("different people", [A1, A2], [A2])},
    {"count": 0, "edit": edit("name", [A1], name=None)},
    {"count": 0, "edit": {"action": ["hide"], "who": [A1], "others": [], "name": ""}},
]  # fmt: skip


@pytest.mark.parametrize("content", MALFORMED, ids=range(len(MALFORMED)))
def test_what_makes_no_sense_is_refused(looked_at: Served, content: Any) -> None:
    answer = looked_at.post("edit", content)
    assert (answer.status, bool(answer.error)) == (400, True)
    assert looked_at.site.session.project.edits == ()


@pytest.mark.parametrize("name", ["a\nb", "a" * 201, "\ud800"])
def test_a_name_that_is_none(looked_at: Served, name: str) -> None:
    answer = sent(looked_at, edit=edit("name", [A1], name=name))
    assert (answer.status, bool(answer.error)) == (400, True)
    assert looked_at.site.session.project.edits == ()


def test_a_person_who_is_gone_is_a_conflict(served: Served) -> None:
    answer = sent(served, edit=edit("hide", [[1, "person-7"]]))
    assert (answer.status, answer.error) == (
        409, "A person of a film has changed. Look again, then repeat it"
    )  # fmt: skip


def test_a_full_disk(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise ProjectError("Cannot write project.sqlite (disk is full)", "Free some space")

    before = cast(served)
    with monkeypatch.context() as patch:
        patch.setattr(Project, "edit", full)
        answer = sent(served, edit=edit("hide", [B1]))
    assert (answer.status, answer.error) == (
        507, "Cannot write project.sqlite (disk is full). Free some space"
    )  # fmt: skip
    assert cast(served) == before
    assert sent(served, edit=edit("hide", [B1])).status == 200


# ---- the films' own pages


def film_edit(action: str = "name", **more: Any) -> dict[str, Any]:
    return {"action": action, "who": [ANN], **more}


def test_a_film_page_leads_back(served: Served) -> None:
    page = served.get("film/1/")
    assert b'"project":"Our season"' in page.body
    assert "media-src 'self'" in page.headers["content-security-policy"]
    assert served.get("film/1/chip/0.jpg").status == 200
    assert served.get("film/1/faces").json["track"]
    assert served.get("film/2/state").json["count"] == 0


def test_the_video_of_a_film(served: Served, project: Project) -> None:
    missing = served.get("film/1/video")
    assert (missing.status, missing.error) == (
        404,
        "Video small.mp4 not found. Put it where it was analysed, or into the project's folder",
    )
    (project.path / "small.mp4").write_bytes(film_of(64_000))
    assert served.get("film/1/video", Range="bytes=0-9").status == 206


def test_a_correction_in_a_film_counts_in_the_project(served: Served, project: Project) -> None:
    before = cast(served)
    answer = served.post("film/1/edit", {"count": 0, "edit": film_edit(name="Ann")})
    assert answer.json == {"count": 1}
    assert served.get("state").json["count"] != before["count"]
    assert members(cast(served))["Ann"] == [A1]
    assert project.edits == ()
    split = {"action": "new person", "tracks": ["50@110,50,150,98"], "source": [ANN]}
    assert served.post("film/1/edit", {"count": 1, "edit": split}).json == {"count": 2}
    assert sorted(members(cast(served))["Ann"]) == [A1]
    assert len(cast(served)["people"]) == 5


def test_what_cannot_be_taken_over_yet_is_later(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> None:
        raise ProjectError("Another program is changing the project")

    with monkeypatch.context() as patch:
        patch.setattr(Project, "refresh", busy)
        answer = served.post("film/1/edit", {"count": 0, "edit": film_edit(name="Ann")})
        assert answer.json == {"count": 1}
        assert "Ann" not in members(cast(served))
    assert members(cast(served))["Ann"] == [A1]


def test_a_run_at_work_stops_no_correction(served: Served, project: Project) -> None:
    with Project(project.path).running():
        assert sent(served, edit=edit("hide", [B1])).status == 200
        served.post("film/2/edit", {"count": 0, "edit": film_edit(name="Ann")})
        assert members(cast(served))["Ann"] == [A2]


def test_names_of_the_project_are_suggested_in_a_film(served: Served) -> None:
    sent(served, edit=edit("name", [B2], name="Bob of the hills"))
    assert b"Bob of the hills" in served.get("film/1/").body


def test_a_project_edit_reaches_an_open_film(served: Served) -> None:
    served.get("film/1/")
    assert sent(served, edit=edit("name", [A1], name="Ann")).status == 200
    late = served.post("film/1/edit", {"count": 0, "edit": film_edit("hide")})
    assert late.status == 409
    assert served.get("film/1/state").json["count"] == 1
    assert served.post("film/1/edit", {"count": 1, "edit": film_edit("hide")}).status == 200
    assert next(who for who in cast(served)["people"] if who["name"] == "Ann")["hidden"]


def test_tables_of_films_are_up_to_date_at_the_end(project: Project) -> None:
    with serving(site(project)) as served:
        sent(served, edit=edit("name", [A1], name="Ann"))
        served.post("film/2/edit", {"count": 0, "edit": film_edit(name="Annie")})
    first, second = (project.result_folder(film).path for film in (1, 2))
    assert "Ann," in (first / "people.csv").read_text("utf-8")
    assert "Annie" in (second / "people.csv").read_text("utf-8")
    assert {person.name for person in project} >= {"Ann", "Annie"}
    with serving(site(project)) as served:
        late = served.site.session
    assert served.site.session is late
    assert [edit.name for edit in read(first / "edits.json").edits] == ["Ann"]


def test_a_damaged_film_does_not_stop_the_others(served: Served) -> None:
    (folder_of(served, 1) / "edits.json").write_text("{")
    answer = served.get("film/1/")
    assert (answer.status, "damaged" in answer.error) == (400, True)
    assert served.get("film/2/").status == 200
    (folder_of(served, 1) / "edits.json").unlink()
    assert served.get("film/1/").status == 200


# ---- who may ask


def asked(served: Served, path: str) -> list[Callable[[], int]]:
    body, json = b"{}", {"Content-Type": "application/json"}
    own = {**json, "Origin": served.origin}
    inside = f"/{served.token}/{path}"
    return [
        lambda: served.ask("GET", f"/{path}").status,
        lambda: served.ask("GET", f"/wrong/{path}").status,
        lambda: served.ask("GET", inside, {"Host": "evil.example"}).status,
        lambda: served.ask("POST", inside, {**json, "Origin": "http://evil.example"}, body).status,
        lambda: served.ask("POST", inside, json, body).status,
        lambda: served.ask("POST", inside, own | {"Content-Type": "text/plain"}, body).status,
        lambda: served.ask("DELETE", inside, own).status,
    ]


@pytest.mark.parametrize(
    "path", ["", "cast", "edit", "undo", "film/1/", "film/1/edit", "chip/1/0.jpg"]
)
def test_the_guard_covers_everything(looked_at: Served, path: str) -> None:
    refused = [ask() for ask in asked(looked_at, path)]
    assert refused == [404, 404, 403, 403, 403, 415, 405]


def test_answers_that_are_no_page_run_nothing(looked_at: Served) -> None:
    for path in ("cast", "state", "chip/1/0.jpg", "looks/1/person-1", "film/1/faces"):
        policy = looked_at.get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_nothing_is_left_for_others_to_read(served: Served, project: Project) -> None:
    sent(served, edit=edit("name", [A1], name="Ann"))
    served.get("film/1/")
    for path in project.path.rglob("*"):
        if path.name in {"edits.json", "project.sqlite"}:
            assert not path.stat().st_mode & 0o077, path


def test_disk_is_full_while_a_film_is_corrected(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise EditsError("Cannot write edits.json (no space left on device)", "Free some space")

    served.get("film/1/")
    with monkeypatch.context() as patch:
        patch.setattr(ResultFolder, "write_edits", full)
        answer = served.post("film/1/edit", {"count": 0, "edit": film_edit(name="Ann")})
    assert answer.status == 507
    assert "Ann" not in members(cast(served))


def test_the_same_film_twice(tmp_path: Path) -> None:
    """People who are named alike in several films are one from the start."""
    folder = ResultFolder(small(tmp_path / "a.cast").result_folder(1).path).path
    (folder / "edits.json").unlink(missing_ok=True)
    project = season(tmp_path / "b.cast", {"x.mp4": folder, "y.mp4": folder})
    with serving(site(project)) as served:
        for film in (1, 2):
            served.post(f"film/{film}/edit", {"count": 0, "edit": film_edit(name="Ann")})
        assert members(cast(served))["Ann"] == [A1, A2]
