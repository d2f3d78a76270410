"""Names by a gallery on the command line: the sample film, and photographs of its people."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import av
import cv2
import matplotlib as mpl
import numpy as np
import pytest

import clusterer
from clusterer.core.types import Action, Edit
from clusterer.edits import EditLog, Keys
from clusterer.evaluation import match, read_truth
from clusterer.store.edits_json import read, write
from clusterer.store.names import EDITS, RESULT
from tests import result_folder
from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.project.season import of_results

Command = Callable[..., Ran]
SIGHTS = {"eileen_collins": (62, 130, 390), "barack_obama": (226, 300), "joe_biden": (310, 370)}
"""Frames of the film that show one person alone."""
NAMES = {"eileen_collins", "grace_hopper", "barack_obama", "joe_biden"}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gallery: the photograph of Hopper that the film is made of, and pictures of the others."""
    folder = tmp_path_factory.mktemp("gallery") / "people"
    last = max(frame for frames in SIGHTS.values() for frame in frames)
    with av.open(str(DEMO)) as container:
        pictures = [
            raw.to_ndarray(format="bgr24") for raw in islice(container.decode(video=0), last + 1)
        ]
    for name, frames in SIGHTS.items():
        (folder / name).mkdir(parents=True)
        for frame in frames:
            cv2.imwrite(str(folder / name / f"{frame}.png"), pictures[frame])
    (folder / "grace_hopper").mkdir()
    hopper = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    shutil.copy(hopper, folder / "grace_hopper" / "portrait.jpg")
    return folder


def right_names(folder: Path) -> set[str]:
    """Check that the names of a result are right, and return them."""
    result = clusterer.load(folder)
    matching = match(read_truth(DEMO.with_suffix(".truth.csv")), result.analysis)
    truly = matching.track_people(len(result.analysis.tracks))
    named = [person for person in result.people if person.name in NAMES]
    for person in named:
        assert {truly[track] for track in person.track_ids} == {person.name}
    return {person.name for person in named}


def test_all_people_get_the_right_name(command: Command, demo_folder: Path, people: Path) -> None:
    ran = command("name", demo_folder, "--gallery", people)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert len(lines) == 4
    assert all(" is " in line and ", next " in line for line in lines)
    assert right_names(demo_folder) == NAMES
    assert "grace_hopper" in (demo_folder / "people.csv").read_text("utf-8")
    assert "grace_hopper" in (demo_folder / "report.html").read_text("utf-8")
    edits = read(demo_folder / EDITS).edits
    assert [edit.action for edit in edits] == [Action.NAME] * 4
    assert edits[0].note.startswith(f"Person 1 is {edits[0].name}, by the gallery: 0.")
    assert all(1 <= len(edit.who) <= 5 for edit in edits)
    before = {path: path.read_bytes() for path in demo_folder.iterdir() if path.is_file()}
    assert (
        command("name", demo_folder, "--gallery", people).out == "All people have a name already\n"
    )
    assert {path: path.read_bytes() for path in before} == before
    assert command("edits", "check", demo_folder).code == 0


def test_naming_during_the_run(command: Command, demo_folder: Path, people: Path) -> None:
    ran = command(DEMO, "-o", demo_folder, "--gallery", people)
    assert ran.code == 0
    assert right_names(demo_folder) == NAMES
    assert "  4 corrections applied" in ran.out.splitlines()
    assert ran.out.count(", next ") == 4
    (facts,) = json.loads(command(DEMO, "-o", demo_folder, "--gallery", people, "--json").out)
    assert {person["name"] for person in facts["people"]} == NAMES


def test_naming_where_no_faces_are_stored(command: Command, tmp_path: Path, people: Path) -> None:
    folder = tmp_path / "demo.people"
    for _ in range(2):
        ran = command(DEMO, "-o", folder, "--no-biometrics", "--gallery", people)
        assert (ran.code, ran.err) == (0, "")
        assert right_names(folder) == NAMES
        table = (folder / "people.csv").read_text("utf-8")
        assert all(name in table for name in NAMES)
        assert not any((folder / "chips").glob("*"))
    assert len(read(folder / EDITS).edits) == 4
    assert "All people have a name already" in ran.out


