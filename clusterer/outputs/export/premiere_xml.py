"""Final Cut Pro 7 XML (xmeml), which Premiere Pro imports: a sequence with markers.

Sources: Apple, "Final Cut Pro XML Interchange Format", chapters "Elements Catalog" and "Topics"
(Timing Values), https://developer.apple.com/library/archive/documentation/AppleApplications/
Reference/FinalCutPro_XML/; Adobe, "Importing XML files from Final Cut Pro 7",
https://helpx.adobe.com/premiere-pro/using/importing-xml-project-files-final.html.

- Times are whole frames. ``rate`` is the nominal rate and, as ``ntsc``, whether frames last
  1001/1000 of that; 59.94 is 60 and TRUE. Other fractions cannot be expressed.
- ``in`` and ``start`` are inclusive, ``out`` and ``end`` exclusive. Markers of a sequence count
  from its first frame, whatever its timecode.
- ``timecode/frame`` counts frames from 00:00:00:00, so numbers that drop-frame leaves out do not
  count; ``displayformat`` is DF or NDF.
- ``pproColor`` is Premiere's own addition, 0xAABBGGRR. It writes no colour for green. The values
  are those of a Premiere export; OpenTimelineIO reads the same numbers (`Color.from_agbr_int`).
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from clusterer.core.errors import ConfigError
from clusterer.outputs.export.media import media_frame, media_timecode, media_url, remark
from clusterer.outputs.export.timeline import Part, Span, Timeline
from clusterer.outputs.export.xml import add, document

VERSION = "4"
"""Of the format: what Premiere writes itself."""
COLORS = (None, 0xFF362CD2, 0xFFB18BAF, 0xFF246FE9, 0xFF2BA1D0, 0xFFFC8D42, 0xFFD6F419, 0xFFFFFFFF)
"""Green, red, purple, orange, yellow, blue, cyan, white, by a person's number."""


class PremiereXml:
    """Writes ``<stem>.premiere.xml``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`.

        Raises
        ------
        ConfigError
            The rate is neither whole nor 1000/1001 of a whole one.
        """
        if not (timeline.ntsc or timeline.rate.denominator == 1):
            raise ConfigError(
                f"Premiere's XML cannot express {float(timeline.rate):.6g} frames per second",
                "Give another --rate: a whole one, 23.976, 29.97 or 59.94",
            )
        root = ET.Element("xmeml", version=VERSION)
        _sequence(root, timeline)
        return {f"{timeline.stem}.premiere.xml": document(root)}


def _sequence(parent: ET.Element, timeline: Timeline) -> None:
    sequence = add(parent, "sequence", id="sequence-1")
    add(sequence, "name", timeline.stem)
    add(sequence, "duration", timeline.length)
    _rate(sequence, timeline)
    _timecode(sequence, timeline, timeline.timecode(0), timeline.start_frame)
    video = add(add(sequence, "media"), "video")
    _picture(add(video, "format"), timeline)
    track = add(video, "track")
    _clip(track, timeline)
    add(track, "enabled", "TRUE")  # as Premiere writes them; OpenShot fails without
    add(track, "locked", "FALSE")
    for part, span in timeline.marks():
        _marker(sequence, part, span)


def _clip(track: ET.Element, timeline: Timeline) -> None:
    """The whole video, from the first frame of the sequence on."""
    clip = add(track, "clipitem", id="clipitem-1")
    add(clip, "name", timeline.name)
    add(clip, "enabled", "TRUE")
    add(clip, "duration", timeline.length)
    _rate(clip, timeline)
    for tag, frame in (("start", 0), ("end", timeline.length), ("in", 0), ("out", timeline.length)):
        add(clip, tag, frame)
    file = add(clip, "file", id="file-1")
    add(file, "name", timeline.name)
    add(file, "pathurl", media_url(timeline))
    _rate(file, timeline)
    add(file, "duration", timeline.length)
    _timecode(file, timeline, media_timecode(timeline), media_frame(timeline))
    _picture(add(add(file, "media"), "video"), timeline)


def _marker(sequence: ET.Element, part: Part, span: Span) -> None:
    marker = add(sequence, "marker")
    add(marker, "name", part.name)
    add(marker, "comment", remark(part, span))
    add(marker, "in", span.start)
    add(marker, "out", span.end)
    color = COLORS[part.number % len(COLORS)]
    if color is not None:
        add(marker, "pproColor", color)


def _timecode(parent: ET.Element, timeline: Timeline, first: str, frame: int) -> None:
    element = add(parent, "timecode")
    _rate(element, timeline)
    add(element, "string", first)
    add(element, "frame", frame)
    add(element, "displayformat", "DF" if ";" in first else "NDF")


def _picture(parent: ET.Element, timeline: Timeline) -> None:
    """State square pixels and no fields; otherwise Premiere assumes others."""
    element = add(parent, "samplecharacteristics")
    _rate(element, timeline)
    add(element, "width", timeline.video.width_px)
    add(element, "height", timeline.video.height_px)
    add(element, "anamorphic", "FALSE")
    add(element, "pixelaspectratio", "square")
    add(element, "fielddominance", "none")


def _rate(parent: ET.Element, timeline: Timeline) -> None:
    element = add(parent, "rate")
    add(element, "timebase", timeline.nominal)
    add(element, "ntsc", "TRUE" if timeline.ntsc else "FALSE")
