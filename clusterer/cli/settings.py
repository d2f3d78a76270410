"""Flags for the settings of the analysis and of the grouping, shared by commands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

import click

from clusterer.cli.options import flag, setting
from clusterer.cli.types import Name, Registered, Threshold, Time
from clusterer.core.config import (
    AUTO,
    METRICS,
    AnalysisConfig,
    ClothingConfig,
    ClusteringConfig,
    Config,
    DetectionConfig,
    EncodingConfig,
    VideoConfig,
)
from clusterer.core.errors import ConfigError
from clusterer.faces import detection, encoding
from clusterer.people import clustering

VIDEO, DETECTION, ENCODING = VideoConfig(), DetectionConfig(), EncodingConfig()
CLUSTERING = ClusteringConfig()


class EncoderName(click.ParamType[str]):
    """Name of an encoder, ``auto`` or ``onnx:PATH``."""

    name = "encoder"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """List all names."""
        del param, ctx
        return f"{'|'.join([AUTO, *encoding.names()])}|onnx:PATH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check the name, or fail with one line; the file is checked when it is opened."""
        name = str(value)
        try:
            encoding.weights(name)
        except ConfigError as error:
            self.fail(str(error), param, ctx)
        return name


ABOUT_LOCAL = (
    "auto is the best one on this machine: retail-0095 if it was downloaded, otherwise sface. "
    "onnx:PATH loads your own network, described by a card: the same path with the ending .toml."
)


@dataclass(frozen=True, slots=True)
class AnalysisFlags:
    """Settings of the analysis."""

    sample_rate: float = setting(
        VIDEO, "sample_rate_hz", "--sample-rate", about="Frames analysed per second of video."
    )
    start: float | None = flag(
        "--start", type=Time(), help="Start here: seconds, MM:SS or HH:MM:SS."
    )
    end: float | None = flag("--end", type=Time(), help="End here: seconds, MM:SS or HH:MM:SS.")
    stream: int | None = flag(
        "--stream",
        type=int,
        help="Video stream to analyse, by its number in the file as ffprobe counts. "
        "Default: the one that a player shows.",
    )
    detector: str = setting(
        DETECTION,
        "detector",
        "--detector",
        type=Registered(detection.DETECTORS),
        about="Face detector.",
    )
    detection_width: int = setting(
        DETECTION,
        "width_px",
        "--detection-width",
        about="Width in pixels to which frames are scaled down for detection.",
    )
    detection_score: float = setting(
        DETECTION,
        "min_score",
        "--detection-score",
        about="Lowest score of a detection that is used.",
    )
    min_face_px: float = setting(
        DETECTION,
        "min_face_px",
        "--min-face-px",
        about="Height of the smallest face, in pixels of the video.",
    )
    encoder: str = setting(
        ENCODING,
        "encoder",
        "--encoder",
        type=EncoderName(),
        about=f"Face encoder. {ABOUT_LOCAL}",
    )

    def config(self) -> AnalysisConfig:
        """Make the settings of the analysis; ConfigError if one is out of its range."""
        return AnalysisConfig(
            video=VideoConfig(
                sample_rate_hz=self.sample_rate,
                start_s=self.start,
                end_s=self.end,
                stream=self.stream,
            ),
            detection=DetectionConfig(
                detector=self.detector,
                width_px=self.detection_width,
                min_score=self.detection_score,
                min_face_px=self.min_face_px,
            ),
            encoding=EncodingConfig(encoder=self.encoder),
        )


@dataclass(frozen=True, slots=True)
class GroupingFlags:
    """Settings of the grouping."""

    threshold: float | Literal["auto"] | None = flag(
        "--threshold",
        type=Threshold(),
        help="Largest distance from a face to a person's average, or 'auto' to fit it to the "
        "video. With --encoder auto always on the scale of dlib's L2 distances, 0.36 if left out; "
        "with another encoder on its own, and calibrated for encoder and metric if left out.",
    )
    metric: str = setting(
        CLUSTERING, "metric", "--metric", type=Name(METRICS), about="Distance between embeddings."
    )
    method: str = setting(
        CLUSTERING,
        "method",
        "--method",
        type=Registered(clustering.METHODS),
        about="Grouping method.",
    )
    min_faces: int = setting(
        CLUSTERING, "min_faces", "--min-faces", about="Readable faces that form a person."
    )
    min_quality: float = setting(
        CLUSTERING, "min_quality", "--min-quality", about="Lowest quality of a readable face."
    )
    clothing: bool = setting(
        CLUSTERING.clothing,
        "enabled",
        "--clothing/--no-clothing",
        about="Use clothing to identify people whose faces cannot be read.",
    )

    def config(self) -> ClusteringConfig:
        """Make the settings of the grouping; ConfigError if one is out of its range."""
        return ClusteringConfig(
            method=self.method,
            metric=self.metric,
            threshold=self.threshold,
            min_faces=self.min_faces,
            min_quality=self.min_quality,
            clothing=ClothingConfig(enabled=self.clothing),
        )


_PLACES = {
    "sample_rate": "analysis.video.sample_rate_hz",
    "start": "analysis.video.start_s",
    "end": "analysis.video.end_s",
    "stream": "analysis.video.stream",
    "detector": "analysis.detection.detector",
    "detection_width": "analysis.detection.width_px",
    "detection_score": "analysis.detection.min_score",
    "min_face_px": "analysis.detection.min_face_px",
    "encoder": "analysis.encoding",
    "threshold": "clustering.threshold",
    "metric": "clustering.metric",
    "method": "clustering.method",
    "min_faces": "clustering.min_faces",
    "min_quality": "clustering.min_quality",
    "clothing": "clustering.clothing.enabled",
}
"""Where the configuration has the value of each flag."""


def with_given(config: Config, flags: Config, given: Collection[str]) -> Config:
    """A configuration with the values of the flags that were given.

    Parameters
    ----------
    config
        Its encoder is not ``auto``.
    flags
        What `AnalysisFlags` and `GroupingFlags` make.
    given
        Names of flags.
    """
    for name, place in _PLACES.items():
        if name in given:
            config = _copied(config, flags, place)
    threshold = config.clustering.threshold
    auto = flags.analysis.encoding.encoder == AUTO
    if "threshold" in given and auto and isinstance(threshold, (int, float)):
        encoder, metric = config.analysis.encoding.encoder, config.clustering.metric
        config = config.with_clustering(threshold=encoding.from_dlib(threshold, encoder, metric))
    return config


def _copied(to: Any, source: Any, place: str) -> Any:
    name, _, rest = place.partition(".")
    value = getattr(source, name)
    return replace(to, **{name: _copied(getattr(to, name), value, rest) if rest else value})
