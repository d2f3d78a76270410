"""Finding a face in the page of a film: by a photograph and by a face; confirmed and rejected."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

import clusterer
from clusterer.project.search import Chance
from clusterer.review.guard import MOST_PHOTOGRAPH_BYTES
from tests.page.conftest import Open
from tests.page.look import cast_of, faces, toast
from tests.page.test_replay import WEB
from tests.result_folder import decided
from tests.review.test_find import photograph

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

expect = sync_api.expect
DROP = """([content, name]) => {
    const bytes = Uint8Array.from(atob(content), one => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name));
    const event = kind => new DragEvent(kind, {
        dataTransfer: data, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event("dragover"));
    return new Promise(done => requestAnimationFrame(() => setTimeout(() => {
        const said = document.querySelector(".find-drop")?.textContent ?? "";
        document.body.dispatchEvent(event("drop"));
        done(said);
    })));
}"""


@pytest.fixture
def folder(demo: clusterer.Outcome, tmp_path: Path) -> Path:
    """The sample film's result: four people."""
    return Path(shutil.copytree(demo.folder, tmp_path / "demo.people"))


def panel(page: Page) -> Locator:
    page.get_by_role("tab", name="Find").click()
    return page.get_by_role("region", name="Find a face")


def choose(page: Page, content: bytes, name: str = "anna.png") -> None:
    """Choose a photograph as with the dialog of the system."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a photograph…").press("Enter")
    chooser.value.set_files({"name": name, "mimeType": "image/png", "buffer": content})


def hit(page: Page, name: str) -> Locator:
    return page.locator(".find-hit").filter(has=page.get_by_text(name, exact=True))


def test_a_photograph_is_found_named_and_nothing_of_it_stays(
    open_page: Open, folder: Path, demo: clusterer.Outcome
) -> None:
    page = open_page(folder)
    panel(page)
    choose(page, photograph(demo, 0))
    best = page.locator(".find-hit").first
    expect(best).to_contain_text("Person 1")
    expect(best).to_contain_text("Almost certainly")
    expect(page.get_by_role("heading", name="Near misses, probably somebody else")).to_be_visible()
    expect(page.locator(".find-hit")).to_have_count(len(demo.result.people))
    time = best.locator(".find-tc").inner_text()
    best.locator(".find-tc").press("Enter")
    expect(page.locator(".player-tc, .player")).to_contain_text(time)
    page.get_by_label("Name for whoever you confirm").fill("Anna")
    best.get_by_role("button", name="It is them").press("Enter")
    expect(hit(page, "Anna")).to_contain_text("The one that is looked for")
    expect(hit(page, "Anna").get_by_role("button", name="Not them")).to_be_focused()
    expect(toast(page)).to_contain_text("Anna")
    page.keyboard.press("Control+z")
    expect(hit(page, "Anna")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(hit(page, "Anna")).to_have_count(1)
    assert not [path for path in folder.rglob("*") if path.name.startswith("anna")]
    hit(page, "Anna").get_by_text("places").click()
    expect(hit(page, "Anna").locator(".find-places li")).to_have_count(
        len(demo.result.people[0].track_ids)
    )


def test_of_several_faces_one_is_chosen(
    open_page: Open, folder: Path, demo: clusterer.Outcome
) -> None:
    page = open_page(folder)
    panel(page)
    choose(page, photograph(demo, 0, 1))
    second = page.get_by_role("button", name="Face 2 of 2")
    expect(second).to_be_visible()
    expect(page.locator(".find-hit")).to_have_count(0)
    second.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".find-hit").first).to_contain_text("Person 2")
    page.get_by_role("button", name="Face 1 of 2").click()
    expect(page.locator(".find-hit").first).to_contain_text("Person 1")


def test_a_photograph_is_dropped_anywhere(
    open_page: Open, folder: Path, demo: clusterer.Outcome
) -> None:
    page = open_page(folder)
    content = base64.b64encode(photograph(demo, 2)).decode()
    assert page.evaluate(DROP, [content, "c.png"]) == "Drop the photograph to see who is on it"
    expect(page.locator(".find-hit").first).to_contain_text("Person 3")
    expect(page.locator(".find-drop")).to_have_count(0)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".find-hit")).to_have_count(0)


def test_what_is_wrong_with_a_photograph_is_said(open_page: Open, folder: Path) -> None:
    page = open_page(folder)
    said = panel(page).get_by_role("alert")
    grey = cv2.imencode(".png", np.full((200, 200, 3), 90, np.uint8))[1].tobytes()
    choose(page, grey, "grey.png")
    expect(said).to_contain_text("No face was found on grey.png")
    choose(page, b"no picture", "notes.png")
    expect(said).to_contain_text("notes.png is not a picture that can be read")


def test_who_is_like_a_face(open_page: Open) -> None:
    page = open_page(decided())  # track 0 is of Person 1, who has track 2; 1 meets it, 3 is unknown
    faces(page, "Person 1").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Find this face").click()
    expect(page.get_by_role("tab", name="Find")).to_have_attribute("aria-selected", "true")
    own, other = hit(page, "Person 1"), hit(page, "Unknown")
    expect(own).to_contain_text("This face is theirs already")
    expect(page.locator(".find-hit")).to_have_count(2)
    other.get_by_role("button", name="It is them").click()
    expect(page.locator(".find-hit.confirmed")).to_have_count(1)
    assert cast_of_panel(page) == {"Person 1": [0, 2, 3], "Person 2": [1]}
    page.keyboard.press("Control+z")
    panel(page)
    expect(other).to_be_visible()
    other.get_by_role("button", name="Not them").click()
    expect(other).to_contain_text("Not them")
    expect(page.locator(".find-hit.rejected")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(page.locator(".find-hit.rejected")).to_have_count(0)
    own.get_by_role("button", name="Not them").click()  # this face is not theirs
    expect(page.locator(".find-hit.own")).to_have_count(0)
    assert cast_of_panel(page) == {"Person 1": [2], "Person 2": [1]}


def cast_of_panel(page: Any) -> dict[str, list[int]]:
    page.get_by_role("tab", name="Cast").click()
    return cast_of(page)


def test_by_key_and_from_the_players_menu(open_page: Open) -> None:
    page = open_page(decided())
    faces(page, "Person 2").first.press("a")
    expect(page.locator(".find-sought")).to_contain_text("Person 2, 01:00:00:00")
    expect(hit(page, "Unknown")).to_be_visible()
    expect(page.get_by_role("region", name="Find a face")).to_be_focused()
    page.locator(".player-who").first.press("Enter")
    page.get_by_role("button", name="Find this face").press("Enter")
    expect(page.locator(".find-sought")).to_contain_text("Person 1")


AT_ONCE = """async () => {
    const press = new KeyboardEvent("keydown", { key: "a", bubbles: true });
    document.activeElement.dispatchEvent(press);
    await new Promise(done => setTimeout(done));
    return document.activeElement.className;
}"""
MENU_AT_ONCE = """async face => {
    face.click();
    await new Promise(done => setTimeout(done));
    return document.activeElement.closest(".player-menu") !== null;
}"""


def test_the_panel_has_the_focus_at_once_and_nothing_is_shown_beside_the_face(
    open_page: Open, folder: Path
) -> None:
    page = open_page(folder)
    face = faces(page, "Person 2").first
    face.hover()
    face.focus()
    expect(page.locator(".whole-tip")).to_be_visible()
    # No frame is drawn between, so a second key would go where the focus is now.
    assert page.evaluate(AT_ONCE) == "find"
    expect(page.locator(".find-sought")).to_be_visible()
    expect(page.locator(".whole-tip")).to_have_count(0)


def test_the_menu_of_a_face_has_the_focus_at_once(open_page: Open) -> None:
    page = open_page(decided())
    assert page.locator(".player-who").first.evaluate(MENU_AT_ONCE)
    page.keyboard.press("Escape")
    expect(page.locator(".player-who").first).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Open, scheme: str) -> None:
    page = open_page(decided(), color_scheme=scheme)
    panel(page)
    assert axe.Axe().run(page).response["violations"] == []
    page.get_by_role("tab", name="Cast").click()
    faces(page, "Person 1").first.press("a")
    hit(page, "Unknown").get_by_role("button", name="Not them").click()
    expect(page.locator(".find-hit.rejected")).to_have_count(1)
    assert axe.Axe().run(page).response["violations"] == []


def test_a_page_from_disk_has_no_search(open_page: Open) -> None:
    page = open_page(decided(), mode="disk")
    expect(page.get_by_role("tab")).not_to_have_count(0)
    expect(page.get_by_role("tab", name="Find")).to_have_count(0)
    faces(page, "Person 1").first.click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Move to…")).to_be_visible()
    expect(page.get_by_role("button", name="Find this face")).to_have_count(0)


def test_the_page_and_python_agree() -> None:
    words = (WEB / "src/words/chance.ts").read_text("utf-8")
    (stated,) = re.findall(r"LEAST = \[(.*?)\]", words)
    for least, word in zip(map(float, stated.split(",")), Chance, strict=False):
        assert (Chance.of(least), Chance.of(least - 1e-9) is word) == (word, False)
    (most,) = re.findall(r"MOST_BYTES = ([\d_]+)", (WEB / "src/state/find.ts").read_text("utf-8"))
    assert int(most) == MOST_PHOTOGRAPH_BYTES
