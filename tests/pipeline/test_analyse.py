"""The first phase: stored, reused and resumed, always with the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clusterer.clothing.encoder import ClothingEncoder
from clusterer.core.config import (
    AnalysisConfig,
    Config,
    DetectionConfig,
    EncodingConfig,
    VideoConfig,
)
from clusterer.core.errors import ClustererError, ModelError
from clusterer.core.hook import Hook
from clusterer.faces import alignment, detection, encoding
from clusterer.media import probe
from clusterer.pipeline import analyse as analyse_module
from clusterer.pipeline.process import Outcome, process
from clusterer.store.analysis_cache import AnalysisCache, load_analysis
from clusterer.store.marker import MARKER
from tests.conftest import DEMO
from tests.digests import digests

PART_S = 12.5
"""The first four shots of the sample film, with three of its people."""
STOP_AT_S = 8.0
"""A time in the third shot."""
PART = Config(AnalysisConfig(video=VideoConfig(end_s=PART_S)))


class Notes(Hook):
    """Records progress and notes; stops the run at a given time of the video."""

    def __init__(self, stop_at_s: float = 1e9) -> None:
        self.stop_at_s = stop_at_s
        self.notes: list[str] = []
        self.seen: list[tuple[float, float, int]] = []

    def progress(self, done_s: float, total_s: float, faces: int) -> None:
        self.seen.append((done_s, total_s, faces))
        if done_s >= self.stop_at_s:
            raise KeyboardInterrupt

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Notes]:
    """The part of the film, uninterrupted."""
    notes = Notes()
    return process(DEMO, PART, tmp_path_factory.mktemp("whole") / "demo.people", notes), notes


@pytest.fixture
def copy(whole: tuple[Outcome, Notes], tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole[0].folder, tmp_path / "demo.people"))


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail if the video is analysed."""

    def fail(*_args: object, **_more: object) -> None:
        raise AssertionError("the video was opened")

    monkeypatch.setattr(analyse_module, "_look", fail)


def test_progress_goes_from_start_to_end(whole: tuple[Outcome, Notes]) -> None:
    outcome, notes = whole
    done, totals, faces = (list(column) for column in zip(*notes.seen, strict=True))
    assert done == sorted(done)
    assert set(totals) == {PART_S}
    assert PART_S - 0.5 < done[-1] < PART_S
    assert faces == sorted(faces)
    assert faces[-1] > 0
    assert notes.notes == []
    assert len(outcome.result.analysis.shots) == 4


def test_an_interrupted_run_resumes_and_gives_the_same_bytes(
    whole: tuple[Outcome, Notes], tmp_path: Path
) -> None:
    folder = tmp_path / "demo.people"
    with pytest.raises(KeyboardInterrupt):
        process(DEMO, PART, folder, Notes(STOP_AT_S))
    files = {path.name for path in folder.iterdir()}
    assert files == {".partial", MARKER}, "no incomplete result"
    ended = [
        s for s in whole[0].result.analysis.shots if probe(DEMO).seconds(s.end_pts) < STOP_AT_S
    ]
    assert len(ended) == 2
    notes = Notes()
    process(DEMO, PART, folder, notes)
    assert notes.notes == [f"resuming after shot {len(ended)}, where an earlier run stopped"]
    assert notes.seen[0][0] >= probe(DEMO).seconds(ended[-1].end_pts)
    assert notes.seen[0][2] > 0, "earlier faces are included"
    assert digests(folder) == digests(whole[0].folder)


