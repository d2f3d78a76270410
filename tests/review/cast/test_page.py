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
from clusterer.project.crowd import FilmPeople
from clusterer.project.project import Project
from clusterer.project.types import FilmState, ProjectFilm
from tests.review.cast.season import UNSURE, season, site
from tests.review.conftest import Served, serving

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Locator, Page, Route, expect

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
FILMS = ("Part 1.mp4", "Part 2.mp4", "Part 3.mp4")
NAMES = "cv.project.people.filter(who => who.named).map(who => who.name).sort()"
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
        context = chromium.new_context(**{"viewport": DESK, **options})
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


def mug(page: Page, name: str) -> Locator:
    return page.locator(".mug", has=page.locator("h3", has_text=re.compile(f"^{name}$")))


def opened(page: Page, name: str) -> Locator:
    """Open a person in place."""
    mug(page, name).locator(".large-face").click()
    return page.locator(".opened")


def until(page: Page, condition: str) -> None:
    """Wait for a condition; the page's policy forbids Playwright's own way."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def rename(page: Page, old: str, new: str) -> None:
    mug(page, old).locator(".name").click()
    page.locator(".naming").fill(new)
    page.locator(".naming").press("Enter")
    expect(mug(page, new)).to_have_count(1)


def project_of(served: Served) -> Project:
    return Project(served.site.session.project.path)


def test_the_cast_as_a_grid(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    expect(page.locator(".mug")).to_have_count(4)
    expect(page.locator("h1")).to_have_text("Sample")
    expect(page.locator("#facts")).to_contain_text("3 films")
    first = page.locator(".mug").first
    expect(first.locator(".time")).to_contain_text("3 films")
    bars = first.locator(".strip")
    assert (bars.get_attribute("aria-label") or "").startswith("Part 1.mp4: ")
    assert (first.locator(".part").get_attribute("d") or "").count("z") == 3
    until(page, "[...document.querySelectorAll('.mug img')].every(i => i.naturalWidth)")
    expect(page.locator("#ask")).to_be_hidden()
    expect(page.locator("#film-list li")).to_have_count(3)


def test_a_person_opens_in_place_and_is_named(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    panel = opened(page, "Person 2")
    expect(panel.locator(".of-film")).to_have_count(3)
    expect(panel.locator(".word").first).to_have_text("certain")
    until(page, "document.querySelectorAll('.opened img').length >= 9")
    until(page, "[...document.querySelectorAll('.opened img')].every(i => i.naturalWidth)")
    panel.get_by_role("button", name="Rename").click()
    page.locator(".naming").fill("Eileen")
    page.locator(".naming").press("Enter")
    expect(mug(page, "Eileen")).to_have_count(1)
    expect(page.locator("#toast")).to_have_text("Person 2 is now EileenUndo")
    expect(panel.locator(".word").first).to_have_text("confirmed")
    for film in (1, 2, 3):
        edits = project_of(joined).result_folder(film).edits.edits
        assert [edit.name for edit in edits] == ["Eileen"]
    page.locator("#undo").click()
    expect(mug(page, "Person 2")).to_have_count(1)
    assert page.evaluate(NAMES) == []
    expect(page.locator("#redo")).to_have_attribute("title", "Redo: Person 2 is named Eileen")
    page.locator("#redo").click()
    expect(mug(page, "Eileen")).to_have_count(1)


def test_questions_come_to_an_end(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    expect(page.locator(".mug")).to_have_count(12)
    for count in range(12, 4, -1):
        expect(page.locator(".mug")).to_have_count(count)
        side = page.locator("#ask .side").first
        expect(side.locator("figure").first).to_be_visible()
        truth = page.evaluate(
            "() => { const [a, b] = [...document.querySelectorAll('#ask .side a')]"
            ".map(a => a.getAttribute('href').split('#')[1]); return a === b }"
        )
        assert truth, "the sample's people are asked about rightly first"
        page.get_by_role("button", name="Same").click()
    expect(page.locator(".mug")).to_have_count(4)
    assert {len(who.members) for who in project_of(unsure).people} == {3}


def test_a_question_says_what_it_decides_and_can_wait(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    left = page.locator("#ask-left")
    first = int((left.text_content() or "").split()[0])
    expect(left).to_contain_text("They decide on ")
    expect(page.locator("#ask h3")).to_contain_text("%")
    expect(page.locator("#ask figcaption").first).to_contain_text(":")
    page.keyboard.press("s")
    expect(left).to_contain_text(f"{first - 1} left")
    page.keyboard.press("n")
    expect(left).to_contain_text("1 answered")
    expect(page.locator("#toast")).to_contain_text("are different people")
    assert len(project_of(unsure).edits) == 1
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(left).to_contain_text(f"{first - 1} left")


def test_not_the_same_takes_a_member_out(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    panel = opened(page, "Person 1")
    panel.get_by_role("button", name="Part 2.mp4: not the same person").click()
    expect(page.locator(".mug")).to_have_count(5)
    expect(panel.locator(".of-film")).to_have_count(2)
    expect(page.locator("#toast")).to_contain_text("Took Part 2.mp4 out of Person 1")
    page.keyboard.press("Control+z")
    expect(page.locator(".mug")).to_have_count(4)
    expect(page.locator("#toast")).to_contain_text("Undone: Person 1 and ")


def test_join_by_likeness_or_by_name(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    rename(page, "Person 12", "Zoe")
    opened(page, "Person 1").get_by_role("button", name="Join with…").click()
    dialog = page.get_by_role("dialog")
    options = dialog.get_by_role("option")
    expect(options).to_have_count(11)
    alike = options.first.locator("b").text_content() or ""
    two = project_of(unsure)
    assert two.person(alike).members[0].person == two.person("Person 1").members[0].person
    dialog.get_by_role("combobox").fill("zo")
    expect(options).to_have_count(1)
    dialog.get_by_role("button", name="Cancel").click()
    mug(page, "Person 1").locator(".large-face").focus()
    page.keyboard.press("m")
    page.get_by_role("dialog").get_by_role("option").first.click()
    expect(page.locator(".mug")).to_have_count(11)


def test_people_seen_together_are_joined_only_on_request(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    opened(page, "Person 1").get_by_role("button", name="Join with…").click()
    page.get_by_role("combobox", name="Name").fill("Person 3")
    page.keyboard.press("Enter")
    asked = page.get_by_role("dialog", name="On screen together")
    asked.get_by_role("button", name="Cancel").click()
    expect(page.locator(".mug")).to_have_count(4)
    assert project_of(joined).edits == ()


def test_a_name_that_is_there_asks_whether_to_join(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    rename(page, "Person 12", "Zoe")
    alike = page.evaluate("fetch('like/person-12').then(r => r.json())")[0]
    page.evaluate("id => cv.rename(id)", alike)
    page.locator(".naming").fill("Zoe")
    page.locator(".naming").press("Enter")
    page.get_by_role("dialog", name="Zoe already exists").get_by_role("button", name="Join").click()
    expect(page.locator(".mug")).to_have_count(11)
    assert len(project_of(unsure).person("Zoe").members) == 2


def test_a_picture_dragged_onto_another_joins_them(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure, viewport={"width": 1366, "height": 1800})
    other = page.evaluate("fetch('like/person-1').then(r => r.json())")[0]
    page.locator(f"#{other} .large-face").drag_to(page.locator("#person-1 .large-face"))
    expect(page.locator(".mug")).to_have_count(11)


def test_sort_and_filter(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    rename(page, "Person 3", "Ada")
    page.locator("#sort").select_option("name")
    expect(page.locator(".mug h3").first).to_have_text("Ada")
    page.locator("#which").select_option("named")
    expect(page.locator(".mug")).to_have_count(1)
    page.locator("#which").select_option("unnamed")
    expect(page.locator("#shown")).to_have_text("3 people, sorted by name")
    page.locator("#by-name").fill("nobody at all")
    expect(page.locator("#nobody")).to_be_visible()
    page.locator("#reset").click()
    expect(page.locator(".mug")).to_have_count(4)
    mug(page, "Ada").focus()
    page.keyboard.press("h")
    expect(page.locator(".mug")).to_have_count(3)
    page.locator("#which").select_option("hidden")
    expect(page.locator(".mug h3")).to_have_text(["Ada"])
    page.locator("#by-film").select_option("2")
    expect(page.locator(".mug")).to_have_count(1)


def test_by_keyboard_alone(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    press = page.keyboard.press
    press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    press("y")
    expect(page.locator(".mug")).to_have_count(11)
    press("j")
    press("Enter")
    expect(page.locator(".opened")).to_be_visible()
    press("e")
    page.keyboard.type("Ada")
    press("Enter")
    expect(mug(page, "Ada")).to_have_count(1)
    expect(mug(page, "Ada").locator(".name")).to_be_focused()
    press("Escape")
    expect(page.locator(".opened")).to_have_count(0)
    expect(mug(page, "Ada").locator(".large-face")).to_be_focused()
    assert [edit.name for edit in project_of(unsure).edits] == ["", "Ada"]


def test_by_keyboard_back_and_forth(unsure: Served, open_cast: Open) -> None:
    page = open_cast(unsure)
    press = page.keyboard.press
    press("j")
    press("j")
    press("k")
    press("h")
    expect(page.locator(".mug")).to_have_count(11)
    assert project_of(unsure).person("person-1").hidden
    press("Control+z")
    expect(page.locator(".mug")).to_have_count(12)
    press("Control+Shift+z")
    expect(page.locator(".mug")).to_have_count(11)
    press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press("/")
    expect(page.locator("#by-name")).to_be_focused()


def test_a_film_and_back(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    link = opened(page, "Person 2").get_by_role("link", name="Part 2.mp4")
    place = (link.get_attribute("href") or "").partition("#")[2]
    link.click()
    page.wait_for_selector("html[data-ready]")
    assert page.url.endswith(f"film/2/#{place}")
    card = page.locator(f"#{place}")
    expect(card).to_be_in_viewport()
    card.locator(".name").click()
    page.locator(".naming").fill("Eileen")
    page.locator(".naming").press("Enter")
    expect(page.locator("#status")).to_have_text("Saved", timeout=20_000)
    page.get_by_role("link", name="Sample").click()
    page.wait_for_selector("#mugs .mug")
    expect(mug(page, "Eileen")).to_have_count(1)
    expect(mug(page, "Eileen").locator(".time")).to_contain_text("3 films")
    assert project_of(joined).edits == (), "a correction in a film is its own"
    page.go_back()
    page.wait_for_selector("html[data-ready]")
    page.go_forward()
    expect(mug(page, "Eileen")).to_have_count(1)


def test_changes_made_elsewhere_appear(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    project_of(joined).name("Person 1", "Ada")
    expect(mug(page, "Ada")).to_have_count(1, timeout=10_000)
    project_of(joined).name("Person 2", "Bob")
    page.evaluate("cv.hide(cv.project.byId.get('person-3'))")
    expect(page.locator("#status")).to_contain_text("Not saved: The project has changed meanwhile")
    expect(mug(page, "Bob")).to_have_count(1)
    assert not project_of(joined).person("person-3").hidden


def test_the_end_of_the_server_is_reported(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    page.route("**/edit", lambda route: route.abort())
    page.evaluate("cv.hide(cv.project.people[0])")
    expect(page.locator("#status")).to_contain_text("The review server has stopped")
    expect(page.locator("#undo")).to_be_disabled()
    page.unroute_all()


def showing(page: Page, more: dict[str, Any]) -> None:
    """Let the page show more than the project holds."""

    def answer(route: Route) -> None:
        reply = route.fetch()
        route.fulfill(response=reply, json=reply.json() | more)

    page.route("**/cast", answer)
    page.evaluate("cv.load()")


def test_a_person_who_may_be_two_is_split_in_the_film(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    who = page.evaluate("cv.project.people[0].members[1].pair")
    rows = page.evaluate("cv.looks(...cv.project.people[0].members[1].pair)")
    mixed = {"member": who, "rows": [row for row, _ in rows], "to": "person-2"}
    showing(page, {"impure": [mixed]})
    expect(page.locator("#impure")).to_contain_text(
        "Some faces of Person 1 in Part 2.mp4 look like Person 2."
    )
    assert axe.Axe().run(page).response["violations"] == []
    page.locator("#impure").get_by_role("link").click()
    page.wait_for_selector("html[data-ready]")
    assert page.url.endswith(f"film/2/#{who[1]}")


def test_a_member_in_doubt_is_confirmed_or_taken_out(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    a, b = page.evaluate("cv.project.people[0].members.slice(0, 2).map(one => one.pair)")
    showing(page, {"questions": [{"a": a, "b": b, "probability": 0.6, "gain_s": 9}]})
    expect(page.locator("#ask h3")).to_contain_text("Perhaps (60%)")
    page.unroute_all()
    page.keyboard.press("y")
    expect(page.locator("#toast")).to_contain_text("Confirmed Person 1")
    words = page.evaluate("cv.project.people[0].members.map(one => one.word)")
    assert words == ["confirmed", "confirmed", "certain"]
    showing(page, {"questions": [{"a": a, "b": b, "probability": 0.6, "gain_s": 9}]})
    expect(page.locator("#ask .side")).to_have_count(2)
    page.unroute_all()
    page.keyboard.press("n")
    expect(page.locator(".mug")).to_have_count(5)


def test_very_many_people_come_in_steps(joined: Served, open_cast: Open) -> None:
    page = open_cast(joined)
    one = joined.get("cast").json["people"][0]
    crowd = [one | {"id": f"person-{i}", "name": f"Person {i}"} for i in range(1, 1001)]
    showing(page, {"people": crowd})
    expect(page.locator(".mug")).to_have_count(600)
    expect(page.locator("#shown")).to_have_text("1,000 people, sorted by screen time")
    page.get_by_role("button", name="Show 400 more").click()
    expect(page.locator(".mug")).to_have_count(1000)
    expect(page.locator("#person-601")).to_be_focused()
    expect(page.locator("#more")).to_be_hidden()


STATES = {
    "as opened": "0",
    "a person": "cv.toggle('person-1')",
    "renaming": "cv.rename('person-2')",
    "dialog: whom to join": "cv.joinWith('person-1')",
    "dialog: seen together": "cv.joinTwo(cv.project.people[0], cv.project.people[3])",
    "dialog: keys": "cv.help()",
    "corrected": "cv.name(cv.project.people[0], 'Ada').then(() => cv.hide(cv.project.people[1]))",
    "nobody": "(() => { cv.$('by-name').value = 'x'; cv.drawPeople() })()",
    "stopped": "(() => { cv.project.stopped = 'Stopped'; cv.project.listeners[0]({kind: 'x'}) })()",
}
"""What is looked at → how the page gets there."""


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing(unsure: Served, open_cast: Open, look: str) -> None:
    viewport, scheme = (PHONE, "dark") if look == "phone" else (DESK, look)
    for state in list(STATES)[: 2 if look == "phone" else None]:
        page = open_cast(unsure, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(STATES[state])
        page.wait_for_timeout(150)
        found = axe.Axe().run(page).response["violations"]
        places = [(rule["id"], [node["html"][:150] for node in rule["nodes"]]) for rule in found]
        assert places == [], state
        page.context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1366, 1920])
def test_nothing_is_wider_than_the_window(unsure: Served, open_cast: Open, width: int) -> None:
    page = open_cast(unsure, viewport={"width": width, "height": 800})
    opened(page, "Person 2")
    page.wait_for_timeout(100)
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
        assert page.locator(".mug").count() > 280
        began = time.monotonic()
        page.evaluate("cv.drawPeople(true)")
        assert time.monotonic() - began < 2
        pictures = [url for url in asked if "/chip/" in url]
        assert len(pictures) < 60, "only pictures near the window are loaded"
        assert len(served.get().body) < 90_000
        assert len(served.get("cast").body) < 400_000
        context.close()
