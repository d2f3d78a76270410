"""The questions: in which order, what an answer does, when one is not asked any more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clusterer.core.types import Advice, Question, Reason
from clusterer.outputs.report import render
from tests.outputs.report.builder import Cast, Scene, reader
from tests.outputs.report.crew import ADA, DESK, THREE, TWO, Open, cast_of

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

PAIR, DOUBT, STRANGER = "1 8", "0 6", "0 10"
"""Tracks of the questions of `CREW`, first the one whose answer affects the most faces."""


@pytest.fixture
def page(open_page: Open, crew: Path) -> Page:
    return open_page(crew, viewport=DESK)


def asked(page: Page) -> list[str]:
    found: list[str] = page.evaluate("cv.questions().map(question => question.key)")
    return found


def test_order_by_the_faces_that_an_answer_affects(page: Page) -> None:
    assert asked(page) == [PAIR, DOUBT, STRANGER]
    expect(page.locator("#ask-words")).to_have_text("Are these the same person?")
    expect(page.locator("#ask-left")).to_have_text("3 left; this answer affects 8 faces")


def test_yes(page: Page) -> None:
    page.keyboard.press("y")
    assert cast_of(page) == {"Person 2": TWO + THREE, "Ada": ADA}
    assert asked(page) == [DOUBT, STRANGER]
    page.keyboard.press("Control+z")
    assert asked(page) == [PAIR, DOUBT, STRANGER]


def test_no_is_never_asked_again(page: Page) -> None:
    page.keyboard.press("n")
    assert cast_of(page) == {"Ada": ADA, "Person 2": TWO, "Person 3": THREE}
    assert asked(page) == [DOUBT, STRANGER]
    page.evaluate("cv.moveTo([5], 2); cv.name(1, 'Bob')")  # still the two
    assert PAIR not in asked(page)
    edits = page.evaluate("cv.store.edits.map(edit => edit.action)")
    assert "different people" in edits


def test_skip(page: Page) -> None:
    page.keyboard.press("s")
    assert asked(page) == [DOUBT, STRANGER]
    page.keyboard.press("s")
    page.keyboard.press("s")
    expect(page.locator("#ask-left")).to_have_text("No more questions")
    page.get_by_role("button", name="Ask 3 skipped questions again").click()
    assert asked(page) == [PAIR, DOUBT, STRANGER]
    assert page.evaluate("cv.store.edits.length") == 1


def test_doubt_is_about_a_side_of_the_tree(page: Page) -> None:
    page.keyboard.press("s")
    expect(page.locator("#ask-words")).to_have_text("Is this also Ada?")
    page.locator("[data-key=ask-n]").click()
    assert cast_of(page)["Ada"] == [0, 2]
    assert cast_of(page)["Person 4"] == [4, 6]
    page.keyboard.press("Control+z")
    page.locator("[data-key=ask-y]").click()
    assert cast_of(page)["Ada"] == ADA
    assert asked(page) == [STRANGER]


@pytest.mark.parametrize(
    ("skipped", "key", "note"),
    [
        (0, "y", "Merged Person 3 into Person 2"),
        (0, "n", "Marked Person 2 and Person 3 as different people"),
        (1, "y", "Confirmed the face at 00:00:12:00 as Ada"),
        (1, "n", "Moved 2 tracks starting at 00:00:08:00 from Ada to a new person"),
        (2, "y", "Added the unknown face at 00:00:18:00 to Ada"),
        (2, "n", "Marked Ada and the unknown face at 00:00:18:00 as different people"),
    ],
)
def test_what_an_answer_did_is_said(page: Page, skipped: int, key: str, note: str) -> None:
    for _ in range(skipped):
        page.keyboard.press("s")
    page.keyboard.press(key)
    expect(page.locator("#toast span")).to_have_text(note)


def test_two_unknown_faces_become_a_person(open_page: Open, tmp_path: Path) -> None:
    unknown = [Cast([1], "U", Reason.NO_MATCH), Cast([3], "V", Reason.NO_MATCH)]
    scene = Scene([Cast([0], "Ada"), *unknown], advice=Advice((Question(1, 2, 2.0),)))
    path = tmp_path / "report.html"
    path.write_text(render(scene.build(), reader()), encoding="utf-8")
    page = open_page(path, viewport=DESK)
    page.keyboard.press("y")
    note = "Made one person of the unknown faces at 00:00:02:00 and 00:00:06:00"
    expect(page.locator("#toast span")).to_have_text(note)
    assert cast_of(page)["Person 2"] == [1, 2]


def test_a_doubt_about_many_is_answered_once(open_page: Open, tmp_path: Path) -> None:
    """Nine tracks are asked about, more than can stand for them, and by the worst of them."""
    tree = tuple((k + 1, 12 + k - 1 if k else 0) for k in range(11))
    scene = Scene([Cast(range(12), "Ada")], shot_count=12)
    quality = [-max(scene.build().analysis.quality.value[4 * t : 4 * t + 4]) for t in range(9)]
    worst = int(np.argmax(quality))
    advice = Advice((Question(11, worst, -3.0),), {0: tree})
    path = tmp_path / "report.html"
    path.write_text(render(replace(scene, advice=advice).build(), reader()), encoding="utf-8")
    page = open_page(path, viewport=DESK)
    assert asked(page) == [f"11 {worst}"]
    page.keyboard.press("y")
    assert asked(page) == []


def test_an_unknown_joins(page: Page) -> None:
    page.keyboard.press("s")
    page.keyboard.press("s")
    page.locator("[data-key=ask-y]").click()
    assert cast_of(page)["Ada"] == [*ADA, 10]


@pytest.mark.parametrize(
    ("script", "left"),
    [
        ("cv.merge([1, 2])", [DOUBT, STRANGER]),
        ("cv.moveTo([6], 1)", [PAIR, STRANGER]),
        ("cv.notAFace([10])", [PAIR, DOUBT]),
        ("cv.moveTo([10], 0)", [PAIR, DOUBT]),
        ("cv.notThisPerson([6])", [PAIR, STRANGER]),
        ("cv.name(1, 'Bob'); cv.name(2, 'Cleo')", [DOUBT, STRANGER]),
    ],
)
def test_what_is_known_already_is_not_asked(page: Page, script: str, left: list[str]) -> None:
    page.evaluate(script)
    assert asked(page) == left


def test_keys_answer_only_outside_of_cards(page: Page) -> None:
    page.locator("#person-1").focus()
    page.keyboard.press("y")
    page.keyboard.press("n")
    assert page.evaluate("cv.store.edits.length") == 1


def test_focus_stays_on_the_answer(page: Page) -> None:
    page.locator("[data-key=ask-y]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-key='ask-y']")).to_be_focused()


@pytest.mark.parametrize(("a", "b"), [(0, 6), (6, 0), (4, 6), (0, 2)])
def test_side_of_the_tree(page: Page, a: int, b: int) -> None:
    """Ada's tree: (0 and 2) and (4 and 6)."""
    wanted = {(0, 6): [4, 6], (6, 0): [0, 2], (4, 6): [6], (0, 2): [2]}
    assert page.evaluate(f"cv.sideOf({a}, {b})") == wanted[a, b]


def test_questions_that_change_little_come_last(open_page: Open, tmp_path: Path) -> None:
    scene = Scene(
        [Cast([0, 1], "Ada"), Cast([2, 3], "Bob")], advice=Advice((Question(0, 2, -5.0),))
    )
    path = tmp_path / "report.html"
    path.write_text(render(replace(scene.build(), edits=()), reader()), encoding="utf-8")
    page = open_page(path, viewport=DESK)
    assert asked(page) == ["0 2"]
    expect(page.locator("#ask-words")).to_have_count(0)
