"""FCPXML, checked against the rules of its DTD and read back by the XML parser."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from fractions import Fraction
from urllib.parse import unquote

import pytest
from hypothesis import given
from lxml import etree

from clusterer.core.errors import ConfigError
from clusterer.outputs.export import create
from clusterer.outputs.export.timeline import Timeline
from tests.outputs.export.random_timelines import (
    TRICKY_NAMES,
    first_frame,
    named,
    own_frame,
    small,
    timelines,
    video,
)

# The rules of the elements that we write, narrowed to those, after the reference of version 1.10:
# what contains what in which order, which attributes there are, which must be there.
RULES = etree.DTD(
    io.StringIO("""
<!ELEMENT fcpxml (resources?, library)> <!ATTLIST fcpxml version CDATA #FIXED "1.10">
<!ELEMENT resources (asset | format)*>
<!ELEMENT format EMPTY>
<!ATTLIST format id ID #REQUIRED name CDATA #IMPLIED frameDuration CDATA #IMPLIED
  width CDATA #IMPLIED height CDATA #IMPLIED paspH CDATA #IMPLIED paspV CDATA #IMPLIED
  colorSpace CDATA #IMPLIED>
<!ELEMENT asset (media-rep+)>
<!ATTLIST asset id ID #REQUIRED name CDATA #IMPLIED uid CDATA #IMPLIED start CDATA #IMPLIED
  duration CDATA #IMPLIED hasVideo CDATA #IMPLIED format IDREF #IMPLIED hasAudio CDATA #IMPLIED
  videoSources CDATA #IMPLIED audioSources CDATA #IMPLIED audioChannels CDATA #IMPLIED
  audioRate CDATA #IMPLIED>
<!ELEMENT media-rep EMPTY>
<!ATTLIST media-rep kind (original-media | proxy-media) "original-media" sig CDATA #IMPLIED
  src CDATA #REQUIRED suggestedFilename CDATA #IMPLIED>
<!ELEMENT library (event)*>
<!ATTLIST library location CDATA #IMPLIED>
<!ELEMENT event (project)*> <!ATTLIST event name CDATA #IMPLIED>
<!ELEMENT project (sequence)> <!ATTLIST project name CDATA #IMPLIED>
<!ELEMENT sequence (note?, spine)>
<!ATTLIST sequence format IDREF #REQUIRED duration CDATA #IMPLIED tcStart CDATA #IMPLIED
  tcFormat (DF | NDF) #IMPLIED>
