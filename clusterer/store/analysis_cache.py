"""The stored analysis: group again without the video, resume after the last finished shot.

A complete analysis is ``analysis.npz`` and ``chips/`` in the result folder; until then
``.partial/`` holds one file per finished shot, and then the new analysis until it is committed.
Each file carries the key of its inputs.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from clusterer.core.config import AnalysisConfig, settings
from clusterer.core.errors import CacheError
from clusterer.core.files import is_plain_file, is_there, read_nofollow, writing
from clusterer.core.text import brief
from clusterer.core.types import Analysis
from clusterer.store.analysis_npz import SCHEMA_VERSION, Arrays, dump, pack, read_arrays, restore
from clusterer.store.commit import place_of, read_commit, read_together
from clusterer.store.names import (
    ANALYSIS,
    CHIPS,
    PARTIAL,
    PARTIAL_CHIPS,
    RESULT,
    face_picture,
    shot_file,
    staged,
)
from clusterer.store.owned import OwnedFolder


def analysis_key(fingerprint: str, config: AnalysisConfig, models: dict[str, str]) -> str:
    """The key of everything that an analysis depends on: film, models, settings, schema.

    Parameters
    ----------
    fingerprint
        Of the film; see `clusterer.store.film.film_of`.
    config, models
        Settings of the analysis; name of each weights file → sha256.

    Returns
    -------
    sha256, hexadecimal
    """
    facts = {
        "schema": SCHEMA_VERSION,
        "file": fingerprint,
        "models": models,
        "settings": _settings(config),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _settings(config: AnalysisConfig) -> dict[str, Any]:
    """Settings that matter; of the user's own network only the content, which is in `models`."""
    counted = settings(config)
    encoding = counted["encoding"]
    encoding["encoder"] = encoding["encoder"].partition(":")[0]
    del encoding["thresholds"], encoding["licence"]
    return counted


class AnalysisCache:
    """The stored analysis within one result folder.

    Parameters
    ----------
    folder
        The result folder; made at the first write.
    key
        See `analysis_key`.
    """

    def __init__(self, folder: OwnedFolder | Path, key: str) -> None:
        self._files = folder if isinstance(folder, OwnedFolder) else OwnedFolder(folder)
        self.folder = self._files.path
        self._key = key

    def load(self) -> Analysis | None:
        """The complete analysis, or None if there is none for this key.

        Raises
        ------
        CacheError
            There is one, but it is damaged or has another schema.
        """
        waiting = self._waiting()
        if waiting is not None:
            self._commit()
            return waiting
        with writing(self.folder):
            if not (self.folder / ANALYSIS).exists():
                return None
        analysis, key = load_analysis(self.folder)
        if key != self._key:
            return None
        self._discard_parts()
        return analysis

    def finished_shots(self) -> list[Arrays]:
        """Shots that an interrupted run finished for this key: in order, up to the first gap."""
        parts: list[Arrays] = []
        if not (self.folder / PARTIAL_CHIPS).is_dir():
            return parts
        while (path := self.folder / shot_file(len(parts))).exists():
            try:
                arrays, meta = read_arrays(path)
            except CacheError:
                break
            if meta.get("key") != self._key or not self._has(meta.get("pictures", {})):
                break
            parts.append(arrays)
        return parts

    def start(self, keep: int) -> None:
        """Prepare for a new analysis, keeping the first `keep` finished shots."""
        self._files.ensure_marker()
        if not keep:
            self.discard()
        kept = {shot_file(index) for index in range(keep)}
        files = {name for name in self._files.names if name.startswith(f"{PARTIAL}/")}
        self._files.remove(
            name for name in files - kept if not name.startswith(f"{PARTIAL_CHIPS}/")
        )
        self._files.make_subfolder(PARTIAL_CHIPS)

    def add_shot(self, index: int, arrays: Arrays, crops: dict[str, bytes]) -> None:
        """Store one finished shot; its arrays come last, with the hashes of its pictures.

        Syncing every picture now would take longer than to make those again that a power cut lost.
        """
        pictures = {f"{PARTIAL_CHIPS}/{name}": picture for name, picture in crops.items()}
        hashes = {name: hashlib.sha256(picture).hexdigest() for name, picture in crops.items()}
        self._files.register([*pictures, shot_file(index)])
        self._files.write(pictures, durable=False)
        meta = {**self._stamp(), "pictures": hashes}
        self._files.write({shot_file(index): pack(arrays, meta)})

    def finish(self, analysis: Analysis) -> None:
        """Store a complete analysis in place of its shots.

        It replaces the stored analysis at once, unless a result would be left without its own: then
        it waits in ``.partial/`` for the result that is made of it.
        """
        files, (arrays, meta) = self._files, dump(analysis)
        files.sync(name for name in files.names if name.startswith(f"{PARTIAL_CHIPS}/"))
        files.write({staged(ANALYSIS): pack(arrays, {**self._stamp(), **meta})})
        self._commit()

    def keep(self, analysis: Analysis) -> None:
        """Write ``analysis.npz`` alone, under this key; its pictures are stored already."""
        arrays, meta = dump(analysis)
        name = staged(ANALYSIS) if self._waiting() else ANALYSIS
        self._files.write({name: pack(arrays, {**self._stamp(), **meta})})

    def discard(self) -> None:
        """Delete an unfinished analysis."""
        self._files.remove(n for n in self._files.names if n.startswith(f"{PARTIAL}/"))

    def _waiting(self) -> Analysis | None:
        """The complete analysis of this key that is not committed yet."""
        chips = self.folder / PARTIAL_CHIPS
        with writing(self.folder):
            if not is_plain_file(self.folder / staged(ANALYSIS)):
                return None
        try:
            analysis, key = _read_analysis(self.folder / staged(ANALYSIS), chips, _pictures(chips))
        except CacheError:
            return None
        return analysis if key == self._key and self._files.has_marker else None

    def _has(self, hashes: dict[str, str]) -> bool:
        """Whether the pictures of a shot are there as they were written."""
        with suppress(OSError):
            return all(
                hashlib.sha256(read_nofollow(self.folder / PARTIAL_CHIPS / name)).hexdigest() == one
                for name, one in hashes.items()
            )
        return False

    def _commit(self) -> None:
        """Put a complete analysis in place, unless a result would be left without its own."""
        if is_there(self.folder / RESULT):
            with suppress(CacheError):
                load_analysis(self.folder)
                return
        self._files.commit({}, analysis=True)

    def _discard_parts(self) -> None:
        """Delete the finished shots of a complete analysis; those of other settings stay."""
        others = (self.folder / shot_file(0)).exists() and not self.finished_shots()
        if self._files.has_marker and not others:
            self.discard()

    def _stamp(self) -> dict[str, Any]:
        return {"schema": SCHEMA_VERSION, "key": self._key}


