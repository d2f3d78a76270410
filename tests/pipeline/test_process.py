"""Both phases, through the Python API."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.core.config import METRICS, AnalysisConfig, ClothingConfig, ClusteringConfig, Config
from clusterer.core.errors import ConfigError, OtherFilmError, VideoError
from clusterer.core.types import Advice
from clusterer.faces.encoding import default_threshold, from_dlib
from clusterer.gallery.keep import add_to_gallery
from clusterer.people import decide as decide_module
from clusterer.people.decide import decide
from clusterer.people.questions import advise
from clusterer.store.names import default_folder
from tests.conftest import DEMO
from tests.digests import digests
from tests.video_files import picture, write_video


@pytest.mark.parametrize(
    ("video", "folder"),
    [("a/b/episode.mp4", "episode.people"), ("s01.e02.mkv", "s01.e02.people"), ("x", "x.people")],
)
def test_default_folder(video: str, folder: str) -> None:
    assert default_folder(Path(video)) == Path(folder)


def test_the_result_is_in_the_current_folder_by_default(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo_folder.parent)
    before = digests(demo_folder, "*")
    outcome = clusterer.process(str(DEMO))
    assert outcome.folder == Path("demo.people")
    assert 0 < outcome.duration_s < 60
    assert digests(demo_folder, "*") == before


@pytest.mark.parametrize("metric", METRICS)
def test_the_result_has_the_threshold_in_use(demo: clusterer.Outcome, metric: str) -> None:
    config = Config(clustering=ClusteringConfig(metric=metric))
    used = decide(demo.result.analysis, config)
    default = default_threshold("sface", metric)
    assert used.threshold == used.config.clustering.threshold == default
    fixed = Config(clustering=ClusteringConfig(metric=metric, threshold=0.2))
    assert decide(demo.result.analysis, fixed).threshold == from_dlib(0.2, "sface", metric)
    again = used.config.with_clustering(threshold=0.2)
    assert decide(demo.result.analysis, again).threshold == 0.2


def test_threshold_0_merges_no_tracks(demo: clusterer.Outcome) -> None:
    config = Config(clustering=ClusteringConfig(threshold=0.0))
    result = decide(demo.result.analysis, config)
    assert all(len(person.track_ids) == 1 for person in result.people)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("threshold", [None, 0.2, 0.5])
@pytest.mark.parametrize("clothing", [True, False])
def test_questions_are_the_same_with_evidence_reused_or_computed(
    demo: clusterer.Outcome,
    monkeypatch: pytest.MonkeyPatch,
    metric: str,
    threshold: float | None,
    clothing: bool,
) -> None:
    by_clothing = ClothingConfig(enabled=clothing)
    chosen = ClusteringConfig(metric=metric, threshold=threshold, clothing=by_clothing)
    computed: list[bool] = []

    def ask(*args: Any) -> Advice:
        computed.append(args[6] is None)
        assert advise(*args) == advise(*args[:6], None, args[7])
        return advise(*args)

    monkeypatch.setattr(decide_module, "advise", ask)
    decide(demo.result.analysis, Config(clustering=chosen))
    assert computed == [threshold is not None or not clothing]


def test_no_such_method(demo: clusterer.Outcome) -> None:
    with pytest.raises(ConfigError, match="no method named 'magic'"):
        decide(demo.result.analysis, Config(clustering=ClusteringConfig(method="magic")))


def test_a_file_that_is_not_a_video_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("text")
    with pytest.raises(VideoError):
        clusterer.process(tmp_path / "text.mp4", folder=tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["text.mp4"]


def test_public_names() -> None:
    assert clusterer.__all__ == sorted(clusterer.__all__)
    assert all(getattr(clusterer, name) is not None for name in clusterer.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = clusterer.nothing


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, clusterer, clusterer.cli.process, clusterer.cli.run\n"
        "heavy = {'av', 'cv2', 'dlib', 'hdbscan', 'onnx', 'onnxruntime', 'scipy', 'sklearn'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("call", ["process", "analyse", "gallery"])
def test_an_empty_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: clusterer.Outcome, call: str
) -> None:
    monkeypatch.chdir(tmp_path)
    calls: dict[str, Callable[[], object]] = {
        "process": lambda: clusterer.process(DEMO, folder=""),
        "analyse": lambda: clusterer.analyse(DEMO, AnalysisConfig(), ""),
        "gallery": lambda: add_to_gallery(demo.folder, ""),
    }
    with pytest.raises(ConfigError, match="has no name"):
        calls[call]()
    assert list(tmp_path.iterdir()) == []


def test_another_film_is_replaced_with_replace(demo_folder: Path, tmp_path: Path) -> None:
    other = write_video(tmp_path / "other.mp4", (picture(i) for i in range(24)))
    with pytest.raises(OtherFilmError, match=r"holds the result of another video, demo\.mp4"):
        clusterer.process(other, folder=demo_folder)
    with pytest.raises(OtherFilmError, match=r"Name another folder with -o, or give --replace"):
        clusterer.analyse(other, AnalysisConfig(), demo_folder)
    assert clusterer.load(demo_folder).people
    outcome = clusterer.process(other, folder=demo_folder, replace=True)
    assert outcome.result.people == ()
    assert clusterer.load(demo_folder).people == ()


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("n" * 248, "n" * 248),
        ("n" * 249, "n" * 239 + "-{}"),
        ("é" * 125, "é" * 119 + "-{}"),
        ("caf\udce9", "caf\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_names_that_are_not_allowed_for_a_folder(stem: str, expected: str) -> None:
    folder = default_folder(Path(f"{stem}.mp4"))
    digest = sha256(os.fsencode(stem)).hexdigest()[:8]
    assert str(folder) == f"{expected.format(digest)}.people"
    assert len(folder.name.encode()) <= 255
