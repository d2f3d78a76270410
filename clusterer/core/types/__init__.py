"""The types that all stages share: frozen, validated when made, with read-only arrays.

They import only numpy, settings and errors. Seconds, timecodes and centroids are derived, never
stored.
"""

from clusterer.core.types._analysis import BARE, Analysis
from clusterer.core.types._arrays import FloatArray, ImageArray, IntArray
from clusterer.core.types._calibration import Calibration, Verdict, four_digits
from clusterer.core.types._edits import OF_TRACKS, Action, Advice, Edit, Grouping, Question
from clusterer.core.types._faces import (
    UNKNOWN,
    ChipQuality,
    Detections,
    Extent,
    Reason,
    Track,
    TrackFeatures,
)
from clusterer.core.types._media import (
    PIXEL_ASPECTS,
    Frame,
    Losses,
    Mark,
    Shot,
    SmallFrame,
    VideoInfo,
)
from clusterer.core.types._people import Appearance, ClothingDecision, Faces, Identity, Move
from clusterer.core.types._result import ClusteringResult

__all__ = [
    "BARE",
    "OF_TRACKS",
    "PIXEL_ASPECTS",
    "UNKNOWN",
    "Action",
    "Advice",
    "Analysis",
    "Appearance",
    "Calibration",
    "ChipQuality",
    "ClothingDecision",
    "ClusteringResult",
    "Detections",
    "Edit",
    "Extent",
    "Faces",
    "FloatArray",
    "Frame",
    "Grouping",
    "Identity",
    "ImageArray",
    "IntArray",
    "Losses",
    "Mark",
    "Move",
    "Question",
    "Reason",
    "Shot",
    "SmallFrame",
    "Track",
    "TrackFeatures",
    "Verdict",
    "VideoInfo",
    "four_digits",
]
