"""Films of one season for measuring: parts of clips, strangers, and people given foreign looks."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

import clusterer
from benchmarks.embedded import Embedded, embed
from benchmarks.footage import RATE_HZ, Clip, results_folder
from benchmarks.people._copies import copy_of
from benchmarks.people.parts import within
from clusterer.core.config import AnalysisConfig, Config, EncodingConfig, VideoConfig
from clusterer.core.distance import mean
from clusterer.core.types import IntArray
from clusterer.evaluation import Matching, match
from clusterer.media import probe
from clusterer.people.decide import resolved
from clusterer.people.features import pool
from clusterer.project.crowd import FilmPeople
from clusterer.project.describe import describe

MIXED = 0.3
"""Share of people who are given a look of somebody else."""
SEVERAL = 3
"""Photographs of a stranger, at least."""
IN_CLIPS = re.compile(
    "Aniston|Cox|Kudrow|LeBlanc|Perry|Schwimmer|DiCaprio|Winslet|Stiller|Wilson|Bogart|Bergman"
)
"""Names of photographed people who may appear in the clips."""


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A film, and who its people are.

    Attributes
    ----------
    clip : its name
    part : 0-based
    people
    who : label of each person; empty = not known
    """

    clip: str
    part: int
    people: FilmPeople
    who: tuple[str, ...]


def film_of(
    clip: Clip, ends_s: tuple[float, float], part: int, config: Config, folder: Path
) -> Film:
    """Analyse a part of a clip, or take its analysis from the folder, and describe its people."""
    start_s, end_s = (round(end, 3) for end in ends_s)
    video = VideoConfig(config.analysis.video.sample_rate_hz, start_s=start_s or None, end_s=end_s)
    analysed = AnalysisConfig(video=video, encoding=config.analysis.encoding)
    place = folder / f"{clip.name} {start_s:g}-{end_s:g}"
    analysis = clusterer.analyse(clip.video, analysed, place)
    result = clusterer.decide(analysis, Config(analysed))
    rate = float(probe(clip.video).frame_rate)
    truth = within(clip.truth, round(start_s * rate), round(end_s * rate))
    return Film(clip.name, part, describe(result), _who(result, match(truth, analysis)))


def _who(result: clusterer.ClusteringResult, matching: Matching) -> tuple[str, ...]:
    """The person whom most labelled faces of each person show; ties by name."""
    shown = list(zip(matching.people, matching.track.tolist(), strict=True))
    found = []
    for person in result.people:
        count = Counter(name for name, track in shown if track in person.track_ids)
        found.append(min(count, key=lambda name: (-count[name], name), default=""))
    return tuple(found)


def cuts(n_parts: int, first: float | None) -> list[float]:
    """Where parts end, as shares of a clip; the first part may have another length."""
    if first is None:
        return [part / n_parts for part in range(n_parts + 1)]
    return [0.0, *(first + (1 - first) * part / (n_parts - 1) for part in range(n_parts))]


def photographed(found: Embedded, groups: Sequence[IntArray], config: Config) -> FilmPeople:
    """People of one film, of whom these photographs are the looks."""
    chosen = config.clustering
    pooled = chosen.evidence.is_known

    def describe_rows(rows: IntArray) -> tuple[np.ndarray, float]:
        if pooled:
            pools = [pool(found.embeddings[[i]], found.quality[[i]], chosen.evidence) for i in rows]
            return np.sum([each[0] for each in pools], axis=0), sum(each[1] for each in pools)
        weights = np.maximum(found.quality[rows], 1e-3)
        return mean(found.embeddings[rows], weights), float(np.average(weights, weights=weights))

    whole = [describe_rows(rows) for rows in groups]
    looks = [describe_rows(np.array([row])) for rows in groups for row in rows.tolist()]
    n, none = len(groups), np.zeros(len(groups), np.int64)
    return FilmPeople(
        ids=tuple(f"person-{i + 1}" for i in range(n)),
        names=("",) * n,
        hidden=np.zeros(n, np.bool_),
        anchors=((),) * n,
        sums=np.array([each[0] for each in whole], np.float32),
        precision=np.array([each[1] for each in whole], np.float32),
        quality=np.array([found.quality[rows].max() for rows in groups], np.float32),
        scatter=np.zeros(n, np.float32),
        screen_time_s=np.array([float(len(rows)) for rows in groups]),
        n_tracks=none,
        n_faces=none,
        n_looks=np.array([len(rows) for rows in groups], np.int64),
        covers=none,
        looks=np.array([each[0] for each in looks], np.float32),
        look_person=np.repeat(np.arange(n), [len(rows) for rows in groups]),
        look_precision=np.array([each[1] for each in looks], np.float32),
        look_rows=np.zeros(len(looks), np.int64),
        cannot_link=np.zeros((0, 2), np.int64),
    )


