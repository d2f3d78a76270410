"""The summary that a run prints when it is done, as text or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clusterer.core.tables import CERTAINTY, in_words
from clusterer.core.text import printable, visible
from clusterer.core.timecode import spoken
from clusterer.core.types import ClusteringResult, Move, Reason, Verdict
from clusterer.edits import lost
from clusterer.pipeline.process import Outcome
from clusterer.store.names import REPORT

MOST_PEOPLE = 10
"""Largest number of people in the summary; the report shows all."""


def summary(outcome: Outcome) -> str:
    """The summary: people, number of unknown tracks, path of the report, time taken."""
    result, video = outcome.result, outcome.result.analysis.video
    shown = [person for person in result.people if not person.hidden]
    people = [person for person in shown if not person.background]
    width = max((len(p.name) for p in people[:MOST_PEOPLE]), default=0)
    long = max([8, *(len(spoken(p.screen_time_s)) for p in people[:MOST_PEOPLE])])
    lines = [
        f"{visible(Path(video.path).name)}: {_count(len(people), 'person', 'people')},"
        f" {_count(_unknown(result), 'unknown track')},"
        f" {_count(len(result.analysis.detections), 'face')}"
        f" in {spoken(video.duration_s)} of video"
    ]
    lines += [
        f"  {person.name:<{width}}  {spoken(person.screen_time_s):>{long}}"
        f"  {_count(len(person.appearances), 'appearance')}"
        for person in people[:MOST_PEOPLE]
    ]
    if len(people) > MOST_PEOPLE:
        lines.append(f"  and {len(people) - MOST_PEOPLE} more")
    if len(people) < len(shown):
        lines.append(f"  {len(shown) - len(people)} in the background")
    if len(shown) < len(result.people):
        lines.append(f"  {len(result.people) - len(shown)} hidden")
    lines += _by_clothing(result)
    lines += _corrections(outcome)
    lines += [f"Note: {note}" for note in (*result.analysis.warnings, *_advice(result))]
    lines.append(f"Report: {outcome.folder / REPORT}  ({outcome.duration_s:.1f} s)")
    return "\n".join(visible(line) for line in lines)


def outcome_json(outcomes: list[Outcome]) -> str:
    """The summary as JSON: an array with an object for each video."""
    facts = [_facts(outcome) for outcome in outcomes]
    return printable(json.dumps(facts, indent=2, ensure_ascii=False))


def _by_clothing(result: ClusteringResult) -> list[str]:
    """Number of tracks moved by clothing, if any."""
    moved = Counter(decision.move for decision in result.clothing)
    parts = [f"{moved[move]} {move}" for move in Move if moved[move]]
    total = _count(len(result.analysis.tracks), "track")
    return [f"  Of {total}, {' and '.join(parts)}"] if parts else []


def _unknown(result: ClusteringResult) -> int:
    """Count the tracks that show an unidentified face."""
    return sum(unknown.reason is not Reason.NOT_A_FACE for unknown in result.unknowns)


def _corrections(outcome: Outcome) -> list[str]:
    """Number of the reviewer's corrections that apply, if there are any."""
    result = outcome.result
    if not result.edits:
        return []
    n_lost, total = lost(result.edit_notes), _count(len(result.edits), "correction")
    if not n_lost:
        return [f"  {total} applied"]
    verb = "does" if n_lost == 1 else "do"
    command = f"cluster-video edits check {outcome.folder}"
    return [f"  {n_lost} of {total} {verb} not apply any more: {command}"]


def _advice(result: ClusteringResult) -> list[str]:
    """Advice on the threshold; empty if it fits, or if the video has too few pairs.

    The verdict is on distances of averages; a second stage that pools faces does not go by them.
    """
    fit = result.calibration
    if fit is None:
        return []
    used, suggested, verdict = fit.threshold, fit.suggested, fit.verdict
    if fit.automatic:
        return [f"--threshold auto chose {used:g}"]
    chosen = result.config.clustering
    by_pools = chosen.evidence.is_known and chosen.clothing.enabled
    if by_pools or verdict not in {Verdict.TOO_LOOSE, Verdict.TOO_TIGHT}:
        return []
    head = f"the threshold {used:g} looks {verdict} for this video"
    if verdict == Verdict.TOO_LOOSE and suggested >= used:
        share = fit.share_different_accepted
        return [
            f"{head} ({share:.0%} of people seen together are nearer than that); try a lower one"
        ]
    return [f"{head}; --threshold auto would choose {suggested:g}"]


def _facts(outcome: Outcome) -> dict[str, Any]:
    result = outcome.result
    moved = Counter(decision.move for decision in result.clothing)
    return {
        "video": result.analysis.video.path,
        "folder": str(outcome.folder),
        "report": str(outcome.folder / REPORT),
        "duration_s": round(outcome.duration_s, 3),
        "faces": len(result.analysis.detections),
        "tracks": len(result.analysis.tracks),
        "unknown_tracks": _unknown(result),
        "clothing": {move.name.lower(): moved[move] for move in Move},
        "warnings": list(result.analysis.warnings),
        "calibration": asdict(result.calibration) if result.calibration else None,
        "corrections": {
            "applied": len(result.edits) - lost(result.edit_notes),
            "in_all": len(result.edits),
        },
        "people": [
            {
                "person": person.id,
                "name": person.name,
                "screen_time_s": round(person.screen_time_s, 3),
                "appearances": len(person.appearances),
                "confidence": round(person.confidence, 3),
                **dict(zip(CERTAINTY, in_words(result, person.track_ids), strict=True)),
                "hidden": person.hidden,
                "background": person.background,
            }
            for person in result.people
        ],
    }


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
