"""Export in one call."""

from __future__ import annotations

from pathlib import Path

import pytest

import clusterer
from clusterer.core.errors import ConfigError
from clusterer.outputs.export import FORMATS, create
from clusterer.outputs.export.choose import Choice, choose
from tests.small_result import small_result


@pytest.mark.parametrize("to", FORMATS.built_in)
def test_files_are_those_of_the_format(to: str, tmp_path: Path) -> None:
    result = small_result()
    choice = Choice(include_unknown=True)
    paths = clusterer.export(result, to, tmp_path / "new" / "exports", choice)
    expected = create(to).files(choose(result, choice))
    assert {path.name: path.read_bytes() for path in paths} == expected
    assert sorted((tmp_path / "new" / "exports").iterdir()) == sorted(paths)


def test_a_folder_as_text(tmp_path: Path) -> None:
    (path,) = clusterer.export(small_result(), "srt", str(tmp_path))
    assert "Person 2" in path.read_text("utf-8")
    (path,) = clusterer.export(small_result(), "srt", tmp_path, Choice(people=("Person 1",)))
    assert "Person 2" not in path.read_text("utf-8")


def test_one_name_or_several(tmp_path: Path) -> None:
    assert Choice(people="Anna") == Choice(people=["Anna"]) == Choice(people=("Anna",))
    assert hash(Choice(people=["Anna"])) == hash(Choice(people="Anna"))
    assert clusterer.export(small_result(), "srt", tmp_path, Choice(people="Person 2"))


def test_nothing_is_written_if_it_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="swf"):
        clusterer.export(small_result(), "swf", tmp_path / "x")
    with pytest.raises(ConfigError, match="No person is named 'Ben'"):
        clusterer.export(small_result(), "srt", tmp_path / "x", Choice(people=("Ben",)))
    assert list(tmp_path.iterdir()) == []
