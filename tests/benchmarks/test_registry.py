"""Every benchmark can be run by its name, and the page lists it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("benchmarks", reason="the benchmarks are not part of this distribution")

from benchmarks.__main__ import main
from benchmarks.registry import BENCHMARKS, GROUPS, Benchmark

FOLDER = ROOT / "benchmarks"


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_every_module_is_registered() -> None:
    modules = {
        module_of(path)
        for group in GROUPS
        for path in (FOLDER / group).glob("*.py")
        if not path.name.startswith("_")
    }
    assert {benchmark.module for benchmark in BENCHMARKS} == modules
    assert {path.parent.name for path in FOLDER.glob("*/__init__.py")} == set(GROUPS)


def test_the_page_lists_every_command() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    missing = [
        command
        for one in BENCHMARKS
        if (command := f"python -m benchmarks {one.group} {one.name}") not in page
    ]
    assert missing == []


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda one: f"{one.group} {one.name}")
def test_help_says_how_to_run_it(benchmark: Benchmark, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([benchmark.group, benchmark.name, "--help"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert f"python -m benchmarks {benchmark.group} {benchmark.name}" in printed.split("\n\n", 2)[2]


def test_the_list_imports_no_benchmark() -> None:
    script = (
        "import sys\nfrom benchmarks.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "assert not {'numpy', 'clusterer'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(benchmark.summary in done.stdout for benchmark in BENCHMARKS)


@pytest.mark.parametrize("words", [["faces"], ["faces", "nothing"], ["nothing", "quality"]])
def test_an_unknown_name_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: python -m benchmarks" in capsys.readouterr().err
