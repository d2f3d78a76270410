"""Questions and proposals, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from clusterer.core.config import LinkConfig
from clusterer.core.types import IntArray
from clusterer.project.crowd import Crowd, Decided, Doubt, Linked
from clusterer.project.evidence import Scale
from clusterer.project.impure import impure
from clusterer.project.join import Candidates, Groups, Rules
from clusterer.project.link import NOTHING_DECIDED, link
from clusterer.project.types import Scope
from tests.project.crowds import CONFIG, crowd_of, directions, film_of

CHOSEN = LinkConfig(shared_look=0.1, caution=50.0, ask=0.0)
"""Nothing is joined; all that is likely is asked."""


def linked(
    crowd: Crowd,
    decided: Decided = NOTHING_DECIDED,
    chosen: LinkConfig = CHOSEN,
    scope: Scope = Scope.SEASON,
) -> Linked:
    return link(crowd, decided, scope=scope, config=CONFIG, chosen=chosen)


def apart(*pairs: tuple[int, int]) -> Decided:
    return Decided((), np.array(pairs, np.int64).reshape(-1, 2))


def pairs(found: Linked) -> list[tuple[int, int]]:
    return [(each.a, each.b) for each in found.doubts]


def seasons() -> Crowd:
    """Two films with the same three people, who are seen for 1, 5 and 3 s, and for 2 s."""
    return crowd_of(
        film_of(directions(0, 1, 2), [8, 8, 8], seen_s=[1, 5, 3]),
        film_of(directions(0, 1, 2), [8, 8, 8], seen_s=[2, 2, 1.5]),
    )


def test_the_most_useful_question_comes_first() -> None:
    found = linked(seasons())
    assert pairs(found) == [(1, 4), (2, 5), (0, 3)]
    assert [each.gain_s for each in found.doubts] == [2.0, 1.5, 1.0]


def test_the_probability_is_that_of_questions_with_such_evidence() -> None:
    for scope, name in ((Scope.SEASON, "even"), (Scope.ARCHIVE, "even_in_archive")):
        known = replace(CHOSEN, slope=0.5, ask_in_archive=0.0)
        (evidence,) = {
            each.evidence for each in linked(seasons(), chosen=known, scope=scope).doubts
        }
        for ahead, probability in ((0.0, 0.5), (2.0 * math.log(3.0), 0.75), (-2.0, 0.26894142)):
            chosen = replace(known, **{name: evidence - ahead})
            found = linked(seasons(), chosen=chosen, scope=scope).doubts[0]
            assert found.probability == pytest.approx(probability)


@pytest.mark.parametrize(("even", "probability"), [(100.0, 0.0), (-100.0, 1.0)])
def test_a_probability_is_from_0_to_1(even: float, probability: float) -> None:
    chosen = replace(CHOSEN, even=even, slope=100.0)
    assert linked(seasons(), chosen=chosen).doubts[0].probability == pytest.approx(probability)


def test_a_likelier_question_comes_before_a_longer_one() -> None:
    """The second person is less alike: as likely as not."""
    cosine = 0.36
    turned = directions(1) * cosine + directions(7) * math.sqrt(1 - cosine**2)
    crowd = crowd_of(
        film_of(directions(0, 1), [2, 2], seen_s=[10, 12]),
        film_of(np.concatenate([directions(0), turned]), [2, 2], seen_s=[10, 12]),
    )
    found = linked(crowd, chosen=replace(CHOSEN, ask=-3.0))
    first, second = found.doubts
    assert (first.a, first.b, second.a, second.b) == (0, 2, 1, 3)
    assert 0.2 < second.probability < 0.8 < first.probability


def test_unlikely_pairs_are_not_asked_about() -> None:
    evidence = [each.evidence for each in linked(seasons()).doubts]
    assert linked(seasons(), chosen=replace(CHOSEN, ask=max(evidence) + 1e-6)).doubts == ()
    assert len(linked(seasons(), chosen=replace(CHOSEN, ask=max(evidence) - 1e-6)).doubts) == 3


def test_an_archive_asks_by_its_own_limit() -> None:
    chosen = replace(CHOSEN, ask=49.0, ask_in_archive=0.0)
    assert linked(seasons(), chosen=chosen).doubts == ()
    assert len(linked(seasons(), chosen=chosen, scope=Scope.ARCHIVE).doubts) == 3


def test_what_was_answered_is_not_asked_again() -> None:
    assert pairs(linked(seasons(), apart((4, 1)))) == [(2, 5), (0, 3)]
    same = Decided(((1, 4),), np.zeros((0, 2), np.int64))
    assert pairs(linked(seasons(), same)) == [(2, 5), (0, 3)]


def test_who_is_seen_together_is_not_asked_about() -> None:
    """The first film's two people are one for all the encoder says."""
    crowd = crowd_of(
        film_of(directions(0, 0), [8, 8], cannot_link=[(0, 1)]), film_of(directions(0), [8])
    )
    assert (0, 1) not in pairs(linked(crowd))
    joined = Decided(((0, 2),), np.zeros((0, 2), np.int64))
    assert pairs(linked(crowd, joined)) == []


def test_people_of_one_film_may_be_asked_about() -> None:
    """Two of the first film, who are never seen together, after one is joined."""
    crowd = crowd_of(film_of(directions(0, 0), [8, 6]), film_of(directions(0), [8]))
    found = linked(crowd, Decided(((0, 2),), np.zeros((0, 2), np.int64)))
    assert [{each.a, each.b} for each in found.doubts] == [{0, 1}]


