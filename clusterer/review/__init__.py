"""The review: a page served on this machine only, whose corrections update the result at once.

`server` runs it. `session` holds the corrections and the result, `writer` saves the result, `app`
answers the page, `guard` rejects all other clients, and `doorway` opens the page in a browser.
"""

from clusterer.review.app import Site
from clusterer.review.doorway import doorway
from clusterer.review.names import earlier_names
from clusterer.review.server import serve
from clusterer.review.session import ConflictError, Session

__all__ = ["ConflictError", "Session", "Site", "doorway", "earlier_names", "serve"]