<!ELEMENT note (#PCDATA)>
<!ELEMENT spine (asset-clip)*>
<!ELEMENT asset-clip (note?, (marker | keyword)*)>
<!ATTLIST asset-clip ref IDREF #REQUIRED lane CDATA #IMPLIED offset CDATA #IMPLIED
  name CDATA #IMPLIED start CDATA #IMPLIED duration CDATA #IMPLIED enabled (0 | 1) "1"
  format IDREF #IMPLIED tcStart CDATA #IMPLIED tcFormat (DF | NDF) #IMPLIED>
<!ELEMENT marker EMPTY>
<!ATTLIST marker start CDATA #REQUIRED duration CDATA #IMPLIED value CDATA #REQUIRED
  completed CDATA #IMPLIED note CDATA #IMPLIED>
<!ELEMENT keyword EMPTY>
<!ATTLIST keyword start CDATA #IMPLIED duration CDATA #IMPLIED value CDATA #REQUIRED
  note CDATA #IMPLIED>
""")
)

# By hand from the reference: frames 107 832, 107 892 and 107 894 times 1001.
GOLDEN = """<fcpxml version="1.10">
<resources>
<format id="r1" frameDuration="1001/30000s" width="1280" height="720"/>
<asset id="r2" name="my clip.mp4" start="107939832/30000s" duration="120120/30000s" hasVideo="1"
 format="r1" videoSources="1"><media-rep kind="original-media" src="my%20clip.mp4"/></asset>
</resources>
<library><event name="my clip"><project name="my clip">
<sequence format="r1" duration="120120/30000s" tcStart="107939832/30000s" tcFormat="DF"><spine>
<asset-clip ref="r2" offset="107939832/30000s" name="my clip.mp4" start="107939832/30000s"
 duration="120120/30000s" format="r1" tcFormat="DF">
<keyword start="107939832/30000s" duration="30030/30000s" value="Anna &amp; Co"/>
<marker start="107939832/30000s" duration="30030/30000s" value="Anna &amp; Co"
 note="person-1, shot 0, confidence 0.88"/>
<keyword start="107999892/30000s" duration="60060/30000s" value="Борис"/>
<marker start="107999892/30000s" duration="60060/30000s" value="Борис"
 note="person-2, shot 1, confidence 0.50"/>
<keyword start="108001894/30000s" duration="1001/30000s" value="Anna &amp; Co"/>
<marker start="108001894/30000s" duration="1001/30000s" value="Anna &amp; Co"
 note="person-1, shot 1, confidence 0.88"/>
</asset-clip></spine></sequence></project></event></library>
</fcpxml>"""


def written(timeline: Timeline) -> bytes:
    ((name, content),) = create("fcpxml").files(timeline).items()
    assert name == f"{timeline.stem}.fcpxml"
    return content


def read(timeline: Timeline) -> etree._Element:
    root = etree.fromstring(written(timeline))
    RULES.assertValid(root)
    return root


def one(root: etree._Element, tag: str) -> etree._Element:
    (element,) = root.iter(tag)
    return element


def frames(text: str, rate: Fraction) -> int:
    """Whole frames of a time, which must be over the denominator of one frame."""
    match = re.fullmatch(r"(\d+)/(\d+)s|0s", text)
    assert match is not None
    if text == "0s":
        return 0
    numerator, denominator = int(match[1]), int(match[2])
    assert denominator == rate.numerator < 2**31
    assert numerator < 2**63
    count, rest = divmod(numerator, rate.denominator)
    assert rest == 0
    return count


def test_golden() -> None:
    content = written(small()).decode()
    assert content.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml ')
    wanted = etree.canonicalize(GOLDEN, strip_text=True)
    assert etree.canonicalize(content, strip_text=True) == wanted
    assert content.encode() == written(small())
    read(small())


@given(timelines())
def test_frames_survive(timeline: Timeline) -> None:
    root, rate = read(timeline), timeline.rate
    own = own_frame(timeline)
    assert frames(one(root, "format").get("frameDuration"), rate) == 1
    asset, sequence, clip = (one(root, tag) for tag in ("asset", "sequence", "asset-clip"))
    assert frames(asset.get("start"), rate) == frames(clip.get("start"), rate) == own
    assert frames(sequence.get("tcStart"), rate) == first_frame(timeline)
    assert clip.get("offset") == sequence.get("tcStart")
    assert sequence.get("tcFormat") == ("DF" if timeline.drop else "NDF")
    own_drop = ";" in (timeline.video.start_timecode or "")
    assert clip.get("tcFormat") == ("DF" if own_drop else "NDF")
    for element in (asset, sequence, clip):
        assert frames(element.get("duration"), rate) == timeline.length
    wanted = [(legal(part.name), span.start, span.end) for part, span in timeline.marks()]
    for tag in ("marker", "keyword"):
        found = []
        for mark in clip.iterchildren(tag):
            start = frames(mark.get("start"), rate) - own
            found.append((mark.get("value"), start, start + frames(mark.get("duration"), rate)))
        if tag == "keyword":
            wanted = [(name.replace(",", ";"), start, end) for name, start, end in wanted]
        assert found == wanted


def legal(name: str) -> str:
    return name.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


@pytest.mark.parametrize("name", TRICKY_NAMES)
def test_names(name: str) -> None:
    root = read(named(name))
    assert one(root, "marker").get("value") == legal(name)
    assert one(root, "keyword").get("value") == legal(name).replace(",", ";")


@pytest.mark.parametrize("name", ["a b#1?&.mp4", "é张 100%.mov", "\udcff.mp4"])
def test_the_source_is_found_by_its_name(name: str) -> None:
    url = one(read(small(f"some/folder/{name}")), "media-rep").get("src")
    assert unquote(url, errors="surrogateescape") == name
    assert not set("/:?# ") & set(url)


def test_a_start_that_the_file_does_not_have_moves_the_sequence_only() -> None:
    rate = Fraction(25)
    root = read(Timeline(video(rate), rate, "01:00:00:00", 50, ()))
    assert one(root, "sequence").get("tcStart") == "90000/25s"
    assert one(root, "asset-clip").get("offset") == "90000/25s"
    assert one(root, "asset-clip").get("start") == one(root, "asset").get("start") == "0s"


def test_a_start_that_the_rate_cannot_have_is_not_the_files() -> None:
    rate = Fraction(25)
    root = read(Timeline(video(rate, "00:00:00:28"), rate, "", 50, ()))
    assert one(root, "asset").get("start") == "0s"


@pytest.mark.parametrize("rate", [Fraction(15), Fraction(25, 2), Fraction(120)])
def test_a_rate_that_no_project_has_is_refused(rate: Fraction) -> None:
    with pytest.raises(ConfigError, match=r"has no projects of .* Give a --rate of"):
        written(Timeline(video(rate), rate, "", 10, ()))


def test_the_shape_of_pixels() -> None:
    timeline = small()
    wide = replace(timeline.video, width_px=1440, height_px=1080, pixel_aspect=Fraction(4, 3))
    for film, shape in ((timeline.video, (None, None)), (wide, ("4", "3"))):
        root = read(replace(timeline, video=film))
        format_ = root.find("resources/format")
        assert (format_.get("paspH"), format_.get("paspV")) == shape
        assert format_.get("width") == str(film.width_px)


def test_empty() -> None:
    root = read(Timeline(video(Fraction(25)), Fraction(25), "", 50, ()))
    assert list(one(root, "asset-clip")) == []


def test_the_rules_catch_what_the_dtd_forbids() -> None:
    root = read(small())
    clip = one(root, "asset-clip")
    clip.append(etree.Element("note"))  # must come first
    assert not RULES.validate(root)
    clip.remove(clip[-1])
    clip.set("frameDuration", "1s")
    assert not RULES.validate(root)