def strangers(found: Embedded, most: int, config: Config) -> Film | None:
    """A film of people who are in no clip, with several photographs each."""
    groups: list[IntArray] = []
    names: list[str] = []
    for name, rows in by_person(found).items():
        if len(rows) >= SEVERAL and not IN_CLIPS.search(name) and len(groups) < most:
            groups.append(rows)
            names.append(f"stranger {name}")
    return Film("strangers", 0, photographed(found, groups, config), tuple(names)) if most else None


def by_person(found: Embedded) -> dict[str, IntArray]:
    return {str(name): np.flatnonzero(found.people == name) for name in np.unique(found.people)}


def mixed(film: Film, chance: np.random.Generator) -> Film:
    """Give some people the best look of somebody else whose name is known."""
    people, who = film.people, film.who
    sums, precision = people.sums.copy(), people.precision.copy()
    looks, owner = [people.looks], [people.look_person]
    taken = []
    for person in range(len(people)):
        own = people.look_person == person
        others = [
            other
            for other in range(len(people))
            if who[other] not in {"", who[person]} and (people.look_person == other).any()
        ]
        if own.sum() < 2 or not others or chance.random() >= MIXED:
            continue
        theirs = people.look_person == chance.choice(others)
        look = int(np.argmax(np.where(theirs, people.look_precision, -1.0)))
        sums[person] += people.looks[look]
        precision[person] += people.look_precision[look]
        looks.append(people.looks[look : look + 1])
        owner.append(np.array([person]))
        taken.append(look)
    order = np.argsort(np.concatenate(owner), kind="stable")
    made = replace(
        people,
        sums=sums,
        precision=precision,
        looks=np.concatenate(looks)[order],
        look_person=np.concatenate(owner)[order],
        look_precision=np.concatenate(
            [people.look_precision, people.look_precision[np.array(taken, int)]]
        )[order],
        look_rows=np.concatenate([people.look_rows, people.look_rows[np.array(taken, int)]])[order],
    )
    return replace(film, people=made)


def seasons(
    given: argparse.Namespace, clips: Sequence[Clip]
) -> Iterator[tuple[str, list[Film], Config, bool]]:
    """Title, films, settings, and whether all are of clips.

    For each encoder, sample rate, kind of copy and number of parts.
    """
    with results_folder(given.results) as results:
        for encoder in given.encoders:
            config = config_of(encoder, RATE_HZ)
            others = None
            if given.strangers:
                others = strangers(
                    embedded_of(given, given.people, encoder), given.strangers, config
                )
            for rate in given.rates:
                config = config_of(encoder, rate)
                for kind in ("", *given.kinds):
                    place = results / (kind or "original") / encoder / f"{rate:g}"
                    used = [
                        copy_of(clip, kind, results / "copies") if kind else clip for clip in clips
                    ]
                    for n_parts, first in given.cut:
                        films = _films(used, cuts(n_parts, first), config, place)
                        title = f"{kind} {n_parts} parts".strip() + (
                            f", first {first:g}" if first else ""
                        )
                        yield title, films, config, True
                        if others is not None:
                            yield f"{title}, strangers", [*films, others], config, False
                            alone = [film for film in films if film.part == 0]
                            yield f"{title}, first only", [*alone, others], config, False


def _films(clips: Sequence[Clip], ends: list[float], config: Config, place: Path) -> list[Film]:
    found = []
    for clip in clips:
        length_s = probe(clip.video).duration_s
        for part, (start, end) in enumerate(pairwise(ends)):
            found.append(film_of(clip, (start * length_s, end * length_s), part, config, place))
    return found


def config_of(encoder: str, rate_hz: float) -> Config:
    """The settings of films with this encoder and sample rate."""
    analysis = AnalysisConfig(
        video=VideoConfig(sample_rate_hz=rate_hz), encoding=EncodingConfig(encoder=encoder)
    )
    return resolved(Config(analysis))


def embedded_of(given: argparse.Namespace, archive: Path, encoder: str) -> Embedded:
    keep = None
    if given.results is not None:
        name = encoder.rpartition("/")[2]
        keep = given.results / f"{archive.stem}-{name}-{given.per_person}.npz"
        keep.parent.mkdir(parents=True, exist_ok=True)
    return embed(archive, encoder, given.per_person, keep)
