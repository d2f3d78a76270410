"""An hour-long film that never was, with a large cast: its result, and a video to play."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.speed._loop import loop
from clusterer.core.config import Config
from clusterer.core.types import (
    UNKNOWN,
    Advice,
    Analysis,
    ChipQuality,
    ClusteringResult,
    Detections,
    IntArray,
    Question,
    Shot,
    Track,
    VideoInfo,
)
from clusterer.faces.encoding import default_threshold
from clusterer.outputs.save import save
from clusterer.people.confidence import confidences
from clusterer.people.features import describe
from clusterer.people.identities import present, reasons_of
from clusterer.store.analysis_npz import SCHEMA_VERSION, dump, pack
from clusterer.store.names import CHIPS, face_picture

SHOTS, SHOT_FRAMES, RATE, TICKS = 900, 100, 25, 512
"""900 shots of four seconds: an hour."""
FACES_A_TRACK = 4
UNKNOWN_SHARE = 0.1
QUESTIONS = 400
"""Between people; and one about each person, whether all of it is that person."""
VARIANTS = 24
"""Pictures of faces that are different files; the page loads each by its own address."""
TURN_S = 20
"""Length of what the video repeats."""


def simulate(people: int, faces: int, seed: int = 7) -> ClusteringResult:
    """Make the result of a film with so many people and pictures of faces.

    Tracks fill their shots, with a picture at a third of each; few people have most of them.
    """
    rng = np.random.default_rng(seed)
    tracks = faces // FACES_A_TRACK
    weights = 1 / np.arange(3, people + 3)
    known = weights / weights.sum() * tracks * (1 - UNKNOWN_SHARE)
    counts = np.clip(known.astype(int), 2, SHOTS)
    plan = [
        (int(shot), who)
        for who, count in enumerate(counts.tolist())
        for shot in rng.choice(SHOTS, count, replace=False)
    ]
    strangers = rng.integers(SHOTS, size=tracks - len(plan)).tolist()
    plan = sorted(plan + [(shot, people) for shot in strangers])
    owner = np.array([who if who < people else UNKNOWN for _, who in plan])
    shots = np.array([shot for shot, _ in plan])
    analysis = _analysis(shots, owner, rng)
    return _grouped(analysis, owner, _advice(owner, people, rng), _together(shots))


def _analysis(shots: IntArray, owner: IntArray, rng: np.random.Generator) -> Analysis:
    """Tracks side by side in their shots; embeddings near those of their owners."""
    steps = np.linspace(0, SHOT_FRAMES - 1, FACES_A_TRACK).round().astype(np.int64)
    frames = (shots[:, None] * SHOT_FRAMES + steps).ravel()
    order = np.argsort(frames, kind="stable")
    rows = np.argsort(order).reshape(-1, FACES_A_TRACK)
    place = np.arange(len(shots)) - np.searchsorted(shots, shots)
    place = np.repeat(place, FACES_A_TRACK)[order]
    frames, n = frames[order], len(frames)
    heights = rng.uniform(24, 120, n).round()
    left, top = place % 15 * 125.0, place // 15 * 125.0
    faces = rng.normal(size=(int(owner.max()) + 1, 128)) * 0.045
    drawn = faces[owner] + rng.normal(size=(len(owner), 128)) * 0.012
    cuts = range(0, SHOTS * SHOT_FRAMES, SHOT_FRAMES)
    return Analysis(
        video=VideoInfo(
            "film.mp4",
            1920,
            1080,
            Fraction(RATE),
            Fraction(1, RATE * TICKS),
            0,
            SHOTS * SHOT_FRAMES / RATE,
        ),
        shots=tuple(
            Shot(i, a, a + SHOT_FRAMES, a * TICKS, (a + SHOT_FRAMES) * TICKS)
            for i, a in enumerate(cuts)
        ),
        detections=Detections(
            frames,
            frames * TICKS,
            np.stack([left, top, left + heights, top + heights], axis=1).astype(np.float32),
            rng.uniform(0.5, 1.0, n).astype(np.float32),
            np.full((n, 5, 2), np.nan, np.float32),
        ),
        quality=ChipQuality(*rng.uniform(0.5, 1.0, (4, n)).astype(np.float32)),
        tracks=tuple(Track(i, int(shot), rows[i]) for i, shot in enumerate(shots)),
        chip_rows=np.sort(rows[:, 0]),
        chip_embeddings=drawn[np.argsort(rows[:, 0])].astype(np.float32),
        crop_rows=np.arange(n),
        sampled_frames=np.unique(frames),
        sampled_pts=np.unique(frames) * TICKS,
    )


def _together(shots: IntArray) -> IntArray:
    """Every two tracks of a shot."""
    pairs = [
        (a, b)
        for shot in range(SHOTS)
        for a in range(*np.searchsorted(shots, [shot, shot + 1]).tolist())
        for b in range(a + 1, int(np.searchsorted(shots, shot + 1)))
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _advice(owner: IntArray, people: int, rng: np.random.Generator) -> Advice:
    """Many questions; the tree of each person takes in one track after the other."""
    pairs = rng.integers(len(owner), size=(QUESTIONS, 2)).tolist()
    asked = [Question(a, b, float(rng.normal())) for a, b in pairs if owner[a] != owner[b]]
    own = {who: np.flatnonzero(owner == who) for who in range(people)}
    asked += [Question(int(t[0]), int(t[len(t) // 2]), -0.5) for t in own.values()]
    trees = {
        who: tuple((k + 1, len(t) + k - 1 if k else 0) for k in range(len(t) - 1))
        for who, t in own.items()
    }
    return Advice(tuple(asked), trees)


def _grouped(
    analysis: Analysis, labels: IntArray, advice: Advice, together: IntArray
) -> ClusteringResult:
    config = Config()
    features = describe(analysis, config.clustering)
    unit = default_threshold("dlib", config.clustering.metric)
    trust = confidences(features, labels, config.clustering.metric, unit)
    reasons = reasons_of(features, labels, np.zeros(len(labels), dtype=bool))
    people, unknowns = present(analysis, labels, reasons, trust)
    return ClusteringResult(
        analysis, features, together, labels, people, unknowns, config, advice=advice
    )


def write_folder(result: ClusteringResult, folder: Path) -> None:
    """Write a result folder with a picture of every face, and the film above it."""
    chips = folder / CHIPS
    chips.mkdir(parents=True)
    arrays, meta = dump(result.analysis)
    content = pack(arrays, {"schema": SCHEMA_VERSION, "key": "simulated", **meta})
    (folder / "analysis.npz").write_bytes(content)
    drawn = [_face(seed) for seed in range(VARIANTS)]
    frames = result.analysis.detections.frame_index
    for track in result.analysis.tracks:
        for row in track.detection_rows.tolist():
            name = face_picture(track.id, int(frames[row]))
            (chips / name).write_bytes(drawn[row % VARIANTS])
    save(result, folder)
    _write_film(folder.parent / result.analysis.video.path)


def _face(seed: int, side_px: int = 160) -> bytes:
    """JPEG of an ellipse with fine grain, as large as a photograph of a face."""
    rng = np.random.default_rng(seed)
    image = np.full((side_px, side_px, 3), rng.integers(60, 200, 3), np.uint8)
    middle, skin = (side_px // 2, side_px // 2), rng.integers(90, 240, 3).tolist()
    cv2.ellipse(image, middle, (side_px // 4, side_px // 3), 0, 0, 360, skin, -1)
    noisy = np.clip(image.astype(np.int64) + rng.integers(-9, 10, image.shape), 0, 255)
    return bytes(cv2.imencode(".jpg", noisy.astype(np.uint8))[1])


def _write_film(path: Path) -> None:
    """Write an hour of moving stripes, the same again and again."""
    turn = path.with_name(f"turn{path.suffix}")
    with av.open(str(turn), "w") as sink:
        stream = sink.add_stream("libx264", RATE, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stripes = np.arange(640) // 40 % 2 * 120 + 60
        for frame in range(TURN_S * RATE):
            sink.mux(stream.encode(_picture(np.roll(stripes, frame))))
        sink.mux(stream.encode())
    loop(turn, SHOTS * SHOT_FRAMES // (TURN_S * RATE), path)
    turn.unlink()


def _picture(row: npt.NDArray[np.int64]) -> av.VideoFrame:
    grey = np.broadcast_to(row.astype(np.uint8), (360, 640))
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(grey), format="gray").reformat(
        format="yuv420p"
    )
