"""What we use of matplotlib; imported here only, so that it keeps its files where we keep ours.

Left alone, it makes a folder among the user's settings and one in the user's cache, where fc-list,
which it asks for fonts, may keep something too. Importing this is slow: only who draws does.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from clusterer.models.cache import cache_folder


@contextmanager
def _at_home() -> Iterator[None]:
    """While matplotlib is imported, which is when it looks: our cache, and no words in the log."""
    before = dict(os.environ)
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    if not before.get("MPLCONFIGDIR"):  # a user's own choice stays
        os.environ["MPLCONFIGDIR"] = str(cache_folder() / "matplotlib")
    os.environ["XDG_CACHE_HOME"] = str(cache_folder())
    try:
        yield
    finally:
        logger.setLevel(level)
        for name in ("MPLCONFIGDIR", "XDG_CACHE_HOME"):
            if name in before:
                os.environ[name] = before[name]
            else:
                os.environ.pop(name, None)


with _at_home():
    import matplotlib.font_manager  # noqa: F401 - makes the list of fonts
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.colors import to_rgb
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend
    from matplotlib.patches import Rectangle
    from matplotlib.text import Text
    from matplotlib.ticker import MaxNLocator

__all__ = ["Axes", "Figure", "Legend", "MaxNLocator", "Rectangle", "Text", "rc_context", "to_rgb"]