def test_names_from_a_reviewer_are_kept(command: Command, demo_folder: Path, people: Path) -> None:
    result = clusterer.load(demo_folder)
    tracks = Keys(result.analysis).tracks
    first, second, third, fourth = [(tracks[p.track_ids[0]],) for p in result.people]
    edits = (
        Edit(Action.NAME, who=first, name="Ada"),
        Edit(Action.NAME, who=second, name=""),
        Edit(Action.HIDE, who=third),
    )
    log = EditLog(edits, (Edit(Action.NAME, who=fourth, name="Bob"),), "demo.mp4")
    write(demo_folder / EDITS, log)
    assert (
        command("name", demo_folder, "--gallery", people).out == "All people have a name already\n"
    )
    assert read(demo_folder / EDITS) == log
    assert {p.name for p in clusterer.load(demo_folder).people} == {
        "Ada",
        *(person.name for person in result.people[1:]),
    }


def test_people_who_are_not_in_the_gallery_stay_unnamed(
    command: Command, demo_folder: Path, people: Path, tmp_path: Path
) -> None:
    few = tmp_path / "few"
    shutil.copytree(people / "grace_hopper", few / "grace_hopper")
    ran = command("name", demo_folder, "--gallery", few)
    assert ran.out.count(" stays unnamed") == 3
    assert right_names(demo_folder) == {"grace_hopper"}
    result = clusterer.load(demo_folder)
    assert all(names[0][0] == "grace_hopper" for names in result.advice.names.values())
    stored = json.loads((demo_folder / RESULT).read_bytes())["advice"]["names"]
    assert stored == {
        str(label): [list(pair) for pair in names] for label, names in result.advice.names.items()
    }
    assert '"candidates":{' in (demo_folder / "report.html").read_text("utf-8").replace(" ", "")


def test_unusable_photographs_are_reported(
    command: Command, demo_folder: Path, people: Path, tmp_path: Path
) -> None:
    mixed = Path(shutil.copytree(people, tmp_path / "mixed"))
    collins = mixed / "eileen_collins"
    cv2.imwrite(str(collins / "grey.png"), np.full((80, 80, 3), 128, np.uint8))
    (collins / "broken.jpg").write_bytes(b"no picture")
    shutil.copy(people / "grace_hopper" / "portrait.jpg", collins / "stranger.jpg")
    (mixed / "empty").mkdir()
    by_dlib = tmp_path / "dlib.people"  # the limits of outliers were measured on its embeddings
    assert command(DEMO, "-o", by_dlib, "-q", "--encoder", "dlib").code == 0
    ran = command("name", by_dlib, "--gallery", mixed)
    assert ran.code == 0
    notes = [line for line in ran.out.splitlines() if line.startswith("Note: ")]
    assert notes[:3] == [
        f"Note: {mixed / 'empty'} holds no photographs",
        f"Note: {collins / 'broken.jpg'} is not a readable picture",
        f"Note: {collins / 'grey.png'} shows no face",
    ]
    assert notes[3].startswith(
        f"Note: {collins / 'stranger.jpg'} is unlike the others of eileen_collins"
    )
    assert right_names(by_dlib) == NAMES


