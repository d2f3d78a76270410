"""The stored analysis: group again without the video, go on where an earlier run stopped.

A complete analysis is ``analysis.npz`` and ``chips/`` in the result folder; until then
``.partial/`` holds files of finished shots, and then the new analysis until it is committed.
Each file carries the key of its inputs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from clusterer.core.config import AnalysisConfig, settings
from clusterer.core.errors import CacheError
from clusterer.core.files import is_plain_file, is_there, writing
from clusterer.core.folders import has_plain_folder
from clusterer.core.text import brief
from clusterer.core.types import Analysis
from clusterer.store.analysis_npz import SCHEMA_VERSION, dump, pack, read_arrays, restore
from clusterer.store.commit import place_of, read_commit, read_together
from clusterer.store.finished import FinishedPart, Picture, dump_part, read_part, read_pictures
from clusterer.store.names import (
    ANALYSIS,
    CHIPS,
    PART,
    PARTIAL,
    PARTIAL_CHIPS,
    RESULT,
    face_picture,
    part_file,
    picture_number,
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

    def finished_parts(self) -> dict[str, FinishedPart]:
        """Parts that an interrupted run finished for this key: name → part, in order of writing.

        Damaged ones are left out, and pictures are not read.
        """
        parts: dict[str, FinishedPart] = {}
        for name in self._part_names():
            with suppress(CacheError):
                part = read_part(self.folder / name, self._stamp())
                if part is not None:
                    self.pictures(name, part)  # else a damaged one would be found too late
                    parts[name] = part
        return parts

    def start(self, keep: Collection[str]) -> None:
        """Prepare for a new analysis, keeping finished parts of these names."""
        self._files.ensure_marker()
        files = {name for name in self._files.names if name.startswith(f"{PARTIAL}/")}
        self._files.remove(files - set(keep))
        self._files.make_subfolder(PARTIAL_CHIPS)

    def add(self, part: FinishedPart) -> str:
        """Store a finished part; returns its name."""
        numbers = (int(Path(name).stem) for name in self._part_names())
        name = part_file(max(numbers, default=-1) + 1)
        self._files.write({name: dump_part(part, self._stamp())})
        return name

    def pictures(self, name: str, part: FinishedPart) -> list[tuple[Picture, ...]]:
        """Pictures of each shot of a stored part.

        Raises
        ------
        CacheError
            The file has been damaged.
        """
        return read_pictures(self.folder / name, len(part.shots))

    def finish(self, analysis: Analysis, pictures: Iterable[Mapping[str, bytes]]) -> None:
        """Store a complete analysis, with its pictures by name, in place of its parts.

        It replaces the stored analysis at once, unless a result would be left without its own: then
        it waits in ``.partial/`` for the result that is made of it.
        """
        files, (arrays, meta) = self._files, dump(analysis)
        for some in pictures:
            files.write({f"{PARTIAL_CHIPS}/{n}": file for n, file in some.items()}, durable=False)
        files.sync(name for name in files.names if name.startswith(f"{PARTIAL_CHIPS}/"))
        files.write({staged(ANALYSIS): pack(arrays, {**self._stamp(), **meta})})
        self._commit()

    def keep(self, analysis: Analysis) -> None:
        """Write ``analysis.npz`` alone, under this key; its pictures are stored already."""
        arrays, meta = dump(analysis)
        name = staged(ANALYSIS) if self._waiting() else ANALYSIS
        self._files.write({name: pack(arrays, {**self._stamp(), **meta})})

    def extend(self, analysis: Analysis, pictures: Mapping[str, bytes]) -> None:
        """Write an analysis with more faces, and their pictures by name; the earlier rows stay."""
        below = PARTIAL_CHIPS if self._waiting() else CHIPS
        if pictures:
            self._files.make_subfolder(below)
            self._files.write({f"{below}/{name}": file for name, file in pictures.items()})
        self.keep(analysis)

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

    def _part_names(self) -> list[str]:
        """Files of finished parts, whatever their key, in order of writing."""
        with writing(self.folder):
            if not has_plain_folder(self.folder, PARTIAL):
                return []
            found = [p.name for p in (self.folder / PARTIAL).iterdir() if PART.fullmatch(p.name)]
        return [f"{PARTIAL}/{name}" for name in sorted(found)]

    def _commit(self) -> None:
        """Put a complete analysis in place, unless a result would be left without its own."""
        if is_there(self.folder / RESULT):
            with suppress(CacheError):
                load_analysis(self.folder)
                return
        self._files.commit({}, analysis=True)

    def _discard_parts(self) -> None:
        """Delete the finished parts of a complete analysis; those of other settings stay."""
        others = self._part_names() and not self.finished_parts()
        if self._files.has_marker and not others:
            self.discard()

    def _stamp(self) -> dict[str, Any]:
        return {"schema": SCHEMA_VERSION, "key": self._key}


class MemoryCache(AnalysisCache):
    """Stores nothing: parts and pictures of an analysis are forgotten once it is made.

    An analysis that the folder holds already is used.
    """

    def __init__(self, folder: OwnedFolder | Path, key: str) -> None:
        super().__init__(folder, key)
        self._count = 0

    def finished_parts(self) -> dict[str, FinishedPart]:
        """None: an interrupted run has left nothing."""
        return {}

    def start(self, keep: Collection[str]) -> None:
        """Nothing has to be prepared."""

    def add(self, part: FinishedPart) -> str:
        """Name a part."""
        del part
        self._count += 1
        return part_file(self._count - 1)

    def pictures(self, name: str, part: FinishedPart) -> list[tuple[Picture, ...]]:
        """None of any shot."""
        del name
        return [() for _ in part.shots]

    def finish(self, analysis: Analysis, pictures: Iterable[Mapping[str, bytes]]) -> None:
        """Nothing is stored."""

    def keep(self, analysis: Analysis) -> None:
        """Nothing is stored."""

    def extend(self, analysis: Analysis, pictures: Mapping[str, bytes]) -> None:
        """Nothing is stored."""


BARE_KEY = ""
"""Of an analysis without pictures and vectors: no run takes it up, each analyses anew."""


def put_bare(folder: OwnedFolder, analysis: Analysis) -> None:
    """Store an analysis without pictures and vectors, for the result that is saved next.

    That takes the place of all that was stored before, at once.
    """
    cache = AnalysisCache(folder, BARE_KEY)
    cache.discard()
    cache.finish(analysis, ())


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
    tracks, boxes = analysis.track_of_row[rows].tolist(), analysis.detections.boxes[rows].tolist()
    frames = analysis.detections.frame_index[rows].tolist()
    return set(map(face_picture, map(picture_number, tracks, boxes), frames))
