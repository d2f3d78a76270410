"""How an export refers to the video itself: by its name, and from the timecode that the file has.

The name is a relative reference (RFC 3986, section 4.2), so an export that lies beside the video
finds it on every machine, and none tells where its author keeps files.

The file's own timecode is not the timeline's when a user asks for another start, as for a program
whose timelines begin at 01:00:00:00. Programs look for frames by the timecode that they find in
the file; stating another makes them refuse the clip. So clips count from `media_frame`, and only
the timeline as a whole from `Timeline.start_frame`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from clusterer.core.errors import ConfigError
from clusterer.core.text import printable
from clusterer.core.timecode import frame_number, timecode
from clusterer.outputs.export.timeline import Part, Span, Timeline


def media_url(timeline: Timeline) -> str:
    """The video's file name, percent-encoded, bytes that are no UTF-8 as they are."""
    name = PurePosixPath(timeline.video.path.replace("\\", "/")).name or timeline.name
    try:
        return quote(name, safe="", errors="surrogateescape")
    except UnicodeEncodeError:  # half a character that stands for no byte, as Windows allows
        return quote(printable(name), safe="")


def media_timecode(timeline: Timeline) -> str:
    """Of the first frame as the file states it; 00:00:00:00 if it states none that fits the rate.

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
    """What a mark says beside the name."""
    return f"{part.id}, shot {span.shot}, confidence {part.confidence:.2f}"
