"""Videos in which two people are seen in known frames: cut out of the sample film, at any rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from clusterer.core.types import ImageArray
from tests.conftest import DEMO
from tests.outputs.export.builder import RATES
from tests.outputs.export.readers import Mark
from tests.video_files import write_video

WIDTH_PX, HEIGHT_PX = 320, 180
# First frame here, first frame in the film: faces by its storyboard, and a rocket between them.
SHOTS = ((0, 552), (17, 60), (60, 4), (77, 144), (110, 570), (121, 0))
FRAMES = SHOTS[-1][0]
SEEN = [Mark("Person 1", 17, 60), Mark("Person 2", 77, 110)]
"""Who is seen in which frames; the first for longer."""


@dataclass(frozen=True)
class Case:
    """A video to make.

    Attributes
    ----------
    rate : frames per second; of a variable rate the ticks per second
    start : timecode that the file states
    ending : of the file, which is the container
    ticks : when each frame is shown; None = one after the other
    """

    rate: Fraction
    start: str
    ending: str
    ticks: tuple[int, ...] | None = None


def _irregular() -> tuple[int, ...]:
    """Frames of 4, 3, 6 and 5 ticks of 1/120 s: 26.7 a second on average."""
    ticks = [0]
    while len(ticks) < FRAMES:
        ticks.append(ticks[-1] + (4, 3, 6, 5)[len(ticks) // 3 % 4])
    return tuple(ticks)


_ENDINGS = {"23.976": "mkv", "25": "mp4", "30": "mp4", "50": "mkv", "59.94": "mkv", "60": "mp4"}
CASES = {
    **{at: Case(*RATES[at], _ENDINGS.get(at, "mov")) for at in RATES},
    "variable mp4": Case(Fraction(120), "", "mp4", _irregular()),
    "variable mkv": Case(Fraction(120), "", "mkv", _irregular()),
}
"""By name: every rate, Matroska (which rounds times to milliseconds), and two of no rate."""


def pictures() -> list[ImageArray]:
    """Every frame, the same for all videos."""
    wanted = [
        film + (i - first) for (first, film), (end, _) in pairwise(SHOTS) for i in range(first, end)
    ]
    found = {}
    with av.open(str(DEMO)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in set(wanted):
                small = frame.reformat(WIDTH_PX, HEIGHT_PX, "rgb24")
                found[number] = small.to_ndarray()
    return [found[number] for number in wanted]


def write(folder: Path, name: str, images: Sequence[ImageArray]) -> Path:
    """Write a video of `CASES`."""
    case = CASES[name]
    return write_video(
        folder / f"{name.replace(' ', '-')}.{case.ending}",
        images,
        rate=case.rate,
        pts=case.ticks,
        metadata={"timecode": case.start} if case.start else None,
        options={"preset": "veryfast", "crf": "18"},
    )
