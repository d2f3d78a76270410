"""The accelerators that are there do as the CPU does; skipped with the usual wheel.

``nox -s openvino`` runs these with OpenVINO, which needs no graphics card.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, DetectionConfig, EncodingConfig, VideoConfig
from clusterer.core.errors import ModelError
from clusterer.core.geometry import iou
from clusterer.core.types import Detections, Frame, ImageArray
from clusterer.faces import alignment, detection, encoding
from clusterer.models.devices import CPU, DEVICES, Device, available
from clusterer.models.runtime import open_session
from clusterer.pipeline.device import measure
from tests.conftest import DEMO
from tests.faces.detection.scrfd_network import bright, in_place
from tests.tiny_network import CARD, network, write_network

THERE = [device for device in available() if device != CPU]
pytestmark = pytest.mark.accelerator
PART = AnalysisConfig(video=VideoConfig(start_s=6.0, end_s=14.0))


@pytest.fixture(scope="module", params=THERE or [CPU], ids=lambda device: str(device.name))
def device(request: pytest.FixtureRequest) -> Device:
    found: Device = request.param
    if found == CPU:
        pytest.skip("this ONNX Runtime has no accelerator")
    session = open_session(network(CARD).SerializeToString(), 1, "tiny.onnx", "", found.name)
    if session.trouble:
        pytest.skip(session.trouble)
    return found


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    """Some of the sample film, one of them turned, one small, one empty."""
    with av.open(str(DEMO)) as film:
        images = [
            each.to_ndarray(format="rgb24")
            for n, each in enumerate(film.decode(video=0))
            if n % 70 == 0
        ]
    odd = [np.rot90(images[0]), images[1][:40, :50], np.zeros((0, 0, 3), np.uint8)]
    return [Frame(n, n, np.ascontiguousarray(image)) for n, image in enumerate([*images, *odd])]


def nearly_same(faces: Detections, others: Detections) -> None:
    """Check that every face overlaps its like by 0.98, its edges within 1 px."""
    assert len(faces) == len(others)
    if len(faces):
        overlaps = iou(faces.boxes, others.boxes)
        assert overlaps.max(axis=1).min() >= 0.98
        like = others[overlaps.argmax(axis=1)]
        assert np.abs(faces.boxes - like.boxes).max() <= 1
        assert np.abs(faces.scores - like.scores).max() <= 0.02


@pytest.mark.parametrize("name", ["centerface", "cnn", "scrfd"])
def test_detectors(device: Device, frames: list[Frame], tmp_path: Path, name: str) -> None:
    config = DetectionConfig(detector=name, min_score=0.3)
    with in_place(bright(), tmp_path):
        on_cpu, on_device = (detection.create(config, 2, each) for each in ("cpu", device.name))
    expected, found = on_cpu.detect(frames), on_device.detect(frames)
    assert on_device.trouble == ""
    for ours, theirs in zip(found, expected, strict=True):
        nearly_same(ours, theirs)
    assert sum(map(len, found)) > 5
    for alone, together in zip(
        [on_device.detect([each])[0] for each in frames], found, strict=True
    ):
        nearly_same(alone, together)


def chips(encoder: encoding.Encoder, frames: list[Frame]) -> ImageArray:
    """Faces of the frames, and noise."""
    aligner = alignment.create(encoder.alignment, encoder.chip_size_px, encoder.padding)
    found = detection.create(DetectionConfig(), 2).detect(frames)
    side = encoder.chip_size_px
    noise = np.random.default_rng(0).integers(0, 256, (3, side, side, 3), np.uint8)
    cut = [aligner.align(each.image, faces) for each, faces in zip(frames, found, strict=True)]
    return np.concatenate([*cut, noise])


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.asarray((a * b).sum(axis=1) / lengths)


@pytest.mark.parametrize("name", ["dlib", "retail-0095", "sface", "own"])
def test_encoders(device: Device, frames: list[Frame], tmp_path: Path, name: str) -> None:
    config = EncodingConfig(write_network(tmp_path / "own.onnx") if name == "own" else name)
    try:
        on_cpu, on_device = (encoding.create(config, 2, each) for each in ("cpu", device.name))
    except ModelError as error:
        pytest.skip(str(error))
    faces = chips(on_cpu, frames)
    expected, found = on_cpu.encode(faces), on_device.encode(faces)
    assert on_device.trouble == ""
    assert cosines(found, expected).min() >= 0.999
    alone = np.concatenate([on_device.encode(faces[n : n + 1]) for n in range(len(faces))])
    assert cosines(found, alone).min() >= 0.999
    assert on_device.encode(faces[:0]).shape == (0, on_device.dimension)


def test_auto_can_measure_it(device: Device) -> None:
    config = AnalysisConfig(encoding=EncodingConfig("dlib"))
    trouble, result = measure(device, config)
    assert trouble == ""
    assert result.agrees


def test_a_film(device: Device, tmp_path: Path) -> None:
    """The same faces and tracks; nothing printed, and nothing left in the current folder."""
    home = tmp_path / "current"
    home.mkdir()
    code = (
        "from clusterer.cli import main; import sys; "
        f"sys.exit(main([{str(DEMO)!r}, '-q', '--start', '6', '--end', '14', '-o', "
        f"{str(tmp_path / 'a.people')!r}, '--device', {device.name!r}]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=home, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert list(home.iterdir()) == []
    found = clusterer.load(tmp_path / "a.people").analysis
    expected = clusterer.analyse(DEMO, PART, tmp_path / "b.people", device="cpu")
    assert len(found.tracks) == len(expected.tracks)
    assert (found.detections.frame_index == expected.detections.frame_index).all()
    nearly_same(found.detections, expected.detections)
    assert cosines(found.chip_embeddings, expected.chip_embeddings).min() >= 0.999


def test_a_start_that_fails_leaves_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """OpenVINO for a device that there is not: ONNX Runtime logs that and takes the CPU."""
    openvino = DEVICES["openvino"]
    if openvino not in THERE:
        pytest.skip("OpenVINO is not in this ONNX Runtime")
    broken = replace(openvino, options=(("device_type", "GPU.7"),))
    monkeypatch.setitem(DEVICES, "openvino", broken)
    session = open_session(network(CARD).SerializeToString(), 1, "tiny.onnx", "", "openvino")
    assert session.device == CPU
    assert session.trouble.startswith("the device openvino does not start (")
    assert capfd.readouterr() == ("", "")
