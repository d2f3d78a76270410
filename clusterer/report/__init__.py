"""The contact sheet: one HTML file that shows who appears when, and loads nothing.

``render`` is the door; behind it `pictures` spends the byte budget, `compose` turns the result
into a `view`, `page` fills the templates.
"""

from __future__ import annotations

from collections.abc import Callable

from clusterer.report.compose import compose
from clusterer.report.page import render_page
from clusterer.report.pictures import choose
from clusterer.types import ClusteringResult

__all__ = ["render"]


def render(result: ClusteringResult, read_crop: Callable[[int], bytes | None]) -> str:
    """Write the contact sheet of a result.

    Parameters
    ----------
    result
        Who appears when.
    read_crop
        Detection row → JPEG bytes of the square face crop, or None where no picture is kept.

    Returns
    -------
    A complete HTML document. The same input gives the same text.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    return render_page(compose(result, choose(result, read_crop)))
