"""Known people by their photographs, and who of a video is one of them."""

from clusterer.gallery.cast_list.in_project import ProjectNaming, name_project_by_list
from clusterer.gallery.cast_list.naming import ListedName, ListNaming, name_by_list
from clusterer.gallery.cast_list.read import read_cast_list
from clusterer.gallery.cast_list.table import read_dates
from clusterer.gallery.cast_list.types import CastEntry, CastList
from clusterer.gallery.faces import Gallery, Scale
from clusterer.gallery.keep import Kept, add_to_gallery
from clusterer.gallery.naming import NameSuggestion, Naming, name_people
from clusterer.gallery.photographs import encode_photographs
from clusterer.gallery.read import read_gallery

__all__ = [
    "CastEntry",
    "CastList",
    "Gallery",
    "Kept",
    "ListNaming",
    "ListedName",
    "NameSuggestion",
    "Naming",
    "ProjectNaming",
    "Scale",
    "add_to_gallery",
    "encode_photographs",
    "name_by_list",
    "name_people",
    "name_project_by_list",
    "read_cast_list",
    "read_dates",
    "read_gallery",
]
