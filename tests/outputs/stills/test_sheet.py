"""The contact sheet: what an independent reader finds in it, and what is replaced."""

from __future__ import annotations

import builtins
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import clusterer
from clusterer.core.errors import ConfigError, DependencyError
from clusterer.core.types import ClusteringResult
from clusterer.outputs.stills.choose import StillsChoice
from clusterer.outputs.stills.fonts import OURS, Font
from clusterer.outputs.stills.pages import Grid, Pages, Picture
from clusterer.outputs.stills.sheet import PAPERS_MM, SheetLayout, make_sheet, sheet
from tests.conftest import DEMO

pypdf = pytest.importorskip("pypdf")
pytest.importorskip("fpdf")


def texts(content: bytes) -> list[str]:
    """Text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages]


def test_a_page_for_each_person(result: ClusteringResult, film: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.pdf"
    made = clusterer.sheet(result, str(film), str(file))
    assert (made.people, made.pages, made.lacking, made.name) == (2, 2, "", "small.sheet.pdf")
    assert file.read_bytes() == made.content
    first, second = texts(made.content)
    assert first.startswith("Person 1\n2.8 s on screen · 2 appearances · 2 shots")
    assert "01:00:00:00 to 01:00:03:24" in first
    assert "01:00:02:10" in first, "of a picture"
    assert "1 / 2 · small.mp4" in first
    assert second.startswith("Person 2\n0.4 s on screen · 1 appearance · 1 shot")
    reader = pypdf.PdfReader(file)
    assert [len(page.images) for page in reader.pages] == [2, 1]
    assert [entry["/Title"] for entry in reader.outline] == ["Person 1", "Person 2"]
    assert reader.metadata.title == "small.mp4"
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    for font in fonts:
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in inner["/FontDescriptor"].get_object(), "embedded, for print"


def test_the_same_bytes_again(result: ClusteringResult, film: Path) -> None:
    made = [make_sheet(result, film) for _ in range(2)]
    assert made[0] == made[1]


def test_names_in_many_scripts(result: ClusteringResult, film: Path) -> None:
    names = ("Łukasz Фёдор", "محمد \U000e0ffa")
    people = tuple(replace(who, name=name) for who, name in zip(result.people, names, strict=True))
    made = make_sheet(replace(result, people=people), film, layout=SheetLayout("letter"))
    assert made is not None
    assert made.lacking in {"", "\U000e0ffa"}
    first, second = texts(made.content)
    assert first.startswith("Łukasz Фёдор\n")
    assert set("محمد") <= set(second.splitlines()[0])
    page = pypdf.PdfReader(BytesIO(made.content)).pages[0]
    assert [round(float(side)) for side in page.mediabox[2:]] == [612, 792]


def test_a_part_of_the_film_has_the_totals_of_that_part(
    result: ClusteringResult, film: Path
) -> None:
    made = make_sheet(result, film, StillsChoice("Person 1", begin=2.0, end=3.0, crop=True))
    assert made is not None
    (page,) = texts(made.content)
    assert page.startswith("Person 1\n1.0 s on screen · 1 appearance · 1 shot · 01:00:02:00 to")
    assert made.name == "small+Person 1+from-0-00-02+to-0-00-03.sheet.pdf"


def test_many_pictures_take_more_pages_and_long_names_fit() -> None:
    grid = Grid.of(PAPERS_MM["a4"], 16 / 9)
    pages = Pages(PAPERS_MM["a4"], "film.mp4", fonts=[Font(OURS)], lacking="q")
    jpeg = grid.jpeg(np.zeros((90, 160, 3), np.uint8))
    pictures = [Picture(jpeg, f"00:00:{i:02}:00") for i in range(20)]
    pages.add("Quincy with q" + " and more" * 30, "totals", pictures, grid)
    assert pages.count == 2
    first, second = texts(pages.content())
    assert first.startswith("Quincy with \N{REPLACEMENT CHARACTER} and more")
    assert first.splitlines()[0].endswith("…")
    assert first.count("00:00:") == 18 - 3 == grid.columns * grid.rows
    assert second.count("00:00:") == 5


@pytest.mark.parametrize("paper", PAPERS_MM)
@pytest.mark.parametrize("aspect", [0.3, 0.56, 1.0, 4 / 3, 16 / 9, 2.39, 8.0])
def test_grids_are_within_the_margins(paper: str, aspect: float) -> None:
    grid = Grid.of(PAPERS_MM[paper], aspect)
    width_mm, height_mm = PAPERS_MM[paper]
    places = list(grid.places())
    assert len(places) == grid.columns * grid.rows
    assert grid.width_mm / grid.height_mm == pytest.approx(aspect)
    assert max(left for left, _ in places) + grid.width_mm <= width_mm - 15 + 1e-6
    assert max(top for _, top in places) + grid.height_mm + 5 <= height_mm - 15 - 8 + 1e-6


def test_pictures_are_not_larger_than_print_needs() -> None:
    grid = Grid.of(PAPERS_MM["a4"], 16 / 9)
    large, small = (
        cv2.imdecode(np.frombuffer(grid.jpeg(np.zeros((h, w, 3), np.uint8)), np.uint8), 1)
        for h, w in ((2160, 3840), (90, 160))
    )
    # (210 - 2 · 15 - 2 · 4) / 3 mm at 300 dpi
    assert large.shape[1] == round(172 / 3 / 25.4 * 300) == 677
    assert small.shape == (90, 160, 3)


def test_only_sheets_are_replaced(result: ClusteringResult, film: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.pdf"
    few = StillsChoice("Person 2", best=1)
    sheet(result, film, file, few)
    sheet(result, film, file, few)
    file.write_bytes(b"%PDF-1.4 mine")
    with pytest.raises(ConfigError, match=r"exists and is not a contact sheet.*--overwrite"):
        sheet(result, film, file, few)
    with pytest.raises(ConfigError, match="is the film itself"):
        sheet(result, film, film, few)
    with pytest.raises(ConfigError, match="is a folder"):
        sheet(result, film, tmp_path, few)
    assert file.read_bytes() == b"%PDF-1.4 mine"
    assert [path.name for path in tmp_path.iterdir()] == ["people.pdf"]


def test_what_is_stopped(result: ClusteringResult, film: Path) -> None:
    assert make_sheet(result, film, go_on=lambda done: done < 0.5) is None


def test_without_the_library(
    result: ClusteringResult, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = builtins.__import__

    def missing(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "fpdf":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return load(name, *more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(DependencyError) as error:
        sheet(result, film, tmp_path / "people.pdf")
    assert str(error.value) == 'The library fpdf is missing. Install it: pip install ".[pdf]"'


def test_there_is_no_such_paper() -> None:
    with pytest.raises(ConfigError, match=r"paper is 'a5'\. Choose from a4, letter"):
        SheetLayout("a5")


def test_the_sample_film(demo: clusterer.Outcome) -> None:
    made = make_sheet(demo.result, DEMO, StillsChoice(best=2))
    assert made is not None
    names = [page.splitlines()[0] for page in texts(made.content)]
    assert names == [who.name for who in demo.result.people]
