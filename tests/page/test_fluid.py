"""A long film with a large cast: little is drawn, and no action takes long.

Times are the processor's, in units of a fixed piece of work on the same page; a quarter of what is
allowed is usual.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from clusterer.core.types import Action, Advice, ClusteringResult, Edit, Question, Reason
from clusterer.outputs.report import render
from clusterer.people.amend import keys_of
from tests.outputs.report.builder import FACES_A_TRACK, Cast, Scene, reader
from tests.page.conftest import NO_HINTS

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

PEOPLE, FACES, SHOTS = 200, 20_000, 900
QUESTIONS = 400
EDITS, UNDONE = 2_000, 10
MOST_ELEMENTS = 8_000
MOST_UNITS = 4.0
"""Script of an action. A unit is about 50 ms on an idle core, and so is what is aimed at."""
MOST_UNITS_READY = 60.0
WORK = """() => {
    const words = [];
    for (let i = 0; i < 60000; i++) words.push(`${(i * 7919) % 60013}`);
    words.sort();
    return new Map(words.map((word, i) => [word, i])).size;
}"""
TILES, FACE = ".cast-tile .cast-open", ".face-open"

ACTIONS: dict[str, tuple[str, int, str]] = {
    "open a person": (TILES, 0, "Enter"),
    "choose where to move": (FACE, 0, "m"),
    "move a face": ("", 0, "Enter"),
    "not this person": (FACE, 1, "r"),
    "not a face": (FACE, 2, "f"),
    "close": (TILES, 0, "Escape"),
    "begin a name": (TILES, 2, "e"),
    "type a name": ("", 0, "A"),
    "name": ("", 0, "Enter"),
    "select a person": (TILES, 3, "x"),
    "select another": (TILES, 4, "x"),
    "merge": ("", 0, "m"),
    "though together": ("", 0, "Enter"),
    "hide": (TILES, 6, "h"),
    "undo": ("", 0, "Control+z"),
    "redo": ("", 0, "Control+Shift+z"),
    "yes": ("h1", 0, "y"),
    "no": ("h1", 0, "n"),
    "skip": ("h1", 0, "s"),
    "zoom": ("", 0, "+"),
    "another row": (".timeline-who", 0, "ArrowDown"),
    "filter": (".cast-search", 0, "7"),
    "filter off": (".cast-search", 0, "Backspace"),
    "other panel": ("#tab-cast", 0, "ArrowRight"),
    "who is with whom": ("", 0, "ArrowRight"),
    "the cast again": ("", 0, "Home"),
}
"""What → what has the focus, which of those, and the key."""


def long_film() -> ClusteringResult:
    """200 people with 20,000 faces; every pair seen together, a tree each, many questions."""
    rng = np.random.default_rng(7)
    weights = 1 / np.arange(3, PEOPLE + 3)
    tracks = FACES // FACES_A_TRACK
    strangers = tracks // 10
    counts = np.clip((weights / weights.sum() * (tracks - strangers)).astype(int), 2, SHOTS)
    cast = [
        Cast(sorted(rng.choice(SHOTS, count, replace=False).tolist()), f"Person {number}")
        for number, count in enumerate(counts, start=1)
    ]
    missing = tracks - int(counts.sum())
    reasons = (Reason.TOO_SMALL, Reason.NO_MATCH, Reason.AMBIGUOUS)
    shots = rng.integers(SHOTS, size=missing).tolist()
    cast += [Cast([shot], f"Unknown {i}", reasons[i % 3]) for i, shot in enumerate(shots)]
    plan = sorted((shot, who) for who, of in enumerate(cast) for shot in of.shots)
    owner = np.array([who for _, who in plan])
    place = np.array([shot for shot, _ in plan])
    together = [
        (a, b)
        for a in range(len(plan))
        for b in range(a + 1, min(len(plan), a + 40))
        if place[a] == place[b]
    ]
    pairs = rng.integers(tracks, size=(QUESTIONS, 2)).tolist()
    questions = [Question(a, b, float(rng.normal())) for a, b in pairs if owner[a] != owner[b]]
    own = [np.flatnonzero(owner == label) for label in range(PEOPLE)]
    questions += [Question(int(t[0]), int(t[len(t) // 2]), -0.5) for t in own]
    trees = {label: chain(int(np.sum(owner == label))) for label in range(PEOPLE)}
    return Scene(
        cast,
        shot_count=SHOTS,
        cannot_link=together,
        advice=Advice(tuple(questions), trees),
    ).build()


def chain(leaves: int) -> tuple[tuple[int, int], ...]:
    """A tree that takes in one track after the other, so the deepest there is."""
    return tuple((k + 1, leaves + k - 1 if k else 0) for k in range(leaves - 1))


def corrected(result: ClusteringResult) -> ClusteringResult:
    """The same, with 2,000 faces moved one by one from each person to the next."""
    keys, labels = keys_of(result.analysis).tracks, result.grouped.labels
    own = [[keys[t] for t in np.flatnonzero(labels == label)] for label in range(PEOPLE)]
    known = np.flatnonzero(labels >= 0)[:EDITS].tolist()
    edits = tuple(
        Edit(Action.MOVE, who=tuple(own[(int(labels[t]) + 1) % PEOPLE][:5]), tracks=(keys[t],))
        for t in known
    )
    return replace(result, edits=(*result.edits, *edits))


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Before and after corrections."""
    folder, result = tmp_path_factory.mktemp("film"), long_film()
    paths = folder / "report.html", folder / "corrected.html"
    for path, each in zip(paths, (result, corrected(result)), strict=True):
        path.write_text(render(each, reader()), encoding="utf-8")
    return paths


