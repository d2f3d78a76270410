"""XMP: a sidecar of the film with the people in it, and marks for editing programs.

Sources: ISO 16684-1 (XMP, its serialisation); Adobe, "XMP Specification Part 2: Additional
Properties", the namespace ``xmpDM``; IPTC, "Photo Metadata Standard", ``PersonInImage``.

- A duration is a number of frames times ``scale``, the exact length of one in seconds.
- ``frameRate`` of a track is ``f25``, or ``f24000s1001``: the rate, and its basis.
- ``PersonInImage`` has only names that somebody gave: databases take one ``Person 1`` for another.
- Each person has a track, its markers in frames since the film's first.
- Timecodes have a named format; without one of the film's rate, the start is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from xml.etree import ElementTree as ET

from clusterer._version import __version__
from clusterer.outputs.export.media import remark
from clusterer.outputs.export.timeline import Part, Timeline
from clusterer.outputs.export.xml import add
from clusterer.people.names import is_automatic

NAMESPACES = {
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
}
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TIMECODES = {
    Fraction(24000, 1001): ("23976Timecode",) * 2,
    Fraction(24): ("24Timecode",) * 2,
    Fraction(25): ("25Timecode",) * 2,
    Fraction(30000, 1001): ("2997NonDropTimecode", "2997DropTimecode"),
    Fraction(30): ("30Timecode",) * 2,
    Fraction(50): ("50Timecode",) * 2,
    Fraction(60000, 1001): ("5994NonDropTimecode", "5994DropTimecode"),
    Fraction(60): ("60Timecode",) * 2,
}
"""Rate → names of its timecodes, without and with dropped numbers."""


class Xmp:
    """Writes ``<stem>.xmp``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        root = description()
        about = root[0][0]
        add(about, "dc:source", timeline.name)
        add_persons(about, (part.name for part in timeline.parts))
        _film(about, timeline)
        tracks = add(add(about, "xmpDM:Tracks"), "rdf:Bag") if timeline.parts else about
        for part in timeline.parts:
            _track(tracks, timeline, part)
        return {f"{timeline.stem}.xmp": packet(root)}


def description() -> ET.Element:
    """A new packet: ``x:xmpmeta/rdf:RDF/rdf:Description``, to which properties are added."""
    root = ET.Element("x:xmpmeta", {"xmlns:x": "adobe:ns:meta/"})
    rdf = add(root, "rdf:RDF", **{"xmlns:rdf": _RDF})
    spaces = {f"xmlns:{prefix}": uri for prefix, uri in NAMESPACES.items()}
    about = add(rdf, "rdf:Description", **{"rdf:about": ""}, **spaces)
    add(about, "xmp:CreatorTool", f"cluster-video {__version__}")
    return root


def add_persons(about: ET.Element, names: Iterable[str]) -> None:
    """Add who is shown, each name once; automatic ones mean nobody in another film."""
    different = [name for name in dict.fromkeys(names) if not is_automatic(name)]
    if different:
        bag = add(add(about, "Iptc4xmpExt:PersonInImage"), "rdf:Bag")
        for name in different:
            add(bag, "rdf:li", name)


def packet(root: ET.Element) -> bytes:
    """A whole packet in UTF-8, indented; programs read it only."""
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    begin = '<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    return f'{begin}\n{body}\n<?xpacket end="r"?>\n'.encode()


def add_size(parent: ET.Element, tag: str, width_px: int, height_px: int) -> None:
    """Add the size of a picture."""
    size = {"stDim:w": str(width_px), "stDim:h": str(height_px), "stDim:unit": "pixel"}
    add(parent, tag, **size)


def _film(about: ET.Element, timeline: Timeline) -> None:
    rate, video = timeline.rate, timeline.video
    length = {
        "xmpDM:value": str(timeline.length),
        "xmpDM:scale": f"{rate.denominator}/{rate.numerator}",
    }
    add(about, "xmpDM:duration", **length)
    add(about, "xmpDM:videoFrameRate", f"{float(rate):.6g}")
    add_size(about, "xmpDM:videoFrameSize", video.width_px, video.height_px)
    if video.pixel_aspect != 1:
        aspect = f"{video.pixel_aspect.numerator}/{video.pixel_aspect.denominator}"
        add(about, "xmpDM:videoPixelAspectRatio", aspect)
    if timeline.start and rate in _TIMECODES:
        start = {
            "xmpDM:timeFormat": _TIMECODES[rate][timeline.drop],
            "xmpDM:timeValue": timeline.timecode(0),
        }
        add(about, "xmpDM:startTimecode", **start)


def _track(tracks: ET.Element, timeline: Timeline, part: Part) -> None:
    rate = timeline.rate
    basis = "" if rate.denominator == 1 else f"s{rate.denominator}"
    facts = {
        "xmpDM:trackName": part.name,
        "xmpDM:trackType": "Cue",
        "xmpDM:frameRate": f"f{rate.numerator}{basis}",
    }
    track = add(add(tracks, "rdf:li"), "rdf:Description", **facts)
    marks = add(add(track, "xmpDM:markers"), "rdf:Seq")
    for span in part.spans:
        mark = {
            "xmpDM:startTime": str(span.start),
            "xmpDM:duration": str(span.length),
            "xmpDM:name": part.name,
            "xmpDM:comment": remark(part, span),
            "xmpDM:type": "Cue",
        }
        add(marks, "rdf:li", **mark)
