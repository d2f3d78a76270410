"""A small cast to be corrected, and how tests look at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from clusterer.core.types import Advice, Question, Reason
from tests.outputs.report.builder import Cast, Scene

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Open = Callable[..., "Page"]
DESK = {"width": 1280, "height": 1000}
TALL = {"width": 1280, "height": 2600}
PHONE = {"width": 360, "height": 740}

ADA, TWO, THREE = [0, 2, 4, 6], [1, 3, 5], [8, 9]
"""Their tracks. 7, seen with 6, is too small, 10 fits nobody."""
CREW = Scene(
    [
        Cast([0, 2, 4, 6], "Ada"),
        Cast([1, 3, 5], "Person 2"),
        Cast([7, 8], "Person 3"),
        Cast([9], "Unknown 1", Reason.NO_MATCH),
        Cast([6], "Unknown 2", Reason.TOO_SMALL),
    ],
    cannot_link=[(6, 7)],
    advice=Advice(
        (
            Question(0, 10, 1.0),  # affects 4 faces, probably: 2.9 of them
            Question(1, 8, 2.0),  # 8 of the smaller person: 7.0
            Question(0, 6, -1.5),  # do 4 and 6, one side of the tree, belong to Ada? 8: 6.5
            Question(6, 7, 3.0),  # seen together: never asked
        ),
        {0: ((0, 1), (2, 3), (4, 5)), 1: ((0, 1), (2, 3)), 2: ((0, 1),)},
    ),
)


def cast_of(page: Page) -> dict[str, list[int]]:
    """Name → tracks, longest screen time first."""
    found: list[tuple[str, list[int]]] = page.evaluate(
        "cv.store.result.people.map(who => [who.name, who.tracks])"
    )
    assert len(dict(found)) == len(found)
    return dict(found)


def unknown_of(page: Page) -> dict[str, list[int]]:
    """Reason → tracks."""
    found: dict[str, list[int]] = page.evaluate("Object.fromEntries(cv.store.result.unknown)")
    return found


def cells(page: Page, number: int) -> Locator:
    """The faces of a person, one an appearance."""
    return page.locator(f"#person-{number} .cell")


def tick(page: Page, number: int, *places: int) -> None:
    """Select faces of a person."""
    for place in places:
        cells(page, number).nth(place).hover()
        cells(page, number).nth(place).locator(".tick").click()


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Press, move in steps, let go."""
    for locator, act in ((what, page.mouse.down), (to, page.mouse.up)):
        box = locator.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=6)
        act()
