"""OpenTimelineIO, read back by its own library."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any
from urllib.parse import unquote

import opentimelineio as otio
import pytest
from hypothesis import given

from clusterer.outputs.export import create
from clusterer.outputs.export.otio import COLORS
from clusterer.outputs.export.timeline import Part, Span, Timeline
from tests.outputs.export.random_timelines import (
    COUNTINGS,
    TRICKY_NAMES,
    first_frame,
    named,
    own_frame,
    small,
    timelines,
    video,
)

RATE = 30000 / 1001


def time(value: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": RATE, "value": value}


def span(start: float, duration: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start), "duration": time(duration)}


def clip(start: float, duration: float, **more: Any) -> dict[str, Any]:
    source = {
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": "my clip.mp4",
        "target_url": "my%20clip.mp4",
        "available_range": span(107832, 120),
    }
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": "my clip.mp4",
        "source_range": span(start, duration),
        "media_references": {"DEFAULT_MEDIA": source},
        "active_media_reference_key": "DEFAULT_MEDIA",
        **more,
    }


def marker(name: str, color: str, at: tuple[int, int], about: Any, comment: str) -> Any:
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": name,
        "color": color,
        "comment": comment,
        "marked_range": span(*at),
        "metadata": {"cluster-video": about},
    }


def about(person: str, shot: int, confidence: float) -> dict[str, Any]:
    return {"person": person, "shot": shot, "confidence": confidence}


def track(name: str, children: list[Any], **metadata: Any) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Track.1",
        "name": name,
        "kind": "Video",
        "metadata": metadata,
        "children": children,
    }


def gap(duration: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "Gap.1", "source_range": span(0, duration)}


# By hand from "Serialized Data Documentation"; 00:59:58;00 is frame 107 832 (108 frames of every
# hour are left out: 3598 * 30 - 2 * 54). What is not stated has its default.
ONE, TWO, THREE = (
    about("person-1", 0, 0.875),
    about("person-2", 1, 0.5),
    about("person-1", 1, 0.875),
)
MARKERS = [
    marker("Anna & Co", "RED", (107832, 30), ONE, "Anna & Co: person-1, shot 0, confidence 0.88"),
    marker("Борис", "GREEN", (107892, 60), TWO, "Борис: person-2, shot 1, confidence 0.50"),
    marker("Anna & Co", "RED", (107894, 1), THREE, "Anna & Co: person-1, shot 1, confidence 0.88"),
]
ANNA = [
    clip(107832, 30, metadata={"cluster-video": ONE}),
    gap(32),
    clip(107894, 1, metadata={"cluster-video": THREE}),
]
BORIS = [gap(60), clip(107892, 60, metadata={"cluster-video": TWO})]
GOLDEN = {
    "OTIO_SCHEMA": "Timeline.1",
    "name": "my clip",
    "global_start_time": time(107832),
    "metadata": {"cluster-video": {"start_timecode": "00:59:58;00", "drop_frame": True}},
    "tracks": {
        "OTIO_SCHEMA": "Stack.1",
        "name": "tracks",
        "children": [
            track("Video", [clip(107832, 120, markers=MARKERS)]),
            track("Anna & Co", ANNA, **{"cluster-video": {"person": "person-1"}}),
            track("Борис", BORIS, **{"cluster-video": {"person": "person-2"}}),
        ],
    },
}


def written(timeline: Timeline) -> Any:
    ((name, content),) = create("otio").files(timeline).items()
    assert name == f"{timeline.stem}.otio"
    return otio.adapters.read_from_string(content.decode(), "otio_json")


def frames(time_range: Any, rate: Fraction) -> tuple[int, int]:
    """Start and end; both whole, at exactly the rate."""
    for time in (time_range.start_time, time_range.duration):
        assert time.rate == float(rate)
        assert time.value == time.to_frames()
    return time_range.start_time.to_frames(), time_range.end_time_exclusive().to_frames()


def test_golden() -> None:
    wanted = otio.adapters.read_from_string(json.dumps(GOLDEN), "otio_json")
    got = written(small())
    assert json.loads(got.to_json_string()) == json.loads(wanted.to_json_string())
    assert got.is_equivalent_to(wanted)


def test_same_bytes_each_time() -> None:
    assert create("otio").files(small()) == create("otio").files(small())


@given(timelines())
def test_frames_survive(timeline: Timeline) -> None:
    rate, own = timeline.rate, own_frame(timeline)
    got = written(timeline)
    assert got.global_start_time.to_frames() == first_frame(timeline)
    whole, *people = got.video_tracks()
    (source,) = whole
    assert frames(source.source_range, rate) == (own, own + timeline.length)
    assert frames(source.media_reference.available_range, rate) == (own, own + timeline.length)
    found = [(m.name, frames(m.marked_range, rate)) for m in source.markers]
    assert found == [
        (part.name, (own + span.start, own + span.end)) for part, span in timeline.marks()
    ]
    assert [track.name for track in people] == [part.name for part in timeline.parts]
    for track, part in zip(people, timeline.parts, strict=True):
        clips = track.find_clips()
        at = [frames(track.range_of_child(child), rate) for child in clips]
        assert at == [(span.start, span.end) for span in part.spans]
        used = [frames(child.source_range, rate) for child in clips]
        assert used == [(own + span.start, own + span.end) for span in part.spans]


@given(timelines())
def test_timecodes_by_the_library(timeline: Timeline) -> None:
    got = written(timeline)
    drop = timeline.drop
    assert got.metadata["cluster-video"]["drop_frame"] == timeline.drop
    rate = float(timeline.rate)
    assert got.global_start_time.to_timecode(rate, drop) == timeline.timecode(0)
    for track, part in zip(got.video_tracks()[1:], timeline.parts, strict=True):
        starts = [track.range_of_child(child).start_time for child in track.find_clips()]
        shown = [(got.global_start_time + start).to_timecode(rate, drop) for start in starts]
        assert shown == [timeline.timecode(span.start) for span in part.spans]


def test_two_hours_of_drop_frame_end_on_the_frame() -> None:
    rate, length = Fraction(30000, 1001), 215784
    last = Part("person-1", "Anna", 0, (Span(length - 1, length, 9),), 1.0)
    timeline = Timeline(video(rate), rate, "01:00:00;00", length, (last,))
    got = written(timeline)
    (clip,) = got.video_tracks()[1].find_clips()
    end = (
        got.global_start_time
        + clip.transformed_time_range(clip.visible_range(), got.tracks).end_time_exclusive()
    )
    assert end.to_timecode() == "03:00:00;00"
    assert abs(Fraction(end.to_seconds()) - Fraction(107892 + length) / rate) < 1 / (2 * rate)


def test_empty() -> None:
    timeline = Timeline(video(Fraction(25)), Fraction(25), "", 50, ())
    (track,) = written(timeline).tracks
    assert [len(track), len(track[0].markers)] == [1, 0]


def test_a_start_that_the_file_does_not_have_moves_the_timeline_only() -> None:
    rate = Fraction(25)
    timeline = Timeline(video(rate, "10:00:00:00"), rate, "01:00:00:00", 50, ())
    got = written(timeline)
    assert got.global_start_time.to_timecode() == "01:00:00:00"
    assert got.tracks[0][0].available_range().start_time.to_timecode() == "10:00:00:00"


@pytest.mark.parametrize("name", TRICKY_NAMES)
def test_names(name: str) -> None:
    got = written(named(name))
    assert [got.tracks[1].name, got.tracks[0][0].markers[0].name] == [name, name]


@pytest.mark.parametrize("name", ["a b#1?.mp4", "é张 100%.mov", "C:x.mp4", "\udcff.mp4"])
def test_the_source_is_found_by_its_name(name: str) -> None:
    url = written(small(f"some/folder/{name}")).tracks[0][0].media_reference.target_url
    assert url.isascii()
    assert not set("/:?# ") & set(url)
    assert unquote(url, errors="surrogateescape") == name


def test_colors_are_the_formats() -> None:
    known = {name for name in dir(otio.schema.MarkerColor) if name.isupper()}
    assert set(COLORS) <= known
    assert len(set(COLORS)) == len(COLORS)


@pytest.mark.parametrize(("rate", "drop"), COUNTINGS)
def test_every_rate_is_one_of_smpte(rate: Fraction, drop: bool) -> None:
    assert otio.opentime.RationalTime.is_smpte_timecode_rate(float(rate))
    start = "01:00:00;00" if drop else "01:00:00:00"
    assert written(Timeline(video(rate), rate, start, 10, ())).global_start_time.rate == float(rate)
