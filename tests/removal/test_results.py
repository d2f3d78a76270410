"""Purging a result folder: all of it, but for its tables, or some people."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterer.core.errors import ConfigError, ResultError
from clusterer.core.types import Action, ClusteringResult, Edit
from clusterer.edits import EditLog
from clusterer.outputs.export.write import export
from clusterer.outputs.name import name_person
from clusterer.outputs.save import save
from clusterer.people.amend import amend, keys_of
from clusterer.people.decide import decide
from clusterer.people.editor import Editor
from clusterer.people.remove import without_names, without_people
from clusterer.removal.purge import purge
from clusterer.removal.types import PurgedKind
from clusterer.review import Session
from clusterer.store import edits_json, film, withdrawn
from clusterer.store.analysis_cache import AnalysisCache, picture_names
from clusterer.store.film import Film
from clusterer.store.folder import ResultFolder, load
from clusterer.store.names import MARKER, REPORT, WITHDRAWN, frame_picture
from clusterer.store.owned import OwnedFolder
from clusterer.store.run_lock import run_lock
from tests.removal.traces import Traces, traces_of
from tests.result_folder import decided, write
from tests.small_result import small_analysis

FINGERPRINT = "ab" * 32


def varied() -> ClusteringResult:
    """The small result, its vectors and pictures such that a scan finds them."""
    analysis = small_analysis()
    vectors = np.random.default_rng(5).normal(size=(4, 8)).astype(np.float32)
    return decided(analysis=replace(analysis, chip_embeddings=vectors))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Person 1 is Ann, and Person 2 Bob; do not change it."""
    path = write(varied(), tmp_path_factory.mktemp("made") / "small.people", drawn=True)
    for i, picture in enumerate(sorted((path / "chips").iterdir())):
        noise = np.random.default_rng(i).bytes(3000)
        picture.write_bytes(picture.read_bytes()[:-2] + noise + b"\xff\xd9")
    own = OwnedFolder(path)
    own.set_film(Film("small.mp4", FINGERPRINT))
    own.ensure_marker()
    name_person(path, "Person 1", "Ann Archer")
    name_person(path, "Person 2", "Bob Baker")
    export(load(path), "edl", path / "exports")
    return path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "small.people")


def all_traces(folder: Path, *names: str) -> Traces:
    return traces_of(folder, load(folder).analysis, names=names)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def seen(result: ClusteringResult) -> list[tuple[object, ...]]:
    """What a result says of its people, but for their tracks' numbers."""
    return [
        (who.id, who.name, who.hidden, result.spans_s(who).tolist(), len(who.track_ids))
        for who in result.people
    ]


# --- everything -----------------------------------------------------------------------------------


def test_the_scan_finds_what_is_there(folder: Path) -> None:
    found = all_traces(folder, "Ann Archer").found(folder)
    places = {line.partition(":")[0].partition("[")[0] for line in found}
    assert {"analysis.npz", "report.html", "edits.json", "result.json", "people.csv"} <= places
    assert any(place.startswith("chips/") for place in places)


def test_nothing_of_a_result_is_left(folder: Path) -> None:
    traces = all_traces(folder, "Ann", "Bob")
    purged = purge(folder)
    assert purged.is_done
    assert purged.people == ("Ann Archer", "Bob Baker")
    assert not folder.exists()
    assert traces.found(folder.parent) == []


