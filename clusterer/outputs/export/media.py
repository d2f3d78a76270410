"""References of an export to the video: its file name, and the timecode in the file.

The name is a relative reference (RFC 3986, section 4.2), so an export beside the video finds it on
every machine and does not reveal where its author keeps files.

The timecode of the file differs from that of the timeline when a user asks for another start, as
for a program whose timelines begin at 01:00:00:00. Programs find frames by the timecode in the
file and refuse a clip that states another. So clips count from `media_frame`, and only the whole
timeline counts from `Timeline.start_frame`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from clusterer.core.errors import ConfigError
from clusterer.core.text import printable
from clusterer.core.timecode import frame_number, timecode
from clusterer.outputs.export.timeline import Part, Span, Timeline


def media_url(timeline: Timeline) -> str:
    """The video's file name, percent-encoded; bytes that are not UTF-8 are kept."""
    name = PurePosixPath(timeline.video.path.replace("\\", "/")).name or timeline.name
    try:
        return quote(name, safe="", errors="surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that encodes no byte, as Windows allows
        return quote(printable(name), safe="")


def media_timecode(timeline: Timeline) -> str:
    """Timecode of the first frame in the file; 00:00:00:00 if it has none that fits the rate.

    ``;`` before the frames: drop-frame.
    """
    try:
        return timecode(0, timeline.rate, timeline.video.start_timecode)
    except ConfigError:
        return timecode(0, timeline.rate)


def media_frame(timeline: Timeline) -> int:
    """The same in frames from 00:00:00:00."""
    return frame_number(media_timecode(timeline), timeline.rate)


def remark(part: Part, span: Span) -> str:
    """The comment of a mark."""
    return f"{part.id}, shot {span.shot}, confidence {part.confidence:.2f}"
