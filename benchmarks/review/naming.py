"""How long it takes to name people, by the shortest path through the page.

    python -m benchmarks review naming RESULT [--names NAME ...] [--haste 1]

The page of a result is opened in Chromium, and those longest on screen are named in turn, once by
keys alone and once by mouse; a pause stands for a person at work. Nothing is kept: each name is
undone. Needs Playwright (the extra [test]) and Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.review._chromium import chromium, opened, served
from benchmarks.tables import print_table

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUICK: Mapping[str, object] = {"haste": 20.0}
NAMES = ("Phoebe", "Monica", "Rachel", "Ross", "Joey", "Chandler")
SIZE = (1366, 768)
LOOK_S, KEY_S, POINT_S = 3.0, 0.28, 1.1
"""Looking at a face and thinking of the name; a key (40 words a minute); pointing with a mouse and
a click, as in the keystroke-level model (Card, Moran and Newell, 1980)."""
FIRST_LOOK_S = 15.0
"""Finding out how the page is used: reading the three hints."""


@dataclass(slots=True)
class Reviewer:
    """Presses and clicks as a person does, and counts."""

    page: Page
    haste: float
    keys: int = 0
    clicks: int = 0
    begun: float = field(default_factory=time.monotonic)

    def rest(self, seconds: float) -> None:
        """Let time pass."""
        self.page.wait_for_timeout(1000 * seconds / self.haste)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.rest(KEY_S)
        self.keys += len(keys)

    def click(self, selector: str, number: int = 0) -> None:
        """Point at an element and click."""
        self.rest(POINT_S)
        self.page.locator(selector).nth(number).click()
        self.clicks += 1

    def name(self, name: str) -> None:
        """Type a name, once there is a field for it."""
        self.page.locator(".name-field").wait_for()
        self.press(*name, "Enter")

    @property
    def seconds(self) -> float:
        """Since the page was there."""
        return time.monotonic() - self.begun


def by_keys(reviewer: Reviewer, names: list[str]) -> None:
    """Into the cast by one click, then a letter, the name, Enter and an arrow key each."""
    reviewer.click(".cast-tile .cast-open")
    for number, name in enumerate(names):
        if number:
            reviewer.press("ArrowRight")
        reviewer.rest(LOOK_S)
        reviewer.press("e")
        reviewer.name(name)


def by_mouse(reviewer: Reviewer, names: list[str]) -> None:
    """Open each person, click the name, type."""
    for number, name in enumerate(names):
        reviewer.rest(LOOK_S)
        reviewer.click(".cast-tile .cast-open", number)
        reviewer.click(".person-name")
        reviewer.name(name)


WAYS: Mapping[str, Callable[[Reviewer, list[str]], None]] = {
    "keys": by_keys,
    "mouse": by_mouse,
}


def row(address: str, way: str, given: argparse.Namespace) -> list[str]:
    """Name them all on a page of its own: what it took."""
    with chromium() as browser:
        page = opened(browser, address, SIZE).page
        reviewer = Reviewer(page, given.haste)
        reviewer.rest(FIRST_LOOK_S)
        WAYS[way](reviewer, given.names)
        took = reviewer.seconds
        page.locator(".name-field").wait_for(state="detached")
        names = page.locator(".cast-name").all_inner_texts()[: len(given.names)]
        page.locator("h1").click()
        for _ in given.names:
            page.keyboard.press("Control+z")
        page.get_by_text("Saved", exact=True).wait_for()
    right = sum(a == b for a, b in zip(names, given.names, strict=True))
    counts = [right, reviewer.clicks, reviewer.keys]
    return [way, *map(str, counts), f"{took:.0f}"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("result", type=Path, help="a result folder")
    parser.add_argument("--names", nargs="+", default=list(NAMES), help="longest on screen first")
    parser.add_argument("--haste", type=float, default=1.0, help="divides all pauses")


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(given.result, Path(place) / "film.people"))
        with served(copy) as address:
            print_table(
                ("way", "named", "clicks", "keys", "seconds"),
                (row(address, way, given) for way in WAYS),
            )
