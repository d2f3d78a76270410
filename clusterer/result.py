"""The result folder: everything that a run gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clusterer import __version__, report
from clusterer.archive import SCHEMA_VERSION
from clusterer.cache import crop_name
from clusterer.export import csv_files
from clusterer.export.tables import tables
from clusterer.files import make_folder, write_all
from clusterer.types import Analysis, ClusteringResult


def save(result: ClusteringResult, folder: Path) -> None:
    """Write report, tables and ``result.json``: all of them, or, on a full disk, none.

    Raises
    ------
    ResultError
        The folder cannot be written to; what was there before stays.
    """
    make_folder(folder)
    page = report.render(result, crop_reader(result.analysis, folder))
    files = {**csv_files(result), "result.json": to_json(result), "report.html": page}
    write_all({folder / name: content for name, content in files.items()})


def to_json(result: ClusteringResult) -> str:
    """Everything in the tables, with configuration, model hashes and schema version.

    Tables are objects of columns, so that an hour of faces stays small.
    """
    video = asdict(result.analysis.video)
    video |= {key: str(video[key]) for key in ("frame_rate", "time_base")}
    video["path"] = Path(video["path"]).name
    content: dict[str, Any] = {
        "schema": SCHEMA_VERSION,
        "version": __version__,
        "video": video,
        "warnings": list(result.analysis.warnings),
        "config": result.config,
        "models": result.analysis.models,
        "shots": [
            {"start_frame": s.start_frame, "end_frame": s.end_frame} for s in result.analysis.shots
        ],
        "unknown_reasons": {u.id: u.reason.value for u in result.unknowns},
        "cannot_link": result.cannot_link.tolist(),
        "labels": result.labels.tolist(),
    }
    for table in tables(result):
        columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.columns)
        content[table.name] = dict(zip(table.columns, map(list, columns), strict=True))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def crop_reader(analysis: Analysis, folder: Path) -> Callable[[int], bytes | None]:
    """Reader of the pictures kept in a result folder, by detection row."""
    track_of = {row: track.id for track in analysis.tracks for row in track.detection_rows.tolist()}
    frames = analysis.detections.frame_index

    def read(row: int) -> bytes | None:
        try:
            return (folder / "chips" / crop_name(track_of[row], int(frames[row]))).read_bytes()
        except (KeyError, OSError):
            return None

    return read
