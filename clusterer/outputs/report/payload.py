"""The data of the page's script: the analysis, the grouping, and the corrections to replay.

Facts about tracks and chips are stored as columns, so that an hour of video stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from clusterer.core.appearances import numbers_of
from clusterer.core.types import UNKNOWN, Advice, Analysis, ClusteringResult, Edit, Grouping
from clusterer.edits import Keys, of_tracks, revise, to_dict
from clusterer.outputs.report.axis import Axis
from clusterer.outputs.report.clothes import Note
from clusterer.outputs.report.page import file_name
from clusterer.outputs.report.pictures import Gallery
from clusterer.outputs.report.retracked import retracked
from clusterer.outputs.report.wording import EXPLANATIONS
from clusterer.people.amend import as_grouped, keys_of
from clusterer.people.background import in_front
from clusterer.people.sure import of_grouping

PLACES = 3
"""Decimals of qualities, scores and confidences: as many as in the tables."""


def payload(
    mode: str,
    result: ClusteringResult,
    notes: Mapping[int, Note],
    undone: Sequence[Edit] = (),
    names: Sequence[str] = (),
) -> dict[str, Any]:
    """Collect everything that the script needs, except the pictures.

    Parameters
    ----------
    mode
        ``disk`` or ``live``.
    result
    notes
        Track → what clothing decided.
    undone
        Undone corrections that can be redone.
    names
        Names to suggest.

    Returns
    -------
    JSON-ready. Tracks, people and reasons are those of the grouping before the corrections.
    """
    analysis, axis, grouping = result.analysis, Axis.of(result.analysis), result.grouped
    keys = keys_of(analysis)
    return {
        "mode": mode,
        **_video(analysis, axis),
        "tracks": _tracks(analysis, grouping, axis, keys)
        | {"front": in_front(analysis, result.config.clustering.foreground).tolist()},
        "chips": _chips(analysis, axis, keys),
        "people": [list(pair) for pair in numbers_of(analysis, grouping).items()],
        "sure": _sure(result),
        "clothing": {
            str(track): [note.kind, note.badge, note.evidence] for track, note in notes.items()
        },
        "together": _together(result),
        **_retracked(result),
        "edits": [to_dict(edit) for edit in result.edits],
        "undone": [to_dict(edit) for edit in undone],
        "resolved": _resolved((*result.edits, *undone), analysis, keys),
        "grouped_under": result.grouped_under,
        "edit_notes": list(result.edit_notes),
        **_advice(result.advice),
        "reasons": [
            [reason.value, words.title, words.why, words.advice]
            for reason, words in EXPLANATIONS.items()
        ],
        "names": list(names),
        "shown": [],
    }


def pictures(
    gallery: Gallery, frames: Mapping[int, str], analysis: Analysis
) -> dict[str, dict[str, Any]]:
    """Make what the page reads once it is shown.

    It is `pictures` and `torsos`, chip → base64 JPEG; `frames`, number → base64 JPEG; and `boxes`
    of the faces in those frames, chip → left, top, right, bottom in px of the film as shown.

    Parameters
    ----------
    gallery
        By detection row.
    frames
        Number of a frame → base64 JPEG.
    analysis
        Its `crop_rows` number the chips.
    """
    chips = {row: str(chip) for chip, row in enumerate(analysis.crop_rows.tolist())}
    chosen = {"pictures": gallery.pictures, "torsos": gallery.torsos}
    found: dict[str, dict[str, Any]] = {
        name: {chips[row]: jpeg for row, jpeg in sorted(kept.items()) if row in chips}
        for name, kept in chosen.items()
    }
    rows = analysis.crop_rows
    seen = np.flatnonzero(np.isin(analysis.detections.frame_index[rows], list(frames)))
    boxes = analysis.detections[rows[seen]].scaled(*analysis.video.to_square).boxes
    found["frames"] = {str(frame): jpeg for frame, jpeg in frames.items()}
    found["boxes"] = {
        str(chip): np.rint(box).astype(np.int64).tolist()
        for chip, box in zip(seen.tolist(), boxes, strict=True)
    }
    return found


def _video(analysis: Analysis, axis: Axis) -> dict[str, Any]:
    video = analysis.video
    width_px, height_px = video.square_px
    return {
        "title": file_name(video.path),
        "frame_rate": float(video.frame_rate),
        "rate": [axis.clock.rate.numerator, axis.clock.rate.denominator],  # that of timecodes
        "start_timecode": axis.clock.start or None,
        "time_base": [video.time_base.numerator, video.time_base.denominator],
        "zero_pts": video.zero_pts,
        "start_pts": video.start_pts,
        "length_s": round(axis.length_s, 3),
        "width": width_px,
        "height": height_px,
        "shots": [shot.start_pts for shot in analysis.shots],
    }


def _tracks(analysis: Analysis, grouping: Grouping, axis: Axis, keys: Keys) -> dict[str, Any]:
    tracks, quality = analysis.tracks, analysis.quality.value
    best = [int(track.detection_rows[np.argmax(quality[track.detection_rows])]) for track in tracks]
    seen = analysis.spans(*range(len(tracks)))
    return {
        "key": list(keys.tracks),
        "shot": [span.shot_index for span in seen],
        "start_pts": [span.start_pts for span in seen],
        "end_pts": [span.end_pts for span in seen],
        "start_tc": [axis.timecode(span.start_pts) for span in seen],
        "end_tc": [axis.timecode(span.end_pts) for span in seen],
        "faces": [len(track) for track in tracks],
        "quality": _short(quality[best]),
        "confidence": _short(grouping.confidence),
        "label": grouping.labels.tolist(),
        "reason": [reason.value for reason in grouping.reasons],
    }


def _sure(result: ClusteringResult) -> dict[str, Any]:
    """Word and reason of tracks, in the order of `tracks`.

    They are many: each is a position in `kinds`, what occurs of word, reason, and whether it was
    judged by a clear picture.
    """
    words = of_grouping(result)
    kinds = sorted(set(words))
    return {
        "kinds": [list(kind) for kind in kinds],
        "tracks": [kinds.index(word) for word in words],
    }


def _chips(analysis: Analysis, axis: Axis, keys: Keys) -> dict[str, Any]:
    found, rows = analysis.detections, analysis.crop_rows
    shown = found[rows].scaled(*analysis.video.to_square)
    pts = found.pts[rows].tolist()
    return {
        "track": analysis.track_of_row[rows].tolist(),
        "row": rows.tolist(),
        "face": list(keys.pictures),
        "pts": pts,
        "tc": [axis.timecode(p) for p in pts],
        "frame": found.frame_index[rows].tolist(),
        "quality": _short(analysis.quality.value[rows]),
        "score": _short(found.scores[rows]),
        "height": np.rint(shown.heights_px).astype(np.int64).tolist(),
    }


def _together(result: ClusteringResult) -> list[list[int]]:
    """Pairs of tracks that must be different people, because one frame shows both.

    Other pairs that cannot be linked, such as the reviewer's, are left out.
    """
    frames = result.analysis.detections.frame_index
    seen = [set(frames[track.detection_rows].tolist()) for track in result.analysis.tracks]
    pairs: list[list[int]] = np.unique(np.sort(result.cannot_link, axis=1), axis=0).tolist()
    return [[a, b] for a, b in pairs if not seen[a].isdisjoint(seen[b])]


def _retracked(result: ClusteringResult) -> dict[str, Any]:
    """Parts of tracks, if corrections have changed tracks."""
    if not of_tracks(result.edits):
        return {}
    start, revision = as_grouped(result), revise(result.analysis, result.edits)
    labels = revision.of_parts(start.grouped.labels, start.analysis, UNKNOWN)
    numbers = numbers_of(start.analysis, start.grouped)
    return {"retracked": retracked(revision, labels, numbers, result.edits)}


def _advice(advice: Advice) -> dict[str, Any]:
    return {
        "questions": [[q.a, q.b, round(q.evidence, 2)] for q in advice.questions],
        "trees": {
            str(label): [list(merge) for merge in merges] for label, merges in advice.trees.items()
        },
        "candidates": {
            str(label): [list(pair) for pair in found] for label, found in advice.names.items()
        },
    }


def _resolved(edits: Iterable[Edit], analysis: Analysis, keys: Keys) -> dict[str, dict[str, int]]:
    """Resolve keys that corrections made on another analysis use for tracks and pictures."""
    found: dict[str, dict[str, int]] = {"tracks": {}, "faces": {}}
    made = tuple(edits)
    if not made:
        return found
    tracks, faces = set(keys.tracks), set(keys.pictures)
    chips = {row: chip for chip, row in enumerate(analysis.crop_rows.tolist())}
    for edit in made:
        for key in (*edit.who, *edit.others, *edit.tracks, *edit.source):
            track = None if key in tracks else keys.track(key)
            if track is not None:
                found["tracks"][key] = track
        row = keys.picture(edit.face) if edit.face and edit.face not in faces else None
        if row is not None:
            found["faces"][edit.face] = chips[row]
    return found


def _short(values: np.typing.NDArray[np.floating]) -> list[float]:
    rounded: list[float] = np.round(np.asarray(values, dtype=np.float64), PLACES).tolist()
    return rounded
