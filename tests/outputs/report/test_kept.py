"""What a page from disk hands back: `edits.json`, in which Python reads what the page shows."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.core.types import ClusteringResult, Reason
from clusterer.edits import EditLog
from clusterer.outputs.report import render
from clusterer.people.amend import amend
from clusterer.store.edits_json import read
from tests.outputs.report.builder import Cast, Scene, reader
from tests.outputs.report.crew import CREW, DESK, Open, cast_of, unknown_of

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

# Each draws its own people and tracks from what is there.
STEPS = {
    "name": "cv.name(label(), 'Name ' + Math.floor(dice() * 1e6))",
    "no name": "cv.name(label(), '')",
    "merge": "cv.merge(two())",
    "split": "cv.makePerson(cv.cut(person()) ?? person().tracks)",
    "move": "cv.moveTo(some(), label())",
    "new": "cv.makePerson(some(), dice() < 0.5 ? 'New ' + Math.floor(dice() * 1e6) : '')",
    "not this person": "cv.notThisPerson(some())",
    "not a face": "cv.notAFace(some().slice(0, 1))",
    "hide": "cv.hidePerson(label())",
    "show": "cv.showAgain(label())",
    "cover": "cv.setCover(person().chips[Math.floor(dice() * person().chips.length)] ?? 0)",
    "yes": "document.querySelector('[data-key=ask-y]')?.click()",
    "no": "document.querySelector('[data-key=ask-n]')?.click()",
    "undo": "cv.store.edits.length > 1 && cv.store.undo()",
    "redo": "cv.store.redo()",
}
TOOLS = """seed => {
    window.dice = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const one = list => list[Math.floor(dice() * list.length)];
    window.person = () => one(cv.store.result.people);
    window.label = () => person().label;
    window.two = () => {
        const a = person();
        const b = one(cv.store.result.people.filter(who => who !== a));
        return b ? [a.label, b.label] : [a.label];
    };
    window.some = () => {
        const tracks = cv.data.tracks.key.map((_, track) => track).filter(() => dice() < 0.2);
        return tracks.length ? tracks : [0];
    };
}"""
AGREED = "document.querySelector('dialog.asking[open] .lead')?.click()"


def download(page: Page, folder: Path) -> EditLog:
    with page.expect_download() as waiting:
        page.locator("#download").click()
    assert waiting.value.suggested_filename == "edits.json"
    path = folder / "edits.json"
    waiting.value.save_as(path)
    return read(path)


def of_python(result: ClusteringResult) -> dict[str, object]:
    return {
        person.name: [person.hidden, sorted(person.track_ids), person.id]
        for person in result.people
    }


def of_page(page: Page) -> dict[str, object]:
    found: list[tuple[str, object]] = page.evaluate(
        """cv.store.result.people.map(
        who => [who.name, [who.hidden, [...who.tracks].sort((a, b) => a - b), who.id]])"""
    )
    return dict(found)


def test_download(open_page: Open, crew: Path, tmp_path: Path) -> None:
    page = open_page(crew, viewport=DESK)
    expect(page.locator("#status")).to_have_text("")
    page.evaluate("cv.name(1, 'Bob'); cv.store.undo(); cv.name(2, 'Zoë'); cv.hidePerson(1)")
    page.keyboard.press("Control+z")
    expect(page.locator("#status")).to_contain_text("cluster-video VIDEO --edits edits.json")
    log = download(page, tmp_path)
    assert log.video == "episode.mp4"
    assert [edit.note for edit in log.edits] == [
        "",
        "Renamed Person 3 to Zoë",
    ]  # the first is the scene's
    assert [edit.note for edit in log.undone] == ["Hid Person 2"]
    expect(page.locator("#status")).to_have_text("")


def scene(seed: int) -> Scene:
    rng = random.Random(seed)
    cast = [Cast(sorted(rng.sample(range(12), 3)), f"Person {i + 1}") for i in range(4)]
    cast += [Cast([rng.randrange(12)], f"Unknown {i}", Reason.NO_MATCH) for i in range(3)]
    return Scene(cast, shot_count=12, advice=CREW.advice)


@pytest.mark.parametrize("seed", range(1, 9))
def test_python_reads_what_the_page_shows(open_page: Open, tmp_path: Path, seed: int) -> None:
    result = replace(scene(seed).build(), edits=())
    path = tmp_path / "report.html"
    path.write_text(render(result, reader()), encoding="utf-8")
    page = open_page(path, viewport=DESK)
    page.evaluate(TOOLS, seed)
    rng = random.Random(seed)
    for _ in range(40):
        page.evaluate(STEPS[rng.choice([*STEPS])])
        page.evaluate(AGREED)
    log = download(page, tmp_path)
    after = amend(result, log.edits)
    assert of_python(after) == of_page(page)
    assert after.edit_notes == ()
    unknown = {reason: sorted(tracks) for reason, tracks in unknown_of(page).items()}
    assert {t for u in after.unknowns for t in u.track_ids} == set().union(*unknown.values())
    assert {u.reason.value for u in after.unknowns} == set(unknown)
    covers = page.evaluate("cv.store.result.people.map(who => cv.data.chips.row[who.cover])")
    assert [person.cover_row for person in after.people] == covers
    confidences = page.evaluate("cv.store.result.people.map(who => who.confidence)")
    assert [person.confidence for person in after.people] == pytest.approx(confidences, abs=0.01)

    again = tmp_path / "again.html"  # as the command writes it
    again.write_text(render(after, reader()), encoding="utf-8")
    other = open_page(again, viewport=DESK)
    assert of_page(other) == of_page(page)
    assert cast_of(other) == cast_of(page)