def load_analysis(folder: Path) -> tuple[Analysis, str]:
    """Read the analysis of a result folder, whatever its key.

    Returns
    -------
    analysis, and its key

    Raises
    ------
    CacheError
        It is missing, damaged or has another schema, or pictures are missing.
    """

    def read() -> tuple[Analysis, str]:
        beside = read_commit(folder)
        new = beside.new if beside else frozenset()
        waiting = _pictures(folder / PARTIAL_CHIPS)
        stored = _pictures(folder / CHIPS) | {n for n in waiting if f"{CHIPS}/{n}" in new}
        return _read_analysis(place_of(folder, ANALYSIS), folder / CHIPS, stored)

    return read_together(folder, read)


def is_waiting(folder: Path, analysis: Analysis) -> bool:
    """Whether an analysis lies in ``.partial/``, to be committed with its result."""
    path = folder / staged(ANALYSIS)
    if not is_plain_file(path):
        return False
    try:
        arrays, meta = read_arrays(path)
    except CacheError:
        return False
    expected, facts = dump(analysis)
    facts["warnings"] = list(facts["warnings"])
    return (
        arrays.keys() == expected.keys()
        and {name: meta.get(name) for name in facts} == facts
        and all(np.array_equal(arrays[n], expected[n], equal_nan=True) for n in arrays)
    )


def _read_analysis(path: Path, chips: Path, stored: set[str]) -> tuple[Analysis, str]:
    """Read a file; `stored` are the names of the pictures in `chips`."""
    arrays, meta = read_arrays(path)
    try:
        analysis, key = restore(arrays, meta), str(meta["key"])
        wanted = picture_names(analysis)
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise CacheError(f"{path} is damaged ({brief(error)})") from None
    if not wanted <= stored:
        raise CacheError(f"pictures are missing from {chips}")
    return analysis, key


def _pictures(folder: Path) -> set[str]:
    return {entry.name for entry in folder.glob("*.jpg")}


def picture_names(analysis: Analysis) -> set[str]:
    """Names of all pictures of faces that an analysis refers to."""
    rows = analysis.crop_rows
    tracks = analysis.track_of_row[rows].tolist()
    frames = analysis.detections.frame_index[rows].tolist()
    return set(map(face_picture, tracks, frames))
