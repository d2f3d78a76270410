"""The sample film, from the command to the score, as a new user sees it."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

import clusterer
from clusterer.cli import main
from clusterer.core.config import Config, EncodingConfig
from clusterer.core.types import ClusteringResult
from clusterer.faces.encoding import ENCODERS, actual
from tests.conftest import DEMO
from tests.evaluation.brute_force import figures, rows_of

TRUTH = DEMO.with_name("demo.truth.csv")
# The column "first frame" in sample_videos/README.md.
FIRST_FRAMES = [
    0, 60, 144, 222, 306, 384, 456, 552, 600, 678, 750, 822, 900, 996, 1068, 1140,
]  # fmt: skip
FRAMES = 1224


@pytest.fixture(scope="module")
def run(demo: clusterer.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Result of the installed command, with an empty cache."""
    here = tmp_path_factory.mktemp("run")
    command = [sys.executable, "-m", "clusterer", str(DEMO)]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "demo.mp4: 4 people, 0 unknown tracks" in done.stdout
    return here / "demo.people"


def again(folder: Path, *flags: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([str(DEMO), "-o", str(folder), "-q", *flags])
    assert exit_.value.code == 0


def people_of(folder: Path) -> set[str]:
    """People in ``faces.csv``."""
    return {row["person"] for row in rows_of(folder / "faces.csv")} - {""}


def check_perfect(folder: Path) -> None:
    scores = figures(folder / "faces.csv", TRUTH)
    assert scores["face_recall"] == 1.0
    assert scores["box_precision"] == 1.0
    assert scores["b_cubed_f"] == pytest.approx(1.0, abs=1e-9)
    assert len(people_of(folder)) == 4


def test_all_people_are_found_and_separated(run: Path) -> None:
    check_perfect(run)


def test_the_entry_of_the_encoder_has_the_measured_figures(run: Path) -> None:
    measured = ENCODERS.built_in[actual(EncodingConfig().encoder)].measured
    assert measured is not None
    scores = figures(run / "faces.csv", TRUTH)
    assert measured.score == pytest.approx(scores["b_cubed_f"], abs=0.01)


def test_people_table_has_four_people_and_no_unknowns(run: Path) -> None:
    rows = rows_of(run / "people.csv")
    assert [row["status"] for row in rows] == ["person"] * 4
    assert [row["appearances"] for row in rows] == ["4"] * 4


def test_command_and_python_give_the_same_bytes(run: Path, demo: clusterer.Outcome) -> None:
    for path in sorted(demo.folder.iterdir()):
        if path.is_file():
            assert (run / path.name).read_bytes() == path.read_bytes(), path.name
    assert {p.name for p in (run / "chips").iterdir()} == {
        p.name for p in (demo.folder / "chips").iterdir()
    }


def test_cuts_match_the_storyboard(demo: clusterer.Outcome) -> None:
    shots = demo.result.analysis.shots
    assert [shot.start_frame for shot in shots] == FIRST_FRAMES
    assert [shot.end_frame for shot in shots] == [*FIRST_FRAMES[1:], FRAMES]


def test_appearances_match_the_shots_of_the_storyboard(run: Path) -> None:
    """Each appearance lasts from the cut at the start of a shot to the cut at its end."""
    truth = {(row["frame"], row["person"]) for row in rows_of(TRUTH)}
    ends = dict(zip(FIRST_FRAMES, [*FIRST_FRAMES[1:], FRAMES], strict=True))
    rows = rows_of(run / "appearances.csv")
    assert len(rows) == 16
    for row in rows:
        start = int(row["start_frame"])
        assert int(row["end_frame"]) == ends[start], row
        assert FIRST_FRAMES[int(row["shot"])] == start
        assert float(row["start_s"]) == pytest.approx(start / 24, abs=1e-3)
        assert float(row["end_s"]) == pytest.approx(ends[start] / 24, abs=1e-3)
    shots_with_faces = {start for start in FIRST_FRAMES if any(f == str(start) for f, _ in truth)}
    assert {int(row["start_frame"]) for row in rows} == shots_with_faces


def test_screen_time_is_the_sum_of_appearances(run: Path) -> None:
    for person in rows_of(run / "people.csv"):
        durations = [
            float(row["duration_s"])
            for row in rows_of(run / "appearances.csv")
            if row["person"] == person["person"]
        ]
        assert float(person["screen_time_s"]) == pytest.approx(sum(durations), abs=2e-3)
        assert int(person["appearances"]) == len(durations)


def test_every_face_is_in_an_appearance_of_its_person(run: Path) -> None:
    appearances = rows_of(run / "appearances.csv")
    for face in rows_of(run / "faces.csv"):
        assert any(
            appearance["person"] == face["person"]
            and int(appearance["start_frame"]) <= int(face["frame"]) < int(appearance["end_frame"])
            for appearance in appearances
        ), face


@pytest.mark.parametrize(
    "flags", [("--metric", "cosine"), ("--method", "agglomerative"), ("--method", "hdbscan"),
              ("--method", "sequential"),
              ("--method", "agglomerative", "--metric", "cosine")],
    ids=" ".join,
)  # fmt: skip
def test_other_metrics_and_methods(demo_folder: Path, flags: tuple[str, ...]) -> None:
    again(demo_folder, *flags)
    check_perfect(demo_folder)


def test_low_threshold_splits_and_high_threshold_joins(demo_folder: Path) -> None:
    people = {}
    for threshold in ("0.05", "0.36", "1.5"):
        again(demo_folder, "--threshold", threshold)
        people[threshold] = len(rows_of(demo_folder / "people.csv"))
    assert people["0.05"] > people["0.36"] == 4 > people["1.5"]
    # Two people are side by side in one frame, so they are never merged.
    assert people["1.5"] >= 2


def test_hog(tmp_path: Path) -> None:
    """dlib's detector on shots 3 to 6, which show all people; those it finds are separated.

    It detects the round patch on the space suit in shot 6 as a face, in every frame.
    """
    again(tmp_path, "--detector", "hog", "--start", "9.25", "--end", "23")
    head, *rows = TRUTH.read_text(encoding="utf-8").splitlines(keepends=True)
    part = tmp_path / "part.truth.csv"
    part.write_text(head + "".join(row for row in rows if 222 <= int(row.split(",")[0]) < 552))
    scores = figures(tmp_path / "faces.csv", part)
    assert scores["face_recall"] >= 0.95, scores
    assert scores["box_precision"] >= 0.8, scores
    assert scores["assigned_b_cubed_precision"] == pytest.approx(1.0, abs=1e-9), scores
    assert scores["assigned_b_cubed_recall"] == pytest.approx(1.0, abs=1e-9), scores
    assert scores["people_true"] == 4


def assert_no_person_twice_in_a_frame(result: ClusteringResult) -> None:
    labels = result.labels
    for a, b in result.cannot_link.tolist():
        assert labels[a] == -1 or labels[a] != labels[b]


def test_python_api(demo: clusterer.Outcome) -> None:
    result = demo.result
    assert [person.name for person in result.people] == [f"Person {k}" for k in range(1, 5)]
    assert result.unknowns == ()
    assert sum(person.screen_time_s for person in result.people) == pytest.approx(54.5)
    assert result.threshold == result.config.clustering.threshold == 1.0
    assert len(result.analysis.models) == 4
    assert_no_person_twice_in_a_frame(result)
    with (demo.folder / "people.csv").open(encoding="utf-8", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == [p.name for p in result.people]


def test_decide_without_process(demo: clusterer.Outcome) -> None:
    assert clusterer.decide(demo.result.analysis, Config()).people == demo.result.people
