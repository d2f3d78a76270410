"""A long film with a large cast: each correction is on the screen at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from clusterer.core.types import Advice, ClusteringResult, Question, Reason
from clusterer.outputs.report import render
from tests.outputs.report.builder import FACES_A_TRACK, Cast, Scene, reader

pytest.importorskip("playwright")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PEOPLE, FACES, SHOTS = 200, 20_000, 900
QUESTIONS = 400
WITHIN_MS = 400
"""From the call to the second frame after it. A few tens are usual on two idle cores; a machine
that tests does other things as well, so the best of some rounds counts."""
ROUNDS = 3
MOST_ELEMENTS = 25_000

ACTIONS = {
    "rename": "cv.name(largest().label, 'Ada Lovelace')",
    "merge two people": "cv.merge([at(3).label, at(4).label]); agree()",
    "merge the two largest": "cv.merge([at(0).label, at(1).label]); agree()",
    "undo": "cv.store.undo()",
    "redo": "cv.store.redo()",
    "split in two": "cv.makePerson(cv.cut(largest()))",
    "move one track": "cv.moveTo(at(5).tracks.slice(0, 1), at(6).label)",
    "move 100 tracks": "cv.moveTo(largest().tracks.slice(0, 100), at(9).label)",
    "not this person": "cv.notThisPerson(at(2).tracks.slice(0, 3))",
    "not a face": "cv.notAFace(at(2).tracks.slice(0, 2))",
    "hide": "cv.hidePerson(at(7).label)",
    "show again": "cv.showAgain(cv.store.result.people.find(who => who.hidden).label)",
    "choose a cover": "cv.setCover(at(8).chips.at(-1))",
    "answer yes": "press('[data-key=ask-y]')",
    "answer no": "press('[data-key=ask-n]')",
    "skip": "press('[data-key=ask-s]')",
    "select a track": "cv.picked.set(largest().tracks.slice(0, 1), true)",
    "select 200 tracks": "cv.picked.set(largest().tracks.slice(0, 200), true)",
    "let go": "cv.picked.clear()",
    "filter": "put('by-name', '7')",
    "filter off": "put('by-name', '')",
    "sort": "put('sort', 'confidence')",
    "all faces of the largest": "cv.cardOf(largest().label).card.unfold(true)",
    "rename there": "cv.name(largest().label, 'Grace Hopper')",
    "fold them": "cv.cardOf(largest().label).card.unfold(false)",
    "all faces of everybody": "put('all', true)",
    "who appears with whom": "document.getElementById('together-open').open = true",
    "merge with that open": "cv.merge([at(10).label, at(11).label]); agree()",
    "undo 40 at once": "for (let i = 0; i < 40; i++) cv.store.undo()",
    "redo 40 at once": "for (let i = 0; i < 40; i++) cv.store.redo()",
}
"""What → script."""
LAST = {"undo 40 at once", "redo 40 at once"}
"""Many in one: these may take ten times as long."""
TOOLS = """() => {
    window.at = i => cv.store.result.people[i];
    window.largest = () => at(0);
    window.press = selector => document.querySelector(selector).click();
    window.agree = () => document.querySelector("dialog.asking[open] .lead")?.click();
    window.put = (id, value) => {
        const field = document.getElementById(id);
        field[field.type === "checkbox" ? "checked" : "value"] = value;
        field.dispatchEvent(new Event("input"));
        field.dispatchEvent(new Event("change"));
    };
    const frame = () => new Promise(done => requestAnimationFrame(done));
    const painted = async () => (await frame(), await frame());
    window.timed = async act => {
        await painted();
        const start = performance.now();
        act();
        const script = performance.now() - start;
        await painted();
        return [script, performance.now() - start];
    };
}"""


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


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "report.html"
    path.write_text(render(long_film(), reader()), encoding="utf-8")
    return path


@pytest.fixture
def page(chromium: Browser, film: Path) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1280, "height": 800})
    opened.goto(film.as_uri())
    opened.evaluate(TOOLS)
    yield opened
    opened.close()


def test_it_is_as_large_as_it_should_be(page: Page) -> None:
    counts = page.evaluate(
        "[cv.store.result.people.length, cv.data.chips.face.length, cv.questions().length]"
    )
    assert counts[:2] == [PEOPLE, FACES]
    assert counts[2] > 100


def measured(page: Page) -> dict[str, tuple[float, float]]:
    """Action → ms of script, ms until painted; the largest person's faces are in the window."""
    page.evaluate(TOOLS)
    page.evaluate("cv.cardOf(largest().label).scrollIntoView({ behavior: 'instant' })")
    page.locator("[data-label='0'].card .chip").first.wait_for()
    times: dict[str, tuple[float, float]] = {}
    for what, script in ACTIONS.items():
        spent, painted = page.evaluate(f"timed(() => {{ {script}; }})")
        times[what] = (spent, painted)
        assert page.locator("dialog[open]").count() == 0
    return times


def test_each_action_is_on_the_screen_at_once(
    page: Page, film: Path, record_property: Callable[[str, object], None]
) -> None:
    best: dict[str, tuple[float, float]] = {}
    slow = set(ACTIONS)
    for _ in range(ROUNDS):
        if not slow:
            break
        page.goto(film.as_uri())
        for what, times in measured(page).items():
            best[what] = min(best.get(what, times), times, key=lambda pair: pair[1])
        slow = {what for what, (_, all_) in best.items() if all_ > WITHIN_MS * many(what)}
    table = {what: [round(spent), round(all_)] for what, (spent, all_) in best.items()}
    record_property("ms of script, ms until painted", table)
    assert not slow, table


def many(what: str) -> int:
    """How many times as long it may take."""
    return 10 if what in LAST else 1


def test_a_long_history_does_not_slow_it_down(page: Page) -> None:
    """2,000 corrections later, undo and redo cost hardly more."""
    page.evaluate(
        """() => {
        const keys = cv.data.tracks.key;
        for (let i = 0; i < 2000; i++) {
            const [who, track] = [(i * 37) % keys.length, (i * 101) % keys.length];
            cv.store.edits.push({ action: "move", who: [keys[who]], tracks: [keys[track]] });
        }
        cv.name(largest().label, "Ada");
        }"""
    )
    for script in ("cv.store.undo()", "cv.store.redo()"):
        times = [page.evaluate(f"timed(() => {script})")[1]]
        times += [page.evaluate(f"timed(() => {script})")[1] for _ in range(2)]
        assert min(times) < WITHIN_MS


def test_the_page_stays_small(page: Page) -> None:
    """Cards far from the window are empty, also after they have been looked at."""
    page.evaluate(
        """async () => {
        put("all", true);
        const frame = () => new Promise(done => requestAnimationFrame(done));
        for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight * 3) {
            scrollTo({ top: y, behavior: "instant" });
            await frame();
            await frame();
        }
        }"""
    )
    assert page.evaluate("document.querySelectorAll('*').length") < MOST_ELEMENTS
