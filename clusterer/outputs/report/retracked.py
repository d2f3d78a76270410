"""What the page's script needs to replay corrections of tracks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clusterer.core.types import OF_TRACKS, Edit, IntArray
from clusterer.edits import Keys, Revision


def retracked(
    revision: Revision, labels: IntArray, numbers: Mapping[int, int], edits: Sequence[Edit]
) -> dict[str, Any]:
    """Collect the parts of tracks, and what keys refer to at each correction.

    Parameters
    ----------
    revision
        The tracks after all corrections.
    labels : array of shape (p,), int64, of parts before the corrections
    numbers
        Label → number of the person before the corrections.
    edits
        All corrections.

    Returns
    -------
    JSON-ready: `labels` and `track` of each part, `people` before the corrections, and `steps`, one
    before each correction of tracks and one after the last. In a step `index` is key → first part
    of its track, and `whole` lists the tracks of several parts.
    """
    steps: list[dict[str, Any]] = []
    names, index = revision.names, dict[str, int | None]()
    for edit in edits:
        for key in (*edit.who, *edit.others, *edit.tracks, *edit.source):
            index[key] = names.track(key)
        if edit.action in OF_TRACKS:
            steps.append(_step(index, names.groups))
            names, index = names.after(edit), {}
    index |= {key: names.track(key) for key in Keys(revision.analysis).tracks}
    steps.append(_step(index, names.groups))
    return {
        "labels": labels.tolist(),
        "people": [list(pair) for pair in numbers.items()],
        "track": revision.track_of_part.tolist(),
        "steps": steps,
    }


def _step(index: Mapping[str, int | None], groups: Sequence[tuple[int, ...]]) -> dict[str, Any]:
    return {
        "index": {key: part for key, part in index.items() if part is not None},
        "whole": [list(group) for group in groups if len(group) > 1],
    }