def test_groups_with_names_are_not_asked_about() -> None:
    crowd, none = seasons(), np.zeros((0, 2), np.int64)
    groups = ((0,), (3,), (1,), (4,))
    assert pairs(linked(crowd, Decided(groups, none))) == [(1, 4), (2, 5), (0, 3)]
    named = Decided(groups, none, ("Anna", "Bert", "", "Cara"))
    assert pairs(linked(crowd, named)) == [(1, 4), (2, 5)]


def test_groups_with_the_same_name_are_asked_about() -> None:
    """However it is written; they are not joined without a reviewer."""
    groups = ((0,), (3,), (1,), (4,))
    named = Decided(groups, np.zeros((0, 2), np.int64), ("Anna", "Anna", "BERT", "Bert"))
    for chosen in (CHOSEN, replace(CHOSEN, caution=0.0)):
        found = linked(seasons(), named, chosen)
        assert {(0, 3), (1, 4)} <= set(pairs(found))
        assert len(set(found.labels[[0, 3, 1, 4]].tolist())) == 4


def test_a_person_is_represented_by_the_clearest_row() -> None:
    crowd = crowd_of(
        film_of(directions(0), [3]), film_of(directions(0), [8]), film_of(directions(0), [5])
    )
    found = linked(crowd, Decided(((0, 1),), np.zeros((0, 2), np.int64)))
    assert pairs(found) == [(1, 2)]


def test_a_person_has_few_questions() -> None:
    """Seven films with one person: at most two questions about each, the best of either side."""
    crowd = crowd_of(*(film_of(directions(0), [8 - i]) for i in range(7)))
    found = linked(crowd, chosen=replace(CHOSEN, questions=2))
    best = {(0, i) for i in range(1, 7)} | {(1, i) for i in range(2, 7)}
    assert set(pairs(found)) == best


def mixed(**columns: object) -> Crowd:
    """Two people seen together; in the second film they are taken for one, and in the third not."""
    looks = [np.concatenate([directions(0, 0, 0), directions(1)])]
    return crowd_of(
        film_of(directions(0, 1), [8, 8], cannot_link=[(0, 1)]),
        film_of([directions(0)[0] * 3 + directions(1)[0]], [8], looks=looks, look_precision=2.0),
        film_of(directions(0, 1), [8, 8], **columns),
    )


def test_a_person_with_two_persons_looks_is_to_be_split() -> None:
    found = linked(mixed(), chosen=replace(CHOSEN, caution=2.0))
    (proposal,) = found.impure
    assert found.labels.tolist() == [0, 1, 0, 0, 1]
    assert (proposal.row, proposal.looks, proposal.to) == (2, (5,), 1)
    assert proposal.evidence > 2.0


def test_persons_are_compared_once_for_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a project of thousands would take minutes after each correction."""
    chosen = replace(CHOSEN, caution=2.0)
    rows = 6  # of each film are taken for one, with two looks of somebody else
    looks = [np.concatenate([directions(i, i, i), directions((i + 1) % 7)]) for i in range(rows)]
    sums = [3 * directions(i)[0] + directions((i + 1) % 7)[0] for i in range(rows)]
    everybody = film_of(directions(*range(7)), [8] * 7, cannot_link=list(combinations(range(7), 2)))
    crowd = crowd_of(
        everybody, film_of(sums, [8] * rows, looks=looks, look_precision=2.0), everybody
    )
    groups = tuple((i, 7 + rows + i) for i in range(7))
    scale = Scale.of(CONFIG, chosen)
    decided = Decided(groups, np.zeros((0, 2), np.int64))
    rules = Rules.of(crowd, decided, scale, Scope.SEASON, chosen)
    calls: list[int] = []
    real = Groups.compared

    def counted(self: Groups, a: IntArray, b: IntArray) -> Candidates:
        calls.append(len(a))
        return real(self, a, b)

    monkeypatch.setattr(Groups, "compared", counted)
    found = impure(Groups(rules, rules.start()))
    assert sorted((each.row, each.to) for each in found) == [(7 + i, i + 1) for i in range(rows)]
    assert len(calls) == 1
    assert calls[0] >= rows


def test_looks_of_two_who_may_be_one_are_no_reason_to_split() -> None:
    crowd = crowd_of(
        film_of(directions(0), [8]),
        film_of(directions(0), [8], looks=[directions(0, 0)], look_precision=2.0),
        film_of(directions(0), [8]),
    )
    assert linked(crowd).impure == ()


def test_nothing_is_split_that_a_reviewer_confirmed_nor_in_an_archive() -> None:
    chosen = replace(CHOSEN, caution=2.0)
    confirmed = Decided(((0, 2),), np.zeros((0, 2), np.int64))
    assert linked(mixed(), confirmed, chosen).impure == ()
    assert linked(mixed(), chosen=chosen, scope=Scope.ARCHIVE).impure == ()


def test_a_question_states_everything() -> None:
    crowd = crowd_of(film_of(directions(0), [8], seen_s=[3]), film_of(directions(0), [8]))
    (found,) = linked(crowd).doubts
    assert found == Doubt(0, 1, found.evidence, found.probability, 1.0)
