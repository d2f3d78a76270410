"""The page in a browser: Chromium, from disk. Corrections have tests of their own."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import clusterer
from clusterer.cli.show import summary
from clusterer.core.timecode import spoken
from clusterer.outputs.report import render
from tests.outputs.report.builder import Cast, Scene, no_pictures, reader

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, expect

Open = Callable[..., Page]
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


def test_opens_from_disk_without_fetching(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    expect(page.locator("h1")).to_have_text("episode.mp4")
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator(".cover img").first).to_have_attribute("src", re.compile("^data:"))
    width = "async img => { await img.decode(); return img.naturalWidth }"
    assert page.locator(".cover img").first.evaluate(width) == 160


def test_policy_refuses_foreign_scripts(chromium: Browser, sheet: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        page = chromium.new_page()
        page.goto(sheet.as_uri())
        refused = page.evaluate(
            """port => new Promise(resolve => {
            const refused = [];
            addEventListener("securitypolicyviolation", event => {
                refused.push(event.effectiveDirective);
                if (refused.length === 4) resolve(refused.sort());
            });
            const script = document.createElement("script");
            script.textContent = "window.bad = 1";
            const image = new Image();
            image.src = `http://127.0.0.1:${port}/x.png`;
            const film = document.createElement("video");
            film.src = `http://127.0.0.1:${port}/x.mp4`;
            document.body.append(script, image, film);
            fetch(`http://127.0.0.1:${port}/y`).catch(() => 0);
            })""",
            server.getsockname()[1],
        )
        assert refused == ["connect-src", "img-src", "media-src", "script-src-elem"]
        assert page.evaluate("window.bad") is None
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()
        page.close()


def test_chips_load_when_they_come_near_the_window(open_page: Open, sheet: Path) -> None:
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
    page.locator("#person-1 .chip").first.focus()
    page.keyboard.press("ArrowRight")
    focused = page.locator("#person-1 .chip").nth(1)
    expect(focused).to_be_focused()
    assert focused.evaluate("chip => getComputedStyle(chip).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer")
    expect(viewer).to_be_visible()
    expect(page.locator("#viewer-name")).to_have_text("Ada")
    caption = page.locator("#person-1 .cell .tc").nth(1)
    expect(page.locator("#viewer-tc")).to_have_text(caption.text_content() or "")
    expect(page.locator("#viewer-facts")).to_contain_text("Quality")
    expect(page.locator("#viewer-place")).to_have_text("Face 2 of 20")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer-place")).to_have_text("Face 3 of 20")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(focused).to_be_focused()


def test_a_strip_is_one_stop_of_the_tab_key(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    strip = page.locator("#person-1 .chips")
    assert strip.evaluate("s => s.querySelectorAll('[tabindex=\"0\"]').length") == 1
    strip.locator(".chip").first.focus()
    page.keyboard.press("End")
    expect(strip.locator(".chip").last).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.chips')")
    page.keyboard.press("Shift+Tab")
    expect(strip.locator(".chip").last).to_be_focused()
    page.keyboard.press("Home")
    expect(strip.locator(".chip").first).to_be_focused()


def test_first_tab_stop_skips_to_the_people(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#people")).to_be_focused()


def test_one_face_an_appearance_or_all(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    chips = page.locator("#person-1 .chip")
    expect(chips).to_have_count(20)
    page.get_by_role("button", name="Show all 80 faces").click()
    expect(chips).to_have_count(80)
    button = page.get_by_role("button", name="Show one face per appearance")
    expect(button).to_be_focused()
    button.click()
    expect(chips).to_have_count(20)
    page.locator("#all").check()
    expect(chips).to_have_count(80)
    expect(page.locator("#person-3 .chip")).to_have_count(4)


def test_filter_and_sort(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    names = page.locator(".card h3")
    expect(names).to_have_text(["Ada", "Bob", "Cleo"])
    page.keyboard.press("/")
    page.keyboard.type("BO")
    expect(names).to_have_text(["Bob"])
    expect(page.locator("#lines a[data-label]")).to_have_count(1)
    expect(page.locator("#shown")).to_have_text("1 of 3 people, sorted by screen time")
    page.fill("#by-name", "zz")
    expect(page.locator("#nobody")).to_be_visible()
    page.click("#reset")
    page.fill("#by-time", "5")
    expect(names).to_have_text(["Ada", "Bob"])
    page.fill("#by-time", "")
    page.select_option("#sort", "name")
    expect(names).to_have_text(["Ada", "Bob", "Cleo"])
    expect(page.locator("#shown")).to_have_text("3 people, sorted by name")
    page.evaluate("cv.name(0, 'Zoe')")  # cards do not jump while they are corrected
    expect(names).to_have_text(["Zoe", "Bob", "Cleo"])
    page.select_option("#sort", "time")
    page.select_option("#sort", "name")
    expect(names).to_have_text(["Bob", "Cleo", "Zoe"])


def test_timecode_is_copied(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    page.locator("#person-2 .chips .tc").first.click()
    copied = page.locator("#person-2 .chips .tc").first.text_content()
    expect(page.locator("#toast")).to_have_text(f"Copied {copied}")
    assert page.evaluate("navigator.clipboard.readText()") == copied
    page.locator("#person-2 summary").click()
    page.locator("#person-2 td .tc").nth(1).click()
    assert page.evaluate("navigator.clipboard.readText()") == "00:00:04:00"  # out of shot 1
    page.locator("#person-2 .chip").first.focus()
    page.keyboard.press("c")
    assert page.evaluate("navigator.clipboard.readText()") == copied


def test_shots_count_from_one(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK)
    page.locator("#person-2 summary").click()
    expect(page.locator("#person-2 tbody tr").first.locator("td").last).to_have_text("2")
    page.locator("#person-2 .chip").first.click()
    expect(page.locator("#viewer-facts")).to_contain_text("Shot2Face height")
    assert page.evaluate("cv.store.result.people[1].appearances[0].shot") == 1


def test_timelines_share_one_axis(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport={"width": 1280, "height": 2400})
    expect(page.locator(".card .bar")).to_have_count(3)
    spans = page.evaluate(
        """[...document.querySelectorAll('#lines .bar, .card .bar')]
        .map(b => b.getBoundingClientRect()).map(r => `${r.left} ${r.right}`)"""
    )
    assert len(spans) == 3 + 1 + 3
    assert len(set(spans)) == 1


def test_short_appearances_are_two_pixels_wide(open_page: Open, tmp_path: Path) -> None:
    scene = Scene([Cast([17], "Blink"), Cast(range(700), "Rest")], shot_count=2000, shot_frames=4)
    path = tmp_path / "report.html"
    path.write_text(render(scene.build(), no_pictures), encoding="utf-8")
    page = open_page(path, viewport=DESK)
    drawn = page.locator("#lines [data-label='0'] .seen").get_attribute("d") or ""
    wide = page.locator("#lines .bar").first.evaluate("b => b.getBoundingClientRect().width")
    (width,) = (float(found) for found in re.findall(r"h(\d+)v", drawn))
    assert width / 10000 * wide >= 1.5


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


def test_still_with_reduced_motion(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK, reduced_motion="reduce")
    moving = "getComputedStyle(document.getElementById('toast')).transitionProperty"
    assert page.evaluate(moving) == "none"


def test_without_scripts(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport=DESK, java_script_enabled=False)
    expect(page.locator(".bare")).to_contain_text("Ada")
    expect(page.locator(".bare tbody tr")).to_have_count(3)
    for hidden in (".desk", "main", "#by-name", "#theme"):
        expect(page.locator(hidden)).to_be_hidden()


def test_prints_every_card(open_page: Open, sheet: Path) -> None:
    page = open_page(sheet, viewport={"width": 1280, "height": 300}, color_scheme="dark")
    page.emulate_media(media="print")
    for hidden in (".tools", ".desk", ".acts"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert _lightness(page, "backgroundColor") == 255
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".card .chips")).to_have_count(3)
    assert page.locator("#unknown .chip img").last.get_attribute("src")


def test_names_do_not_become_markup(open_page: Open, tmp_path: Path) -> None:
    name = "</script><img src=x onerror=alert(1)>\u2028'\"&"
    path = tmp_path / "report.html"
    path.write_text(render(Scene([Cast([0], name)]).build(), reader()), encoding="utf-8")
    page = open_page(path, viewport=DESK)
    assert page.locator(".card h3").text_content() == name
    page.locator(".chip").first.click()
    assert page.locator("#viewer-name").text_content() == name


def test_an_hour_opens_fast_and_loads_only_what_is_near(open_page: Open, hour_sheet: Path) -> None:
    start = time.perf_counter()
    page = open_page(hour_sheet, viewport=DESK)
    expect(page.locator("html")).to_have_attribute("data-ready", "true")
    assert time.perf_counter() - start < 8  # 0.6 s on two idle cores
    expect(page.locator(".card")).to_have_count(60)
    loaded = page.evaluate("[...document.querySelectorAll('.chip img')].filter(i => i.src).length")
    assert loaded < 300
    assert page.evaluate("document.querySelectorAll('*').length") < 25_000


def test_page_and_terminal_say_the_same_length(open_page: Open, sheet: Path) -> None:
    ticks = [*range(0, 90_000, 7), *range(1_430_000, 1_450_000, 13), *range(86_399_000, 86_402_000)]
    seconds = [count / 24_000 for count in ticks]
    seconds += [count / 20 for count in range(80_000)]  # every half of a tenth, a second, a minute
    seconds += [count * 0.05 for count in range(2_000)]  # the same, each a little off
    seconds += [sum([0.05] * count) for count in range(1_300)]
    page = open_page(sheet, viewport=DESK)
    assert page.evaluate("many => many.map(cv.spoken)", seconds) == list(map(spoken, seconds))


def test_page_and_terminal_say_the_same_of_people(open_page: Open, demo: clusterer.Outcome) -> None:
    page = open_page(demo.folder / "report.html", viewport=DESK)
    shown = page.evaluate("cv.store.result.people.map(who => [who.name, cv.spoken(who.time)])")
    lines = summary(demo).splitlines()[1:-1]
    assert [line.split("  ")[1].strip() for line in lines] == [name for name, _ in shown]
    assert all(f"  {length}  " in line for line, (_, length) in zip(lines, shown, strict=True))
