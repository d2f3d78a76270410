"""Every threshold, metric and method on labelled clips: only labels change from one to the next."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clusterer.core.config import METRICS, Config, EncodingConfig
from clusterer.core.errors import ConfigError
from clusterer.core.types import Analysis
from clusterer.evaluation import Matching, Scores, score
from clusterer.faces.encoding import default_threshold
from clusterer.people import clustering
from clusterer.people.decide import Basis, assign, basis

POOLED = "(all clips)"
"""The clip of rows that count the faces of all clips together."""

CUSTOMARY = (0.36, 0.44)
"""L2 thresholds that are customary with dlib's encoder, and with which this project's ancestor was
used. Both lie on the grid."""

_L2 = tuple(round(0.20 + 0.02 * step, 2) for step in range(26))
_DIGITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clip that was analysed, and what is to be seen in it.

    Attributes
    ----------
    name : for display; no two clips share one
    analysis : what the first phase found
    matching : which labelled face was found by which track
    """

    name: str
    analysis: Analysis
    matching: Matching


@dataclass(frozen=True, slots=True)
class Row:
    """How good one setting is on one clip, or on all of them together.

    Attributes
    ----------
    clip : its name, or `POOLED`
    method, metric : as in `clusterer.core.config.ClusteringConfig`
    threshold : in the metric's unit
    is_default : whether the threshold is the encoder's default for the metric
    ratios : as of `clusterer.evaluation.Scores.ratios`
    """

    clip: str
    method: str
    metric: str
    threshold: float
    is_default: bool
    ratios: Mapping[str, float | int]

    @property
    def f(self) -> float:
        """B-cubed F end to end, 0 to 1: missed and unknown faces are clusters of one."""
        return float(self.ratios["b_cubed_f"])

    @property
    def assigned_precision(self) -> float:
        """B-cubed precision of the faces that were given to people; NaN if there are none.

        The ratio itself is 1 then, but nobody would call that a precise result.
        """
        nobody = self.ratios["unknown_share"] == 1 or self.ratios["face_recall"] == 0
        return math.nan if nobody else float(self.ratios["assigned_b_cubed_precision"])


Watch = Callable[[int, int], None]
"""Told how many settings of how many are done."""


def thresholds(metric: str, encoder: EncodingConfig | str = "dlib") -> tuple[float, ...]:
    """Thresholds that a sweep looks at.

    For L2 0.20 to 0.70 in steps of 0.02. A cosine distance grows with the square of the L2
    distance, so its thresholds do too: they accept about as much as those of L2, one by one. The
    encoder's defaults are among them.

    Parameters
    ----------
    metric
        ``l2`` or ``cosine``.
    encoder
        Whose defaults tie the metrics to one another.

    Returns
    -------
    tuple, ascending

    Raises
    ------
    ConfigError
        The encoder or its default for a metric is unknown.
    """
    default = default_threshold(encoder, metric)
    if metric == "l2":
        return tuple(sorted({*_L2, default}))
    scale = default / default_threshold(encoder, "l2") ** 2
    return tuple(sorted({*(round(scale * value**2, _DIGITS) for value in _L2), default}))


@dataclass(frozen=True, slots=True)
class Space:
    """What is tried.

    Attributes
    ----------
    methods, metrics : names; none = all there are, of the methods those that are installed
    grid : metric → thresholds; of a metric that is not in it, those of `thresholds`. The encoder's
        default is always tried too
    """

    methods: Sequence[str] = ()
    metrics: Sequence[str] = ()
    grid: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def settings(self, encoder: EncodingConfig | str) -> list[tuple[str, str, float]]:
        """Method, metric and threshold of every setting, in this order, ascending.

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

    The labels are those that `clusterer.decide` gives at the same settings.

    Parameters
    ----------
    clips
        At least one.
    space
        What is tried; None = everything.
    config
        All other settings; None = the defaults.
    watch
        Told of the progress.

    Returns
    -------
    tuple of rows, by method, metric and threshold; then the clips in the order given, then `POOLED`

    Raises
    ------
    ConfigError
        No clip, two of the same name, or an unknown method, metric or threshold.
    """
    config = config or Config()
    names = [clip.name for clip in clips]
    if not clips or len({*names, POOLED}) <= len(names):
        raise ConfigError(
            "the clips have no names to tell them apart" if clips else "no clip is given",
            "Give at least one clip, and each a file name of its own",
        )
    encoder = config.analysis.encoding
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


class _Scorer:
    """Scores one clip; the same labels are scored once."""

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
