"""How much the order of tracks decides, for `incremental` and the ancestor's `sequential`.

    python -m benchmarks people order [CLIP.mp4 ...] [--shuffles 20] [--video] [--results FOLDER]

First table: tracks that start in the same frame are shuffled and renumbered. A track changes if the
tracks it is grouped with do, or if it becomes unknown or ceases to be. Second: the analysis with
its time reversed. Third (`--video`): the clip itself played backwards, so that other frames are
sampled and tracks and chips differ, too. ARI (Hubert and Arabie 1985) compares both groupings, of
tracks in the second table, of labelled faces found both ways in the third; each unknown track is a
separate group.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType
from sklearn.metrics import adjusted_rand_score

import clusterer
from benchmarks.footage import (
    AnalysedClip,
    Clip,
    add_clips,
    add_results,
    analysed,
    read_clips,
    results_folder,
)
from benchmarks.tables import print_table
from clusterer.core.config import ClothingConfig, ClusteringConfig, Config
from clusterer.core.types import UNKNOWN, Analysis, IntArray, Shot, Track
from clusterer.evaluation import MISSED, Matching, score
from clusterer.media import probe

QUICK: Mapping[str, object] = {"shuffles": 2}
METHODS = ("incremental", "sequential")
SHUFFLED = ("clip", "method", "tracks", "of them with others", "changed, mean", "changed, most")
TURNED = ("clip", "method", "F", "F backwards", "precision", "precision backwards", "ARI")


def labels_of(analysis: Analysis, method: str) -> IntArray:
    """Labels at the defaults."""
    clothing = ClothingConfig(enabled=method != "sequential")  # the ancestor has none
    config = Config(clustering=ClusteringConfig(method=method, clothing=clothing))
    return clusterer.decide(analysis, config).labels


def shuffled(analysis: Analysis, rng: np.random.Generator) -> tuple[Analysis, IntArray]:
    """Shuffle tracks that start together and renumber them; also return their old numbers."""
    order = np.lexsort((rng.permutation(len(analysis.tracks)), starts(analysis)))
    moved = (analysis.tracks[old] for old in order.tolist())
    tracks = tuple(replace(track, id=new) for new, track in enumerate(moved))
    return replace(analysis, tracks=tracks), order


def starts(analysis: Analysis) -> IntArray:
    """First pts of each track, shape (t,)."""
    first = [int(track.detection_rows[0]) for track in analysis.tracks]
    return analysis.detections.pts[np.array(first, np.int64)]


def backwards(analysis: Analysis) -> tuple[Analysis, IntArray]:
    """The analysis with its time turned round; and which track each of its tracks was."""
    n, found = len(analysis.detections), analysis.detections[::-1]
    end, last_pts = analysis.shots[-1].end_frame, analysis.shots[-1].end_pts
    origin_pts = analysis.video.start_pts + last_pts
    frame_pts = max(1, round(1 / (analysis.video.frame_rate * analysis.video.time_base)))
    shown_pts = origin_pts - frame_pts  # less the pts of a frame: where it begins, backwards
    turned = replace(found, frame_index=end - 1 - found.frame_index, pts=shown_pts - found.pts)
    last_shot = len(analysis.shots) - 1
    shots = tuple(
        Shot(
            last_shot - shot.index,
            end - shot.end_frame,
            end - shot.start_frame,
            origin_pts - shot.end_pts,
            origin_pts - shot.start_pts,
        )
        for shot in reversed(analysis.shots)
    )
    rows = [n - 1 - track.detection_rows[::-1] for track in analysis.tracks]
    first = np.array([r[0] for r in rows], np.int64)
    order = np.lexsort((turned.boxes[first, 0], turned.frame_index[first]))
    old_shot = [track.shot_index for track in analysis.tracks]
    return (
        replace(
            analysis,
            shots=shots,
            detections=turned,
            quality=analysis.quality[::-1],
            tracks=tuple(
                Track(new, last_shot - old_shot[old], rows[old])
                for new, old in enumerate(order.tolist())
            ),
            chip_rows=(n - 1 - analysis.chip_rows)[::-1],
            chip_embeddings=analysis.chip_embeddings[::-1],
            chip_colours=analysis.chip_colours[::-1],
            chip_clothing=analysis.chip_clothing[::-1],
            chip_torso_share=analysis.chip_torso_share[::-1],
            chip_torso_sharpness=analysis.chip_torso_sharpness[::-1],
            crop_rows=(n - 1 - analysis.crop_rows)[::-1],
            sampled_frames=(end - 1 - analysis.sampled_frames)[::-1],
            sampled_pts=(shown_pts - analysis.sampled_pts)[::-1],
        ),
        order,
    )


def put_back(labels: IntArray, order: IntArray) -> IntArray:
    """Labels in the order in which the tracks were first."""
    there = np.empty_like(labels)
    there[order] = labels
    return there


def changed(a: IntArray, b: IntArray) -> float:
    """Share of tracks that are grouped with other tracks, or unknown in one of both only."""
    fellows = [alone(x)[:, None] == alone(x)[None, :] for x in (a, b)]
    differs = (fellows[0] != fellows[1]).any(axis=1) | ((a == UNKNOWN) != (b == UNKNOWN))
    return float(differs.mean()) if len(a) else 0.0


def alone(labels: IntArray) -> IntArray:
    """Labels with a separate one for each unknown track."""
    return np.where(labels == UNKNOWN, -1 - np.arange(len(labels)), labels)


def shuffled_row(clip: AnalysedClip, method: str, shuffles: int) -> list[str]:
    """How much changes when tracks of equal start change places."""
    plain = labels_of(clip.analysis, method)
    shares = []
    for seed in range(shuffles):
        analysis, order = shuffled(clip.analysis, np.random.default_rng(seed))
        shares.append(changed(plain, put_back(labels_of(analysis, method), order)))
    _, index, together = np.unique(starts(clip.analysis), return_inverse=True, return_counts=True)
    tied = int((together[index] > 1).sum())
    counts = (str(len(plain)), str(tied))
    return [clip.name, method, *counts, f"{np.mean(shares):.3f}", f"{max(shares):.3f}"]


def turned_row(clip: AnalysedClip, method: str) -> list[str]:
    """The analysis played backwards."""
    analysis, order = backwards(clip.analysis)
    plain = labels_of(clip.analysis, method)
    turned = put_back(labels_of(analysis, method), order)
    ari = float(adjusted_rand_score(alone(plain), alone(turned)))
    return [
        clip.name,
        method,
        *rates((clip.matching, plain), (clip.matching, turned)),
        f"{ari:.3f}",
    ]


def rates(forth: tuple[Matching, IntArray], back: tuple[Matching, IntArray]) -> list[str]:
    """B-cubed F and precision of assigned faces, both ways."""
    ratios = [score(*way).ratios() for way in (forth, back)]
    names = ("b_cubed_f", "assigned_b_cubed_precision")
    return [f"{way[name]:.3f}" for name in names for way in ratios]


def video_row(clip: AnalysedClip, turned: AnalysedClip, method: str) -> list[str]:
    """The clip itself played backwards."""
    ways = [(way.matching, labels_of(way.analysis, method)) for way in (clip, turned)]
    found = np.logical_and(*(matching.track != MISSED for matching, _ in ways))
    groups = [alone(labels)[matching.track[found]] for matching, labels in ways]
    ari = float(adjusted_rand_score(*groups))
    return [clip.name, method, *rates(*ways), f"{ari:.3f}"]


def turn_video(clip: Clip, folder: Path) -> AnalysedClip:
    """Write the clip backwards and look at it."""
    video = folder / f"{clip.name}.mp4"
    frames = write_backwards(clip.video, video)
    truth = replace(
        clip.truth,
        frames=(frames - 1 - clip.truth.frames)[::-1],
        frame=frames - 1 - clip.truth.frame,
        ignore_frame=frames - 1 - clip.truth.ignore_frame,
    )
    return analysed(Clip(video, truth), folder)


def write_backwards(video: Path, target: Path) -> int:
    """Write a video backwards, each frame a key frame; held in memory whole. How many frames."""
    with av.open(str(video)) as source, av.open(str(target), "w") as sink:
        source_stream, rate = source.streams.video[0], probe(video).frame_rate
        frames = list(source.decode(source_stream))
        stream = sink.add_stream("libx264", rate, {"crf": "6", "preset": "veryfast"})
        stream.width, stream.height, stream.gop_size = source_stream.width, source_stream.height, 1
        stream.pix_fmt = source_stream.pix_fmt
        stream.codec_context.colorspace = source_stream.codec_context.colorspace
        for position, frame in enumerate(reversed(frames)):
            frame.pts, frame.time_base = position, 1 / rate
            frame.pict_type = PictureType.NONE
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode())
    return len(frames)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--shuffles", type=int, default=20, metavar="N")
    parser.add_argument("--video", action="store_true", help="play the clips backwards too")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the tables, row by row."""
    with results_folder(given.results) as folder:
        clips = [analysed(clip, folder) for clip in read_clips(given.clips)]
    both = [(clip, method) for clip in clips for method in METHODS]
    print_table(SHUFFLED, (shuffled_row(*each, given.shuffles) for each in both))
    print()
    print_table(TURNED, (turned_row(*each) for each in both))
    if given.video:
        print()
        with tempfile.TemporaryDirectory() as place:
            turned = ((clip, turn_video(clip.clip, Path(place))) for clip in clips)
            print_table(TURNED, (video_row(*two, m) for two in turned for m in METHODS))
