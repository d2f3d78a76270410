"""Finding faces: frames in, `Detections` out. Detectors are loaded only when one is created."""

from __future__ import annotations

from clusterer.faces.detection.base import DETECTORS, Detector, create, names, weights

__all__ = ["DETECTORS", "Detector", "create", "names", "weights"]
