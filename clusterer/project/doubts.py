"""Questions about people of different films, and how certain each row of a person is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clusterer.core.config import LinkConfig
from clusterer.core.types import IntArray
from clusterer.project.crowd import Doubt
from clusterer.project.edges import least_asked
from clusterer.project.evidence import Floats, log_prior
from clusterer.project.join import Candidates, Groups, best_candidates
from clusterer.project.types import Scope


def doubts(groups: Groups, found: Candidates) -> tuple[Doubt, ...]:
    """What a reviewer may be asked, the most useful first.

    A question is as useful as the screen time that "yes" joins, that of the person who is seen
    less, times its probability. Ties go to the earlier rows. Asked about are neither people who are
    seen together nor what a reviewer answered.

    Parameters
    ----------
    groups, found
        Of `join`.
    """
    link = groups.rules.link
    least = least_asked(groups.rules.scope, link)
    asked = found.where(~found.forbidden & (found.evidence >= least))
    asked = best_candidates(asked, link.questions)
    seen_s = np.bincount(
        groups.group, weights=groups.rules.crowd.screen_time_s, minlength=len(groups.group)
    )
    face = _representatives(groups)
    one, other = face[asked.a], face[asked.b]
    first, second = np.minimum(one, other), np.maximum(one, other)
    probability = probability_of(asked.evidence, groups.rules.scope, link)
    gain_s = np.minimum(seen_s[asked.a], seen_s[asked.b])
    order = np.lexsort((second, first, -probability * gain_s))
    columns = (first, second, asked.evidence, probability, gain_s)
    return tuple(map(Doubt, *(column[order].tolist() for column in columns)))


def probability_of(evidence: npt.ArrayLike, scope: Scope, link: LinkConfig) -> Floats:
    """How likely the answer to a question is yes, as it was for questions of such evidence."""
    even = link.even_in_archive if scope is Scope.ARCHIVE else link.even
    odds = np.clip(link.slope * (np.asarray(evidence, dtype=np.float64) - even), -700.0, 700.0)
    likely: Floats = 1.0 / (1.0 + np.exp(-odds))
    return likely


def _representatives(groups: Groups) -> IntArray:
    """The row of each group that is known best, at its first row; ties to the first."""
    precision = groups.rules.crowd.precision
    order = np.lexsort((np.arange(len(precision)), -precision))[::-1]
    found = np.arange(len(precision), dtype=np.int64)
    found[groups.group[order]] = order
    return found


def evidence_of_rows(groups: Groups) -> Floats:
    """Evidence of each row that it belongs to its person, see `Linked`."""
    rules = groups.rules
    whole = groups.pools
    several = np.bincount(groups.group, minlength=len(groups.group))[groups.group] > 1
    rows = np.flatnonzero(several)
    group = groups.group[rows]
    own = rules.parts[rows]
    rest = whole[group].without(own)
    smallest = groups.smallest_film
    prior = log_prior(rules.size[rows], smallest[group], len(groups.group), rules.scope)
    found = np.full(len(groups.group), np.nan)
    found[rows] = rules.scale.compare(own, rest) + prior
    found[rules.decided_of >= 0] = np.inf
    return found
