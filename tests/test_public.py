"""The public names of ``import clusterer``: their cost and the examples in their docstrings."""

from __future__ import annotations

import ast
import doctest
import pathlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import clusterer
from tests.conftest import DEMO
from tests.small_result import FITS, small_result

NEED_A_VIDEO = {
    "Cluster", "FilmOutcome", "ListNaming", "ListedName", "MissedFace", "Outcome", "ProjectNaming",
    "RunOutcome", "Scratch", "add_face", "analyse", "find", "find_face", "load", "name_by_list",
    "name_project_by_list", "process", "process_all",
}  # fmt: skip
"""Public names whose use needs a film, a result folder, a photograph or another machine."""
OF_OTHERS = {
    "Action", "CastAction", "ChipConfig", "ClothingConfig", "DetectionConfig", "Doubt",
    "EncodingConfig", "FilmState", "Move", "Reason", "RunStatus", "Scope", "ShotConfig",
    "TrackingConfig", "Verdict", "VideoConfig", "__version__",
}  # fmt: skip
"""Sections of a configuration, and enumerations: see the example of the type that contains them."""


def examples(name: str) -> list[doctest.DocTest]:
    """Examples of a public name and its methods, run on the small result."""
    thing = getattr(clusterer, name)
    result = replace(small_result(), calibration=FITS)
    names = {
        "clusterer": clusterer,
        "pathlib": pathlib,
        "result": result,
        "analysis": result.analysis,
    }
    module = sys.modules[getattr(thing, "__module__", "clusterer")]
    tests_found = doctest.DocTestFinder().find(thing, name, module=module, globs=names)
    return [test for test in tests_found if any(not one.options for one in test.examples)]


@pytest.mark.parametrize("name", sorted({*clusterer.__all__} - NEED_A_VIDEO - OF_OTHERS))
def test_examples_hold(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    runner = doctest.DocTestRunner()
    output: list[str] = []
    for test in examples(name):
        runner.run(test, out=output.append)
    assert runner.tries > 0
    assert not runner.failures, "".join(output)


def test_the_lists_of_exceptions_are_minimal() -> None:
    """A name with an example must not be in the two lists above."""
    assert not {name for name in NEED_A_VIDEO | OF_OTHERS if examples(name)}


def test_the_directory_shows_the_public_names() -> None:
    shown = dir(clusterer)
    assert shown == sorted(shown)
    assert {name for name in shown if not name.startswith("__")} == {
        name for name in clusterer.__all__ if name != "__version__"
    }
    assert {"Hook", "__doc__", "__version__", "__all__"} <= set(shown)


def test_the_names_that_type_checkers_see_are_the_public_ones() -> None:
    tree = ast.parse(Path(clusterer.__file__).read_text("utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    typed_names = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("clusterer.")
        for alias in node.names
    }
    assert typed_names.keys() == {*clusterer.__all__} - {"__version__"}
    for name, home in typed_names.items():
        assert getattr(clusterer, name) is getattr(sys.modules[str(home)], name)


def test_a_user_s_script_is_type_checked(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        """import clusterer
from clusterer import ClusteringResult, Edit

result: ClusteringResult = clusterer.load("a.people")
names: list[str] = [person.name for person in result.at(12.5)]
edit: Edit = clusterer.Editor(result).name(result.people[0], "Anna")
longest: float = float(result.spans_s("Anna").max())
wrong: int = result.person("Anna").name
clusterer.proces("a.mp4")
clusterer.decide(result.analysis)
""",
        "utf-8",
    )
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(clusterer.__file__).parents[1],
    )
    errors = [line for line in run.stdout.splitlines() if ": error: " in line]
    assert [line.rpartition("[")[2] for line in errors] == [
        "assignment]", "attr-defined]", "call-arg]",
    ], run.stdout  # fmt: skip


def of_a_new_process(code: str) -> str:
    """Output of code in a new process."""
    root = Path(clusterer.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    return run.stdout


def test_importing_is_fast() -> None:
    code = "import time; s = time.process_time(); import clusterer; print(time.process_time() - s)"
    assert min(float(of_a_new_process(code)) for _ in range(3)) <= 0.05


def test_a_run_does_not_import_pandas(tmp_path: Path) -> None:
    code = f"""
import sys
import clusterer
part = clusterer.AnalysisConfig(video=clusterer.VideoConfig(end_s=4.0))
clusterer.process({str(DEMO)!r}, clusterer.Config(part), {str(tmp_path / "x.people")!r})
result = clusterer.load({str(tmp_path / "x.people")!r})
print("pandas" in sys.modules, len(result.tables.faces), end=" ")
result.tables.faces.to_pandas()
print("pandas" in sys.modules)
"""
    before, faces, after = of_a_new_process(code).split()
    assert (before, after) == ("False", "True")
    assert int(faces) > 0
