"""Faces that somebody adds to an analysis: encoded and described as those that it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from clusterer.clothing.description import describe_torsos
from clusterer.clothing.region import cut_torso
from clusterer.core.config import AnalysisConfig
from clusterer.core.types import (
    Action,
    Analysis,
    ChipQuality,
    ClusteringResult,
    Detections,
    Edit,
    Shot,
    VideoInfo,
)
from clusterer.edits import face_key, parse_edit, revise, to_dict
from clusterer.faces.quality import crop_face, measure_quality
from clusterer.media.overview import overview
from clusterer.media.picture import Converter
from clusterer.pipeline.follow import SMALL_PX, frames_of
from clusterer.pipeline.look import Models
from clusterer.pipeline.selection import Candidate, Chosen
from clusterer.pipeline.shot import clothing_columns
from clusterer.store.names import face_picture, frame_picture, picture_number, torso_picture


@dataclass(frozen=True, slots=True, eq=False)
class MissedFace:
    """A face that was followed through its shot.

    Attributes
    ----------
    edit : adds it as a track
    analysis : as it was found, with these faces, which are in no track
    pictures : name within ``chips/`` → JPEG

    Examples
    --------
    >>> missed = clusterer.find_face(result, "a.mp4", 12.5, (300, 80, 380, 180))  # doctest: +SKIP
    >>> more = missed.added_to(result)  # doctest: +SKIP
    >>> clusterer.amend(more, [*more.edits, missed.edit])  # doctest: +SKIP
    """

    edit: Edit
    analysis: Analysis
    pictures: Mapping[str, bytes] = field(repr=False)

    def added_to(self, result: ClusteringResult) -> ClusteringResult:
        """The result with these faces, before its corrections include `edit`."""
        return with_analysis(result, self.analysis)


def with_analysis(result: ClusteringResult, analysis: Analysis) -> ClusteringResult:
    """The result, of an analysis with more faces that are in no track.

    Parameters
    ----------
    result
    analysis
        As it was found; its first rows are those of the result's.
    """
    start = result.as_grouped
    under = result.edits[: result.grouped_under]
    if start is not None:
        start = replace(start, analysis=revise(analysis, under).analysis)
    return replace(result, analysis=revise(analysis, result.edits).analysis, as_grouped=start)


class FaceAdder:
    """Adds faces of one film to its analysis.

    Parameters
    ----------
    video
        The file that is read.
    config
        How faces are chosen.
    models
        Those of the analysis.
    """

    def __init__(self, video: VideoInfo, config: AnalysisConfig, models: Models) -> None:
        self._video, self._config, self._models = video, config, models

    def add(self, analysis: Analysis, shot: Shot, faces: Detections) -> MissedFace:
        """Encode the best of some faces of one shot, and add all to the analysis.

        Parameters
        ----------
        analysis
            As it was found.
        shot
        faces
            In time order, at most one a frame; px of the picture as shown.
        """
        x, y = self._video.to_square
        stored = faces.scaled(1 / x, 1 / y)
        # Keys are whole px: so are the boxes, so that the same faces are encoded again later.
        stored = replace(stored, boxes=np.rint(stored.boxes))
        faces = replace(stored.scaled(x, y), landmarks=faces.landmarks)
        quality, chosen = self._rated(shot, faces)
        embeddings = self._models.encoder.encode(np.stack([one.chip for one in chosen]))
        clothes = describe_torsos([one.torso for one in chosen], self._models.clothes)
        count = len(analysis.detections)
        rows = np.array([count + one.row for one in chosen], dtype=np.int64)
        every = max(1, -(-len(chosen) // self._config.chips.crops_per_track))
        kept = list(zip(chosen, clothes, strict=True))[::every]
        pictures: dict[str, bytes] = {}
        for one, clothing in kept:
            frame = int(stored.frame_index[one.row])
            number = picture_number(-1, stored.boxes[one.row].tolist())
            pictures[face_picture(number, frame)] = one.crop
            if clothing.picture:
                pictures[torso_picture(number, frame)] = clothing.picture
        best = max((one for one, _ in kept), key=lambda one: one.quality)
        number = picture_number(-1, stored.boxes[best.row].tolist())
        pictures[frame_picture(number, int(stored.frame_index[best.row]))] = best.whole
        columns: dict[str, Any] = {
            "chip_embeddings": np.asarray(embeddings, np.float32),
            **clothing_columns(clothes),
        }
        if not analysis.chip_clothing.shape[1]:  # of a version that did not describe it
            columns = {"chip_embeddings": columns["chip_embeddings"]} | {
                name: np.zeros((len(chosen), *getattr(analysis, name).shape[1:]), np.float32)
                for name in columns
                if name != "chip_embeddings"
            }
        joined: dict[str, Any] = {
            name: np.concatenate([getattr(analysis, name), column])
            for name, column in columns.items()
        }
        more = replace(
            analysis,
            detections=Detections.concatenate([analysis.detections, stored]),
            quality=ChipQuality.concatenate([analysis.quality, quality]),
            chip_rows=np.concatenate([analysis.chip_rows, rows]),
            crop_rows=np.concatenate([analysis.crop_rows, rows[::every]]),
            **joined,
        )
        keys = [
            face_key(frame, box)
            for frame, box in zip(stored.frame_index.tolist(), stored.boxes.tolist(), strict=True)
        ]
        edit = parse_edit(to_dict(Edit(Action.ADD, tracks=tuple(keys))))
        return MissedFace(edit, more, pictures)

    def _rated(self, shot: Shot, faces: Detections) -> tuple[ChipQuality, list[Candidate]]:
        """Quality of each face, and the chips that represent them."""
        converter = Converter(*self._video.square_px, SMALL_PX)
        row_of = {frame: row for row, frame in enumerate(faces.frame_index.tolist())}
        chosen, quality = Chosen(self._config.chips.per_track), []
        first, last = faces.pts[[0, -1]].tolist()
        for frame in frames_of(self._video, shot, first, last):
            row = row_of.get(frame.index)
            if row is None:
                continue
            image, face = converter.rgb(frame.raw), faces[row : row + 1]
            rated = measure_quality(image, face)
            quality.append(rated)
            if chosen.wants(row, float(rated.value[0])):
                chosen.add(
                    Candidate(
                        row,
                        row,
                        float(rated.value[0]),
                        self._models.aligner.align(image, face)[0],
                        crop_face(image, face.boxes[0], self._config.chips.crop_px),
                        cut_torso(image, face.boxes, 0),
                        overview(image),
                    )
                )
        return ChipQuality.concatenate(quality), chosen.pick()
