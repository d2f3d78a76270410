"""A result small enough to compute its tables by hand: 4 s, two shots, two people, one unknown."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from clusterer.core.config import AnalysisConfig, ClusteringConfig, Config, EncodingConfig
from clusterer.core.types import (
    UNKNOWN,
    Analysis,
    Calibration,
    ChipQuality,
    ClusteringResult,
    Detections,
    Mark,
    Reason,
    Shot,
    Track,
    TrackFeatures,
    Verdict,
    VideoInfo,
)
from clusterer.people.identities import present, reasons_of
from clusterer.store.finished import FinishedPart, FinishedShot, Kind, Picture

OF_DLIB = AnalysisConfig(encoding=EncodingConfig("dlib"))
FRAME_PTS = 512
START_PTS = 1024
FRAMES = np.array([0, 0, 10, 10, 20, 50, 60, 60, 99])
ROWS_OF_TRACKS = ([0, 2, 4], [1, 3], [5, 6, 8], [7])
LABELS = np.array([0, 1, 0, UNKNOWN])
FITS = Calibration(
    verdict=Verdict.FITS,
    threshold=0.36,
    automatic=False,
    suggested=0.36,
    unshrunk=0.36,
    n_same=3,
    n_different=2,
    evidence_different=1.5,
    median_same=0.25,
    median_different=0.6,
    share_same_accepted=1.0,
    share_different_accepted=0.2,
    different_accepted_low=0.0,
    different_accepted_high=0.5,
)
NOT_FINITE = np.full((len(FRAMES), 5, 2), np.nan)


def small_analysis() -> Analysis:
    n = len(FRAMES)
    left = np.array([100.04, 300, 101, 301, 102, 110, 111, 400, 112])
    quality = np.full(n, 0.5)
    return Analysis(
        video=VideoInfo(
            "footage/small.mp4",
            640,
            360,
            Fraction(25),
            Fraction(1, 12800),
            START_PTS,
            4.0,
            "01:00:00:00",
        ),
        shots=tuple(
            Shot(i, a, b, START_PTS + a * FRAME_PTS, START_PTS + b * FRAME_PTS)
            for i, (a, b) in enumerate([(0, 50), (50, 100)])
        ),
        detections=Detections(
            FRAMES,
            START_PTS + FRAMES * FRAME_PTS,
            np.stack([left, left * 0 + 50, left + 40, left * 0 + 98], axis=1),
            np.linspace(0.5, 0.9, n),
            NOT_FINITE,
        ),
        quality=ChipQuality(quality, quality + 0.5, quality + 0.5, quality + 0.25),
        tracks=tuple(
            Track(i, shot, np.array(rows))
            for i, (shot, rows) in enumerate(zip((0, 0, 1, 1), ROWS_OF_TRACKS, strict=True))
        ),
        chip_rows=np.array([0, 1, 5, 7]),
        chip_embeddings=np.eye(4, 8),
        crop_rows=np.array([0, 1, 5, 7]),
        sampled_frames=np.unique(FRAMES),
        sampled_pts=START_PTS + np.unique(FRAMES) * FRAME_PTS,
        models={"a.onnx": "ab" * 32},
        warnings=("the file is truncated",),
    )


def small_result() -> ClusteringResult:
    analysis = small_analysis()
    t = len(analysis.tracks)
    features = TrackFeatures(
        np.arange(t),
        np.array([analysis.detections.pts[rows[0]] for rows in ROWS_OF_TRACKS]),
        np.eye(t, 8),
        np.full(t, 0.5),
        np.array([3, 2, 3, 1]),
        np.ones(t, bool),
        (Reason.NONE,) * 3 + (Reason.SINGLE_FACE,),
    )
    confidence = np.array([1.0, 0.75, 0.5, 0.0])
    reasons = reasons_of(features, LABELS, np.zeros(t, bool))
    people, unknowns = present(analysis, LABELS, reasons, confidence)
    return ClusteringResult(
        analysis=analysis,
        features=features,
        cannot_link=np.array([[0, 1], [2, 3]]),
        labels=LABELS,
        people=people,
        unknowns=unknowns,
        config=Config(OF_DLIB, ClusteringConfig(threshold=0.36)),
    )


def pictures(analysis: Analysis) -> dict[str, bytes]:
    """File name → content in place of a picture, for every row in `crop_rows`."""
    track_of = {row: i for i, rows in enumerate(ROWS_OF_TRACKS) for row in rows}
    return {
        f"{track_of[row]:05d}-{FRAMES[row]:07d}.jpg": f"picture {row}".encode()
        for row in analysis.crop_rows.tolist()
    }


def finished_part(value: int) -> FinishedPart:
    """A part of one shot, with a picture; `value` tells it from others."""
    arrays = {"shot": np.array([value]), "track_of_row": np.zeros(0, np.int64)}
    shot = FinishedShot(Mark(value, value), arrays, (Picture(0, value, Kind.FACE, b"picture"),))
    return FinishedPart((shot,), None)
