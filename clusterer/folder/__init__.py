"""Result folders: whose they are, which files in them are ours, and how these are written."""

from clusterer.folder.earlier import stored_video
from clusterer.folder.film import Film, film_of
from clusterer.folder.hand_over import hand_over, keep
from clusterer.folder.marker import MARKER
from clusterer.folder.names import (
    ANALYSIS,
    CHIPS,
    DOORWAY_LASTS_S,
    EDITS,
    EXPORTS,
    PARTIAL,
    PARTIAL_CHIPS,
    PICTURE,
    RESULT,
    doorway_name,
    old_doorways,
)
from clusterer.folder.owned import ResultFolder

__all__ = [
    "ANALYSIS",
    "CHIPS",
    "DOORWAY_LASTS_S",
    "EDITS",
    "EXPORTS",
    "MARKER",
    "PARTIAL",
    "PARTIAL_CHIPS",
    "PICTURE",
    "RESULT",
    "Film",
    "ResultFolder",
    "doorway_name",
    "film_of",
    "hand_over",
    "keep",
    "old_doorways",
    "stored_video",
]
