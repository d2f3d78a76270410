"""Readers of cut lists and marker lists: pycmx, and regular expressions written by hand."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import count
from typing import Protocol

import pycmx

EVENT = re.compile(
    r"(?P<number>\d{3})  001      V     C        "
    r"(?P<begin>\S{11}) (?P<after>\S{11}) (?P=begin) (?P=after)  \n"
    r"(?P<note>[^|\n]*) \|C:ResolveColor(?P<color>[A-Z][a-z]+) \|M:(?P<name>[^|\n]*) "
    r"\|D:(?P<length>\d+)\n"
)
AVID = re.compile(
    r"(?P<name>[^\t\n]+)\t(?P<begin>\d\d:\d\d:\d\d[:;]\d\d)\tV1\t"
    r"(?P<color>red|green|blue|cyan|magenta|yellow|white|black)\t"
    r"(?P<note>[^\t\n]+)\t(?P<length>[1-9]\d*)\n"
)
STAYS = re.compile(r"(.+?) \((\d+) frames?\)(?:, |$)")


class Clock(Protocol):
    """Counts timecodes."""

    start: str

    def frame(self, timecode: str) -> int:
        """Frames since the video's first."""


def edl(content: bytes) -> tuple[pycmx.EditList, list[pycmx.Edit], list[str]]:
    """A list, its cuts, and the name in the comment of each."""
    text = content.decode()
    assert "\n" not in text.replace("\r\n", "")
    read = pycmx.parse_cmx3600(io.StringIO(text, newline=""))
    assert list(read.unrecognized_statements) == []
    events = list(read.events) if "\n001 " in text else []  # pycmx wants an event
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    names = re.findall(r"^\* COMMENT: (.*)\r\n", text, re.MULTILINE)
    cuts = [cut for event in events for cut in event.edits]
    assert len(cuts) == len(names)
    return read, cuts, names


def resolve(content: bytes, drop: bool = False) -> list[re.Match[str]]:
    """Markers of a list that has nothing else in it."""
    head = re.match(r"TITLE: ([ -~]{1,70})\nFCM: (.*)\n", content.decode())
    assert head
    assert head[2] == ("DROP FRAME" if drop else "NON-DROP FRAME")
    rest = content.decode()[head.end() :]
    found = list(EVENT.finditer(rest))
    assert "".join(f"\n{match[0]}" for match in found) == rest
    assert [int(match["number"]) for match in found] == list(range(1, len(found) + 1))
    return found


def avid(content: bytes) -> list[re.Match[str]]:
    """Markers of a list that has nothing else in it."""
    found = list(AVID.finditer(content.decode()))
    assert "".join(match[0] for match in found) == content.decode()
    return found


def read_edl(files: dict[str, bytes], clock: Clock) -> Iterator[tuple[str, int, int]]:
    """Appearances of everybody's list: name, first frame, first frame after."""
    stem = min((name for name in files if name.endswith(".edl")), key=len).removesuffix(".edl")
    for name in (f"{stem}.{page}.edl" if page > 1 else f"{stem}.edl" for page in count(1)):
        if name not in files:
            return
        _, cuts, people = edl(files[name])
        for cut, person in zip(cuts, people, strict=True):
            start, end = map(clock.frame, (cut.source_in, cut.source_out))
            yield person, start, end


def read_resolve_edl(files: dict[str, bytes], clock: Clock) -> Iterator[tuple[str, int, int]]:
    """Appearances of all lists; without a start the clock must begin at 01:00:00:00."""
    for name, content in files.items():
        if re.search(r"\.resolve-markers(\.\d+)?\.edl$", name):
            for marker in resolve(content, ";" in clock.start):
                yield from _together(marker, clock)


def read_avid(files: dict[str, bytes], clock: Clock) -> Iterator[tuple[str, int, int]]:
    """Appearances of the list."""
    (content,) = (files[name] for name in files if name.endswith(".avid-markers.txt"))
    for marker in avid(content):
        yield from _together(marker, clock)


def _together(marker: re.Match[str], clock: Clock) -> Iterator[tuple[str, int, int]]:
    """One marker as the appearances that begin there."""
    begin = clock.frame(marker["begin"])
    stays = [
        (name, int(frames))
        for name, frames in STAYS.findall(marker["note"].removeprefix("Together: "))
    ]
    if ", ".join(name for name, _ in stays) != marker["name"]:
        stays = [(marker["name"], int(marker["length"]))]
    assert max(frames for _, frames in stays) == int(marker["length"])
    for name, frames in stays:
        yield name, begin, begin + frames
