"""The tables as data frames: what pandas reads from the CSV files."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from clusterer.core.tables import NUMBERS, TEXTS, Table
from clusterer.core.types import ClusteringResult, Reason
from clusterer.outputs.export.csv import csv_files
from tests.small_result import small_result


def named(name: str) -> ClusteringResult:
    result = small_result()
    return replace(result, people=(replace(result.people[0], name=name), *result.people[1:]))


def of_csv(text: str) -> pd.DataFrame:
    """The file, its columns typed by what the documentation says of them."""
    columns = text.partition("\r\n")[0].split(",")
    kinds = {
        name: "string" if name in TEXTS else "int64" if name in NUMBERS else "float64"
        for name in columns
    }
    # Only what is empty is missing: somebody may be called NA.
    return pd.read_csv(io.StringIO(text), dtype=kinds, keep_default_na=False, na_values=[""])


@pytest.mark.parametrize("name", ["Anna", "NA", "Smith, John", "two\nlines", "Zoë 张伟 👩", "007"])
def test_a_frame_is_what_the_file_holds(name: str) -> None:
    result = named(name)
    files = csv_files(result)
    assert len(files) == len(list(result.tables)) == 3
    for table in result.tables:
        frame = table.to_pandas()
        pd.testing.assert_frame_equal(frame, of_csv(files[f"{table.name}.csv"]))
        assert len(frame) == len(table) > 0
    assert result.tables.people.to_pandas().loc[0, "name"] == name


def test_types_of_the_columns() -> None:
    tables = small_result().tables
    kinds = {name: str(kind) for name, kind in tables.faces.to_pandas().dtypes.items()}
    decimal = ("time_s", "left", "top", "right", "bottom", "score", "quality")
    whole = ("track", "shot", "frame")
    assert kinds == {"person": "string", **dict.fromkeys(whole, "int64")} | dict.fromkeys(
        decimal, "float64"
    )
    assert {str(kind) for kind in tables.appearances.to_pandas().dtypes} == {
        "string", "int64", "float64",
    }  # fmt: skip


def test_the_person_of_a_face_that_is_nobody_s_is_missing() -> None:
    faces = small_result().tables.faces.to_pandas()
    assert faces["person"].isna().tolist() == [False] * 7 + [True, False]
    assert faces.groupby("person").size().to_dict() == {"person-1": 6, "person-2": 2}


def test_an_empty_table_has_the_same_types() -> None:
    result = small_result()
    for table in result.tables:
        empty = Table(table.name, table.columns, ()).to_pandas()
        assert empty.empty
        assert empty.dtypes.equals(table.to_pandas().dtypes)


def test_every_column_has_a_type() -> None:
    """A column that is neither text nor a whole number holds decimals, and only those."""
    result = small_result()
    nobody = replace(result.unknowns[0], reason=Reason.NOT_A_FACE)
    for table in replace(result, unknowns=(nobody,)).tables:
        for name, values in zip(table.columns, zip(*table.rows, strict=True), strict=True):
            kind = str if name in TEXTS else int if name in NUMBERS else float
            assert {type(value) for value in values} == {kind}, name


def test_faces_of_a_person_as_a_frame() -> None:
    result = small_result()
    for who in (*result, *result.unknowns):
        faces = result.faces_of(who)
        frame = faces.to_pandas()
        assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
            **dict.fromkeys(("row", "track", "frame"), "int64"),
            "time_s": "float64",
            **dict.fromkeys(("left", "top", "right", "bottom", "score", "quality"), "float32"),
        }
        assert frame["row"].tolist() == faces.row.tolist()
        assert (frame[["left", "top", "right", "bottom"]].to_numpy() == faces.boxes).all()
        assert frame["quality"].tolist() == faces.quality.tolist()
        frame["left"] = 0.0  # a frame of one's own, to change


def test_no_faces_are_an_empty_frame() -> None:
    nobody = replace(small_result().people[0], track_ids=())
    faces = small_result().faces_of(nobody)
    assert len(faces) == 0
    assert faces.to_pandas().dtypes.equals(small_result().faces_of("person-1").to_pandas().dtypes)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_frames_survive_a_file(ending: str, tmp_path: Path) -> None:
    for table in named("NA").tables:
        frame = table.to_pandas()
        path = tmp_path / f"{table.name}.{ending}"
        if ending == "parquet":
            pytest.importorskip("pyarrow")
            frame.to_parquet(path)
            read = pd.read_parquet(path)
        else:
            frame.to_csv(path, index=False)
            read = of_csv(path.read_text("utf-8").replace("\n", "\r\n"))
        pd.testing.assert_frame_equal(read, frame)
