"""Corrections on the page from disk, with a mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.outputs.report import render
from tests.outputs.report.builder import reader
from tests.outputs.report.crew import (
    ADA,
    CREW,
    DESK,
    TALL,
    THREE,
    TWO,
    Open,
    cast_of,
    cells,
    drag,
    tick,
    unknown_of,
)

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

START = {"Ada": ADA, "Person 2": TWO, "Person 3": THREE}


@pytest.fixture
def page(open_page: Open, crew: Path) -> Page:
    return open_page(crew, viewport=TALL)


def rename(page: Page, number: int, name: str) -> None:
    page.locator(f"#person-{number} .name").click()
    page.locator(".naming").fill(name)
    page.keyboard.press("Enter")


def answer(page: Page, name: str) -> None:
    """Press a button of the dialog."""
    page.locator("dialog[open]").get_by_role("button", name=name, exact=True).click()


def choose(page: Page, name: str) -> None:
    page.locator("dialog[open]").get_by_role("option", name=name).click()


def test_likely_names_are_a_click_away(open_page: Open, tmp_path: Path) -> None:
    """Of people without a name only; Ada has one."""
    likely = {0: (("Eve", 0.3),), 1: (("Bob", 0.4151), ("Cleo", 0.0254))}
    scene = replace(CREW, advice=replace(CREW.advice, names=likely))
    path = tmp_path / "report.html"
    path.write_text(render(scene.build(), reader()), encoding="utf-8")
    page = open_page(path, viewport=TALL)
    expect(page.locator(".likely")).to_have_count(1)
    expect(page.locator("#person-2 .likely")).to_have_text("Suggested: Bob (0.42)Cleo (0.025)")
    page.locator(".likely").get_by_role("button", name="Bob").click()
    assert cast_of(page) == {"Ada": ADA, "Bob": TWO, "Person 3": THREE}
    expect(page.locator(".likely")).to_have_count(0)


def test_start(page: Page) -> None:
    assert cast_of(page) == START
    assert unknown_of(page) == {"too small": [7], "no match": [10]}


def test_rename(page: Page) -> None:
    rename(page, 2, " Bob ")
    expect(page.locator("#person-2 h3")).to_have_text("Bob")
    expect(page.locator("#lines")).to_contain_text("Bob")
    expect(page.locator("#toast")).to_contain_text("Renamed Person 2 to Bob")
    assert cast_of(page) == {"Ada": ADA, "Bob": TWO, "Person 3": THREE}
    rename(page, 2, "")
    assert cast_of(page) == START


def test_names_of_other_episodes_are_offered(page: Page) -> None:
    page.locator("#person-2 .name").click()
    field = page.locator(".naming")
    expect(field).to_have_attribute("list", "names")
    offered = page.locator("#names option").evaluate_all("all => all.map(o => o.value)")
    assert offered == ["Ada", "Eve"]
    page.keyboard.press("Escape")
    expect(page.locator("#person-2 h3")).to_have_text("Person 2")


def test_a_name_that_exists_is_asked_about(page: Page) -> None:
    rename(page, 2, "Ada")
    expect(page.locator("dialog[open] h2")).to_have_text("Ada already exists")
    answer(page, "Cancel")
    assert cast_of(page) == START
    rename(page, 2, "Ada")
    answer(page, "Merge")
    assert cast_of(page) == {"Ada": sorted(ADA + TWO), "Person 3": THREE}
    rename(page, 3, "Ada")
    answer(page, "Keep both")
    assert page.evaluate("cv.store.result.people.map(who => who.name)") == ["Ada", "Ada"]


@pytest.mark.parametrize("name", ["a\tb\u2028c", "x" * 300, "😀" * 150])
def test_names_fit_the_file(page: Page, name: str) -> None:
    page.evaluate("name => cv.name(1, cv.tidy(name))", name)
    kept = page.locator("#person-2 h3").text_content() or ""
    assert kept == name.replace("\t", " ").replace("\u2028", " ")[:200]


def test_merge_by_dialog(page: Page) -> None:
    page.locator("#person-3").get_by_role("button", name="Merge").click()
    expect(page.locator("dialog[open] [role=option]")).to_have_count(2)
    page.locator("dialog[open] input").fill("pers")
    expect(page.locator("dialog[open] [role=option]")).to_have_count(1)
    choose(page, "Person 2")
    assert cast_of(page) == {"Person 2": TWO + THREE, "Ada": ADA}
    expect(page.locator(".card")).to_have_count(2)


def test_merge_by_selecting_two(page: Page) -> None:
    page.locator("#person-3 .pick").check()
    page.locator("#person-1 .pick").check()
    expect(page.locator("#bar")).to_contain_text("Ada")
    page.locator("#bar").get_by_role("button", name="Merge").click()
    assert cast_of(page) == {"Ada": ADA + THREE, "Person 2": TWO}  # who has a name stays
    expect(page.locator("#bar")).to_be_hidden()


def test_merge_by_dragging_a_cover(page: Page) -> None:
    drag(page, page.locator("#person-3 .cover"), page.locator("#person-2 .id"))
    assert cast_of(page) == {"Person 2": TWO + THREE, "Ada": ADA}
    expect(page.locator("#dock")).to_be_hidden()
    expect(page.locator("#viewer")).to_be_hidden()  # no click


def test_drag_that_is_let_go_elsewhere_or_cancelled_does_nothing(page: Page) -> None:
    drag(page, page.locator("#person-3 .cover"), page.locator("h1"))
    assert cast_of(page) == START
    box = page.locator("#person-3 .cover").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] - 60, steps=5)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert cast_of(page) == START
    expect(page.locator("#viewer")).to_be_hidden()


def test_people_seen_together_are_merged_only_after_a_question(page: Page) -> None:
    tick_unknown(page, "too small")
    page.locator("#bar").get_by_role("button", name="New person").click()
    assert cast_of(page)["Person 4"] == [7]
    page.locator("#person-4").get_by_role("button", name="Merge").click()
    choose(page, "Ada")
    expect(page.locator("dialog[open]")).to_contain_text("00:00:12:00")
    answer(page, "Cancel")
    assert cast_of(page)["Ada"] == ADA
    page.locator("#person-4").get_by_role("button", name="Merge").click()
    choose(page, "Ada")
    answer(page, "Merge anyway")
    assert cast_of(page)["Ada"] == [*ADA, 7]


def tick_unknown(page: Page, reason: str) -> None:
    cell = page.locator(f"[data-reason='{reason}'] .cell").first
    cell.hover()
    cell.locator(".tick").click()


def test_split_in_two(page: Page) -> None:
    page.locator("#person-1").get_by_role("button", name="Split").click()
    expect(page.locator(".half")).to_have_count(2)
    answer(page, "Split")
    assert cast_of(page) == {"Person 2": TWO, "Ada": [0, 2], "Person 4": [4, 6], "Person 3": THREE}


def test_select_a_range(page: Page) -> None:
    tick(page, 1, 0)
    cells(page, 1).nth(2).click(modifiers=["Shift"])
    assert page.evaluate("[...cv.picked.tracks]") == [0, 2, 4]
    expect(page.locator("#person-1 .cell.picked")).to_have_count(3)
    expect(page.locator("#bar")).to_contain_text("3 tracks of Ada")
    cells(page, 1).nth(3).locator(".chip").click()  # while something is selected
    assert page.evaluate("[...cv.picked.tracks]") == [0, 2, 4, 6]
    page.keyboard.press("Escape")
    expect(page.locator("#bar")).to_be_hidden()
    expect(page.locator(".picked")).to_have_count(0)


def test_move_to_a_person(page: Page) -> None:
    tick(page, 1, 1, 2)
    page.locator("#bar").get_by_role("button", name="Move to…").click()
    choose(page, "Person 3")
    assert cast_of(page) == {"Person 3": [2, 4, *THREE], "Person 2": TWO, "Ada": [0, 6]}
    expect(page.locator("#person-3 .badge.hand")).to_have_count(2)


def test_move_by_dragging(page: Page) -> None:
    tick(page, 1, 1, 2)
    drag(page, cells(page, 1).nth(1).locator(".chip"), page.locator("#person-3 .id"))
    assert cast_of(page)["Person 3"] == [2, 4, *THREE]
    drag(page, cells(page, 2).nth(0).locator(".chip"), page.locator("#lines [data-label='0'] b"))
    assert cast_of(page)["Ada"] == [0, 1, 6]


@pytest.mark.parametrize(
    ("place", "people", "unknown"),
    [
        ("new", {**START, "Ada": [2, 4, 6], "Person 4": [0]}, {}),
        ("none", {**START, "Ada": [2, 4, 6]}, {"by hand": [0]}),
        ("not-a-face", {**START, "Ada": [2, 4, 6]}, {"not a face": [0]}),
    ],
)
def test_drag_to_the_dock(
    page: Page, place: str, people: dict[str, list[int]], unknown: dict[str, list[int]]
) -> None:
    box = cells(page, 1).first.locator(".chip").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 80, steps=4)
    page.locator(f"#dock [data-drop='{place}']").hover()
    page.mouse.up()
    assert cast_of(page) == people
    assert unknown_of(page) == {"too small": [7], "no match": [10]} | unknown


def test_move_to_a_new_person_of_a_name(page: Page) -> None:
    tick(page, 2, 0)
    page.locator("#bar").get_by_role("button", name="Move to…").click()
    page.locator("dialog[open] input").fill("Eve")
    choose(page, "New person: Eve")
    assert cast_of(page) == {"Ada": ADA, "Person 2": [3, 5], "Person 3": THREE, "Eve": [1]}


def test_not_this_person_and_not_a_face(page: Page) -> None:
    tick(page, 2, 0)
    page.locator("#bar").get_by_role("button", name="Not this person").click()
    tick(page, 2, 0)
    page.locator("#bar").get_by_role("button", name="Not a face").click()
    assert cast_of(page)["Person 2"] == [5]
    assert unknown_of(page) == {
        "too small": [7], "no match": [10], "by hand": [1], "not a face": [3],
    }  # fmt: skip
    expect(page.locator("#count-unknown")).to_have_text("3")
    expect(page.locator("[data-reason='not a face'] .cell")).to_have_count(1)


def test_a_whole_person_and_a_part_of_another_are_not_these(page: Page) -> None:
    tick(page, 3, 0, 1)
    tick(page, 2, 0)
    page.locator("#bar").get_by_role("button", name="Not this person").click()
    assert cast_of(page) == {"Ada": ADA, "Person 2": [3, 5]}
    assert unknown_of(page)["by hand"] == [1, 8, 9]


def test_hide_and_show_again(page: Page) -> None:
    page.locator("#person-2").get_by_role("button", name="Hide").click()
    expect(page.locator(".card h3")).to_have_text(["Ada", "Person 3"])
    expect(page.locator("#count-people")).to_have_text("2")
    expect(page.locator("#lines")).not_to_contain_text("Person 2")
    page.locator("#hidden summary").click()
    expect(page.locator("#hidden-list li")).to_have_count(1)
    page.locator("#hidden-list").get_by_role("button", name="Show again").click()
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator("#hidden")).to_be_hidden()


def test_choose_a_cover(page: Page) -> None:
    before = page.evaluate("cv.store.result.byLabel.get(1).cover")
    page.locator("#person-2").get_by_role("button", name="Show all 12 faces").click()
    faces = page.evaluate("cv.store.result.byLabel.get(1).chips")
    place = next(i for i, chip in enumerate(faces) if chip != before)
    cells(page, 2).nth(place).locator(".chip").click()
    page.locator("#viewer").get_by_role("button", name="Use as cover").click()
    cover = page.locator("#person-2 .cover img")
    expect(cover).to_have_attribute("data-chip", str(faces[place]))
    page.keyboard.press("Control+z")
    expect(cover).to_have_attribute("data-chip", str(before))


@pytest.mark.parametrize(
    ("script", "note"),
    [
        ("cv.name(1, 'Bob')", "Renamed Person 2 to Bob"),
        ("cv.name(0, '')", "Removed the name Ada"),
        ("cv.merge([0, 2])", "Merged Person 3 into Ada"),
        ("cv.moveTo([6], 1)", "Moved the track at 00:00:12:00 from Ada to Person 2"),
        ("cv.moveTo([10], 1)", "Moved the track at 00:00:18:00 from Unknown to Person 2"),
        (
            "cv.makePerson([4, 6])",
            "Moved 2 tracks starting at 00:00:08:00 from Ada to a new person",
        ),
        ("cv.notThisPerson([6])", "Removed the track at 00:00:12:00 from Ada"),
        ("cv.notAFace([6])", "Marked the track at 00:00:12:00 as not a face"),
        ("cv.hidePerson(1)", "Hid Person 2"),
        ("cv.hidePerson(1); cv.showAgain(1)", "Unhid Person 2"),
        (
            "cv.setCover(cv.store.result.byLabel.get(1).chips[0])",
            "Changed the cover of Person 2",
        ),
    ],
)
def test_what_was_done_and_undone_is_said(page: Page, script: str, note: str) -> None:
    page.evaluate(script)
    toast = page.locator("#toast span")
    expect(toast).to_have_text(note)
    expect(page.locator("#undo")).to_have_attribute("title", f"Undo: {note} (Ctrl+Z)")
    page.keyboard.press("Control+z")
    expect(toast).to_have_text(f"Undone: {note}")
    page.keyboard.press("Control+Shift+z")
    expect(toast).to_have_text(f"Redone: {note}")


def test_what_a_project_wrote_down_is_not_undone(page: Page) -> None:
    before = page.evaluate("cv.store.edits.length")
    page.evaluate("cv.name(1, 'Bob'); cv.name(2, 'Eve')")
    page.evaluate("cv.store.edits.at(-1).note += ', by the project: season.cast'")
    page.keyboard.press("Control+z")
    names = "cv.store.edits.map(edit => edit.name)"
    assert page.evaluate(names)[before:] == ["Eve"]
    for _ in range(before):
        page.keyboard.press("Control+z")
    assert page.evaluate(names) == ["Eve"]
    expect(page.locator("#undo")).to_be_disabled()
    expect(page.locator("#undo")).to_have_attribute("title", "Nothing to undo")
    page.keyboard.press("Control+y")
    assert page.evaluate("cv.store.edits.length") == 2


def test_undo_and_redo_without_end(open_page: Open, crew: Path) -> None:
    page = open_page(crew, viewport=DESK)
    states = [cast_of(page)]
    for i in range(20):
        page.evaluate(f"cv.name(1, 'Bob {i}'); cv.moveTo([{i % 2 * 2}], {i % 3})")
        page.evaluate("cv.picked.clear()")
        states.append(cast_of(page))
    steps = page.evaluate("cv.store.edits.length")
    for key in ("Control+z", "Control+Shift+z"):
        for _ in range(steps - 1):  # the first is the name of Ada
            page.keyboard.press(key)
        assert cast_of(page) == states[0 if key == "Control+z" else -1]
        expect(page.locator("#redo")).to_be_enabled(enabled=key == "Control+z")
    page.locator("#undo").click()
    page.locator("#undo").click()
    page.locator("#redo").click()
    page.locator("#toast").get_by_role("button", name="Undo").click()
    page.keyboard.press("Control+y")
    page.evaluate("cv.name(2, 'Cleo')")
    expect(page.locator("#redo")).to_be_disabled()
