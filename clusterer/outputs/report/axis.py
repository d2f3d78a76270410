"""Time on the page: the axis of all timelines, and timecodes."""

from __future__ import annotations

from dataclasses import dataclass, field

from clusterer.core.clock import Clock
from clusterer.core.types import Analysis

TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
MAX_TICKS = 8
"""Most labels of four to seven characters that fit a timeline on a laptop."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the ruler: position `x` in percent of the axis, and label."""

    x: str
    label: str


@dataclass(frozen=True)
class Axis:
    """The time axis that every timeline of the page shares.

    Attributes
    ----------
    clock : counts frames
    length_s : seconds from 0:00 of a player to the right end, > 0
    """

    clock: Clock
    length_s: float
    _names: dict[int, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, analysis: Analysis) -> Axis:
        """Make an axis that covers the stated duration, every shot and every face."""
        video = analysis.video
        ends = [video.end_s]
        ends.extend(video.seconds(shot.end_pts) for shot in analysis.shots)
        if len(analysis.detections):
            ends.append(video.seconds(int(analysis.detections.pts.max())))
        longest = max(ends)
        return cls(Clock.of(analysis), longest if longest > 0 else 1.0)

    def timecode(self, pts: int) -> str:
        """Timecode of the frame nearest to a pts."""
        found = self._names.get(pts)
        if found is None:
            found = self._names[pts] = self.clock.timecode(pts)
        return found

    def percent(self, seconds: float) -> float:
        """Position of a time on the axis, 0 to 100."""
        return min(100.0, max(0.0, 100.0 * seconds / self.length_s))

    def ticks(self) -> tuple[Tick, ...]:
        """Marks at round times: zero and at most `MAX_TICKS` more."""
        steps = (step for step in TICK_STEPS_S if self.length_s / step <= MAX_TICKS)
        step = next(steps, int(self.length_s / MAX_TICKS) + 1)
        count = int(self.length_s / step) + 1
        return tuple(
            Tick(short(self.percent(i * step)), clock(i * step, hours=self.length_s >= 3600))
            for i in range(count)
        )


def short(value: float) -> str:
    """Format a number with at most three decimals and no trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def clock(seconds: int, *, hours: bool) -> str:
    """Format elapsed time for the ruler: ``2:05``, or ``0:02:05`` with hours."""
    minutes, rest = divmod(seconds, 60)
    if not hours:
        return f"{minutes}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
