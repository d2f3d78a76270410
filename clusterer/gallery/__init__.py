"""Known people by their photographs, and who of a video is one of them."""

from clusterer.gallery.faces import Gallery, Scale, gather
from clusterer.gallery.folder import Listed, list_folder
from clusterer.gallery.keep import Kept, file_name, folder_name, pick
from clusterer.gallery.match import Matched, match

__all__ = [
    "Gallery",
    "Kept",
    "Listed",
    "Matched",
    "Scale",
    "file_name",
    "folder_name",
    "gather",
    "list_folder",
    "match",
    "pick",
]
