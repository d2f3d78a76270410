"""Score every threshold, metric and method on labelled clips; each is analysed once only."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clusterer.core.config import AUTO, METRICS, Config, EncodingConfig
from clusterer.core.errors import ConfigError
from clusterer.core.types import Analysis
from clusterer.evaluation import Matching, Scores, score
from clusterer.faces.encoding import actual, default_threshold
from clusterer.people import clustering
from clusterer.people.decide import Basis, assign, basis, resolved

POOLED = "(all clips)"
"""Stands for the clip in rows over the faces of all clips together."""

CUSTOMARY = (0.36, 0.44)
"""Customary L2 thresholds of dlib's encoder, used with this project's ancestor. Both are on the
grid."""

_L2 = tuple(round(0.20 + 0.02 * step, 2) for step in range(26))
_DIGITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A labelled clip with its analysis.

    Attributes
    ----------
    name : for display, unique among the clips
    analysis : of the clip
    matching : which track found which labelled face
    """

    name: str
    analysis: Analysis
    matching: Matching


@dataclass(frozen=True, slots=True)
class Row:
    """Scores of one setting on one clip, or on all clips together.

    Attributes
    ----------
    clip : its name, or `POOLED`
    method, metric : as in `clusterer.core.config.ClusteringConfig`
    threshold : in the metric's unit
    is_default : whether the threshold is the encoder's default for the metric
    ratios : see `clusterer.evaluation.Scores.ratios`
    """

    clip: str
    method: str
    metric: str
    threshold: float
    is_default: bool
    ratios: Mapping[str, float | int]

    @property
    def f(self) -> float:
        """B-cubed F end to end, 0 to 1; each missed or unknown face is a separate cluster."""
        return float(self.ratios["b_cubed_f"])

    @property
    def assigned_precision(self) -> float:
        """B-cubed precision of the faces that are assigned to people; NaN if there are none.

        The ratio itself would be 1, which would look like a precise result.
        """
        nobody = self.ratios["unknown_share"] == 1 or self.ratios["face_recall"] == 0
        return math.nan if nobody else float(self.ratios["assigned_b_cubed_precision"])


Watch = Callable[[int, int], None]
"""Called with the number of settings done and of all settings."""


def thresholds(metric: str, encoder: EncodingConfig | str = "dlib") -> tuple[float, ...]:
    """Thresholds that a sweep tries.

    For L2 and dlib's encoder, 0.20 to 0.70 in steps of 0.02; for others, the same shares of their
    default. Cosine distances grow with the square of L2 distances, so the cosine thresholds are
    scaled squares: each accepts about as much as its L2 counterpart. The encoder's defaults are
    included.

    Parameters
    ----------
    metric
        ``l2`` or ``cosine``.
    encoder
        Of the default thresholds.

    Returns
    -------
    tuple, ascending

    Raises
    ------
    ConfigError
        The encoder or its default for a metric is unknown.
    """
    default = default_threshold(encoder, metric)
    shares = [value / CUSTOMARY[0] for value in _L2]
    power = 1 if metric == "l2" else 2
    return tuple(sorted({*(round(default * each**power, _DIGITS) for each in shares), default}))


@dataclass(frozen=True, slots=True)
class Space:
    """The settings that a sweep tries.

    Attributes
    ----------
    methods, metrics : names; empty = all metrics, and all installed methods
    grid : metric → thresholds; other metrics use `thresholds`. The encoder's default is always
        included
    """

    methods: Sequence[str] = ()
    metrics: Sequence[str] = ()
    grid: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def settings(self, encoder: EncodingConfig | str) -> list[tuple[str, str, float]]:
        """Method, metric and threshold of every setting, sorted in this order.

        Raises
        ------
        ConfigError
            There is no such metric, or the encoder has no default threshold for it.
        """
        unknown = sorted({*self.metrics} - {*METRICS})
        if unknown:
            raise ConfigError(f"unknown metric {unknown[0]!r}", f"Known: {', '.join(METRICS)}")
        return [
            (method, metric, threshold)
            for method in sorted({*self.methods} or {*clustering.installed()})
            for metric in METRICS
            if metric in self.metrics or not self.metrics
            for threshold in self._thresholds(metric, encoder)
        ]

    def _thresholds(self, metric: str, encoder: EncodingConfig | str) -> tuple[float, ...]:
        if metric not in self.grid:
            return thresholds(metric, encoder)
        return tuple(sorted({*self.grid[metric], default_threshold(encoder, metric)}))


def sweep(
    clips: Sequence[Clip],
    space: Space | None = None,
    config: Config | None = None,
    watch: Watch | None = None,
) -> tuple[Row, ...]:
    """Score every method, metric and threshold on every clip.

    The labels equal those of `clusterer.decide` at the same settings.

    Parameters
    ----------
    clips
        At least one.
    space
        Settings to try; None = all.
    config
        Other settings; None = the defaults.
    watch
        Receives the progress.

    Returns
    -------
    tuple of rows by method, metric and threshold; for each the clips as given, then `POOLED`

    Raises
    ------
    ConfigError
        There is no clip, two have one name, or a method, metric or threshold is unknown.
    """
    config = config or Config()
    names = [clip.name for clip in clips]
    if not clips or len({*names, POOLED}) <= len(names):
        raise ConfigError(
            "the clips have no names to tell them apart" if clips else "no clip is given",
            "Give at least one clip, and each a file name of its own",
        )
    config = resolved(config, clips[0].analysis)
    encoder = config.analysis.encoding
    if len({_encoder_of(clip, config) for clip in clips}) > 1:
        raise ConfigError("the clips were encoded by different encoders", "Tune them one by one")
    settings = (space or Space()).settings(encoder)
    scorers = [_Scorer(clip, config) for clip in clips]
    rows: list[Row] = []
    for done, (method, metric, threshold) in enumerate(settings, start=1):
        scores = [scorer.score(method, metric, threshold) for scorer in scorers]
        is_default = threshold == default_threshold(encoder, metric)
        for name, each in zip((*names, POOLED), (*scores, sum(scores, Scores())), strict=True):
            rows.append(Row(name, method, metric, threshold, is_default, each.ratios()))
        if watch is not None:
            watch(done, len(settings))
    return tuple(rows)


def _encoder_of(clip: Clip, config: Config) -> str:
    """Which of the encoders that ``auto`` stands for made an analysis."""
    return (
        actual(AUTO, clip.analysis.models)
        if clip.analysis.models
        else (config.analysis.encoding.encoder)
    )


class _Scorer:
    """Scores one clip; caches the scores of equal labels."""

    def __init__(self, clip: Clip, config: Config) -> None:
        self._clip = clip
        self._config = config.clustering
        self._basis: Basis = basis(clip.analysis, config)
        self._known: dict[bytes, Scores] = {}

    def score(self, method: str, metric: str, threshold: float) -> Scores:
        chosen = replace(self._config, method=method, metric=metric, threshold=threshold)
        labels = assign(self._basis, chosen, threshold).labels
        key = labels.tobytes()
        if key not in self._known:
            self._known[key] = score(self._clip.matching, labels)
        return self._known[key]
