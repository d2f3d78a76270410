"""CSV as RFC 4180 has it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.cells import restored
from clusterer.core.tables import Table, people_table
from clusterer.core.types import ClusteringResult
from clusterer.outputs.export.csv import csv_files, to_csv
from tests.small_result import small_result

TRICKY = (
    "Smith, John",
    'The "Boss"',
    "two\nlines",
    "a\r\nb",
    "Zoë 张伟 👩",
    "=1+1",
    " space ",
    "",
    ";",
)


def read(text: str) -> list[list[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [list(map(restored, row)) for row in rows]


def named(name: str) -> ClusteringResult:
    result = small_result()
    return replace(result, people=(replace(result.people[0], name=name), *result.people[1:]))


def test_bytes() -> None:
    text = to_csv(Table("t", ("a", "b"), (("x,y", 1.5), ('say "hi"', 2), ("", 0.001))))
    assert text == 'a,b\r\n"x,y",1.5\r\n"say ""hi""",2\r\n,0.001\r\n'


def test_files_hold_the_tables() -> None:
    result = small_result()
    files = csv_files(result)
    assert list(files) == ["people.csv", "appearances.csv", "faces.csv"]
    for table in result.tables:
        header, *rows = read(files[f"{table.name}.csv"])
        assert tuple(header) == table.columns
        assert rows == [[str(value) for value in row] for row in table.rows]


@pytest.mark.parametrize("name", TRICKY)
def test_names_come_back_as_they_were(name: str) -> None:
    result = named(name)
    files = csv_files(result)
    assert read(files["people.csv"])[1][1] == name
    assert [row[1] for row in read(files["appearances.csv"]) if row[0] == "person-1"] == [name] * 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2))
def test_any_text_survives(values: list[str]) -> None:
    assert read(to_csv(Table("t", ("a", "b"), (tuple(values),)))) == [["a", "b"], values]


def test_decimals_have_a_point_and_no_exponent() -> None:
    text = to_csv(people_table(small_result()))
    assert "2.84" in text
    assert not any("e-" in cell for row in read(text)[1:] for cell in row[3:])
