"""A cookbook: what to write in Python for what one wants to know of a film.

Each test is a recipe on the sample film, `sample_videos/demo.mp4`: 51 s, 16 shots, four people in
turn, two of them together twice. The numbers are those of its storyboard.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest

import clusterer
from clusterer import evaluation
from tests.conftest import DEMO


@pytest.fixture
def result(demo: clusterer.Outcome) -> clusterer.ClusteringResult:
    """The result of the sample film."""
    return clusterer.load(demo.folder)


def test_analyse_a_film_and_watch_the_progress(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Progress(clusterer.Hook):
        def progress(self, done_s: float, total_s: float, faces: int) -> None:
            print(f"{done_s:.1f} of {total_s:.1f} s, {faces} faces")  # noqa: T201 (what a reader would write)

    first_seconds = clusterer.AnalysisConfig(video=clusterer.VideoConfig(end_s=8.0))
    outcome = clusterer.process(
        DEMO, clusterer.Config(first_seconds), tmp_path / "demo.people", Progress()
    )
    assert [person.name for person in outcome.result] == ["Person 1", "Person 2"]
    assert (outcome.folder / "report.html").exists()
    assert "of 8.0 s, " in capsys.readouterr().out


def test_people_and_their_time_on_screen(result: clusterer.ClusteringResult) -> None:
    assert {person.name: person.screen_time_s for person in result} == {
        "Person 1": 14.0, "Person 2": 13.75, "Person 3": 13.5, "Person 4": 13.25,
    }  # fmt: skip


def test_when_somebody_appears(result: clusterer.ClusteringResult) -> None:
    spans = result.spans_s("Person 1")
    assert spans.tolist() == [[9.25, 12.75], [31.25, 34.25], [37.5, 41.5], [47.5, 51.0]]
    lengths = spans[:, 1] - spans[:, 0]
    assert lengths.sum() == result.person("Person 1").screen_time_s


def test_who_is_on_screen_at_a_time(result: clusterer.ClusteringResult) -> None:
    assert [person.name for person in result.at(12.5)] == ["Person 1"]
    assert [person.name for person in result.at(20.0)] == ["Person 2", "Person 4"]
    assert result.at(1.0) == ()  # a shot without people


def test_who_is_seen_with_whom(result: clusterer.ClusteringResult) -> None:
    seconds = {
        (one.name, other.name): float((shared[:, 1] - shared[:, 0]).sum())
        for one, other in itertools.combinations(result, 2)
        if len(shared := result.together_s(one, other))
    }
    assert seconds == {("Person 1", "Person 3"): 4.0, ("Person 2", "Person 4"): 4.0}


def test_faces_and_boxes_of_a_person(result: clusterer.ClusteringResult) -> None:
    faces = result.faces_of("Person 1")
    assert len(faces) > 40  # the number varies a little with the version of FFmpeg
    assert faces.boxes.shape == (len(faces), 4)  # left, top, right, bottom in px
    assert (faces.frame[0], faces.time_s[0]) == (222, 9.25)
    large = faces.to_pandas().query("bottom - top > 200 and quality > 0.5")
    assert 0 < len(large) < len(faces)


def test_embeddings_of_a_person(result: clusterer.ClusteringResult) -> None:
    analysis = result.analysis
    tracks = result.person("Person 1").track_ids
    chips = [chip for track in tracks for chip in analysis.chips_of(track)]
    assert analysis.chip_embeddings[chips].shape == (len(chips), 128)
    (span,) = analysis.spans(tracks[0])
    assert (span.start_frame, span.end_frame, span.shot_index) == (222, 306, 3)


def test_save_the_pictures_of_a_person(demo_folder: Path, tmp_path: Path) -> None:
    folder = clusterer.ResultFolder(demo_folder)
    person = folder.load().person("Person 1")
    for row, picture in folder.pictures(person).items():
        (tmp_path / f"{row}.jpg").write_bytes(picture)
    assert len(list(tmp_path.glob("*.jpg"))) == len(person.crop_rows) > 0


def test_data_frames(result: clusterer.ClusteringResult) -> None:
    people = result.tables.people.to_pandas()
    faces = result.tables.faces.to_pandas()
    named = faces.merge(people[["person", "name"]], on="person")
    assert named.groupby("name").size().to_dict() == people.set_index("name")["faces"].to_dict()
    appearances = result.tables.appearances.to_pandas()
    by_minute = appearances.groupby(["name", appearances["start_s"] // 30])["duration_s"].sum()
    assert by_minute["Person 1"].to_dict() == {0: 3.5, 1: 10.5}
    matrix = pd.crosstab(appearances["shot"], appearances["name"])
    assert matrix.loc[6].to_dict() == {
        "Person 1": 0, "Person 2": 1, "Person 3": 0, "Person 4": 1,
    }  # fmt: skip


def test_group_again_without_the_film(result: clusterer.ClusteringResult) -> None:
    people = {
        threshold: len(
            clusterer.decide(
                result.analysis, result.config.with_clustering(threshold=threshold)
            ).people
        )
        for threshold in (0.28, 1.0, 1.1)  # of the encoder that was used, sface
    }
    assert people[0.28] > people[1.0] == 4 >= people[1.1]


def test_name_merge_and_hide_people(result: clusterer.ClusteringResult) -> None:
    editor = clusterer.Editor(result)
    edits = [
        editor.name("Person 1", "Anna"),
        editor.same("Person 1", "Person 3"),
        editor.hide("Person 4"),
    ]
    amended = clusterer.amend(result, [*result.edits, *edits])
    assert amended.edit_notes == ()  # every correction applies
    assert [(who.name, who.hidden) for who in amended] == [
        ("Anna", False), ("Person 2", False), ("Person 4", True),
    ]  # fmt: skip
    # 14 s and 13.5 s, 4 s of them at once.
    assert amended.person("Anna").screen_time_s == pytest.approx(23.5)
    assert [person.name for person in amended.at(20.0)] == ["Person 2"]


def test_keep_corrections_for_later_runs(demo_folder: Path) -> None:
    folder = clusterer.ResultFolder(demo_folder)
    name = clusterer.Editor(folder.load()).name("Person 1", "Anna")
    folder.write_edits(folder.edits.adding(name))
    outcome = clusterer.process(DEMO, folder=folder.path)  # from the stored analysis
    assert outcome.result.person("Anna").screen_time_s == 14.0
    assert "Anna" in (folder.path / "people.csv").read_text("utf-8")


def test_export_for_other_programs(result: clusterer.ClusteringResult, tmp_path: Path) -> None:
    (path,) = clusterer.export(result, "fcpxml", tmp_path)
    assert path == tmp_path / "demo.fcpxml"
    few = clusterer.Choice(people=("Person 1",), min_duration_s=3.2, handles=12)
    (path,) = clusterer.export(result, "srt", tmp_path, few)
    assert path.read_text("utf-8").count(" --> ") == 3  # not the one of 3.0 s


def test_compare_with_the_truth(result: clusterer.ClusteringResult) -> None:
    truth = evaluation.read_truth(DEMO.with_suffix(".truth.csv"))
    found = evaluation.evaluate(result, truth)
    assert found.scores.ratios()["b_cubed_f"] == 1.0
    assert found.mistakes == ()


def test_errors_have_a_cause_and_a_remedy(result: clusterer.ClusteringResult) -> None:
    with pytest.raises(clusterer.ClustererError) as error:
        result.person("Ben")
    assert error.value.cause == "No person is named 'Ben'"
    assert error.value.remedy.startswith("There are: Person 1, ")
