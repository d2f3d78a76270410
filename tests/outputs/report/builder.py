"""Synthetic results: people with drawn faces, in a video that never was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import cv2
import numpy as np

from clusterer.core.appearances import appearances
from clusterer.core.config import AnalysisConfig, ClusteringConfig, Config, DetectionConfig
from clusterer.core.types import (
    UNKNOWN,
    Action,
    Advice,
    Analysis,
    ChipQuality,
    ClothingDecision,
    ClusteringResult,
    Detections,
    Edit,
    Grouping,
    Identity,
    Reason,
    Shot,
    Track,
    TrackFeatures,
    VideoInfo,
)

RATE = Fraction(25)
TIME_BASE = Fraction(1, 12800)
TICKS = 512
"""Ticks a frame."""
FACES_A_TRACK = 4
NO_ADVICE = Advice()
BY_REVIEWERS = (Reason.BY_HAND, Reason.NOT_A_FACE)
"""Reasons that no grouping gives."""


@dataclass(frozen=True)
class Cast:
    """A person (or unknown) to be drawn: the shots it is seen in, its name, its reason."""

    shots: Sequence[int]
    name: str
    reason: Reason = Reason.NONE


@dataclass(frozen=True)
class Scene:
    """Shots of one length; every person of `cast` fills the shots it is in.

    Tracks are numbered by shot, then by place in `cast`, which is the label of a person. A name
    other than ``Person N`` is a correction before those of `edits`, which are not replayed here.
    """

    cast: Sequence[Cast]
    shot_count: int = 10
    shot_frames: int = 50
    path: str = "footage/episode.mp4"
    start_timecode: str | None = None
    warnings: tuple[str, ...] = ()
    clothing: tuple[ClothingDecision, ...] = ()
    cannot_link: Sequence[tuple[int, int]] = ()
    edits: tuple[Edit, ...] = ()
    grouping: Grouping | None = None
    grouped_under: int = 0
    edit_notes: tuple[str, ...] = ()
    advice: Advice = NO_ADVICE

    def build(self) -> ClusteringResult:
        """Make the result."""
        return _Builder(self).build()


def key_of(analysis: Analysis, row: int) -> str:
    """Name of a face in corrections, by the rule of the file format."""
    box = ",".join(str(round(side)) for side in analysis.detections.boxes[row].tolist())
    return f"{analysis.detections.frame_index[row]}@{box}"


def track_key(analysis: Analysis, track: int) -> str:
    """Name of a track in corrections: that of its best face."""
    rows = analysis.tracks[track].detection_rows.tolist()
    quality = analysis.quality.value
    return key_of(analysis, max(rows, key=lambda row: (quality[row], -row)))


class _Builder:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        plan = [(shot, who) for who, cast in enumerate(scene.cast) for shot in cast.shots]
        self.plan = sorted(plan)
        steps = np.linspace(0, scene.shot_frames - 1, FACES_A_TRACK).round()
        starts = np.array([shot * scene.shot_frames for shot, _ in self.plan])
        frames = (starts[:, None] + steps).astype(np.int64).ravel()
        order = np.argsort(frames, kind="stable")
        self.frames = frames[order]
        self.rows = np.argsort(order).reshape(-1, FACES_A_TRACK)
        # Side by side, so that no two faces of a frame have one key.
        shots = [shot for shot, _ in self.plan]
        places = np.array([i - shots.index(shot) for i, shot in enumerate(shots)], dtype=np.int64)
        self.places = np.repeat(places, FACES_A_TRACK)[order]

    def build(self) -> ClusteringResult:
        scene, analysis = self.scene, self.analysis()
        people, unknowns = [], []
        for who, cast in enumerate(scene.cast):
            kind = unknowns if cast.reason else people
            kind.append(self.identity(analysis, who, cast))
        people.sort(key=lambda p: (-p.screen_time_s, p.appearances[0].start_pts, p.label))
        unknowns.sort(key=lambda unknown: unknown.appearances[0].start_pts)
        tracks = len(self.plan)
        return ClusteringResult(
            analysis=analysis,
            features=TrackFeatures(
                np.arange(tracks),
                np.arange(tracks),
                np.zeros((tracks, 2)),
                np.ones(tracks),
                np.ones(tracks),
                np.ones(tracks, bool),
                (Reason.NONE,) * tracks,
            ),
            cannot_link=np.array(scene.cannot_link, dtype=np.int64).reshape(-1, 2),
            labels=np.array([self.label(who) for _, who in self.plan], dtype=np.int64),
            people=tuple(replace(p, id=f"person-{k}") for k, p in enumerate(people, start=1)),
            unknowns=tuple(replace(u, id=f"unknown-{k}") for k, u in enumerate(unknowns, start=1)),
            config=Config(
                AnalysisConfig(detection=DetectionConfig(min_score=0.4)),
                ClusteringConfig(threshold=0.36),
            ),
            clothing=scene.clothing,
            edits=(*self.naming(analysis, people), *scene.edits),
            grouped_under=scene.grouped_under,
            edit_notes=scene.edit_notes,
            advice=scene.advice,
            grouping=scene.grouping,
        )

    def label(self, who: int) -> int:
        return UNKNOWN if self.scene.cast[who].reason else who

    def naming(self, analysis: Analysis, people: Sequence[Identity]) -> list[Edit]:
        return [
            Edit(Action.NAME, who=(track_key(analysis, person.track_ids[0]),), name=person.name)
            for number, person in enumerate(people, start=1)
            if person.name != f"Person {number}"
        ]

    def analysis(self) -> Analysis:
        scene, n = self.scene, len(self.frames)
        length = scene.shot_frames
        rng = np.random.default_rng(5)
        heights = rng.uniform(24, 120, n).round()
        left, top = self.places % 15 * 125.0, self.places // 15 * 125.0
        return Analysis(
            video=VideoInfo(
                scene.path,
                1920,
                1080,
                RATE,
                TIME_BASE,
                0,
                float(scene.shot_count * length / RATE),
                scene.start_timecode,
            ),
            shots=tuple(
                Shot(i, i * length, (i + 1) * length, i * length * TICKS, (i + 1) * length * TICKS)
                for i in range(scene.shot_count)
            ),
            detections=Detections(
                self.frames,
                self.frames * TICKS,
                np.stack([left, top, left + heights, top + heights], axis=1).reshape(n, 4),
                rng.uniform(0.5, 1.0, n),
                np.full((n, 5, 2), np.nan),
            ),
            quality=ChipQuality(*(rng.uniform(0.5, 1.0, n) for _ in range(4))),
            tracks=tuple(Track(i, shot, self.rows[i]) for i, (shot, _) in enumerate(self.plan)),
            chip_rows=np.zeros(0),
            chip_embeddings=np.zeros((0, 128)),
            crop_rows=np.arange(n),
            sampled_frames=np.unique(self.frames),
            sampled_pts=np.unique(self.frames) * TICKS,
            models={"centerface.onnx": "ab" * 32, "mystery": "cd" * 32},
            warnings=scene.warnings,
        )

    def identity(self, analysis: Analysis, who: int, cast: Cast) -> Identity:
        ids = [i for i, (_, owner) in enumerate(self.plan) if owner == who]
        rows = np.sort(self.rows[ids], axis=None).tolist()
        return Identity(
            id="",
            name=cast.name,
            label=self.label(who),
            track_ids=tuple(ids),
            appearances=appearances(analysis, ids),
            cover_row=max(rows, key=lambda row: (analysis.quality.value[row], -row)),
            crop_rows=tuple(rows),
            screen_time_s=float(len(cast.shots) * self.scene.shot_frames / RATE),
            confidence=0.93,
            reason=cast.reason,
        )


@lru_cache(maxsize=256)
def drawn_face(seed: int, side_px: int = 160) -> bytes:
    """JPEG of a drawn face with fine grain, so that its size is that of a photograph."""
    rng = np.random.default_rng(seed)
    image = np.full((side_px, side_px, 3), rng.integers(60, 200, 3), np.uint8)
    skin = tuple(int(v) for v in rng.integers(90, 240, 3))
    middle = side_px // 2
    cv2.ellipse(image, (middle, middle), (side_px // 4, side_px // 3), 0, 0, 360, skin, -1)
    for x in (-1, 1):
        cv2.circle(image, (middle + x * side_px // 9, middle - side_px // 12), 5, (30, 30, 30), -1)
    cv2.ellipse(image, (middle, middle + side_px // 7), (18, 8), 0, 0, 180, (40, 40, 120), 3)
    grain = rng.integers(-9, 10, image.shape)
    noisy = np.clip(image.astype(np.int64) + grain, 0, 255).astype(np.uint8)
    return bytes(cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 80])[1])


@lru_cache(maxsize=32)
def drawn_torso(seed: int) -> bytes:
    """JPEG of a striped shirt, as large as the largest that is kept."""
    rng = np.random.default_rng(seed)
    image = np.full((96, 72, 3), rng.integers(40, 220, 3), np.uint8)
    image[::12] = image[1::12] = rng.integers(0, 256, 3)
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1])


def torso_reader(variants: int = 24) -> Callable[[int], bytes | None]:
    """`read_torso` that draws a shirt for every row."""
    return lambda row: drawn_torso(row % variants)


def reader(variants: int = 24) -> Callable[[int], bytes | None]:
    """`read_crop` that draws a face for every row."""
    return lambda row: drawn_face(row % variants)


def no_pictures(_row: int) -> None:
    """`read_crop` of a run that kept no crops."""


def long_episode(tracks: int = 5000, people: int = 60) -> ClusteringResult:
    """An hour with so many tracks; every fifth is unknown."""
    rng = np.random.default_rng(1)
    shots = 720
    unknown = tracks // 5
    weights = 1 / np.arange(2, people + 2)
    counts = np.clip((weights / weights.sum() * (tracks - unknown)).round(), 1, shots).astype(int)
    cast = [
        Cast(sorted(rng.choice(shots, count, replace=False).tolist()), f"Person {i + 1}")
        for i, count in enumerate(counts)
    ]
    reasons = [reason for reason in Reason if reason and reason not in BY_REVIEWERS]
    missing = tracks - int(counts.sum())
    cast += [
        Cast([int(rng.integers(shots))], f"Unknown {i + 1}", reasons[i % len(reasons)])
        for i in range(missing)
    ]
    return Scene(cast, shot_count=shots, shot_frames=125).build()
