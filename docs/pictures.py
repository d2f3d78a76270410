"""Take the pictures of the documentation: ``python docs/pictures.py``, about two minutes.

The sample film is analysed, and its review opened in Chromium, one page for each picture. Needs
the extra ``[test]`` and Chromium (``CHROMIUM`` names another than Playwright's or the system's).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
FILM = ROOT / "sample_videos" / "demo.mp4"
NAMES = ("Obama", "Collins", "Biden", "Hopper")
"""By screen time."""
STRICT = ("--threshold", "0.15", "--no-clothing")
"""A grouping that leaves questions."""
NO_HINTS = "try { localStorage.setItem('cluster-video-hints', 'seen') } catch {}"
LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
DARK = {"color_scheme": "dark"}
Steps = Callable[[Page], object]


@dataclass(frozen=True)
class Picture:
    """A picture: its file's name, what is done on the page before, and options of the browser."""

    name: str
    steps: Steps
    options: dict[str, Any] = field(default_factory=dict)
    hints: bool = False
    strict: bool = False


def person(page: Page, number: int = 0) -> None:
    """Open a person in place."""
    page.locator(".cast-open").nth(number).click()


def at(page: Page, share: float) -> None:
    """Go to a place of the film, as a share of the timeline, by a click on its first row."""
    bars = page.locator(".timeline-bars").first.bounding_box()
    assert bars
    page.mouse.click(bars["x"] + share * bars["width"], bars["y"] + 9)
    page.mouse.move(2, 760)  # no picture of the frame under the pointer


def tab(name: str) -> Steps:
    """Choose a panel."""
    return lambda page: page.get_by_role("tab", name=name).click()


def report(page: Page) -> None:
    """A person open, the film where two are on screen."""
    at(page, 0.42)
    person(page)


def face(page: Page) -> None:
    """One face with the whole frame that it is from."""
    person(page)
    page.locator(".face-open").first.click()


def merge(page: Page) -> None:
    """Whom to merge with, by likeness."""
    person(page)
    page.get_by_role("button", name="Merge with").click()


def selection(page: Page) -> None:
    """Two people selected."""
    for tile in page.locator(".cast-open").all()[:2]:
        tile.click(modifiers=["Control"])


def threshold(page: Page) -> None:
    """Try another threshold."""
    page.get_by_role("button", name="Threshold").click()
    page.locator("dialog input[type=range]").first.press("PageUp")


def menu(page: Page) -> None:
    """What can be done with a face in the film."""
    at(page, 0.42)
    page.locator(".player-box").first.click()


PICTURES = (
    Picture("report", report),
    Picture("review-dark", report, DARK),
    Picture("review-hints", lambda _page: None, hints=True),
    Picture("review-face", face),
    Picture("review-menu", menu),
    Picture("review-merge", merge),
    Picture("review-selection", selection),
    Picture("review-threshold", threshold),
    Picture("review-question", lambda page: at(page, 0.42), strict=True),
    Picture("review-together", tab("Together")),
    Picture("review-export", tab("Export"), DARK),
    Picture("review-about", tab("About")),
    Picture("review-german", report, {"locale": "de-DE"}),
    Picture("review-phone", person, {"viewport": PHONE, "has_touch": True}),
)


def analyse(work: Path, name: str, *options: str) -> Path:
    """Analyse the sample film; its result folder."""
    shutil.copy(FILM, work)
    words = [sys.executable, "-m", "clusterer", FILM.name, "-o", name, *options]
    subprocess.run(words, cwd=work, check=True)
    return work / name


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a review of this result."""
    words = [sys.executable, "-m", "clusterer", "review", str(folder), "--no-browser"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the review did not start"
        try:
            yield found[0]
        finally:
            process.terminate()


def name(browser: Browser, address: str) -> None:
    """Give the people their names, as a reviewer would."""
    page = opened(browser, address, Picture("", lambda _page: None))
    for number, known in enumerate(NAMES):
        page.locator(".cast-open").nth(number).press("e")
        page.keyboard.type(known)
        page.keyboard.press("Enter")
    page.get_by_text("Saved", exact=True).wait_for()
    page.context.close()


def opened(browser: Browser, address: str, picture: Picture) -> Page:
    """A page in the state that a picture shows."""
    settings = {"viewport": LAPTOP, "locale": "en-GB", "reduced_motion": "reduce"}
    context = browser.new_context(**settings | picture.options)
    if not picture.hints:
        context.add_init_script(NO_HINTS)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    page.wait_for_timeout(1000)  # the film is there
    picture.steps(page)
    page.wait_for_timeout(700)
    return page


def main() -> None:
    """Take all pictures, or those that are named."""
    chosen = [each for each in PICTURES if not sys.argv[1:] or each.name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        with (
            served(analyse(Path(work), "demo.people")) as address,
            served(analyse(Path(work), "strict.people", *STRICT)) as strict,
        ):
            name(browser, address)
            for picture in chosen:
                page = opened(browser, strict if picture.strict else address, picture)
                page.screenshot(path=IMAGES / f"{picture.name}.png")
                page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
