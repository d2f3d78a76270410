"""The pictures of faces and torsos that a result folder keeps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clusterer.core.files import read_nofollow
from clusterer.core.types import Analysis
from clusterer.store.analysis_cache import crop_name
from clusterer.store.names import CHIPS


def crop_reader(
    analysis: Analysis, folder: Path, name: Callable[[int, int], str] = crop_name
) -> Callable[[int], bytes | None]:
    """Reader of the pictures kept in a result folder, by detection row.

    Parameters
    ----------
    analysis
    folder
    name
        Track and frame → name of the file: of faces by default, or `torso_name`.
    """
    track_of = {row: track.id for track in analysis.tracks for row in track.detection_rows.tolist()}
    frames = analysis.detections.frame_index

    def read(row: int) -> bytes | None:
        try:
            return read_nofollow(folder / CHIPS / name(track_of[row], int(frames[row])))
        except (KeyError, OSError):
            return None

    return read
