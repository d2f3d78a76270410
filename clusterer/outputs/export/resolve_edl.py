"""Timeline markers for DaVinci Resolve, in the EDL that it writes and reads for them.

Sources: Blackmagic Design, DaVinci Resolve 18.6 Reference Manual, "Exporting Timeline Markers to
EDL"
(https://www.steakunderwater.com/VFXPedia/__man/Resolve18-6/DaVinciResolve18_Manual_files/part4009.htm)
for the command; lists that Resolve wrote, such as
https://github.com/TheAcharya/MarkersExtractor/issues/25, for the layout, which no manual gives: an
event of one frame on reel 001, two spaces behind it, then the note, ``|C:`` colour, ``|M:`` name
and ``|D:`` length in frames.

A timeline has one marker per frame: Resolve's scripting documentation (README.txt in the folder
Developer/Scripting of an installation) gives markers as a table by frame. So appearances that begin
together are one marker, as long as the longest; its note gives the length of each.

Timecodes are the timeline's: those of the video if a start is stated, else from 01:00:00:00, where
Resolve begins a new timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clusterer.outputs.export.cmx import event, header, page_names, paged
from clusterer.outputs.export.markers import Marker, markers, require_two_digits
from clusterer.outputs.export.timeline import Timeline

RESOLVE_START = "01:00:00:00"
COLORS = (
    "Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia",
    "Rose", "Lavender", "Sky", "Mint", "Lemon", "Sand", "Cocoa", "Cream",
)  # fmt: skip
"""All that markers can have, in the order of Resolve's menu."""


class ResolveEdl:
    """Writes ``<stem>.resolve-markers.edl``; from marker 1000 on also ``….2.edl`` and so on."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        require_two_digits(timeline)
        shown = replace(timeline, start=timeline.start or RESOLVE_START)
        found = tuple(markers(timeline))
        names = page_names(f"{timeline.stem}.resolve-markers", len(found))
        return paged(names, found, lambda page: _list(shown, page))


def _list(timeline: Timeline, page: Sequence[Marker]) -> str:
    lines = header(timeline.stem, timeline.drop)
    for number, marker in enumerate(page, 1):
        begin, after = (timeline.timecode(marker.start + more) for more in (0, 1))
        lines += ["", event(number, "001", (begin, after) * 2) + "  ", _marker(marker)]
    return "".join(f"{line}\n" for line in lines)


def _marker(marker: Marker) -> str:
    """The marker's own line; a note must not begin as an event does, with a number."""
    note = f"Together: {marker.lengths}".replace("|", "/") if marker.lengths else ""
    name = marker.name.replace("|", "/")
    color = COLORS[marker.part.number % len(COLORS)]
    return f"{note} |C:ResolveColor{color} |M:{name} |D:{marker.length}"
