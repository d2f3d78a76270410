"""The report: one page that shows who appears when and lets a reviewer correct it.

``render`` makes the file that works from disk and loads nothing, and ``render_live`` the same page
for the review's server. `clothes` explains what clothing decided, `pictures` and
`frames` spend the byte budgets, `payload` collects the data of the page's script, and `page` fills
the template.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import numpy as np

from clusterer.core.types import ClusteringResult, Edit
from clusterer.outputs.report.clothes import notes
from clusterer.outputs.report.frames import choose_frames
from clusterer.outputs.report.page import render_page
from clusterer.outputs.report.payload import payload, pictures
from clusterer.outputs.report.pictures import MAX_PICTURE_BYTES, Torsos, choose

__all__ = ["render", "render_live"]

MAX_DATA_BYTES = 7_500_000
"""Limit of pictures and payload together; pictures are left out to keep it. Script and style are
0.27 MB, settings and models less than 0.05 MB, so that a page stays under 8 MB, and with
`frames.MAX_FRAME_BYTES` under 10 MB."""


def _read_nothing(_row: int) -> None:
    """Read no picture."""


def render(
    result: ClusteringResult,
    read_crop: Callable[[int], bytes | None],
    read_torso: Callable[[int], bytes | None] = _read_nothing,
    names: Sequence[str] = (),
    read_frame: Callable[[int], bytes | None] = _read_nothing,
) -> str:
    """Write the report of a result as a self-contained file.

    Parameters
    ----------
    result
        Who appears when.
    read_crop
        Detection row → JPEG bytes of the square face crop, or None if no picture is kept.
    read_torso
        The same for the torso below the face.
    names
        Names that the page suggests for people.
    read_frame
        The same as `read_crop` for the whole frame, small.

    Returns
    -------
    A complete HTML document that loads nothing. Equal input gives equal text.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    clothing = notes(result)
    moved = set(np.flatnonzero(np.isin(result.analysis.track_of_row, list(clothing))).tolist())
    data = payload("disk", result, clothing, names=names)
    room = max(0, MAX_DATA_BYTES - len(json.dumps(data, separators=(",", ":"))))
    budget_bytes = min(MAX_PICTURE_BYTES, room)
    gallery = choose(result, read_crop, budget_bytes, Torsos(read_torso, moved))
    kept = pictures(gallery, choose_frames(result, read_frame), result.analysis)
    shown = sorted(map(int, kept["pictures"]))
    return render_page(result, data | {"shown": shown}, kept)


def render_live(
    result: ClusteringResult,
    undone: Sequence[Edit] = (),
    names: Sequence[str] = (),
    project: str = "",
) -> str:
    """Write the page for the review's server, which sends pictures separately.

    Parameters
    ----------
    result
        Who appears when.
    undone
        Undone corrections, the next one to redo last.
    names
        Names that the page suggests for people.
    project
        Name of the project whose page is two folders above; empty = none.

    Returns
    -------
    A complete HTML document that loads only from its own server.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    return render_page(
        result, payload("live", result, notes(result), undone, names), project=project
    )
