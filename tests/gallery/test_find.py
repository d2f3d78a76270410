"""A photograph → people of a project, on frames of the sample film."""

from __future__ import annotations

import math
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import clusterer
from clusterer.core.errors import ClustererError, ProjectError
from clusterer.core.types import Action, Edit, ImageArray
from clusterer.edits import EditLog, Keys
from clusterer.gallery.find import find
from clusterer.gallery.read import Reader
from clusterer.project.project import Project
from clusterer.store.edits_json import write
from tests.conftest import DEMO
from tests.project.season import of_film

TWO_FACES = 480  # a frame with two faces, according to demo.truth.csv


@pytest.fixture(scope="module")
def project(demo: clusterer.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The sample film twice."""
    return of_film(tmp_path_factory.mktemp("find") / "demo.cast", demo, 2)


@pytest.fixture(scope="module")
def picture() -> ImageArray:
    with av.open(str(DEMO)) as container:
        raw = next(islice(container.decode(video=0), TWO_FACES, None))
        return np.asarray(raw.to_ndarray(format="rgb24"), np.uint8)


@pytest.fixture
def photograph(picture: ImageArray, tmp_path: Path) -> Path:
    path = tmp_path / "two.png"
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return path


def shown(project: Project, demo: clusterer.Outcome) -> dict[float, str]:
    """Left side of each face in that frame → person of the project."""
    analysis = demo.result.analysis
    frames = analysis.detections.frame_index
    nearest = int(frames[np.abs(frames - TWO_FACES).argmin()])
    person_of = {track: one.id for one in demo.result.people for track in one.track_ids}
    numbers = {row.id: f"person-{row.person}" for row in project.rows}
    return {
        float(analysis.detections.boxes[row, 0]): numbers[
            person_of[int(analysis.track_of_row[row])]
        ]
        for row in np.flatnonzero(frames == nearest).tolist()
    }


def test_every_face_is_found_in_the_film(
    project: Project, demo: clusterer.Outcome, photograph: Path
) -> None:
    faces = find(photograph, project, every_face=True, most=3)
    assert len(faces) == 2
    assert [face.others for face in faces] == [1, 1]
    assert [len(face.hits) for face in faces] == [3, 3]
    expected = shown(project, demo)
    for face in faces:
        left = min(expected, key=lambda side: abs(side - face.box[0]))
        best = face.hits.hits[0]
        assert best.person == expected[left]
        assert best.probability > 0.95
        assert face.hits.nobody < 0.05
        assert {each.film for each in best.sightings} == {1, 2}
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (face.box for face in faces)]
    assert areas == sorted(areas, reverse=True)


def test_unknown_tracks_of_a_project(
    demo: clusterer.Outcome, photograph: Path, tmp_path: Path
) -> None:
    """Whoever the largest face is, in the second film all of their tracks are unknown."""
    project = of_film(tmp_path / "demo.cast", demo, 2)
    _, second = project.films
    (face,) = find(photograph, project, most=3)
    who = face.hits.hits[0]
    result = project.result(second)
    gone = next(one for one in result.people if one.id == who.person)
    keys = Keys(result.analysis).tracks
    edit = Edit(Action.REMOVE, tracks=tuple(keys[track] for track in gone.track_ids))
    write(project.result_folder(second).edits_file, EditLog((edit,), (), "demo.mp4"))
    project.put_film(second, project.describe(second))
    project.link()

    (without,) = find(photograph, project)
    (face,) = find(photograph, project, unknown=True)
    known = {hit.person for hit in without.hits}
    assert {each.film for each in without.hits.hits[0].sightings} == {1}
    added = [hit for hit in face.hits if hit.person not in known]
    assert [hit for hit in face.hits if hit.person in known] == list(without.hits)
    assert len(added) == len(gone.track_ids)
    assert {each.film for hit in added for each in hit.sightings} == {second.id}
    assert added[0].person.startswith("e2.mp4/unknown-")
    assert added[0].probability > 0.95
    for hit in added:  # as likely beforehand as anybody of the project
        odds = math.exp(hit.evidence) / len(project.people)
        assert hit.probability == pytest.approx(odds / (1.0 + odds))
    assert face.hits.nobody == pytest.approx(min(without.hits.nobody, 1.0 - added[0].probability))
    order = [(-hit.probability, -hit.evidence) for hit in face.hits]
    assert order == sorted(order)
    (short,) = find(photograph, project, most=1, unknown=True)
    assert short.hits.hits == face.hits.hits[:1]
    assert not face.left_out


def test_the_largest_face_by_default(project: Project, photograph: Path) -> None:
    (face,) = find(photograph, project.path)
    assert face == find(photograph, project, every_face=True)[0]


def test_a_face_that_fills_the_picture(
    project: Project, demo: clusterer.Outcome, tmp_path: Path
) -> None:
    person = demo.result.people[0]
    content = clusterer.ResultFolder(demo.folder).picture(person.cover_row)
    assert content is not None
    path = tmp_path / "cover.jpg"
    path.write_bytes(content)
    (face,) = find(path, project)
    numbers = {row.id: f"person-{row.person}" for row in project.rows}
    assert face.hits.hits[0].person == numbers[person.id]


def test_boxes_are_those_of_the_picture_that_was_given(
    picture: ImageArray, demo: clusterer.Outcome
) -> None:
    reader = Reader(demo.result.config)
    faces = reader.faces(picture)
    left, top, right, bottom = (round(side) for side in faces.boxes[0].tolist())
    close = picture[top : bottom + 1, left : right + 1]
    found = reader.faces(close)
    for box in found.boxes:  # of the extended picture, if the detector needed it
        assert (box[:2] > -0.5 * max(close.shape[:2])).all()
        centre = (box[:2] + box[2:]) / 2
        assert (np.abs(centre - np.array(close.shape[1::-1]) / 2) < 0.3 * box[2:].max()).all()


def test_a_picture_without_a_face_is_refused(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((120, 120, 3), 90, np.uint8))
    with pytest.raises(ClustererError, match=r"grey\.png shows no face"):
        find(path, project)


def test_neither_a_picture_nor_a_project(project: Project, tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    with pytest.raises(ClustererError, match="is not a readable picture"):
        find(text, project)
    with pytest.raises(ProjectError, match="does not exist"):
        find(text, tmp_path / "none.cast")
