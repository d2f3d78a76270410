"""WebVTT, for players and web pages: the names of those on screen, as long as they are.

Source: W3C, *WebVTT: The Web Video Text Tracks Format* (https://www.w3.org/TR/webvtt1/): its
file structure and its cue text, in which ``&``, ``<`` and ``>`` are escaped, so that no ``-->`` is
left in a name.

One cue per stretch in which the same people are on screen, one name per line. Times are a player's,
whatever the timecode of the video, and are rounded down to whole milliseconds: at the time at which
a frame is due, the cues of that frame are on, and no others.
"""

from __future__ import annotations

from clusterer.outputs.export.cues import Cue, clock, cues
from clusterer.outputs.export.timeline import Timeline

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Vtt:
    """Writes ``<stem>.vtt``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        texts = [_cue(timeline, cue) for cue in cues(timeline) if cue.parts]
        return {f"{timeline.stem}.vtt": "\n\n".join(["WEBVTT", *texts, ""]).encode()}


def _cue(timeline: Timeline, cue: Cue) -> str:
    start, end = (clock(timeline.time_s(frame), ".") for frame in (cue.start, cue.end))
    names = (part.name.translate(_ESCAPES) for part in cue.parts)
    return "\n".join([f"{start} --> {end}", *names])
