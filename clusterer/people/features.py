"""Features of each track, for clustering."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from clusterer.clothing.palette import has_colours
from clusterer.core.config import ClothingConfig, ClusteringConfig, EvidenceConfig
from clusterer.core.distance import mean
from clusterer.core.types import Analysis, ChipQuality, FloatArray, IntArray, Reason, TrackFeatures

MIN_WEIGHT = 1e-3
"""Weight of a chip of zero quality, so that a track of such chips still has an average."""
MIN_GAP_S = Fraction(1, 5)
"""Chips closer in time than this count once: the first and last frame of a very short shot are both
sampled, and a face seen for a tenth of a second does not make a person."""


def describe(analysis: Analysis, config: ClusteringConfig) -> TrackFeatures:
    """Average embedding, quality, readability and clothing of every track.

    Parameters
    ----------
    analysis
        Of the whole video.
    config
        Minimum quality of a readable chip, and number of readable chips that make a person.

    Returns
    -------
    TrackFeatures, one row per track, in the order of `analysis.tracks`
    """
    value = analysis.quality.value
    gap_pts = float(MIN_GAP_S / analysis.video.time_base)
    dimension = analysis.chip_embeddings.shape[1]
    faces = np.zeros((len(analysis.tracks), dimension), dtype=np.float32)
    has_face = np.zeros(len(analysis.tracks), dtype=bool)
    readable = np.zeros(len(analysis.tracks), dtype=np.int64)
    best = np.zeros(len(analysis.tracks), dtype=np.int64)
    for i, track in enumerate(analysis.tracks):
        rows = track.detection_rows
        best[i] = rows[int(np.argmax(value[rows]))]
        readable[i] = _count_spaced(
            analysis.detections.pts[rows[value[rows] >= config.min_quality]], gap_pts
        )
        chips = analysis.chips_of(i)
        if len(chips):
            weights = np.maximum(value[analysis.chip_rows[chips]], MIN_WEIGHT)
            faces[i] = mean(analysis.chip_embeddings[chips], weights)
            has_face[i] = True
    clothing, torso_share = _clothing(analysis, config.clothing)
    sums, precision = _pooled(analysis, config.evidence)
    return TrackFeatures(
        track_ids=np.array([track.id for track in analysis.tracks], dtype=np.int64),
        start_pts=analysis.spans_pts[:, 0],
        face=faces,
        quality=_at(value, best),
        readable_chips=readable,
        has_face=has_face,
        clothing=clothing,
        torso_share=torso_share,
        reasons=tuple(
            _reason(analysis.quality, int(row), int(count), config.min_faces)
            for row, count in zip(best, readable, strict=True)
        ),
        face_sums=sums,
        face_precision=precision,
        coloured=has_colours(analysis.chip_colours),
    )


def without_faces(features: TrackFeatures, excluded: IntArray) -> TrackFeatures:
    """Clear face and clothing of tracks that are not a face.

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
        face_sums=features.face_sums * face[:, None],
        face_precision=features.face_precision * face,
        reasons=tuple(
            reason if is_face else Reason.NOT_A_FACE
            for reason, is_face in zip(features.reasons, face.tolist(), strict=True)
        ),
    )


def pool(
    embeddings: FloatArray, quality: FloatArray, config: EvidenceConfig
) -> tuple[npt.NDArray[np.float64], float]:
    """Pool the embeddings of one track; a group's pool is the sum of its tracks' pools.

    An embedding of length 1 is taken for √r · identity + √(1 - r) · chance, r being the reliability
    of its quality. Each is weighted by √r / (1 - r), as the best estimate of the identity weights
    it, and tells r / (1 - r), its precision. What disturbs the chips of one track is alike, so that
    n of them count as n / (1 + (n - 1) · correlation).

    Parameters
    ----------
    embeddings : array of shape (n, d), of length 1; zeros, as of a black chip, tell nothing
    quality : array of shape (n,), 0 to 1
    config
        Its `reliability` and `chip_correlation`.

    Returns
    -------
    sums : array of shape (d,), float64
    precision
        0 or more; a group of precision p has the reliability p / (1 + p).
    """
    seen = embeddings.any(axis=1)
    embeddings, quality = embeddings[seen], quality[seen]
    at, value = np.array(config.reliability or ((0.0, 0.0),), dtype=np.float64).T
    reliability = np.interp(quality.astype(np.float64), at, value)
    counted = 1.0 / (1.0 + max(len(quality) - 1, 0) * config.chip_correlation)
    weights = counted * np.sqrt(reliability) / (1.0 - reliability)
    sums: npt.NDArray[np.float64] = weights @ embeddings.astype(np.float64)
    return sums, counted * float((reliability / (1.0 - reliability)).sum())


