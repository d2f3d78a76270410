"""The table of devices, and the names of those that can be used."""

from __future__ import annotations

import re
import subprocess
import sys

import onnxruntime
import pytest

from clusterer.core.errors import ConfigError
from clusterer.models.devices import DEVICES, available, check
from tests.conftest import ROOT


def with_providers(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [*names])


def test_the_cpu_comes_first_then_all_by_name() -> None:
    first, *others = DEVICES
    assert first == "cpu"
    assert others == sorted(others)
    assert all(name == device.name for name, device in DEVICES.items())
    assert len({device.provider for device in DEVICES.values()}) == len(DEVICES)


def test_the_devices_of_the_installed_library(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = ("AzureExecutionProvider", "CPUExecutionProvider")
    with_providers(monkeypatch, *usual)
    assert [device.name for device in available()] == ["cpu"]
    with_providers(monkeypatch, "TensorrtExecutionProvider", "CUDAExecutionProvider", *usual)
    assert [device.name for device in available()] == ["cpu", "cuda"]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("cuda", "pip install onnxruntime-gpu"),
        ("directml", "pip install onnxruntime-directml"),
        ("openvino", "pip install onnxruntime-openvino"),
        ("coreml", "macOS"),
    ],
)
def test_a_device_that_cannot_be_used_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, name: str, remedy: str
) -> None:
    with_providers(monkeypatch, "CPUExecutionProvider")
    with pytest.raises(ConfigError, match=f"cannot use the device '{name}'") as raised:
        check(name)
    assert remedy in raised.value.remedy
    with_providers(monkeypatch, DEVICES[name].provider, "CPUExecutionProvider")
    check(name)


@pytest.mark.parametrize("name", ["", "gpu", "CUDA", "cudda", "CUDAExecutionProvider"])
def test_an_unknown_device_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match="no device named") as raised:
        check(name)
    assert "auto, cpu, coreml, cuda, directml, openvino" in raised.value.remedy
    assert ("Did you mean cuda?" in raised.value.remedy) == (name == "cudda")


def test_names_are_checked_without_onnx_runtime() -> None:
    code = (
        "import sys; from clusterer.models.devices import check; check('auto'); check('cpu'); "
        "assert not {'onnxruntime', 'numpy'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_device_is_documented() -> None:
    page = (ROOT / "docs" / "how-to" / "graphics-card.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|", page, re.MULTILINE)
    assert {name for name, _ in rows} == {*DEVICES}
    for name, package in rows:
        wanted = DEVICES[name].package
        assert wanted == "onnxruntime" or f"`{wanted}`" in package
