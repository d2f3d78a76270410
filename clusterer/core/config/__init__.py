"""Every setting, one frozen dataclass per stage, checked when made.

`AnalysisConfig` holds what the cache depends on; `ClusteringConfig` what may change afterwards
without opening the video again. Each default says where it comes from.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any, Literal

from clusterer.core.config._check import METRICS as METRICS
from clusterer.core.config._check import check, check_metric, check_ranges, ranged
from clusterer.core.config._check import range_of as range_of
from clusterer.core.config._clothing import ClothingConfig as ClothingConfig
from clusterer.core.config._curve import Curve, check_curve
from clusterer.core.config._gallery import GalleryConfig as GalleryConfig
from clusterer.core.errors import ConfigError

AUTO: Literal["auto"] = "auto"
"""A threshold that each episode sets for itself."""


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """Which frames are looked at.

    Attributes
    ----------
    sample_rate_hz
        Frames per second of video. `python -m benchmarks speed sample-rate` gives the table
        behind the default.
    still_level
        While no part of the picture changes by this many grey levels (0 to 255) between looks,
        every other look is left out; 0 = never.
    start_s, end_s
        Part of the video, seconds from its first frame; None = all of it.
    """

    sample_rate_hz: float = ranged(4.0, "sample rate", 0.1, 60.0)
    still_level: float = ranged(16.0, "level of stillness", 0.0, 255.0)
    start_s: float | None = None
    end_s: float | None = None

    def __post_init__(self) -> None:
        check_ranges(self)
        for name, time_s in (("start", self.start_s), ("end", self.end_s)):
            if time_s is not None and not isfinite(time_s):
                raise ConfigError(f"{name} is {time_s:g}", "Give seconds from the first frame")
        if self.start_s is not None and self.start_s < 0:
            raise ConfigError("start lies before the video", "Give seconds from its first frame")
        if self.end_s is not None and self.end_s <= (self.start_s or 0.0):
            raise ConfigError("end does not lie after start", "Exchange them, or leave one out")


@dataclass(frozen=True, slots=True)
class ShotConfig:
    """When a cut is a cut.

    Attributes
    ----------
    width_px
        Pictures are shrunk to this width before they are compared.
    min_content
        Smallest change from one frame to the next that can be a cut, 0 to 255. 15 is the default
        of PySceneDetect's AdaptiveDetector.
    min_ratio
        How much larger than its neighbours that change must be; likewise, 3.
    window
        Neighbours on each side that the ratio looks at; likewise, 2.
    min_length_frames
        Shortest shot.
    """

    width_px: int = 160
    min_content: float = 15.0
    min_ratio: float = 2.5
    window: int = 2
    min_length_frames: int = 5

    def __post_init__(self) -> None:
        check("cut detection width", self.width_px, 16, 1920)
        check("cut content", self.min_content, 0, 255)
        check("cut ratio", self.min_ratio, 1, 255)
        check("cut window", self.window, 1, 25)
        check("shortest shot", self.min_length_frames, 1, 1000)


@dataclass(frozen=True, slots=True)
class DetectionConfig:
    """How faces are found.

    Attributes
    ----------
    detector
        Name in the registry of `clusterer.faces.detection`.
    width_px
        The longer side of the picture is shrunk to this before detection; never enlarged.
    min_score
        Detections under it are dropped, 0 to 1.
    min_face_px
        Faces lower than this in the source are dropped, px.
    upsample
        How often ``hog`` and ``cnn`` double the picture first; the others do not. None = what suits
        the detector.
    """

    detector: str = "centerface"
    width_px: int = ranged(512, "detection width", 64, 4096)
    min_score: float = ranged(0.33, "detection score", 0.0, 1.0)
    min_face_px: float = ranged(12.0, "smallest face", 1.0, 4096.0)
    upsample: int | None = None

    def __post_init__(self) -> None:
        check_ranges(self)
        check("upsampling", self.upsample or 0, 0, 3)


@dataclass(frozen=True, slots=True)
class EncodingConfig:
    """How faces become vectors.

    Attributes
    ----------
    encoder
        Name in the registry of `clusterer.faces.encoding`, or ``onnx:PATH``: a network with a card.
    batch_size
        Chips encoded at once.
    thresholds
        Pairs of metric and default threshold of a plug-in or of a network at ``onnx:PATH``, above
        0, at most 2. A run fills them in, so that its result needs neither plug-in nor card again.
    licence
        Of the network at ``onnx:PATH``, from its card, likewise.
    """

    encoder: str = "dlib"
    batch_size: int = 16
    thresholds: tuple[tuple[str, float], ...] = ()
    licence: str = ""

    def __post_init__(self) -> None:
        check("batch size", self.batch_size, 1, 1024)
        pairs = tuple((metric, threshold) for metric, threshold in self.thresholds)
        object.__setattr__(self, "thresholds", pairs)
        for metric, threshold in pairs:
            check_metric(metric)
            check(f"threshold for {metric}", threshold, 0.0, 2.0)


@dataclass(frozen=True, slots=True)
class TrackingConfig:
    """How detections of one shot become tracks.

    Attributes
    ----------
    min_iou
        Overlap of a face with where its track is expected, from one sample to the next.
    max_gap_s
        Longest stretch of missed samples that a track bridges.
    confirm_score
        A track needs one detection of at least this score (the two-threshold rule of ByteTrack,
        Zhang et al. 2022): weak detections prolong a track and never make one.
    stitch_factor
        Two pieces of track are one when their encodings are nearer than this many times the
        encoder's default threshold and the second begins where the first ended.
    split_factor
        A track is two when the encodings of its earlier and later chips are farther apart than
        this many times the encoder's default threshold.
    """

    min_iou: float = 0.3
    max_gap_s: float = 1.0
    confirm_score: float = 0.5
    stitch_factor: float = 1.3
    split_factor: float = 2.0

    def __post_init__(self) -> None:
        check("track overlap", self.min_iou, 0.01, 1.0)
        check("track gap", self.max_gap_s, 0.0, 60.0)
        check("track score", self.confirm_score, 0.0, 1.0)
        check("stitch factor", self.stitch_factor, 0.0, 10.0)
        check("split factor", self.split_factor, 0.0, 100.0)


@dataclass(frozen=True, slots=True)
class ChipConfig:
    """How many pictures of a track are encoded and kept.

    Attributes
    ----------
    per_track
        Best chips that are encoded; the bound that keeps a long track from costing a long time.
    crops_per_track
        Pictures kept for the report.
    crop_px
        Their side.
    """

    per_track: int = 6
    crops_per_track: int = 4
    crop_px: int = 160

    def __post_init__(self) -> None:
        check("chips per track", self.per_track, 1, 1000)
        check("crops per track", self.crops_per_track, 1, 1000)
        check("crop size", self.crop_px, 16, 1024)


@dataclass(frozen=True, slots=True)
class ClusteringConfig:
    """How tracks become people.

    Attributes
    ----------
    method
        Name in the registry of `clusterer.people.clustering`.
    metric
        ``l2`` or ``cosine`` distance between encodings.
    threshold
        Largest distance at which two encodings are one person; None = the encoder's calibrated
        default for the metric; "auto" = by the episode's certain pairs, see
        `clusterer.people.calibration`.
    min_faces
        Readable chips that found a person. Two, as in the ancestor's rule on single faces.
    min_quality
        A chip of at least this quality is readable, 0 to 1.
    tolerance
        Pairs of quality and factor, qualities rising from 0: the threshold for two faces is
        multiplied by the factor at the lesser quality of the two (for cosine, by its square),
        straight lines between. `python -m benchmarks faces quality` gives the table behind it.
        Faces that can hardly be read all look a little alike, so they must be nearer; small but
        clear ones are far from everybody, from themselves too, and may be farther; 0.36 is right
        as it stands where faces are large and sharp.
    clear_quality
        From this quality on, a face is clear enough to learn from about an episode.
    clothing
        The second stage.

    Examples
    --------
    >>> clusterer.ClusteringConfig(threshold=7.0)
    Traceback (most recent call last):
        ...
    clusterer.core.errors.ConfigError: threshold is 7. It must lie between 0 and 2
    """

    method: str = "incremental"
    metric: str = "l2"
    threshold: float | Literal["auto"] | None = None
    min_faces: int = ranged(2, "faces that make a person", 1, 1000)
    min_quality: float = ranged(0.02, "quality of a readable chip", 0.0, 1.0)
    tolerance: Curve = (
        (0.0, 0.6),
        (0.1, 0.85),
        (0.2, 1.25),
        (0.5, 1.25),
        (0.8, 1.0),
    )
    clear_quality: float = ranged(0.1, "quality of a clear face", 0.0, 1.0)
    clothing: ClothingConfig = field(default_factory=ClothingConfig)

    def __post_init__(self) -> None:
        check_metric(self.metric)
        if isinstance(self.threshold, str):
            if self.threshold != AUTO:
                raise ConfigError(f"threshold is {self.threshold!r}", f"Give a number or {AUTO!r}")
        elif self.threshold is not None:
            check("threshold", self.threshold, 0.0, 2.0)
        check_ranges(self)
        object.__setattr__(self, "tolerance", tuple((at, factor) for at, factor in self.tolerance))
        check_curve("tolerance", self.tolerance, 10.0)


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """Settings of the first phase; changing one means to analyse the video again.

    Examples
    --------
    >>> detection = clusterer.DetectionConfig(min_face_px=24)
    >>> clusterer.AnalysisConfig(detection=detection).detection.min_face_px
    24
    """

    video: VideoConfig = VideoConfig()
    shots: ShotConfig = ShotConfig()
    detection: DetectionConfig = DetectionConfig()
    tracking: TrackingConfig = TrackingConfig()
    chips: ChipConfig = ChipConfig()
    encoding: EncodingConfig = EncodingConfig()


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting of a run: the first phase, and the second that needs no video.

    Examples
    --------
    >>> clusterer.Config().clustering.method
    'incremental'
    >>> clusterer.Config(
    ...     clusterer.AnalysisConfig(video=clusterer.VideoConfig(sample_rate_hz=2.0)),
    ...     clusterer.ClusteringConfig(threshold="auto"),
    ... ).analysis.video.sample_rate_hz
    2.0
    """

    analysis: AnalysisConfig = AnalysisConfig()
    clustering: ClusteringConfig = ClusteringConfig()


def settings(config: Any) -> dict[str, Any]:
    """Turn a config into a dict that JSON can hold."""
    return asdict(config)
