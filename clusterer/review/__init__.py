"""The review: a page on this machine whose corrections become tables at once.

``serve`` is the door; behind it `session` keeps the corrections and the result that follows from
them, `writer` brings it to the disk, `app` answers the page, `guard` lets nobody else in, and
`doorway` leads the browser there.
"""

from clusterer.review.app import Site
from clusterer.review.doorway import doorway
from clusterer.review.footage import Footage
from clusterer.review.names import earlier_names
from clusterer.review.server import serve
from clusterer.review.session import ConflictError, Session

__all__ = ["ConflictError", "Footage", "Session", "Site", "doorway", "earlier_names", "serve"]
