"""How the page gets the film: as it is, as a copy made meanwhile, or as stills."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from clusterer.media import proxy
from clusterer.review import copying, playback
from clusterer.store.folder import ResultFolder
from clusterer.store.names import PROXY, PROXY_PARTS
from tests.review.conftest import Served, opened, serving
from tests.video_files import picture, read_number, write_video

PICTURES = [picture(i) for i in range(30)]
REASON = "ProRes in a MOV cannot be shown by a browser"


def prores(folder: Path, pictures: list[Any] = PICTURES) -> Path:
    """The film of the small result, in a form that no browser shows, under its name."""
    made = write_video(
        folder.with_name("made.mov"), pictures, codec="prores_ks", pixel_format="yuv422p10le"
    )
    return made.replace(folder.with_name("small.mp4"))


def until(served: Served, state: str) -> Any:
    """Ask until the film is in this state; every answer before says that it is being made."""
    for _ in range(400):
        answer = served.get("film").json
        if answer["state"] == state:
            return answer
        assert answer["state"] == "making"
        assert answer["url"] is None
        assert 0 <= answer["done"] < 1
        time.sleep(0.05)
    raise AssertionError(answer)


@pytest.fixture
def copied(folder: Path) -> Iterator[Served]:
    """A review of a film that was copied for browsers."""
    prores(folder)
    with serving(opened(folder)) as served:
        until(served, "proxy")
        yield served


def test_a_film_that_browsers_play(folder: Path, served: Served) -> None:
    write_video(folder.with_name("small.mp4"), PICTURES)
    expected = {"state": "playable", "done": 1.0, "left_s": None, "reason": "", "url": "video"}
    expected["stills"] = True
    assert served.get("film").json == expected
    assert served.get(PROXY).status == 404
    assert not (folder / PROXY).exists()


def test_a_film_that_browsers_do_not_play_is_copied(folder: Path, copied: Served) -> None:
    expected = {"state": "proxy", "done": 1.0, "left_s": None, "reason": REASON, "url": PROXY}
    expected["stills"] = True
    assert copied.get("film").json == expected
    whole = copied.get(PROXY)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.body == (folder / PROXY).read_bytes()
    part = copied.get(PROXY, Range="bytes=4-7")
    assert (part.status, part.body) == (206, b"ftyp")
    names = ResultFolder(folder).names
    assert PROXY in names
    deadline = time.monotonic() + 60
    while (folder / PROXY_PARTS).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (folder / PROXY_PARTS).exists()


def test_only_the_user_can_read_the_copy(folder: Path, copied: Served) -> None:
    assert (folder / PROXY).stat().st_mode & 0o077 == 0


def test_the_copy_is_used_again_and_without_the_film(
    folder: Path, copied: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / PROXY).stat().st_mtime_ns
    with serving(opened(folder)) as again:
        assert again.get("film").json["state"] == "proxy"
        folder.with_name("small.mp4").unlink()
        monkeypatch.setattr(playback, "copy_of", lambda *_: True)  # it is that of the result
        answer = again.get("film").json
        assert (answer["state"], answer["stills"]) == ("proxy", False)
    assert (folder / PROXY).stat().st_mtime_ns == before


def test_a_film_that_changed_is_copied_anew(folder: Path, copied: Served) -> None:
    before = (folder / PROXY).read_bytes()
    prores(folder, PICTURES[::-1])
    until(copied, "proxy")
    assert (folder / PROXY).read_bytes() != before


def test_a_browser_that_fails_gets_a_copy(folder: Path, served: Served) -> None:
    write_video(folder.with_name("small.mp4"), PICTURES)
    answer = served.get("film?failed=1").json
    assert answer["state"] in {"making", "proxy"}
    assert answer["reason"] == "This browser does not play the film"


def test_a_missing_film_and_the_remedy(folder: Path, served: Served) -> None:
    reason = "Video small.mp4 not found. Start again with --video FILE"
    expected = {"state": "missing", "done": 0.0, "left_s": None, "reason": reason, "url": None}
    expected["stills"] = False
    assert served.get("film").json == expected
    still = served.get("still?pts=0")
    assert (still.status, still.error) == (404, reason)
    write_video(folder.with_name("small.mp4"), PICTURES)
    assert served.get("film").json["state"] == "playable"  # found again


def test_stills_of_the_times_of_the_analysis(folder: Path, served: Served) -> None:
    write_video(folder.with_name("small.mp4"), PICTURES)
    analysed = served.site.session.state.result.analysis.video
    for number in (7, 3, 29):
        pts = analysed.zero_pts + round(number / 24 / analysed.time_base) + 1
        answer = served.get(f"still?pts={pts}")
        assert answer.headers["content-type"] == "image/jpeg"
        image = cv2.imdecode(np.frombuffer(answer.body, np.uint8), cv2.IMREAD_COLOR)
        assert read_number(np.asarray(image, np.uint8)) == number
    assert served.get("still").status == 400
    assert served.get("still?pts=x").status == 400


def test_a_copy_that_fails_says_why(
    folder: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    prores(folder)
    (folder / PROXY).write_bytes(b"mine")  # the user's own
    served.get("film")
    for _ in range(100):
        answer = served.get("film").json
        if answer["state"] == "unplayable":
            break
        time.sleep(0.02)
    assert answer["reason"].startswith(f"{REASON}. No copy could be made: ")
    assert "is not a file that cluster-video wrote" in answer["reason"]
    assert (folder / PROXY).read_bytes() == b"mine"
    monkeypatch.setattr(copying, "AGAIN_S", 0.0)
    (folder / PROXY).unlink()
    assert served.get("film").json["state"] == "making"
    until(served, "proxy")


def test_the_end_of_the_review_stops_the_copy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*given: Any) -> bool:
        stop = given[3]
        while not stop():
            time.sleep(0.01)
        return False

    monkeypatch.setattr(proxy, "make_proxy", endless)
    prores(folder)
    with serving(opened(folder)) as served:
        assert served.get("film").json["state"] == "making"
        maker = served.site.on_close[0].__self__._copying
        assert maker.is_running
    assert not maker.is_running
