"""Other packages as pip installs them: modules and metadata."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from clusterer.cli.models import REGISTRIES
from clusterer.models import plug_in
from tests.conftest import ROOT

Points = Mapping[str, Mapping[str, str]]
"""Group without its prefix → name → ``module:object``."""


def install(
    folder: Path, name: str, source: str, points: Points, *, version: str = "1.0", licence: str = ""
) -> Path:
    """Install a package with one module of its name into a folder; return the module's file."""
    module = name.replace("-", "_")
    (folder / f"{module}.py").write_text(source, "utf-8")
    (info := folder / f"{module}-{version}.dist-info").mkdir(parents=True)
    facts = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    facts += [f"License-Expression: {licence}"] if licence else []
    (info / "METADATA").write_text("\n".join([*facts, "", ""]), "utf-8")
    lines = []
    for group, entries in points.items():
        lines += [f"[cluster_video.{group}]", *(f"{a} = {b}" for a, b in entries.items())]
    (info / "entry_points.txt").write_text("\n".join([*lines, ""]), "utf-8")
    return folder / f"{module}.py"


@contextmanager
def importing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make packages of a folder importable in this process, and forget them afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(folder)
    plug_in._installed.cache_clear()
    try:
        yield
    finally:
        plug_in._installed.cache_clear()
        for registry in REGISTRIES:
            registry._plugged.clear()
        for name in set(sys.modules) - before:
            if name.startswith("somebodys_"):
                del sys.modules[name]


def path_with(folder: Path) -> dict[str, str]:
    """Environment in which a process finds the packages of a folder, and this package."""
    return {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
