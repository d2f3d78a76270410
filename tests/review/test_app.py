"""What the page asks, over HTTP: pictures, faces, the video, corrections."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.errors import EditsError
from clusterer.review.app import faces
from clusterer.store.folder import ResultFolder
from clusterer.store.footage import Footage
from clusterer.store.names import torso_picture
from tests.conftest import DEMO
from tests.result_folder import decided, write
from tests.review.conftest import ANN, BOB, DAN, JSON, Served, opened, serving, stored
from tests.small_result import small_analysis
from tests.video_files import film_of

NAME = {"action": "name", "who": [ANN], "name": "Ann"}
FILM = film_of(256_000)


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A review that nobody changes, with its video."""
    folder = write(decided(), tmp_path_factory.mktemp("app") / "small.people")
    folder.with_name("small.mp4").write_bytes(FILM)
    with serving(opened(folder)) as running:
        yield running


def test_page_gets_result_what_was_undone_and_names(folder: Path) -> None:
    seen: list[Any] = []

    def render(*given: Any) -> str:
        seen.append(given)
        return "<p>ä</p>"

    with serving(opened(folder, names=("Ada",), render=render)) as served:
        served.post("edit", {"edit": NAME, "count": 0})
        served.post("undo", {"count": 1})
        answer = served.get()
    assert answer.body.decode() == "<p>ä</p>"
    result, undone, names = seen[0]
    assert result is served.site.session.state.result
    assert [edit.name for edit in undone] == ["Ann"]
    assert names == ("Ada",)


def test_page_shows_what_holds(served: Served) -> None:
    assert b"Ann of the hills" not in served.get().body
    served.post("edit", {"edit": NAME | {"name": "Ann of the hills"}, "count": 0})
    assert b"Ann of the hills" in served.get().body


def test_a_page_that_fails_is_told(folder: Path) -> None:
    def render(*_: Any) -> str:
        raise RuntimeError("no\npaper")

    with serving(opened(folder, render=render)) as served:
        answer = served.get()
        assert (answer.status, answer.error) == (
            500, "The review failed: RuntimeError: no paper"
        )  # fmt: skip
        assert answer.headers["cache-control"] == "no-store"
        assert served.get("state").status == 200


def test_pictures_by_number(looked_at: Served) -> None:
    rows = looked_at.site.session.state.result.analysis.crop_rows.tolist()
    for i, row in enumerate(rows):
        answer = looked_at.get(f"chip/{i}.jpg")
        assert (answer.status, answer.body) == (200, f"picture {row}".encode())
        assert answer.headers["content-type"] == "image/jpeg"
    missing = looked_at.get("torso/0.jpg")
    assert (missing.status, missing.body) == (204, b""), "many faces have none"
    chips = looked_at.site.session.folder.path / "chips"
    (chips / torso_picture(2, 50)).write_bytes(b"torso")
    assert looked_at.get("torso/2.jpg").body == b"torso"
    assert looked_at.ask("HEAD", f"/{looked_at.token}/chip/0.jpg").status == 200


@pytest.mark.parametrize(
    "name",
    ["4", "-1", "00000000001", "999999999", "9" * 5000, "%D9%A3", "1.5", "0x1", "", "+1", "1%20",
     "..%2f..%2fanalysis.npz", "..%2fchips%2f00000-0000000", "00000-0000000", "../chips/0",
     "%2e%2e%2f%2e%2e%2fresult", "..%5c..%5cresult", "0%00", "%2fetc%2fpasswd", "0.jpg%00"],
)  # fmt: skip
def test_what_is_no_number_is_no_picture(looked_at: Served, name: str) -> None:
    for kind in ("chip", "torso"):
        answer = looked_at.get(f"{kind}/{name}.jpg")
        assert (answer.status, answer.json.keys()) == (404, {"error"})


