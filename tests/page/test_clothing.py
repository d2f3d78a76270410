"""What clothing decided, on the page."""

from __future__ import annotations

import pytest

from tests.outputs.report.crew import DRESSED
from tests.page.conftest import Open
from tests.page.look import bar, choose, opened, select

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

WIDTH = "async img => { await img.decode(); return img.naturalWidth }"
TWENTY = "Clothing: 20 times likelier this person than another"


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(DRESSED.build(), mode="disk", viewport={"width": 1366, "height": 1000})


def test_badge_and_evidence_are_on_the_face(page: Page) -> None:
    faces = opened(page, "Ada").locator(".face-open:has(.face-badge)")
    expect(faces).to_have_text(["by clothing+3", "by clothing+3", "by clothing+3"])
    expect(faces.first).to_have_accessible_name("Ada at 00:00:12:00")
    expect(faces.first).to_have_accessible_description(
        "Joined by clothing. Clothing: 20 times likelier this person than another; face: no "
        "clear evidence. Next best person: 2 times likelier than not."
    )
    split = opened(page, "Bob").locator(".face-badge")
    expect(split).to_have_text(["split by clothing"])
    page.get_by_role("tab", name="Unknown").click()
    expect(page.locator(".face-badge:visible")).to_have_count(0)


def test_the_dialog_shows_the_clothing_and_the_evidence(page: Page) -> None:
    opened(page, "Ada").locator(".face-open:has(.face-badge)").first.click()
    dialog = page.get_by_role("dialog")
    torso = dialog.get_by_alt_text("Clothing of Ada at 00:00:12:00")
    assert torso.evaluate(WIDTH) == 72
    expect(dialog).to_contain_text(TWENTY)
    page.keyboard.press("ArrowLeft")  # a face that clothing did not move
    expect(dialog).not_to_contain_text("Clothing:")


def test_without_a_picture_of_the_clothing_the_evidence_stays(open_page: Open) -> None:
    page = open_page(DRESSED.build(), mode="disk", torsos=False)
    opened(page, "Ada").locator(".face-open:has(.face-badge)").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(TWENTY)
    expect(dialog.locator(".face-torso")).to_have_count(0)


def test_a_correction_replaces_what_clothing_said(page: Page) -> None:
    select(page, "Ada", 4)
    bar(page).get_by_role("button", name="Move to…").click()
    choose(page, "Bob")
    badges = opened(page, "Bob").locator(".face-badge")
    expect(badges).to_have_text(["split by clothing", "✎"])
    by_you = opened(page, "Bob").locator(".face-open", has_text="✎")
    expect(by_you).to_have_accessible_description("Assigned by you")


def test_the_table_says_it_of_each_appearance(page: Page) -> None:
    person = opened(page, "Ada")
    person.get_by_text("Table of appearances").click()
    expect(person.get_by_role("cell", name="by clothing")).to_have_count(3)
