"""What a page shows, read from its elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

PHONE = {"width": 360, "height": 740}
LATE = """{
    const wait = window.setTimeout;
    window.setTimeout = (run, ms = 0, ...of) => wait(run, ms + 500, ...of);
    window.requestAnimationFrame = run => window.setTimeout(run);
    window.cancelAnimationFrame = window.clearTimeout;
}"""
"""For a page whose frames and timers come late, as on a busy machine."""

# Opens everybody in turn, by no pointer and with no focus, and leaves the page as it was.
CAST = """async () => {
    const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    const openOf = label => document.querySelector(`[data-label="${label}"] > .cast-open`);
    const press = async label => { openOf(label).click(); await drawn(); };
    const tiles = [...document.querySelectorAll(".cast-tile")];
    const before = document.querySelector(".cast-tile.open")?.dataset.label;
    const found = [];
    for (const { dataset: { label } } of tiles) {
        if (openOf(label).ariaExpanded !== "true") await press(label);
        const cells = [...document.querySelectorAll(".person .face-cell")];
        const tracks = cells.flatMap(cell => cell.dataset.tracks.split(" ").map(Number));
        const name = openOf(label).querySelector(".cast-name").textContent;
        found.push([name, tracks.sort((a, b) => a - b)]);
    }
    const last = document.querySelector(".cast-tile.open")?.dataset.label;
    if (last !== before) await press(before ?? last);
    return found;
}"""
UNKNOWN = """() => [...document.querySelectorAll("[data-reason]")].map(reason => [
    reason.dataset.reason,
    [...reason.querySelectorAll(".face-cell")].map(cell => Number(cell.dataset.tracks)),
])"""


def cast_of(page: Page) -> dict[str, list[int]]:
    """Name → tracks, in the order of the cast, whose tab must be open; few people only."""
    found: list[tuple[str, list[int]]] = page.evaluate(CAST)
    assert len(dict(found)) == len(found), "two people of one name"
    return dict(found)


def unknown_of(page: Page) -> dict[str, list[int]]:
    """Reason → tracks; goes by the tab of unknown faces and back."""
    page.get_by_role("tab", name="Unknown").click()
    found: list[tuple[str, list[int]]] = page.evaluate(UNKNOWN)
    page.get_by_role("tab", name="Cast").click()
    return {reason: sorted(tracks) for reason, tracks in found}


def hold(page: Page, url: str) -> list[Route]:
    """Keep the next request from the server; it is in the list once the page has made it."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(url, keep, times=1)
    return held


def tile(page: Page, name: str) -> Locator:
    """A person in the cast."""
    return page.locator(".cast-tile").filter(has=page.get_by_text(name, exact=True))


def opened(page: Page, name: str) -> Locator:
    """Open a person, if not open yet."""
    button = tile(page, name).locator(".cast-open")
    if button.get_attribute("aria-expanded") != "true":
        button.click()
    article = page.get_by_role("article", name=name)
    expect(article).to_be_visible()
    return article


def faces(page: Page, name: str) -> Locator:
    """The faces of a person, one an appearance, to press."""
    return opened(page, name).locator(".face-open")


def pick(page: Page, name: str) -> None:
    """Select a person."""
    tile(page, name).hover()
    tile(page, name).get_by_role("checkbox").click()


def select(page: Page, name: str, *places: int) -> None:
    """Select faces of a person."""
    cells = opened(page, name).locator(".face-cell")
    for place in places:
        cells.nth(place).hover()
        cells.nth(place).locator(".face-pick").click()


def bar(page: Page) -> Locator:
    """What can be done with what is selected."""
    return page.get_by_role("region", name="Selection")


def choose(page: Page, name: str) -> None:
    """Take a row of the list that floats."""
    page.get_by_role("listbox").get_by_role("option", name=name).click()


def toast(page: Page) -> Locator:
    return page.locator(".shell-toast p > span")


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Drag to what may appear only while something is dragged."""
    what.hover()
    page.mouse.down()
    box = what.bounding_box()
    assert box
    page.mouse.move(box["x"] + 8, box["y"] + 8, steps=3)
    to.hover()
    to.hover()
    page.mouse.up()
