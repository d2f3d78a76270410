"""Choose the small whole frames of a page within a budget in bytes.

One is kept for each track, where its face can be read best. Order: people's, one person after the
other in turn, first one per appearance and spread evenly in time; then those of unknown tracks,
longest on screen first. If not all fit, they are reduced to half their width and height.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from clusterer.core.types import Analysis, ClusteringResult
from clusterer.outputs.report.pictures import ReadCrop, by_importance, in_turn, shrink

MAX_FRAME_BYTES = 1_500_000
"""Limit of all frames of a page, as base64: some 160 frames of 320 px, or 450 of half that. With it
a page of an hour of film stays under 10 MB."""


def choose_frames(
    result: ClusteringResult, read_frame: ReadCrop, budget_bytes: int = MAX_FRAME_BYTES
) -> dict[int, str]:
    """Choose the whole frames of a page.

    Parameters
    ----------
    result
    read_frame
        Detection row → JPEG, or None if no frame is kept.
    budget_bytes
        Base64 bytes in all.

    Returns
    -------
    Number of the frame → base64 JPEG, in order. Each frame is there once, whoever is in it.
    """
    rows = list(_order(result))

    def read_small(row: int) -> bytes | None:
        jpeg = read_frame(row)
        return shrink(jpeg) if jpeg else None

    for read in (read_frame, read_small):
        found, is_all = _fill(result.analysis, rows, read, budget_bytes)
        if is_all:
            break
    return dict(sorted(found.items()))


def _fill(
    analysis: Analysis,
    rows: Iterable[int],
    read: Callable[[int], bytes | None],
    budget_bytes: int,
) -> tuple[dict[int, str], bool]:
    """Add frames until one does not fit; whether all did."""
    found: dict[int, str] = {}
    for row in rows:
        frame = int(analysis.detections.frame_index[row])
        jpeg = None if frame in found else read(row)
        if not jpeg:
            continue
        text = base64.b64encode(jpeg).decode("ascii")
        if len(text) > budget_bytes:
            return found, False
        budget_bytes -= len(text)
        found[frame] = text
    return found, True


def _order(result: ClusteringResult) -> Iterator[int]:
    best = best_rows(result.analysis)
    yield from in_turn(result, best)
    for who in by_importance(result.unknowns):
        yield from (row for row in who.crop_rows if row in best)


def best_rows(analysis: Analysis) -> set[int]:
    """Of each track the row, among those with a picture, whose face can be read best.

    Ties go to the earlier.
    """
    rows = np.sort(analysis.crop_rows)
    ranked = rows[np.argsort(-analysis.quality.value[rows], kind="stable")]
    _, first = np.unique(analysis.track_of_row[ranked], return_index=True)
    return set(ranked[first].tolist())
