"""The second phase: group an analysis into people. Arrays only; the video is not needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from clusterer.core.config import AUTO, ClusteringConfig, Config, with_curves
from clusterer.core.errors import ConfigError, EditsError, ResultError
from clusterer.core.types import (
    UNKNOWN,
    Analysis,
    Calibration,
    ClusteringResult,
    Edit,
    Grouping,
    IntArray,
    TrackFeatures,
)
from clusterer.edits import combine, constraints_of, revise
from clusterer.faces.encoding import curves, default_threshold, from_dlib, resolve, tracking_unit
from clusterer.people.amend import amend
from clusterer.people.calibration import calibrate, different_pairs, same_pairs
from clusterer.people.clustering import must_links
from clusterer.people.confidence import MOST, confidences, with_clothing
from clusterer.people.constraints import co_occurrence, returns
from clusterer.people.features import describe, without_faces
from clusterer.people.identities import reasons_of
from clusterer.people.questions import advise
from clusterer.people.refinement.refine import Refinement, Refiner
from clusterer.people.sure import best_scores, sure, within

ANALYSE_AGAIN = "Analyse the video again, without --no-biometrics"


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Input of the grouping, independent of method, metric and threshold.

    Attributes
    ----------
    features : t tracks
    cannot_link : array of shape (m, 2), int64, pairs of tracks of different people
    must_link : array of shape (k, 2), int64, pairs of tracks of one person, by precedence
    spans_s : array of shape (t, 2), float64, start and end of each track, seconds
    together : array of shape (m', 2), int64, pairs of `cannot_link` seen in one frame, without
        those that a reviewer added
    unit : the encoder's default threshold for the metric; None if it has none
    """

    features: TrackFeatures
    cannot_link: IntArray
    must_link: IntArray
    spans_s: npt.NDArray[np.float64]
    together: IntArray
    unit: float | None = None


def basis(analysis: Analysis, config: Config, edits: Sequence[Edit] = ()) -> Basis:
    """Describe the tracks and collect the constraints on them; a sweep does this once.

    Parameters
    ----------
    analysis, config
        As for `decide`.
    edits
        A reviewer's corrections; they override observed constraints.
    """
    config = _complete(config, analysis)
    from_reviewer = constraints_of(analysis, edits)
    analysis = revise(analysis, edits).analysis
    n_tracks = len(analysis.tracks)
    features = without_faces(describe(analysis, config.clustering), from_reviewer.excluded)
    limit = config.analysis.tracking.stitch_factor * tracking_unit(config.analysis)
    together, cannot_link, must_link = combine(
        from_reviewer,
        co_occurrence(analysis.tracks, analysis.detections),
        returns(analysis, features.face, limit),
        n_tracks,
    )
    unit = _default(config, math.nan)
    known = None if math.isnan(unit) else unit
    return Basis(features, cannot_link, must_link, _spans_s(analysis), together, known)


def assign(inputs: Basis, config: ClusteringConfig, threshold: float) -> Refinement:
    """Labels for one method, metric and threshold, as in `decide`.

    Raises
    ------
    ConfigError
        There is no such method.
    """
    features, cannot_link = inputs.features, inputs.cannot_link
    by_face = must_links.assign(features, cannot_link, inputs.must_link, config, threshold)
    certain = must_links.must_link_groups(cannot_link, inputs.must_link, len(features))
    refined = Refiner(config, threshold, inputs.unit).refine(
        features, inputs.spans_s, by_face.labels, cannot_link, certain
    )
    ambiguous = (by_face.ambiguous | refined.ambiguous) & (refined.labels == UNKNOWN)
    return replace(refined, ambiguous=ambiguous)


def decide(
    analysis: Analysis,
    config: Config,
    edits: Sequence[Edit] = (),
    grouped_under: int | None = None,
) -> ClusteringResult:
    """Group the tracks of an analysis into people; the video is not opened.

    Parameters
    ----------
    analysis
        From `analyse`, or of a result.
    config
        Method, metric and threshold of the grouping, and the encoder that made the analysis. To
        group a result again, start from its `config`: see `Config.with_clustering`.
    edits
        A reviewer's corrections, in order; the result includes them.
    grouped_under
        Number of leading corrections that constrain the grouping itself; the rest are applied to
        its result. None = all.

    Returns
    -------
    ClusteringResult; its `threshold` is the one that was used, its `calibration` how well that fits

    Raises
    ------
    ConfigError
        There is no such method, or the encoder has no default threshold for the metric.
    EditsError
        There are fewer corrections than `grouped_under`.
    ResultError
        The vectors of the faces were removed, see `clusterer.purge`.

    Examples
    --------
    >>> config = result.config.with_clustering(threshold=0.3)
    >>> decided = clusterer.decide(result.analysis, config)
    >>> decided.labels.tolist(), decided.threshold
    ([0, 1, 2, -1], 0.3)
    """
    if analysis.is_bare:
        raise ResultError(f"the vectors of {analysis.video.path} were removed", ANALYSE_AGAIN)
    config = _complete(config, analysis)
    under = len(edits) if grouped_under is None else grouped_under
    if not 0 <= under <= len(edits):
        raise EditsError(f"There are {len(edits)} corrections, not {under}")
    # BLAS adds up in another order on another number of cores, and last digits of evidence differ.
    with threadpool_limits(limits=1, user_api="blas"):
        return _decide(analysis, config, edits, under)


