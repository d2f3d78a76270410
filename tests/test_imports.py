"""The order of the rooms, and other rules for every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import clusterer

ROOT = Path(clusterer.__file__).parent
MODULES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
EVERY_MODULE = pytest.mark.parametrize("module", MODULES)

ORDER = (
    "__main__", "cli", "training", "tuning", "evaluation", "review", "removal", "gallery",
    "project", "pipeline", "outputs", "store", "people", "faces", "clothing", "edits", "media",
    "models", "core",
)  # fmt: skip
"""Rooms from top to bottom: each imports only from those after it."""
SHARED = {"_version"}

TRAINS = {"torch", "torchvision", "pytorch_metric_learning", "onnxscript"}
"""Libraries of the extra [train]: imported only by `clusterer.training`, and only when used."""

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
HEAVY = (
    "numpy",
    "cv2",
    "onnxruntime",
    "av",
    "skimage",
    "sklearn",
    "hdbscan",
    "dlib",
    "scipy",
    "jinja2",
    "matplotlib",
    "openpyxl",
    "pandas",
    "opentimelineio",
    "pyarrow",
    "starlette",
    "uvicorn",
)


def room_of(module: str) -> str:
    """``clusterer.media.probe`` → ``media``; the package itself is ``''``."""
    return module.partition(".")[2].partition(".")[0]


def imported(tree: ast.AST) -> Iterator[str]:
    """Rooms that a module imports from, anywhere in its code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            names = [f"relative import in line {node.lineno}"]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "clusterer":
                room = room_of(name)
                yield "_version" if room == "__version__" else room
            elif name.startswith("relative"):
                yield name


