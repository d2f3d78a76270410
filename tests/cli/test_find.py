"""``cluster-video find``: what it prints, and one line for each mistake."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import clusterer
from clusterer.cli.find import COLUMNS, percent
from clusterer.gallery.find import find as found_on
from clusterer.project.project import Project
from tests.cli.conftest import Ran
from tests.project.season import of_film

Command = Callable[..., Ran]


@pytest.fixture(scope="module")
def project(demo: clusterer.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample film twice; its first person is called Anna."""
    made = of_film(tmp_path_factory.mktemp("find") / "demo.cast", demo, 2)
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
    ran = command("find", anna, project, "--best", "2")
    assert ran.code == 0
    head, first, second, nobody = ran.out.splitlines()
    assert head.split() == ["probability", "in", "words", "person", "film", "at", "films"]
    assert first.split()[-4:] == ["Anna", "e1.mp4", first.split()[-2], "2"]
    assert first.split()[-2].count(":") == 3
    assert "Anna" not in second
    assert nobody.endswith("nobody of the project")


def test_unknown_tracks_are_searched_on_demand(
    command: Command, project: Path, anna: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    real = found_on
    monkeypatch.setattr(
        "clusterer.gallery.find.find",
        lambda *args, **given: asked.append(given["unknown"]) or real(*args, **given),
    )
    for flags in ([], ["--unknown"]):
        assert command("find", anna, project, *flags, "-q").code == 0
    assert asked == [False, True]


def test_a_film_without_a_result_is_left_out(
    command: Command, project: Path, anna: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(project, tmp_path / "copy.cast"))
    opened = Project(copy)
    (opened.result_folder(opened.films[1]).path / "analysis.npz").unlink()
    assert command("find", anna, copy, "-q").code == 0
    ran = command("find", anna, copy, "--unknown", "-q")
    assert (ran.code, "Anna" in ran.out) == (1, True)
    assert ran.err.startswith("Error: e2.mp4 is left out: ")
    assert ran.err.endswith(f". To make its result anew: cluster-video {copy}\n")


def test_json_has_every_film(command: Command, project: Path, anna: Path) -> None:
    (face,) = json.loads(command("find", anna, project, "--json").out)
    best = face["people"][0]
    assert best["name"] == "Anna"
    assert best["probability"] > 0.9
    assert [each["film"] for each in best["places"]] == ["e1.mp4", "e2.mp4"]
    assert best["places"][0].keys() == {
        "film", "person", "evidence", "detection", "time_s", "timecode",
    }  # fmt: skip
    assert face["face"].keys() == {"left", "top", "right", "bottom"}
    assert 0.0 <= face["nobody"] < 0.1


def test_several_faces(command: Command, project: Path, both: Path) -> None:
    one = command("find", both, project)
    assert one.out.count("probability") == 1
    assert one.err == "Note: the photograph shows 1 smaller face, too; see --every-face\n"
    assert command("find", both, project, "-q").err == ""
    every = command("find", both, project, "--every-face")
    assert every.err == ""
    first, second = every.out.split("\n\n")
    assert first.startswith("Face 1 (")
    assert second.startswith("Face 2 (")
    assert "Anna" in first.splitlines()[2]
    assert len(json.loads(command("find", both, project, "--every-face", "--json").out)) == 2


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
    ran = command("find", path, project)
    assert ran.code == 1
    assert expected in ran.error


def test_a_film_with_its_unknown_tracks(
    command: Command, demo: clusterer.Outcome, anna: Path
) -> None:
    ran = command("find", anna, demo.folder, "--best", "3")
    assert ran.code == 0, ran.error
    head, first, *_, nobody = ran.out.splitlines()
    assert head.split() == ["probability", "in", "words", "person", "at", "tracks"]
    person = demo.result.people[0]
    assert f"almost certainly  {person.name} " in first
    assert first.split()[-1] == str(len(person.track_ids))
    assert "probably not" in ran.out
    assert nobody.endswith("nobody of the film")


def test_csv_has_a_row_for_each_track(
    command: Command, demo: clusterer.Outcome, anna: Path
) -> None:
    ran = command("find", anna, demo.folder, "--csv", "-q")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert tuple(rows[0]) == COLUMNS
    person = demo.result.people[0]
    mine = [row for row in rows if row["person"] == person.id]
    assert [row["rank"] for row in mine] == ["1"] * len(person.track_ids)
    evidence = [float(row["sighting_evidence"]) for row in mine]
    assert evidence == sorted(evidence, reverse=True)
    tracks = demo.result.analysis.track_of_row[[int(row["detection"]) for row in mine]]
    assert sorted(tracks.tolist()) == sorted(person.track_ids)
    assert rows[0]["chance"] == "almost certainly"


def test_options_and_arguments_that_make_no_sense(
    command: Command, demo: clusterer.Outcome, anna: Path
) -> None:
    both = command("find", anna, demo.folder, "--csv", "--json")
    assert (both.code, "exclude each other" in both.error) == (2, True)
    swapped = command("find", demo.folder, anna)
    assert swapped.code == 2
    assert f"cluster-video find {anna} {demo.folder}" in swapped.error
    nothing = command("find", anna, anna.parent)
    assert (nothing.code, "Traceback" in nothing.error) == (1, False)
    assert command("find", anna, demo.folder, "--best", "0").code == 2


def test_a_face_that_says_little_is_noted(
    command: Command, demo: clusterer.Outcome, anna: Path
) -> None:
    picture = cv2.imread(str(anna))
    assert picture is not None
    blurred = cv2.GaussianBlur(picture, (0, 0), picture.shape[0] / 25)
    cv2.imwrite(str(anna.parent / "blurred.png"), blurred)
    ran = command("find", anna.parent / "blurred.png", demo.folder)
    assert ran.code == 0, ran.error
    assert ran.err == "Note: the face is too small or blurred to be compared well\n"


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "< 0.1%"), (0.001, "0.1%"), (0.5, "50.0%"), (0.9989, "99.9%"), (1.0, "> 99.9%")],
)
def test_no_probability_is_certain(probability: float, text: str) -> None:
    assert percent(probability) == text


def test_who_is_another_name(command: Command, anna: Path, project: Path) -> None:
    found = command("find", anna, project, "--best", "1")
    assert found.code == 0
    assert command("who", anna, project, "--top", "1") == found
