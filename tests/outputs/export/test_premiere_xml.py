"""Final Cut Pro 7 XML as Premiere imports it, read back by the XML parser."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from clusterer.core.errors import ConfigError
from clusterer.outputs.export import create
from clusterer.outputs.export.timeline import Part, Span, Timeline
from tests.outputs.export.random_timelines import (
    COUNTINGS,
    TRICKY_NAMES,
    first_frame,
    frames_of,
    named,
    own_frame,
    small,
    timelines,
    video,
)

RATE = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"
PICTURE = f"""<samplecharacteristics>{RATE}<width>1280</width><height>720</height>
<anamorphic>FALSE</anamorphic><pixelaspectratio>square</pixelaspectratio>
<fielddominance>none</fielddominance></samplecharacteristics>"""
TIMECODE = f"""<timecode>{RATE}<string>00:59:58;00</string><frame>107832</frame>
<displayformat>DF</displayformat></timecode>"""
# By hand from Apple's "Elements Catalog"; red is 0xFF362CD2, which is 4281740498.
GOLDEN = f"""<xmeml version="4"><sequence id="sequence-1">
<name>my clip</name><duration>120</duration>{RATE}{TIMECODE}
<media><video><format>{PICTURE}</format><track><clipitem id="clipitem-1">
<name>my clip.mp4</name><enabled>TRUE</enabled><duration>120</duration>{RATE}
<start>0</start><end>120</end><in>0</in><out>120</out>
<file id="file-1"><name>my clip.mp4</name><pathurl>my%20clip.mp4</pathurl>{RATE}
<duration>120</duration>{TIMECODE}<media><video>{PICTURE}</video></media></file>
</clipitem><enabled>TRUE</enabled><locked>FALSE</locked></track></video></media>
<marker><name>Anna &amp; Co</name><comment>person-1, shot 0, confidence 0.88</comment>
<in>0</in><out>30</out></marker>
<marker><name>Борис</name><comment>person-2, shot 1, confidence 0.50</comment>
<in>60</in><out>120</out><pproColor>4281740498</pproColor></marker>
<marker><name>Anna &amp; Co</name><comment>person-1, shot 1, confidence 0.88</comment>
<in>62</in><out>63</out></marker>
</sequence></xmeml>"""


def written(timeline: Timeline) -> bytes:
    ((name, content),) = create("premiere-xml").files(timeline).items()
    assert name == f"{timeline.stem}.premiere.xml"
    return content


def number(element: ET.Element, path: str) -> int:
    return int(element.findtext(path, "none"))


def said_rate(element: ET.Element) -> Fraction:
    """Apple, "Frame Rates": the timebase, slowed to 1000/1001 if it is NTSC."""
    slow = {"TRUE": Fraction(1000, 1001), "FALSE": Fraction(1)}
    return number(element, "rate/timebase") * slow[element.findtext("rate/ntsc", "")]


def test_golden() -> None:
    content = written(small()).decode()
    assert content.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n<xmeml ')
    assert ET.canonicalize(content, strip_text=True) == ET.canonicalize(GOLDEN, strip_text=True)
    assert content.encode() == written(small())


@pytest.mark.parametrize(
    ("size", "aspect", "said"),
    [
        ((1280, 720), "1", ("square", "FALSE")),
        ((720, 480), "8/9", ("NTSC-601", "FALSE")),
        ((704, 480), "10/11", ("NTSC-601", "FALSE")),
        ((720, 480), "32/27", ("NTSC-601", "TRUE")),
        ((720, 480), "853/720", ("NTSC-601", "TRUE")),
        ((720, 576), "16/15", ("PAL-601", "FALSE")),
        ((720, 576), "64/45", ("PAL-601", "TRUE")),
        ((704, 576), "16/11", ("PAL-601", "TRUE")),
        ((1440, 1080), "4/3", ("HD-(1440x1080)", "FALSE")),
        ((960, 720), "4/3", ("HD-(960x720)", "FALSE")),
        ((1280, 1080), "3/2", ("HD-(1280x1080)", "FALSE")),
    ],
)
def test_the_shape_of_pixels(size: tuple[int, int], aspect: str, said: tuple[str, str]) -> None:
    timeline = small()
    film = replace(
        timeline.video, width_px=size[0], height_px=size[1], pixel_aspect=Fraction(aspect)
    )
    (sequence,) = ET.fromstring(written(replace(timeline, video=film)))
    pictures = list(sequence.iter("samplecharacteristics"))
    assert len(pictures) == 2
    for picture in pictures:
        assert (number(picture, "width"), number(picture, "height")) == size
        assert (picture.findtext("pixelaspectratio"), picture.findtext("anamorphic")) == said


def test_a_shape_of_pixels_without_a_name() -> None:
    timeline = small()
    film = replace(timeline.video, width_px=352, height_px=480, pixel_aspect=Fraction(20, 11))
    (sequence,) = ET.fromstring(written(replace(timeline, video=film)))
    whole, file = sequence.iter("samplecharacteristics")
    assert (number(whole, "width"), number(whole, "height")) == (640, 480)
    assert whole.findtext("pixelaspectratio") == "square"
    assert (number(file, "width"), number(file, "height")) == (352, 480)
    assert file.find("pixelaspectratio") is None
    assert file.find("anamorphic") is None


@given(timelines())
def test_frames_survive(timeline: Timeline) -> None:
    (sequence,) = ET.fromstring(written(timeline))
    rate = timeline.rate
    for element in sequence.iter():
        if element.find("rate") is not None:
            assert said_rate(element) == rate
    assert number(sequence, "duration") == timeline.length
    for place, frame in ((".", first_frame(timeline)), (".//file", own_frame(timeline))):
        code = sequence.find(f"{place}/timecode")
        assert code is not None
        assert number(code, "frame") == frame == frames_of(code.findtext("string", ""), rate)
        drop = ";" in code.findtext("string", "")
        assert code.findtext("displayformat") == ("DF" if drop else "NDF")
    assert (sequence.findtext("timecode/displayformat") == "DF") == timeline.drop
    clip = sequence.find("media/video/track/clipitem")
    assert clip is not None
    used = [number(clip, tag) for tag in ("start", "end", "in", "out", "file/duration")]
    assert used == [0, timeline.length, 0, timeline.length, timeline.length]
    found = [(number(m, "in"), number(m, "out")) for m in sequence.iterfind("marker")]
    assert found == [(span.start, span.end) for _, span in timeline.marks()]
    names = [m.findtext("name") for m in sequence.iterfind("marker")]
    assert names == [legal(part.name) for part, _ in timeline.marks()]


def legal(name: str) -> str:
    return name.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


@pytest.mark.parametrize("name", TRICKY_NAMES)
def test_names(name: str) -> None:
    assert ET.fromstring(written(named(name))).findtext("sequence/marker/name") == legal(name)


@pytest.mark.parametrize("name", ["a b#1?&.mp4", "é张 100%.mov", "\udcff.mp4"])
def test_the_source_is_found_by_its_name(name: str) -> None:
    url = ET.fromstring(written(small(f"some/folder/{name}"))).findtext(".//pathurl", "")
    assert unquote(url, errors="surrogateescape") == name
    assert not set("/:?# ") & set(url)


def test_people_have_colors_of_their_own() -> None:
    parts = tuple(Part(f"p{n}", f"N{n}", n, (Span(n, n + 1, 0),), 1.0) for n in range(9))
    timeline = Timeline(video(Fraction(25)), Fraction(25), "", 50, parts)
    markers = ET.fromstring(written(timeline)).iterfind("sequence/marker")
    colors = [marker.findtext("pproColor") for marker in markers]
    assert len(set(colors)) == 8
    assert colors[0] is colors[8] is None  # Premiere's green


@pytest.mark.parametrize(
    ("rate", "timebase", "ntsc"),
    [
        (rate, base, "TRUE" if rate.denominator == 1001 else "FALSE")
        for (rate, _), base in zip(COUNTINGS, (24, 24, 25, 30, 30, 30, 50, 60, 60, 60), strict=True)
    ],
)
def test_rates(rate: Fraction, timebase: int, ntsc: str) -> None:
    sequence = ET.fromstring(written(Timeline(video(rate), rate, "", 10, ())))[0]
    assert number(sequence, "rate/timebase") == timebase
    assert sequence.findtext("rate/ntsc") == ntsc


def test_a_rate_that_the_format_cannot_express_is_refused() -> None:
    rate = Fraction(25, 2)
    with pytest.raises(ConfigError, match=r"12\.5 frames per second\. Give another --rate"):
        written(Timeline(video(rate), rate, "", 10, ()))


def test_empty() -> None:
    timeline = Timeline(video(Fraction(25)), Fraction(25), "", 50, ())
    (sequence,) = ET.fromstring(written(timeline))
    assert sequence.find("marker") is None
    assert sequence.findtext("timecode/string") == "00:00:00:00"