def _decide(
    analysis: Analysis, config: Config, edits: Sequence[Edit], under: int
) -> ClusteringResult:
    """As `decide`, with all settings filled in."""
    chosen, analysis = config.clustering, revise(analysis, edits[:under]).analysis
    inputs = basis(analysis, config, edits[:under])
    fit = _calibration(analysis, inputs, config)
    assignment = assign(inputs, chosen, fit.threshold)
    features, cannot_link = inputs.features, inputs.cannot_link
    unit = _default(config, fit.threshold)  # of the evidence curves, for any threshold
    grouping = _grouping(features, assignment, chosen, unit, best_scores(analysis))
    evidence = assignment.evidence if fit.threshold == unit else None  # otherwise in other units
    used = replace(chosen, threshold=AUTO if fit.automatic else fit.threshold)
    grouped = ClusteringResult(
        analysis=analysis,
        features=features,
        cannot_link=cannot_link,
        labels=grouping.labels,
        people=(),
        unknowns=(),
        config=replace(config, clustering=used),
        clothing=assignment.decisions,
        edits=tuple(edits[:under]),
        grouped_under=under,
        advice=advise(
            features,
            inputs.spans_s,
            cannot_link,
            grouping.labels,
            chosen,
            unit,
            evidence,
            assignment.least,
        ),
        grouping=grouping,
        calibration=fit.rounded(),
    )
    return amend(grouped, edits)


def resolved(config: Config, analysis: Analysis | None = None) -> Config:
    """Fill in the settings of the encoder's card; see `clusterer.faces.encoding.resolve`.

    Under the encoder ``auto``, a threshold is that of dlib's L2 distances; it becomes that of the
    encoder, see `from_dlib`.

    Parameters
    ----------
    config
        As the user chose it.
    analysis
        Decides the encoder that ``auto`` stands for; None = the best at hand.
    """
    looked, threshold = config.analysis, config.clustering.threshold
    encoding = resolve(looked.encoding, None if analysis is None else analysis.models)
    if looked.encoding.encoder == AUTO and isinstance(threshold, (int, float)):
        own = from_dlib(threshold, encoding.encoder, config.clustering.metric)
        config = replace(config, clustering=replace(config.clustering, threshold=own))
    return filled(replace(config, analysis=replace(looked, encoding=encoding)))


def _complete(config: Config, analysis: Analysis) -> Config:
    """Settings for an analysis, with all that they leave to its encoder."""
    return filled(config) if config.analysis.encoding.thresholds else resolved(config, analysis)


def filled(config: Config) -> Config:
    """Fill in what is left to the encoder: the unit of tracking, and curves by quality."""
    analysis = config.analysis
    tracking = replace(analysis.tracking, unit=tracking_unit(analysis))
    return replace(
        config,
        analysis=replace(analysis, tracking=tracking),
        clustering=with_curves(config.clustering, curves(analysis.encoding)),
    )


def _grouping(
    features: TrackFeatures,
    assignment: Refinement,
    chosen: ClusteringConfig,
    unit: float,
    scores: npt.NDArray[np.float64],
) -> Grouping:
    """Labels with the reason, the confidence and the word of each track."""
    labels = assignment.labels
    by_face = confidences(features, labels, chosen.metric, unit)
    least = chosen.clothing.prior if assignment.least is None else assignment.least
    trust = with_clothing(by_face, assignment.decisions, least, MOST)
    decisions = assignment.decisions
    words = sure(features, labels, scores, chosen.metric, unit=unit, decisions=decisions)
    reasons = reasons_of(features, labels, assignment.ambiguous)
    return Grouping(labels, reasons, within(words, labels, trust), sure=words)


def _spans_s(analysis: Analysis) -> npt.NDArray[np.float64]:
    return analysis.spans_pts.astype(np.float64) * float(analysis.video.time_base)


def _calibration(analysis: Analysis, inputs: Basis, config: Config) -> Calibration:
    """The threshold to use, and how well it fits."""
    chosen = config.clustering
    fixed = None if chosen.threshold == AUTO else chosen.threshold
    default = _default(config, fixed)
    return calibrate(
        same_pairs(analysis, chosen),
        different_pairs(inputs.features, inputs.together, chosen),
        chosen.metric,
        default,
        fixed if fixed is not None or chosen.threshold == AUTO else default,
    )


def _default(config: Config, otherwise: float | None) -> float:
    """Default threshold of encoder and metric; `otherwise` if the encoder has none."""
    try:
        return default_threshold(config.analysis.encoding, config.clustering.metric)
    except ConfigError:
        if otherwise is None:
            raise
        return otherwise