def _pooled(analysis: Analysis, config: EvidenceConfig) -> tuple[FloatArray, FloatArray]:
    """Pool of each track; of no dimension if the encoder's statistics are not known."""
    dimension = analysis.chip_embeddings.shape[1] if config.is_known else 0
    sums = np.zeros((len(analysis.tracks), dimension), dtype=np.float32)
    precision = np.zeros(len(analysis.tracks), dtype=np.float32)
    for i in range(len(analysis.tracks)):
        chips = analysis.chips_of(i)
        if len(chips) and dimension:
            quality = analysis.quality.value[analysis.chip_rows[chips]]
            sums[i], precision[i] = pool(analysis.chip_embeddings[chips], quality, config)
    return sums, precision


def _clothing(analysis: Analysis, config: ClothingConfig) -> tuple[FloatArray, FloatArray]:
    """Clothing description of each track, and the visible share of its torso.

    Complete and sharp torsos count most. The vector concatenates two parts, scaled so that the dot
    product of two vectors is the weighted mean of the parts' similarities.
    """
    share = analysis.chip_torso_share
    sharpness = np.where(share >= config.min_torso_share, analysis.chip_torso_sharpness, 0.0)
    visible = np.where(share >= config.min_torso_share, share, np.float32(0.0))
    parts = (
        (config.network_weight, analysis.chip_clothing),
        (1.0 - config.network_weight, analysis.chip_colours),
    )
    dimension = sum(part.shape[1] for _, part in parts)
    clothing = np.zeros((len(analysis.tracks), dimension), dtype=np.float32)
    torso_share = np.zeros(len(analysis.tracks), dtype=np.float32)
    for i in range(len(analysis.tracks)):
        chips = analysis.chips_of(i)
        torso_share[i] = visible[chips].max(initial=0.0)
        weights = visible[chips] * _relative(sharpness[chips])
        clothing[i] = np.concatenate(
            [math.sqrt(weight) * _mean_direction(part[chips], weights) for weight, part in parts]
        )
    return clothing, torso_share


def _relative(sharpness: FloatArray) -> FloatArray:
    """Sharpness relative to the track's sharpest torso: a pattern is sharper than plain cloth."""
    sharpest = float(sharpness.max(initial=0.0))
    relative: FloatArray = np.maximum(sharpness / max(sharpest, MIN_WEIGHT), MIN_WEIGHT)
    return relative


def _mean_direction(vectors: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted mean of vectors, of length 1; zeros if all weights are 0."""
    total: FloatArray = (weights[:, None] * vectors).sum(axis=0)
    length = float(np.linalg.norm(total))
    return total / np.float32(length) if length else total


def _count_spaced(pts: IntArray, interval_pts: float) -> int:
    """Count times that are at least `interval_pts` after the last one counted."""
    count, last = 0, -math.inf
    for time_pts in pts.tolist():
        if time_pts - last >= interval_pts:
            count, last = count + 1, time_pts
    return count


def _at(values: FloatArray, rows: np.typing.NDArray[np.int64]) -> FloatArray:
    picked: FloatArray = values[rows] if len(rows) else np.zeros(0, dtype=np.float32)
    return picked


def _reason(quality: ChipQuality, best_row: int, readable: int, min_faces: int) -> Reason:
    """Reason why a track is not readable: the weakest part of its best chip, or too few chips."""
    if readable >= min_faces:
        return Reason.NONE
    if readable:
        return Reason.SINGLE_FACE
    parts = [
        (float(quality.size[best_row]), Reason.TOO_SMALL),
        (float(quality.pose[best_row]), Reason.TURNED_AWAY),
        (float(min(quality.sharpness[best_row], quality.score[best_row])), Reason.TOO_BLURRED),
    ]
    return min(parts, key=lambda part: part[0])[1]
