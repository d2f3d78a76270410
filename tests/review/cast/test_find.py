"""Who of a project is like a face, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterer.core.types import ImageArray
from clusterer.gallery import find
from clusterer.gallery.photographs import PhotographFaces
from clusterer.review.cast import find as find_in_all
from tests.result_folder import decided, write
from tests.review.cast.season import season, site, small
from tests.review.conftest import ANN, CLEO, Served, serving
from tests.review.test_find import png

PATH = "find/photograph"
X = np.eye(8, dtype=np.float32)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Two films with ann and cleo as person-1, and bob as person-2; nobody is joined."""
    with serving(site(small(tmp_path / "Our season.cast"))) as running:
        yield running


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[ImageArray]:
    """Every photograph shows ann's face and, smaller, bob's; what was read."""
    seen: list[ImageArray] = []

    class Reader:
        def __init__(self, _config: object) -> None:
            self.models: dict[str, str] = {}

        def faces(self, image: ImageArray) -> PhotographFaces:
            seen.append(image)
            boxes = np.array([[2, 2, 40, 50], [50, 2, 70, 30]], np.float32)
            return PhotographFaces(boxes, np.array([0.9, 0.01], np.float32), X[:2])

    monkeypatch.setattr(find, "Reader", Reader)
    return seen


def grey() -> bytes:
    import cv2  # noqa: PLC0415 (heavy)

    return bytes(cv2.imencode(".png", np.full((60, 80, 3), 90, np.uint8))[1])


def people(hits: list[dict[str, Any]], content: dict[str, Any]) -> list[list[Any]]:
    """First member of each hit."""
    members = {who["id"]: who["members"][0][:2] for who in content["people"]}
    return [members[hit["who"]] for hit in hits]


def test_faces_of_a_photograph_and_who_they_are(served: Served, read: list[ImageArray]) -> None:
    answer = served.send(PATH, grey())
    assert answer.status == 200, answer.body
    assert [image.shape for image in read] == [(60, 80, 3)]
    first, second = answer.json["faces"]
    cast = served.get("cast").json
    assert people(first["hits"], cast)[:2] == [[1, "person-1"], [2, "person-1"]]
    assert people(second["hits"], cast)[:2] == [[1, "person-2"], [2, "person-2"]]
    assert [first["readable"], second["readable"]] == [True, False]
    best = first["hits"][0]
    assert 0.0 <= first["hits"][2]["probability"] <= best["probability"] <= 1.0
    # Her looks are at frames 0 and 50; the first is the face itself.
    assert (best["places"], best["n"]) == ([[1, "person-1", 0, "01:00:00:00", 0.0]], 1)


def test_a_face_of_a_film(served: Served) -> None:
    hits = served.get("find?film=2&row=1").json["hits"]  # bob's
    assert people(hits, served.get("cast").json)[:2] in (
        [[1, "person-2"], [2, "person-2"]], [[2, "person-2"], [1, "person-2"]],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?film=1", 400), ("?row=1", 400), ("?film=3&row=1", 404), ("?film=1&row=9", 404),
     ("?film=1&row=-1", 404), ("?film=a&row=1", 404), ("?film=1&row=1&row=2", 400)],
)  # fmt: skip
def test_what_makes_no_sense(served: Served, query: str, status: int) -> None:
    answer = served.get(f"find{query}")
    assert (answer.status, bool(answer.error)) == (status, True)


@pytest.mark.parametrize("content", [b"", b"no picture", png(32_000, 32_000)])
def test_what_is_no_picture(served: Served, content: bytes) -> None:
    assert served.send(PATH, content).status == 415
    assert served.send(f"film/1/{PATH}", content).status == 415


def test_a_films_own_page_searches_the_film(served: Served, read: list[ImageArray]) -> None:
    hits = served.get("film/1/find?track=0").json["hits"]
    assert [hit["who"] for hit in hits] == ["person-1", "unknown-1"]
    assert served.send(f"film/1/{PATH}", grey()).json["faces"][0]["hits"][0]["who"] == "person-1"
    assert len(read) == 1


