"""View → HTML."""

from __future__ import annotations

from dataclasses import fields

from clusterer import pages
from clusterer.report.view import PageView


def render_page(view: PageView) -> str:
    """Fill the template.

    Returns
    -------
    A complete HTML document that loads nothing, and can be written as UTF-8.
    """
    return pages.fill(
        "report.html",
        ["report.css"],
        ["theme.js", "report.js", "report_sort.js"],
        page=view,
        data=pages.embed({f.name: getattr(view.data, f.name) for f in fields(view.data)}),
    )
