"""Videos: probing, decoding, shot detection and frame sampling.

The names that other rooms use are importable from here.
"""

from __future__ import annotations

from clusterer.media.opening import check_video
from clusterer.media.parts import Entry, Part, divide, entries
from clusterer.media.probe import probe
from clusterer.media.sampling import (
    Event,
    SampledFrame,
    Sampler,
    ShotEnd,
    context_frames,
    span,
)
from clusterer.media.shots import CutDetector

__all__ = [
    "CutDetector",
    "Entry",
    "Event",
    "Part",
    "SampledFrame",
    "Sampler",
    "ShotEnd",
    "check_video",
    "context_frames",
    "divide",
    "entries",
    "probe",
    "span",
]
