"""Pictures of a reviewed episode that are worth keeping in a gallery."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from clusterer.core.types import Analysis, Identity

_NO_NAME = set('/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class Kept:
    """What came into a gallery.

    Attributes
    ----------
    added
        Name → files that are new; empty = all were there.
    notes
        One line for each person who was left out, and why.
    """

    added: dict[str, tuple[Path, ...]]
    notes: tuple[str, ...]


def pick(person: Identity, analysis: Analysis, min_quality: float) -> list[int]:
    """Detections whose pictures show a person best, best first; of each track one after the other.

    Parameters
    ----------
    person
    analysis
        Of the video.
    min_quality
        Worse pictures teach nothing.

    Returns
    -------
    All that are encoded and good enough, the best of every track before the second best of any.
    """
    quality = analysis.quality.value
    track_of = analysis.track_of_row.tolist()
    rows = [
        row
        for row in person.crop_rows
        if track_of[row] in person.track_ids
        and analysis.chip_of_row[row] >= 0
        and quality[row] >= min_quality
    ]
    rows.sort(key=lambda row: (-float(quality[row]), row))
    turn: dict[int, int] = {}
    seen: dict[int, int] = {}
    for row in rows:
        turn[row] = seen.get(track_of[row], 0)
        seen[track_of[row]] = turn[row] + 1
    return sorted(rows, key=lambda row: (turn[row], -float(quality[row]), row))


def file_name(content: bytes) -> str:
    """Name of a picture by what is in it: the same picture is never there twice."""
    return f"{hashlib.sha256(content).hexdigest()[:16]}.jpg"


def folder_name(name: str) -> str | None:
    """Name of a person's folder; None if no folder can be called so on every system."""
    bad = name.startswith(".") or name != name.strip() or name.endswith(".")
    long = len(name.encode()) > 200
    return None if bad or long or not name or _NO_NAME & set(name) else name
