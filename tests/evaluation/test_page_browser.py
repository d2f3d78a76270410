"""The evaluation page in a browser: Chromium, from disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clusterer.evaluation import evaluate, read_truth, save
from clusterer.store.folder import ResultFolder
from tests.result_folder import decided, write, write_truth

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

LIGHT, DARK = "rgb(245, 244, 240)", "rgb(19, 21, 25)"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Page with three mistakes and a long name."""
    folder = tmp_path_factory.mktemp("evaluation")
    result = decided()
    write(result, folder / "small.people", drawn=True)
    truth = write_truth(folder / "small.truth.csv", {"ann": "Ann " + "of the Green Gables " * 8})
    read_crop = ResultFolder(folder / "small.people").picture
    return save(evaluate(result, read_truth(truth)), folder, read_crop)


@pytest.fixture
def page(open_page: Callable[..., Page], path: Path) -> Page:
    """The page, light; at the end nothing may have been fetched or complained of."""
    return open_page(path, viewport={"width": 1280, "height": 800}, color_scheme="light")


def test_everything_is_drawn(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("small")
    expect(page.locator(".faces li")).to_have_count(3)
    for picture in page.locator(".faces img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("async i => { await i.decode(); return i.naturalWidth }") == 32
    expect(page.locator(".confusion tbody tr")).to_have_count(5)
    for drawing in page.locator("figure svg, .plot svg").all():
        box = drawing.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 50


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_fits_every_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_pictures_follow_the_colours(page: Page) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    ink = "getComputedStyle(document.querySelector('figure svg text')).fill"
    assert page.evaluate(ground) == LIGHT
    assert page.evaluate(ink) == "rgb(27, 28, 31)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == DARK
    assert page.evaluate(ink) == "rgb(236, 238, 241)"
    page.locator("#theme").click()
    expect(page.locator("#theme")).to_have_text("Light")
    assert page.evaluate(ground) == LIGHT


def test_the_stronger_cell_is_the_larger_share(page: Page) -> None:
    shades = page.evaluate(
        "[...document.querySelectorAll('.confusion tbody tr:first-child td.n')].slice(0, 4)"
        ".map(cell => [cell.textContent, getComputedStyle(cell).backgroundColor])"
    )
    assert [text for text, _ in shades] == ["3", "·", "·", "1"], (
        "of 4: found, other, unknown, missed"
    )
    assert len({shade for _, shade in shades}) == 3
