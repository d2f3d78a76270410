"""The cast and the time line that media libraries read. Neither has a schema to check them by."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import etree

from clusterer.outputs.export import Timeline, create
from tests.outputs.export.builder import part, timeline
from tests.outputs.export.library_readers import actors


def written(content: Timeline) -> tuple[bytes, bytes]:
    files = create("kodi").files(content)
    assert set(files) == {f"{content.stem}.nfo", f"{content.stem}.xray.json"}
    return files[f"{content.stem}.nfo"], files[f"{content.stem}.xray.json"]


def test_a_film_by_hand() -> None:
    content = timeline(part("Anna", (0, 20), (25, 50)), part("Boris", (10, 30), number=1))
    nfo, changes = written(content)
    assert nfo.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<movie>\n  <title>episode</title>\n"
        "  <actor>\n    <name>Anna</name>\n    <order>0</order>\n  </actor>\n"
        "  <actor>\n    <name>Boris</name>\n    <order>1</order>\n  </actor>\n"
        "</movie>\n"
    )
    assert json.loads(changes) == {
        "schema": 1,
        "video": "episode.mov",
        "people": [
            {"person": "person-1", "name": "Anna", "screen_time_ms": 1800},
            {"person": "person-2", "name": "Boris", "screen_time_ms": 800},
        ],
        "changes": [
            {"ms": 0, "on": [0]},
            {"ms": 400, "on": [0, 1]},
            {"ms": 800, "on": [1]},
            {"ms": 1000, "on": [0, 1]},
            {"ms": 1200, "on": [0]},
            {"ms": 2000, "on": []},
            {"ms": 4000, "on": []},
        ],
    }


def test_roles_of_a_cast_list() -> None:
    people = (part("Anna", (0, 20)), part("Boris", (10, 30), number=1), part("Zoë", (31, 40)))
    roles = {"anna": "Nurse", "zoë": "Dr & Mrs", "carl": "Thief"}
    nfo, changes = written(replace(timeline(*people), roles=roles))
    actors = etree.fromstring(nfo).findall("actor")
    assert [[(each.tag, each.text) for each in actor] for actor in actors] == [
        [("name", "Anna"), ("role", "Nurse"), ("order", "0")],
        [("name", "Boris"), ("order", "1")],
        [("name", "Zoë"), ("role", "Dr & Mrs"), ("order", "2")],
    ]
    found = [who.get("role") for who in json.loads(changes)["people"]]
    assert found == ["Nurse", None, "Dr & Mrs"]


def test_people_without_a_name_are_not_in_the_cast() -> None:
    """A library takes all that are called alike in any film for one person."""
    names = ("Person 3", "Anna", "Unknown 1", "person-2", "anna")
    people = [part(name, (9 * i, 9 * i + 9), number=i) for i, name in enumerate(names)]
    nfo, changes = written(timeline(*people))
    assert actors(nfo) == ["Anna", "anna"]
    assert [who["name"] for who in json.loads(changes)["people"]] == list(names)


def test_two_people_of_one_name_are_one_actor() -> None:
    nfo, _ = written(timeline(part("Guard", (0, 9)), part("Guard", (5, 20), number=1)))
    assert actors(nfo) == ["Guard"]


@pytest.mark.parametrize(
    ("name", "season", "episode"),
    [("Show S02E05.mkv", "2", "5"), ("show.s1e12.web.mp4", "1", "12"), ("s03_e04.mov", "3", "4")],
)
def test_an_episode_is_called_one(name: str, season: str, episode: str) -> None:
    nfo, _ = written(timeline(part("Anna", (0, 9)), path=f"films/{name}"))
    root = etree.fromstring(nfo)
    assert root.tag == "episodedetails"
    assert (root.findtext("season"), root.findtext("episode")) == (season, episode)


@pytest.mark.parametrize("name", ["Bus20e5.mkv", "films2e5.mp4", "s1.mov", "S2E.mp4"])
def test_other_names_are_films(name: str) -> None:
    nfo, _ = written(timeline(part("Anna", (0, 9)), path=f"films/{name}"))
    assert etree.fromstring(nfo).tag == "movie"


def test_times_are_those_of_a_player() -> None:
    content = timeline(part("Anna", (0, 25)))
    late = replace(content, video=replace(content.video, delay_pts=10))  # 0.4 s
    _, changes = written(late)
    assert [each["ms"] for each in json.loads(changes)["changes"]] == [400, 1400, 4400]
