"""Figures as SVG whose text and axes take the colour of the surrounding page."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

if TYPE_CHECKING:
    from clusterer.evaluation.drawing import Axes, Figure

BLUE, ORANGE, GREEN, PINK = "#3f86d8", "#d9722e", "#2a9d76", "#c5679f"
"""Colours of lines and bars, with a contrast of 3:1 or more on white and on the dark page."""

# The viewer chooses the font: a `font` shorthand is not a presentation attribute, and names a font.
_FONT = re.compile(r"^(?:[a-z0-9 -]+ )?([\d.]+)px .*$")
_STYLE = re.compile(r' style="([^"]*)"')
_GROUP = re.compile(r'<g id="[^"]*"')
_SIZE = re.compile(r'<svg ([^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"')
_PX_PER_PT = 96 / 72
_FAMILY = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"

MISSING = '<p class="hint">This picture needs matplotlib. Install it: pip install ".[plots]"</p>'
"""Replaces a picture if matplotlib (the extra [plots]) is not installed."""

_Given = ParamSpec("_Given")


def drawn(draw: Callable[_Given, str]) -> Callable[_Given, str]:
    """Make a drawing function return `MISSING` if matplotlib is not installed.

    The figures and tables of a page remain useful without its pictures.
    """

    @wraps(draw)
    def drawn_or_not(*args: _Given.args, **kwargs: _Given.kwargs) -> str:
        try:
            return draw(*args, **kwargs)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "matplotlib":
                raise
            return MISSING

    return drawn_or_not


def figure(width_in: float, height_in: float) -> tuple[Figure, Axes]:
    """Return an empty figure with one pair of axes, without the top and right spines."""
    from clusterer.evaluation.drawing import Figure  # noqa: PLC0415 - slow to import

    made = Figure(figsize=(width_in, height_in), layout="constrained")
    axes = made.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return made, axes


def svg(figure: Figure) -> str:
    """Draw a figure as an ``<svg>`` element.

    Black, the default of text and axes, becomes the colour of the surrounding text; backgrounds are
    transparent. Styles become attributes, so that a page's content security policy need not allow
    them. Text stays text: names in any script are drawn with the viewer's fonts, and a ``$`` is
    literal. The element is also valid as a separate file.

    Returns
    -------
    str
        Deterministic: equal figures give equal text.
    """
    from clusterer.evaluation.drawing import (  # noqa: PLC0415 - slow to import
        Legend,
        Text,
        rc_context,
    )

    for text in figure.findobj(Text):
        text.set_parse_math(False)
    for legend in figure.findobj(Legend):
        legend.set_frame_on(False)
    buffer = io.StringIO()
    # The font for measuring lacks glyphs that the viewer's fonts have.
    with (
        rc_context({"svg.hashsalt": "cluster-video", "svg.fonttype": "none"}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return _themed(buffer.getvalue())


def _themed(text: str) -> str:
    """Reduce matplotlib's file to an element without styles, fonts, group ids and metadata."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"\n\s*\n", "\n", text)
    text = _GROUP.sub("<g", text)
    text = _STYLE.sub(_attributes, text)
    shared = f'role="img" fill="currentColor" stroke-linejoin="round" font-family="{_FAMILY}"'

    def size(match: re.Match[str]) -> str:
        width, height = (float(match[side]) * _PX_PER_PT for side in (2, 3))
        return f'<svg {shared} {match[1]}width="{width:g}" height="{height:g}"'

    return _SIZE.sub(size, text, count=1).strip()


def _attributes(match: re.Match[str]) -> str:
    """``style="fill: #000000; font: 10px x"`` → ``fill="currentColor" font-size="10"``."""
    attributes = []
    for declaration in match[1].replace("&quot;", "'").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            name, value = "font-size", _FONT.sub(r"\1", value)
        if name in {"", "font-family"}:
            continue
        if name in {"fill", "stroke"} and value in {"#000000", "black"}:
            value = "currentColor"
        attributes.append(f' {name}="{value}"')
    return "".join(attributes)
