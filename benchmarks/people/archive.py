"""Photographs as an archive: who is joined, and who is asked about, among thousands of people.

    python -m benchmarks people archive [--archive FACES.tar] [--encoder sface] [--keep FILE.npz]

Half of the photographs of everybody are in one film, half in another, of 12 people each; who has
one photograph is in one film only. Each photograph is a look. Pairs are of people of two films.
A true pair that is not joined is offered if a question asks about the persons of its rows.
Rows: pairs with at least so many readable looks on either side. Second table: the same true pairs
by how many people there might be, whose number lowers the odds: the share whose evidence would be
enough to join them, and to ask about them.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.embedded import add_keep, embed
from benchmarks.footage import add_encoder
from benchmarks.people._crowds import ENCODER, Cast, config_of, halves
from benchmarks.photographs import FACES
from benchmarks.tables import print_table
from clusterer.core.config import Config, LinkConfig
from clusterer.project.crowd import Linked
from clusterer.project.evidence import Products, Scale
from clusterer.project.link import link
from clusterer.project.neighbours import products_of
from clusterer.project.types import Scope

QUICK: Mapping[str, object] = {"seeds": [0], "per_person": 4}
HEADER = (
    "scope", "seed", "looks", "true pairs", "joined", "precision", "recall", "left", "offered",
    "questions", "right",
)  # fmt: skip
SIZES_HEADER = ("people", "looks", "true pairs", "enough to join", "to ask")
LOOKS = (1, 2, 3, 5)
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
EVERYBODY = 1000


def rows(cast: Cast, linked: Linked, scope: Scope, seed: int) -> list[list[str]]:
    """Rows of the table."""
    a, b = _true_pairs(cast)
    joined_a, joined_b = _joined_pairs(linked)
    asked = {
        tuple(sorted((int(linked.labels[doubt.a]), int(linked.labels[doubt.b]))))
        for doubt in linked.doubts
    }
    right = sum(cast.people[each.a] == cast.people[each.b] for each in linked.doubts)
    looks = cast.crowd.n_looks
    made = []
    for least in LOOKS:
        here = np.minimum(looks[a], looks[b]) >= least
        both = linked.labels[a] == linked.labels[b]
        made_here = np.minimum(looks[joined_a], looks[joined_b]) >= least
        correct = cast.people[joined_a] == cast.people[joined_b]
        left = np.flatnonzero(here & ~both)
        offered = sum(
            tuple(sorted((int(linked.labels[a[i]]), int(linked.labels[b[i]])))) in asked
            for i in left.tolist()
        )
        n_joined = int(made_here.sum())
        made.append(
            [
                scope.value,
                str(seed),
                f"≥ {least}",
                str(int(here.sum())),
                str(n_joined),
                _share(int((correct & made_here).sum()), n_joined),
                _share(int((here & both).sum()), int(here.sum())),
                str(len(left)),
                _share(offered, len(left)),
                *(
                    (str(len(linked.doubts)), _share(int(right), len(linked.doubts)))
                    if least == LOOKS[0]
                    else ("", "")
                ),
            ]
        )
    return made


def by_size(cast: Cast, config: Config, chosen: LinkConfig) -> list[list[str]]:
    """Rows of the second table."""
    a, b = _true_pairs(cast)
    scale = Scale.of(config, chosen)
    products = Products.of(scale.pools(cast.crowd.sums, cast.crowd.precision), scale)
    evidence = products.evidence(products_of(products, a, b), a, b)
    looks = np.minimum(cast.crowd.n_looks[a], cast.crowd.n_looks[b])
    made = []
    for people in SIZES:
        for least in LOOKS[::2]:
            of_these = evidence[looks >= least] - math.log(people)
            shares = [
                _share(int((of_these >= enough).sum()), len(of_these))
                for enough in (chosen.caution, chosen.ask_in_archive)
            ]
            made.append([f"{people:,}", f"≥ {least}", str(len(of_these)), *shares])
    return made


def _true_pairs(cast: Cast) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(cast.people, kind="stable")
    same = cast.people[order[1:]] == cast.people[order[:-1]]
    return order[:-1][same], order[1:][same]


def _joined_pairs(linked: Linked) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of rows of one person of the project."""
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    order = np.argsort(linked.labels, kind="stable")
    for own in np.split(order, np.cumsum(np.bincount(linked.labels))[:-1]):
        i, j = np.triu_indices(len(own), 1)
        first.append(own[i])
        second.append(own[j])
    return np.concatenate(first), np.concatenate(second)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--archive",
        type=Path,
        default=FACES / "lfw160.tar",
        metavar="FACES.tar",
        help="archive of PERSON/PICTURE.jpg",
    )
    parser.add_argument("--per-person", type=int, default=EVERYBODY, metavar="N")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2], metavar="SEED")
    add_encoder(parser)
    parser.set_defaults(encoder=ENCODER)
    add_keep(parser)


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    found = embed(given.archive, given.encoder, given.per_person, given.keep)
    config, chosen = config_of(given.encoder), LinkConfig()
    table = []
    for seed in given.seeds:
        cast = halves(found, config, seed)
        for scope in (Scope.ARCHIVE, Scope.SEASON):
            started_s = time.perf_counter()
            linked = link(cast.crowd, scope=scope, config=config, chosen=chosen)
            table += rows(cast, linked, scope, seed)
            print(f"{scope.value} {seed}: {time.perf_counter() - started_s:.1f} s")
    print_table(HEADER, table)
    print()
    print_table(SIZES_HEADER, by_size(halves(found, config, given.seeds[0]), config, chosen))
