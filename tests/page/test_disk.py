"""`report.html`: one file, opened from disk, that loads nothing and shows everything."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

import clusterer
from clusterer.cli.show import summary
from clusterer.core.types import Reason
from clusterer.outputs.report import render
from tests.outputs.report.builder import (
    Cast,
    Scene,
    long_episode,
    no_pictures,
    reader,
    torso_reader,
)
from tests.outputs.report.crew import CREW
from tests.page.conftest import NO_HINTS, Open
from tests.page.look import cast_of, opened, tile, toast, unknown_of

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, expect

MARKUP = "</script><img src=x onerror=alert(1)>\u2028'\"&"


def written(scene: Scene, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(render(scene.build(), reader(), torso_reader()), encoding="utf-8")
    return path


def test_it_opens_with_its_pictures_inside(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    expect(page.get_by_role("heading", level=1)).to_have_text("episode.mp4")
    picture = tile(page, "Ada").locator("img")
    assert (picture.get_attribute("src") or "").startswith("data:image/jpeg;base64,")
    width = "async img => { await img.decode(); return img.naturalWidth }"
    assert picture.evaluate(width) == 160


def test_the_policy_refuses_what_is_foreign(chromium: Browser, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        page = chromium.new_page()
        page.goto(written(CREW, tmp_path).as_uri())
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


def test_names_do_not_become_markup(open_page: Open) -> None:
    page = open_page(Scene([Cast([0, 1], MARKUP)]).build(), mode="disk")
    assert page.locator(".cast-name").text_content() == MARKUP
    page.locator(".cast-open").click()
    page.locator(".face-open").first.click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("onerror=alert(1)")


def test_without_scripts_people_are_listed(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(written(CREW, tmp_path).as_uri())
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody tr").first).to_have_text("Ada8.0 s493%00:00:00:00")
    context.close()


def test_paper_shows_every_person_on_white(open_page: Open) -> None:
    cast = [Cast([i, i + 1], f"Person {i + 1}") for i in range(40)]
    page = open_page(
        Scene(cast, shot_count=42).build(),
        mode="disk",
        viewport={"width": 800, "height": 300},
        color_scheme="dark",
    )
    page.emulate_media(media="print")
    for gone in (".player", ".timeline", ".cast-tools", "header.shell"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.get_by_text("episode.mp4 · 1 min 24 s")).to_be_visible()
    expect(page.locator(".cast-tile")).to_have_count(40)
    last = page.locator(".cast-tile").last.bounding_box()
    assert last
    assert last["y"] + last["height"] <= page.evaluate("document.documentElement.scrollHeight")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(255, 255, 255)"
    )


def test_tables_beside_it_are_linked(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    page.get_by_role("tab", name="Export").click()
    links = page.get_by_role("tabpanel").get_by_role("link")
    found = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert found == ["people.csv", "appearances.csv", "faces.csv", "result.json"]


def test_shots_count_from_one(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    person = opened(page, "Person 2")
    person.get_by_text("Table of appearances").click()
    cells = person.get_by_role("row").nth(1).get_by_role("cell")
    expect(cells).to_have_text(["1", "00:00:02:00", "00:00:04:00", "2.0 s", "2", ""])
    person.locator(".face-open").first.click()
    expect(page.locator(".face-facts")).to_contain_text("Shot\n2", use_inner_text=True)


def test_a_moment_of_the_table_is_shown(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    person = opened(page, "Person 2")
    person.get_by_text("Table of appearances").click()
    person.get_by_role("button", name="00:00:06:00").click()
    expect(page.locator(".player-timecode")).to_have_text("00:00:06:00")


def test_the_timecode_is_copied(open_page: Open) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    page = open_page(CREW.build(), mode="disk", permissions=permissions)
    page.keyboard.press(".")
    page.locator(".player-timecode").click()
    expect(toast(page)).to_have_text("00:00:00:01 copied")
    assert page.evaluate("navigator.clipboard.readText()") == "00:00:00:01"


def test_a_download_is_explained(open_page: Open) -> None:
    page = open_page(CREW.build(), mode="disk")
    expect(page.locator("#status")).to_have_text("Saved")
    download = page.get_by_role("button", name="Download edits.json")
    expect(download).to_be_disabled()
    opened(page, "Person 2").get_by_role("button", name="Hide").click()
    expect(page.locator("#status")).to_have_text("1 correction to download")
    with page.expect_download() as waiting:
        download.click()
    assert waiting.value.suggested_filename == "edits.json"
    expect(toast(page)).to_contain_text("cluster-video VIDEO --edits edits.json")
    expect(page.locator("#status")).to_have_text("Saved")


def test_no_faces(open_page: Open) -> None:
    page = open_page(Scene([]).build(), mode="disk")
    expect(page.get_by_role("heading", name="No faces in this video")).to_be_visible()
    expect(page.get_by_text("--min-face-px")).to_be_visible()
    expect(page.get_by_role("region", name="Questions")).to_have_count(0)
    page.get_by_role("tab", name="Together").click()
    expect(page.get_by_text("at least two are needed")).to_be_visible()


def test_unknown_faces_become_a_person(open_page: Open) -> None:
    unknown = [Cast([i], f"U {i}", Reason.TOO_BLURRED) for i in range(3)]
    page = open_page(Scene(unknown).build(), mode="disk")
    page.get_by_role("button", name="Show unknown faces").click()
    page.locator(".face-open").first.focus()
    page.keyboard.press("n")
    expect(page.locator(".face-open:focus")).to_have_count(1)
    assert unknown_of(page) == {"too blurred": [1, 2]}
    assert cast_of(page) == {"Person 1": [0]}


def test_pictures_that_are_missing_leave_silhouettes(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render(CREW.build(), no_pictures), encoding="utf-8")
    page = chromium.new_page()
    page.add_init_script(NO_HINTS)
    page.goto(path.as_uri())
    expect(page.locator(".cast-tile svg.face")).to_have_count(3)
    expect(opened(page, "Ada").locator(".face-open svg")).to_have_count(4)
    page.close()


def test_an_hour_opens_fast(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render(long_episode(), reader(), torso_reader()), encoding="utf-8")
    assert path.stat().st_size < 10_000_000
    page = chromium.new_page()
    page.add_init_script(NO_HINTS)
    started = time.perf_counter()
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]")
    assert time.perf_counter() - started < 8  # 0.7 s on two idle cores
    expect(page.locator(".cast-count")).to_have_text("60 people")
    assert page.evaluate("document.querySelectorAll('*').length") < 25_000
    page.close()


def test_page_and_terminal_say_the_same_of_people(open_page: Open, demo: clusterer.Outcome) -> None:
    page: Page = open_page(demo.result, mode="disk")
    names = page.locator(".cast-name").all_text_contents()
    times = page.locator(".cast-facts").all_text_contents()
    lines = summary(demo).splitlines()[1:-1]
    assert [line.split("  ")[1].strip() for line in lines] == names
    assert all(f"  {length}  " in line for line, length in zip(lines, times, strict=True))
