"""Every action by keyboard alone: what one presses, and what follows."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.outputs.report.crew import CREW
from tests.page.conftest import Open
from tests.result_folder import decided
from tests.video_files import picture, write_video

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MOST_TABS = 120
FOCUSED = "e => e === document.activeElement"


@pytest.fixture
def page(open_page: Open) -> Page:
    """Ada with 4 tracks, Person 2 with 3, Person 3 with 2, two unknown ones, three questions."""
    return open_page(CREW.build(), mode="disk")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def reach(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the target has the focus."""
    for _ in range(MOST_TABS):
        if target.evaluate(FOCUSED):
            return
        press(page, key)
    raise AssertionError(f"{key} does not reach {target}")


def tile(page: Page, name: str) -> Locator:
    return page.locator(".cast-open").filter(has_text=name)


def to_tile(page: Page, name: str) -> None:
    """By Tab into the cast, then by arrow keys."""
    tiles = page.locator(".cast-open")
    names = page.locator(".cast-name").all_text_contents()
    reach(page, tiles.locator("visible=true").and_(page.locator("[tabindex='0']")))
    press(page, "Home", *["ArrowRight"] * names.index(name))
    expect(tile(page, name)).to_be_focused()


def to_face(page: Page, name: str) -> Locator:
    """Open a person and go to their first face: that face."""
    to_tile(page, name)
    press(page, "Enter")
    face = page.get_by_role("article", name=name).locator(".face-open").first
    reach(page, face)
    return face


def names(page: Page) -> list[str]:
    return page.locator(".cast-name").all_text_contents()


def expect_names(page: Page, *expected: str) -> None:
    expect(page.locator(".cast-name")).to_have_text(list(expected))


def done(page: Page, text: str) -> None:
    """What the page said of the last action."""
    expect(page.locator(".shell-toast")).to_contain_text(text)


def test_name(page: Page) -> None:
    to_tile(page, "Person 2")
    press(page, "e")
    page.keyboard.type("Bob")
    press(page, "Enter")
    expect_names(page, "Ada", "Bob", "Person 3")
    expect(tile(page, "Bob")).to_be_visible()


def test_undo_and_redo(page: Page) -> None:
    to_tile(page, "Person 2")
    press(page, "h")
    expect_names(page, "Ada", "Person 3")
    press(page, "Control+z")
    expect_names(page, "Ada", "Person 2", "Person 3")
    press(page, "Control+Shift+z")
    expect_names(page, "Ada", "Person 3")
    press(page, "Control+z", "Control+y")
    expect_names(page, "Ada", "Person 3")


def test_select_several_and_merge(page: Page) -> None:
    to_tile(page, "Ada")
    press(page, "x", "ArrowRight", "X")
    expect(page.get_by_role("region", name="Selection")).to_contain_text("Ada, Person 2")
    press(page, "m")
    expect_names(page, "Ada", "Person 3")


def test_merge_with_somebody_from_the_list(page: Page) -> None:
    to_tile(page, "Person 2")
    press(page, "m")
    page.keyboard.type("ada")
    press(page, "Enter")
    expect_names(page, "Ada", "Person 3")


def test_move_a_face(page: Page) -> None:
    to_face(page, "Ada")
    press(page, "m")
    page.keyboard.type("Person 2")
    press(page, "Enter")
    done(page, "Moved 1 track to Person 2")


def test_several_faces_to_a_new_person(page: Page) -> None:
    to_face(page, "Ada")
    press(page, "Shift+ArrowRight", "n")
    done(page, "2 tracks")
    assert len(names(page)) == 4


@pytest.mark.parametrize(("key", "what"), [("r", "from the person"), ("f", "not a face|no face")])
def test_take_a_face_out(page: Page, key: str, what: str) -> None:
    to_face(page, "Person 2")
    press(page, key)
    expect(page.get_by_role("article", name="Person 2").locator(".face-cell")).to_have_count(2)
    undo = page.get_by_role("button", name="Undo", exact=True).first
    expect(undo).to_have_attribute("title", re.compile(what, re.IGNORECASE))


def test_split(page: Page) -> None:
    to_tile(page, "Ada")
    press(page, "s")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "Enter")
    expect(page.locator(".cast-name")).to_have_count(4)


