"""Every benchmark runs on the sample film and prints a table."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import cv2
import pytest

import clusterer
from clusterer.evaluation import read_truth
from clusterer.faces.detection import weights
from tests.conftest import DEMO
from tests.face_files import packed

pytest.importorskip("benchmarks", reason="the benchmarks are not part of this distribution")

from benchmarks.__main__ import main, options_of
from benchmarks.faces.centerface import undone
from benchmarks.footage import Clip, folder_of, frames_at
from benchmarks.registry import BENCHMARKS, Benchmark

IN_CHROMIUM = ("naming", "page")
NEEDS = {
    "archive": "resource",
    "frame": "resource",
    "losses": "torch",
    "naming": "playwright",
    "page": "playwright",
    "pipeline": "resource",
    "refinement": "resource",
}
"""Libraries that not every system or environment has, by the benchmark that needs them."""
PHOTOGRAPHS = 6
"""Of each person."""


@pytest.fixture(scope="module")
def results(demo: clusterer.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The analysis of the sample film, where the benchmarks look for it."""
    folder = tmp_path_factory.mktemp("results")
    clip = Clip(DEMO, read_truth(DEMO.with_suffix(".truth.csv")))
    for place in (folder, folder / "dlib"):
        shutil.copytree(demo.folder, folder_of(clip, place))
    return folder


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder PERSON/NUMBER.png of those who appear in the sample film."""
    folder = tmp_path_factory.mktemp("photographs") / "people"
    truth = read_truth(DEMO.with_suffix(".truth.csv"))
    images = {frame.index: frame.image for frame in frames_at(DEMO, set(truth.frame.tolist()))}
    taken: Counter[str] = Counter()
    for frame, box, person in zip(truth.frame.tolist(), truth.boxes, truth.people, strict=True):
        height = box[3] - box[1]
        if height < 100 or taken[person] == PHOTOGRAPHS:
            continue
        taken[person] += 1
        left, top = (max(0, round(side - height / 2)) for side in box[:2])
        right, bottom = (round(side + height / 2) for side in box[2:])
        path = folder / person / f"{taken[person]}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), images[frame][top:bottom, left:right, ::-1])
    assert set(taken.values()) == {PHOTOGRAPHS}
    return folder


@pytest.fixture(scope="module")
def options(
    results: Path, photographs: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """Arguments by benchmark, with its group where others share its name; ``""`` = all others."""
    (shipped,) = weights("centerface")
    place = tmp_path_factory.mktemp("centerface")
    original, made = place / "original.onnx", place / "made.onnx"
    original.write_bytes(undone(shipped.read()))
    demo, archive, kept = str(DEMO), str(packed(photographs)), ["--results", str(results)]
    return {
        "": [demo, *kept],
        "archive": ["--archive", archive],
        "centerface": [str(original), "--output", str(made)],
        "cnn": [demo],
        "cuts": [],
        "cosine": [demo, "--photographs", archive, *kept],
        "detectors": [demo],
        "encoders": [demo, "--photographs", archive, *kept],
        "frame": [demo],
        "gallery": [
            *("--photographs", archive, "--clip", demo, "--gallery", str(photographs)),
            *kept,
        ],
        "losses": ["--data", archive],
        "naming": [
            str(folder_of(Clip(DEMO, read_truth(DEMO.with_suffix(".truth.csv"))), results)),
            "--names",
            "Ada",
        ],
        "page": [],
        "parts": [demo],
        "pipeline": [demo],
        "refinement": [],
        "sample-rate": [demo],
        "people season": [demo, "--photographs", archive, *kept],
        "speed season": [demo],
        "verification": ["--photographs", archive],
        "statistics": ["--photographs", archive, "--centre"],
        "workers": [demo],
    }


def tables(printed: str) -> list[list[list[str]]]:
    """The cells of each Markdown table: its header, its rule, its rows."""
    found: list[list[list[str]]] = [[]]
    for line in printed.splitlines():
        if line.startswith("| "):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def run(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a benchmark prints. Those that start Chromium need a process of their own: Playwright
    allows one browser's loop in each, and the page's tests have it."""
    if words[1] not in IN_CHROMIUM:
        main(words)
        return capsys.readouterr().out
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda one: f"{one.group} {one.name}")
def test_it_prints_a_table_of_finite_numbers(
    benchmark: Benchmark, options: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    library = NEEDS.get(benchmark.name)
    if library and find_spec(library) is None:
        pytest.skip(f"{library} is not here")
    if benchmark.name in IN_CHROMIUM and shutil.which("chromium") is None:
        pytest.skip("no Chromium on this system")
    if benchmark.name == "sface":
        pytest.skip("the original, 39 MB, is not part of the project")
    whole = f"{benchmark.group} {benchmark.name}"
    own = options.get(whole, options.get(benchmark.name, options[""]))
    printed = run([benchmark.group, benchmark.name, "--quick", *own], capsys)
    if benchmark.name == "centerface":
        assert re.search(r"made\.onnx: [0-9a-f]{64}$", printed, re.MULTILINE)
        return
    assert tables(printed)
    for header, rule, *rows in tables(printed):
        assert set("".join(rule)) == set("-:")
        assert rows
        for row in rows:
            assert len(row) == len(header)
            assert re.search(r"\d", "".join(row[1:])), row
    assert not re.search(r"\b(nan|inf)\b", printed), printed


def test_quick_sets_options_that_there_are() -> None:
    for benchmark in BENCHMARKS:
        module = benchmark.load()
        required = ["one"] if benchmark.name in {"centerface", "naming", "sface"} else []
        known = vars(options_of(benchmark, module).parse_args(required))
        assert set(module.QUICK) <= set(known), benchmark
