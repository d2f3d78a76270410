"""OpenTimelineIO: the whole video with a marker per appearance, and a cut list of each person.

Source: the OpenTimelineIO documentation, "Timeline Structure", "Time Ranges" and "Serialized Data
Documentation", https://opentimelineio.readthedocs.io.

Times are `RationalTime`: a count of frames and a rate, both floating point. Counts are whole and
far under 2^53, so they stay exact; the rate is the nearest float to, say, 24000/1001, and the same
one in every time, so frames never drift. OpenTimelineIO has no notion of drop-frame: whether
timecodes are is in the metadata.

Tracks of people are enabled. Each shows the very frames of the whole clip beneath it, so the
picture stays as it was; some programs do not import what is disabled, others grey it out.
"""

from __future__ import annotations

from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from clusterer.outputs.export.media import media_frame, media_url, remark
from clusterer.outputs.export.timeline import Part, Span, Timeline

COLORS = ("RED", "GREEN", "BLUE", "YELLOW", "CYAN", "MAGENTA", "ORANGE", "PURPLE", "PINK")
"""Of `MarkerColor`, all but black and white."""
NAMESPACE = "cluster-video"
"""Of the metadata."""


class Otio:
    """Writes ``<stem>.otio``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        content = otio.schema.Timeline(
            timeline.stem,
            global_start_time=_time(timeline, timeline.start_frame),
            metadata=_metadata(start_timecode=timeline.timecode(0), drop_frame=timeline.drop),
        )
        content.tracks.append(_video(timeline))
        content.tracks.extend(_cuts(timeline, part) for part in timeline.parts)
        text: str = content.to_json_string(indent=1)
        return {f"{timeline.stem}.otio": f"{text}\n".encode()}


def _video(timeline: Timeline) -> Any:
    """The track of the whole source clip, which carries the markers."""
    clip = _clip(timeline, 0, timeline.length)
    clip.markers.extend(
        otio.schema.Marker(
            name=part.name,
            marked_range=_range(timeline, media_frame(timeline) + span.start, span.length),
            color=COLORS[part.number % len(COLORS)],
            comment=f"{part.name}: {remark(part, span)}",  # Kdenlive shows this, not the name
            metadata=_about(part, span),
        )
        for part, span in timeline.marks()
    )
    return otio.schema.Track("Video", [clip])


def _cuts(timeline: Timeline, part: Part) -> Any:
    """A track of one person's appearances at their time, gaps between."""
    track = otio.schema.Track(part.name, metadata=_metadata(person=part.id))
    at = 0
    for span in part.spans:
        if span.start > at:
            track.append(otio.schema.Gap(source_range=_range(timeline, 0, span.start - at)))
        clip = _clip(timeline, span.start, span.length)
        clip.metadata.update(_about(part, span))
        track.append(clip)
        at = span.end
    return track


def _clip(timeline: Timeline, start: int, length: int) -> Any:
    """A range of the source."""
    first = media_frame(timeline)
    media = otio.schema.ExternalReference(
        media_url(timeline), available_range=_range(timeline, first, timeline.length)
    )
    media.name = timeline.name
    used = _range(timeline, first + start, length)
    return otio.schema.Clip(timeline.name, media_reference=media, source_range=used)


def _range(timeline: Timeline, start: int, length: int) -> Any:
    return TimeRange(_time(timeline, start), _time(timeline, length))


def _time(timeline: Timeline, frames: int) -> Any:
    return RationalTime(frames, float(timeline.rate))


def _about(part: Part, span: Span) -> dict[str, Any]:
    return _metadata(person=part.id, shot=span.shot, confidence=round(part.confidence, 3))


def _metadata(**values: Any) -> dict[str, Any]:
    return {NAMESPACE: values}
