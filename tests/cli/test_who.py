"""``cluster-video who``: what it prints, and one line for each mistake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import clusterer
from clusterer.cli.who import percent
from tests.cli.conftest import Ran
from tests.project.season import of_film

Command = Callable[..., Ran]


@pytest.fixture(scope="module")
def project(demo: clusterer.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample film twice; its first person is called Anna."""
    made = of_film(tmp_path_factory.mktemp("who") / "demo.cast", demo, 2)
    made.name(made.people[0], "Anna")
    return made.path


@pytest.fixture
def anna(demo: clusterer.Outcome, tmp_path: Path) -> Path:
    """A picture of Anna."""
    folder = clusterer.ResultFolder(demo.folder)
    content = folder.picture(demo.result.people[0].cover_row)
    assert content is not None
    (tmp_path / "anna.jpg").write_bytes(content)
    return tmp_path / "anna.jpg"


@pytest.fixture
def both(demo: clusterer.Outcome, anna: Path) -> Path:
    """The picture of Anna, beside a smaller one of somebody else."""
    content = clusterer.ResultFolder(demo.folder).picture(demo.result.people[1].cover_row)
    assert content is not None
    first = cv2.imread(str(anna))
    other = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert first is not None
    assert other is not None
    canvas = np.full((400, 800, 3), 90, np.uint8)
    canvas[50:350, 50:350] = cv2.resize(first, (300, 300))
    canvas[100:300, 500:700] = cv2.resize(other, (200, 200))
    path = anna.parent / "both.png"
    cv2.imwrite(str(path), canvas)
    return path


def test_people_with_film_and_timecode(command: Command, project: Path, anna: Path) -> None:
    ran = command("who", anna, project, "--top", "2")
    assert ran.code == 0
    head, first, second, nobody = ran.out.splitlines()
    assert head.split() == ["probability", "person", "film", "at", "films"]
    assert first.split()[-4:] == ["Anna", "e1.mp4", first.split()[-2], "2"]
    assert first.split()[-2].count(":") == 3
    assert "Anna" not in second
    assert nobody.endswith("nobody of the project")


def test_json_has_every_film(command: Command, project: Path, anna: Path) -> None:
    (face,) = json.loads(command("who", anna, project, "--json").out)
    best = face["people"][0]
    assert best["name"] == "Anna"
    assert best["probability"] > 0.9
    assert [each["film"] for each in best["films"]] == ["e1.mp4", "e2.mp4"]
    assert best["films"][0].keys() == {
        "film", "person", "evidence", "detection", "time_s", "timecode",
    }  # fmt: skip
    assert face["face"].keys() == {"left", "top", "right", "bottom"}
    assert 0.0 <= face["nobody"] < 0.1


def test_several_faces(command: Command, project: Path, both: Path) -> None:
    one = command("who", both, project)
    assert one.out.count("probability") == 1
    assert one.err == "Note: the photograph shows 1 smaller face, too; see --every-face\n"
    assert command("who", both, project, "-q").err == ""
    every = command("who", both, project, "--every-face")
    assert every.err == ""
    first, second = every.out.split("\n\n")
    assert first.startswith("Face 1 (")
    assert second.startswith("Face 2 (")
    assert "Anna" in first.splitlines()[2]
    assert len(json.loads(command("who", both, project, "--every-face", "--json").out)) == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"no picture", "is not a readable picture"),
        (None, "(no such file or directory)"),
        (b"grey", "shows no face"),
    ],
)
def test_mistakes_are_one_line(
    command: Command, project: Path, tmp_path: Path, content: bytes | None, expected: str
) -> None:
    path = tmp_path / "photo.png"
    if content == b"grey":
        cv2.imwrite(str(path), np.full((99, 99, 3), 90, np.uint8))
    elif content is not None:
        path.write_bytes(content)
    ran = command("who", path, project)
    assert ran.code == 1
    assert expected in ran.error


def test_a_result_folder_is_no_project(
    command: Command, demo: clusterer.Outcome, anna: Path
) -> None:
    ran = command("who", anna, demo.folder)
    assert ran.code == 1
    assert "is not a project" in ran.error


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "< 0.1%"), (0.001, "0.1%"), (0.5, "50.0%"), (0.9989, "99.9%"), (1.0, "> 99.9%")],
)
def test_no_probability_is_certain(probability: float, text: str) -> None:
    assert percent(probability) == text
