"""What ``cluster-video doctor`` says of this machine, and what it leaves alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import av
import onnxruntime
import pytest

from clusterer._version import __version__
from clusterer.core.config import AnalysisConfig
from clusterer.core.cores import usable_cores
from clusterer.faces import detection, encoding
from clusterer.models.cache import ENVIRONMENT_VARIABLE
from clusterer.pipeline import device as device_module
from clusterer.pipeline.device import Measured
from tests.cli.conftest import Ran
from tests.fake_devices import Card

Command = Callable[..., Ran]


def facts(out: str) -> dict[str, str]:
    """Text by label; long lines are continued."""
    found: dict[str, str] = {}
    label = ""
    for line in out.splitlines():
        label = line[:10].strip() or label
        found[label] = f"{found[label]} {line[10:]}" if label in found else line[10:]
    return found


def test_it_describes_this_machine(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER_VIDEO_SECRET", "do not print this")
    ran = command("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert "do not print this" not in ran.out
    found = facts(ran.out)
    assert found["version"] == f"cluster-video {__version__}"
    assert found["cores"] == f"{usable_cores()} usable of {os.cpu_count()}"
    assert found["FFmpeg"].endswith(f"in PyAV {av.__version__}")
    assert onnxruntime.__version__ in found["ONNX"]
    assert "CPU" in found["ONNX"]
    assert f"av {av.__version__}" in found["libraries"]
    assert found["encoder"] == "auto is sface"
    for registry in (detection.DETECTORS, encoding.ENCODERS):
        here, _, missing = found[f"{registry.kind}s"].partition("; not here: ")
        assert set(registry.names()) == {*here.split(", "), *filter(None, missing.split(", "))}
    assert "sface" in found["encoders"].partition(";")[0]
    assert "retail-0095" in found["encoders"].partition("; not here")[2]
    assert "CLUSTER_VIDEO_SECRET" in found["settings"]


def test_it_leaves_nothing(command: Command, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert command("doctor").code == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_the_home_folder_is_not_named(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    below = tmp_path / "films"
    below.mkdir()
    monkeypatch.chdir(below)
    here = facts(command("doctor").out)["here"]
    assert here.startswith(f"{Path('~') / 'films'}, ")
    assert here.endswith(" GB free")


def test_a_folder_that_cannot_be_written_to(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_args: False)
    found = facts(command("doctor").out)
    assert found["cache"].endswith("GB free, cannot be written to")
    assert found["here"].endswith("GB free, cannot be written to")


def test_without_an_accelerator_nothing_is_measured(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    found = facts(command("doctor").out)
    assert (found["devices"], found["device"]) == ("cpu", "auto is cpu")


def test_it_gives_the_choice_of_the_device_and_its_figures(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Card().install(monkeypatch)
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "cache"))
    found = facts(command("doctor").out)
    assert found["devices"] == "cpu, cuda"
    assert found["device"] == "auto is cpu; cuda is not measured yet"
    result = Measured(1.0, 0.25, agrees=True)
    monkeypatch.setattr(device_module, "measure", lambda *_: ("", result))
    device_module.choose("auto", AnalysisConfig(), lambda _: None)
    found = facts(command("doctor").out)
    assert found["device"] == "auto is cuda; cuda takes 0.25 times as long as the CPU"


def test_it_says_why_a_device_does_not_start(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Card(loads=False).install(monkeypatch)
    found = facts(command("doctor").out)
    assert found["device"].startswith("auto is cpu; cuda is not measured yet; the device cuda does")
