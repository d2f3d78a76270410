"""Markers for Avid Media Composer, as the text that its Markers window exports and imports.

A line per marker, no header, columns separated by tabs: user (the window's column Name), timecode,
track, colour, comment, length in frames. This is the variant of Media Composer 7 and later: that
version brought markers with a length, the sixth column. Other tools write two columns more, one
empty and one for the colour, for the sixteen colours of late versions; files need not have them.
The eight colours here are known to every version.

Avid's own guides describe the command but not the columns. Sources: a list that Media Composer
wrote (https://github.com/adamhawkey/EDL_tools/blob/master/Marker_tools/README.md); MCMarkerMaker
(https://pypi.org/project/MCMarkerMaker/), which writes eight columns; spanned markers of
version 7 in such lists
(https://www.hdhead.com/static/dswiki/Media%20Composer%20Marker%20to%20DS%20Subtitle%20Converter.html);
drop-frame written with a semicolon: Avid Log Specifications
(https://www.manualshelf.com/manual/avid/9935-65126-05/user-manual-english/page-131.html).

A track holds one marker per frame, so appearances that begin together are one, as long as the
longest; its comment gives the length of each.
"""

from __future__ import annotations

from clusterer.outputs.export.markers import Marker, markers, require_two_digits
from clusterer.outputs.export.timeline import Timeline

COLORS = ("red", "green", "blue", "cyan", "magenta", "yellow", "white", "black")
TRACK = "V1"


class Avid:
    """Writes ``<stem>.avid-markers.txt``, UTF-8; timecodes are those of the video."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        require_two_digits(timeline)
        lines = (_line(timeline, marker) for marker in markers(timeline))
        return {f"{timeline.stem}.avid-markers.txt": "".join(lines).encode()}


def _line(timeline: Timeline, marker: Marker) -> str:
    columns = (
        marker.name,
        timeline.timecode(marker.start),
        TRACK,
        COLORS[marker.part.number % len(COLORS)],
        marker.lengths or marker.name,
        str(marker.length),
    )
    return "\t".join(columns) + "\n"
