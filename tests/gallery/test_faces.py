"""Means and outliers of encodings made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from clusterer.core.config import GalleryConfig
from clusterer.core.errors import ConfigError
from clusterer.gallery.faces import Scale, gather

L2 = Scale("l2", 0.5)
CONFIG = GalleryConfig(outlier=2.0)


def rows(*values: float) -> np.ndarray:
    return np.array([[value, 1.0] for value in values], np.float32)


def test_a_mean_for_each_person() -> None:
    means, outliers = gather({"ann": rows(0.0, 0.2), "bob": rows(5.0)}, L2, CONFIG)
    assert outliers == {}
    assert means["ann"] == pytest.approx([0.1, 1.0])
    assert means["bob"] == pytest.approx([5.0, 1.0])


def test_an_outlier_is_left_out() -> None:
    means, outliers = gather({"ann": rows(0.0, 9.0, 0.2)}, L2, CONFIG)
    assert means["ann"] == pytest.approx([0.1, 1.0])
    assert outliers == {"ann": {1: pytest.approx(8.9)}}


def test_two_that_contradict_each_other_are_both_left_out() -> None:
    means, outliers = gather({"ann": rows(0.0, 9.0), "bob": rows()}, L2, CONFIG)
    assert means == {}
    assert outliers == {"ann": {0: pytest.approx(9.0), 1: pytest.approx(9.0)}}


def test_format_of_a_distance() -> None:
    assert (L2.text(0.345), Scale("cosine", 0.03).text(0.0214)) == ("0.34", "0.021")


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": -1},
        {"margin": 11},
        {"min_quality": 2},
        {"outlier": -1},
        {"candidates": -1},
        {"kept": 0},
    ],
)
def test_settings_have_ranges(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="It must be between"):
        GalleryConfig(**wrong)  # one of the numbers


def test_a_cosine_distance_is_counted_by_its_root() -> None:
    assert Scale("cosine", 0.03).count(np.array([0.0, 0.03, 0.12])) == pytest.approx([0, 1, 2])
    assert L2.count(np.array([0.25, 1.0])) == pytest.approx([0.5, 2.0])
