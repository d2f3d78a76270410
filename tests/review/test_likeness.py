"""Who is most like some tracks, over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.review.conftest import ANN, CLEO, DAN, Served


def test_others_of_a_person(served: Served) -> None:
    """Faces of the small folder are at right angles: √2 apart, and the threshold is 0.36."""
    far = round(2**0.5 / (2**0.5 + 0.36), 4)
    assert served.get("likeness?tracks=0,2").json == {"people": [[1, far, True], [3, far, True]]}
    assert served.get("likeness?tracks=1").json["people"][0][2] is True


def test_the_labels_are_the_current_ones(served: Served) -> None:
    split = {"action": "different people", "who": [ANN], "others": [CLEO]}
    served.post("edit", {"edit": split, "count": 0})
    assert [row[0] for row in served.get("likeness?tracks=0").json["people"]] == [1, 2, 3]
    none = {"action": "not a face", "tracks": [DAN]}
    served.post("edit", {"edit": none, "count": 1})
    assert [row[0] for row in served.get("likeness?tracks=0").json["people"]] == [1, 2]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?tracks=", 400),
        ("?tracks=a", 400),
        ("?tracks=1,,2", 400),
        ("?tracks=-1", 400),
        ("?tracks=1&tracks=2", 400),
        ("?tracks=" + ",".join(["1"] * 501), 400),
        ("?tracks=4", 404),
    ],
)
def test_what_makes_no_sense(served: Served, query: str, status: int) -> None:
    answer = served.get(f"likeness{query}")
    assert (answer.status, bool(answer.error)) == (status, True)


def test_nothing_is_changed(folder: Path, served: Served) -> None:
    served.get("likeness?tracks=0")
    assert not (folder / "edits.json").exists()
