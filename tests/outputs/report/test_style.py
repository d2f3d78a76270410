"""The palettes keep the contrasts of WCAG 2.1: 4.5 for text, 3 for graphics."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from clusterer.outputs.pages import templates

WEB = Path(__file__).parents[3] / "web" / "src"
SCHEMES = [0, 1]
Palette = dict[str, tuple[str, str]]


def palette(css: str) -> Palette:
    """Name → colour in light and in dark, as six digits."""
    pairs = re.findall(r"--(\w[\w-]*):\s*light-dark\((#\w+),\s*(#\w+)\)", css)
    return {name: (_whole(light), _whole(dark)) for name, light, dark in pairs}


def _whole(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


PAGES = palette(templates().joinpath("pages.css").read_text("utf-8"))
"""Of evaluation, tuning and verification."""
BASE = palette((WEB / "base.css").read_text("utf-8"))
"""Of the workspace."""
PEOPLE = [f"c{number}" for number in range(8)]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def weakest(own: Palette, over: list[str], grounds: list[str], scheme: int) -> float:
    pairs = [(own[a][scheme], own[b][scheme]) for a in over for b in grounds]
    return min(contrast(a, b) for a, b in pairs)


def test_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_of_the_workspace_can_be_read(scheme: int) -> None:
    words = ["ink", "soft", "lead", "warn", "bad", "good"]
    assert weakest(BASE, words, ["paper", "panel", "raised"], scheme) >= 4.5
    assert weakest(BASE, ["on-lead"], ["lead"], scheme) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_bars_boxes_and_what_is_selected_stand_out(scheme: int) -> None:
    assert weakest(BASE, [*PEOPLE, "pick"], ["paper", "panel", "raised"], scheme) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_of_the_other_pages_can_be_read(scheme: int) -> None:
    assert weakest(PAGES, ["ink", "soft", "accent"], ["paper", "panel"], scheme) >= 4.5
    assert weakest(PAGES, ["soft"], ["well"], scheme) >= 4.5
    assert weakest(PAGES, ["accent-ink"], ["accent"], scheme) >= 4.5


def test_people_are_given_the_colours_there_are() -> None:
    script = (WEB / "model" / "people.ts").read_text("utf-8")
    assert f"(this.number - 1) % {len(PEOPLE)}" in script
    assert set(PEOPLE) == {name for name in BASE if re.fullmatch(r"c\d", name)}


# Linear-light RGB as a viewer without red (protan) or green (deutan) cones sees it.
# Source: Machado, Oliveira, Fernandes, IEEE TVCG 15(6), 2009, severity 1.0.
VIEWERS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def seen(colour: str, viewer: str) -> tuple[float, ...]:
    """CIE L*a*b* of a colour as a viewer sees it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    r, g, b = (
        min(1.0, max(0.0, sum(k * v for k, v in zip(row, linear, strict=True))))
        for row in VIEWERS[viewer]
    )
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("viewer", VIEWERS)
def test_people_can_be_told_apart(viewer: str, scheme: int) -> None:
    """CIE76 of 10: clearly different side by side (2.3 is just noticeable)."""
    colours = [seen(BASE[name][scheme], viewer) for name in PEOPLE]
    gaps = {
        (i, j): sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5
        for (i, a), (j, b) in combinations(enumerate(colours), 2)
    }
    assert min(gaps.values()) >= 10, sorted(gaps.items(), key=lambda item: item[1])[:4]
