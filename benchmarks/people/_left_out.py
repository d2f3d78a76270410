"""Settings of linking chosen without a clip, and what they join in that clip.

Chosen is what joins most readable pairs of one person and nobody wrongly, not even with any one
setting a step laxer, of all pairs without a person of the clip; counted are all other pairs. All
films are linked each time: the clip's people are there, but nothing about them is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from clusterer.core.config import Config, LinkConfig
from clusterer.core.types import IntArray
from clusterer.project import link as linking
from clusterer.project.crowd import Crowd
from clusterer.project.edges import find_edges
from clusterer.project.evidence import Scale
from clusterer.project.join import Rules, join
from clusterer.project.neighbours import Pairs
from clusterer.project.types import Scope

GRID: Mapping[str, tuple[float, ...]] = {
    "caution": (6.0, 4.0, 3.5, 3.0, 2.5, 2.0, 1.5),
    "margin": (2.0, 1.0, 0.0),
    "split_margin": (1.5, 2.0, 2.5),
    "split_share": (0.2, 0.3, 0.4),
}
"""What each setting may be, the strictest first; the last only shows whether there is room. The
others matter less, see `LinkConfig`."""
COST = 5.0
"""Right joins that a wrong one costs where people are impure on purpose: there, some are wrong."""
HEADER = (
    "left out", "chosen: " + ", ".join(GRID), "joined", "precision", "readable joined",
    "impure: joined", "precision",
)  # fmt: skip
ASKED = (
    "probability", "questions", "mean", "right", "fitted without: questions", "mean", "right",
)  # fmt: skip
BINS = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.01)
STEPS = 30
PULL = 1e-3
"""Towards a slope of 1, so that a fit to few questions exists."""

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Films that are linked, and the pairs that count.

    Attributes
    ----------
    config
    crowd
    clip, who : of each row; empty = not known
    a, b : arrays of shape (m,), int64, rows of different films, both known
    same, readable : arrays of shape (m,), bool; the readable are of one person, too
    is_mixed : whether people are impure on purpose
    known : what linking starts from, by `LinkConfig.shared_look`
    """

    config: Config
    crowd: Crowd
    clip: tuple[str, ...]
    who: tuple[str, ...]
    a: IntArray
    b: IntArray
    same: Bools
    readable: Bools
    is_mixed: bool
    known: dict[float, tuple[Rules, Pairs]] = field(default_factory=dict)

    @classmethod
    def of(  # noqa: PLR0913 (what the pairs are made of)
        cls,
        config: Config,
        crowd: Crowd,
        clip: Sequence[str],
        who: Sequence[str],
        looks: int,
        *,
        is_mixed: bool,
    ) -> Run:
        """Collect the pairs; those with so many looks on both sides are readable."""
        names = np.array(who)
        known = np.flatnonzero(names != "")
        a, b = (known[each] for each in np.triu_indices(len(known), 1))
        apart = crowd.film[a] != crowd.film[b]
        a, b = a[apart], b[apart]
        same = names[a] == names[b]
        readable = same & (np.minimum(crowd.n_looks[a], crowd.n_looks[b]) >= looks)
        return cls(config, crowd, tuple(clip), tuple(who), a, b, same, readable, is_mixed)

    def joined(self, link: LinkConfig) -> Bools:
        """Whether each pair is joined, shape (m,)."""
        if link.shared_look not in self.known:
            scale = Scale.of(self.config, link)
            rules = Rules.of(self.crowd, linking.NOTHING_DECIDED, scale, Scope.SEASON, link)
            edges = find_edges(self.crowd, scale, Scope.SEASON, link)
            self.known[link.shared_look] = rules, edges
        rules, edges = self.known[link.shared_look]
        group = join(replace(rules, link=link), edges)[0].group
        found: Bools = group[self.a] == group[self.b]
        return found

    def of_clip(self, clip: str) -> Bools:
        """Whether somebody of each pair is of a clip, shape (m,)."""
        own = np.array([each == clip for each in self.clip])
        found: Bools = own[self.a] | own[self.b]
        return found

    def tally(self, joined: Bools, counted: Bools) -> npt.NDArray[np.int64]:
        """Pairs: joined, of these right, readable, of these joined."""
        chosen = joined & counted
        counts = (chosen, chosen & self.same, self.readable & counted, self.readable & chosen)
        return np.array([np.count_nonzero(each) for each in counts])