def test_an_episode_becomes_a_gallery(
    command: Command, demo_folder: Path, people: Path, tmp_path: Path
) -> None:
    fresh = Path(shutil.copytree(demo_folder, tmp_path / "next.people"))
    command("name", demo_folder, "--gallery", people)
    made = tmp_path / "made"
    ran = command("gallery", "add", demo_folder, made)
    assert (ran.code, made.exists()) == (1, False)
    assert "was named by a reviewer" in ran.error
    log = read(demo_folder / EDITS)
    hidden = Edit(Action.HIDE, who=log.edits[-1].who)
    by_hand = tuple(Edit(Action.NAME, who=edit.who, name=edit.name) for edit in log.edits)
    write(demo_folder / EDITS, EditLog((*by_hand, hidden), (), log.video))
    ran = command("gallery", "add", demo_folder, made)
    expected = NAMES - {log.edits[-1].name}
    assert {line.partition(":")[0] for line in ran.out.splitlines()} == expected
    assert {path.name for path in made.iterdir()} == expected
    assert all(1 <= len(list(place.iterdir())) <= 5 for place in made.iterdir())
    assert command("gallery", "add", demo_folder, made).out.count(": 0 new pictures") == 3
    if os.name == "posix":
        for path in [made, *made.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, "faces are for the user's eyes only"
    assert command("name", fresh, "--gallery", made).code == 0
    assert right_names(fresh) == expected


def test_by_gallery_adds_people_named_by_a_gallery(
    command: Command, demo_folder: Path, people: Path, tmp_path: Path
) -> None:
    command("name", demo_folder, "--gallery", people)
    ran = command("gallery", "add", demo_folder, tmp_path / "made", "--by-gallery", "-q")
    assert (ran.code, ran.out) == (0, "")
    assert {path.name for path in (tmp_path / "made").iterdir()} == NAMES


def test_a_name_that_is_not_allowed_for_a_folder(
    command: Command, demo_folder: Path, tmp_path: Path
) -> None:
    result = clusterer.load(demo_folder)
    who = (Keys(result.analysis).tracks[result.people[0].track_ids[0]],)
    write(demo_folder / EDITS, EditLog((Edit(Action.NAME, who=who, name="../up"),)))
    ran = command("gallery", "add", demo_folder, tmp_path / "made")
    assert ran.out == "Note: ../up is left out: no folder can have that name\n"
    assert not (tmp_path / "up").exists()


def test_errors_are_one_line(
    command: Command, demo_folder: Path, people: Path, tmp_path: Path
) -> None:
    (tmp_path / "none" / "ann").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "none" / "ann" / "a.png"), np.zeros((40, 40, 3), np.uint8))
    for arguments, words in (
        (("name", demo_folder, "--gallery", tmp_path / "gone"), "no such file"),
        (("name", demo_folder, "--gallery", tmp_path), "holds no photographs of people"),
        (("name", demo_folder, "--gallery", tmp_path / "none"), "a.png shows no face"),
        (("name", tmp_path, "--gallery", people), "is not a result folder"),
        (("gallery", "add", tmp_path, tmp_path / "made"), "is not a result folder"),
        ((DEMO, "-o", demo_folder, "--gallery", tmp_path / "gone"), "no such file"),
    ):
        ran = command(*arguments)
        assert ran.code == 1
        assert words in ran.error


def test_a_damaged_candidate_is_refused(command: Command, demo_folder: Path, people: Path) -> None:
    path = demo_folder / RESULT
    for names in ({"99": [["Ada", 0.4]]}, {"0": [[1, 0.4]]}, {"0": [["Ada", -1]]}, {"0": 3}, 5):
        content = json.loads(path.read_bytes())
        content["advice"]["names"] = names
        path.write_text(json.dumps(content))
        assert "is damaged" in command("name", demo_folder, "--gallery", people).error


