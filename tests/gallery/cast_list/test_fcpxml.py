"""Projects of Final Cut Pro by hand. Our own are read back in ``test_naming.py``."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from clusterer.core.errors import CastListError
from clusterer.gallery import read_cast_list
from clusterer.gallery.cast_list.fcpxml import read
from clusterer.gallery.cast_list.types import CastList, Stretch

HEAD = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE fcpxml><fcpxml version="1.11">'
RESOURCES = (
    '<resources><asset id="r2" name="episode" start="3600s" duration="100s">'
    '<media-rep kind="original-media" src="file:///films/my%20episode.mov"/></asset></resources>'
)


def project(spine: str, tc_start: str = "0s") -> str:
    sequence = f'<sequence tcStart="{tc_start}"><spine>{spine}</spine></sequence>'
    return (
        f"{HEAD}{RESOURCES}<library><event><project>{sequence}</project></event></library></fcpxml>"
    )


def listed(text: str, film: str = "my episode.mov") -> CastList:
    return read(Path("cut.fcpxml"), text.encode(), film)


def seconds(stretch: Stretch) -> tuple[object, object]:
    """From and to, of source and record."""
    return tuple(
        None if pair is None else tuple(float(moment.value) for moment in pair)
        for pair in (stretch.source, stretch.record)
    )


def test_markers_and_keywords_in_the_times_of_file_and_sequence() -> None:
    clip = (
        '<asset-clip ref="r2" offset="3610s" start="3620s" duration="20s">'
        '<keyword start="3625s" duration="2s" value="Anna, Ben"/>'
        '<marker start="7261/2s" duration="1001/24000s" value="Cleo"/></asset-clip>'
    )
    found = listed(project(clip, "3600s"))
    assert found.is_of_film
    times = {each.name: seconds(each.stretches[0]) for each in found.entries}
    assert list(times) == ["Anna", "Ben", "Cleo"]
    # 3625 s in the file is its second 25; the clip begins at 10 s of the sequence with second 20.
    assert times["Anna"] == times["Ben"] == ((25.0, 27.0), (15.0, 17.0))
    end = float(Fraction(61, 2) + Fraction(1001, 24000))
    assert times["Cleo"] == ((30.5, end), (20.5, end - 10))


def test_a_keyword_that_repeats_a_marker_is_left_out() -> None:
    clip = (
        '<asset-clip ref="r2" offset="0s" start="3600s" duration="20s">'
        '<keyword start="3601s" duration="2s" value="Smith; Anna"/>'
        '<marker start="3601s" duration="2s" value="Smith, Anna"/></asset-clip>'
    )
    assert [each.name for each in listed(project(clip)).entries] == ["Smith, Anna"]


def test_connected_clips_lie_in_the_time_of_their_clip() -> None:
    marker = '<marker start="1s" duration="1s" value="Anna"/>'
    inner = f'<clip offset="3605s" start="0s" duration="4s">{marker}</clip>'
    clip = f'<asset-clip ref="r2" offset="10s" start="3600s" duration="20s">{inner}</asset-clip>'
    (anna,) = listed(project(clip)).entries
    assert seconds(anna.stretches[0])[1] == (16.0, 17.0)
    story = f'<spine offset="3605s">{inner.replace("3605s", "2s")}</spine>'
    (anna,) = listed(project(clip.replace(inner, story))).entries
    assert seconds(anna.stretches[0])[1] == (18.0, 19.0)


def test_roles_count_if_there_is_no_marker() -> None:
    clips = (
        '<asset-clip ref="r2" offset="0s" start="3600s" duration="5s" videoRole="video.video-1"/>'
        '<asset-clip ref="r2" offset="5s" start="3610s" duration="5s" videoRole="people.Anna"/>'
    )
    (anna,) = listed(project(clips)).entries
    assert (anna.name, seconds(anna.stretches[0])) == ("Anna", ((10.0, 15.0), (5.0, 10.0)))
    marked = clips.replace("/>", '><marker start="3601s" value="Ben"/></asset-clip>', 1)
    assert [each.name for each in listed(project(marked)).entries] == ["Ben"]


def test_a_bundle_is_read(tmp_path: Path) -> None:
    bundle = tmp_path / "cut.fcpxmld"
    bundle.mkdir()
    clip = '<asset-clip ref="r2" duration="5s"><marker start="0s" value="Anna"/></asset-clip>'
    (bundle / "Info.fcpxml").write_text(project(clip))
    assert [each.name for each in read_cast_list(bundle).entries] == ["Anna"]


BOMB = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no element found"),
        (b"not xml", "cannot be read"),
        (HEAD.encode(), "cannot be read"),
        (f'<!DOCTYPE f [<!ENTITY l0 "lol">{BOMB}]><f>&l11;</f>'.encode(), "it defines entities"),
        (b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><f>&x;</f>', "defines entities"),
        (b'<!DOCTYPE f [<!ENTITY % x "y"> %x;]><f/>', "it defines entities"),
        ('<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "b">]><f/>'.encode("utf-16"), "entities"),
        (b'<?xml version="1.0" encoding="magic"?><f/>', "cannot be read"),
        (b"<clip>" * 300, "nested too deeply"),
        (b'<clip start="soon"/>', "start is 'soon'"),
        (b'<clip start="1/0s"/>', "start is '1/0s'"),
        (b'<clip start="' + b"9" * 99 + b's"/>', "start is"),
    ],
)
def test_what_is_wrong_is_one_line(content: bytes, why: str) -> None:
    with pytest.raises(CastListError, match=why) as error:
        read(Path("cut.fcpxml"), content, "")
    assert len(str(error.value).splitlines()) == 1


def test_nothing_outside_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.dtd").write_text("<!ENTITY a 'secret'>")
    content = b'<!DOCTYPE f SYSTEM "x.dtd"><f><clip><marker value="Anna"/></clip></f>'
    assert [each.name for each in read(Path("a.fcpxml"), content, "").entries] == ["Anna"]
