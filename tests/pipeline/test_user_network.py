"""A user's network with its card: the whole run, and later runs without its files."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from clusterer.core.config import (
    AnalysisConfig,
    ClusteringConfig,
    Config,
    EncodingConfig,
    VideoConfig,
)
from clusterer.core.errors import ConfigError, GalleryError, ModelError
from clusterer.core.types import Frame
from clusterer.faces import alignment, detection, encoding
from clusterer.gallery.naming import name_people
from clusterer.gallery.photographs import PhotographEncoder, encode_photographs, read_photograph
from clusterer.gallery.read import read_gallery
from clusterer.people.decide import decide
from clusterer.pipeline import analyse as analyse_module
from clusterer.pipeline.process import Outcome, process
from clusterer.store.folder import load
from tests.conftest import DEMO
from tests.tiny_network import CARD, write_network

LOCAL = replace(CARD, licence="Custom licence")
PART_S = 6.5


def configured(name: str, **clustering: object) -> Config:
    analysis = AnalysisConfig(video=VideoConfig(end_s=PART_S), encoding=EncodingConfig(name))
    return Config(analysis, ClusteringConfig(**clustering))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the network, and of a result made with it."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def outcome(home: Path) -> Outcome:
    write_network(home / "nets" / "tiny.onnx", LOCAL)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        return process(DEMO, configured("onnx:nets/tiny.onnx"), home / "demo.people")


@pytest.fixture
def folder(outcome: Outcome, tmp_path: Path) -> Path:
    """A copy of the result and the network."""
    shutil.copytree(outcome.folder.parent / "nets", tmp_path / "nets")
    return Path(shutil.copytree(outcome.folder, tmp_path / "demo.people"))


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise AssertionError("the video was opened")

    monkeypatch.setattr(analyse_module, "_look", fail)


def test_the_result_describes_the_network(outcome: Outcome) -> None:
    result = outcome.result
    assert result.people
    assert result.analysis.chip_embeddings.shape[1] == LOCAL.dimension
    assert result.features.face.shape[1] == LOCAL.dimension
    assert {"onnx:tiny.onnx", "onnx:tiny.toml"} <= set(result.analysis.models)
    stored = json.loads((outcome.folder / "result.json").read_text("utf-8"))["config"]
    assert stored["analysis"]["encoding"] == {
        "encoder": "onnx:nets/tiny.onnx",
        "batch_size": 16,
        "thresholds": [["l2", pytest.approx(0.632456)], ["cosine", 0.2]],
        "licence": "Custom licence",
    }
    assert stored["clustering"]["threshold"] == pytest.approx(0.632456)
    page = (outcome.folder / "report.html").read_text("utf-8")
    assert "Custom licence" in page
    assert "onnx:tiny.onnx" in page


@pytest.mark.usefixtures("blind")
def test_a_second_run_uses_the_cache(
    folder: Path, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    before = (folder / "result.json").read_bytes()
    process(DEMO, configured("onnx:nets/tiny.onnx"), folder)
    assert (folder / "result.json").read_bytes() == before
    # by another path, and for another metric
    other = process(
        DEMO, configured(f"onnx:{folder.parent}/nets/tiny.onnx", metric="cosine"), folder
    )
    assert other.result.threshold == 0.2


@pytest.mark.usefixtures("blind")
@pytest.mark.parametrize("change", ["card", "network"])
def test_another_network_or_card_analyses_again(folder: Path, change: str) -> None:
    card = replace(LOCAL, threshold=0.3) if change == "card" else LOCAL
    name = write_network(folder.parent / "nets" / "tiny.onnx", card, seed=change == "network")
    with pytest.raises(AssertionError, match="the video was opened"):
        process(DEMO, configured(name), folder)


def test_regrouping_works_without_the_files(
    folder: Path, outcome: Outcome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.rmtree(folder.parent / "nets")
    monkeypatch.chdir(tmp_path)
    result = load(folder)
    config = result.config
    assert config.analysis.encoding.thresholds == (("l2", 0.632456), ("cosine", 0.2))
    again = decide(result.analysis, config)
    assert again.labels.tolist() == outcome.result.labels.tolist()
    assert again.config == outcome.result.config
    cosine = replace(config.clustering, metric="cosine", threshold=None)
    by_cosine = decide(result.analysis, replace(config, clustering=cosine))
    assert by_cosine.threshold == 0.2
    with pytest.raises(ModelError, match=r"tiny\.onnx is missing\. Write onnx: and the path"):
        process(DEMO, config, folder)
    with pytest.raises(ModelError, match=r"tiny\.onnx is missing"):
        decide(result.analysis, configured("onnx:nets/tiny.onnx"))


def test_a_metric_without_threshold(tmp_path: Path, outcome: Outcome) -> None:
    card = replace(LOCAL, metric="l2", threshold=1.0, normalise=False)
    name = write_network(tmp_path / "plain.onnx", card)
    config = configured(name, metric="cosine")
    with pytest.raises(
        ConfigError, match=r"no default threshold for .*'cosine'\. Give --threshold"
    ):
        decide(outcome.result.analysis, config)
    with_threshold = replace(config, clustering=replace(config.clustering, threshold=0.1))
    assert decide(outcome.result.analysis, with_threshold).threshold == 0.1


@pytest.mark.parametrize("alignment_name", ["five-point", "dlib", "box"])
def test_photographs_are_aligned_as_the_card_describes(tmp_path: Path, alignment_name: str) -> None:
    card = replace(LOCAL, alignment=alignment_name, padding=None)
    config = configured(write_network(tmp_path / "net.onnx", card)).analysis
    image = _frame()
    detections = detection.create(config.detection, 1).detect([Frame(0, 0, image)])[0]
    middle = np.array(image.shape[1::-1]) / 2
    centres = (detections.boxes[:, :2] + detections.boxes[:, 2:]) / 2
    nearest = int(np.linalg.norm(centres - middle, axis=1).argmin())
    aligner = alignment.create(card.alignment, card.size_px, card.margin)
    chips = aligner.align(image, detections[nearest : nearest + 1])
    expected = encoding.create(config.encoding, 1).encode(chips)[0]
    embedding = PhotographEncoder(config).encode(image)
    assert embedding is not None
    assert np.abs(embedding - expected).max() < 1e-5
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-5)
    picture = tmp_path / "picture.png"
    cv2.imwrite(str(picture), image[..., ::-1])
    assert np.abs(encode_photographs([picture], config).embeddings[0] - expected).max() < 1e-5


def test_a_gallery_of_the_same_network_only(folder: Path, tmp_path: Path) -> None:
    person = load(folder).people[0]
    people = tmp_path / "people" / "Ada"
    people.mkdir(parents=True)
    cv2.imwrite(str(people / "1.png"), _frame()[..., ::-1])
    assert read_photograph(people / "1.png").shape == _frame().shape
    # the result refers to a path beside the working directory
    config = load(folder).config
    by_path = replace(config.analysis.encoding, encoder=f"onnx:{folder.parent}/nets/tiny.onnx")
    config = replace(config, analysis=replace(config.analysis, encoding=by_path))
    suggestions = name_people(folder, read_gallery(tmp_path / "people", config)).suggestions
    assert [each.person for each in suggestions][:1] == [person.name]
    write_network(folder.parent / "nets" / "tiny.onnx", LOCAL, seed=7)
    with pytest.raises(GalleryError, match="was not encoded by onnx:"):
        name_people(folder, read_gallery(tmp_path / "people", config))
    with pytest.raises(GalleryError, match="was not encoded by onnx:"):
        name_people(folder, read_gallery(tmp_path / "people", Config()))


def _frame() -> np.ndarray:
    """A frame of the film with two faces, according to demo.truth.csv."""
    capture = cv2.VideoCapture(str(DEMO))
    capture.set(cv2.CAP_PROP_POS_FRAMES, 480)
    _, image = capture.read()
    capture.release()
    return np.ascontiguousarray(image[..., ::-1])
