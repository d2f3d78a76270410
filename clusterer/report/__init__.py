"""The contact sheet: one HTML file that shows who appears when, and loads nothing.

``render`` is the door; behind it `clothes` says what clothing decided, `pictures` spends the byte
budget, `compose` turns the result into a `view`, `page` fills the templates.
"""

from __future__ import annotations

from collections.abc import Callable

from clusterer.report.clothes import notes
from clusterer.report.compose import compose
from clusterer.report.page import render_page
from clusterer.report.pictures import Torsos, choose
from clusterer.types import ClusteringResult

__all__ = ["render"]


def _read_nothing(_row: int) -> None:
    """Reader of a result without pictures."""


def render(
    result: ClusteringResult,
    read_crop: Callable[[int], bytes | None],
    read_torso: Callable[[int], bytes | None] = _read_nothing,
) -> str:
    """Write the contact sheet of a result.

    Parameters
    ----------
    result
        Who appears when.
    read_crop
        Detection row → JPEG bytes of the square face crop, or None where no picture is kept.
    read_torso
        The same for the torso below the face; shown where clothing decided.

    Returns
    -------
    A complete HTML document. The same input gives the same text.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    said = notes(result)
    gallery = choose(result, read_crop, torsos=Torsos(read_torso, said))
    return render_page(compose(result, gallery, said))