@pytest.mark.footage
def test_a_real_scene(
    command: Command,
    clips: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """All names are right, and most frontal faces have one."""
    folder = tmp_path / "friends_a.people"
    photographs = clips / "gallery_friends"
    assert command(clips / "friends_a.mp4", "-o", folder, "--gallery", photographs).code == 0
    result = clusterer.load(folder)
    matching = match(read_truth(clips / "friends_a.truth.csv"), result.analysis)
    names = {path.name for path in photographs.iterdir() if path.is_dir()}
    name_of = {t: p.name for p in result.people for t in p.track_ids if p.name in names}
    rows = list(zip(matching.people, matching.kinds, matching.track.tolist(), strict=True))
    for kinds, least in (({"frontal"}, 0.75), ({kind for _, kind, _ in rows}, 0.7)):
        faces_named = [
            (person, name_of.get(track)) for person, kind, track in rows if kind in kinds
        ]
        named = [(person, name) for person, name in faces_named if name is not None]
        record_property(" ".join(sorted(kinds)), f"{len(named)} of {len(faces_named)} named")
        assert all(person == name for person, name in named)
        assert len(named) / len(faces_named) >= least


def test_names_of_a_cut_list(command: Command, demo_folder: Path, tmp_path: Path) -> None:
    result = clusterer.load(demo_folder)
    editor = clusterer.Editor(result)
    edits = [
        editor.name(f"person-{number}", name) for number, name in enumerate(sorted(NAMES), start=1)
    ]
    named = clusterer.amend(result, edits)
    clusterer.export(named, "edl", tmp_path / "lists")
    ran = command("name", demo_folder, "--from", tmp_path / "lists" / "demo.edl")
    assert (ran.code, ran.err) == (0, "")
    assert [line.partition(":")[0] for line in sorted(ran.out.splitlines())] == [
        f"Person {number} is {name}" for number, name in enumerate(sorted(NAMES), start=1)
    ]
    assert names(demo_folder) == [person.name for person in named.people]
    assert command("edits", "check", demo_folder).code == 0


def names(folder: Path) -> list[str]:
    return [person.name for person in clusterer.load(folder).people]


def test_names_of_a_cast_with_photographs(
    command: Command, demo_folder: Path, people: Path, tmp_path: Path
) -> None:
    """Three have photographs; the fourth is the one who is seen at 0:02.5."""
    rows = [f"{name},{people / name / photo}" for name, photo in (
        ("eileen_collins", "62.png"), ("grace_hopper", "portrait.jpg"), ("joe_biden", "310.png"),
    )]  # fmt: skip
    listed = tmp_path / "cast.csv"
    listed.write_text("\n".join(["name,photo", *rows]))
    ran = command("name", demo_folder, "--from", listed)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count(": by photographs, 0.") == 3
    assert right_names(demo_folder) == {"eileen_collins", "grace_hopper", "joe_biden"}


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (("--from", "none.csv"), "Error: Cannot read none.csv"),
        (("--from", "cast.pdf"), "Error: cast.pdf is not a list of names. Give a cut list"),
        (("--from", "cast.csv", "--gallery", "x"), "Error: Give either a person and a name, a gal"),
        (("person-1", "Anna", "--from", "cast.csv"), "Error: Give either a person and a name"),
        (("--dates", "dates.csv"), "Error: --dates is of a project. Name a folder NAME.cast"),
        (("--from", "cast.csv"), "Error: cast.csv, line 2: 'soon' is not a time. Write times as s"),
    ],
)
def test_a_list_that_cannot_be_used(
    command: Command, tmp_path: Path, flags: tuple[str, ...], error: str
) -> None:
    folder = result_folder.write(result_folder.decided(), tmp_path / "small.people")
    Path("cast.csv").write_text("name,in\nAnna,soon\n")
    ran = command("name", folder, *flags)
    usage = "Give either" in error or "--dates" in error
    assert (ran.code, ran.out) == (2 if usage else 1, "")
    assert ran.err.startswith(error)
    assert len(ran.err.splitlines()) == 1


def test_names_and_dates_of_a_project(command: Command, tmp_path: Path) -> None:
    project = of_results(tmp_path / "season.cast")
    Path("cast.csv").write_text(
        "name,film,start_frame,end_frame,born\nAnna,e1,0,21,1960\nAnna,e1,50,100,\n"
    )
    Path("dates.csv").write_text("film,date\ne1.mp4,1959\ne2.mp4,1990\n")
    ran = command("name", project.path, "--from", "cast.csv")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "e1.mp4: Person 1 is Anna: by time, 100%",
        "3 people of season.cast without a name",
    ]
    ran = command("name", project.path, "--dates", "dates.csv")
    assert ran.out.splitlines() == [
        "Anna is in e1.mp4: too early",
        "3 people of season.cast without a name",
    ]
    ran = command("name", project.path, "--from", "cast.csv", "--rate", "25")
    assert ran.code == 2
    assert "--start-timecode and --rate are of one film" in ran.err