@pytest.fixture
def page(chromium: Browser, films: tuple[Path, Path]) -> Iterator[Page]:
    with opened(chromium, films[0]) as page:
        yield page


@contextmanager
def opened(chromium: Browser, path: Path) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    context.add_init_script(NO_HINTS)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]")
    yield page
    context.close()


class Meter:
    """Counts the processor's time of the page's thread."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.page = page

    def seconds(self, name: str) -> float:
        found = self.cdp.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in found if one["name"] == name))

    def unit(self) -> float:
        before = self.seconds("TaskDuration")
        self.page.evaluate(WORK)
        return self.seconds("TaskDuration") - before


def test_it_is_as_large_as_it_should_be(page: Page) -> None:
    expect(page.locator(".cast-count")).to_have_text(f"{PEOPLE} people")
    expect(page.locator(".questions-end")).to_contain_text("questions, then")
    count = page.evaluate(
        "JSON.parse(document.getElementById('data').textContent).chips.pts.length"
    )
    assert count == FACES


def test_no_action_takes_long(page: Page) -> None:
    meter = Meter(page)
    units: dict[str, float] = {}
    for what, (focus, number, key) in ACTIONS.items():
        if focus == "h1":
            page.locator(focus).click()
        elif focus:
            page.locator(focus).nth(number).focus()
        unit, before = meter.unit(), meter.seconds("ScriptDuration")
        page.keyboard.press(key)
        page.wait_for_timeout(100)
        units[what] = (meter.seconds("ScriptDuration") - before) / unit
    assert max(units.values()) <= MOST_UNITS, units
    changes = int(page.locator("#status").inner_text().split()[0])
    assert changes >= 10, "not all did something"


def test_thousands_of_corrections_are_undone_as_fast_as_one(
    chromium: Browser, films: tuple[Path, Path]
) -> None:
    with opened(chromium, films[1]) as page:
        meter = Meter(page)
        unit = meter.unit()
        assert meter.seconds("TaskDuration") / unit <= MOST_UNITS_READY
        units = []
        for key in ("Control+z",) * UNDONE + ("Control+Shift+z",) * UNDONE + ("Control+z",):
            before = meter.seconds("ScriptDuration")
            page.keyboard.press(key)
            page.wait_for_timeout(30)
            units.append((meter.seconds("ScriptDuration") - before) / unit)
        assert max(units) <= MOST_UNITS, units
        expect(page.locator("#status")).to_contain_text(f"{2 * UNDONE + 1} corrections")


def test_it_is_soon_ready(page: Page) -> None:
    meter = Meter(page)
    assert meter.seconds("TaskDuration") / meter.unit() <= MOST_UNITS_READY


def test_only_what_is_in_view_is_drawn(page: Page) -> None:
    page.locator(TILES).first.click()
    expect(page.get_by_role("article")).to_be_visible()
    elements = "document.querySelectorAll('*').length"
    for _ in range(12):
        page.locator(".cast-scroll").evaluate("s => s.scrollBy(0, 700)")
        page.locator(".timeline-view").evaluate("s => s.scrollBy(0, 300)")
        page.wait_for_timeout(30)
        assert page.evaluate(elements) < MOST_ELEMENTS
    assert 0 < page.locator(".timeline-row").count() < 60
    page.locator(".cast-scroll").evaluate("s => s.scrollTo(0, 0)")
    expect(page.locator(".face-cell").first).to_be_visible()
    assert page.locator(".face-cell").count() < 300
    page.get_by_role("tab", name="Unknown").click()
    expect(page.locator(".face-cell:visible").first).to_be_visible()
    assert page.locator(".face-cell:visible").count() < 500
    assert page.evaluate(elements) < MOST_ELEMENTS


def test_playing_draws_no_row_anew(page: Page) -> None:
    """A step of a frame changes the playhead and the timecode, not the rows of the timeline."""
    page.evaluate(
        """() => {
            window.changed = 0;
            new MutationObserver(list => (changed += list.length)).observe(
                document.querySelector(".timeline-all [role=list]"),
                { subtree: true, childList: true, attributes: true },
            );
        }"""
    )
    for _ in range(5):
        page.keyboard.press(".")
    expect(page.locator(".player-timecode")).to_have_text("00:00:00:05")
    assert page.evaluate("changed") == 0


def test_a_change_draws_few_tiles_anew(page: Page) -> None:
    page.evaluate(
        """() => {
            window.changed = new Set();
            new MutationObserver(list =>
                list.forEach(one => changed.add(one.target.closest?.(".cast-tile"))),
            ).observe(
                document.querySelector(".cast-grid"),
                { subtree: true, childList: true, attributes: true },
            );
        }"""
    )
    page.locator(TILES).nth(5).focus()
    page.keyboard.press("x")
    expect(page.locator(".cast-tile.picked")).to_have_count(1)
    assert page.evaluate("changed.size") <= 3