def test_a_run_stopped_before_its_last_step_resumes_there(
    whole: tuple[Outcome, Notes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the disk is full at the end, for example: no frame is analysed twice."""
    folder = tmp_path / "demo.people"

    def stop(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(AnalysisCache, "finish", stop)
        with pytest.raises(KeyboardInterrupt):
            process(DEMO, PART, folder)
    notes = Notes()
    process(DEMO, PART, folder, notes)
    assert notes.seen == []
    assert digests(folder) == digests(whole[0].folder)


@pytest.mark.usefixtures("blind")
def test_a_second_run_reads_the_stored_analysis(whole: tuple[Outcome, Notes], copy: Path) -> None:
    notes = Notes()
    process(DEMO, PART, copy, notes)
    assert notes.seen == notes.notes == []
    assert digests(copy) == digests(whole[0].folder)


@pytest.mark.usefixtures("blind")
@pytest.mark.parametrize(
    "changes", [{"threshold": 0.1}, {"metric": "cosine"}, {"method": "agglomerative"}]
)
def test_another_grouping_reads_the_stored_analysis(copy: Path, changes: dict[str, object]) -> None:
    before = digests(copy)
    config = replace(
        PART,
        analysis=replace(PART.analysis, encoding=EncodingConfig(encoder="sface")),
        clustering=replace(PART.clustering, **changes),
    )
    outcome = process(DEMO, config, copy)
    used = outcome.result.config.clustering
    assert replace(used, **changes) == used
    after = digests(copy)
    assert after.keys() == before.keys()
    assert after["analysis.npz"] == before["analysis.npz"]
    assert after["result.json"] != before["result.json"]


@pytest.mark.usefixtures("blind")
def test_a_moved_video_is_recognised_and_shown_by_its_new_name(copy: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copy2(DEMO, tmp_path / "other name.mp4"))
    assert process(moved, PART, copy).result.analysis.video.path == str(moved)
    assert b"other name.mp4" in (copy / "result.json").read_bytes()


def damage(folder: Path, how: str) -> None:
    if how == "truncated":
        path = folder / "analysis.npz"
        path.write_bytes(path.read_bytes()[:1000])
    else:
        next((folder / "chips").glob("*[0-9].jpg")).unlink()


@pytest.mark.parametrize(
    ("how", "note"),
    [("truncated", r"analysis.npz is damaged"), ("picture", "pictures are missing")],
)
def test_a_damaged_analysis_is_repeated_with_a_note(
    copy: Path, monkeypatch: pytest.MonkeyPatch, how: str, note: str
) -> None:
    sentinel = load_analysis(copy)[0]
    monkeypatch.setattr(analyse_module, "_look", lambda *_args, **_more: sentinel)
    damage(copy, how)
    notes = Notes()
    assert analyse_module.analyse(DEMO, PART.analysis, copy, notes) is sentinel
    assert len(notes.notes) == 1
    assert note in notes.notes[0]
    assert notes.notes[0].endswith("; analysing again")


def test_a_damaged_analysis_is_restored(whole: tuple[Outcome, Notes], copy: Path) -> None:
    damage(copy, "picture")
    process(DEMO, PART, copy)
    assert digests(copy) == digests(whole[0].folder)


@pytest.mark.parametrize("failing", ["stopped", "no video"])
def test_earlier_results_stay_when_a_new_run_fails(
    whole: tuple[Outcome, Notes], copy: Path, tmp_path: Path, failing: str
) -> None:
    before = digests(copy)
    if failing == "stopped":
        other = replace(PART, analysis=AnalysisConfig(video=VideoConfig(end_s=6.5)))
        with pytest.raises(KeyboardInterrupt):
            process(DEMO, other, copy, Notes(stop_at_s=6.0))
    else:
        (tmp_path / "text.mp4").write_text("text")
        with pytest.raises(ClustererError):
            process(tmp_path / "text.mp4", PART, copy)
    after = digests(copy)
    del before[MARKER], after[MARKER]  # it lists unfinished files
    assert {name: after[name] for name in before} == before
    assert all(name.startswith(".partial") for name in after.keys() - before.keys())


def test_the_key_names_the_models_in_use() -> None:
    config = AnalysisConfig()
    detector = detection.create(config.detection, 1)
    encoder = encoding.create(config.encoding, 1)
    clothing = ClothingEncoder(1)
    aligner = alignment.create(encoder.alignment, encoder.chip_size_px, encoder.padding)
    used = {**detector.models, **aligner.models, **encoder.models, **clothing.models}
    assert analyse_module.model_hashes(config) == used
    assert len(used) == 4


@pytest.mark.parametrize("kind", ["detector", "encoder"])
def test_plug_ins_declare_their_weights_before_loading(kind: str) -> None:
    makers: dict[str, tuple[Callable[..., Any], tuple[str, ...], Callable[..., Any]]] = {
        "detector": (
            lambda name: detection.create(DetectionConfig(detector=name), 1),
            detection.names(),
            detection.weights,
        ),
        "encoder": (
            lambda name: encoding.create(EncodingConfig(encoder=name), 1),
            encoding.names(),
            encoding.weights,
        ),
    }
    create, names, weights = makers[kind]
    at_hand = []
    for name in names:
        try:
            plug_in = create(name)
        except ModelError:  # has to be downloaded or exported
            continue
        at_hand.append(name)
        assert set(plug_in.models) == {file.name for file in weights(name)}, name
    assert {"centerface", "dlib"} & set(at_hand)
