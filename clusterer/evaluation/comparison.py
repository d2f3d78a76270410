"""Compare a result with its truth: scores, confusion and mistakes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clusterer.core.errors import TruthError
from clusterer.core.timecode import timecode
from clusterer.core.types import UNKNOWN, ClusteringResult, Identity
from clusterer.evaluation.confusion import Confusion, confusion
from clusterer.evaluation.matching import MIN_IOU, MISSED, Matching, match
from clusterer.evaluation.mistakes import Kind, Mistake, mistakes
from clusterer.evaluation.scores import Scores, score
from clusterer.evaluation.truth import Truth

LONGER = 1.1
"""Labels beyond this multiple of the video's length belong to another video. The margin is for
inexact metadata."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A result compared with the truth.

    Attributes
    ----------
    result : what was found
    matching : which track found which labelled face; holds the truth
    scores : of this clip; scores of several clips can be added
    confusion : number of labelled faces by true and by found person
    mistakes : wrong tracks, worst first
    min_iou : least overlap of a box and a labelled face that match
    """

    result: ClusteringResult
    matching: Matching
    scores: Scores
    confusion: Confusion
    mistakes: tuple[Mistake, ...]
    min_iou: float

    @property
    def name(self) -> str:
        """Name of the clip, from its truth file."""
        return self.matching.truth.name

    @property
    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Kind of labelled face → number missed and number in all, in alphabetical order."""
        kinds, track = self.matching.kinds, self.matching.track.tolist()
        total = Counter(kinds)
        missed = Counter(kind for kind, t in zip(kinds, track, strict=True) if t == MISSED)
        return {kind: (missed[kind], total[kind]) for kind in sorted(total)}

    def found_name(self, label: int, track: int) -> str:
        """Name of a found person; for an unknown track, the name of that unknown."""
        if label == UNKNOWN:
            return self._unknown(track).name
        return next(who.name for who in self.result.people if who.label == label)

    def reason(self, mistake: Mistake) -> str:
        """Why the track was left unknown; empty for a track of a person."""
        return self._unknown(mistake.track).reason.value if mistake.label == UNKNOWN else ""

    def _unknown(self, track: int) -> Identity:
        return next(who for who in self.result.unknowns if track in who.track_ids)

    def timecode(self, frame: int) -> str:
        """Timecode of a frame, to find it in an editing program."""
        video = self.result.analysis.video
        return timecode(frame, video.frame_rate, video.start_timecode)

    def picture_row(self, mistake: Mistake) -> int:
        """Detection that illustrates a mistake.

        The best one with a picture; if the track is partly right, the one nearest to where it is
        wrong.
        """
        analysis = self.result.analysis
        rows = analysis.tracks[mistake.track].detection_rows.tolist()
        kept = set(analysis.crop_rows.tolist())
        quality, frames = analysis.quality.value, analysis.detections.frame_index
        near = mistake.kind in {Kind.WRONG, Kind.STRAY}
        return int(
            max(
                rows,
                key=lambda row: (
                    row in kept,
                    -abs(int(frames[row]) - mistake.frame) if near else 0,
                    quality[row],
                    -row,
                ),
            )
        )


def evaluate(result: ClusteringResult, truth: Truth, min_iou: float = MIN_IOU) -> Evaluation:
    """Compare a result with the truth.

    Parameters
    ----------
    result
        To be evaluated.
    truth
        Labelled faces of the same video.
    min_iou
        Least intersection over union at which a found box matches a labelled face, above 0 to 1.

    Returns
    -------
    Evaluation

    Raises
    ------
    TruthError
        Frames far beyond the end of the video are labelled, so the truth is of another video.
    """
    video = result.analysis.video
    end = float(video.duration_s * video.frame_rate)
    last = int(truth.frames.max(initial=0))
    if last > LONGER * end:
        raise TruthError(
            f"{truth.name} has labels up to frame {last}, but {Path(video.path).name} has about"
            f" {end:.0f} frames",
            "Give the truth of the same video, in the order of the results",
        )
    matching = match(truth, result.analysis, min_iou)
    counted = confusion(matching, result.labels)
    return Evaluation(
        result=result,
        matching=matching,
        scores=score(matching, result.labels),
        confusion=counted,
        mistakes=mistakes(matching, result.labels, counted),
        min_iou=min_iou,
    )


def pooled(evaluations: Sequence[Evaluation]) -> dict[str, float | int]:
    """Ratios over all clips together, with equal weight for each face."""
    return sum((each.scores for each in evaluations), Scores()).ratios()


def to_json(evaluations: Sequence[Evaluation]) -> str:
    """JSON of each clip's evaluation and of all clips together."""
    content = {"clips": [_content(each) for each in evaluations], "pooled": pooled(evaluations)}
    return json.dumps(content, ensure_ascii=True, indent=1) + "\n"


def _content(evaluation: Evaluation) -> dict[str, Any]:
    counted = evaluation.confusion
    chosen = evaluation.result.config.clustering
    return {
        "clip": evaluation.name,
        "min_iou": evaluation.min_iou,
        "method": chosen.method,
        "metric": chosen.metric,
        "threshold": evaluation.result.threshold,
        "ratios": evaluation.scores.ratios(),
        "missed": {
            kind: {"missed": missed, "labelled": total}
            for kind, (missed, total) in evaluation.by_kind.items()
        },
        "confusion": {
            "people": counted.people,
            "found": [evaluation.found_name(label, MISSED) for label in counted.labels],
            "faces": counted.faces.tolist(),
            "unknown": counted.unknown.tolist(),
            "missed": counted.missed.tolist(),
            "strays": counted.strays.tolist(),
        },
        "mistakes": [_mistake(evaluation, each) for each in evaluation.mistakes],
    }


def _mistake(evaluation: Evaluation, each: Mistake) -> dict[str, Any]:
    return {
        **asdict(each),
        "found": evaluation.found_name(each.label, each.track),
        "reason": evaluation.reason(each),
        "timecode": evaluation.timecode(each.frame),
    }
