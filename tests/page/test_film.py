"""Real films in the player: opened from disk, and copied because a browser cannot play them."""

from __future__ import annotations

import threading
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from clusterer.media import proxy
from tests.outputs.report.builder import Cast, Scene
from tests.page.conftest import Open
from tests.page.look import LATE
from tests.result_folder import decided, write
from tests.small_result import FRAME_PTS, START_PTS
from tests.video_files import picture, write_video

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

FRAMES = 100
BROKEN = "all => all.filter(one => one.complete && !one.naturalWidth).map(one => one.src)"
"""Pictures that are shown as broken."""
CODECS = {
    "webm": ("libvpx", 'video/webm; codecs="vp8"'),
    "mp4": ("libx264", 'video/mp4; codecs="avc1.42E01E"'),
}
SHOWN = """() => {
    const film = document.querySelector(".player-frame video, .player-frame img.player-video");
    if (!film || film.seeking || film.complete === false) return null;
    const canvas = document.createElement("canvas");
    const drawn = canvas.getContext("2d", { willReadFrequently: true });
    drawn.drawImage(film, 0, 0);
    const lit = i => drawn.getImageData(16 * i + 8, 8, 1, 1).data[1] > 127;
    return [...Array(10).keys()].reduce((sum, i) => sum + (lit(i) << i), 0);
}"""
"""The number in the picture, which appears some time after its seek has ended."""


def wait_for(page: Page, frame: int) -> None:
    deadline = time.monotonic() + 60
    while page.evaluate(SHOWN) != frame:
        assert time.monotonic() < deadline, page.evaluate(SHOWN)
        page.wait_for_timeout(50)


@pytest.mark.parametrize(
    ("suffix", "before"),
    [("webm", ""), ("webm", LATE), ("mp4", "")],
    ids=["webm", "webm-late", "mp4"],
)
def test_a_film_that_the_reader_opens_shows_the_chosen_frame(
    open_page: Open, tmp_path: Path, suffix: str, before: str
) -> None:
    """Also if it is loaded before the browser asks for the next frame of the page."""
    codec, kind = CODECS[suffix]
    film = write_video(
        tmp_path / f"film.{suffix}",
        (picture(i) for i in range(FRAMES)),
        codec=codec,
        rate=Fraction(25),
    )
    result = Scene([Cast([0, 1], "Ada")]).build()
    page = open_page(result, mode="disk", before=lambda page: page.add_init_script(before))
    if not page.evaluate("kind => document.createElement('video').canPlayType(kind)", kind):
        pytest.skip(f"this Chromium does not play {kind}")
    page.locator(".player-open input").set_input_files(film)
    expect(page.locator("video")).to_be_visible()
    expect(page.locator(".player-notice")).to_have_count(0)
    ticks = page.evaluate(
        "() => { const d = JSON.parse(document.getElementById('data').textContent);"
        " return d.time_base[1] / d.time_base[0] / d.frame_rate; }"
    )
    start = int(page.locator(".player-scrub").get_attribute("min") or 0)
    for frame in (60, 0, 99):
        page.locator(".player-scrub").fill(str(start + round(frame * ticks)))
        wait_for(page, frame)
        stated = page.locator(".player-timecode").inner_text().split(":")
        assert int(stated[2]) * 25 + int(stated[3]) == frame
    page.locator(".player-scrub").fill(str(start))
    page.locator("h1").click()
    page.keyboard.press(".")
    wait_for(page, 1)
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".player-timecode")).not_to_have_text("00:00:00:01")


def test_prores_is_shown_as_stills_until_its_copy_can_be_played(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write_video(
        tmp_path / "made.mov",
        (picture(i) for i in range(FRAMES)),
        codec="prores_ks",
        pixel_format="yuv422p10le",
        rate=Fraction(25),
    )
    made.replace(tmp_path / "small.mp4")
    is_allowed = threading.Event()
    make = proxy.make_proxy

    def when_allowed(*given: Any, **named: Any) -> Any:
        is_allowed.wait(120)
        return make(*given, **named)

    monkeypatch.setattr(proxy, "make_proxy", when_allowed)
    page = open_page(write(decided(), tmp_path / "small.people"))
    try:
        expect(page.locator(".player-notice")).to_contain_text("Making a copy")
        assert page.locator("video").count() == 0, "sound over no picture"
        for frame in (60, 7):
            page.locator(".player-scrub").fill(str(START_PTS + frame * FRAME_PTS))
            wait_for(page, frame)
    finally:
        is_allowed.set()
    expect(page.locator("video")).to_be_visible()
    expect(page.locator(".player-notice")).to_have_count(0)
    wait_for(page, 7)  # where one was
    page.locator(".player-scrub").fill(str(START_PTS + 60 * FRAME_PTS))
    wait_for(page, 60)


def test_a_film_that_is_missing_shows_the_nearest_face(open_page: Open, folder: Path) -> None:
    (folder.parent / "small.mp4").unlink()
    page = open_page(folder)
    frame = page.locator(".player-frame")
    expect(page.locator(".player-notice")).to_contain_text("Video small.mp4 not found")
    expect(frame.locator(".player-face")).to_be_visible()
    expect(frame.locator("img.player-video")).to_have_count(0)
    page.locator(".cast-open").first.click()
    page.locator(".face-open").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.locator("img:visible").evaluate_all(BROKEN) == []


def test_a_frame_that_cannot_be_given_is_a_face(open_page: Open, folder: Path) -> None:
    """As in a damaged part of a film that this browser does not play."""

    def without_frames(page: Any) -> None:
        said = {"state": "unplayable", "done": 0, "left_s": None, "reason": "It is damaged"}
        answer = {**said, "url": None, "stills": True}
        page.route("**/film", lambda route: route.fulfill(json=answer))
        page.route("**/still?*", lambda route: route.fulfill(status=404, json={"error": "x"}))

    page = open_page(folder, before=without_frames)
    expect(page.locator(".player-face")).to_be_visible()
    page.locator(".cast-open").first.click()
    page.locator(".face-open").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.locator("img:visible").evaluate_all(BROKEN) == []
