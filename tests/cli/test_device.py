"""``--device``: names, and a device that fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnxruntime
import pytest

from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.fake_devices import Card

Command = Callable[..., Ran]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("cuda", "cannot use the device 'cuda'. Install onnxruntime-gpu in place of onnxruntime"),
        ("openvino", "pip install onnxruntime-openvino"),
        ("gpu", "'gpu' is not one of 'auto', 'cpu', 'coreml', 'cuda', 'directml', 'openvino'"),
    ],
)
def test_a_device_that_cannot_be_used_gives_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str, line: str
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    ran = command(DEMO, "--device", name, "-o", "out")
    assert ran.code == 2
    (error,) = (each for each in ran.err.splitlines() if each.startswith("Error: "))
    assert line in error
    assert not Path("out").exists()


def test_a_device_that_fails_gives_a_note_and_a_result(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Card(loads=False).install(monkeypatch)
    ran = command(DEMO, "--end", "2", "--device", "CUDA", "-o", "out")
    assert ran.code == 0
    lines = [line for line in ran.err.splitlines() if "cuda" in line]
    assert len(lines) == 1
    assert "the device cuda does not start" in lines[0]
    assert "the CPU is used instead" in lines[0]
    assert Path("out", "report.html").is_file()
