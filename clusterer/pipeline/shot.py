"""The frames of one shot → its tracks, embeddings and pictures, as arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from clusterer.clothing import encoder, palette
from clusterer.clothing.description import ClothingDescription, describe_torsos
from clusterer.clothing.encoder import ClothingEncoder
from clusterer.clothing.region import cut_torso
from clusterer.core.config import AnalysisConfig
from clusterer.core.types import (
    ChipQuality,
    Detections,
    Frame,
    ImageArray,
    SmallFrame,
    VideoInfo,
)
from clusterer.faces import encoding
from clusterer.faces.alignment import Aligner
from clusterer.faces.encoding import Encoder
from clusterer.faces.quality import crop_face, measure_quality
from clusterer.faces.tracking import Piece, Tracker, stitch
from clusterer.media import ShotEnd
from clusterer.media.overview import overview
from clusterer.pipeline.selection import Candidate, Chosen
from clusterer.store.analysis_npz import Arrays, face_arrays
from clusterer.store.finished import FinishedShot, Kind, Picture


class _Seen:
    """A sampled frame and the faces in it."""

    def __init__(self, image: ImageArray, detections: Detections) -> None:
        self.image = image
        self.detections = detections

    @cached_property
    def whole(self) -> bytes:
        """Made once for all of its faces, if one is kept."""
        return overview(self.image)


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """One face in one frame: `face` is its row in the frame's detections."""

    frame: _Seen
    face: int
    quality: float


