"""The kept pictures of a film: where they lie, and their timecodes, without its analysis."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clusterer.core.clock import Clock
from clusterer.core.errors import CacheError, ResultError
from clusterer.core.files import read_nofollow
from clusterer.core.types import Analysis
from clusterer.store.analysis_cache import load_analysis
from clusterer.store.commit import places
from clusterer.store.folder import ResultFolder
from clusterer.store.names import CHIPS, face_picture, picture_number


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """The pictures of a film; its analysis takes a hundred times as much memory.

    Attributes
    ----------
    folder
    tracks : array of shape (n,), int32, track of each detection, -1 = none
    kept : track → detections of which a picture is kept, in time order
    facts : such a detection → name of the picture's file, pts
    clock
    """

    folder: ResultFolder
    tracks: npt.NDArray[np.int32]
    kept: Mapping[int, tuple[int, ...]]
    facts: Mapping[int, tuple[str, int]]
    clock: Clock

    @classmethod
    def of(cls, folder: ResultFolder) -> Pictures:
        """Read which pictures a result has.

        Raises
        ------
        ResultError
            The folder holds no analysis, or a damaged one.
        """
        analysis = analysis_of(folder)
        rows, tracks = analysis.crop_rows, analysis.track_of_row.astype(np.int32)
        frames, pts = analysis.detections.frame_index[rows], analysis.detections.pts[rows]
        kept: dict[int, tuple[int, ...]] = {}
        facts: dict[int, tuple[str, int]] = {}
        found = zip(
            rows.tolist(), tracks[rows].tolist(), frames.tolist(), pts.tolist(), strict=True
        )
        for row, track, frame, at in found:
            number = picture_number(track, analysis.detections.boxes[row].tolist())
            kept[track] = (*kept.get(track, ()), row)
            facts[row] = f"{CHIPS}/{face_picture(number, frame)}", at
        return cls(folder, tracks, kept, facts, Clock.of(analysis))

    def nearest(self, row: int) -> int | None:
        """The detection of the same track with a kept picture that is nearest; None = none."""
        if not 0 <= row < len(self.tracks):
            return None
        rows = self.kept.get(int(self.tracks[row]), ())
        return min(rows, key=lambda other: abs(other - row), default=None)

    def read(self, row: int) -> bytes | None:
        """JPEG of the square around a face, or around the `nearest`; None if there is none."""
        shown = self.nearest(row)
        if shown is not None:
            for path in places(self.folder.path, self.facts[shown][0]):
                with suppress(OSError):
                    return read_nofollow(path)
        return None

    def timecode(self, row: int) -> str:
        """Of the frame of a kept picture."""
        return self.clock.timecode(self.facts[row][1])


def analysis_of(folder: ResultFolder) -> Analysis:
    """Read the analysis of a film; ResultError if there is none, or a damaged one."""
    try:
        return load_analysis(folder.path)[0]
    except CacheError as error:
        raise ResultError(error.cause, error.remedy) from None
