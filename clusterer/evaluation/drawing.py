"""All that is used of matplotlib, imported here only, so that its files stay in our cache folder.

By default, it creates folders in the user's settings and cache, and runs fc-list, which may write
to the cache as well. Importing this module is slow: import it inside functions that draw.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from clusterer.models.cache import cache_folder


@contextmanager
def _in_our_cache() -> Iterator[None]:
    """Point matplotlib to our cache while it is imported, and silence its log."""
    before = dict(os.environ)
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.ERROR)
    if not before.get("MPLCONFIGDIR"):  # respect the user's choice
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


with _in_our_cache():
    import matplotlib.font_manager  # noqa: F401 - builds the list of fonts
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.colors import to_rgb
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend
    from matplotlib.patches import Rectangle
    from matplotlib.text import Text
    from matplotlib.ticker import MaxNLocator

__all__ = ["Axes", "Figure", "Legend", "MaxNLocator", "Rectangle", "Text", "rc_context", "to_rgb"]
