"""Corrections with the mouse, on a page from disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.outputs.report.crew import ADA, CREW, THREE, TWO
from tests.page.conftest import Open
from tests.page.look import (
    bar,
    cast_of,
    choose,
    drag,
    faces,
    opened,
    pick,
    select,
    tile,
    toast,
    unknown_of,
)

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

START = {"Ada": ADA, "Person 2": TWO, "Person 3": THREE}
NOBODY = {"too small": [7], "no match": [10]}


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(CREW.build(), mode="disk", viewport={"width": 1366, "height": 1000})


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def rename(page: Page, who: str, name: str) -> None:
    opened(page, who).get_by_role("button", name="Rename").first.click()
    page.locator(".name-field").fill(name)
    page.keyboard.press("Enter")


def answer(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def test_start(page: Page) -> None:
    assert cast_of(page) == START
    assert unknown_of(page) == NOBODY


def test_rename(page: Page) -> None:
    rename(page, "Person 2", " Bob ")
    expect(toast(page)).to_have_text("Person 2 is now Bob")
    assert cast_of(page) == {"Ada": ADA, "Bob": TWO, "Person 3": THREE}
    expect(page.locator(".timeline-who", has_text="Bob")).to_be_visible()
    rename(page, "Bob", "")
    assert cast_of(page) == START


def test_likely_names_are_a_click_away(open_page: Open) -> None:
    """Of people without a name only; Ada has one."""
    likely = {0: (("Eve", 0.3),), 1: (("Bob", 0.4151), ("Cleo", 0.0254))}
    scene = replace(CREW, advice=replace(CREW.advice, names=likely))
    page = open_page(scene.build(), mode="disk")
    expect(opened(page, "Ada").get_by_text("Suggested:")).to_have_count(0)
    person = opened(page, "Person 2")
    expect(person.get_by_text("Suggested:")).to_be_visible()
    person.get_by_role("button", name="Bob").click()
    assert cast_of(page) == {"Ada": ADA, "Bob": TWO, "Person 3": THREE}
    expect(page.get_by_text("Suggested:")).to_have_count(0)


def test_a_name_that_exists_is_asked_about(page: Page) -> None:
    rename(page, "Person 2", "Ada")
    expect(page.get_by_role("dialog", name="Ada already exists")).to_be_visible()
    answer(page, "Cancel")
    assert cast_of(page) == START
    rename(page, "Person 2", "Ada")
    answer(page, "Merge")
    assert cast_of(page) == {"Ada": sorted(ADA + TWO), "Person 3": THREE}
    rename(page, "Person 3", "Ada")
    answer(page, "Keep both")
    expect(page.locator(".cast-name")).to_have_text(["Ada", "Ada"])


def test_merge_with_somebody_chosen_from_a_list(page: Page) -> None:
    opened(page, "Person 3").get_by_role("button", name="Merge with…").click()
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    page.get_by_role("combobox", name="Name").fill("pers")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    choose(page, "Person 2")
    assert cast_of(page) == {"Ada": ADA, "Person 2": TWO + THREE}


def test_merge_two_that_are_selected(page: Page) -> None:
    for name in ("Person 3", "Ada"):
        pick(page, name)
    expect(bar(page).get_by_role("status")).to_have_text("Person 3, Ada")
    bar(page).get_by_role("button", name="Merge").click()
    assert cast_of(page) == {"Ada": ADA + THREE, "Person 2": TWO}, "who has a name stays"
    expect(bar(page)).to_have_count(0)


def test_people_seen_together_are_merged_only_after_a_question(page: Page) -> None:
    page.get_by_role("tab", name="Unknown").click()
    face = page.locator("[data-reason='too small'] .face-cell")
    face.hover()
    face.get_by_role("checkbox").click()
    bar(page).get_by_role("button", name="New person").click()
    page.get_by_role("tab", name="Cast").click()
    assert cast_of(page)["Person 4"] == [7]
    for said, tracks in (("Cancel", ADA), ("Merge anyway", [*ADA, 7])):
        opened(page, "Person 4").get_by_role("button", name="Merge with…").click()
        choose(page, "Ada")
        expect(page.get_by_role("dialog")).to_contain_text("00:00:12:00")
        answer(page, said)
        assert cast_of(page)["Ada"] == tracks


def test_split_in_two(page: Page) -> None:
    opened(page, "Ada").get_by_role("button", name="Split in two").click()
    expect(page.locator(".split-halves section")).to_have_count(2)
    answer(page, "Split")
    assert cast_of(page) == {"Ada": [0, 2], "Person 2": TWO, "Person 3": THREE, "Person 4": [4, 6]}


def test_select_a_range(page: Page) -> None:
    select(page, "Ada", 0)
    faces(page, "Ada").nth(2).click(modifiers=["Shift"])
    expect(bar(page).get_by_role("status")).to_have_text("3 tracks of Ada")
    faces(page, "Ada").nth(3).click()  # while something is selected
    expect(page.locator(".face-cell.picked")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(bar(page)).to_have_count(0)
    expect(page.locator(".picked")).to_have_count(0)


def test_move_to_a_person_and_to_a_new_one(page: Page) -> None:
    select(page, "Ada", 1, 2)
    bar(page).get_by_role("button", name="Move to…").click()
    choose(page, "Person 3")
    assert cast_of(page) == {"Ada": [0, 6], "Person 2": TWO, "Person 3": [2, 4, *THREE]}
    expect(opened(page, "Person 3").locator(".face-badge")).to_have_text(["✎", "✎"])
    select(page, "Person 2", 0)
    bar(page).get_by_role("button", name="Move to…").click()
    page.get_by_role("combobox", name="Name").fill("Eve")
    choose(page, "New person: Eve")
    assert cast_of(page)["Eve"] == [1]


def test_not_this_person_and_not_a_face(page: Page) -> None:
    for name in ("Not this person", "Not a face"):
        select(page, "Person 2", 0)
        bar(page).get_by_role("button", name=name).click()
    assert cast_of(page)["Person 2"] == [5]
    assert unknown_of(page) == {**NOBODY, "by hand": [1], "not a face": [3]}


def test_a_whole_person_is_no_face(page: Page) -> None:
    opened(page, "Person 3").get_by_role("button", name="Not a face").click()
    expect(toast(page)).to_have_text("Marked 2 tracks as not a face")
    assert cast_of(page) == {"Ada": ADA, "Person 2": TWO}
    pick(page, "Ada")
    bar(page).get_by_role("button", name="Not a face").click()
    assert unknown_of(page) == {**NOBODY, "not a face": sorted(ADA + THREE)}


def test_hide_and_show_again(page: Page) -> None:
    opened(page, "Person 2").get_by_role("button", name="Hide").click()
    assert list(cast_of(page)) == ["Ada", "Person 3"]
    expect(page.locator(".timeline-who", has_text="Person 2")).to_have_count(0)
    press(page, "1 hidden")
    assert list(cast_of(page)) == ["Person 2"]
    opened(page, "Person 2").get_by_role("button", name="Show again").click()
    expect(page.get_by_text("Nobody is hidden.")).to_be_visible()
    press(page, "Clear filter")
    assert cast_of(page) == START


def test_choose_a_cover(page: Page) -> None:
    cover = tile(page, "Person 2").locator("img")
    before = cover.get_attribute("src")
    face = opened(page, "Person 2").locator(f".face-open img:not([src='{before}'])").first
    wanted = face.get_attribute("src")
    face.click()
    press(page, "Use as cover")
    expect(cover).to_have_attribute("src", str(wanted))
    page.keyboard.press("Control+z")
    expect(cover).to_have_attribute("src", str(before))


def test_drag_to_a_person(page: Page) -> None:
    select(page, "Ada", 1, 2)
    drag(page, faces(page, "Ada").nth(1), tile(page, "Person 3"))
    assert cast_of(page) == {"Ada": [0, 6], "Person 2": TWO, "Person 3": [2, 4, *THREE]}
    drag(page, tile(page, "Person 3"), tile(page, "Person 2"))
    assert cast_of(page) == {"Ada": [0, 6], "Person 2": sorted([2, 4, *TWO, *THREE])}


@pytest.mark.parametrize(
    ("place", "people", "unknown"),
    [
        ("New person", {**START, "Ada": [2, 4, 6], "Person 4": [0]}, {}),
        ("Not this person", {**START, "Ada": [2, 4, 6]}, {"by hand": [0]}),
        ("Not a face", {**START, "Ada": [2, 4, 6]}, {"not a face": [0]}),
    ],
)
def test_drag_to_the_foot_of_the_page(
    page: Page, place: str, people: dict[str, list[int]], unknown: dict[str, list[int]]
) -> None:
    drag(page, faces(page, "Ada").first, page.locator(".drops li", has_text=place))
    expect(page.locator(".drops")).to_have_count(0)
    assert cast_of(page) == people
    assert unknown_of(page) == NOBODY | unknown


def test_a_drag_that_ends_elsewhere_does_nothing(page: Page) -> None:
    drag(page, faces(page, "Ada").first, page.locator("h1"))
    assert cast_of(page) == START
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_was_done_and_undone_is_said(page: Page) -> None:
    rename(page, "Person 2", "Bob")
    note = "Person 2 is now Bob"
    expect(toast(page)).to_have_text(note)
    expect(page.get_by_role("button", name="Undo").first).to_have_attribute(
        "title", f"Undo: {note} (Ctrl+Z)"
    )
    page.keyboard.press("Control+z")
    expect(toast(page)).to_have_text(f"Undone: {note}")
    page.keyboard.press("Control+Shift+z")
    expect(toast(page)).to_have_text(f"Redone: {note}")
    page.get_by_role("button", name="Redo").click(force=True)
    rename(page, "Person 3", "Cleo")
    page.locator(".shell-toast").get_by_role("button", name="Undo").click()
    page.keyboard.press("Control+y")
    assert list(cast_of(page)) == ["Ada", "Bob", "Cleo"]


def test_what_a_project_wrote_down_is_not_undone(open_page: Open) -> None:
    result = CREW.build()
    own = replace(result.edits[0], note="Ada, by the project: season.cast")
    page = open_page(replace(result, edits=(own,)), mode="disk")
    rename(page, "Person 2", "Bob")
    undo = page.locator("header").get_by_role("button", name="Undo")
    page.keyboard.press("Control+z")
    expect(undo).to_be_disabled()
    page.keyboard.press("Control+z")
    assert cast_of(page) == START


def test_undo_and_redo_without_end(page: Page) -> None:
    states, name = [cast_of(page)], "Person 3"
    for i in range(4):
        rename(page, name, name := f"Bob {i}")
        select(page, "Ada", 0)
        bar(page).get_by_role("button", name="Not this person").click()
        if i % 2:
            page.keyboard.press("Control+z")
        states.append(cast_of(page))
    for _ in range(6):
        page.keyboard.press("Control+z")
    assert cast_of(page) == states[0]
    for _ in range(7):  # the last is the one that was undone
        page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+z")
    assert cast_of(page) == states[-1]
