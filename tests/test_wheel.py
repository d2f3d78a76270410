"""The wheel is complete, and contains nothing that may not be distributed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

_NO_BACKEND = ("No matching distribution", "Could not find a version", "No module named pip",
               "hatchling", "Network is unreachable", "Temporary failure")  # fmt: skip


def pip(*args: object) -> None:
    """Run pip; skip where it, the network or the build backend is missing."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and any(sign in done.stderr for sign in _NO_BACKEND):
        pytest.skip(f"no wheel can be built here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--quiet", "--wheel-dir", folder, ROOT)
    (path,) = folder.glob("cluster_video-*.whl")
    return path


def test_the_wheel_contains_templates_and_marker(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
    for template in (ROOT / "templates").iterdir():
        assert f"clusterer/outputs/templates/{template.name}" in names
    assert {"clusterer/outputs/templates/workspace.html", "clusterer/py.typed"} <= names


def test_the_wheel_contains_every_module_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "clusterer").rglob("*.py")}
    assert modules <= names
    assert {name.split("/")[0] for name in names} == {"clusterer"}
    assert {Path(name).suffix for name in names} <= {
        ".py", ".txt", ".typed", ".html", ".css", ".js", ".onnx", ".md", ".ttf",
    }  # fmt: skip
    assert {
        "clusterer/clothing/clothing.int8.onnx",
        "clusterer/clothing/MODEL_CARD.md",
        "clusterer/faces/detection/centerface.onnx",
        "clusterer/faces/detection/CENTERFACE.md",
        "clusterer/faces/encoding/SFACE.LICENSE.txt",
        "clusterer/faces/encoding/SFACE.md",
        "clusterer/faces/encoding/sface.fp16.onnx",
        "clusterer/outputs/stills/DEJAVU.LICENSE.txt",
        "clusterer/outputs/stills/DejaVuSans.ttf",
    } <= names
    assert wheel.stat().st_size < 30_000_000  # 3.3, 7.3 and 17.5 MB are the weights


def test_command_is_declared(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        (name,) = [name for name in file.namelist() if name.endswith("entry_points.txt")]
        assert "cluster-video = clusterer.cli:main" in file.read(name).decode()


RENDER = """
import pickle, sys
from pathlib import Path
import clusterer, clusterer.outputs.report
assert Path(clusterer.__file__).is_relative_to(sys.argv[1]), clusterer.__file__
result = pickle.loads(Path(sys.argv[2]).read_bytes())
page = clusterer.outputs.report.render(result, lambda row: None)
assert "Person 1" in page and page.rstrip().endswith("</html>")
"""


def test_report_renders_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    import pickle  # noqa: PLC0415 - only this test needs it

    from tests.small_result import small_result  # noqa: PLC0415 - only this test needs it

    target = tmp_path / "installed"
    pip("install", "--no-deps", "--no-index", "--quiet", "--target", target, wheel)
    stored = tmp_path / "result.pickle"
    stored.write_bytes(pickle.dumps(small_result()))
    subprocess.run(
        [sys.executable, "-c", RENDER, target, stored],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
        check=True,
    )
