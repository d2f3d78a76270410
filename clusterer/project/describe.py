"""The people of one film, as they are compared with those of other films. Arrays only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.config import ClusteringConfig
from clusterer.core.distance import mean
from clusterer.core.types import Analysis, ClusteringResult, FloatArray, Identity, IntArray
from clusterer.edits import constraints_of
from clusterer.people.amend import keys_of
from clusterer.people.constraints import co_occurrence
from clusterer.people.editor import anchors
from clusterer.people.features import MIN_WEIGHT, pool
from clusterer.people.names import given_in_film, own_edits
from clusterer.people.refinement.evidence import is_pooled
from clusterer.project.crowd import FilmPeople

LOOK_GAP_S = 1.0
"""Readable chips of one track that are closer in time count as one readable look: a definition, by
which the number of looks does not grow with the sample rate from one sample a second on."""
MOST_LOOKS = 6
"""Looks that are kept of a person: a definition, not measured. One of SFace takes 512 bytes, so
those of 20,000 people take 60 MB at most."""
NEW_LOOK = 0.3
"""Smallest cosine distance of a chip to all looks so far for it to begin one beyond `FEW_LOOKS`: a
definition of what looks different, not measured."""
FEW_LOOKS = 4
"""So many looks are kept of a person who has as many readable chips, however alike: a definition,
not measured."""

Bools = npt.NDArray[np.bool_]
Chips = IntArray
"""Positions in `Analysis.chip_rows`."""


@dataclass(frozen=True, slots=True, eq=False)
class _Looks:
    """Looks of one person, the best first."""

    sums: FloatArray
    precision: FloatArray
    rows: IntArray


def describe(result: ClusteringResult) -> FilmPeople:
    """Describe the people of a film; unknowns are left out.

    A person's pool is the sum of the pools of the tracks. A readable look is a readable chip at
    least a second after the one counted before it, or of another track.

    Parameters
    ----------
    result
        Of the film, with the corrections that were made in it.

    Returns
    -------
    FilmPeople, in the order of `ClusteringResult.people`. What a project wrote down in the film is
    neither a name nor a hidden person of it.
    """
    people = result.people
    person_of = _person_of_track(result)
    given = given_in_film(result)
    looks = [_looks(result, person) for person in people]
    sums, precision = _pools(result)
    quality = result.features.quality
    return FilmPeople(
        ids=tuple(person.id for person in people),
        names=tuple(given[each.label].name if each.label in given else "" for each in people),
        hidden=np.array([each.label in given and given[each.label].hidden for each in people]),
        anchors=tuple(_anchors(result, person) for person in people),
        sums=sums,
        precision=precision,
        quality=np.array([quality[list(each.track_ids)].max() for each in people]),
        scatter=np.array([_scatter(result, person) for person in people]),
        screen_time_s=np.array([person.screen_time_s for person in people]),
        n_tracks=np.array([len(person.track_ids) for person in people]),
        n_faces=np.bincount(
            person_of[result.analysis.track_of_row][result.analysis.track_of_row >= 0] + 1,
            minlength=len(people) + 1,
        )[1:],
        n_looks=np.array([_count_looks(result, person) for person in people]),
        covers=np.array([person.cover_row for person in people]),
        looks=_stacked([each.sums for each in looks], sums.shape[1]),
        look_person=np.repeat(np.arange(len(people)), [len(each.rows) for each in looks]),
        look_precision=np.concatenate([[], *(each.precision for each in looks)]),
        look_rows=np.concatenate([[], *(each.rows for each in looks)]),
        cannot_link=_together(result, person_of),
        background=np.array([person.background for person in people], dtype=np.bool_),
    )


def _person_of_track(result: ClusteringResult) -> IntArray:
    """Position in `people` of each track, -1 = unknown."""
    person_of = np.full(len(result.analysis.tracks), -1, dtype=np.int64)
    for position, person in enumerate(result.people):
        person_of[list(person.track_ids)] = position
    return person_of


def _together(result: ClusteringResult, person_of: IntArray) -> IntArray:
    """People who are seen in one frame, or whom the film's reviewer distinguished, in order."""
    analysis = result.analysis
    seen = co_occurrence(analysis.tracks, analysis.detections)
    stated = constraints_of(analysis, own_edits(result.edits)).cannot_link
    pairs = np.sort(person_of[np.concatenate([seen, stated])], axis=1)
    pairs = pairs[(pairs[:, 0] >= 0) & (pairs[:, 0] != pairs[:, 1])]
    unique: IntArray = np.unique(pairs, axis=0).reshape(-1, 2)
    return unique


def _anchors(result: ClusteringResult, person: Identity) -> tuple[str, ...]:
    keys = keys_of(result.analysis).tracks
    return tuple(keys[track] for track in anchors(result, person.track_ids))


