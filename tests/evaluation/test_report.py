"""The page and the figures of one clip."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from html import escape
from pathlib import Path

import numpy as np
import pytest

from clusterer.core.errors import ResultError, TruthError
from clusterer.evaluation import (
    Evaluation,
    Scores,
    evaluate,
    pooled,
    read_truth,
    render,
    save,
    to_json,
)
from clusterer.evaluation.comparison import LONGER
from clusterer.evaluation.mistakes import Kind, Mistake
from clusterer.evaluation.report import MOST_SHOWN
from clusterer.evaluation.wording import SECTIONS, meaning
from clusterer.store.folder import ResultFolder
from tests.core.test_files import FullDisk, contents
from tests.evaluation.tables import truth_of
from tests.result_folder import decided, write, write_truth

HOSTILE = '</script><img src="https://x.example/y.png" onerror=alert(1)>'


def no_pictures(_: int) -> bytes | None:
    return None


@pytest.fixture
def compared(tmp_path: Path) -> Evaluation:
    """The small result against its truth."""
    return evaluate(decided(), read_truth(write_truth(tmp_path / "small.truth.csv")))


def plain(html: str) -> str:
    """Text of the page with single blanks."""
    without = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", without).split())


def test_figures_by_hand(compared: Evaluation) -> None:
    content = json.loads(to_json([compared]))
    (clip,) = content["clips"]
    assert (clip["clip"], clip["metric"], clip["threshold"]) == ("small", "l2", 0.36)
    assert clip["ratios"]["face_recall"] == 7 / 8
    assert clip["ratios"]["box_precision"] == 7 / 8
    assert clip["ratios"]["unknown_share"] == 1 / 7
    assert clip["ratios"]["wcp"] == 4 / 6
    assert clip["missed"] == {
        "frontal": {"missed": 0, "labelled": 4},
        "profile": {"missed": 0, "labelled": 2},
        "small": {"missed": 1, "labelled": 2},
    }
    assert clip["confusion"] == {
        "people": ["ann", "cleo", "bob", "dan"],
        "found": ["Person 1", "Person 2"],
        "faces": [[3, 0], [2, 0], [0, 1], [0, 0]],
        "unknown": [0, 0, 0, 1],
        "missed": [1, 0, 0, 0],
        "strays": [0, 1],
    }
    assert [(m["kind"], m["track"], m["faces"], m["person"]) for m in clip["mistakes"]] == [
        ("wrong", 2, 2, "cleo"),
        ("unknown", 3, 1, "dan"),
        ("stray", 1, 1, ""),
    ]
    assert [(m["found"], m["owner"]) for m in clip["mistakes"]] == [
        ("Person 1", "ann"),
        ("Unknown 1", ""),
        ("Person 2", "bob"),
    ]
    assert [(m["frame"], m["timecode"], m["reason"]) for m in clip["mistakes"]] == [
        (50, "01:00:02:00", ""),
        (60, "01:00:02:10", "ambiguous"),
        (10, "01:00:00:10", ""),
    ]
    assert content["pooled"] == clip["ratios"]


def test_pooled_counts_every_face_the_same(tmp_path: Path) -> None:
    truth = read_truth(write_truth(tmp_path / "small.truth.csv"))
    good, bad = evaluate(decided([0, 1, 2, 3]), truth), evaluate(decided([0, 0, 0, 0]), truth)
    assert pooled([good, bad]) == (good.scores + bad.scores).ratios()
    assert pooled([good, bad])["people_true"] == 8
    assert pooled([]) == Scores().ratios()


def test_page_shows_all_figures(compared: Evaluation) -> None:
    text = plain(render(compared, no_pictures))
    for name in compared.scores.ratios():
        assert meaning(name).title in text, name
    for name, (missed, total) in compared.by_kind.items():
        assert f"{name} {missed} {total}" in text
    assert "cleo in Person 1, who is ann 01:00:02:00 track 2" in text
    assert "dan in Unknown 1: ambiguous 01:00:02:10 track 3" in text
    assert "Split people They show a person who has a larger group elsewhere. None." in text
    assert "ann 3 · · 1 4" in text, "row of the confusion"
    assert "False detections · 1 · 1" in text


def test_page_shows_the_pictures_of_the_mistakes(tmp_path: Path) -> None:
    result = decided()
    folder = write(result, tmp_path / "a.people")
    compared = evaluate(result, read_truth(write_truth(tmp_path / "small.truth.csv")))
    html = render(compared, ResultFolder(folder).picture)
    assert html.count('src="data:image/jpeg;base64,') == 3
    assert render(compared, no_pictures).count('src="data:image/jpeg') == 0


@pytest.mark.parametrize(
    ("kind", "frame", "expected"),
    [(Kind.WRONG, 90, 8), (Kind.WRONG, 55, 5), (Kind.STRAY, 62, 6), (Kind.SPLIT, 90, 5)],
)
def test_picture_is_of_the_mistake(
    compared: Evaluation, kind: Kind, frame: int, expected: int
) -> None:
    pictures = replace(compared.result.analysis, crop_rows=np.array([5, 6, 8]))
    shown = replace(compared, result=replace(compared.result, analysis=pictures))
    mistake = Mistake(kind, track=2, frame=frame, faces=1, person="a", label=0, owner="b")
    assert shown.picture_row(mistake) == expected, "of rows 5, 6 and 8 at frames 50, 60 and 99"


def test_page_has_a_bound() -> None:
    assert sum(MOST_SHOWN.values()) == 60


def test_same_input_same_bytes(tmp_path: Path) -> None:
    truth = write_truth(tmp_path / "small.truth.csv")
    for name in ("a", "b"):
        compared = evaluate(decided(), read_truth(truth))
        assert save(compared, tmp_path / name, no_pictures) == tmp_path / name / "evaluation.html"
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a").keys() == {"evaluation.html", "evaluation.json"}


def test_hostile_names_are_text(tmp_path: Path) -> None:
    truth = truth_of(
        [(0, HOSTILE, (100, 50, 140, 98)), (60, "b", (400, 50, 440, 98))], kinds=[HOSTILE, ""]
    )
    html = render(evaluate(decided(), truth), no_pictures)
    assert "<img" not in html
    assert html.count("</script") == 1
    assert escape(HOSTILE).replace("&quot;", "&#34;") in html


def test_nothing_outside_is_named(compared: Evaluation) -> None:
    html = render(compared, no_pictures)
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\"' <>]+", html)) <= namespaces
    assert set(re.findall(r'href="([^"#][^"]*)"', html)) == {"data:,", "evaluation.json"}
    assert " style=" not in html, "the policy would refuse it"
    assert not re.search(r"url\((?!#)", html)


def test_truth_of_nobody_known() -> None:
    html = render(evaluate(decided(), truth_of([(0, "?", (100, 50, 140, 98))])), no_pictures)
    assert html.rstrip().endswith("</html>")
    assert "Distances between people" not in html


def test_result_without_faces_of_one_person() -> None:
    html = render(
        evaluate(decided([-1] * 4), truth_of([(0, "a", (100, 50, 140, 98))])), no_pictures
    )
    assert "Between people" not in html
    assert "From each person" in html


@pytest.mark.parametrize(("frame", "fits"), [(100, True), (109, True), (111, False)])
def test_truth_of_another_video(frame: int, fits: bool) -> None:
    truth = truth_of([(frame, "a", (0, 0, 9, 9))])
    assert LONGER == 1.1, "of 4 s at 25 Hz"
    if fits:
        evaluate(decided(), truth)
        return
    with pytest.raises(TruthError, match=r"labels up to frame 111, but small\.mp4 has about 100"):
        evaluate(decided(), truth)


def test_full_disk_changes_nothing(
    tmp_path: Path, compared: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(compared, tmp_path / "out", no_pictures)
    before = contents(tmp_path / "out")
    monkeypatch.setattr(os, "fsync", FullDisk(1))
    with pytest.raises(ResultError, match="no space left"):
        save(evaluate(decided([-1] * 4), compared.matching.truth), tmp_path / "out", no_pictures)
    assert contents(tmp_path / "out") == before


def test_every_score_is_explained(compared: Evaluation) -> None:
    names = compared.scores.ratios().keys()
    explained = {name for _, _, known in SECTIONS for name in known}
    assert {name for name in names if not name.startswith("face_recall_")} == explained
    assert all(meaning(name).text for name in names)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("b_cubed_f", "B-cubed F"),
        ("face_recall_small", "Face recall, small"),
        ("brand_new", "Brand new"),
    ],
)
def test_title_of_a_score(name: str, title: str) -> None:
    assert meaning(name).title == title
