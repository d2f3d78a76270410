r"""Chapters, for players: one per stretch in which the same people are on screen.

Source: FFmpeg's metadata format, version 1 (https://ffmpeg.org/ffmpeg-formats.html#Metadata-2):
UTF-8; ``=``, ``;``, ``#``, ``\`` and ends of lines are escaped by ``\``. Put them into a copy of a
video by ``ffmpeg -i VIDEO -i FILE -map 0 -map -0:d -map_chapters 1 -codec copy COPY``. The second
``-map`` leaves out tracks of data, which FFmpeg copies wrongly or not at all: it writes that of the
timecode anew, and that of the chapters of a QuickTime file.

The time base is one frame, so starts and ends are frames since the video's first; if the picture
begins after the sound, it is one microsecond, and times are a player's. Titles are names, joined by
a comma. Stretches in which nobody is on screen have chapters too, ``(nobody)``: players
let a chapter last until the next one begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from clusterer.outputs.export.cues import Cue, cues
from clusterer.outputs.export.timeline import Timeline

NOBODY = "(nobody)"
_SPECIAL = re.compile(r"[=;#\\]")


class Chapters:
    """Writes ``<stem>.chapters.txt``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        base = Fraction(1, 10**6) if timeline.video.delay_pts else 1 / timeline.rate
        lines = [";FFMETADATA1", f"title={_escaped(timeline.name)}"]
        for start_s, end_s, title in _chapters(timeline):
            lines += [
                "[CHAPTER]",
                f"TIMEBASE={base.numerator}/{base.denominator}",
                f"START={start_s // base}",
                f"END={end_s // base}",
                f"title={_escaped(title)}",
            ]
        return {f"{timeline.stem}.chapters.txt": "\n".join([*lines, ""]).encode()}


def _chapters(timeline: Timeline) -> Iterator[tuple[Fraction, Fraction, str]]:
    """Start, end and title of each; the first begins where players begin."""
    found = cues(timeline)
    begun_s = Fraction(0)
    if timeline.video.delay_pts and found[0].parts:
        yield begun_s, timeline.time_s(0), NOBODY
        begun_s = timeline.time_s(0)
    for cue in found:
        yield begun_s, timeline.time_s(cue.end), _title(cue)
        begun_s = timeline.time_s(cue.end)


def _title(cue: Cue) -> str:
    return ", ".join(part.name for part in cue.parts) or NOBODY


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    # FFmpeg takes a backslash before the end of a line, itself escaped or not, for one that escapes
    # the end, and reads the next line as part of this one.
    return f"{escaped} " if escaped.endswith("\\") else escaped
