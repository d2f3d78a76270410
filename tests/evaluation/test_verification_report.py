"""The figures as table, JSON and page."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from clusterer.evaluation.pairs import Pairs
from clusterer.evaluation.plots import svg
from clusterer.evaluation.verification_figures import judge
from clusterer.evaluation.verification_report import (
    VerificationReport,
    histogram_figure,
    roc_figure,
)

# One person at 0.1, 0.2, 0.4; two people at 0.3 and 0.5 to 0.9, ten of them.
DISTANCES = np.array([0.1, 0.2, 0.4, 0.3, *np.linspace(0.5, 0.9, 9)])
SAME = np.array([True] * 3 + [False] * 10)
TEN = Pairs("track pairs", DISTANCES, SAME)
FOLDED = Pairs("image pairs", DISTANCES, SAME, np.arange(13) % 2, no_face=1234, not_looked_at=5)
ONE_KIND = Pairs("one kind", np.array([0.2, 0.4]), np.array([True, True]))
NONE = Pairs("none", np.zeros(0), np.zeros(0, bool))


def report(
    *pairs: Pairs, name: str = "clip.mp4", without_face: tuple[str, ...] = ()
) -> VerificationReport:
    sets = tuple(judge(part, 0.36) for part in pairs)
    return VerificationReport(name, "dlib", "l2", 0.36, sets, 7, without_face)


def test_text_by_hand() -> None:
    assert report(TEN).text().splitlines() == [
        "clip.mp4: dlib, l2, default threshold 0.36",
        "                        track pairs",
        "  pairs of one person             3",
        "  pairs of two people            10",
        "  VAL at FAR 0.1             1.0000",
        "    threshold                0.4000",
        "  VAL at FAR 0.01           0.6667*",
        "    threshold                0.2000",
        "  VAL at FAR 0.001          0.6667*",
        "    threshold                0.2000",
        "  equal error rate           0.1000",
        "    threshold                0.4000",
        "  area under the curve       0.9667",
        "  VAL at 0.36                0.6667",
        "    true accepts                  2",
        "  FAR at 0.36                0.1000",
        "    false accepts                 1",
        "* Too few pairs of two people, fewer than 1/FAR: VAL without any false accept.",
    ]


def test_several_sets_stand_side_by_side() -> None:
    text = report(TEN, FOLDED, without_face=("a.jpg", "b.jpg")).text()
    assert re.search(r"^ +track pairs +image pairs$", text, re.MULTILINE)
    assert re.search(r"^  left out, no face +0 +1,234$", text, re.MULTILINE)
    assert re.search(r"^  left out, too many +0 +5$", text, re.MULTILINE)
    assert re.search(r"^  accuracy over folds +- +0\.\d{4} ± 0\.\d{4}$", text, re.MULTILINE)
    assert text.endswith("No face: a.jpg\nNo face: b.jpg")


def test_what_does_not_exist_is_a_dash() -> None:
    lines = report(ONE_KIND, NONE).text().splitlines()
    cells = {line.split("  ")[1]: line.split()[-2:] for line in lines[2:]}
    assert cells["pairs of one person"] == ["2", "0"]
    assert cells["VAL at FAR 0.1"] == ["-", "-"]
    assert cells["equal error rate"] == ["-", "-"]
    assert cells["VAL at 0.36"] == ["0.5000", "-"]
    assert not any(line.startswith("*") for line in lines)


def test_json_by_hand() -> None:
    content = json.loads(report(TEN, NONE, without_face=("ä.jpg",)).to_json())
    tracks, nothing = content.pop("sets")
    assert content == {
        "name": "clip.mp4",
        "encoder": "dlib",
        "metric": "l2",
        "threshold": 0.36,
        "photographs": 7,
        "without_face": ["ä.jpg"],
    }
    assert (tracks["same"], tracks["different"]) == (3, 10)
    assert (tracks["true_accepts"], tracks["false_accepts"]) == (2, 1)
    assert tracks["val_at_far"][1] == {
        "target": 0.01,
        "threshold": 0.2,
        "val": pytest.approx(2 / 3),
        "far": 0.0,
        "resolvable": False,
    }
    assert tracks["auc"] == pytest.approx(29 / 30)
    assert "accuracy" not in tracks
    assert nothing["auc"] is None
    assert nothing["val_at_far"][0]["threshold"] is None


def test_json_of_folds_and_without_a_threshold() -> None:
    figures = judge(FOLDED).figures()
    assert len(figures["accuracy_of_folds"]) == 2
    assert figures["accuracy"] == pytest.approx(sum(figures["accuracy_of_folds"]) / 2)
    assert (figures["no_face"], figures["not_looked_at"]) == (1234, 5)
    assert "true_accepts" not in figures


def test_a_single_fold_gives_no_accuracy() -> None:
    assert judge(Pairs("a", DISTANCES, SAME, np.zeros(13, np.int64))).accuracy is None


def test_curve_is_drawn_where_it_is() -> None:
    axes = roc_figure([judge(TEN, 0.36), judge(NONE, 0.36)]).axes[0]
    line, dot = axes.lines
    far, val = (np.asarray(part, float) for part in line.get_data())
    assert axes.get_xscale() == "log"
    assert (far[0], far[-1]) == pytest.approx((0.1, 1.0))
    assert (val[0], val[-1]) == (1.0, 1.0)
    assert [float(part[0]) for part in dot.get_data()] == pytest.approx([0.1, 2 / 3])


def test_no_false_accept_is_drawn_at_the_left_edge() -> None:
    axes = roc_figure([judge(TEN, 0.25)]).axes[0]
    assert [float(part[0]) for part in axes.lines[1].get_data()] == pytest.approx([0.1, 2 / 3])


def test_histogram_has_all_pairs_of_each_kind() -> None:
    axes = histogram_figure(judge(TEN, 0.36), "l2").axes[0]
    outlines = [
        patch.get_data().values
        for patch in axes.patches
        if patch.get_label().endswith(("person", "people"))
    ]
    assert [values.sum() for values in outlines] == pytest.approx([100, 100])
    assert [float(np.count_nonzero(values)) for values in outlines] == [3, 10]
    (line,) = axes.lines
    assert line.get_xdata()[0] == 0.36


def test_drawings_are_the_same_again() -> None:
    found = judge(TEN, 0.36)
    for draw in (lambda: roc_figure([found]), lambda: histogram_figure(found, "l2")):
        assert svg(draw()) == svg(draw())


def test_page() -> None:
    made = report(TEN, FOLDED, name="<b>&.csv", without_face=("<i>.jpg",))
    page = made.page()
    assert page == made.page()
    assert page.startswith("<!doctype html>")
    assert "&lt;b&gt;&amp;.csv" in page
    assert "<li>&lt;i&gt;.jpg</li>" in page
    assert "1 of 7 photographs" in page
    assert page.count('role="img"') == 3
    assert "style=" not in page.replace("style-src", "")
    assert re.search(r"(?:src|href)=\"https?:", page) is None
    for label, cells in made.rows():
        assert f">{label.strip()}</th>" in page
        assert all(f">{cell}</td>" in page for cell in cells)


@pytest.mark.parametrize(("pairs", "drawings"), [(ONE_KIND, 1), (NONE, 0)])
def test_page_without_a_curve(pairs: Pairs, drawings: int) -> None:
    page = report(pairs).page()
    assert page.count('role="img"') == drawings
    assert "A curve needs both same-person and different-people pairs." in page
    assert "No face found" not in page
