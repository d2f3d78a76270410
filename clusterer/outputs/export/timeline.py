"""The source of every editing format: people as spans of whole frames at one rate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from clusterer.core.text import folded, printable
from clusterer.core.timecode import frame_number, nominal_rate, timecode

if TYPE_CHECKING:  # formats are listed without NumPy
    from clusterer.core.types import VideoInfo


BREAKS = ("Cc", "Cs", "Zl", "Zp")
"""Categories of Unicode: controls, surrogates, separators of lines and paragraphs."""
LONGEST_STEM = 150
"""Bytes of UTF-8: file systems allow 255 for a name, to which formats add theirs."""
_NO_CHARACTER = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
"""Noncharacters of the Unicode Standard (23.7); XML 1.0 forbids the last two."""
_NO_FILE = re.compile(r'[<>:"/\\|?*]')
"""Microsoft, "Naming Files, Paths, and Namespaces", as are the devices and the final dot."""
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """One appearance in whole frames since the video's first, half-open.

    Attributes
    ----------
    start, end : frames
    shot : the one in which it begins
    box : left, top, width and height of what holds the face all along, in whole square pixels, see
        `VideoInfo.square_px`; None = unknown
    """

    start: int
    end: int
    shot: int
    box: tuple[int, int, int, int] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"no span: {self.start} to {self.end}")

    @property
    def length(self) -> int:
        """Frames, at least 1."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Part:
    """A person and their appearances.

    Attributes
    ----------
    id, name : as in the tables; the name is one line, whatever its script
    number : 0 and up, for colours; independent of who else is exported
    spans : in time order, apart from one another, at least one
    confidence : 0 to 1
    """

    id: str
    name: str
    number: int
    spans: tuple[Span, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """People on the time axis of one video.

    Attributes
    ----------
    video : its facts; the path is for display and for finding the file
    rate : frames per second, exact
    start : timecode of the first frame as the user or the file states it, with ``;`` drop-frame;
        empty = unknown, which counts from 00:00:00:00
    length : frames of the video, at least 1
    parts : people by screen time, then unknowns if requested
    warnings : what the user should know
    reel : name of the source in cut lists; empty = made from `film`
    label : what tells an export of some people, or of a part of the film, from that of the whole
    base_url : web address of the folder in which film and export will lie, with a final slash;
        empty = unknown
    roles : name as `clusterer.core.text.folded` writes it → whom the person plays
    """

    video: VideoInfo
    rate: Fraction
    start: str
    length: int
    parts: tuple[Part, ...]
    warnings: tuple[str, ...] = ()
    reel: str = ""
    label: str = ""
    base_url: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """File name of the video, on one line."""
        path = printable(self.video.path).replace("\\", "/")
        return one_line(PurePosixPath(path).name) or "video"

    @property
    def film(self) -> str:
        """The name without its ending, safe on every system."""
        return file_stem(PurePosixPath(self.name).stem)

    @property
    def stem(self) -> str:
        """What the names of the exported files begin with: the film's, and the label."""
        return labelled(self.film, self.label)

    @property
    def drop(self) -> bool:
        """Whether timecodes are drop-frame."""
        return ";" in self.timecode(0)

    @property
    def nominal(self) -> int:
        """Whole number of frames per second in timecodes."""
        return nominal_rate(self.rate)

    @property
    def ntsc(self) -> bool:
        """Whether the rate is 1000/1001 of the nominal one."""
        return self.rate == Fraction(self.nominal * 1000, 1001)

    def role(self, name: str) -> str:
        """Whom somebody of this name plays; empty = not known."""
        return self.roles.get(folded(name), "")

    @property
    def start_frame(self) -> int:
        """Frames from 00:00:00:00 to the first."""
        return frame_number(self.start, self.rate) if self.start else 0

    def timecode(self, frame: int) -> str:
        """Timecode of a frame, counted from the video's first."""
        return timecode(frame, self.rate, self.start or None)

    def seconds(self, frames: int) -> Fraction:
        """Exact duration of a number of frames."""
        return frames / self.rate

    def time_s(self, frame: int) -> Fraction:
        """Time of a frame as a player counts, seconds, exact; see `VideoInfo.seconds`."""
        return self.video.delay_s + frame / self.rate

    def marks(self) -> list[tuple[Part, Span]]:
        """All appearances in time order; at one time by person."""
        found = [(part, span) for part in self.parts for span in part.spans]
        return sorted(found, key=lambda mark: (mark[1].start, mark[0].number, mark[1].end))


def one_line(text: str) -> str:
    """Text on one line, without control characters and non-characters; joiners are kept."""
    plain = _NO_CHARACTER.sub(" ", text)
    return " ".join("".join(" " if unicodedata.category(c) in BREAKS else c for c in plain).split())


def file_stem(text: str) -> str:
    """Text as the start of a file name that every system accepts; never empty."""
    stem = _NO_FILE.sub("_", one_line(text))
    stem = stem.encode()[:LONGEST_STEM].decode(errors="ignore").rstrip(". ")
    if _DEVICE.fullmatch(stem):
        stem = f"_{stem}"
    return stem or "video"


def labelled(stem: str, label: str) -> str:
    """Start of a file name with a label behind it, which is kept whole; at most `LONGEST_STEM`."""
    if not label:
        return stem
    room = LONGEST_STEM - len(label.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + label
