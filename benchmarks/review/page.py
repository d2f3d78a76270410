"""What the review page costs a browser: first paint, script of each action, scrolling, memory.

    python -m benchmarks review page [--people 200] [--faces 20000] [--repeats 3] [--film FOLDER]

An hour-long film is simulated and served, and the page is used in Chromium by mouse and keys.
Milliseconds are the processor's, of the page's thread, except "longest task", which is the
clock's, as are first paint and frames. "fixed work" is a piece of JavaScript that takes as long on
every page: divide by it to compare machines. Needs Playwright (the extra [test]) and Chromium.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.review._chromium import (
    Meter,
    beginning,
    chromium,
    middle,
    opened,
    renderer_bytes,
    served,
)
from benchmarks.review._film import simulate, write_folder
from benchmarks.tables import print_table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUICK: Mapping[str, object] = {"people": 12, "faces": 400, "repeats": 1}
SIZE = (1366, 768)
PLAY_MS = 3000
SAVED_MS = 120_000
SCROLL_PX = 3000
MIB = 2**20
FIRST = (
    "page",
    "answered, ms",
    "first paint, ms",
    "ready, ms",
    "of the processor, ms",
    "fixed work, ms",
    "heap, MiB",
    "process, MiB",
)
TILE = ".cast-tile .cast-open"


def use(meter: Meter) -> None:
    """Everything that a reviewer does, once."""
    _faces(meter)
    _people(meter)
    _cast(meter)
    for answer, key in (("yes", "y"), ("no", "n"), ("skip", "s")):
        meter.page.locator("h1").click()
        meter.measure(f"answer {answer}", key)
    _film(meter)
    meter.page.locator("h1").click()
    while meter.page.locator(".shell button[aria-keyshortcuts='Control+Z']").is_enabled():
        meter.page.keyboard.press("Control+z")  # for the next turn
    meter.page.get_by_text("Saved", exact=True).wait_for(timeout=SAVED_MS)


def _faces(meter: Meter) -> None:
    face = meter.page.locator(".face-open").first
    meter.measure("open a person", meter.centre(TILE))
    meter.measure("all faces of a person", meter.centre(".person-under button"))
    meter.measure("select a face", meter.centre(".face-pick"))
    meter.measure("let go", "Escape")
    face.focus()
    meter.measure("choose where to move", "m")
    meter.measure("move a face", "Enter")
    for what, key in (("not this person", "r"), ("not a face", "f")):
        face.focus()
        meter.measure(what, key)
    meter.measure("enlarge a face", meter.centre(".face-open"))
    meter.measure("next face", "ArrowRight")
    meter.page.keyboard.press("Escape")
    meter.measure("close a person", meter.centre(".person-close"))


def _people(meter: Meter) -> None:
    tiles = meter.page.locator(TILE)
    tiles.nth(1).focus()
    meter.measure("begin a name", "e")
    meter.measure("type a name", "text:Ada")
    meter.measure("name", "Enter")
    for place in (3, 4):
        tiles.nth(place).focus()
        meter.measure("select a person", "x")
    meter.measure("merge", "m")
    if meter.page.locator("dialog[open]").count():
        meter.measure("merge, though together", "Enter")
    tiles.nth(6).focus()
    meter.measure("hide", "h")
    meter.measure("undo", "Control+z")
    meter.measure("redo", "Control+Shift+z")


def _cast(meter: Meter) -> None:
    meter.measure("type in the filter", "/", "text:7")
    meter.page.locator(".cast-search").fill("")
    meter.page.locator(".cast-tools select").first.focus()
    meter.measure("sort otherwise", "ArrowDown")
    for size in "LM":
        meter.measure(f"pictures {size}", meter.centre(f".cast-sizes button:has-text('{size}')"))
    for tab in ("unknown", "together", "export", "about", "cast"):
        meter.measure(f"panel {tab}", meter.centre(f"#tab-{tab}"))


def _film(meter: Meter) -> None:
    meter.measure("zoom the timeline", "+", "+", "+")
    meter.page.locator(".timeline-who").first.focus()
    meter.measure("pan the timeline", "Shift+ArrowRight")
    meter.measure("next person there", "ArrowDown")
    meter.measure("go to a moment", meter.centre(".timeline-bars"))
    meter.measure("next frame", ".")
    meter.measure(f"play {PLAY_MS // 1000} s", "l", wait_ms=PLAY_MS)
    meter.measure("pause", "k")


def scroll(meter: Meter) -> Iterator[tuple[str, float, float]]:
    """Where it was scrolled, frames per second, longest gap, ms."""
    yield "cast", *meter.frames(".cast-scroll", SCROLL_PX)
    yield "timeline", *meter.frames(".timeline-view", SCROLL_PX)
    meter.page.locator(TILE).first.click()
    meter.page.locator(".person-under button").first.click()
    yield "faces of a person", *meter.frames(".cast-scroll", SCROLL_PX)
    meter.page.locator(".person-close").click()


@contextmanager
def film(given: argparse.Namespace) -> Iterator[Path]:
    """The result folder of the simulated film, made unless it is there."""
    with tempfile.TemporaryDirectory() as place:
        folder = given.film or Path(place) / "film.people"
        if not folder.exists():
            write_folder(simulate(given.people, given.faces), folder)
        yield folder


def turns(browser: Browser, address: str, repeats: int) -> Iterator[tuple[Meter, list[float]]]:
    """Open the page that often: the page, and what its first paint took."""
    for _ in range(repeats):
        meter = opened(browser, address, SIZE)
        meter.page.wait_for_timeout(1000)
        yield meter, beginning(meter)
        meter.page.context.close()


def print_first(which: str, rows: list[list[float]]) -> None:
    """Print when something was to be seen."""
    *times, heap, memory = (middle(list(column)) for column in zip(*rows, strict=True))
    sizes = [heap / MIB, memory / MIB]
    print_table(FIRST, [[which, *(f"{value:.0f}" for value in (*times, *sizes))]])
    print()


def print_actions(costs: Mapping[str, list[tuple[float, ...]]]) -> None:
    """Print the median of each action."""
    header = ("action", "script, ms", "style and layout", "all tasks", "longest task")
    rows = (
        [what, *(f"{middle(list(column)):.0f}" for column in zip(*found, strict=True))]
        for what, found in costs.items()
    )
    print_table(header, rows)
    print()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--faces", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--film", type=Path, help="keep the simulated film here, or use it again")


def main(given: argparse.Namespace) -> None:
    """Print the tables."""
    costs: dict[str, list[tuple[float, ...]]] = {}
    frames: dict[str, list[tuple[float, float]]] = {}
    with film(given) as folder, chromium() as browser:
        rows = []
        disk = (folder / "report.html").absolute().as_uri()
        for meter, times in turns(browser, disk, given.repeats):
            sizes = [meter.heap_bytes(), renderer_bytes(browser)]
            rows.append([*times, meter.calibrate(), *sizes])
        print_first("report.html", rows)
        rows = []
        with served(folder) as address:
            for meter, times in turns(browser, address, given.repeats):
                work = meter.calibrate()
                for what, *found in scroll(meter):
                    frames.setdefault(what, []).append((found[0], found[1]))
                use(meter)
                for what, spent in meter.costs.items():
                    costs.setdefault(what, []).extend(
                        (one.script, one.layout, one.all, one.longest_task) for one in spent
                    )
                rows.append([*times, work, meter.heap_bytes(), renderer_bytes(browser)])
        print_first("live, after all actions", rows)
        print_actions(costs)
        header = ("scrolled", "frames/s", "longest gap, ms")
        print_table(
            header,
            (
                [what, *(f"{middle(list(column)):.0f}" for column in zip(*found, strict=True))]
                for what, found in frames.items()
            ),
        )
