"""Who of one film is like a face: people and unknown tracks, ranked by how likely they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from clusterer.core.clock import Clock
from clusterer.core.config import Config, LinkConfig
from clusterer.core.errors import ConfigError, GalleryError
from clusterer.core.types import (
    UNKNOWN,
    ClusteringResult,
    FloatArray,
    Identity,
    IntArray,
    Reason,
)
from clusterer.gallery.read import made_by
from clusterer.people.constraints import co_occurrence
from clusterer.people.refinement.evidence import is_pooled
from clusterer.project.crowd import Crowd
from clusterer.project.evidence import MIN_QUALITY
from clusterer.project.search import Hit, Hits, Index, Match, Sighting
from clusterer.project.types import ProjectFilm

_Chosen = list[tuple[Identity, list[int]]]
"""People and unknowns, with the tracks of each that are searched."""
IN_FILM = LinkConfig(shared_look=0.0)
"""Of faces of one film: what they have in common, such as its light, speaks for nobody and against
nobody, as in the grouping of the film itself."""


@dataclass(frozen=True, slots=True, eq=False)
class _Indexes:
    """What is searched: groups of tracks, and their tracks.

    Attributes
    ----------
    who : the people and unknowns
    groups : a label for each of `who`
    tracks : the same labels; each row is a track
    track_of_row : array of shape (n,), int64, of `tracks`
    chip_of_look : array of shape (k,), int64, of the looks of `tracks`
    """

    who: tuple[Identity, ...]
    groups: Index
    tracks: Index
    track_of_row: IntArray
    chip_of_look: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """A face that is looked for in several films.

    Attributes
    ----------
    embeddings : array of shape (d,) or (k, d), by the encoder of the films
    quality : array of shape (k,), or one number, 0 to 1
    film : `ProjectFilm.id` of the film that shows it; 0 = a photograph does
    track : its track there
    """

    embeddings: FloatArray
    quality: FloatArray | float
    film: int = 0
    track: int = -1


class FilmSearch:
    """Searches one film, its unknown tracks included; tracks that are not a face are left out.

    Parameters
    ----------
    result
        Of the film, with its corrections.
    """

    def __init__(self, result: ClusteringResult) -> None:
        self._result = result

    @property
    def config(self) -> Config:
        """The settings of the result."""
        return self._result.config

    def check_encoder(self, models: Mapping[str, str]) -> None:
        """Raise GalleryError unless an encoder of these files is the one of the result."""
        name = self.config.analysis.encoding.encoder
        if made_by(name, models) != made_by(name, self._result.analysis.models):
            raise GalleryError(
                f"{name} is not the file any more by which the faces of the film were encoded",
                "Analyse the film again",
            )

    def like(
        self, embeddings: FloatArray, quality: FloatArray | float = 1.0, *, most: int = 10
    ) -> Hits:
        """Rank people and unknown tracks by how likely they are the one on photographs.

        Before any evidence, it is somebody of the film with even odds, each of its people alike.
        People are different people: what speaks for one speaks against the others. An unknown track
        may be any of them, so it stands alone.

        Parameters
        ----------
        embeddings : array of shape (d,) or (k, d), faces of one person, by the film's encoder
        quality : array of shape (k,), or one number, 0 to 1
        most
            Number of people and unknown tracks.

        Raises
        ------
        ConfigError
            The faces were not encoded by the encoder of the film.
        """
        faces, rated = self._checked(embeddings, quality)
        return self._hits(self._of_photographs, faces, rated, most)

    def like_track(self, track: int, *, most: int = 10) -> Hits:
        """Rank who else is like the face of a track; see `clusterer.find_track`."""
        analysis = self._result.analysis
        if not 0 <= track < len(analysis.tracks):
            raise ConfigError(f"There is no track {track}", f"There are {len(analysis.tracks)}")
        chips = analysis.chips_of(track)
        if not len(chips):
            return Hits((), 1.0)
        faces = analysis.chip_embeddings[chips]
        quality = analysis.quality.value[analysis.chip_rows[chips]]
        index = self._indexes(self._everybody(track), IN_FILM)
        return self._hits(index, faces, quality, most)

    # ---- how

    def _checked(
        self, embeddings: FloatArray, quality: FloatArray | float
    ) -> tuple[FloatArray, FloatArray]:
        faces = np.atleast_2d(np.asarray(embeddings, dtype=np.float32))
        known = self._result.analysis.chip_embeddings.shape[1]
        if faces.shape[1:] != (known,) or not len(faces):
            raise ConfigError(
                f"a face of the film is {known} numbers, not {faces.shape[-1]}",
                f"Encode it by {self.config.analysis.encoding.encoder}",
            )
        return faces, np.broadcast_to(np.asarray(quality, dtype=np.float32), len(faces))

    @cached_property
    def _of_photographs(self) -> _Indexes:
        """A photograph is as a face of another film."""
        return self._indexes(self._everybody(), LinkConfig())

    def _everybody(self, but: int | None = None) -> _Chosen:
        """People, then unknowns; without a track, and without those who are on screen with it."""
        analysis = self._result.analysis
        shut: set[int] = set()
        if but is not None:
            pairs = co_occurrence(analysis.tracks, analysis.detections)
            shut = {*pairs[pairs[:, 0] == but, 1].tolist(), *pairs[pairs[:, 1] == but, 0].tolist()}
        chosen = []
        for who in (*self._result.people, *self._result.unknowns):
            tracks = [track for track in who.track_ids if track != but]
            if tracks and shut.isdisjoint(tracks) and who.reason is not Reason.NOT_A_FACE:
                chosen.append((who, tracks))
        return chosen

    def _indexes(self, chosen: _Chosen, link: LinkConfig, n_among: int | None = None) -> _Indexes:
        """Prepare a search; `n_among` as of `Index`, None = the people of the film."""
        n_people = sum(who.label != UNKNOWN for who, _ in chosen)
        of_row = np.array([track for _, own in chosen for track in own], np.int64)
        group = np.repeat(np.arange(len(chosen)), [len(own) for _, own in chosen])
        sums, precision = self._faces(of_row)
        film = np.maximum(np.arange(len(chosen)) - n_people + 1, 0)
        groups = Index(
            _crowd(film, *_pooled(sums, precision, group, len(chosen), self._is_pooled)),
            np.arange(len(chosen)),
            self.config,
            link,
            max(n_people, 1) if n_among is None else n_among,
        )
        chips = [self._result.analysis.chips_of(track) for track in of_row.tolist()]
        chip_of_look = np.concatenate([np.zeros(0, np.int64), *chips])
        looks = self._result.analysis.chip_embeddings[chip_of_look]
        look_row = np.repeat(np.arange(len(of_row)), [len(own) for own in chips])
        rows = Index(_crowd(group, sums, precision, looks, look_row), group, self.config, link)
        return _Indexes(tuple(who for who, _ in chosen), groups, rows, of_row, chip_of_look)

    @property
    def _is_pooled(self) -> bool:
        return is_pooled(self._result.features)

    def _faces(self, tracks: IntArray) -> tuple[FloatArray, FloatArray]:
        """Pool and precision of tracks, or mean embedding and quality; zeros without a face."""
        features = self._result.features
        if self._is_pooled:
            return features.face_sums[tracks], features.face_precision[tracks]
        seen = features.has_face[tracks]
        return features.face[tracks] * seen[:, None], features.quality[tracks] * seen

    def _hits(self, found: _Indexes, faces: FloatArray, quality: FloatArray, most: int) -> Hits:
        if not found.who:
            return Hits((), 1.0)
        matches = found.groups.like(faces, quality, most)
        clock = Clock.of(self._result.analysis)
        hits = []
        for match in matches.found:
            who = found.who[match.label]
            rows = found.tracks.rows_like(match.label, faces, quality)
            seen = tuple(self._sightings(who, rows, found, clock))
            hits.append(Hit(who.id, who.name, match.probability, match.evidence, seen))
        return Hits(tuple(hits), matches.nobody)

    def _sightings(
        self, who: Identity, match: Match, found: _Indexes, clock: Clock
    ) -> Iterator[Sighting]:
        analysis, name = self._result.analysis, Path(self._result.analysis.video.path).name
        for row, evidence, look in zip(match.rows, match.row_evidence, match.looks, strict=True):
            rows = analysis.tracks[int(found.track_of_row[row])].detection_rows
            detection = int(rows[int(np.argmax(analysis.quality.value[rows]))])
            if look >= 0:
                detection = int(analysis.chip_rows[found.chip_of_look[look]])
            pts = int(analysis.detections.pts[detection])
            time_s, timecode = analysis.video.seconds(pts), clock.timecode(pts)
            yield Sighting(0, name, who.id, evidence, detection, time_s, timecode)


class UnknownSearch(FilmSearch):
    """Searches the unknown tracks of a film of a project, for a face on a photograph or in a film.

    Each is as likely the one who is looked for as any person of the project is, and stands alone.

    Parameters
    ----------
    film, result
        The film, and its result with its corrections.
    link, n_people
        Settings of the project, and number of its people.
    """

    def __init__(
        self, film: ProjectFilm, result: ClusteringResult, link: LinkConfig, n_people: int
    ) -> None:
        super().__init__(result)
        self._film, self._link, self._n_people = film, link, n_people

    def hits(self, sought: Sought, most: int) -> tuple[Hit, ...]:
        """Rank the tracks; `Hit.person` is the name of the film and the id that each has there.

        Raises
        ------
        ConfigError
            The face was not encoded by the encoder of the film.
        """
        film = self._film
        faces, quality = self._checked(sought.embeddings, sought.quality)
        index = self._of_others if sought.film != film.id else self._unknown(sought, IN_FILM)
        return tuple(
            replace(
                hit,
                person=f"{film.name}/{hit.person}",
                sightings=tuple(
                    replace(seen, film=film.id, name=film.name) for seen in hit.sightings
                ),
            )
            for hit in self._hits(index, faces, quality, most)
        )

    @cached_property
    def _of_others(self) -> _Indexes:
        """For faces that are not of this film."""
        return self._unknown(None, self._link)

    def _unknown(self, sought: Sought | None, link: LinkConfig) -> _Indexes:
        everybody = self._everybody(None if sought is None else sought.track)
        unknown = [(who, tracks) for who, tracks in everybody if who.label == UNKNOWN]
        return self._indexes(unknown, link, max(self._n_people, 1))


def _pooled(
    sums: FloatArray, precision: FloatArray, group: IntArray, n: int, is_pooled: bool
) -> tuple[FloatArray, FloatArray]:
    """The same of each group, as `clusterer.project.describe` makes them of a person."""
    if is_pooled:
        weighted, weight = sums.astype(np.float64), precision.astype(np.float64)
    else:
        seen = sums.any(axis=1)
        weight = np.where(seen, np.maximum(precision.astype(np.float64), MIN_QUALITY), 0.0)
        weighted = sums * weight[:, None]
    total = np.zeros((n, sums.shape[1]))
    np.add.at(total, group, weighted)
    known = np.bincount(group, weight, minlength=n).astype(np.float64)
    if not is_pooled:
        share = np.where(known > 0.0, known, 1.0)
        total /= share[:, None]
        known = np.bincount(group, weight**2, minlength=n) / share
    return total.astype(np.float32), known.astype(np.float32)


def _crowd(
    film: IntArray,
    sums: FloatArray,
    precision: FloatArray,
    looks: FloatArray | None = None,
    look_row: IntArray | None = None,
) -> Crowd:
    """Rows to search; what only the linking of films needs is left empty."""
    n = len(film)
    shown = np.zeros((0, sums.shape[1]), np.float32) if looks is None else looks
    return Crowd(
        film=film,
        sums=sums,
        precision=precision,
        quality=np.zeros(n, np.float32),
        n_looks=np.zeros(n, np.int64),
        screen_time_s=np.zeros(n),
        looks=shown,
        look_row=np.zeros(0, np.int64) if look_row is None else look_row,
        look_precision=np.ones(len(shown), np.float32),
        cannot_link=np.zeros((0, 2), np.int64),
    )
