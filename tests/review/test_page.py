"""The page as served, in a browser, on the sample film: every correction, kept for good."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.config import ClusteringConfig, Config
from clusterer.review import Footage, Session, Site
from clusterer.store.edits_json import read
from tests.conftest import DEMO
from tests.review.conftest import Served, serving

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, expect

DESK = {"width": 1280, "height": 900}
CAST = "cv.store.result.people.map(who => [who.id, who.name, who.hidden, who.tracks.join()]).sort()"
ADA = "cv.store.result.people.find(who => who.named).tracks"
Open = Callable[..., Page]


def live(folder: Path, video: Path | None = DEMO) -> Site:
    session = Session(folder)
    return Site(session, Footage(folder, session.state.result.analysis, video))


@pytest.fixture
def demo_served(demo_folder: Path) -> Iterator[Served]:
    with serving(live(demo_folder)) as running:
        yield running


@pytest.fixture
def open_live(chromium: Browser) -> Iterator[Open]:
    """Open a served page; it may ask its server only, and nothing may be complained of."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def forgiven(text: str) -> bool:
        return "409 (Conflict)" in text  # the browser's own words on an answer that the page takes

    def open_it(served: Served, **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: forgiven(message.text) or complaints.append(message.text)
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: (
                r.url.startswith((served.address, "data:", "blob:")) or complaints.append(r.url)
            ),
        )
        page.goto(served.address)
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []


def kept(page: Page) -> None:
    """Wait until the tables are written."""
    expect(page.locator("#status")).to_have_text("Saved", timeout=15_000)


def card(page: Page, name: str) -> Any:
    return page.locator(".card", has=page.locator("h3", has_text=name))


def rename(page: Page, old: str, new: str) -> None:
    card(page, old).locator(".name").click()
    page.locator(".naming").fill(new)
    page.locator(".naming").press("Enter")


def merge(page: Page, who: str, into: str) -> None:
    """Merge two people of the sample film, all of whom are seen with one another."""
    card(page, who).get_by_role("button", name="Merge").click()
    page.get_by_role("dialog").get_by_role("combobox").fill(into)
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="On screen together").get_by_role(
        "button", name="Merge anyway"
    ).click()


def tables_agree(page: Page, folder: Path) -> None:
    """People on the page and in the tables: same names, same tracks."""
    kept(page)
    shown = page.evaluate(CAST)
    result = clusterer.load(folder)
    there = sorted(
        [who.id, who.name, who.hidden, ",".join(map(str, sorted(who.track_ids)))]
        for who in result.people
    )
    for who in shown:
        who[3] = ",".join(map(str, sorted(map(int, who[3].split(",")))))
    assert shown == there
    rows = list(csv.DictReader((folder / "people.csv").read_text("utf-8").splitlines()))
    named = {row["name"] for row in rows if row["status"] in {"person", "hidden"}}
    assert named == {who[1] for who in shown}


def test_corrections_are_kept_for_good(
    demo_served: Served, open_live: Open, demo_folder: Path
) -> None:
    page = open_live(demo_served)
    expect(page.locator(".card")).to_have_count(4)
    rename(page, "Person 1", "Ada")
    merge(page, "Person 3", "Ada")
    expect(page.locator(".card")).to_have_count(3)
    tables_agree(page, demo_folder)

    page.keyboard.press("Control+z")
    expect(page.locator(".card")).to_have_count(4)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".card")).to_have_count(3)
    page.locator("#undo").click()
    expect(page.locator(".card")).to_have_count(4)
    tables_agree(page, demo_folder)

    card(page, "Ada").get_by_role("button", name="Split").click()
    page.get_by_role("dialog").get_by_role("button", name="Split").click()
    expect(page.locator(".card")).to_have_count(5)
    new = page.locator(".card h3", has_text="Person 5")
    expect(new).to_have_count(1)
    chip = card(page, "Person 5").locator(".cell").first
    chip.hover()
    chip.locator(".tick").click()
    page.locator("#bar").get_by_role("button", name="Move to").click()
    page.get_by_role("dialog").get_by_role("combobox").fill("Person 2")
    page.keyboard.press("Enter")
    tables_agree(page, demo_folder)
    before = page.evaluate(CAST)

    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate(CAST) == before
    assert len(read(demo_folder / "edits.json").edits) == 3


def test_a_run_with_another_threshold_keeps_them(open_live: Open, demo_folder: Path) -> None:
    with serving(live(demo_folder)) as served:
        page = open_live(served)
        rename(page, "Person 1", "Ada")
        merge(page, "Person 3", "Ada")
        kept(page)
        ada = page.evaluate(ADA)
        page.close()
    edits = (demo_folder / "edits.json").read_bytes()
    for chosen in (
        ClusteringConfig(threshold=0.25),
        ClusteringConfig(threshold=0.55, method="agglomerative"),
    ):
        again = clusterer.process(DEMO, Config(clustering=chosen), demo_folder).result
        assert again.edit_notes == ()
        (found,) = [who for who in again.people if who.name == "Ada"]
        assert set(ada) <= set(found.track_ids)
        assert (demo_folder / "edits.json").read_bytes() == edits
        with serving(live(demo_folder)) as served:
            page = open_live(served)
            expect(page.locator(".card h3", has_text="Ada")).to_have_count(1)
            assert set(ada) <= set(page.evaluate(ADA))
            page.close()


