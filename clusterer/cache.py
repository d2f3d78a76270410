"""The stored analysis: cluster again without the video, resume after the last finished shot.

In the result folder lie ``analysis.npz`` and ``chips/`` when the analysis is complete; until then
``.partial/`` holds one file per finished shot. Each carries the key of what it was made from.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from clusterer.archive import SCHEMA_VERSION, Arrays, dump, read_arrays, restore, write_arrays
from clusterer.config import AnalysisConfig, settings
from clusterer.errors import CacheError, VideoError
from clusterer.files import make_folder, writing
from clusterer.regular import open_file
from clusterer.types import Analysis

ANALYSIS = "analysis.npz"
ENDS_BYTES = 1 << 20
"""How much of the head and of the tail of the video is hashed."""


def analysis_key(video: Path, config: AnalysisConfig, models: dict[str, str]) -> str:
    """Name what an analysis depends on: the file, the models, the settings, the schema.

    Parameters
    ----------
    video
        Its size, time of change, and the hash of its first and last megabyte are taken.
    config, models
        Settings of the first phase; weights file name → sha256.

    Returns
    -------
    sha256, hexadecimal

    Raises
    ------
    VideoError
        The file cannot be read.
    """
    try:
        with open_file(video) as file:
            status = os.fstat(file.fileno())
            head = hashlib.sha256(file.read(ENDS_BYTES)).hexdigest()
            file.seek(max(0, status.st_size - ENDS_BYTES))
            tail = hashlib.sha256(file.read(ENDS_BYTES)).hexdigest()
    except OSError as error:
        raise VideoError(f"Cannot read {video} ({(error.strerror or '').lower()})") from None
    facts = {
        "schema": SCHEMA_VERSION,
        "file": [status.st_size, status.st_mtime_ns, head, tail],
        "models": models,
        "settings": _settings(config),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _settings(config: AnalysisConfig) -> dict[str, Any]:
    """What counts among the settings: of a network of the user's own its content, in `models`."""
    counted = settings(config)
    encoding = counted["encoding"]
    encoding["encoder"] = encoding["encoder"].partition(":")[0]
    del encoding["thresholds"], encoding["licence"]
    return counted


def crop_name(track: int, frame: int) -> str:
    """Name of the picture of a track at a frame, within ``chips/``."""
    return f"{track:05d}-{frame:07d}.jpg"


def torso_name(track: int, frame: int) -> str:
    """Name of the picture of the torso below that face."""
    return f"{track:05d}-{frame:07d}-torso.jpg"


class AnalysisCache:
    """The stored analysis within one result folder.

    Parameters
    ----------
    folder
        The result folder; made when something is written.
    key
        See `analysis_key`.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self._key = key
        self._partial = folder / ".partial"

    def load(self) -> Analysis | None:
        """The complete analysis, or None when there is none for this key.

        Raises
        ------
        CacheError
            There is one, but it is damaged or of another schema.
        """
        with writing(self.folder):
            if not (self.folder / ANALYSIS).exists():
                return None
        analysis, key = load_analysis(self.folder)
        return analysis if key == self._key else None

    def finished_shots(self) -> list[Arrays]:
        """What an interrupted run left for this key: its shots, in order, without a gap."""
        parts: list[Arrays] = []
        if not (self._partial / "chips").is_dir():  # stopped in the midst of `finish`
            return parts
        while (path := self._part(len(parts))).exists():
            try:
                arrays, meta = read_arrays(path)
            except CacheError:
                break
            if meta.get("key") != self._key:
                break
            parts.append(arrays)
        return parts

    def start(self, keep: int) -> None:
        """Make room for a new analysis; the first `keep` finished shots stay."""
        if not keep:
            self.discard()
        make_folder(self._partial / "chips")
        with writing(self._partial):
            for path in sorted(self._partial.glob("*.npz")):
                if path >= self._part(keep):
                    path.unlink()

    def add_shot(self, index: int, arrays: Arrays, crops: dict[str, bytes]) -> None:
        """Keep one finished shot; its arrays come last and so vouch for its pictures."""
        with writing(self._partial):
            for name, picture in crops.items():
                (self._partial / "chips" / name).write_bytes(picture)
        write_arrays(self._part(index), arrays, self._stamp())

    def finish(self, analysis: Analysis) -> None:
        """Put the complete analysis in place of what was there, and clear away the parts.

        What was there stays until the new one is on the disk.
        """
        arrays, meta = dump(analysis)
        write_arrays(self._partial / ANALYSIS, arrays, {**self._stamp(), **meta})
        chips = self.folder / "chips"
        with writing(self.folder):
            (self.folder / ANALYSIS).unlink(missing_ok=True)
            if chips.exists():
                shutil.rmtree(chips)
            (self._partial / "chips").rename(chips)
            (self._partial / ANALYSIS).rename(self.folder / ANALYSIS)
        self.discard()

    def discard(self) -> None:
        """Forget an unfinished analysis."""
        if self._partial.exists():
            with writing(self._partial):
                shutil.rmtree(self._partial)

    def _part(self, index: int) -> Path:
        return self._partial / f"{index:06d}.npz"

    def _stamp(self) -> dict[str, Any]:
        return {"schema": SCHEMA_VERSION, "key": self._key}


def load_analysis(folder: Path) -> tuple[Analysis, str]:
    """Read the analysis of a result folder, whatever it was made from.

    Returns
    -------
    analysis, and its key

    Raises
    ------
    CacheError
        It is missing, damaged or of another schema, or pictures are missing.
    """
    path = folder / ANALYSIS
    arrays, meta = read_arrays(path)
    try:
        analysis, key = restore(arrays, meta), str(meta["key"])
        wanted = crop_names(analysis)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise CacheError(f"{path} is damaged ({error})") from None
    stored = {entry.name for entry in (folder / "chips").glob("*.jpg")}
    if not wanted <= stored:
        raise CacheError(f"pictures are missing from {folder / 'chips'}")
    return analysis, key


def crop_names(analysis: Analysis) -> set[str]:
    """Names of all pictures that an analysis refers to."""
    track_of = {row: track.id for track in analysis.tracks for row in track.detection_rows.tolist()}
    frames = analysis.detections.frame_index
    return {crop_name(track_of[row], int(frames[row])) for row in analysis.crop_rows.tolist()}
