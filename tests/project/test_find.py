"""The films in folders: what counts as one, in which order, and what is left out."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.media.formats import is_film_head
from clusterer.project.find import LOOK_AGAIN_S, FoundFilms, Why, find_films, natural_key
from tests.video_files import picture, write_sound, write_video

LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
FILM = b"\0\0\0\x18ftypisom" + bytes(100)
MPEG_TS = (b"\x47" + bytes(187)) * 5


def put(path: Path, content: bytes = FILM, age_s: float = 3600.0) -> Path:
    """Write a file that was changed some time ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    at_s = time.time() - age_s
    os.utime(path, (at_s, at_s))
    return path


def names(found: FoundFilms, home: Path) -> list[str]:
    return [video.relative_to(home).as_posix() for video in found.videos]


def left_out(found: FoundFilms) -> dict[str, Why]:
    return {each.path.name: each.why for each in found.left_out}


def never(_seconds: float) -> None:
    raise AssertionError("nothing is new here")


def test_films_at_any_depth_in_natural_order(tmp_path: Path) -> None:
    expected = ["a.mov", "S1/e1.mp4", "S1/e2.MKV", "S1/e10.mp4", "S2/e1.mp4", "S10/x/e1.webm"]
    for name in [*expected, "notes.txt", "S1/e1.srt", "S1/poster.jpg", "sound.mp3"]:
        put(tmp_path / name)
    assert names(find_films([tmp_path], never), tmp_path) == expected
    assert find_films([tmp_path], never).left_out == ()


def test_the_order_is_that_of_people() -> None:
    ordered = [Path(name) for name in ("e1", "E2", "e9", "e10", "e10 b", "z", "é1")]
    shuffled = ordered[::-1]
    assert sorted(shuffled, key=natural_key) == ordered
    assert natural_key(Path("e\N{COMBINING ACUTE ACCENT}1"))[0] == natural_key(Path("é1"))[0]
    assert natural_key(Path("f")) < natural_key(Path("f/0")), "of any depth"


@given(
    st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1), max_size=6), st.data()
)
def test_any_names_have_one_order(given_names: list[str], data: st.DataObject) -> None:
    paths = [Path("f", name) for name in given_names]
    shuffled = data.draw(st.permutations(paths))
    assert sorted(shuffled, key=natural_key) == sorted(paths, key=natural_key)


