"""The page as text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from html import unescape
from time import thread_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.core.types import Action, ClusteringResult, Edit, Reason
from clusterer.outputs.report import render, render_live
from clusterer.outputs.report.wording import EXPLANATIONS, UNKNOWN_LICENCE, flatten, licence
from tests.outputs.report.builder import (
    Cast,
    Scene,
    drawn_face,
    drawn_torso,
    no_pictures,
    reader,
    torso_reader,
)


def data_of(html: str) -> dict[str, Any]:
    """The page's data, with its pictures."""
    blocks = dict(re.findall(r'<script type="application/json" id="(\w+)">(.*?)</script>', html))
    assert list(blocks) in (["data"], ["data", "kept"])
    return {**json.loads(blocks["data"]), **json.loads(blocks.get("kept", "{}"))}


def policy_of(html: str) -> dict[str, str]:
    """Directive → sources of the page's content security policy."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    parts = (part.partition(" ") for part in unescape(found[1]).split("; "))
    return {name: sources for name, _, sources in parts}


def fallback_of(html: str) -> str:
    """What is seen where no script runs."""
    return "".join(re.findall(r"<noscript>.*?</noscript>", html, re.S))


def test_same_input_same_text() -> None:
    scene = Scene([Cast([0, 3], "Ada"), Cast([2], "U", Reason.TOO_SMALL)])
    assert render(scene.build(), reader()) == render(scene.build(), reader())
    assert render_live(scene.build()) == render_live(scene.build())


def test_a_page_for_a_disk_has_its_pictures_inside() -> None:
    result = Scene([Cast([0], "Ada"), Cast([2], "U", Reason.TOO_SMALL)]).build()
    data = data_of(render(result, drawn_face, drawn_torso, names=("Eve",)))
    cover = str(result.unknowns[0].cover_row)
    assert list(data["pictures"]) == ["0", "1", "2", "3", cover]
    assert data["pictures"]["2"] == b64encode(drawn_face(2)).decode()
    assert data["torsos"]["2"] == b64encode(drawn_torso(2)).decode()
    assert data["shown"] == [0, 1, 2, 3, int(cover)]
    assert (data["mode"], data["names"]) == ("disk", ["Eve"])


def test_pictures_follow_the_script_so_that_the_page_is_shown_before() -> None:
    html = render(Scene([Cast([0], "Ada")]).build(), drawn_face)
    picture = b64encode(drawn_face(0)).decode()
    assert html.index('id="data"') < html.index("<script>") < html.index('id="kept"')
    assert html.index('id="kept"') < html.index(picture)


def test_a_page_of_a_server_has_none() -> None:
    undone = Edit(Action.NAME, ("1@0,0,9,9",), name="Eve")
    data = data_of(render_live(Scene([Cast([0], "Ada")]).build(), (undone,), ("Bob",)))
    assert "pictures" not in data
    assert data["shown"] == []
    assert (data["mode"], data["names"]) == ("live", ["Bob"])
    assert data["undone"] == [{"action": "name", "who": ["1@0,0,9,9"], "name": "Eve"}]


def test_a_page_for_a_disk_may_load_nothing_but_a_video_that_is_opened() -> None:
    policy = policy_of(render(Scene([]).build(), reader()))
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "data: blob:"
    assert policy["media-src"] == "blob:"
    assert "connect-src" not in policy
    assert "'self'" not in " ".join(policy.values())


def test_a_page_of_a_server_may_load_from_there() -> None:
    policy = policy_of(render_live(Scene([]).build()))
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "data: blob: 'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["media-src"] == "'self' blob:", "the reader may open the film from elsewhere"
    for name in ("script-src", "style-src"):
        assert re.fullmatch(r"'sha256-[^' ]+'", policy[name])


def test_nobody() -> None:
    html = render(Scene([]).build(), reader())
    assert "No faces in this video" in html
    assert data_of(html)["people"] == []


def test_no_pictures_at_all() -> None:
    scene = Scene([Cast([0], "Ada"), Cast([1], "Unknown 1", Reason.NO_MATCH)])
    html = render(scene.build(), no_pictures)
    assert "<img src=" not in html
    assert data_of(html)["pictures"] == {}


def test_without_a_script_people_are_listed() -> None:
    cast = [Cast([0], "Short"), Cast([1, 3, 5], "Long"), Cast([7], "Gone")]
    result = Scene(cast, start_timecode="10:00:00:00").build()
    people = tuple(replace(person, hidden=person.name == "Gone") for person in result.people)
    html = render(replace(result, people=people), reader())
    listed = fallback_of(html)
    assert listed.index("Long") < listed.index("Short")
    for words in ("6.0 s", "10:00:02:00", "93", ">3<"):
        assert words in listed
    assert "Gone" not in listed


def test_facts_and_warnings() -> None:
    scene = Scene([], start_timecode="10:00:00:00", warnings=("It is <cut>.",))
    about = data_of(render(scene.build(), reader()))["about"]
    assert about["facts"] == ["20.0 s", "1920 × 1080", "25 fps", "starts at 10:00:00:00"]  # noqa: RUF001 (the sign is meant)
    assert about["warnings"] == ["It is <cut>."]


def test_only_a_page_on_disk_links_the_tables_beside_it() -> None:
    result = Scene([]).build()
    files = ["people.csv", "appearances.csv", "faces.csv", "result.json"]
    assert data_of(render(result, reader()))["about"]["files"] == files
    assert data_of(render_live(result))["about"]["files"] == []


def test_every_reason_is_explained() -> None:
    assert set(EXPLANATIONS) == set(Reason)


@given(st.text(min_size=1))
@settings(max_examples=30, deadline=None)
def test_any_name_is_escaped(name: str) -> None:
    html = render(Scene([Cast([0], name)], path=name).build(), reader(4), names=(name,))
    assert html.count("<script") == 3
    assert html.count("</script") == 3
    data = data_of(html)
    assert data["names"] == [name]
    assert [edit["name"] for edit in data["edits"]] == [name]
    html.encode("utf-8")


def test_hostile_name_in_html() -> None:
    html = render(Scene([Cast([0], '"><b onclick=x>')]).build(), reader())
    assert "<b onclick" not in html
    assert "&#34;&gt;&lt;b onclick=x&gt;" in fallback_of(html)


def test_file_name_that_is_not_utf8() -> None:
    html = render(Scene([], path="/tmp/epi\udce9sode.mp4").build(), reader())
    assert re.search("<h1[^>]*>epi\N{REPLACEMENT CHARACTER}sode.mp4</h1>", html)
    assert data_of(html)["title"] == "epi\N{REPLACEMENT CHARACTER}sode.mp4"


@pytest.mark.parametrize("path", ["a/b/x.mp4", "C:\\clips\\x.mp4", "x.mp4"])
def test_title_is_the_file_name(path: str) -> None:
    html = render(Scene([], path=path).build(), reader())
    assert re.search("<h1[^>]*>x.mp4</h1>", html)
    assert data_of(html)["title"] == "x.mp4"


def test_nothing_outside_is_named() -> None:
    html = render(Scene([Cast([0], "Ada")]).build(), reader())
    names = ("2000/svg", "1998/Math/MathML", "1999/xhtml", "1999/xlink")  # of vocabularies
    found = set(re.findall(r"https?://[^\"'`\s)]*", html))
    assert found <= {f"http://www.w3.org/{name}" for name in names}
    css = html.split("<style>")[1].split("</style>")[0]
    assert "url(" not in css
    assert "@import" not in css
    outside = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.S)
    assert set(re.findall(r'href="([^"#][^"]*)"', outside)) == {"data:,"}
    assert " style=" not in outside
    assert not re.findall(r"\son[a-z]+=", outside)


def test_settings_and_models() -> None:
    about = data_of(render(Scene([Cast([0], "Ada")]).build(), reader()))["about"]
    assert ["clustering.threshold", "0.36"] in about["settings"]
    assert [model[:2] for model in about["models"]] == [
        ["centerface.onnx", "MIT"],
        ["mystery", UNKNOWN_LICENCE],
    ]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("centerface.onnx", "MIT"),
        ("face_detection_yunet_2023mar.onnx", "MIT"),
        ("sface.fp16.onnx", "Apache-2.0"),
        ("face-reidentification-retail-0095.bin", "Apache-2.0"),
        ("dlib_face_recognition_resnet_model_v1.dat", "Public domain (dlib)"),
        ("mmod_human_face_detector.dat", "Public domain (dlib)"),
        ("shape_predictor_5_face_landmarks.dat", "Public domain (dlib)"),
        ("lbpcascade_frontalface_opencv.xml", "BSD-3-Clause (scikit-image)"),
        ("det_10g.onnx", "Non-commercial research only (InsightFace)"),
        ("w600k_r50.onnx", "Non-commercial research only (InsightFace)"),
        ("facenet512.onnx", "MIT"),
        ("onnx:sface.onnx", UNKNOWN_LICENCE),  # whatever the user calls it
        ("clothing.int8.onnx", "MIT (this project; see its model card)"),
        ("mystery", UNKNOWN_LICENCE),
    ],
)
def test_licence(model: str, words: str) -> None:
    assert licence(model) == words


def test_licence_of_a_network_of_ones_own() -> None:
    assert licence("onnx:best.onnx", "As I like") == "As I like"
    assert licence("centerface.onnx", "As I like") == "MIT"


def test_flatten() -> None:
    found = flatten({"a": {"b": {"c": None}, "d": "é"}, "e": [1, 2]})
    assert [(s.name, s.value) for s in found] == [
        ("a.b.c", "not set"),
        ("a.d", "é"),
        ("e", "[1, 2]"),
    ]


@pytest.mark.parametrize(
    "path", ["/home/ada/nets/a.onnx", "C:\\nets\\a.onnx", "nets/a.onnx", "a.onnx"]
)
def test_folders_of_the_user_stay_private(path: str) -> None:
    found = flatten({"encoding": {"encoder": f"onnx:{path}"}})
    assert [(s.name, s.value) for s in found] == [("encoding.encoder", "onnx:a.onnx")]


def test_an_hour_stays_under_eight_megabytes(hour: ClusteringResult) -> None:
    started = thread_time()
    html = render(hour, reader(), torso_reader())
    assert thread_time() - started < 5
    assert 7_000_000 < len(html.encode("utf-8")) < 8_000_000


def test_pictures_make_way_for_corrections(hour: ClusteringResult) -> None:
    """3 MB of corrections, many more than anybody makes."""
    edit = Edit(Action.NAME, ("1@0,0,9,9",) * 5, name="Ada", note="n" * 400)
    html = render(replace(hour, edits=(edit,) * 6000), reader())
    assert 7_000_000 < len(html.encode("utf-8")) < 8_000_000
    assert len(data_of(html)["edits"]) == 6000
