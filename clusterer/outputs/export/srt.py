"""SubRip, for players: the names of those on screen, as long as they are.

Source: SubRip has no standard; Matroska's description of it
(https://www.matroska.org/technical/subtitles.html#srt-subtitles) and the parser of FFmpeg
(libavformat/srtdec.c, libavcodec/htmlsubtitles.c). The file is UTF-8 and, unless empty, begins with
a byte order mark: programs that guess the encoding, as Kdenlive does, then guess right.

Cues and times as in `clusterer.outputs.export.vtt`. The format has tags and no way to escape them,
so the brackets that players take for tags are replaced: angle brackets by single angle quotation
marks (U+2039, U+203A), braces by parentheses.
"""

from __future__ import annotations

from clusterer.outputs.export.cues import Cue, clock, cues
from clusterer.outputs.export.timeline import Timeline

_STAND_INS = str.maketrans("<>{}", "\u2039\u203a()")


class Srt:
    """Writes ``<stem>.srt``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        shown = [cue for cue in cues(timeline) if cue.parts]
        texts = [_cue(timeline, number, cue) for number, cue in enumerate(shown, start=1)]
        return {f"{timeline.stem}.srt": "\n".join(texts).encode("utf-8-sig" if texts else "utf-8")}


def _cue(timeline: Timeline, number: int, cue: Cue) -> str:
    start, end = (clock(timeline.time_s(frame), ",") for frame in (cue.start, cue.end))
    names = (part.name.translate(_STAND_INS) for part in cue.parts)
    return "\n".join([str(number), f"{start} --> {end}", *names, ""])
