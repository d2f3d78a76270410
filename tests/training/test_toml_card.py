"""The card beside a network holds what its readers ask for, and nothing else."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ConfigError
from clusterer.training.toml_card import ALIGNMENTS, Cut, NetworkCard, to_toml

KEYS = {
    "size_px", "channels", "layout", "dtype", "mean", "scale", "alignment", "padding", "dimension",
    "metric", "threshold", "normalise", "licence", "name",
}  # fmt: skip
"""All that a reader knows."""
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


def test_every_key() -> None:
    card = NetworkCard(112, "box", 0.25, 512, 0.36, "CC0 1.0", "small")
    assert tomllib.loads(to_toml(card)) == {
        "size_px": 112,
        "channels": "RGB",
        "layout": "NHWC",
        "dtype": "uint8",
        "alignment": "box",
        "padding": 0.25,
        "dimension": 512,
        "metric": "cosine",
        "threshold": 0.36,
        "normalise": True,
        "licence": "CC0 1.0",
        "name": "small",
    }


@given(TEXTS, TEXTS, st.floats(1e-3, 2.0), st.sampled_from(ALIGNMENTS))
def test_whatever_is_written_is_read(
    licence: str, name: str, threshold: float, alignment: str
) -> None:
    card = NetworkCard(16, alignment, None, 2, threshold, licence, name)
    read = tomllib.loads(to_toml(card))
    assert set(read) <= KEYS
    assert read.get("licence", "") == licence
    assert read.get("name", "") == name
    assert read["threshold"] == threshold
    assert "padding" not in read
    assert "mean" not in read, "the network normalises pixels itself"
    assert "scale" not in read


@pytest.mark.parametrize(
    ("alignment", "padding", "expected"),
    [
        ("none", None, "unknown alignment 'none'. Known: five-point, dlib, box"),
        ("five-point", 0.2, "alignment five-point has no padding. Leave out --padding"),
        ("box", -0.1, "padding is -0.1"),
        ("dlib", float("nan"), "padding is nan"),
    ],
)
def test_cuts_that_make_no_sense(alignment: str, padding: float | None, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        Cut(alignment, padding)
