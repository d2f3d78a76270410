"""The stored analysis: cluster again without the video, resume after the last finished shot.

In the result folder lie ``analysis.npz`` and ``chips/`` when the analysis is complete; until then
``.partial/`` holds one file per finished shot. Each carries the key of what it was made from.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from clusterer.core.config import AnalysisConfig, settings
from clusterer.core.errors import CacheError, VideoError
from clusterer.core.files import open_file, writing
from clusterer.core.types import Analysis
from clusterer.store.analysis_npz import SCHEMA_VERSION, Arrays, dump, pack, read_arrays, restore
from clusterer.store.folder import ResultFolder
from clusterer.store.names import ANALYSIS, CHIPS, PARTIAL, PARTIAL_CHIPS

ENDS_BYTES = 1 << 20
"""How much of the head and of the tail of the video `earlier_key` looks at."""


def analysis_key(fingerprint: str, config: AnalysisConfig, models: dict[str, str]) -> str:
    """Name what an analysis depends on: the film, the models, the settings, the schema.

    Parameters
    ----------
    fingerprint
        Of the film, see `clusterer.store.film.film_of`.
    config, models
        Settings of the first phase; weights file name → sha256.

    Returns
    -------
    sha256, hexadecimal
    """
    return _key(fingerprint, config, models)


def earlier_key(video: Path, config: AnalysisConfig, models: dict[str, str]) -> str:
    """The key that earlier versions gave: of the time of change, too, and of the ends only.

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
    return _key([status.st_size, status.st_mtime_ns, head, tail], config, models)


def _key(file: object, config: AnalysisConfig, models: dict[str, str]) -> str:
    facts = {
        "schema": SCHEMA_VERSION,
        "file": file,
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
    earlier
        Another key that counts as this one; see `earlier_key`.
    """

    def __init__(self, folder: ResultFolder | Path, key: str, earlier: str = "") -> None:
        self._result = folder if isinstance(folder, ResultFolder) else ResultFolder(folder)
        self.folder = self._result.path
        self._key = key
        self._keys = {key, earlier or key}

    def load(self) -> Analysis | None:
        """The complete analysis, or None when there is none for this key.

        Raises
        ------
        CacheError
            There is one, but it is damaged or of another schema.
        """
        self._result.sweep()
        self._go_on()
        with writing(self.folder):
            if not (self.folder / ANALYSIS).exists():
                return None
        analysis, key = load_analysis(self.folder)
        if key not in self._keys:
            return None
        self._clear_left()
        if key != self._key:
            self.keep(analysis)
        return analysis

    def finished_shots(self) -> list[Arrays]:
        """What an interrupted run left for this key: its shots, in order, without a gap."""
        parts: list[Arrays] = []
        if not (self.folder / PARTIAL_CHIPS).is_dir():
            return parts
        while (path := self.folder / _part(len(parts))).exists():
            try:
                arrays, meta = read_arrays(path)
            except CacheError:
                break
            if meta.get("key") not in self._keys:
                break
            parts.append(arrays)
        return parts

    def start(self, keep: int) -> None:
        """Make room for a new analysis; the first `keep` finished shots stay."""
        self._result.mark()
        if not keep:
            self.discard()
        kept = {_part(index) for index in range(keep)}
        files = {name for name in self._result.names if name.startswith(f"{PARTIAL}/")}
        self._result.remove(
            name for name in files - kept if not name.startswith(f"{PARTIAL_CHIPS}/")
        )
        self._result.make(PARTIAL_CHIPS)

    def add_shot(self, index: int, arrays: Arrays, crops: dict[str, bytes]) -> None:
        """Keep one finished shot; its arrays come last and so vouch for its pictures."""
        pictures = {f"{PARTIAL_CHIPS}/{name}": picture for name, picture in crops.items()}
        self._result.claim([*pictures, _part(index)])
        self._result.write(pictures, durable=False)
        self._result.write({_part(index): pack(arrays, self._stamp())})

    def finish(self, analysis: Analysis) -> None:
        """Put the complete analysis in place of what was there, and clear away the parts.

        What was there stays until the new one is on the disk. Interrupted, `load` goes on with it.
        """
        arrays, meta = dump(analysis)
        self._result.write({f"{PARTIAL}/{ANALYSIS}": pack(arrays, {**self._stamp(), **meta})})
        self._put_in_place()

    def keep(self, analysis: Analysis) -> None:
        """Write the complete analysis anew, under this key; its pictures are there."""
        arrays, meta = dump(analysis)
        self._result.write({ANALYSIS: pack(arrays, {**self._stamp(), **meta})})

    def discard(self) -> None:
        """Forget an unfinished analysis."""
        self._result.remove(n for n in self._result.names if n.startswith(f"{PARTIAL}/"))

    def _put_in_place(self) -> None:
        """Every step may be done again: what was moved is passed over, what is gone stays gone."""
        result = self._result
        new = {
            name: f"{CHIPS}/{name.rpartition('/')[2]}"
            for name in result.names
            if name.startswith(f"{PARTIAL_CHIPS}/")
        }
        result.claim([*new.values(), ANALYSIS])
        result.remove([ANALYSIS])
        result.make(CHIPS)
        result.move(new)
        old = {name for name in result.names if name.startswith(f"{CHIPS}/")}
        result.remove(old.difference(new.values()))
        result.make(CHIPS)
        result.move({f"{PARTIAL}/{ANALYSIS}": ANALYSIS})
        self.discard()

    def _go_on(self) -> None:
        """End what `finish` had begun when it was interrupted."""
        with writing(self.folder):
            begun = (self.folder / PARTIAL / ANALYSIS).exists()
        if not begun or not self._result.is_marked:
            return
        try:
            _, meta = read_arrays(self.folder / PARTIAL / ANALYSIS)
        except CacheError:
            return
        if meta.get("key") in self._keys:
            self._put_in_place()

    def _clear_left(self) -> None:
        """Clear away the parts of a complete analysis; those of other settings stay."""
        others = (self.folder / _part(0)).exists() and not self.finished_shots()
        if self._result.is_marked and not others:
            self.discard()

    def _stamp(self) -> dict[str, Any]:
        return {"schema": SCHEMA_VERSION, "key": self._key}


def _part(index: int) -> str:
    return f"{PARTIAL}/{index:06d}.npz"


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
    stored = {entry.name for entry in (folder / CHIPS).glob("*.jpg")}
    if not wanted <= stored:
        raise CacheError(f"pictures are missing from {folder / CHIPS}")
    return analysis, key


def crop_names(analysis: Analysis) -> set[str]:
    """Names of all pictures that an analysis refers to."""
    track_of = {row: track.id for track in analysis.tracks for row in track.detection_rows.tolist()}
    frames = analysis.detections.frame_index
    return {crop_name(track_of[row], int(frames[row])) for row in analysis.crop_rows.tolist()}