def test_a_film_without_ending_is_known_by_its_content(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", [picture(0)] * 2)
    put(tmp_path / "recording", video.read_bytes())
    put(tmp_path / "Makefile", b"all:\n\techo\n")
    put(tmp_path / "capture", MPEG_TS)
    sound = write_sound(tmp_path / "sound.m4a")
    put(tmp_path / "voice", sound.read_bytes())
    video.unlink()
    sound.unlink()
    assert names(find_films([tmp_path], never), tmp_path) == ["capture", "recording"]


def test_an_ending_that_others_have_too_needs_the_content(tmp_path: Path) -> None:
    put(tmp_path / "app.ts", b"export const a = 1;\n")
    put(tmp_path / "tv.ts", MPEG_TS)
    put(tmp_path / "disc.m2ts", b"".join([bytes(4) + b"\x47" + bytes(187)] * 5))
    assert names(find_films([tmp_path], never), tmp_path) == ["disc.m2ts", "tv.ts"]


@pytest.mark.parametrize(
    ("codec", "ending"),
    [("libx264", "mp4"), ("libx264", "mkv"), ("mpeg4", "avi"), ("mpeg2video", "mpg"),
     ("libx264", "ts"), ("libx264", "flv"), ("libx264", "h264")],
)  # fmt: skip
def test_common_films_are_known_by_their_beginning(tmp_path: Path, codec: str, ending: str) -> None:
    film = write_video(tmp_path / f"a.{ending}", [picture(i) for i in range(30)], codec=codec)
    assert is_film_head(film.read_bytes()[:4096])


def test_hidden_files_and_the_companions_of_macos_are_left_out(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4")
    put(tmp_path / "._a.mp4", b"\0\5\x16\7\0\2\0\0Mac OS X")
    put(tmp_path / ".b.mp4")
    put(tmp_path / ".trash" / "c.mp4")
    put(tmp_path / ".DS_Store")
    found = find_films([tmp_path], never)
    assert names(found, tmp_path) == ["a.mp4"]
    assert left_out(found) == {"._a.mp4": Why.HIDDEN, ".b.mp4": Why.HIDDEN}
    assert found.notes == ["2 files left out: hidden (._a.mp4, .b.mp4)"]


def test_results_and_projects_are_not_searched(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4")
    put(tmp_path / "a.people" / "exports" / "b.mp4")
    put(tmp_path / "Season.CAST" / "results" / "c.mp4")
    assert names(find_films([tmp_path], never), tmp_path) == ["a.mp4"]


@pytest.mark.parametrize(
    "name",
    ["b.mp4.part", "b.mp4.crdownload", "b.mkv.!qB", "b.mp4.tmp", ".b.mp4.Xa3Zz9", "b.mp4.filepart",
     "Unconfirmed 7.crdownload"],
)  # fmt: skip
def test_a_name_of_an_unfinished_copy(tmp_path: Path, name: str) -> None:
    put(tmp_path / name)
    found = find_films([tmp_path], never)
    assert found.videos == ()
    assert left_out(found) == {name: Why.COPYING}


def test_a_download_that_is_noted_beside_it(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4")
    put(tmp_path / "a.mp4.aria2", b"state")
    assert find_films([tmp_path], never).videos == ()


def test_other_unfinished_files_are_nobodys_films(tmp_path: Path) -> None:
    put(tmp_path / "notes.tmp", b"text")
    put(tmp_path / "setup.exe.part", b"MZ")
    assert find_films([tmp_path], never) == FoundFilms(())


def test_an_empty_file_is_left_out(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4", b"")
    assert left_out(find_films([tmp_path], never)) == {"a.mp4": Why.EMPTY}


def test_a_file_that_grows_is_still_being_copied(tmp_path: Path) -> None:
    growing, new = put(tmp_path / "a.mp4", age_s=0.0), put(tmp_path / "b.mp4", age_s=0.0)
    waits: list[float] = []

    def copy_more(seconds: float) -> None:
        waits.append(seconds)
        with growing.open("ab") as file:
            file.write(b"more")

    found = find_films([tmp_path], copy_more)
    assert found.videos == (new,)
    assert left_out(found) == {"a.mp4": Why.COPYING}
    assert waits == [LOOK_AGAIN_S], "once for all"


def test_a_file_of_full_length_that_is_being_filled(tmp_path: Path) -> None:
    video = put(tmp_path / "a.mp4", age_s=1.0)
    assert find_films([tmp_path], lambda _: os.utime(video)).videos == ()


def test_a_file_that_is_named_is_taken_as_it_is(tmp_path: Path) -> None:
    given = [put(tmp_path / name, age_s=0.0) for name in (".x.mp4", "b.part", "data.bin")]
    missing = tmp_path / "missing.mp4"
    assert find_films([*given, missing], never) == FoundFilms((*given, missing))


def test_places_come_in_the_order_given_each_film_once(tmp_path: Path) -> None:
    b, a = put(tmp_path / "2" / "b.mp4"), put(tmp_path / "1" / "a.mp4")
    found = find_films([b, tmp_path], never)
    assert found == FoundFilms((b, a))


@LINKS
def test_links_are_followed_once(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.mp4")
    far = put(tmp_path / "far" / "b.mp4")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "more").symlink_to(far.parent)
    (tmp_path / "in" / "gone.mp4").symlink_to(tmp_path / "nothing.mp4")
    (tmp_path / "in" / "z.mp4").symlink_to(far)
    found = find_films([tmp_path / "in"], never)
    assert names(found, tmp_path / "in") == ["a.mp4", "more/b.mp4"]
    assert left_out(found) == {"gone.mp4": Why.BROKEN, "z.mp4": Why.REPEATED}


@pytest.mark.skipif(
    sys.platform == "win32" or (hasattr(os, "geteuid") and os.geteuid() == 0),
    reason="needs rights that can be taken away",
)
def test_a_folder_that_may_not_be_entered(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4")
    closed = put(tmp_path / "closed" / "b.mp4").parent
    closed.chmod(0)
    try:
        found = find_films([tmp_path], never)
    finally:
        closed.chmod(0o700)
    assert names(found, tmp_path) == ["a.mp4"]
    assert left_out(found) == {"closed": Why.CLOSED}