def from_the_extra(source: str) -> set[str]:
    """Libraries of the extra [train] that a module imports, anywhere in its code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names} & TRAINS


def forbidden(module: str, source: str) -> set[str]:
    """Rooms that a module imports from against the order."""
    room = room_of(module)
    rooms = set(imported(ast.parse(source))) - {room} - SHARED
    if room == "":  # public names may come from every room
        return rooms - set(ORDER)
    return rooms - set(ORDER[ORDER.index(room) + 1 :]) if room in ORDER else rooms


def printing_lines(source: str) -> list[int]:
    """Lines that print or end the program."""
    exits = {("sys", "exit"), ("os", "_exit"), ("os", "abort")}
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in {"print", "exit", "quit", "SystemExit"}:
            lines.append(node.lineno)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in exits | {("sys", "stdout"), ("sys", "stderr")}:
                lines.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "sys":
            lines += [node.lineno for alias in node.names if alias.name == "exit"]
    return lines


def undocumented(node: ast.Module | ast.ClassDef, name: str) -> Iterator[str]:
    """Public modules, classes and functions without a docstring."""
    if ast.get_docstring(node) is None:
        yield name
    for child in node.body:
        if not isinstance(child, (ast.ClassDef, *FUNCTION)) or child.name.startswith("_"):
            continue
        if isinstance(child, ast.ClassDef):
            yield from undocumented(child, f"{name}.{child.name}")
        elif ast.get_docstring(child) is None:
            yield f"{name}.{child.name}"


def test_every_room_is_in_the_order() -> None:
    assert {room_of(module) for module in MODULES} == {*ORDER, *SHARED, ""}


def test_there_are_few_rooms() -> None:
    assert len([p for p in ROOT.iterdir() if p.name != "__pycache__"]) <= 22


@EVERY_MODULE
def test_imports_follow_the_order(module: str) -> None:
    assert forbidden(module, MODULES[module].read_text("utf-8")) == set()


@EVERY_MODULE
def test_only_training_needs_the_extra(module: str) -> None:
    if room_of(module) != "training":
        assert from_the_extra(MODULES[module].read_text("utf-8")) == set()


@EVERY_MODULE
def test_only_the_command_line_prints_or_exits(module: str) -> None:
    if room_of(module) != "cli":
        assert printing_lines(MODULES[module].read_text("utf-8")) == []


@EVERY_MODULE
def test_public_names_have_docstrings(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    assert list(undocumented(tree, module)) == []


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("clusterer.faces.tracking", "from clusterer.people import constraints", {"people"}),
        ("clusterer.faces.tracking", "from clusterer import people", {"people"}),
        ("clusterer.faces.tracking", "import clusterer.pipeline", {"pipeline"}),
        ("clusterer.faces.tracking", "def f():\n    from clusterer.cli import main", {"cli"}),
        ("clusterer.faces.tracking", "from clusterer.core.types import Track\nimport av", set()),
        ("clusterer.faces.tracking", "from clusterer.unheard import of", {"unheard"}),
        ("clusterer.media.probe", "from clusterer.media.decode import f", set()),
        ("clusterer.core.types", "from clusterer import media", {"media"}),
        ("clusterer.people.features", "from . import video", {"relative import in line 1"}),
        ("clusterer.store.load", "from clusterer.people.decide import decide", set()),
        ("clusterer.people.decide", "from clusterer.store.load import load", {"store"}),
        ("clusterer.pipeline", "from clusterer.cli import main", {"cli"}),
        ("clusterer.tuning.clips", "from clusterer.training import export", {"training"}),
        ("clusterer", "from clusterer.pipeline import process", set()),
        ("clusterer", "from clusterer.unheard import of", {"unheard"}),
    ],
)
def test_an_import_against_the_order_is_detected(
    module: str, source: str, expected: set[str]
) -> None:
    assert forbidden(module, source) == expected


@pytest.mark.parametrize(
    "source", ["import torch.nn", "def f():\n    from torch import nn", "import numpy, onnxscript"]
)
def test_imports_of_the_extra_are_detected(source: str) -> None:
    assert from_the_extra(source)
    assert not from_the_extra("import onnx\nfrom clusterer.training import export")


@pytest.mark.parametrize(
    "source",
    [
        "print(1)",
        "import sys\nsys.exit(1)",
        "raise SystemExit",
        "import os\nos._exit(0)",
        "from sys import exit",
        "import sys\nsys.stdout.write('a')",
    ],
)
def test_printing_and_exiting_are_detected(source: str) -> None:
    assert printing_lines(source)
    assert not printing_lines("import sys\nsys.path\nfingerprint = 1")


def test_missing_docstrings_are_detected() -> None:
    bare = ast.parse(
        '"""M."""\nclass A:\n    def b(self): ...\n    def _c(self): ...\ndef d(): ...'
    )
    assert list(undocumented(bare, "m")) == ["m.A", "m.A.b", "m.d"]


def loaded_by(statement: str) -> set[str]:
    """Modules that a statement loads in a new process."""
    code = f"import sys; {statement}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    return set(run.stdout.split())


def edges(modules: Iterable[str]) -> dict[str, set[str]]:
    """Module → the others that it imports, anywhere in its code."""
    names = set(modules)
    imports: dict[str, set[str]] = {}
    for module in names:
        imports[module] = set()
        for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                whole = {f"{node.module}.{alias.name}" for alias in node.names} & names
                imports[module] |= whole or ({node.module} & names)
    return imports


CIRCLE = {
    "clusterer.core.clock", "clusterer.core.tables", "clusterer.core.types",
    "clusterer.core.types._result",
}  # fmt: skip
"""The only one: a result makes its tables, which are made of the types of a result."""


def in_circles(imports: dict[str, set[str]]) -> set[str]:
    """Modules that import one another in a circle."""
    left = {module: set(needs) for module, needs in imports.items()}
    while True:
        needed = {each for module, needs in left.items() for each in needs - {module}}
        free = {module for module, needs in left.items() if not needs & left.keys() - {module}}
        free |= left.keys() - needed
        if not free:
            return set(left)
        left = {module: needs for module, needs in left.items() if module not in free}


def test_no_circle_of_imports() -> None:
    found = edges(MODULES)
    assert found["clusterer.cli.process"] >= {"clusterer.cli.crash", "clusterer.cli.signals"}
    assert in_circles(found) == CIRCLE


def test_the_rule_sees_a_circle() -> None:
    line = {"a": {"b"}, "b": {"c"}, "c": set[str]()}
    assert in_circles(line) == set()
    assert in_circles(line | {"c": {"b"}}) == {"b", "c"}


EVERY_COMMAND = (
    "from clusterer.cli.commands import cluster_video; [*cluster_video.commands.values()]"
)


def test_the_commands_are_imported_without_the_extra() -> None:
    loaded = loaded_by(EVERY_COMMAND)
    assert "clusterer.cli.train" in loaded
    assert loaded.isdisjoint(TRAINS)


def test_the_entry_point_imports_nothing_before_it_handles_interrupts() -> None:
    loaded = loaded_by("import clusterer.cli")
    assert {name for name in loaded if name.startswith("clusterer")} == {
        "clusterer", "clusterer._version", "clusterer.cli", "clusterer.cli.exit_codes",
        "clusterer.cli.main",
    }  # fmt: skip
    assert "click" not in loaded


def test_commands_are_imported_when_they_are_called() -> None:
    loaded = loaded_by("import clusterer.cli.process")
    assert "click" in loaded
    assert loaded.isdisjoint({*HEAVY, "clusterer.cli.run", "clusterer.cli.train"})


def test_each_process_that_looks_at_frames_starts_without_scipy() -> None:
    loaded = loaded_by("import clusterer.pipeline.watch")
    assert "clusterer.faces.tracking" in loaded
    assert "scipy" not in loaded


def test_a_run_from_the_cache_needs_no_scipy() -> None:
    trees = "merge_trees(np.zeros(3, int), np.eye(3, dtype=np.float32), np.zeros((3, 3), bool))"
    loaded = loaded_by(
        "import clusterer.outputs.save, clusterer.pipeline.process, numpy as np;"
        f" from clusterer.people.questions import merge_trees; assert len({trees}[0]) == 2"
    )
    assert "scipy" not in loaded


@pytest.mark.parametrize("statement", ["import clusterer", "import clusterer; dir(clusterer)"])
def test_importing_the_package_loads_nothing_heavy(statement: str) -> None:
    loaded = loaded_by(statement)
    assert "clusterer" in loaded
    assert loaded.isdisjoint(HEAVY)
    assert not {name for name in loaded if name.startswith("clusterer.")} - {"clusterer._version"}


def test_public_names_are_sorted_and_importable() -> None:
    assert sorted(clusterer.__all__) == clusterer.__all__
    for name in clusterer.__all__:
        assert getattr(clusterer, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        clusterer.nothing  # noqa: B018 (asking is the test)