def test_files_of_others_stay(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    (folder / "chips" / "mine.jpg").write_bytes(b"mine")
    (folder / "edits.mine.json").write_text("{}")
    purge(folder)
    assert snapshot(folder) == {
        "notes.txt": b"mine",
        "chips/mine.jpg": b"mine",
        "edits.mine.json": b"{}",
    }


def test_corrections_of_a_replaced_film_go(folder: Path) -> None:
    log = EditLog((Edit(Action.NAME, who=("0@1,2,3,4",), name="Carl"),))
    edits_json.write(folder / "edits.other.mp4.json", log)
    purge(folder, people=["Ann Archer"])
    assert "Carl" in (folder / "edits.other.mp4.json").read_text()
    purge(folder)
    assert sorted(path.name for path in folder.iterdir()) == [MARKER, WITHDRAWN]


def test_an_interrupted_run_is_purged(tmp_path: Path) -> None:
    own = OwnedFolder(tmp_path / "begun.people")
    own.write({".partial/000000.npz": b"vectors", ".partial/chips/00000-0000000.jpg": b"picture"})
    assert purge(own.path, keep_tables=True).folders[0].deleted == (
        ".partial/000000.npz",
        ".partial/chips/00000-0000000.jpg",
    )
    assert not own.path.exists()


def test_a_dry_run_changes_nothing(folder: Path) -> None:
    before = snapshot(folder)
    for choice in ({}, {"keep_tables": True}, {"people": ["Ann Archer"]}):
        planned = purge(folder, **choice, dry_run=True)
        assert not planned.is_done
        assert planned.files > 0 < planned.size_bytes
    assert snapshot(folder) == before


def test_the_list_counts_what_goes(folder: Path) -> None:
    (listed,) = purge(folder, dry_run=True).folders
    before = snapshot(folder)
    assert listed.kind is PurgedKind.RESULT
    assert {*listed.deleted} == before.keys() - {MARKER}
    assert listed.size_bytes == sum(len(before[name]) for name in listed.deleted)


@pytest.mark.parametrize("choice", [{}, {"keep_tables": True}, {"people": ["Ann Archer"]}])
def test_a_run_at_work_is_respected(folder: Path, choice: dict[str, Any]) -> None:
    before = snapshot(folder)
    with (
        run_lock(folder, lasting=True),
        pytest.raises(ResultError, match="Another cluster-video is writing"),
    ):
        purge(folder, **choice)
    assert snapshot(folder) == before


@pytest.mark.parametrize("choice", [{}, {"keep_tables": True}])
def test_the_note_on_where_the_film_lies_goes(folder: Path, choice: dict[str, Any]) -> None:
    key = "cd" * 32
    AnalysisCache(folder, key).keep(load(folder).analysis)
    film.remember(key, folder / "film.mp4")
    purge(folder, **choice)
    assert film.recall(key) is None


@pytest.mark.parametrize("choice", [{}, {"keep_tables": True}])
def test_so_does_that_of_an_analysis_without_its_result(
    folder: Path, choice: dict[str, Any]
) -> None:
    """A run that was killed before it stored its result has left the analysis in ``.partial/``."""
    key = "ef" * 32
    AnalysisCache(folder, key).finish(load(folder).analysis, ())
    film.remember(key, folder / "film.mp4")
    purge(folder, **choice)
    assert film.recall(key) is None


# --- all but the tables ---------------------------------------------------------------------------


def test_tables_stay_and_nothing_else(folder: Path) -> None:
    traces, before, tables = all_traces(folder), load(folder), snapshot(folder)
    purge(folder, keep_tables=True)
    after, now = load(folder), snapshot(folder)
    assert traces.found(folder) == []
    assert seen(after) == seen(before)
    assert not (folder / "chips").exists()
    assert {name for name in now if name.startswith("exports/")} == {
        name for name in tables if name.startswith("exports/")
    }
    for name in ("people.csv", "appearances.csv", "faces.csv"):
        assert now[name] == tables[name]


def test_without_names_nobody_is_named(folder: Path) -> None:
    traces = all_traces(folder, "Ann", "Archer", "Bob", "Baker")
    hide = Editor(load(folder)).hide("Bob Baker")
    own = ResultFolder(folder)
    own.write_edits(own.edits.adding(hide))
    purge(folder, keep_tables=True, keep_names=False)
    assert traces.found(folder) == []
    assert [(who.name, who.hidden) for who in load(folder)] == [
        ("Person 1", False),
        ("Person 2", True),
    ]


def test_names_can_go_later(folder: Path) -> None:
    purge(folder, keep_tables=True)
    assert purge(folder, keep_tables=True).folders == ()
    assert purge(folder, keep_tables=True, keep_names=False).folders
    assert Traces(names=("Ann", "Bob")).found(folder) == []
    assert purge(folder, keep_tables=True, keep_names=False).folders == ()


def test_what_is_not_known_to_be_text_goes(folder: Path) -> None:
    own = OwnedFolder(folder)
    own.write({"exports/reel.mp4": b"film", "exports/still.jpg": b"face", "proxy.mp4": b"film"})
    purge(folder, keep_tables=True)
    assert not {"exports/reel.mp4", "exports/still.jpg", "proxy.mp4"} & snapshot(folder).keys()


def test_a_face_that_was_added_and_undone_goes_where_nobody_else_is(tmp_path: Path) -> None:
    """Its vector and picture stay in the analysis, of which no track has it."""
    analysis, path = replace(varied().analysis, tracks=()), tmp_path / "small.people"
    pictures = {name: f"picture {name}".encode() for name in picture_names(analysis)}
    AnalysisCache(path, "cd" * 32).finish(analysis, [pictures])
    save(decide(analysis, varied().config), path)
    traces = Traces(tuple(analysis.chip_embeddings), tuple(pictures.values()))
    assert len({line.partition(":")[0] for line in traces.found(path)}) > len(pictures)
    purge(path, keep_tables=True)
    assert load(path).analysis.is_bare
    assert traces.found(path) == []
    assert not (path / "chips").exists()


def test_a_bare_result_says_what_it_is(folder: Path) -> None:
    purge(folder, keep_tables=True)
    result = load(folder)
    assert result.analysis.is_bare
    assert "removed" in (folder / REPORT).read_text(encoding="utf-8")
    with pytest.raises(ResultError, match=r"vectors .* were removed"):
        decide(result.analysis, result.config)
    with pytest.raises(ResultError, match="only tables"):
        Session(folder)
    assert export(result, "edl", folder / "exports")
    assert name_person(folder, "Ann Archer", "Anna") == "Anna"


# --- some people ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["Ann Archer", "ann archer", "person-1"])
def test_nothing_of_a_person_is_left(folder: Path, who: str) -> None:
    before = load(folder)
    ann, bob = before.person("Ann Archer"), before.person("Bob Baker")
    gone = traces_of(folder, before.analysis, ann.track_ids, ["Ann", "Archer"])
    rest = traces_of(folder, before.analysis, [*bob.track_ids, 3])
    assert gone.found(folder)
    purge(folder, people=[who])
    after = load(folder)
    assert gone.found(folder) == []
    assert seen(after) == [each for each in seen(before) if each[1] == "Bob Baker"]
    assert len(after.unknowns) == len(before.unknowns)
    assert {line.partition(": ")[2] for line in rest.found(folder)} >= {
        "end of vector 0 as <f4",
        "picture 0",
        "picture 0 in base64",
    }
    assert ResultFolder(folder).edits.edits == after.edits


def test_nothing_is_left_of_a_person_in_a_film_grouped_after_a_cut(folder: Path) -> None:
    before, own = load(folder), ResultFolder(folder)
    own.write_edits(own.edits.adding(Editor(before).cut(1, 0.2)))
    again = decide(before.analysis, before.config, own.edits.edits)
    save(again, folder)
    gone = traces_of(folder, before.analysis, [1], ["Bob", "Baker"])
    purge(folder, people=["Bob Baker"])
    assert gone.found(folder) == []
    after = load(folder)
    assert seen(after) == [each for each in seen(again) if each[1] != "Bob Baker"]


def test_whole_frames_of_shots_with_the_person_go(folder: Path) -> None:
    own, analysis = ResultFolder(folder), load(folder).analysis
    shot_of = {}
    for row in analysis.crop_rows.tolist():
        track = int(analysis.track_of_row[row])
        name = f"chips/{frame_picture(track, int(analysis.detections.frame_index[row]))}"
        shot_of[name] = analysis.tracks[track].shot_index
        own.write({name: f"frame of {name}".encode()})
    own.ensure_marker()
    (gone,) = (who for who in load(folder).people if who.name == "Bob Baker")
    shots = {analysis.tracks[track].shot_index for track in gone.track_ids}
    assert 0 < len(shots) < len({*shot_of.values()})
    (planned,) = purge(folder, people=["Bob Baker"], dry_run=True).folders
    assert {name for name in planned.deleted if name.endswith("-frame.jpg")} == {
        name for name, shot in shot_of.items() if shot in shots
    }
    purge(folder, people=["Bob Baker"])
    left = [path.read_bytes() for path in (folder / "chips").glob("*-frame.jpg")]
    assert sorted(left) == sorted(
        f"frame of {name}".encode() for name, shot in shot_of.items() if shot not in shots
    )


def test_vectors_of_the_others_do_not_change(folder: Path) -> None:
    before = load(folder)
    purge(folder, people=["Ann Archer"])
    after = load(folder)
    for name in ("Bob Baker", "unknown-1"):
        (then,), (now,) = before.person(name).track_ids, after.person(name).track_ids
        chips = before.analysis.chips_of(then), after.analysis.chips_of(now)
        vectors = (
            before.analysis.chip_embeddings[chips[0]],
            after.analysis.chip_embeddings[chips[1]],
        )
        assert np.array_equal(*vectors)
        assert np.array_equal(before.features.face[then], after.features.face[now])
        assert ResultFolder(folder).picture(after.person(name).cover_row)


def test_an_unknown_face_can_be_removed(folder: Path) -> None:
    before = load(folder)
    gone = traces_of(folder, before.analysis, before.unknowns[0].track_ids)
    purge(folder, people=["unknown-1"])
    assert gone.found(folder) == []
    assert seen(load(folder)) == seen(before)
    assert not load(folder).unknowns


def test_everybody_can_be_removed_one_by_one(folder: Path) -> None:
    traces = all_traces(folder, "Ann", "Bob")
    for name in ("Bob Baker", "Ann Archer", "unknown-1"):
        purge(folder, people=[name])
    assert not load(folder).people
    assert traces.found(folder) == []


def test_nobody_by_that_name(folder: Path) -> None:
    before = snapshot(folder)
    with pytest.raises(ConfigError, match=r"No person in .* is named 'Zoe'"):
        purge(folder, people=["Zoe"])
    assert snapshot(folder) == before


def test_people_and_tables_exclude_each_other(folder: Path) -> None:
    with pytest.raises(ConfigError, match="tables, too"):
        purge(folder, people=["Ann Archer"], keep_tables=True)
    with pytest.raises(ConfigError, match="tables that stay"):
        purge(folder, keep_names=False)


def test_what_is_left_out_later_names_film_time_and_place_only(folder: Path) -> None:
    result = load(folder)
    purge(folder, people=["Bob Baker"])
    ((fingerprint, (track,)),) = withdrawn.read(folder).items()
    video = result.analysis.video
    assert fingerprint == FINGERPRINT
    rows = result.analysis.tracks[1].detection_rows
    assert list(track.pts) == result.analysis.detections.pts[rows].tolist()
    assert track.boxes[0] == (300, 50, 340, 98)
    assert video.seconds(track.start_pts) == 0.0  # the shot begins there
    assert video.seconds(track.end_pts) == pytest.approx(0.44 + withdrawn.REACH_S)


def test_withdrawn_faces_outlive_all_else(folder: Path) -> None:
    purge(folder, people=["Ann Archer"])
    before = withdrawn.read(folder)
    purge(folder, people=["Bob Baker"])
    purge(folder)
    after = withdrawn.read(folder)
    assert len(after[FINGERPRINT]) == len(before[FINGERPRINT]) + 1
    assert OwnedFolder(folder).names == {WITHDRAWN}
    assert purge(folder).folders == ()


def test_unknown_faces_are_pointed_out(folder: Path) -> None:
    (note,) = purge(folder, people=["Ann Archer"]).notes
    assert "keeps 1 unknown face: look whether a removed person is among them" in note
    assert purge(folder, people=["unknown-1"]).notes == ()


def test_exports_that_show_a_person_go(folder: Path) -> None:
    purge(folder, people=["Ann Archer"])
    assert not [name for name in snapshot(folder) if name.startswith("exports/")]


# --- arrays ---------------------------------------------------------------------------------------


def after_edits(*make: Callable[[Editor], Edit]) -> ClusteringResult:
    result = decided((0, 1, 0, 2))
    for each in make:
        result = amend(result, (*result.edits, each(Editor(result))))
    return result


@pytest.mark.parametrize("gone", ["Person 1", "Person 2", "Person 3"])
def test_the_others_keep_their_numbers(gone: str) -> None:
    result = after_edits()
    after = without_people(result, result.person(gone).track_ids).result
    assert [who.id for who in after] == [who.id for who in result if who.name != gone]


def test_corrections_about_others_stay() -> None:
    result = after_edits(
        lambda editor: editor.name("Person 2", "Bob"),
        lambda editor: editor.hide("Person 3"),
        lambda editor: editor.name("Person 1", "Ann"),
    )
    after = without_people(result, result.person("Ann").track_ids).result
    assert after.edits == result.edits[:2]
    assert seen(after) == [each for each in seen(result) if each[1] != "Ann"]


def test_a_merge_with_the_person_is_undone_for_nobody() -> None:
    """Ann was Bob first, then three became two: what is left must be as it was shown."""
    result = after_edits(
        lambda editor: editor.name("Person 3", "Ann"),
        lambda editor: editor.same("Person 2", "Ann"),
        lambda editor: editor.new([3]),
        lambda editor: editor.name("Ann", "Bob"),
    )
    for who in result.people:
        after = without_people(result, who.track_ids).result
        assert seen(after) == [each for each in seen(result) if each[0] != who.id]


def test_a_new_person_keeps_its_number_without_the_one_before() -> None:
    """Person 4 was made by hand: without Person 3, the next free number would be 3."""
    result = after_edits(
        lambda editor: editor.new([2]), lambda editor: editor.name("Person 4", "Dora")
    )
    gone = result.person("Person 3")
    after = without_people(result, gone.track_ids).result
    assert seen(after) == [each for each in seen(result) if each[0] != gone.id]
    assert amend(after, after.edits).people == after.people


def test_no_note_contains_the_name() -> None:
    edit = Edit(Action.NAME, who=(keys_of(small_analysis()).tracks[1],), name="Bob", note="not Ann")
    result = decided()
    result = amend(result, (edit, Editor(result).name("Person 1", "Ann")))
    after = without_people(result, result.person("Ann").track_ids).result
    assert [(edit.name, edit.note) for edit in after.edits] == [("Bob", "not …")]


def test_without_names_merges_stay() -> None:
    result = after_edits(
        lambda editor: editor.name("Person 2", "Ann"),
        lambda editor: editor.same("Ann", "Person 3"),
    )
    after = without_names(result)
    assert [(who.name, sorted(who.track_ids)) for who in after] == [
        ("Person 1", [0, 2]),
        ("Person 2", [1, 3]),
    ]


# --- age ------------------------------------------------------------------------------------------


def test_only_old_results_go(folder: Path) -> None:
    assert purge(folder, older_than=timedelta(days=1)).folders == ()
    for name in ("analysis.npz", "result.json", "edits.json"):
        os.utime(folder / name, times=(0, time.time() - 2 * 86400))
    assert purge(folder, older_than=timedelta(days=3)).folders == ()
    assert len(purge(folder, older_than=timedelta(days=1)).folders) == 1
    assert not folder.exists()
