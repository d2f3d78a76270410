"""The page in a browser: Chromium, from disk."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer.report import render

from .builder import Cast, Scene, no_pictures, reader

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, expect

Open = Callable[..., Page]
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


def test_opens_from_disk_without_fetching(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    expect(page.locator("h1")).to_have_text("episode.mp4")
    expect(page.locator(".card")).to_have_count(3)
    assert page.evaluate("document.querySelector('.cover img').naturalWidth") == 160


def test_policy_refuses_what_is_not_ours(chromium: Browser, sheet: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        page = chromium.new_page()
        page.goto(sheet.as_uri())
        refused = page.evaluate(
            """port => new Promise(resolve => {
            const refused = [];
            addEventListener("securitypolicyviolation", event => {
                refused.push(event.effectiveDirective);
                if (refused.length === 3) resolve(refused.sort());
            });
            const script = document.createElement("script");
            script.textContent = "window.bad = 1";
            const image = new Image();
            image.src = `http://127.0.0.1:${port}/x.png`;
            document.body.append(script, image);
            fetch(`http://127.0.0.1:${port}/y`).catch(() => 0);
            })""",
            server.getsockname()[1],
        )
        assert refused == ["connect-src", "img-src", "script-src-elem"]
        assert page.evaluate("window.bad") is None
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()
        page.close()


def test_chips_load_when_they_come_into_view(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport={"width": 1280, "height": 400})
    last = page.locator("#unknown .chip img").last
    assert last.get_attribute("src") is None
    last.scroll_into_view_if_needed()
    expect(last).to_have_attribute("src", re.compile("^data:image/jpeg;base64,"))
    assert last.evaluate("async img => { await img.decode(); return img.naturalWidth }") == 160


def test_pictures_do_not_move_the_page(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    sized = "[...document.images].every(i => i.hasAttribute('width') && i.hasAttribute('height'))"
    assert page.evaluate(sized)


def test_keyboard_opens_and_closes_a_chip(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    page.locator("#person-1 .cover").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    focused = page.locator("#person-1 li:not(.rest) .chip").nth(1)
    expect(focused).to_be_focused()
    assert focused.evaluate("chip => getComputedStyle(chip).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer")
    expect(viewer).to_be_visible()
    expect(page.locator("#viewer-name")).to_have_text("Ada")
    caption = page.locator("#person-1 li:not(.rest) .tc").nth(1)
    expect(page.locator("#viewer-tc")).to_have_text(caption.text_content() or "")
    expect(page.locator("#viewer-facts")).to_contain_text("Quality")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer-place")).to_have_text(re.compile(r"Face \d+ of 80"))
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(focused).to_be_focused()


def test_first_tab_stop_skips_to_the_people(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#people")).to_be_focused()


def test_preview_and_all_faces(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    chips = page.locator("#person-1 .chip:visible")
    expect(chips).to_have_count(20)
    page.get_by_role("button", name="Show all 80 faces").click()
    expect(chips).to_have_count(80)
    page.get_by_role("button", name="Show fewer").click()
    expect(chips).to_have_count(20)


def test_filter_and_sort(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    names = page.locator(".card:visible h3")
    expect(names).to_have_text(["Ada", "Bob", "Cleo"])
    page.keyboard.press("/")
    page.keyboard.type("BO")
    expect(names).to_have_text(["Bob"])
    expect(page.locator(".matrix a[data-row]:visible")).to_have_count(1)
    page.fill("#by-name", "zz")
    expect(page.locator("#nobody")).to_be_visible()
    page.click("#reset")
    page.fill("#by-time", "5")
    expect(names).to_have_text(["Ada", "Bob"])
    page.fill("#by-time", "")
    page.select_option("#sort", "count")
    page.select_option("#sort", "name")
    expect(names).to_have_text(["Ada", "Bob", "Cleo"])
    expect(page.locator("#shown")).to_have_text("3 by name")


def test_timecode_is_copied(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    page.locator("#person-2 .chips .tc").first.click()
    expect(page.locator("#toast")).to_have_text("Copied 00:00:02:00")
    assert page.evaluate("navigator.clipboard.readText()") == "00:00:02:00"


def test_timelines_share_one_axis(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    spans = page.evaluate(
        """[...document.querySelectorAll('.matrix .bar, .card .bar')]
        .map(b => b.getBoundingClientRect()).map(r => `${r.left} ${r.right}`)"""
    )
    assert len(spans) == 3 + 1 + 3
    assert len(set(spans)) == 1


def test_short_appearances_are_two_pixels_wide(open_page: Open, tmp_path: Path) -> None:
    scene = Scene([Cast([17], "Blink"), Cast(range(700), "Rest")], shot_count=2000, shot_frames=4)
    path = tmp_path / "report.html"
    path.write_text(render(scene.build(), no_pictures), encoding="utf-8")
    page = open_page(path, viewport=PHONE)
    widths = page.evaluate(
        """[...document.querySelectorAll('.bar rect')].map(r => r.getBoundingClientRect().width
        + (parseFloat(getComputedStyle(r).strokeWidth) || 0) * (r.matches('.thin') ? 1 : 0))"""
    )
    assert min(widths) >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes(open_page: Open, sheet: Path, scheme: str) -> None:
    page = open_page(sheet, viewport=DESK, color_scheme=scheme)
    assert (_lightness(page, "backgroundColor") > 128) == (scheme == "light")
    assert (_lightness(page, "color") < 128) == (scheme == "light")
    other = "dark" if scheme == "light" else "light"
    for _ in range(2 if other == "dark" else 1):
        page.click("#theme")
    expect(page.locator("#theme")).to_have_text(other.capitalize())
    assert (_lightness(page, "backgroundColor") > 128) == (other == "light")


def _lightness(page: Page, field: str) -> float:
    colour = page.evaluate(f"getComputedStyle(document.documentElement).{field}")
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


@pytest.mark.parametrize("width", [360, 390, 700, 900])
def test_nothing_hangs_over_the_side(open_page: Open, sheet: Path, width: int) -> None:
    page = open_page(sheet, viewport={"width": width, "height": 740})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dialog_fits_a_phone(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=PHONE)
    page.locator("#person-1 .cover").click()
    box = page.locator("#viewer").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] + box["height"] <= PHONE["height"]


def test_without_scripts(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK, java_script_enabled=False)
    expect(page.locator(".cover img").first).to_be_visible()
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("#by-name")).to_be_hidden()
    expect(page.locator(".chip").first).to_be_hidden()


def test_still_with_reduced_motion(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK, reduced_motion="reduce")
    moving = "getComputedStyle(document.getElementById('toast')).transitionProperty"
    assert page.evaluate(moving) == "none"


def test_prints_every_card(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK, color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.locator(".tools")).to_be_hidden()
    assert _lightness(page, "backgroundColor") == 255
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#unknown .chip img").last.get_attribute("src")


def test_names_do_not_become_markup(open_page: Open, tmp_path: Path) -> None:
    name = "</script><img src=x onerror=alert(1)>\u2028'\"&"
    path = tmp_path / "report.html"
    path.write_text(render(Scene([Cast([0], name)]).build(), reader()), encoding="utf-8")
    page = open_page(path, viewport=DESK)
    assert page.locator("h3").text_content() == name
    page.locator(".chip").first.click()
    assert page.locator("#viewer-name").text_content() == name


def test_an_hour_loads_only_what_is_near(open_page: Open, hour_sheet: Path) -> None:
    page = open_page(hour_sheet, viewport=DESK)
    expect(page.locator(".card")).to_have_count(60)
    loaded = page.evaluate("[...document.querySelectorAll('.chip img')].filter(i => i.src).length")
    assert loaded < 100
