"""``--threshold auto``, and the advice on the threshold in the summary."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import clusterer
from clusterer.cli.show import summary
from clusterer.pipeline.process import Outcome
from tests.cli.conftest import Ran
from tests.conftest import DEMO
from tests.small_result import FITS, small_result

Command = Callable[..., Ran]
SFACE = ("--encoder", "sface")
"""Takes a threshold on its own scale, as results state it."""


def test_auto(command: Command, demo_folder: Path) -> None:
    ran = command(DEMO, "-o", demo_folder, "--threshold", "auto")
    assert (ran.code, ran.err) == (0, "")
    config = json.loads((demo_folder / "result.json").read_text("utf-8"))["config"]
    used = config["clustering"]["threshold"]
    assert isinstance(used, float)
    assert config["calibration"]["suggested"] == config["calibration"]["threshold"] == used
    assert f"Note: --threshold auto chose {used:g}" in ran.out.splitlines()
    assert ran.out.startswith("demo.mp4: 4 people, 0 unknown tracks")
    assert "calibration.verdict" in (demo_folder / "report.html").read_text("utf-8")


def test_the_number_chosen_by_auto_gives_the_same(command: Command, demo_folder: Path) -> None:
    assert command(DEMO, "-o", demo_folder, "-q", *SFACE, "--threshold", "auto").code == 0
    tables = [(demo_folder / name).read_bytes() for name in ("people.csv", "faces.csv")]
    config = json.loads((demo_folder / "result.json").read_text("utf-8"))["config"]
    used = config["clustering"]["threshold"]
    ran = command(DEMO, "-o", demo_folder, "--json", *SFACE, "--threshold", used)
    assert json.loads(ran.out)[0]["calibration"] == config["calibration"] | {"automatic": False}
    assert [(demo_folder / name).read_bytes() for name in ("people.csv", "faces.csv")] == tables


@pytest.mark.parametrize("wrong", ["foo", "automatic", "", "0,36"])
def test_neither_a_number_nor_auto(command: Command, wrong: str) -> None:
    ran = command(DEMO, "--threshold", wrong)
    assert ran.code == 2
    assert ran.out == ""
    assert f"'--threshold': {wrong!r} is neither a number nor 'auto'" in ran.err
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        ({"verdict": "fits"}, ""),
        ({"verdict": "too few pairs to tell", "suggested": 0.3}, ""),
        (
            {"verdict": "too loose", "suggested": 0.3},
            "the threshold 0.36 looks too loose for this video; --threshold auto would choose 0.3",
        ),
        (
            {"verdict": "too tight", "suggested": 0.45},
            "the threshold 0.36 looks too tight for this video; --threshold auto would choose 0.45",
        ),
        (
            {"verdict": "too loose", "suggested": 0.36},
            "the threshold 0.36 looks too loose for this video"
            " (20% of people seen together are nearer than that); try a lower one",
        ),
        ({"verdict": "too loose", "automatic": True}, "--threshold auto chose 0.36"),
    ],
)
def test_advice_is_one_line(fit: dict[str, Any], expected: str) -> None:
    result = replace(small_result(), calibration=replace(FITS, **fit))
    lines = summary(Outcome(result, Path("small.people"), 1.0)).splitlines()
    notes = [line for line in lines if line.startswith("Note: ") and "truncated" not in line]
    assert notes == ([f"Note: {expected}"] if expected else [])


@pytest.mark.parametrize("clothing", [True, False])
def test_no_advice_where_faces_are_pooled(clothing: bool) -> None:
    chosen = clusterer.ClusteringConfig(
        clothing=clusterer.ClothingConfig(enabled=clothing),
        evidence=clusterer.EvidenceConfig(reliability=((0.0, 0.5),), spread=0.1, variation=0.3),
    )
    small = small_result()
    fit = replace(FITS, verdict="too loose", suggested=0.3)
    result = replace(small, calibration=fit, config=replace(small.config, clustering=chosen))
    shown = summary(Outcome(result, Path("small.people"), 1.0))
    assert ("looks too loose" in shown) is not clothing


def test_the_default_is_judged_too(demo: clusterer.Outcome) -> None:
    fit = demo.result.calibration
    assert fit is not None
    assert fit.threshold == demo.result.threshold == demo.result.config.clustering.threshold
    assert not fit.automatic
    assert fit.n_same > 0