def _pools(result: ClusteringResult) -> tuple[FloatArray, FloatArray]:
    """Sum and precision of each person, or mean embedding and quality."""
    features = result.features
    pooled = is_pooled(features)
    vectors = features.face_sums if pooled else features.face
    sums = np.zeros((len(result.people), vectors.shape[1]), dtype=np.float32)
    precision = np.zeros(len(result.people), dtype=np.float32)
    for i, person in enumerate(result.people):
        tracks = np.array(person.track_ids)[features.has_face[list(person.track_ids)]]
        if pooled:
            sums[i] = features.face_sums[tracks].sum(axis=0, dtype=np.float64)
            precision[i] = features.face_precision[tracks].sum(dtype=np.float64)
        elif len(tracks):
            chips = np.concatenate([result.analysis.chips_of(track) for track in tracks.tolist()])
            sums[i], precision[i] = _averaged(result.analysis, chips)
    return sums, precision


def _averaged(analysis: Analysis, chips: Chips) -> tuple[npt.NDArray[np.float64], float]:
    """Mean embedding of chips weighted by quality, and the quality, weighted by itself."""
    weights = np.maximum(analysis.quality.value[analysis.chip_rows[chips]], MIN_WEIGHT)
    return mean(analysis.chip_embeddings[chips], weights), float(
        np.average(weights, weights=weights)
    )


def _readable(analysis: Analysis, person: Identity, config: ClusteringConfig) -> Chips:
    """Embedded chips of a person that can be read, in time order."""
    chips = np.concatenate([analysis.chips_of(track) for track in person.track_ids])
    rows = analysis.chip_rows[chips]
    good = analysis.quality.value[rows] >= config.min_quality
    good &= analysis.chip_embeddings[chips].any(axis=1)
    found: Chips = chips[good][np.argsort(rows[good], kind="stable")]
    return found


def _count_looks(result: ClusteringResult, person: Identity) -> int:
    analysis = result.analysis
    rows = analysis.chip_rows[_readable(analysis, person, result.config.clustering)]
    gap_pts = LOOK_GAP_S / float(analysis.video.time_base)
    last: dict[int, int] = {}
    count = 0
    for track, pts in zip(
        analysis.track_of_row[rows].tolist(), analysis.detections.pts[rows].tolist(), strict=True
    ):
        if track not in last or pts - last[track] >= gap_pts:
            last[track] = pts
            count += 1
    return count


def _scatter(result: ClusteringResult, person: Identity) -> float:
    """Root mean square distance of the directions of readable chips to their mean direction."""
    units = _units(result.analysis, _readable(result.analysis, person, result.config.clustering))
    if not len(units):
        return 0.0
    centre = units.mean(axis=0)
    length = float(np.linalg.norm(centre))
    return float(np.sqrt(max(2.0 - 2.0 * length, 0.0)))


def _units(analysis: Analysis, chips: Chips) -> npt.NDArray[np.float64]:
    """Directions of embeddings, none of which is zero."""
    embeddings = analysis.chip_embeddings[chips].astype(np.float64)
    units: npt.NDArray[np.float64] = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    return units


def _looks(result: ClusteringResult, person: Identity) -> _Looks:
    """The looks of a person: every readable chip belongs to the most similar of a few of them.

    The first is the best chip; each next one is the farthest from all before, weighted by its
    quality, and ties go to the earlier. Different pose, light and time make embeddings differ.
    """
    analysis, chosen = result.analysis, result.config.clustering
    chips = _readable(analysis, person, chosen)
    dimension = analysis.chip_embeddings.shape[1]
    if not len(chips):
        return _Looks(np.zeros((0, dimension), np.float32), np.zeros(0, np.float32), chips)
    quality = analysis.quality.value[analysis.chip_rows[chips]].astype(np.float64)
    nearest = _nearest_of_few(_units(analysis, chips), quality)
    pooled = is_pooled(result.features)
    sums, precision, rows = [], [], []
    for look in np.unique(nearest):
        members = chips[nearest == look]
        own = analysis.chip_rows[members]
        rows.append(int(own[np.argmax(quality[nearest == look])]))
        if not pooled:
            total, found = _averaged(analysis, members)
        else:
            total, found = np.zeros(dimension), 0.0
            tracks = analysis.track_of_row[own]
            for track in np.unique(tracks):
                of_track = members[tracks == track]
                values = analysis.quality.value[analysis.chip_rows[of_track]]
                more = pool(analysis.chip_embeddings[of_track], values, chosen.evidence)
                total, found = total + more[0], found + more[1]
        sums.append(total)
        precision.append(found)
    return _Looks(
        np.array(sums, dtype=np.float32), np.array(precision, dtype=np.float32), np.array(rows)
    )


def _nearest_of_few(units: npt.NDArray[np.float64], quality: npt.NDArray[np.float64]) -> IntArray:
    """Look of each chip, numbered in the order in which looks were chosen."""
    first = int(np.argmax(quality))
    similarity = [units @ units[first]]
    while len(similarity) < min(MOST_LOOKS, len(units)):
        apart = 1.0 - np.max(similarity, axis=0)
        farthest = int(np.argmax(apart * np.sqrt(quality)))
        if apart[farthest] < (NEW_LOOK if len(similarity) >= FEW_LOOKS else 1e-6):
            break
        similarity.append(units @ units[farthest])
    nearest: IntArray = np.argmax(similarity, axis=0).astype(np.int64)
    return nearest


def _stacked(parts: list[FloatArray], dimension: int) -> FloatArray:
    return np.concatenate([np.zeros((0, dimension), np.float32), *parts])
