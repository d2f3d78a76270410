"""Tables of a cast: columns, times, dates, and what is wrong with a row."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from clusterer.core.errors import CastListError
from clusterer.gallery import read_cast_list, read_dates
from clusterer.gallery.cast_list import read as reading
from clusterer.gallery.cast_list.types import CastEntry, Moment, Stretch


def entries(tmp_path: Path, content: str | bytes, name: str = "cast.csv") -> tuple[CastEntry, ...]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_cast_list(path).entries


def test_every_column(tmp_path: Path) -> None:
    header = "Role,NAME,in,out,photo,born,not before,film,remark"
    row = "Nurse,Anna,1:30,01:02:03:04,a.jpg | b/c.png,1960,1985-06,e1.mp4,ignored"
    (anna,) = entries(tmp_path, f"{header}\n{row}\n")
    assert anna == CastEntry(
        "Anna",
        role="Nurse",
        stretches=(Stretch((Moment(Fraction(90)), Moment("01:02:03:04")), film="e1.mp4"),),
        photographs=(tmp_path / "a.jpg", tmp_path / "b" / "c.png"),
        not_before=date(1985, 6, 1),
    )


def test_a_name_of_several_rows_is_one_entry(tmp_path: Path) -> None:
    content = (
        "name;start_frame;end_frame;role;born\nAnna;0;5;;1970\nBen;1;2;;\nANNA;9;;Nurse;1971\n"
    )
    anna, ben = entries(tmp_path, content)
    assert (anna.name, anna.role, anna.not_before) == ("Anna", "Nurse", date(1971, 1, 1))
    assert anna.stretches == (
        Stretch((Moment(0), Moment(5))),
        Stretch((Moment(9), Moment(9))),
    )
    assert ben.name == "Ben"


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffname\trole\r\nZoë\tNurse\r\n".encode(),
        "name\trole\nZoë\tNurse\n".encode("utf-16"),
        '"name","role"\n"Zoë","Nurse"\n'.encode(),
        b"\nname;role\n".replace(b"\n", b"", 1) + "Zoë;Nurse".encode(),
    ],
)
def test_separators_and_encodings(tmp_path: Path, content: bytes) -> None:
    assert entries(tmp_path, content) == (CastEntry("Zoë", role="Nurse"),)


def test_exact_frames_count_before_timecodes_and_seconds(tmp_path: Path) -> None:
    header = "name,start_s,end_s,start_timecode,end_timecode,start_frame,end_frame"
    (anna,) = entries(tmp_path, f"{header}\nAnna,0.04,1,00:00:00:01,00:00:01:00,1,25\n")
    assert anna.stretches == (Stretch((Moment(1), Moment(25))),)


def test_names_that_nobody_can_have_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "cast.csv"
    path.write_text("name\nPerson 3\nunknown-1\nAnna\n" + "x" * 201 + "\n,\n")
    cast = read_cast_list(path)
    assert [each.name for each in cast.entries] == ["Anna"]
    assert cast.notes == (
        "'" + "x" * 39 + "\\u2026' cannot be a name",
        "2 left out: names such as Person 3 are nobody's",
    )


def test_names_are_restored_as_they_are_exported(tmp_path: Path) -> None:
    (boss,) = entries(tmp_path, "name\n'=cmd\n")
    assert boss.name == "=cmd"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("actress,role\nAnna,Nurse\n", "cast.csv has no column name"),
        ("name\n\n", "cast.csv has no names. Give"),
        ("name\nPerson 1\n", r"has no names \(1 left out"),
        ("name,in\nAnna,soon\n", "cast.csv, line 2: 'soon' is not a time. Write times as"),
        ("name,in\nAnna," + "9" * 30 + "\n", "is not a time"),
        ("name,start_frame\nAnna,-1\n", "'-1' is not the number of a frame"),
        ("name,photo\nAnna,a.jpg|https://a/b.jpg\n", "'https://a/b.jpg' is not a file of this"),
        ("name,photo\nAnna,//host/b.jpg\n", "'//host/b.jpg' is not a file of this machine"),
        ("name,born\nAnna,66\n", "line 2: '66' is not a date"),
        ("name,born\nAnna,1966-02-30\n", "'1966-02-30' is not a date"),
        (b"name\n\xff\xfe\n", "cast.csv is not UTF-8"),
        (b"name\n\0\n", "cast.csv is not text"),
        ("name\n" + "x" * 20_000, "a cell is too long"),
        ('name\n"' + "x" * 200_000, "field larger than field limit"),
        ("", "has no column name"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, content: str | bytes, why: str) -> None:
    with pytest.raises(CastListError, match=why) as error:
        entries(tmp_path, content)
    assert len(str(error.value).splitlines()) == 1


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_NAMES", 2)
    with pytest.raises(CastListError, match="has 3 names"):
        entries(tmp_path, "name\na\nb\nc\n")
    monkeypatch.setattr(reading.table, "MOST_ROWS", 2)
    with pytest.raises(CastListError, match="too many rows"):
        entries(tmp_path, "name\na\nb\nc\n")
    monkeypatch.setattr(reading.table, "MOST_BYTES", 5)
    with pytest.raises(CastListError, match="is too large"):
        entries(tmp_path, "name\na\nb\nc\n")


def test_files_of_other_kinds(tmp_path: Path) -> None:
    with pytest.raises(CastListError, match=r"cast\.pdf is not a list of names"):
        entries(tmp_path, "name\nAnna\n", "cast.pdf")
    with pytest.raises(CastListError, match="Cannot read"):
        read_cast_list(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(CastListError, match="Cannot read"):
        read_cast_list(tmp_path / "folder.csv")


def test_dates_of_films(tmp_path: Path) -> None:
    path = tmp_path / "dates.csv"
    path.write_text("film,date\ne1.mp4,1965\ne2.mp4,\n")
    assert read_dates(path) == {"e1.mp4": "1965", "e2.mp4": ""}
    path.write_text("film,date\ne1.mp4,soon\n")
    with pytest.raises(CastListError, match="line 2: 'soon' is not a date"):
        read_dates(path)
    path.write_text("name,date\ne1.mp4,1965\n")
    with pytest.raises(CastListError, match="no columns film and date"):
        read_dates(path)
