"""A training keeps to itself, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.face_files import write_people
from tests.garment_files import write_garments
from tests.offline.test_switches import EVERYTHING, KNOWN, UNWANTED, after, turned_on
from tests.offline.traced import Machine

KNOWN_OF_TRAINING = {
    # torch: compiled kernels shared over Redis
    "TORCHINDUCTOR_FX_GRAPH_REMOTE_CACHE": "0",
    "TORCHINDUCTOR_AUTOTUNE_REMOTE_CACHE": "0",
    "TORCHINDUCTOR_BUNDLED_AUTOTUNE_REMOTE_CACHE": "0",
    "TORCHINDUCTOR_AUTOGRAD_REMOTE_CACHE": "0",
}
TRAINING = """
import clusterer.training.faces, clusterer.training.clothing, clusterer.training.quantise
from torch._functorch import config as functorch
from torch._inductor import config as inductor
assert not functorch.enable_remote_autograd_cache
assert not inductor.fx_graph_remote_cache
assert not inductor.autotune_remote_cache
assert not inductor.bundled_autotune_remote_cache
"""
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


def test_switches_are_off() -> None:
    known = KNOWN | KNOWN_OF_TRAINING
    code = EVERYTHING.replace("print(", TRAINING + "print(")
    _, late, environment = after(code, **turned_on(known))
    assert {"torch", "torchvision"} <= late
    assert late.isdisjoint(UNWANTED)
    assert {name: environment[name] for name in known} == known


def test_works_without_a_writable_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR", raising=False)  # set by other tests of training
    (tmp_path / "file").write_text("")
    _, _, environment = after(
        EVERYTHING.replace("print(", TRAINING + "print("),
        CLUSTER_VIDEO_CACHE=str(tmp_path / "file"),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path)),
    )
    assert Path(environment["TORCHINDUCTOR_CACHE_DIR"]).parent == tmp_path
