"""Questions in the workspace: few, at the top, and answered only while they are on screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from clusterer.core.types import Advice, Question
from tests.outputs.report.builder import Cast, Scene
from tests.page.conftest import Open

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
expect = sync_api.expect

SCENE = Scene(
    [
        Cast([0, 1, 2], "Phoebe"),
        *(Cast([shot], f"Person {shot - 1}") for shot in range(3, 8)),
    ],
    advice=Advice(
        (
            Question(0, 3, 2.0),  # one track a shot, so shots are tracks
            Question(0, 4, 2.0),
            Question(0, 5, 2.0),
            Question(6, 7, 0.0),
        ),
        {},
    ),
)
ALL = "Are these 3 all Phoebe?"
TWO = "Are these the same person?"


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(SCENE.build(), mode="disk")


def strip(page: Page) -> Locator:
    return page.get_by_role("region", name="Questions")


def test_one_look_answers_several_in_one_step(page: Page) -> None:
    expect(strip(page).get_by_role("heading")).to_have_text(ALL)
    expect(strip(page)).to_contain_text("2 questions, then")
    strip(page).get_by_role("button", name="Not Phoebe").nth(1).click()
    expect(strip(page).get_by_role("button", name="Confirm 2, reject 1")).to_be_visible()
    page.keyboard.press("y")
    expect(strip(page).get_by_role("heading")).to_have_text(TWO)
    page.keyboard.press("Control+z")
    expect(strip(page).get_by_role("heading")).to_have_text(ALL)


def test_unlikely_ones_are_rejected_until_they_are_confirmed(open_page: Open) -> None:
    asked = Advice((Question(0, 3, -1.0), Question(0, 4, -1.0)), {})
    page = open_page(replace(SCENE, advice=asked).build(), mode="disk")
    expect(strip(page).get_by_role("heading")).to_have_text("Which of these 2 are Phoebe?")
    expect(strip(page).get_by_role("button", name="Confirm")).to_be_disabled()
    page.keyboard.press("y")
    expect(strip(page).get_by_role("heading")).to_have_text("Which of these 2 are Phoebe?")
    no = strip(page).get_by_role("button", name="Not Phoebe")
    expect(no.nth(0)).to_have_attribute("aria-pressed", "true")
    no.nth(0).click()
    strip(page).get_by_role("button", name="Confirm 1, reject 1").click()
    expect(strip(page)).to_contain_text("No more questions")
    expect(page.locator(".cast-tile")).to_have_count(5)


def test_a_key_in_the_frame_of_a_click_answers_what_is_shown_then(page: Page) -> None:
    press = """async (name) => {
        [...document.querySelectorAll(".questions button")]
            .find(button => button.textContent.startsWith(name)).click();
        for (let i = 0; i < 20; i++) await null; // drawn, but not yet on screen
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "y", bubbles: true }));
    }"""
    page.evaluate(press, "Stop")
    expect(strip(page).get_by_role("button", name="Answer 2 questions")).to_be_visible()
    page.evaluate(press, "Answer")
    expect(strip(page).get_by_role("heading")).to_have_text(TWO)


def test_what_is_not_on_screen_is_not_answered(page: Page) -> None:
    strip(page).get_by_role("button", name="Stop").click()
    page.keyboard.press("y")
    strip(page).get_by_role("button", name="Answer 2 questions").click()
    expect(strip(page).get_by_role("heading")).to_have_text(ALL)
    # Moved out of the window, as on a phone that was scrolled.
    page.evaluate(
        """() => Object.assign(
            document.querySelector(".questions").style, { position: "fixed", top: "-1000px" }
        )"""
    )
    page.keyboard.press("y")
    page.keyboard.press("s")
    expect(strip(page).get_by_role("heading")).to_have_text(ALL)


def test_keys_in_a_grid_are_not_answers(page: Page) -> None:
    page.evaluate(
        """() => {
            const grid = document.createElement("div");
            grid.innerHTML = '<button>face</button>';
            grid.setAttribute("role", "grid");
            document.querySelector(".side").append(grid);
            grid.firstChild.focus();
        }"""
    )
    page.keyboard.press("y")
    expect(strip(page).get_by_role("heading")).to_have_text(ALL)
    strip(page).get_by_role("button", name="Confirm").focus()
    page.keyboard.press("y")
    expect(strip(page).get_by_role("heading")).to_have_text(TWO)


def test_the_end_and_the_skipped(page: Page) -> None:
    page.keyboard.press("s")
    page.keyboard.press("n")
    expect(strip(page)).to_contain_text("No more questions")
    strip(page).get_by_role("button", name="Ask 3 skipped questions again").click()
    expect(strip(page).get_by_role("heading")).to_have_text(ALL)


def test_unlikely_questions_are_asked_on_request(open_page: Open) -> None:
    asked = Advice((Question(0, 3, -4.0),), {})
    page = open_page(replace(SCENE, advice=asked).build(), mode="disk")
    strip(page).get_by_role("button", name="Ask 1 unlikely question").click()
    expect(strip(page).get_by_role("heading")).to_have_text(TWO)


def test_the_strip_is_low(page: Page) -> None:
    for _ in range(2):
        box = strip(page).bounding_box()
        assert box is not None
        assert box["height"] <= 190
        page.keyboard.press("s")


def test_nothing_is_asked_where_there_was_never_a_question(open_page: Open) -> None:
    page = open_page(replace(SCENE, advice=Advice()).build(), mode="disk")
    expect(strip(page)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Open, scheme: str) -> None:
    page = open_page(SCENE.build(), mode="disk", color_scheme=scheme, reduced_motion="reduce")
    strip(page).get_by_role("button", name="Not Phoebe").first.click()
    for _ in range(2):
        assert axe.Axe().run(page).response["violations"] == []
        page.keyboard.press("s")
