"""The player of the page shows the frame that a reviewer points at, whatever the film's clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clusterer.media import probe
from clusterer.review import Footage, Session, Site
from tests.odd_clocks import write_film
from tests.result_folder import decided, write
from tests.review.conftest import serving
from tests.small_result import FRAME_PTS, START_PTS
from tests.video_files import picture

pytest.importorskip("playwright")
from playwright.sync_api import Browser

FRAMES = 100
PLAY = """async pts => {
    const film = document.getElementById("film");
    film.play = () => Promise.resolve();
    await cv.play(pts);
}"""
SHOWS = """frame => {
    const film = document.getElementById("film");
    if (film.seeking) return false;
    const canvas = document.createElement("canvas");
    const drawn = canvas.getContext("2d");
    drawn.drawImage(film, 0, 0);
    const lit = i => drawn.getImageData(16 * i + 8, 8, 1, 1).data[1] > 127;
    return [...Array(10).keys()].reduce((sum, i) => sum + (lit(i) << i), 0) === frame;
}"""
"""A picture appears some time after its seek has ended."""


@pytest.mark.parametrize(
    ("suffix", "start_s", "sound_s"),
    [
        ("mp4", 1.5, (0.0, 6.0)),
        ("webm", 5.5, None),  # of an MP4 that begins late, Chromium does not know the length
    ],
)
def test_the_player_shows_the_chosen_frame(
    chromium: Browser,
    tmp_path: Path,
    suffix: str,
    start_s: float,
    sound_s: tuple[float, float] | None,
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
        page.goto(served.address)
        page.wait_for_selector("html[data-ready]")
        for frame in (60, 0, 99):
            page.evaluate(PLAY, START_PTS + frame * FRAME_PTS)
            page.wait_for_function(SHOWS, arg=frame, timeout=10_000)
        page.close()
