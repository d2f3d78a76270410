"""A training keeps to itself, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..face_files import write_people
from ..garment_files import write_garments
from ..offline.traced import Machine

QUICK = ("--epochs", 1, "--batch-size", 8, "--threads", 1, "--quiet")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"))


def test_of_faces(machine: Machine, tmp_path: Path) -> None:
    data, result = write_people(tmp_path / "people"), machine.results / "faces"
    flags = ("--size", 16, "--dimension", 8, "--held-out", 0.25, "-o", result)
    machine.do("train", "face", "--data", data, *QUICK, *flags).check()
    assert (result / "best.onnx").exists()


def test_of_clothing(machine: Machine, tmp_path: Path) -> None:
    parts = {"clothing": 20, "street": 12}
    data = write_garments(tmp_path / "fashion", parts, backgrounds=2)
    result = machine.results / "clothing"
    flags = ("--width", 4, "--size", 32, "--parts", "clothing,street", "-o", result)
    machine.do("train", "clothing", "--data", data, *QUICK, *flags).check()
    assert (result / "clothing.int8.onnx").exists()
