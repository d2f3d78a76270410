"""Columns of text."""

from __future__ import annotations

import pytest

from clusterer.cli.columns import echo_columns


def test_each_is_as_wide_as_its_longest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    echo_columns([("name", "ms", ""), ("A\x1b", "1", "x"), ("Benjamin", "123", "")], right={1})
    assert capsys.readouterr().out.splitlines() == [
        "name       ms",
        "A\\x1b       1  x",
        "Benjamin  123",
    ]
