"""The ancestor's complete method beside ours on labelled clips; columns as in `people accuracy`.

    python -m benchmarks people ancestor [CLIP.mp4 ...] [--own-frame-only]

The ancestor samples every n-th frame, finds faces by HOG in the whole picture (`face_recognition`:
upsampled once), encodes each with dlib's network, and groups them in order of time by the rule of
``--method sequential``: single faces, no tracks, shots, quality or cannot-links. In its favour,
pictures are encoded as RGB; its code passes BGR.

Labelled frames lie between the sampled ones, and without tracks nothing can be interpolated. So a
face also counts, with its box unchanged, for the nearest frames: half an interval to either side
(0.5 s at one frame a second). That favours recall; a box that outlasts a cut or a step aside is a
wrong box. With ``--own-frame-only``, a face counts in its frame only. The first frame is sampled,
as it is labelled; if the step is no multiple of that of the labels, most sampled frames have no
labels, and ``--own-frame-only`` means little.

Ours is the pipeline at its defaults. People found are groups, including those of unlabelled faces.
Seconds of the ancestor are with our decoder and encoder, and dlib's HOG.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import dlib
import numpy as np

from benchmarks.footage import (
    Clip,
    add_clips,
    add_results,
    folder_of,
    read_clips,
    results_folder,
    warm_up,
)
from benchmarks.people.accuracy import HEADER, RATES
from benchmarks.people.accuracy import row as our_row
from benchmarks.tables import print_table
from clusterer.core.config import ClusteringConfig, DetectionConfig, EncodingConfig
from clusterer.core.types import (
    Analysis,
    ChipQuality,
    Detections,
    FloatArray,
    Frame,
    ImageArray,
    IntArray,
    Reason,
    Track,
    TrackFeatures,
    VideoInfo,
)
from clusterer.evaluation import Truth, match, score
from clusterer.faces import detection, encoding
from clusterer.media import probe
from clusterer.media.decode import Reader
from clusterer.media.picture import Converter
from clusterer.models.bundled import PREDICTOR
from clusterer.people import clustering

QUICK: Mapping[str, object] = {"rates": [0.5]}
THRESHOLDS = (0.44, 0.36)
"""The default of the ancestor's code, and the one recommended to its users."""
CHIP_PX, CHIP_PADDING = 150, 0.25
"""As dlib's `compute_face_descriptor` cuts them out."""
HOG = DetectionConfig(detector="hog", width_px=4096, min_score=0.5, min_face_px=1.0)
"""The whole picture, and dlib's default threshold."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Single faces, in order of time.

    Attributes
    ----------
    video : facts of the video
    step : frames from one sampled frame to the next
    detections : n faces
    embeddings : array of shape (n, d), float32
    seconds : how long it took
    """

    video: VideoInfo
    step: int
    detections: Detections
    embeddings: FloatArray
    seconds: float


def look(video: Path, rate_hz: float) -> Faces:
    """Find and encode the faces in every n-th frame."""
    started_s = time.perf_counter()
    info = probe(video)
    step = max(1, round(float(info.frame_rate) / rate_hz))
    detector, encoder = detection.create(HOG, 1), encoding.create(EncodingConfig("dlib"), 2)
    predictor = dlib.shape_predictor(str(PREDICTOR.find()))
    converter = Converter(*info.square_px, 160)
    found, chips = [], []
    for decoded in Reader(info):
        if decoded.index % step:
            continue
        frame = Frame(decoded.index, decoded.pts, converter.rgb(decoded.raw))
        found += detector.detect([frame])
        chips += [chip(predictor, frame.image, box) for box in found[-1].boxes]
    stacked = np.array(chips, np.uint8).reshape(-1, CHIP_PX, CHIP_PX, 3)
    embeddings = encoder.encode(stacked)
    seconds = time.perf_counter() - started_s
    return Faces(info, step, Detections.concatenate(found), embeddings, seconds)


