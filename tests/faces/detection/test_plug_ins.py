"""Detectors of other packages: what they may get wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from clusterer.core.config import DetectionConfig
from clusterer.core.errors import PlugInError
from clusterer.core.types import Frame
from clusterer.faces import detection
from clusterer.pipeline.device import troubles
from tests.plug_in_packages import importing, install

SOURCE = """
from dataclasses import replace

import numpy as np
from clusterer.core.types import Detections


class Nothing:
    models = {}

    def __init__(self, config, threads):
        pass

    def detect(self, frames):
        return tuple(Detections.empty() for _ in frames)


class Placed(Nothing):
    def __init__(self, config, threads, device="cpu"):
        self.trouble = f"the device {device} is not for this"


class Raises(Nothing):
    def detect(self, frames):
        raise ZeroDivisionError("by nought")


class Short(Nothing):
    def detect(self, frames):
        return []


class Numbers(Nothing):
    def detect(self, frames):
        return [3 for _ in frames]


class Shifted(Nothing):
    def detect(self, frames):
        one, box = np.ones(1), np.array([[1, 1, 90, 90]])
        return [Detections(one * 77, one, box, one, np.zeros((1, 5, 2))) for _ in frames]


class Nameless(Nothing):
    models = {"weights": 3}
"""
FRAMES = [Frame(i, i, np.zeros((100, 100, 3), np.uint8)) for i in range(2)]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packages that are found."""
    with importing(tmp_path, monkeypatch):
        yield tmp_path


def make(site: Path, name: str) -> detection.Detector:
    install(site, "somebodys-eye", SOURCE, {"detectors": {"eye": f"somebodys_eye:{name}"}})
    return detection.create(DetectionConfig(detector="eye"), 1)


def test_what_fits_passes(site: Path) -> None:
    detector = make(site, "Nothing")
    assert (detector.name, detector.models) == ("eye", {})
    assert [len(found) for found in detector.detect(FRAMES)] == [0, 0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Raises", r"failed \(ZeroDivisionError: by nought\)"),
        ("Short", "returned 0 results for 2 frames"),
        ("Numbers", "returned int objects"),
        ("Shifted", "returned faces of other frames"),
    ],
)
def test_what_does_not_fit(site: Path, name: str, told: str) -> None:
    detector = make(site, name)
    with pytest.raises(PlugInError, match=rf"'eye' of the package somebodys-eye 1\.0 {told}\."):
        detector.detect(FRAMES)


def test_models_are_names_and_hashes(site: Path) -> None:
    with pytest.raises(PlugInError, match="other things than names and hashes in models"):
        make(site, "Nameless")


def test_a_class_with_a_device_is_given_one(site: Path) -> None:
    make(site, "Placed")
    placed = detection.create(DetectionConfig(detector="eye"), 1, "cuda")
    assert troubles(placed) == ["the device cuda is not for this"]


def test_a_class_without_a_device_works_on_any(site: Path) -> None:
    make(site, "Nothing")
    plain = detection.create(DetectionConfig(detector="eye"), 1, "cuda")
    assert [len(faces) for faces in plain.detect(FRAMES)] == [0, 0]
    assert troubles(plain) == []