class Choice:
    """Settings chosen on all clips but one.

    Parameters
    ----------
    runs
    clips
    """

    def __init__(self, runs: Sequence[Run], clips: Sequence[str]) -> None:
        self.runs = runs
        self._counted = {clip: [run.of_clip(clip) for run in runs] for clip in clips}
        self._tallies: dict[LinkConfig, dict[str, npt.NDArray[np.int64]]] = {}

    def tallies(self, link: LinkConfig, clip: str, *, inside: bool) -> npt.NDArray[np.int64]:
        """Tallies of all runs, shape (r, 4), of the clip's pairs or of all others.

        The clip's people stay in the crowd either way, as people who are not known.
        """
        if link not in self._tallies:
            found: dict[str, list[npt.NDArray[np.int64]]] = {clip: [] for clip in self._counted}
            for position, run in enumerate(self.runs):
                joined = run.joined(link)
                for each, counted in self._counted.items():
                    own = counted[position]
                    found[each].append(np.array([run.tally(joined, own), run.tally(joined, ~own)]))
            self._tallies[link] = {each: np.array(rows) for each, rows in found.items()}
        return self._tallies[link][clip][:, 0 if inside else 1]

    def chosen(self, clip: str) -> LinkConfig:
        """The settings with most recall of which nobody is joined wrongly, with room to spare.

        Ties go to the stricter, and if there are none, to the strictest.
        """
        grid = [
            _with(LinkConfig(), dict(zip(GRID, values, strict=True)))
            for values in product(*(values[:-1] for values in GRID.values()))
        ]
        possible = [link for link in grid if not self.is_wrong(link, clip)]
        return max(possible or grid[:1], key=lambda link: self.worth(link, clip))

    def is_wrong(self, link: LinkConfig, clip: str) -> bool:
        """Whether pairs of the other clips are joined wrongly, or a step laxer would be."""
        pure = np.array([not run.is_mixed for run in self.runs])
        for each in (link, *_laxer(link)):
            joined, right = self.tallies(each, clip, inside=False)[pure, :2].sum(axis=0)
            if joined > right:
                return True
        return False

    def worth(self, link: LinkConfig, clip: str) -> float:
        """Recall over the other clips, less what wrong joins of impure people cost."""
        joined, right, readable, found = self.tallies(link, clip, inside=False).sum(axis=0)
        return float(found - COST * (joined - right)) / max(float(readable), 1.0)


def _with(link: LinkConfig, settings: Mapping[str, Any]) -> LinkConfig:
    return replace(link, **settings)


def _laxer(link: LinkConfig) -> Iterator[LinkConfig]:
    """The same with each setting a step laxer in turn."""
    for name, values in GRID.items():
        yield _with(link, {name: values[values.index(getattr(link, name)) + 1]})


def rows(runs: Sequence[Run], clips: Sequence[str]) -> Iterator[list[str]]:
    """A row for each clip, and one of all runs: mean and worst."""
    choice = Choice(runs, clips)
    mixed = np.array([run.is_mixed for run in runs])
    total = np.zeros((len(runs), 4), np.int64)
    for clip in clips:
        link = choice.chosen(clip)
        found = choice.tallies(link, clip, inside=True)
        total += found
        chosen = ", ".join(f"{getattr(link, name):g}" for name in GRID)
        yield [clip, chosen, *_cells(found[~mixed], sum), *_cells(found[mixed], sum)[:2]]
    yield ["mean", "", *_cells(total[~mixed], fmean), *_cells(total[mixed], fmean)[:2]]
    yield ["worst run", "", *_cells(total[~mixed], min), *_cells(total[mixed], min)[:2]]


def _cells(found: npt.NDArray[np.int64], over: Callable[..., float]) -> list[str]:
    """Pairs joined, precision and recall: of the sum, or over the runs."""
    if over is sum:
        found = found.sum(axis=0, keepdims=True)
    joined = str(found[:, 0].sum())
    shares = [
        [part / whole for part, whole in zip(found[:, at], found[:, of], strict=True) if whole]
        for at, of in ((1, 0), (3, 2))
    ]
    return [joined, *(f"{over(each):.3f}" if each else "-" for each in shares)]


def asked_rows(runs: Sequence[Run], clips: Sequence[str]) -> Iterator[list[str]]:
    """Questions by probability: as of the settings, and as fitted without each clip in turn.

    Without strangers and impure people. A question about people of two clips counts for either.
    """
    questions = [
        (each.evidence, run.who[each.a] == run.who[each.b], {run.clip[each.a], run.clip[each.b]})
        for run in runs
        if not run.is_mixed and set(run.clip) <= set(clips)
        for each in linking.link(run.crowd, config=run.config).doubts
        if run.who[each.a] and run.who[each.b]
    ]
    evidence = np.array([each[0] for each in questions])
    right = np.array([each[1] for each in questions], np.bool_)
    chosen = LinkConfig()
    said = [(chosen.even, chosen.slope, np.ones(len(questions), np.bool_))]
    for clip in clips:
        inside = np.array([clip in each[2] for each in questions], np.bool_)
        said.append((*_fitted(evidence[~inside], right[~inside]), inside))
    columns = [
        (
            np.concatenate(
                [1 / (1 + np.exp(-slope * (evidence[at] - even))) for even, slope, at in s]
            ),
            np.concatenate([right[at] for _, _, at in s]),
        )
        for s in (said[:1], said[1:])
    ]
    for least, most in pairwise(BINS):
        cells = []
        for probability, yes in columns:
            at = (probability >= least) & (probability < most)
            n = int(at.sum())
            means = (probability[at].mean(), yes[at].mean()) if n else ()
            cells += [str(n), *(f"{mean:.2f}" for mean in means)] if n else ["0", "", ""]
        yield [f"{least:g} to {min(most, 1):g}", *cells]
    fits = np.array([each[:2] for each in said[1:]])
    for name, values in zip(("even", "slope"), fits.T, strict=True):
        yield [
            name,
            "",
            f"{getattr(chosen, name):g}",
            "",
            "",
            f"{min(values):.2f}",
            f"{max(values):.2f}",
        ]


def _fitted(evidence: npt.NDArray[np.float64], right: Bools) -> tuple[float, float]:
    """Evidence at which half are right, and the slope, by logistic regression."""
    x = np.stack([evidence, np.ones(len(evidence))], axis=1)
    factors = np.array([1.0, -1.0])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ factors, -30.0, 30.0)))
        spread = chance * (1 - chance)
        change = x.T @ (right - chance) - PULL * (factors - np.array([1.0, -1.0]))
        factors = factors + np.linalg.solve((x.T * spread) @ x + PULL * np.eye(2), change)
    return float(-factors[1] / factors[0]), float(factors[0])
