"""What a dependency does by itself, unless it is told otherwise, is off."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clusterer.core.errors import ModelError
from clusterer.models.runtime import open_session
from tests.test_imports import MODULES, TRAINS

KNOWN = {
    # ONNX Runtime 1.29 and later: reports to Microsoft
    "ORT_DISABLE_TELEMETRY": "1",
}
"""Variable → what it must be after our import, whatever it was before."""
EVERYTHING = """
import json, os, sys
import clusterer
early = sorted(sys.modules)
import clusterer.cli, clusterer.pipeline, clusterer.review, clusterer.outputs.export
import clusterer.tuning, clusterer.faces.detection.centerface, clusterer.evaluation.drawing
import clusterer.faces.encoding.dlib_resnet
import clusterer.evaluation, clusterer.clothing, clusterer.gallery
print(json.dumps([early, sorted(sys.modules), dict(os.environ)]))
"""
UNWANTED = {
    "albumentations", "huggingface_hub", "mlflow", "opentelemetry", "posthog", "segment",
    "sentry_sdk", "tensorboard", "wandb",
}  # fmt: skip
"""Libraries that report, or fetch models by name; none of them is wanted in any run."""
FETCHES = {
    "aiohttp", "ftplib", "http.client", "httpx", "pooch", "requests", "smtplib", "urllib.request",
    "urllib3",
}  # fmt: skip
"""Imported only by the modules that download weights."""


def after(code: str, **environment: str) -> tuple[set[str], set[str], dict[str, str]]:
    """Modules after the first import, modules in the end, and the environment then."""
    kept = {name: value for name, value in os.environ.items() if name not in KNOWN}
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, env=kept | environment, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    early, late, environ = json.loads(run.stdout)
    return set(early), set(late), environ


def turned_on(known: dict[str, str]) -> dict[str, str]:
    return {name: str(1 - int(off)) for name, off in known.items()}


@pytest.mark.parametrize("before", [{}, turned_on(KNOWN)])
def test_switches_are_off(before: dict[str, str]) -> None:
    early, late, environment = after(EVERYTHING, **before)
    assert "onnxruntime" not in early
    assert "onnxruntime" in late
    assert late.isdisjoint(UNWANTED | TRAINS)
    assert {name: environment[name] for name in KNOWN} == KNOWN


def called(tree: ast.AST) -> set[str]:
    """Last parts of the names that are called."""
    functions = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "")
        for each in functions
    }


def imports(tree: ast.AST) -> set[str]:
    """What is imported, wherever in a module: whole names, and the first part of each."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names | {name.partition(".")[0] for name in names}


OPEN_NETWORKS = {"InferenceSession", "quant_pre_process", "quantize_static"}


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def test_who_opens_a_network_says_that_nothing_is_sent(trees: dict[str, ast.Module]) -> None:
    calls = {name: called(tree) for name, tree in trees.items()}
    opening = {name for name, each in calls.items() if each & OPEN_NETWORKS}
    assert "clusterer.models.runtime" in opening
    assert {name for name in opening if "disable_telemetry" not in calls[name]} == set()


def test_matplotlib_is_imported_in_one_place(trees: dict[str, ast.Module]) -> None:
    assert {name for name, tree in trees.items() if "matplotlib" in imports(tree)} == {
        "clusterer.evaluation.drawing"
    }


def test_only_downloads_can_fetch(trees: dict[str, ast.Module]) -> None:
    assert {name for name, tree in trees.items() if imports(tree) & FETCHES} == {
        "clusterer.models.download",
        "clusterer.models.resumable",
    }


def test_the_rules_see_a_breach() -> None:
    tree = ast.parse("def f():\n import matplotlib.pyplot\n return onnxruntime.InferenceSession()")
    assert called(tree) & OPEN_NETWORKS
    assert "matplotlib" in imports(tree)
    assert imports(ast.parse("from urllib import request")) & FETCHES
    assert not imports(ast.parse("from urllib.parse import urlsplit")) & FETCHES


def test_sessions_are_opened_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where onnxruntime was imported before us: what it has not sent, it shall not."""
    told: list[str] = []
    monkeypatch.setattr("onnxruntime.disable_telemetry_events", lambda: told.append("told"))
    with pytest.raises(ModelError):
        open_session(b"", 1, "mine", "Give another")
    assert told == ["told"]


def test_matplotlib_leaves_the_environment_as_it_was(tmp_path: Path) -> None:
    names = ("MPLCONFIGDIR", "XDG_CACHE_HOME")
    given = {"CLUSTER_VIDEO_CACHE": str(tmp_path / "ours"), "MPLCONFIGDIR": ""}
    code = """
import clusterer, os
before = dict(os.environ)
import clusterer.evaluation.drawing, matplotlib
assert dict(os.environ) == before
print(matplotlib.get_cachedir())
"""
    kept = {name: value for name, value in os.environ.items() if name not in names}

    def cache(**environment: str) -> Path:
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, env=kept | given | environment, check=True,
        )  # fmt: skip
        assert run.stderr == ""
        return Path(run.stdout.strip())

    assert cache() == tmp_path / "ours" / "matplotlib"
    assert cache(XDG_CACHE_HOME=str(tmp_path)) == tmp_path / "ours" / "matplotlib"
    assert cache(MPLCONFIGDIR=str(tmp_path / "theirs")) == tmp_path / "theirs"
