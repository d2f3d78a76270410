"""The import rule of the design, and the size and shape of every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import clusterer

ROOT = Path(clusterer.__file__).parent
MODULES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
EVERY_MODULE = pytest.mark.parametrize("module", MODULES)

BASE = {
    "types",
    "errors",
    "config",
    "geometry",
    "weights",
    "files",
    "folder",
    "printable",
    "leeway",
    "distance",
    "spans",
    "dlib_onnx",
    "lock",
    "transfer",
    "downloads",
    "plugins",
    "sessions",
    "own",
    "regular",
    "whereabouts",
    "alone",
}
STAGES = {
    "video", "shots", "detection", "tracking", "chips", "alignment", "encoding", "constraints",
    "clustering", "features", "identities", "calibration", "clothing", "advice",
}  # fmt: skip
STORE = {"archive", "cache"}
OUTPUTS = {"report", "export", "evaluation"}

MAY_IMPORT: dict[str, set[str]] = {
    "_version": set(),
    "types": set(),
    "spans": {"types"},
    "errors": {"printable"},
    "printable": set(),
    "geometry": set(),
    "config": {"errors"},
    "distance": set(),
    "leeway": {"config"},
    "weights": {"errors", "regular"},
    "self_contained": set(),
    "files": {"errors"},
    "regular": set(),
    "whereabouts": {"dlib_onnx", "regular"},
    "folder": {"errors", "files", "printable", "regular"},
    "dlib_onnx": {"types", "errors", "files"},
    "lock": set(),
    "alone": {"dlib_onnx", "errors", "lock"},
    "transfer": {"lock"},
    "downloads": {"errors", "weights", "dlib_onnx", "transfer", "regular"},
    "own": {"errors", "downloads", "dlib_onnx", "weights", "regular"},
    "plugins": {"errors", "weights", "downloads", "own"},
    "sessions": {"errors", "self_contained"},
    "drawing": {"dlib_onnx"},  # its cache folder
    "timecode": {"errors"},
    "rates": {"types", "errors", "timecode"},
    **dict.fromkeys(STAGES, BASE),
    "clustering": BASE | {"constraints"},  # its CannotLinks
    "advice": BASE | {"clothing"},  # its evidence
    "video": BASE | {"timecode"},  # to drop start timecodes that the rate cannot have
    **{store: BASE | {"archive"} for store in STORE},
    "edits": BASE,
    "edits_json": {"edits", "errors", "folder", "regular"},
    "result_json": {"_version", "edits", "export", "printable", "types"},
    "pictures": {"cache", "folder", "regular", "types"},
    "gallery": BASE | {"edits"},  # to know what can be a name
    "pages": {"errors"},
    **{output: {"types", "timecode", "files", "errors", "pages"} for output in OUTPUTS},
    "report": {"types", "spans", "rates", "timecode", "pages", "edits", "printable"},
    "export": {"types", "errors", "timecode", "rates", "printable"},
    "evaluation": {
        "types",
        "timecode",
        "folder",
        "errors",
        "pages",
        "geometry",
        "printable",
        "drawing",
        "regular",
    },
    "result": {"_version", "types", "errors", "folder", "printable", "regular"}
    | {"cache", "report", "export", "pictures", "result_json"},
    "pipeline": BASE
    | STAGES
    | STORE
    | {"result", "edits", "gallery", "edits_json", "pictures", "result_json"},
    "review": BASE
    | {"edits_json", "pictures"}
    | STORE
    | {"edits", "pipeline", "result", "report", "_version", "timecode", "video"},
    "tuning": BASE | STAGES | STORE | {"pages", "pipeline", "evaluation", "drawing"},
    "training": {"errors", "config", "types", "files", "sessions", "dlib_onnx", "regular"}
    | {"evaluation", "drawing"},  # its figures of pairs
    "cli": BASE
    | STAGES
    | {"_version", "pipeline", "result", "timecode", "evaluation", "tuning", "training"}
    | {"edits", "edits_json", "pictures", "review", "export", "gallery"},
    "__main__": {"cli"},
    "": {"_version", "config", "errors", "pipeline", "types"},  # the public names
}
"""First part of a module's name after ``clusterer.`` → those it may import, besides itself."""

TRAINS = {"torch", "torchvision", "pytorch_metric_learning", "onnxscript"}
"""Of the extra [train]: imported by `clusterer.training` only, and never at the start."""

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
    "opentimelineio",
    "pyarrow",
    "starlette",
    "uvicorn",
)


def part_of(module: str) -> str:
    """``clusterer.video.probe`` → ``video``; the package itself is ``''``."""
    return module.partition(".")[2].partition(".")[0]


def imported(tree: ast.AST) -> Iterator[str]:
    """Parts of the package that a module imports, wherever in it."""
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
                part = part_of(name)
                yield "_version" if part == "__version__" else part
            elif name.startswith("relative"):
                yield name


