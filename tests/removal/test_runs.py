"""Runs after people were withdrawn, and runs that store no pictures and vectors."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, Config, DetectionConfig, VideoConfig
from clusterer.core.hook import Hook
from clusterer.core.types import Analysis
from clusterer.models.cache import cache_folder
from clusterer.pipeline.process import Outcome, process
from clusterer.removal.purge import purge
from clusterer.store import withdrawn
from clusterer.store.analysis_cache import load_analysis
from clusterer.store.film import recall, remember
from clusterer.store.folder import ResultFolder, load
from clusterer.store.marker import read_marker
from tests.conftest import DEMO
from tests.removal.traces import Traces, traces_of

SECONDS = VideoConfig(end_s=8.0, sample_rate_hz=2.0)
PART = Config(AnalysisConfig(video=SECONDS, detection=DetectionConfig(width_px=256)))
MADE = {
    "exports/demo.edl": b"text",
    "exports/still.jpg": b"face",
    "exports/sheet.pdf": b"faces",
    "exports/reel.mp4": b"film",
    "proxy.mp4": b"film",
    ".proxy/00000.mp4": b"film",
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The first seconds of the sample film; do not change its folder."""
    return process(DEMO, PART, tmp_path_factory.mktemp("stored") / "demo.people")


@pytest.fixture(scope="module")
def traces(stored: Outcome) -> Traces:
    return traces_of(stored.folder, stored.result.analysis)


def withdrawn_faces(analysis: Analysis, folder: Path) -> int:
    """Faces of an analysis that lie where somebody was withdrawn."""
    own = ResultFolder(folder)
    mask = withdrawn.Mask(withdrawn.read(folder)[own.fingerprint], analysis.video)
    x, y = analysis.video.to_square
    rows = range(len(analysis.detections))
    found = [analysis.detections[[row]].scaled(x, y) for row in rows]
    return sum(not len(mask.left(one)) for one in found)


def test_a_withdrawn_person_is_left_out_when_the_film_is_analysed_again(
    demo_folder: Path, demo: clusterer.Outcome
) -> None:
    first, *others = demo.result.people
    gone = traces_of(demo_folder, demo.result.analysis, first.track_ids)
    purge(demo_folder, people=[first.id])
    known = load(demo_folder)
    again = process(DEMO, PART, demo_folder).result
    assert gone.found(demo_folder) == []
    assert withdrawn_faces(again.analysis, demo_folder) == 0
    assert withdrawn_faces(demo.result.analysis, demo_folder) > 0
    assert again.people
    before_s, spans = SECONDS.end_s, [demo.result.spans_s(who)[0, 0] for who in others]
    assert before_s is not None
    assert len(again.people) == sum(start_s < before_s - 1 for start_s in spans)
    assert len(known.people) == len(others)


def test_the_stored_analysis_is_used_again_without_the_person(
    demo_folder: Path, runs: list[int]
) -> None:
    purge(demo_folder, people=["person-1"])
    before = load(demo_folder)
    after = process(DEMO, folder=demo_folder).result
    assert runs == []
    assert len(after.analysis.tracks) == len(before.analysis.tracks)


def test_a_run_without_biometrics_leaves_tables_only(
    stored: Outcome, traces: Traces, tmp_path: Path
) -> None:
    assert traces.found(stored.folder)
    made = process(DEMO, PART, tmp_path / "demo.people", biometrics=False)
    assert traces.found(tmp_path) == []
    assert made.result.analysis.is_bare
    for name in ("people.csv", "appearances.csv", "faces.csv"):
        assert (made.folder / name).read_bytes() == (stored.folder / name).read_bytes()
    assert not list(tmp_path.rglob("*.jpg"))
    assert load(made.folder).tables.appearances.rows


def test_it_replaces_what_was_stored_before(
    stored: Outcome, traces: Traces, tmp_path: Path
) -> None:
    folder = tmp_path / "demo.people"
    process(DEMO, PART, folder)
    assert traces.found(folder)
    process(DEMO, PART, folder, biometrics=False)
    assert traces.found(tmp_path) == []
    assert purge(folder, keep_tables=True).folders == ()
    again = process(DEMO, PART, folder)
    assert not again.result.analysis.is_bare
    assert len(again.result.people) == len(stored.result.people)


def test_it_leaves_what_a_purge_that_keeps_tables_would(stored: Outcome, tmp_path: Path) -> None:
    """Also where stills, a sheet, a reel or a review's copy of the film were made meanwhile."""
    folders = [tmp_path / name / "demo.people" for name in ("purged", "run")]
    for folder in folders:
        shutil.copytree(stored.folder, folder)
        ResultFolder(folder).write(MADE)
    purge(folders[0], keep_tables=True)
    remember(load_analysis(folders[1])[1], DEMO)
    process(DEMO, PART, folders[1], biometrics=False)
    left = [[path.relative_to(each) for path in sorted(each.rglob("*"))] for each in folders]
    assert left[1] == left[0]
    assert [path.as_posix() for path in left[1] if "exports" in path.parts] == [
        "exports",
        "exports/demo.edl",
    ]
    assert read_marker(folders[1]) == read_marker(folders[0])
    assert recall(load_analysis(stored.folder)[1]) is None


def test_a_run_without_biometrics_knows_the_film_by_its_name_now(
    stored: Outcome, tmp_path: Path
) -> None:
    """The stored analysis is used, under the name that the film has now."""
    folder = shutil.copytree(stored.folder, tmp_path / "demo.people")
    film = shutil.copy(DEMO, tmp_path / "renamed.mp4")
    made = process(film, PART, folder, biometrics=False)
    assert made.result.analysis.video.path == str(film)
    assert load(folder).analysis.video.path == "renamed.mp4"


def test_an_interrupted_run_without_biometrics_leaves_nothing(tmp_path: Path) -> None:
    class Stopping(Hook):
        def progress(self, done_s: float, total_s: float, faces: int) -> None:
            del total_s
            if done_s > 4 and faces:
                raise KeyboardInterrupt

    before = {path for path in cache_folder().rglob("*") if "films" in path.parts}
    with pytest.raises(KeyboardInterrupt):
        process(DEMO, PART, tmp_path / "demo.people", Stopping(), biometrics=False)
    assert list(tmp_path.rglob("*")) == []
    assert {path for path in cache_folder().rglob("*") if "films" in path.parts} == before
