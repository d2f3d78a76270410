"""The few types that every stage speaks. Frozen, validated when made; arrays in them are read-only.

Imports numpy only. Seconds, timecodes and centroids are derived, never stored twice.
"""

from clusterer.core.types._arrays import FloatArray, ImageArray, IntArray
from clusterer.core.types._edits import Action, Advice, Edit, Grouping, Question
from clusterer.core.types._faces import (
    UNKNOWN,
    ChipQuality,
    Detections,
    Reason,
    Track,
    TrackFeatures,
)
from clusterer.core.types._media import Frame, Shot, VideoInfo
from clusterer.core.types._result import (
    Analysis,
    Appearance,
    ClothingDecision,
    ClusteringResult,
    Identity,
    Move,
)

__all__ = [
    "UNKNOWN",
    "Action",
    "Advice",
    "Analysis",
    "Appearance",
    "ChipQuality",
    "ClothingDecision",
    "ClusteringResult",
    "Detections",
    "Edit",
    "FloatArray",
    "Frame",
    "Grouping",
    "Identity",
    "ImageArray",
    "IntArray",
    "Move",
    "Question",
    "Reason",
    "Shot",
    "Track",
    "TrackFeatures",
    "VideoInfo",
]
