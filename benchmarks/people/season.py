"""Who is joined over films with partly the same people, and who is asked about.

    python -m benchmarks people season [CLIP.mp4 ...] [--encoders sface dlib] [--rates 3 4 5 6]
        [--parts 2 3] [--first 0.38] [--strangers 300] [--mixed 4] [--kinds half dark ...]
        [--results FOLDER] [--leave-one-out]

First table: parts of clips are films, each analysed by itself. Who a person of a film is, most of
the labelled faces say; people with the same label are the same in all clips. Pairs are two people
of different films. Precision: of pairs that were joined; recall: of pairs of one person, all and
those with three readable looks on both sides; joined or asked: of these. Strangers are photographed
people as one film more, and the first part of each clip is also linked alone with them: all but
those who are in two clips are then different people. Mixed: three people of ten are given the best
look of somebody else of their film, as if both had been taken for one; several draws together.

Second table: photographs of known people, five of each in one film and five in another, drawn
anew each time.

With ``--leave-one-out``, two others: for each clip, the settings of `LinkConfig` are chosen on the
other clips' pairs in the same films, and counted are the pairs of this clip; and questions by their
probability, see `benchmarks.people._left_out`.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.embedded import Embedded
from benchmarks.footage import RATE_HZ, Clip, add_clips, add_results, read_clips
from benchmarks.people import _left_out
from benchmarks.people._copies import KINDS
from benchmarks.people._seasons import (
    Film,
    by_person,
    config_of,
    embedded_of,
    mixed,
    photographed,
    seasons,
)
from benchmarks.photographs import FACES, add_photographs
from benchmarks.tables import print_table
from clusterer.core.config import Config, LinkConfig
from clusterer.core.types import IntArray
from clusterer.project.crowd import Crowd, Linked
from clusterer.project.link import link

QUICK: Mapping[str, object] = {
    "parts": [2],
    "draws": 2,
    "looks": 2,
    "strangers": 0,
    "mixed": 1,
    "encoders": ["dlib"],
}
READABLE = 3
"""Looks on both sides of the pairs that ought to be joined."""
HEADER = (
    "films", "encoder", "samples per s", "films, people", "joined", "precision", "recall",
    "recall, readable", "joined or asked", "questions", "right",
)  # fmt: skip
DRAWS = ("photographs", "encoder", "people", "pairs joined", "precision, mean", "worst",
         "recall, mean", "worst", "joined or asked")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scores:
    """What was joined.

    Attributes
    ----------
    joined, right : pairs
    same, readable : pairs of one person; those with readable looks
    found : of the readable, those that are joined
    offered : of the readable, those that are joined or asked about
    questions, correct : questions, and those about one person
    """

    joined: int
    right: int
    same: int
    readable: int
    found: int
    offered: int
    questions: int
    correct: int

    @classmethod
    def of(cls, crowd: Crowd, who: Sequence[str], linked: Linked) -> Scores:
        """Count pairs of rows of different films, of which both are known."""
        labels, looks = linked.labels.tolist(), crowd.n_looks.tolist()
        known = [each for each in linked.doubts if who[each.a] and who[each.b]]
        asked = {frozenset((labels[each.a], labels[each.b])) for each in linked.doubts}
        count: Counter[str] = Counter()
        for a, b in combinations(np.flatnonzero(np.array(who) != "").tolist(), 2):
            if crowd.film[a] == crowd.film[b]:
                continue
            joined, same = labels[a] == labels[b], who[a] == who[b]
            readable = same and min(looks[a], looks[b]) >= READABLE
            offered = joined or frozenset((labels[a], labels[b])) in asked
            count.update(
                joined=joined,
                right=joined and same,
                same=same,
                readable=readable,
                found=readable and joined,
                offered=readable and offered,
            )
        correct = sum(who[each.a] == who[each.b] for each in known)
        return cls(**count, questions=len(known), correct=correct)

    def cells(self) -> list[str]:
        """Columns of the first table."""
        return [
            str(self.joined),
            _share(self.right, self.joined),
            _share(self.right, self.same),
            f"{self.found} of {self.readable} = {_share(self.found, self.readable)}",
            _share(self.offered, self.readable),
            str(self.questions),
            _share(self.correct, self.questions),
        ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def scores_of(films: Sequence[Film], config: Config) -> Scores:
    """Link films."""
    crowd = Crowd.of(tuple(film.people for film in films))
    who = [name for film in films for name in film.who]
    return Scores.of(crowd, who, link(crowd, config=config, chosen=LinkConfig()))


def linked_row(title: str, films: Sequence[Film], config: Config) -> list[str]:
    """A row of the first table."""
    return _row(title, films, scores_of(films, config), config)


def mixed_row(title: str, films: Sequence[Film], draws: int, config: Config) -> list[str]:
    """The same, where some people have a look of somebody else; the sum of all draws."""
    drawn = [
        scores_of([mixed(film, chance) for film in films], config)
        for chance in map(np.random.default_rng, range(draws))
    ]
    total = [sum(getattr(each, name) for each in drawn) for name in Scores.__slots__]
    return _row(title, films, Scores(*total), config)


def _row(title: str, films: Sequence[Film], scores: Scores, config: Config) -> list[str]:
    encoding, rate = config.analysis.encoding.encoder, config.analysis.video.sample_rate_hz
    n_people = sum(len(film.people) for film in films)
    return [title, encoding, f"{rate:g}", f"{len(films)}, {n_people}", *scores.cells()]


def episode_rows(given: argparse.Namespace, clips: Sequence[Clip]) -> Iterator[list[str]]:
    """The first table."""
    for title, films, config, of_clips in seasons(given, clips):
        yield linked_row(title, films, config)
        if given.mixed and of_clips:
            yield mixed_row(f"{title}, mixed", films, given.mixed, config)


def left_out_runs(given: argparse.Namespace, clips: Sequence[Clip]) -> Iterator[_left_out.Run]:
    """The films of the first table, as settings are chosen on them."""
    for _, films, config, of_clips in seasons(given, clips):
        draws = [
            [mixed(film, chance) for film in films]
            for chance in map(np.random.default_rng, range(given.mixed if of_clips else 0))
        ]
        for position, each in enumerate([films, *draws]):
            yield _left_out.Run.of(
                config,
                Crowd.of(tuple(film.people for film in each)),
                [film.clip for film in each for _ in film.who],
                [name for film in each for name in film.who],
                READABLE,
                is_mixed=position > 0,
            )


def photograph_rows(given: argparse.Namespace) -> Iterator[list[str]]:
    """The second table: each encoder over many draws."""
    archives = [archive for archive in given.photographs if archive != given.people]
    for encoder in given.encoders if archives else ():
        config = config_of(encoder, RATE_HZ)
        parts = [embedded_of(given, archive, encoder) for archive in archives]
        found = Embedded(
            np.concatenate([part.people for part in parts]),
            np.concatenate([part.quality for part in parts]),
            np.concatenate([part.embeddings for part in parts]),
        )
        everybody = {
            name: rows for name, rows in by_person(found).items() if len(rows) >= 2 * given.looks
        }
        scores = [draw(found, everybody, given.looks, seed, config) for seed in range(given.draws)]
        precision = [each.right / max(each.joined, 1) for each in scores]
        recall = [each.right / each.same for each in scores]
        offered = fmean(each.offered / max(each.readable, 1) for each in scores)
        joined = fmean(each.joined for each in scores)
        figures = (fmean(precision), min(precision), fmean(recall), min(recall), offered)
        yield [
            f"{given.looks} + {given.looks}",
            encoder,
            str(len(everybody)),
            f"{joined:.1f}",
            *(f"{figure:.4f}" for figure in figures),
        ]


def draw(
    found: Embedded, everybody: Mapping[str, IntArray], looks: int, seed: int, config: Config
) -> Scores:
    """Two films of the same people, of different photographs."""
    chance = np.random.default_rng(seed)
    drawn = [chance.permutation(rows)[: 2 * looks] for rows in everybody.values()]
    films = tuple(
        photographed(found, [rows[side * looks : (side + 1) * looks] for rows in drawn], config)
        for side in range(2)
    )
    crowd = Crowd.of(films)
    return Scores.of(crowd, [*everybody] * 2, link(crowd, config=config, chosen=LinkConfig()))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--encoders", nargs="+", default=["sface"], metavar="NAME")
    parser.add_argument("--rates", type=float, nargs="+", default=[RATE_HZ], metavar="HZ")
    parser.add_argument("--parts", type=int, nargs="+", default=[2, 3], metavar="N")
    parser.add_argument(
        "--first",
        type=float,
        metavar="SHARE",
        help="cut clips once more into two parts, the first of this length, 0 to 1",
    )
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=[], metavar="NAME")
    parser.add_argument("--mixed", type=int, default=0, metavar="DRAWS")
    parser.add_argument("--strangers", type=int, default=0, metavar="N")
    parser.add_argument(
        "--people",
        type=Path,
        default=FACES / "lfw160.tar",
        metavar="FACES.tar",
        help="archive of PERSON/PICTURE.jpg that strangers are taken from",
    )
    add_photographs(parser, 60)
    parser.add_argument("--looks", type=int, default=5, help="photographs of everybody in a film")
    parser.add_argument("--draws", type=int, default=40, metavar="N")
    parser.add_argument(
        "--leave-one-out", action="store_true", help="choose settings without each clip"
    )
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print both tables."""
    given.cut = [(n_parts, None) for n_parts in given.parts]
    if given.first is not None:
        given.cut.append((2, given.first))
    clips = read_clips(given.clips)
    if given.leave_one_out:
        runs, names = list(left_out_runs(given, clips)), [clip.name for clip in clips]
        print_table(_left_out.HEADER, _left_out.rows(runs, names))
        print()
        print_table(_left_out.ASKED, _left_out.asked_rows(runs, names))
        return
    print_table(HEADER, episode_rows(given, clips))
    print()
    print_table(DRAWS, photograph_rows(given))
