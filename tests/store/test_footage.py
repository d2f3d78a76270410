"""The video: where this user had it analysed, beside the result folder, or where the user says.

Never where the result says.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from clusterer.core.errors import VideoError
from clusterer.core.types import Analysis
from clusterer.store.analysis_npz import dump, read_arrays, restore
from clusterer.store.film import film_of as whose
from clusterer.store.film import recall, remember
from clusterer.store.folder import ResultFolder, load
from clusterer.store.footage import Footage
from tests.npz_files import write_arrays
from tests.result_folder import decided, write
from tests.small_result import small_analysis
from tests.video_files import film_of

FILM = film_of(5_000)
KEY = "0123456789abcdef" * 4

needs_posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes need rights here")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, with nothing beside it, and nothing remembered."""
    path = tmp_path / "a" / "b" / "here"
    path.mkdir(parents=True)
    monkeypatch.chdir(path)
    monkeypatch.setenv("CLUSTER_VIDEO_CACHE", str(tmp_path / "cache"))
    return path


def of(path: str) -> Analysis:
    analysis = small_analysis()
    return replace(analysis, video=replace(analysis.video, path=path))


def with_meta(folder: Path, key: str, path: str) -> Analysis:
    """Put a key and a path of the video into a stored analysis, as older versions did."""
    arrays, meta = read_arrays(folder / "analysis.npz")
    meta |= {"key": key, "video": meta["video"] | {"path": path}}
    write_arrays(folder / "analysis.npz", arrays, meta)
    return load(folder).analysis


def test_places_in_their_order(tmp_path: Path, here: Path) -> None:
    folder = tmp_path / "episodes" / "results" / "small.people"
    places = [
        here / "small.mp4",
        tmp_path / "episodes" / "small.mp4",
        tmp_path / "episodes" / "results" / "small.mp4",
        tmp_path / "given.mkv",
    ]
    folder.mkdir(parents=True)
    footage = Footage(folder, of("small.mp4"))
    with pytest.raises(VideoError, match=r"Video small\.mp4 not found"):
        footage.find()
    for place in places[:3]:
        place.write_bytes(FILM)
        assert footage.find() == place
    places[3].write_bytes(FILM)
    assert Footage(folder, of("small.mp4"), places[3]).find() == places[3]
    places[2].unlink()
    assert footage.find() == places[1]
    places[1].write_text("no film")  # then the next
    assert footage.find() == places[0]


def test_relative_result_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results").mkdir()
    monkeypatch.chdir(tmp_path / "results")
    (tmp_path / "small.mp4").write_bytes(FILM)
    assert Footage(Path("small.people"), of("x/small.mp4")).find() == tmp_path / "small.mp4"


def test_a_folder_of_that_name_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "small.mp4").mkdir()
    with pytest.raises(VideoError):
        Footage(tmp_path / "small.people", of("x/small.mp4")).find()


@pytest.mark.parametrize("name", ["", ".", "..", "/", "../..", "x/..", "\0"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(VideoError, match="not found"):
        Footage(tmp_path / "small.people", of(name)).find()


def test_the_file_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"Video gone\.mp4 not found"):
        Footage(tmp_path, of("a.mp4"), Path("gone.mp4"))
    given = tmp_path / "b.mp4"
    given.write_bytes(FILM)
    (tmp_path / "a.mp4").write_bytes(FILM)
    footage = Footage(tmp_path / "a.people", of("a.mp4"), given)
    given.unlink()  # another file must not be shown instead
    with pytest.raises(VideoError, match=r"Video b\.mp4 not found"):
        footage.find()


def test_the_file_named_must_be_a_video(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no film")
    for path in (tmp_path / "notes.mp4", tmp_path):
        with pytest.raises(VideoError, match="Start again with --video FILE"):
            Footage(tmp_path / "a.people", of("a.mp4"), path)


def test_a_result_cannot_choose_a_file(tmp_path: Path) -> None:
    """An older result has a whole path in it, and one from elsewhere any path."""
    (tmp_path / "private").mkdir()
    secret = tmp_path / "private" / "holiday.mp4"
    secret.write_bytes(FILM)
    folder = write(decided(), tmp_path / "sent" / "r" / "small.people")
    for path in (str(secret), "../../../private/holiday.mp4"):
        analysis = with_meta(folder, "k", path)
        assert analysis.video.path == "holiday.mp4"
        with pytest.raises(VideoError, match=r"Video holiday\.mp4 not found"):
            Footage(folder, analysis).find()
    (folder.parent / "holiday.mp4").write_bytes(FILM)
    assert Footage(folder, analysis).find() == folder.parent / "holiday.mp4"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("C:\\Films\\Season 1\\a.mp4", "a.mp4"),
        ("\\\\server\\films\\a.mp4", "a.mp4"),
        ("D:/films/a.mp4", "a.mp4"),
        ("/films/12:30 a.mp4", "12:30 a.mp4"),
        ("films/caf\udce9.mp4", "caf\udce9.mp4"),
        ("a.mp4", "a.mp4"),
    ],
)
def test_only_names_are_stored_and_restored(tmp_path: Path, path: str, name: str) -> None:
    if os.name != "posix" and ":" in name:
        pytest.skip("no such name here")
    arrays, meta = dump(of(path))
    assert meta["video"]["path"] == name
    meta["video"]["path"] = path  # as an older version
    assert restore(arrays, meta).video.path == name
    write_arrays(tmp_path / "a.npz", arrays, {"schema": 4, **dump(of(path))[1]})
    assert read_arrays(tmp_path / "a.npz")[1]["video"]["path"] == name