def test_corrections_of_a_film_count_at_once(served: Served, read: list[ImageArray]) -> None:
    split = {"action": "different people", "who": [ANN], "others": ["50@110,50,150,98"]}
    assert served.post("film/1/edit", {"edit": split, "count": 0}).status == 200
    first = served.send(PATH, grey()).json["faces"][0]["hits"]
    assert len(first) == 5


def taken_out(served: Served, film: int, track: str) -> None:
    """In a film's page, take a track from its person, so that it is unknown."""
    remove = {"action": "not this person", "tracks": [track]}
    assert served.post(f"film/{film}/edit", {"edit": remove, "count": 0}).status == 200


def test_unknown_tracks_if_asked_for(served: Served, read: list[ImageArray]) -> None:
    taken_out(served, 2, ANN)
    narrow = served.send(PATH, grey()).json["faces"][0]["hits"]
    assert not [hit for hit in narrow if "unknown" in hit["who"]]
    wide = served.send(f"{PATH}?unknown=1", grey()).json["faces"][0]["hits"]
    assert [hit for hit in wide if "unknown" not in hit["who"]] == narrow
    added = [hit for hit in wide if "unknown" in hit["who"]]
    assert len(added) == 3  # ann, and dan in both
    ann = next(hit for hit in added if hit["places"][0][:3:2] == [2, 0])
    assert ann["places"][0] == [2, ann["who"].removeprefix("Part 2.mp4/"), 0, "01:00:00:00", 0.0]
    assert ann["probability"] == max(hit["probability"] for hit in wide)
    # Of another film's face, and of one of their own film, on screen with bob.
    wide = served.get("find?film=1&row=0&unknown=1").json["hits"]
    assert ann["who"] in [hit["who"] for hit in wide]
    wide = served.get("find?film=2&row=1&unknown=1").json["hits"]
    assert ann["who"] not in [hit["who"] for hit in wide]
    assert ann["who"] not in [hit["who"] for hit in served.get("find?film=1&row=0").json["hits"]]


def test_a_film_that_cannot_be_read_is_left_out(served: Served, read: list[ImageArray]) -> None:
    project = served.site.session.project
    (project.result_folder(project.films[1]).path / "analysis.npz").unlink()
    answer = served.send(f"{PATH}?unknown=1", grey()).json
    assert answer["left_out"] == ["Part 2.mp4"]
    hits = answer["faces"][0]["hits"]
    assert {place[0] for hit in hits if "unknown" in hit["who"] for place in hit["places"]} == {1}
    answer = served.get("find?film=1&row=0&unknown=1").json
    assert answer["left_out"] == ["Part 2.mp4"]
    assert "left_out" not in served.get("find?film=1&row=0").json


def test_of_a_face_behind_a_track_that_was_cut(served: Served, read: list[ImageArray]) -> None:
    """Its track has another number than where the film was analysed, and is left out."""
    taken_out(served, 2, CLEO)
    cut = {"action": "cut track", "tracks": ["10@101,50,141,98"]}
    assert served.post("film/2/edit", {"edit": cut, "count": 1}).status == 200
    analysis = served.site.session.result(2).analysis
    assert len(analysis.tracks) == 5
    (cleo,) = np.flatnonzero(analysis.detections.frame_index == 50)
    hits = served.get(f"find?film=2&row={cleo}&unknown=1").json["hits"]
    own = [hit["places"][0] for hit in hits if hit["who"].startswith("Part 2.mp4/unknown")]
    tracks = [int(analysis.track_of_row[place[2]]) for place in own]
    assert int(analysis.track_of_row[cleo]) not in tracks
    assert [hit for hit in hits if hit["who"].startswith("Part 1.mp4/unknown")]


def test_nobody_waits_any_more(served: Served) -> None:
    """Then no more films are read."""
    searched = find_in_all._Searched(served.site.session)
    assert len(list(searched.films(lambda: False).results)) == 2
    assert not list(searched.films(lambda: True).results)


def test_a_project_without_people(tmp_path: Path, read: list[ImageArray]) -> None:
    result = write(decided((-1, -1, -1, -1)), tmp_path / "small.people", drawn=True)
    with serving(site(season(tmp_path / "a.cast", {"a.mp4": result}))) as served:
        assert [face["hits"] for face in served.send(PATH, grey()).json["faces"]] == [[], []]
    assert len(read) == 1