@pytest.mark.parametrize(
    "path", ["../small.people/result.json", "..%2fsmall.people%2fresult.json", "result.json",
             "edits.json", "chips/00000-0000000.jpg", "chip/0", "chip/0.jpg/", "video/"],
)  # fmt: skip
def test_files_have_no_address(looked_at: Served, path: str) -> None:
    assert looked_at.get(path).status == 404


def test_a_picture_that_went_missing(folder: Path, served: Served) -> None:
    (folder / "chips" / "00000-0000000.jpg").unlink()
    assert served.get("chip/0.jpg").status == 404
    assert served.get("chip/1.jpg").status == 200


def test_faces(looked_at: Served) -> None:
    faces = looked_at.get("faces").json
    assert faces["track"] == [0, 1, 0, 1, 0, 2, 2, 3, 2]
    assert faces["pts"] == [1024 + 512 * frame for frame in (0, 0, 10, 10, 20, 50, 60, 60, 99)]
    assert faces["boxes"][0] == [100, 50, 140, 98]
    assert len(faces["boxes"]) == 9


def test_boxes_are_drawn_on_square_pixels() -> None:
    analysis = small_analysis()
    film = replace(analysis.video, height_px=180, pixel_aspect=Fraction(1, 2))
    assert faces(replace(analysis, video=film))["boxes"][0] == [100, 100, 140, 196]


def test_corrections_are_kept_at_once(folder: Path, served: Served) -> None:
    grouping = served.site.session.grouping
    stated = {"count": 0, "grouping": grouping, "written": 0, "newest": True, "error": ""}
    assert served.get("state").json == stated
    answer = served.post("edit", {"edit": NAME, "count": 0})
    assert (answer.status, answer.json) == (200, {"count": 1})
    (kept,) = stored(folder)["edits"]
    assert kept.pop("at").endswith("Z")
    assert kept == NAME
    assert stored(folder)["video"] == "small.mp4"
    hide = {"action": "hide", "who": [BOB], "at": "2020-02-02T02:02:02Z", "note": "Bob ist weg"}
    assert served.post("edit", {"edit": hide, "count": 1}).json == {"count": 2}
    assert stored(folder)["edits"][1] == hide
    served.site.session.writer.flush()
    assert served.get("state").json == stated | {"count": 2, "written": 2}
    people = (folder / "people.csv").read_text("utf-8")
    assert "Ann" in people
    assert "hidden" in people


def test_undo_redo_and_group_again(folder: Path, served: Served) -> None:
    served.post("edit", {"edit": NAME, "count": 0})
    assert served.post("undo", {"count": 1}).json == {"count": 0, "reload": False}
    assert [len(stored(folder)[name]) for name in ("edits", "undone")] == [0, 1]
    assert served.post("undo", {"count": 0}).status == 409
    assert served.post("redo", {"count": 0}).json == {"count": 1, "reload": False}
    assert served.post("redo", {"count": 1}).status == 409
    assert served.post("regroup", {"count": 1}).json["people"].keys() == {
        "joined",
        "split",
        "new",
        "gone",
    }
    assert [edit["action"] for edit in stored(folder)["edits"]] == ["name", "group again"]
    assert served.post("undo", {"count": 2}).json["reload"]
    assert served.post("redo", {"count": 1}).json["reload"]


@pytest.mark.parametrize("path", ["edit", "undo", "redo", "regroup"])
@pytest.mark.parametrize("count", [0, 2])
def test_another_count_is_a_conflict(folder: Path, served: Served, path: str, count: int) -> None:
    served.post("edit", {"edit": NAME, "count": 0})
    before = stored(folder)
    content = {"count": count} | ({"edit": NAME} if path == "edit" else {})
    answer = served.post(path, content)
    assert answer.status == 409
    assert answer.error == f"The page has {count} corrections, but the review has 1. Reload it"
    assert stored(folder) == before