@needs_posix
@pytest.mark.parametrize("far", ["elsewhere/film.mp4", "elsewhere/small.mp4"])
def test_a_link_that_leads_elsewhere_is_asked_about(tmp_path: Path, far: str) -> None:
    folder = tmp_path / "sent" / "r" / "small.people"
    folder.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / far).write_bytes(FILM)
    link = folder.parent / "small.mp4"
    link.symlink_to(tmp_path / far)
    footage = Footage(folder, of("small.mp4"))
    with pytest.raises(VideoError, match="is a link to a file elsewhere") as caught:
        footage.find()
    assert "--video FILE" in str(caught.value)
    assert footage.elsewhere() == tmp_path / far
    footage.allow(tmp_path / far)
    assert footage.find() == tmp_path / far
    assert footage.elsewhere() is None
    assert Footage(folder, of("small.mp4"), link).find() == link, "the user names it"
    link.unlink()
    link.symlink_to("small.mkv")
    (folder.parent / "small.mkv").write_bytes(FILM)
    footage = Footage(folder, of("small.mp4"))
    assert footage.elsewhere() is None
    assert footage.find() == link, "it leads to a neighbour"


@needs_posix
def test_a_folder_that_is_a_link_leads_elsewhere_too(tmp_path: Path) -> None:
    """The result folder may be one: then its neighbours are those of where it really lies."""
    folder = tmp_path / "real" / "r" / "small.people"
    folder.mkdir(parents=True)
    (folder.parent / "small.mp4").write_bytes(FILM)
    (tmp_path / "link.people").symlink_to(folder)
    found = Footage(tmp_path / "link.people", of("small.mp4")).find()
    assert found == folder.parent / "small.mp4"


def test_where_it_was_analysed_is_remembered(tmp_path: Path) -> None:
    film = tmp_path / "films" / "small.mp4"
    film.parent.mkdir()
    film.write_bytes(FILM)
    remember(KEY, film)
    folder = write(decided(), tmp_path / "sent" / "r" / "small.people")
    assert Footage(folder, with_meta(folder, KEY, "small.mp4")).find() == film
    with pytest.raises(VideoError):
        Footage(folder, with_meta(folder, KEY[::-1], str(film))).find()
    film.unlink()
    with pytest.raises(VideoError, match=r"Video small\.mp4 not found"):
        Footage(folder, with_meta(folder, KEY, "small.mp4")).find()


def test_what_is_remembered(tmp_path: Path, here: Path) -> None:
    assert recall(KEY) is None
    remember(KEY, Path("caf\u00e9.mp4"))
    assert recall(KEY) == here / "caf\u00e9.mp4"
    remember(KEY, here / "b.mp4")
    assert recall(KEY) == here / "b.mp4"
    (kept,) = (tmp_path / "cache" / "films").iterdir()
    if os.name == "posix":
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.stat().st_mode & 0o777 == 0o700
    for nonsense in ("", "..", "../x", KEY.upper(), KEY + "\n"):
        remember(nonsense, here / "b.mp4")
        assert recall(nonsense) is None
    kept.write_text("relative.mp4")
    assert recall(KEY) is None


@needs_posix
def test_what_cannot_be_remembered_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CLUSTER_VIDEO_CACHE", str(tmp_path / "file"))
    remember(KEY, tmp_path / "a.mp4")
    assert recall(KEY) is None


@needs_posix
def test_a_current_folder_that_is_gone_does_not_matter(tmp_path: Path, here: Path) -> None:
    folder = tmp_path / "r" / "small.people"
    folder.mkdir(parents=True)
    (folder.parent / "small.mp4").write_bytes(FILM)
    here.rmdir()
    assert Footage(folder, of("small.mp4")).find() == folder.parent / "small.mp4"


@needs_posix
@pytest.mark.parametrize("name", ["x" * 5000 + ".mp4", "loop.mp4", "caf\udce9" * 200])
def test_a_name_that_the_system_refuses_is_no_film(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "a" / "small.people"
    folder.mkdir(parents=True)
    (tmp_path / "a" / "loop.mp4").symlink_to("loop.mp4")
    footage = Footage(folder, of(name))
    assert footage.elsewhere() is None
    with pytest.raises(VideoError, match="not found"):
        footage.find()


def test_another_film_in_the_place_of_the_remembered_one_is_not_shown(tmp_path: Path) -> None:
    film = tmp_path / "archive" / "small.mp4"
    film.parent.mkdir()
    film.write_bytes(FILM)
    folder = write(decided(), tmp_path / "x" / "y" / "small.people")
    analysis = with_meta(folder, KEY, "small.mp4")
    result = ResultFolder(folder)
    result.set_film(whose(film))
    result.ensure_marker()
    remember(KEY, film)
    footage = Footage(folder, analysis)
    assert footage.find() == film
    film.write_bytes(film_of(5_001))
    with pytest.raises(VideoError, match="not found"):
        footage.find()
    film.write_bytes(FILM)
    assert footage.find() == film
