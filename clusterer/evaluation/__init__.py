"""How good a result is: labelled faces, matches with the tracks, and scores."""

from clusterer.evaluation.characters import Characters
from clusterer.evaluation.clicks import Clicks
from clusterer.evaluation.comparison import Evaluation, evaluate, pooled, to_json
from clusterer.evaluation.grouping import Grouping
from clusterer.evaluation.matching import MISSED, Matching, match, match_boxes
from clusterer.evaluation.pair_files import PairList, read_pairs
from clusterer.evaluation.pairs import Pairs, image_pairs, photograph_pairs, track_pairs
from clusterer.evaluation.report import render, save
from clusterer.evaluation.scores import ByTrack, Detection, Scores, score
from clusterer.evaluation.tracking import Identification, Tracking
from clusterer.evaluation.truth import NOBODY_CAN_TELL, Truth, read_truth
from clusterer.evaluation.verification_figures import Verification, judge, verify
from clusterer.evaluation.verification_report import VerificationReport

__all__ = [
    "MISSED",
    "NOBODY_CAN_TELL",
    "ByTrack",
    "Characters",
    "Clicks",
    "Detection",
    "Evaluation",
    "Grouping",
    "Identification",
    "Matching",
    "PairList",
    "Pairs",
    "Scores",
    "Tracking",
    "Truth",
    "Verification",
    "VerificationReport",
    "evaluate",
    "image_pairs",
    "judge",
    "match",
    "match_boxes",
    "photograph_pairs",
    "pooled",
    "read_pairs",
    "read_truth",
    "render",
    "save",
    "score",
    "to_json",
    "track_pairs",
    "verify",
]
