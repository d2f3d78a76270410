"""Text in CSV that no spreadsheet runs, and that comes back as it was."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import clusterer
from clusterer.core.cells import guarded, restored
from clusterer.core.errors import ResultError
from clusterer.core.tables import Table
from clusterer.outputs.export.csv import to_csv
from tests.small_result import small_result

CASES = {
    "=SUM(A1)": "'=SUM(A1)",
    "+1": "'+1",
    "-2+3": "'-2+3",
    "@SUM(A1)": "'@SUM(A1)",
    "\tx": "'\tx",
    "\rx": "'\rx",
    "\nx": "'\nx",
    "\t=1": "'\t'=1",
    "'=1": "''=1",
    "''\tx": "'''\tx",
    " =1": "' =1",
    "\N{NO-BREAK SPACE}=1": "'\N{NO-BREAK SPACE}=1",
    '"=1': "'\"=1",
    "\uff1d1": "'\uff1d1",
    "a;=1": "a;'=1",
    "a, -1": "a,' -1",
    "a\n=1": "a\n'=1",
    'a;"=1"&"': 'a;\'"=1"&"',
    # nothing to guard:
    "": "",
    "Anna": "Anna",
    "Smith, John": "Smith, John",
    "Anna-Maria": "Anna-Maria",
    "a=b": "a=b",
    "'t Hooft": "'t Hooft",
    " space ": " space ",
    "00:59:58;10": "00:59:58;10",
}
TEXTS = st.text(st.sampled_from("=+-@\t\r\n ;,'\"ax\uff1d\xa0")) | st.text()


@pytest.mark.parametrize(("text", "cell"), CASES.items())
def test_by_hand(text: str, cell: str) -> None:
    assert guarded(text) == cell
    assert restored(cell) == text


@given(TEXTS)
def test_any_text_comes_back(text: str) -> None:
    cell = guarded(text)
    assert isinstance(cell, str)
    assert restored(cell) == text


@given(TEXTS)
def test_no_spreadsheet_finds_a_formula(text: str) -> None:
    """Whatever it takes for the separator of cells, and whether or not it drops spaces."""
    cell = str(guarded(text))
    assert not re.match("[=+\\-@\t\r\n]", cell)
    for piece in re.split("[,;\t\r\n]", cell):
        assert not re.match("[=+\\-@\uff1d\uff0b\uff0d\uff20]", piece.strip(' \xa0"'))


@pytest.mark.parametrize("value", [-2, -0.5, 3])
def test_numbers_stay_numbers(value: float) -> None:
    assert guarded(value) is value


@given(st.lists(st.tuples(TEXTS, st.integers(), st.floats(allow_nan=False)), max_size=4))
def test_a_table_comes_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    table = Table("people", ("name", "tracks", "confidence"), tuple(rows))
    path = tmp_path_factory.mktemp("tables") / "my film.people.csv"
    path.write_bytes(to_csv(table).encode("utf-8", "surrogatepass"))
    if any("\ud800" <= c <= "\udfff" for name, *_ in rows for c in name):
        with pytest.raises(ResultError):
            clusterer.read_table(path)
    else:
        assert clusterer.read_table(path) == table


def test_the_tables_of_a_result_come_back(tmp_path: Path) -> None:
    for table in small_result().tables:
        path = tmp_path / f"{table.name}.csv"
        path.write_text(to_csv(table), "utf-8", newline="")
        assert clusterer.read_table(path) == table


@pytest.mark.parametrize(
    "content",
    [b"", b"name,tracks\r\na", b"tracks\r\nmany\r\n", b"name\r\n\xff", b'name\r\n"a',
     b"tracks\r\n" + b"9" * 5000, b"name\r\n" + b"a" * 200_000],
    ids=lambda content: repr(content[:20]),
)  # fmt: skip
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(ResultError, match=r"is not a table of cluster-video \(") as error:
        clusterer.read_table(path)
    assert len(str(error.value).splitlines()) == 1


def test_the_cells_of_a_file_begin_no_formula() -> None:
    table = Table("people", ("name",), tuple((text,) for text in CASES))
    _, *found = csv.reader(io.StringIO(to_csv(table), newline=""))
    assert [cell for (cell,) in found] == list(CASES.values())
