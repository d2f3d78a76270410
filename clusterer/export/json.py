"""JSON: everything that other formats are written from, in one object; see the README."""

from __future__ import annotations

import json
from typing import Any

from clusterer.export.timeline import Part, Timeline

SCHEMA = 1


class Json:
    """Writes ``<stem>.json``: frames and rate exact, timecodes and seconds beside them."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        content = {
            "schema": SCHEMA,
            "video": timeline.name,
            "rate": [timeline.rate.numerator, timeline.rate.denominator],
            "drop_frame": timeline.drop,
            "start_timecode": timeline.timecode(0),
            "length_frames": timeline.length,
            "people": [_part(timeline, part) for part in timeline.parts],
        }
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        return {f"{timeline.stem}.json": text.encode()}


def _part(timeline: Timeline, part: Part) -> dict[str, Any]:
    return {
        "person": part.id,
        "name": part.name,
        "confidence": round(part.confidence, 3),
        "appearances": [
            {
                "start_frame": span.start,
                "end_frame": span.end,
                "start_timecode": timeline.timecode(span.start),
                "end_timecode": timeline.timecode(span.end),
                "start_s": round(float(timeline.seconds(span.start)), 6),
                "end_s": round(float(timeline.seconds(span.end)), 6),
                "shot": span.shot,
            }
            for span in part.spans
        ],
    }
