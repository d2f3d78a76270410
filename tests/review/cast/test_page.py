"""The page of a project in a browser: every correction, by mouse and by keyboard alone."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clusterer
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog, Keys
from clusterer.people.amend import keys_of
from clusterer.project.crowd import FilmPeople
from clusterer.project.project import Project
from clusterer.project.types import FilmState, ProjectFilm
from tests.review.cast.season import UNSURE, season, site
from tests.review.conftest import Served, serving

pytest.importorskip("playwright")
from playwright.sync_api import APIResponse, Browser, Locator, Page, Route, expect

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
FILMS = ("Part 1.mp4", "Part 2.mp4", "Part 3.mp4")
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def joined_once(demo: clusterer.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample film three times, so that all four people are in every film."""
    path = tmp_path_factory.mktemp("joined") / "Sample.cast"
    return Path(season(path, dict.fromkeys(FILMS, Path(demo.folder))).path)


@pytest.fixture(scope="module")
def unsure_once(demo: clusterer.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but nobody is joined and everything is asked: twelve people."""
    path = tmp_path_factory.mktemp("unsure") / "Sample.cast"
    return Path(season(path, dict.fromkeys(FILMS, Path(demo.folder)), UNSURE).path)


@pytest.fixture
def joined(joined_once: Path, tmp_path: Path) -> Iterator[Served]:
    """A season whose people are joined: four people in three films."""
    with serving(site(Project(shutil.copytree(joined_once, tmp_path / "Sample.cast")))) as running:
        yield running


@pytest.fixture
def unsure(unsure_once: Path, tmp_path: Path) -> Iterator[Served]:
    """A season in which nobody is joined: twelve people."""
    with serving(site(Project(shutil.copytree(unsure_once, tmp_path / "Sample.cast")))) as running:
        yield running


def forgiven(text: str) -> bool:
    """What the browser says of answers that the page takes, and of requests that a test aborts."""
    return "409 (Conflict)" in text or "net::ERR_FAILED" in text


@pytest.fixture
def open_cast(chromium: Browser) -> Iterator[Open]:
    """Open the page; it may ask its server only, and nothing may be complained of."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_it(served: Served, path: str = "", **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": DESK, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: forgiven(said.text) or complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: r.url.startswith((served.address, "data:")) or complaints.append(r.url),
        )
        page.goto(served.address + path)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []


def tile(page: Page, name: str) -> Locator:
    return page.locator(".project-tile", has=page.locator(".cast-name", has_text=exactly(name)))


def exactly(text: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(text)}$")


def opened(page: Page, name: str) -> Locator:
    """Open a person in place."""
    tile(page, name).locator(".cast-open").click()
    return page.locator(".project-person")


def count(page: Page, people: int) -> None:
    """Wait until so many people are shown."""
    expect(page.locator(".project-tile")).to_have_count(people)


def loaded(pictures: Locator) -> None:
    """Wait until a picture is there, and has content."""
    for _ in range(200):
        if pictures.evaluate_all("all => all.length && all.every(one => one.naturalWidth)"):
            return
        pictures.page.wait_for_timeout(50)
    raise AssertionError("A picture is missing")


def rename(page: Page, old: str, new: str) -> None:
    tile(page, old).locator(".cast-open").focus()
    page.keyboard.press("e")
    field = page.get_by_role("combobox", name=f"Name of {old}")
    field.fill(new)
    field.press("Enter")
    expect(tile(page, new)).to_have_count(1)


def toast(page: Page) -> Locator:
    return page.locator(".shell-toast")


def options(page: Page) -> Locator:
    """What the list to choose from offers."""
    return page.locator("[role=option]")


def questions(page: Page) -> Locator:
    return page.get_by_role("region", name="Questions")


def project_of(served: Served) -> Project:
    return Project(served.site.session.project.path)


