"""Time on the page: the length that all timelines share, and timecodes."""

from __future__ import annotations

from dataclasses import dataclass, field

from clusterer.core.clock import Clock
from clusterer.core.types import Analysis


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


def short(value: float) -> str:
    """Format a number with at most three decimals and no trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
