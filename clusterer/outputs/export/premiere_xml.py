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
- ``pixelaspectratio`` has a name for each kind of pixel of Apple's formats, and ``anamorphic``
  widens those of 601 by 4/3. Other pixels cannot be expressed: the sequence then has square ones,
  and the file states none.
- ``pproColor`` is Premiere's own addition, 0xAABBGGRR. It writes no colour for green. The values
  are those of a Premiere export; OpenTimelineIO reads the same numbers (`Color.from_agbr_int`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias
from xml.etree import ElementTree as ET

from clusterer.core.errors import ConfigError
from clusterer.outputs.export.media import media_frame, media_timecode, media_url, remark
from clusterer.outputs.export.timeline import Part, Span, Timeline
from clusterer.outputs.export.xml import add, document

if TYPE_CHECKING:  # formats are listed without NumPy
    from clusterer.core.types import VideoInfo

_Pixels: TypeAlias = tuple[str, bool]
_Shape: TypeAlias = tuple[tuple[int, int], _Pixels | None]
_SQUARE: _Pixels = ("square", False)

VERSION = "4"
"""Of the format: what Premiere writes itself."""
COLORS = (None, 0xFF362CD2, 0xFFB18BAF, 0xFF246FE9, 0xFF2BA1D0, 0xFFFC8D42, 0xFFD6F419, 0xFFFFFFFF)
"""Green, red, purple, orange, yellow, blue, cyan, white, by a person's number."""

_PIXELS = (
    ((Fraction(8, 9), Fraction(10, 11)), "NTSC-601", False),
    ((Fraction(32, 27), Fraction(40, 33)), "NTSC-601", True),
    ((Fraction(16, 15), Fraction(59, 54), Fraction(12, 11)), "PAL-601", False),
    ((Fraction(64, 45), Fraction(118, 81), Fraction(16, 11)), "PAL-601", True),
    ((Fraction(4, 3),), "HD-(1440x1080)", False),
    ((Fraction(3, 2),), "HD-(1280x1080)", False),
)
"""Shapes of pixels, as files of 720 and of 704 samples a line state them; name; anamorphic."""
_SAME_SHAPE = Fraction(1, 100)
"""Relative difference that is rounding, as in 853:720."""
_HD_720_PX = 720
"""Pictures of this height call pixels of 4:3 by another name."""


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
    _picture(add(video, "format"), timeline, _sequence_pixels(timeline.video))
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
    size_px = timeline.video.width_px, timeline.video.height_px
    _picture(add(add(file, "media"), "video"), timeline, (size_px, _pixels(timeline.video)))


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


def _picture(parent: ET.Element, timeline: Timeline, shape: _Shape) -> None:
    """State the shape of pixels, and no fields; otherwise Premiere assumes others."""
    (width_px, height_px), pixels = shape
    element = add(parent, "samplecharacteristics")
    _rate(element, timeline)
    add(element, "width", width_px)
    add(element, "height", height_px)
    if pixels is not None:
        add(element, "anamorphic", "TRUE" if pixels[1] else "FALSE")
        add(element, "pixelaspectratio", pixels[0])
    add(element, "fielddominance", "none")


def _sequence_pixels(video: VideoInfo) -> _Shape:
    """The file's own size and pixels; square ones if those cannot be expressed."""
    pixels = _pixels(video)
    if pixels is None:
        return video.square_px, _SQUARE
    return (video.width_px, video.height_px), pixels


def _pixels(video: VideoInfo) -> _Pixels | None:
    """The format's name for the pixels of a video, and whether they are anamorphic."""
    if video.pixel_aspect == 1:
        return _SQUARE
    for aspects, name, anamorphic in _PIXELS:
        if any(abs(video.pixel_aspect / aspect - 1) < _SAME_SHAPE for aspect in aspects):
            low = name == "HD-(1440x1080)" and video.height_px == _HD_720_PX
            return ("HD-(960x720)" if low else name), anamorphic
    return None


def _rate(parent: ET.Element, timeline: Timeline) -> None:
    element = add(parent, "rate")
    add(element, "timebase", timeline.nominal)
    add(element, "ntsc", "TRUE" if timeline.ntsc else "FALSE")
