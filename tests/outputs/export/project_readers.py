"""Readers of projects and marker lists: OpenTimelineIO, XML parsers, the csv module."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Protocol
from xml.etree import ElementTree as ET

import opentimelineio as otio

from clusterer.core.cells import restored
from clusterer.people.names import is_automatic

Found = Iterator[tuple[str, int, int]]


class Clock(Protocol):
    """Counts timecodes."""

    rate: Fraction

    def frame(self, timecode: str) -> int:
        """Frames since the video's first."""


def read_otio(content: bytes, clock: Clock) -> Found:
    """The markers; the cut lists must say the same."""
    timeline = otio.adapters.read_from_string(content.decode(), "otio_json")
    whole, *people = timeline.video_tracks()
    (source,) = whole
    first = source.source_range.start_time.to_frames()
    assert timeline.global_start_time.rate == float(clock.rate)
    marks = [(m.name, *_frames(m.marked_range, first)) for m in source.markers]
    cuts = [
        (track.name, *_frames(track.range_of_child(clip), 0))
        for track in people
        for clip in track.find_clips()
    ]
    assert sorted(cuts) == sorted(marks)
    yield from marks


def _frames(time: otio.opentime.TimeRange, first: int) -> tuple[int, int]:
    start, end = time.start_time, time.end_time_exclusive()
    assert start.value == start.to_frames()
    assert end.value == end.to_frames()
    return start.to_frames() - first, end.to_frames() - first


def read_premiere_xml(content: bytes, clock: Clock) -> Found:
    (sequence,) = ET.fromstring(content)
    slow = Fraction(1000, 1001) if sequence.findtext("rate/ntsc") == "TRUE" else 1
    assert int(sequence.findtext("rate/timebase", "")) * slow == clock.rate
    assert clock.frame(sequence.findtext("timecode/string", "")) == 0
    for marker in sequence.iterfind("marker"):
        start, end = (int(marker.findtext(tag, "")) for tag in ("in", "out"))
        yield marker.findtext("name", ""), start, end


def read_premiere_csv(content: bytes, clock: Clock) -> Found:
    text = io.StringIO(content.decode("utf-16"), newline="")
    for row in csv.DictReader(text, delimiter="\t", strict=True):
        times = (re.sub(";(?=.*;)", ":", row[key]) for key in ("In", "Out"))
        start, end = map(clock.frame, times)
        yield restored(row["Marker Name"]), start, end


def read_xmp(content: bytes, clock: Clock) -> Found:
    """The markers of each person's track, at the rate of the track."""
    space = "{http://ns.adobe.com/xmp/1.0/DynamicMedia/}"
    persons = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}PersonInImage"
    rdf = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    root = ET.fromstring(content)
    names = {item.text or "" for bag in root.iter(persons) for item in bag.iter(f"{rdf}li")}
    for track in root.iter(f"{rdf}Description"):
        if (name := track.get(f"{space}trackName")) is None:
            continue
        assert name in names or is_automatic(name)
        rate = Fraction(track.get(f"{space}frameRate", "")[1:].replace("s", "/"))
        assert rate == clock.rate
        for mark in track.iter(f"{rdf}li"):
            start, length = (
                int(mark.get(f"{space}{key}", "")) for key in ("startTime", "duration")
            )
            assert mark.get(f"{space}name") == name
            yield name, start, start + length


def read_fcpxml(content: bytes, clock: Clock) -> Found:
    """The markers; keywords must say the same, but for commas, which end a keyword."""
    (clip,) = ET.fromstring(content).iter("asset-clip")
    first = _time(clip.get("start", "")) * clock.rate

    def marks(tag: str) -> Found:
        for mark in clip.iterfind(tag):
            start = _time(mark.get("start", "")) * clock.rate - first
            end = start + _time(mark.get("duration", "")) * clock.rate
            assert start.denominator == 1
            assert end.denominator == 1
            yield mark.get("value", ""), int(start), int(end)

    found = list(marks("marker"))
    assert list(marks("keyword")) == [(name.replace(",", ";"), *at) for name, *at in found]
    yield from found


def _time(text: str) -> Fraction:
    return Fraction(text.removesuffix("s"))
