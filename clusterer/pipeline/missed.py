"""A face that the analysis missed: found from a box that somebody draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from clusterer.core.config import AnalysisConfig, Config
from clusterer.core.cores import usable_cores
from clusterer.core.errors import EditsError
from clusterer.core.geometry import iou
from clusterer.core.types import (
    Analysis,
    ClusteringResult,
    Detections,
    Edit,
    Frame,
    Shot,
    VideoInfo,
)
from clusterer.media import Part
from clusterer.media.picture import Converter
from clusterer.models.devices import CPU
from clusterer.outputs.save import save
from clusterer.people.amend import amend
from clusterer.people.decide import resolved
from clusterer.pipeline.added import FaceAdder, MissedFace
from clusterer.pipeline.follow import SMALL_PX, Glimpse, frames_of, glimpses, through_shot
from clusterer.pipeline.look import Job, Models, check_same, one_thread_each, open_models
from clusterer.pipeline.taken import TAKEN_IOU, Box, is_taken, missing, place_of
from clusterer.store.analysis_cache import AnalysisCache, load_analysis
from clusterer.store.folder import ResultFolder
from clusterer.store.withdrawn import Mask, WithdrawnTrack

LEAST_SCORE = 0.15
"""Of detections near the box; half of what an analysis takes, as somebody says that there is a face
(`python -m benchmarks review missed`)."""
LEAST_PX = 8.0
"""Height of a box that can be drawn, and of such detections."""


class FaceFinder:
    """Finds missed faces in one film; its networks stay loaded.

    Parameters
    ----------
    analysis, config
        Of the film; the same networks are used.
    video
        The file.
    device
        What networks run on.
    withdrawn
        Faces that `restore` leaves out.

    Raises
    ------
    ModelError
        The networks are missing, or others than those of the analysis.
    """

    def __init__(
        self,
        analysis: Analysis,
        config: Config,
        video: Path | str,
        device: str = CPU.name,
        withdrawn: Iterable[WithdrawnTrack] = (),
    ) -> None:
        analysis = analysis.as_found
        self.video: VideoInfo = replace(analysis.video, path=str(video))
        self._mask = Mask(withdrawn, self.video)
        used = resolved(config, analysis).analysis
        low = replace(
            used.detection,
            min_score=min(LEAST_SCORE, used.detection.min_score),
            min_face_px=min(LEAST_PX, used.detection.min_face_px),
        )
        self._config: AnalysisConfig = replace(used, detection=low)
        self._sure_score = used.detection.min_score
        job = Job(self.video, self._config, analysis.models, Part(), usable_cores(), device=device)
        self._models: Models = open_models(job)
        check_same(analysis.models, self._models)
        self._adder = FaceAdder(self.video, self._config, self._models)

    def find(self, analysis: Analysis, time_s: float, box: Sequence[float]) -> MissedFace:
        """Follow a face; parameters, result and errors as of `find_face`."""
        found = analysis.as_found
        drawn = _checked(box, self.video)
        at_pts = self.video.zero_pts + round(time_s / self.video.time_base)
        shot = _shot_at(found, at_pts, time_s)
        with one_thread_each():
            seen = glimpses(self.video, analysis, shot, at_pts, self._models.detector)
            start = _last_before(seen, at_pts)
            if start is None:
                raise EditsError(
                    f"No frame of {self.video.path} at {time_s:g} s can be decoded",
                    "Draw the box at another frame",
                )
            if seen[start].taken.size and iou(drawn[None], seen[start].taken).max() >= TAKEN_IOU:
                raise EditsError("There is a track of this face already", "Correct that track")
            faces = self._follow(seen, start, drawn)
            return self._adder.add(found, shot, faces)

    def restore(
        self, analysis: Analysis, edits: Sequence[Edit]
    ) -> tuple[Analysis, dict[str, bytes]]:
        """Encode the added faces that an analysis lacks, as after it was made anew.

        Parameters
        ----------
        analysis
            As it was found.
        edits
            All corrections.

        Returns
        -------
        the analysis with them, and new pictures: name → JPEG
        """
        pictures: dict[str, bytes] = {}
        with one_thread_each():
            for edit in missing(analysis, edits):
                faces, shot = self._stated(analysis, edit)
                if len(faces):
                    added = self._adder.add(analysis, shot, faces)
                    analysis = added.analysis
                    pictures |= added.pictures
        return analysis, pictures

    def _follow(self, seen: Sequence[Glimpse], start: int, box: Box) -> Detections:
        tracking = self._config.tracking
        return through_shot(seen, start, box, self.video, tracking, self._sure_score)

    def _stated(self, analysis: Analysis, edit: Edit) -> tuple[Detections, Shot]:
        """The faces of a correction that no track of the analysis has."""
        wanted = dict(map(place_of, edit.tracks))
        frames = sorted(wanted)
        shots = [s for s in analysis.shots if s.start_frame <= frames[0] < s.end_frame]
        shot = shots[0] if shots else analysis.shots[-1]
        converter = Converter(*self.video.square_px, SMALL_PX)
        x, y = self.video.to_square
        scale = np.tile(np.array([x, y], dtype=np.float64), 2)
        found = []
        for frame in frames_of(self.video, shot, shot.start_pts, shot.end_pts):
            if frame.index > frames[-1]:
                break
            if frame.index not in wanted:
                continue
            if is_taken(analysis.as_found, frame.index, wanted[frame.index]):
                continue
            small = converter.grey(frame.index, frame.pts, frame.raw)
            image = Frame(frame.index, frame.pts, converter.rgb(frame.raw))
            (seen,) = self._models.detector.detect([image])  # for its score and landmarks
            box = wanted[frame.index] * scale
            look = self._follow([Glimpse(small, seen)], 0, box)
            found.append(self._mask.left(replace(look, boxes=box[None].astype(np.float32))))
        return Detections.concatenate(found), shot


def find_face(
    result: ClusteringResult,
    video: Path | str,
    time_s: float,
    box: Sequence[float],
    device: str = CPU.name,
) -> MissedFace:
    """Find a face that the analysis missed, by a box in one frame.

    The face is followed through its shot both ways: by a detector that need not be sure, near where
    it must be, and by optical flow where that sees nothing, until it ends or is a track already.

    Parameters
    ----------
    result
        Of this film.
    video
        Its file.
    time_s
        Time of the frame with the box, as a player counts.
    box
        Left, top, right and bottom, px of the picture as shown: rotated, with square pixels.
    device
        What networks run on, a name in `clusterer.models.devices.DEVICES`.

    Returns
    -------
    MissedFace

    Raises
    ------
    EditsError
        The box is not in the picture, the time not in the film, or a track has the face.
    VideoError, ModelError
        The film cannot be read; the networks of the analysis are missing.

    Examples
    --------
    >>> missed = clusterer.find_face(result, "a.mp4", 12.5, (300, 80, 380, 180))  # doctest: +SKIP
    >>> len(missed.edit.tracks)  # doctest: +SKIP
    9
    """
    finder = FaceFinder(result.analysis, result.config, video, device)
    return finder.find(result.analysis, time_s, box)


def add_face(
    folder: Path | str,
    video: Path | str,
    time_s: float,
    box: Sequence[float],
    device: str = CPU.name,
) -> ClusteringResult:
    """Find a face that the analysis missed, and add it to a result folder.

    Parameters
    ----------
    folder
        The result folder; its ``edits.json`` then has the correction.
    video, time_s, box, device
        As of `find_face`.

    Returns
    -------
    The result, in which the face is an unknown

    Raises
    ------
    ResultError
        The folder is not a result folder, in use, or cannot be written to.
    EditsError, VideoError, ModelError
        As of `find_face`.
    """
    target = ResultFolder(folder)
    with target.locked():
        loaded, log = target.load(), target.edits
        result = loaded if loaded.edits == log.edits else amend(loaded, log.edits)
        missed = find_face(result, video, time_s, box, device)
        store(target, missed)
        with target.editing():
            target.write_edits(target.edits.adding(missed.edit))
        more = amend(missed.added_to(result), (*result.edits, missed.edit))
        save(more, target)
    return more


def store(folder: ResultFolder, missed: MissedFace) -> None:
    """Write the faces into the analysis of a folder, whose lock is held."""
    _, key = load_analysis(folder.path)
    AnalysisCache(folder, key).extend(missed.analysis, missed.pictures)


def _checked(box: Sequence[float], video: VideoInfo) -> Box:
    """A box within the picture."""
    width_px, height_px = video.square_px
    sides = np.asarray(box, dtype=np.float64)
    if sides.shape != (4,) or not np.isfinite(sides).all():
        raise EditsError("A box is four numbers: left, top, right and bottom")
    inside = np.clip(sides, 0.0, [width_px, height_px, width_px, height_px])
    if min(inside[2] - inside[0], inside[3] - inside[1]) < LEAST_PX:
        raise EditsError(
            f"The box is outside of the picture or smaller than {LEAST_PX:g} px",
            f"Draw it around the face; the picture has {width_px} x {height_px} px",
        )
    return inside


def _shot_at(analysis: Analysis, pts: int, time_s: float) -> Shot:
    for shot in analysis.shots:
        if shot.start_pts <= pts < shot.end_pts:
            return shot
    raise EditsError(
        f"{time_s:g} s is not in the part of the film that was analysed", "Choose another time"
    )


def _last_before(seen: Sequence[Glimpse], pts: int) -> int | None:
    """Position of the frame shown at a time."""
    before = [i for i, glimpse in enumerate(seen) if glimpse.small.pts <= pts]
    return before[-1] if before else None