def test_hide_and_show(page: Page) -> None:
    to_tile(page, "Person 3")
    press(page, "h")
    expect_names(page, "Ada", "Person 2")
    kind = page.get_by_role("combobox", name="Show", exact=True)
    reach(page, kind, "Shift+Tab")
    press(page, "h")  # each letter within a second, or a list begins anew
    expect_names(page, "Person 3")
    to_tile(page, "Person 3")
    press(page, "h")
    expect(page.locator(".cast-count")).to_have_text("0 people")
    reach(page, page.get_by_role("button", name="Clear filter"))
    press(page, "Enter")
    expect_names(page, "Ada", "Person 2", "Person 3")


def test_choose_a_cover(page: Page) -> None:
    to_face(page, "Ada")
    press(page, "ArrowRight", "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    press(page, "ArrowRight")
    reach(page, dialog.get_by_role("button", name="Use as cover"))
    press(page, "Enter")
    done(page, "Ada")


def test_filter_and_sort(page: Page) -> None:
    press(page, "/")
    page.keyboard.type("son 3")
    expect_names(page, "Person 3")
    press(page, "Control+a", "Delete")
    reach(page, page.get_by_label("Sort by"))
    press(page, "f")
    expect(page.get_by_label("Sort by")).to_have_value("first")
    reach(page, page.get_by_role("button", name="L", exact=True))
    press(page, "Enter")
    expect(page.locator(".cast-grid.size-L")).to_be_visible()


def answered(page: Page, key: str) -> None:
    """Answer; a key does nothing until the question has been on screen for a frame."""
    title = page.locator("#questions-title")
    asked = title.inner_text()
    for _ in range(MOST_TABS):
        press(page, key)
        page.wait_for_timeout(50)
        if title.count() == 0 or title.inner_text() != asked:
            return
    raise AssertionError(f"{key} does not answer {asked}")


def test_answer_questions(page: Page) -> None:
    title = page.locator("#questions-title")
    expect(title).to_have_text("Which of these 2 are Ada?")
    answered(page, "s")
    expect(title).to_have_text("Are these the same person?")
    answered(page, "y")
    expect(title).to_have_count(0)
    reach(page, page.get_by_role("button", name="skipped question"))
    press(page, "Enter")
    expect(title).to_have_text("Which of these 2 are Ada?")
    answered(page, "n")
    expect(page.locator(".shell-toast")).to_contain_text("Answered")


def test_stop_the_questions(page: Page) -> None:
    reach(page, page.get_by_role("button", name="Stop"))
    press(page, "Enter")
    expect(page.locator("#questions-title")).to_have_count(0)


def test_panels(page: Page) -> None:
    reach(page, page.get_by_role("tab", name="Cast"))
    press(page, "ArrowRight")
    expect(page.locator(".unknown .face-cell")).to_have_count(2)
    reach(page, page.locator(".unknown .face-open").first)
    press(page, "m")
    page.keyboard.type("Eve")
    press(page, "Enter")
    expect(page.locator(".unknown .face-cell")).to_have_count(1)
    reach(page, page.get_by_role("tab", name="Unknown"), "Shift+Tab")
    press(page, "ArrowRight")
    reach(page, page.locator(".together-scroll"))
    press(page, "End")
    reach(page, page.get_by_role("tab", name="Together"), "Shift+Tab")
    press(page, "End")
    expect(page.get_by_role("tabpanel", name="About")).to_be_visible()


def test_timeline(page: Page) -> None:
    bars = page.locator(".timeline-bars").first
    whole = bars.get_attribute("viewBox")
    press(page, "+", "+")
    expect(bars).not_to_have_attribute("viewBox", whole or "")
    near = bars.get_attribute("viewBox")
    reach(page, page.locator(".timeline-who").first)
    press(page, "Shift+ArrowRight")
    expect(bars).not_to_have_attribute("viewBox", near or "")
    press(page, "-", "-", "-")
    expect(bars).to_have_attribute("viewBox", whole or "")
    press(page, "+", "0", "ArrowDown", "ArrowRight", "Enter")
    expect(page.locator(".player-timecode")).to_have_text("00:00:02:00")


def test_marks_and_frames(page: Page) -> None:
    timecode = page.locator(".player-timecode")
    press(page, ".", ".", ".", ",", "i", ".", "o")
    expect(timecode).to_have_text("00:00:00:03")
    marks = page.locator(".player-marks b")
    expect(marks).to_have_text(["00:00:00:02", "00:00:00:04"])
    press(page, "x")
    expect(marks).to_have_count(0)
    reach(page, page.locator(".player-scrub"))
    press(page, "Shift+ArrowRight", "ArrowRight")
    expect(timecode).to_have_text("00:00:01:04")
    reach(page, page.locator(".player-who").first)
    press(page, "Enter")
    expect(page.locator(".player-menu button").first).to_be_focused()
    press(page, "Escape")
    expect(page.locator(".player-who").first).to_be_focused()


def test_help(page: Page) -> None:
    press(page, "?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts").locator("kbd")
    listed = set("".join(keys.all_inner_texts()))
    assert listed >= set("JKL,.IOX+-0YNS/EMHRF?")
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """The film of `decided`, where its result will lie."""
    pictures = (picture(number) for number in range(100))
    return write_video(tmp_path / "small.mp4", pictures, rate=Fraction(25))


@pytest.mark.usefixtures("film")
def test_play(open_page: Open) -> None:
    page = open_page(decided())
    video = page.locator("video")
    expect(video).to_have_js_property("readyState", 4)
    play = page.locator(".player-play")
    for key in ("l", "j", " "):
        press(page, key)
        expect(play).to_have_attribute("aria-label", "Pause")
        press(page, "k")
        expect(play).to_have_attribute("aria-label", "Play")
    reach(page, page.get_by_label("Speed"))
    press(page, "ArrowUp")
    expect(video).to_have_js_property("playbackRate", 0.5)


@pytest.mark.usefixtures("film")
def test_boxes_in_the_picture(open_page: Open) -> None:
    page = open_page(decided())
    expect(page.locator("video")).to_have_js_property("readyState", 4)
    box = page.locator(".player-box").first
    reach(page, box)
    press(page, "Enter")
    expect(page.locator(".player-menu button").first).to_be_focused()
    press(page, "Enter")
    page.keyboard.type("Ann")
    press(page, "Enter")
    expect(page.locator(".cast-name").first).to_have_text("Ann")


def test_export(open_page: Open) -> None:
    formats = [{"name": "edl", "title": "EDL (CMX 3600)", "suffix": ".edl"}]
    name = {"Content-Disposition": 'attachment; filename="small.edl"'}

    def before(page: Page) -> None:
        page.route("**/formats", lambda route: route.fulfill(json=formats))
        page.route("**/export", lambda route: route.fulfill(body="TITLE: small", headers=name))

    page = open_page(decided(), before=before)
    reach(page, page.get_by_role("tab", name="Cast"))
    press(page, "ArrowLeft", "ArrowLeft")
    reach(page, page.locator(".export input[type=radio]:checked").first)
    press(page, "ArrowDown")
    reach(page, page.get_by_role("checkbox", name="Person 2"))
    press(page, " ")
    with page.expect_download() as download:
        reach(page, page.get_by_role("button", name="EDL"))
        press(page, "Enter")
    assert download.value.suggested_filename.startswith("small")


def test_threshold(open_page: Open, demo_folder: Path) -> None:
    page = open_page(demo_folder)
    reach(page, page.get_by_role("button", name="Threshold…"))
    press(page, "Enter")
    slider = page.get_by_role("slider", name="Group with another threshold")
    reach(page, slider)
    press(page, "ArrowRight")
    apply = page.get_by_role("button", name="Apply")
    expect(apply).to_be_enabled()
    reach(page, apply)
    with page.expect_navigation():
        press(page, "Enter")
    page.wait_for_selector("html[data-ready]")


def test_tab_reaches_every_control(page: Page) -> None:
    """All but those of groups that arrow keys go through, and nothing holds the focus."""
    page.evaluate(
        """() => {
            window.met = new Set();
            document.addEventListener("focusin", event => met.add(event.target), true);
        }"""
    )
    for _ in range(MOST_TABS):
        press(page, "Tab")
    missed = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, a[href], summary")]
            .filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility())
            .filter(one => !met.has(one)).map(one => one.outerHTML)"""
    )
    assert missed == []
    apart = page.evaluate(
        """() => [...document.querySelectorAll("[tabindex='-1']")]
            .filter(one => one.matches("button, input, select"))
            .filter(one => !one.closest(".cast-tile, .face-cell, .timeline-row, [role=tablist]"))
            .map(one => one.outerHTML)"""
    )
    assert apart == [], "a control that Tab does not reach is in a group with arrow keys"
