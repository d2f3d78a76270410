r"""The list of markers that Premiere Pro exports, as a file of the same layout.

Sources: Adobe does not document the columns (File > Export > Markers writes them). They
are taken from files that Premiere wrote, as public readers of them show: header and rows in the
sources of Markerbox (https://github.com/alinsavix/markerbox), UTF-16 with byte order mark in
https://github.com/MrRazamataz/PremierPro-Markers.

- Text in UTF-16, little-endian, with byte order mark; columns separated by tabs despite the ending.
- ``Marker Name, Description, In, Out, Duration, Marker Type``; the type of a plain marker is
  ``Comment``. Some versions of Premiere end each line with one tab more; readers take both.
- Out is exclusive: Out is In + Duration. The example of drop-frame in Markerbox is
  ``00;11;23;01  00;11;24;25  00;00;01;24``, and a marker without length has Out = In.
- Drop-frame timecodes have ``;`` at all three places, others ``:``.
- Marks have no colour here, so people differ by name only.
- Names that a spreadsheet would run as a formula are written as `clusterer.core.cells` says.

Premiere writes this file but does not read it back: plug-ins such as Markerbox do, as do
spreadsheets. To get markers into Premiere itself there is the format premiere-xml.
"""

from __future__ import annotations

import csv
import io

from clusterer.core.cells import guarded
from clusterer.core.timecode import timecode
from clusterer.outputs.export.media import remark
from clusterer.outputs.export.timeline import Timeline

COLUMNS = ("Marker Name", "Description", "In", "Out", "Duration", "Marker Type")
KIND = "Comment"


class PremiereCsv:
    """Writes ``<stem>.premiere.csv``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, dialect="excel-tab", lineterminator="\n")
        writer.writerow(COLUMNS)
        for part, span in timeline.marks():
            times = (
                timeline.timecode(span.start),
                timeline.timecode(span.end),
                _duration(timeline, span.length),
            )
            shown = (time.replace(":", ";") if timeline.drop else time for time in times)
            writer.writerow(map(guarded, (part.name, remark(part, span), *shown, KIND)))
        content = "\N{BYTE ORDER MARK}" + text.getvalue()
        return {f"{timeline.stem}.premiere.csv": content.encode("utf-16-le")}


def _duration(timeline: Timeline, frames: int) -> str:
    """A length as the timecode that is reached from 00:00:00:00 on."""
    return timecode(frames, timeline.rate, "00:00:00;00" if timeline.drop else None)
