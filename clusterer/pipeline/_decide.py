"""The second phase: what was seen → who it is. Arrays only; the video is not needed."""

from __future__ import annotations

from clusterer import clustering
from clusterer.clustering.confidence import confidences
from clusterer.config import Config, settings
from clusterer.constraints import co_occurrence
from clusterer.encoding import default_threshold
from clusterer.features import describe
from clusterer.identities import identify
from clusterer.types import Analysis, ClusteringResult


def decide(analysis: Analysis, config: Config) -> ClusteringResult:
    """Group the tracks of an analysis into people.

    Parameters
    ----------
    analysis
        What the first phase found.
    config
        Method, metric and threshold; a threshold of None means the encoder's default.

    Returns
    -------
    ClusteringResult; its `config` states the threshold that was used

    Raises
    ------
    ConfigError
        There is no such method, or the encoder has no default threshold for the metric.
    """
    chosen = config.clustering
    threshold = chosen.threshold
    if threshold is None:
        threshold = default_threshold(config.analysis.encoding.encoder, chosen.metric)
    features = describe(analysis, chosen)
    cannot_link = co_occurrence(analysis.tracks, analysis.detections)
    assignment = clustering.create(chosen, threshold).cluster(features, cannot_link)
    trust = confidences(features, assignment.labels, chosen.metric, threshold)
    people, unknowns = identify(analysis, features, assignment.labels, assignment.ambiguous, trust)
    used = settings(config)
    used["clustering"]["threshold"] = threshold
    return ClusteringResult(
        analysis=analysis,
        features=features,
        cannot_link=cannot_link,
        labels=assignment.labels,
        people=people,
        unknowns=unknowns,
        config=used,
    )
