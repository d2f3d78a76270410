"""How often the words of confidence are right, and what cuts chosen without a clip do in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, pairwise, product

import numpy as np
import numpy.typing as npt

from benchmarks.footage import ENCODER, AnalysedClip
from benchmarks.tables import markdown
from clusterer.core.certainty import Sure, Word, overall
from clusterer.core.config import AnalysisConfig, Config, EncodingConfig
from clusterer.core.types import UNKNOWN, TrackFeatures
from clusterer.evaluation import MISSED
from clusterer.faces.encoding import default_threshold
from clusterer.people.decide import Basis, assign, basis, resolved
from clusterer.people.sure import NEAR, Facts, best_scores, facts_of, judge

FACTORS = (1.0, 1.15, 1.3)
"""Thresholds, in the encoder's defaults: at the default hardly any track is wrong."""
NEARS = tuple(round(0.1 * n, 1) for n in range(5, 16))
"""Farthest reach of a certain track, in units."""
GOAL = 0.99
"""Share of certain tracks of the other clips that must be right; the cut is one step tighter."""
PURE = 0.9
"""Least share of a person's faces that must be of one person."""
TOGETHER = "all clips as one film"
LEFT_OUT = "left out: certain, right"
TRACKS = tuple(f"{word.value}: tracks, right" for word in Word)
PEOPLE = tuple(f"{word.value}: people, one person, faces right" for word in Word)


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """Tracks of a clip, or of several as one film, and who they are.

    Attributes
    ----------
    known : input of the grouping
    scores : array of shape (t,), the detector's best of each track
    faces : t counts of matched faces by person; those of nobody that is labelled under ``""``
    """

    name: str
    encoder: str
    config: Config
    known: Basis
    scores: npt.NDArray[np.float64]
    faces: tuple[Counter[str], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A word, and whether it is of what it says.

    Attributes
    ----------
    certain : farthest reach at which the track would be certain; infinite = at none
    right : whether it is the person of most faces of its group; of a person, whether it is one
    share : faces of the group's person among all
    """

    film: str
    encoder: str
    sure: Sure
    certain: float
    right: bool
    share: float


def film_of(clip: AnalysedClip, encoder: str = ENCODER) -> Film:
    """A clip by itself."""
    config = resolved(Config(AnalysisConfig(encoding=EncodingConfig(encoder=encoder))))
    matching, analysis = clip.matching, clip.analysis
    faces: list[Counter[str]] = [Counter() for _ in analysis.tracks]
    for person, track in zip(matching.people, matching.track.tolist(), strict=True):
        if track != MISSED:
            faces[track][person] += 1
    for track in matching.stray_track.tolist():
        faces[track][""] += 1
    known, scores = basis(analysis, config), best_scores(analysis)
    return Film(clip.name, encoder, config, known, scores, tuple(faces))


def as_one(films: Sequence[Film]) -> Film:
    """All films one after the other, as one; people of one name are one."""
    offsets = np.cumsum([0, *(len(film.scores) for film in films)])
    tracks = sum((film.known.features.reasons for film in films), ())
    known = [film.known for film in films]
    arrays = {
        name: np.concatenate([getattr(each.features, name) for each in known])
        for name in TrackFeatures.__slots__
        if name not in {"reasons", "coloured", "track_ids", "start_pts"}
    }
    order = np.arange(len(tracks))
    coloured = all(each.features.coloured for each in known)
    features = TrackFeatures(order, order, reasons=tracks, coloured=coloured, **arrays)
    cannot, must, together = (
        np.concatenate([getattr(each, name) + k for each, k in zip(known, offsets, strict=False)])
        for name in ("cannot_link", "must_link", "together")
    )
    hours = 3600.0 * np.arange(len(films))  # apart, so that no clothes are of one scene
    spans = np.concatenate([each.spans_s + h for each, h in zip(known, hours, strict=True)])
    scores = np.concatenate([film.scores for film in films])
    faces = tuple(count for film in films for count in film.faces)
    whole = replace(
        known[0],
        features=features,
        cannot_link=cannot,
        must_link=must,
        spans_s=spans,
        together=together,
    )
    return replace(films[0], name=TOGETHER, known=whole, scores=scores, faces=faces)


def judged(film: Film, factor: float) -> tuple[list[Judged], list[Judged]]:
    """Tracks and people of a grouping at a threshold, in defaults; unlabelled places left out."""
    unit = default_threshold(film.config.analysis.encoding, "l2")
    found = assign(film.known, film.config.clustering, unit * factor)
    labels, features = found.labels, film.known.features
    facts = facts_of(features, labels, film.scores, "l2", unit=unit, decisions=found.decisions)
    tracks, people = [], []
    for label in sorted({*labels.tolist()} - {UNKNOWN}):
        group = [t for t in np.flatnonzero(labels == label).tolist() if film.faces[t]]
        if not group:
            continue
        words = [judge(facts[t]) for t in group]
        who, share = _person(film.faces[t] for t in group)
        tracks += [
            Judged(film.name, film.encoder, word, _certain(facts[t]), one == who != "", share)
            for t, word in zip(group, words, strict=True)
            for one, _ in [_person([film.faces[t]])]
        ]
        word = overall(words, [sum(film.faces[t].values()) for t in group])
        people.append(Judged(film.name, film.encoder, word, 0.0, share >= PURE, share))
    return tracks, people


def _person(faces: Iterable[Counter[str]]) -> tuple[str, float]:
    """The labelled person of most faces, empty if there is none, and the share of the faces."""
    count = sum(faces, Counter[str]())
    named = {person: n for person, n in count.items() if person}
    who = min(named, key=lambda person: (-named[person], person), default="")
    if count[""] > named.get(who, 0):
        who = ""
    return who, named.get(who, 0) / sum(count.values())


def _certain(facts: Facts) -> float:
    """Farthest reach at which the track would be certain, were the cut another."""
    if facts.reach is None or judge(facts._replace(reach=NEAR)).word is not Word.CERTAIN:
        return np.inf
    return facts.reach


def chosen(tracks: Sequence[Judged]) -> float:
    """One step less than the farthest reach of which `GOAL` of the tracks within are right."""
    good = [NEARS[0]]
    for tighter, near in pairwise(NEARS):
        within = [each.right for each in tracks if each.certain <= near]
        if within and np.mean(within) >= GOAL:
            good.append(tighter)
    return max(good)


def tables(clips: Sequence[tuple[str, AnalysedClip]]) -> str:
    """Words of tracks and of people, by clip, by encoder, and of all clips as one film.

    Parameters
    ----------
    clips
        Each with the encoder that made it.
    """
    alone = [(clip.rate_hz, film_of(clip, encoder)) for encoder, clip in clips]
    kinds = dict.fromkeys((film.encoder, rate) for rate, film in alone)
    joined = [
        as_one([film for rate, film in alone if (film.encoder, rate) == kind]) for kind in kinds
    ]
    found = [judged(film, f) for film, f in product([film for _, film in alone] + joined, FACTORS)]
    tracks, people = (list(chain.from_iterable(part)) for part in zip(*found, strict=True))
    single = [each for each in tracks if each.film != TOGETHER]
    names = sorted({each.film for each in single})
    cuts = {name: chosen([each for each in single if each.film != name]) for name in names}
    left_out = [each for each in single if each.certain <= cuts[each.film]]
    rows, of_people = [], []
    for value, its in _parts(names, list(dict.fromkeys(encoder for encoder, _ in kinds))):
        out = _share(filter(its, left_out)) if any(map(its, single)) else "-"
        rows.append([value, *_shares(filter(its, tracks)), out])
        of_people.append([value, *_shares(filter(its, people), purity=True)])
    cut = ", ".join(f"{name} {cut:g}" for name, cut in cuts.items())
    return (
        f"{markdown(('', *TRACKS, LEFT_OUT), rows)}\n\n{markdown(('', *PEOPLE), of_people)}\n\n"
        f"Farthest reach, chosen on all clips: {chosen(single):g}; without {cut}."
    )


def _parts(
    clips: Sequence[str], encoders: Sequence[str]
) -> Iterator[tuple[str, Callable[[Judged], bool]]]:
    """Rows of the tables: what they are called, and which tracks or people they count."""
    for name in clips:
        yield name, partial(_is_of, film=name)
    for name in encoders:
        yield name, partial(_is_of, encoder=name)
    yield "all", _is_of
    for name in encoders:
        yield f"{TOGETHER}, {name}", partial(_is_of, film=TOGETHER, encoder=name)


def _is_of(each: Judged, film: str = "", encoder: str = "") -> bool:
    one = each.film == film if film else each.film != TOGETHER
    return one and encoder in {"", each.encoder}


def _shares(found: Iterable[Judged], *, purity: bool = False) -> list[str]:
    by_word: dict[Word, list[Judged]] = {word: [] for word in Word}
    for each in found:
        by_word[each.sure.word].append(each)
    return [_share(some, purity=purity) for some in by_word.values()]


def _share(found: Iterable[Judged], *, purity: bool = False) -> str:
    some = list(found)
    if not some:
        return "0"
    right = f"{len(some)}, {np.mean([each.right for each in some]):.3f}"
    return right + (f", {np.mean([each.share for each in some]):.3f}" if purity else "")