def from_the_extra(source: str) -> set[str]:
    """Libraries of the extra [train] that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names} & TRAINS


def forbidden(module: str, source: str) -> set[str]:
    """What a module imports and should not."""
    part = part_of(module)
    return set(imported(ast.parse(source))) - MAY_IMPORT[part] - {part}


def speaks(source: str) -> list[int]:
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


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTION))


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end; its docstring, which our style makes long, does not count."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        assert docstring.end_lineno is not None
        lines -= docstring.end_lineno - docstring.lineno + 1
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


def test_every_module_has_its_place_in_the_rule() -> None:
    assert {part_of(module) for module in MODULES} <= set(MAY_IMPORT)
    assert len(MODULES) > 50


@EVERY_MODULE
def test_imports_go_one_way(module: str) -> None:
    assert forbidden(module, MODULES[module].read_text("utf-8")) == set()


@EVERY_MODULE
def test_only_training_needs_the_extra(module: str) -> None:
    if part_of(module) != "training":
        assert from_the_extra(MODULES[module].read_text("utf-8")) == set()


@EVERY_MODULE
def test_only_the_command_line_prints_or_exits(module: str) -> None:
    if part_of(module) != "cli":
        assert speaks(MODULES[module].read_text("utf-8")) == []


@EVERY_MODULE
def test_a_module_is_one_room(module: str) -> None:
    source = MODULES[module].read_text("utf-8")
    assert len(source.splitlines()) < 300
    lengths = {f.name: code_lines(f) for f in functions(ast.parse(source))}
    assert {name: lines for name, lines in lengths.items() if lines >= 40} == {}


@EVERY_MODULE
def test_public_names_are_explained(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    assert list(undocumented(tree, module)) == []


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("clusterer.tracking", "from clusterer.detection import create", {"detection"}),
        ("clusterer.tracking", "from clusterer import chips", {"chips"}),
        ("clusterer.tracking", "import clusterer.pipeline", {"pipeline"}),
        ("clusterer.tracking", "def f():\n    from clusterer.cli import main", {"cli"}),
        ("clusterer.tracking", "from clusterer.types import Track\nimport numpy", set()),
        ("clusterer.video.probe", "from clusterer.video.count import f", set()),
        ("clusterer.features", "from clusterer.clustering.people import Tracks", {"clustering"}),
        ("clusterer.report.page", "from clusterer.pipeline import decide", {"pipeline"}),
        ("clusterer.types._faces", "from clusterer.geometry import iou", {"geometry"}),
        ("clusterer.chips", "from . import video", {"relative import in line 1"}),
        ("clusterer.pipeline", "from clusterer.cli import main", {"cli"}),
        ("clusterer.pipeline", "from clusterer.training import export", {"training"}),
        ("clusterer.training.card", "from clusterer import clothing", {"clothing"}),
    ],
)
def test_the_rule_sees_a_breach(module: str, source: str, expected: set[str]) -> None:
    assert forbidden(module, source) == expected


@pytest.mark.parametrize(
    "source", ["import torch.nn", "def f():\n    from torch import nn", "import numpy, onnxscript"]
)
def test_the_rule_sees_the_extra(source: str) -> None:
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
def test_the_rule_hears_a_print(source: str) -> None:
    assert speaks(source)
    assert not speaks("import sys\nsys.path\nfingerprint = 1")


def test_the_rule_counts_code_and_misses_no_docstring() -> None:
    tree = ast.parse('def f():\n    """A.\n\n    B.\n    """\n    a = 1\n    return a')
    assert [code_lines(f) for f in functions(tree)] == [3]
    bare = ast.parse(
        '"""M."""\nclass A:\n    def b(self): ...\n    def _c(self): ...\ndef d(): ...'
    )
    assert list(undocumented(bare, "m")) == ["m.A", "m.A.b", "m.d"]


def loaded_by(statement: str) -> set[str]:
    """Modules that are there after a statement in a new process."""
    code = f"import sys; {statement}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    return set(run.stdout.split())


EVERY_COMMAND = (
    "from clusterer.cli.commands import cluster_video; [*cluster_video.commands.values()]"
)


def test_the_command_starts_without_the_extra() -> None:
    loaded = loaded_by(EVERY_COMMAND)
    assert "clusterer.cli.train" in loaded
    assert loaded.isdisjoint(TRAINS)


def test_the_way_in_imports_nothing_before_interrupts_are_taken_care_of() -> None:
    loaded = loaded_by("import clusterer.cli")
    assert {name for name in loaded if name.startswith("clusterer")} == {
        "clusterer", "clusterer._version", "clusterer.cli", "clusterer.cli.main",
    }  # fmt: skip
    assert "click" not in loaded


def test_commands_are_imported_when_they_are_called() -> None:
    loaded = loaded_by("import clusterer.cli.process")
    assert "click" in loaded
    assert loaded.isdisjoint({*HEAVY, "clusterer.cli.run", "clusterer.cli.train"})


@pytest.mark.parametrize("statement", ["import clusterer", "import clusterer; dir(clusterer)"])
def test_importing_the_package_costs_nothing(statement: str) -> None:
    loaded = loaded_by(statement)
    assert "clusterer" in loaded
    assert loaded.isdisjoint(HEAVY)
    assert not {name for name in loaded if name.startswith("clusterer.")} - {"clusterer._version"}


def test_public_names_are_sorted_and_there() -> None:
    assert sorted(clusterer.__all__) == clusterer.__all__
    for name in clusterer.__all__:
        assert getattr(clusterer, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        clusterer.nothing  # noqa: B018