MALFORMED: list[Any] = [
    b"", b"{", b"\xff", b"[" * 100_000, b"null", b"[]", b"1", {}, {"count": 0}, {"edit": NAME},
    {"edit": NAME, "count": 0, "more": 1}, {"edit": NAME, "count": "0"},
    {"edit": NAME, "count": True}, {"edit": NAME, "count": None}, {"edit": NAME, "count": 0.0},
    {"edit": NAME, "count": -1}, {"edit": [], "count": 0}, {"edit": None, "count": 0},
    {"edit": {}, "count": 0}, {"edit": NAME | {"more": 1}, "count": 0},
    {"edit": NAME | {"action": "explode"}, "count": 0}, {"edit": NAME | {"who": []}, "count": 0},
    {"edit": NAME | {"who": ["../../x"]}, "count": 0}, {"edit": NAME | {"who": ANN}, "count": 0},
    {"edit": NAME | {"who": [ANN] * 6}, "count": 0}, {"edit": NAME | {"who": [0]}, "count": 0},
    {"edit": NAME | {"name": "a\nb"}, "count": 0}, {"edit": NAME | {"name": "a" * 201}, "count": 0},
    {"edit": {"action": "cover", "who": [ANN], "face": "<b>"}, "count": 0},
    {"edit": {"action": "move", "who": [ANN]}, "count": 0},
    {"edit": {"action": "group again"}, "count": 0},
]  # fmt: skip


@pytest.mark.parametrize("content", MALFORMED, ids=range(len(MALFORMED)))
def test_what_makes_no_sense_is_refused(looked_at: Served, content: Any) -> None:
    answer = looked_at.post("edit", content)
    assert (answer.status, bool(answer.error)) == (400, True)
    assert looked_at.site.session.count == 0
    assert not (looked_at.site.session.folder.path / "edits.json").exists()


@pytest.mark.parametrize("path", ["undo", "redo", "regroup"])
@pytest.mark.parametrize("content", [b"", [], {}, {"count": "0"}, {"count": 0, "edit": NAME}])
def test_malformed_steps(looked_at: Served, path: str, content: Any) -> None:
    assert looked_at.post(path, content).status == 400


def test_a_full_disk_keeps_the_page_from_going_on(
    folder: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise EditsError("Cannot write edits.json (no space left on device)", "Free some space")

    with monkeypatch.context() as patch:
        patch.setattr(ResultFolder, "write_edits", full)
        answer = served.post("edit", {"edit": NAME, "count": 0})
    assert answer.status == 507
    assert answer.error == "Cannot write edits.json (no space left on device). Free some space"
    assert served.get("state").json["count"] == 0
    assert served.post("edit", {"edit": NAME, "count": 0}).json == {"count": 1}


def test_an_edit_of_what_is_not_there_is_noted(folder: Path, served: Served) -> None:
    gone = {"action": "name", "who": ["5@1,1,9,9"], "name": "Nobody"}
    assert served.post("edit", {"edit": gone, "count": 0}).json == {"count": 1}
    assert len(served.site.session.state.result.edit_notes) == 1
    same = {"action": "same person", "who": [ANN], "others": [DAN]}
    assert served.post("edit", {"edit": same, "count": 1}).json == {"count": 2}
    assert served.site.session.state.result.labels[3] == 0


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-", 0, 256_000),
        ("bytes=10-19", 10, 20),
        ("bytes=255999-", 255_999, 256_000),
        ("bytes=1000-900000", 1000, 256_000),
        ("bytes=-5", 255_995, 256_000),
        ("bytes=70000-140000", 70_000, 140_001),
    ],
)
def test_part_of_the_video(looked_at: Served, asked: str, start: int, stop: int) -> None:
    answer = looked_at.get("video", Range=asked)
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(FILM)}"
    assert answer.headers["content-length"] == str(stop - start)
    assert answer.body == FILM[start:stop]


