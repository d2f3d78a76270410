"""The page of a project: its people over all films, questions, and each film's own page.

`session` holds the project and the reviews of `films`, `view` says what the page shows, `app`
answers it.
"""

from clusterer.review.cast.app import CastSite
from clusterer.review.cast.session import CastSession

__all__ = ["CastSession", "CastSite"]
