"""Parquet, for data frames: one row per appearance, in time order.

Source: https://parquet.apache.org/docs/file-format/, written by Apache Arrow, which needs
``pip install ".[parquet]"``.

Columns, none of them null: person, name (string); confidence (double, 0 to 1); start_s, end_s
(double, from exact frames); start_timecode, end_timecode (string); start_frame, end_frame (int64,
since the video's first; the end is exclusive); shot (int64).

The file's key-value metadata, all text: schema (`SCHEMA`), video (file name), rate (a fraction,
``30000/1001``), start_timecode (with ``;`` for drop-frame), length_frames.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from clusterer.outputs.export.timeline import Timeline

SCHEMA = 1
_COLUMNS = (
    ("person", pa.string()),
    ("name", pa.string()),
    ("confidence", pa.float64()),
    ("start_s", pa.float64()),
    ("end_s", pa.float64()),
    ("start_timecode", pa.string()),
    ("end_timecode", pa.string()),
    ("start_frame", pa.int64()),
    ("end_frame", pa.int64()),
    ("shot", pa.int64()),
)


class Parquet:
    """Writes ``<stem>.parquet``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        sink = pa.BufferOutputStream()
        pq.write_table(_table(timeline), sink)
        return {f"{timeline.stem}.parquet": sink.getvalue().to_pybytes()}


def _table(timeline: Timeline) -> pa.Table:
    rows = [
        (
            part.id,
            part.name,
            part.confidence,
            float(timeline.time_s(span.start)),
            float(timeline.time_s(span.end)),
            timeline.timecode(span.start),
            timeline.timecode(span.end),
            span.start,
            span.end,
            span.shot,
        )
        for part, span in timeline.marks()
    ]
    facts = {
        "schema": str(SCHEMA),
        "video": timeline.name,
        "rate": f"{timeline.rate.numerator}/{timeline.rate.denominator}",
        "start_timecode": timeline.timecode(0),
        "length_frames": str(timeline.length),
    }
    fields = [pa.field(name, kind, nullable=False) for name, kind in _COLUMNS]
    columns = [[row[i] for row in rows] for i in range(len(fields))]
    return pa.table(columns, schema=pa.schema(fields, metadata=facts))
