"""The page as text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.clustering.confidence import MOST
from clusterer.report import render
from clusterer.report.wording import EXPLANATIONS, UNKNOWN_LICENCE, flatten, licence
from clusterer.types import Reason

from .builder import Cast, Scene, drawn_face, no_pictures, reader

EVERY_REASON = [reason for reason in Reason if reason]


def data_of(html: str) -> dict[str, Any]:
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert block is not None
    found: dict[str, Any] = json.loads(block[1])
    return found


def test_same_input_same_text() -> None:
    result = Scene([Cast([0, 3], "Ada"), Cast([2], "U", Reason.TOO_SMALL)]).build()
    assert render(result, reader()) == render(result, reader())


def test_nobody() -> None:
    html = render(Scene([]).build(), reader())
    assert "No faces in this video" in html
    assert 'class="panel card' not in html


def test_only_unknowns() -> None:
    html = render(Scene([Cast([1], "Unknown 1", Reason.NO_MATCH)]).build(), reader())
    assert "No person could be told yet" in html
    assert 'id="unknown-1"' in html


def test_no_pictures_at_all() -> None:
    scene = Scene([Cast([0], "Ada"), Cast([1], "Unknown 1", Reason.NO_MATCH)])
    html = render(scene.build(), no_pictures)
    assert "<img src=" not in html
    assert not any(data_of(html)["pictures"])
    assert "+ 4 more" in html


def test_header_counts_and_warnings() -> None:
    scene = Scene([Cast([0], "Ada")], start_timecode="10:00:00:00", warnings=("It is <cut>.",))
    html = render(scene.build(), reader())
    assert "<div><dt>person</dt><dd>1</dd></div>" in html
    assert "<div><dt>faces</dt><dd>4</dd></div>" in html
    assert "1920 × 1080" in html  # noqa: RUF001
    assert "<p>It is &lt;cut&gt;.</p>" in html
    assert "starts at 10:00:00:00" in html
    assert "<title>10:00:00:00 – 10:00:02:00 · 2.0 s</title>" in html  # noqa: RUF001


def test_confidence_is_a_percentage_and_says_what_it_means() -> None:
    html = render(Scene([Cast([0], "Ada")]).build(), reader())
    assert "confidence 93 %</span>" in html
    assert 'data-confidence="93"' in html
    meaning = re.search(r'class="sure" title="([^"]*)"', html)
    assert meaning is not None
    assert f"{round(100 * MOST)} % or more" in meaning[1]


def test_people_stay_in_the_order_of_the_result() -> None:
    cast = [Cast([0], "Short"), Cast([1, 2, 3], "Long"), Cast([4, 5], "Middle")]
    html = render(Scene(cast).build(), reader())
    assert re.findall(r"<h3 id=[^>]*>(\w+)</h3>", html) == ["Long", "Middle", "Short"]


def test_chips_are_in_time_order_with_their_timecodes() -> None:
    html = render(Scene([Cast([4, 0], "Ada")]).build(), reader())
    codes = re.findall(r'tabindex="-1">(\d\d:\d\d:\d\d:\d\d)</button></li>', html)
    assert codes == [
        "00:00:00:00",
        "00:00:00:12",
        "00:00:00:24",
        "00:00:01:11",
        "00:00:08:00",
        "00:00:08:12",
        "00:00:08:24",
        "00:00:09:11",
    ]


def test_unknowns_are_grouped_by_reason() -> None:
    cast = [Cast([i], f"U{i}", reason) for i, reason in enumerate(EVERY_REASON + EVERY_REASON)]
    html = render(Scene(cast, shot_count=20).build(), reader())
    titles = re.findall(r"<h3>([^<]+) <span>(\d+)</span></h3>", html)
    words = [EXPLANATIONS[reason] for reason in EXPLANATIONS if reason]
    assert titles == [(word.title, "2") for word in words]
    assert "Nothing was thrown away" in html
    assert all(word.advice in html for word in words)


def test_every_reason_is_explained() -> None:
    assert set(EXPLANATIONS) == set(Reason)


@given(st.text(min_size=1))
@settings(max_examples=30, deadline=None)
def test_any_name_is_escaped(name: str) -> None:
    html = render(Scene([Cast([0], name)], path=name).build(), reader(4))
    assert html.count("<script") == 2
    assert html.count("</script") == 2
    clean = name.encode("utf-8", "replace").decode()
    assert data_of(html)["names"] in ([name], [clean])
    html.encode("utf-8")


def test_hostile_name_in_html() -> None:
    html = render(Scene([Cast([0], '"><b onclick=x>')]).build(), reader())
    assert "<b onclick" not in html
    assert "&#34;&gt;&lt;b onclick=x&gt;" in html


def test_file_name_that_is_no_utf8() -> None:
    html = render(Scene([], path="/tmp/epi\udce9sode.mp4").build(), reader())
    assert "<h1>epi?sode.mp4</h1>" in html


@pytest.mark.parametrize("path", ["a/b/x.mp4", "C:\\clips\\x.mp4", "x.mp4"])
def test_title_is_the_file_name(path: str) -> None:
    assert "<h1>x.mp4</h1>" in render(Scene([], path=path).build(), reader())


def test_nothing_outside_is_named() -> None:
    html = render(Scene([Cast([0], "Ada")]).build(), reader())
    assert not re.findall(r"https?://", html)
    assert not re.findall(r"url\(", html)
    links = set(re.findall(r'href="([^"#][^"]*)"', html))
    assert links == {"data:,", "people.csv", "appearances.csv", "faces.csv", "result.json"}
    assert " style=" not in html
    assert not re.findall(r"\son[a-z]+=", html.split("</style>")[1].split("<script")[0])


def test_cover_is_stored_once() -> None:
    result = Scene([Cast([0], "Ada")]).build()
    data = data_of(render(result, drawn_face))
    assert [bool(picture) for picture in data["pictures"]] == [True, True, False, True]


def test_settings_and_models() -> None:
    html = render(Scene([Cast([0], "Ada")]).build(), reader())
    assert "<code>decision.clustering.threshold</code><td><code>0.36</code>" in html
    assert "<td>centerface<td>MIT" in html


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("centerface", "MIT"),
        ("face_detection_yunet_2023mar", "MIT"),
        ("face_recognition_sface", "Apache-2.0"),
        ("dlib_face_recognition_resnet_model_v1", "Public domain (dlib)"),
        ("shape_predictor_68_face_landmarks", "Not for commercial use (trained on iBUG 300-W)"),
        ("buffalo_l/scrfd_10g", "Non-commercial research only (InsightFace)"),
        ("clothing.onnx", "MIT (this project; see its model card)"),
        ("mystery", UNKNOWN_LICENCE),
    ],
)
def test_licence(model: str, words: str) -> None:
    assert licence(model) == words


def test_flatten() -> None:
    found = flatten({"a": {"b": {"c": None}, "d": "é"}, "e": [1, 2]})
    assert [(s.name, s.value) for s in found] == [
        ("a.b.c", "not set"),
        ("a.d", "é"),
        ("e", "[1, 2]"),
    ]


def test_an_hour_stays_under_eight_megabytes(hour_sheet: Path) -> None:
    html = hour_sheet.read_text("utf-8")
    assert hour_sheet.stat().st_size < 8_000_000
    assert re.search(r"\+ \d+ more", html)
