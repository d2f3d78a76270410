"""The video: where it was, beside the result folder, or where the user says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.errors import VideoError
from clusterer.review import Footage
from clusterer.types import Analysis

from ..small_result import small_analysis


def of(path: str) -> Analysis:
    analysis = small_analysis()
    return replace(analysis, video=replace(analysis.video, path=path))


def test_places_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "episodes" / "results" / "small.people"
    places = [
        tmp_path / "episodes" / "small.mp4",
        tmp_path / "episodes" / "results" / "small.mp4",
        tmp_path / "footage" / "small.mp4",
        tmp_path / "given.mkv",
    ]
    for place in (folder, places[2].parent):
        place.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    footage = Footage(folder, of("footage/small.mp4"))
    with pytest.raises(VideoError, match=r"The video small\.mp4 is not there"):
        footage.find()
    for place in places[:3]:
        place.write_bytes(b"")
        assert footage.find().resolve() == place
    places[3].write_bytes(b"")
    assert Footage(folder, of("footage/small.mp4"), Path("given.mkv")).find() == places[3]
    places[2].unlink()
    assert footage.find() == places[1]


def test_relative_result_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results").mkdir()
    monkeypatch.chdir(tmp_path / "results")
    (tmp_path / "small.mp4").write_bytes(b"")
    assert Footage(Path("small.people"), of("x/small.mp4")).find() == tmp_path / "small.mp4"


def test_a_folder_of_that_name_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "small.mp4").mkdir()
    with pytest.raises(VideoError):
        Footage(tmp_path / "small.people", of("x/small.mp4")).find()


def test_the_file_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"There is no video gone\.mp4"):
        Footage(tmp_path, of("a.mp4"), Path("gone.mp4"))
    given = tmp_path / "b.mp4"
    given.write_bytes(b"")
    (tmp_path / "a.mp4").write_bytes(b"")
    footage = Footage(tmp_path / "a.people", of("a.mp4"), given)
    given.unlink()  # another file must not be shown instead
    with pytest.raises(VideoError, match=r"The video b\.mp4 is not there"):
        footage.find()
