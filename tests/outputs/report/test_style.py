"""The palette keeps the contrasts of WCAG 2.1: 4.5 for text, 3 for graphics."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from clusterer.outputs.pages import templates
from clusterer.outputs.report.page import SCRIPTS

CSS = templates().joinpath("report.css").read_text("utf-8")
PAIRS = dict(re.findall(r"--(\w[\w-]*): light-dark\((#\w{6}, #\w{6})\)", CSS))
HUES = re.findall(r"\.c\d \{ --hue: light-dark\((#\w{6}, #\w{6})\)", CSS)
SCHEMES = [0, 1]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", ["ink", "soft", "accent"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_text_can_be_read(text: str, ground: str, scheme: int) -> None:
    assert contrast(*(PAIRS[name].split(", ")[scheme] for name in (text, ground))) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_on_warning_and_accent(scheme: int) -> None:
    for text, ground in (("ink", "warn"), ("accent-ink", "accent"), ("soft", "well")):
        assert contrast(*(PAIRS[name].split(", ")[scheme] for name in (text, ground))) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_bars_stand_out_from_their_well(scheme: int) -> None:
    assert ".bar .seen { fill: var(--hue); }" in CSS
    well = PAIRS["well"].split(", ")[scheme]
    assert min(contrast(hue.split(", ")[scheme], well) for hue in HUES) >= 3


def test_people_are_given_the_colours_there_are() -> None:
    scripts = "".join(templates().joinpath(name).read_text("utf-8") for name in SCRIPTS)
    used = re.findall(r"\.number - 1\) % (\d+)", scripts)
    assert used
    assert set(used) == {str(len(HUES))}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["well", "panel"])
def test_text_on_what_is_pointed_at(name: str, scheme: int) -> None:
    for text in ("ink", "soft", "accent"):
        assert contrast(*(PAIRS[pair].split(", ")[scheme] for pair in (text, name))) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_field_borders_can_be_seen(scheme: int) -> None:
    edge, panel = (PAIRS[name].split(", ")[scheme] for name in ("edge", "panel"))
    assert contrast(edge, panel) >= 3


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
    colours = [seen(hue.split(", ")[scheme], viewer) for hue in HUES]
    gaps = {
        (i, j): sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5
        for (i, a), (j, b) in combinations(enumerate(colours), 2)
    }
    assert min(gaps.values()) >= 10, sorted(gaps.items(), key=lambda item: item[1])[:4]
