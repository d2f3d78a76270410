"""Find cuts: one file per algorithm, and the detector that asks them in turn."""

from __future__ import annotations

from clusterer.media.shots.detector import CutDetector, look_ahead

__all__ = ["CutDetector", "look_ahead"]
