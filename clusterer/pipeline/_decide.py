"""The second phase: what was seen → who it is. Arrays only; the video is not needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer import clustering
from clusterer.calibration import Calibration, calibrate, different_pairs, same_pairs
from clusterer.clothing.confidence import with_clothing
from clusterer.clothing.refine import Refinement, Refiner
from clusterer.clustering.confidence import MOST, confidences
from clusterer.config import AUTO, ClusteringConfig, Config, settings
from clusterer.constraints import co_occurrence, returns
from clusterer.encoding import default_threshold
from clusterer.errors import ConfigError
from clusterer.features import describe
from clusterer.identities import identify
from clusterer.types import UNKNOWN, Analysis, ClusteringResult, IntArray, TrackFeatures


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What all methods, metrics and thresholds start from.

    Attributes
    ----------
    features : t tracks
    cannot_link : array of shape (m, 2), int64, pairs of tracks that are different people
    must_link : array of shape (k, 2), int64, pairs of tracks that are one person
    spans_s : array of shape (t, 2), float64, first and last sight of each track, seconds
    """

    features: TrackFeatures
    cannot_link: IntArray
    must_link: IntArray
    spans_s: npt.NDArray[np.float64]


def basis(analysis: Analysis, config: Config) -> Basis:
    """Describe the tracks and collect what is certain of them; a sweep does this once."""
    features = describe(analysis, config.clustering)
    tracking = config.analysis.tracking
    limit = tracking.stitch_factor * default_threshold(config.analysis.encoding.encoder, "l2")
    return Basis(
        features=features,
        cannot_link=co_occurrence(analysis.tracks, analysis.detections),
        must_link=returns(analysis, features.face, limit),
        spans_s=_spans_s(analysis),
    )


def assign(known: Basis, chosen: ClusteringConfig, threshold: float) -> Refinement:
    """Labels for one method, metric and threshold, as `decide` gives them.

    Raises
    ------
    ConfigError
        There is no such method.
    """
    features, cannot_link = known.features, known.cannot_link
    by_face = clustering.assign(features, cannot_link, known.must_link, chosen, threshold)
    certain = clustering.join(cannot_link, known.must_link, len(features))
    refined = Refiner(chosen, threshold).refine(
        features, known.spans_s, by_face.labels, cannot_link, certain
    )
    ambiguous = (by_face.ambiguous | refined.ambiguous) & (refined.labels == UNKNOWN)
    return Refinement(refined.labels, ambiguous, refined.decisions)


def decide(analysis: Analysis, config: Config) -> ClusteringResult:
    """Group the tracks of an analysis into people.

    Parameters
    ----------
    analysis
        What the first phase found.
    config
        Method, metric and threshold; a threshold of None means the encoder's default, "auto" what
        the episode's certain pairs suggest.

    Returns
    -------
    ClusteringResult; its `config` states the threshold that was used, and, as ``calibration``, how
    it fits

    Raises
    ------
    ConfigError
        There is no such method, or the encoder has no default threshold for the metric.
    """
    chosen = config.clustering
    known = basis(analysis, config)
    fit = _calibration(analysis, known, config)
    threshold = fit.threshold
    features, cannot_link = known.features, known.cannot_link
    assignment = assign(known, chosen, threshold)
    unit = _default(config, threshold)
    trust = with_clothing(
        confidences(features, assignment.labels, chosen.metric, unit),
        assignment.decisions,
        chosen.clothing.prior,
        MOST,
    )
    people, unknowns = identify(analysis, features, assignment.labels, assignment.ambiguous, trust)
    used = settings(config)
    used["clustering"]["threshold"] = threshold
    used["calibration"] = fit.facts()
    return ClusteringResult(
        analysis=analysis,
        features=features,
        cannot_link=cannot_link,
        labels=assignment.labels,
        people=people,
        unknowns=unknowns,
        config=used,
        clothing=assignment.decisions,
    )


def _spans_s(analysis: Analysis) -> npt.NDArray[np.float64]:
    pts = analysis.detections.pts
    ends = [pts[track.detection_rows[[0, -1]]] for track in analysis.tracks]
    spans_pts = np.array(ends, dtype=np.float64).reshape(-1, 2)
    spans_s: npt.NDArray[np.float64] = spans_pts * float(analysis.video.time_base)
    return spans_s


def _calibration(analysis: Analysis, known: Basis, config: Config) -> Calibration:
    """The threshold to be used, and how it fits."""
    chosen = config.clustering
    given = None if chosen.threshold == AUTO else chosen.threshold
    default = _default(config, given)
    return calibrate(
        same_pairs(analysis, chosen),
        different_pairs(known.features, known.cannot_link, chosen),
        chosen.metric,
        default,
        given if given is not None or chosen.threshold == AUTO else default,
    )


def _default(config: Config, otherwise: float | None) -> float:
    """Default threshold of encoder and metric; of an encoder that has none, what is used."""
    try:
        return default_threshold(config.analysis.encoding.encoder, config.clustering.metric)
    except ConfigError:
        if otherwise is None:
            raise
        return otherwise
