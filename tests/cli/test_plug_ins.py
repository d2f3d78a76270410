"""Installing another package makes its detectors and formats available."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import clusterer
from tests.cli.own_process import run
from tests.conftest import DEMO, ROOT
from tests.faces.detection.test_contributing import example
from tests.plug_in_packages import install, path_with

Ran = CompletedProcess[str]

SHOUT = """
from clusterer.models.registry import Entry


class Shout:
    entry = Entry(summary="names in capitals")

    def files(self, timeline):
        names = "\\n".join(part.name.upper() for part in timeline.parts)
        return {f"{timeline.stem}.shout.txt": names.encode()}
"""


ALE = """
class Ale:
    def files(self, timeline):
        return {f"{timeline.stem}.ale": b"Heading"}
"""
FAILING = """
class Failing:
    models = {}

    def __init__(self, config, threads):
        pass

    def detect(self, frames):
        raise SystemExit("no camera")
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Folder in which packages are installed."""
    (folder := tmp_path / "site").mkdir()
    return folder


@pytest.fixture
def command(site: Path, tmp_path: Path) -> Callable[..., Ran]:
    """Run the command in a process that finds them."""
    return lambda *args: run(*args, env=path_with(site), cwd=tmp_path)


def install_detector(site: Path, version: str = "") -> Path:
    """Install the package that CONTRIBUTING.md describes; return its module."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = text.partition("## Shipping a plug-in")[2].partition("\n## ")[0]
    (toml,) = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    project = tomllib.loads(toml)["project"]
    source, _ = example()
    points = {
        group.removeprefix("cluster_video."): entries
        for group, entries in project["entry-points"].items()
    }
    return install(
        site,
        project["name"],
        source,
        points,
        version=version or project["version"],
        licence=project["license"],
    )


def test_a_complete_run_with_a_detector_of_another_package(
    site: Path, tmp_path: Path, command: Callable[..., Ran]
) -> None:
    module = install_detector(site)
    args = (DEMO, "--end", "6", "--detector", "evened", "-o", "out")
    done = command(*args)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 person" in done.stdout
    content = json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))
    assert content["config"]["analysis"]["detection"]["detector"] == "evened"
    name = "evened (somebodys-detector 1.0)"
    assert content["models"][name] == hashlib.sha256(module.read_bytes()).hexdigest()
    installed = (site / "somebodys_detector-1.0.dist-info").rename(site / "elsewhere")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert f'["{name}","BSD-2-Clause",' in page
    analysis = tmp_path / "out" / "analysis.npz"
    before = analysis.stat().st_mtime_ns

    installed.rename(site / "somebodys_detector-1.0.dist-info")
    assert command(*args, "--threshold", "0.4").returncode == 0
    assert analysis.stat().st_mtime_ns == before, "grouped again, from the stored analysis"

    shutil.rmtree(site / "somebodys_detector-1.0.dist-info")
    install_detector(site, "1.1")
    assert command(*args).returncode == 0
    assert analysis.stat().st_mtime_ns != before, "another version may find other faces"

    shutil.rmtree(site / "somebodys_detector-1.1.dist-info")
    result = clusterer.load(tmp_path / "out")
    assert "evened (somebodys-detector 1.1)" in result.analysis.models
    done = command("export", "out", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, ""), "a result does not need the plug-in"
    done = command(*args)
    assert done.returncode == 2
    assert "'evened' is not one of" in done.stderr


def test_a_plug_in_is_listed(site: Path, command: Callable[..., Ran]) -> None:
    module = install_detector(site)
    (row,) = (row for row in command("models").stdout.splitlines() if row.startswith("evened"))
    assert row.split() == [
        "evened", "detector", "0.0", "MB", "BSD-2-Clause", "-", "-", "somebodys-detector", "yes"
    ]  # fmt: skip
    description = command("models", "show", "evened").stdout
    assert "  plug-in   of the package somebodys-detector 1.0\n" in description
    assert f"  path      {module}\n" in description
    flat = " ".join(command("run", "--help").stdout.split())
    assert "--detector [cascade|centerface|cnn|evened|hog|scrfd|yunet]" in flat
    done = command("x.mp4", "--detector", "evend")
    assert done.returncode == 2
    assert "'evened', 'hog', 'scrfd', 'yunet'. Did you mean evened?" in done.stderr


