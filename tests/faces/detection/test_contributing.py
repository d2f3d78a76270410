"""The example of CONTRIBUTING.md is a detector: one file and one line suffice.

Every test of the contract is imported by name, and runs here with the detector of the example.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import clusterer
from clusterer.core.config import AnalysisConfig, Config, DetectionConfig, VideoConfig
from clusterer.faces import detection
from clusterer.faces.detection import DETECTORS, Detector, create
from clusterer.models.registry import Entry
from tests.conftest import DEMO, ROOT
from tests.faces.detection.test_contract import *  # noqa: F403 (a test added there runs here, too)
from tests.test_imports import forbidden, printing_lines, undocumented

NAME = "evened"
MODULE = f"clusterer.faces.detection.{NAME}"


def example() -> tuple[str, str]:
    """Source of the example, and its line for the registry."""
    path = ROOT / "CONTRIBUTING.md"
    if not path.is_file():
        pytest.skip("CONTRIBUTING.md is not part of this distribution")
    section = path.read_text("utf-8").partition("## Adding a detector\n")[2].partition("\n## ")[0]
    module, line = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert f"`clusterer/faces/detection/{NAME}.py`" in section
    return module, line


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the example as a contributor would."""
    source, line = example()
    folder = tmp_path_factory.mktemp("contributed")
    path = folder / f"{NAME}.py"
    path.write_text(source, "utf-8")
    ((name, entry),) = eval(f"{{{line}}}", {"Entry": Entry}).items()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detection, "__path__", [*detection.__path__, str(folder)])
        patch.setitem(DETECTORS.built_in, name, entry)
        yield path
        sys.modules.pop(MODULE, None)
        vars(detection).pop(NAME, None)


@pytest.fixture(scope="module", params=[NAME])
def detector(added: Path, request: pytest.FixtureRequest) -> Detector:
    """Replaces the detector of the contract."""
    return create(DetectionConfig(detector=request.param), threads=2)


def test_all_of_the_contract_runs_here() -> None:
    assert "test_finds_a_real_face" in globals()
    assert sum(name.startswith("test_") for name in globals()) > 15


def test_the_detector_is_the_example(added: Path, detector: Detector) -> None:
    assert NAME in detection.names()
    assert sys.modules[type(detector).__module__].__file__ == str(added)


def test_the_example_follows_the_house_rules(added: Path) -> None:
    source = added.read_text("utf-8")
    tree = ast.parse(source)
    assert forbidden(MODULE, source) == set()
    assert printing_lines(source) == []
    assert list(undocumented(tree, MODULE)) == []


def test_a_complete_run(added: Path, tmp_path: Path) -> None:
    """Six seconds of the sample film: a title, then Eileen Collins from 2.5 s."""
    config = Config(
        analysis=AnalysisConfig(
            video=VideoConfig(end_s=6.0), detection=DetectionConfig(detector=NAME)
        )
    )
    result = clusterer.process(DEMO, config, tmp_path / "demo.people").result
    assert result.config.analysis.detection.detector == NAME
    (person,) = result.people
    assert person.screen_time_s == pytest.approx(3.5, abs=0.3)
    boxes = result.analysis.detections.boxes
    assert np.abs(boxes[0] - [223.9, 65.0, 344.1, 219.0]).max() < 40  # the truth at 2.5 s
