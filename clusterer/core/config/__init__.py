"""Every setting, one frozen dataclass per stage, checked when made.

The stored analysis depends on `AnalysisConfig`; `ClusteringConfig` can change without analysing
the video again. Each default states its source.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from math import isfinite
from typing import Any, Literal

from clusterer.core.config._check import METRICS as METRICS
from clusterer.core.config._check import check, check_metric, check_ranges, ranged
from clusterer.core.config._check import range_of as range_of
from clusterer.core.config._clothing import ClothingConfig as ClothingConfig
from clusterer.core.config._curve import DLIB_CURVES as DLIB_CURVES
from clusterer.core.config._curve import MOST_TOLERANCE, Curve, as_curve, check_curve
from clusterer.core.config._curve import EncoderCurves as EncoderCurves
from clusterer.core.config._evidence import EvidenceConfig as EvidenceConfig
from clusterer.core.config._gallery import GalleryConfig as GalleryConfig
from clusterer.core.config._link import LinkConfig as LinkConfig
from clusterer.core.errors import ConfigError

AUTO: Literal["auto"] = "auto"
"""The threshold is suggested by each episode's certain pairs."""


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """Which frames are analysed.

    Attributes
    ----------
    sample_rate_hz
        Frames per second of video. `python -m benchmarks speed sample-rate` gives the table
        behind the default.
    still_level
        While no part of the picture changes by this many grey levels (0 to 255) between sampled
        frames, every other one is skipped; 0 = never.
    start_s, end_s
        Part of the video, seconds as a player counts; None = all of it.
    stream
        Number of the video stream in the file, as ffprobe counts, from 0; None = the one that
        FFmpeg chooses among those of more than one frame.
    """

    sample_rate_hz: float = ranged(4.0, "sample rate", 0.1, 60.0)
    still_level: float = ranged(16.0, "level of stillness", 0.0, 255.0)
    start_s: float | None = None
    end_s: float | None = None
    stream: int | None = None

    def __post_init__(self) -> None:
        check_ranges(self)
        check("video stream", self.stream or 0, 0, 9999)
        for name, time_s in (("start", self.start_s), ("end", self.end_s)):
            if time_s is not None and not isfinite(time_s):
                raise ConfigError(f"{name} is {time_s:g}", "Give seconds, as a player counts")
        if self.start_s is not None and self.start_s < 0:
            raise ConfigError("start lies before the video", "Give seconds, as a player counts")
        if self.end_s is not None and self.end_s <= (self.start_s or 0.0):
            raise ConfigError("end does not lie after start", "Exchange them, or leave one out")


@dataclass(frozen=True, slots=True)
class ShotConfig:
    """How cuts are found.

    Attributes
    ----------
    width_px
        Frames are shrunk to this width before they are compared, px.
    min_content
        Smallest change from one frame to the next that can be a cut: mean over the three colour
        channels and over the picture without bars, 0 to 255. 11.8 or more at the 129 cuts of ten
        clips; half of it leaves room for darker ones.
    min_ratio
        Smallest ratio of that change to the mean of its neighbours; 3 in PySceneDetect's
        AdaptiveDetector. 3.4 or more at those cuts.
    window
        Number of neighbours on each side, and the longest flash in frames; 2 in PySceneDetect.
    flash_s
        Longest flash in seconds, where that is fewer frames. A shot that lasts longer may have
        fewer frames than `min_length_frames`, such as one slide. Three frames of 12 per second, the
        slowest rate of films, and what containers round.
    min_length_frames
        Length of the shortest shot.
    dissolve_s
        Frames up to this far apart are compared to find dissolves, seconds; 0 = find none. Finds
        dissolves of up to four times as long. `python -m benchmarks media cuts` gives the figures.
    """

    width_px: int = ranged(160, "cut detection width", 16, 1920)
    min_content: float = ranged(6.0, "cut content", 0.0, 255.0)
    min_ratio: float = ranged(2.5, "cut ratio", 1.0, 255.0)
    window: int = ranged(3, "cut window", 1, 25)
    flash_s: float = ranged(0.26, "longest flash", 0.0, 10.0)
    min_length_frames: int = ranged(3, "shortest shot", 1, 1000)
    dissolve_s: float = ranged(0.5, "dissolve window", 0.0, 2.0)

    def __post_init__(self) -> None:
        check_ranges(self)


