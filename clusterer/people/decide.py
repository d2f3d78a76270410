"""The second phase: what was seen → who it is. Arrays only; the video is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from clusterer.core.config import AUTO, ClusteringConfig, Config, settings
from clusterer.core.errors import ConfigError, EditsError
from clusterer.core.types import (
    UNKNOWN,
    Analysis,
    ClusteringResult,
    Edit,
    Grouping,
    IntArray,
    Reason,
    TrackFeatures,
)
from clusterer.edits import combine, constrain, lines
from clusterer.faces.encoding import default_threshold
from clusterer.people.amend import correct, keys_of
from clusterer.people.calibration import Calibration, calibrate, different_pairs, same_pairs
from clusterer.people.clustering import linked
from clusterer.people.clustering.confidence import MOST, confidences
from clusterer.people.constraints import co_occurrence, returns
from clusterer.people.features import describe
from clusterer.people.identities import reasons_of
from clusterer.people.questions import advise
from clusterer.people.refinement.confidence import with_clothing
from clusterer.people.refinement.refine import Refinement, Refiner
from clusterer.people.settings import resolved


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What all methods, metrics and thresholds start from.

    Attributes
    ----------
    features : t tracks
    cannot_link : array of shape (m, 2), int64, pairs of tracks that are different people
    must_link : array of shape (k, 2), int64, pairs of tracks that are one person; first those that
        count more
    spans_s : array of shape (t, 2), float64, first and last sight of each track, seconds
    together : array of shape (m', 2), int64, those of `cannot_link` that are seen in one frame,
        apart from what a reviewer said
    """

    features: TrackFeatures
    cannot_link: IntArray
    must_link: IntArray
    spans_s: npt.NDArray[np.float64]
    together: IntArray


def basis(analysis: Analysis, config: Config, edits: Sequence[Edit] = ()) -> Basis:
    """Describe the tracks and collect what is certain of them; a sweep does this once.

    Parameters
    ----------
    analysis, config
        As of `decide`.
    edits
        What a reviewer said; counts more than what was seen.
    """
    n_tracks = len(analysis.tracks)
    given = constrain(edits, keys_of(analysis), n_tracks)
    features = shown(describe(analysis, config.clustering), given.excluded)
    tracking = config.analysis.tracking
    limit = tracking.stitch_factor * default_threshold(config.analysis.encoding, "l2")
    together, cannot_link, must_link = combine(
        given,
        co_occurrence(analysis.tracks, analysis.detections),
        returns(analysis, features.face, limit),
        n_tracks,
    )
    return Basis(features, cannot_link, must_link, _spans_s(analysis), together)


def shown(features: TrackFeatures, excluded: IntArray) -> TrackFeatures:
    """Features in which some tracks show no face, nor anything else.

    Parameters
    ----------
    features : t tracks
    excluded : array of shape (x,), int64, rows of those tracks
    """
    if not len(excluded):
        return features
    face = np.ones(len(features), dtype=bool)
    face[excluded] = False
    return replace(
        features,
        face=features.face * face[:, None],
        quality=features.quality * face,
        readable_chips=features.readable_chips * face,
        has_face=features.has_face & face,
        clothing=features.clothing * face[:, None],
        torso_share=features.torso_share * face,
        reasons=tuple(
            reason if there else Reason.NOT_A_FACE
            for reason, there in zip(features.reasons, face.tolist(), strict=True)
        ),
    )


def assign(known: Basis, chosen: ClusteringConfig, threshold: float) -> Refinement:
    """Labels for one method, metric and threshold, as `decide` gives them.

    Raises
    ------
    ConfigError
        There is no such method.
    """
    features, cannot_link = known.features, known.cannot_link
    by_face = linked.assign(features, cannot_link, known.must_link, chosen, threshold)
    certain = linked.join(cannot_link, known.must_link, len(features))
    refined = Refiner(chosen, threshold).refine(
        features, known.spans_s, by_face.labels, cannot_link, certain
    )
    ambiguous = (by_face.ambiguous | refined.ambiguous) & (refined.labels == UNKNOWN)
    return replace(refined, ambiguous=ambiguous)


def decide(
    analysis: Analysis,
    config: Config,
    edits: Sequence[Edit] = (),
    grouped_under: int | None = None,
) -> ClusteringResult:
    """Group the tracks of an analysis into people.

    Parameters
    ----------
    analysis
        What the first phase found.
    config
        Method, metric and threshold; a threshold of None means the encoder's default, "auto" what
        the episode's certain pairs suggest.
    edits
        A reviewer's corrections; the result includes them.
    grouped_under
        Number of the first corrections that the grouping itself must agree with, 0 to all of them;
        those after it are only applied to what comes out. None = all.

    Returns
    -------
    ClusteringResult; its `config` states the threshold that was used, and, as ``calibration``, how
    it fits

    Raises
    ------
    ConfigError
        There is no such method, or the encoder has no default threshold for the metric.
    EditsError
        There are fewer corrections than `grouped_under`.
    """
    if not config.analysis.encoding.thresholds:
        config = resolved(config)
    under = len(edits) if grouped_under is None else grouped_under
    if not 0 <= under <= len(edits):
        raise EditsError(f"There are {len(edits)} corrections, not {under}")
    chosen = config.clustering
    known = basis(analysis, config, edits[:under])
    fit = _calibration(analysis, known, config)
    assignment = assign(known, chosen, fit.threshold)
    features, cannot_link = known.features, known.cannot_link
    unit = _default(config, fit.threshold)  # what odds were measured by, whatever the threshold
    grouping = _grouping(features, assignment, chosen, unit)
    evidence = assignment.evidence if fit.threshold == unit else None  # else in other units
    used = settings(config)
    used["clustering"]["threshold"] = fit.threshold
    used["calibration"] = fit.facts()
    corrected = correct(analysis, grouping, edits, under)
    return ClusteringResult(
        analysis=analysis,
        features=features,
        cannot_link=cannot_link,
        labels=corrected.labels,
        people=corrected.people,
        unknowns=corrected.unknowns,
        config=used,
        clothing=assignment.decisions,
        edits=tuple(edits),
        grouped_under=under,
        edit_notes=lines(edits, corrected.notes),
        advice=advise(
            features, known.spans_s, cannot_link, grouping.labels, chosen, unit, evidence
        ),
        grouping=grouping,
    )


def _grouping(
    features: TrackFeatures, assignment: Refinement, chosen: ClusteringConfig, unit: float
) -> Grouping:
    """Labels with the reasons and confidence of each track."""
    labels = assignment.labels
    by_face = confidences(features, labels, chosen.metric, unit)
    trust = with_clothing(by_face, assignment.decisions, chosen.clothing.prior, MOST)
    return Grouping(labels, reasons_of(features, labels, assignment.ambiguous), trust)


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
        different_pairs(known.features, known.together, chosen),
        chosen.metric,
        default,
        given if given is not None or chosen.threshold == AUTO else default,
    )


def _default(config: Config, otherwise: float | None) -> float:
    """Default threshold of encoder and metric; of an encoder that has none, what is used."""
    try:
        return default_threshold(config.analysis.encoding, config.clustering.metric)
    except ConfigError:
        if otherwise is None:
            raise
        return otherwise
