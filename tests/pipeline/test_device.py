"""``auto``: measured once, kept, and only where a device is faster and finds the same."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, DetectionConfig, EncodingConfig, VideoConfig
from clusterer.core.errors import ConfigError
from clusterer.faces import detection
from clusterer.models.cache import ENVIRONMENT_VARIABLE
from clusterer.models.devices import DEVICES
from clusterer.pipeline import device as device_module
from clusterer.pipeline.device import (
    CLEAR_SCORE,
    FASTER,
    LEAST_SCORE,
    Measured,
    choose,
    drawn_frames,
    fastest,
    measure,
    recall,
)
from tests.conftest import DEMO
from tests.fake_devices import Card

CONFIG = AnalysisConfig(encoding=EncodingConfig("sface"))
QUICK = AnalysisConfig(encoding=EncodingConfig("dlib"))
CUDA = DEVICES["cuda"]
FAST, SLOW = Measured(1.0, 0.5, agrees=True), Measured(1.0, 0.9, agrees=True)


class Notes(clusterer.Hook):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder that does not exist yet."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    card = Card()
    card.install(monkeypatch)
    return card


class Results:
    """Stands for `measure`."""

    def __init__(self, *results: tuple[str, Measured]) -> None:
        self._results = list(results)
        self.asked: list[str] = []

    def __call__(self, device: object, _config: object) -> tuple[str, Measured]:
        self.asked.append(device.name)
        return self._results[len(self.asked) - 1]


def measuring(monkeypatch: pytest.MonkeyPatch, *results: tuple[str, Measured]) -> Results:
    stand_in = Results(*results)
    monkeypatch.setattr(device_module, "measure", stand_in)
    return stand_in


def test_with_the_usual_wheel_nothing_is_measured(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = ["AzureExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: usual)
    measuring(monkeypatch)
    assert choose("auto", CONFIG, pytest.fail) == "cpu"
    assert not folder.exists()


def test_a_device_that_is_named_is_not_measured(
    folder: Path, monkeypatch: pytest.MonkeyPatch, card: Card
) -> None:
    measuring(monkeypatch)
    assert choose("cuda", CONFIG, pytest.fail) == "cuda"
    assert choose("cpu", CONFIG, pytest.fail) == "cpu"
    assert card.options == []
    with pytest.raises(ConfigError, match="pip install onnxruntime-openvino"):
        choose("openvino", CONFIG, pytest.fail)


@pytest.mark.parametrize(
    ("result", "chosen", "note"),
    [
        (FAST, "cuda", "cuda takes 0.50 times as long as the CPU, and is used"),
        (SLOW, "cpu", "cuda takes 0.90 times as long as the CPU, and is not used"),
        (
            replace(FAST, agrees=False),
            "cpu",
            "cuda takes 0.50 times as long as the CPU, but finds something else, and is not used",
        ),
    ],
)
def test_auto_measures_once(  # noqa: PLR0917 (pytest passes by name)
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    card: Card,
    result: Measured,
    chosen: str,
    note: str,
) -> None:
    measured = measuring(monkeypatch, ("", result))
    notes: list[str] = []
    for _ in range(3):
        assert choose("auto", CONFIG, notes.append) == chosen
    assert measured.asked == ["cuda"]
    assert notes == [f"measured: {note}"]
    assert recall(CUDA, CONFIG) == result
    (file,) = folder.iterdir()
    assert file.name.startswith("device-")


def test_a_device_that_does_not_start_is_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, card: Card
) -> None:
    measured = measuring(monkeypatch, ("it fails", FAST), ("", FAST))
    notes: list[str] = []
    assert choose("auto", CONFIG, notes.append) == "cpu"
    assert notes == ["it fails"]
    assert not folder.exists()
    assert choose("auto", CONFIG, notes.append) == "cuda"
    assert len(measured.asked) == 2


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", '"text"', "{}", "\x00", '{"key": 1}', "agrees", "cpu_s", "device_s", "key",
        "more",
    ],
)  # fmt: skip
def test_a_damaged_file_is_measured_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, card: Card, content: str
) -> None:
    measured = measuring(monkeypatch, ("", FAST), ("", SLOW))
    choose("auto", CONFIG, lambda _: None)
    (file,) = folder.iterdir()
    stored = json.loads(file.read_text("utf-8"))
    wrong = {"agrees": "yes", "cpu_s": -1.0, "device_s": "0", "key": {}, "more": 1}
    text = json.dumps(stored | {content: wrong[content]}) if content in wrong else content
    file.write_text(text, "utf-8")
    assert choose("auto", CONFIG, lambda _: None) == "cpu"
    assert len(measured.asked) == 2
    assert recall(CUDA, CONFIG) == SLOW


def test_other_networks_and_libraries_are_measured_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, card: Card
) -> None:
    measuring(monkeypatch, ("", FAST))
    choose("auto", CONFIG, lambda _: None)
    others = [
        replace(CONFIG, encoding=EncodingConfig("dlib")),
        replace(CONFIG, detection=DetectionConfig(detector="cnn")),
        replace(CONFIG, detection=DetectionConfig(detector="hog")),
        replace(CONFIG, detection=DetectionConfig(width_px=320)),
    ]
    assert [recall(CUDA, other) for other in others] == [None] * 4
    assert recall(DEVICES["openvino"], CONFIG) is None
    assert recall(replace(CUDA, options=()), CONFIG) is None
    with monkeypatch.context() as patch:
        patch.setattr(onnxruntime, "__version__", "1.0")
        assert recall(CUDA, CONFIG) is None
    with monkeypatch.context() as patch:
        patch.setattr(device_module, "usable_cores", lambda: 99)
        assert recall(CUDA, CONFIG) is None
    with monkeypatch.context() as patch:
        patch.setattr(device_module, "_hardware", lambda _device: ["another card"])
        assert recall(CUDA, CONFIG) is None
    # What changes no time does not count; nor does `auto`, which stands for a name.
    assert recall(CUDA, replace(CONFIG, encoding=EncodingConfig())) == FAST
    assert recall(CUDA, replace(CONFIG, video=VideoConfig(sample_rate_hz=2.0))) == FAST


def test_a_cache_that_cannot_be_written_costs_the_figures_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, card: Card
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "file"))
    measuring(monkeypatch, ("", FAST))
    assert choose("auto", CONFIG, lambda _: None) == "cuda"
    assert recall(CUDA, CONFIG) is None


def test_the_fastest_that_is_worth_it_is_taken() -> None:
    assert fastest({}) == "cpu"
    assert fastest({"cuda": None, "openvino": SLOW}) == "cpu"
    assert fastest({"cuda": FAST, "openvino": replace(FAST, device_s=0.4)}) == "openvino"
    assert fastest({"cuda": FAST, "openvino": replace(FAST, device_s=0.1, agrees=False)}) == "cuda"
    assert fastest({"cuda": FAST, "openvino": FAST}) == "cuda"
    assert Measured(1.0, FASTER, agrees=True).is_worth_it
    assert not Measured(1.0, FASTER + 0.01, agrees=True).is_worth_it


def test_the_drawn_faces_are_found() -> None:
    looked = DetectionConfig(min_score=LEAST_SCORE)
    found = detection.create(looked, 2).detect(drawn_frames())
    clear = [int((faces.scores >= CLEAR_SCORE).sum()) for faces in found]
    assert min(clear) >= 1
    assert sum(clear) >= 12


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module, "CALLS", 1)


def test_a_measurement_compares_what_is_found(short: None, card: Card) -> None:
    trouble, result = measure(CUDA, QUICK)
    assert (trouble, result.agrees) == ("", True)
    assert result.cpu_s > 0
    assert result.device_s > 0
    assert {shape[0] for shape in card.shapes} == {8, 64}


@pytest.mark.parametrize("share", [0.3, -1.0, np.nan])
def test_a_device_that_finds_something_else_is_noticed(
    short: None, card: Card, share: float
) -> None:
    random = np.random.default_rng(0)

    def change(output: np.ndarray) -> np.ndarray:
        if share < 0:  # nothing is found
            return output * np.float32(share)
        return output + random.normal(0, share, output.shape).astype(np.float32)

    card.change = change
    if np.isnan(share):
        assert "its numbers are not finite" in measure(CUDA, QUICK)[0]
        return
    assert not measure(CUDA, QUICK)[1].agrees


@pytest.mark.parametrize("how", ["loads", "start", "run"])
def test_a_device_that_fails_is_in_trouble(short: None, card: Card, how: str) -> None:
    if how == "loads":
        card.loads = False
    elif how == "start":
        card.start_error = RuntimeError("no driver")
    else:
        card.fails_from = 3
    assert "the device cuda" in measure(CUDA, QUICK)[0]


PART = replace(QUICK, video=VideoConfig(end_s=4.0))


@pytest.fixture(scope="module")
def on_cpu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("on cpu") / "demo.people"
    clusterer.analyse(DEMO, PART, folder, device="cpu")
    return folder


@pytest.mark.parametrize("fails_from", [1, 4])
def test_an_analysis_goes_on_where_a_device_fails(
    card: Card, on_cpu: Path, tmp_path: Path, fails_from: int
) -> None:
    card.fails_from = fails_from
    notes = Notes()
    found = clusterer.analyse(DEMO, PART, tmp_path / "demo.people", notes, device="cuda")
    expected = clusterer.analyse(DEMO, PART, on_cpu)
    assert notes.lines == ["the device cuda fails (out of memory); the CPU is used instead"]
    assert np.allclose(found.detections.boxes, expected.detections.boxes, atol=0.01)
    assert np.allclose(found.chip_embeddings, expected.chip_embeddings, atol=1e-3)


def test_an_analysis_is_reused_whatever_device_made_it(
    card: Card, on_cpu: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(on_cpu, tmp_path / "demo.people"))
    notes = Notes()
    clusterer.analyse(DEMO, PART, folder, notes, device="cuda")
    clusterer.analyse(DEMO, PART, folder, notes)
    assert notes.lines == []
    assert card.options == []


@pytest.mark.parametrize("device", ["cuda", "gpu"])
def test_a_wrong_device_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    for run in (
        lambda: clusterer.analyse(DEMO, PART, tmp_path / "a.people", device=device),
        lambda: clusterer.process(DEMO, folder=tmp_path / "a.people", device=device),
    ):
        with pytest.raises(ConfigError):
            run()
    assert list(tmp_path.iterdir()) == []
