"""FCPXML 1.10: a project for Final Cut Pro, with a marker and a keyword range per appearance.

Source: Apple, "FCPXML Reference", above all "asset", "asset-clip", "keyword", "marker" and
"Document Type Definition", https://developer.apple.com/documentation/
professional-video-applications/fcpxml-reference. Final Cut Pro rejects what its DTD does not
allow, so order and attributes are the DTD's.

- Times are rational seconds, ``1001/30000s``, and must be whole frames: numerators are multiples
  of the frame's, over the same denominator.
- An asset starts at the timecode of its file; a clip, its markers and its keywords count in that
  time. Authors of other exporters report that another start is refused on import: "Invalid edit
  with no respective media" (https://github.com/DozaVisuals/doza-assist/pull/35). Where the sequence
  begins is ``tcStart``, which is the ``offset`` of its first clip.
- ``paspH`` and ``paspV`` are width and height of a pixel; without them it is square.
- ``keyword/value`` is a list with commas between, so commas in a name become semicolons.
- ``src`` is relative, for a document that lies beside its media; elsewhere the clip is offline
  until it is relinked.
"""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as ET

from clusterer.core.clock import NAMED_RATES
from clusterer.core.errors import ConfigError
from clusterer.outputs.export.media import media_frame, media_timecode, media_url, remark
from clusterer.outputs.export.timeline import Part, Span, Timeline
from clusterer.outputs.export.xml import add, document

VERSION = "1.10"
FORMAT, ASSET = "r1", "r2"


class Fcpxml:
    """Writes ``<stem>.fcpxml``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`.

        Raises
        ------
        ConfigError
            Final Cut Pro has no projects of the rate.
        """
        if timeline.rate not in NAMED_RATES:
            raise ConfigError(
                f"Final Cut Pro has no projects of {float(timeline.rate):.6g} frames per second",
                "Give a --rate of 23.976, 24, 25, 29.97, 30, 50, 59.94 or 60",
            )
        root = ET.Element("fcpxml", version=VERSION)
        _resources(root, timeline)
        event = add(add(root, "library"), "event", name=timeline.stem)
        _project(event, timeline)
        return {f"{timeline.stem}.fcpxml": document(root)}


def _resources(root: ET.Element, timeline: Timeline) -> None:
    resources = add(root, "resources")
    add(
        resources,
        "format",
        id=FORMAT,
        frameDuration=_time(timeline, 1),
        width=str(timeline.video.width_px),
        height=str(timeline.video.height_px),
        **_pixel(timeline.video.pixel_aspect),
    )
    asset = add(
        resources,
        "asset",
        id=ASSET,
        name=timeline.name,
        start=_time(timeline, media_frame(timeline)),
        duration=_time(timeline, timeline.length),
        hasVideo="1",
        format=FORMAT,
        videoSources="1",
    )
    add(asset, "media-rep", kind="original-media", src=media_url(timeline))


def _pixel(aspect: Fraction) -> dict[str, str]:
    if aspect == 1:
        return {}
    return {"paspH": str(aspect.numerator), "paspV": str(aspect.denominator)}


def _project(event: ET.Element, timeline: Timeline) -> None:
    length = _time(timeline, timeline.length)
    start = _time(timeline, timeline.start_frame)
    sequence = add(
        add(event, "project", name=timeline.stem),
        "sequence",
        format=FORMAT,
        duration=length,
        tcStart=start,
        tcFormat=_counting(timeline.timecode(0)),
    )
    clip = add(
        add(sequence, "spine"),
        "asset-clip",
        ref=ASSET,
        offset=start,
        name=timeline.name,
        start=_time(timeline, media_frame(timeline)),
        duration=length,
        format=FORMAT,
        tcFormat=_counting(media_timecode(timeline)),
    )
    for mark in timeline.marks():
        _mark(clip, timeline, *mark)


def _mark(clip: ET.Element, timeline: Timeline, part: Part, span: Span) -> None:
    start = _time(timeline, media_frame(timeline) + span.start)
    length = _time(timeline, span.length)
    add(clip, "keyword", start=start, duration=length, value=part.name.replace(",", ";"))
    note = remark(part, span)
    add(clip, "marker", start=start, duration=length, value=part.name, note=note)


def _time(timeline: Timeline, frames: int) -> str:
    """So many frames in seconds, over the denominator of one frame."""
    rate = timeline.rate
    return f"{frames * rate.denominator}/{rate.numerator}s" if frames else "0s"


def _counting(timecode: str) -> str:
    return "DF" if ";" in timecode else "NDF"
