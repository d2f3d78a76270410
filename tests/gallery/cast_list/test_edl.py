"""Cut lists: those of other programs by hand. Our own are read back in ``test_naming.py``."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.errors import CastListError
from clusterer.gallery.cast_list.edl import read
from clusterer.gallery.cast_list.types import CastList, Moment, Stretch

TITLE = "TITLE: reel 1\nFCM: NON-DROP FRAME\n\n"
CUT = "001  A003C012 V     C        14:02:11:05 14:02:13:05 01:00:00:00 01:00:02:00\n"
SECOND = "002  A004 AA/V  D    012 15:00:00;00 15:00:01;00 01:00:02;00 01:00:03;00\n"


def listed(text: str, film: str = "episode.mov") -> CastList:
    return read(Path("cut.edl"), text.encode(), film)


def both(at: tuple[str, str, str, str]) -> Stretch:
    a, b, c, d = map(Moment, at)
    return Stretch((a, b), (c, d))


def test_names_of_clips_with_times_of_source_and_record() -> None:
    found = listed(
        f"{TITLE}{CUT}* FROM CLIP NAME: Anna\n* TO CLIP NAME: x\n{SECOND}*FROM CLIP NAME:  Ben \n"
    )
    assert [(each.name, each.stretches) for each in found.entries] == [
        ("Anna", (both(("14:02:11:05", "14:02:13:05", "01:00:00:00", "01:00:02:00")),)),
        ("Ben", (both(("15:00:00;00", "15:00:01;00", "01:00:02;00", "01:00:03;00")),)),
    ]
    assert not found.is_of_film


def test_comments_count_before_names_of_clips() -> None:
    found = listed(f"{CUT}* COMMENT: Anna\n* FROM CLIP NAME: take 4\n{SECOND}* FROM CLIP NAME: x\n")
    assert [each.name for each in found.entries] == ["Anna"]


@pytest.mark.parametrize("clip", ["episode.mov", "EPISODE.MOV", "episode"])
def test_a_clip_called_as_the_film_is_the_film(clip: str) -> None:
    found = listed(f"{CUT}* FROM CLIP NAME: {clip}\n{SECOND}* FROM CLIP NAME: Ben\n")
    assert [each.name for each in found.entries] == ["Ben"]
    assert found.is_of_film


def test_locators_are_points_of_the_record() -> None:
    found = listed(f"{CUT}* LOC: 01:00:01:00 RED     Anna\n* LOC: 01:00:01:10 GREEN Ben Smith\n")
    assert [(each.name, each.stretches) for each in found.entries] == [
        ("Anna", (Stretch(None, (Moment("01:00:01:00"),) * 2),)),
        ("Ben Smith", (Stretch(None, (Moment("01:00:01:10"),) * 2),)),
    ]


def test_markers_of_resolve_have_a_length() -> None:
    event = "001  001      V     C        01:00:01:00 01:00:01:01 01:00:01:00 01:00:01:01  \n"
    found = listed(f"{TITLE}{event}a note |C:ResolveColorBlue |M:Anna |D:12\n")
    begin, end = Moment("01:00:01:00"), Moment("01:00:01:00", after=12)
    assert [(each.name, each.stretches) for each in found.entries] == [
        ("Anna", (Stretch((begin, end)),))
    ]
    assert (found.start, found.is_of_film) == ("01:00:00:00", True)
    other = listed(f"{event}|C:ResolveColorBlue |M:Anna\n|C: |M:Anna |D:many\n|M:a |D:1 |C:b\n")
    assert other.entries == ()


def test_people_who_begin_together_have_their_own_lengths() -> None:
    event = "001  001      V     C        01:00:01:00 01:00:01:01 01:00:01:00 01:00:01:01  \n"
    note = "Together: Smith, Anna (12 frames), Ben (2) (1 frame)"
    found = listed(f"{event}{note} |C:ResolveColorBlue |M:Smith, Anna, Ben (2) |D:12\n")
    lengths = {each.name: each.stretches[0].source[1].after for each in found.entries}
    assert lengths == {"Smith, Anna": 12, "Ben (2)": 1}


def test_old_lists_are_latin() -> None:
    found = read(Path("cut.edl"), f"{CUT}* COMMENT: Zoë\n".encode("latin-1"), "")
    assert [each.name for each in found.entries] == ["Zoë"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "cut.edl has no cuts"),
        (b"TITLE: x\nFCM: DROP FRAME\n", "has no cuts"),
        (b"\x00\xff" * 500, "has no cuts"),
        (b"x" * 3000, "has a line of 3000 characters"),
        ((CUT * 100_001).encode(), "too many cuts"),
    ],
)
def test_what_is_no_list(content: bytes, why: str) -> None:
    with pytest.raises(CastListError, match=why):
        read(Path("cut.edl"), content, "")


def test_hostile_lines_take_no_time() -> None:
    hostile = [
        " " * 1999,
        "* COMMENT:" + " " * 1980,
        "1 " * 900,
        "|C:" * 600,
        "a (1" * 450 + "|C:|M:|D:1",
    ]
    found = listed(CUT + "\n".join(hostile * 2000))
    assert len(found.entries) <= 2000
