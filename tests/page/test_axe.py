"""What axe finds wrong with the page for people who read it otherwise than by eye and mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs.report.crew import DRESSED
from tests.page.conftest import LAPTOP, Open
from tests.page.look import bar, opened, pick, select

if TYPE_CHECKING:
    from playwright.sync_api import Page

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

PHONE = {"width": 360, "height": 740}


def opened_whole(page: Page) -> None:
    person = opened(page, "Ada")
    person.get_by_text("Table of appearances").click()
    person.get_by_role("button", name="Show all").click()


def enlarged(page: Page) -> None:
    opened(page, "Ada").locator(".face-open").last.click()


def named_alike(page: Page) -> None:
    opened(page, "Bob").get_by_role("button", name="Rename").first.click()
    page.locator(".name-field").fill("Ada")
    page.keyboard.press("Enter")


def button(name: str) -> Callable[[Page], None]:
    return lambda page: opened(page, "Ada").get_by_role("button", name=name).first.click()


def moving(page: Page) -> None:
    select(page, "Ada", 0, 1)
    bar(page).get_by_role("button", name="Move to…").click()


def both_picked(page: Page) -> None:
    pick(page, "Ada")
    pick(page, "Bob")


def hidden(page: Page) -> None:
    button("Hide")(page)
    page.get_by_role("button", name="1 hidden").click()


def menu(page: Page) -> None:
    page.locator(".player-who").first.click()


STATES: dict[str, Callable[[Page], object]] = {
    "a person": opened_whole,
    "selected faces": lambda page: select(page, "Ada", 0, 1),
    "selected people": both_picked,
    "hidden people": hidden,
    "renaming": button("Rename"),
    "whom to merge": button("Merge with…"),
    "where to move": moving,
    "splitting": button("Split in two"),
    "a name that exists": named_alike,
    "an enlarged face": enlarged,
    "keys": lambda page: page.keyboard.press("?"),
    "menu of a face": menu,
}
"""What is looked at → how the page gets there."""


@pytest.mark.parametrize(
    ("scheme", "viewport"), [("light", LAPTOP), ("dark", LAPTOP), ("light", PHONE)]
)
def test_axe_finds_nothing(open_page: Open, scheme: str, viewport: dict[str, int]) -> None:
    settings = {"color_scheme": scheme, "viewport": viewport, "reduced_motion": "reduce"}
    page = open_page(DRESSED.build(), mode="disk", **settings)
    found = {}
    for state, reach in STATES.items():
        page.reload()
        page.wait_for_selector("html[data-ready]")
        reach(page)
        found[state] = described(axe.Axe().run(page).response["violations"])
    assert {state: faults for state, faults in found.items() if faults} == {}


def described(violations: list[dict[str, Any]]) -> list[str]:
    """Rule, place and why."""
    return [
        f"{rule['id']}: {node['html'][:150]}: {node['failureSummary']}"
        for rule in violations
        for node in rule["nodes"]
    ]