def chip(predictor: dlib.shape_predictor, image: ImageArray, box: FloatArray) -> ImageArray:
    """Cut a face out as `face_recognition` does, which hands HOG's square to the predictor."""
    left, top, right, bottom = (round(float(side)) for side in box)
    image = np.ascontiguousarray(image)
    shape = predictor(image, dlib.rectangle(left, top, right - 1, bottom - 1))
    cut: ImageArray = dlib.get_face_chip(image, shape, CHIP_PX, CHIP_PADDING)
    return cut


def group(faces: Faces, threshold: float) -> IntArray:
    """Label of each face by the ancestor's rule; two faces that match found a person."""
    n = len(faces.detections)
    features = TrackFeatures(
        track_ids=np.arange(n),
        start_pts=faces.detections.pts,
        face=faces.embeddings,
        quality=np.ones(n, np.float32),
        readable_chips=np.ones(n, np.int64),
        has_face=np.ones(n, bool),
        reasons=(Reason.NONE,) * n,
    )
    config = ClusteringConfig(method="sequential", min_faces=2)
    return clustering.create(config, threshold).cluster(features, np.zeros((0, 2), np.int64)).labels


def standing(faces: Faces, *, own_frame_only: bool) -> Analysis:
    """An analysis in which each face is a static track around its frame."""
    n, info, none = len(faces.detections), faces.video, np.zeros(0, np.int64)
    before, after = (0, 0) if own_frame_only else (faces.step // 2, (faces.step - 1) // 2)
    rows = np.repeat(np.arange(n), 2)
    shift = np.tile([-before, after], n)
    frame_pts = float(1 / (info.frame_rate * info.time_base))
    still = faces.detections[rows]
    return Analysis(
        video=info,
        shots=(),
        detections=Detections(
            frame_index=still.frame_index + shift,
            pts=still.pts + np.round(shift * frame_pts).astype(np.int64),
            boxes=still.boxes,
            scores=still.scores,
            landmarks=still.landmarks,
        ),
        quality=ChipQuality(*np.ones((4, 2 * n), np.float32)),
        # One row where both are the same frame, which would else count twice.
        tracks=tuple(
            Track(i, 0, np.unique([2 * i, 2 * i + (before + after > 0)])) for i in range(n)
        ),
        chip_rows=none,
        chip_embeddings=faces.embeddings[:0],
        crop_rows=none,
        sampled_frames=none,
        sampled_pts=none,
    )


def row(name: str, truth: Truth, faces: Faces, labels: IntArray, analysis: Analysis) -> list[str]:
    """Score the ancestor on a clip."""
    ratios = score(match(truth, analysis), labels).ratios()
    rates = (f"{ratios[rate]:.3f}" for rate in RATES)
    people = f"{ratios['people_found']} / {ratios['people_true']}"
    return [name, *rates, people, f"{faces.seconds:.1f}"]


def rows(
    clip: Clip, folder: Path, rates_hz: Sequence[float], *, own_frame_only: bool
) -> Iterator[list[str]]:
    """Ours, then the ancestor's at each rate and threshold."""
    ours = our_row(clip, folder)
    yield [f"{ours[0]}, ours", *ours[1:]]
    for rate_hz in rates_hz:
        faces = look(clip.video, rate_hz)
        analysis = standing(faces, own_frame_only=own_frame_only)
        for threshold in THRESHOLDS:
            name = f"{clip.name}, ancestor at {rate_hz:g} Hz, {threshold}"
            yield row(name, clip.truth, faces, group(faces, threshold), analysis)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_clips(parser)
    parser.add_argument("--rates", type=float, nargs="+", default=[1.0, 4.0], metavar="HZ")
    parser.add_argument("--own-frame-only", action="store_true")
    add_results(parser)


def main(given: argparse.Namespace) -> None:
    """Print the table, clip by clip."""
    clips = read_clips(given.clips)
    warm_up(clips[0].video)
    with results_folder(given.results) as results:
        every = (
            row
            for clip in clips
            for row in rows(
                clip, folder_of(clip, results), given.rates, own_frame_only=given.own_frame_only
            )
        )
        print_table(("clip, method", *HEADER[1:]), every)
