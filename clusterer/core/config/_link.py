"""Settings of who is the same in different films."""

from __future__ import annotations

from dataclasses import dataclass

from clusterer.core.config._check import check


@dataclass(frozen=True, slots=True)
class LinkConfig:
    """When people of different films are joined, and when a reviewer is asked.

    Evidence is the logarithm of the odds that two are one person, as of `EvidenceConfig`. The
    figures are of parts of nine clips at 3, 4, 5 and 6 samples a second: halves with three
    encoders, with SFace also 0.38 and the rest, and thirds. Of these 20 runs, and of 7 of harder
    copies, all clips together (`python -m benchmarks people season`). Chosen without the clip that
    is measured (``--leave-one-out``), caution is 2 to 3, margin 1 or 2, the margin of a look 1.5 or
    2, the share of looks 0.2 or 0.3, and nobody is joined wrongly. Others are of photographs
    (`python -m benchmarks people archive`). What other values than the defaults do was measured
    once by hand, on the same runs: the commands have no options for them.

    Attributes
    ----------
    shared_look
        Variance, relative to that of a person's identity, of what all faces of a person in one film
        have in common, such as light, make-up and age: no number of faces of one film averages it
        away. 0 = nothing. Two halves of one clip are more alike than photographs of different days
        by a factor of 1.09 at a similarity of 0.75, which makes it 0.09. From 0 to 0.5 recall
        changes by 0.01.
    caution
        Evidence needed to join two people beyond the odds that two people of different films are
        one, which fall with the number of people. From 2.5 on all that is joined is right, at 2 in
        four of the 20 runs it is not. Of the harder copies, 7 of 213 joined pairs are wrong at 2.5,
        one from 3 on. Each half costs 0.02 to 0.06 of the recall.
    margin
        Smallest evidence by which the best candidate must be ahead of the next one, of either
        side, unless these two are one person. At 0.5 two of the harder copies' pairs are wrong, not
        one; up to 1 it costs 0.005 of the recall, at 2 0.04.
    split_margin, split_share
        Who has other people's faces among the own is not joined without a reviewer: a look that
        fits another candidate by this much more evidence, where such looks are at least this share,
        0 to 1; a share of 1 turns the rule off. With a margin of 2.5, or shares from 0.5 on,
        somebody else is joined. Where three people of ten are given a look of somebody else of
        their film (``--mixed 4``), 0.988 of the joined pairs are right.
    min_looks
        Fewest readable looks of each side that are joined without a reviewer: a definition; the
        benchmark counts pairs with as many as readable.
    ask, ask_in_archive
        Smallest evidence, beyond the same odds, at which a reviewer is asked: in a season, and in
        an archive. In a season 6 of 285 answers from -1 to 0 were yes. Of an archive of
        photographs, -4 offers 0.97 of the pairs that are not joined, with nine questions of ten
        right; -2 offers 0.80, -5 0.99 with one of three right.
    even, even_in_archive, slope
        Evidence at which the answer to half of the questions is yes, and by how much the logarithm
        of the odds of a yes grows with the evidence: logistic regression of 955 questions of the 20
        runs. Evidence for its own sake would promise too much, because those are asked about who
        are the most alike of many. Without one clip in turn, on halves, they are 2.0 to 2.6,
        and 1.1 to 1.7. Of the archive of photographs, whose odds are too careful, the former is
        -3.7.
    questions
        Most questions about a person, about the best candidates of either side. Three offer
        nearly as much as eight, and far fewer of them are wrong.
    candidates
        Most candidates of a person that are kept: a definition, which bounds memory and time.

    Examples
    --------
    >>> clusterer.LinkConfig(caution=4.0).caution
    4.0
    """

    shared_look: float = 0.1
    caution: float = 3.0
    margin: float = 1.0
    split_margin: float = 2.0
    split_share: float = 0.3
    min_looks: int = 3
    ask: float = 0.0
    ask_in_archive: float = -4.0
    even: float = 2.1
    even_in_archive: float = -3.7
    slope: float = 1.6
    questions: int = 3
    candidates: int = 8

    def __post_init__(self) -> None:
        check("shared look", self.shared_look, 0.0, 10.0)
        check("caution between films", self.caution, -100.0, 100.0)
        check("margin between films", self.margin, 0.0, 100.0)
        check("margin of a look", self.split_margin, 0.0, 100.0)
        check("share of looks", self.split_share, 0.0, 1.0)
        check("readable looks", self.min_looks, 1, 1000)
        check("evidence of a question", self.ask, -100.0, 100.0)
        check("evidence of a question in an archive", self.ask_in_archive, -100.0, 100.0)
        check("evidence of even odds", self.even, -100.0, 100.0)
        check("evidence of even odds in an archive", self.even_in_archive, -100.0, 100.0)
        check("slope of probabilities", self.slope, 0.01, 100.0)
        check("questions about a person", self.questions, 1, 1000)
        check("candidates", self.candidates, 1, 1000)
