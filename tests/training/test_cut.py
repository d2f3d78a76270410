"""How pictures were cut out: what makes no sense is refused."""

from __future__ import annotations

import pytest

from clusterer.core.errors import ConfigError
from clusterer.training.cut import Cut


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
