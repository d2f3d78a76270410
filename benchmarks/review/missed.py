"""How well a face that was missed is found again from one box that somebody draws.

    python -m benchmarks review missed [CLIP.mp4 ...] [--share 0.2] [--jitter 0.1] [--seed 0]

Tracks of a clip's analysis are dropped at random until they held that share of all detections. For
each a box is drawn around its best face, off by up to a share of its size on each side. What is
found then is compared with what was dropped: faces match that overlap by half in one frame. Where
a dropped track had a gap, a face in its place is neither right nor wrong.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

import clusterer
from benchmarks.footage import CLIPS, DEMO, add_results, results_folder
from benchmarks.tables import print_table
from clusterer.core.geometry import iou
from clusterer.core.types import Analysis, Detections, IntArray
from clusterer.edits import revise
from clusterer.pipeline.missed import FaceFinder

QUICK: Mapping[str, object] = {"clips": [DEMO]}
NAMES = ("friends_a", "azfriends", "sweden")


def without(analysis: Analysis, share: float, chance: random.Random) -> tuple[Analysis, list[int]]:
    """The analysis without some tracks at random, and which."""
    order = list(range(len(analysis.tracks)))
    chance.shuffle(order)
    left, gone = share * len(analysis.rows_of_tracks), list[int]()
    for track in order:
        if left <= 0:
            break
        gone.append(track)
        left -= len(analysis.tracks[track])
    kept = [track for track in analysis.tracks if track.id not in gone]
    tracks = tuple(replace(track, id=i) for i, track in enumerate(kept))
    rows = np.setdiff1d(np.arange(len(analysis.detections)), rows_of(analysis, gone))
    new = np.full(len(analysis.detections), -1)
    new[rows] = np.arange(len(rows))
    chips = np.isin(analysis.chip_rows, rows)
    less = replace(
        analysis,
        detections=analysis.detections[rows],
        quality=analysis.quality[rows],
        tracks=tuple(replace(t, detection_rows=new[t.detection_rows]) for t in tracks),
        chip_rows=new[analysis.chip_rows[chips]],
        chip_embeddings=analysis.chip_embeddings[chips],
        chip_colours=analysis.chip_colours[chips],
        chip_clothing=analysis.chip_clothing[chips],
        chip_torso_share=analysis.chip_torso_share[chips],
        chip_torso_sharpness=analysis.chip_torso_sharpness[chips],
        crop_rows=new[np.intersect1d(analysis.crop_rows, rows)],
    )
    return less, sorted(gone)


def rows_of(analysis: Analysis, tracks: list[int]) -> IntArray:
    """Detections of some tracks."""
    rows = [analysis.tracks[track].detection_rows for track in tracks]
    return np.concatenate([np.zeros(0, np.int64), *rows])


def matched(found: Detections, wanted: Detections) -> int:
    """Faces of both, one to one in each frame."""
    both = 0
    for frame in np.intersect1d(found.frame_index, wanted.frame_index).tolist():
        overlap = iou(
            found.boxes[found.frame_index == frame].astype(np.float64),
            wanted.boxes[wanted.frame_index == frame].astype(np.float64),
        )
        while overlap.size and overlap.max() >= 0.5:
            i, j = np.unravel_index(int(overlap.argmax()), overlap.shape)
            overlap[i], overlap[:, j] = 0.0, 0.0
            both += 1
    return both


def gaps(analysis: Analysis, tracks: list[int]) -> Detections:
    """Where faces of tracks must be in analysed frames between two of theirs without them."""
    found = analysis.detections
    parts = [Detections.empty()]
    for track in tracks:
        own = found[analysis.tracks[track].detection_rows]
        first, last = own.frame_index[[0, -1]].tolist()
        frames = analysis.sampled_frames
        frames = frames[(frames > first) & (frames < last)]
        frames = np.setdiff1d(frames, own.frame_index)
        boxes = [np.interp(frames, own.frame_index, own.boxes[:, side]) for side in range(4)]
        n = len(frames)
        nothing = np.full((n, 5, 2), np.nan, np.float32)
        sides = np.stack(boxes, axis=1).astype(np.float32)
        parts.append(Detections(frames, frames, sides, np.ones(n, np.float32), nothing))
    return Detections.concatenate(parts)


def f_of(found: Analysis, wanted: Analysis, gone: list[int], known: int) -> float:
    """Harmonic mean of precision and recall of faces; rows from `known` on were added."""
    a, b = (each.detections[each.rows_of_tracks] for each in (found, wanted))
    added = found.rows_of_tracks[found.rows_of_tracks >= known]
    between = matched(found.detections[added], gaps(wanted, gone))
    return 2 * matched(a, b) / (len(a) - between + len(b))


def row(clip: Path, folder: Path, given: argparse.Namespace) -> list[str]:
    """Drop tracks of a clip and find them again."""
    result = clusterer.process(clip, folder=folder / "missed" / clip.stem).result
    chance, whole = random.Random(given.seed), result.analysis
    less, gone = without(whole, given.share, chance)
    before, boxes, edits = f_of(less, whole, gone, len(less.detections)), 0, list[clusterer.Edit]()
    finder = FaceFinder(whole, result.config, clip)
    now, begun = less, time.monotonic()
    for track in gone:
        rows = whole.tracks[track].detection_rows
        best = int(rows[int(np.argmax(whole.quality.value[rows]))])
        box = whole.detections.scaled(*whole.video.to_square).boxes[best].astype(np.float64)
        size = np.tile(box[2:] - box[:2], 2)
        box += size * [chance.uniform(-given.jitter, given.jitter) for _ in range(4)]
        at_s = float(whole.video.seconds(int(whole.detections.pts[best])))
        try:
            missed = finder.find(now, at_s, box.tolist())
        except clusterer.ClustererError:
            continue  # another box has found it
        boxes += 1
        edits.append(missed.edit)
        now = revise(missed.analysis, edits).analysis
    took_s = (time.monotonic() - begun) / max(boxes, 1)
    after = f_of(now, whole, gone, len(less.detections))
    numbers = [len(whole.tracks), len(gone), boxes]
    return [clip.stem, *map(str, numbers), f"{before:.3f}", f"{after:.3f}", f"{took_s:.1f}"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    clips = [CLIPS / f"{name}.mp4" for name in NAMES]
    parser.add_argument("clips", nargs="*", type=Path, default=clips, help="films")
    parser.add_argument("--share", type=float, default=0.2, help="of detections that are dropped")
    parser.add_argument("--jitter", type=float, default=0.1, help="error of a side, of the size")
    parser.add_argument("--seed", type=int, default=0, help="of what is dropped and drawn")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    head = ("clip", "tracks", "missed", "boxes", "F before", "F after", "s a box")
    with results_folder(given.results) as folder:
        print_table(head, (row(clip, folder, given) for clip in given.clips))
