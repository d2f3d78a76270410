"""Whether tracks stay with one person, and begin and end at the true frame.

    python -m benchmarks faces tracks [CLIP.mp4 ...] [--rates 3 4 5 6] [--results FOLDER]

First table: purity is the share of matched faces that show the person whom most faces of their
track show; switches count how often a person goes on in another track within a shot. Second: faces
cut out of the sample film move over a background, and the true frame of each coming and going
within a shot is known; errors in frames, beside those of the detections alone. The second table is
behind the constants of `clusterer.media.flow`, the first behind `TrackingConfig`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.faces._cutouts import LENGTH, RATE, Film, render
from benchmarks.footage import (
    RATE_HZ,
    AnalysedClip,
    Clip,
    add_clips,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.tables import print_table
from clusterer.core.appearances import JOIN_GAP_S
from clusterer.core.types import IntArray
from clusterer.evaluation.matching import MISSED

QUICK: Mapping[str, object] = {"rates": [RATE_HZ]}
PURITY_HEADER = ("clip", "samples/s", "matched faces", "purity", "switches", "tracks")
ENDS_HEADER = (
    "ends", "samples/s", "number", "median error", "95 %", "within 2 frames",
    "detections: median", "95 %",
)  # fmt: skip
NEAR = 2
"""Frames by which an end may be wrong."""


def purity(clip: AnalysedClip) -> list[str]:
    """A row of the first table."""
    matching = clip.matching
    people_of: dict[int, Counter[str]] = defaultdict(Counter)
    path_of: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    found = zip(matching.rows.tolist(), matching.people, matching.track.tolist(), strict=True)
    for row, person, track in found:
        if track != MISSED:
            people_of[track][person] += 1
            shot = clip.analysis.tracks[track].shot_index
            path_of[person, shot].append((int(matching.truth.frame[row]), track))
    total = sum(people.total() for people in people_of.values())
    right = sum(max(people.values()) for people in people_of.values())
    switches = sum(
        before[1] != after[1]
        for path in path_of.values()
        for before, after in pairwise(sorted(path))
    )
    share = f"{right / max(total, 1):.4f}"
    return [clip.name, f"{clip.rate_hz:g}", str(total), share, str(switches), str(len(people_of))]


def errors(film: Film, clip: AnalysedClip) -> tuple[list[int], list[int]]:
    """Errors of comings and goings within shots, frames: of tracks, and of their detections.

    A face that is away for as long as an appearance bridges has not gone.
    """
    analysis, people = clip.analysis, clip.track_people
    frames = analysis.detections.frame_index
    of_tracks: list[int] = []
    of_detections: list[int] = []
    for person, first, last in film.visits(round(JOIN_GAP_S * RATE)):
        start = first - first % LENGTH
        mine = [
            (span.start_frame, span.end_frame - 1, *frames[track.detection_rows[[0, -1]]].tolist())
            for track, span in zip(
                analysis.tracks, analysis.spans(*range(len(people))), strict=True
            )
            if people[track.id] == person and span.start_frame <= last and span.end_frame > first
        ]
        if mine and first > start:
            of_tracks.append(min(each[0] for each in mine) - first)
            of_detections.append(min(each[2] for each in mine) - first)
        if mine and last < start + LENGTH - 1:
            of_tracks.append(max(each[1] for each in mine) - last)
            of_detections.append(max(each[3] for each in mine) - last)
    return of_tracks, of_detections


def ends(name: str, rate: str, of_tracks: list[int], of_detections: list[int]) -> list[str]:
    """A row of the second table."""
    tracks, detections = np.abs(of_tracks), np.abs(of_detections)
    within = f"{np.mean(tracks <= NEAR):.3f}"
    return [
        name, rate, str(len(tracks)), *_middle(tracks), within, *_middle(detections),
    ]  # fmt: skip


def _middle(values: IntArray) -> tuple[str, str]:
    return f"{np.median(values):g}", f"{np.percentile(values, 95):.1f}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--rates", type=float, nargs="+", default=[3.0, 4.0, 5.0, 6.0])
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print both tables."""
    with results_folder(given.results) as results, tempfile.TemporaryDirectory() as folder:
        film = render(Path(folder))
        clips = [*read_clips(given.clips), Clip(film.video, film.truth)]
        pairs = ((clip, rate) for clip in clips for rate in given.rates)
        print_table(PURITY_HEADER, (purity(analysed(c, results, rate)) for c, rate in pairs))
        print()
        print_table(ENDS_HEADER, end_rows(film, results, given.rates))


def end_rows(film: Film, results: Path, rates: Sequence[float]) -> Iterator[list[str]]:
    """A row for each rate, and one for all."""
    all_tracks: list[int] = []
    all_detections: list[int] = []
    for rate in rates:
        found = errors(film, analysed(Clip(film.video, film.truth), results, rate))
        all_tracks += found[0]
        all_detections += found[1]
        yield ends("cut-outs", f"{rate:g}", *found)
    yield ends("all", ", ".join(f"{rate:g}" for rate in rates), all_tracks, all_detections)