@dataclass(frozen=True, slots=True)
class DetectionConfig:
    """How faces are found.

    Attributes
    ----------
    detector
        Name in the registry of `clusterer.faces.detection`.
    width_px
        The longer side of a frame is shrunk to this before detection, never enlarged, px.
    min_score
        Detections below it are dropped, 0 to 1.
    min_face_px
        Boxes less high than this in the frame, with square pixels, are dropped, px.
    upsample
        How often ``hog`` and ``cnn`` double the size of the frame first; other detectors ignore it.
        None = the default of the detector.
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
    """How faces become embeddings.

    Attributes
    ----------
    encoder
        ``auto``: the best at hand; a name in the registry of `clusterer.faces.encoding`; or
        ``onnx:PATH`` of a network with a card. A result names the one that was used.
    batch_size
        Number of chips collected to be encoded together; on the CPU they run a few at a time.
    thresholds
        Pairs of metric and default threshold of a plug-in or of a network at ``onnx:PATH``, above
        0, at most 2. A run fills them in, so that its result needs neither plug-in nor card again.
    licence
        Licence of the network at ``onnx:PATH``, also from its card.
    """

    encoder: str = AUTO
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
        Smallest intersection over union of a face and the predicted box of its track, from one
        sampled frame to the next.
    max_gap_s
        Longest gap without a detection that a track bridges, seconds.
    confirm_score
        A track needs one detection of at least this score (the two-threshold rule of ByteTrack,
        Zhang et al. 2022): weak detections extend a track but never start one.
    stitch_factor
        Two tracks are joined if the second begins where the first ended and their embeddings are
        nearer than this multiple of `unit`.
    split_factor
        A track is split where the embeddings of its earlier and later chips, averaged by quality,
        are farther apart than this multiple of `unit`; its parts likewise.
    unit
        L2 distance of embeddings that the factors multiply, above 0, at most 2; None = the
        encoder's.
    """

    min_iou: float = 0.3
    max_gap_s: float = 1.0
    confirm_score: float = 0.5
    stitch_factor: float = 1.3
    split_factor: float = 2.0
    unit: float | None = None

    def __post_init__(self) -> None:
        check("track overlap", self.min_iou, 0.01, 1.0)
        check("track gap", self.max_gap_s, 0.0, 60.0)
        check("track score", self.confirm_score, 0.0, 1.0)
        check("stitch factor", self.stitch_factor, 0.0, 10.0)
        check("split factor", self.split_factor, 0.0, 100.0)
        if self.unit is not None:
            check("unit of the factors", self.unit, 0.01, 2.0)