def test_another_sample_rate_keeps_them(open_live: Open, demo_folder: Path) -> None:
    """Tracks have other numbers and other best faces then: corrections mean what they show."""
    with serving(live(demo_folder)) as served:
        page = open_live(served)
        rename(page, "Person 2", "Bob")
        merge(page, "Person 4", "Bob")
        kept(page)
        time_s = page.evaluate("cv.store.result.people.find(who => who.named).time")
        page.close()
    config = Config(
        analysis=clusterer.AnalysisConfig(
            video=clusterer.core.config.VideoConfig(sample_rate_hz=2.5)
        )
    )
    again = clusterer.process(DEMO, config, demo_folder).result
    assert again.edit_notes == ()
    (bob,) = [who for who in again.people if who.name == "Bob"]
    assert bob.screen_time_s == pytest.approx(time_s, rel=0.05)
    with serving(live(demo_folder)) as served:
        page = open_live(served)
        shown = page.evaluate("cv.store.result.people.find(who => who.named).time")
        assert shown == pytest.approx(bob.screen_time_s)
        assert page.evaluate("cv.store.result.people.length") == len(again.people) == 3
        page.close()


def test_grouping_again_and_back(demo_served: Served, open_live: Open, demo_folder: Path) -> None:
    page = open_live(demo_served)
    expect(page.locator("#regroup")).to_be_disabled()
    merge(page, "Person 4", "Person 2")
    expect(page.locator("#regroup")).to_be_enabled()
    with page.expect_navigation():
        page.locator("#regroup").click()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator("#regroup")).to_be_disabled()
    assert page.evaluate("cv.data.grouped_under") == 2
    with page.expect_navigation():
        page.locator("#undo").click()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate("cv.data.grouped_under") == 0
    expect(page.locator(".card")).to_have_count(3)
    page.locator("#undo").click()
    expect(page.locator(".card")).to_have_count(4)
    tables_agree(page, demo_folder)


def test_the_film_plays_where_one_clicks(demo_served: Served, open_live: Open) -> None:
    page = open_live(demo_served)
    chip = card(page, "Person 1").locator(".cell").nth(1)
    wanted = page.evaluate(
        "cv.seconds(cv.data.chips.pts[document.querySelectorAll('#person-1 .cell')[1].facts.chip])"
    )
    chip.locator(".tc").click()
    expect(page.locator("#player")).to_be_visible()
    film = page.locator("#film")
    for _ in range(200):
        if film.evaluate("film => film.readyState") >= 2:
            break
        page.wait_for_timeout(50)
    assert page.evaluate("document.getElementById('film').currentTime") == pytest.approx(
        wanted, abs=2.5
    )
    expect(page.locator("#boxes text").first).to_have_text("Person 1")
    box, screen = page.evaluate(
        "['#boxes rect', '#screen'].map(s => document.querySelector(s).getBoundingClientRect())"
        ".map(({ left, right }) => ({ left, right }))"
    )
    assert screen["left"] <= box["left"] < box["right"] <= screen["right"]
    page.keyboard.press("Escape")
    expect(page.locator("#player")).to_be_hidden()
    expect(film).to_have_js_property("paused", True)


def test_what_was_changed_elsewhere_is_not_overwritten(
    demo_served: Served, open_live: Open, demo_folder: Path
) -> None:
    first, second = open_live(demo_served), open_live(demo_served)
    rename(first, "Person 1", "Ada")
    kept(first)
    stored = (demo_folder / "edits.json").read_bytes()
    rename(second, "Person 2", "Bob")
    expect(second.locator("#status")).to_contain_text("changed elsewhere")
    assert (demo_folder / "edits.json").read_bytes() == stored
    second.reload()
    second.wait_for_selector("html[data-ready]")
    expect(second.locator(".card h3", has_text="Ada")).to_have_count(1)


def test_a_server_that_has_stopped_is_told(chromium: Browser, demo_folder: Path) -> None:
    page = chromium.new_page(viewport=DESK)
    with serving(live(demo_folder)) as served:
        page.goto(served.address)
        page.wait_for_selector("html[data-ready]")
        rename(page, "Person 1", "Ada")
        kept(page)
    rename(page, "Person 2", "Bob")
    expect(page.locator("#status")).to_contain_text("server has stopped")
    expect(page.locator("#undo")).to_be_disabled()
    page.close()
    content = json.loads((demo_folder / "edits.json").read_text("utf-8"))
    assert [edit["name"] for edit in content["edits"]] == ["Ada"]


def test_every_correction_stands_in_the_file_at_once(
    demo_served: Served, open_live: Open, demo_folder: Path
) -> None:
    page = open_live(demo_served)
    for count, name in enumerate(("Ada", "Bob", "Cleo"), start=1):
        rename(page, f"Person {count}", name)
        deadline = time.monotonic() + 10
        while True:
            path = demo_folder / "edits.json"
            edits = read(path).edits if path.exists() else ()
            if len(edits) == count:
                break
            assert time.monotonic() < deadline
            page.wait_for_timeout(20)
        assert edits[-1].name == name
        assert edits[-1].note == f"Renamed Person {count} to {name}"
