"""The player of the page shows the frame that a reviewer points at, whatever the film's clock."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clusterer.media import probe
from clusterer.review import Session, Site
from clusterer.store.footage import Footage
from tests.odd_clocks import write_film
from tests.result_folder import decided, write
from tests.review.conftest import serving
from tests.small_result import FRAME_PTS, START_PTS
from tests.video_files import picture

pytest.importorskip("playwright")
from playwright.sync_api import Browser

FRAMES = 100
SHOWN = """() => {
    const film = document.querySelector("video");
    if (!film || film.seeking) return null;
    const canvas = document.createElement("canvas");
    const drawn = canvas.getContext("2d");
    drawn.drawImage(film, 0, 0);
    const lit = i => drawn.getImageData(16 * i + 8, 8, 1, 1).data[1] > 127;
    return [...Array(10).keys()].reduce((sum, i) => sum + (lit(i) << i), 0);
}"""
"""The frame number in the picture, which appears some time after its seek has ended."""


ECHOES = """(() => {
    const own = HTMLVideoElement.prototype.requestVideoFrameCallback;
    HTMLVideoElement.prototype.requestVideoFrameCallback = function (run) {
        const time = frame => this.paused ? this.currentTime : frame.mediaTime;
        return own.call(this, (now, frame) => run(now, { mediaTime: time(frame) }));
    };
})()"""
"""As Firefox does: after a seek, a frame's time is the one that was sought."""


@pytest.mark.parametrize(
    ("suffix", "start_s", "sound_s", "before"),
    [
        ("mp4", 1.5, (0.0, 6.0), ""),
        ("webm", 5.5, None, ""),  # of an MP4 that begins late, Chromium does not know the length
        ("mp4", 0.0, None, ECHOES),
    ],
)
def test_the_player_shows_the_chosen_frame(
    chromium: Browser,
    tmp_path: Path,
    *,
    suffix: str,
    start_s: float,
    sound_s: tuple[float, float] | None,
    before: str,
) -> None:
    path = write_film(
        tmp_path / f"small.{suffix}",
        [picture(i) for i in range(FRAMES)],
        start_s=start_s,
        sound_s=sound_s,
        codec="libvpx" if suffix == "webm" else "libx264",
    )
    info, plain = probe(path), decided()
    delay_pts = round(info.delay_s / plain.analysis.video.time_base)
    video = replace(plain.analysis.video, delay_pts=delay_pts)
    folder = write(
        replace(plain, analysis=replace(plain.analysis, video=video)), tmp_path / "a.people"
    )
    session = Session(folder)
    site = Site(session, Footage(folder, session.state.result.analysis, path))
    with serving(site) as served:
        page: Any = chromium.new_page()
        page.add_init_script(before)
        page.goto(served.address)
        page.wait_for_selector("html[data-ready]")
        for frame in (60, 0, 99):
            page.locator(".player-scrub").fill(str(START_PTS + frame * FRAME_PTS))
            deadline = time.monotonic() + 60
            while page.evaluate(SHOWN) != frame:
                assert time.monotonic() < deadline, page.evaluate(SHOWN)
                page.wait_for_timeout(50)
            stated = page.locator(".player-timecode").inner_text().split(":")
            assert int(stated[2]) * 25 + int(stated[3]) == frame
        page.close()
