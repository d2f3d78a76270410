"""Result folders: whose they are, which files in them are ours, and how these are written."""

from clusterer.folder.earlier import stored_video
from clusterer.folder.film import Film, film_of
from clusterer.folder.hand_over import hand_over, keep
from clusterer.folder.marker import MARKER
from clusterer.folder.names import (
    ANALYSIS,
    CHIPS,
    EDITS,
    EXPORTS,
    PARTIAL,
    PARTIAL_CHIPS,
    PICTURE,
    RESULT,
)
from clusterer.folder.owned import ResultFolder

__all__ = [
    "ANALYSIS",
    "CHIPS",
    "EDITS",
    "EXPORTS",
    "MARKER",
    "PARTIAL",
    "PARTIAL_CHIPS",
    "PICTURE",
    "RESULT",
    "Film",
    "ResultFolder",
    "film_of",
    "hand_over",
    "keep",
    "stored_video",
]
