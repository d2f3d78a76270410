"""Figures take their colours from the page, need no style and no font, and repeat."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from clusterer.evaluation.people_plots import Faces, faces, histogram, matrix, shorten
from clusterer.evaluation.plots import BLUE, figure, svg
from tests.evaluation.tables import matching_of
from tests.result_folder import decided

TEXT = "{http://www.w3.org/2000/svg}text"


def drawn(title: str = "Title") -> str:
    made, axes = figure(3, 2)
    axes.plot([0, 1], [1, 0], color=BLUE, label=title)
    axes.fill_between([0, 1], [0, 0.5], color="black", alpha=0.3)
    axes.axvline(0.5, linestyle="--", color="black")
    axes.set_xlabel(title)
    axes.legend()
    return svg(made)


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(picture).iter(TEXT)]


def test_is_one_element_without_styles_or_addresses() -> None:
    picture = drawn()
    assert ET.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    assert "style" not in picture
    assert "<metadata" not in picture
    addresses = set(re.findall(r"https?://[^\"<> ]+", picture))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r'xlink:href="(.)', picture)) <= {"#"}


def test_black_is_the_colour_of_the_text_around() -> None:
    picture = drawn()
    assert "#000000" not in picture
    assert 'stroke="currentColor"' in picture
    assert f'stroke="{BLUE}"' in picture
    assert "#ffffff" not in picture, "no ground of its own"


def test_same_figure_same_text() -> None:
    assert drawn() == drawn()
    assert drawn("one") != drawn("other")


@pytest.mark.parametrize("name", ["a $x$ b", "$", "<b>&\"'", "张三", "--><!--", "x; fill: red"])
def test_names_are_written_as_they_are(name: str) -> None:
    assert texts(drawn(name)).count(name) == 2, "axis and legend"


def test_size_is_that_of_the_figure() -> None:
    element = ET.fromstring(drawn())
    assert (element.get("width"), element.get("height")) == ("288", "192"), "px at 96 an inch"
    assert element.get("viewBox") == "0 0 216 144", "points at 72 an inch"


def known_faces() -> Faces:
    return Faces(
        people=("ann", "bob"),
        person=np.array([0, 0, 1]),
        embeddings=np.array([[0.0, 2.0], [0.0, 4.0], [4.0, 0.0]]),
    )


def test_average_by_hand() -> None:
    assert known_faces().averages.tolist() == [[0.0, 3.0], [4.0, 0.0]]


def test_faces_of_the_chips_of_known_tracks() -> None:
    analysis = decided().analysis
    found = faces(matching_of(["bob", "ann", "ann", "?"], [1, 0, 2, 3]), analysis)
    assert found.people == ("ann", "bob")
    assert found.person.tolist() == [0, 1, 0], "chips of tracks 0, 1 and 2; nobody knows track 3"
    assert found.embeddings.tolist() == analysis.chip_embeddings[:3].tolist()


@pytest.mark.parametrize(
    ("metric", "label"), [("l2", "L2 distance"), ("cosine", "cosine distance")]
)
def test_histogram_says_what_it_shows(metric: str, label: str) -> None:
    picture = histogram(known_faces(), 0, metric, 0.36)
    assert label in texts(picture)
    assert picture == histogram(known_faces(), 0, metric, 0.36)
    assert "stroke-dasharray" in picture, "the threshold"


def test_histogram_of_somebody_alone() -> None:
    alone = Faces(("ann",), np.array([0]), np.array([[1.0, 1.0]]))
    assert histogram(alone, 0, "l2", 0.36).startswith("<svg")


def test_matrix_holds_names_and_distances() -> None:
    assert set(texts(matrix(known_faces()))) - {""} == {"1.00", "ann", "bob"}


def test_long_names_are_shortened() -> None:
    assert shorten(["a" * 18, "b" * 19]) == ["a" * 18, "b" * 17 + "…"]
