"""The page as served: it draws, people can use it without a mouse, and it fits a laptop."""

from __future__ import annotations

import pytest

from tests.outputs.report.crew import CREW
from tests.page.conftest import Open
from tests.result_folder import decided
from tests.review.conftest import ANN, BOB

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

expect = sync_api.expect
AT = "2026-01-01T00:00:00Z"
TABS = ("Cast", "Unknown", "Together", "Export", "About")


def test_it_is_served(open_page: Open) -> None:
    page = open_page(decided())
    assert page.evaluate("JSON.parse(document.getElementById('data').textContent).mode") == "live"
    assert page.locator("#app > *").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Open, scheme: str) -> None:
    page = open_page(decided(), color_scheme=scheme, reduced_motion="reduce")
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        assert axe.Axe().run(page).response["violations"] == [], name


def test_a_laptop_shows_it_without_scrolling(open_page: Open) -> None:
    page = open_page(decided())
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollHeight") <= 768
    assert page.evaluate(f"{root}.scrollWidth") <= 1366


def test_a_page_from_disk_opens(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    assert page.evaluate("JSON.parse(document.getElementById('data').textContent).mode") == "disk"


def test_arrow_keys_choose_a_tab(open_page: Open) -> None:
    page = open_page(decided())
    page.get_by_role("tab", name="Cast").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="About")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="About")).to_contain_text("small.mp4")
    page.keyboard.press("Home")
    expect(page.get_by_role("tab", name="Cast")).to_have_attribute("aria-selected", "true")


def test_a_question_mark_lists_the_keys(open_page: Open) -> None:
    page = open_page(decided())
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_contain_text("Ctrl+Z")
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_have_count(0)


def test_undo_says_what_it_undoes_and_tells_the_server(open_page: Open) -> None:
    page = open_page(decided())
    served = page.served
    edit = {"action": "name", "who": [ANN], "name": "Ann", "note": "", "at": AT}
    assert served.post("edit", {"count": 0, "edit": edit}).json == {"count": 1}
    page.reload()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_have_attribute("title", "Undo: Rename (Ctrl+Z)")
    page.keyboard.press("Control+z")
    expect(undo).to_be_disabled()
    expect(page.locator("#status")).to_have_text("Saved")
    assert served.get("state").json["count"] == 0
    served.stop()
    page.wait_for_timeout(1500)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#status")).to_have_text(
        "The review server does not answer. 1 correction waits; it is sent when the server is back."
    )


def test_language_and_theme_are_remembered(open_page: Open) -> None:
    page = open_page(decided(), hints=True)
    page.get_by_role("button", name="Skip").click()
    page.get_by_label("Language").select_option("de")
    page.get_by_label("Farben").select_option("dark")
    page.reload()
    page.wait_for_selector("html[data-ready][lang=de][data-theme=dark]")
    expect(page.get_by_role("tab", name="Besetzung")).to_be_visible()
    expect(page.get_by_role("complementary")).to_have_count(0)


def test_time_together_is_that_of_the_appearances(open_page: Open) -> None:
    result = decided()
    one, other = (who.appearances for who in result.people)
    ticks = sum(
        max(0, min(a.end_pts, b.end_pts) - max(a.start_pts, b.start_pts))
        for a in one
        for b in other
    )
    seconds = float(ticks * result.analysis.video.time_base)
    assert seconds > 0
    page = open_page(result)
    page.get_by_role("tab", name="Together").click()
    expect(page.locator(".together td button")).to_have_text([f"{seconds:.1f}"] * 2)


def test_an_export_asks_for_what_was_chosen(open_page: Open) -> None:
    formats = [{"name": "edl", "title": "EDL (CMX 3600)", "suffix": ".edl"}]
    sent: list[object] = []

    def answer(route: sync_api.Route) -> None:
        sent.append(route.request.post_data_json)
        name = {"Content-Disposition": 'attachment; filename="small.edl"'}
        route.fulfill(body="TITLE: small", headers=name)

    def before(page: sync_api.Page) -> None:
        page.route("**/formats", lambda route: route.fulfill(json=formats))
        page.route("**/export", answer)

    page = open_page(decided(), before=before)
    page.get_by_role("tab", name="Export").click()
    page.get_by_label("Only these people").first.check()
    expect(page.get_by_role("button", name="EDL")).to_be_disabled()
    page.get_by_role("checkbox", name="Person 2").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="EDL").click()
    assert download.value.suggested_filename == "small.edl"
    assert sent == [
        {"count": 0, "format": "edl", "people": [[BOB]], "from_s": None, "to_s": None}
        | {"together": False}
    ]
