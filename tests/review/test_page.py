"""The page as served, in a browser, on the sample film: every correction, kept for good."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.config import ClusteringConfig, Config
from clusterer.review import Session, Site
from clusterer.store.edits_json import read
from clusterer.store.footage import Footage
from tests.conftest import DEMO
from tests.page.conftest import NO_HINTS
from tests.review.conftest import Served, serving

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Locator, Page, expect

DESK = {"width": 1280, "height": 900}
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
        settings = {"viewport": DESK, "locale": "en-GB", **options}
        context = chromium.new_context(**settings)
        contexts.append(context)
        context.add_init_script(NO_HINTS)
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
    expect(page.locator("#status")).to_have_text("Saved")


def tile(page: Page, name: str) -> Locator:
    """The tile of a person in the cast."""
    return page.locator(".cast-tile", has=page.locator(".cast-open").and_(page.get_by_title(name)))


def count(page: Page, people: int) -> None:
    expect(page.locator(".cast-tile")).to_have_count(people)


def rename(page: Page, old: str, new: str) -> None:
    tile(page, old).locator(".cast-open").focus()
    page.keyboard.press("e")
    page.get_by_role("combobox", name=f"Name of {old}").fill(new)
    page.keyboard.press("Enter")
    expect(tile(page, new)).to_have_count(1)


def merge(page: Page, who: str, into: str) -> None:
    """Merge two people of the sample film, all of whom are seen with one another."""
    tile(page, who).locator(".cast-open").focus()
    page.keyboard.press("m")
    page.get_by_role("combobox", name="Name", exact=True).fill(into)
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="On screen together").get_by_role(
        "button", name="Merge anyway"
    ).click()
    expect(tile(page, who)).to_have_count(0)


def shown(page: Page) -> list[tuple[str, str, float]]:
    """Id, name and screen time in seconds of everybody in the cast."""
    texts = page.locator(".cast-tile").evaluate_all(
        "tiles => tiles.map(tile => [tile.id,"
        " ...['.cast-name', '.cast-facts'].map(part => tile.querySelector(part).textContent)])"
    )
    return sorted((who, name, float(time.split()[0])) for who, name, time in texts)


def tables_agree(page: Page, folder: Path) -> None:
    """People on the page and in the tables: same names, same time on screen."""
    kept(page)
    result = clusterer.load(folder)
    there = sorted((who.id, who.name, who.screen_time_s) for who in result.people)
    here = shown(page)
    assert [row[:2] for row in here] == [row[:2] for row in there]
    assert [row[2] for row in here] == pytest.approx([row[2] for row in there], abs=0.051)
    rows = list(csv.DictReader((folder / "people.csv").read_text("utf-8").splitlines()))
    named = {row["name"] for row in rows if row["status"] in {"person", "hidden"}}
    assert named == {name for _, name, _ in here}


def tracks_of(folder: Path, name: str) -> set[int]:
    (who,) = [who for who in clusterer.load(folder).people if who.name == name]
    return set(who.track_ids)


def test_corrections_are_kept_for_good(
    demo_served: Served, open_live: Open, demo_folder: Path
) -> None:
    page = open_live(demo_served)
    count(page, 4)
    rename(page, "Person 1", "Ada")
    merge(page, "Person 3", "Ada")
    count(page, 3)
    tables_agree(page, demo_folder)

    for key, people in (("Control+z", 4), ("Control+Shift+z", 3)):
        page.keyboard.press(key)
        count(page, people)
    page.get_by_role("banner").get_by_role("button", name="Undo").click()
    tables_agree(page, demo_folder)

    count(page, 4)
    tile(page, "Ada").locator(".cast-open").click()
    page.get_by_role("article", name="Ada").get_by_role("button", name="Split in two").click()
    page.get_by_role("dialog").get_by_role("button", name="Split").click()
    count(page, 5)
    tile(page, "Person 5").locator(".cast-open").click()
    cell = page.get_by_role("article", name="Person 5").locator(".face-cell").first
    cell.hover()
    cell.get_by_role("checkbox").click()
    page.get_by_role("region", name="Selection").get_by_role("button", name="Move to").click()
    page.get_by_role("combobox", name="Name", exact=True).fill("Person 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Selection")).to_have_count(0)
    tables_agree(page, demo_folder)
    before = shown(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert shown(page) == before
    assert len(read(demo_folder / "edits.json").edits) == 3


def test_a_run_with_another_threshold_keeps_them(open_live: Open, demo_folder: Path) -> None:
    with serving(live(demo_folder)) as served:
        page = open_live(served)
        rename(page, "Person 1", "Ada")
        merge(page, "Person 3", "Ada")
        kept(page)
        page.close()
    ada = tracks_of(demo_folder, "Ada")
    edits = (demo_folder / "edits.json").read_bytes()
    for chosen in (
        ClusteringConfig(threshold=0.25),
        ClusteringConfig(threshold=0.55, method="agglomerative"),
    ):
        again = clusterer.process(DEMO, Config(clustering=chosen), demo_folder).result
        assert again.edit_notes == ()
        assert ada <= tracks_of(demo_folder, "Ada")
        assert (demo_folder / "edits.json").read_bytes() == edits
        with serving(live(demo_folder)) as served:
            page = open_live(served)
            expect(tile(page, "Ada")).to_have_count(1)
            tables_agree(page, demo_folder)
            page.close()


def test_another_sample_rate_keeps_them(open_live: Open, demo_folder: Path) -> None:
    """Tracks have other numbers and other best faces then: corrections mean what they show."""
    with serving(live(demo_folder)) as served:
        page = open_live(served)
        rename(page, "Person 2", "Bob")
        merge(page, "Person 4", "Bob")
        kept(page)
        (time_s,) = [time for _, name, time in shown(page) if name == "Bob"]
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
        tables_agree(page, demo_folder)
        count(page, 3)
        page.close()


def test_grouping_again_and_back(demo_served: Served, open_live: Open, demo_folder: Path) -> None:
    page = open_live(demo_served)
    again = page.get_by_role("button", name="Group again")
    undo = page.get_by_role("banner").get_by_role("button", name="Undo")
    expect(again).to_be_disabled()
    merge(page, "Person 4", "Person 2")
    with page.expect_navigation():
        again.click()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".shell-toast")).to_contain_text(
        "Grouped again: nobody changes. Everybody else keeps their number."
    )
    count(page, 3)
    expect(again).to_be_disabled()
    assert demo_served.site.session.state.result.grouped_under == 2
    with page.expect_navigation():
        undo.click()
    page.wait_for_selector("html[data-ready]")
    assert demo_served.site.session.state.result.grouped_under == 0
    count(page, 3)
    undo.click()
    count(page, 4)
    tables_agree(page, demo_folder)


def test_one_action_is_one_step_on_a_page_loaded_anew(
    demo_served: Served, open_live: Open, demo_folder: Path
) -> None:
    page = open_live(demo_served)
    for name in ("Person 2", "Person 3"):
        tile(page, name).locator(".cast-open").focus()
        page.keyboard.press("x")
    page.keyboard.press("h")
    count(page, 2)
    kept(page)
    assert len(read(demo_folder / "edits.json").edits) == 2
    page.reload()
    count(page, 2)
    page.get_by_role("banner").get_by_role("button", name="Undo").click()
    count(page, 4)
    kept(page)
    page.reload()
    page.get_by_role("banner").get_by_role("button", name="Redo").click()
    count(page, 2)


def test_the_film_is_shown_where_one_clicks(demo_served: Served, open_live: Open) -> None:
    page = open_live(demo_served)
    tile(page, "Person 1").locator(".cast-open").click()
    stamp = page.get_by_role("article", name="Person 1").locator(".face-tc").nth(1)
    stamp.click()
    timecode = page.locator(".player-timecode")
    expect(timecode).to_have_text(stamp.inner_text())
    film = page.locator("video")
    expect(film).to_have_js_property("seeking", False)
    hours, minutes, seconds, frame = map(int, timecode.inner_text().split(":"))
    rate = float(demo_served.site.session.state.result.analysis.video.frame_rate)
    wanted = 3600 * hours + 60 * minutes + seconds + frame / rate
    assert film.evaluate("film => film.currentTime") == pytest.approx(wanted, abs=1.5 / rate)
    expect(page.locator(".player-who", has_text="Person 1")).to_have_count(1)
    box, screen = page.locator(".player-frame").bounding_box(), film.bounding_box()
    assert box == pytest.approx(screen, abs=1)
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
    expect(tile(second, "Ada")).to_have_count(1)
    expect(tile(second, "Bob")).to_have_count(0)


def test_every_correction_stands_in_the_file_at_once(
    demo_served: Served, open_live: Open, demo_folder: Path
) -> None:
    page = open_live(demo_served)
    for count, name in enumerate(("Ada", "Bob", "Cleo"), start=1):
        rename(page, f"Person {count}", name)
        deadline = time.monotonic() + 60
        while True:
            path = demo_folder / "edits.json"
            edits = read(path).edits if path.exists() else ()
            if len(edits) == count:
                break
            assert time.monotonic() < deadline
            page.wait_for_timeout(20)
        assert edits[-1].name == name
        assert edits[-1].note == f"Renamed Person {count} to {name}"
