"""The frames of one shot → its tracks, encodings and pictures, as arrays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer import chips
from clusterer.archive import Arrays, face_arrays
from clusterer.cache import crop_name
from clusterer.config import AnalysisConfig
from clusterer.detection import Detector
from clusterer.encoding import Encoder
from clusterer.pipeline._chosen import Candidate, Chosen
from clusterer.tracking import Piece, Tracker, stitch
from clusterer.types import ChipQuality, Detections, FloatArray, Frame, ImageArray, Shot, VideoInfo

MAX_BATCH, MAX_BATCH_BYTES = 8, 64 * 2**20
"""Frames detected at once: so many, or as many as fit, at least two."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """One face in one frame; `box` has shape (1, 4)."""

    image: ImageArray
    box: FloatArray
    quality: float


@dataclass(frozen=True, slots=True)
class Tools:
    """The models of a run."""

    detector: Detector
    aligner: chips.Aligner
    encoder: Encoder

    def models(self) -> dict[str, str]:
        """Weights file name → sha256, of all of them."""
        return {**self.detector.models, **self.aligner.models, **self.encoder.models}


class ShotAnalyser:
    """Looks at the sampled frames of one shot, in order, then hands out what it saw.

    A track keeps its best chips only, and those of a track that has ended are encoded and thrown
    away, so a long shot needs no more memory than a short one.

    Parameters
    ----------
    tools, config, video
        Models, settings, and the video that the frames belong to.
    threshold
        The encoder's default L2 threshold.
    """

    def __init__(
        self, tools: Tools, config: AnalysisConfig, video: VideoInfo, threshold: float
    ) -> None:
        self._tools = tools
        self._config = config
        self._video = video
        self._threshold = threshold
        self._dimension = tools.encoder.dimension
        frame_bytes = video.width_px * video.height_px * 3
        self._batch = max(2, min(MAX_BATCH, MAX_BATCH_BYTES // frame_bytes))
        self._tracker = Tracker(config.tracking)
        self._waiting: list[Frame] = []
        self._sampled: list[tuple[int, int]] = []
        self._detections: list[Detections] = []
        self._quality: list[ChipQuality] = []
        self._track_of_row: list[int] = []
        self._best_score: dict[int, float] = defaultdict(float)
        self._chosen: dict[int, Chosen] = {}
        self._embeddings: dict[int, npt.NDArray[np.float32]] = {}
        self._crops: dict[int, bytes] = {}

    @property
    def faces(self) -> int:
        """Faces found so far."""
        return len(self._track_of_row)

    def add(self, frame: Frame) -> None:
        """Take in the next sampled frame."""
        self._waiting.append(frame)
        if len(self._waiting) >= self._batch:
            self._look()

    def finish(self, shot: Shot, first_track: int) -> tuple[Arrays, dict[str, bytes]]:
        """End the shot.

        Parameters
        ----------
        shot
            The frames that were added belong to it.
        first_track
            Number of tracks before this shot; names the pictures.

        Returns
        -------
        arrays
            What the shot adds to an `Analysis`; rows and tracks count from 0 within the shot.
        crops
            Name → JPEG.
        """
        self._look()
        self._encode(list(self._chosen))
        detections = Detections.concatenate(self._detections)
        pieces = stitch(self._pieces(detections), self._threshold, self._config.tracking)
        kept = np.array(sorted(row for piece in pieces for row in piece.rows), dtype=np.int64)
        new_row = {int(old): new for new, old in enumerate(kept)}
        track_of_row = np.zeros(len(kept), dtype=np.int64)
        chip_rows: list[int] = []
        crops: dict[int, tuple[str, bytes]] = {}
        for track, piece in enumerate(pieces):
            track_of_row[[new_row[row] for row in piece.rows]] = track
            chip_rows += piece.chip_rows
            for row in self._chosen_crops(piece):
                frame = int(detections.frame_index[row])
                crops[new_row[row]] = (crop_name(first_track + track, frame), self._crops[row])
        quality = ChipQuality.concatenate(self._quality)
        sampled = np.array(self._sampled, dtype=np.int64).reshape(-1, 2)
        arrays: Arrays = {
            **face_arrays(detections[kept], quality[kept]),
            "shot": np.array([shot.start_frame, shot.end_frame, shot.start_pts, shot.end_pts]),
            "track_of_row": track_of_row,
            "chip_rows": np.array([new_row[row] for row in chip_rows], dtype=np.int64),
            "chip_embeddings": self._stack([self._embeddings[row] for row in chip_rows]),
            "crop_rows": np.array(sorted(crops), dtype=np.int64),
            "sampled_frames": sampled[:, 0],
            "sampled_pts": sampled[:, 1],
        }
        return arrays, dict(crops[row] for row in sorted(crops))

    def _look(self) -> None:
        """Detect, rate and follow the faces of the frames that are waiting."""
        found = self._tools.detector.detect(self._waiting) if self._waiting else []
        for frame, detections in zip(self._waiting, found, strict=True):
            quality = chips.measure_quality(frame.image, detections)
            tracks = self._tracker.update(detections, self._video.seconds(frame.pts))
            for i, track in enumerate(tracks.tolist()):
                sight = _Sight(frame.image, detections.boxes[i : i + 1], float(quality.value[i]))
                self._consider(sight, track, self.faces + i)
                score = float(detections.scores[i])
                self._best_score[track] = max(self._best_score[track], score)
            self._sampled.append((frame.index, frame.pts))
            self._detections.append(detections)
            self._quality.append(quality)
            self._track_of_row += tracks.tolist()
        self._waiting.clear()
        ended = [track for track in self._chosen if not self._tracker.is_open(track)]
        if len(ended) * self._config.chips.per_track >= self._config.encoding.batch_size:
            self._encode(ended)

    def _consider(self, sight: _Sight, track: int, row: int) -> None:
        """Keep the chip of a face if it is among the best of its track."""
        chosen = self._chosen.setdefault(track, Chosen(self._config.chips.per_track))
        sample = len(self._sampled)
        if chosen.wants(sample, sight.quality):
            chip = self._tools.aligner.align(sight.image, sight.box)[0]
            crop = chips.crop_face(sight.image, sight.box[0], self._config.chips.crop_px)
            chosen.add(Candidate(sample, row, sight.quality, chip, crop))

    def _encode(self, tracks: list[int]) -> None:
        """Encode the chips of tracks that have ended, and let go of them; weak tracks are none."""
        limit = self._config.tracking.confirm_score
        picked = {track: self._chosen.pop(track).pick() for track in tracks}
        ended = [c for track in picked if self._best_score[track] >= limit for c in picked[track]]
        if not ended:
            return
        embeddings = self._tools.encoder.encode(np.stack([candidate.chip for candidate in ended]))
        for candidate, embedding in zip(ended, embeddings, strict=True):
            self._embeddings[candidate.row] = embedding
            self._crops[candidate.row] = candidate.crop

    def _pieces(self, detections: Detections) -> list[Piece]:
        """Tracks that hold a detection of enough score, with their encodings."""
        value = ChipQuality.concatenate(self._quality).value
        rows_of: dict[int, list[int]] = defaultdict(list)
        for row, track in enumerate(self._track_of_row):
            if self._best_score[track] >= self._config.tracking.confirm_score:
                rows_of[track].append(row)
        pieces = []
        for rows in rows_of.values():
            encoded = [row for row in rows if row in self._embeddings]
            pieces.append(
                Piece(
                    rows=rows,
                    times_s=[self._video.seconds(int(detections.pts[row])) for row in rows],
                    boxes=detections.boxes[rows].astype(np.float64),
                    chip_rows=encoded,
                    embeddings=self._stack([self._embeddings[row] for row in encoded]),
                    weights=np.maximum(value[encoded], 1e-3),
                )
            )
        return pieces

    def _chosen_crops(self, piece: Piece) -> list[int]:
        """Rows whose pictures are kept, evenly spread over the chips of the track."""
        count = min(self._config.chips.crops_per_track, len(piece.chip_rows))
        picks = np.linspace(0, len(piece.chip_rows) - 1, count).round().astype(int)
        return [piece.chip_rows[i] for i in picks.tolist()]

    def _stack(self, embeddings: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        if not embeddings:
            return np.zeros((0, self._dimension), dtype=np.float32)
        return np.stack(embeddings)