def test_the_cast_as_a_grid(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    count(page, 4)
    expect(page.locator("h1")).to_have_text("Sample")
    expect(page.locator(".shell-facts")).to_contain_text("Season · 3 films")
    expect(page.locator(".shell-facts")).to_contain_text("4 in several films")
    first = page.locator(".project-tile").first
    expect(first.locator(".cast-facts")).to_contain_text("3 films")
    strip = first.get_by_role("img", name="Part 1.mp4: ")
    assert (strip.locator("path").get_attribute("d") or "").count("z") == 3
    loaded(page.locator(".project-tile img"))
    expect(questions(page)).to_have_count(0)
    page.get_by_role("tab", name="Films").click()
    expect(page.locator(".project-films li")).to_have_count(3)
    expect(page.get_by_role("link", name="Open Part 2.mp4")).to_have_attribute("href", "film/2/")


def test_a_person_opens_in_place_and_is_named(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    panel = opened(page, "Person 2")
    expect(panel.locator(".project-member")).to_have_count(3)
    expect(panel.locator(".project-word").first).to_have_text("certain")
    expect(panel.locator("img").nth(8)).to_be_attached()
    loaded(panel.locator("img"))
    panel.get_by_role("button", name="Rename").click()
    page.get_by_role("combobox", name="Name of Person 2").fill("Eileen")
    page.keyboard.press("Enter")
    expect(tile(page, "Eileen")).to_have_count(1)
    expect(toast(page)).to_contain_text("Person 2 is now Eileen")
    expect(panel.locator(".project-word").first).to_have_text("confirmed")
    for film in (1, 2, 3):
        edits = project_of(joined).result_folder(film).edits.edits
        assert [edit.name for edit in edits] == ["Eileen"]
    header = page.locator("header")
    header.get_by_role("button", name="Undo").click()
    expect(tile(page, "Person 2")).to_have_count(1)
    expect(page.locator(".shell-facts")).to_contain_text("0 named")
    redo = header.get_by_role("button", name="Redo")
    expect(redo).to_have_attribute("title", "Redo: Person 2 is named Eileen (Ctrl+Shift+Z)")
    redo.click()
    expect(tile(page, "Eileen")).to_have_count(1)


def test_questions_come_to_an_end(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    for left in range(12, 4, -1):
        count(page, left)
        expect(page.locator(".project-side figure, .project-side img").first).to_be_visible()
        links = page.locator(".project-side a")
        expect(links).to_have_count(2)
        a, b = (link.get_attribute("href") for link in links.all())
        assert a is not None
        assert b is not None
        assert a.split("#")[1] == b.split("#")[1], (
            "the sample's people are asked about rightly first"
        )
        page.get_by_role("button", name="Same").click()
    count(page, 4)
    assert {len(who.members) for who in project_of(unsure).people} == {3}


def test_a_question_says_what_it_decides_and_can_wait(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    left = page.locator(".questions-end")
    first = int((left.text_content() or "").split()[0])
    expect(left).to_contain_text("They decide on ")
    expect(page.locator("#questions-title")).to_contain_text("%")
    expect(page.locator(".project-tc").first).to_contain_text(":")
    page.keyboard.press("s")
    expect(left).to_contain_text(f"{first - 1} left")
    page.keyboard.press("n")
    expect(left).to_contain_text("1 answered")
    expect(toast(page)).to_contain_text("are different people")
    assert len(project_of(unsure).edits) == 1
    toast(page).get_by_role("button", name="Undo").click()
    expect(left).to_contain_text(f"{first - 1} left")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Answer ").click()
    expect(left).to_be_visible()


def test_a_question_out_of_view_is_not_answered(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure, viewport=PHONE)
    expect(page.locator(".questions-end")).to_have_count(1)
    page.get_by_role("button", name="Person 12").scroll_into_view_if_needed()
    expect(page.locator("#questions-title")).not_to_be_in_viewport()
    page.wait_for_timeout(200)  # until the browser has said so to the page
    page.keyboard.press("y")
    page.wait_for_timeout(300)
    count(page, 12)
    page.locator("#questions-title").scroll_into_view_if_needed()
    page.get_by_role("button", name="Same").scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    page.keyboard.press("y")
    count(page, 11)


def test_not_the_same_takes_a_member_out(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    panel = opened(page, "Person 1")
    panel.get_by_role("button", name="Part 2.mp4: not the same person").click()
    count(page, 5)
    expect(panel.locator(".project-member")).to_have_count(2)
    expect(toast(page)).to_contain_text("Took Part 2.mp4 out of Person 1")
    page.keyboard.press("Control+z")
    count(page, 4)
    expect(toast(page)).to_contain_text("Undone: Person 1 and ")


def test_join_by_likeness_or_by_name(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    rename(page, "Person 12", "Zoe")
    opened(page, "Person 1").get_by_role("button", name="Join with…").click()
    found = options(page)
    expect(found).to_have_count(11)
    alike = found.first.locator(".choose-name").text_content() or ""
    two = project_of(unsure)
    assert two.person(alike).members[0].person == two.person("Person 1").members[0].person
    page.get_by_role("combobox", name="Name", exact=True).fill("zo")
    expect(found).to_have_count(1)
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)
    tile(page, "Person 1").locator(".cast-open").focus()
    page.keyboard.press("m")
    found.first.click()
    count(page, 11)


def test_people_seen_together_are_joined_only_on_request(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    for act in ("Cancel", "Join anyway"):
        count(page, 4)
        assert project_of(joined).edits == ()
        tile(page, "Person 1").locator(".cast-open").focus()
        page.keyboard.press("m")
        page.get_by_role("combobox", name="Name", exact=True).fill("Person 3")
        expect(options(page)).to_contain_text("on screen together")
        page.keyboard.press("Enter")
        asked = page.get_by_role("dialog", name="On screen together")
        asked.get_by_role("button", name=act).click()
    count(page, 3)


def test_a_name_that_is_there_asks_whether_to_join(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    rename(page, "Person 12", "Zoe")
    alike = unsure.get("like/person-12").json[0]
    page.locator(f"#{alike} .cast-open").focus()
    page.keyboard.press("F2")
    page.keyboard.type("Zoe")
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Zoe already exists").get_by_role("button", name="Join").click()
    count(page, 11)
    assert len(project_of(unsure).person("Zoe").members) == 2


def test_a_picture_dragged_onto_another_joins_them(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure, viewport={"width": 1366, "height": 1000})
    other = unsure.get("like/person-1").json[0]
    page.locator(f"#{other} .cast-open").drag_to(page.locator("#person-1 .cast-open"))
    count(page, 11)


def test_sort_and_filter(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    rename(page, "Person 3", "Ada")
    names = page.locator(".project-tile .cast-name")
    page.get_by_label("Sort by").select_option("name")
    expect(names.first).to_have_text("Ada")
    show = page.get_by_label("Show")
    show.select_option("named")
    count(page, 1)
    show.select_option("unnamed")
    expect(page.locator(".cast-count")).to_have_text("3 people")
    page.get_by_role("searchbox").fill("nobody at all")
    expect(page.get_by_text("No people match this filter.")).to_be_visible()
    page.get_by_role("button", name="Clear filter").click()
    count(page, 4)
    tile(page, "Ada").locator(".cast-open").focus()
    page.keyboard.press("h")
    count(page, 3)
    show.select_option("hidden")
    expect(names).to_have_text(["Ada"])
    page.get_by_role("combobox", name="Film", exact=True).select_option("2")
    count(page, 1)


def test_background_people_are_folded_away(
    joined_once: Path, tmp_path: Path, open_cast: Open
) -> None:
    """Whoever is in the background of all their films, until somebody names them."""
    project = Project(shutil.copytree(joined_once, tmp_path / "Sample.cast"))
    extra = project.people[-1]
    ids = {row.film: row.id for row in project.rows if f"person-{row.person}" == extra.id}
    for film in project.films:
        folder = project.result_folder(film)
        result = folder.load()
        tracks = next(who.track_ids for who in result.people if who.id == ids[film.id])
        keys = keys_of(result.analysis).tracks
        edit = Edit(Action.BACKGROUND, who=tuple(keys[track] for track in tracks[:5]))
        folder.write_edits(EditLog((edit,), (), film.name))
        project.put_film(film, project.describe(film))
    project.link()
    with serving(site(project)) as running:
        page = open_cast(running)
        count(page, 3)
        expect(tile(page, extra.name)).to_have_count(0)
        fold = page.get_by_role("button", name="Background people (1)")
        fold.click()
        count(page, 4)
        expect(page.locator(".project-tile").last).to_contain_text(extra.name)
        fold.click()
        count(page, 3)
        page.get_by_role("searchbox").fill(extra.name)
        count(page, 1)
        page.get_by_role("searchbox").fill("")
        count(page, 3)
        fold.click()
        rename(page, extra.name, "Zoe")
        count(page, 4)
        expect(fold).to_have_count(0)


def test_by_keyboard_alone(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    press = page.keyboard.press
    expect(page.locator(".project-tc").first).to_be_visible()
    press("y")
    count(page, 11)
    press("j")
    press("Enter")
    expect(page.locator(".project-person")).to_be_visible()
    press("e")
    page.keyboard.type("Ada")
    press("Enter")
    expect(tile(page, "Ada").locator(".cast-open")).to_be_focused()
    press("Escape")
    expect(page.locator(".project-person")).to_have_count(0)
    expect(tile(page, "Ada").locator(".cast-open")).to_be_focused()
    press("ArrowRight")
    expect(page.locator(".project-tile").nth(1).locator(".cast-open")).to_be_focused()
    assert [edit.name for edit in project_of(unsure).edits] == ["", "Ada"]


def test_by_keyboard_back_and_forth(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    press = page.keyboard.press
    press("j")
    press("j")
    press("k")
    press("h")
    count(page, 11)
    assert project_of(unsure).person("person-1").hidden
    press("Control+z")
    count(page, 12)
    press("Control+Shift+z")
    count(page, 11)
    press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_another_language(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined, locale="de-DE")
    expect(page.get_by_role("tab", name="Personen")).to_be_visible()
    opened(page, "Person 2")
    expect(page.get_by_role("button", name="Part 2.mp4: nicht dieselbe Person")).to_be_visible()
    page.get_by_role("button", name="Ausblenden").click()
    expect(page.locator("header").get_by_role("button", name="Rückgängig")).to_have_attribute(
        "title", "Rückgängig: Person 2 ist ausgeblendet (Ctrl+Z)"
    )
    page.get_by_label("Sprache").select_option("es")
    expect(page.get_by_role("tab", name="Personas")).to_be_visible()


def test_a_film_and_back(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    link = opened(page, "Person 2").get_by_role("link", name="Part 2.mp4")
    place = (link.get_attribute("href") or "").partition("#")[2]
    link.click()
    page.wait_for_selector("html[data-ready][data-mode=live]")
    assert page.url.endswith(f"film/2/#{place}")
    expect(page.locator(f"#{place} .cast-open")).to_have_attribute("aria-expanded", "true")
    card = page.locator(".person")
    expect(card).to_be_in_viewport()
    page.locator(".person-name").click()
    page.locator(".name-field").fill("Eileen")
    page.locator(".name-field").press("Enter")
    expect(page.locator("#status")).to_have_text("Saved")
    page.get_by_role("link", name="Sample").click()
    page.wait_for_selector("html[data-ready][data-mode=project]")
    expect(tile(page, "Eileen")).to_have_count(1)
    expect(tile(page, "Eileen").locator(".cast-facts")).to_contain_text("3 films")
    assert project_of(joined).edits == (), "a correction in a film is its own"
    page.go_back()
    page.wait_for_selector("html[data-ready][data-mode=live]")
    page.go_forward()
    expect(tile(page, "Eileen")).to_have_count(1)


def test_a_person_named_in_the_address_is_open(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined, "#person-3")
    expect(page.locator(".project-person")).to_have_attribute("data-id", "person-3")


def test_changes_made_elsewhere_appear(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    project_of(joined).name("Person 1", "Ada")
    expect(tile(page, "Ada")).to_have_count(1)


def test_what_another_program_changed_is_not_overwritten(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)

    def late(route: Route) -> None:
        project_of(joined).name("Person 2", "Bob")
        route.continue_()

    page.route("**/edit", late)
    tile(page, "Person 3").locator(".cast-open").focus()
    page.keyboard.press("h")
    expect(page.locator("#status")).to_contain_text("Not saved: The project has changed meanwhile")
    expect(tile(page, "Bob")).to_have_count(1)
    assert not project_of(joined).person("person-3").hidden
    page.unroute_all()


def test_a_correction_waits_while_the_server_is_away(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    page.route("**/edit", lambda route: route.abort())
    tile(page, "Person 3").locator(".cast-open").focus()
    page.keyboard.press("h")
    expect(page.locator("#status")).to_contain_text(
        "The review server does not answer. 1 correction waits"
    )
    expect(toast(page)).to_have_text("")
    count(page, 4)
    page.unroute_all()
    count(page, 3)
    expect(page.locator("#status")).to_have_text("Saved")
    assert project_of(joined).person("person-3").hidden


@pytest.mark.parametrize("path", ["edit", "undo", "redo"])
def test_a_change_whose_answer_was_lost_is_not_made_twice(
    joined: Served, open_cast: Open, path: str
) -> None:
    page = open_cast(joined)
    hides = path != "undo"

    def press(key: str) -> None:
        if key == "edit":
            tile(page, "Person 3").locator(".cast-open").focus()
            page.keyboard.press("h")
        else:
            page.keyboard.press({"undo": "Control+z", "redo": "Control+Shift+z"}[key])

    def lose(route: Route) -> None:
        assert joined.post(path, route.request.post_data_json).status == 200
        route.abort("failed")

    for before, people in {"edit": [], "undo": [("edit", 3)], "redo": [("edit", 3), ("undo", 4)]}[
        path
    ]:
        press(before)
        count(page, people)
    page.route(f"**/{path}", lose, times=1)
    press(path)
    count(page, 3 if hides else 4)
    expect(page.locator("#status")).to_have_text("Saved")
    expect(toast(page)).to_contain_text("Person 3")
    assert project_of(joined).person("person-3").hidden is hides
    assert len(project_of(joined).edits) == int(hides)


def test_an_answer_that_is_older_than_a_correction_is_not_shown(
    joined: Served, open_cast: Open
) -> None:
    page = open_cast(joined)
    answers: list[tuple[Route, APIResponse]] = []
    page.route("**/cast", lambda route: answers.append((route, route.fetch())), times=1)
    with page.expect_request("**/cast"):
        page.route("**/state", lambda route: route.fulfill(json={"count": -1}), times=1)
    tile(page, "Person 3").locator(".cast-open").focus()
    page.keyboard.press("h")
    count(page, 3)
    page.evaluate(
        """() => new MutationObserver(() => {
            if (document.querySelectorAll(".project-tile").length > 3) window.isTakenBack = true;
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    (held, older) = answers[0]
    with page.expect_request("**/state"):
        held.fulfill(response=older)
    with page.expect_request("**/state"):
        pass
    assert page.evaluate("window.isTakenBack") is None
    count(page, 3)


def showing(page: Page, more: dict[str, Any]) -> None:
    """Let the page show more than the project holds."""

    def answer(route: Route) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, json=reply.json() | more)

    page.route("**/cast", answer)
    page.reload()
    page.wait_for_selector("html[data-ready]")


def test_a_person_who_may_be_two_is_split_in_the_film(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    who = joined.get("cast").json["people"][0]["members"][1][:2]
    rows = joined.get(f"looks/{who[0]}/{who[1]}").json
    mixed = {"member": who, "rows": [row for row, _ in rows], "to": "person-2"}
    showing(page, {"impure": [mixed]})
    page.get_by_role("tab", name="One person or two? (1)").click()
    expect(page.locator(".project-doubts")).to_contain_text(
        "Some faces of Person 1 in Part 2.mp4 look like Person 2."
    )
    assert axe.Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="Open Part 2.mp4").click()
    page.wait_for_selector("html[data-ready][data-mode=live]")
    assert page.url.endswith(f"film/2/#{who[1]}")


def test_a_member_in_doubt_is_confirmed_or_taken_out(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    a, b = (one[:2] for one in joined.get("cast").json["people"][0]["members"][:2])
    doubt = {"questions": [{"a": a, "b": b, "probability": 0.6, "gain_s": 9}]}
    showing(page, doubt)
    expect(page.locator("#questions-title")).to_contain_text("Perhaps (60%)")
    page.unroute_all()
    page.get_by_role("button", name="Same").click()
    expect(toast(page)).to_contain_text("Confirmed Person 1")
    words = opened(page, "Person 1").locator(".project-word")
    expect(words).to_have_text(["confirmed", "confirmed", "certain"])
    showing(page, doubt)
    expect(page.locator(".project-side")).to_have_count(2)
    page.unroute_all()
    page.get_by_role("button", name="Different").click()
    count(page, 5)


def test_very_many_people_come_in_steps(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    one = joined.get("cast").json["people"][0]
    crowd = [one | {"id": f"person-{i}", "name": f"Person {i}"} for i in range(1, 1001)]
    showing(page, {"people": crowd})
    count(page, 120)
    expect(page.locator(".cast-count")).to_have_text("1,000 people")
    more = page.get_by_role("button", name="Show 120 more")
    more.scroll_into_view_if_needed()
    count(page, 240)
    expect(page.locator("#person-121")).to_be_attached()
    page.get_by_role("searchbox").fill("Person 1000")
    count(page, 1)
    expect(more).to_have_count(0)


def test_films_that_are_not_done(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    films = joined.get("cast").json["films"]
    films[1] |= {"state": "failed", "error": "Cannot decode <b>"}
    films[2] |= {"state": "waiting", "length_s": 0}
    showing(page, {"films": films})
    page.get_by_role("tab", name="Films · 1 failed").click()
    rows = page.locator(".project-films li")
    expect(rows.nth(1)).to_contain_text("Cannot decode <b>")
    expect(rows.nth(2)).to_contain_text("waiting")
    expect(page.get_by_text("1 of 3 films done")).to_be_visible()
    expect(page.locator(".project-films a")).to_have_count(1)
    assert axe.Axe().run(page).response["violations"] == []
    showing(page, {"films": films, "people": []})
    expect(page.get_by_text("Films are waiting to be analysed.")).to_be_visible()


def as_opened(_page: Page) -> None:
    """Do nothing."""


def a_person(page: Page) -> None:
    opened(page, "Person 1")


def renaming(page: Page) -> None:
    opened(page, "Person 2").get_by_role("button", name="Rename").click()


def whom_to_join(page: Page) -> None:
    opened(page, "Person 2").get_by_role("button", name="Join with…").click()
    expect(options(page).first).to_be_visible()


def seen_together(page: Page) -> None:
    whom_to_join(page)
    options(page).filter(has_text="on screen together").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def keys(page: Page) -> None:
    page.keyboard.press("?")


def corrected(page: Page) -> None:
    rename(page, "Person 1", "Ada")


def nobody(page: Page) -> None:
    page.get_by_role("searchbox").fill("x")


def films(page: Page) -> None:
    page.get_by_role("tab", name="Films").click()


def away(page: Page) -> None:
    page.route("**/edit", lambda route: route.abort())
    tile(page, "Person 3").locator(".cast-open").focus()
    page.keyboard.press("h")
    expect(page.locator("#status")).to_contain_text("does not answer")


STATES = (
    as_opened,
    a_person,
    renaming,
    whom_to_join,
    seen_together,
    keys,
    corrected,
    nobody,
    films,
    away,
)
"""What is looked at: how the page gets there."""


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing(unsure: Served, open_cast: Open, look: str) -> None:
    viewport, scheme = (PHONE, "dark") if look == "phone" else (DESK, look)
    for go in STATES[: 2 if look == "phone" else None]:
        page = open_cast(unsure, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        go(page)
        page.wait_for_timeout(150)
        found = axe.Axe().run(page).response["violations"]
        places = [(rule["id"], [node["html"][:150] for node in rule["nodes"]]) for rule in found]
        assert places == [], go.__name__
        page.context.close()
        while unsure.site.session.project.edits:
            unsure.site.session.project.undo()


@pytest.mark.parametrize("width", [320, 390, 768, 1366, 1920])
def test_nothing_is_wider_than_the_window(unsure: Served, open_cast: Open, width: int) -> None:
    page = open_cast(unsure, viewport={"width": width, "height": 800})
    expect(opened(page, "Person 2").locator("img").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def crowded(path: Path, films: int, people: int) -> Project:
    """A large season without pictures; person i of a film is alike in all."""
    project, rng = Project.create(path), np.random.default_rng(7)
    faces = rng.normal(size=(people, 32)).astype(np.float32)
    for number in range(1, films + 1):
        here = np.sort(rng.choice(people, people // 5, replace=False))
        film = ProjectFilm(0, f"Episode {number:02}.mp4", "", f"film {number}", "", 2600.0)
        n = len(here)
        looks = 4
        described = FilmPeople(
            ids=tuple(f"person-{i + 1}" for i in range(n)),
            names=tuple(f"Name {i}" for i in here),
            hidden=np.zeros(n, bool),
            anchors=tuple((f"{i}@1,1,9,9",) for i in range(n)),
            sums=faces[here],
            precision=np.full(n, 40.0),
            quality=np.ones(n),
            scatter=np.ones(n),
            screen_time_s=rng.exponential(60, n),
            n_tracks=np.ones(n),
            n_faces=np.ones(n),
            n_looks=np.full(n, looks),
            covers=np.arange(n),
            looks=np.repeat(faces[here], looks, axis=0),
            look_person=np.repeat(np.arange(n), looks),
            look_precision=np.full(n * looks, 10.0),
            look_rows=np.arange(n * looks),
            cannot_link=np.array([[i, i + 1] for i in range(n - 1)]),
        )
        project.put_film(replace(film, state=FilmState.DONE), described)
    project.link()
    return project


def test_a_large_season_opens_fast(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """24 films and 300 people; the bars are loose, for machines that do much else."""
    monkeypatch.setattr(Project, "catch_up", lambda _: ())  # there are no results
    with serving(site(crowded(tmp_path / "Large.cast", 24, 300))) as served:
        context = chromium.new_context(viewport=DESK)
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(served.address)
        page.wait_for_selector("html[data-ready]")
        expect(page.locator(".project-tile")).to_have_count(120)
        pictures = [url for url in asked if "/chip/" in url]
        assert len(pictures) <= 120, "only pictures of people who are drawn are loaded"
        began = time.monotonic()
        page.get_by_label("Sort by").select_option("films")
        assert time.monotonic() - began < 5
        assert len(served.get("cast").body) < 400_000
        context.close()


def photograph_of(demo: clusterer.Outcome, person: int) -> dict[str, Any]:
    """A file of a picture of somebody of the sample film, to choose."""
    cover = demo.result.people[person].cover_row
    content = clusterer.ResultFolder(demo.folder).picture(cover)
    assert content is not None
    return {"name": "anna.jpg", "mimeType": "image/jpeg", "buffer": content}


def hits(page: Page, state: str = "") -> Locator:
    return page.locator(f".find-hit{state}")


def test_a_photograph_is_found_in_all_films(
    unsure: Served, open_cast: Open, demo: clusterer.Outcome
) -> None:
    """Nobody is joined, so the three of the photograph are the first three hits."""
    page = open_cast(unsure)
    count(page, 12)
    page.get_by_role("tab", name="Find").click()
    page.set_input_files(".find input[type=file]", [photograph_of(demo, 0)])
    expect(hits(page)).not_to_have_count(0)
    for place in range(3):
        expect(hits(page).nth(place)).to_contain_text("Almost certainly")
    expect(page.get_by_role("heading", name="Near misses, probably somebody else")).to_be_visible()
    loaded(hits(page).first.locator("img"))
    page.get_by_label("Name for whoever you confirm").fill("Anna")
    yes = page.get_by_role("button", name="It is them")
    yes.first.press("Enter")
    expect(hits(page, ".sought")).to_have_count(1)
    expect(hits(page).first).to_contain_text("Anna")
    yes.first.press("Enter")
    expect(hits(page, ".confirmed")).to_have_count(1)
    expect(hits(page).nth(1).get_by_role("button")).to_be_focused()
    hits(page).nth(2).get_by_role("button", name="Not them").press("Enter")
    expect(hits(page, ".rejected")).to_have_count(1)
    expect(page.locator("#status")).to_have_text("Saved")
    edits = [edit.action.value for edit in Project(unsure.site.session.project.path).edits]
    assert edits == ["name", "same person", "different people"]
    page.keyboard.press("Control+z")
    expect(hits(page, ".rejected")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(hits(page, ".confirmed")).to_have_count(0)
    assert axe.Axe().run(page).response["violations"] == []


def test_a_hit_leads_into_its_film(
    unsure: Served, open_cast: Open, demo: clusterer.Outcome
) -> None:
    page = open_cast(unsure)
    page.get_by_role("tab", name="Find").click()
    page.set_input_files(".find input[type=file]", [photograph_of(demo, 1)])
    link = hits(page).first.get_by_role("link")
    expect(link).to_be_visible()
    film, time = link.inner_text().split(", ")
    assert film in FILMS
    link.click()
    expect(page.locator(".player")).to_contain_text(time)
    expect(page.locator(".person")).to_be_visible()


def test_unknown_faces_of_the_films_if_asked_for(
    unsure: Served, open_cast: Open, demo: clusterer.Outcome
) -> None:
    keys = Keys(demo.result.analysis).tracks
    tracks = [keys[track] for track in demo.result.people[0].track_ids]
    remove = {"action": "not this person", "tracks": tracks}
    assert unsure.post("film/2/edit", {"edit": remove, "count": 0}).status == 200
    page = open_cast(unsure)
    page.get_by_role("tab", name="Find").click()
    page.set_input_files(".find input[type=file]", [photograph_of(demo, 0)])
    expect(hits(page).nth(1)).to_contain_text("Almost certainly")
    page.get_by_label("Name for whoever you confirm").fill("Anna")
    hits(page).first.get_by_role("button", name="It is them").press("Enter")
    unknown = hits(page).filter(has_text="Unknown")
    expect(unknown).to_have_count(0)
    page.get_by_label("Unknown faces of the films, too").press("Space")
    expect(unknown).to_have_count(len(tracks))
    expect(hits(page, ".sought")).to_contain_text("Anna")  # what was said stays
    likely = unknown.first
    expect(likely).to_contain_text("Almost certainly")
    expect(likely.get_by_role("button")).to_have_count(0)
    assert axe.Axe().run(page).response["violations"] == []
    link = likely.get_by_role("link")
    film, time = link.inner_text().split(", ")
    assert film == "Part 2.mp4"
    link.click()
    expect(page.locator(".player")).to_contain_text(time)


def test_who_is_like_a_face_of_a_film(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    person = opened(page, "Person 1")
    person.get_by_role("button", name="Find this face").first.click()
    expect(page.get_by_role("tab", name="Find")).to_have_attribute("aria-selected", "true")
    own = hits(page, ".own")
    expect(own).to_have_count(1)
    expect(own).to_contain_text("Person 1")
    expect(page.locator(".find-sought")).to_contain_text("Part 1.mp4")
    likely = hits(page).filter(has_text="Almost certainly")
    expect(likely).to_have_count(3)  # the same person in three films
    likely.nth(1).get_by_role("button", name="It is them").click()
    expect(own).to_have_count(2)


def test_from_a_films_page_into_all_films(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure, "film/2/")
    page.locator(".cast-open").first.click()
    page.locator(".person .face-open").first.press("a")
    page.get_by_role("link", name="Look in all films of Sample").click()
    expect(page.locator(".find-sought")).to_contain_text("Part 2.mp4")
    expect(hits(page, ".own")).to_have_count(1)
    expect(hits(page).filter(has_text="Almost certainly")).to_have_count(3)
