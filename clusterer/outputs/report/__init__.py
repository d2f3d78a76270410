"""The contact sheet: one page that shows who appears when, and on which that can be corrected.

``render`` makes the file that works from a disk and loads nothing, ``render_live`` the same page
for a server of its own. Behind them `clothes` says what clothing decided, `pictures` spends the
byte budget, `payload` gathers what the page's script works on, `page` fills the templates.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import numpy as np

from clusterer.core.types import ClusteringResult, Edit
from clusterer.outputs.report.clothes import notes
from clusterer.outputs.report.page import render_page
from clusterer.outputs.report.payload import payload, pictures
from clusterer.outputs.report.pictures import MAX_PICTURE_BYTES, Torsos, choose

__all__ = ["render", "render_live"]

MAX_DATA_BYTES = 7_600_000
"""Pictures and payload together; the rest of the page stays under 0.4 MB. Pictures make way."""


def _read_nothing(_row: int) -> None:
    """Reader of a result without pictures."""


def render(
    result: ClusteringResult,
    read_crop: Callable[[int], bytes | None],
    read_torso: Callable[[int], bytes | None] = _read_nothing,
    names: Sequence[str] = (),
) -> str:
    """Write the contact sheet of a result, as a file.

    Parameters
    ----------
    result
        Who appears when.
    read_crop
        Detection row → JPEG bytes of the square face crop, or None where no picture is kept.
    read_torso
        The same for the torso below the face.
    names
        Names that the page offers when someone is named.

    Returns
    -------
    A complete HTML document that loads nothing. The same input gives the same text.

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
    return render_page(result, data | pictures(gallery, result.analysis))


def render_live(
    result: ClusteringResult, undone: Sequence[Edit] = (), names: Sequence[str] = ()
) -> str:
    """Write the page of a local server, which sends the pictures one by one.

    Parameters
    ----------
    result
        Who appears when.
    undone
        Corrections that were taken back and can be made again, the next one last.
    names
        Names that the page offers when someone is named.

    Returns
    -------
    A complete HTML document that loads only from where it came from.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    return render_page(result, payload("live", result, notes(result), undone, names))
