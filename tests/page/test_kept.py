"""What a page from disk hands back: `edits.json`, in which Python reads what the page shows."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.core.types import ClusteringResult, Reason
from clusterer.edits import EditLog
from clusterer.people.amend import amend
from clusterer.store.edits_json import read
from tests.outputs.report.builder import Cast, Scene
from tests.outputs.report.crew import CREW
from tests.page.conftest import Open
from tests.page.look import bar, cast_of, opened, unknown_of

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect


def download(page: Page, folder: Path) -> EditLog:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download edits.json").click()
    path = folder / "edits.json"
    waiting.value.save_as(path)
    return read(path)


def test_done_and_undone_are_in_the_file(open_page: Open, tmp_path: Path) -> None:
    page = open_page(CREW.build(), mode="disk")
    opened(page, "Person 3").get_by_role("button", name="Rename").first.click()
    page.locator(".name-field").fill("Zoë")
    page.keyboard.press("Enter")
    opened(page, "Person 2").get_by_role("button", name="Hide").click()
    page.keyboard.press("Control+z")
    log = download(page, tmp_path)
    assert log.video == "episode.mp4"
    notes = [edit.note for edit in log.edits]
    assert notes == ["", "Renamed Person 3 to Zoë"], "the first is the scene's"
    assert [edit.note for edit in log.undone] == ["Hid Person 2"]


class Reviewer:
    """Presses keys at random: on people, on their faces, on questions."""

    def __init__(self, page: Page, seed: int) -> None:
        self.page, self.dice = page, random.Random(seed)

    def act(self) -> None:
        people = self.page.locator(".cast-open")
        step = self.dice.choice(
            [self.on_person, self.on_person, self.on_faces, self.on_faces, self.on_anything]
        )
        if people.count():
            step()
        self.agree()

    def on_person(self) -> None:
        people = self.page.locator(".cast-open")
        people.nth(self.dice.randrange(people.count())).focus()
        key = self.dice.choice(["e", "e", "m", "s", "h"])
        self.page.keyboard.press(key)
        if key == "e":
            self.page.keyboard.type(f"Name {self.dice.randrange(10**6)}")
            self.page.keyboard.press("Enter")
        if key == "m":
            self.pick_row()

    def on_faces(self) -> None:
        if not self.page.locator(".face-open").count():
            self.page.locator(".cast-open").nth(0).click()
        faces = self.page.locator(".face-open")
        faces.nth(self.dice.randrange(faces.count())).focus()
        if self.dice.random() < 0.5:
            for key in (" ", "Shift+ArrowRight"):
                self.page.keyboard.press(key)
        key = self.dice.choice("mnrf")
        self.page.keyboard.press(key)
        if key == "m":
            self.pick_row()

    def on_anything(self) -> None:
        key = self.dice.choice(["y", "n", "Control+z", "Control+z", "Control+Shift+z"])
        if key == "Control+z" and self.page.locator("#status").inner_text() == "Saved":
            return  # the names of the scene stay
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press(key)

    def pick_row(self) -> None:
        for _ in range(self.dice.randrange(3)):
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Escape")

    def agree(self) -> None:
        lead = self.page.locator("dialog[open] .button.lead")
        if lead.count():
            lead.click()


def scene(seed: int) -> Scene:
    rng = random.Random(seed)
    cast = [Cast(sorted(rng.sample(range(12), 3)), f"Person {i + 1}") for i in range(4)]
    cast += [Cast([rng.randrange(12)], f"Unknown {i}", Reason.NO_MATCH) for i in range(3)]
    return Scene(cast, shot_count=12, advice=CREW.advice)


def of_python(result: ClusteringResult, *, hidden: bool) -> dict[str, list[int]]:
    shown = (person for person in result.people if person.hidden == hidden)
    return {person.name: sorted(person.track_ids) for person in shown}


def everybody(page: Page) -> dict[str, list[int]]:
    """The cast with those in the background, who are folded away at first."""
    folded = page.locator(".cast-behind button[aria-expanded=false]")
    if folded.count():
        folded.click()
    return cast_of(page)


@pytest.mark.parametrize("seed", range(1, 4))
def test_python_reads_what_the_page_shows(open_page: Open, tmp_path: Path, seed: int) -> None:
    result = replace(scene(seed).build(), edits=())
    page = open_page(result, mode="disk", viewport={"width": 1366, "height": 1400})
    reviewer = Reviewer(page, seed)
    for _ in range(25):
        reviewer.act()
    page.keyboard.press("Escape")
    expect(bar(page)).to_have_count(0)
    show = page.get_by_role("combobox", name="Show", exact=True)
    show.select_option("all")
    shown = everybody(page)
    show.select_option("hidden")
    hidden = everybody(page)
    unknown = unknown_of(page)
    log = download(page, tmp_path)
    assert len(log.edits) > 5
    after = amend(result, log.edits)
    assert of_python(after, hidden=False) == shown
    assert of_python(after, hidden=True) == hidden
    assert after.edit_notes == ()
    assert {t for u in after.unknowns for t in u.track_ids} == set().union(*unknown.values())
    assert {u.reason.value for u in after.unknowns} == set(unknown)

    again = open_page(after, mode="disk", viewport={"width": 1366, "height": 1400})
    assert everybody(again) == shown
