"""What a sweep leaves: CSV, JSON, tables, and the page in a browser."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from math import nan
from pathlib import Path

import pytest

from clusterer.core.errors import ResultError
from clusterer.tuning import POOLED, Report, Row, best, save
from clusterer.tuning.page import MINUS
from tests.tuning.builder import rows

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

CURVES = {
    "a": [(0.3, 0.6, 0.99), (0.36, 0.7, 0.98), (0.4, 0.9, 0.95)],
    "b <i>": [(0.3, 0.8, nan), (0.36, 0.7, 0.90), (0.4, 0.2, 0.50)],
    POOLED: [(0.3, 0.70, 0.99), (0.36, 0.72, 0.98), (0.4, 0.5, 0.9)],
}
ALONE = {"a": CURVES["a"], POOLED: CURVES["a"]}


def table(report: Report, title: str) -> list[str]:
    """Lines of the table that begins with a title."""
    lines = report.text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(title))
    end = lines.index("", start) if "" in lines[start:] else len(lines)
    return [re.sub(r" {2,}", "  ", line.strip()) for line in lines[start + 1 : end]]


def test_table_of_picks() -> None:
    assert table(Report(rows(CURVES)), "incremental, l2") == [
        "best F  0.36  0.900  0.500  0.720  0.980  3 / 4  0.250",
        "best F, assigned P ≥ 0.98, pooled  0.36  0.900  0.500  0.720  0.980  3 / 4  0.250",
        "best F, assigned P ≥ 0.98, every clip  not reached",
        "default  0.36  0.900  0.500  0.720  0.980  3 / 4  0.250",
        "(b <i> reaches at most 0.900, at 0.36)",
    ]


@pytest.mark.parametrize(
    ("b", "expected"),
    [
        ([nan, nan, nan], "(no face of b is assigned)"),
        ([0.5, 0.6, 0.99], "(each clip reaches it, but at different thresholds)"),
        ([0.5, 0.97, 0.97], "(b reaches at most 0.970, at 0.36)"),
    ],
)
def test_why_no_threshold_serves_every_clip(b: list[float], expected: str) -> None:
    points = [(t, 0.5, precision) for t, precision in zip((0.3, 0.36, 0.4), b, strict=True)]
    found = Report(rows({"a": CURVES["a"], "b": points, POOLED: CURVES["a"]}))
    assert table(found, "incremental, l2")[-1] == expected


def test_tables_of_clips_and_costs() -> None:
    report = Report(rows(CURVES))
    each = table(report, "incremental, l2: each clip by itself")
    assert each[0].startswith("a: best F  0.40")
    assert each[4] == "b <i>: best F, assigned P ≥ 0.98  not reached"
    assert table(report, "incremental, l2: F at")[1:] == [
        "a (0.40)  0.900  0.200  0.500",
        "b <i> (0.30)  0.600  0.800  0.700",
        "(all clips) (0.36)  0.700  0.700  0.720",
        "default (0.36)  0.700  0.700  0.720",
    ]


def test_one_clip_needs_no_second_table() -> None:
    text = Report(rows(ALONE)).text()
    assert "each clip by itself" not in text
    assert "pooled" not in text
    assert text.startswith("a: P, R and F")


def test_the_default_method_and_metric_are_chosen() -> None:
    given = [
        *rows(ALONE, "agglomerative"),
        *rows(ALONE, "incremental", "cosine"),
        *rows(ALONE, "incremental"),
    ]
    assert (Report(given).chosen.method, Report(given).chosen.metric) == ("incremental", "l2")
    assert Report(given[:6]).chosen.method == "agglomerative"


def test_csv_has_every_figure(swept: tuple[Row, ...]) -> None:
    text = Report(swept).to_csv()
    assert text.count("\r\n") == len(swept) + 1
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    for line, row in zip(read, swept, strict=True):
        assert (line["clip"], line["method"], line["metric"]) == (row.clip, row.method, row.metric)
        assert float(line["threshold"]) == row.threshold
        assert line["is_default"] == str(int(row.is_default))
        assert {name: float(line[name]) for name in row.ratios} == pytest.approx(row.ratios)


def test_json_has_picks_and_rows(swept: tuple[Row, ...]) -> None:
    report = Report(swept, 0.9)
    found = json.loads(report.to_json())
    assert found["precision"] == 0.9
    assert len(found["rows"]) == len(swept)
    for pick, group in zip(found["picks"], report.groups, strict=True):
        assert pick["best"]["threshold"] == group.best.threshold
        assert pick["default"]["is_default"]
        assert [clip["best"]["threshold"] for clip in pick["clips"]] == [
            best(curve.rows).threshold for curve in group.clips
        ]


def test_the_same_bytes_twice(swept: tuple[Row, ...]) -> None:
    some = [row for row in swept if (row.method, row.metric) == ("incremental", "l2")]
    first, second = Report(some), Report(some)
    assert first.to_html() == second.to_html()
    assert first.to_csv() == second.to_csv()
    assert first.to_json() == second.to_json()
    assert first.text() == second.text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page(open_page: Callable[..., Page], tmp_path: Path, scheme: str) -> None:
    given = [*rows(CURVES), *rows(CURVES, "hdbscan")]
    path, _ = save(Report(given), tmp_path)
    page = open_page(path, viewport={"width": 390, "height": 800}, color_scheme=scheme)
    expect(page.locator("h1")).to_have_text("Threshold, metric and method")
    expect(page.locator(".counts dd")).to_have_text(["0.720 at 0.36", "none", "0.720 at 0.36"])
    expect(page.locator("figure svg")).to_have_count(3)
    expect(page.locator("figure svg").last).to_be_hidden()
    page.get_by_text("hdbscan, L2").last.click()
    expect(page.locator("figure svg").last).to_be_visible()
    expect(page.locator(".costs").first.locator("td").first).to_have_text("0.900 best")
    expect(page.locator(".costs").first.locator("td.l4").first).to_have_text(f"0.200 {MINUS}0.600")
    assert "b <i>" in (page.locator("figure svg").last.text_content() or "")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ink = page.locator("figure svg text").first.evaluate("text => getComputedStyle(text).fill")
    assert (int(re.findall(r"\d+", ink)[0]) < 128) == (scheme == "light")


@pytest.mark.parametrize(("metric", "expected"), [("l2", {"0.36", "0.44"}), ("cosine", {"0.3600"})])
def test_customary_thresholds_are_marked_under_l2(metric: str, expected: set[str]) -> None:
    points = [(0.3, 0.5, 1.0), (0.36, 0.5, 1.0), (0.5, 0.5, 1.0)]
    page = Report(rows({"a": points, POOLED: points}, metric=metric)).to_html()
    assert {*re.findall(r'<text font-size="8px"[^>]*>([^<]*)</text>', page)} == expected


def test_nothing_is_written_where_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ResultError, match="Cannot write"):
        save(Report(rows(ALONE)), tmp_path / "file")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
