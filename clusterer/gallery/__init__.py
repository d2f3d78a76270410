"""Known people by their photographs, and who of a video is one of them."""

from clusterer.gallery.faces import Gallery, Scale
from clusterer.gallery.keep import Kept, add_to_gallery
from clusterer.gallery.naming import NameSuggestion, Naming, name_people
from clusterer.gallery.photographs import encode_photographs
from clusterer.gallery.read import read_gallery

__all__ = [
    "Gallery",
    "Kept",
    "NameSuggestion",
    "Naming",
    "Scale",
    "add_to_gallery",
    "encode_photographs",
    "name_people",
    "read_gallery",
]
