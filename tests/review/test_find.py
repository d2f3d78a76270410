"""Who of a film is like a face, over HTTP; photographs are refused, read and forgotten."""

from __future__ import annotations

import base64
import shutil
import struct
import zlib
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

import clusterer
from clusterer.core.picture_size import MOST_PX
from clusterer.gallery.find import find_track
from clusterer.review.guard import MOST_PHOTOGRAPH_BYTES
from tests.review.conftest import ANN, JSON, Served, opened, serving

PATH = "find/photograph"


def png(width: int, height: int) -> bytes:
    """A PNG that states a size; its one block of pixels is much smaller."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for kind, content in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")):
        crc = zlib.crc32(kind + content)
        parts.append(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc))
    return b"".join(parts)


@pytest.fixture(scope="module")
def film(demo: clusterer.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample film, which nobody changes."""
    folder = tmp_path_factory.mktemp("find") / "demo.people"
    shutil.copytree(demo.folder, folder)
    before = sorted(folder.rglob("*"))
    with serving(opened(folder)) as running:
        yield running
    assert sorted(folder.rglob("*")) == before  # nothing is kept


def photograph(demo: clusterer.Outcome, *people: int) -> bytes:
    """A picture of some people side by side, each smaller than the one before."""
    folder = clusterer.ResultFolder(demo.folder)
    canvas = np.full((340, 340 * len(people), 3), 90, np.uint8)
    for place, person in enumerate(people):
        content = folder.picture(demo.result.people[person].cover_row)
        assert content is not None
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        side, left = 300 - 60 * place, 340 * place + 20
        canvas[20 : 20 + side, left : left + side] = cv2.resize(picture, (side, side))
    return bytes(cv2.imencode(".png", canvas)[1])


def test_faces_of_a_photograph_and_who_they_are(film: Served, demo: clusterer.Outcome) -> None:
    answer = film.send(PATH, photograph(demo, 0, 1))
    assert answer.status == 200, answer.body
    faces = answer.json["faces"]
    assert [face["hits"][0]["who"] for face in faces] == ["person-1", "person-2"]
    for face, person in zip(faces, demo.result.people, strict=False):
        best = face["hits"][0]
        assert best["probability"] > 0.9
        assert best["n"] == len(person.track_ids)
        assert sorted(place[0] for place in best["places"]) == sorted(person.track_ids)
        likely = [hit["probability"] for hit in face["hits"]]
        assert likely == sorted(likely, reverse=True)
        assert face["readable"] is True
        head, _, content = face["picture"].partition(",")
        assert head == "data:image/jpeg;base64"
        assert cv2.imdecode(np.frombuffer(base64.b64decode(content), np.uint8), 1) is not None


def test_places_have_a_picture_of_their_track_and_a_time(
    film: Served, demo: clusterer.Outcome
) -> None:
    analysis = demo.result.analysis
    clock = clusterer.core.clock.Clock.of(analysis)
    for hit in film.get("find?track=0").json["hits"]:
        for track, chip, pts, timecode in hit["places"]:
            assert analysis.track_of_row[analysis.crop_rows[chip]] == track
            assert pts in analysis.detections.pts[analysis.tracks[track].detection_rows]
            assert clock.timecode(pts) == timecode


def test_a_face_of_the_film(film: Served, demo: clusterer.Outcome) -> None:
    hits = find_track(0, demo.result)
    found = film.get("find?track=0").json["hits"]
    assert [hit["who"] for hit in found] == [hit.person for hit in hits]
    assert found[0]["probability"] == pytest.approx(hits.hits[0].probability, abs=1e-4)
    assert 0 not in [place[0] for hit in found for place in hit["places"]]


def test_a_picture_without_a_face(film: Served) -> None:
    grey = cv2.imencode(".jpg", np.full((200, 200, 3), 90, np.uint8))[1].tobytes()
    assert film.send(PATH, grey).json == {"faces": []}


def test_the_corrections_count(served: Served) -> None:
    assert {hit["who"] for hit in served.get("find?track=1").json["hits"]} == {"unknown-1"}
    name = {"action": "different people", "who": [ANN], "others": ["50@110,50,150,98"]}
    assert served.post("edit", {"edit": name, "count": 0}).status == 200
    found = {hit["who"]: hit["n"] for hit in served.get("find?track=1").json["hits"]}
    assert list(found.values()) == [1, 1]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?track=", 404), ("?track=a", 404), ("?track=-1", 404), ("?track=4", 404),
     ("?track=1&track=2", 400), ("?track=9999999999", 404)],
)  # fmt: skip
def test_what_makes_no_sense(served: Served, query: str, status: int) -> None:
    answer = served.get(f"find{query}")
    assert (answer.status, bool(answer.error)) == (status, True)


@pytest.mark.parametrize(
    "content", [b"", b"no picture", png(32_000, 32_000), png(MOST_PX + 1, 1), png(0, 9)]
)
def test_what_is_no_picture_or_a_bomb(served: Served, content: bytes) -> None:
    answer = served.send(PATH, content)
    assert (answer.status, bool(answer.error)) == (415, True)


def test_too_large_to_be_taken(served: Served) -> None:
    answer = served.send(PATH, bytes(MOST_PHOTOGRAPH_BYTES + 1))
    assert (answer.status, f"{MOST_PHOTOGRAPH_BYTES} bytes" in answer.error) == (413, True)


def test_only_the_page_may_send_one_and_only_there(served: Served) -> None:
    octets, address = "application/octet-stream", f"/{served.token}/{PATH}"
    for kind in (JSON, "image/png", "multipart/form-data", "text/plain", ""):
        headers = {"Origin": served.origin, "Content-Type": kind}
        assert served.ask("POST", address, headers, b"x").status == 415
    foreign = {"Origin": "http://evil.example", "Content-Type": octets}
    assert served.ask("POST", address, foreign, b"x").status == 403
    assert served.ask("POST", address, {"Content-Type": octets}, b"x").status == 403
    assert served.send("edit", b"{}").status == 415
    assert served.ask("POST", f"/wrong/{PATH}", {"Content-Type": octets}, b"x").status == 404
    assert served.get(PATH).status == 405


def test_missing_weights_are_one_line(
    served: Served, demo: clusterer.Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise clusterer.core.errors.ModelError("the weights are missing", "Download them")

    monkeypatch.setattr("clusterer.gallery.find.Reader", missing)
    answer = served.send(PATH, photograph(demo, 0))
    assert (answer.status, answer.error) == (503, "the weights are missing. Download them")
