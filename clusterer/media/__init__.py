"""Videos: their facts, their decoded frames, the cuts, and which frames are looked at.

Everything of this stage that others use is importable from here.
"""

from __future__ import annotations

from clusterer.media.probe import check_video, probe
from clusterer.media.sampling import Event, SampledFrame, Sampler, ShotEnd
from clusterer.media.shots import CutDetector

__all__ = ["CutDetector", "Event", "SampledFrame", "Sampler", "ShotEnd", "check_video", "probe"]