@dataclass(frozen=True, slots=True)
class ChipConfig:
    """How many chips of a track are encoded, and how many pictures are kept.

    Attributes
    ----------
    per_track
        Largest number of chips that are encoded, the best ones: it bounds the cost of a long track.
    crops_per_track
        Largest number of pictures kept for the report.
    crop_px
        Width and height of a picture, px.
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
        ``l2`` or ``cosine`` distance of embeddings.
    threshold
        Largest distance at which two embeddings are one person; None = the encoder's default for
        the metric; ``"auto"`` = suggested by the episode's certain pairs, see
        `clusterer.people.calibration`. Under the encoder ``auto``, an L2 distance of dlib's
        encoder, see `clusterer.faces.encoding.from_dlib`.
    min_faces
        Smallest number of readable chips of a person: a single face does not make a person.
    min_quality
        Smallest quality of a readable chip, 0 to 1.
    tolerance
        Pairs of quality and factor, qualities rising from 0, linear between: the threshold for two
        faces is multiplied by the factor at the lower of their qualities (for cosine, by its
        square). None = the encoder's.
    foreground
        Height of a face, as a share of the largest face of its frame, from which it stands in the
        foreground, 0 to 1; see `clusterer.people.background`. 0 = nobody is in the background.
        `python -m benchmarks people background` gives the table behind the default.
    clear_quality
        Smallest quality of a face that the calibration of the threshold uses, 0 to 1.
    clothing
        Settings of the second stage, which uses clothing.
    evidence
        Settings of the second stage for encoders whose statistics are known.

    Examples
    --------
    >>> clusterer.ClusteringConfig(threshold=7.0)
    Traceback (most recent call last):
        ...
    clusterer.core.errors.ConfigError: threshold is 7. It must be between 0 and 2
    """

    method: str = "incremental"
    metric: str = "l2"
    threshold: float | Literal["auto"] | None = None
    min_faces: int = ranged(2, "faces that make a person", 1, 1000)
    min_quality: float = ranged(0.02, "quality of a readable chip", 0.0, 1.0)
    tolerance: Curve | None = None
    foreground: float = ranged(0.5, "height of a face in the foreground", 0.0, 1.0)
    clear_quality: float = ranged(0.1, "quality of a clear face", 0.0, 1.0)
    clothing: ClothingConfig = field(default_factory=ClothingConfig)
    evidence: EvidenceConfig = field(default_factory=EvidenceConfig)

    def __post_init__(self) -> None:
        check_metric(self.metric)
        if isinstance(self.threshold, str):
            if self.threshold != AUTO:
                raise ConfigError(f"threshold is {self.threshold!r}", f"Give a number or {AUTO!r}")
        elif self.threshold is not None:
            check("threshold", self.threshold, 0.0, 2.0)
        check_ranges(self)
        if self.tolerance is not None:
            object.__setattr__(self, "tolerance", as_curve(self.tolerance))
            check_curve("tolerance", as_curve(self.tolerance), MOST_TOLERANCE)


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """Settings of the first phase; changing one means analysing the video again.

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
    """Every setting: `analysis` of the first phase, `clustering` of the second.

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

    def with_clustering(self, **settings: Any) -> Config:
        """The same configuration with other settings of the grouping, for `clusterer.decide`.

        Parameters
        ----------
        settings
            Fields of `ClusteringConfig`, such as ``threshold=0.3``.

        Raises
        ------
        ConfigError
            There is no such setting, or a value is out of its range.

        Examples
        --------
        >>> config = clusterer.Config().with_clustering(threshold=0.3, method="agglomerative")
        >>> config.clustering.threshold, config.clustering.min_faces
        (0.3, 2)
        """
        known = [each.name for each in fields(ClusteringConfig)]
        for name in settings:
            if name not in known:
                raise ConfigError(
                    f"There is no setting {name!r} of the grouping",
                    f"There are: {', '.join(known)}",
                )
        return replace(self, clustering=replace(self.clustering, **settings))


def with_curves(config: ClusteringConfig, curves: EncoderCurves) -> ClusteringConfig:
    """The same with the curves of an encoder where none are given."""
    clothing = replace(
        config.clothing,
        face_neutral=config.clothing.face_neutral or curves.face_neutral,
        face_slope=config.clothing.face_slope or curves.face_slope,
    )
    given = config.evidence
    evidence = replace(
        given,
        reliability=given.reliability or curves.reliability,
        spread=given.spread or curves.spread,
        variation=curves.variation if given.variation is None else given.variation,
    )
    tolerance = config.tolerance or curves.tolerance
    return replace(config, tolerance=tolerance, clothing=clothing, evidence=evidence)


def settings(config: Any) -> dict[str, Any]:
    """Convert a config to a dictionary for JSON."""
    return asdict(config)
