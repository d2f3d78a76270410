"""Detection on devices other than the CPU: batches of one shape, and the same faces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clusterer.core.config import DetectionConfig
from clusterer.core.types import Detections, Frame
from clusterer.faces.detection import Detector, create
from clusterer.pipeline.device import drawn_frames
from tests.faces.detection.scrfd_network import bright, in_place
from tests.fake_devices import Card

LOW = DetectionConfig(min_score=0.05)


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    """Eleven: some upright, one of a few pixels, one empty."""
    drawn = [frame.image for frame in drawn_frames()]
    odd = [drawn[0][:, 100:300], np.zeros((0, 0, 3), np.uint8), drawn[1][:3, :5]]
    images = [*drawn[:4], *odd, *drawn[4:]]
    return [Frame(n, 10 * n, image) for n, image in enumerate(images)]


def same(a: Detections, b: Detections) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=name == "landmarks")
        for name in ("frame_index", "pts", "boxes", "scores", "landmarks")
    )


def all_same(a: list[Detections], b: list[Detections]) -> bool:
    return len(a) == len(b) and all(map(same, a, b))


@pytest.fixture(scope="module")
def expected(frames: list[Frame]) -> list[Detections]:
    found = create(LOW, 2).detect(frames)
    assert sum(map(len, found)) >= 16
    return found


@pytest.mark.parametrize(
    ("device", "provider", "batches"),
    [
        ("cuda", "CUDAExecutionProvider", [8, 8, 8]),  # one for each shape, each filled up
        ("openvino", "OpenVINOExecutionProvider", [2, 2, 2, 2, 1, 1]),
    ],
)
def test_centerface_finds_the_same_in_batches(  # noqa: PLR0917 (pytest passes by name)
    monkeypatch: pytest.MonkeyPatch,
    frames: list[Frame],
    expected: list[Detections],
    device: str,
    provider: str,
    batches: list[int],
) -> None:
    card = Card(provider)
    card.install(monkeypatch)
    detector = create(LOW, 2, device)
    found = detector.detect(frames)
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.frame_index == theirs.frame_index).all()
        assert np.allclose(ours.boxes, theirs.boxes, atol=0.01)
        assert np.allclose(ours.scores, theirs.scores, atol=1e-4)
    assert [shape[0] for shape in card.shapes] == batches
    assert len({shape[1:] for shape in card.shapes}) == 3
    assert detector.detect([]) == []


def test_centerface_looks_at_one_picture_per_thread_after_the_device_failed(
    monkeypatch: pytest.MonkeyPatch, frames: list[Frame], expected: list[Detections]
) -> None:
    card = Card(fails_from=1)
    card.install(monkeypatch)
    detector = create(LOW, 2, "cuda")
    detector.detect(frames[:1])
    assert "the device cuda fails" in str(detector.trouble)
    assert all_same(detector.detect(frames), expected)
    assert len(card.shapes) == 1


@pytest.mark.parametrize("name", ["cnn", "scrfd"])
def test_networks_without_batches_take_one_picture_at_a_time(
    monkeypatch: pytest.MonkeyPatch, frames: list[Frame], tmp_path: Path, name: str
) -> None:
    card = Card()

    def both() -> tuple[Detector, Detector]:
        config = DetectionConfig(detector=name)
        on_cpu = create(config, 2)
        card.install(monkeypatch)
        return on_cpu, create(config, 2, "cuda")

    with in_place(bright(), tmp_path):
        on_cpu, on_card = both()
    assert all_same(on_card.detect(frames), on_cpu.detect(frames))
    assert {shape[0] for shape in card.shapes} == {1}
    assert on_card.trouble == ""


@pytest.mark.parametrize("name", ["hog", "centerface"])
def test_detectors_without_a_device_are_created_as_ever(
    monkeypatch: pytest.MonkeyPatch, frames: list[Frame], name: str
) -> None:
    card = Card()
    card.install(monkeypatch)
    create(DetectionConfig(detector=name), 1, "cuda").detect(frames[:1])
    assert len(card.options) == (name == "centerface")