def test_a_format_of_another_package(
    site: Path, tmp_path: Path, demo_folder: Path, command: Callable[..., Ran]
) -> None:
    install(site, "somebodys-format", SHOUT, {"formats": {"shout": "somebodys_format:Shout"}})
    done = command("export", demo_folder, "--format", "SHOUT", "-o", tmp_path / "shouted")
    assert (done.returncode, done.stderr) == (0, "")
    (written,) = (tmp_path / "shouted").iterdir()
    assert written.name == "demo.shout.txt"
    assert written.read_text("utf-8").splitlines()[0] == "PERSON 1"
    assert "  shout         names in capitals\n" in command("export", "--help").stdout
    rows = command("models").stdout.splitlines()
    assert any(row.startswith("shout") and "format" in row for row in rows)


def test_the_shell_completes_a_plug_in(site: Path, demo_folder: Path, tmp_path: Path) -> None:
    install(site, "somebodys-ale", ALE, {"formats": {"ale": "somebodys_ale:Ale"}})
    asks = {
        "_CLUSTER_VIDEO_COMPLETE": "bash_complete",
        "COMP_WORDS": f"cluster-video export {demo_folder} --format a",
        "COMP_CWORD": "4",
    }
    done = run(env={**path_with(site), **asks}, cwd=tmp_path)
    assert done.stdout.splitlines() == ["plain,ale", "plain,avid"]


def test_a_format_under_its_own_ending(
    site: Path, tmp_path: Path, demo_folder: Path, command: Callable[..., Ran]
) -> None:
    install(site, "somebodys-ale", ALE, {"formats": {"ale": "somebodys_ale:Ale"}})
    done = command("export", demo_folder, "--format", "ale", "-q", "-o", "bin.ale")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "bin.ale").read_text("utf-8") == "Heading"
    done = command("export", demo_folder, "--format", "ale", "-o", "bin.csv")
    assert done.returncode == 2
    assert "bin.csv ends in .csv, but the format is .ale. Name it bin.ale" in done.stderr


def test_a_plug_in_that_fails_at_work_is_named(site: Path, command: Callable[..., Ran]) -> None:
    install(site, "somebodys-eye", FAILING, {"detectors": {"eye": "somebodys_eye:Failing"}})
    done = command(DEMO, "--end", "2", "--detector", "eye", "-o", "out")
    assert done.returncode == 70
    assert re.fullmatch(
        r"Error: The detector 'eye' of the package somebodys-eye 1\.0 failed "
        r"\(SystemExit: no camera\)\. Tell its author, or use another one\. "
        r"The traceback is in \S+; --debug shows it\n",
        done.stderr,
    )
    done = command(DEMO, "--end", "2", "--detector", "eye", "-o", "out", "--debug")
    assert 'raise SystemExit("no camera")' in done.stderr


def test_a_broken_plug_in_does_not_affect_others(
    site: Path, demo_folder: Path, command: Callable[..., Ran]
) -> None:
    groups = ("detectors", "encoders", "alignments", "methods", "formats")
    points = {group: {"broken": "somebodys_wreck:Wreck"} for group in groups}
    points["detectors"]["hog"] = "somebodys_wreck:Wreck"
    install(site, "somebodys-wreck", "import no_such_library", points)
    for args in (["--help"], ["run", "--help"], ["export", "--help"], ["tune", "--help"]):
        done = command(*args)
        assert (done.returncode, done.stderr) == (0, ""), args
    assert "  broken        cannot be loaded: see cluster-video models\n" in (
        command("export", "--help").stdout
    )
    done = command("models")
    assert (done.returncode, done.stderr) == (0, "")
    notes = [line for line in done.stdout.splitlines() if line.startswith("Note: ")]
    assert len(notes) == 6
    assert notes[1].startswith("Note: The detector 'hog' of somebodys-wreck 1.0 is not used: ")
    done = command("export", demo_folder, "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    for args in (
        (DEMO, "--detector", "broken"),
        (DEMO, "--method", "broken"),
        ("export", demo_folder, "--format", "broken"),
    ):
        done = command(*args)
        assert done.returncode == 1
        assert re.fullmatch(
            r"Error: The (detector|method|format) 'broken' of the package somebodys-wreck 1\.0 "
            r"cannot be loaded \(ModuleNotFoundError: .*\)\. Install .*\n",
            done.stderr,
        )
