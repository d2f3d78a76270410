"""The page replays corrections as Python does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from clusterer.core.appearances import JOIN_GAP_S
from clusterer.core.types import UNKNOWN, Action
from clusterer.edits import NOT_A_FACE
from clusterer.edits.log import LENGTHS, LIMITS
from clusterer.outputs.pages import templates
from clusterer.people.confidence import MOST
from clusterer.people.names import BY_PROJECT
from tests.edits.cases import cases

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EMPTY = '<!doctype html><script type="application/json" id="data">null</script>'
# A cover counts while its track is with the person; `Person.cover` of the page asks its pictures.
REPLAY = """cases => cases.map(({ labels, numbers, keys, faces, edits }) => {
    const people = Object.entries(numbers).map(([label, number]) => [Number(label), number]);
    const index = new Map(keys.map((key, track) => [key, track]));
    const track = new Map(faces);
    const state = cv.replay({ labels, people, index, faces: new Set(track.keys()) }, edits);
    const cover = who => state.labels[track.get(who.cover)] === who.label ? who.cover : null;
    return {
        labels: [...state.labels],
        people: Object.fromEntries([...state.people].map(
            ([label, who]) => [label, [who.number, who.name, who.hidden, cover(who)]])),
        by_hand: [...state.byHand].sort((a, b) => a - b),
    };
})"""


def script(name: str) -> str:
    return templates().joinpath(name).read_text("utf-8")


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_content(EMPTY)
    page.add_script_tag(content=script("state.js"))
    yield page
    page.close()


@pytest.mark.parametrize("seed", range(4))
def test_the_page_replays_as_python_does(blank: Page, seed: int) -> None:
    made = cases(250, seed)
    found: list[dict[str, Any]] = blank.evaluate(REPLAY, made)
    for case, after in zip(made, found, strict=True):
        assert after == case["expected"], json.dumps(case)


def test_the_cases_try_every_action() -> None:
    tried = {edit["action"] for case in cases(250, 0) for edit in case["edits"]}
    assert tried == {action.value for action in Action}


def test_a_new_person_takes_the_next_number_ever_used(blank: Page) -> None:
    """Worked by hand: the third person vanishes, and its number is not given again."""
    keys = [f"{i}@0,0,9,9" for i in range(3)]
    edits = [
        {"action": "new person", "tracks": keys[1:2], "source": keys[:1]},
        {"action": "not this person", "tracks": keys[1:2]},
        {"action": "new person", "tracks": keys[2:], "source": keys[:1]},
    ]
    case = {"labels": [0, 0, 0], "numbers": {"0": 1}, "keys": keys, "faces": [], "edits": edits}
    assert blank.evaluate(REPLAY, [case]) == [
        {
            "labels": [0, -1, 2],
            "people": {"0": [1, None, False, None], "2": [3, None, False, None]},
            "by_hand": [1, 2],
        }
    ]


def test_constants_agree(blank: Page) -> None:
    assert blank.evaluate("[cv.UNKNOWN, cv.NOT_A_FACE]") == [UNKNOWN, NOT_A_FACE]
    people = script("people_of.js")
    assert constant(people, "JOIN_GAP_S") == JOIN_GAP_S
    assert constant(people, "ANCHORS") == LIMITS["who"] == LIMITS["others"]
    store = script("store.js")
    assert constant(store, "LONGEST_NOTE") == LENGTHS["note"]
    assert constant(script("stage.js"), "LONGEST_NAME") == LENGTHS["name"]
    assert constant(store, "MOST_SOURCES") == LIMITS["source"]
    assert f'const BY_PROJECT = "{BY_PROJECT}";' in store
    assert f"at most {round(100 * MOST)}%" in script("card.js")


def constant(text: str, name: str) -> float:
    found = re.search(rf"const {name} = (\d+)", text)
    assert found is not None
    return float(found[1])
