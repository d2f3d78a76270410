"""What holds for every format of the registry."""

from __future__ import annotations

import itertools
import re
from importlib import import_module

import pytest
from hypothesis import given, settings

from clusterer.core.errors import ConfigError, DependencyError
from clusterer.models.registry import Entry
from clusterer.outputs.export import FORMATS, Timeline, create, names
from clusterer.outputs.export.timeline import one_line
from tests.outputs.export.builder import HOSTILE, PATHS, RATES, part, timeline, timelines
from tests.outputs.export.readers import READINGS, Mark, Scale

BINARY = {"parquet", "xlsx"}
EVERY_FORMAT = pytest.mark.parametrize("name", names())
EVERY_RATE = pytest.mark.parametrize("at", RATES)
FEW = settings(max_examples=25)
LONGEST_NAME = 255 - len(". .tmp_abcd")
"""Bytes that file systems take, less what a temporary file beside it adds."""


def marks_of(content: Timeline) -> list[Mark]:
    return [Mark(who.name, span.start, span.end) for who, span in content.marks()]


def read(name: str, content: Timeline) -> list[Mark]:
    files = create(name).files(content)
    return sorted(READINGS[name].read(files, Scale(content.rate, content.start)))


def two_people(at: str = "25") -> Timeline:
    anna = part("Anna", (0, 20), (20, 41), (95, 100))
    return timeline(anna, part("Boris", (7, 33), (99, 100), number=1), at=at)


def test_the_registry_is_sorted_and_every_format_has_a_reader() -> None:
    assert list(FORMATS.built_in) == sorted(FORMATS.built_in) == list(names())
    assert set(READINGS) == set(names())


@EVERY_FORMAT
def test_a_format_says_what_it_is_and_where_it_is_described(name: str) -> None:
    entry = FORMATS.built_in[name]
    module, _, kind = entry.home.partition(":")
    home = import_module(module)
    assert getattr(home, kind).__doc__
    assert re.search("Sources?:|RFC", home.__doc__ or ""), "the source of the format"
    assert entry.summary
    assert len(entry.summary) < 60


@EVERY_FORMAT
@EVERY_RATE
def test_frames_at_every_rate(name: str, at: str) -> None:
    content = two_people(at)
    assert read(name, content) == READINGS[name].expected(marks_of(content))


@EVERY_FORMAT
@FEW
@given(content=timelines())
def test_any_frames(name: str, content: Timeline) -> None:
    assert read(name, content) == READINGS[name].expected(marks_of(content))


@EVERY_FORMAT
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda name: repr(name)[:20])
def test_hostile_name(name: str, hostile: str) -> None:
    shown = one_line(hostile)
    content = timeline(part(shown, (5, 9), (20, 30)), part("Boris", (40, 50), number=1))
    found = read(name, content)
    if READINGS[name].plain:
        assert found == READINGS[name].expected(marks_of(content))
    spans = {(mark.start, mark.end) for mark in found}
    assert spans == {(5, 9), (20, 30), (40, 50)}


@EVERY_FORMAT
@FEW
@given(content=timelines(hostile=True))
def test_anything(name: str, content: Timeline) -> None:
    files = create(name).files(content)
    assert create(name).files(content) == files
    for file, data in files.items():
        check_file_name(file, content)
        if name not in BINARY:
            check_text(data)
    found = READINGS[name].read(files, Scale(content.rate, content.start))
    spans = {(mark.start, mark.end) for mark in found}
    marks = marks_of(content)
    if READINGS[name].cast:
        assert {f for s, e in spans for f in (s, e)} <= {f for _, s, e in marks for f in (s, e)}
    else:
        assert spans == {(start, end) for _, start, end in marks}


def check_file_name(file: str, content: Timeline) -> None:
    assert file.startswith(content.stem)
    assert content.stem
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff]', file), file
    assert file[-1] not in ". "
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", file)
    assert len(file.encode()) <= LONGEST_NAME


def check_text(data: bytes) -> None:
    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text)


@EVERY_FORMAT
@pytest.mark.parametrize("path", PATHS, ids=lambda path: repr(path)[:20])
def test_any_path_of_the_video(name: str, path: str) -> None:
    content = timeline(part("Anna", (5, 9)), path=path)
    files = create(name).files(content)
    for file in files:
        check_file_name(file, content)
    scale = Scale(content.rate, content.start)
    assert READINGS[name].read(files, scale) == [Mark("Anna", 5, 9)]


@EVERY_FORMAT
@EVERY_RATE
def test_nobody(name: str, at: str) -> None:
    content = timeline(at=at)
    assert create(name).files(content) == create(name).files(content)
    assert read(name, content) == []


@EVERY_FORMAT
def test_many_people_of_one_name_are_all_there(name: str) -> None:
    people = [part("Anna", (3 * i, 3 * i + 2), number=i) for i in range(30)]
    assert len(read(name, timeline(*people))) == 30


@EVERY_FORMAT
def test_many_appearances(name: str) -> None:
    content = timeline(part("Anna", *((3 * i, 3 * i + 2) for i in range(1200))))
    assert read(name, content) == sorted(marks_of(content))


@EVERY_FORMAT
def test_one_frame(name: str) -> None:
    content = timeline(part("Anna", (0, 1)), frames=1)
    assert read(name, content) == [Mark("Anna", 0, 1)]


@EVERY_FORMAT
def test_over_midnight(name: str) -> None:
    content = Timeline(
        **{
            **{field: getattr(two_people(), field) for field in Timeline.__dataclass_fields__},
            "start": "23:59:58:00",
        }
    )
    assert read(name, content) == READINGS[name].expected(marks_of(content))


@EVERY_FORMAT
def test_two_hours(name: str) -> None:
    """The last frame of 02:00:00;00 drop-frame is number 215783, 0.2 frames from the truth."""
    rate, _ = RATES["29.97 drop"]
    assert abs(215784 - 7200 * rate) < 0.5
    one = timeline(part("Anna", (215783, 215784)), at="29.97 drop")
    whole = Timeline(one.video, rate, "00:00:00;00", 215784, one.parts)
    assert whole.timecode(215784) == "02:00:00;00"
    assert read(name, whole) == [Mark("Anna", 215783, 215784)]


def test_no_two_formats_write_the_same_file() -> None:
    written = {name: {f.lower() for f in create(name).files(two_people())} for name in names()}
    for a, b in itertools.combinations(written, 2):
        assert not written[a] & written[b], (a, b)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"no format named 'magic'\. Choose from .*csv, .*json"):
        create("magic")


@pytest.mark.parametrize(
    ("extra", "remedy"), [("", "pip install nowhere"), ("x", 'pip install ".[x]"')]
)
def test_a_missing_library_is_named(
    extra: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMATS.built_in, "a", Entry("nowhere:A", extra=extra, library="nowhere"))
    with pytest.raises(DependencyError) as error:
        create("a")
    assert str(error.value) == f"The library nowhere is missing. Install it: {remedy}"