class ShotAnalyser:
    """Collects the sampled frames of one shot, in order, then returns its faces and tracks.

    A track keeps only its best chips, which are encoded and dropped when it ends, so a long shot
    needs no more memory than a short one.

    Parameters
    ----------
    aligner, encoder, clothing
        Models.
    config, video
        Settings, and the video that the frames belong to.
    """

    def __init__(
        self,
        aligner: Aligner,
        encoder: Encoder,
        clothing: ClothingEncoder,
        config: AnalysisConfig,
        video: VideoInfo,
    ) -> None:
        self._aligner = aligner
        self._encoder = encoder
        self._clothing = clothing
        self._config = config
        self._video = video
        self._unit = encoding.tracking_unit(config)
        self._tracker = Tracker(config.tracking)
        self._sampled: list[tuple[int, int]] = []
        self._detections: list[Detections] = []
        self._quality: list[ChipQuality] = []
        self._track_of_row: list[int] = []
        self._best_score: dict[int, float] = defaultdict(float)
        self._chosen: dict[int, Chosen] = {}
        self._embeddings: dict[int, npt.NDArray[np.float32]] = {}
        self._crops: dict[int, bytes] = {}
        self._clothes: dict[int, ClothingDescription] = {}
        self._wholes: dict[int, bytes] = {}

    @property
    def faces(self) -> int:
        """Faces found so far."""
        return len(self._track_of_row)

    def add(self, frame: Frame, detections: Detections, motion: Sequence[SmallFrame]) -> None:
        """Rate and track the faces of the next sampled frame; `motion` as of `SampledFrame`."""
        quality = measure_quality(frame.image, detections)
        time_s = self._video.seconds(frame.pts)
        tracks = self._tracker.update(detections, time_s, motion).tolist()
        value = quality.value.tolist()
        seen = _Seen(frame.image, detections)
        for i, track in enumerate(tracks):
            sight = _Sight(seen, i, value[i])
            self._consider(sight, track, self.faces + i)
            score = float(detections.scores[i])
            self._best_score[track] = max(self._best_score[track], score)
        self._sampled.append((frame.index, frame.pts))
        self._detections.append(detections)
        self._quality.append(quality)
        self._track_of_row += tracks
        ended = [track for track in self._chosen if not self._tracker.is_open(track)]
        if len(ended) * self._config.chips.per_track >= self._config.encoding.batch_size:
            self._encode(ended)

    def finish(self, end: ShotEnd) -> FinishedShot:
        """End the shot.

        Parameters
        ----------
        end
            Shot of the frames that were added, and the pts of all its frames.
        """
        self._encode(list(self._chosen))
        shot, detections = end.shot, Detections.concatenate(self._detections)
        pieces = stitch(self._pieces(detections), self._unit, self._config.tracking)
        rows_kept = np.array(sorted(row for piece in pieces for row in piece.rows), dtype=np.int64)
        quality = ChipQuality.concatenate(self._quality)
        new_row = {int(old): new for new, old in enumerate(rows_kept)}
        track_of_row = np.zeros(len(rows_kept), dtype=np.int64)
        chip_rows: list[int] = []
        pictures: dict[int, list[Picture]] = {}
        for track, piece in enumerate(pieces):
            track_of_row[[new_row[row] for row in piece.rows]] = track
            chip_rows += piece.chip_rows
            chosen = self._chosen_crops(piece)
            for row in chosen:
                frame = int(detections.frame_index[row])
                pictures[new_row[row]] = self._pictures(row, track, frame)
            if chosen:
                best = chosen[int(np.argmax(quality.value[chosen]))]
                frame = int(detections.frame_index[best])
                whole = Picture(track, frame, Kind.FRAME, self._wholes[best])
                pictures[new_row[best]].append(whole)
        x, y = self._video.to_square
        stored = detections[rows_kept].scaled(1 / x, 1 / y)
        sampled = np.array(self._sampled, dtype=np.int64).reshape(-1, 2)
        arrays: Arrays = {
            **face_arrays(stored, quality[rows_kept]),
            "shot": np.array([shot.start_frame, shot.end_frame, shot.start_pts, shot.end_pts]),
            "track_of_row": track_of_row,
            "chip_rows": np.array([new_row[row] for row in chip_rows], dtype=np.int64),
            "chip_embeddings": self._stack([self._embeddings[row] for row in chip_rows]),
            **clothing_columns([self._clothes[row] for row in chip_rows]),
            "crop_rows": np.array(sorted(pictures), dtype=np.int64),
            "extent_of_track": self._extents(pieces, detections, end),
            "sampled_frames": sampled[:, 0],
            "sampled_pts": sampled[:, 1],
        }
        in_order = tuple(picture for row in sorted(pictures) for picture in pictures[row])
        return FinishedShot(end.begins, arrays, in_order)

    def _consider(self, sight: _Sight, track: int, row: int) -> None:
        """Keep the chip of a face if it is among the best of its track."""
        chosen = self._chosen.setdefault(track, Chosen(self._config.chips.per_track))
        sample = len(self._sampled)
        if chosen.wants(sample, sight.quality):
            image, detections = sight.frame.image, sight.frame.detections
            face = detections[sight.face : sight.face + 1]
            chip = self._aligner.align(image, face)[0]
            crop = crop_face(image, face.boxes[0], self._config.chips.crop_px)
            torso = cut_torso(image, detections.boxes, sight.face)
            whole = sight.frame.whole
            chosen.add(Candidate(sample, row, sight.quality, chip, crop, torso, whole))

    def _encode(self, tracks: list[int]) -> None:
        """Encode and drop the chips of tracks that have ended; discard weak tracks."""
        limit = self._config.tracking.confirm_score
        picked = {track: self._chosen.pop(track).pick() for track in tracks}
        ended = [c for track in picked if self._best_score[track] >= limit for c in picked[track]]
        if not ended:
            return
        embeddings = self._encoder.encode(np.stack([candidate.chip for candidate in ended]))
        described = describe_torsos([candidate.torso for candidate in ended], self._clothing)
        for candidate, embedding, clothes in zip(ended, embeddings, described, strict=True):
            self._embeddings[candidate.row] = embedding
            self._crops[candidate.row] = candidate.crop
            self._clothes[candidate.row] = clothes
            self._wholes[candidate.row] = candidate.whole

    def _pieces(self, detections: Detections) -> list[Piece]:
        """Tracks with a detection of sufficient score, with their embeddings."""
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

    def _extents(
        self, pieces: list[Piece], detections: Detections, end: ShotEnd
    ) -> npt.NDArray[np.int64]:
        """`Extent` of each piece: where flow followed its track, else detections."""
        begins_pts = (*end.frame_pts, end.shot.end_pts)
        track_of = dict(enumerate(self._track_of_row))
        first_row = {track: row for row, track in reversed(track_of.items())}
        last_row = {track: row for row, track in track_of.items()}
        extents = []
        for piece in pieces:
            row, final = piece.rows[0], piece.rows[-1]
            first, last = (_place(detections, each) for each in (row, final))
            if first_row[track_of[row]] == row:
                first = self._tracker.first[track_of[row]]
            if last_row[track_of[final]] == final:
                last = self._tracker.last[track_of[final]]
            after_pts = begins_pts[last[0] + 1 - end.shot.start_frame]
            extents.append((first[0], last[0], first[1], last[1], after_pts))
        return np.array(extents, dtype=np.int64).reshape(-1, 5)

    def _chosen_crops(self, piece: Piece) -> list[int]:
        """Rows whose pictures are kept, evenly spread over the chips of the track."""
        count = min(self._config.chips.crops_per_track, len(piece.chip_rows))
        picks = np.linspace(0, len(piece.chip_rows) - 1, count).round().astype(int)
        return [piece.chip_rows[i] for i in picks.tolist()]

    def _pictures(self, row: int, track: int, frame: int) -> list[Picture]:
        """Pictures of a face and, if visible, of the torso below."""
        found = [Picture(track, frame, Kind.FACE, self._crops[row])]
        if torso := self._clothes[row].picture:
            found.append(Picture(track, frame, Kind.TORSO, torso))
        return found

    def _stack(self, embeddings: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        if not embeddings:
            return np.zeros((0, self._encoder.dimension), dtype=np.float32)
        return np.stack(embeddings)


def _place(detections: Detections, row: int) -> tuple[int, int]:
    """Frame and pts of a detection."""
    return int(detections.frame_index[row]), int(detections.pts[row])


def clothing_columns(described: list[ClothingDescription]) -> Arrays:
    """Clothes below each chip, as columns of an `Analysis`."""
    return {
        "chip_colours": np.array([each.colours for each in described], dtype=np.float32).reshape(
            -1, palette.DIMENSION
        ),
        "chip_clothing": np.array([each.clothing for each in described], dtype=np.float32).reshape(
            -1, encoder.DIMENSION
        ),
        "chip_torso_share": np.array([each.share for each in described], dtype=np.float32),
        "chip_torso_sharpness": np.array([each.sharpness for each in described], dtype=np.float32),
    }
