"""JSON: the whole timeline, from which other formats are written, in one object.

Source: RFC 8259, in UTF-8. This is schema 1; an incompatible change raises `SCHEMA`.
Frames count from the video's first, ends are exclusive.

==================== ===============================================================================
``schema``           1
``video``            file name
``rate``             frames per second, exact: numerator and denominator
``drop_frame``       whether timecodes are drop-frame
``start_timecode``   of the first frame: ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` for drop-frame
``length_frames``    of the whole video
``people``           by screen time, then unknowns if they were asked for; each as follows
==================== ===============================================================================

``person`` (id), ``name``, ``confidence`` (0 to 1) and ``appearances``, in time order, each with
``start_frame``, ``end_frame``, ``start_timecode``, ``end_timecode``, ``start_s``, ``end_s`` and
``shot`` (the one in which it begins).
"""

from __future__ import annotations

import json
from typing import Any

from clusterer.outputs.export.timeline import Part, Timeline

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
                "start_s": round(float(timeline.time_s(span.start)), 6),
                "end_s": round(float(timeline.time_s(span.end)), 6),
                "shot": span.shot,
            }
            for span in part.spans
        ],
    }
