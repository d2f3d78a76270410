"""Face detection: frames in, `Detections` out. Detectors are loaded when created."""

from __future__ import annotations

from clusterer.faces.detection.base import DETECTORS, Detector, create, names, weights

__all__ = ["DETECTORS", "Detector", "create", "names", "weights"]
