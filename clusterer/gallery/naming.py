"""Name the people of a result by a gallery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from clusterer.core.config import GalleryConfig
from clusterer.core.distance import between
from clusterer.core.errors import GalleryError, system_libraries
from clusterer.core.types import UNKNOWN, Action, Advice, ClusteringResult, Edit, Identity, Reason
from clusterer.edits import EditLog
from clusterer.gallery.faces import Gallery, Scale
from clusterer.gallery.match import match
from clusterer.gallery.read import made_by
from clusterer.outputs.save import save
from clusterer.people.amend import amend, keys_of
from clusterer.people.constraints import co_occurrence
from clusterer.people.editor import anchors
from clusterer.people.names import BY_GALLERY, current, ever_named, given_names
from clusterer.store.folder import ResultFolder
from clusterer.store.run_lock import WAIT


@dataclass(frozen=True, slots=True)
class NameSuggestion:
    """The name that a gallery suggests for a person.

    Attributes
    ----------
    person : name before
    name : the name given; empty = none
    candidates : names with their distance, nearest first; the first is the one given
    """

    person: str
    name: str
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """A result with names.

    Attributes
    ----------
    result : with the names
    suggestions : one per person who had no name before and is not hidden, by screen time
    """

    result: ClusteringResult
    suggestions: tuple[NameSuggestion, ...]


def name_people(
    folder: Path | str, gallery: Gallery, chosen: GalleryConfig | None = None
) -> Naming:
    """Name the people of a result folder by a gallery, as corrections that a review can undo.

    People whose name was corrected before, and hidden people, are left unchanged.

    Parameters
    ----------
    folder
        A result folder; its corrections, tables and report are rewritten.
    gallery
        Of `read_gallery`, with the settings of the result.
    chosen
        How near a person must be to get a name.

    Raises
    ------
    GalleryError
        It was encoded by another encoder or metric.
    ResultError
        The result cannot be read or written, or a run is at work there.
    EditsError
        The corrections cannot be read or are of another grouping.
    """
    own = ResultFolder(folder)
    with own.locked(remedy=WAIT):
        return _name_people(own, gallery, chosen or GalleryConfig())


def _name_people(own: ResultFolder, gallery: Gallery, chosen: GalleryConfig) -> Naming:
    """Do as `name_people`, while holding the lock."""
    loaded = own.load()
    with own.editing():
        naming, changed = _renamed(own, loaded, gallery, chosen)
    if changed:
        with system_libraries():
            save(naming.result, own)
    return naming


def _renamed(
    own: ResultFolder, loaded: ClusteringResult, gallery: Gallery, chosen: GalleryConfig
) -> tuple[Naming, bool]:
    """The result with names, whose corrections are written; and whether its tables must be."""
    log = own.edits
    result = current(loaded, log.edits)
    naming = named_by(gallery, result, log, chosen)
    named = naming.result
    has_more = named.edits != result.edits
    if has_more:
        video = log.video or Path(result.analysis.video.path).name
        own.write_edits(replace(log, edits=named.edits, video=video))
    return naming, (
        has_more or named.advice.names != result.advice.names or loaded.edits != log.edits
    )


def named_by(
    gallery: Gallery,
    result: ClusteringResult,
    log: EditLog,
    chosen: GalleryConfig | None = None,
) -> Naming:
    """Name the people of a result; nothing is read or written.

    Parameters
    ----------
    gallery
    result
        With its corrections.
    log
        All corrections, also undone ones.
    chosen
        As of `name_people`; errors as there.
    """
    suggestions = Unnamed(result, log).suggestions(gallery, chosen or GalleryConfig())
    edits = tuple(
        name_edit(result, person, suggestion.name, gallery_note(person, suggestion, gallery.scale))
        for person, suggestion in suggestions
        if suggestion.name
    )
    named = amend(result, (*result.edits, *edits)) if edits else result
    named = replace(named, advice=_advice(result, suggestions))
    return Naming(named, tuple(suggestion for _, suggestion in suggestions))


class Unnamed:
    """The people of a result who may get a name."""

    def __init__(self, result: ClusteringResult, log: EditLog) -> None:
        self._result = result
        self._names = given_names(result)
        done = ever_named(result, (*log.edits, *log.undone)) | set(self._names)
        self._open = [p for p in result.people if p.label not in done and not p.hidden]

    @property
    def people(self) -> tuple[Identity, ...]:
        """By screen time."""
        return tuple(self._open)

    @property
    def names(self) -> dict[int, str]:
        """Label → name that somebody has already."""
        return self._names

    def suggestions(
        self, gallery: Gallery, chosen: GalleryConfig
    ) -> list[tuple[Identity, NameSuggestion]]:
        """Suggest a name of a gallery for each.

        Raises
        ------
        GalleryError
            It was encoded by another encoder or metric.
        """
        self._check(gallery)
        distance = self._distance(gallery, chosen.min_quality)
        scaled = gallery.scale.count(distance)
        met = _meetings(self._result)
        meet = np.array(
            [[b.label in met[a.label] for b in self._open] for a in self._open], dtype=bool
        ).reshape(len(self._open), len(self._open))
        matched = match(scaled, meet, self._held(gallery, met), chosen)
        found = []
        for row, person in enumerate(self._open):
            name = matched.given.get(row)
            order = matched.candidates.get(row, ())
            if name is not None:
                others = np.argsort(scaled[row], kind="stable").tolist()
                order = (name, *(other for other in others if other != name))[:2]
            pairs = [(gallery.names[i], round(float(distance[row, i]), 4)) for i in order]
            given = "" if name is None else gallery.names[name]
            found.append((person, NameSuggestion(person.name, given, tuple(pairs))))
        return found

    def _check(self, gallery: Gallery) -> None:
        encoder = self._result.config.analysis.encoding.encoder
        metric = self._result.config.clustering.metric
        made = made_by(encoder, self._result.analysis.models)
        if (made, metric) != (gallery.encoder, gallery.scale.metric):
            raise GalleryError(f"The gallery was not encoded by {encoder} for the metric {metric}")

    def _distance(self, gallery: Gallery, min_quality: float) -> npt.NDArray[np.float64]:
        """From the mean embedding of each person to each name; infinite without a readable face."""
        features = self._result.features
        distance = np.full((len(self._open), len(gallery.names)), np.inf)
        for row, person in enumerate(self._open):
            tracks = [
                track
                for track in person.track_ids
                if features.has_face[track] and features.reasons[track] is Reason.NONE
            ]
            weights = features.quality[tracks].astype(np.float64)
            if weights.max(initial=0.0) >= min_quality and weights.sum() > 0.0:
                mean = np.average(features.face[tracks].astype(np.float64), axis=0, weights=weights)
                metric = gallery.scale.metric
                distance[row] = between(mean[None], gallery.means, metric)[0]
        return distance

    def _held(self, gallery: Gallery, met: Mapping[int, set[int]]) -> dict[int, frozenset[int]]:
        """Names, in any case, that people seen with each person have already."""
        position = {name.casefold(): i for i, name in enumerate(gallery.names)}
        holds = {
            label: position[name.casefold()]
            for label, name in self._names.items()
            if name.casefold() in position
        }
        return {
            row: frozenset(name for label, name in holds.items() if label in met[person.label])
            for row, person in enumerate(self._open)
        }


def _meetings(result: ClusteringResult) -> dict[int, set[int]]:
    """Label → labels of people seen in a frame with that person."""
    labels = result.labels.tolist()
    met: dict[int, set[int]] = defaultdict(set)
    for a, b in co_occurrence(result.analysis.tracks, result.analysis.detections).tolist():
        first, second = labels[a], labels[b]
        if first != second and UNKNOWN not in {first, second}:
            met[first].add(second)
            met[second].add(first)
    return met


def gallery_note(person: Identity, suggestion: NameSuggestion, scale: Scale) -> str:
    """Why a person has a name of a gallery, for the correction."""
    (_, distance), *others = suggestion.candidates
    note = f"{person.name} is {suggestion.name}{BY_GALLERY}{scale.text(distance)}"
    for other, farther in others:
        note += f", next {other} {scale.text(farther)}"
    return note


def name_edit(result: ClusteringResult, person: Identity, name: str, note: str) -> Edit:
    """A name as a correction of the person's best tracks, as on the page."""
    keys = keys_of(result.analysis).tracks
    return Edit(
        Action.NAME,
        who=tuple(keys[track] for track in anchors(result, person.track_ids)),
        name=name,
        note=note[:500],
    )


def _advice(result: ClusteringResult, suggestions: list[tuple[Identity, NameSuggestion]]) -> Advice:
    """Add the candidates of people who stay unnamed, if they are people of the grouping."""
    grouped = set(result.grouped.labels.tolist())
    names = {
        person.label: suggestion.candidates
        for person, suggestion in suggestions
        if not suggestion.name and suggestion.candidates and person.label in grouped
    }
    return replace(result.advice, names=names)