def test_all_of_the_video(looked_at: Served) -> None:
    answer = looked_at.get("video")
    assert (answer.status, answer.body == FILM) == (200, True)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "video/mp4"
    head = looked_at.ask("HEAD", f"/{looked_at.token}/video")
    assert (head.headers["content-length"], head.body) == (str(len(FILM)), b"")


def test_part_of_a_video_that_may_have_changed(looked_at: Served) -> None:
    tag = looked_at.get("video").headers["etag"]
    for known, status, length in ((tag, 206, 10), ('"other"', 200, len(FILM))):
        answer = looked_at.get("video", Range="bytes=0-9", If_Range=known)
        assert (answer.status, len(answer.body)) == (status, length)
    past = looked_at.get("video", Range="bytes=256000-")
    assert past.status == 416
    assert past.headers["content-range"].endswith("*/256000")  # older Starlette: without "bytes"
    two = looked_at.get("video", Range="bytes=0-1,10-12")
    assert two.status == 206
    assert FILM[:2] + b"\r\n" in two.body
    assert FILM[10:13] + b"\r\n" in two.body


def test_no_video(folder: Path, served: Served) -> None:
    answer = served.get("video")
    assert answer.status == 404
    assert answer.error == "Video small.mp4 not found. Start again with --video FILE"
    folder.with_name("small.mp4").write_bytes(FILM)  # its disk is back
    assert served.get("video").body == FILM


def test_what_is_no_video_is_not_served(folder: Path, served: Served) -> None:
    path = folder.with_name("small.mp4")
    path.write_text("root:x:0:0:a secret\n" * 100)
    answer = served.get("video")
    assert answer.status == 404
    assert "cannot be opened as a video" in answer.error
    assert "Start again with --video FILE" in answer.error
    path.write_bytes(FILM)
    assert served.get("video").body == FILM
    path.write_text("root:x:0:0:a secret\n" * 100)  # what was checked was another file
    assert served.get("video").status == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.MP4", "video/mp4"),
        ("a.mov", "video/quicktime"),
        ("a.html", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.js", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("data:text", "application/octet-stream"),
    ],
)
def test_a_film_is_never_a_page(folder: Path, name: str, kind: str) -> None:
    if os.name != "posix" and ":" in name:
        pytest.skip("no such file names here")
    folder.with_name(name).write_bytes(FILM)
    site = opened(folder)
    video = replace(site.session.state.result.analysis.video, path=name)
    analysis = replace(site.session.state.result.analysis, video=video)
    with serving(replace(site, footage=Footage(folder, analysis))) as served:
        answer = served.get("video")
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.skipif(os.name != "posix", reason="pipes have no path here")
def test_a_pipe_is_not_waited_for(folder: Path, served: Served) -> None:
    os.mkfifo(folder.with_name("small.mp4"))
    assert served.get("video").status == 404


def test_answers_are_json(looked_at: Served) -> None:
    for path in ("faces", "state"):
        assert looked_at.get(path).headers["content-type"] == JSON
    assert json.loads(looked_at.get("nothing").body) == {"error": "Not Found"}


def test_a_film_elsewhere_is_served_where_it_was_analysed(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its place is not in the result, but in the cache of the user who analysed it."""
    monkeypatch.setenv("CLUSTER_VIDEO_CACHE", str(tmp_path / "of this user"))
    clusterer.process(DEMO, folder=demo_folder)
    with serving(opened(demo_folder)) as served:
        assert served.get("video", Range="bytes=0-9").body == DEMO.read_bytes()[:10]
    for path in demo_folder.rglob("*"):
        assert not path.is_file() or str(DEMO.parent).encode() not in contents(path)
    monkeypatch.setenv("CLUSTER_VIDEO_CACHE", str(tmp_path / "of another user"))
    with serving(opened(demo_folder)) as served:
        assert served.get("video").status == 404


def contents(path: Path) -> bytes:
    """Of an archive, that of its members."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(map(archive.read, archive.namelist()))
